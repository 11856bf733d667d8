"""`estate report`: one page about results, and the same as PDF where a browser is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.terminal import console
from sim.errors import ResultError
from sim.text import message

RESULTS = Path("results")


def write(folders: list[Path], out: Path | None, lang: str, pdf: bool | None) -> None:
    """Write the report of these folders; `pdf` None: if there is a browser. ResultError if it cannot be done."""
    from sim.outputs.report import browser, write_pdf, write_report

    program = None if pdf is False else browser()
    if pdf and program is None:
        found, allowed = message("written.no_program"), message("written.programs")
        raise ResultError(message("problem.instead", place="--pdf", found=found, allowed=allowed))
    screen = console()
    page = out or default_place(folders, lang)
    if page.suffix.lower() not in (".html", ".htm"):
        allowed = message("written.html")
        raise ResultError(message("problem.instead", place="--out", found=repr(page.name), allowed=allowed))
    with screen.status(_say("drawing", lang)):
        write_report(folders, page, lang)
    screen.print(_say("written", lang, page=page, size=_size(page)), soft_wrap=True, markup=False)
    if program is not None:
        with screen.status(_say("printing", lang)):
            made = write_pdf(page, page.with_suffix(".pdf"), program)
        screen.print(_say("written", lang, page=made, size=_size(made)), soft_wrap=True, markup=False)
    elif pdf is None:
        screen.print(_say("no_browser", lang), soft_wrap=True, markup=False)


def default_place(folders: list[Path], lang: str) -> Path:
    """Inside the folder of results; for several in the folder named results."""
    return folders[0] / f"report.{lang}.html" if len(folders) == 1 else RESULTS / f"report.{lang}.html"


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.2f} MB"


def _say(key: str, lang: str, **values: Any) -> str:
    return message(f"written.{key}", **values).in_language(lang)
