"""Tables of a city's past, read: what was measured (collection, satisfaction, complaints) by estate and year,
quarter or month, in long or wide form; and events with dates. The same rules as for a table of estates: what
cannot be read with certainty stays out and is named by row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sim.city.columns import UNUSED, Column, canonical_headings, name_of
from sim.city.layout import Heading as SheetHeading
from sim.city.layout import Table, find_table, range_of, said_of, spellings, unit_in
from sim.city.notes import Note, Verdict
from sim.city.periods import Period, in_cell, month, month_in, part_of_year, quarter, split
from sim.city.read import Options
from sim.city.rows import estate_rows, spelt
from sim.city.sheets import Cell, read_book
from sim.city.values import read_column
from sim.city.vocabulary import bare, heading_meanings, plain, vocabulary
from sim.errors import CityError
from sim.model.programmes.retrofit import Retrofit
from sim.problems import Problem, nearest, one_of
from sim.scenario.estate_table import FIRST_YEAR, LAST_YEAR
from sim.text import Message, figures, message
from sim.text.joins import listed

MEASURES = ("collection", "satisfaction", "complaints")
SHARES = ("collection", "satisfaction")
PLACES = ("district", "street", "community")
WHO = ("id", "name", *PLACES)
EVENTS = ("company", "retrofit", "committee_founded", "committee_dissolved", "subsidy", "price")
PAST = ("quarter", "month", "value", "date", "end", "event", "before", "after")
UNITS = ("percent", "share")
WORN = float(Retrofit.model_fields["worse_than"].default)  # share: a programme retrofits estates below it


@dataclass(frozen=True)
class Head:
    """A column of such a table: what it means (one of WHO, MEASURES, PAST or "period"; UNUSED) and, where its
    heading says one, of which period."""

    column: Column
    means: str
    period: Period | None = None


@dataclass(frozen=True)
class Reading:
    """One figure: of an estate (its number) in a period, with the row and column that it stands in."""

    number: int
    measure: str
    period: Period
    value: float
    row: int
    column: Column


@dataclass(frozen=True)
class Event:
    """One event of an estate: its kind (one of EVENTS), its month and, of one that lasts, its last month.

    before, after: price before and after (yuan/m2/month), condition before and after works (shares), and of a
    subsidy what is paid as `after` (yuan/m2/month); NaN where the table does not say. company: who managed
    before a change, in the city's own words; "" for nothing said.
    """

    number: int
    kind: str
    start: Period
    end: Period | None
    before: float
    after: float
    company: str
    row: int


@dataclass
class Past:
    """What was read of a table: readings or events, and a note for everything that is not plain."""

    table: Table
    readings: list[Reading] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    of_events: bool = False


def read_past(
    path: str | Path,
    keys: Mapping[int, Mapping[str, str]],
    *,
    of: str = "",
    unit: str = "",
    sheet: str | None = None,
    within: str | None = None,
) -> Past:
    """What a table says of a city's past. `keys`: of its estates by number, as `key.csv` has them.

    `of`: which of MEASURES figures are whose heading does not say it. `unit`: "percent" or "share" for what
    the headings and figures do not settle. CityError for what is no such table.
    """
    if of and of not in MEASURES:
        raise CityError(Problem("--of", "", repr(of), one_of(MEASURES), nearest(of, MEASURES)))
    if unit and unit not in UNITS:
        raise CityError(Problem("--unit", "", repr(unit), one_of(UNITS), nearest(unit, UNITS)))
    book = read_book(path)
    table = find_table(book, sheet, range_of(within) if within else None, _is_heading)
    heads = [_head(one) for one in table.headings if one.levels]
    past = Past(table)
    means = {one.means for one in heads}
    if not means & {"id", "name"}:
        raise said_of(table, _names(heads), message("city.past.who"))
    reader = _Reader(past, heads, keys, Options(unit))
    if "event" in means:
        past.of_events = True
        reader.read_events()
    else:
        reader.read_measured(of)
    return past


def _names(heads: Sequence[Head]) -> str:
    return ", ".join(f"{one.column.letter} {one.column.heading}" for one in heads)


# headings


@cache
def _past_headings() -> dict[str, str]:
    listed_words = vocabulary()["history"]
    return {bare(word): name for name in PAST for word in listed_words[name]}


def _is_heading(text: str) -> bool:
    """Whether a text is a heading of such a table and of no table of estates: a period with or without what
    was measured in it, or a word of its own."""
    period, rest = split(text)
    if period is not None and (not rest or _meant(rest) in MEASURES):
        return True
    return bare(text) in _past_headings()


def _meant(text: str) -> str:
    """What a heading without its period means; "" for one that is not known."""
    for one in spellings(text):
        for known in (heading_meanings(), canonical_headings(), _past_headings()):
            if one in known:
                return known[one]
    return ""


def _head(heading: SheetHeading) -> Head:
    """What a column is, by the levels of its heading from below: the lowest that says what was measured, and
    the lowest that says when."""
    means, period = "", None
    for level in reversed(heading.levels):
        when, rest = split(level)
        period = period or when
        means = means or (_meant(rest) if rest else "")
    if not means and period is not None:
        means = "value"
    if means not in (*WHO, *MEASURES, *PAST, "period"):
        means = UNUSED
    if means not in (*MEASURES, "value"):
        period = None
    column = Column(heading.column, heading.text, means, "known", unit=unit_in(heading))
    return Head(column, means, period)


class _Reader:
    """Fills what was read of one table."""

    def __init__(
        self, past: Past, heads: Sequence[Head], keys: Mapping[int, Mapping[str, str]], told: Options
    ) -> None:
        self.past, self.table, self.heads, self.told = past, past.table, list(heads), told
        rows, _, notes = estate_rows(self.table, [one.column for one in heads])
        past.notes += [one for one in notes if one.code not in ("title", "units")]
        for one in heads:
            if one.means == UNUSED:
                why = message("city.past.unused")
                self._note(None, one, "", "not_used", why, "unused")
        self.numbers = self._numbers(rows, keys)

    def _note(
        self, row: int | None, head: Head | None, found: str, verdict: Verdict, why: Message, code: str
    ) -> None:
        place, heading = (head.column.place, head.column.heading) if head else (None, "")
        self.past.notes.append(Note(row, place, heading, found.strip(), verdict, why, "", code))

    def _cell(self, row: int, head: Head) -> Cell:
        return self.table.sheet.cell(row, head.column.place)

    def _first(self, means: str) -> Head | None:
        return next((one for one in self.heads if one.means == means), None)

    def _numbers(self, rows: Sequence[int], keys: Mapping[int, Mapping[str, str]]) -> dict[int, int]:
        """The number of the estate of each row: by its id, else by its name and as much of its place as the
        table says. Rows of no estate, or of one of several, are left out and named."""
        by_id: dict[str, list[int]] = {}
        by_name: dict[str, list[int]] = {}
        for number, own in keys.items():
            if own.get("id"):
                by_id.setdefault(plain(own["id"]), []).append(number)
            if own.get("name"):
                by_name.setdefault(spelt(own["name"]), []).append(number)
        who = {means: head for means in WHO if (head := self._first(means)) is not None}
        shown = who.get("id") or who.get("name")
        found = {}
        for row in rows:
            said = {means: self._cell(row, head).text.strip() for means, head in who.items()}
            same = by_id.get(plain(said.get("id", "")), []) if said.get("id") else []
            if not same and said.get("name"):
                same = by_name.get(spelt(said["name"]), [])
                for level in PLACES:
                    if said.get(level):
                        same = [
                            one
                            for one in same
                            if not keys[one].get(level) or spelt(keys[one][level]) == spelt(said[level])
                        ]
                if said.get("id"):  # the id of another estate, or of none that has one
                    same = [one for one in same if not keys[one].get("id")]
            if len(same) == 1:
                found[row] = same[0]
                continue
            why = message("city.past.several" if same else "city.past.no_estate")
            text = " ".join(one for one in (said.get("id"), said.get("name")) if one)
            self._note(row, shown, text, "left_out", why, "no_estate")
        return found

    # what was measured

    def read_measured(self, of: str) -> None:
        """Readings of all columns of figures, each with its period: that of the heading, else of the row."""
        measured = [one for one in self.heads if one.means in (*MEASURES, "value")]
        if not measured:
            raise said_of(
                self.table, _names(self.heads), message("city.past.measures", names=self._measures())
            )
        named = of or self._named_beside(measured)
        measured = self._once_each(
            [Head(one.column, one.means if one.means in MEASURES else named, one.period) for one in measured]
        )
        periods = self._periods_of_rows() if any(one.period is None for one in measured) else {}
        taken: dict[tuple[int, str, Period], Reading] = {}
        for head in measured:
            column = Column(
                head.column.place, head.column.heading, head.means, "known", unit=head.column.unit
            )
            cells = [(row, self._cell(row, head)) for row in self.numbers]
            options = self.told if head.means in SHARES else Options()
            read = read_column(column, cells, options)
            self.past.notes += [one for one in read.notes if one.verdict != "read"]
            for row, value in read.values.items():
                period = head.period or periods.get(row)
                if period is None:
                    continue
                one = Reading(self.numbers[row], head.means, period, float(value), row, head.column)
                first = taken.setdefault((one.number, one.measure, one.period), one)
                if first is one:
                    self.past.readings.append(one)
                elif first.value != one.value:
                    why = message("city.past.twice", row=first.row, value=f"{first.value:g}")
                    self._note(row, head, f"{one.value:g}", "left_out", why, "twice")
        if not self.past.readings and not any(one.verdict == "blank" for one in self.past.notes):
            found = message("city.past.nothing")
            reasons = [note for note in self.past.notes if note.verdict in ("not_used", "left_out")]
            if reasons:  # the first of the reasons, a column's before a row's
                reason = min(reasons, key=lambda note: note.row or 0)
                found = message("city.past.nothing_since", place=reason.place, why=reason.why)
            raise said_of(self.table, found, message("city.past.some"))

    def _measures(self) -> str:
        return str(listed(str(name_of(one)) for one in MEASURES))

    def _named_beside(self, measured: Sequence[Head]) -> str:
        """What figures are whose heading does not say it, by the lines beside the table; CityError where they
        name none or several."""
        if all(one.means in MEASURES for one in measured):
            return ""
        found = set()
        for line in self.table.around:
            text = re.sub(r"\s", "", plain(line))
            words = {word: means for word, means in heading_meanings().items() if means in MEASURES}
            found |= {means for word, means in words.items() if len(word) > 1 and word in text}
        if len(found) == 1:
            means = found.pop()
            why = message("city.past.named_beside", means=name_of(means))
            self._note(None, None, "", "table", why, "named_beside")
            return means
        first = next(one for one in measured if one.means not in MEASURES)
        place = f"{first.column.letter} {first.column.heading}"
        raise said_of(
            self.table,
            message("city.past.unnamed"),
            message("city.past.of", names=", ".join(MEASURES)),
            place,
        )

    def _once_each(self, heads: Sequence[Head]) -> list[Head]:
        """Columns of which no other says the same of the same period; those that do are not used."""
        kept = []
        for one in heads:
            same = [two for two in heads if (two.means, two.period) == (one.means, one.period)]
            if len(same) == 1:
                kept.append(one)
            else:
                self._note(
                    None, one, "", "not_used", message("city.unused.twice", names=_names(same)), "twice"
                )
        return kept

    def _periods_of_rows(self) -> dict[int, Period]:
        """The period of each row, from its column or from those of year and quarter or month."""
        head = self._first("period") or self._first("date")
        if head is None:
            raise said_of(self.table, _names(self.heads), message("city.past.period"))
        parts = {name: self._first(name) for name in ("quarter", "month")}
        found = {}
        for row in self.numbers:
            cell = self._cell(row, head)
            if cell.blank:
                self._note(row, head, "", "left_out", message("city.past.no_period"), "no_period")
                continue
            period = in_cell(cell)
            for name, made, count in (("quarter", quarter, 4), ("month", month, 12)):
                part = parts[name]
                if part is None or period is None or self._cell(row, part).blank:
                    continue
                which = part_of_year(self._cell(row, part), name)
                own = in_cell(self._cell(row, part)) if which is None else None
                if own is not None and own.year == period.year:
                    period = own
                elif which is not None and which <= count and period.months == 12:
                    period = made(period.year, which)
                else:
                    self._note(row, part, self._cell(row, part).text, "left_out", _no_part(name), "no_period")
                    period = None
                    break
            else:
                if period is None:
                    self._note(
                        row, head, cell.text, "left_out", message("city.past.no_such_period"), "no_period"
                    )
            if period is not None:
                found[row] = period
        return found

    # events

    def read_events(self) -> None:
        """Events of all rows; what a kind needs and a row does not say is named."""
        event, date = self._first("event"), self._first("date") or self._first("period")
        assert event is not None
        if date is None:
            raise said_of(self.table, _names(self.heads), message("city.past.date"))
        kinds = {bare(word): name for name in EVENTS for word in vocabulary()["events"][name]}
        rows: dict[str, dict[int, Period]] = {}
        for row in self.numbers:
            word, cell = self._cell(row, event), self._cell(row, date)
            kind = kinds.get(bare(word.text))
            if kind is None:
                allowed = message(
                    "city.past.kind", names=listed(str(message(f"city.event.{one}")) for one in EVENTS)
                )
                self._note(row, event, word.text, "left_out", allowed, "no_kind")
                continue
            when = month_in(cell)
            if when is None:
                why = message("city.past.no_month", first=FIRST_YEAR, last=LAST_YEAR)
                self._note(row, date, cell.text, "left_out", why, "no_month")
                continue
            rows.setdefault(kind, {})[row] = when
        for kind, dated in rows.items():
            self._events_of(kind, dated)
        self.past.events.sort(key=lambda one: one.row)

    def _events_of(self, kind: str, dated: Mapping[int, Period]) -> None:
        """Events of one kind, whose figures are all of one sort."""
        before = self._figures(kind, "before", tuple(dated))
        after = self._figures(kind, "after", tuple(dated))
        if kind == "subsidy" and not after:
            after = self._figures(kind, "value", tuple(dated))
        last, company, event = self._first("end"), self._first("before"), self._first("event")
        assert event is not None
        for row, start in dated.items():
            end = None
            if last is not None and not self._cell(row, last).blank:
                end = month_in(self._cell(row, last))
                if end is None or end < start:
                    self._note(
                        row,
                        last,
                        self._cell(row, last).text,
                        "left_out",
                        message("city.past.no_end"),
                        "no_end",
                    )
                    continue
            if kind == "price" and row not in before:
                self._note(row, company, "", "left_out", message("city.past.price_before"), "no_before")
                continue
            if kind == "subsidy" and row not in after:
                self._note(
                    row, self._first("after"), "", "left_out", message("city.past.amount"), "no_amount"
                )
                continue
            if kind == "retrofit" and row not in before:
                before[row] = WORN
                why = message("city.past.condition_before", share=figures.share(WORN))
                self._note(row, event, self._cell(row, event).text, "doubtful", why, "assumed")
            nan = float("nan")
            told = self._cell(row, company).text.strip() if kind == "company" and company else ""
            self.past.events.append(
                Event(
                    self.numbers[row],
                    kind,
                    start,
                    end if kind == "subsidy" else None,
                    before.get(row, nan),
                    after.get(row, nan),
                    told,
                    row,
                )
            )

    def _figures(self, kind: str, means: str, rows: Sequence[int]) -> dict[int, float]:
        """The figures of one column in the rows of one kind: prices and subsidies a m2 and month, condition
        as a share; what is no such figure is named."""
        head = self._first(means)
        read_as = {"price": "fee", "subsidy": "fee", "retrofit": "condition"}.get(kind)
        if head is None or read_as is None:
            return {}
        column = Column(head.column.place, head.column.heading, read_as, "known", unit=head.column.unit)
        options = self.told if read_as == "condition" else Options("yuan/m2/month")
        read = read_column(column, [(row, self._cell(row, head)) for row in rows], options)
        self.past.notes += [one for one in read.notes if one.verdict != "read"]
        found = {}
        for row, value in read.values.items():
            if value is False:
                found[row] = 0.0
            elif isinstance(value, tuple) and value[0] != value[1]:
                self._note(
                    row, head, self._cell(row, head).text, "blank", message("city.blank.range"), "range"
                )
            else:
                found[row] = float(value[0] if isinstance(value, tuple) else value)
        return found


def _no_part(name: str) -> Message:
    return message("city.past.not_quarter") if name == "quarter" else message("city.past.not_month")
