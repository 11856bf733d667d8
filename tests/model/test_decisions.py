"""What is true of each decision that an owner takes, in words: a rule that is turned round
makes one of these fail.

`about` says which rule of sim/model/month/decisions.py a test is a truth of; the mutation run (`python3 go.py
mutate`) asks that every mutant of a rule is noticed by a truth of that very rule.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.model.month import decisions
from sim.model.month.decisions import (
    ballot_chance,
    bill_of,
    complaint_chance,
    complaint_solved,
    debt_age,
    grievance_raised,
    habit_term,
    lapsed_amount,
    logistic_draw,
    luck_of,
    matter_of,
    next_arrears_age,
    next_expectation,
    next_grievance,
    next_open,
    next_satisfaction,
    next_waiting,
    paid_of_twelve,
    paid_to_older,
    participation_chance,
    payment_logit,
    repaid_amount,
    repayment_chance,
    share_seen,
    shortfall,
    uniform,
    value_for_money,
)

F, U8, U16, U32, I32 = np.float32, np.uint8, np.uint16, np.uint32, np.int32
OCCUPIER, TENANT, VACANT = U8(0), U8(1), U8(2)
STEPS = 2**24  # different values that a draw can have
RULES: dict[str, str] = {}  # name of a test: the rule that it is about


def about(rule: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark a test as a truth about a rule."""

    def mark(test: Callable[..., None]) -> Callable[..., None]:
        RULES[test.__name__] = rule.__name__
        return test

    return mark


def close(value: float) -> Any:
    """Equal but for the rounding of float32."""
    return pytest.approx(value, rel=2e-5, abs=1e-6)


def word_at(share: float) -> np.uint32:
    """The word whose draw is `share` (a multiple of 2^-24)."""
    return U32(int(share * STEPS) << 8)


def test_every_rule_has_a_truth() -> None:
    tree = ast.parse(inspect.getsource(decisions))
    rules = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert rules == set(RULES.values())


# draws


@about(uniform)
def test_a_draw_runs_from_nothing_to_just_below_one() -> None:
    assert uniform(U32(0)) == 0.0
    assert uniform(U32(2**31)) == 0.5
    assert uniform(U32(2**32 - 1)) == F(1 - 1 / STEPS) < 1.0
    assert uniform(U32(2**32 - 1)).dtype == F


@about(uniform)
def test_a_draw_is_the_first_three_bytes_of_its_word() -> None:
    assert uniform(U32(255)) == 0.0
    assert uniform(U32(256)) == uniform(U32(511)) == F(1 / STEPS)
    assert uniform(U32(7 * 256)) == F(7 / STEPS)


@about(logistic_draw)
def test_even_odds_are_a_half_chance() -> None:
    assert logistic_draw(F(0), word_at(0.5 - 1 / STEPS))
    assert not logistic_draw(F(0), word_at(0.5))


@about(logistic_draw)
@pytest.mark.parametrize("odds", [0.05, 1 / 3, 1.0, 3.0, 20.0])
def test_the_chance_that_log_odds_stand_for(odds: float) -> None:
    words = (np.arange(4096, dtype=U32) << U32(20)) + U32(2**19)
    share = float(np.mean(logistic_draw(F(math.log(odds)), words)))
    assert share == pytest.approx(odds / (1 + odds), abs=1 / 4096)


# paying


@about(bill_of)
def test_a_bill_is_area_times_price() -> None:
    assert bill_of(F(100), F(150), OCCUPIER, F(0.7)) == 15_000
    assert bill_of(F(100), F(150), TENANT, F(0.7)) == 15_000


@about(bill_of)
def test_only_a_vacant_flat_is_billed_at_the_reduced_share() -> None:
    assert bill_of(F(100), F(150), VACANT, F(0.75)) == 11_250


@about(bill_of)
def test_a_bill_is_whole_fen_and_half_a_fen_counts() -> None:
    assert bill_of(F(3), F(3.5), OCCUPIER, F(1)) == 11  # 10.5 fen
    assert bill_of(F(3), F(3.4375), OCCUPIER, F(1)) == 10  # 10.3 fen
    assert bill_of(F(3), F(3.5), OCCUPIER, F(1)).dtype == I32


