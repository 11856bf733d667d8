"""Other scenarios made of one: single values changed by dotted key (`--set`, factors of a
study), other programmes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.arguments import truth
from sim.errors import EstateError, ScenarioError
from sim.model.parameters import PARAMETERS
from sim.problems import Problem, kind_of, nearest
from sim.scenario.estate_rows import EstateRows
from sim.scenario.fields import Wording
from sim.scenario.loading import ESTATES, check, load, with_table
from sim.scenario.merging import ALTERNATIVES, WORDINGS, Origins
from sim.scenario.messages import value_at
from sim.scenario.programme import Programme
from sim.scenario.schema import Scenario
from sim.scenario.sources import restated
from sim.scenario.writing import to_data
from sim.text import Message, in_language, languages, message, say
from sim.text.joins import listed

SOURCE = "--set"
TOLD = 3  # changes that a title names
NOT_TOLD = frozenset({"seed", "months", "name", "title", "description", "figures"})


def with_overrides(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """A checked copy of a scenario with values changed by dotted key; a value of None takes
    a key back to its default.

    `parameters.` may be left out, and an intervention is addressed by name (`interventions.award.start`).
    Setting count takes share away, and modes mode_counts, and the other way round. Raises a
    ScenarioError with every problem.
    """
    if not isinstance(scenario, Scenario):
        raise ScenarioError([Problem(SOURCE, "", kind_of(scenario), message("allowed.scenario"))])
    if not isinstance(overrides, Mapping):
        raise ScenarioError([Problem(SOURCE, "", kind_of(overrides), message("allowed.settings"))])
    data = to_data(scenario)
    origins: Origins = {(): scenario.name}
    problems = []
    worded: dict[tuple[str | int, ...], set[str]] = {}
    for key, value in overrides.items():
        place = place_of(key, data)
        if isinstance(place, Problem):
            problems.append(place)
        elif (broken := _assign(data, place, _plain(value))) is not None:
            problems.append(Problem(SOURCE, key, broken, message("scenario.override.inside")))
        else:
            origins[place] = SOURCE
            if len(place) > 1 and place[-2] in WORDINGS and place[-1] in languages():
                worded.setdefault(place[:-1], set()).add(str(place[-1]))
    if problems:
        raise ScenarioError(problems)
    if (ESTATES, "table") in origins:
        data = _with_other_table(data, overrides)
    for place, given in worded.items():
        _only(data, place, given)
    if "figures" in data:
        data["figures"] = restated(data["figures"], to_data(scenario), data)
    return check(data, origins, scenario.name)


OF_TABLE = ("content", "past", "events")  # what a table says, and what happened in its estates


def _with_other_table(data: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Data of a scenario with the table that it names now, read from the working folder, and as many estates
    as that has."""
    given = {key: value for key, value in data[ESTATES].items() if key not in OF_TABLE}
    city = {
        key: value
        for key, value in data["city"].items()
        if key not in ("estates", "households") or f"city.{key}" in overrides
    }
    return with_table(data | {ESTATES: given, "city": city}, Path(), SOURCE)


