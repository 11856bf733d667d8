"""What share of a result rests on assumed parameters: by sensitivity index where a study
provides one, else by count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError
from sim.model.parameters import PARAMETERS
from sim.results.folder import read
from sim.results.provenance import STATUSES
from sim.scenario import Scenario
from sim.text import message

if TYPE_CHECKING:
    from sim.studies.sensitivity.analysis import Analysis
    from sim.studies.sensitivity.sensitivity import Sensitivity

MAIN = {"sobol": "total", "morris": "mean_size"}
SCENARIO_KEY = "scenario"


@dataclass(frozen=True)
class ShareAssumed:
    """Of one outcome's sensitivity, the part that falls on each status; the parts add up to one.

    `scenario` is the part of factors that are no parameters (keys of the scenario that no reported or derived
    figure covers count as assumed). `method` is "sobol" (total indices) or "morris" (mean size of effects).
    `largest` are the assumed parameters with the largest parts. Parameters that the study held fixed are
    not in it: measured ones usually are.
    """

    outcome: str
    method: str
    assumed: float
    calibrated: float
    measured: float
    scenario: float
    factors: int
    largest: tuple[tuple[str, float], ...]


def share_assumed(
    result: Sensitivity | Analysis | Path | str, scenario: Scenario | None = None
) -> dict[str, ShareAssumed]:
    """The share of every outcome that rests on assumed parameters, by outcome.

    `result`: a `Sensitivity`, one of its analyses, or the folder where one was saved (the indices are taken
    if there are any, else the screening). ResultError if the folder holds no such result, or one that was
    changed or is of version 0.1.
    """
    if isinstance(result, str | Path):
        method, rows = _read(Path(result))
        known: Mapping[str, str] = _figures(scenario)
    else:
        final: Any = getattr(result, "final", result)
        method, rows = final.method, final.table.to_dict("records")
        known = _figures(scenario or getattr(result, "scenario", None))
    shares: dict[str, ShareAssumed] = {}
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        shares[outcome] = _share(outcome, method, [row for row in rows if row["outcome"] == outcome], known)
    return shares


def _share(
    outcome: str, method: str, rows: Iterable[Mapping[str, Any]], known: Mapping[str, str]
) -> ShareAssumed:
    parts = dict.fromkeys((*STATUSES, SCENARIO_KEY), 0.0)
    sizes: dict[str, float] = {}
    number, total = 0, 0.0
    for row in rows:
        key, size = str(row["parameter"]), _size(row[MAIN[method]])
        status = status_of(key, known)
        parts[status] += size
        if status == "assumed":
            sizes[key] = size
        number, total = number + 1, total + size
    if total == 0:
        nan = float("nan")
        return ShareAssumed(outcome, method, nan, nan, nan, nan, number, ())
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:3]
    return ShareAssumed(
        outcome,
        method,
        parts["assumed"] / total,
        parts["calibrated"] / total,
        parts["measured"] / total,
        parts[SCENARIO_KEY] / total,
        number,
        tuple((key, size / total) for key, size in largest),
    )


def _size(index: float) -> float:
    """None (an outcome that does not vary) counts as zero, and so does a small one estimated below it."""
    return float(index) if index > 0 else 0.0


def status_of(key: str, known: Mapping[str, str]) -> str:
    """Status of a factor: a parameter's own; "scenario" for a key that a reported or
    derived figure covers, else "assumed"."""
    parameter = PARAMETERS.get(key.removeprefix("parameters."))
    if parameter is not None:
        return parameter.status
    return SCENARIO_KEY if known.get(key) in ("reported", "derived") else "assumed"


def _figures(scenario: Scenario | None) -> dict[str, str]:
    return {} if scenario is None else {figure.key: figure.status for figure in scenario.figures}


def _read(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    saved = read(folder, "sensitivity")
    for method, index in MAIN.items():
        if saved.has(method):
            table = saved.frame(method)
            missing = [name for name in ("parameter", "outcome", index) if name not in table]
            if missing:
                file, names = f"{folder / method}.parquet", ", ".join(missing)
                raise ResultError(message("evidence.no_column", file=file, names=names))
            rows: Any = table.to_dict("records")
            return method, rows
    one, other = MAIN
    found = message("evidence.no_table", one=one, other=other)
    allowed = message("evidence.a_sensitivity")
    raise ResultError(message("problem.instead", place=folder, found=found, allowed=allowed))