def logit(**changes: float) -> float:
    """The log-odds of an owner for whom everything is neutral but what is named."""
    owner = {
        "duty": 0.0,
        "service_sensitivity": 2.0,
        "satisfaction": 0.5,
        "satisfaction_reference": 0.5,
        "norm_sensitivity": 3.0,
        "norm_seen": 0.6,
        "threshold": 0.6,
        "estate_term": 0.0,
        "grievance_weight": 1.5,
        "grievance": 0.0,
        "burden_weight": 4.0,
        "burden": 0.0,
        "habit_weight": 0.0,
        "record": 1.0,
        "habit_reference": 0.5,
    } | changes
    return float(payment_logit(**{name: F(value) for name, value in owner.items()}))


@about(payment_logit)
def test_an_owner_for_whom_all_is_neutral_is_left_with_duty_and_what_the_estate_adds() -> None:
    assert logit() == 0.0
    assert logit(duty=0.7) == close(0.7)
    assert logit(duty=0.7, estate_term=0.25) == close(0.95)


@about(payment_logit)
def test_a_satisfied_owner_is_likelier_to_pay_and_a_dissatisfied_one_less() -> None:
    assert logit(satisfaction=0.8) == close(0.6)
    assert logit(satisfaction=0.2) == close(-0.6)
    assert logit(satisfaction=0.8, satisfaction_reference=0.6) == close(0.4)


@about(payment_logit)
def test_owners_pay_where_more_neighbours_pay_than_they_ask_for() -> None:
    assert logit(norm_seen=0.9) == close(0.9)
    assert logit(norm_seen=0.3) == close(-0.9)
    assert logit(norm_seen=0.9, threshold=0.7) == close(0.6)


@about(payment_logit)
def test_grievance_keeps_from_paying() -> None:
    assert logit(grievance=0.4) == close(-0.6)


@about(payment_logit)
def test_a_fee_that_weighs_on_income_keeps_from_paying() -> None:
    assert logit(burden=0.05) == close(-0.2)


@about(payment_logit)
def test_who_paid_so_far_is_likelier_to_go_on_and_who_did_not_is_not() -> None:
    assert logit(habit_weight=2.0, record=0.9) == close(0.8)
    assert logit(habit_weight=2.0, record=0.0) == close(-1.0)
    assert logit(habit_weight=2.0, record=0.75, habit_reference=0.75) == 0.0


@about(payment_logit)
def test_reasons_to_pay_add_up() -> None:
    mixed = logit(duty=0.3, satisfaction=0.9, norm_seen=0.8, estate_term=0.2, grievance=0.5, burden=0.03)
    assert mixed == close(0.3 + 2 * 0.4 + 3 * 0.2 + 0.2 - 1.5 * 0.5 - 4 * 0.03)


@about(habit_term)
def test_a_record_as_usual_says_nothing_and_a_better_one_speaks_for_paying() -> None:
    assert habit_term(F(2), F(0.5), F(0.5)) == 0.0
    assert habit_term(F(2), F(0.9), F(0.5)) == close(0.8)
    assert habit_term(F(2), F(0.25), F(0.75)) == close(-1.0)
    assert habit_term(F(0), F(0.9), F(0.5)) == 0.0


@about(share_seen)
def test_owners_look_at_their_own_building_and_at_the_rest_of_the_estate() -> None:
    assert share_seen(F(1), F(0.9), F(0.2)) == close(0.9)
    assert share_seen(F(0), F(0.9), F(0.2)) == close(0.2)
    assert share_seen(F(0.25), F(0.9), F(0.2)) == close(0.375)
    assert share_seen(F(0.5), F(0.9), F(0.4)) == close(0.65)
    assert share_seen(F(0.25), F(0.9), F(0.2)).dtype == F


