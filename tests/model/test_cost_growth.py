"""Wages grow and fees do not: what drives an ordinary city into the cycle."""

from __future__ import annotations

import numpy as np
import pytest

from sim.mesa_city import City
from sim.scenario import load, with_overrides

SMALL = {"city.estates": 40, "city.households": 4000, "months": 36}


def run(growth: float) -> tuple[float, np.ndarray]:
    scenario = with_overrides(load("vicious_cycle"), SMALL | {"parameters.service.cost_growth": growth})
    with City(scenario, seed=4) as city:
        city.run()
        assert city.outcomes is not None
        return float(city.state.world["cost_index"][0]), city.outcomes.quality[-1]


def test_costs_grow_by_a_twelfth_of_the_yearly_rate_each_month_after_the_first() -> None:
    index, _ = run(0.03)
    assert index == pytest.approx((1 + 0.03 / 12) ** 35)
    assert run(0.0)[0] == 1.0


def test_faster_cost_growth_leaves_less_service() -> None:
    assert run(0.08)[1].mean() < run(0.0)[1].mean()
