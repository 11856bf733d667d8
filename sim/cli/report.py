"""`estate report`: one page about results, and the same as PDF where a browser is installed."""

from __future__ import annotations

from pathlib import Path

from sim.cli.terminal import console
from sim.errors import ResultError
from sim.words import Word

RESULTS = Path("results")
SAID = {
    "written": Word("报告：{page}（{size}）", "Report: {page} ({size})"),
    "drawing": Word("正在绘图并写出报告", "drawing and writing the report"),
    "printing": Word("正在打印PDF", "printing the PDF"),
    "no_browser": Word(
        "未找到Chromium类浏览器，没有写出PDF；可在浏览器中打开报告后打印",
        "No Chromium-like browser found, so there is no PDF; open the report in a browser and print it",
    ),
}


def write(folders: list[Path], out: Path | None, lang: str, pdf: bool | None) -> None:
    """Write the report of these folders; `pdf` None: if there is a browser. ResultError if it cannot be done."""
    from sim.outputs.report import browser, write_pdf, write_report

    program = None if pdf is False else browser()
    if pdf and program is None:
        raise ResultError(
            "--pdf: found no Chromium-like browser, allowed one of chromium, google-chrome or msedge on the path"
        )
    screen = console()
    page = out or default_place(folders, lang)
    if page.suffix.lower() not in (".html", ".htm"):
        raise ResultError(f"--out: found {page.name!r}, allowed a name that ends in .html")
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


def _say(key: str, lang: str, **values: object) -> str:
    return SAID[key].in_language(lang).format(**values)
