"""Read and write the canonical table of a city's estates; see `sim.scenario.estate_table` for its columns.

What is read is checked cell by cell and row by row, put into the order of the estates' numbers and written
again in one way only, so that tables that say the same are the same text. Numbers are read as decimals and
brought to the units of the model as such: what a model's figure was written as is that figure again, to the
last bit.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from sim.errors import ScenarioError
from sim.problems import Problem, nearest, one_of
from sim.scenario.estate_table import (
    COLUMNS,
    ESTATE_COLUMNS,
    NEEDS,
    ONE_WAY,
    OWNERS_APART,
    PAIRS,
    EstateColumn,
    column_of,
)
from sim.text import Message, message
from sim.text.figures import unit_message

EXACT = Context(prec=60)  # digits that no conversion of units uses up
FLAGS = {"false": Decimal(0), "true": Decimal(1)}  # as every CSV has truth values; a sheet writes 0 and 1
MOST_TOLD = 20  # problems of one table that an error lists
_ALL = Decimal("1.000000001")  # shares of thirds written out may be a little over 1
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class CellProblem(NamedTuple):
    """What is wrong in one row (of the text, the heading is 1) and column of a table."""

    row: int
    column: str
    found: str | Message
    allowed: str | Message
    nearest: str = ""

    def of_file(self, file: str) -> Problem:
        """The problem of a file."""
        place = message("bad_table.cell", row=self.row, column=self.column)
        return Problem(file, place, self.found, self.allowed, self.nearest)


class BadTable(Exception):
    """A text that is no canonical table, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)


@dataclass(frozen=True, eq=False)
class EstateRows:
    """The estates of a table in the order of their numbers, every column that it has.

    text: the table as it is written in one way only. cells: of each column, in the units of the table, a
    Decimal, a word or None for an empty cell. lines: the row of the text that was read at which each estate
    stands.
    """

    text: str
    cells: Mapping[str, tuple[Decimal | str | None, ...]]
    lines: tuple[int, ...]
    _figures: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """The number of estates."""
        return len(self.lines)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The estates' numbers (int64), rising, read-only."""
        return _frozen(self.values("number").astype(np.int64))

    @cached_property
    def households(self) -> np.ndarray:
        """Flats of each estate (int64), read-only."""
        return _frozen(self.values("households").astype(np.int64))

    def values(self, name: str) -> np.ndarray:
        """A column of numbers in the units of the model (float64, read-only), NaN where a cell is empty or
        the column is not there."""
        if name not in self._figures:  # every run of a study asks for the same ones
            column = column_of(name)
            scale = Fraction(1) if column is None else column[0].scale
            cells = self.cells.get(name, (None,) * self.size)
            self._figures[name] = _frozen(np.array([_figure(cell, scale) for cell in cells], np.float64))
        return self._figures[name]

    def words(self, name: str) -> tuple[str, ...]:
        """A column of words, "" where a cell is empty or the column is not there."""
        return tuple(str(cell or "") for cell in self.cells.get(name, (None,) * self.size))

    def some(self, rows: Sequence[int], without: Iterable[str] = ()) -> EstateRows:
        """The table of some of its estates (by place), without some of its columns."""
        left = set(without)
        return rows_of(
            {name: [cells[row] for row in rows] for name, cells in self.cells.items() if name not in left}
        )


