"""The evidence register: figures and the sources they were read in, checked when they are loaded; and what
rests on each entry: parameters, settings of interventions, defaults and figures of scenarios, patterns.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from sim.errors import EvidenceError, ScenarioError
from sim.model.parameters import PARAMETERS
from sim.model.programmes import describe
from sim.problems import Problem, nearest
from sim.scenario import (
    CitySettings,
    CompanySettings,
    EstateType,
    GovernmentSettings,
    Scenario,
    list_scenarios,
    load,
)
from sim.scenario.sources import evidence_text
from sim.text import Family, Later, Message, message
from sim.text.joins import lines

GRADES: Mapping[str, Message] = Family(
    "grade", ("official", "peer_reviewed", "press", "aggregator", "judgement")
).messages()
STATUSES: Mapping[str, Message] = Family("status", ("measured", "calibrated", "assumed")).messages()
JUDGEMENT = "judgement"
SOURCE_COLUMNS = ("id", "title", "place", "year", "grade", "where", "weakness")
FIGURE_COLUMNS = (
    "id",
    "quantity",
    "value",
    "low",
    "high",
    "unit",
    "place",
    "year",
    "of_whom",
    "read",
    "group",
    "source_id",
    "source_title",
    "note",
)
# How a figure was read. What somebody else says that a page says is an excerpt, however good the page.
DOCUMENT, PAGE, EXCERPT, ABSTRACT = "document", "page", "excerpt", "abstract"
READINGS = (DOCUMENT, PAGE, EXCERPT, ABSTRACT)
# Grades of the evidence list that figures come from: A (official or reviewed), B (press), C (relayed, or
# ours).
STRONG = ("official", "peer_reviewed", "press")
_MAY_BE_EMPTY = ("weakness", "low", "high", "place", "year", "of_whom", "note")
_FIGURE_ID = re.compile(r"[SPTNIQ]\d{3}[a-z]?")
_NOT_PLAIN = ("low", "high", "source_id", "source_title")
_SOURCE_ID = re.compile(r"D\d{2,3}")


@dataclass(frozen=True)
class Source:
    """A document: what it is, the place it speaks of, year ("n.d." if it states none), grade, where
    it was read, its weakness."""

    id: str
    title: str
    place: str
    year: str
    grade: str
    where: str
    weakness: str


@dataclass(frozen=True)
class Figure:
    """One thing that a source states. `value` is as stated (a number, several with slashes,
    "sign"); low and high bound it.

    `place`, `year` and `of_whom` (whom or what was counted) hold only what stands in what was read; what we
    infer is in the note. `read` is how it was read (READINGS). `group` is the city, or the series of
    surveys, that is held out as one.
    """

    id: str
    quantity: str
    value: str
    low: float | None
    high: float | None
    unit: str
    place: str
    year: str
    of_whom: str
    read: str
    group: str
    source: Source
    note: str

    @property
    def strong(self) -> bool:
        """Whether it may be a target at all, and not only a sign or a bound: its source is
        official, reviewed, or press."""
        return self.source.grade in STRONG

    @property
    def complete(self) -> bool:
        """Whether place, year and of whom or what stand in what was read."""
        return bool(self.place and self.year and self.of_whom)

    @property
    def number(self) -> float | None:
        """The value where it is one number, else None."""
        return _number(self.value)


class Register(NamedTuple):
    """All sources and all figures, by id."""

    sources: Mapping[str, Source]
    figures: Mapping[str, Figure]

    def of_source(self, source: str) -> list[Figure]:
        """The figures read in one source."""
        return [figure for figure in self.figures.values() if figure.source.id == source]


@cache
def register() -> Register:
    """The register that ships with the package. EvidenceError, listing every
    problem, if an entry is wrong."""
    folder = files("sim") / "evidence"
    return read_register(
        (folder / "sources.csv").read_text(encoding="utf-8"),
        evidence_text(),
    )


def read_register(sources_text: str, figures_text: str) -> Register:
    """The register that two CSV texts hold. EvidenceError, listing every problem, if an entry is wrong."""
    source_rows, problems = _rows("sources.csv", sources_text, SOURCE_COLUMNS, _SOURCE_ID)
    figure_rows, more = _rows("evidence.csv", figures_text, FIGURE_COLUMNS, _FIGURE_ID)
    problems += more
    for row in source_rows:
        if row["grade"] not in GRADES:
            place = f"sources.csv: {row['id']}: grade"
            problems.append(_instead(place, repr(row["grade"]), ", ".join(GRADES)))
    sources = {row["id"]: Source(**row) for row in source_rows}
    figures = {}
    for row in figure_rows:
        problems += _figure_problems(row, sources)
        if row["source_id"] in sources:
            plain = {key: row[key] for key in FIGURE_COLUMNS if key not in _NOT_PLAIN}
            figures[row["id"]] = Figure(
                **plain, low=_number(row["low"]), high=_number(row["high"]), source=sources[row["source_id"]]
            )
    unused = set(sources) - {figure.source.id for figure in figures.values()}
    problems += [message("evidence.unread", place=f"sources.csv: {name}") for name in sorted(unused)]
    if problems:
        raise EvidenceError(Later(lines, problems))
    return Register(sources, figures)


def _rows(
    name: str, text: str, columns: tuple[str, ...], pattern: re.Pattern[str]
) -> tuple[list[dict[str, str]], list[Message]]:
    """The rows of one file, and what is wrong with their shape and ids."""
    reader = csv.DictReader(text.splitlines(), strict=True)
    if tuple(reader.fieldnames or ()) != columns:
        raise EvidenceError(
            _instead(f"{name}: columns", ", ".join(reader.fieldnames or ()), ", ".join(columns))
        )
    rows, problems, seen = list[dict[str, str]](), list[Message](), set[str]()
    for number, row in enumerate(reader, 2):
        if None in row or None in row.values():
            line, found = message("evidence.line", file=name, line=number), message("evidence.fields")
            problems.append(_instead(line, found, str(len(columns))))
            continue
        key = row["id"]
        if not pattern.fullmatch(key):
            line = message("problem.at", file=message("evidence.line", file=name, line=number), key="id")
            problems.append(_instead(line, repr(key), pattern.pattern))
        if key in seen:
            problems.append(_instead(f"{name}: {key}", message("evidence.twice"), message("evidence.once")))
        seen.add(key)
        problems += [
            _instead(f"{name}: {key}: {column}", message("found.nothing"), message("allowed.text_not_empty"))
            for column in _empty(row, columns)
        ]
        rows.append(row)
    return rows, problems


def _instead(place: str | Message, found: str | Message, allowed: str | Message) -> Message:
    return message("problem.instead", place=place, found=found, allowed=allowed)


def _empty(row: Mapping[str, str], columns: Iterable[str]) -> list[str]:
    return [column for column in columns if column not in _MAY_BE_EMPTY and not row[column].strip()]


def _figure_problems(row: Mapping[str, str], sources: Mapping[str, Source]) -> list[Message]:
    name = f"evidence.csv: {row['id']}"
    source = sources.get(row["source_id"])
    if source is None:
        allowed = message("evidence.an_id", file="sources.csv")
        return [_instead(f"{name}: source_id", repr(row["source_id"]), allowed)]
    problems = []
    if row["source_title"] != source.title:
        allowed = message("evidence.title_of", title=repr(source.title), source=source.id)
        problems.append(_instead(f"{name}: source_title", repr(row["source_title"]), allowed))
    if row["read"] not in READINGS:
        problems.append(_instead(f"{name}: read", repr(row["read"]), ", ".join(READINGS)))
    bounds = {}
    for key in ("low", "high"):
        bounds[key] = _number(row[key])
        if row[key] and bounds[key] is None:
            problems.append(_instead(f"{name}: {key}", repr(row[key]), message("evidence.number_or_nothing")))
    known = [bound for bound in (bounds["low"], _number(row["value"]), bounds["high"]) if bound is not None]
    if known != sorted(known):
        found = f"{row['low']} / {row['value']} / {row['high']}"
        problems.append(_instead(f"{name}: value", found, "low ≤ value ≤ high"))
    return problems


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# what rests on each entry

PARAMETER, SETTING, MECHANISM, DEFAULT, FIGURE = "parameter", "setting", "mechanism", "default", "figure"
ORDINARY = "vicious_cycle"  # the scenario that the others extend
_TABLES: dict[str, type[BaseModel]] = {
    "types.*": EstateType,
    "city": CitySettings,
    "companies": CompanySettings,
    "government": GovernmentSettings,
}


@dataclass(frozen=True)
class Use:
    """Something that names an entry of the register (or "judgement"): its kind, where it stands,
    and how well it is known."""

    kind: str
    place: str
    source: str
    status: str = ""


def uses_of(entry: str) -> list[Use]:
    """Everything that names a figure, or any figure of a source, in the order parameters,
    interventions, defaults, scenarios."""
    names = names_of(entry)
    return [use for use in (*declared(), *stated()) if use.source in names]


def names_of(entry: str) -> set[str]:
    """The figures of a source, or the one that the entry is."""
    return {figure.id for figure in register().of_source(entry)} or {entry}


@cache
def declared() -> tuple[Use, ...]:
    """Every number that the package itself declares: parameters, settings and mechanisms of
    interventions, scenario defaults."""
    return tuple(_declared())


def _declared() -> Iterator[Use]:
    for key, parameter in PARAMETERS.items():
        yield Use(PARAMETER, key, parameter.source, parameter.status)
    for kind in describe.kinds():
        description = describe.describe(kind, users={})  # which scenarios use it is not asked here
        for setting in description.settings:
            yield Use(SETTING, f"{kind}.{setting.key}", setting.source)
        for row in description.evidence:
            yield Use(MECHANISM, kind, row.id)
    for place, table in _TABLES.items():
        for key, source in _sources_in(table):
            yield Use(DEFAULT, f"{place}.{key}", source)


def _sources_in(table: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for key, field in table.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "source" in extra:
            yield key, str(extra["source"])


def stated() -> list[Use]:
    """Every figure that a scenario states, of all scenarios that can be loaded; those of the
    ordinary city are not repeated."""
    ordinary = loadable().get(ORDINARY)
    common = {
        (figure.key, figure.evidence, figure.status) for figure in (ordinary.figures if ordinary else ())
    }
    uses: list[Use] = []
    for name, scenario in loadable().items():
        own = [
            figure
            for figure in scenario.figures
            if name == ORDINARY or (figure.key, figure.evidence, figure.status) not in common
        ]
        uses += [
            Use(FIGURE, f"{name}: {figure.called()}", figure.evidence or JUDGEMENT, figure.status)
            for figure in own
        ]
    return uses


@cache
def loadable() -> dict[str, Scenario]:
    """The scenarios that are in order, by name; a user's file that is not is no reason to say nothing."""
    loadable = {}
    for name in list_scenarios():
        try:
            loadable[name] = load(name)
        except ScenarioError:
            continue
    return loadable


