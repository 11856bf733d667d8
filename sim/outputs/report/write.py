"""Write a report of one or several results to a file, small enough to be sent by mail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import ResultError
from sim.kinds import kind_of_result
from sim.outputs.report.page import report_page
from sim.outputs.report.read import load_result, part_of
from sim.outputs.report.weighed import with_weights
from sim.results.files import replace_text
from sim.text import language, message
from sim.text.current import known_language

MOST_BYTES = 3_000_000
SHARPNESS = (130, 100, 80, 64)  # dots an inch, tried in turn until the page is small enough


def write_report(results: Sequence[Any], path: str | Path, lang: str | None = None) -> Path:
    """Write one HTML page about these results (objects, or folders of them) to `path`; returns it.

    One that weighs assumptions among them (a sensitivity analysis) says, for the other results of its scenario, how much rests on assumptions.

    ResultError if there are none, if one cannot be read, if the page cannot be written or would exceed 3 MB.
    """
    lang = language() if lang is None else known_language(lang)
    if not results:
        found, allowed = message("found.nothing"), message("allowed.at_least_one")
        raise ResultError(message("problem.instead", place="report", found=found, allowed=allowed))
    read = [load_result(one) if isinstance(one, str | Path) else one for one in results]
    _refuse_mixture(read)
    weighing = [one for one in read if (kind := kind_of_result(one)) is not None and kind.weighs]
    parts = [
        part if one in weighing else with_weights(part, weighing, lang)
        for one, part in ((one, part_of(one, lang)) for one in read)
    ]
    for sharpness in SHARPNESS:
        page = report_page(parts, lang, sharpness)
        if len(page.encode("utf-8")) < MOST_BYTES:
            break
    else:
        raise ResultError(
            f"report: {len(parts)} results make {len(page.encode('utf-8')):,} bytes, allowed {MOST_BYTES:,}; report fewer at a time"
        )
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, page)
    except OSError as error:
        raise ResultError(f"{target}: cannot be written ({error.strerror or error})") from None
    return target


def _refuse_mixture(results: Sequence[Any]) -> None:
    """ResultError if the figures of some results are defined otherwise than those of others: one name would mean two things."""
    old = [one for one in results if (kind := kind_of_result(one)) is not None and kind.apart]
    if old and len(old) < len(results):
        raise ResultError(message("result.error.mixed", names=", ".join(str(one.place) for one in old)))
