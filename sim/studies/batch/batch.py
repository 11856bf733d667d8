"""A batch of scenarios read from its folder: the first run of each, and the outcomes of all its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, ScenarioError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import mean_intervals, range_of
from sim.problems import is_file
from sim.results.folder import (
    FIRST_DEFINITIONS,
    MANIFEST,
    MISSHAPEN,
    check_seal,
    copy_result,
    definitions_of,
    read,
    read_manifest,
)
from sim.results.outcomes import OUTCOMES
from sim.results.result import Result
from sim.scenario import Scenario
from sim.scenario.loading import check
from sim.studies.batch.pairing import Paired, Runs, pairs_of
from sim.studies.draws.repeated import FAN_SERIES, Repeated, bands_of, ends_of
from sim.text import message
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Run

KIND = "batch"
HEADLINE, BRIEF = "headline.json", "replications"
ESTATES = "estates"  # which estates a run had, in what is kept of it
DIFFERENCES = (
    "scenario",
    "against",
    "outcome",
    "unit",
    "baseline_mean",
    "scenario_mean",
    "difference",
    "low",
    "high",
    "note",
    "range_low",
    "range_high",
    "range_kind",
    "pairs",
)
DIGITS = 9  # of what is kept month by month: every float32 has its own


@dataclass(frozen=True)
class Replicated:
    """One scenario of a batch: its first run, and by outcome the values of every
    run (NaN where there is none).

    ensemble: facts of the ensemble that it was run over, None for the scenario's own parameters; of a folder
    of before they were kept only its name and number of members. asked: the scenario without what the first
    member of an ensemble put into it.
    draws: its runs month by month; None for a single run, and where one was kept without
    its months (version 0.2.0.dev0). seeds, estates: of each run, and which estates it had ("" where that was
    not kept).
    """

    run: Run
    outcomes: Mapping[str, Sequence[float]]
    ensemble: Mapping[str, Any] | None = None
    draws: Repeated | None = None
    asked: Scenario | None = None
    seeds: tuple[int, ...] = ()
    estates: tuple[str, ...] = ()

    @property
    def runs(self) -> Runs:
        """What pairing asks of its runs."""
        held = self.ensemble or {}
        count = len(next(iter(self.outcomes.values())))
        return Runs(
            self.asked or self.run.scenario,
            self.seeds[:count],
            self.estates[:count],
            self.outcomes,
            str(held.get("digest", held.get("name", ""))),
        )

    @property
    def over(self) -> Ensemble | None:
        """The ensemble itself, None without one, and where only its name was kept."""
        return Ensemble.of_facts(self.ensemble) if self.ensemble and "parameters" in self.ensemble else None


@dataclass(frozen=True, eq=False)
class Batch(Result):
    """The scenarios of a batch, in the order they were asked for in, and the folder that they were read
    from."""

    name: str
    scenarios: tuple[Replicated, ...]
    folder: Path

    @property
    def key(self) -> str:
        """That of every batch: it grows, and whatever scenarios are added, it is the same one."""
        return KIND

    @cached_property
    def pairs(self) -> list[Paired]:
        """Each scenario that has pairs of runs with the first of its city."""
        return pairs_of([one.runs for one in self.scenarios])

    def tables(self) -> dict[str, pd.DataFrame]:
        """ "outcomes": one row a run, with its scenario, its number from 0, its seed and every outcome by id.
        "differences": one row for each scenario that is paired with the first of its city and each outcome,
        with the interval of the mean difference and the range over pairs."""
        import pandas as pd

        rows = [
            pd.DataFrame({"seed": list(one.runs.seeds)} | dict(one.outcomes))
            .rename_axis("replication")
            .reset_index()
            for one in self.scenarios
        ]
        names = [one.run.scenario.name for one in self.scenarios]
        frame = pd.concat(rows, keys=names, names=["scenario"]).reset_index("scenario")
        frame = frame.reset_index(drop=True)
        frame.attrs["units"] = {name: OUTCOMES[name].unit for name in frame.columns if name in OUTCOMES}
        return {"outcomes": frame, "differences": self._differences()}

    def _differences(self) -> pd.DataFrame:
        import pandas as pd

        names = [one.run.scenario.name for one in self.scenarios]
        rows: list[dict[str, Any]] = []
        for pair in self.pairs:
            paired = np.stack([pair.differences(outcome) for outcome in pair.own], axis=1)
            intervals = mean_intervals(paired)  # of all outcomes from the same resamples, as elsewhere
            for column, outcome, interval in zip(paired.T, pair.own, intervals, strict=True):
                rows.append(
                    {
                        "scenario": names[pair.place],
                        "against": names[pair.against],
                        "outcome": outcome,
                        "unit": OUTCOMES[outcome].unit,
                        "baseline_mean": float(pair.base[outcome].mean()),
                        "scenario_mean": float(pair.own[outcome].mean()),
                        "difference": float(column.mean()),
                        "low": interval.low,
                        "high": interval.high,
                        "note": interval.note,
                        **range_of(column).columns(),
                    }
                )
        frame = pd.DataFrame(rows, columns=list(DIFFERENCES))
        numbers = ("baseline_mean", "scenario_mean", "difference", "low", "high", "range_low", "range_high")
        frame.attrs["units"] = dict.fromkeys(numbers, "unit of the outcome") | {"pairs": "pairs"}
        return frame

    def save(self, folder: Path | str) -> Path:
        """Copy its folder as it is, with all runs and pages; returns the copy.
        ResultError if something is there."""
        return copy_result(self.folder, Path(folder))


def scenarios_of(batch: Batch) -> list[Scenario]:
    """The scenarios as they were asked for, without what an ensemble put into them."""
    return [one.asked or one.run.scenario for one in batch.scenarios]


def is_batch(folder: Path) -> bool:
    """Whether a folder without a manifest is what an interrupted `estate batch` left; one of
    version 0.1 has none either."""
    if is_file(folder / MANIFEST):
        return False  # the manifest says what it is
    runs = [place.parent for place in folder.glob(f"*/{HEADLINE}") if not place.parent.name.startswith(".")]
    return bool(runs) and not any(definitions_of(read_manifest(run)) == FIRST_DEFINITIONS for run in runs)


def load_batch(folder: str | Path) -> Batch:
    """The batch in a folder. ResultError if it holds none, or a part is missing,
    damaged or changed by hand."""
    path = Path(folder)
    if not is_file(path / MANIFEST) and not is_batch(path):
        raise ResultError(message("batch.none", folder=path))
    asked: list[str] = []
    if is_file(path / MANIFEST):
        order = read(path, KIND).manifest.get("order")
        asked = [str(one) for one in order] if isinstance(order, list) else []
    place = {name: number for number, name in enumerate(asked)}
    headlines = sorted(
        path.glob(f"*/{HEADLINE}"), key=lambda one: (place.get(one.parent.name, len(place)), one)
    )
    # what an interrupted batch left begins with a dot
    scenarios = [_replicated(one.parent) for one in headlines if not one.parent.name.startswith(".")]
    return Batch(path.resolve().name, tuple(scenarios), path)


def _replicated(folder: Path) -> Replicated:
    from sim.results import load_run

    run = load_run(folder)  # its manifest vouches for the headline too
    file = folder / HEADLINE
    files = (folder / HEADLINE, *sorted((folder / BRIEF).glob("seed-*.json"), key=_by_number))
    told = [_read(file, sealed=file.name != HEADLINE) for file in files]
    outcomes = [_outcomes(data, file) for data, file in zip(told, files, strict=True)]
    ensemble = told[0].get("ensemble")
    plain = ensemble.get("scenario") if ensemble else None
    try:
        asked = run.scenario if plain is None else check(plain, {}, str(file))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=folder, error=error)) from None
    values = {key: [one.get(key, math.nan) for one in outcomes] for key in outcomes[0]}
    try:
        seeds = (run.seed, *(int(data["seed"]) for data in told[1:]))
    except MISSHAPEN as error:
        raise ResultError(message("folder.unreadable", file=folder / BRIEF, error=why(error))) from None
    estates = tuple(str(data.get(ESTATES) or "") for data in told)
    replicated = Replicated(run, values, ensemble, None, asked, seeds, estates)
    return replace(replicated, draws=_draws(replicated, told, outcomes, files))


def _by_number(file: Path) -> tuple[int, str]:
    return len(file.name), file.name  # seed 10 after seed 9: a run's number says which member it had


def months_of(series: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """The series that a batch keeps of each of its runs month by month, as plain data."""
    return {
        name: [float(f"{value:.{DIGITS}g}") for value in np.asarray(series[name], np.float32)]
        for name in FAN_SERIES
    }


def _draws(
    replicated: Replicated,
    told: Sequence[Mapping[str, Any]],
    outcomes: Sequence[Mapping[str, float]],
    files: Sequence[Path],
) -> Repeated | None:
    if len(told) < 2 or not all("series" in data for data in told):
        return None
    try:
        monthly = {name: [_floats(data["series"][name]) for data in told] for name in FAN_SERIES}
        bands = {name: bands_of(values) for name, values in monthly.items()}
    except MISSHAPEN as error:
        raise ResultError(message("folder.unreadable", file=files[0].parent, error=why(error))) from None
    by_seed = {name: np.array([one.get(name, math.nan) for one in outcomes]) for name in outcomes[0]}
    name = str(replicated.ensemble["name"]) if replicated.ensemble else ""
    return Repeated(
        replicated.asked or replicated.run.scenario,
        replicated.seeds,
        by_seed,
        bands,
        name,
        over=replicated.over,
        ends=ends_of(len(told)),
    )


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], np.float64)


def _read(file: Path, sealed: bool) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(message("folder.unreadable", file=file, error=why(error))) from None
    if not isinstance(data, dict):
        raise ResultError(
            message(
                "problem.instead", place=file, found=type(data).__name__, allowed=message("allowed.table")
            )
        )
    if sealed:
        check_seal(data, file)
    return data


def _outcomes(data: Mapping[str, Any], file: Path) -> dict[str, float]:
    try:
        return {key: math.nan if value is None else float(value) for key, value in data["outcomes"].items()}
    except MISSHAPEN as error:
        raise ResultError(message("folder.unreadable", file=file, error=why(error))) from None
