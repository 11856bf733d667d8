"""Where a scenario's numbers come from: the ids of the evidence register, and which figures still
stand when a value changes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sim.model.parameters import PARAMETERS
from sim.text import message
from sim.text.catalog import by_language

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

# What readers are told and no figure backs.
_NOT_BACKED = frozenset({"name", "title", "description", "figures"})
_HOW_LONG = frozenset(
    {"seed", "months"}
)  # which draw of a city is run and for how long: no figure is about that
_TABLE = "–"  # in place of a value: what the figure told of is a table, or a pattern over several keys

Path = tuple[str, ...]
Asked = Callable[[Path], bool]


def evidence_text() -> str:
    """The evidence register as it ships, which `sim.evidence.register` reads strictly and
    lists what is wrong with."""
    return (files("sim") / "evidence" / "evidence.csv").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def evidence_rows() -> dict[str, dict[str, str]]:
    """The rows of the evidence register by their ids, as they are written; for who shows them and
    may not import the register."""
    return {row["id"]: row for row in csv.DictReader(evidence_text().splitlines())}


@lru_cache(maxsize=1)
def evidence_ids() -> frozenset[str]:
    """All ids of `sim/evidence/evidence.csv`."""
    return frozenset(evidence_rows())


def restated(figures: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
    """`figures` (tables of a scenario file) as they stand when the data `before` has become `after`; they
    are not changed in place.

    A figure backs a number: where the number is another one now, the figure says so, is assumed, and names no
    source; where the key is gone, so is the figure. A key may be a pattern (`types.*.modes`) or name a table,
    which changes with anything in it. A derived figure whose `about` names what it was derived from says that
    its number is not derived any more where that is another. A figure whose key is free text (`pilots`) tells
    of the base's city: it stands as long as nothing that it may concern has changed, else it is gone. It may
    concern what its `about` names; without one, what lies in the table that its key begins with
    (`interventions.start`), or, where that is none, everything but the seed and the number of months. What
    is no list of tables is left for the check to refuse.
    """
    if not isinstance(figures, list) or not all(isinstance(figure, Mapping) for figure in figures):
        return figures
    changed = _changed(before, after)
    if not changed:
        return figures
    has_changed = _asked_of(changed)
    all_leaves = cache(lambda: dict(_leaves(after)))  # most changes touch no figure
    stand: list[Any] = []
    for figure in figures:
        key = _key(figure.get("key"))
        if not names_something(str(figure.get("key")), before, after):
            if not _may_concern(figure, changed, has_changed, before, after):
                stand.append(figure)
            continue
        if not has_changed(key):
            stand.append(_not_derived(figure) if any(map(has_changed, _about(figure))) else figure)
            continue
        values = [value for path, value in all_leaves().items() if _within(path, key)]
        if len(values) == 1 and values[0] == figure.get("value"):
            stand.append(figure)
        elif values:
            meant = _number_meant(key, all_leaves())
            stand.append(_set_here(figure, _TABLE if meant is None else meant))
    return stand


def contradictions(scenario: Scenario) -> list[tuple[int, str, float, float]]:
    """Figures that state another number than the scenario has at their key: index among the figures, key, the
    number stated, and the scenario's.

    A figure with a role tells of an outcome or a target and not of a setting; one whose key names several
    values, or a table, states no single number.
    """
    stating = [
        (index, figure.key, float(figure.value))
        for index, figure in enumerate(scenario.figures)
        if figure.role is None and isinstance(figure.value, int | float)
    ]
    if not stating:
        return []
    values = dict(_leaves(scenario.model_dump(mode="json", exclude={"figures"})))
    numbers = [(index, key, stated, _number_meant(_key(key), values)) for index, key, stated in stating]
    return [
        (index, key, stated, float(number))
        for index, key, stated, number in numbers
        if isinstance(number, int | float) and not isinstance(number, bool) and number != stated
    ]


def _number_meant(key: Path, values: Mapping[Path, Any]) -> Any:
    """What a scenario has at a figure's key: its own value, or the default of a parameter that it leaves
    alone (named with or without its first part)."""
    short = key[1:] if key[0] == "parameters" else key
    parameter = PARAMETERS.get(".".join(short))
    default = None if parameter is None else parameter.default
    return values.get(key, values.get(("parameters", *short), default))


def names_something(key: str, *data: Mapping[str, Any]) -> bool:
    """Whether a figure's key names a value of one of these data of a scenario, or a parameter,
    rather than being free text."""
    place = _key(key)
    parameter = ".".join(place[1:] if place[0] == "parameters" else place)
    return parameter in PARAMETERS or any(
        _holds(one, place) or _holds(one.get("parameters", {}), place, ("parameters",)) for one in data
    )


def _holds(data: Any, key: Path, path: Path = ()) -> bool:
    """Whether some value lies at or under what a key names in the data at a path."""
    parts = _parts(data, path)
    if parts is None:
        return not key
    return any(
        (not key or _is_named(name, key[0])) and _holds(part, key[1:], (*path, name)) for name, part in parts
    )


def _may_concern(
    figure: Mapping[str, Any], changed: set[Path], has_changed: Asked, *data: Mapping[str, Any]
) -> bool:
    """Whether a figure with a free key may be about one of the values that have changed; see `restated`."""
    key, about = _key(figure.get("key")), _about(figure)
    if about:
        return any(map(has_changed, about))
    if len(key) > 1 and any(key[0] in one for one in data):
        return any(path[0] == key[0] for path in changed)
    return any(path[0] not in _HOW_LONG for path in changed)


def _about(figure: Mapping[str, Any]) -> list[Path]:
    """The keys that a figure says it is about."""
    about = figure.get("about")
    return [_key(one) for one in about] if isinstance(about, Sequence) and not isinstance(about, str) else []


def _not_derived(figure: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a derived figure whose base is another now: key, unit and
    number, and that it has no source."""
    kept = {name: figure[name] for name in ("key", "value", "unit") if name in figure}
    return kept | {"status": "assumed", "note": by_language(message("scenario.figure.base_changed"))}


