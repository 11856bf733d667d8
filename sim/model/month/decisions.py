"""What one owner decides: each formula stands here once in the package.

The compiled owner passes use these functions; docs/model.md states them, and tests/reference/formulas.py
states them a second time from there. They are float32 throughout (a draw is a 32-bit word), use only + - * /
and comparisons, and so give the same bits for scalars, arrays and compiled loops.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import clip, exp32, where
from sim.model.kernel import inlined
from sim.model.state.owners import VACANT as VACANT_CODE

F = np.float32
I32 = np.int32
U32 = np.uint32
U8 = np.uint8

_ZERO = F(0)
_ONE = F(1)
_HALF = F(0.5)
_BYTE = U32(8)
_STEP = F(2.0**-24)
_NO = U8(0)
_YES = U8(1)
_LONGEST = U8(250)
_MOST = I32(250)
_LOW_BYTE = U32(0xFF)
_1, _2, _4 = U32(1), U32(2), U32(4)
_EVERY_2ND, _EVERY_2ND_PAIR, _FOUR_BITS = U32(0x555), U32(0x333), U32(0xF)  # of twelve bits
_TWELVE = F(12)
VACANT = U8(VACANT_CODE)


@inlined
def uniform(word: Any) -> Any:
    """A 32-bit word as a float32 in [0, 1): the top 24 bits."""
    return F(I32(word >> _BYTE)) * _STEP


@inlined
def bill_of(area: Any, price: Any, occupancy: Any, vacant_share: Any) -> Any:
    """This month's bill in fen: area (m2) x price (fen/m2), at the reduced share on a vacant flat."""
    return I32(area * price * where(occupancy == VACANT, vacant_share, _ONE) + _HALF)


@inlined
def share_seen(own_weight: Any, next_door: Any, elsewhere: Any) -> Any:
    """The share of payers that an owner sees: in the own building, and what is told
    of the rest of the estate."""
    return own_weight * next_door + (_ONE - own_weight) * elsewhere


@inlined
def habit_term(weight: Any, record: Any, reference: Any) -> Any:
    """What an owner's own record (see `paid_of_twelve`) adds to the log-odds of paying."""
    return weight * (record - reference)


@inlined
def payment_logit(
    duty: Any,
    service_sensitivity: Any,
    satisfaction: Any,
    satisfaction_reference: Any,
    norm_sensitivity: Any,
    norm_seen: Any,
    threshold: Any,
    estate_term: Any,
    grievance_weight: Any,
    grievance: Any,
    burden_weight: Any,
    burden: Any,
    habit_weight: Any,
    record: Any,
    habit_reference: Any,
) -> Any:
    """The log-odds of paying: duty + service + norm + estate-wide terms (sanction, trust, campaign) -
    grievance - burden + habit."""
    return (
        duty
        + service_sensitivity * (satisfaction - satisfaction_reference)
        + norm_sensitivity * (norm_seen - threshold)
        + estate_term
        - grievance_weight * grievance
        - burden_weight * burden
        + habit_term(habit_weight, record, habit_reference)
    )


@inlined
def paid_of_twelve(missed: Any) -> Any:
    """The owner's record: the share of the bills of the last twelve months that were paid when due;
    `missed`: one bit a bill."""
    pairs = U32(missed) - ((U32(missed) >> _1) & _EVERY_2ND)
    fours = (pairs & _EVERY_2ND_PAIR) + ((pairs >> _2) & _EVERY_2ND_PAIR)
    count = (fours + (fours >> _4) + (fours >> _BYTE)) & _FOUR_BITS
    return (_TWELVE - F(I32(count))) / _TWELVE


@inlined
def luck_of(month_word: Any, year_word: Any, lasting: Any) -> Any:
    """The word that decides whether an owner pays: the year's in `lasting` of 256 months, else this month's.

    The choice lies in the low byte of the month's word, which `uniform` does not use: every word
    chosen is uniform by itself.
    """
    return where((month_word & _LOW_BYTE) < lasting, year_word, month_word)


