"""Times that tables name: a year, a quarter or a month, in a heading or a cell, and what a heading says
besides its time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from sim.city.sheets import Cell
from sim.city.vocabulary import pattern, plain
from sim.scenario.estate_table import FIRST_YEAR, LAST_YEAR
from sim.units import MONTHS_PER_YEAR

QUARTER = 3  # months
_WRITTEN = re.compile(r"(\d{4})(?:Q([1-4])|-(\d\d))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A year, a quarter or a month: its calendar year, its first month (1 to 12) and how many months it
    has."""

    year: int
    month: int
    months: int

    def __str__(self) -> str:
        """2023, 2023Q1 or 2023-03."""
        if self.months == MONTHS_PER_YEAR:
            return f"{self.year}"
        if self.months == QUARTER:
            return f"{self.year}Q{(self.month - 1) // QUARTER + 1}"
        return f"{self.year}-{self.month:02d}"


def year(number: int) -> Period:
    """A whole year."""
    return Period(number, 1, MONTHS_PER_YEAR)


def quarter(number: int, which: int) -> Period:
    """A quarter (1 to 4) of a year."""
    return Period(number, QUARTER * (which - 1) + 1, QUARTER)


def month(number: int, which: int) -> Period:
    """A month (1 to 12) of a year."""
    return Period(number, which, 1)


def period_of(written: str) -> Period:
    """The period of a text as `str` writes it. ValueError for another text."""
    found = _WRITTEN.fullmatch(written)
    if found is None or (found[3] and not 1 <= int(found[3]) <= MONTHS_PER_YEAR):
        raise ValueError(written)
    if found[2]:
        return quarter(int(found[1]), int(found[2]))
    return month(int(found[1]), int(found[3])) if found[3] else year(int(found[1]))


@lru_cache(maxsize=1 << 14)
def split(text: str) -> tuple[Period | None, str]:
    """The period that a text names, and the text without it; None where it names none, several, or one that
    is no year, quarter or month."""
    said = plain(text)
    if pattern("history", "half_within").search(said) or pattern("history", "day_within").search(said):
        return None, said
    for name, made in (
        ("quarter_within", _quarter),
        ("month_within", _month),
        ("month_compact", _month),
        ("year_within", _year),
    ):
        found = list(pattern("history", name).finditer(said))
        if len(found) > 1:
            return None, said
        if found and found[0][0].strip().endswith(".1"):
            return None, said  # the first month, or a spreadsheet's 2023.10
        if found:
            period = made(found[0])
            rest = f"{said[: found[0].start()]} {said[found[0].end() :]}".strip()
            if re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", rest):
                return None, said
            return (period, rest) if FIRST_YEAR <= period.year <= LAST_YEAR else (None, said)
    return None, said


def _quarter(found: re.Match[str]) -> Period:
    which = next(one for one in found.groups()[1:] if one)
    return quarter(int(found[1]), _digit(which))


def _digit(written: str) -> int:
    """A number in digits, or the one of a Han digit."""
    return int(written) if written.isdigit() and written.isascii() else _han().index(written)


def _han() -> str:
    digits: str = pattern("han", "digits").pattern
    return digits


def _month(found: re.Match[str]) -> Period:
    return month(int(found[1]), int(found[2]))


def _year(found: re.Match[str]) -> Period:
    return year(int(found[1]))


def alone(text: str) -> bool:
    """Whether a text is a period and nothing else."""
    period, rest = split(text)
    return period is not None and not rest


def in_cell(cell: Cell) -> Period | None:
    """The period that a cell is; None for a cell that is none, such as a day or half a year."""
    value = cell.value
    if isinstance(value, dt.date | bool) or value is None:
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    period, rest = split(f"{int(value)}" if isinstance(value, int | float) else value)
    return period if period is not None and not rest else None


def part_of_year(cell: Cell, name: str) -> int | None:
    """The number of the quarter or month (`name`) that a cell in a column of its own says; None for another
    cell."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = pattern("history", f"{name}_alone").match(plain(str(value)))
    return None if found is None else _digit(found[1])


def month_in(cell: Cell) -> Period | None:
    """The month of an event: a month, or the month of a day; None for a cell that names neither, or no day
    that there is."""
    value = cell.value
    if isinstance(value, dt.date):
        return month(value.year, value.month)
    found = pattern("history", "day_within").fullmatch(plain(str(value))) if isinstance(value, str) else None
    if found is not None:
        try:
            day = dt.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
        return month(day.year, day.month)
    period = in_cell(cell)
    return period if period is not None and period.months == 1 else None
