"""The next table of a city: which of its estates are new, gone and changed, with the old one kept whole and
its forecast scored.

An estate keeps its number for ever: by its id, or by its name and place where one of the two tables has no id
of it. A table that is refused, or does not go with the city, changes nothing.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.city.reading import Reading, read_table
from sim.city.scoring import Score, saved_forecasts, score_forecast
from sim.city.versions import drop_out_of_date, drop_version, keep_version, open_city
from sim.city.writing import BASE, KEY_COLUMNS, MAPPING, OWN, SCENARIO, Made, numbers_of, write_into
from sim.errors import CityError
from sim.problems import Problem, is_file
from sim.results import folder as folders
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_rows import read_table as read_canonical
from sim.scenario.estate_table import column_of
from sim.scenario.loading import read_toml
from sim.text import Family, Message, message
from sim.text.system import reason_of

CHANGES, SCORE = "changes", "forecast_score"
NEW, BACK, GONE, CHANGED, FILLED, BLANKED, REVISED = KINDS = (
    "new",
    "back",
    "gone",
    "changed",
    "filled",
    "blanked",
    "revised",
)
CHANGE_WORDS = Family("city.change", KINDS)
# Of the key, what is compared: its codes stand for the names beside them, and the id is what matches rows.
OF_KEY = tuple(name for name in OWN if name not in ("id", "parking"))
# Of the canonical table, what is not: the places and companies that the key has by name, and luck.
NOT_COMPARED = frozenset({"number", "luck", "district", "street", "community", "company"})


@dataclass(frozen=True)
class Change:
    """What is otherwise in the new table.

    number: of the estate. kind: one of KINDS; new, back (it was gone before) and gone are of the whole row,
    the others of one column: another figure, a figure where there was none, none where there was one,
    another reading of an earlier year. column: of the canonical table or the key. before, after: as the
    tables have it, "" for nothing.
    """

    number: int
    kind: str
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass
class Updated:
    """A city that has its next table.

    made: as of a city that was made. reading: what was read of the table. version: the folder that keeps the
    old table. changes: in the order of the numbers. score: how last year's forecast did; None where there was
    none to score, and `unscored` then says why. own: id and name of each estate of either table, by number.
    """

    made: Made
    reading: Reading
    version: Path
    changes: list[Change]
    score: Score | None = None
    unscored: Message | None = None
    own: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """How many estates are new, back and gone, and how many have something changed, filled, blanked or
        revised; kinds without any are left out."""
        found = Counter(kind for kind, _ in {(one.kind, one.number) for one in self.changes})
        return {kind: found[kind] for kind in KINDS if found[kind]}


def update_city(
    city: str | Path,
    table: str | Path,
    *,
    sheet: str | None = None,
    within: str | None = None,
    mapping: Path | None = None,
    forecasts: Sequence[Path] = (),
) -> Updated:
    """Give a city its next table: `city` by its name in the working folder or by path, `table` as
    `sim.city.reading.read_table` takes it.

    Without `mapping` the words and headings of the city's own hold. `forecasts`: folders of runs to score;
    none: those in the working folder and in the city's that are of the city as it was. CityError, with
    nothing changed, for a table that is refused, that is the one that the city has, or of which no row is an
    estate of the city.
    """
    folder, manifest = open_city(city)
    own_mapping = folder / MAPPING
    earlier = own_mapping if mapping is None and is_file(own_mapping) else None
    reading = read_table(table, sheet, within, mapping, earlier=earlier)
    return replace_table(folder, manifest, reading, forecasts)


def replace_table(
    folder: Path, manifest: Mapping[str, Any], reading: Reading, forecasts: Sequence[Path] = ()
) -> Updated:
    """Put what was read of a table in the place of the city's own; see `update_city`."""
    key = str(manifest["key"])
    if reading.table.book.sha256 == key:
        found = message("city.update.same", file=reading.table.book.path.name)
        raise CityError(Problem(reading.table.place, "", found, message("city.update.next")))
    before, names_before = _canonical(folder), _key(folder)
    numbers, _ = numbers_of(folder, reading)
    if not set(numbers.values()) & set(before.numbers.tolist()):
        found = message("city.update.no_row")
        raise CityError(Problem(reading.table.place, "", found, message("city.update.some_row")))
    runs = saved_forecasts(folder, [Path(), folder], forecasts)
    base = str(manifest.get("base") or _base_of(folder))
    version = keep_version(folder)
    try:
        made = write_into(folder, reading, str(manifest["name"]), base, key)
    except BaseException:
        drop_version(version)
        raise
    drop_out_of_date(folder)
    after, names = _canonical(folder), _key(folder)
    own = {number: (row["id"], row["name"]) for number, row in names.items()}
    changes = _changes(before, after, names_before, names)
    score, unscored = score_forecast(before, _latest(manifest, before), after, made.latest, runs)
    updated = Updated(made, reading, version, changes, score, unscored, own)
    _write_beside(updated)
    return updated


