"""What a report is made of: a result in memory, or one of the folders that the commands write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.outputs.report.model import Part
from sim.outputs.report.of_comparison import part_of_comparison
from sim.outputs.report.of_run import part_of_run

MANIFEST = "manifest.json"


def read_result(place: str | Path) -> Any:
    """The run or comparison saved in a folder. ResultError or StudyError if there is none that can be read."""
    folder = Path(place)
    if not folder.is_dir():
        raise ResultError(f"{folder}: no such folder of results")
    if not (folder / MANIFEST).is_file():
        raise ResultError(f"{folder}: found no {MANIFEST}, allowed the folder of a run or of a comparison")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{folder / MANIFEST}: cannot be read as JSON ({error})") from None
    if isinstance(manifest, dict) and manifest.get("kind") == "comparison":
        from sim.experiments.saved_comparison import load_comparison

        return load_comparison(folder)
    from sim.results import load_run

    return load_run(folder)


def part_of(result: Any, lang: str) -> Part:
    """The report of a result. EstateError for something that there is no report of."""
    from sim.experiments.comparison import Comparison
    from sim.results import Run

    if isinstance(result, Comparison):
        return part_of_comparison(result, lang)
    if isinstance(result, Run):
        return part_of_run(result, lang)
    raise EstateError(f"report: {type(result).__name__} found, allowed a run or a comparison")
