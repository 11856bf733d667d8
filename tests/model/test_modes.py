"""What a management mode means, told by name: who manages, who may be bid for, what is
billed and what effort is kept up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from sim.model.month.satisfaction import usual_cases
from sim.model.month.service import effort_without_company
from sim.model.month.volunteers import unpaid_effort
from sim.model.state.modes import (
    billed_share_of_full_fee,
    company_run,
    least_effort,
    managed,
    open_to_bids,
)
from sim.words import MODES

CODES = np.arange(len(MODES))
WITHOUT, WITH = np.full(len(MODES), -1), np.full(len(MODES), 3)  # a company
# a number of its own for each, so that none can stand for another
SETTINGS = SimpleNamespace(
    fees_soe_share=0.8,
    fees_unit_share=0.3,
    fees_self_share=0.6,
    service_floor=0.45,
    service_soe_floor=0.55,
    service_unit_effort=0.62,
    service_cleaning_effort=0.2,
    service_volunteer_effort=0.15,
    service_self_support=0.1,
    service_self_ceiling=0.75,
)


def named(flags: np.ndarray) -> set[str]:
    """The modes for which something holds."""
    return {name for name, holds in zip(MODES, flags, strict=True) if holds}


def test_companies_of_the_market_and_of_the_state_run_estates_and_nobody_else_is_a_company() -> None:
    assert named(company_run(CODES)) == {"market", "soe"}


def test_street_cleaning_is_no_management() -> None:
    assert named(managed(CODES)) == {"market", "soe", "unit", "self"}


def test_an_employer_keeps_bidders_out_and_so_does_a_company() -> None:
    assert named(open_to_bids(CODES, WITHOUT)) == set(MODES) - {"unit"}
    assert named(open_to_bids(CODES, WITH)) == set()


def test_each_mode_bills_its_own_part_of_the_full_fee() -> None:
    shares = [billed_share_of_full_fee(code, SETTINGS) for code in CODES]
    assert dict(zip(MODES, shares, strict=True)) == {
        "market": 1.0,
        "soe": 0.8,
        "unit": 0.3,
        "self": 0.6,
        "cleaning": 0.0,
        "none": 0.0,
    }


def test_only_companies_have_a_least_effort_and_those_of_the_state_their_own() -> None:
    least = [least_effort(code, SETTINGS) for code in CODES]
    assert dict(zip(MODES, least, strict=True)) == dict.fromkeys(MODES, 0.0) | {"market": 0.45, "soe": 0.55}


def test_effort_without_a_company_is_the_employers_the_owners_own_or_the_cleaners() -> None:
    everybody = unpaid_effort(None, [SimpleNamespace(mechanism_volunteers=0)], SETTINGS)
    effort = [effort_without_company(code, 40.0, 100.0, everybody, 1.0, SETTINGS) for code in CODES]
    found = dict(zip(MODES, effort, strict=True))
    assert found["unit"] == 0.62 and found["cleaning"] == 0.2 and found["none"] == 0.0
    # two fifths of the cost are paid for, volunteers, none of them tired, do 0.15, what supports them 0.1
    assert np.isclose(found["self"], 0.65)
    assert effort_without_company(MODES.index("self"), 90.0, 100.0, everybody, 0.0, SETTINGS) == 0.75, (
        "its ceiling"
    )


def test_a_manager_solves_cases_by_its_effort_and_the_community_by_the_number_of_households() -> None:
    households, effort = np.full(len(MODES), 200), np.full(len(MODES), 0.5)
    cases = dict(zip(MODES, usual_cases(CODES, households, effort, 0.04, 0.01), strict=True))
    assert cases == dict.fromkeys(("market", "soe", "unit", "self"), 4.0) | {"cleaning": 2.0, "none": 2.0}