@about(paid_of_twelve)
def test_the_record_is_the_share_of_twelve_bills_that_were_paid() -> None:
    for missed in range(2**12):
        assert paid_of_twelve(U16(missed)) == close((12 - missed.bit_count()) / 12)
    assert paid_of_twelve(U16(0)).dtype == F


@about(luck_of)
def test_the_luck_of_the_year_decides_in_so_many_months_and_that_of_the_month_in_the_others() -> None:
    year, months = U32(0xABCDEF01), [U32(0x51000000 + low) for low in range(256)]
    for lasting in (0, 1, 100, 255, 256):
        chosen = [int(luck_of(word, year, U32(lasting))) for word in months]
        assert sum(word == year for word in chosen) == lasting
        assert [word for word in chosen if word != year] == months[lasting:]


# arrears


@about(debt_age)
def test_a_debt_of_which_nothing_is_repaid_is_a_month_older_up_to_250() -> None:
    for owed in (1, 777, 12_345_678, 16_777_217):
        assert [int(debt_age(I32(owed), I32(owed), U8(age))) for age in (0, 36, 100, 249, 250)] == [
            1,
            37,
            101,
            250,
            250,
        ]


@about(debt_age)
def test_who_repays_part_of_a_debt_is_left_with_its_newer_bills() -> None:
    assert debt_age(I32(9_000), I32(4_500), U8(23)) == 12
    assert debt_age(I32(9_000), I32(3_000), U8(23)) == 8
    assert debt_age(I32(9_000), I32(1), U8(23)) == 1
    assert debt_age(I32(1_000), I32(650), U8(9)) == 7, "6.5 months"


@about(debt_age)
def test_a_debt_that_is_paid_off_has_no_age() -> None:
    assert debt_age(I32(9_000), I32(0), U8(23)) == 0
    assert debt_age(I32(0), I32(0), U8(0)) == 0


@about(paid_to_older)
def test_a_payment_goes_to_older_bills_first_and_to_no_more_than_them() -> None:
    assert paid_to_older(I32(1_000), I32(5_000), U8(20), I32(255)) == 1_000
    assert paid_to_older(I32(1_000), I32(400), U8(1), I32(255)) == 400, "the rest is for this month's bill"
    assert paid_to_older(I32(1_000), I32(0), U8(0), I32(255)) == 0
    assert paid_to_older(I32(0), I32(5_000), U8(20), I32(255)) == 0


@about(paid_to_older)
def test_a_payment_to_a_manager_is_not_for_what_an_earlier_one_is_owed() -> None:
    assert paid_to_older(I32(1_000), I32(5_000), U8(9), I32(8)) == 0
    assert paid_to_older(I32(1_000), I32(5_000), U8(8), I32(8)) == 1_000
    assert paid_to_older(I32(1_000), I32(5_000), U8(7), I32(8)) == 1_000
    assert paid_to_older(I32(1_000), I32(5_000), U8(0), I32(-1)) == 0


@about(lapsed_amount)
def test_the_oldest_month_of_a_debt_lapses_once_it_is_past_the_limitation() -> None:
    assert lapsed_amount(I32(37_000), I32(37), I32(36), U32(0), U32(256)) == 1_000
    assert lapsed_amount(I32(50_049), I32(50), I32(36), U32(0), U32(256)) == 1_000, "whole fen"
    assert lapsed_amount(I32(36_000), I32(36), I32(36), U32(0), U32(256)) == 0
    assert lapsed_amount(I32(0), I32(0), I32(0), U32(0), U32(256)) == 0


@about(lapsed_amount)
def test_a_debt_that_somebody_was_reminded_of_does_not_lapse() -> None:
    words = [U32(0xABCDEF00 + low) for low in range(256)]
    for lapsing in (0, 26, 256):
        lost = [int(lapsed_amount(I32(40_000), I32(40), I32(36), word, U32(lapsing))) for word in words]
        assert lost == [1_000] * lapsing + [0] * (256 - lapsing)


