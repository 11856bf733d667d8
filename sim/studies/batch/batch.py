"""A batch of scenarios read from its folder: the first run of each, and the outcomes of all its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, ScenarioError
from sim.experiments.ensemble import Ensemble
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
from sim.studies.draws.repeated import FAN_SERIES, Repeated, bands_of, ends_of
from sim.text import message
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Run

KIND = "batch"
HEADLINE, BRIEF = "headline.json", "replications"
DIGITS = 9  # of what is kept month by month: every float32 has its own


@dataclass(frozen=True)
class Replicated:
    """One scenario of a batch: its first run, and by outcome the values of every
    run (NaN where there is none).

    ensemble: facts of the ensemble that it was run over, None for the scenario's own parameters; of a folder
    of before they were kept only its name and number of members. asked: the scenario without what the first
    member of an ensemble put into it.
    draws: its runs month by month; None for a single run, and where one was kept without
    its months (version 0.2.0.dev0).
    """

    run: Run
    outcomes: Mapping[str, Sequence[float]]
    ensemble: Mapping[str, Any] | None = None
    draws: Repeated | None = None
    asked: Scenario | None = None

    @property
    def over(self) -> Ensemble | None:
        """The ensemble itself, None without one, and where only its name was kept."""
        return Ensemble.of_facts(self.ensemble) if self.ensemble and "parameters" in self.ensemble else None


@dataclass(frozen=True, eq=False)
class Batch(Result):
    """The scenarios of a batch, in the order of their names, and the folder that they were read from."""

    name: str
    scenarios: tuple[Replicated, ...]
    folder: Path

    @property
    def key(self) -> str:
        """That of every batch: it grows, and whatever scenarios are added, it is the same one."""
        return KIND

    def tables(self) -> dict[str, pd.DataFrame]:
        """ "outcomes": one row a run, with its scenario, its number from 0 and every outcome by id."""
        import pandas as pd

        rows = [
            pd.DataFrame(dict(one.outcomes)).rename_axis("replication").reset_index()
            for one in self.scenarios
        ]
        names = [one.run.scenario.name for one in self.scenarios]
        frame = pd.concat(rows, keys=names, names=["scenario"]).reset_index("scenario")
        frame = frame.reset_index(drop=True)
        frame.attrs["units"] = {name: OUTCOMES[name].unit for name in frame.columns if name in OUTCOMES}
        return {"outcomes": frame}

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
    if is_file(path / MANIFEST):
        read(path, KIND)
    headlines = sorted(path.glob(f"*/{HEADLINE}"))
    # what an interrupted batch left begins with a dot
    scenarios = [_replicated(one.parent) for one in headlines if not one.parent.name.startswith(".")]
    return Batch(path.resolve().name, tuple(scenarios), path)


def _replicated(folder: Path) -> Replicated:
    from sim.results import load_run

    run = load_run(folder)  # its manifest vouches for the headline too
    file = folder / HEADLINE
    files = (folder / HEADLINE, *sorted((folder / BRIEF).glob("seed-*.json")))
    told = [_read(file, sealed=file.name != HEADLINE) for file in files]
    outcomes = [_outcomes(data, file) for data, file in zip(told, files, strict=True)]
    ensemble = told[0].get("ensemble")
    plain = ensemble.get("scenario") if ensemble else None
    try:
        asked = run.scenario if plain is None else check(plain, {}, str(file))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=folder, error=error)) from None
    values = {key: [one.get(key, math.nan) for one in outcomes] for key in outcomes[0]}
    replicated = Replicated(run, values, ensemble, None, asked)
    return replace(replicated, draws=_draws(replicated, told, outcomes, files))


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
        seeds = (replicated.run.seed, *(int(data["seed"]) for data in told[1:]))
        bands = {name: bands_of(values) for name, values in monthly.items()}
    except MISSHAPEN as error:
        raise ResultError(message("folder.unreadable", file=files[0].parent, error=why(error))) from None
    by_seed = {name: np.array([one.get(name, math.nan) for one in outcomes]) for name in outcomes[0]}
    name = str(replicated.ensemble["name"]) if replicated.ensemble else ""
    return Repeated(
        replicated.asked or replicated.run.scenario,
        seeds,
        by_seed,
        bands,
        name,
        over=replicated.over,
        ends=ends_of(len(seeds)),
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
