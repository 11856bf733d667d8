"""Small cities with programmes, and what the tests of interventions look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.scenario import Scenario, load, to_data

HOUSEHOLDS = 40
SEEDS = (1, 2, 3, 4)
START = 7  # month in which `pairs` starts a programme


@cache
def _base() -> dict[str, Any]:
    data = to_data(load("vicious_cycle"))
    data["spin_up"] = 0
    # modes by luck: companies run estates that are worth little to them and leave, others wait for one
    data["parameters"] = data.get("parameters", {}) | {"start": {"modes_follow_worth": 0.0}}
    del data["mechanisms"]  # the defaults: a rule is switched where a test names it
    return data


def small_scenario(
    *programmes: dict[str, Any],
    estates: int = 60,
    months: int = 36,
    world: Callable[[Scenario], Scenario] | None = None,
    **changes: Any,
) -> Scenario:
    """The default city with few small estates and these programmes; `changes` replace whole
    tables or single keys of them, and `world` is what the scenario is made to live by (`first_version`)."""
    data = {key: dict(value) if isinstance(value, dict) else value for key, value in _base().items()}
    data["city"] = data["city"] | {"estates": estates, "streets_per_district": 2}
    types = {}
    for name, kind in data["types"].items():
        scale = HOUSEHOLDS / kind["households_mean"]
        types[name] = kind | {
            "households_mean": float(HOUSEHOLDS),
            "households_spread": 0.3,
            "cost_fixed": kind["cost_fixed"] * scale,
            "flats_per_building": 12.0,
        }
    data["types"] = types
    for key, value in changes.items():
        data[key] = data.get(key, {}) | value if isinstance(value, dict) else value
    data |= {"months": months, "interventions": list(programmes), "figures": []}
    scenario = Scenario.model_validate(data)
    return scenario if world is None else world(scenario)


def ran(*programmes: dict[str, Any], seed: int = 1, **changes: Any) -> City:
    """Such a city after its last month."""
    return City(small_scenario(*programmes, **changes), seed=seed).run()


def columns(city: City) -> dict[str, np.ndarray]:
    """Every column of a city's state and everything it recorded, by name."""
    state = city.state
    found = {f"balances {i}": np.array(part) for i, part in enumerate((state.books.balances,))}
    for table in ("estates", "companies", "committees", "government", "world"):
        for name in getattr(state, table).dtype.names:
            found[f"{table}.{name}"] = np.array(getattr(state, table)[name])
    for name, part in state.owners._asdict().items():
        found[f"owners.{name}"] = np.array(part)
    for name, part in state.buildings._asdict().items():
        found[f"buildings.{name}"] = np.array(part)
    return found


def recorded(city: City) -> tuple[list[Any], list[Any], dict[str, np.ndarray]]:
    """Events, ledger lines and outcome arrays of a city."""
    assert city.outcomes is not None
    return city.events(), city.ledger_lines, city.outcomes._asdict()


def assert_same(one: City, other: City) -> None:
    """Both cities have the same bits everywhere."""
    left, right = columns(one), columns(other)
    assert left.keys() == right.keys()
    for name, part in left.items():
        assert np.array_equal(part, right[name], equal_nan=part.dtype.kind == "f"), name
    events, lines, outcomes = recorded(one)
    other_events, other_lines, other_outcomes = recorded(other)
    assert events == other_events and lines == other_lines
    for name, part in outcomes.items():
        assert np.array_equal(part, other_outcomes[name], equal_nan=part.dtype.kind == "f"), name


def events_of(city: City, kind: str) -> list[tuple[int, int, int, str, str, float]]:
    """The events of one kind."""
    return [event for event in city.events() if event[3] == kind]


def paid_by(city: City) -> dict[tuple[str, str], float]:
    """Yuan that programmes moved, by payer kind and payee kind."""
    sums: dict[tuple[str, str], float] = {}
    for _, _, payer, payee, programme, fen in city.ledger_lines:
        if programme:
            sums[payer, payee] = sums.get((payer, payee), 0.0) + fen / 100.0
    return sums


def pairs(programme: dict[str, Any], months: int, **changes: Any) -> list[tuple[City, City]]:
    """Cities with and without a programme, one pair for each seed."""
    return [
        (
            ran({"start": START, **programme}, seed=seed, months=months, **changes),
            ran(seed=seed, months=months, **changes),
        )
        for seed in SEEDS
    ]


def shift(cities: list[tuple[City, City]], value: Callable[[City], np.ndarray]) -> float:
    """Mean over pairs and estates of what the programme changed."""
    return float(np.mean([np.mean(value(with_it) - value(without)) for with_it, without in cities]))


def treated(city: City) -> np.ndarray:
    """True for estates that the first programme treats."""
    return city.policy.programme_states[0].since > 0


def outcome(city: City, name: str, month: int) -> np.ndarray:
    """One recorded outcome of every estate in one month."""
    assert city.outcomes is not None
    return np.asarray(getattr(city.outcomes, name)[month], float)
