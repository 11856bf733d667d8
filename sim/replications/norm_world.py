"""The product's world reduced to its norm loop: the mean-field map of it, its folds, and a city of
it with owners set one by one.

A fold (saddle-node) is where two fixed points of a map meet and vanish: the tipping point of its lever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from sim.experiments.mean_field import Cdf, MeanField, Representative
from sim.model.engine import Engine
from sim.scenario import MechanismSettings, Scenario
from sim.text import message
from sim.text.catalog import by_language

Map = Callable[[float], float]


def fold(
    map_at: Callable[[float], Map],
    low: float,
    high: float,
    between: tuple[float, float],
    rising: bool = False,
) -> tuple[float, float]:
    """(lever, rate) at which the map touches the diagonal between two rates.

    map_at: the map r -> F(r) at a value of the lever; low, high: values of the lever on either side of the
    fold; rising: False where F dips below the diagonal on one side (a lower state is lost), True where it
    rises above it. ValueError (of the root finder) where both ends lie on one side.
    """
    sign = -1.0 if rising else 1.0

    def nearest(lever: float) -> tuple[float, float]:
        map_ = map_at(lever)

        def gap(r: float) -> float:
            return sign * (map_(r) - r)

        grid = np.linspace(*between, 61)
        best = int(np.argmin([gap(float(r)) for r in grid]))
        around = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)]))
        minimum = minimize_scalar(gap, bounds=around, method="bounded", options={"xatol": 1e-9})
        return float(minimum.x), float(minimum.fun)

    lever = float(brentq(lambda value: nearest(value)[1], low, high, xtol=1e-9))
    return lever, nearest(lever)[0]


# the world

SHARP = 1e6  # norm weight at which luck is less than 0.0001 of a share
# What is left is duty + norm weight x (share seen to pay - threshold): nothing of service, money or memory.
NORM_ALONE: Mapping[str, float] = {
    "payment.base": 0.0,
    "payment.duty_spread": 0.0,
    "payment.share_steady": 0.0,
    "payment.share_free_rider": 0.0,
    "payment.own_building_weight": 0.0,
    "payment.dimness": 0.0,
    "payment.vacant_shift": 0.0,
    "payment.tenant_shift": 0.0,
}
_NO_SERVICE = {
    "payment.satisfaction_weight": 0.0,
    "payment.sanction_weight": 0.0,
    "payment.trust_weight": 0.0,
    "payment.grievance_weight": 0.0,
    "payment.burden_weight": 0.0,
    "committee.attempt": 0.0,
    "service.cost_growth": 0.0,
}
_ESTATE = Representative(satisfaction=0.6, grievance=0.0, burden=0.0, trust=0.5, vacancy=0.0, tenants=0.0)


def norm_map(values: Mapping[str, float], thresholds: Mapping[str, Cdf] | None = None) -> MeanField:
    """The mean-field map of an estate in which the norm alone decides; `values` by dotted key, any weight."""
    return MeanField(_ESTATE, {**NORM_ALONE, **_NO_SERVICE, **values}, thresholds)


def norm_city(estates: int, households: int, seed: int, values: Mapping[str, float]) -> Engine:
    """A city of equal estates in which the norm alone decides and nobody has paid yet.

    values: parameters within the ranges of a scenario; what lies beyond (a norm weight of 1,000,000) is set
    owner by owner in `city.state.owners` afterwards.
    """
    merged = {**NORM_ALONE, **_NO_SERVICE, **values}
    groups: dict[str, dict[str, float]] = {}
    for key, value in merged.items():
        group, name = key.split(".")
        groups.setdefault(group, {})[name] = float(value)
    kind: dict[str, Any] = {
        "title": by_language(message("replication.norm_estates")),
        "share": 1.0,
        "households_mean": float(households),
        "households_spread": 0.0,
        "households_min": min(households, 20),
        "area_mean": 80.0,
        "area_spread": 0.0,
        "fee_price": 2.0,
        "fee_price_spread": 0.0,
        "cost_fixed": 0.0,
        "cost_per_area": 1.0,
        "cost_spread": 0.0,
        "income_spread": 0.0,
        "condition_sd": 0.0,
        "legacy_share": 0.0,
        "vacancy": 0.0,
        "tenants": 0.0,
        "modes": {"market": 1.0},
        "committee_share": 0.0,
        "start_collection": 0.0,
    }
    alone = message("replication.norm_alone")
    loops = {"service": False, "norm": True, "decay": False, "exit": False, "grievance": False}
    scenario = Scenario.model_validate(
        {
            "name": "norm_alone",
            "title": by_language(alone),
            "description": by_language(message("replication.norm_about")),
            "months": 1200,
            "city": {"name": by_language(alone), "estates": estates, "districts": 1},
            "types": {"equal": kind},
            "companies": {"private": max(2, -(-estates // 15))},
            "loops": loops,
            "mechanisms": {name: False for name in MechanismSettings.model_fields},
            "parameters": groups,
        }
    )
    return Engine(scenario, seed=seed, months=1200, threads=1, record=False)


def start_at(city: Engine, shares: np.ndarray | float) -> None:
    """Let owners see, in the first month, that this share of their estate paid the month before."""
    city.state.estates["paid_share"] = shares


def shares(city: Engine) -> np.ndarray:
    """The share of owners who paid this month, by estate."""
    return np.asarray(city.state.estates["payers"] / city.state.estates["households"])


def settle(city: Engine, months: int) -> np.ndarray:
    """Run until no estate changes (at most so many months); the share of payers of every estate."""
    rates = shares(city)
    for _ in range(months):
        city.step()
        before, rates = rates, shares(city)
        if np.array_equal(rates, before):
            break
    return rates
