"""With the fund on, estates that were built late enough have money of their buyers at a bank, which bears
interest and is used for worn facilities by a vote, or without one where they are about to fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.evidence.statistics import Choice, measure
from sim.mesa_city import City
from sim.results.reading import record_of
from sim.scenario import Scenario

from .cities import first_small, run_digest

ON: dict[str, Any] = {"mechanisms__fund": True, "fund__since": 1900.0}
# somebody proposes every month, all take part and all agree
EAGER = {
    "fund__proposal": 1.0,
    "fund__proposal_alone": 1.0,
    "fund__worn": 1.0,
    "fund__consent": 1.0,
    "fund__emergency": 0.0,
    "committee__participation": 1.0,
    "committee__vacant_participation": 1.0,
}
NOBODY = {"fund__proposal": 0.0, "fund__proposal_alone": 0.0, "fund__emergency": 0.0}


def city(**overrides: Any) -> Scenario:
    """The small city with funds."""
    return first_small(**(ON | overrides))


def after(months: int, **overrides: Any) -> City:
    """It after so many months."""
    made = City(city(**overrides), threads=1)
    for _ in range(months):
        made.step()
    return made


def held(made: City) -> np.ndarray:
    """Fen in each estate's maintenance fund."""
    return np.asarray(made.state.books.balances[made.state.estates["maintenance_account"]])


def told(made: City, kind: str) -> int:
    """Events of a kind."""
    return sum(event[3] == kind for event in made.events())


def test_without_the_mechanism_its_parameters_decide_nothing_and_nobody_holds_anything() -> None:
    off = {**EAGER, "mechanisms__fund": False}
    assert run_digest(first_small(**off)) == run_digest(
        first_small(**off, fund__deposit=900.0, fund__gain=1.0, fund__part=1.0, fund__urgent=1.0)
    )
    assert not held(after(3, **off)).any()


def test_who_was_built_before_there_were_funds_has_none_and_others_have_deposit_and_interest() -> None:
    made = after(0, fund__since=2000.0, fund__deposit=50.0, fund__interest=0.03)
    estates = made.state.estates
    late = estates["built_year"] >= 2000
    assert late.any() and not late.all()
    assert not held(made)[~late].any()
    years = np.floor(2024 - estates["built_year"])
    expected = 50 * 100 * estates["area"] * 1.03**years
    assert np.allclose(held(made)[late], expected[late], rtol=1e-6)


def test_a_fund_that_nobody_uses_grows_by_its_interest_and_nothing_else() -> None:
    made = after(12, **NOBODY, fund__interest=0.024)
    assert np.allclose(held(made), held(after(0, fund__interest=0.024)) * 1.002**12, rtol=1e-5)


def test_works_cost_what_is_agreed_on_and_mend_in_proportion_in_the_month_after() -> None:
    """Two cities that are one until the first works, in month 2."""
    some, none = after(2, **EAGER), after(2, **EAGER, fund__gain=0.0)
    estates = some.state.estates
    assert told(some, "fund_agreed") > 20
    paid = estates["fund_works"]
    first = np.floor(0.25 * estates["first_deposit"])
    assert set(np.flatnonzero(paid)) and (np.abs(paid - first)[paid > 0] <= 1).all()
    whole = 0.6 * (paid / 100) / (250 * some.state.world["cost_index"][0] * estates["area"])
    gained = estates["condition"] - none.state.estates["condition"]
    whole_gain = estates["condition"] < 1.0
    assert np.allclose(gained[whole_gain], whole[whole_gain], atol=1e-12)
    assert gained[paid > 0].min() > 0.0 and not gained[paid == 0].any()


def test_a_fund_is_not_used_where_owners_refuse_or_do_not_come_or_facilities_are_good() -> None:
    refused = after(4, **EAGER | {"fund__consent": 0.0})
    away = after(4, **EAGER | {"committee__participation": 0.0, "committee__participation_activism": 0.0})
    good = after(4, **EAGER | {"fund__worn": 0.0})
    for made in (refused, away, good):
        assert not made.state.estates["fund_works"].any() and not told(made, "fund_agreed")
    assert told(refused, "funds_refused") > 50 and told(away, "funds_inquorate") > 50
    assert not told(good, "funds_refused")


def test_an_emergency_needs_no_vote_and_is_one_only_where_facilities_are_about_to_fail() -> None:
    urgent = {**NOBODY, "fund__emergency": 1.0, "fund__worn": 1.0, "committee__participation": 0.0}
    made = after(3, **urgent, fund__urgent=0.5)
    assert told(made, "fund_urgent") > 3
    rows = [event[1] for event in made.events() if event[3] == "fund_urgent" and event[0] == 1]
    start = after(1, **NOBODY).state.estates["condition"]
    assert set(rows) == set(np.flatnonzero(start < 0.5))
    assert not told(after(3, **urgent, fund__urgent=0.0), "fund_urgent")


def test_nobody_spends_more_than_there_is() -> None:
    made = after(18, **EAGER, fund__part=0.9)
    assert (held(made) >= 0).all() and (held(made) == 0).any()
    assert made.state.books.balances.sum() == 0


def test_a_city_that_spun_up_has_the_funds_that_were_drawn() -> None:
    drawn, spun = after(0, **EAGER), after(0, **EAGER, spin_up=12)
    assert held(drawn).any() and np.array_equal(held(drawn), held(spun))


def test_use_of_a_year_is_over_what_is_held() -> None:
    made = after(18, **EAGER, fund__part=0.02)
    moved = {
        name: np.zeros(19) for name in ("opening_maintenance", "maintenance_interest", "maintenance_works")
    }
    for month, purpose, _, _, _, fen in made.ledger_lines:
        if purpose in moved:
            moved[purpose][month] += fen
    total = np.cumsum(
        moved["opening_maintenance"] + moved["maintenance_interest"] - moved["maintenance_works"]
    )
    expected = moved["maintenance_works"][7:19].sum() / total[7:19].mean()
    assert expected > 0.0
    assert measure(record_of(made), "maintenance_fund_use", Choice((7, 18))) == pytest.approx(expected)
    assert np.isnan(
        measure(record_of(after(13, mechanisms__fund=False)), "maintenance_fund_use", Choice((2, 13)))
    )