def repaying(satisfaction: float = 0.5, extra: float = 0.0, age: int = 0) -> float:
    """The chance of repaying of an owner whose reference is 0.5."""
    return float(repayment_chance(F(0.1), F(0.4), F(satisfaction), F(0.5), F(extra), F(0.05), I32(age)))


@about(repayment_chance)
def test_fresh_arrears_are_repaid_with_the_base_chance_and_what_pressure_adds() -> None:
    assert repaying() == close(0.1)
    assert repaying(extra=0.2) == close(0.3)


@about(repayment_chance)
def test_the_satisfied_repay_more_often_and_the_dissatisfied_no_less_than_the_rest() -> None:
    assert repaying(satisfaction=0.9) == close(0.1 + 0.4 * 0.4)
    assert repaying(satisfaction=1.0) == close(0.1 + 0.4 * 0.5)
    assert repaying(satisfaction=0.1) == close(0.1)


@about(repayment_chance)
def test_old_arrears_are_repaid_less_often() -> None:
    assert repaying(age=12) == close(0.1 * math.exp(-0.6))
    assert repaying(satisfaction=0.9, extra=0.2, age=3) == close(0.46 * math.exp(-0.15))


@about(repaid_amount)
def test_who_repays_brings_everything_but_at_most_so_many_bills() -> None:
    assert repaid_amount(True, I32(5_000), I32(2_000), I32(3)) == 5_000
    assert repaid_amount(True, I32(6_000), I32(2_000), I32(3)) == 6_000
    assert repaid_amount(True, I32(6_001), I32(2_000), I32(3)) == 6_000


@about(repaid_amount)
def test_who_does_not_repay_brings_nothing() -> None:
    assert repaid_amount(False, I32(5_000), I32(2_000), I32(3)) == 0


@about(next_arrears_age)
def test_arrears_grow_older_by_a_month_and_stop_counting_at_250() -> None:
    assert [int(next_arrears_age(I32(1), U8(age))) for age in (0, 1, 130, 249, 250, 254)] == [
        1,
        2,
        131,
        250,
        250,
        254,
    ]


@about(next_arrears_age)
def test_nothing_owed_has_no_age() -> None:
    assert next_arrears_age(I32(0), U8(7)) == 0
    assert next_arrears_age(I32(-5), U8(7)) == 0
    assert next_arrears_age(I32(1), U8(7)).dtype == next_arrears_age(I32(0), U8(7)).dtype == U8


# what service feels like


@about(value_for_money)
def test_service_is_worth_its_fee_where_it_is_as_good_as_the_fee_is_heavy() -> None:
    assert value_for_money(F(0.5), F(0.01), F(0.02)) == close(0.0)
    assert value_for_money(F(0.8), F(0.01), F(0.02)) == close(0.3)
    assert value_for_money(F(0.3), F(0.01), F(0.02)) == close(-0.2)


@about(value_for_money)
def test_the_dearer_the_fee_the_less_it_is_worth_within_bounds() -> None:
    assert value_for_money(F(0.8), F(0.016), F(0.02)) == close(0.0)
    assert value_for_money(F(0.8), F(0.004), F(0.02)) == close(0.6)
    assert value_for_money(F(0.5), F(0.5), F(0.02)) == -1.0
    assert value_for_money(F(1.5), F(0.004), F(0.02)) == 1.0


def expecting(expectation: float, received: float) -> float:
    """Expectation a month later, where it goes up by a fifth of the distance and down by a tenth."""
    return float(next_expectation(F(expectation), F(received), F(0.2), F(0.1)))


@about(next_expectation)
def test_expectations_rise_faster_than_they_fall() -> None:
    assert expecting(0.5, 0.9) == close(0.58)
    assert expecting(0.5, 0.1) == close(0.46)
    assert expecting(0.5, 0.9) - 0.5 > 0.5 - expecting(0.5, 0.1)


@about(next_expectation)
def test_what_is_as_expected_changes_no_expectation() -> None:
    assert expecting(0.5, 0.5) == close(0.5)


