"""Where one run lies among runs of the same scenario with other seeds: one run is one draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import StudyError
from sim.experiments.cell import cells_of
from sim.experiments.running import run_cells
from sim.experiments.workplace import Workplace
from sim.results.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.text import figures, say

if TYPE_CHECKING:
    from sim.results import Run

HEADLINES = ("collection_last_year", "cycle_share_last_year", "public_cost")


@dataclass(frozen=True)
class Among:
    """The draws of a scenario: seeds, the one that was shown first, and by outcome (HEADLINES) one value for each seed."""

    seeds: tuple[int, ...]
    values: Mapping[str, np.ndarray]

    def rank(self, outcome: str) -> int:
        """The place of the first seed counted from the lowest value, from 1; equal values share the lowest place."""
        values = self.values[outcome]
        return 1 + int(np.count_nonzero(values < values[0]))

    def sentences(self) -> list[str]:
        """Where the first seed lies, in the current language, one line an outcome."""
        lines = [say("draw.among", seed=self.seeds[0], draws=len(self.seeds))]
        for name, values in self.values.items():
            write = figures.share if OUTCOMES[name].unit == "share" else figures.money
            if np.isnan(values).any():
                lines.append("  " + say("draw.unknown", name=OUTCOMES[name].name))
                continue
            lines.append(
                "  "
                + say(
                    "draw.lies",
                    name=OUTCOMES[name].name,
                    value=write(float(values[0])),
                    rank=self.rank(name),
                    number=len(values),
                    low=write(float(values.min())),
                    high=write(float(values.max())),
                    median=write(float(np.median(values))),
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
        raise StudyError(f"--among: found {count}, allowed at least 2 draws")
    scenario: Scenario = run.scenario
    others = other_seeds(run.seed, count)
    found = [summary for _, summary in run_cells(cells_of(scenario, others), workplace)]
    own = run.outcomes()
    values = {
        name: np.array([own[name], *(summary.scalars[name] for summary in found)]) for name in HEADLINES
    }
    return Among((run.seed, *others), values)
