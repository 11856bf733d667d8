"""The work of `estate brief`: a result on one page, in the forms that are asked for."""

from __future__ import annotations

from pathlib import Path

from sim.cli.terminal import console
from sim.errors import ResultError
from sim.outputs.brief import brief_of
from sim.outputs.brief.write import DOCX, FORMATS, HTML, PDF, write_briefs
from sim.outputs.report import browser, load_result
from sim.text import figures, language, message, say


def write_brief(folder: Path, forms: str | None, out: Path | None) -> list[Path]:
    """Write the brief of the result in a folder; returns the files.

    forms: names of forms with commas between them; None: as `out` ends, or without that every form that can
    be made here. ResultError for a form that there is not, a result without a brief, or a file that cannot be
    written.
    """
    asked = _forms(forms, out)
    program = browser() if PDF in asked else None
    if PDF in asked and program is None and forms is None and out is None:
        asked = (HTML, DOCX)
        console().print(say("written.no_browser"), soft_wrap=True)
    brief = brief_of(load_result(folder))
    base = out or folder / f"brief.{language()}.{asked[0]}"
    files = []
    for form in asked:
        target = base if len(asked) == 1 else base.with_suffix(f".{form}")
        files.append(write_briefs([brief], target, program))
        size = figures.decimal(target.stat().st_size / 1e6, 2)
        console().print(say("brief.written", file=target, size=size), soft_wrap=True)
    return files


def _forms(forms: str | None, out: Path | None) -> tuple[str, ...]:
    if forms is None:
        return FORMATS if out is None else (out.suffix.lower().removeprefix("."),)
    asked = tuple(dict.fromkeys(one.strip().lower() for one in forms.split(",")))
    unknown = [one for one in asked if one not in FORMATS]
    if unknown:
        allowed = message("allowed.one_of", names=", ".join(FORMATS))
        raise ResultError(
            message("problem.instead", place="--format", found=repr(unknown[0]), allowed=allowed)
        )
    if out is not None and out.suffix.lower().removeprefix(".") not in asked:
        names = message("brief.allowed.name", forms=", ".join(f".{one}" for one in asked))
        raise ResultError(message("problem.instead", place="--out", found=repr(out.name), allowed=names))
    return asked