@about(next_expectation)
def test_expectation_stays_a_share() -> None:
    assert expecting(0.98, 1.5) == 1.0
    assert expecting(0.02, -0.5) == 0.0


def satisfied(satisfaction: float, received: float, expectation: float) -> float:
    """Satisfaction a month later, half judged against expectation, a quarter of the
    way to what it comes to."""
    return float(next_satisfaction(F(satisfaction), F(received), F(expectation), F(0.5), F(0.25)))


@about(next_satisfaction)
def test_satisfaction_moves_part_of_the_way_to_what_is_received() -> None:
    assert satisfied(0.4, 0.8, 0.8) == close(0.5)
    assert satisfied(0.8, 0.4, 0.4) == close(0.7)
    assert satisfied(0.6, 0.6, 0.6) == close(0.6)


@about(next_satisfaction)
def test_the_same_service_pleases_less_where_more_was_expected() -> None:
    assert satisfied(0.6, 0.6, 0.8) == close(0.6 - 0.25 * 0.1)
    assert satisfied(0.6, 0.6, 0.4) == close(0.6 + 0.25 * 0.1)


@about(next_satisfaction)
def test_nobody_moves_toward_more_than_full_satisfaction_or_less_than_none() -> None:
    assert satisfied(0.6, 0.95, 0.45) == close(0.7)
    assert satisfied(0.6, 0.05, 0.55) == close(0.45)


@about(shortfall)
def test_service_falls_short_by_what_is_missing_and_never_by_less_than_nothing() -> None:
    assert shortfall(F(0.4), F(0.6)) == close(0.2)
    assert shortfall(F(0.0), F(0.6)) == close(0.6)
    assert shortfall(F(0.6), F(0.6)) == shortfall(F(0.9), F(0.6)) == 0.0


# complaints


def complaining(satisfaction: float, channel: float = 0.0, activism: float = 0.0) -> float:
    """The chance of complaining of an owner who tolerates satisfaction down to 0.6."""
    return float(complaint_chance(F(0.5), F(channel), F(0.6), F(satisfaction), F(2.0), F(activism)))


@about(complaint_chance)
def test_who_has_what_he_tolerates_does_not_complain() -> None:
    assert complaining(0.6) == complaining(0.9) == 0.0


@about(complaint_chance)
def test_the_less_satisfied_the_more_complaints() -> None:
    assert complaining(0.4) == close(0.5 * 0.2 * 0.5)
    assert complaining(0.2) == close(0.5 * 0.4 * 0.5)


@about(complaint_chance)
def test_the_active_complain_more_and_so_do_all_where_channels_are_opened() -> None:
    assert complaining(0.4, activism=0.4) == close(0.5 * 0.2 * (0.5 + 0.8))
    assert complaining(0.4, channel=0.5) == close(1.5 * 0.5 * 0.2 * 0.5)
    assert complaining(0.4, channel=0.5, activism=0.4) == close(1.5 * 0.5 * 0.2 * 1.3)


@about(complaint_solved)
def test_an_open_complaint_is_solved_with_the_chance_that_staff_have_time_for_it() -> None:
    assert complaint_solved(U8(1), word_at(0.25), F(0.5))
    assert complaint_solved(U8(9), word_at(0.25), F(0.5))
    assert not complaint_solved(U8(1), word_at(0.5), F(0.5))
    assert not complaint_solved(U8(1), word_at(0.75), F(0.5))
    assert not complaint_solved(U8(1), word_at(0.0), F(0.0))


@about(complaint_solved)
def test_where_nothing_is_open_nothing_is_solved() -> None:
    assert not complaint_solved(U8(0), word_at(0.25), F(0.5))
    assert not complaint_solved(U8(0), word_at(0.75), F(0.5))
    assert complaint_solved(U8(1), word_at(0.25), F(0.5)).dtype == np.bool_


def waiting(before: int, draw: float = 0.5, solved: bool = False, chance: float = 0.25) -> int:
    """The complaint of an owner whose patience is 24 months, a month later."""
    return int(next_waiting(U8(before), word_at(draw), np.bool_(solved), F(chance), U8(24)))


