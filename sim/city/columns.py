"""What the columns of a table mean: recognised by their headings, or told by the mapping of the user."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from sim.city.layout import Heading, Table, qualifier_of, said_of, spellings, unit_in
from sim.city.notes import Note
from sim.city.sheets import letter_of
from sim.city.vocabulary import (
    bare,
    heading_meanings,
    headings_of_many,
    pattern,
    plain,
    qualifiers,
    unused_headings,
    vocabulary,
)
from sim.scenario.estate_table import COLUMNS, ESTATE_COLUMNS
from sim.text import Message, languages, message

UNUSED = "ignore"
# What a column may mean: the headings of the vocabulary.
YEARLY = frozenset(
    {"collection", "billed", "received", "arrears", "satisfaction", "service", "complaints", "public_revenue"}
)
ADDED_UP = frozenset({"parking"})  # of which a table may have several columns, as parts
SEVERAL = frozenset({"fee", "fee_household", "remark"})  # by building kind; lines of remarks
ALIKE = 0.86  # of a heading in Latin letters, how alike one with a slip must be
SHORTEST_SLIP = 5  # letters of a heading that may have one
# Canonical columns by what a heading of a city's own table means.
CANONICAL = {
    "built": "built_year",
    "floor_area": "area",
    "cost": "standard_cost",
    "service": "quality",
}


@dataclass(frozen=True)
class Column:
    """A column of a table and what it means.

    place: its number in the sheet. means: a heading of the vocabulary, or a column of the canonical table,
    or UNUSED. year, month: of which time; None where the heading says none. unit: what brackets or a row of
    units say. kind: of which building kind, in the table's word. how: known, like (a slip), fallback,
    mapping; for an unused one the reason.
    """

    place: int
    heading: str
    means: str
    how: str
    year: int | None = None
    month: int | None = None
    unit: str = ""
    kind: str = ""

    @property
    def letter(self) -> str:
        """What spreadsheets call it."""
        return letter_of(self.place)

    @property
    def used(self) -> bool:
        """Whether it is read."""
        return self.means != UNUSED

    @property
    def key(self) -> str:
        """Its meaning with its time, as collection_2023."""
        if self.year is None:
            return self.means
        return f"{self.means}_{self.year}"


def meanings() -> tuple[str, ...]:
    """Everything that a mapping may say a column means, UNUSED the last."""
    own = tuple(vocabulary()["headings"])
    return (*own, "fee_household", *_canonical_names(), UNUSED)


def _canonical_names() -> tuple[str, ...]:
    """Columns of the canonical table that no heading of the vocabulary stands for."""
    kept = {"number", "luck", "district", "street", "community", "company"}
    taken = set(CANONICAL.values())
    own = set(vocabulary()["headings"]) | {"fee_household"}
    return tuple(one.name for one in ESTATE_COLUMNS if one.name not in kept | taken | own)


def recognise(table: Table) -> tuple[list[Column], list[Note]]:
    """The columns of a table by their headings, and what is to be said of those that are doubtful or left
    out.

    CityError where a row holds many estates.
    """
    columns = [_recognised(table, heading) for heading in table.headings]
    _refuse_many(table, columns)
    columns = _named(columns)
    columns, twice = _once_each(columns)
    notes = [note for column in columns if (note := _said_of(column)) is not None]
    return columns, [*(note for note in notes if note.column not in {one.column for one in twice}), *twice]


def _recognised(table: Table, heading: Heading) -> Column:
    empty = all(table.sheet.cell(row, heading.column).blank for row in range(table.first, table.last + 1))
    if not heading.levels:
        return Column(heading.column, "", UNUSED, "nothing" if empty else "no_heading")
    if empty and _meaning(heading) is None:
        return Column(heading.column, heading.text, UNUSED, "no_cells")
    return _of_heading(heading)


def _of_heading(heading: Heading) -> Column:
    found = _meaning(heading)
    unit = unit_in(heading)
    year, month = _time_of(heading)
    if found is None:
        return Column(heading.column, heading.text, UNUSED, "unknown", year, month, unit)
    means, how, kind = found
    if means == UNUSED:
        return Column(heading.column, heading.text, UNUSED, how, year, month, unit)
    if means in ("fee", "cost") and _per_household(unit):
        means = "fee_household" if means == "fee" else means
    if means not in YEARLY:
        year = month = None
    if month is not None:
        return Column(heading.column, heading.text, UNUSED, "month", year, month, unit)
    return Column(heading.column, heading.text, means, how, year, month, unit, kind)


def _per_household(unit: str) -> bool:
    fee = vocabulary()["fee"]
    of_area = any(plain(word) in unit for word in fee["per_area"])
    names = "|".join(re.escape(plain(word)) for word in fee["per_household"])
    return not of_area and re.search(rf"(/|\bper\s+|\.|·)\s*({names})", unit) is not None


def _meaning(heading: Heading) -> tuple[str, str, str] | None:
    """What a heading means, how that is known, and its building kind; None for one that is not known.

    The lowest level decides; where it only qualifies (多层, 2022年), the one above it.
    """
    kind = ""
    for level in reversed(heading.levels):
        if qualifier_of(level) and len(heading.levels) > 1:
            kind = qualifier_of(level)
            continue
        for one in spellings(level):
            if not one or one in qualifiers("collection"):
                continue
            found = _meaning_of(one, level)
            if found is not None:
                return (*found, kind)
    for level in reversed(heading.levels):
        for one in spellings(level):
            like = _like(one)
            if like:
                return like, "like", kind
    return None


def _meaning_of(one: str, level: str) -> tuple[str, str] | None:
    if one in headings_of_many():
        return UNUSED, "many"
    monthly_price = one in unused_headings() and unused_headings()[one] == "sale_price" and _monthly(level)
    if monthly_price:
        return "fee", "known"
    if one in heading_meanings():
        return heading_meanings()[one], "known"
    if one in canonical_headings():
        return canonical_headings()[one], "known"
    if one in unused_headings():
        return UNUSED, unused_headings()[one]
    if plain(one) in {bare(word) for word in vocabulary()["fallback"]["name"]}:
        return "name", "fallback"
    return None


def _monthly(level: str) -> bool:
    """Whether a heading says a price a month."""
    fee = vocabulary()["fee"]
    before = "|".join(re.escape(plain(word)) for word in ("/", "·", ".", *fee["each"]))
    months = "|".join(re.escape(plain(word)) for word in fee["month"])
    return re.search(rf"(?:{before})\s*(?:{months})", plain(level)) is not None


@cache
def canonical_headings() -> dict[str, str]:
    """Headings of the template and of the canonical table, in every language and as its file has them, made
    bare, with what they mean."""
    meant = {canonical: own for own, canonical in CANONICAL.items()}
    found = {
        bare(name_of(means).in_language(language)): means
        for means in (*vocabulary()["headings"], "fee_household")
        for language in languages()
    }
    for column in ESTATE_COLUMNS:
        if column.name in ("number", "luck"):
            continue
        name = meant.get(column.name, column.name)
        for one in (column.name, *(column.heading.in_language(language) for language in languages())):
            found.setdefault(bare(one), name)
    return found


def _like(one: str) -> str:
    """What a heading with a slip means: the only known one that is very much like it; "" for none or
    several."""
    if len(one) < SHORTEST_SLIP or not one.isascii():
        return ""
    close = difflib.get_close_matches(one, [name for name in heading_meanings() if name.isascii()], 3, ALIKE)
    found = {heading_meanings()[name] for name in close}
    return found.pop() if len(found) == 1 else ""


def _time_of(heading: Heading) -> tuple[int | None, int | None]:
    for level in reversed(heading.levels):
        month = pattern("period", "month").search(plain(level))
        if month:
            return int(month.group(1)), int(month.group(2))
        year = pattern("period", "year").search(plain(level))
        if year:
            return int(year.group(1)), None
    return None, None


def _refuse_many(table: Table, columns: Sequence[Column]) -> None:
    """CityError for a table whose rows hold many estates each: it counts them and names none."""
    counts = [one for one in columns if one.how == "many"]
    if counts and not any(one.means == "name" for one in columns):
        values = []
        for row in range(table.first, table.last + 1):
            value = table.sheet.cell(row, counts[0].place).value
            if isinstance(value, str) and re.fullmatch(r"\d{1,6}", plain(value)):
                value = int(plain(value))
            if isinstance(value, int | float) and not isinstance(value, bool):
                values.append(value)
        span = f"{min(values):g}–{max(values):g}" if values else "?"
        found = message("city.many.found", column=counts[0].heading, span=span)
        raise said_of(table, found, message("city.many.allowed"))


def _named(columns: Sequence[Column]) -> list[Column]:
    """Columns of which `community` names estates where no other column does, as crawled tables have it."""
    if any(one.means == "name" for one in columns):
        return list(columns)
    fallbacks = {bare(word) for word in vocabulary()["fallback"]["name"]}
    free = [one for one in columns if set(spellings(one.heading)) & fallbacks]
    if len(free) != 1:
        return list(columns)
    return [replace(one, means="name", how="fallback") if one is free[0] else one for one in columns]


def _once_each(columns: Sequence[Column]) -> tuple[list[Column], list[Note]]:
    """Columns of which each meaning stands once: of several, the best named is kept where its headings tell
    them apart (names of estates, companies), and none where they do not."""
    by_key: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        if column.used and column.means not in ADDED_UP | SEVERAL:
            by_key[column.key].append(column)
    left, notes = {}, []
    for same in by_key.values():
        if len(same) < 2:
            continue
        ranked = sorted(same, key=_rank)
        kept = ranked[0] if _rank(ranked[0]) < _rank(ranked[1]) else None
        names = ", ".join(f"{one.letter} {one.heading}" for one in same)
        for column in same:
            if column is kept:
                continue
            left[column.place] = replace(column, means=UNUSED, how="twice")
            why = (
                message("city.unused.twice_other", names=names, kept=f"{kept.letter} {kept.heading}")
                if kept
                else message("city.unused.twice", names=names)
            )
            notes.append(Note(None, column.place, column.heading, "", "not_used", why))
    return [left.get(one.place, one) for one in columns], notes


def _rank(column: Column) -> int:
    """How well a heading is known to say its meaning: its place among the synonyms, the first the best."""
    listed = [bare(word) for word in vocabulary()["headings"].get(column.means, ())]
    places = [listed.index(one) for one in spellings(column.heading) if one in listed]
    return min(places, default=len(listed))


def _said_of(column: Column) -> Note | None:
    if column.used and column.how == "like":
        why = message("city.column.like", means=name_of(column.means))
        return Note(None, column.place, column.heading, "", "doubtful", why, column.means)
    if column.used and column.how == "fallback":
        why = message("city.column.fallback", means=name_of(column.means))
        return Note(None, column.place, column.heading, "", "doubtful", why, column.means)
    if column.used or column.how in ("mapping", "twice", "many", "nothing"):
        return None
    why = message(f"city.unused.{column.how}")
    return Note(None, column.place, column.heading, "", "not_used", why)


def name_of(means: str) -> Message:
    """What a meaning is called."""
    if means in COLUMNS and means in _canonical_names():
        return COLUMNS[means].heading
    return message(f"city.means.{means}")
