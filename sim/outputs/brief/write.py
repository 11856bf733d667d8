"""Write a brief: as a page, printed to PDF, and as a Word document."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ResultError
from sim.outputs.brief.word import word_document
from sim.outputs.report.page import brief_page
from sim.outputs.report.write import write_pdf
from sim.results.files import replace, replace_text
from sim.text import in_language, language, message
from sim.text.system import reason_of

if TYPE_CHECKING:
    from sim.outputs.brief.model import Brief

HTML, PDF, DOCX = FORMATS = ("html", "pdf", "docx")


def write_briefs(briefs: Sequence[Brief], target: Path, program: str | None, lang: str | None = None) -> Path:
    """Write briefs to one file, of the form that its name ends in; returns it.

    A Word document is of one brief; a page and a PDF are of any number, each on a page of its own. `program`:
    the browser that prints (`sim.outputs.report.browser`). ResultError for a name that ends otherwise, for a
    PDF without a browser, and if it cannot be written.
    """
    lang = language() if lang is None else lang
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMATS or (form == DOCX and len(briefs) != 1):
        allowed = message("brief.allowed.name", forms=", ".join(f".{one}" for one in FORMATS))
        raise ResultError(message("problem.instead", place="--out", found=repr(target.name), allowed=allowed))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if form == HTML:
            replace_text(target, brief_page(briefs, lang))
        elif form == DOCX:
            with in_language(lang):
                document = word_document(briefs[0])
            replace(target, lambda part: part.write_bytes(document))
        else:
            _print(briefs, target, program, lang)
    except OSError as error:
        said = message("report.error.unwritten", file=target, error=reason_of(error))
        raise ResultError(said) from None
    return target


def _print(briefs: Sequence[Brief], target: Path, program: str | None, lang: str) -> None:
    if program is None:
        found, allowed = message("written.no_program"), message("written.programs")
        raise ResultError(message("problem.instead", place="--format pdf", found=found, allowed=allowed))
    with tempfile.TemporaryDirectory(prefix="estate-brief-") as folder:
        page = Path(folder) / "brief.html"
        page.write_text(brief_page(briefs, lang), encoding="utf-8")
        write_pdf(page, target, program)