@about(next_waiting)
def test_a_complaint_is_filed_with_its_chance() -> None:
    assert waiting(0, draw=0.125) == 1
    assert waiting(0, draw=0.25) == waiting(0, draw=0.5) == 0


@about(next_waiting)
def test_an_open_complaint_grows_older_until_it_is_solved() -> None:
    assert waiting(1, draw=0.125) == waiting(1) == 2
    assert waiting(23) == 24
    assert waiting(1, solved=True) == waiting(23, draw=0.125, solved=True) == 0


@about(next_waiting)
def test_a_complaint_is_given_up_after_patience() -> None:
    assert waiting(24) == waiting(25) == 0


# grievance


def aggrieved(
    grievance: float,
    raised: float = 0.0,
    asked: bool = False,
    overdue: bool = False,
    solved: bool = False,
    relief: float = 0.0,
) -> float:
    """Grievance a month later: being asked adds 0.2, silence 0.3 and an answer takes half, of what
    is left to gain or lose."""
    return float(
        next_grievance(F(grievance), F(raised), asked, F(0.2), overdue, F(0.3), F(relief), solved, F(0.5))
    )


@about(grievance_raised)
def test_what_is_wrong_feeds_grievance_and_so_does_service_under_the_reference_by_its_weight() -> None:
    assert grievance_raised(F(0.1), F(0.5), F(0.8), F(0.6)) == close(0.1)
    assert grievance_raised(F(0.1), F(0.5), F(0.2), F(0.6)) == close(0.3)
    assert grievance_raised(F(0), F(0.5), F(0.2), F(0.6)) == close(0.2)


@about(next_grievance)
def test_grievance_stays_where_nothing_happens() -> None:
    assert aggrieved(0.0) == 0.0
    assert aggrieved(0.4) == close(0.4)
    assert aggrieved(1.0) == 1.0


@about(next_grievance)
def test_grievance_is_fed_by_what_is_wrong_by_neighbours_and_by_silence() -> None:
    assert aggrieved(0.4, raised=0.1) == close(0.4 + 0.1 * 0.6)
    assert aggrieved(0.4, asked=True) == close(0.4 + 0.2 * 0.6)
    assert aggrieved(0.4, overdue=True) == close(0.4 + 0.3 * 0.6)
    assert aggrieved(0.4, raised=0.1, asked=True, overdue=True) == close(0.4 + 0.6 * 0.6)


@about(next_grievance)
def test_grievance_is_relieved_by_time_and_when_a_complaint_is_solved() -> None:
    assert aggrieved(0.4, relief=0.1) == close(0.36)
    assert aggrieved(0.4, solved=True) == close(0.2)
    assert aggrieved(0.4, relief=0.1, solved=True) == close(0.16)


@about(next_grievance)
def test_new_grievance_comes_on_top_of_what_relief_leaves() -> None:
    assert aggrieved(0.4, raised=0.1, relief=0.1, solved=True) == close(0.4 - 0.04 - 0.2 + 0.06)


@about(next_grievance)
def test_grievance_stays_a_share() -> None:
    assert aggrieved(0.4, raised=1.5) == 1.0
    assert aggrieved(0.4, relief=0.9, solved=True) == 0.0


# votes


def taking_part(
    activism: float = 0.0, satisfaction: float = 0.5, mobilised: float = 0.0, occupancy: np.uint8 = OCCUPIER
) -> float:
    """The chance of taking part in a vote of an owner whose reference is 0.5."""
    return float(
        participation_chance(
            F(0.3), F(0.4), F(activism), F(0.5), F(satisfaction), F(0.5), F(mobilised), occupancy, F(0.25)
        )
    )


@about(participation_chance)
def test_the_active_and_the_mobilised_vote_more() -> None:
    assert taking_part() == close(0.3)
    assert taking_part(activism=0.5) == close(0.5)
    assert taking_part(mobilised=0.15) == close(0.45)


