"""One owner's decisions a second time, written from docs/model.md (sections 3 and 8), for single
owners and for whole columns.

Nothing here comes from sim.model.month.decisions, so that an error there cannot hide: the two agree to the
last bit only if both say what the page says. Shared are the exponential (sim.model.exact) and the types of
the columns. Everything is float32, worked out in the order in which the page writes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import exp32

F = np.float32
Value = Any  # a NumPy scalar, or an array of them
NOTHING, ONE, HALF = F(0), F(1), F(0.5)
OCCUPIER, VACANT = 0, 2
FRACTIONS = F(2**24)
RECORDS = np.array([(F(12) - F(bin(bits).count("1"))) / F(12) for bits in range(2**12)])
MOST_MONTHS = 250  # what a byte counts to, with room


def bounded(value: Value, low: np.float32 = NOTHING, high: np.float32 = ONE) -> Value:
    """clip: no less than `low` and no more than `high`."""
    return np.minimum(high, np.maximum(low, value))


def above(value: Value, other: Value) -> Value:
    """max(0, value - other)."""
    return np.maximum(NOTHING, value - other)


def draw(word: Value) -> Value:
    """u: the first 24 of 32 bits as a fraction."""
    return (word >> 8).astype(F) / FRACTIONS


# billing and payment


def bill(area: Value, price: Value, occupancy: Value, vacant_share: np.float32) -> Value:
    """B: area times price, times the reduced share on a vacant flat, in fen, half a fen rounded up."""
    part = np.where(occupancy == VACANT, vacant_share, ONE)
    return np.floor(area * price * part + HALF).astype(np.int32)


def log_odds(
    duty: Value,
    service_sensitivity: Value,
    satisfaction: Value,
    satisfaction_reference: np.float32,
    norm_sensitivity: Value,
    payers_seen: Value,
    threshold: Value,
    standing: Value,
    grievance_weight: np.float32,
    grievance: Value,
    burden_weight: np.float32,
    burden: Value,
    habit_weight: np.float32,
    record: Value,
    habit_reference: np.float32,
) -> Value:
    """z: duty, service, norm and what holds for the whole estate, less grievance and
    burden, and the owner's habit."""
    z = duty
    z = z + service_sensitivity * (satisfaction - satisfaction_reference)
    z = z + norm_sensitivity * (payers_seen - threshold)
    z = z + standing
    z = z - grievance_weight * grievance
    z = z - burden_weight * burden
    return z + habit_weight * (record - habit_reference)


def record_of(missed: Value) -> Value:
    """h: the share of the last twelve bills that were paid when due, from one bit for each that was not."""
    return RECORDS[missed & 0xFFF]


def lot(month_word: Value, year_word: Value, persistence: np.float64) -> Value:
    """The word that decides: the year's, in so many of 256 months by the last 8 bits of this month's."""
    lasting = np.asarray(month_word) % 256 < np.floor(persistence * 256.0 + 0.5)
    return np.where(lasting, year_word, month_word)


def pays(z: Value, word: Value) -> Value:
    """Decided by u (1 + e^-z) < 1."""
    return draw(word) * (ONE + exp32(-z)) < ONE


def chance_to_repay(
    base: np.float32,
    satisfied: np.float32,
    satisfaction: Value,
    reference: np.float32,
    pressure: Value,
    ageing: np.float32,
    months: Value,
) -> Value:
    """The probability of repaying arrears that are so many months old."""
    willing = base + satisfied * above(satisfaction, reference) + pressure
    return willing * exp32(-(ageing * np.asarray(months).astype(F)))


def repaid(repays: Value, arrears: Value, bill: Value, instalments: np.int32) -> Value:
    """min(D, B x instalments) in fen, or nothing."""
    return np.where(repays, np.minimum(arrears, bill * instalments), 0).astype(np.int32)


def to_older_bills(payment: Value, owed: Value, months: Value, alone: Value) -> Value:
    """What of a payment goes to older bills: all that they need, where the present
    manager alone is owed them."""
    return np.where(np.asarray(months).astype(np.int32) <= alone, np.minimum(payment, owed), 0).astype(
        np.int32
    )


def months_in_arrears(arrears: Value, months: Value) -> Value:
    """k after the month: one more while anything is owed, 0 when nothing is."""
    longer = np.minimum(np.asarray(months).astype(np.int32) + 1, MOST_MONTHS)
    return np.where(arrears > 0, longer, 0).astype(np.uint8)


