"""A city made of what was read of its table: a folder with the scenario, the canonical table of its estates,
the key to the city's own names, the mapping that was used, the sheet as it was, and what was made of every
doubtful cell.

The key, the sheet, the notes and the mapping hold the city's own names; the canonical table and the
scenario do not.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import tomli_w

from sim.city.columns import CANONICAL
from sim.city.mapping import mapping_text
from sim.city.missing import estimates, settings_of
from sim.city.notes import VERDICT_WORDS, Note, together
from sim.city.own_sheet import FILE as SHEET
from sim.city.own_sheet import sheet_text
from sim.city.reading import EstateRow, Reading
from sim.city.rows import spelt
from sim.city.sheets import letter_of
from sim.errors import CityError, ScenarioError
from sim.problems import Problem, is_file, one_of
from sim.results import folder as folders
from sim.results.files import csv_text, seal_of
from sim.scenario import Scenario, formats, list_scenarios, load
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_rows import read_table as check_table
from sim.scenario.estate_table import COLUMNS, ESTATE_COLUMNS, MOST_NUMBER, ONE_WAY, PAIRS, column_of
from sim.text import Later, Message, languages, message, say
from sim.text.catalog import by_language
from sim.text.joins import lines
from sim.text.system import reason_of

KIND = "city"
SCENARIO, MAPPING = "scenario.toml", "mapping.toml"
ESTATES, KEY, NOTES = "estates", "key", "notes"
EVENTS_FILE = "history/events.csv"  # what happened in the city, by the same numbers
TABLE_LINE = f'table = "{ESTATES}.csv"\n'  # of the scenario
BASE = "vicious_cycle"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
PLACES = ("district", "street", "community")
OWN = ("id", "name", *PLACES, "address", "company", "longitude", "latitude", "parking")
AMBIGUOUS = -1  # the number of a name and place that several estates have
CODES = ("district_code", "street_code", "community_code", "company_code")
KEY_COLUMNS = ("number", *OWN, *CODES)
YEARLY = tuple(column.name for column in ESTATE_COLUMNS if column.yearly)


@dataclass
class Made:
    """A city that was made.

    folder: where it stands. estates: how many. notes: what was made of doubtful cells, as the file has them.
    kept: whether a scenario that the user had changed was left as it is. latest: the year of the readings
    that month 0 has; None for undated ones. unfit: why a scenario that was left does not fit the table.
    numbers: of the estates that are there now, by the row of the sheet. begins: the year in which a run of
    the table should begin, where a scenario that was left begins in another one.
    """

    folder: Path
    estates: int
    notes: list[Note]
    kept: bool = False
    latest: int | None = None
    unfit: ScenarioError | None = None
    numbers: Mapping[int, int] = field(default_factory=dict)
    begins: int | None = None


@dataclass
class _Known:
    """What an earlier import gave: the numbers of estates by what they are the same by (of several that are
    the same, in their order) and the number by name and place alone, and the codes of places and companies
    by name."""

    numbers: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    named: dict[tuple[str, ...], int] = field(default_factory=dict)
    codes: dict[tuple[str, ...], int] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)


def check_name(name: str) -> None:
    """CityError for a name that no scenario may have, or that another scenario has."""
    if not NAME.fullmatch(name):
        raise CityError(Problem("--name", "", repr(name), message("allowed.name_pattern")))
    if name in list_scenarios():
        found = message("city.folder.scenario", name=name)
        raise CityError(Problem("--name", "", found, message("city.folder.allowed")))


def write_city(reading: Reading, name: str, base: str = BASE) -> Made:
    """Write the folder of a city beside the current one, made of what was read of its table.

    `base`: the scenario whose types, companies and budgets hold where the table says nothing. A city may be
    made again of the same file, with another mapping: each estate keeps its number, and a scenario that was
    changed is left as it is. CityError if the name is none, or the folder holds something else.
    """
    check_name(name)
    return write_into(Path(name), reading, name, base)


def write_into(folder: Path, reading: Reading, name: str, base: str, replaces: str = "") -> Made:
    """Write the city of a name into a folder, over one of the same file or of the one that `replaces` names
    by its SHA-256 (all files or none); see `write_city`."""
    sha256 = reading.table.book.sha256
    folders.check_place(folder, KIND, replaces or sha256)
    scenario = _base(base)
    if folder.is_dir() and not is_file(folder / folders.MANIFEST) and any(folder.iterdir()):
        raise CityError(
            Problem(str(folder), "", message("city.folder.taken"), message("city.folder.allowed"))
        )
    _check_types(reading, scenario, base)
    known = _known(folder)
    numbers, renumbered = _numbers(reading, known)
    codes = _Codes(known, reading)
    rows = [_canonical(one, numbers[one.row], codes) for one in reading.estates]
    latest = _latest(reading)
    for row, one in zip(rows, reading.estates, strict=True):
        _readings(row, one, latest)
    kept_out = [
        note for row, one in zip(rows, reading.estates, strict=True) for note in _declared(row, one, reading)
    ]
    keys = [_key_row(one, numbers[one.row], codes) for one in reading.estates]
    keys += _gone(known, {one["number"] for one in keys})
    notes = [*reading.notes, *renumbered, *kept_out, *codes.notes, *_latest_note(latest, reading)]
    listed = together(notes)
    estates = _estates_table(rows)
    listing = _check_estates(estates, folder)
    kept, text = _scenario_text(folder, reading, name, base, scenario, codes, rows, latest, listing)
    tables = {ESTATES: estates, KEY: _key_table(keys), NOTES: _notes_table(listed, numbers)}
    texts = {
        SCENARIO: text,
        MAPPING: mapping_text(reading.table, reading.columns, reading.units, reading.mapping, reading.within),
        SHEET: sheet_text(reading, numbers),
    }
    book = reading.table.book
    original = {
        "file": book.path.name,
        "sha256": sha256,
        "form": book.form,
        "encoding": book.encoding,
        "separator": book.separator,
        "sheet": reading.table.sheet.name,
    }
    manifest = {"original": original, "estates": len(rows), "name": name, "base": base, "latest": latest}
    manifest["version"] = version_of(folder) + (1 if replaces else 0)
    folders.write(
        folder, KIND, sha256, manifest, tables, texts=texts, formats=(folders.CSV,), replaces=replaces
    )
    made = Made(folder, len(rows), listed, kept, latest, numbers=numbers)
    if kept:
        made.unfit, made.begins = _unfit(folder, latest)
    return made


def version_of(folder: Path) -> int:
    """Which table of its city a folder holds, from 1; 1 where there is none yet, and for a folder that an
    earlier release made."""
    if not is_file(folder / folders.MANIFEST):
        return 1
    return int(folders.read_manifest(folder).get("version", 1))


def _base(name: str) -> Scenario:
    try:
        return load(name)
    except ScenarioError as error:
        raise CityError(Later(lines, error.problems)) from None


def _check_types(reading: Reading, scenario: Scenario, base: str) -> None:
    """CityError for types of estates that the base does not have."""
    found = {str(one.get("type")) for one in reading.estates if one.get("type")}
    unknown = sorted(found - set(scenario.types))
    if unknown:
        raise CityError(Problem(base, "types", repr(unknown[0]), one_of(scenario.types)))


# numbers and codes


def _known(folder: Path) -> _Known:
    """What the key of an earlier import of the same city says."""
    path = folder / f"{KEY}.csv"
    if not is_file(path):
        return _Known()
    known = _Known()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=path, error=reason_of(error))) from None
    for row in csv.DictReader(io.StringIO(text)):
        if not str(row.get("number", "")).isdigit():
            found = repr(row.get("number"))
            raise CityError(Problem(str(path), "number", found, message("allowed.integer")))
        known.rows.append({name: row.get(name) or "" for name in KEY_COLUMNS})
        number = int(str(row["number"]))
        known.numbers.setdefault(_identity(row), []).append(number)
        if called := _named(row):
            again = known.named.get(called, number) != number
            known.named[called] = AMBIGUOUS if again else number
        for name in (*PLACES, "company"):
            code = row.get(f"{name}_code") or ""
            if code.isdigit() and row.get(name):
                known.codes[(name, *_within(name, row), str(row[name]))] = int(code)
    return known


def _identity(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """By what an estate is the same in another import: its id, else its name and place."""
    if facts.get("id"):
        return ("id", str(facts["id"]))
    return ("name", *(spelt(str(facts.get(name) or "")) for name in ("name", *PLACES)))


def _named(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The name and place of an estate as they are compared; () where it has no name."""
    if not facts.get("name"):
        return ()
    return tuple(spelt(str(facts.get(name) or "")) for name in ("name", *PLACES))


