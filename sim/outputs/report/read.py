"""What a report is made of: a result in memory, or one of the folders that the commands write."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.given import is_folder, path_of
from sim.outputs.report.model import Part
from sim.outputs.report.of_budget import part_of_budget
from sim.outputs.report.of_tipping import part_of_tipping
from sim.results.folder import kind_of, read_manifest
from sim.results.kinds import kinds, recognised
from sim.results.kinds import load_result as load_kind
from sim.results.result import Result

ALLOWED = "a run, a comparison, a study, a batch, a sensitivity analysis, a tipping map, an ablation or a budget search"
LOADERS = {
    **dict.fromkeys(("tipping", "budget"), ("sim.experiments.saved_found", "load_found")),
}
PARTS: tuple[tuple[str, str, Callable[[Any, str], Part]], ...] = (
    ("sim.experiments.tipping", "Tipping", part_of_tipping),
    ("sim.experiments.budget", "BudgetSearch", part_of_budget),
)


def load_result(place: str | Path) -> Any:
    """What was saved in a folder: a run, comparison, study, batch, sensitivity analysis, tipping map, ablation or budget search.

    An `OldResult` for what version 0.1 saved, whose outcomes are defined otherwise.

    ResultError if there is none that can be read.
    """
    folder = path_of(place, "result", ResultError)
    if not is_folder(folder):
        read_manifest(folder)  # says so
    if recognised(folder) is not None:
        return load_kind(folder)
    kind = kind_of(read_manifest(folder))
    if kind in kinds() and kinds()[kind].load:
        return load_kind(folder)
    if kind not in LOADERS:
        raise ResultError(f"{folder}: holds a result of kind {kind!r}, allowed {ALLOWED}")
    module, name = LOADERS[kind]
    return getattr(import_module(module), name)(folder)


def part_of(result: Any, lang: str) -> Part:
    """The report of a result. EstateError for something that there is no report of."""
    if isinstance(result, Result):
        return result.report(lang)  # type: ignore[no-any-return]
    for module, name, writer in PARTS:
        kind = getattr(import_module(module), name)
        if isinstance(result, kind):
            return writer(result, lang)
    raise EstateError(f"report: {type(result).__name__} found, allowed {ALLOWED}")
