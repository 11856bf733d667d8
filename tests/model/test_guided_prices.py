"""With guided prices on, old estates and those under a developer's contract charge
no more than the guide price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.month.committee import guide_revised
from sim.model.state.contracts import EARLY
from sim.scenario import load

from .cities import first_small, run_digest

HELD, RAISED, CUT, FAILED = "price_held", "price_raised", "price_cut", "price_vote_failed"
# wherever a company loses money the committee asks for a rise, everybody takes part, and all agree
ASKING: dict[str, Any] = {
    "city__estates": 60,
    "committee__review": 1.0,
    "committee__price_cooldown": 2.0,
    "committee__price_competence": 0.0,
    "committee__losing_months": 1.0,
    "committee__cut_quality": 0.0,
    "committee__dismiss_below": 0.0,
    "committee__participation": 1.0,
    "vote__price_base": 1.0,
    "vote__price_slope": 0.0,
    "loops__exit": False,
    "months": 12,
} | {f"types__{kind}__committee_share": 1.0 for kind in load("vicious_cycle").types}


def city(on: bool = True, **overrides: Any) -> City:
    return City(first_small(**(ASKING | {"mechanisms__guided_prices": on} | overrides)))


def losing(made: City) -> City:
    """The city after its months, in which every company loses money."""
    for _ in range(made.scenario.months):
        made.state.estates["losing_months"] = 50
        made.step()
    return made


def kinds(made: City, *wanted: str) -> list[tuple[Any, ...]]:
    """Events of some kinds: (month, estate, company, kind, cause, size)."""
    return [event for event in made.events() if event[3] in wanted]


def guided(made: City) -> np.ndarray:
    """Estates for which a guide price holds."""
    estates = made.state.estates
    return (estates["old"] == 1) | (estates["contract"] == EARLY)


def test_a_rise_goes_no_further_than_the_guide_price_and_then_nobody_votes() -> None:
    made = losing(city())
    estates = made.state.estates
    old = estates["old"] == 1
    raised = {estate for _, estate, *_ in kinds(made, RAISED)}
    assert {bool(old[estate]) for estate in raised} == {True, False}
    assert (estates["price"][old] <= estates["guide_price"][old]).all()
    at_most = [estate for estate in raised if old[estate]]
    assert (estates["price"][at_most] == estates["guide_price"][at_most]).any(), "what is left of it is used"
    held = {estate for _, estate, *_ in kinds(made, HELD)}
    assert held and old[list(held)].all()
    assert (estates["price"][list(held)] == estates["guide_price"][list(held)]).all()
    last = {estate: month for month, estate, *_ in kinds(made, HELD)}
    voted = kinds(made, RAISED, FAILED)
    first = {
        estate: min(month for month, other, *_ in kinds(made, HELD) if other == estate) for estate in last
    }
    assert not [month for month, estate, *_ in voted if estate in first and month >= first[estate]]


def test_what_an_event_tells_is_the_guide_price_in_yuan() -> None:
    made = losing(city())
    estates = made.state.estates
    for _, estate, _, _, cause, size in kinds(made, HELD):
        assert cause == "losses" and size == pytest.approx(estates["guide_price"][estate] / 100)


def test_other_estates_charge_what_their_owners_agree_to() -> None:
    made = losing(city())
    estates = made.state.estates
    free = ~guided(made)
    assert (estates["price"][free] > estates["guide_price"][free]).any()


def test_under_a_developers_contract_the_guide_price_holds_for_new_estates_too() -> None:
    young = {"mechanisms__contracts": True, "contract__early_age": 50.0, "months": 1}
    made = city(**young)
    estates = made.state.estates
    early = estates["contract"] == EARLY
    assert early.any() and (estates["old"][early] == 0).any()
    assert (estates["price"][early] <= estates["guide_price"][early]).all()
    plain = city(on=False, **young).state.estates
    assert (plain["price"][early] > estates["guide_price"][early]).any()


def test_at_the_start_only_prices_over_the_guide_price_are_lower_for_it() -> None:
    plain, held = (city(on, guide__float=0.1).state.estates for on in (False, True))
    over = (plain["old"] == 1) & (plain["price"] > held["guide_price"])
    assert over.any() and (plain["guide_price"] == 0).all()
    np.testing.assert_array_equal(held["price"][over], held["guide_price"][over])
    np.testing.assert_array_equal(held["price"][~over], plain["price"][~over])


def test_a_cut_is_free_of_it() -> None:
    cuts = {"committee__cut_quality": 1.0, "vote__price_cut": 0.0, "months": 4}
    plain, held = (kinds(losing(city(on, guide__float=2.0, **cuts)), CUT) for on in (False, True))
    assert plain == held != []


def test_a_revision_lets_guide_prices_follow_costs_in_part_and_only_then() -> None:
    assert guide_revised(1.2, 0.0) == 1.0
    assert guide_revised(1.2, 1.0) == 1.2
    assert guide_revised(1.2, 0.5) == pytest.approx(1.1)
    costs = {"service__cost_growth": 0.12, "guide__revision": 6.0, "guide__indexing": 1.0}
    made = city(**costs)
    index = []
    for _ in range(12):
        made.state.estates["losing_months"] = 50
        made.step()
        index.append(float(made.state.world["guide_index"][0]))
    assert index[:5] == [1.0] * 5 and len(set(index[5:11])) == 1 and 1.0 < index[5] < index[11]
    assert index[5] == pytest.approx(1.01**5)
    old = made.state.estates["old"] == 1
    most = made.state.estates["guide_price"][old] * index[11]
    assert (made.state.estates["price"][old] <= most).all()
    raised = {estate for month, estate, *_ in kinds(made, RAISED) if month >= 6}
    assert old[list(raised)].any(), "there is room again"


def test_numbers_of_guide_prices_mean_nothing_while_they_are_off() -> None:
    numbers = {"guide__float": 0.0, "guide__indexing": 1.0}
    asking = ASKING | {"months": 6}
    assert not kinds(losing(city(on=False, **numbers)), HELD)
    on = {"mechanisms__guided_prices": True}
    plain, other = (run_digest(first_small(**(asking | more))) for more in ({}, numbers))
    assert plain == other
    assert run_digest(first_small(**(asking | on))) != run_digest(first_small(**(asking | on | numbers)))
