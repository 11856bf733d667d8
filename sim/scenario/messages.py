"""Say what is wrong with a scenario: every finding of pydantic becomes a Problem with key,
value, range and a guess."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any, Literal

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from sim.model.parameters import PARAMETERS
from sim.problems import Problem, nearest, one_of
from sim.scenario.declaring import Declared
from sim.scenario.fields import Table, Wording
from sim.scenario.programme import PROGRAMMES, Programme, read_programme
from sim.scenario.schema import range_text
from sim.scenario.tables import Figure
from sim.text import Message, message
from sim.text.figures import unit_message
from sim.text.foreign import parser_says

Location = tuple[str | int, ...]
KINDS = {
    int: message("allowed.integer"),
    float: message("allowed.number"),
    bool: message("allowed.truth"),
}
SCALARS = {int, float, bool, str}
FIGURE_VALUE = Figure.model_fields["value"].annotation
UNKNOWN_KEY = message("found.unknown_key")
# Keys that a file may have at its top although no resolved scenario has them.
FILE_KEYS = ("format", "extends", "without", "add_interventions", "change_interventions", "add_figures")
PATTERN_WORDS = message("allowed.name_pattern")


def problems_of(
    error: ValidationError, root: type[Table], data: Any, file_of: Callable[[Location], str]
) -> list[Problem]:
    """Every problem in a validation error of `root`, with the file that `file_of`
    gives for each place in `data`."""
    problems = []
    for line in error.errors():
        if line["type"] == "too_short" and len(line["input"]) >= line["ctx"]["min_length"]:
            continue  # long enough: entries that are wrong themselves were not counted
        place = _place_in(
            data, tuple(part for part in line["loc"] if part != "[key]"), line["type"] == "missing"
        )
        if line["type"] == "rules":
            for part in line["ctx"]["problems"]:
                inner: Location = place + tuple(_parts(part.key))
                key = dotted(inner, data)
                problems.append(Problem(file_of(inner), key, part.found, part.allowed, part.nearest))
            continue
        problems.append(_plain_problem(line, place, root, data, file_of))
    # Unknown keys first: a misspelt key is often the reason for one that seems to be missing.
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.found != UNKNOWN_KEY)


Declared.told_by = staticmethod(problems_of)


def programme_problems(data: dict[str, Any]) -> list[Problem]:
    """Everything wrong with the table of a programme whose `kind` is known, by key of the
    table and without a file."""
    try:
        read_programme(data)
    except ValidationError as error:
        return problems_of(error, PROGRAMMES[data["kind"]], data, lambda place: "")
    return []


def _place_in(data: Any, place: Location, missing: bool) -> Location:
    """The part of a place that exists in the data (but for a `missing` key): pydantic adds the
    names of a union's members to it."""
    for depth, part in enumerate(place):
        holder = value_at(data, place[:depth])
        listed = isinstance(holder, list | tuple) and isinstance(part, int)
        inside = listed or (isinstance(holder, dict) and part in holder)
        if not inside and not (missing and isinstance(holder, dict) and depth == len(place) - 1):
            return place[:depth]
    return place


def _plain_problem(
    line: Any, place: Location, root: type[Table], data: Any, file_of: Callable[[Location], str]
) -> Problem:
    found: str | Message = shown(line["input"])
    allowed: str | Message
    guess = ""
    annotation, field = at_location(root, place, data)
    if line["type"] == "extra_forbidden":
        holder, _ = at_location(root, place[:-1], data)
        known = sorted(model.keys()) if (model := _table_at(holder, place[:-1], data)) else []
        known += FILE_KEYS if len(place) == 1 and "interventions" in known else ()
        guess = nearest(place[-1], known)
        found, allowed = UNKNOWN_KEY, message("allowed.keys", names=", ".join(known))
    elif line["type"] == "missing":
        found, allowed = message("found.nothing"), allowed_text(annotation, field)
    else:
        parameter = PARAMETERS.get(".".join(map(str, place[1:]))) if place[:1] == ("parameters",) else None
        allowed = range_text(parameter) if parameter else allowed_text(annotation, field)
        if line["loc"] and line["loc"][-1] == "[key]":
            found = message("found.key", key=repr(line["input"]))
            holder, _ = at_location(root, place[:-1], data)
            keys = typing.get_args(strip(holder))[0]
            choices = [str(choice) for choice in choices_in(keys)]
            allowed = message("allowed.keys", names=", ".join(choices)) if choices else PATTERN_WORDS
            guess = nearest(line["input"], choices)
        elif isinstance(line["input"], str):
            guess = nearest(line["input"], [str(choice) for choice in choices_in(annotation)])
    return Problem(file_of(place), dotted(place, data), found, allowed, guess)


def _parts(key: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in key.split(".") if part]


def dotted(place: Sequence[str | int], data: Any) -> str:
    """A place in the data as a dotted key; an intervention is called by its name, a figure by its key,
    other entries by number."""
    words = []
    for depth, part in enumerate(place):
        inside = value_at(data, place[: depth + 1])
        if depth == 1 and place[0] == "interventions" and isinstance(inside, dict):
            words.append(str(inside.get("name", inside.get("kind", part))))
        elif depth == 1 and place[0] == "figures" and isinstance(inside, dict) and "key" in inside:
            # its number among the resolved figures is nowhere in the file of who adds one
            words.append(quoted(inside["key"]))
        else:
            words.append(str(part))
    return ".".join(words)


def quoted(key: Any) -> str:
    """A key as a file would write it, in quotation marks where it has dots of its own."""
    return str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else f'"{key}"'


