"""Numbers that once stood in the code decide what they are declared to decide: moved far from their
default, each moves the city."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.parameters import PARAMETERS
from sim.scenario import Scenario

from .cities import lively_scenario, run_digest
from .nudge import with_nudges

# without ballots, owners attempt to found a committee where they are displeased
ATTEMPTS = {"mechanisms__ballots": False, "committee__attempt": 0.3}
# key: (another value, what else must be so that it comes into play)
DECIDING: dict[str, tuple[float, dict[str, Any]]] = {
    "service.amateur_skill": (0.1, {}),
    "service.relief_most": (0.1, {"lever": "lever_company_cost", "amount": 0.95}),
    "service.loss_recovery": (0.0, {}),
    "committee.attempt_activism": (0.9, {}),
    "committee.attempt_floor": (9.0, ATTEMPTS),
    "committee.attempt_dissatisfaction": (45.0, ATTEMPTS),
    "vote.price_cut": (  # where enough take part for the vote to count
        1.0,
        {
            "committee__cut_quality": 1.0,
            "committee__dismiss_below": 0.0,
            "committee__participation": 1.0,
            "vote__price_base": 0.9,
        },
    ),
    "market.reputation_quality": (0.0, {}),
    "market.tender_luck": (9.0, {"market__bidders": 40.0, "market__plan_effort": 0.3}),
    "market.self_condition": (0.9, {}),
    "start.price_follows_cost": (0.8, {}),
    "start.modes_follow_worth": (1.0, {}),
    "start.activism_mean": (0.6, {}),
    "start.activism_between": (0.5, {}),
    "start.activism_within": (0.5, {}),
    "start.activism_least": (0.35, {}),
    "start.activism_most": (0.5, {}),
    "start.grievance_legacy": (0.9, {}),
    "start.grievance_dissatisfaction": (3.0, {}),
    "start.arrears_months": (36.0, {}),
    "start.legacy_spread": (0.0, {}),
    "start.public_revenue_spread": (1.5, {}),
    "start.trust": (0.1, {}),
    "start.committee_tired": (1.0, {}),
    "start.fund_months": (60.0, {}),
    "start.reputation": (0.1, {}),
    "start.tolerance_least": (24.0, {}),
    "start.threshold_edge": (0.4, {}),
    "start.condition_least": (0.7, {}),
    "start.condition_most": (0.4, {}),
    "start.skill_least": (0.9, {}),
    "committee.trait_least": (0.9, {}),
}


def city(**overrides: Any) -> Scenario:
    """The lively city, with a lever moved all the time where one is named."""
    moved = {name: overrides.pop(name) for name in ("lever", "amount") if name in overrides}
    scenario = lively_scenario(**overrides)
    return with_nudges(scenario, moved) if moved else scenario


@pytest.mark.parametrize("key", DECIDING)
def test_it_moves_the_city(key: str) -> None:
    value, needed = DECIDING[key]
    assert run_digest(city(**needed)) != run_digest(city(**needed, **{key.replace(".", "__"): value}))


def test_every_number_of_month_0_is_among_them_and_nobody_has_measured_any() -> None:
    assert {key for key in PARAMETERS if key.startswith("start.")} <= set(DECIDING)
    # an ensemble may have chosen among what is assumed; what somebody measured is another status
    assert {PARAMETERS[key].status for key in DECIDING} <= {"assumed", "calibrated"}
