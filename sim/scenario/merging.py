"""Lay one scenario's tables over another's, and remember which file each value came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.errors import ScenarioError
from sim.problems import Problem, nearest
from sim.text import message

Origins = dict[tuple[str | int, ...], str]

# These tables are one value each (a distribution): a variant that states one replaces it whole, because the
# entries it does not mention would otherwise stay and break the sum; or one text (WORDINGS; a name that is a
# table is one), of which another language would still be the old one.
WORDINGS = frozenset({"title", "description", "name"})
REPLACED_WHOLE = frozenset({"modes", "mode_counts"}) | WORDINGS
PROGRAMMES = "interventions"  # a list whose entries have names
# Two ways to say one thing: whichever the variant uses, the other one is no longer inherited.
ALTERNATIVES = {
    "count": "share",
    "share": "count",
    "modes": "mode_counts",
    "mode_counts": "modes",
    "at_least": "below",
    "below": "at_least",
}
# What is no longer inherited where the variant states the other: another city does not lie where that of its
# base lies.
GONE_WITH = ALTERNATIVES | {"regions": "name"}


def merge(base: Mapping[str, Any], variant: Mapping[str, Any]) -> dict[str, Any]:
    """`variant` laid over `base`: tables merge, lists and plain values replace;
    neither argument is changed."""
    merged = {key: value for key, value in base.items() if not _superseded(key, variant)}
    for key, value in variant.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict) and key not in REPLACED_WHOLE:
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def leave_out(base: Mapping[str, Any], keys: Any, file: str) -> dict[str, Any]:
    """`base` without what stands at these dotted keys, and without the figures that back it.

    Raises ScenarioError, with `file` as the place, for what is not a list of keys that `base` has.
    """
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ScenarioError([Problem(file, "without", repr(keys), message("scenario.without.keys"))])
    left = dict(base)
    for key in keys:
        left = _without_key(left, key.split("."), key, file)
    figures = left.get("figures")
    if keys and isinstance(figures, list):
        gone = tuple(f"{key}." for key in keys)
        left["figures"] = [
            f for f in figures if not (isinstance(f, dict) and f"{f.get('key')}.".startswith(gone))
        ]
    return left


def _without_key(table: Mapping[str, Any], path: list[str], key: str, file: str) -> dict[str, Any]:
    """A copy of `table` without the entry at `path`, which is the rest of the dotted `key`."""
    first, rest = path[0], path[1:]
    if first == PROGRAMMES and isinstance(table.get(first), list) and rest:
        number = named(table[first], ".".join(rest), file, "without", repr(key), f"{first}.")
        return {**table, first: [entry for place, entry in enumerate(table[first]) if place != number]}
    if first not in table or (rest and not isinstance(table[first], Mapping)):
        before = key.split(".")[: -len(path)]
        known = [".".join([*before, name]) for name in table]
        inside = [".".join([*before, one]) for one in _keys_inside(table, path[-1])]
        guess = inside[0] if len(inside) == 1 else nearest(key, known)
        raise ScenarioError([Problem(file, "without", repr(key), message("scenario.without.known"), guess)])
    kept = {name: value for name, value in table.items() if name != first}
    return {**table, first: _without_key(table[first], rest, key, file)} if rest else kept


def _keys_inside(table: Mapping[str, Any], name: str) -> Iterator[str]:
    """The dotted keys inside the tables of a table that end in a name, or are of programmes of that kind."""
    for first, held in table.items():
        if isinstance(held, Mapping) and name in held:
            yield f"{first}.{name}"
        elif first == PROGRAMMES and isinstance(held, list):
            kinds = [entry.get("kind") if isinstance(entry, Mapping) else "" for entry in held]
            yield from (
                f"{first}.{own}"
                for own, kind in zip(names_of(held), kinds, strict=True)
                if name in (own, kind)
            )


def names_of(entries: Sequence[Any]) -> list[str]:
    """What programmes are called in dotted keys: by name, by kind where they have none, "" for what is no
    table."""
    return [
        str(entry.get("name", entry.get("kind"))) if isinstance(entry, Mapping) else "" for entry in entries
    ]


def named(entries: Sequence[Any], name: str, file: str, key: str, found: str = "", before: str = "") -> int:
    """The place of the programme of this name (of a kind, where it has no name) in a list. ScenarioError,
    for `key`, if there is none."""
    names = names_of(entries)
    if name in names:
        return names.index(name)
    allowed = message("scenario.variant.programme", names=", ".join(f"{before}{one}" for one in names) or "–")
    guess = nearest(name, names)
    raise ScenarioError(
        [Problem(file, key, found or repr(name), allowed, f"{before}{guess}" if guess else "")]
    )


def change_programmes(base: Mapping[str, Any], changes: Any, file: str, key: str) -> dict[str, Any]:
    """`base` with settings of inherited programmes changed: a table of settings for each name.

    Raises ScenarioError, with `key` of `file` as the place, for what is no such table and for a
    name that no programme has.
    """
    if not isinstance(changes, Mapping) or not all(isinstance(table, Mapping) for table in changes.values()):
        raise ScenarioError([Problem(file, key, f"{changes!r:.60}", message("scenario.variant.changes"))])
    if not changes:
        return dict(base)
    given = base.get(PROGRAMMES, [])
    entries = list(given) if isinstance(given, list) else []
    for name, settings in changes.items():
        place = named(entries, name, file, key)
        entries[place] = merge(entries[place], settings)
    return {**base, PROGRAMMES: entries}


def _superseded(key: str, variant: Mapping[str, Any]) -> bool:
    other = GONE_WITH.get(key)
    return other is not None and other in variant and key not in variant


def origins_of(data: Any, file: str, place: tuple[str | int, ...] = ()) -> Origins:
    """The file of every table, list and value in `data`, by its place."""
    return dict.fromkeys(_places_in(data, place), file)


def _places_in(data: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield place
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, Mapping):
        inside = data.items()
    elif isinstance(data, Sequence) and not isinstance(data, str):
        inside = enumerate(data)
    for key, value in inside:
        if isinstance(value, Mapping | list | tuple):
            yield from _places_in(value, (*place, key))
        else:
            yield (*place, key)


def origins_over(base: Origins, variant: Mapping[str, Any], own: Origins) -> Origins:
    """The origins of what `merge` makes, from those of its two sides: none of the base in
    what the variant replaces whole."""
    return _without(base, set(_replaced(variant))) | own


def origins_put(origins: Origins, tables: Mapping[tuple[str | int, ...], Any], file: str) -> Origins:
    """The origins once tables of `file` stand at their places, instead of what may have stood there."""
    left = _without(origins, set(tables))
    for place, table in tables.items():
        left |= origins_of(table, file, place)
    return left


def _without(origins: Origins, places: set[tuple[str | int, ...]]) -> Origins:
    """The origins but for these places and all inside them."""
    depths = {len(place) for place in places}
    return {one: file for one, file in origins.items() if not any(one[:depth] in places for depth in depths)}


def _replaced(
    variant: Mapping[str, Any], place: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """The places at which `merge` takes what the variant states and nothing of the base."""
    for key, value in variant.items():
        if isinstance(value, Mapping) and key not in REPLACED_WHOLE:
            yield from _replaced(value, (*place, key))
        else:
            yield (*place, key)


def file_at(origins: Origins, place: tuple[str | int, ...]) -> str:
    """The file that set the value at a place, or the nearest table that holds it."""
    for depth in range(len(place), -1, -1):
        if place[:depth] in origins:
            return origins[place[:depth]]
    raise KeyError(place)