@inlined
def logistic_draw(logit: Any, word: Any) -> Any:
    """True with probability 1 / (1 + exp(-logit)), decided by one addressed word."""
    return uniform(word) * (_ONE + exp32(-logit)) < _ONE


@inlined
def repayment_chance(
    base: Any,
    satisfied: Any,
    satisfaction: Any,
    satisfaction_reference: Any,
    extra: Any,
    ageing: Any,
    age: Any,
) -> Any:
    """Chance that an owner repays arrears this month; it falls by exp(-ageing) with
    every month of age [T014]."""
    pleased = where(satisfaction > satisfaction_reference, satisfaction - satisfaction_reference, _ZERO)
    return (base + satisfied * pleased + extra) * exp32(-ageing * F(age))


@inlined
def repaid_amount(repays: Any, arrears: Any, bill: Any, instalments: Any) -> Any:
    """Fen repaid: all arrears, but at most so many bills at a time."""
    most = I32(bill * instalments)
    return where(repays, where(arrears < most, arrears, most), I32(0))


@inlined
def paid_to_older(paid: Any, owed: Any, age: Any, own_months: Any) -> Any:
    """Fen of this month's payment that go to older bills, which fell due first; 0 where part of the debt
    may be an earlier manager's.

    `own_months`: a debt no older than that is owed to the present manager alone (-1: none is taken to be).
    """
    older = where(paid < owed, paid, owed)
    return where(I32(age) <= own_months, older, I32(0))


@inlined
def next_arrears_age(arrears: Any, age: Any) -> Any:
    """Months in arrears after this month's payment; 0 once nothing is owed."""
    return where(arrears > I32(0), where(age < _LONGEST, U8(age + _YES), age), _NO)


@inlined
def debt_age(before: Any, left: Any, age: Any) -> Any:
    """Months since the oldest bill still owed after a repayment: the oldest bills are paid first,
    and all are taken as alike."""
    older = F(I32(age) + I32(1)) * F(left) / F(where(before > I32(0), before, I32(1)))
    months = I32(older + _HALF)
    return where(left > I32(0), where(months < I32(1), I32(1), where(months < _MOST, months, _MOST)), I32(0))


@inlined
def lapsed_amount(left: Any, age: Any, limitation: Any, word: Any, lapsing: Any) -> Any:
    """Fen of the oldest month's bill that nobody can sue for any longer: past the limitation, where
    no reminder restarted it.

    In `lapsing` of 256 months, by the low byte of the word that decides about repaying.
    """
    month = I32(F(left) / F(where(age > I32(0), age, I32(1))))
    return where((age > limitation) & ((word & _LOW_BYTE) < lapsing), month, I32(0))


@inlined
def value_for_money(quality: Any, burden: Any, burden_norm: Any) -> Any:
    """Service received less the service that the fee's share of income stands for, in [-1, 1]."""
    return clip(quality - burden / burden_norm, -_ONE, _ONE)


@inlined
def next_expectation(expectation: Any, received: Any, up: Any, down: Any) -> Any:
    """Expectation after a month, in [0, 1]: quickly up after improvement, slowly down."""
    return clip(expectation + where(received > expectation, up, down) * (received - expectation), _ZERO, _ONE)


@inlined
def next_satisfaction(satisfaction: Any, received: Any, expectation: Any, relative: Any, speed: Any) -> Any:
    """Satisfaction after a month, moving toward what the owner gets, judged in part against expectation."""
    target = clip(received + relative * (received - expectation), _ZERO, _ONE)
    return satisfaction + speed * (target - satisfaction)


@inlined
def shortfall(satisfaction: Any, reference: Any) -> Any:
    """How far satisfaction falls short of a reference; 0 where it does not."""
    return where(satisfaction < reference, reference - satisfaction, _ZERO)


