"""The trap: two resting points near viability, one far from it, in the mean-field map and
in the agent-based runs alike."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from first_version import first_version

from sim.experiments.mean_field import MeanField, Representative
from sim.mesa_city import City
from sim.model.parameters import PARAMETERS as DECLARED
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.formats import other_parameters

# The first version's world: the map knows none of the rules since, and its trap is deep enough there that
# agents stay in it.
# of the first version: what was declared then
PARAMETERS = {key: one.default for key, one in DECLARED.items()} | other_parameters()
PRICE, VACANT = 1.6, 0.12
# Vacant flats may pay less, so that full billing is a little under price x area.
BILLED = 1 - VACANT * (1 - PARAMETERS["payment.vacant_bill_share"])

# One type, no spread between estates, a company that never leaves, no committees: the mean-field world as
# agents.
ALIKE = {
    "city.estates": 24,
    "types.commodity.share": 1.0,
    "types.unit_built.share": 0.0,
    "types.three_no.share": 0.0,
    "types.resettlement.share": 0.0,
    "types.commodity.households_spread": 0.0,
    "types.commodity.households_mean": 500,
    "types.commodity.area_spread": 0.0,
    "types.commodity.fee_price_spread": 0.0,
    "types.commodity.cost_spread": 0.0,
    "types.commodity.income_spread": 0.0,
    "types.commodity.condition_sd": 0.0,
    "types.commodity.legacy_share": 0.0,
    "types.commodity.built_low": 2009,
    "types.commodity.built_high": 2009,
    "types.commodity.public_revenue": 0,
    "types.commodity.cost_fixed": 0,
    "types.commodity.modes": {"market": 1.0},
    "types.commodity.committee_share": 0.0,
    "companies.skill_sd": 0.0,
    "companies.cost_spread": 0.0,
    "companies.margin_sd": 0.0,
    "city.districts": 1,
    "loops.exit": False,
    "parameters.committee.attempt": 0.0,
    "parameters.service.cost_growth": 0.0,
    "parameters.service.cross_subsidy": 0.0,
    "parameters.grievance.persuasion": 0.0,
    "parameters.complaints.base": 0.0,
    "parameters.condition.age_wear": 0.0,
    "parameters.trust.committee": 0.0,
    "parameters.trust.leak": 0.0,
    "parameters.trust.complaints": 0.0,
}


@cache
def alike(viability: float, start: float, condition: float) -> Scenario:
    changes = ALIKE | {
        "types.commodity.fee_price": PRICE,
        "types.commodity.cost_per_area": round(viability * PRICE * BILLED, 6),
        "types.commodity.start_collection": start,
        "types.commodity.condition_mean": condition,
    }
    return with_overrides(first_version(load("vicious_cycle")), changes)


def estate_of(viability: float) -> Representative:
    burden = 95 * PRICE * BILLED / 12000
    return Representative(viability=viability, other_income=0.0, burden=burden, age=0.0, committee=0.0)


def map_of(viability: float, **changes: float) -> MeanField:
    return MeanField(replace(estate_of(viability), **changes), PARAMETERS | {"condition.age_wear": 0.0})


def settle(viability: float, start: float, condition: float, months: int = 360) -> np.ndarray:
    """12-month collection rate of every estate at the end of a long run."""
    with City(alike(viability, start, condition), seed=7, months=months) as city:
        city.run()
        return np.asarray(city.state.estates["collected_12"] / city.state.estates["billed_12"])


def test_near_viability_there_are_two_stable_points_and_a_tipping_point_between_them() -> None:
    points = map_of(0.8).fixed_points()
    assert [stable for _, stable in points] == [True, False, True]
    assert points[0][0] < 0.4 and points[2][0] > 0.7


@pytest.mark.parametrize("viability", [1.3, 1.6])
def test_far_above_viability_only_the_low_point_is_left(viability: float) -> None:
    points = map_of(viability).fixed_points()
    assert [stable for _, stable in points] == [True]
    assert points[0][0] < 0.45


def test_good_facilities_held_by_others_leave_only_the_high_point_and_ruined_ones_only_the_low() -> None:
    kept = map_of(0.7, condition=0.95, other_income=0.2).fixed_points()
    ruined = map_of(0.8, condition=0.1).fixed_points()
    assert [stable for _, stable in kept] == [True] and kept[0][0] > 0.7
    assert [stable for _, stable in ruined] == [True] and ruined[0][0] < 0.5


@pytest.mark.parametrize(("start", "condition", "which"), [(0.9, 0.85, 2), (0.1, 0.2, 0)])
def test_agents_settle_near_the_mean_field_point_on_their_side(
    start: float, condition: float, which: int
) -> None:
    expected = map_of(0.8).fixed_points()[which][0]
    rates = settle(0.8, start, condition)
    assert np.median(rates) == pytest.approx(expected, abs=0.06)


def test_far_from_viability_agents_end_low_from_wherever_they_start() -> None:
    low = map_of(1.4).fixed_points()[0][0]
    for start, condition in ((0.9, 0.85), (0.1, 0.2)):
        assert np.median(settle(1.4, start, condition)) == pytest.approx(low, abs=0.06)


def test_collection_rates_of_one_city_span_widely() -> None:
    with City(first_version(load("vicious_cycle")), seed=3, months=36) as city:
        city.run()
        estates = city.state.estates
        billed = estates["billed_12"] > 0
        rates = estates["collected_12"][billed] / estates["billed_12"][billed]
    assert np.quantile(rates, 0.02) < 0.3
    assert np.quantile(rates, 0.98) > 0.83


def test_support_raised_and_withdrawn_slowly_does_not_retrace_its_path() -> None:
    """Hysteresis: at the same level of support an estate pays far more on the way down than on the way up."""
    steps = np.concatenate([np.linspace(0, 2.0, 21), np.linspace(2.0, 0, 21)])
    hold = 36
    with City(alike(0.8, 0.1, 0.2), seed=11, months=hold * steps.size) as city:
        level = 0.0

        def support() -> None:
            city.state.estates["lever_norm"] = level
            city.clockwork.touched_levers.add("lever_norm")

        city.policy.act = support  # type: ignore[method-assign]
        path = []
        for step in steps:
            level = float(step)
            city.run(hold)
            estates = city.state.estates
            path.append(float(np.median(estates["collected_12"] / estates["billed_12"])))
    up, down = np.array(path[:21]), np.array(path[:20:-1])
    assert up[0] < 0.4 and up[-1] > 0.8, "the support is strong enough to lift the estates out"
    assert np.max(down - up) > 0.3
    assert np.all(down - up > -0.05), "the way down is never below the way up"
