"""Small cities for tests, and everything about a city as one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from first_version import first_version

from sim.mesa_city import City
from sim.scenario import Scenario, load, with_overrides

TABLES = ("estates", "companies", "committees", "government", "world")
# mean and least households, and the fixed cost that goes with them
SIZES = {
    "commodity": (40, 12, 1000),
    "unit_built": (25, 8, 250),
    "three_no": (18, 6, 200),
    "resettlement": (30, 10, 250),
}


def small_scenario(base: Scenario | None = None, /, **overrides: Any) -> Scenario:
    """The default city, or another base, with two dozen small estates and as it was drawn (not spun up); keys
    of `overrides` have two underscores where a dot would be."""
    settings: dict[str, Any] = {"city.estates": 24, "companies.private": 6, "months": 18, "seed": 5}
    settings["spin_up"] = 0
    for kind, (mean, least, cost) in SIZES.items():
        settings |= {
            f"types.{kind}.households_mean": mean,
            f"types.{kind}.households_min": least,
            f"types.{kind}.cost_fixed": cost,
        }
    settings |= {key.replace("__", "."): value for key, value in overrides.items()}
    return with_overrides(base or load("vicious_cycle"), settings)


def lively_scenario(base: Scenario | None = None, /, **overrides: Any) -> Scenario:
    """The small city with impatient companies that run estates of little worth to them, and eager voters, so
    that much happens in few months."""
    lively = {
        "start__modes_follow_worth": 0.0,
        "companies__tolerance_months_mean": 3.0,
        "companies__tolerance_months_sd": 1.0,
        "market__exit_hazard": 0.6,
        "market__retry": 3.0,
        "market__notice": 1.0,
        "committee__attempt": 0.15,
        "committee__participation": 0.75,
        "committee__review": 0.5,
        "committee__term": 9.0,
        "committee__dismiss_below": 0.6,
        "committee__price_cooldown": 3.0,
        "vote__dismissal_base": 0.6,
    }
    return small_scenario(base, **(lively | overrides))


def first_small(**overrides: Any) -> Scenario:
    """The small city by the rules and defaults of the first version, but for what is switched on here: what
    one rule does is seen where no other acts."""
    return small_scenario(first_vicious_cycle(), **overrides)


def first_lively(**overrides: Any) -> Scenario:
    """The lively city by the rules and defaults of the first version, but for what is switched on here."""
    return lively_scenario(first_vicious_cycle(), **overrides)


@cache
def first_vicious_cycle() -> Scenario:
    """The default city as it ran in the first version."""
    return first_version(load("vicious_cycle"))


def columns(city: City) -> Iterator[tuple[str, np.ndarray]]:
    """Every column of a city's state by name."""
    state = city.state
    for name in state.owners._fields:
        yield f"owners.{name}", getattr(state.owners, name)
    for name in state.buildings._fields:
        yield f"buildings.{name}", getattr(state.buildings, name)
    for table in TABLES:
        rows = getattr(state, table)
        for name in rows.dtype.names:
            yield f"{table}.{name}", rows[name]
    yield "claims.account", state.claims.account
    yield "claims.fen", state.claims.fen
    yield "balances", state.books.balances


def digest(city: City) -> str:
    """SHA-256 of every column, event and ledger line."""
    found = hashlib.sha256()
    for name, column in columns(city):
        found.update(name.encode() + np.ascontiguousarray(column).tobytes())
    for chunk in city.month_events:
        for name in chunk.dtype.names:
            found.update(np.ascontiguousarray(chunk[name]).tobytes())
    found.update(repr(city.ledger_lines).encode())
    return found.hexdigest()


def outcome_bits(city: City, months: slice) -> dict[str, bytes]:
    """The recorded outcomes of some months by name."""
    assert city.outcomes is not None
    return {name: getattr(city.outcomes, name)[months].tobytes() for name in city.outcomes._fields}


def run_digest(scenario: Scenario, **settings: Any) -> str:
    """The digest of a city at the end of its run."""
    with City(scenario, **settings) as city:
        return digest(city.run())
