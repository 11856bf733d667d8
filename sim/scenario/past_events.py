"""What happened in the estates of a table before month 0, as a table of events that a scenario names.

One row an event: `number` of the estate, `event` (one of EVENTS), `start` and, of one that lasts, `end`, both
months written 2021-06, `before` and `after` (the price in yuan/m2/month before a change and after it; the
condition before works, as a share; as `after` what a subsidy pays in yuan/m2/month) and `company`, which
managed before a change. Other columns are left out.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import lru_cache

from sim.scenario.estate_rows import BadTable, CellProblem
from sim.text import Message, message
from sim.units import MONTHS_PER_YEAR

COMPANY, RETROFIT, FOUNDED, DISSOLVED, SUBSIDY, PRICE = EVENTS = (
    "company",
    "retrofit",
    "committee_founded",
    "committee_dissolved",
    "subsidy",
    "price",
)
COLUMNS = ("number", "event", "start", "end", "before", "after", "company")
# What an event of a kind says, without which nothing can be made of it, and the most that it may be.
NEEDED = {RETROFIT: ("before", 1.0), SUBSIDY: ("after", 500.0), PRICE: ("before", 500.0)}
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class PastEvent:
    """One event; start and end count months from the beginning of the Christian era, so that their difference
    is a number of months. before, after: NaN where they are not said. company: -1 for none that is known."""

    number: int
    kind: str
    start: int
    end: int
    before: float
    after: float
    company: int

    def month(self, start_year: int) -> int:
        """The month of a scenario that begins in a year in which it happened; month 0 is the last before
        it."""
        return self.start - start_year * MONTHS_PER_YEAR


@lru_cache(maxsize=16)
def read_events(text: str) -> tuple[PastEvent, ...]:
    """The events of a table's text, by number, kind and month. BadTable for what is none."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        found = message("found.nothing")
        raise BadTable([CellProblem(1, missing[0], found, message("bad_table.column_needed"))])
    events: dict[tuple[int, int, int], PastEvent] = {}
    problems: list[CellProblem] = []
    for row, line in enumerate(reader, 2):
        try:
            one = _event(row, {name: (line.get(name) or "").strip() for name in COLUMNS})
        except BadTable as bad:
            problems += bad.problems
            continue
        key = (one.number, EVENTS.index(one.kind), one.start)
        if key in events:
            problems.append(CellProblem(row, "event", message("bad_table.twice"), message("bad_table.once")))
        events[key] = one
    if problems:
        raise BadTable(problems)
    return tuple(events[key] for key in sorted(events))


def _event(row: int, cells: dict[str, str]) -> PastEvent:
    def refuse(name: str, allowed: str | Message) -> BadTable:
        found = repr(cells[name]) if cells[name] else message("found.nothing")
        return BadTable([CellProblem(row, name, found, allowed)])

    kind = cells["event"]
    if kind not in EVENTS:
        raise refuse("event", message("allowed.one_of", names=", ".join(EVENTS)))
    for name in ("number", "company"):
        if not (cells[name].isascii() and cells[name].isdigit()) and (cells[name] or name == "number"):
            raise refuse(name, message("allowed.integer"))
    months = {}
    for name in ("start", "end"):
        found = _MONTH.fullmatch(cells[name])
        if found is None and (cells[name] or name == "start"):
            raise refuse(name, message("bad_table.month"))
        months[name] = int(found[1]) * MONTHS_PER_YEAR + int(found[2]) if found else -1
    if 0 <= months["end"] < months["start"]:
        raise refuse("end", message("bad_table.month_after"))
    figures = {}
    needed, most = NEEDED.get(kind, ("", 500.0))
    for name in ("before", "after"):
        try:
            figures[name] = float(cells[name]) if cells[name] else float("nan")
        except ValueError:
            raise refuse(name, message("allowed.number")) from None
        if (cells[name] or name == needed) and not 0.0 <= figures[name] <= most:
            what = message("allowed.number")
            raise refuse(name, message("allowed.range", what=what, low="0", high=f"{most:g}"))
    company = int(cells["company"]) if cells["company"] else -1
    start, end = months["start"], months["end"]
    return PastEvent(int(cells["number"]), kind, start, end, figures["before"], figures["after"], company)


def events_text(text: str) -> str:
    """A table of events as it is written in one way only. BadTable for what is none."""
    lines = [",".join(COLUMNS)]
    for one in read_events(text):
        figures = ("" if value != value else repr(value) for value in (one.before, one.after))
        company = "" if one.company < 0 else f"{one.company}"
        cells = (f"{one.number}", one.kind, _written(one.start), _written(one.end), *figures, company)
        lines.append(",".join(cells))
    return "".join(f"{line}\n" for line in lines)


def _written(month: int) -> str:
    if month < 0:
        return ""
    year, rest = divmod(month - 1, MONTHS_PER_YEAR)
    return f"{year:04d}-{rest + 1:02d}"
