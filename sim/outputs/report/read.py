"""What a report is made of: a result in memory, or one of the folders that the commands write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.outputs.report.batch import Batch, is_batch, load_batch
from sim.outputs.report.model import Part
from sim.outputs.report.of_batch import part_of_batch
from sim.outputs.report.of_comparison import part_of_comparison
from sim.outputs.report.of_run import part_of_run
from sim.outputs.report.of_study import part_of_study

MANIFEST = "manifest.json"


def read_result(place: str | Path) -> Any:
    """The run, comparison, study or batch saved in a folder. ResultError or StudyError if there is none that can be read."""
    folder = Path(place)
    if not folder.is_dir():
        raise ResultError(f"{folder}: no such folder of results")
    if is_batch(folder):
        return load_batch(folder)
    if not (folder / MANIFEST).is_file():
        raise ResultError(f"{folder}: found no {MANIFEST}, allowed the folder of a run, a comparison, a study or a batch")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{folder / MANIFEST}: cannot be read as JSON ({error})") from None
    if isinstance(manifest, dict) and manifest.get("kind") == "comparison":
        from sim.experiments.saved_comparison import load_comparison

        return load_comparison(folder)
    if isinstance(manifest, dict) and "study" in manifest:
        from sim.experiments.saved_study import load_study

        return load_study(folder)
    if isinstance(manifest, dict) and "kind" in manifest:
        raise ResultError(f"{folder}: holds a result of kind {manifest['kind']!r}, allowed a run, a comparison, a study or a batch")
    from sim.results import load_run

    return load_run(folder)


def part_of(result: Any, lang: str) -> Part:
    """The report of a result. EstateError for something that there is no report of."""
    from sim.experiments.comparison import Comparison
    from sim.experiments.saved_study import SavedStudy
    from sim.experiments.study import StudyResult
    from sim.results import Run

    if isinstance(result, Batch):
        return part_of_batch(result, lang)
    if isinstance(result, StudyResult | SavedStudy):
        return part_of_study(result, lang)
    if isinstance(result, Comparison):
        return part_of_comparison(result, lang)
    if isinstance(result, Run):
        return part_of_run(result, lang)
    raise EstateError(f"report: {type(result).__name__} found, allowed a run, a comparison, a study or a batch")