@about(participation_chance)
def test_the_dissatisfied_vote_more_and_the_satisfied_no_less() -> None:
    assert taking_part(satisfaction=0.1) == close(0.5)
    assert taking_part(satisfaction=0.9) == close(0.3)
    assert taking_part(satisfaction=0.1, activism=0.5, mobilised=0.15) == close(0.85)


@about(participation_chance)
def test_owners_who_do_not_live_there_vote_less() -> None:
    assert taking_part(occupancy=TENANT) == taking_part(occupancy=VACANT) == close(0.3 * 0.25)


@about(participation_chance)
def test_a_chance_to_vote_stays_a_chance() -> None:
    assert taking_part(activism=1.0, mobilised=0.9) == 1.0
    assert taking_part(mobilised=-0.9) == 0.0


def returning(
    activism: float = 0.4,
    satisfaction: float = 0.5,
    reached: float = 1.0,
    mobilised: float = 0.0,
    occupancy: np.uint8 = OCCUPIER,
) -> float:
    """The chance of returning a ballot whose turnout is 0.5 where activism is usual (0.4), of an
    owner whose reference is 0.5."""
    numbers = (0.5, 0.5, activism, 0.4, 0.75, satisfaction, 0.5, 0.25, reached, mobilised)
    return float(ballot_chance(*(F(number) for number in numbers), occupancy, F(0.5)))


@about(ballot_chance)
def test_only_who_is_reached_or_mobilised_returns_a_ballot() -> None:
    assert returning() == close(0.5)
    assert returning(reached=0.5) == close(0.25)
    assert returning(reached=0.0) == 0.0
    assert returning(reached=0.5, mobilised=0.25) == close(0.5)
    assert returning(mobilised=0.9) == 1.0


@about(ballot_chance)
def test_the_active_and_the_dissatisfied_return_ballots_and_the_satisfied_no_less_than_others() -> None:
    assert returning(activism=0.6) == close(0.6)
    assert returning(activism=0.2) == close(0.4)
    assert returning(satisfaction=0.1) == close(0.8)
    assert returning(satisfaction=0.9) == close(0.5)


@about(ballot_chance)
def test_whoever_is_reached_has_a_least_and_a_full_chance() -> None:
    assert returning(activism=-1.0) == close(0.25)
    assert returning(activism=2.0, satisfaction=0.0) == 1.0
    assert returning(activism=2.0, satisfaction=0.0, reached=0.5) == close(0.5)


@about(ballot_chance)
def test_owners_who_live_elsewhere_return_fewer_ballots() -> None:
    assert returning(occupancy=TENANT) == returning(occupancy=VACANT) == close(0.25)


@about(matter_of)
def test_what_a_complaint_is_about_goes_by_the_low_byte_of_its_word() -> None:
    """Of 256 words 100 are about service, 50 about facilities and 106 about defects; what stands above the
    low byte, which decides whether it is filed, changes nothing."""
    for high in (0, 0xABCDEF):
        words = U32(high << 8) + np.arange(256, dtype=U32)
        found = [int(matter_of(word, U32(100), U32(150))) for word in words]
        assert found == [0] * 100 + [1] * 50 + [2] * 106
    assert {int(matter_of(U32(low), U32(0), U32(0))) for low in (0, 255)} == {2}
    assert {int(matter_of(U32(low), U32(256), U32(256))) for low in (0, 255)} == {0}


@about(next_open)
def test_open_complaints_grow_a_month_older_and_are_given_up_past_patience() -> None:
    """One bit a month since filing: bit 0 was filed now."""
    patient, three = U32(0xFFFFFFFF), U32(0b111)
    assert next_open(U32(0b101), patient, False) == 0b1010
    assert next_open(U32(0b101), patient, True) == 0b1011, (
        "an open one does not keep another from being filed"
    )
    assert next_open(U32(0b101), three, False) == 0b010, "the oldest is past three months"
    assert next_open(U32(0b111), three, True) == 0b111
    assert next_open(U32(1 << 31), patient, False) == 0, "older than 32 months is not kept"
    assert next_open(U32(0), three, False) == 0
