"""With the mechanisms of payment and debt on: who refuses goes on refusing, debts are as old as
their oldest bill, and end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.testing import assert_array_equal

from sim.mesa_city import City
from sim.model.month.claims import keep_claim

from .cities import first_lively, first_small

# nothing but duty and luck decides about paying
ALONE = {
    "payment__satisfaction_weight": 0.0,
    "payment__norm_weight": 0.0,
    "payment__grievance_weight": 0.0,
    "payment__burden_weight": 0.0,
    "payment__trust_weight": 0.0,
    "payment__duty_spread": 0.0,
    "payment__habit_weight": 0.0,
    "loops__exit": False,
}


def city(**overrides: Any) -> City:
    return City(first_small(**overrides))


def payments(made: City, months: int) -> np.ndarray:
    """Who paid in each month, months x owners that somebody bills in all of them."""
    paid, billed = [], []
    of_estate = np.repeat(np.arange(made.state.estates.size), made.state.estates["households"])
    for _ in range(months):
        made.step()
        paid.append(made.state.owners.paid.copy())
        billed.append((made.state.estates["billed"] > 0)[of_estate])
    return np.array(paid)[:, np.all(billed, axis=0)]


def test_the_luck_of_a_year_lasts_the_year_and_the_next_year_has_its_own() -> None:
    paid = payments(city(**ALONE, mechanisms__persistence=True, payment__persistence=1.0, months=24), 24)
    assert_array_equal(paid[:12], np.broadcast_to(paid[0], paid[:12].shape))
    assert_array_equal(paid[12:], np.broadcast_to(paid[12], paid[12:].shape))
    changed = np.mean(paid[0] != paid[12])
    share = paid[0].mean()
    assert 0.5 < changed / (2 * share * (1 - share)) < 1.1, (
        "as many as two independent draws tell apart, or a little fewer"
    )


def test_without_persistence_the_mechanism_draws_every_month_as_before() -> None:
    plain = payments(city(**ALONE), 12)
    assert_array_equal(
        payments(city(**ALONE, mechanisms__persistence=True, payment__persistence=0.0), 12), plain
    )
    assert np.mean(plain[0] != plain[1]) > 0.1


def test_as_many_pay_but_they_are_the_same_ones() -> None:
    plain, lasting = (payments(city(mechanisms__persistence=on), 18)[6:] for on in (False, True))
    assert abs(plain.mean() - lasting.mean()) < 0.05
    all_twelve, none = ([(of.sum(axis=0) == many).mean() for of in (plain, lasting)] for many in (12, 0))
    assert all_twelve[1] > 1.5 * all_twelve[0]
    assert none[1] > 2 * none[0]


def test_habit_keeps_payers_paying_and_refusers_refusing() -> None:
    def kept(weight: float) -> float:
        """Share of owners who do in a month what they did in the month before."""
        settings = {**ALONE, "payment__habit_weight": weight, "payment__persistence": 0.0}
        paid = payments(city(**settings, mechanisms__persistence=True), 18)
        return float((paid[1:] == paid[:-1]).mean())

    assert kept(4.0) > kept(0.0) + 0.05


def test_a_debt_is_as_old_as_its_oldest_bill() -> None:
    plain, aged = (
        City(first_lively(mechanisms__debt_age=on, months=30, arrears__repay_base=0.3)).run()
        for on in (False, True)
    )
    ages = [made.state.owners.arrears_age[made.state.owners.arrears > 0] for made in (plain, aged)]
    assert ages[1].mean() < ages[0].mean(), "what was repaid was the oldest"
    assert (aged.state.owners.arrears_age[aged.state.owners.arrears == 0] == 0).all()
    assert ages[1].min() >= 1


def without_debts(**overrides: Any) -> City:
    """A city whose owners owe nothing at first, repay nothing but by paying a month's bill,
    and are always reminded."""
    made = city(
        arrears__repay_base=0.0,
        arrears__repay_satisfied=0.0,
        arrears__reminded=1.0,
        committee__attempt=0.0,
        loops__exit=False,
        **overrides,
    )
    owners = made.state.owners
    for column in (owners.arrears, owners.arrears_age, owners.missed, made.state.estates["arrears"]):
        column[:] = 0
    return made


def live(made: City, months: int, pays: Any) -> np.ndarray:
    """So many months in which these owners pay and the others do not; who was billed in all of them."""
    made.state.owners.duty[:] = np.where(pays, 100.0, -100.0)
    billed = np.ones(made.state.estates.size, bool)
    for _ in range(months):
        made.step()
        billed &= made.state.estates["billed"] > 0
    return np.repeat(billed, made.state.estates["households"])


def test_a_payment_goes_to_the_bill_that_fell_due_first() -> None:
    for on in (False, True):
        made = without_debts(mechanisms__debt_age=on, months=22)
        mine = live(made, 8, False)
        owed = made.state.owners.arrears.copy()
        mine &= live(made, 14, True)
        owners = made.state.owners
        assert mine.any() and (owners.paid[mine] == 1).all()
        assert_array_equal(owners.arrears[mine], owed[mine])
        if on:
            assert set(owners.arrears_age[mine]) <= {8, 9}, "the last eight bills are open"
            np.testing.assert_allclose(owners.arrears[mine] / owners.unpaid_12[mine], 8 / 12, atol=0.01)
        else:
            assert set(owners.arrears_age[mine]) == {22}, "the first eight are, whatever was paid since"
            assert (owners.unpaid_12[mine] == 0).all()
        assert (owners.missed[mine] == 0).all(), "either way a bill was paid in each of twelve months"


def test_the_rest_of_a_payment_is_for_the_bill_of_the_month() -> None:
    made = without_debts(mechanisms__debt_age=True, months=4)
    mine = live(made, 1, False)
    made.state.owners.arrears[:] //= 2
    half = made.state.owners.arrears.copy()
    mine &= live(made, 3, True)
    owners = made.state.owners
    assert_array_equal(owners.arrears[mine], half[mine])
    assert set(owners.arrears_age[mine]) == {1}, "of the month's bill"
    assert set(owners.late[mine]) == {0b1111}


def test_what_is_paid_to_a_manager_is_not_for_what_an_earlier_one_is_owed() -> None:
    made = without_debts(mechanisms__debt_age=True, months=20)
    early = np.arange(made.state.owners.area.size) % 2 == 0
    mine = live(made, 6, ~early)
    estates = made.state.estates
    for e in range(estates.size):  # everywhere the manager changes; who comes after charges as much
        keep_claim(e, int(estates["fund_account"][e]), estates, made.state.claims)
    mine &= live(made, 2, early)  # those who owe the earlier manager pay the new one, and the others do not
    mine &= live(made, 12, True)
    owners = made.state.owners
    assert set(owners.arrears_age[mine & early]) == {20}, (
        "the earlier manager's bills stay as old as they are"
    )
    assert set(owners.late[mine & early] & 0xFFF) == {0}, "and the new one's are paid when due"
    assert set(owners.arrears_age[mine & ~early]) <= {2, 3}
    assert set(owners.late[mine & ~early]) == {0xFFF}


def test_the_order_of_payments_moves_no_fen() -> None:
    plain, ordered = (city(mechanisms__debt_age=on, arrears__reminded=1.0, months=1) for on in (False, True))
    for made in (plain, ordered):
        made.step()
    for column in ("arrears", "collected", "recovered", "income", "debtors"):
        assert_array_equal(plain.state.estates[column], ordered.state.estates[column])
    assert_array_equal(plain.state.owners.arrears, ordered.state.owners.arrears)
    assert ordered.state.estates["open_12"].sum() > plain.state.estates["open_12"].sum(), "on newer bills"


def test_debts_that_nobody_was_reminded_of_end_without_a_fen_moving() -> None:
    settings = {
        "mechanisms__debt_age": True,
        "months": 24,
        "arrears__limitation": 6.0,
        "start__arrears_months": 12.0,
    }
    kept = City(first_lively(**settings, arrears__reminded=1.0)).run()
    lost = City(first_lively(**settings, arrears__reminded=0.0)).run()
    assert kept.outcomes is not None and lost.outcomes is not None
    assert kept.outcomes.lapsed.sum() == 0
    assert lost.outcomes.lapsed.sum() > 0
    assert lost.state.estates["arrears"].sum() < kept.state.estates["arrears"].sum()
    claims = lost.state.claims.fen.sum(axis=1)
    assert_array_equal(claims, lost.state.estates["former_arrears"])
    assert (claims <= lost.state.estates["arrears"]).all()


def test_debts_grow_older_and_end_where_nobody_bills_too() -> None:
    made = City(
        first_lively(mechanisms__debt_age=True, arrears__limitation=6.0, arrears__reminded=0.0, months=24)
    )
    made.run()
    out = made.outcomes
    assert out is not None
    unbilled = (out.billed[13:] == 0).all(axis=0) & (out.arrears[12] > 0)
    assert unbilled.any()
    assert (out.lapsed[13:, unbilled].sum(axis=0) > 0).all()
    assert (out.arrears[24, unbilled] < out.arrears[12, unbilled]).all()