def value_at(data: Any, place: Sequence[str | int]) -> Any:
    """What stands at a place in the data; None where nothing does."""
    for part in place:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def shown(value: Any) -> str | Message:
    """A value as a scenario file would write it, cut where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return message("found.table")
    if isinstance(value, list | tuple):
        return message("found.list", count=len(value)) if len(value) else message("found.empty_list")
    text = str(value) if isinstance(value, date | time) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def at_location(root: Any, place: Sequence[str | int], data: Any) -> tuple[Any, FieldInfo | None]:
    """The declared type at a place of the schema, and the field that declares it (None
    inside dicts and lists)."""
    annotation: Any = root
    field: FieldInfo | None = None
    for depth, part in enumerate(place):
        plain = strip(annotation)
        model = _table_at(annotation, place[:depth], data)
        field = None
        if model is not None:
            field = model.model_fields.get(str(part))
            annotation = field.annotation if field else Any
            continue
        arguments = typing.get_args(plain)
        annotation = (
            (arguments[1] if typing.get_origin(plain) is dict else arguments[0]) if arguments else Any
        )
        carried = typing.get_args(annotation)
        if typing.get_origin(annotation) is typing.Annotated:
            field = next((extra for extra in carried[1:] if isinstance(extra, FieldInfo)), None)
    return annotation, field


def _table_at(annotation: Any, place: Sequence[str | int], data: Any) -> type[Table] | None:
    """The table declared at a place; for a programme the table of the kind that the data there states."""
    model = table_in(annotation)
    if model is None or not issubclass(model, Programme):
        return model
    kind = value_at(data, [*place, "kind"])
    return PROGRAMMES.get(kind, model) if isinstance(kind, str) else model


def strip(annotation: Any) -> Any:
    """A type without `Annotated` and without `| None`."""
    if typing.get_origin(annotation) is typing.Annotated:
        return strip(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return strip(rest[0]) if len(rest) == 1 else annotation
    return annotation


def table_in(annotation: Any) -> type[Table] | None:
    """The table that a declared type stands for, or None."""
    plain = strip(annotation)
    return plain if isinstance(plain, type) and issubclass(plain, Table) else None


def choices_in(annotation: Any) -> tuple[Any, ...]:
    """The values that a Literal type lists, else nothing."""
    plain = strip(annotation)
    return typing.get_args(plain) if typing.get_origin(plain) is Literal else ()


def allowed_text(annotation: Any, field: FieldInfo | None) -> Message:
    """What a field accepts, in words: its type, range and unit."""
    plain = strip(annotation)
    if choices := choices_in(plain):
        return one_of(str(choice) for choice in choices)
    if model := table_in(plain):
        return message("allowed.table_with_keys", names=", ".join(model.keys()))
    if typing.get_origin(plain) is tuple:
        return message("allowed.list")
    if typing.get_origin(plain) is dict:
        required = field is not None and field.is_required()
        return message("allowed.table_not_empty") if required else message("allowed.table")
    if plain is str:
        return PATTERN_WORDS if _bound(field, "pattern") else message("allowed.text_not_empty")
    if set(typing.get_args(plain)) == SCALARS:
        return message("allowed.scalar")
    if annotation == FIGURE_VALUE:
        return message("allowed.number_or_text", names=", ".join(Wording.keys()))
    text = KINDS.get(plain) or message("allowed.other")
    low, high = _bound(field, "ge"), _bound(field, "le")
    if low is not None and high is not None:
        text = message("allowed.range", what=text, low=number_text(low), high=number_text(high))
    elif low is not None:
        text = message("allowed.at_least", what=text, low=number_text(low))
    extra = field.json_schema_extra if field is not None else None
    unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
    return message("allowed.in_unit", what=text, unit=unit_message(unit)) if unit else text


def number_text(number: float) -> str:
    """A number without exponent where it is whole."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _bound(field: FieldInfo | None, name: str) -> Any:
    """A constraint of a field, which pydantic keeps among its metadata."""
    for entry in field.metadata if field is not None else ():
        value = getattr(entry, name, None)
        if value is not None:
            return value
    return None


# what is no TOML

# How the parser begins what it says of a key or a table that was there before.
TWICE = (
    "Cannot overwrite a value",
    "Cannot declare",
    "Duplicate inline table key",
    "Cannot mutate immutable",
)
_KEY = re.compile(r"\s*([\w.\"'-][\w.\"' -]*?)\s*=")
_TABLE = re.compile(r"\s*\[+\s*([\w.\"' -]+?)\s*\]+\s*(?:#.*)?$")


def _key_at(lines: list[str]) -> str:
    """The key that the last of these lines of a TOML file gives a value, after that of its table;
    or the table that it begins."""
    key = ""
    for line in reversed(lines):
        if table := _TABLE.match(line):
            return f"{table.group(1)}.{key}" if key else table.group(1)
        if not key and (found := _KEY.match(line)):
            key = found.group(1)
    return key


def syntax_problem(file: str, written: str, error: tomllib.TOMLDecodeError) -> Problem:
    """A syntax error as a problem at its line; the parser says the line in its text only."""
    text = str(error)
    position = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", text)
    what = text[: position.start()].strip() if position else text
    if position and position.group(1):
        place = message("scenario.file.line", line=position.group(1), column=position.group(2))
        if what.startswith(TWICE):
            key = _key_at(written.split("\n")[: int(position.group(1))])
            found = message("scenario.file.twice", key=key)
            return Problem(file, place, found, message("scenario.file.once"))
        return Problem(file, place, parser_says(what), message("allowed.toml"))
    return Problem(file, message("scenario.file.end"), parser_says(what), message("allowed.toml"))