def _numbers(reading: Reading, known: _Known) -> tuple[dict[int, int], list[Note]]:
    """The number of each estate by its row: the one that it had, else the next that nobody ever had; and what
    is said of estates whose id is new though their name and place are not.

    An estate is the same by its id; by its name and place where the key or the table has no id of it.
    """
    following = max((number for same in known.numbers.values() for number in same), default=0) + 1
    left = {identity: list(same) for identity, same in known.numbers.items()}
    found = {one.row: same.pop(0) for one in reading.estates if (same := left.get(_identity(one.facts)))}
    given = set(found.values())
    notes: list[Note] = []
    with_id = {number for identity, same in known.numbers.items() if identity[0] == "id" for number in same}
    column = next((one for one in reading.columns if one.used and one.means == "id"), None)
    for one in reading.estates:
        if one.row in found:
            continue
        number = known.named.get(_named(one.facts), AMBIGUOUS)
        if number == AMBIGUOUS or number in given:
            continue
        if one.facts.get("id") and number in with_id:
            why = message("city.update.other_id", number=number)
            place, heading = (column.place, column.heading) if column else (None, "")
            notes.append(Note(one.row, place, heading, str(one.get("id")), "doubtful", why, "", "other_id"))
            continue
        found[one.row] = number
        given.add(number)
    for one in reading.estates:
        if one.row not in found:
            found[one.row], following = following, following + 1
    if following - 1 > MOST_NUMBER:
        raise CityError(message("city.folder.numbers", most=f"{MOST_NUMBER:,}"))
    return found, notes


