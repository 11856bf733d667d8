"""Where one run lies among runs of the same scenario with other seeds: one run is one draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import ResultError, StudyError
from sim.experiments.workplace import Workplace, run_cells
from sim.results.engines import cells_of
from sim.results.folder import add_tables
from sim.results.outcomes import OUTCOMES
from sim.studies.draws.repeated import (
    FAN_SERIES,
    Repeated,
    bands_of,
    middle_and_ends,
    monthly_frame,
    repeated_from,
)
from sim.studies.draws.shipped import shipped_draws
from sim.text import figures, message, say

if TYPE_CHECKING:
    from sim.results import Run

HEADLINES = ("collection_last_year", "cycle_share_last_year", "public_cost")
BY_SEED, BY_MONTH = "draws", "draws_by_month"  # tables beside those of a run


@dataclass(frozen=True, eq=False)
class Among:
    """The draws of a scenario, and one run of it, which may be one of them: its seed and its outcomes."""

    draws: Repeated
    seed: int
    own: Mapping[str, float]

    @property
    def number(self) -> int:
        """How many runs are ranked: the draws, and the run itself where it is none of them."""
        return len(self.draws) + (self.seed not in self.draws.seeds)

    def rank(self, outcome: str) -> int:
        """The place of the run counted from the lowest value, from 1; equal values share the lowest place."""
        return 1 + int(np.count_nonzero(self.draws.outcomes[outcome] < self.own[outcome]))

    def known(self, outcome: str) -> bool:
        """Whether the run and every draw have this outcome."""
        return not np.isnan([self.own[outcome], *self.draws.outcomes[outcome]]).any()

    def sentences(self) -> list[str]:
        """Where the run lies by its headline outcomes, in the current language, one line an outcome."""
        seeds = self.draws.seeds
        lines = [
            say("draw.among", seed=self.seed, draws=len(seeds))
            if self.seed in seeds
            else say("draw.beside", seed=self.seed, draws=len(seeds), first=min(seeds), last=max(seeds))
        ]
        for name in HEADLINES:
            if not self.known(name):
                lines.append("  " + say("draw.unknown", name=OUTCOMES[name].name))
                continue
            lines.append(
                "  "
                + say(
                    "draw.lies",
                    name=OUTCOMES[name].name,
                    value=figures.quantity(float(self.own[name]), OUTCOMES[name].unit),
                    rank=self.rank(name),
                    number=self.number,
                    **middle_and_ends(name, self.draws.outcomes[name]),
                )
            )
        return lines


def other_seeds(seed: int, count: int) -> tuple[int, ...]:
    """The seeds beside `seed` that make `count` of them: the first ones from 1."""
    return tuple(number for number in range(1, count + 1) if number != seed)[: count - 1]


def among(run: Run, count: int, workplace: Workplace | None = None) -> Among:
    """A run among `count` draws of its scenario, itself included; the others are run where the store lacks them.

    `workplace`: where they are run and kept. StudyError for fewer than two draws, and where a run fails.
    """
    if count < 2:
        raise StudyError(
            message("problem.instead", place="--among", found=count, allowed=message("draw.two"))
        )
    others = other_seeds(run.seed, count)
    found = [summary for _, summary in run_cells(cells_of(run.scenario, others), workplace)]
    own = run.outcomes()
    outcomes = {name: np.array([own[name], *(one.scalars[name] for one in found)]) for name in OUTCOMES}
    bands = {
        name: bands_of([run.city[name].to_numpy(), *(one.series[name] for one in found)])
        for name in FAN_SERIES
    }
    return Among(Repeated(run.scenario, (run.seed, *others), outcomes, bands), run.seed, own)


def keep_draws(found: Among, folder: Path) -> None:
    """Put the draws beside the tables of the run in a folder, whose manifest then vouches for them. ResultError if it cannot be."""
    add_tables(folder, {BY_SEED: found.draws.table().reset_index(), BY_MONTH: monthly_frame(found.draws)})


def known_among(run: Run) -> Among | None:
    """A run among draws that are there already: those that `estate run --among` has put beside it, else the shipped ones.

    None where there are none, or none of the run's scenario by the model that made the run. ResultError where the tables
    beside the run are none that this package writes.
    """
    own = run.outcomes()
    by_seed, by_month = run.beside(BY_SEED), run.beside(BY_MONTH)
    if by_seed is not None and by_month is not None:
        try:
            draws = repeated_from(run.scenario, by_seed.to_pandas(), by_month.to_pandas())
        except (KeyError, ValueError, TypeError) as error:
            raise ResultError(
                message("folder.unreadable", file=f"{BY_SEED}, {BY_MONTH}", error=error)
            ) from None
        return Among(draws, run.seed, own)
    shipped = shipped_draws(run.scenario, str(run.manifest["model_source_hash"]))
    if shipped is None:
        return None
    found = Among(shipped, run.seed, own)
    return found if _agrees(found) else None


def _agrees(found: Among) -> bool:
    """Whether the shipped draw of the run's own seed is the run: where it is not, they come from different machinery."""
    if found.seed not in found.draws.seeds:
        return True
    place = found.draws.seeds.index(found.seed)
    return all(
        np.isclose(values[place], found.own[name], rtol=1e-9, atol=0, equal_nan=True)
        for name, values in found.draws.outcomes.items()
    )