@inlined
def complaint_chance(
    base: Any, channel: Any, tolerance: Any, satisfaction: Any, activism_weight: Any, activism: Any
) -> Any:
    """Chance that an owner without an open complaint files one this month."""
    return base * (_ONE + channel) * shortfall(satisfaction, tolerance) * (_HALF + activism_weight * activism)


@inlined
def complaint_solved(waiting: Any, word: Any, solved_share: Any) -> Any:
    """True if the owner had an open complaint and it is solved this month."""
    return (waiting > _NO) & (uniform(word) < solved_share)


@inlined
def next_waiting(waiting: Any, word: Any, solved: Any, chance: Any, patience: Any) -> Any:
    """The complaint state after a month: filed (0 to 1), solved (to 0), one month older, or given
    up (to 0) after patience."""
    older = where(waiting < patience, U8(waiting + _YES), _NO)
    return where(waiting > _NO, where(solved, _NO, older), where(uniform(word) < chance, _YES, _NO))


@inlined
def matter_of(word: Any, service_end: Any, condition_end: Any) -> Any:
    """What a complaint is about: 0 service, 1 facilities, 2 defects; by the low byte of the word that decides
    whether it is filed, of which each has the part of 256 that ends there."""
    low = word & _LOW_BYTE
    return where(low < service_end, I32(0), where(low < condition_end, I32(1), I32(2)))


@inlined
def next_open(filed_bits: Any, kept: Any, files: Any) -> Any:
    """The open complaints about one matter a month later: each a month older, those past patience (not in
    `kept`) given up, and a new one."""
    return U32((U32(filed_bits << U32(1)) & kept) | where(files, U32(1), U32(0)))


@inlined
def grievance_raised(raised: Any, weight: Any, satisfaction: Any, reference: Any) -> Any:
    """What is wrong in an estate (defects, hostility), and service under the
    reference, as they feed grievance."""
    return raised + weight * shortfall(satisfaction, reference)


@inlined
def next_grievance(
    grievance: Any,
    raised: Any,
    asked: Any,
    asked_size: Any,
    overdue: Any,
    ignored_size: Any,
    relief: Any,
    solved: Any,
    solved_size: Any,
) -> Any:
    """Grievance after a month, in [0, 1]: fed by what is wrong, by neighbours and by silence;
    relieved by answers and time."""
    gain = raised + where(asked, asked_size, _ZERO) + where(overdue, ignored_size, _ZERO)
    fallen = grievance - relief * grievance - where(solved, solved_size, _ZERO) * grievance
    return clip(fallen + gain * (_ONE - grievance), _ZERO, _ONE)


@inlined
def participation_chance(
    base: Any,
    activism_weight: Any,
    activism: Any,
    dissatisfaction_weight: Any,
    satisfaction: Any,
    satisfaction_reference: Any,
    mobilised: Any,
    occupancy: Any,
    absent_factor: Any,
) -> Any:
    """Chance that an owner takes part in a vote; owners who do not live there take part less."""
    missing = shortfall(satisfaction, satisfaction_reference)
    chance = base + activism_weight * activism + dissatisfaction_weight * missing + mobilised
    return clip(chance * where(occupancy == _NO, _ONE, absent_factor), _ZERO, _ONE)


@inlined
def ballot_chance(
    turnout: Any,
    activism_weight: Any,
    activism: Any,
    usual_activism: Any,
    dissatisfaction_weight: Any,
    satisfaction: Any,
    satisfaction_reference: Any,
    least: Any,
    reached: Any,
    mobilised: Any,
    occupancy: Any,
    absent_factor: Any,
) -> Any:
    """Chance that an owner takes part in a ballot: being reached, times the turnout of the matter
    among those who are reached."""
    missing = shortfall(satisfaction, satisfaction_reference)
    willing = turnout + activism_weight * (activism - usual_activism) + dissatisfaction_weight * missing
    chance = reached * clip(willing, least, _ONE) + mobilised
    return clip(chance * where(occupancy == _NO, _ONE, absent_factor), _ZERO, _ONE)
