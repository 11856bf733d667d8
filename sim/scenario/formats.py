"""The format of files that people write (scenario, study, question, menu, ensemble): the key `format`, and
names that an earlier format had for what has another name now.

A file without the key is of the first format. What an earlier format called otherwise is read under the name
of today, and said; what there is no equivalent for, and a format that this version does not know, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from sim.errors import ScenarioError
from sim.model.parameters import PARAMETERS
from sim.notices import tell
from sim.problems import Problem
from sim.scenario.programme import load_programmes
from sim.scenario.tables import MechanismSettings
from sim.text import Message, message

FormatKind = Literal["scenario", "study", "question", "menu", "ensemble"]
KEY = "format"
FIRST = 1
FORMAT = 2  # from which on the rules of the model's second version hold unless a scenario switches them off


class Change(NamedTuple):
    """A name in files of one kind that is another since a format: an entry of the list, or a key of the
    table, at the dotted `place`; `new` is None where nothing has taken its place."""

    kind: FormatKind
    place: str
    old: str
    new: str | None
    since: int
    why: Message


def _outcome(old: str, new: str, why: str) -> Change:
    return Change("study", "outcomes", old, new, 2, message(f"formats.why.{why}"))


# Every name that files of version 0.1 could hold and that this version calls otherwise. No key of a scenario,
# no parameter and no setting of a programme has lost its name since.
CHANGES: tuple[Change, ...] = (
    _outcome("collection_rate_last_year", "collection_last_year", "collection"),
    *(
        _outcome(f"public_cost_{payer}", f"fiscal_spending_{payer}", "spending")
        for payer in ("city", "district", "street", "community", "state")
    ),
    _outcome("public_cost_state_owned", "state_owned_losses", "losses"),
)


def format_of(data: Mapping[str, Any], file: str) -> int:
    """The format that the tables of a file state; 1 where they state none.

    ScenarioError, with nothing else about the file, for what is no number of a format and for one that only a
    later version knows.
    """
    stated = data.get(KEY, FIRST)
    allowed = message("formats.known", first=FIRST, last=FORMAT)
    if not isinstance(stated, int) or isinstance(stated, bool) or stated < FIRST:
        raise ScenarioError([Problem(file, KEY, f"{stated!r:.60}", allowed)])
    if stated > FORMAT:
        raise ScenarioError([Problem(file, KEY, message("formats.newer", stated=stated), allowed)])
    return stated


def changes_in(
    data: Mapping[str, Any], kind: FormatKind, changes: Sequence[Change] = CHANGES
) -> list[Change]:
    """The changes that concern names which the tables of a file hold, whatever format they state."""
    return [one for one in changes if one.kind == kind and one.old in (value_of(data, one.place) or ())]


def of_today(
    data: dict[str, Any], kind: FormatKind, file: str, changes: Sequence[Change] = CHANGES
) -> dict[str, Any]:
    """The tables of a file without the key `format` and with the names of today, each of which is said once.

    ScenarioError for a format that cannot be, a name that nothing has replaced, and one that stands beside
    the name of today.
    """
    format_of(data, file)
    renamed = {key: value for key, value in data.items() if key != KEY}
    found = changes_in(renamed, kind, changes)
    refuse_lost(renamed, found, file)
    for one in found:
        renamed = _put(renamed, one.place.split("."), one)
    tell(
        message("formats.read_as", file=file, place=one.place, old=one.old, new=one.new, why=one.why)
        for one in found
    )
    return renamed


def refuse_lost(data: Mapping[str, Any], found: Sequence[Change], file: str) -> None:
    """ScenarioError for old names that have no name today, or whose name of today stands beside them."""
    problems = []
    for one in found:
        place = f"{one.place}.{one.old}"
        if one.new is None:
            problems.append(Problem(file, place, message("formats.gone", since=one.since), one.why))
        elif one.new in value_of(data, one.place):
            both = message("formats.both", new=one.new)
            problems.append(Problem(file, place, both, message("formats.one_of_them")))
    if problems:
        raise ScenarioError(problems)


def value_of(data: Any, place: str) -> Any:
    """The list or table at a dotted place; None where there is neither."""
    for part in place.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data if isinstance(data, list | Mapping) else None


def _put(data: dict[str, Any], place: Sequence[str], change: Change) -> dict[str, Any]:
    """A copy with the new name in place of the old one, where the old one stood."""
    first, *rest = place
    inside = data[first]
    if rest:
        return data | {first: _put(inside, rest, change)}
    if isinstance(inside, list):
        return data | {first: [change.new if entry == change.old else entry for entry in inside]}
    return data | {first: {change.new if key == change.old else key: kept for key, kept in inside.items()}}


def new_rules() -> tuple[str, ...]:
    """The rules that hold in a scenario which does not name them, and did not in the first format."""
    return tuple(name for name, field in MechanismSettings.model_fields.items() if field.default)


@cache
def _first_defaults() -> dict[str, dict[str, Any]]:
    """What parameters, and settings of programmes by kind, were where a file of the first format left them
    out; 0 for what was not there and did nothing."""
    text = (files("sim.scenario") / "defaults_of_format_1.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def other_parameters() -> dict[str, float]:
    """The parameters that have another default than in the first format, with the one of then."""
    then = _first_defaults()["parameters"]
    return {key: then[key] for key, now in PARAMETERS.items() if key in then and now.default != then[key]}


def other_settings(kind: str) -> dict[str, float]:
    """The settings of a kind of programme that have another default than in the first format, likewise."""
    model, then = load_programmes().get(kind), _first_defaults()["programmes"].get(kind, {})
    fields = {} if model is None else model.model_fields
    return {name: then[name] for name in then if name in fields and fields[name].default != then[name]}


def tell_new_rules(files: Sequence[str], named: Mapping[str, Any] | None) -> None:
    """Say of scenario files of the first format that rules of the second version hold in them, unless each
    of those is `named` (switched on or off) in one of the files."""
    held = [name for name in new_rules() if name not in (named or ())]
    if held:
        rules = ", ".join(held)
        tell(message("formats.new_rules", file=file, rules=rules, format=FORMAT) for file in files)
