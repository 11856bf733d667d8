"""The history of a city: what was measured in it and what happened, in the folder `history` of its own.

`measured.csv` has one figure a row (number, measure, period, value), `events.csv` one event a row; both by
the estates' numbers, in one order, so that the same history is the same text whatever tables it came from.
What a new table says otherwise than the history is named and changes nothing unless that was asked for.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sim.city.notes import VERDICT_WORDS, Note, together
from sim.city.past_tables import EVENTS, MEASURES, Past, Reading, read_past
from sim.city.periods import Period, period_of
from sim.city.replaying import name_events
from sim.city.sheets import letter_of
from sim.city.versions import open_city, versions_of
from sim.errors import CityError
from sim.problems import is_file
from sim.results import folder as folders
from sim.scenario.estate_rows import EstateRows, read_table
from sim.scenario.estate_table import column_of
from sim.text import message
from sim.text.system import told

if TYPE_CHECKING:
    import pandas as pd

FOLDER, KIND = "history", "city_history"
MEASURED, EVENT_TABLE, NOTES = "measured", "events", "notes"
MEASURED_COLUMNS = ("number", "measure", "period", "value", "source")
EVENT_COLUMNS = ("number", "event", "start", "end", "before", "after", "company", "source")
NEAR = 1e-9  # of one share written in two ways: 0.825 and 82.5 %


@dataclass(frozen=True)
class Row:
    """What the history holds of one figure or event: its key, its values as the files have them, and the
    number of the table that it came from."""

    key: tuple[Any, ...]
    values: tuple[Any, ...]
    source: int


@dataclass
class History:
    """The history of a city as its folder has it.

    measured: by (number, measure, period). events: by (number, kind, month). sources: the tables that it came
    from, with the SHA-256 of each, the first is number 1. notes: rows of `notes.csv`, as texts.
    """

    measured: dict[tuple[int, str, Period], Row] = field(default_factory=dict)
    events: dict[tuple[int, str, Period], Row] = field(default_factory=dict)
    sources: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)

    @property
    def content(self) -> str:
        """SHA-256 of what was measured and what happened, whatever tables it came from."""
        text = _text_of(self.measured) + _text_of(self.events)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass
class Added:
    """What became of a table of a city's past.

    past: what was read of it. new: how many figures or events are new. same: how many the history has
    already. conflicts: notes on those that it has otherwise; replaced: whether they took the place of the
    former ones, as was asked. notes: all of them. content: the
    SHA-256 of what the history then says. named: whether the city's scenario names the events, so that they
    are gone through before month 0; None where there are none.
    """

    folder: Path
    past: Past
    new: int
    same: int
    conflicts: list[Note]
    replaced: bool
    notes: list[Note]
    content: str
    named: bool | None = None


def add_to_city(
    city: str | Path,
    table: str | Path,
    *,
    of: str = "",
    unit: str = "",
    sheet: str | None = None,
    within: str | None = None,
    replace: bool = False,
) -> Added:
    """Add a table of what was measured, or of what happened, to the history of a city.

    city: by its name in the working folder or by path; `of`, `unit`, `sheet`, `within`: as
    `sim.city.past_tables.read_past` takes them. A figure or event that the history has otherwise stays as it
    is and is named, or is replaced where `replace` says so. CityError, with nothing changed, for a table of
    which nothing can be read.
    """
    folder, manifest = open_city(city)
    past = read_past(table, _keys(folder), of=of, unit=unit, sheet=sheet, within=within)
    history = read_history(folder)
    book = past.table.book
    seals = [one["sha256"] for one in history.sources]
    if book.sha256 in seals:
        source = seals.index(book.sha256) + 1
    else:
        history.sources.append({"file": book.path.name, "sha256": book.sha256})
        source = len(history.sources)
    held, rows = (
        (history.events, _event_rows(past, folder, source))
        if past.of_events
        else (
            history.measured,
            _measured_rows(past, source),
        )
    )
    new, same, conflicts = 0, 0, []
    for row, note in rows:
        there = held.get(row.key)
        if there is None:
            held[row.key] = row
            new += 1
        elif _alike(there.values, row.values):
            same += 1
        else:
            conflicts.append(_conflict(note, there, history.sources, replace))
            if replace:
                held[row.key] = row
    notes = together([*past.notes, *conflicts, *_against_table(past, folder), *_later(past, folder)])
    history.notes += _noted(notes, source, history.notes)
    _write(folder, str(manifest["name"]), history)
    added = Added(folder, past, new, same, conflicts, replace, notes, history.content)
    if history.events:
        added.named = name_events(folder)
    return added


# reading


def read_history(city: str | Path) -> History:
    """The history of a city, by its name in the working folder or by path; empty where it has none.
    ResultError where a file was changed by hand, CityError where one cannot be read."""
    folder, _ = open_city(city)
    place = folder / FOLDER
    if not is_file(place / folders.MANIFEST):
        return History()
    saved = folders.read(place, KIND)
    history = History(sources=[dict(one) for one in saved.manifest["sources"]])
    try:
        for row in _rows_of(place / f"{MEASURED}.csv"):
            key = (int(row["number"]), row["measure"], period_of(row["period"]))
            history.measured[key] = Row(key, (float(row["value"]),), int(row["source"]))
        for row in _rows_of(place / f"{EVENT_TABLE}.csv"):
            key = (int(row["number"]), row["event"], period_of(row["start"]))
            end = period_of(row["end"]) if row["end"] else None
            before, after = (float(row[name]) if row[name] else math.nan for name in ("before", "after"))
            company = int(row["company"]) if row["company"] else None
            history.events[key] = Row(key, (end, before, after, company), int(row["source"]))
        history.notes = _rows_of(place / f"{NOTES}.csv")
    except (ValueError, KeyError, TypeError) as error:
        raise CityError(message("folder.unreadable", file=place, error=told(error))) from None
    return history


def measured(city: str | Path, tables: bool = True) -> pd.DataFrame:
    """What was measured in a city: columns number, measure, period (text), year, month (the first, 1 to 12),
    months, value (shares; complaints as counts) and source (the file, or the version of the city's table).

    `tables`: with the yearly columns of the city's own tables too, the newest one that says a figure; what
    the history has goes first.
    """
    import pandas as pd

    folder, _ = open_city(city)
    history = read_history(folder)
    files = [one["file"] for one in history.sources]
    found = {key: (row.values[0], files[row.source - 1]) for key, row in history.measured.items()}
    if tables:
        for place in (folder, *reversed(versions_of(folder))):
            for key, value in _in_table(place / "estates.csv").items():
                found.setdefault(key, (value, f"{place.name}/estates.csv"))
    rows = [
        (key[0], key[1], str(key[2]), key[2].year, key[2].month, key[2].months, value, source)
        for key, (value, source) in sorted(found.items(), key=lambda one: one[0])
    ]
    names = ("number", "measure", "period", "year", "month", "months", "value", "source")
    return pd.DataFrame(rows, columns=list(names))


def _in_table(path: Path) -> dict[tuple[int, str, Period], float]:
    """Readings of calendar years that a canonical table has."""
    table = _table(path)
    found = {}
    for name in table.cells:
        column = column_of(name)
        if column is None or column[1] is None or column[0].name not in MEASURES:
            continue
        for number, value in zip(table.numbers.tolist(), table.values(name).tolist(), strict=True):
            if value == value:
                found[(number, column[0].name, period_of(f"{column[1]}"))] = value
    return found


def _table(path: Path) -> EstateRows:
    return read_table(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=path, error=told(error))) from None


def _rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text(path))))


def _keys(folder: Path) -> dict[int, dict[str, str]]:
    return {int(row["number"]): row for row in _rows_of(folder / "key.csv")}


# merging


def _measured_rows(past: Past, source: int) -> list[tuple[Row, Note]]:
    return [
        (Row((one.number, one.measure, one.period), (one.value,), source), _note_on(one))
        for one in past.readings
    ]


def _note_on(one: Reading) -> Note:
    why = message("city.past.twice", row=one.row, value=f"{one.value:g}")  # written over by `_conflict`
    return Note(one.row, one.column.place, one.column.heading, f"{one.value:g}", "left_out", why, "", "")


def _event_rows(past: Past, folder: Path, source: int) -> list[tuple[Row, Note]]:
    """Events with the number that their former company has in the model; one that no estate of the city's
    tables has is not known by number."""
    codes = _company_codes(folder)
    rows: list[tuple[Row, Note]] = []
    for one in past.events:
        company = codes.get(one.company) if one.company else None
        if one.company and company is None:
            why = message("city.past.no_company")
            past.notes.append(Note(one.row, None, "", one.company, "doubtful", why, "", "no_company"))
        values = (one.end, one.before, one.after, company)
        shown = f"{one.before:g} → {one.after:g}" if one.kind == "price" else one.company
        why = message(f"city.event.{one.kind}")
        note = Note(one.row, None, "", shown, "left_out", why, "", "")
        rows.append((Row((one.number, one.kind, one.start), values, source), note))
    return _once(rows, past)


def _once(rows: Sequence[tuple[Row, Note]], past: Past) -> list[tuple[Row, Note]]:
    """Events that the table says once; of one that it says twice and otherwise the first."""
    first: dict[tuple[Any, ...], tuple[Row, Note]] = {}
    for row, note in rows:
        there = first.setdefault(row.key, (row, note))
        if there[0] is not row and not _alike(there[0].values, row.values):
            why = message("city.past.event_twice", row=there[1].row)
            past.notes.append(Note(note.row, None, "", note.found, "left_out", why, "", "twice"))
    return list(first.values())


def _company_codes(folder: Path) -> dict[str, int]:
    """Numbers of the private companies that run estates of the city, by its own names."""
    found: dict[str, int] = {}
    table = _table(folder / "estates.csv")
    mode_of = dict(zip(table.numbers.tolist(), table.words("mode"), strict=True))
    for number, row in _keys(folder).items():
        if row.get("company") and row.get("company_code") and mode_of.get(number) == "market":
            found[row["company"]] = int(row["company_code"])
    return found


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(
        (
            isinstance(a, float)
            and isinstance(b, float)
            and (a == b or (a != a and b != b) or abs(a - b) < NEAR)
        )
        or a == b
        for a, b in zip(one, other, strict=True)
    )


def _conflict(note: Note, there: Row, sources: Sequence[Mapping[str, str]], replace: bool) -> Note:
    """That the history has it otherwise, from which file, and which of the two holds now."""
    file = sources[there.source - 1]["file"]
    number, what, period = there.key
    figures = [value for value in there.values if isinstance(value, float) and value == value]
    before = " → ".join(f"{value:g}" for value in figures) or message("city.shown.no_cell")
    values = {"number": number, "period": str(period), "before": before, "file": file}
    values["what"] = message(f"city.means.{what}" if what in MEASURES else f"city.event.{what}")
    if replace:
        why = message("city.past.replaced", **values)
        return Note(note.row, note.column, note.heading, note.found, "doubtful", why, "", "replaced")
    why = message("city.past.conflict", **values)
    return Note(note.row, note.column, note.heading, note.found, "left_out", why, "", "conflict")


def _against_table(past: Past, folder: Path) -> list[Note]:
    """That a figure of a year is another than the one that the city's table has of it: both are kept."""
    table = _in_table(folder / "estates.csv")
    notes = []
    for one in past.readings:
        said = table.get((one.number, one.measure, one.period))
        if said is not None and abs(said - one.value) >= NEAR:
            why = message("city.past.other_than_table", value=f"{said:g}")
            place, heading = one.column.place, one.column.heading
            notes.append(
                Note(one.row, place, heading, f"{one.value:g}", "doubtful", why, "", "other_than_table")
            )
    return notes


def _later(past: Past, folder: Path) -> list[Note]:
    """That figures are of a time after the year that the city's table is of: they may be right, and are no
    past of a run that begins there."""
    years = [key[2].year for key in _in_table(folder / "estates.csv")]
    if not years:
        return []
    counts = Counter(one.period for one in past.readings if one.period.year > max(years))
    notes = []
    for period, count in sorted(counts.items()):
        why = message("city.past.later", period=str(period), count=count, year=max(years))
        notes.append(Note(None, None, "", "", "table", why, "", f"later {period}"))
    return notes


# writing


def _sorted(held: Mapping[tuple[int, str, Period], Row]) -> list[Row]:
    order = (*MEASURES, *EVENTS)
    return [
        row for _, row in sorted(held.items(), key=lambda one: (one[0][0], order.index(one[0][1]), one[0][2]))
    ]


def _text_of(held: Mapping[tuple[int, str, Period], Row]) -> str:
    return "".join(
        ",".join(_written(value) for value in (*row.key, *row.values)) + "\n" for row in _sorted(held)
    )


def _written(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _write(folder: Path, name: str, history: History) -> None:
    rows, events = _sorted(history.measured), _sorted(history.events)
    tables = {
        MEASURED: pa.table(
            {
                "number": pa.array([row.key[0] for row in rows], pa.int64()),
                "measure": pa.array([row.key[1] for row in rows], pa.string()),
                "period": pa.array([str(row.key[2]) for row in rows], pa.string()),
                "value": pa.array([row.values[0] for row in rows], pa.float64()),
                "source": pa.array([row.source for row in rows], pa.int64()),
            }
        ),
        EVENT_TABLE: pa.table(
            {
                "number": pa.array([row.key[0] for row in events], pa.int64()),
                "event": pa.array([row.key[1] for row in events], pa.string()),
                "start": pa.array([str(row.key[2]) for row in events], pa.string()),
                "end": pa.array([_written(row.values[0]) or None for row in events], pa.string()),
                "before": pa.array([_number(row.values[1]) for row in events], pa.float64()),
                "after": pa.array([_number(row.values[2]) for row in events], pa.float64()),
                "company": pa.array([row.values[3] for row in events], pa.int64()),
                "source": pa.array([row.source for row in events], pa.int64()),
            }
        ),
        NOTES: pa.table(
            {key: pa.array([row[key] or None for row in history.notes], pa.string()) for key in NOTE_COLUMNS}
        ),
    }
    manifest = {"city": name, "content": history.content, "sources": history.sources}
    folders.write(folder / FOLDER, KIND, name, manifest, tables, formats=(folders.CSV,))


NOTE_COLUMNS = ("source", "row", "column", "heading", "found", "verdict", "why", "code")


def _noted(notes: Sequence[Note], source: int, there: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Notes as rows of the file; those that it has of the same table already are not said twice."""
    rows = [
        {
            "source": f"{source}",
            "row": f"{one.row or ''}",
            "column": letter_of(one.column) if one.column else "",
            "heading": one.heading,
            "found": one.found,
            "verdict": str(VERDICT_WORDS[one.verdict]),
            "why": str(one.why),
            "code": one.code,
        }
        for one in notes
    ]
    known = {tuple(row[key] for key in ("source", "row", "column", "code")) for row in there}
    return [
        row for row in rows if tuple(row[key] for key in ("source", "row", "column", "code")) not in known
    ]
