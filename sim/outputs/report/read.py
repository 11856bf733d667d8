"""What a report is made of: a result in memory, or one of the folders that the commands write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.given import is_folder, path_of
from sim.kinds import load_result as load_kind
from sim.outputs.report.model import Part
from sim.results.folder import read_manifest
from sim.results.result import Result

ALLOWED = "a run, a comparison, a study, a batch, a sensitivity analysis, a tipping map, an ablation or a budget search"


def load_result(place: str | Path) -> Any:
    """What was saved in a folder: a run, comparison, study, batch, sensitivity analysis, tipping map, ablation or budget search.

    An `OldResult` for what version 0.1 saved, whose outcomes are defined otherwise.

    ResultError if there is none that can be read.
    """
    folder = path_of(place, "result", ResultError)
    if not is_folder(folder):
        read_manifest(folder)  # says so
    return load_kind(folder)


def part_of(result: Any, lang: str) -> Part:
    """The report of a result. EstateError for something that there is no report of."""
    if isinstance(result, Result):
        return result.report(lang)  # type: ignore[no-any-return]
    raise EstateError(f"report: {type(result).__name__} found, allowed {ALLOWED}")
