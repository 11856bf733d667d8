"""A table as it lies in its file: sheets of cells with what decides how a cell is to be read (its format,
whether it was merged, hidden, computed), and nothing yet of what it means.

Reads xlsx and xlsm, csv (UTF-8 with or without byte-order mark, UTF-16 with one, GBK and GB18030; separated
by commas, semicolons, tabs or bars) and Parquet. What a file is, is seen by its first bytes, not by its
name.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import CityError
from sim.problems import Problem, is_file, path_of, why_no_file
from sim.text import Message, message
from sim.text.system import reason_of, told

Value = str | int | float | bool | dt.date | dt.datetime | None

ENCODINGS = ("utf-8", "gb18030")  # the second holds all of GBK and of GB2312
SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 400  # records by which the separator is told
LARGEST = 200_000_000  # bytes; a table of a city is some megabytes
MOST_ROWS, MOST_COLUMNS = 200_000, 500
# Of Han letters that were read as GB18030, how many must be common: bytes of another encoding give rare ones.
COMMON_SHARE = 0.6
FIRST_COMMON, LAST_COMMON = 0xB0, 0xD7  # first bytes of the 3,755 common letters in GB 2312
FIRST_HAN, LAST_HAN = 0x3400, 0x9FFF
PERCENT = re.compile(r"(?<!\\)%")
ERRORS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


class Cell:
    """One cell: its value, and what its sheet says of how it is shown.

    value: as stored; None for a blank. percent: shown as a percentage, so that 0.9 stands for 90 %. formula:
    the formula of a cell, stored: whether its result is. merged: filled from the cell that it was merged
    with. typed: its file tells numbers from texts.
    """

    __slots__ = ("blank", "formula", "merged", "percent", "stored", "typed", "value")

    def __init__(
        self,
        value: Value,
        percent: bool = False,
        formula: str = "",
        stored: bool = True,
        merged: bool = False,
        typed: bool = True,
    ) -> None:
        self.value, self.percent, self.formula = value, percent, formula
        self.stored, self.merged, self.typed = stored, merged, typed
        nothing = value is None or (isinstance(value, str) and (not value or value.isspace()))
        self.blank = nothing and (stored or not formula)

    @property
    def text(self) -> str:
        """What stands there, as a reader of the sheet would name it."""
        if self.formula and not self.stored:
            return self.formula
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, dt.datetime):
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return str(value)


BLANK = Cell(None)


@dataclass
class Sheet:
    """The cells of one sheet, by row and column from 1.

    name is "" for files that have one table only. numbered: whether columns are called by letters, as
    spreadsheets do.
    """

    name: str
    rows: list[list[Cell]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """ranges of cells that were merged: first row, first column, last row, last column"""

    def row(self, number: int) -> list[Cell]:
        """The cells of a row by its number."""
        return self.rows[number - 1]

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place; a blank one beyond what the sheet holds."""
        if not (1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1])):
            return BLANK
        return self.rows[row - 1][column - 1]

    @property
    def empty(self) -> bool:
        """Whether no cell of it holds anything."""
        return all(cell.blank for row in self.rows for cell in row)


@dataclass
class Book:
    """A file with its sheets, and how it was read.

    form: xlsx, csv or parquet. encoding and separator: of a csv, else "".
    """

    path: Path
    sha256: str
    form: str
    sheets: list[Sheet]
    encoding: str = ""
    separator: str = ""
    notes: list[Message] = field(default_factory=list)


def read_book(path: str | Path) -> Book:
    """The file of a table with all of its sheets.

    CityError, naming the file, for one that is not there, is none of the forms that are read, or cannot be
    decoded.
    """
    place = path_of(path, "TABLE", CityError)
    if not is_file(place):
        raise CityError(Problem(str(place), "", why_no_file(place), message("city.file.allowed")))
    try:
        size = place.stat().st_size
        content = place.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        found = message("scenario.file.unreadable", reason=reason_of(error))
        raise CityError(Problem(str(place), "", found, message("city.file.allowed"))) from None
    if size > LARGEST:
        found = message("city.file.large", size=f"{size:,}")
        raise CityError(Problem(str(place), "", found, message("city.file.at_most", size=f"{LARGEST:,}")))
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(b"PK"):
        return Book(place, sha256, "xlsx", _sheets_of_xlsx(place, content))
    if content.startswith(b"PAR1"):
        return Book(place, sha256, "parquet", [_sheet_of_parquet(place, content)])
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(place, message("city.file.old_xls"))
    if not content.strip():
        raise _refused(place, message("city.file.empty"))
    text, encoding = decoded(place, content)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise _refused(place, message("city.file.html"))
    rows, separator = records(place, text)
    cells = [[Cell(text, typed=False) if text else BLANK for text in row] for row in rows]
    return Book(place, sha256, "csv", [Sheet("", cells)], encoding, separator)