@cache
def priors() -> dict[str, str]:
    """Figures that a number of the model leans on, with one place each: parameters, settings, defaults, and
    inputs of the scenarios that ship. A scenario's figure whose role is that of an outcome
    or a target is no input.
    """
    leaned = [use for use in declared() if use.kind != MECHANISM]
    for path in _shipped():
        leaned += [
            Use(FIGURE, f"{path.stem}: {figure.key}", figure.evidence, figure.status)
            for figure in load(path).figures
            if figure.evidence and figure.role is None
        ]
    return {use.source: use.place for use in reversed(leaned) if use.source in register().figures}


def _shipped() -> list[Path]:
    """The files of the scenarios that ship: a user's own scenario is nothing that the model leans on."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "_scenarios", package.parent / "scenarios")
    return sorted(path for folder in folders if folder.is_dir() for path in folder.glob("*.toml"))


def set_by_scenarios(key: str) -> list[tuple[str, float]]:
    """Scenarios that give a parameter another value than its default, with that value."""
    default = PARAMETERS[key].default
    values = {name: scenario.parameter_values().get(key, default) for name, scenario in loadable().items()}
    return [(name, value) for name, value in values.items() if value != default]


def find_entry(name: str) -> tuple[str, Any]:
    """What a name stands for: ("parameter", Parameter), ("figure", Figure) or ("source", Source).

    ScenarioError, with the nearest name, for one that stands for nothing.
    """
    key, written = name.removeprefix("parameters."), name[:1].upper() + name[1:].lower()
    if key in PARAMETERS:
        return PARAMETER, PARAMETERS[key]
    held = register()
    if written in held.figures:
        return FIGURE, held.figures[written]
    if written in held.sources:
        return "source", held.sources[written]
    known = [*PARAMETERS, *held.figures, *held.sources]
    raise ScenarioError(
        [
            Problem(
                "estate evidence",
                "",
                repr(name),
                message("evidence.entry"),
                nearest(name, known),
            )
        ]
    )