def _latest(manifest: Mapping[str, Any], table: EstateRows) -> int | None:
    """The year of the readings that month 0 of a table has; of a folder that does not say it, the last year
    of collection."""
    if "latest" in manifest:
        return int(manifest["latest"]) if manifest["latest"] is not None else None
    return max((year for name, year in _dated(table) if name == "collection"), default=None)


def _dated(table: EstateRows) -> list[tuple[str, int]]:
    found = [column_of(name) for name in table.cells]
    return [(one[0].name, one[1]) for one in found if one is not None and one[1] is not None]


def _base_of(folder: Path) -> str:
    """The scenario that the one of a city extends, where its manifest does not say it."""
    extended = read_toml(folder / SCENARIO).get("extends", BASE)
    return extended if isinstance(extended, str) else BASE


def _canonical(folder: Path) -> EstateRows:
    path = folder / "estates.csv"
    return read_canonical(_text(path), str(path))


def _key(folder: Path) -> dict[int, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(_text(folder / "key.csv")))
    return {int(row["number"]): {name: row.get(name) or "" for name in KEY_COLUMNS} for row in rows}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=path, error=reason_of(error))) from None


def _changes(
    before: EstateRows,
    after: EstateRows,
    names_before: Mapping[int, Mapping[str, str]],
    names: Mapping[int, Mapping[str, str]],
) -> list[Change]:
    there, now = set(before.numbers.tolist()), set(after.numbers.tolist())
    changes = [Change(number, GONE) for number in there - now]
    changes += [Change(number, BACK if number in names_before else NEW) for number in now - there]
    both = there & now
    columns = _compared(before, after)
    old, new = _cells(before, columns), _cells(after, columns)
    for number in both:
        for column in columns:
            dated = column_of(column)
            of_year = dated is not None and dated[1] is not None
            changes += _changed(number, column, old[number][column], new[number][column], of_year)
        for column in OF_KEY:
            changes += _changed(number, column, names_before[number][column], names[number][column])
    return sorted(changes, key=lambda one: (one.number, KINDS.index(one.kind)))


def _changed(number: int, column: str, before: str, after: str, of_year: bool = False) -> list[Change]:
    if before == after:
        return []
    kind = FILLED if not before else BLANKED if not after else REVISED if of_year else CHANGED
    return [Change(number, kind, column, before, after)]


def _compared(before: EstateRows, after: EstateRows) -> list[str]:
    """Columns of which the two tables are compared: figures that have no year, and readings of years that
    both tables have. The readings that month 0 has are of another year in each of them."""
    dated = set(before.cells) & set(after.cells)
    undated = not (_dated(before) or _dated(after))
    found = []
    for name in (*before.cells, *(one for one in after.cells if one not in before.cells)):
        column = column_of(name)
        assert column is not None
        yearly = column[0].yearly and (name in dated if column[1] is not None else undated)
        if name not in NOT_COMPARED and (yearly or not column[0].yearly):
            found.append(name)
    return found


def _cells(table: EstateRows, columns: Sequence[str]) -> dict[int, dict[str, str]]:
    """The cells of these columns of each estate, equal figures as one text."""
    rows = csv.DictReader(io.StringIO(table.text))
    return {int(row["number"]): {name: row.get(name) or "" for name in columns} for row in rows}


def _write_beside(updated: Updated) -> None:
    """The changes, with the city's own ids and names, and how the forecast did, in the city's folder."""
    own = [updated.own.get(one.number, ("", "")) for one in updated.changes]
    changes = {
        "number": pa.array([one.number for one in updated.changes], pa.int64()),
        "id": pa.array([one[0] or None for one in own], pa.string()),
        "name": pa.array([one[1] or None for one in own], pa.string()),
        "change": pa.array([one.kind for one in updated.changes], pa.string()),
        "column": pa.array([one.column or None for one in updated.changes], pa.string()),
        "before": pa.array([one.before or None for one in updated.changes], pa.string()),
        "after": pa.array([one.after or None for one in updated.changes], pa.string()),
    }
    tables = {CHANGES: pa.table(changes)}
    score = updated.score
    if score is not None:
        columns = ("households", "reported", "forecast", "persistence")
        tables[SCORE] = pa.table({"number": score.numbers} | {name: getattr(score, name) for name in columns})
    else:
        (updated.made.folder / f"{SCORE}.csv").unlink(missing_ok=True)
    folders.add_tables(updated.made.folder, tables, (folders.CSV,))