def _refused(place: Path, found: Message) -> CityError:
    return CityError(Problem(str(place), "", found, message("city.file.allowed")))


# csv


def decoded(place: Path, content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding; CityError if it is in none of those that are read.

    Each encoding is tried strictly. Bytes of other encodings often pass for GB18030, as letters that nobody
    writes: those are refused.
    """
    if content.startswith(codecs.BOM_UTF8):
        try:
            return content[len(codecs.BOM_UTF8) :].decode("utf-8"), "utf-8-sig"
        except UnicodeDecodeError as error:
            raise _undecodable(place, content, error) from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise _undecodable(place, content, error) from None
    first: UnicodeDecodeError | None = None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            first = first or error
            continue
        if encoding == "utf-8" or _common(text):
            if "\0" in text:
                raise _refused(place, message("city.file.binary"))
            return text, encoding
    assert first is not None
    raise _undecodable(place, content, first)


def _undecodable(place: Path, content: bytes, error: UnicodeDecodeError) -> CityError:
    line = content[: error.start].count(b"\n") + 1
    found = message("city.file.undecodable", line=line, byte=f"0x{content[error.start]:02x}")
    return CityError(Problem(str(place), "", found, message("city.file.encodings")))


def _common(text: str) -> bool:
    """Whether most of the Han letters of a text are common ones; none at all are no text in GB18030
    either."""
    sample = text[:200_000]
    if any("\ue000" <= letter <= "\uf8ff" for letter in sample):  # of private use: other encodings give those
        return False
    letters = [letter for letter in sample if FIRST_HAN <= ord(letter) <= LAST_HAN]
    common = 0
    for letter in letters:
        try:
            common += FIRST_COMMON <= letter.encode("gb2312")[0] <= LAST_COMMON
        except UnicodeEncodeError:
            continue
    return bool(letters) and common >= COMMON_SHARE * len(letters)


def records(place: Path, text: str) -> tuple[list[list[str]], str]:
    """The records of a csv (they may run over several lines inside quotes) and what separates their fields.

    The separator is the one that makes most of the records equally long. CityError, naming the record, for
    quotes that do not close.
    """
    separator = max(SEPARATORS, key=lambda one: _evenness(text, one))
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise _too_large(place, "")
    except csv.Error as error:
        found = message("city.file.record", record=len(rows) + 1, line=reader.line_num, reason=str(error))
        raise CityError(Problem(str(place), "", found, message("city.file.quotes"))) from None
    return rows, separator


def _too_large(place: Path, sheet: str) -> CityError:
    found = message("city.file.many_cells", sheet=sheet or place.name)
    allowed = message("city.file.most_cells", rows=f"{MOST_ROWS:,}", columns=MOST_COLUMNS)
    return CityError(Problem(str(place), "", found, allowed))


def _evenness(text: str, separator: str) -> float:
    """How many fields the records of a text have in common under a separator, weighted by how many records
    have as many."""
    lengths: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if row:
                lengths.append(len(row))
            if len(lengths) >= SAMPLE:
                break
    except csv.Error:
        pass
    wide = Counter(length for length in lengths if length > 1)
    if not wide:
        return 0.0
    length, times = max(wide.items(), key=lambda one: (one[1] * (one[0] - 1), one[0]))
    return times / len(lengths) * (length - 1)


# Parquet


def _sheet_of_parquet(place: Path, content: bytes) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(io.BytesIO(content)).read()
    except (OSError, pa.ArrowException) as error:
        found = message("city.file.damaged", form="Parquet", reason=reason_of(error))
        raise CityError(Problem(str(place), "", found, message("city.file.allowed"))) from None
    if table.num_rows > MOST_ROWS or table.num_columns > MOST_COLUMNS:
        raise _too_large(place, "")
    nested = [one.name for one in table.schema if pa.types.is_nested(one.type)]
    if nested:
        found = message("city.file.nested", names=", ".join(nested))
        raise CityError(Problem(str(place), "", found, message("city.file.flat")))
    columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    head = [Cell(name if name else None) for name in table.column_names]
    return Sheet("", [head, *([Cell(value) for value in row] for row in zip(*columns, strict=True))])


def _plain(value: Any) -> Value:
    """A value of Arrow as a cell holds it; what is no number, text or date is written out."""
    if value is None or (isinstance(value, float) and value != value) or value == "":
        return None
    if isinstance(value, str | int | float | bool | dt.date | dt.datetime):
        return value
    try:
        return float(value)  # decimals
    except (TypeError, ValueError):
        return str(value)


# xlsx


def _sheets_of_xlsx(place: Path, content: bytes) -> list[Sheet]:
    book = _workbook(place, content, False)
    computed: Any = None
    sheets = []
    for sheet in book.worksheets:
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            raise _too_large(place, sheet.title)
        rows: list[list[Cell]] = []
        formulas = []
        for row in sheet.iter_rows():
            held = []
            for cell in row:
                if cell.value is None or cell.value == "":
                    held.append(BLANK)
                    continue
                made = _cell(cell)
                if cell.data_type == "f":
                    formulas.append((cell.row, cell.column, made))
                held.append(made)
            rows.append(held)
        if formulas:
            computed = computed or _workbook(place, content, True)
            results = computed[sheet.title]
            for number, column, made in formulas:
                value = results.cell(number, column).value
                if value is not None:
                    made.value, made.stored = _plain(value), True
        while rows and all(cell.blank for cell in rows[-1]):
            rows.pop()  # formatted only
        merged = tuple(
            (one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges
        )
        _fill_merged(rows, merged)
        hidden_rows = {number for number, one in sheet.row_dimensions.items() if one.hidden}
        hidden_columns = _hidden_columns(sheet)
        state = sheet.sheet_state != "visible"
        sheets.append(
            Sheet(sheet.title, rows, state, frozenset(hidden_rows), frozenset(hidden_columns), merged)
        )
    return sheets


def _workbook(place: Path, content: bytes, values: bool) -> Any:
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what else a sheet may hold: checks of entries, pictures
            return load_workbook(io.BytesIO(content), data_only=values)
    except Exception as error:  # a damaged file makes the libraries raise whatever their next step raises
        found = message("city.file.damaged", form="xlsx", reason=told(error))
        raise CityError(Problem(str(place), "", found, message("city.file.allowed"))) from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        written = value if isinstance(value, str) else f"={getattr(value, 'text', '') or ''}"
        return Cell(None, bool(PERCENT.search(cell.number_format)), written, False)
    if isinstance(value, str | bool):
        return Cell(value)
    if isinstance(value, int | float):
        return Cell(value, "%" in cell.number_format and bool(PERCENT.search(cell.number_format)))
    if isinstance(value, dt.datetime | dt.date):
        return Cell(value)
    return Cell(str(value))


def _fill_merged(rows: list[list[Cell]], merged: Iterable[tuple[int, int, int, int]]) -> None:
    """Let every cell of a merged range hold what its first one does, marked as filled."""
    for top, left, bottom, right in merged:
        if top > len(rows) or left > len(rows[top - 1]):
            continue
        held = rows[top - 1][left - 1]
        if held.blank:
            continue
        for row in rows[top - 1 : bottom]:
            for column in range(left - 1, min(right, len(row))):
                if row[column] is not held:
                    row[column] = Cell(held.value, held.percent, held.formula, held.stored, True)


def _hidden_columns(sheet: Any) -> Iterator[int]:
    from openpyxl.utils import column_index_from_string

    for letter, one in sheet.column_dimensions.items():
        if one.hidden:
            first = one.min or column_index_from_string(letter)
            yield from range(first, (one.max or first) + 1)


def letter_of(column: int) -> str:
    """A column as spreadsheets call it: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """The number of a column that is called by letters; 0 for what is no such name."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters.upper()):
        return 0
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def filled(row: Sequence[Cell]) -> list[int]:
    """Numbers of the columns in which a row has something of its own: not a blank, not filled by merging."""
    return [number for number, cell in enumerate(row, 1) if not (cell.blank or cell.merged)]