def _frozen(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values


def _figure(cell: Decimal | str | None, scale: Fraction) -> float:
    """A cell in the units of the model; NaN where it holds no number."""
    if not isinstance(cell, Decimal):
        return math.nan
    if scale == 1:
        return float(cell)
    up, down = Decimal(scale.numerator), Decimal(scale.denominator)
    return float(EXACT.divide(EXACT.multiply(cell, up), down))


def rows_of(columns: Mapping[str, Sequence[Decimal | str | None]]) -> EstateRows:
    """The table of these columns, each in the units of the table; BadTable where it is none."""
    lines = zip(*(_column_text(name, cells) for name, cells in columns.items()), strict=True)
    return read_rows(_text_of(columns, lines))


def in_table_units(column: EstateColumn, values: np.ndarray) -> list[Decimal | None]:
    """Figures of the model (float64) in the units of a column, every digit kept; None for NaN."""
    up, down = Decimal(column.scale.numerator), Decimal(column.scale.denominator)
    return [
        None if np.isnan(value) else EXACT.divide(EXACT.multiply(Decimal(repr(float(value))), down), up)
        for value in values
    ]


def read_table(text: str, file: str) -> EstateRows:
    """The table that the text of a file is; ScenarioError with file, row and column of what is wrong."""
    try:
        return read_rows(text)
    except BadTable as bad:
        raise ScenarioError([one.of_file(file) for one in told(bad.problems)]) from None


def told(problems: Sequence[CellProblem]) -> list[CellProblem]:
    """As many problems as an error lists, and how many more there are."""
    if len(problems) <= MOST_TOLD:
        return list(problems)
    last = problems[MOST_TOLD]
    more = message("bad_table.more", count=len(problems) - MOST_TOLD)
    return [*problems[:MOST_TOLD], CellProblem(last.row, last.column, more, message("bad_table.no_more"))]


@lru_cache(maxsize=16)
def read_rows(text: str) -> EstateRows:
    """The table that a text is: one row an estate, the names of the columns in the first. BadTable for what
    is none."""
    lines = list(_lines(text))
    if not lines:
        raise BadTable([CellProblem(1, "number", message("found.nothing"), _headings())])
    columns, problems = _columns(lines[0][1])
    if problems:
        raise BadTable(problems)
    cells: dict[str, list[Decimal | str | None]] = {name: [] for name, _ in columns}
    rows = []
    for row, line in lines[1:]:
        if len(line) > len(columns) and any(cell.strip() for cell in line[len(columns) :]):
            found = message("bad_table.cells", count=len(line))
            allowed = message("bad_table.at_most_cells", count=len(columns))
            problems.append(CellProblem(row, columns[-1][0], found, allowed))
            continue
        rows.append(row)
        for (name, column), written in zip(columns, [*line, *[""] * len(columns)], strict=False):
            cell, problem = _cell(column, written.strip())
            cells[name].append(cell)
            if problem is not None:
                problems.append(CellProblem(row, name, *problem))
    if not rows and not problems:
        problems.append(CellProblem(2, "number", message("found.nothing"), message("bad_table.one_row")))
    problems.extend(_row_problems(cells, rows))
    if problems:
        raise BadTable(sorted(problems, key=lambda one: one.row))
    return _in_order(cells, rows)


def _in_order(cells: Mapping[str, list[Decimal | str | None]], rows: Sequence[int]) -> EstateRows:
    """The table by number, its columns as declared, those without any figure left out."""
    by_number = sorted(range(len(rows)), key=lambda place: cells["number"][place])  # type: ignore[arg-type,return-value]
    names = sorted(
        (name for name, column in cells.items() if any(cell is not None for cell in column)), key=_place
    )
    ordered = {name: tuple(cells[name][place] for place in by_number) for name in names}
    lines = zip(*(_column_text(name, column) for name, column in ordered.items()), strict=True)
    return EstateRows(_text_of(ordered, lines), ordered, tuple(rows[place] for place in by_number))


_ORDER = {column.name: place for place, column in enumerate(ESTATE_COLUMNS)}


def _place(name: str) -> tuple[int, int]:
    found = column_of(name)
    assert found is not None
    return _ORDER[found[0].name], found[1] or 0


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV that hold anything, each with its number; the first is 1."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        for number, line in enumerate(reader, 1):
            if any(cell.strip() for cell in line):
                yield number, line
    except csv.Error as error:
        raise BadTable(
            [CellProblem(reader.line_num, "number", str(error), message("bad_table.csv"))]
        ) from None


def _headings() -> Message:
    return message("allowed.keys", names=", ".join(COLUMNS))


def _columns(heading: Sequence[str]) -> tuple[list[tuple[str, EstateColumn]], list[CellProblem]]:
    """The columns that the first row names, and what is wrong with it."""
    found: list[tuple[str, EstateColumn]] = []
    problems: list[CellProblem] = []
    names = [name.strip() for name in heading]
    while names and not names[-1]:
        names.pop()
    for name in names:
        column = column_of(name)
        if column is None:
            shown = repr(name) if name else message("found.nothing")
            problems.append(CellProblem(1, name or "–", shown, _headings(), nearest(name, COLUMNS)))
        elif any(name == other for other, _ in found):
            problems.append(CellProblem(1, name, message("bad_table.twice"), message("bad_table.once")))
        else:
            found.append((name, column[0]))
    stated = {name for name, _ in found}
    for needed in ESTATE_COLUMNS:
        if needed.required and needed.name not in stated:
            problems.append(
                CellProblem(1, needed.name, message("found.nothing"), message("bad_table.column_needed"))
            )
    return found, problems


_Wrong = tuple[str | Message, str | Message, str]


def _cell(column: EstateColumn, written: str) -> tuple[Decimal | str | None, _Wrong | None]:
    """What a cell says (None for nothing), and what is wrong with it."""
    if not written:
        if column.required:
            return None, (message("found.nothing"), allowed_in(column), "")
        return None, None
    if column.kind == "word":
        if column.words and written not in column.words:
            return None, (repr(written), allowed_in(column), nearest(written, column.words))
        if not _WORD.fullmatch(written):
            return None, (repr(written), message("allowed.name_pattern"), "")
        return written, None
    if column.kind == "flag" and written.lower() in FLAGS:
        return FLAGS[written.lower()], None
    if not _NUMBER.fullmatch(written):
        return None, (f"{written!r:.60}", allowed_in(column), "")
    number = Decimal(written)
    assert column.low is not None and column.high is not None
    whole = column.kind == "number" or number == number.to_integral_value()
    if not whole or not column.low <= number <= column.high:
        return None, (written[:60], allowed_in(column), "")
    return number, None


def allowed_in(column: EstateColumn) -> Message:
    """What may stand in a cell of a column, in words."""
    if column.kind == "word":
        return one_of(column.words) if column.words else message("allowed.name_pattern")
    if column.kind == "flag":
        return message("bad_table.flag")
    what = message("allowed.integer" if column.kind == "whole" else "allowed.number")
    low, high = f"{column.low:.15g}", f"{column.high:.15g}"
    text = message("allowed.range", what=what, low=low, high=high)
    return message("allowed.in_unit", what=text, unit=unit_message(column.unit)) if column.unit else text


def _row_problems(
    cells: Mapping[str, list[Decimal | str | None]], rows: Sequence[int]
) -> Iterator[CellProblem]:
    """What is wrong between the cells of one row, and between rows."""
    nothing: list[Decimal | str | None] = [None] * len(rows)
    for place, row in enumerate(rows):
        here = {name: column[place] for name, column in cells.items() if column[place] is not None}
        for low, high in PAIRS:
            if (low in here) != (high in here):
                absent, there = (low, high) if low not in here else (high, low)
                yield CellProblem(
                    row, absent, message("found.nothing"), message("bad_table.with", other=there)
                )
            elif low in here and _number(here, low) > _number(here, high):
                allowed = message("allowed.not_above", name=high, value=_written(here[high]))
                yield CellProblem(row, low, _written(here[low]), allowed)
        for ways in ONE_WAY:
            stated = [
                next(name for name in way if name in here) for way in ways if any(n in here for n in way)
            ]
            if len(stated) > 1:
                allowed = message("bad_table.one_way", names=", ".join(stated))
                yield CellProblem(row, stated[1], _written(here[stated[1]]), allowed)
        for name, needed in NEEDS:
            if name in here and needed not in here:
                yield CellProblem(row, name, _written(here[name]), message("bad_table.with", other=needed))
        yield from _figure_problems(row, here)
    yield from _number_problems(cells["number"], rows)
    if "luck" in cells:
        yield from _luck_problems(cells["number"], cells["households"], cells.get("luck", nothing), rows)


def _number(here: Mapping[str, Decimal | str | None], name: str) -> Decimal:
    cell = here[name]
    assert isinstance(cell, Decimal)
    return cell


def _figure_problems(row: int, here: Mapping[str, Decimal | str | None]) -> Iterator[CellProblem]:
    """What is wrong between figures of one estate."""
    if "vacancy" in here and "tenants" in here and _number(here, "vacancy") + _number(here, "tenants") > _ALL:
        total = f"{_written(here['vacancy'])} + {_written(here['tenants'])}"
        yield CellProblem(row, "tenants", total, message("scenario.type.at_most_all"))
    if {"buildings", "households"} <= here.keys() and _number(here, "buildings") > _number(
        here, "households"
    ):
        allowed = message("allowed.not_above", name="households", value=_written(here["households"]))
        yield CellProblem(row, "buildings", _written(here["buildings"]), allowed)
    if {"legacy", "legacy_problems"} <= here.keys():
        some = _number(here, "legacy") > 0
        if some != (_number(here, "legacy_problems") > 0):
            allowed = message("bad_table.legacy_above_0" if not some else "bad_table.legacy_0")
            yield CellProblem(row, "legacy", _written(here["legacy"]), allowed)
    if here.get("mode") not in (None, "market", "soe") and "company" in here:
        allowed = message("bad_table.company_mode", mode=here["mode"])
        yield CellProblem(row, "company", _written(here["company"]), allowed)


def _number_problems(numbers: Sequence[Decimal | str | None], rows: Sequence[int]) -> Iterator[CellProblem]:
    """Numbers that two estates have."""
    first: dict[Decimal | str, int] = {}
    for number, row in zip(numbers, rows, strict=True):
        if number is None:
            continue
        if number in first:
            found = message("bad_table.same_number", number=_written(number), row=first[number])
            yield CellProblem(row, "number", found, message("bad_table.own_number"))
        first.setdefault(number, row)


def _luck_problems(
    numbers: Sequence[Decimal | str | None],
    households: Sequence[Decimal | str | None],
    luck: Sequence[Decimal | str | None],
    rows: Sequence[int],
) -> Iterator[CellProblem]:
    """Addresses of luck that owners of two estates would share."""
    spans = []
    for number, flats, own, row in zip(numbers, households, luck, rows, strict=True):
        if isinstance(number, Decimal) and isinstance(flats, Decimal):
            first = int(own) if isinstance(own, Decimal) else int(number) * OWNERS_APART
            spans.append((first, first + int(flats), row))
    spans.sort()
    for before, after in zip(spans, spans[1:], strict=False):
        if after[0] < before[1]:
            found = message("bad_table.same_luck", row=before[2])
            yield CellProblem(after[2], "luck", found, message("bad_table.own_luck"))


def _written(cell: Decimal | str | None) -> str:
    """A cell as the table has it: equal numbers are one text."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    return f"{EXACT.normalize(cell):f}" if cell else "0"


def _column_text(name: str, cells: Sequence[Decimal | str | None]) -> list[str]:
    """The cells of a column as the table has them."""
    found = column_of(name)
    if found is None or found[0].kind != "flag":
        return [_written(cell) for cell in cells]
    words = {str(number): word for word, number in FLAGS.items()}
    texts = [_written(cell) for cell in cells]
    return [words.get(text, text) for text in texts]


def _text_of(names: Iterable[str], lines: Iterable[Sequence[str]]) -> str:
    return "".join(f"{','.join(line)}\n" for line in (tuple(names), *lines))
