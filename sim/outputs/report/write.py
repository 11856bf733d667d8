"""Write a report: results read, one page of them small enough to be sent by mail,
and the page printed to PDF.

What a report is made of is a result in memory, or one of the folders that the commands write. PDF comes from
a browser of the Chromium family, where one is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.errors import EstateError, ResultError
from sim.kinds import kind_of_result, kinds
from sim.kinds import load_result as load_kind
from sim.outputs.brief import brief_of
from sim.outputs.report.by_estate import Names, with_estates
from sim.outputs.report.model import Part
from sim.outputs.report.page import report_page
from sim.outputs.report.weighed import with_weights
from sim.problems import is_folder, path_of
from sim.results.files import replace_text
from sim.results.folder import read_manifest
from sim.results.result import Result
from sim.scenario import Scenario
from sim.text import Later, in_language, language, message
from sim.text.catalog import known_language
from sim.text.joins import listed
from sim.text.system import reason_of

MOST_BYTES = 3_000_000
SHARPNESS = (130, 100, 80, 64)  # dots an inch, tried in turn until the page is small enough
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
SECONDS = 180.0


def load_result(path: str | Path) -> Any:
    """What was saved in a folder, of whatever kind (see `sim.kinds`).

    An `OldResult` for what version 0.1 saved, whose outcomes are defined otherwise.

    ResultError if there is none that can be read.
    """
    folder = path_of(path, "result", ResultError)
    if not is_folder(folder):
        read_manifest(folder)  # says so
    return load_kind(folder)


def part_of(result: Any, lang: str) -> Part:
    """The report of a result. EstateError for something that there is no report of."""
    if isinstance(result, Result):
        return result.report(lang)  # type: ignore[no-any-return]
    allowed = Later(listed, tuple(name for name, kind in kinds().items() if kind.report))
    raise EstateError(message("problem.among", place="report", found=type(result).__name__, allowed=allowed))


def _opened(result: Any, lang: str) -> Part:
    """The report of a result with the brief that opens it, where its kind has one."""
    part, kind = part_of(result, lang), kind_of_result(result)
    return replace(part, brief=brief_of(result)) if kind is not None and kind.brief else part


def write_report(
    results: Sequence[Any],
    path: str | Path,
    lang: str | None = None,
    names_of: Callable[[Scenario], Names] | None = None,
) -> Path:
    """Write one HTML page about these results (objects, or folders of them) to `path`; returns it.

    One that weighs assumptions among them (a sensitivity analysis) says, for the other results of its
    scenario, how much rests on assumptions. `names_of`: the city's own names of the estates of a scenario,
    for readers who may know them; without it estates have their numbers alone.

    ResultError if there are none, if one cannot be read, if the page cannot be written or would exceed 3 MB.
    """
    lang = language() if lang is None else known_language(lang)
    if not results:
        found, allowed = message("found.nothing"), message("allowed.at_least_one")
        raise ResultError(message("problem.instead", place="report", found=found, allowed=allowed))
    read = [load_result(one) if isinstance(one, str | Path) else one for one in results]
    _refuse_mixture(read)
    weighing = [one for one in read if (kind := kind_of_result(one)) is not None and kind.weighs]
    with in_language(lang):
        parts = [
            part if one in weighing else with_weights(part, weighing)
            for one, part in ((one, with_estates(_opened(one, lang), one, names_of)) for one in read)
        ]
    for sharpness in SHARPNESS:
        page = report_page(parts, lang, sharpness)
        if len(page.encode("utf-8")) < MOST_BYTES:
            break
    else:
        made = f"{len(page.encode('utf-8')):,}"
        raise ResultError(
            message("report.error.too_large", results=len(parts), found=made, allowed=f"{MOST_BYTES:,}")
        )
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, page)
    except OSError as error:
        said = message("report.error.unwritten", file=target, error=reason_of(error))
        raise ResultError(said) from None
    return target


def _refuse_mixture(results: Sequence[Any]) -> None:
    """ResultError if the figures of some results are defined otherwise than those of others: one
    name would mean two things."""
    old = [one for one in results if (kind := kind_of_result(one)) is not None and kind.apart]
    if old and len(old) < len(results):
        raise ResultError(
            message("result.error.mixed", names=", ".join(str(result.folder) for result in old))
        )


def browser() -> str | None:
    """The program of an installed browser that can print a page, or None."""
    program = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if program is None and sys.platform == "darwin":
        program = next((path for path in MAC_BROWSERS if Path(path).is_file()), None)
    return program


def run_browser(program: str, *arguments: str, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    """Run a browser without window, network or the user's profile; ResultError if it fails or hangs."""
    with tempfile.TemporaryDirectory(prefix="estate-browser-", ignore_cleanup_errors=True) as profile:
        options = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # its sandbox refuses to start as root, as in a container
        try:
            done = subprocess.run(
                [program, *options, *arguments],
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            why = reason_of(error)
            raise ResultError(message("report.error.no_browser", program=program, error=why)) from None
    if done.returncode != 0:
        told = done.stderr.strip()[-300:]
        raise ResultError(
            message("report.error.browser_failed", program=program, code=done.returncode, error=told)
        )
    return done


def write_pdf(page: Path, target: Path, program: str) -> Path:
    """Print the HTML file `page` to `target`; returns it. ResultError if the browser makes none."""
    with tempfile.TemporaryDirectory(prefix="estate-pdf-") as folder:
        part = Path(folder) / "report.pdf"
        run_browser(program, "--no-pdf-header-footer", f"--print-to-pdf={part}", page.resolve().as_uri())
        if not part.is_file() or not part.read_bytes().startswith(b"%PDF"):
            raise ResultError(message("report.error.no_pdf", program=program, page=page))
        shutil.move(part, target)
    return target
