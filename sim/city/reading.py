"""A table of estates, read: one row an estate with what its cells say, and a note for everything that is not
plain."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.city.checks import check_rows
from sim.city.columns import YEARLY, Column, recognise
from sim.city.layout import Table, area_unit, find_table, range_of, said_of
from sim.city.mapping import (
    EMPTY,
    KEPT,
    TableMapping,
    carried,
    cells_told,
    check_original,
    mapped_columns,
    options_of,
    read_mapping,
)
from sim.city.notes import Note
from sim.city.numbers import FORMULA, number_of
from sim.city.read import Options, Read
from sim.city.rows import (
    base_of,
    check_totals,
    estate_rows,
    moved,
    once_each,
    spelt,
    sums_of_phases,
    unusual_names,
)
from sim.city.sheets import Cell, column_of, read_book
from sim.city.values import read_column
from sim.city.vocabulary import heading_meanings, pattern, plain
from sim.scenario.estate_table import MOST_HOUSEHOLDS
from sim.text import message
from sim.text.joins import listed

# Of a floor area without a unit: m2 a household that estates have in the middle.
LEAST_FLAT, MOST_FLAT = 25.0, 400.0
AREA_UNITS = ("m2", "10000m2")
WHO = ("name", "id")
COMPARED_NOT = (
    "name",
    "id",
    "district",
    "street",
    "community",
    "address",
    "remark",
    "longitude",
    "latitude",
    "coordinates",
)


@dataclass(frozen=True)
class EstateRow:
    """One estate: the number of its row in the sheet, and what is known of it by column key."""

    row: int
    facts: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """What is known under a key; None for nothing."""
        return self.facts.get(key)


@dataclass
class Reading:
    """What was read of a table.

    estates: rows that are estates, in the order of the sheet. units: of the columns, by place, as they were
    settled.
    """

    table: Table
    columns: list[Column]
    estates: list[EstateRow]
    notes: list[Note] = field(default_factory=list)
    units: dict[int, str] = field(default_factory=dict)
    mapping: TableMapping = EMPTY
    within: str = ""

    def has(self, means: str) -> bool:
        """Whether the table has a column of a meaning that holds anything."""
        return any(key == means or key.startswith(f"{means}_") for one in self.estates for key in one.facts)


def read_table(
    path: str | Path,
    sheet: str | None = None,
    within: str | None = None,
    mapping: Path | None = None,
    required: bool = True,
    earlier: Path | None = None,
) -> Reading:
    """The estates of a table.

    `required`: whether a table without a column of households is refused, of which no city can be made.
    `earlier`: the mapping of an earlier table of the same city, whose words and columns of the same headings
    hold here where no `mapping` is given.
    CityError for what is no table of estates, naming what was found and what is allowed.
    """
    book = read_book(path)
    told = read_mapping(mapping) if mapping is not None else EMPTY
    if mapping is not None:
        check_original(told, mapping, book.sha256)
    chosen = within or told.range or ""
    table = find_table(book, sheet or told.sheet or None, range_of(chosen) if chosen else None)
    columns, notes = recognise(table)
    if mapping is None and earlier is not None:
        told, carried_notes = carried(read_mapping(earlier), columns)
        notes += carried_notes
        columns = mapped_columns(told, earlier, table, columns)
        mapped = {one.place for one in columns if one.how == "mapping"}
        notes = [note for note in notes if note.column not in mapped or note.code == "carried"]
    if mapping is not None:
        columns = mapped_columns(told, mapping, table, columns)
        named = {one.place for one in columns if one.how == "mapping"}
        notes = [note for note in notes if note.column not in named]
    if required and not any(one.means == "households" for one in columns):
        raise _no_households(table, columns)
    reading = Reading(table, columns, [], [*_how_read(table), *notes], mapping=told, within=chosen)
    _Reader(reading).read()
    if required and not reading.estates:
        raise said_of(table, message("city.rows.none"), message("city.rows.allowed"))
    return reading


SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _how_read(table: Table) -> list[Note]:
    """How the file was read, and which of its sheets were not."""
    book = table.book
    notes = []
    for heading in table.headings:
        if heading.column in table.sheet.hidden_columns and heading.levels:
            why = message("city.column.hidden")
            notes.append(Note(None, heading.column, heading.text, "", "doubtful", why, "", "hidden_column"))
    if book.form == "csv":
        separator = message(f"city.separator.{SEPARATORS[book.separator]}")
        why = message("city.file.read_as", encoding=book.encoding, separator=separator)
        notes.append(Note(None, None, "", "", "table", why))
    others = [one for one in book.sheets if one is not table.sheet and (one.hidden or not one.empty)]
    if others:
        names = [message("city.sheet.hidden", name=one.name) if one.hidden else one.name for one in others]
        why = message("city.sheet.others", sheet=table.sheet.name, names=listed(map(str, names)))
        notes.append(Note(None, None, "", "", "table", why))
    return notes


def _no_households(table: Table, columns: Sequence[Column]) -> Exception:
    other = [one for one in columns if one.how in ("registered", "part_of_households", "twice", "many")]
    names = ", ".join(f"{one.letter} {one.heading}" for one in columns if one.heading)
    if other:
        listed = ", ".join(f"{one.letter} {one.heading}" for one in other)
        found = message(
            "city.households.other", column=listed, why=message(f"city.unused.{other[0].how}", names=listed)
        )
        return said_of(table, found, message("city.households.allowed"))
    return said_of(table, message("city.households.none", names=names), message("city.households.allowed"))


class _Reader:
    """Fills a reading, step by step, on columns first and on rows then."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.table, self.notes = reading, reading.table, reading.notes
        self.columns = [one for one in reading.columns if one.used]
        self.facts: dict[int, dict[str, Any]] = {}
        self.left: dict[int, Note] = {}
        self.told = cells_told(reading.mapping, reading.columns)
        self.rows_told = {one.row: one.use for one in reading.mapping.rows}
        self.first_of: dict[str, Column] = {}
        for column in self.columns:
            self.first_of.setdefault(column.means, column)

    def read(self) -> None:
        """All steps in their order."""
        rows, totals, notes = estate_rows(self.table, self.reading.columns)
        self.notes += notes
        self.facts = {row: {} for row in rows}
        for column in self.columns:
            self._read_column(column, rows)
        self._tell_cells()
        self._date_columns()
        counted = {row: one["households"] for row, one in self.facts.items() if "households" in one}
        self.notes += check_totals(self.table, totals, self.first_of.get("households"), counted)
        self._leave_out()
        self._settle_area()
        check_rows(self.reading, self._kept(), self.first_of, frozenset(self._keys_told()))
        self._once_each()
        self._names()
        for row in rows:
            if row not in self.left:
                self.reading.estates.append(EstateRow(row, self.facts[row]))
        self._missing()

    def _kept(self) -> dict[int, dict[str, Any]]:
        return {row: one for row, one in self.facts.items() if row not in self.left}

    # columns

    def _read_column(self, column: Column, rows: Sequence[int]) -> None:
        options = options_of(self.reading.mapping, column, self.reading.columns)
        if column.means == "floor_area" and not column.unit and not options.unit:
            options.unit = self._area_unit_beside(column)
        cells = [(row, self._cell(row, column)) for row in rows]
        read = read_column(column, cells, options)
        self.notes += read.notes
        self.reading.units[column.place] = read.unit
        self._put(column, read, options)
        self._misfits_of_row(column, read)

    def _cell(self, row: int, column: Column) -> Cell:
        cell = self.table.sheet.cell(row, column.place)
        if cell.formula and not cell.stored:
            return self._computed(row, column, cell)
        return cell

    def _computed(self, row: int, column: Column, cell: Cell) -> Cell:
        """A formula whose result the file does not hold: computed where it is of two cells, else left as it
        is."""
        found = FORMULA.fullmatch(cell.formula.strip())
        if found is None:
            return cell
        one, first, sign, other, second = found.groups()
        numbers = [
            number_of(self.table.sheet.cell(int(at), column_of(letters))).value
            for letters, at in ((one, first), (other, second))
        ]
        if numbers[0] is None or numbers[1] is None:
            return cell
        if sign == "/" and numbers[1] == 0:
            return Cell("#DIV/0!", formula=cell.formula)
        value = {
            "/": lambda a, b: a / b,
            "*": lambda a, b: a * b,
            "+": lambda a, b: a + b,
            "-": lambda a, b: a - b,
        }[sign](numbers[0], numbers[1])
        if column.means == "collection":
            value = round(value, 6)
        made = f"{value:.6g}"
        why = message("city.way.computed")
        self.notes.append(
            Note(row, column.place, column.heading, cell.formula, "doubtful", why, made, "way_computed")
        )
        return Cell(value, cell.percent or (sign == "/" and column.means == "collection"), cell.formula)

    def _put(self, column: Column, read: Read, options: Options) -> None:
        key = column.key
        if column.means == "arrears" and read.unit in ("percent", "share"):
            key = key.replace("arrears", "arrears_share", 1)
        for row, value in read.values.items():
            facts = self.facts[row]
            if (
                column.means in ("fee", "fee_household")
                and isinstance(facts.get(key), tuple)
                and value is not False
            ):
                facts[key] = (min(facts[key][0], value[0]), max(facts[key][1], value[1]))
            elif column.means == "parking" and key in facts:
                facts[key] += value
            elif column.means == "remark" and key in facts:
                facts[key] += f"; {value}"
            elif not (value is False and key in facts and column.means.startswith("fee")):
                facts[key] = value
        if column.means == "parking":
            for row in {note.row for note in read.notes if note.verdict == "blank" and note.row is not None}:
                self.facts[row]["parking_unread"] = True

    def _misfits_of_row(self, column: Column, read: Read) -> None:
        for row in read.misfits:
            self.facts[row].setdefault("misfits", set()).add(column.key)

    def _area_unit_beside(self, column: Column) -> str:
        unit, line = area_unit(self.table.around)
        if unit:
            why = message("city.unit.area_beside", unit=unit, line=line.strip())
            self.notes.append(Note(None, column.place, column.heading, "", "table", why))
        return unit

    def _settle_area(self) -> None:
        """Give floor areas without a unit the one in which homes have the size of homes; refuse them if none
        does."""
        column = self.first_of.get("floor_area")
        if column is None or self.reading.units.get(column.place):
            return
        ratios = [
            one["floor_area"] / one["households"]
            for one in self._kept().values()
            if "floor_area" in one and one.get("households")
        ]
        if not ratios:
            return
        middle = statistics.median(ratios)
        for unit, factor in zip(AREA_UNITS, (1.0, 10_000.0), strict=True):
            if LEAST_FLAT <= middle * factor <= MOST_FLAT:
                self.reading.units[column.place] = unit
                for one in self.facts.values():
                    if "floor_area" in one:
                        one["floor_area"] *= factor
                why = message("city.unit.area_taken", unit=unit, each=f"{middle * factor:.0f}")
                self.notes.append(Note(None, column.place, column.heading, "", "table", why))
                return
        for one in self.facts.values():
            one.pop("floor_area", None)
        why = message("city.unit.area_unsaid", each=f"{middle:.3g}")
        self.notes.append(Note(None, column.place, column.heading, "", "not_used", why))

    def _tell_cells(self) -> None:
        """Put what the mapping tells of single cells in their places; the notes on them are answered."""
        by_place = {column.place: column for column in self.columns}
        for (row, place), value in self.told.items():
            column = by_place.get(place)
            if column is None or row not in self.facts:
                continue
            self.notes[:] = [note for note in self.notes if (note.row, note.column) != (row, place)]
            self.facts[row].pop(column.key, None)
            if value != "":
                read = read_column(column, [(row, Cell(value, typed=False))], self._options_of_told(column))
                self._put(column, read, Options())
                self.notes += read.notes
            cell = self.table.sheet.cell(row, place)
            why = message("city.mapping.cell")
            self.notes.append(
                Note(row, place, column.heading, cell.text, "doubtful", why, str(value), "told")
            )

    def _options_of_told(self, column: Column) -> Options:
        options = options_of(self.reading.mapping, column, self.reading.columns)
        unit = "share" if self.reading.units.get(column.place) in ("percent", "share") else options.unit
        return Options(unit, options.misfits, options.words)

    def _keys_told(self) -> set[tuple[int, str]]:
        by_place = {column.place: column.key for column in self.columns}
        return {(row, by_place[place]) for row, place in self.told if place in by_place}

    def _date_columns(self) -> None:
        """Give readings of a year their year: that of the row, or the one that a line beside the table
        says."""
        for means in sorted(YEARLY):
            undated = [one for one in self.columns if one.means == means and one.year is None]
            if not undated:
                continue
            year, line = self._year_beside(means)
            for facts in self.facts.values():
                dated: int | None
                key = "arrears_share" if "arrears_share" in facts and means == "arrears" else means
                if key not in facts:
                    continue
                own = facts.get("period")
                dated = own[0] if own else year
                if dated:
                    facts[f"{key}_{dated}"] = facts.pop(key)
            if year and "period" not in self.first_of:
                why = message("city.year.beside", year=year, line=line.strip())
                self.notes.append(Note(None, undated[0].place, undated[0].heading, "", "table", why))

    def _year_beside(self, means: str) -> tuple[int | None, str]:
        words = [word for word, meant in heading_meanings().items() if meant == means and len(word) > 1]
        for line in self.table.around:
            text = plain(line)
            years = {int(one) for one in pattern("period", "year").findall(text)}
            if len(years) == 1 and any(word in re.sub(r"\s", "", text) for word in words):
                return years.pop(), line
        return None, ""

    # rows

    def _leave_out(self) -> None:
        """Leave out rows that can be no estate: without households, without a name, with cells that have
        moved."""
        households = self.first_of.get("households")
        has_names = any(means in self.first_of for means in WHO)
        for row, facts in self.facts.items():
            if self.rows_told.get(row) == "leave":
                self._leave(row, None, "", message("city.mapping.row"), "told")
                continue
            shifted = moved(self.table, row, self.first_of)
            if shifted:
                self._leave(row, None, shifted, message("city.row.moved"), "moved")
                continue
            if has_names and not any(facts.get(means) for means in WHO):
                column = self.first_of.get("name") or self.first_of["id"]
                self._leave(row, column, self._text(row, column), message("city.row.no_name"), "no_name")
                continue
            if households is None:
                continue
            number = facts.get("households")
            if number is None:
                self._leave(
                    row,
                    households,
                    self._text(row, households),
                    message("city.row.no_households"),
                    "no_households",
                )
            elif number == 0:
                self._leave(
                    row, households, self._text(row, households), message("city.row.zero_households"), "zero"
                )
            elif number > MOST_HOUSEHOLDS:
                why = message("city.row.many_households", most=f"{MOST_HOUSEHOLDS:,}")
                self._leave(row, households, self._text(row, households), why, "too_many")
        self._second_lines()

    def _text(self, row: int, column: Column) -> str:
        return self.table.sheet.cell(row, column.place).text.strip()

    def _leave(self, row: int, column: Column | None, found: str, why: Any, code: str) -> None:
        place, heading = (column.place, column.heading) if column else (None, "")
        self.left[row] = Note(row, place, heading, found, "left_out", why, "", code)
        self.notes.append(self.left[row])

    def _second_lines(self) -> None:
        """Say of rows that were left out that they look like a second line of an estate that stays."""
        column = self.first_of.get("name")
        if column is None:
            return
        kept = {spelt(str(one["name"])): row for row, one in self._kept().items() if one.get("name")}
        for row in self.left:
            name = self.facts[row].get("name")
            base, part = base_of(str(name)) if name else ("", "")
            if part and base in kept:
                why = message("city.name.second_line", row=kept[base])
                self.notes.append(
                    Note(row, column.place, column.heading, str(name), "doubtful", why, "", "second_line")
                )

    def _once_each(self) -> None:
        """Leave out rows of estates that stand in another row, and sums of phases that stand there
        themselves."""
        column = self.first_of.get("name") or self.first_of.get("id")
        if column is None:
            return
        kept = self._kept()
        rows = [row for row in kept if self.rows_told.get(row) != KEPT]
        places = {
            row: (
                spelt(str(one.get("name") or one.get("id"))),
                *(spelt(str(one.get(key) or "")) for key in ("id", "district", "street", "community")),
            )
            for row, one in kept.items()
        }
        newest = self._newest_first(rows)
        comparable = {
            row: {key: value for key, value in one.items() if key not in COMPARED_NOT and key != "misfits"}
            for row, one in kept.items()
        }
        names = {row: str(one["name"]) for row, one in kept.items() if one.get("name")}
        left, notes = once_each(newest, comparable, places)
        sums, beside = sums_of_phases(
            {row: name for row, name in names.items() if row not in left},
            {row: one["households"] for row, one in kept.items() if "households" in one},
            {row: str(one.get("district") or "") for row, one in kept.items()},
        )
        for row, note in (left | sums).items():
            if self.rows_told.get(row) == KEPT:
                continue
            made = Note(
                row,
                column.place,
                column.heading,
                self._text(row, column),
                note.verdict,
                note.why,
                "",
                note.code,
            )
            self.left[row] = made
            self.notes.append(made)
        for note in (*notes, *beside):
            if note.row is not None and note.row not in self.left:
                found = self._text(note.row, column)
                self.notes.append(
                    Note(note.row, column.place, column.heading, found, note.verdict, note.why, "", note.code)
                )

    def _newest_first(self, rows: Sequence[int]) -> list[int]:
        """Rows so that of one estate in two years the later year is the one that stays."""
        if "period" not in self.first_of:
            return list(rows)
        return sorted(rows, key=lambda row: (-(self.facts[row].get("period") or (0, 0))[0], row))

    def _names(self) -> None:
        column = self.first_of.get("name")
        if column is None:
            return
        names = {row: str(one["name"]) for row, one in self._kept().items() if one.get("name")}
        for row, (code, why) in unusual_names(names).items():
            self.notes.append(Note(row, column.place, column.heading, names[row], "doubtful", why, "", code))

    def _missing(self) -> None:
        """Say once what a table has nothing of."""
        for means in ("fee", "collection"):
            if (
                self.reading.estates
                and not self.reading.has(means)
                and not self.reading.has("fee_household" if means == "fee" else means)
            ):
                self.notes.append(Note(None, None, "", "", "table", message(f"city.missing.{means}")))
        if not any(means in self.first_of for means in WHO):
            self.notes.append(Note(None, None, "", "", "table", message("city.missing.name")))
        ids = self.first_of.get("id")
        if ids is not None:
            for one in self.reading.estates:
                if not one.get("id"):
                    why = message("city.row.no_id")
                    self.notes.append(Note(one.row, ids.place, ids.heading, "", "doubtful", why, "", "no_id"))
            again = [
                key
                for key, times in Counter(
                    str(one.get("id")) for one in self.reading.estates if one.get("id")
                ).items()
                if times > 1
            ]
            for key in again:
                rows = [one.row for one in self.reading.estates if str(one.get("id")) == key]
                why = message("city.row.id_twice", rows=", ".join(map(str, rows)))
                self.notes.append(
                    Note(rows[-1], ids.place, ids.heading, key, "doubtful", why, "", "id_twice")
                )