def oldest_bill(before: Value, left: Value, months: Value) -> Value:
    """k after a repayment that left so much of a debt: a month more, times the part
    that is left; 0 where none is."""
    part = (np.asarray(months).astype(np.int32) + 1).astype(F) * np.asarray(left).astype(F)
    rounded = np.floor(part / np.maximum(before, 1).astype(F) + HALF).astype(np.int32)
    months_left = np.minimum(np.maximum(rounded, 1), MOST_MONTHS)  # ten times as fast as `clip` on one number
    return np.where(left > 0, months_left, 0).astype(np.int32)


def lapsed(left: Value, months: Value, limitation: float, word: Value, reminded: float) -> Value:
    """The oldest month's part of a debt past the limitation, in so many of 256 months by
    the last 8 bits of the word."""
    forgotten = np.asarray(word) % 256 < np.floor((1.0 - reminded) * 256.0 + 0.5)
    month = np.floor(np.asarray(left).astype(F) / np.maximum(months, 1).astype(F)).astype(np.int32)
    return np.where((months > limitation) & forgotten, month, 0)


# what service feels like


def worth(quality: Value, burden: Value, burden_norm: np.float32) -> Value:
    """V: quality less the fee's share of income in units of what is usual, in [-1, 1]."""
    return bounded(quality - burden / burden_norm, -ONE, ONE)


def adapted(expectation: Value, received: Value, up: np.float32, down: np.float32) -> Value:
    """x after the month: toward what is received, at one speed up and another down."""
    distance = received - expectation
    return bounded(expectation + np.where(distance > 0, up, down) * distance)


def mood(
    satisfaction: Value, received: Value, expectation: Value, relative: np.float32, speed: np.float32
) -> Value:
    """s after the month, judged against the expectation of before."""
    goal = bounded(received + relative * (received - expectation))
    return satisfaction + speed * (goal - satisfaction)


# complaints


def chance_to_complain(
    base: np.float32,
    channels: Value,
    tolerance: np.float32,
    satisfaction: Value,
    weight: np.float32,
    activism: Value,
) -> Value:
    """The probability that an owner without an open complaint files one."""
    return base * (ONE + channels) * above(tolerance, satisfaction) * (HALF + weight * activism)


def is_solved(waited: Value, word: Value, share: Value) -> Value:
    """An open complaint is solved with the share of cases that there are hands for."""
    return np.logical_and(waited > 0, draw(word) < share)


def complaint_after(waited: Value, word: Value, solved: Value, chance: Value, patience: np.uint8) -> Value:
    """Months waited plus one, 0 without a complaint: filed, solved, a month older, or given up."""
    going_on = np.where(np.asarray(waited) >= patience, 0, np.asarray(waited).astype(np.int32) + 1)
    open_one = np.where(solved, 0, going_on)
    return np.where(waited > 0, open_one, draw(word) < chance).astype(np.uint8)


# grievance and votes


def bitterness(
    grievance: Value,
    raised: Value,
    asked: Value,
    asked_size: np.float32,
    overdue: Value,
    ignored_size: np.float32,
    relief: Value,
    solved: Value,
    solved_size: np.float32,
) -> Value:
    """g after the month."""
    fed = raised + np.where(asked, asked_size, NOTHING) + np.where(overdue, ignored_size, NOTHING)
    left = grievance - relief * grievance - np.where(solved, solved_size, NOTHING) * grievance
    return bounded(left + fed * (ONE - grievance))


def chance_to_vote(
    base: np.float32,
    activism_weight: np.float32,
    activism: Value,
    dissatisfaction_weight: np.float32,
    satisfaction: Value,
    reference: np.float32,
    mobilised: np.float32,
    occupancy: Value,
    elsewhere: np.float32,
) -> Value:
    """The probability of taking part in a vote."""
    at_home = base + activism_weight * activism + dissatisfaction_weight * above(reference, satisfaction)
    return bounded((at_home + mobilised) * np.where(occupancy == OCCUPIER, ONE, elsewhere))


def chance_to_return_ballot(
    turnout: np.float32,
    activism_weight: np.float32,
    activism: Value,
    usual: np.float32,
    dissatisfaction_weight: np.float32,
    satisfaction: Value,
    reference: np.float32,
    least: np.float32,
    reached: np.float32,
    mobilised: np.float32,
    occupancy: Value,
    elsewhere: np.float32,
) -> Value:
    """The probability of taking part in a ballot, with the mechanism of that name."""
    answers = turnout + activism_weight * (activism - usual)
    answers = answers + dissatisfaction_weight * above(reference, satisfaction)
    at_home = reached * bounded(answers, least) + mobilised
    return bounded(at_home * np.where(occupancy == OCCUPIER, ONE, elsewhere))
