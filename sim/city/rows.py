"""Which rows of a table are estates: not its titles, totals, notes and repeated headings, and each estate
once."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sim.city.columns import Column
from sim.city.layout import Table
from sim.city.notes import Note, Verdict
from sim.city.numbers import number_of
from sim.city.sheets import Cell, filled
from sim.city.vocabulary import blank_word, pattern, plain
from sim.text import Message, message

MOST_SPREAD = 3  # cells that a note below a table may have
SMALL = 10  # households of an estate that is looked at
LARGE = 20_000
LABELS = frozenset({"name", "district", "street", "community", "id", "type", "address"})
READ: Verdict = "read"
DOUBTFUL: Verdict = "doubtful"


def estate_rows(table: Table, columns: Sequence[Column]) -> tuple[list[int], dict[int, str], list[Note]]:
    """Numbers of the rows that may be estates, rows of totals with the text that says so, and what is said
    of the others.

    Blank rows at the end are left out silently, those between as well.
    """
    rows: list[int] = []
    totals: dict[int, str] = {}
    notes: list[Note] = []
    used = [column.place for column in columns if column.used or column.how not in ("nothing", "no_heading")]
    marker = _marker_column(table)
    for row in range(1, table.header_rows[0]):
        cells = table.sheet.row(row)
        if own := filled(cells):
            notes.append(_left(row, cells[own[0] - 1], message("city.row.title"), "title"))
    if table.units_row:
        first_unit = table.sheet.row(table.units_row)[filled(table.sheet.row(table.units_row))[0] - 1]
        notes.append(_left(table.units_row, first_unit, message("city.row.units"), "units"))
    for row in range(table.first, table.last + 1):
        cells = table.sheet.row(row)
        own = [one for one in filled(cells) if one in used or one == marker]
        if not own:
            continue
        first = cells[own[0] - 1]
        if marker and _is_marker(table.sheet.cell(row, marker)):
            notes.append(_left(row, first, message("city.row.template"), "template"))
        elif total := _total_word(table, row, columns):
            totals[row] = total
            why = message(
                "city.row.average" if pattern("rows", "average").search(plain(total)) else "city.row.total"
            )
            notes.append(_left(row, first, why, "total", total))
        elif _is_note(table, cells, own, columns):
            notes.append(_left(row, first, message("city.row.note"), "note"))
        elif _repeats_heading(table, row, columns):
            notes.append(_left(row, first, message("city.row.heading"), "heading"))
        else:
            rows.append(row)
            if row in table.sheet.hidden_rows:
                notes.append(
                    Note(row, None, "", first.text, "doubtful", message("city.row.hidden"), "", "hidden_row")
                )
    return rows, totals, notes


def _left(row: int, cell: Cell, why: Message, code: str, found: str = "") -> Note:
    return Note(row, None, "", (found or cell.text).strip(), "left_out", why, "", code)


def _marker_column(table: Table) -> int:
    """The column of the template that says what a row is for; 0 where there is none."""
    first = table.headings[0]
    return first.column if first.text.startswith("#") else 0


def _is_marker(cell: Cell) -> bool:
    return isinstance(cell.value, str) and cell.value.strip().startswith("#")


def _total_word(table: Table, row: int, columns: Sequence[Column]) -> str:
    """The word by which a row says that it is a total; "" for other rows."""
    cells = table.sheet.row(row)
    for column in columns:
        if (column.used and column.means not in LABELS) or column.place > len(cells):
            continue
        value = cells[column.place - 1].value
        if isinstance(value, str) and _is_total(value):
            return value.strip()
    return ""


@lru_cache(maxsize=1 << 16)
def _is_total(text: str) -> bool:
    return pattern("rows", "total").match(re.sub(r"\s+", "", plain(text))) is not None


def _is_note(table: Table, cells: Sequence[Cell], own: Sequence[int], columns: Sequence[Column]) -> bool:
    """Whether a row is a line of text below or between the rows: little in it, and none of it a figure."""
    texts = [cells[one - 1].value for one in own]
    if len(own) > MOST_SPREAD or not all(isinstance(text, str) for text in texts):
        return False
    first = plain(str(texts[0]))
    if pattern("rows", "note").search(first):
        return True
    names = {column.place for column in columns if column.means in ("name", "id")}
    return len(own) == 1 and len(columns) > MOST_SPREAD and own[0] not in names


def _repeats_heading(table: Table, row: int, columns: Sequence[Column]) -> bool:
    """Whether a row is the headings again, as at the top of each printed page."""
    again = 0
    for column in columns:
        cell = table.sheet.cell(row, column.place)
        if cell.blank:
            continue
        if not isinstance(cell.value, str):
            return False
        if plain(cell.value) != plain(table.sheet.cell(table.header_rows[-1], column.place).text):
            return False
        again += 1
    return again > 1


def check_totals(
    table: Table, totals: Mapping[int, str], households: Column | None, counted: Mapping[int, int]
) -> list[Note]:
    """What the totals of households say: that they agree with the rows above them, or by how much they do
    not.

    `counted`: the households of every row that was read, left out later or not.
    """
    notes: list[Note] = []
    if households is None:
        return notes
    since = 0
    for row, word in totals.items():
        cell = table.sheet.cell(row, households.place)
        number = number_of(cell, {})
        if number.value is not None and not pattern("rows", "average").search(plain(word)):
            whole = sum(value for at, value in counted.items() if at < row)
            part = sum(value for at, value in counted.items() if since < at < row)
            said = number.value
            why, verdict = message("city.total.agrees"), READ
            if said not in (whole, part):
                nearest = whole if abs(whole - said) <= abs(part - said) else part
                why = message("city.total.differs", total=f"{said:g}", sum=f"{nearest:g}")
                verdict = DOUBTFUL
            place, heading = households.place, households.heading
            notes.append(Note(row, place, heading, cell.text, verdict, why, "", "total_of_households"))
        since = row
    return notes


def moved(table: Table, row: int, columns: Mapping[str, Column]) -> str:
    """Why the cells of a row seem to have moved against their headings; "" where they do not.

    Told by two signs at once: households hold a text, another column holds households or a firm where a
    count is to be.
    """
    households = columns.get("households")
    if households is None:
        return ""
    cell = table.sheet.cell(row, households.place)
    signs = []
    if (
        isinstance(cell.value, str)
        and number_of(cell, {}).why == "word"
        and not plain(cell.value)[:1].isdigit()
    ):
        signs.append(f"{households.heading}: {cell.text.strip()}")
    for means, column in columns.items():
        other = table.sheet.cell(row, column.place)
        if means == "households" or not isinstance(other.value, str):
            continue
        text = plain(other.value)
        counts = means in ("buildings", "parking", "floor_area", "built", "fee")
        if (counts and pattern("company", "firm").search(text)) or (
            means in ("company", "name", "district", "street")
            and pattern("moved", "households").fullmatch(text)
        ):
            signs.append(f"{column.heading}: {other.text.strip()}")
    return "; ".join(signs) if len(signs) > 1 else ""


# estates that stand twice


@lru_cache(maxsize=1 << 16)
def spelt(name: str) -> str:
    """A name of an estate as it is compared: width, brackets, blanks and Han digits made alike."""
    text = re.sub(r"[\s·•\-—_、,，.。]+", "", unicodedata.normalize("NFKC", name)).lower()
    text = re.sub(r"[【\[〔]", "(", text)
    text = re.sub(r"[】\]〕]", ")", text)
    return "".join(_digit(letter) for letter in text)


@cache
def _digit(letter: str) -> str:
    digits: str = pattern("han", "digits").pattern
    return str(digits.index(letter)) if letter in digits else letter


@lru_cache(maxsize=1 << 16)
def base_of(name: str) -> tuple[str, str]:
    """A name without a phase or part (一期, A区, 别墅), and that part; ("", "") for a name that is nothing
    else."""
    text = spelt(name)
    found = re.search(r"\(([^()]*)\)$", text)
    if found and text[: found.start()]:
        return text[: found.start()], found.group(1)
    part = re.search(rf"(?:{pattern('rows', 'part').pattern})$", text, re.IGNORECASE)
    if part and text[: part.start()]:
        return text[: part.start()], part.group()
    return text, ""


Facts = Mapping[str, Any]


def same_facts(one: Facts, other: Facts) -> list[str]:
    """Names of the figures in which two rows differ; those that one of them lacks do not count."""
    return [key for key in one if key in other and one[key] != other[key]]


def once_each(
    rows: Sequence[int], facts: Mapping[int, Facts], places: Mapping[int, tuple[str, ...]]
) -> tuple[dict[int, Note], list[Note]]:
    """Rows to leave out because their estate stands in another row, with the reason, and what is said of
    those that stay.

    facts: what was read of each row, without its name and place. places: the name as it is compared
    (`spelt`), district, street and community of each row, "" for those that are not known.
    """
    left: dict[int, Note] = {}
    notes: list[Note] = []
    by_name: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if places[row][0]:
            by_name[places[row][0]].append(row)
    for same in by_name.values():
        kept: list[int] = []
        for row in same:
            for other in kept:
                apart = [
                    (mine, theirs)
                    for mine, theirs in zip(places[row][1:], places[other][1:], strict=True)
                    if mine and theirs and mine != theirs
                ]
                if apart:
                    why = message("city.twice.elsewhere", row=other, here=apart[0][0], there=apart[0][1])
                    notes.append(Note(row, None, "name", places[row][0], "doubtful", why, "", "elsewhere"))
                    continue
                left[row] = _twice(row, other, facts[row], facts[other], places[row][0])
                break
            else:
                kept.append(row)
    return left, notes


def _twice(row: int, other: int, mine: Facts, theirs: Facts, name: str) -> Note:
    period, earlier = mine.get("period"), theirs.get("period")
    if period is not None and earlier is not None and period != earlier:
        why = message("city.twice.other_time", row=other, here=period[0], there=earlier[0])
        return Note(row, None, "name", name, "left_out", why, "", "other_time")
    differing = same_facts(mine, theirs)
    if differing:
        texts = ", ".join(f"{key} {mine[key]} / {theirs[key]}" for key in differing)
        why = message("city.twice.differs", row=other, differing=texts)
        return Note(row, None, "name", name, "left_out", why, "", "differs")
    return Note(row, None, "name", name, "left_out", message("city.twice.same", row=other), "", "same")


def sums_of_phases(
    names: Mapping[int, str], households: Mapping[int, int], districts: Mapping[int, str]
) -> tuple[dict[int, Note], list[Note]]:
    """Rows that are the sum of the phases of their estate, to be left out; and those beside phases that are
    not."""
    phases: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, name in names.items():
        base, part = base_of(name)
        if part:
            phases[(base, districts.get(row, ""))].append(row)
    left, notes = {}, []
    for row, name in names.items():
        base, part = base_of(name)
        parts = [one for one in phases.get((base, districts.get(row, "")), ()) if one in households]
        if part or len(parts) < 2 or row not in households:
            continue
        listed = ", ".join(map(str, parts))
        total = sum(households[one] for one in parts)
        if total == households[row]:
            why = message("city.phases.sum", rows=listed, sum=total)
            left[row] = Note(row, None, "name", name, "left_out", why, "", "sum_of_phases")
        else:
            why = message("city.phases.beside", rows=listed, sum=total)
            notes.append(Note(row, None, "name", name, "doubtful", why, "", "beside_phases"))
    return left, notes


def unusual_names(names: Mapping[int, str]) -> dict[int, tuple[str, Message]]:
    """Names that may be of no estate, or of several, by row, with the code and the words of what is said."""
    found = {}
    for row, name in names.items():
        text = plain(name)
        if pattern("rows", "not_an_estate").search(text):
            found[row] = ("not_an_estate", message("city.name.not_an_estate"))
        elif pattern("rows", "former").search(text):
            found[row] = ("former", message("city.name.former"))
        elif pattern("rows", "several").search(text):
            found[row] = ("several", message("city.name.several"))
    return found


def is_not_known(text: str) -> bool:
    """Whether a text says that something is not known."""
    return bool(blank_word(plain(text)))
