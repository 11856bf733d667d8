"""The evidence register: figures that were reported (evidence.csv), and the documents they were read in (sources.csv)."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from sim.errors import EvidenceError
from sim.text import Family, Message, message

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
# Grades of the evidence list that figures come from: A (official or reviewed), B (press), C (relayed, or ours).
STRONG = ("official", "peer_reviewed", "press")
_MAY_BE_EMPTY = ("weakness", "low", "high", "place", "year", "of_whom", "note")
_FIGURE_ID = re.compile(r"[SPTNI]\d{3}[a-z]?")
_NOT_PLAIN = ("low", "high", "source_id", "source_title")
_SOURCE_ID = re.compile(r"D\d{2,3}")


@dataclass(frozen=True)
class Source:
    """A document: what it is, the place it speaks of, year ("n.d." if it states none), grade, where it was read, its weakness."""

    id: str
    title: str
    place: str
    year: str
    grade: str
    where: str
    weakness: str


@dataclass(frozen=True)
class Figure:
    """One thing that a source states. `value` is as stated (a number, several with slashes, "sign"); low and high bound it.

    `place`, `year` and `of_whom` (whom or what was counted) hold only what stands in what was read; what we infer is in the
    note. `read` is how it was read (READINGS). `group` is the city, or the series of surveys, that is held out as one.
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
        """Whether it may be a target at all, and not only a sign or a bound: its source is official, reviewed, or press."""
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
    """The register that ships with the package. EvidenceError, listing every problem, if an entry is wrong."""
    folder = files("sim") / "evidence"
    return read_register(
        (folder / "sources.csv").read_text(encoding="utf-8"),
        (folder / "evidence.csv").read_text(encoding="utf-8"),
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
        raise EvidenceError("\n".join(map(str, problems)))
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
