"""Rewrite a file of an earlier format as one of today: comments, order and everything that it says stay."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import ScenarioError
from sim.experiments.ensemble import format_line
from sim.experiments.study_file import COMMAND
from sim.problems import Problem
from sim.scenario.formats import (
    CHANGES,
    FIRST,
    FORMAT,
    KEY,
    Change,
    FormatKind,
    changes_in,
    format_of,
    other_parameters,
    other_settings,
    refuse_lost,
)
from sim.scenario.loading import find, read_toml, text_of
from sim.scenario.tables import MechanismSettings
from sim.text import message

MECHANISMS = "mechanisms"
SPIN_UP = "spin_up"  # nothing did in the first format, and every shipped city does
PROGRAMMES = ("interventions", "add_interventions")
Place = tuple[str | int, ...]
ENSEMBLE_SUFFIX = ".csv"
# By which of its keys the tables of a file are told to be what they are, the first that fits.
MARKS: tuple[tuple[FormatKind, tuple[str, ...]], ...] = (
    ("question", (COMMAND,)),
    ("study", ("design",)),
    ("menu", ("menu",)),
    ("scenario", ("extends", "city", "types")),
)


class Migrated(NamedTuple):
    """A file as it is to be: its kind and old format, old and new text, and the names that changed."""

    file: Path
    kind: FormatKind
    was: int
    before: str
    after: str
    renamed: tuple[Change, ...]
    kept: tuple[str, ...]

    def line_changes(self) -> list[tuple[str, int, str]]:
        """What is otherwise, line by line: "-" or "+", the number of the line in the old or new text, and
        what stands there."""
        old, new = self.before.splitlines(), self.after.splitlines()
        told = []
        for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if what != "equal":
                told += [("-", number + 1, old[number]) for number in range(start, end)]
                told += [("+", number + 1, new[number]) for number in range(first, last)]
        return told


def migrated(file: Path, keep_world: bool = False, changes: Sequence[Change] = CHANGES) -> Migrated:
    """What a file is in the format of today; nothing is written.

    keep_world: a scenario switches off every rule of the model's second version, states every default of the
    first format that is another today, and does not spin up where what it extends does, but for what it (or a
    file of the first format that it extends) names. ScenarioError for a file that cannot be read, is none of
    these kinds, is of a later format, or holds a name that nothing has replaced.
    """
    text = text_of(file, message("formats.readable"))
    if file.suffix == ENSEMBLE_SUFFIX:
        return _ensemble(file, text)
    data = read_toml(file)
    kind = _kind_of(data, file)
    was = format_of(data, str(file))
    found = changes_in(data, kind, changes)
    refuse_lost(data, found, str(file))
    kept = _unnamed(file, data) if keep_world and kind == "scenario" else {}
    after = _rewritten(text, data, was, found, kept)
    return Migrated(
        file, kind, was, text, after, tuple(found), tuple(".".join(map(str, key)) for key in kept)
    )


def _ensemble(file: Path, text: str) -> Migrated:
    """One that `estate calibrate` made has its format in the manifest beside it, and stays as it is."""
    line = format_line(text)
    stated = line.partition("=")[2].strip()
    was = format_of({KEY: int(stated) if stated.isdecimal() else stated}, str(file)) if line else FIRST
    if file.with_suffix(".json").is_file() or was == FORMAT:
        return Migrated(file, "ensemble", FORMAT, text, text, (), ())
    end = "\r\n" if "\r\n" in text else "\n"
    rest = text.removeprefix(line) if line else end + text
    return Migrated(file, "ensemble", was, text, f"# {KEY} = {FORMAT}{rest}", (), ())


def _kind_of(data: Mapping[str, Any], file: Path) -> FormatKind:
    for kind, keys in MARKS:
        if any(key in data for key in keys):
            return kind
    found = message("formats.no_kind")
    raise ScenarioError([Problem(str(file), "", found, message("formats.readable"))])


def _unnamed(file: Path, data: Mapping[str, Any]) -> dict[Place, bool | float]:
    """What a scenario leaves to the format and meant something else in the first one: by its place, with what
    it meant. What a file of the first format that it extends names is left to that."""
    stated = [data]
    of_today: list[Mapping[str, Any]] = []
    seen = {file.resolve()}
    above, at = data, file
    while isinstance(base := above.get("extends"), str):
        at = find(base, beside=at.parent)
        if at.resolve() in seen:
            break
        seen.add(at.resolve())
        above = read_toml(at)
        (stated if format_of(above, str(at)) < FORMAT else of_today).append(above)
    meant: dict[Place, bool | float] = {(MECHANISMS, name): False for name in MechanismSettings.model_fields}
    meant |= {("parameters", *key.split(".", 1)): value for key, value in other_parameters().items()}
    if any(SPIN_UP in one for one in of_today):
        meant[SPIN_UP,] = 0
    left = {key: was for key, was in meant.items() if not any(_states(one, key) for one in stated)}
    for table in PROGRAMMES:
        for number, programme in enumerate(data.get(table, ())):
            settings = other_settings(str(programme.get("kind")))
            left |= {(table, number, name): was for name, was in settings.items() if name not in programme}
    return left


def _states(data: Mapping[str, Any], place: Place) -> bool:
    inside: Any = data
    for part in place:
        if not isinstance(inside, Mapping) or part not in inside:
            return False
        inside = inside[part]
    return True


def _rewritten(
    text: str,
    data: Mapping[str, Any],
    was: int,
    found: Sequence[Change],
    kept: Mapping[Place, bool | float],
) -> str:
    """The text with the changes made in it. AssertionError, a defect, if it then said anything else."""
    if was == FORMAT and not found and not kept:
        return text
    import tomlkit

    document = tomlkit.parse(text)
    expected: dict[str, Any] = copy.deepcopy(dict(data))
    if KEY in document:
        document[KEY] = FORMAT
    for change in found:
        where: Any = document
        for part in change.place.split("."):
            where = where[part]
        if isinstance(where, list):
            for number, entry in enumerate(where):
                if entry == change.old:
                    where[number] = change.new
        else:
            body = where.value.body  # of keys and values in the order of the file, with what is between them
            for number, (key, item) in enumerate(body):
                if key is not None and key.key == change.old:
                    body[number] = (tomlkit.key(str(change.new)), item)
        _expect(expected, change)
    for place, value in kept.items():
        _state(document, place, value)
        inside: Any = expected
        for step in place[:-1]:
            inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside[step]
        inside[place[-1]] = value
    after = tomlkit.dumps(document)
    if KEY not in document:
        after = _with_format(after)
    if text.count("\n") == text.count("\r\n"):
        after = re.sub(r"(?<!\r)\n", "\r\n", after) if "\n" in text else after
    expected[KEY] = FORMAT
    said = tomllib.loads(after)
    said.pop("$schema", None)
    assert said == expected, "a migrated file says something else than was meant"
    return after


def _expect(expected: dict[str, Any], change: Change) -> None:
    *outer, last = change.place.split(".")
    for part in outer:
        expected = expected[part]
    inside = expected[last]
    if isinstance(inside, list):
        expected[last] = [change.new if one == change.old else one for one in inside]
    else:
        expected[last] = {change.new if one == change.old else one: kept for one, kept in inside.items()}


def _state(document: Any, place: Place, value: bool | float) -> None:
    """Add a key to the table at a place, which is made where there is none, before the blank lines and
    comments at the table's end."""
    import tomlkit
    from tomlkit.items import Comment, Table, Whitespace

    inside = document
    for number, part in enumerate(place[:-1]):
        if not isinstance(part, int) and part not in inside:
            is_last = number == len(place) - 2
            inside[part] = tomlkit.table(is_super_table=not is_last)
        inside = inside[part]
    end = []
    if isinstance(inside, Table):
        body = inside.value.body
        while body and isinstance(body[-1][1], Whitespace | Comment):
            end.append(body.pop())
    inside[place[-1]] = value
    if end:
        inside.value.body.extend(reversed(end))


def _with_format(text: str) -> str:
    """The text with the key as its first, after the comments and blank lines at its head."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    first = next(
        (number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")),
        len(lines),
    )
    begins_table = first < len(lines) and lines[first].lstrip().startswith("[")
    added = f"{KEY} = {FORMAT}{end}" + (end if begins_table else "")
    return "".join((*lines[:first], added, *lines[first:]))
