"""Cities with and without a programme that share owners and luck, for tests of what a programme changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from small_city import small_scenario

from sim.mesa_city import City
from sim.model.state.modes import MARKET
from sim.scenario import with_overrides

SEEDS = (1, 2, 3, 4)
START = 3


def ran_with(
    *programmes: dict[str, Any],
    seed: int,
    months: int,
    parameters: dict[str, float] | None = None,
    **changes: Any,
) -> City:
    """A small city after its last month, with programmes from START on and parameters by their dotted key."""
    scenario = small_scenario(*({"start": START, **table} for table in programmes), months=months, **changes)
    return City(with_overrides(scenario, parameters or {}), seed=seed).run()


def pairs(programme: dict[str, Any], months: int, **changes: Any) -> list[tuple[City, City]]:
    """Cities with and without the programme, one pair for each seed."""
    return [
        (
            ran_with(programme, seed=seed, months=months, **changes),
            ran_with(seed=seed, months=months, **changes),
        )
        for seed in SEEDS
    ]


def outcome(city: City, name: str) -> np.ndarray:
    """An outcome of every month (row 0 is the start) and estate."""
    assert city.outcomes is not None
    return np.asarray(getattr(city.outcomes, name))


def shift(cities: list[tuple[City, City]], value: Callable[[City], float]) -> float:
    """The mean over pairs of what the programme changed."""
    return float(np.mean([value(with_it) - value(without) for with_it, without in cities]))


def unmanaged(city: City) -> float:
    """Share of estates that no company runs at the end."""
    return float(np.mean(outcome(city, "company")[-1] < 0))


def run_by_market(city: City, month: int) -> np.ndarray:
    """Estates under a market company at the end of a month, which is what policy sees in the next."""
    return np.asarray(outcome(city, "mode")[month] == MARKET)
