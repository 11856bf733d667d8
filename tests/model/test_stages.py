"""What the stages of the cycle say: what residents have and where it goes, whoever manages the estate."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.month.record import COLLAPSED, HEALTHY, RECOVERING, SPIRALLING, STRAINED, cycle_stage
from sim.model.parameters import PARAMETERS, to_record
from sim.model.state.modes import UNIT
from sim.results.outcomes import run_outcomes
from sim.results.reading import Reading, record_of
from sim.scenario import load, with_overrides

Q = to_record(PARAMETERS, {})[0]
GOOD, MIDDLING, BAD = 0.9, 0.55, 0.1  # of collection, quality and condition alike


class Named:
    """Parameters by attribute, as kernels read them."""

    def __getattr__(self, name: str) -> float:
        return float(Q[name])


def stage(now, half_year_ago, lowest, condition=GOOD, billed=True):
    """The stage of an estate with (collection, quality) now, half a year ago, and at their lowest before."""
    return cycle_stage(billed, now[0], now[1], condition, *half_year_ago, *lowest, Named())


def test_all_three_at_their_standard_is_healthy_however_they_move():
    for before, lowest in product(((GOOD, GOOD), (1.0, 1.0), (0.7, 0.6)), repeat=2):
        assert stage((0.75, 0.65), before, lowest) == HEALTHY


@pytest.mark.parametrize(
    "collection, quality, condition", [(BAD, GOOD, GOOD), (GOOD, BAD, GOOD), (GOOD, GOOD, BAD)]
)
def test_one_of_the_three_under_its_floor_is_collapse(collection, quality, condition):
    had = (collection, quality)
    assert stage(had, had, had, condition) == COLLAPSED
    assert stage((0.5, 0.5), (0.5, 0.5), (0.5, 0.5), 0.5) == STRAINED


def test_where_nobody_bills_no_collection_is_missed():
    assert stage((0.0, GOOD), (0.0, GOOD), (0.0, GOOD), billed=False) == HEALTHY
    assert stage((0.0, MIDDLING), (0.9, MIDDLING), (0.9, MIDDLING), billed=False) == STRAINED


def test_a_fall_below_all_that_was_is_the_spiral_and_one_back_to_it_is_not():
    start = (MIDDLING, MIDDLING)
    lifted = (0.68, 0.68)
    assert stage((0.5, 0.5), start, start) == SPIRALLING
    assert stage(start, lifted, start) == STRAINED  # a programme ended; the estate stands where it stood
    assert stage((0.5, 0.5), lifted, start) == SPIRALLING  # ... and here it fell through
    assert stage((0.5, MIDDLING), start, start) == STRAINED  # both must sink


def test_an_estate_that_never_fell_recovers_where_its_service_rises():
    assert stage((MIDDLING, 0.55), (MIDDLING, 0.5), (MIDDLING, 0.5)) == RECOVERING
    assert stage((0.5, 0.55), (MIDDLING, 0.5), (0.5, 0.5)) == STRAINED  # the one at the cost of the other


@pytest.fixture(scope="module", params=[True, False], ids=["oldest bill first", "the month's bill first"])
def city(request):
    """A city of today, with payments for the bill that fell due first, and with those for the month's."""
    small = {
        "mechanisms.debt_age": request.param,
        "city.estates": 60,
        "months": 30,
        "companies.private": 8,
    } | {
        f"types.{name}.households_mean": 40
        for name in ("commodity", "unit_built", "three_no", "resettlement")
    }
    with City(with_overrides(load("vicious_cycle"), small), 3) as made:
        yield made.run()


def test_what_was_paid_late_counts_and_old_debt_does_not(city):
    out = city.outcomes
    rows = slice(13, None)  # months whose whole window was simulated
    assert (out.paid_12[rows] <= out.billed_12[rows]).all()
    assert (out.paid_12[rows] > out.collected_12[rows]).any()
    # what comes in for the month's bill is for an older one only where that one goes first
    for_older_bills = out.collected_12[rows] > out.paid_12[rows]
    assert for_older_bills.any() if city.scenario.mechanisms.debt_age else not for_older_bills.any()
    owners = city.state.owners
    for e, estate in enumerate(city.state.estates):
        mine = slice(int(estate["first_owner"]), int(estate["first_owner"] + estate["households"]))
        owed = np.minimum(owners.arrears[mine], owners.unpaid_12[mine]).sum()
        assert out.billed_12[30, e] - out.paid_12[30, e] == owed


def test_what_is_paid_in_a_year_is_paid_of_its_bills_or_of_older_debt(city):
    # paid: what the ledger moved; of the year's bills: what was billed less what its owners still owe of it
    paid = sum(
        fen
        for month, purpose, *_, fen in city.ledger_lines
        if month > 18 and purpose.startswith(("fees", "arrears"))
    )
    owners, out = city.state.owners, city.outcomes
    owed = np.minimum(owners.arrears.astype(np.int64), owners.unpaid_12).sum()
    of_its_bills = int(out.billed[19:].sum() - owed)
    found = Reading(record_of(city))
    assert found.paid_year[-1].sum() == of_its_bills
    assert found.old_debt_repaid[-1].sum() == paid - of_its_bills
    assert run_outcomes(found)["old_debt_repaid_last_year"] == (paid - of_its_bills) / 100
    # in every year and estate
    assert (found.old_debt_repaid >= 0).all()
    paid_late = sum(
        fen for month, purpose, *_, fen in city.ledger_lines if month > 18 and purpose.startswith("arrears")
    )
    older = found.old_debt_repaid[-1].sum()
    if city.scenario.mechanisms.debt_age:
        assert older > paid_late > 0, "what is paid each month is for older bills too"
    else:
        assert 0 < older < paid_late, "some of what was paid late was of the year's own bills"


def test_what_sustains_an_estate_is_its_own(city):
    out = city.outcomes
    own, all_income = out.own_income_12[1:], out.income_12[1:]
    assert (own[(out.mode[1:] != UNIT)] <= all_income[(out.mode[1:] != UNIT)]).all()
    always_unit = (out.mode == UNIT).all(axis=0)
    assert always_unit.any()
    covered = out.own_income_12[13:, always_unit] >= out.spending_12[13:, always_unit]
    assert covered.all()  # the employer behind it pays


def test_a_subsidy_does_not_count_among_what_an_estate_lives_on_itself():
    months = {"months": 24, "city.estates": 60}
    with City(with_overrides(load("subsidy_only"), months), 1) as city:
        out = city.run().outcomes
    year = slice(1, None)
    public = np.add.accumulate(out.subsidy)[year]
    assert public[-1].sum() > 0
    companies = (out.mode == 0).all(axis=0) & (public[-1] > 0)
    assert companies.any()
    # over months 13 to 24 the difference between all income and own income is exactly the public money
    paid = out.subsidy[13:, companies].sum(axis=0)
    np.testing.assert_array_equal(out.income_12[24, companies] - out.own_income_12[24, companies], paid)
