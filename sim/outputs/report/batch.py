"""A batch of scenarios read from its folder: the first run of each, and the outcomes of all its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError

if TYPE_CHECKING:
    from sim.results import Run

HEADLINE, BRIEF = "headline.json", "replications"


@dataclass(frozen=True)
class Replicated:
    """One scenario of a batch: its first run, and by outcome the values of every run (NaN where there is none).

    ensemble: name and number of members of the ensemble that it was run over, None for the scenario's own parameters.
    """

    run: Run
    outcomes: Mapping[str, Sequence[float]]
    ensemble: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Batch:
    """The scenarios of a batch, in the order of their names."""

    name: str
    scenarios: tuple[Replicated, ...]


def is_batch(folder: Path) -> bool:
    """Whether a folder is one that `estate batch` wrote."""
    return not (folder / "manifest.json").exists() and any(folder.glob(f"*/{HEADLINE}"))


def load_batch(folder: str | Path) -> Batch:
    """The batch in a folder. ResultError if it holds none or a part cannot be read."""
    from sim.results import load_run

    place = Path(folder)
    if not is_batch(place):
        raise ResultError(
            f"{place}: found no scenario of a batch in it, allowed a folder that `estate batch` wrote"
        )
    found = []
    for headline in sorted(place.glob(f"*/{HEADLINE}")):
        if headline.parent.name.startswith("."):
            continue  # what an interrupted batch left
        runs = [
            _outcomes(headline),
            *(_outcomes(file) for file in sorted((headline.parent / BRIEF).glob("seed-*.json"))),
        ]
        found.append(
            Replicated(
                load_run(headline.parent),
                {key: [run.get(key, math.nan) for run in runs] for key in runs[0]},
                _ensemble(headline),
            )
        )
    return Batch(place.resolve().name, tuple(found))


def _ensemble(file: Path) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")).get("ensemble")
    return found


def _outcomes(file: Path) -> dict[str, float]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))["outcomes"]
        return {key: math.nan if value is None else float(value) for key, value in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultError(f"{file}: cannot be read ({type(error).__name__}: {error})") from None