def _set_here(figure: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """What is left of a figure whose number was set to another value: key and unit, the
    number, and that it has no source."""
    shown = value if _is_number(value) else str(value) if isinstance(value, str | bool) else _TABLE
    kept = {name: figure[name] for name in ("key", "unit") if name in figure and shown != _TABLE}
    note = by_language(message("scenario.figure.set_here"))
    return {"key": figure["key"]} | kept | {"value": shown, "status": "assumed", "note": note}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[Path]:
    """The places of all values that are in one of the two only, or are not the same in both."""
    missing = object()
    # Most tables are the same as before: only the others are walked through.
    tables = {
        key
        for key in before.keys() | after.keys()
        if key not in _NOT_BACKED and before.get(key, missing) != after.get(key, missing)
    }
    first, second = (
        dict(_leaves({key: data[key] for key in tables if key in data})) for data in (before, after)
    )
    return {
        path
        for path in first.keys() | second.keys()
        if first.get(path, missing) != second.get(path, missing) and path[:2] != ("city", "regions")
    }


def _leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a scenario's data with its place; a programme's place is its
    name, as dotted keys have it."""
    parts = _parts(data, path)
    if parts is None:
        yield path, data
        return
    for name, part in parts:
        yield from _leaves(part, (*path, name))


def _parts(data: Any, path: Path) -> list[tuple[str, Any]] | None:
    """The parts of a table, or of the list of programmes, with their names; None for a value."""
    if isinstance(data, str | int | float):
        return None
    if isinstance(data, Mapping):
        return [(str(key), value) for key, value in data.items()]
    if path == ("interventions",) and isinstance(data, Sequence):
        return [(_programme(one, index), one) for index, one in enumerate(data)]
    return None


def _programme(table: Any, index: int) -> str:
    """What dotted keys call a programme: its name, else its kind, as the check fills it in."""
    found = (table.get("name") or table.get("kind")) if isinstance(table, Mapping) else None
    return str(found or index)


def _key(written: Any) -> Path:
    """The key of a figure as a place; parameters may be written without their first part."""
    return tuple(str(written).split("."))


def _asked_of(paths: set[Path]) -> Asked:
    """Tells of a key whether it names one of these places, or a table that one of them lies in."""
    tables = {path[:end] for path in paths for end in range(1, len(path) + 1)}
    tables |= {path[1:] for path in tables if path[0] == "parameters"}

    def asked(key: Path) -> bool:
        # A study asks for each figure at each of its points, whose changes are many; few keys are patterns.
        return key in tables or (any(map(_is_pattern, key)) and any(_within(path, key) for path in paths))

    return asked


def _within(path: Path, key: Path) -> bool:
    """Whether a value's place is what a key names, or lies in it."""
    return _begins(path, key) or (path[0] == "parameters" and _begins(path[1:], key))


def _begins(path: Path, key: Path) -> bool:
    return len(path) >= len(key) and all(map(_is_named, path, key))


def _is_named(name: str, part: str) -> bool:
    """Whether a part of a key, which may be a pattern, names this."""
    return fnmatchcase(name, part) if _is_pattern(part) else name == part


@lru_cache(maxsize=4096)
def _is_pattern(part: str) -> bool:
    return any(mark in part for mark in "*?[")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
