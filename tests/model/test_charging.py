"""With charging on, who takes up an estate that nobody bills serves it without a fee until collecting
pays and its owners have agreed to one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.modes import AGREED, CLEANING, FREE, MARKET, SOE, managed
from sim.results.outcomes import run_outcomes
from sim.results.reading import Reading, record_of
from sim.scenario import Scenario, load

from .cities import first_small, run_digest

AGREED_TO, REFUSED, FORGONE = "charging_agreed", "charging_refused", "charging_forgone"
TYPES = tuple(load("vicious_cycle").types)
# every estate is cleaned by the community, and everybody votes and agrees
CLEANED: dict[str, Any] = {
    "mechanisms__charging": True,
    "city__estates": 40,
    "months": 16,
    "companies__private": 0,
    "market__self_households": 0.0,
    "committee__participation": 1.0,
    "committee__vacant_participation": 1.0,
    "charging__consent": 1.0,
    "vote__price_slope": 0.0,
    "charging__collecting": 0.0,
    "committee__attempt": 0.0,
} | {f"types__{kind}__modes": {"cleaning": 1.0} for kind in TYPES}
FALLBACK = {"kind": "soe_fallback", "start": 1, "capacity": 100.0}
BILLED_AT_ONCE = {"charging__first_ask": 0.0, "charging__ask_again": 1.0}


def city(**overrides: Any) -> City:
    """The city in which the community cleans every estate."""
    return City(first_small(**(CLEANED | overrides)))


def after(made: City, months: int) -> City:
    """The city so many months on."""
    for _ in range(months):
        made.step()
    return made


def kinds(made: City, *wanted: str) -> list[tuple[Any, ...]]:
    """Events of some kinds: (month, estate, company, kind, cause, size)."""
    return [event for event in made.events() if event[3] in wanted]


def fallen_back(**overrides: Any) -> City:
    """A city of estates that nobody looks after; a state-owned company takes all in the first month."""
    empty = {"companies__capacity_state_owned": 100, "market__retry": 1.0}
    empty |= {f"types__{kind}__modes": {"none": 1.0} for kind in TYPES}
    data = first_small(**(CLEANED | empty | overrides)).model_dump()
    return City(Scenario.model_validate(data | {"interventions": [FALLBACK]}))


def test_owners_who_agree_are_billed_from_the_next_month_and_who_was_not_asked_is_not() -> None:
    made = city()
    asked: set[int] = set()
    for month in range(1, 13):
        before = made.state.estates["billing"].copy()
        made.step()
        estates = made.state.estates
        np.testing.assert_array_equal(estates["billed"] > 0, before == AGREED)
        asked |= {estate for when, estate, *_ in kinds(made, AGREED_TO) if when == month}
        assert asked == set(np.flatnonzero(estates["billing"] == AGREED))
    assert len(asked) == 40, "within a year everybody has been asked, and all agreed"
    assert len({when for when, *_ in kinds(made, AGREED_TO)}) > 5, "not all in one month"


def test_owners_who_refuse_are_served_without_a_fee_and_asked_again_a_year_later() -> None:
    made = after(city(charging__consent=0.0, months=30), 30)
    estates = made.state.estates
    assert (estates["billing"] == FREE).all() and (estates["billed"] == 0).all()
    assert (estates["effort"] > 0).all() and not kinds(made, AGREED_TO)
    months: dict[int, list[int]] = {}
    for when, estate, _, _, cause, _ in kinds(made, REFUSED):
        assert cause == "rejected"
        months.setdefault(estate, []).append(when)
    assert set(months) == set(range(40))
    assert all(set(np.diff(when)) == {12} for when in months.values())


def test_without_two_thirds_nobody_is_billed_however_many_of_those_voting_agree() -> None:
    few = {"committee__participation": 0.3, "committee__participation_activism": 0.0}
    made = after(city(committee__participation_dissatisfaction=0.0, **few), 14)
    assert not kinds(made, AGREED_TO)
    refused = kinds(made, REFUSED)
    assert {event[4] for event in refused} == {"quorum_missed"}
    assert max(event[5] for event in refused) < 2 / 3, "what is told is how many took part"


@pytest.mark.parametrize("ballots", [False, True])
def test_turnout_is_that_of_ballots_where_they_are_on(ballots: bool) -> None:
    nobody_comes = {"ballot__turnout_price": 0.0, "ballot__turnout_least": 0.0, "ballot__activism": 0.0}
    made = city(mechanisms__ballots=ballots, ballot__dissatisfaction=0.0, **nobody_comes)
    assert bool(kinds(after(made, 13), AGREED_TO)) is not ballots


def test_nobody_is_asked_where_collecting_costs_more_than_it_brings_in() -> None:
    made = after(city(charging__collecting=20.0), 13)
    assert kinds(made, FORGONE) and not kinds(made, AGREED_TO, REFUSED)
    households = made.state.estates["households"]
    for _, estate, _, _, cause, size in kinds(made, FORGONE):
        assert cause == "shortfall" and 0 < size < 21 * households[estate]


def test_the_bound_is_what_owners_would_pay_of_the_fee_against_the_cost_of_a_household() -> None:
    """Where cost lies between the receipts of two estates, the richer is asked and the poorer is not."""
    dear = kinds(after(city(charging__collecting=100.0), 13), FORGONE)
    receipts = {estate: size for _, estate, *_, size in dear}
    made = city(charging__collecting=2.0)
    per_household = {e: size / made.state.estates["households"][e] for e, size in receipts.items()}
    asked = {estate for _, estate, *_ in kinds(after(made, 13), AGREED_TO)}
    left = {estate for _, estate, *_ in kinds(made, FORGONE)} - asked
    assert asked and left
    assert min(per_household[e] for e in asked) > 1.95 and max(per_household[e] for e in left) < 2.1


def test_an_estate_that_was_billed_this_year_is_judged_by_what_it_paid_itself() -> None:
    made = after(city(charging__collecting=5.0, months=20, **BILLED_AT_ONCE), 1)
    for rate, reached in ((0.001, FORGONE), (1.0, AGREED_TO)):
        estates = made.state.estates
        estates["billing"], estates["charge_wait"], estates["price"] = FREE, 0, 150.0
        estates["billed_12"], estates["collected_12"] = 10_000_000, int(10_000_000 * rate)
        made.step()
        new = [event for event in made.events() if event[0] == made.month]
        assert {event[3] for event in new if event[3].startswith("charging")} == {reached}


def test_who_takes_over_serves_first_for_the_declared_months_and_the_company_bears_it() -> None:
    made = fallen_back(charging__first_ask=4.0)
    after(made, 1)
    estates, companies = made.state.estates, made.state.companies
    assert (estates["mode"] == SOE).all() and (estates["billing"] == FREE).all()
    account = companies["account"][estates["company"][0]]
    cash = made.state.books.balances[account]
    after(made, 3)
    assert (estates["billed"] == 0).all() and (estates["spending"] > 0).all()
    assert made.state.books.balances[account] < cash, "service is paid for and nobody pays a fee"
    assert not kinds(made, AGREED_TO)
    after(made, 1)
    assert {event[0] for event in kinds(made, AGREED_TO)} == {5} and len(kinds(made, AGREED_TO)) == 40
    after(made, 1)
    assert (estates["billed"] > 0).all()


def test_a_state_owned_company_bills_at_once_without_the_mechanism() -> None:
    made = after(fallen_back(mechanisms__charging=False), 2)
    assert (made.state.estates["mode"] == SOE).all() and (made.state.estates["billed"] > 0).all()


def test_once_agreed_a_fee_stays_whoever_comes_next_until_the_estate_is_left_alone() -> None:
    lively = {
        "mechanisms__charging": True,
        "city__estates": 60,
        "months": 40,
        "companies__tolerance_months_mean": 2.0,
        "market__exit_hazard": 0.8,
        "market__retry": 2.0,
        "market__bidders": 12.0,
        "market__belief_noise": 0.3,
        "charging__consent": 0.0,
        "market__self_households": 0.0,
    }
    made = City(first_small(**lively))
    estates = made.state.estates
    changed = {"billed": 0, "unbilled": 0, "left": 0}
    for _ in range(40):
        before, company = estates["billing"].copy(), estates["company"].copy()
        made.step()
        came = (estates["company"] >= 0) & (estates["company"] != company)
        billed = estates["billed"] > 0
        assert (estates["billing"][came & billed] == AGREED).all()
        assert (estates["billing"][came & ~billed] == FREE).all(), "owners who refuse are never billed again"
        stayed = (estates["company"] == company) & (estates["mode"] == MARKET)
        np.testing.assert_array_equal(estates["billing"][stayed], before[stayed])
        cleaned = (company >= 0) & (estates["mode"] == CLEANING)
        assert (estates["billing"][cleaned] == FREE).all()
        changed["billed"] += int((came & billed).sum())
        changed["unbilled"] += int((came & ~billed).sum())
        changed["left"] += int(cleaned.sum())
    assert all(changed.values()), changed


def test_the_cleaning_fee_goes_to_the_community_and_so_does_the_cost_of_collecting_it() -> None:
    made = after(city(fees__cleaning_share=0.5, charging__collecting=0.2, **BILLED_AT_ONCE), 6)
    moved: dict[tuple[str, str, str], int] = {}
    for _, purpose, payer, payee, _, fen in made.ledger_lines:
        moved[purpose, payer, payee] = moved.get((purpose, payer, payee), 0) + fen
    fees = moved["fees_cleaning", "owners", "community"]
    assert 0 < moved["collecting_cleaning", "community", "suppliers"] < fees
    assert moved["arrears_cleaning", "owners", "community"] > 0
    estates = made.state.estates
    paying = estates["billed"] > 0
    full = estates["price"] * estates["billable_area"]
    np.testing.assert_allclose(estates["billed"][paying] / full[paying], 0.5, rtol=0.01)
    assert made.state.books.balances.sum() == 0


def test_who_is_under_a_company_at_the_start_is_billed_as_without_the_mechanism() -> None:
    with_it, without = (City(first_small(mechanisms__charging=on)) for on in (True, False))
    one, other = with_it.state.estates, without.state.estates
    np.testing.assert_array_equal(one["billed"], other["billed"])
    run = one["company"] >= 0
    assert (one["billing"][run] == AGREED).all() and (one["billing"][one["mode"] == CLEANING] == FREE).all()
    assert (other["billing"] == 0).all()


def test_billing_costs_a_company_so_much_a_household_beside_its_overhead() -> None:
    run = {f"types__{kind}__modes": {"market": 1.0} for kind in TYPES} | {"companies__private": 6}
    for cost in (0.0, 3.0):
        made = after(city(charging__collecting=cost, **run), 1)
        estates = made.state.estates
        beside = estates["overhead"] - made.state.parameters["service_overhead"][0] * estates["income"]
        np.testing.assert_allclose(beside, 100 * cost * estates["households"], atol=2)


def test_outcomes_tell_how_many_managed_and_how_many_old_estates_charge() -> None:
    made = after(fallen_back(charging__consent=0.0, months=6), 6)
    found = run_outcomes(Reading(record_of(made)))
    assert found["charging_managed_end"] == 0 and found["charging_old_end"] == 0 and found["nominal_end"] == 1
    made = after(fallen_back(charging__first_ask=1.0, months=6), 6)
    assert run_outcomes(Reading(record_of(made)))["charging_old_end"] == 1
    cleaned = after(city(fees__cleaning_share=0.5, **BILLED_AT_ONCE), 6)
    found = run_outcomes(Reading(record_of(cleaned)))
    assert found["charging_end"] == 1 and found["charging_old_end"] == 0, "cleaned is not managed"
    assert np.isnan(found["charging_managed_end"]), "where nobody manages there is no such share"


def test_of_old_estates_only_the_managed_that_charge_are_counted() -> None:
    made = after(City(first_small(mechanisms__charging=True, city__estates=80)), 18)
    estates = made.state.estates
    old, held = estates["old"] == 1, np.asarray(managed(estates["mode"]))
    charges = estates["charging"] == 1
    found = run_outcomes(Reading(record_of(made)))
    assert found["charging_old_end"] == pytest.approx((old & held & charges).sum() / old.sum())
    assert found["charging_managed_end"] == pytest.approx((held & charges).sum() / held.sum())
    assert 0 < found["charging_old_end"] < 1


def test_off_it_changes_nothing_and_its_numbers_are_not_read() -> None:
    plain = run_digest(first_small())
    numbers = {"charging__collecting": 50.0, "charging__consent": 0.0, "fees__cleaning_share": 0.9}
    assert run_digest(first_small(**numbers)) == plain
    assert run_digest(first_small(mechanisms__charging=True)) != plain
