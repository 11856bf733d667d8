"""Tables as a workbook (xlsx) that an office opens: numbers are numbers, units stand in the headings, which
stay in sight, and a column is as wide as what stands in it."""

from __future__ import annotations

import datetime as dt
import io
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from sim.errors import ResultError
from sim.problems import Problem, path_of
from sim.results.files import replace
from sim.text import figures, message, say
from sim.text.joins import bracketed
from sim.text.system import reason_of

MOST_ROWS = (
    100_000  # of a sheet; with more a spreadsheet is no reader's tool any more, and over 1,048,575 none
)
NARROWEST, WIDEST = 8, 48  # of a column, in letters
MEASURED = 200  # rows by which the width of a column is told
TITLE = 31  # letters that a spreadsheet lets the name of a sheet have
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
SHARES = frozenset({"share"})
MONEY = ("yuan",)


def of_table(name: str) -> str:
    """Under what a kind of result says the title of a table, among the headings of its columns."""
    return f"{name}."  # "table.column" is a column's; here there is none


def table_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles of tables, by name, as they stand among the headings of a kind of result."""
    return {of_table(name): title for name, title in titles.items()}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    heading: without its unit. unit: as elsewhere in the catalogs; a share stands as a share and is shown in
    per cent, under "%". values: one a row; None and NaN are blanks.
    """

    heading: str
    unit: str
    values: Sequence[Any]
    percent: bool = False

    @property
    def head(self) -> str:
        """Its heading with the unit."""
        unit = "%" if self.unit in SHARES else figures.unit_name(self.unit) if self.unit else ""
        return bracketed(self.heading, unit)

    @property
    def form(self) -> str:
        """How a spreadsheet shows its numbers."""
        if self.unit in SHARES or self.percent:
            return "0.0%"
        if self.unit.startswith(MONEY):
            return "#,##0.00"
        return "General"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its columns, and how many of them stay in sight."""

    title: str
    columns: Sequence[Column]
    fixed: int = 1


def check_out(out: Path | str, source: str = "--out") -> Path:
    """The workbook to be written. ResultError for another ending than .xlsx, or a file that is there."""
    path = path_of(out, source, ResultError)
    if path.suffix.lower() != ".xlsx":
        found, allowed = repr(path.name), message("sheet.ending")
        raise ResultError(message("problem.instead", place=source, found=found, allowed=allowed))
    if path.exists():
        raise ResultError(Problem(str(path), "", message("sheet.there"), message("sheet.other")))
    return path


def write_workbook(sheets: Sequence[Sheet], out: Path) -> Path:
    """Write sheets as a workbook; returns its path. ResultError as `check_out`, or if it cannot be
    written."""
    path = check_out(out)
    content = _content(sheets)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, lambda part: part.write_bytes(content))
    except OSError as error:
        raise ResultError(message("folder.unwritable", folder=path, error=reason_of(error))) from None
    return path


def _content(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        _write(book, sheet, _title(sheet.title, taken))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _title(wanted: str, taken: set[str]) -> str:
    """The name of a sheet as a spreadsheet takes it, none twice."""
    plain = wanted.translate(FORBIDDEN).strip().strip("'")[:TITLE] or say("sheet.untitled")
    title, number = plain, 2
    while title.casefold() in taken:
        end = f" {number}"
        title, number = plain[: TITLE - len(end)] + end, number + 1
    taken.add(title.casefold())
    return title


def _write(book: Any, sheet: Sheet, title: str) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(title)
    page.freeze_panes = f"{get_column_letter(sheet.fixed + 1)}2"
    heads = []
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = _width(column)
        head = WriteOnlyCell(page, _text(column.head))
        head.data_type = "s"
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
        head.alignment = Alignment(wrap_text=True, vertical="top")
        heads.append(head)
    page.append(heads)
    cells = []
    for column in sheet.columns:
        cell = WriteOnlyCell(page)
        cell.number_format = column.form
        cells.append(cell)
    for row in zip(*(column.values for column in sheet.columns), strict=True):
        for cell, value in zip(cells, row, strict=True):
            cell.value = plain(value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
        page.append(cells)


def plain(value: Any) -> Any:
    """A value as a cell holds it: numbers of Python, None for what does not exist, ∞ in words."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else figures.significant(value) if math.isinf(value) else value
    if isinstance(value, dt.date):
        return value
    text = "" if _missing(value) else _text(str(value))
    return text or None


def _missing(value: Any) -> bool:
    """Whether pandas has it for what does not exist."""
    import pandas as pd

    return value is pd.NA or value is pd.NaT


def _text(text: str) -> str:
    """A text without what a workbook cannot hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:32_767]


def _width(column: Column) -> float:
    """Letters that a column is wide: its longest cell of the first rows, and half of its heading, which may
    take two lines."""
    shown: Iterable[int] = (_places(_shown(value)) for value in column.values[:MEASURED])
    widest = max(chain([_places(column.head) // 2 + 1], shown))
    return float(min(max(widest + 2, NARROWEST), WIDEST))


def _shown(value: Any) -> str:
    written = plain(value)
    if written is None:
        return ""
    return f"{written:,.2f}" if isinstance(written, float) else str(written)


def _places(text: str) -> int:
    """Letters that a text takes; a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
