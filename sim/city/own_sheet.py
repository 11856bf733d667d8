"""The sheet that a city was made of, as its user wrote it: kept in the city's folder beside the key, so that
results can be put back beside it row by row.

It holds the city's own names, as the key does; nothing of it goes into a scenario or a result.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sim.city.reading import Reading
from sim.city.sheets import Cell
from sim.errors import CityError, ResultError
from sim.problems import Problem, is_file
from sim.results import folder as folders
from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows, read_table
from sim.text import message
from sim.text.system import reason_of, told

FILE = "sheet.json"
KIND = "city"
# Digits in such a column are a name: 007 is not 7.
NAMES = ("id", "name", "district", "street", "community", "address", "company", "remark")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", re.ASCII)

Value = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True)
class OwnCell:
    """A cell of the user's sheet: its value, and whether the sheet shows it as a percentage."""

    value: Value
    percent: bool = False


@dataclass(frozen=True)
class OwnSheet:
    """The user's columns: their headings, and the cells of each estate by its number, in the order of the
    sheet.

    means: what each column was taken for, "" for one that was not used.
    """

    headings: tuple[str, ...]
    means: tuple[str, ...]
    rows: Mapping[int, tuple[OwnCell, ...]]

    @property
    def ids(self) -> dict[int, Value]:
        """The city's own id of each estate, by its number; empty without such a column."""
        return self._of("id")

    @property
    def names(self) -> dict[int, Value]:
        """The name of each estate, by its number; empty without such a column."""
        return self._of("name")

    def _of(self, means: str) -> dict[int, Value]:
        if means not in self.means:
            return {}
        place = self.means.index(means)
        return {number: cells[place].value for number, cells in self.rows.items()}


# writing


def sheet_text(reading: Reading, numbers: Mapping[int, int]) -> str:
    """The sheet as the city's folder keeps it (JSON): every column of the table that holds anything, every
    row that is an estate. `numbers`: of the estates, by row."""
    sheet, means = reading.table.sheet, {one.place: one.means for one in reading.columns}
    columns, held, taken = [], [], []
    for heading in reading.table.headings:
        cells = [sheet.cell(one.row, heading.column) for one in reading.estates]
        if heading.levels or any(not cell.blank for cell in cells):
            columns.append(heading.text)
            taken.append(means.get(heading.column, ""))
            held.append(_column(cells, means.get(heading.column, "")))
    rows = [
        {"number": numbers[one.row], "row": one.row, "cells": [column[place] for column in held]}
        for place, one in enumerate(reading.estates)
    ]
    return folders.json_text({"headings": columns, "means": taken, "rows": rows})


def _column(cells: Sequence[Cell], means: str) -> list[Any]:
    """Cells as JSON has them; plain digits of a file that does not tell numbers from texts are numbers."""
    return [_plain(cell, means not in NAMES and not cell.typed) for cell in cells]


def _plain(cell: Cell, may_be_number: bool) -> Any:
    if cell.blank:
        return None
    value = cell.text.strip() if cell.formula and not cell.stored else cell.value
    if may_be_number and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if cell.percent and isinstance(value, int | float) and not isinstance(value, bool):
        return {"percent": value}
    return value


# reading


def city_folder(scenario: Scenario, told_folder: Path | None = None) -> Path | None:
    """The folder of the city that a scenario is about: the one that was told, else the one in the working
    folder that has the name of the city or of the scenario; None where there is none.

    CityError where what was told is no folder of a city.
    """
    if told_folder is not None:
        try:
            folders.read(told_folder, KIND)
        except ResultError as error:
            raise CityError(Problem("--city", "", str(error), message("export.city_folder"))) from None
        return told_folder
    names = dict.fromkeys((*map(str, scenario.city.name.model_dump().values()), scenario.name))
    for name in names:
        folder = Path(name)
        if re.fullmatch(r"[\w-]+", name) and is_file(folder / folders.MANIFEST) and _is_city(folder):
            return folder
    return None


def _is_city(folder: Path) -> bool:
    try:
        return folders.kind_of(folders.read_manifest(folder)) == KIND
    except ResultError:
        return False


def read_sheet(folder: Path) -> OwnSheet:
    """The user's sheet that the folder of a city keeps. CityError where it keeps none or it was damaged,
    ResultError where a file was changed by hand."""
    manifest = folders.read_manifest(folder)
    if FILE not in manifest.get("files", {}):
        raise CityError(
            Problem(str(folder / FILE), "", message("found.no_file"), message("export.make_again"))
        )
    folders.check_file(folder, FILE, manifest)
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        rows = {int(row["number"]): tuple(_cell(one) for one in row["cells"]) for row in data["rows"]}
        return OwnSheet(tuple(map(str, data["headings"])), tuple(map(str, data["means"])), rows)
    except OSError as error:
        raise CityError(message("folder.unreadable", file=folder / FILE, error=reason_of(error))) from None
    except (ValueError, KeyError, TypeError) as error:
        raise CityError(message("folder.unreadable", file=folder / FILE, error=told(error))) from None


def _cell(plain: Any) -> OwnCell:
    if isinstance(plain, dict) and "percent" in plain:
        return OwnCell(plain["percent"], percent=True)
    if isinstance(plain, dict):
        text = str(plain["date"])
        return OwnCell(dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text))
    return OwnCell(plain)


def check_city(folder: Path, scenario: Scenario) -> None:
    """CityError unless every estate of a scenario is one of the folder's city, by number and with the same
    figures: results of another city, or of another state of its table, must not stand beside its names."""
    assert scenario.estates is not None
    table = folder / "estates.csv"
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=table, error=reason_of(error))) from None
    known = _figures(read_table(text, str(table)))
    other = [number for number, one in _figures(scenario.estates.rows).items() if known.get(number) != one]
    if other:
        found = message("export.other_estates", count=len(other), number=other[0])
        raise CityError(Problem(str(table), "", found, message("export.same_estates")))


def _figures(table: EstateRows) -> dict[int, tuple[tuple[str, Decimal | str], ...]]:
    """What a table says of each estate, by its number."""
    held: dict[int, tuple[tuple[str, Decimal | str], ...]] = {}
    for place, number in enumerate(table.numbers.tolist()):
        cells = ((name, column[place]) for name, column in table.cells.items())
        held[number] = tuple((name, cell) for name, cell in cells if cell is not None)
    return held
