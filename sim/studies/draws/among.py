"""Where one run lies among runs of the same scenario with other seeds: one run is one draw. The draws that
ship with a scenario are made with the model, so that it is placed at once.

Three files in the folder `draws`: facts.json (model and summary by their hashes, scenarios by theirs),
outcomes.csv (one row a scenario and seed) and months.csv (the fan, one row a scenario and month).
`docs/make_reference_runs.py` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, StudyError
from sim.experiments.workplace import Workplace, run_planned
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import planned_runs_of, scenario_hash_of
from sim.results.files import ENCODING, replace_text, write_csv
from sim.results.folder import MISSHAPEN, add_tables
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.scenario import Scenario
from sim.studies.draws.repeated import (
    FAN_SERIES,
    Repeated,
    bands_of,
    ends_of,
    middle_and_ends,
    monthly_frame,
    repeated_from,
)
from sim.text import figures, message, say
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Run


FOLDER = Path(__file__).with_name("draws")
FACTS, OUTCOMES_FILE, MONTHS_FILE = "facts.json", "outcomes.csv", "months.csv"
SEEDS = tuple(range(1, 21))
DECIMALS = 4  # of the fan, whose values are shares; outcomes are written in full


def shipped_draws(scenario: Scenario, model: str, folder: Path = FOLDER) -> Repeated | None:
    """The draws of a scenario that ship, by what it says (its name and seed do not matter); None if
    it is none of those shipped.

    None, too, where they were made by another version than `model` (a hash of `sim.fingerprint`) or
    summarised otherwise than this version does.
    """
    facts = facts_of(folder)
    current = facts["model"] == model and facts["summary"] == summary_source_hash()
    name = _name_of(scenario, facts) if current else ""
    if not name:
        return None
    return kept_draws(scenario, name, folder)


def kept_draws(scenario: Scenario, name: str, folder: Path = FOLDER) -> Repeated:
    """The draws that ship under a name as those of a scenario, of whatever version they
    are; for who knows of which."""
    parts = (_table(folder / file) for file in (OUTCOMES_FILE, MONTHS_FILE))
    by_seed, by_month = (part[part["scenario"] == name].drop(columns="scenario") for part in parts)
    return repeated_from(scenario, by_seed, by_month)


def of_other_version(scenario: Scenario, model: str, folder: Path = FOLDER) -> bool:
    """Whether draws of just this scenario ship, but of another version of the model or of its outcomes."""
    facts = facts_of(folder)
    return bool(_name_of(scenario, facts)) and (facts["model"], facts["summary"]) != (
        model,
        summary_source_hash(),
    )


@cache
def facts_of(folder: Path = FOLDER) -> dict[str, Any]:
    """What the shipped draws are of: hashes of model and summary, seeds, and the hash of
    each scenario by its name."""
    facts: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return facts


def write_draws(draws: Mapping[str, Repeated], folder: Path = FOLDER) -> None:
    """Write the draws of scenarios by name, the same bytes for the same draws. Raises OSError."""
    import pandas as pd

    by_seed = [_named(name, one.table()[list(DEFAULT_OUTCOMES)].reset_index()) for name, one in draws.items()]
    by_month = [_named(name, monthly_frame(one).round(DECIMALS)) for name, one in draws.items()]
    facts = {
        "model": model_source_hash(),
        "summary": summary_source_hash(),
        "seeds": [SEEDS[0], SEEDS[-1]],
        "scenarios": {name: scenario_hash_of(one.scenario) for name, one in draws.items()},
    }
    folder.mkdir(exist_ok=True)
    write_csv(pd.concat(by_seed, ignore_index=True), folder / OUTCOMES_FILE)
    write_csv(pd.concat(by_month, ignore_index=True), folder / MONTHS_FILE)
    replace_text(folder / FACTS, json.dumps(facts, indent=1) + "\n")
    facts_of.cache_clear()


def _named(name: str, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "scenario", name)
    return table


def _name_of(scenario: Scenario, facts: Mapping[str, Any]) -> str:
    """The name under which a scenario of this content ships; "" if none does."""
    own = scenario_hash_of(scenario)
    return next((name for name, shipped in facts["scenarios"].items() if shipped == own), "")


def _table(file: Path) -> pd.DataFrame:
    import pandas as pd

    # numbers by way of their text: the reader of pandas may miss the last bit
    table = pd.read_csv(file, dtype=str, encoding=ENCODING)
    return table.astype({name: np.float64 for name in table.columns[1:]})


# one run among them

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
                lines.append("  " + say("draw.unknown", name=OUTCOMES[name].of_run(self.draws.months)))
                continue
            lines.append(
                "  "
                + say(
                    "draw.lies",
                    name=OUTCOMES[name].of_run(self.draws.months),
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
    """A run among `count` draws of its scenario, itself included; the others are
    run where the store lacks them.

    `workplace`: where they are run and kept. StudyError for fewer than two draws, for a run that went on
    from another, and where a run fails.
    """
    if count < 2:
        raise StudyError(
            message("problem.instead", place="--among", found=count, allowed=message("draw.two"))
        )
    if run.branch is not None:
        raise StudyError(message("branch.no_draws"))
    others = other_seeds(run.seed, count)
    summaries = [summary for _, summary in run_planned(planned_runs_of(run.scenario, others), workplace)]
    own = run.outcomes()
    outcomes = {name: np.array([own[name], *(one.scalars[name] for one in summaries)]) for name in OUTCOMES}
    bands = {
        name: bands_of([run.city[name].to_numpy(), *(one.series[name] for one in summaries)])
        for name in FAN_SERIES
    }
    ends = ends_of(len(others) + 1)
    draws = Repeated(run.scenario, (run.seed, *others), outcomes, bands, ends=ends)
    return Among(draws, run.seed, own)


def keep_draws(among: Among, folder: Path) -> None:
    """Put the draws beside the tables of the run in a folder, whose manifest then vouches for them.
    ResultError if it cannot be."""
    add_tables(folder, {BY_SEED: among.draws.table().reset_index(), BY_MONTH: monthly_frame(among.draws)})


def known_among(run: Run) -> Among | None:
    """A run among draws that are there already: those that `estate run --among` has put
    beside it, else the shipped ones.

    None where there are none, or none of the run's scenario by the model that made the run. ResultError where
    the tables beside the run are none that this package writes.
    """
    if run.edits or run.branch is not None:
        return None  # no draw of its scenario
    own = run.outcomes()
    by_seed, by_month = run.beside(BY_SEED), run.beside(BY_MONTH)
    if by_seed is not None and by_month is not None:
        try:
            draws = repeated_from(run.scenario, by_seed.to_pandas(), by_month.to_pandas())
        except MISSHAPEN as error:
            raise ResultError(
                message("folder.unreadable", file=f"{BY_SEED}, {BY_MONTH}", error=why(error))
            ) from None
        return Among(draws, run.seed, own)
    shipped = shipped_draws(run.scenario, str(run.manifest["model_source_hash"]))
    if shipped is None:
        return None
    among = Among(shipped, run.seed, own)
    return among if _agrees(among) else None


def _agrees(among: Among) -> bool:
    """Whether the shipped draw of the run's own seed is the run: where it is not, they come
    from different machinery."""
    if among.seed not in among.draws.seeds:
        return True
    place = among.draws.seeds.index(among.seed)
    return all(
        np.isclose(values[place], among.own[name], rtol=1e-9, atol=0, equal_nan=True)
        for name, values in among.draws.outcomes.items()
    )
