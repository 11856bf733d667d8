"""A batch of scenarios read from its folder: the first run of each, and the outcomes of all its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError
from sim.experiments.draw_tables import FAN_SERIES
from sim.experiments.repeated import Repeated, bands_of
from sim.results.folder import MANIFEST, check_seal, kind_of, read, read_manifest

if TYPE_CHECKING:
    from sim.results import Run

KIND = "batch"
HEADLINE, BRIEF = "headline.json", "replications"
DECIMALS = 6  # of the shares that are kept month by month


@dataclass(frozen=True)
class Replicated:
    """One scenario of a batch: its first run, and by outcome the values of every run (NaN where there is none).

    ensemble: name and number of members of the ensemble that it was run over, None for the scenario's own parameters.
    draws: its runs month by month; None for a single run, and where one was kept without its months (version 0.2.0.dev0).
    """

    run: Run
    outcomes: Mapping[str, Sequence[float]]
    ensemble: Mapping[str, Any] | None = None
    draws: Repeated | None = None


@dataclass(frozen=True)
class Batch:
    """The scenarios of a batch, in the order of their names."""

    name: str
    scenarios: tuple[Replicated, ...]


def is_batch(folder: Path) -> bool:
    """Whether a folder is one that `estate batch` wrote; one without a manifest was interrupted, or is of version 0.1."""
    if not (folder / MANIFEST).exists():
        return any(folder.glob(f"*/{HEADLINE}"))
    try:
        return kind_of(read_manifest(folder)) == KIND
    except ResultError:
        return False  # whoever reads it will say what is wrong


def load_batch(folder: str | Path) -> Batch:
    """The batch in a folder. ResultError if it holds none, or a part is missing, damaged or changed by hand."""
    place = Path(folder)
    if not is_batch(place):
        raise ResultError(
            f"{place}: found no scenario of a batch in it, allowed a folder that `estate batch` wrote"
        )
    if (place / MANIFEST).exists():
        read(place, KIND)
    headlines = sorted(place.glob(f"*/{HEADLINE}"))
    # what an interrupted batch left begins with a dot
    found = [_replicated(one.parent) for one in headlines if not one.parent.name.startswith(".")]
    return Batch(place.resolve().name, tuple(found))


def _replicated(folder: Path) -> Replicated:
    from sim.results import load_run

    run = load_run(folder)  # its manifest vouches for the headline too
    files = (folder / HEADLINE, *sorted((folder / BRIEF).glob("seed-*.json")))
    told = [_read(file, sealed=file.name != HEADLINE) for file in files]
    outcomes = [_outcomes(data, file) for data, file in zip(told, files, strict=True)]
    return Replicated(
        run,
        {key: [one.get(key, math.nan) for one in outcomes] for key in outcomes[0]},
        told[0].get("ensemble"),
        _draws(run, told, outcomes, files),
    )


def months_of(series: Mapping[str, np.ndarray]) -> dict[str, list[float]]:
    """The series that a batch keeps of each of its runs month by month, as plain data."""
    return {name: [round(float(value), DECIMALS) for value in series[name]] for name in FAN_SERIES}


def _draws(
    run: Run,
    told: Sequence[Mapping[str, Any]],
    outcomes: Sequence[Mapping[str, float]],
    files: Sequence[Path],
) -> Repeated | None:
    if len(told) < 2 or not all("series" in data for data in told):
        return None
    try:
        monthly = {name: [_floats(data["series"][name]) for data in told] for name in FAN_SERIES}
        seeds = (run.seed, *(int(data["seed"]) for data in told[1:]))
        bands = {name: bands_of(values) for name, values in monthly.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise ResultError(f"{files[0].parent}: cannot be read ({type(error).__name__}: {error})") from None
    by_seed = {name: np.array([one.get(name, math.nan) for one in outcomes]) for name in outcomes[0]}
    ensemble = told[0].get("ensemble")
    return Repeated(run.scenario, seeds, by_seed, bands, str(ensemble["name"]) if ensemble else "")


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], np.float64)


def _read(file: Path, sealed: bool) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{file}: cannot be read ({type(error).__name__}: {error})") from None
    if not isinstance(data, dict):
        raise ResultError(f"{file}: found {type(data).__name__}, allowed a table of JSON")
    if sealed:
        check_seal(data, file)
    return data


def _outcomes(data: Mapping[str, Any], file: Path) -> dict[str, float]:
    try:
        return {key: math.nan if value is None else float(value) for key, value in data["outcomes"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultError(f"{file}: cannot be read ({type(error).__name__}: {error})") from None