def numbers_of(folder: Path, reading: Reading) -> tuple[dict[int, int], list[Note]]:
    """The numbers that the estates of a table have in the city of a folder, by row, and what is said of
    doubtful ones."""
    return _numbers(reading, _known(folder))


def _within(name: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The places that a place or company is counted within."""
    if name == "company":
        return (str(facts.get("mode") or ""),) if "mode" in facts else ()
    return tuple(str(facts.get(one) or "") for one in PLACES[: PLACES.index(name)])


class _Codes:
    """Codes of districts, streets, communities and companies, from 0, each within what it lies in."""

    def __init__(self, known: _Known, reading: Reading) -> None:
        self.known, self.reading = known.codes, reading
        self.sizes: dict[tuple[str, ...], int] = {}
        self.notes: list[Note] = []
        self.found: dict[tuple[str, ...], int] = {}
        self.has = {name: any(one.get(name) for one in reading.estates) for name in PLACES}
        self.companies = Counter[tuple[str, str]]()
        taken: dict[tuple[str, ...], set[int]] = {}
        for key, code in known.codes.items():
            taken.setdefault(key[:-1], set()).add(code)
        self.taken = taken
        self._say_levels()
        self._say_companies()

    def _say_levels(self) -> None:
        lowest = next((name for name in reversed(PLACES) if self.has[name]), None)
        missing = [
            name
            for name in PLACES
            if lowest and PLACES.index(name) < PLACES.index(lowest) and not self.has[name]
        ]
        for name in missing:
            self.notes.append(Note(None, None, "", "", "table", message(f"city.place.one_{name}")))

    def _say_companies(self) -> None:
        if any(one.get("company") and "mode" not in one.facts for one in self.reading.estates):
            column = next((one for one in self.reading.columns if one.means == "company"), None)
            place, heading = (column.place, column.heading) if column else (None, "")
            self.notes.append(Note(None, place, heading, "", "table", message("city.company.market")))

    def code(self, kind: str, within: tuple[str, ...], name: str) -> int:
        """The code of a name within others: the one that it had, else the next free one."""
        key = (kind, *within, name)
        if key not in self.found:
            if key in self.known:
                self.found[key] = self.known[key]
            else:
                taken = self.taken.setdefault(key[:-1], set())
                self.found[key] = next(number for number in range(len(taken) + 1) if number not in taken)
                taken.add(self.found[key])
        code = self.found[key]
        self.sizes[(kind, *within)] = max(self.sizes.get((kind, *within), 0), code + 1)
        return code

    def places(self, facts: Mapping[str, Any]) -> dict[str, int]:
        """Codes of the places of an estate, down to the last that is known; a level that the whole table
        lacks is one."""
        found: dict[str, int] = {}
        if not any(self.has.values()):
            return found
        names: list[str] = []
        for name in PLACES:
            own = str(facts.get(name) or "")
            lower = any(self.has[other] for other in PLACES[PLACES.index(name) + 1 :])
            if not own and (self.has[name] or not lower):
                break
            found[name] = self.code(name, tuple(names), own)
            names.append(own)
        return found

    def most(self, kind: str) -> int:
        """The most that one level has within another."""
        return max((size for key, size in self.sizes.items() if key[0] == kind), default=0)


def _mode_of(one: EstateRow, reading: Reading) -> str:
    """The mode of an estate: as the table says it, else that of a company of the market where one is
    named."""
    mode = one.get("mode")
    if mode:
        return str(mode)
    name = one.get("company")
    if not name:
        return ""
    return reading.mapping.companies.get(str(name), "market")


def _canonical(one: EstateRow, number: int, codes: _Codes) -> dict[str, Any]:
    """A row of the canonical table but for its yearly readings."""
    row: dict[str, Any] = {"number": number}
    for key, value in one.facts.items():
        name = CANONICAL.get(key, key)
        if name in COLUMNS and name not in (
            *YEARLY,
            *PLACES,
            "company",
            "fee",
            "fee_household",
            "built_year",
            "legacy",
        ):
            row[name] = value
    row |= codes.places(one.facts)
    built = one.get("built")
    if built:
        row |= (
            {"built_year": built[0]}
            if built[0] == built[1]
            else {"built_low": built[0], "built_high": built[1]}
        )
    _fees(row, one)
    cost = one.get("cost")
    row.pop("standard_cost", None)
    if isinstance(cost, tuple) and cost[0] == cost[1]:
        row["standard_cost"] = cost[0]
    legacy = one.get("legacy")
    if isinstance(legacy, bool):
        row["legacy_problems"] = legacy
    elif legacy is not None:
        row["legacy"] = legacy
    if "old" in row:
        row["old"] = bool(row["old"])
    committee = one.get("committee")
    if committee:
        row["committee"] = committee == "yes"
    mode = _mode_of(one, codes.reading)
    if mode:
        row["mode"] = mode
    company = one.get("company")
    if company and mode in ("market", "soe"):
        row["company"] = codes.code("company", (mode,), str(company))
        codes.companies[(mode, str(company))] += 1
    return row


def _fees(row: dict[str, Any], one: EstateRow) -> None:
    fee, each = one.get("fee"), one.get("fee_household")
    if isinstance(fee, tuple):
        row |= {"fee": fee[0]} if fee[0] == fee[1] else {"fee_low": fee[0], "fee_high": fee[1]}
    elif isinstance(each, tuple) and each[0] == each[1]:
        row["fee_household"] = each[0]


@cache
def _yearly(key: str) -> tuple[str, int | None] | None:
    """The yearly column of the canonical table that a key is a reading of, and its year; None for other
    keys."""
    found = re.fullmatch(r"(\w+?)(?:_(\d{4}))?", key)
    name = CANONICAL.get(found.group(1), found.group(1)) if found else key
    if found is None or name not in YEARLY:
        return None
    return name, int(found.group(2)) if found.group(2) else None


def _latest(reading: Reading) -> int | None:
    """The last year of collection, else of any yearly reading; None where all are undated."""
    keys = {key for one in reading.estates for key in one.facts}
    dated = [found for key in keys if (found := _yearly(key)) is not None and found[1] is not None]
    of_collection = [year for name, year in dated if name == "collection" and year is not None]
    return max(of_collection or [year for _, year in dated if year is not None], default=None)


def _readings(row: dict[str, Any], one: EstateRow, latest: int | None) -> None:
    """Put the readings of each year into a row, and those of the last year as what month 0 has."""
    for key, value in one.facts.items():
        found = _yearly(key)
        if found is None:
            continue
        name, year = found
        if year is None or year == latest:
            row[name] = value
        if year is not None:
            row[f"{name}_{year}"] = value


def _latest_note(latest: int | None, reading: Reading) -> list[Note]:
    if latest is None:
        return []
    return [Note(None, None, "", "", "table", message("city.year.latest", year=latest, start=latest + 1))]


def _declared(row: dict[str, Any], one: EstateRow, reading: Reading) -> list[Note]:
    """Take out of a row of the canonical table what its declaration does not allow, and say so of each
    cell."""
    out: dict[str, Message] = {}
    for name, value in row.items():
        column = column_of(name)
        if column is None or isinstance(value, str):
            continue
        low, high = column[0].low, column[0].high
        if (
            (low is not None and value < low)
            or (high is not None and value > high)
            or not math.isfinite(value)
        ):
            out[name] = message("city.blank.bounds", low=f"{low:,g}", high=f"{high:,g}")
    for first, second in PAIRS:
        if (first in row) != (second in row):
            out[first if first in row else second] = message("city.check.one_end")
        elif first in row and row[first] > row[second]:
            out |= dict.fromkeys((first, second), message("city.check.ends"))
    for ways in ONE_WAY:
        stated = [way for way in ways if any(name in row and name not in out for name in way)]
        out |= dict.fromkeys((name for way in stated[1:] for name in way), message("city.check.stated"))
    if row.get("vacancy", 0) + row.get("tenants", 0) > 1:
        out |= dict.fromkeys(("vacancy", "tenants"), message("city.check.occupancy"))
    notes = []
    for name, why in out.items():
        if row.pop(name, None) is not None:
            notes.append(_note_on(name, why, one, reading))
    return notes


def _note_on(name: str, why: Message, one: EstateRow, reading: Reading) -> Note:
    """A note on the cell that a column of the canonical table came from."""
    own = {canonical: means for means, canonical in CANONICAL.items()}
    stem, _, year = name.rpartition("_") if re.fullmatch(r".*_\d{4}", name) else (name, "", "")
    wanted = {
        own.get(stem, stem),
        *(("fee",) if stem.startswith("fee_") else ()),
        *(("built",) if stem.startswith("built_") else ()),
    }
    columns = [column for column in reading.columns if column.means in wanted]
    dated = [column for column in columns if year and column.year == int(year)]
    column = next(iter(dated or columns), None)
    if column is None:
        return Note(one.row, None, "", name, "blank", why, "", "declared")
    found = reading.table.sheet.cell(one.row, column.place).text.strip()
    return Note(one.row, column.place, column.heading, found, "blank", why, "", "declared")


def _check_estates(table: pa.Table, folder: Path) -> EstateRows:
    """The table as a scenario takes it; CityError for one that it would not take, before anything is
    written."""
    try:
        return check_table(csv_text(table), str(folder / f"{ESTATES}.csv"))
    except ScenarioError as error:
        raise CityError(Later(lines, error.problems)) from None


# files


def _estates_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The canonical table: columns of the declaration that any row has, in its order, yearly ones after
    theirs."""
    held = {key for row in rows for key in row}
    names: list[str] = []
    for column in ESTATE_COLUMNS:
        names += [column.name] if column.name in held else []
        names += sorted(key for key in held if re.fullmatch(rf"{column.name}_\d{{4}}", key))
    ordered = sorted(rows, key=lambda row: row["number"])
    return pa.table({name: [row.get(name) for row in ordered] for name in names})


def _key_row(one: EstateRow, number: int, codes: _Codes) -> dict[str, str]:
    facts = dict(one.facts)
    if "coordinates" in facts:
        facts["longitude"], facts["latitude"] = facts["coordinates"]
    row = {"number": str(number)} | {
        name: str(facts.get(name) if facts.get(name) is not None else "") for name in OWN
    }
    places = codes.places(one.facts)
    row |= {f"{name}_code": str(places[name]) if name in places else "" for name in PLACES}
    mode = _mode_of(one, codes.reading)
    company = facts.get("company")
    code = codes.found.get(("company", mode, str(company)))
    row["company_code"] = "" if code is None else f"{code}"
    return row


def _gone(known: _Known, numbers: Iterable[str]) -> list[dict[str, str]]:
    """Rows of the key whose estates are no longer in the table: their numbers are never given again."""
    there = set(numbers)
    return [row for row in known.rows if row["number"] not in there]


def _key_table(rows: Sequence[Mapping[str, str]]) -> pa.Table:
    ordered = sorted(rows, key=lambda row: int(row["number"]))
    return pa.table(
        {name: pa.array([row.get(name) or None for row in ordered], pa.string()) for name in KEY_COLUMNS}
    )


def _notes_table(notes: Sequence[Note], numbers: Mapping[int, int]) -> pa.Table:
    columns = {
        "row": [str(one.row) if one.row else None for one in notes],
        "column": [letter_of(one.column) if one.column else None for one in notes],
        "heading": [one.heading or None for one in notes],
        "found": [one.found or None for one in notes],
        "verdict": [VERDICT_WORDS[one.verdict] for one in notes],
        "made": [one.made or None for one in notes],
        "why": [str(one.why) for one in notes],
        "code": [one.code or None for one in notes],
        "number": [str(numbers[one.row]) if one.row and one.row in numbers else None for one in notes],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _scenario_text(
    folder: Path,
    reading: Reading,
    name: str,
    base: str,
    scenario: Scenario,
    codes: _Codes,
    rows: Sequence[Mapping[str, Any]],
    latest: int | None,
    listing: EstateRows,
) -> tuple[bool, str]:
    """The scenario of the city, and whether it is one that the user changed and that is left as it is."""
    changed = _changed(folder)
    if changed is not None:
        return True, changed
    file = reading.table.book.path.name
    wording = by_language(message("city.scenario.title", name=name))
    about = by_language(message("city.scenario.description"))
    districts, streets, communities = (codes.most(level) for level in PLACES)
    # how many estates and households there are follows from the table
    city: dict[str, Any] = {"name": dict.fromkeys(languages(), name), "regions": []}
    if districts:
        city |= {"districts": districts}
    if streets:
        city |= {"streets_per_district": streets}
    if communities:
        city |= {"communities_per_street": communities}
    if latest is not None:
        city["start_year"] = latest + 1
    data: dict[str, Any] = {
        formats.KEY: formats.FORMAT,
        "extends": base,
        "name": name,
        "title": wording,
        "description": about,
        "city": city,
    }
    companies = _companies(scenario, codes, rows)
    if companies:
        data["companies"] = companies
    types = settings_of(estimates(listing, scenario))
    if types:
        data["types"] = types
    data["estates"] = {"table": f"{ESTATES}.csv"}
    if is_file(folder / EVENTS_FILE):
        data["estates"]["past"] = EVENTS_FILE
    head = say("city.scenario.head", file=file, sha256=reading.table.book.sha256)
    return False, "".join(f"# {line}\n" for line in head.splitlines()) + "\n" + tomli_w.dumps(data)


def _companies(scenario: Scenario, codes: _Codes, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Numbers and capacities of companies, where those of the base are too few or too small for the table."""
    data: dict[str, int] = {}
    declared = scenario.companies
    kinds = (
        ("market", "private", declared.private, "capacity_estates", declared.capacity_estates),
        ("soe", "state_owned", declared.state_owned, "capacity_state_owned", declared.capacity_state_owned),
    )
    for mode, key, firms, limit, capacity in kinds:
        named = codes.sizes.get(("company", mode), 0)
        run = sum(row.get("mode") == mode for row in rows)
        largest = max((times for (of, _), times in codes.companies.items() if of == mode), default=0)
        if named > firms:
            data[key] = firms = named
        least = max(largest, -(-run // max(firms, 1)))
        if least > capacity:
            data[limit] = least
    return data


def _unfit(folder: Path, latest: int | None) -> tuple[ScenarioError | None, int | None]:
    """Why a scenario that its user had changed does not fit the table that was made anew (None where it
    does), and the year after the table's readings where it begins in another one."""
    try:
        scenario = load(folder / SCENARIO)
    except ScenarioError as error:
        return error, None
    begins = None if latest is None or scenario.city.start_year == latest + 1 else latest + 1
    return None, begins


def _changed(folder: Path) -> str | None:
    """The scenario of an earlier import as its user changed it; None where there is none or it was not
    changed."""
    path = folder / SCENARIO
    if not is_file(path) or not is_file(folder / folders.MANIFEST):
        return None
    files = folders.read_manifest(folder).get("files", {})
    if files.get(SCENARIO) == seal_of(path):
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=path, error=reason_of(error))) from None
