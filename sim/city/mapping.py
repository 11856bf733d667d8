"""The mapping of a table: what its columns mean and what its doubtful cells are, as a file that the first
import writes for confirmation and the next one reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import Field, ValidationError

from sim.city.columns import UNUSED, YEARLY, Column, meanings, name_of
from sim.city.layout import Table as SheetTable
from sim.city.notes import Note
from sim.city.read import Options
from sim.city.sheets import column_of, letter_of
from sim.city.values import PERCENT, SHARE
from sim.city.vocabulary import plain
from sim.errors import CityError, ScenarioError
from sim.problems import Problem, nearest, one_of
from sim.scenario.fields import Table
from sim.scenario.loading import read_toml
from sim.scenario.messages import problems_of
from sim.text import Later, Message, message, say
from sim.text.joins import lines
from sim.words import MODES

KEPT, LEFT = "keep", "leave"


class MappedColumn(Table):
    """What a column means: by its letter and heading, with the time and unit of its figures and what those
    are that do not fit the unit."""

    column: str = Field(min_length=1)
    heading: str = ""
    means: str
    year: int | None = None
    unit: str = ""
    misfits: Literal["", "percent", "share"] = ""


class MappedCell(Table):
    """What one cell is: a number, a text, or "" for a blank."""

    row: int = Field(ge=1)
    column: str = Field(min_length=1)
    value: float | str | bool


class MappedRow(Table):
    """Whether one row is an estate of its own."""

    row: int = Field(ge=1)
    use: Literal["keep", "leave"]


class TableMapping(Table):
    """A mapping as its file has it."""

    file: str = ""
    sha256: str = ""
    sheet: str = ""
    range: str = ""
    columns: tuple[MappedColumn, ...] = Field(default=(), strict=False)
    cells: tuple[MappedCell, ...] = Field(default=(), strict=False)
    rows: tuple[MappedRow, ...] = Field(default=(), strict=False)
    types: dict[str, str] = Field(default_factory=dict)
    modes: dict[str, str] = Field(default_factory=dict)
    companies: dict[str, Literal["market", "soe"]] = Field(default_factory=dict)


EMPTY = TableMapping()


def read_mapping(path: Path) -> TableMapping:
    """The mapping of a file. CityError, naming file and key, for one that cannot be read or does not keep to
    the form."""
    try:
        data = read_toml(path)
        made = TableMapping.model_validate(data)
    except ScenarioError as error:
        raise CityError(Later(lines, error.problems)) from None
    except ValidationError as error:
        problems = problems_of(error, TableMapping, read_toml(path), lambda place: str(path))
        raise CityError(Later(lines, problems)) from None
    for number, one in enumerate(made.columns):
        if one.means not in meanings():
            key = f"columns[{number}].means"
            guess = nearest(one.means, meanings())
            raise CityError(Problem(str(path), key, repr(one.means), one_of(meanings()), guess))
    for word, mode in made.modes.items():
        if mode not in MODES:
            raise CityError(
                Problem(str(path), f"modes.{word}", repr(mode), one_of(MODES), nearest(mode, MODES))
            )
    return made


def mapped_columns(
    mapping: TableMapping, path: Path | None, table: SheetTable, columns: Sequence[Column]
) -> list[Column]:
    """The columns of a table as a mapping has them; those that it does not name as they were recognised.

    A column is found by its letter and heading, else by its heading alone where that stands once. CityError
    for one that is not there.
    """
    told: dict[int, Column] = {}
    for number, one in enumerate(mapping.columns):
        found = _column_of(one.column, one.heading, columns)
        if found is None:
            key, names = f"columns[{number}]", ", ".join(f"{each.letter} {each.heading}" for each in columns)
            raise CityError(
                Problem(str(path), key, repr(f"{one.column} {one.heading}".strip()), one_of([names]))
            )
        year = one.year if one.means in YEARLY else None
        unit = found.unit
        means = "fee" if one.means == "fee" and "household" in one.unit else one.means
        told[found.place] = Column(found.place, found.heading, means, "mapping", year, None, unit, found.kind)
    return [told.get(column.place, column) for column in columns]


def _column_of(letter: str, heading: str, columns: Sequence[Column]) -> Column | None:
    place = column_of(letter)
    for column in columns:
        if column.place == place and (not heading or plain(column.heading) == plain(heading)):
            return column
    same = [column for column in columns if heading and plain(column.heading) == plain(heading)]
    return same[0] if len(same) == 1 else None


def options_of(mapping: TableMapping, column: Column, columns: Sequence[Column]) -> Options:
    """What a mapping says about one column."""
    words: dict[str, str] = {}
    if column.means == "type":
        words = {plain(word): name for word, name in mapping.types.items()}
    elif column.means in ("mode", "company"):
        words = {plain(word): name for word, name in mapping.modes.items()}
    for one in mapping.columns:
        if _column_of(one.column, one.heading, columns) == column:
            return Options(one.unit, one.misfits, words)
    return Options(words=words)


def carried(earlier: TableMapping, columns: Sequence[Column]) -> tuple[TableMapping, list[Note]]:
    """What the mapping of an earlier table of a city says of the columns of another, and what is to be said
    of it: its words, and what columns mean that have a heading of the same words, where it is not what the
    heading says by itself. Cells, rows, years and whether figures are percents or shares are of each file
    alone."""
    told, notes = [], []
    for column in columns:
        same = [one for one in earlier.columns if plain(one.heading) == plain(column.heading)]
        alone = sum(plain(one.heading) == plain(column.heading) for one in columns) == 1
        if len(same) != 1 or not column.heading or not alone:
            continue
        unit = "" if same[0].unit in (PERCENT, SHARE) else same[0].unit
        if same[0].means == column.means and not unit:
            continue
        told.append(
            MappedColumn(
                column=column.letter,
                heading=column.heading,
                means=same[0].means,
                year=column.year,
                unit=unit,
            )
        )
        if same[0].means != column.means:
            why = message("city.mapping.carried", means=name_or_unused(same[0].means))
            notes.append(Note(None, column.place, column.heading, "", "table", why, "", "carried"))
    held = {"types": earlier.types, "modes": earlier.modes, "companies": earlier.companies}
    return TableMapping(columns=tuple(told), **held), notes


def name_or_unused(means: str) -> Message:
    """What a meaning is called, or that the column is not used."""
    return message("city.shown.unused") if means == UNUSED else name_of(means)


def cells_told(mapping: TableMapping, columns: Sequence[Column]) -> dict[tuple[int, int], float | str | bool]:
    """Values of single cells that a mapping tells, by row and place of the column."""
    told = {}
    for one in mapping.cells:
        column = _column_of(one.column, "", columns) or _column_of("", one.column, columns)
        if column is None:
            names = ", ".join(f"{each.letter} {each.heading}" for each in columns)
            raise CityError(Problem("cells", one.column, repr(one.column), one_of([names])))
        told[(one.row, column.place)] = one.value
    return told


def check_original(mapping: TableMapping, path: Path, sha256: str) -> None:
    """CityError where a mapping tells cells or rows of another file than the one that is read."""
    if (mapping.cells or mapping.rows) and mapping.sha256 and mapping.sha256 != sha256:
        found = message("city.mapping.other_file", file=mapping.file)
        raise CityError(Problem(str(path), "cells", found, message("city.mapping.same_file")))


def mapping_text(
    table: SheetTable,
    columns: Iterable[Column],
    units: Mapping[int, str],
    told: TableMapping,
    within: str,
) -> str:
    """The mapping that was used, as the text of its file."""
    listed: list[dict[str, Any]] = []
    before = {one.column: one for one in told.columns}
    for column in columns:
        if not column.heading:
            continue
        entry: dict[str, Any] = {"column": column.letter, "heading": column.heading, "means": column.means}
        if column.year is not None:
            entry["year"] = column.year
        unit = units.get(column.place, "")
        if unit:
            entry["unit"] = unit
        if unit in (PERCENT, SHARE):
            known = before.get(column.letter)
            entry["misfits"] = known.misfits if known else ""
        listed.append(entry)
    data: dict[str, Any] = {
        "file": table.book.path.name,
        "sha256": table.book.sha256,
        "sheet": table.sheet.name,
        "range": within,
        "types": dict(told.types),
        "modes": dict(told.modes),
        "companies": dict(told.companies),
        "columns": listed,
        "cells": [one.model_dump() for one in told.cells],
        "rows": [one.model_dump() for one in told.rows],
    }
    empty = {key for key, value in data.items() if value in ("", {}, [])}
    text = tomli_w.dumps({key: value for key, value in data.items() if key not in empty})
    words = say("city.mapping.head", meanings=", ".join(meanings()), unused=UNUSED)
    return "".join(f"# {line}\n".replace("# \n", "#\n") for line in words.splitlines()) + "\n" + text


def letters(places: Iterable[int]) -> str:
    """Columns by their letters, for a sentence."""
    return ", ".join(letter_of(place) for place in places)


def number_or_none(text: str) -> float | None:
    """A number that was written as text in a mapping."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
