"""What a report is made of: a result in memory, or one of the folders that the commands write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.given import is_folder, path_of
from sim.kinds import kinds
from sim.kinds import load_result as load_kind
from sim.outputs.report.model import Part
from sim.results.folder import read_manifest
from sim.results.result import Result
from sim.text import message


def load_result(place: str | Path) -> Any:
    """What was saved in a folder, of whatever kind (see `sim.kinds`).

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
    allowed = ", ".join(name for name, kind in kinds().items() if kind.report)
    raise EstateError(message("problem.among", place="report", found=type(result).__name__, allowed=allowed))