def overridden(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """As `with_overrides`, for what a user sets: the title says which values are not those that it tells of.

    Seed and months are no such values, nor is one that was so before; an own title is left as it
    is. Raises a ScenarioError.
    """
    made = with_overrides(scenario, overrides)
    before, after = to_data(scenario), to_data(made)
    changed = [
        key
        for key in overrides
        if key.partition(".")[0] not in NOT_TOLD
        and (place := place_of(key, before))
        and not isinstance(place, Problem)
        and value_at(before, place) != value_at(after, place)
    ]
    if not changed or any(key.partition(".")[0] == "title" for key in overrides):
        return made
    told = {name: _changed_title(scenario, name, changed, overrides) for name in languages()}
    return made.model_copy(update={"title": Wording.model_validate(told)})


def with_arguments(scenario: Scenario, overrides: Mapping[str, Any], **arguments: int | None) -> Scenario:
    """As `overridden`, with arguments of a call (seed, months) over the overrides; a problem of one of
    them names the argument."""
    given = {name: value for name, value in arguments.items() if value is not None}
    changes = dict(overrides) | given
    try:
        return overridden(scenario, changes) if changes else scenario
    except ScenarioError as error:
        raise ScenarioError(
            replace(problem, file=problem.key, key="")
            if problem.file == SOURCE and problem.key in given
            else problem
            for problem in error.problems
        ) from None


def _changed_title(scenario: Scenario, lang: str, keys: list[str], overrides: Mapping[str, Any]) -> str:
    with in_language(lang):
        told = [
            key if isinstance(overrides[key], Mapping | list | tuple) else f"{key} = {overrides[key]}"
            for key in keys[:TOLD]
        ]
        changes, more = listed(told), len(keys) - TOLD
        title = scenario.title.in_language(lang)
        if more > 0:
            return say("scenario.overridden.title_and_more", title=title, changes=changes, more=more)
        return say("scenario.overridden.title", title=title, changes=changes)


def _only(data: Any, place: tuple[str | int, ...], given: set[str]) -> None:
    """Take the languages that were not given out of a text: they would still say what stood there before."""
    text = data
    for part in place:
        text = text[part]
    for name in text.keys() - given:
        del text[name]


def parse_setting(text: str) -> tuple[str, Any]:
    """Key and value of a text such as `city.estates=200`, the value in TOML syntax.

    A single bare word stands for a text (`withdrawal=tapered`), because shells take quotation marks away.
    """
    key, equals, written = text.partition("=")
    key, written = key.strip(), written.strip()
    if not equals or not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", key):
        raise ScenarioError([Problem(SOURCE, "", repr(text), message("scenario.override.form"))])
    try:
        table = tomllib.loads(f"value = {written}")
    except tomllib.TOMLDecodeError:
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", written):
            return key, written
        table = {}
    if set(table) != {"value"}:
        found = written or message("found.nothing")
        raise ScenarioError([Problem(SOURCE, key, found, message("scenario.override.value"))])
    return key, table["value"]


def place_of(key: str, data: dict[str, Any]) -> tuple[str | int, ...] | Problem:
    """Where a dotted key lies in the data of a scenario."""
    if not isinstance(key, str):
        return Problem(SOURCE, "", kind_of(key), message("allowed.dotted_key"))
    parts = key.split(".")
    if parts[0] not in Scenario.model_fields:
        in_a_group = key in PARAMETERS or any(known.startswith(f"{parts[0]}.") for known in PARAMETERS)
        if not in_a_group or len(parts) == 1:
            known = [*Scenario.model_fields, *PARAMETERS]
            found, allowed = message("found.unknown_key"), message("scenario.override.key")
            alike = [name for name in known if ("." in name) == ("." in key)]
            guess = nearest(key, alike) or nearest(parts[0], known)
            return Problem(SOURCE, key, found, allowed, guess)
        parts = ["parameters", *parts]
    if parts[0] != "interventions":
        return tuple(parts)
    names = [entry["name"] for entry in data.get("interventions", [])]
    if len(parts) < 3 or parts[1] not in names:
        listed = ", ".join(names) or message("scenario.override.no_names")
        allowed = message("scenario.override.intervention", names=listed)
        guess = nearest(parts[1], names) if len(parts) > 1 else ""
        return Problem(SOURCE, key, message("scenario.override.no_intervention"), allowed, guess)
    return ("interventions", names.index(parts[1]), *parts[2:])


def _assign(data: Any, place: tuple[str | int, ...], value: Any) -> Message | None:
    """Put a value at a place of the data, in place; what stands in the way is returned in words."""
    holder = data
    for part in place[:-1]:
        if isinstance(part, int):
            holder = holder[part]
            continue
        holder = holder.setdefault(part, {})
        if not isinstance(holder, dict | list):
            return message("scenario.override.no_keys", value=repr(holder), key=repr(part))
    if not isinstance(holder, dict):
        return message("scenario.override.list")
    last = str(place[-1])
    if value is None:
        holder.pop(last, None)
        return None
    holder.pop(ALTERNATIVES.get(last, ""), None)
    holder[last] = value
    return None


def _plain(value: Any) -> Any:
    """A NumPy number as the Python number it holds (a sampled design is made of them); several as a list."""
    if getattr(value, "size", None) == 1 and hasattr(value, "item"):
        return value.item()
    return value.tolist() if hasattr(value, "tolist") else value


def with_programmes(
    scenario: Scenario | str | Path,
    *programmes: Programme | Mapping[str, Any],
    name: str = "",
    keep: bool = True,
) -> Scenario:
    """A checked copy of a scenario with these programmes after its own, or instead of them (`keep` False;
    none: no programme at all).

    A programme is a table as in a scenario file, such as {"kind": "retrofit", "start": 13}, or an
    intervention already made.
    `name`: of the copy, by which comparisons call it (default: the same name). Raises EstateError.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    if not isinstance(name, str):
        raise ScenarioError([Problem(loaded.name, "name", kind_of(name), message("allowed.text_not_empty"))])
    data = to_data(loaded)
    own = data.get("interventions", []) if truth("keep", keep, EstateError) else []
    before = dict(data)
    data |= {
        "interventions": [*own, *(_table_of(one, loaded) for one in programmes)],
        "name": name or loaded.name,
    }
    if "figures" in data:
        data["figures"] = restated(data["figures"], before, data)
    return check(data, {(): loaded.name}, loaded.name)


def with_estates(scenario: Scenario, table: EstateRows, file: str, name: str = "") -> Scenario:
    """A checked copy of a scenario whose estates are exactly those of a table; `file` is what the table is
    called. ScenarioError where the table names types, places or companies that the scenario does not have.
    """
    data = to_data(scenario)
    before = dict(data)
    data["estates"] = {"table": file, "content": table.text}
    data["city"] = data["city"] | {"estates": table.size, "households": int(table.households.sum())}
    data["name"] = name or scenario.name
    if "figures" in data:
        data["figures"] = restated(data["figures"], before, data)
    return check(data, {(): scenario.name}, scenario.name)


def _table_of(programme: Programme | Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A programme as a table of a scenario file. ScenarioError for what is neither."""
    if not isinstance(programme, Programme | Mapping):
        allowed = message("allowed.programme")
        raise ScenarioError([Problem(scenario.name, "interventions", kind_of(programme), allowed)])
    if not isinstance(programme, Programme):
        return dict(programme)
    table: dict[str, Any] = to_data(scenario.model_copy(update={"interventions": (programme,)}))[
        "interventions"
    ][0]
    return table
