"""What may be done about each debt in a month (mechanism `cases`): demand it, have it heard, sue; or nothing,
because it is with a court already or past the limitation.

All owners of an estate are looked at in one loop without branches, which vectorises. What follows is done for
those whom it may concern, who are few.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.model.exact import where
from sim.model.kernel import inlined, part
from sim.model.luck import Stream, block_of, philox
from sim.model.state.disputes import Stage
from sim.units import FEN_PER_YUAN

F8, I32, U8, U32, U64 = np.float64, np.int32, np.uint8, np.uint32, np.uint64
CASE_BLOCK = block_of(Stream.CASE_BROUGHT, Stream.CASE_DECIDED, Stream.CASE_PAID, Stream.CASE_JOINED)
LONGEST = 250  # months that the columns of an owner count
NEVER = 255  # months that they cannot reach
NONE, REMINDED, MEDIATION, SUIT = (
    U8(stage) for stage in (Stage.NONE, Stage.REMINDED, Stage.MEDIATION, Stage.SUIT)
)
# What may be done about a debt or was, one bit each: a debt is with a mediator or a court; a case with a
# mediator, or a suit, ended because the debt was paid.
REMINDABLE, HEARABLE, SUABLE, UNDER_WAY, LAPSING, SETTLED, WITHDRAWN = (U8(1 << bit) for bit in range(7))
_OWED, _WORTH_A_SUIT, _OVER_MONTHS = U8(1), U8(2), U8(4)
_NO_FEN, _I1, _0, _1, _MOST = I32(0), I32(1), U8(0), U8(1), U8(LONGEST)


class Terms(NamedTuple):
    """From how many months (uint8) and fen (int32) on something may be done about a debt."""

    remind_after: Any
    remind_again: Any
    time_given: Any
    sue_after: Any
    sue_least: Any
    limitation: Any  # the last month in which it can be sued for
    lapses: Any  # 1 where debts past the limitation lapse, else 0


@part
def months_of(months: float) -> Any:
    """The least number of months (uint8) that is no less; no number in a column is less if a whole number is
    not."""
    return U8(min(NEVER, math.ceil(months)))


@part
def terms_of(ageing_on: bool, q: Any) -> Terms:
    """The terms that a scenario's parameters set."""
    return Terms(
        months_of(q.cases_remind_after),
        months_of(q.cases_remind_again),
        months_of(q.cases_time_given),
        months_of(q.cases_sue_after),
        I32(math.ceil(q.cases_sue_least * FEN_PER_YUAN)),
        U8(min(NEVER, math.floor(q.arrears_limitation))),
        U8(1 if ageing_on else 0),
    )


@inlined
def may_be_reminded(stage: Any, months: Any, age: Any, terms: Terms) -> Any:
    """True for a debt that is old enough, and was not demanded within `remind_again` months."""
    due = (stage == NONE) | ((stage == REMINDED) & (months >= terms.remind_again))
    return due & (age >= terms.remind_after)


@inlined
def may_be_heard(stage: Any, age: Any, terms: Terms) -> Any:
    """True for a debt that mediators who look for disputes would take: old enough, and no case as yet."""
    return (stage <= REMINDED) & (age >= terms.remind_after)


@inlined
def may_be_sued(stage: Any, months: Any, age: Any, worth: Any, terms: Terms) -> Any:
    """True for a debt that was demanded and not paid in the time given (Civil Code art. 944), and is worth a
    suit."""
    return (stage == REMINDED) & (months >= terms.time_given) & (age >= terms.sue_after) & worth


@inlined
def past_limitation(stage: Any, months: Any, age: Any, terms: Terms) -> Any:
    """True for a debt that is older than the limitation and was not demanded within it."""
    since = where(stage == NONE, age, months)
    return (stage <= REMINDED) & (age > terms.limitation) & (since > terms.limitation)


@inlined
def look_at_debts(
    arrears: np.ndarray,
    arrears_age: np.ndarray,
    dispute: np.ndarray,
    dispute_months: np.ndarray,
    may: np.ndarray,
    terms: Terms,
) -> None:
    """A month passes in every dispute, and those over debts that are paid end; fills `may` (bits) with what
    may be done about each debt now.

    Nothing of it depends on the estate, and one loop over all owners has one end that does not vectorise.
    """
    # amounts in a loop of their own: the other one, of bytes alone, takes four times as many owners at once
    for i in range(may.size):
        owed = arrears[i]
        # what lapses is a month's part in whole fen: nothing of a debt of fewer fen than months
        large = where(owed >= I32(arrears_age[i]), _OVER_MONTHS, _0)
        worth = where(owed >= terms.sue_least, _WORTH_A_SUIT, _0)
        may[i] = where(owed > _NO_FEN, U8(large | worth | _OWED), _0)
    for i in range(may.size):
        owed, age, stage, months = may[i], arrears_age[i], dispute[i], dispute_months[i]
        owes = owed != _0
        months = where((stage != NONE) & (months < _MOST), U8(months + _1), months)
        over = (stage != NONE) & (owed == _0)
        settled, withdrawn = over & (stage == MEDIATION), over & (stage == SUIT)
        stage = where(over, NONE, stage)
        months = where(over, _0, months)
        dispute[i] = stage
        dispute_months[i] = months
        lapse = (U8(owed & _OVER_MONTHS) != _0) & (terms.lapses != _0)
        may[i] = U8(
            where(owes & may_be_reminded(stage, months, age, terms), REMINDABLE, _0)
            | where(owes & may_be_heard(stage, age, terms), HEARABLE, _0)
            | where(may_be_sued(stage, months, age, U8(owed & _WORTH_A_SUIT) != _0, terms), SUABLE, _0)
            | where(owes & (stage > REMINDED), UNDER_WAY, _0)
            | where(lapse & past_limitation(stage, months, age, terms), LAPSING, _0)
            | where(settled, SETTLED, _0)
            | where(withdrawn, WITHDRAWN, _0)
        )


@inlined
def month_of_debt(owed: Any, unpaid_12: Any, age: Any) -> Any:
    """Fen of a debt's oldest month, as far as that is no bill of the last twelve months."""
    older = where(owed > unpaid_12, I32(owed - unpaid_12), _NO_FEN)
    month = I32(F8(owed) / F8(where(age > _NO_FEN, age, _I1)))
    return where(month < older, month, older)


@inlined
def lapse(
    arrears: np.ndarray, unpaid_12: np.ndarray, arrears_age: np.ndarray, may: np.ndarray, live: Any
) -> Any:
    """The oldest month's part of debts past the limitation can be sued for no longer, where nothing of `live`
    may be done about them instead; returns fen."""
    gone = 0
    for i in range(may.size):
        owed, age = arrears[i], I32(arrears_age[i])
        lapses = U8(may[i] & U8(live | LAPSING)) == LAPSING
        lapsed = where(lapses, month_of_debt(owed, unpaid_12[i], age), _NO_FEN)
        arrears[i] = I32(owed - lapsed)
        arrears_age[i] = U8(where(lapsed > _NO_FEN, where(owed > lapsed, I32(age - _I1), _NO_FEN), age))
        gone += lapsed
    return gone


class Concerned(NamedTuple):
    """Debts with which something may happen in a month, estate by estate: the owner's row (int32) and address
    (uint32), and what luck says (uint32): whether a case is begun, how it is decided, and whether what was
    decided is paid. `first` (int64) has the place of the first of each estate, then the end."""

    owner: np.ndarray
    address: np.ndarray
    brought: np.ndarray
    decided: np.ndarray
    pays: np.ndarray
    first: np.ndarray


@part
def room_for(owners: int, estates: int) -> Concerned:
    """Room for all debts of so many owners."""
    return Concerned(
        np.empty(owners, I32),
        np.empty(owners, U32),
        np.empty(owners, U32),
        np.empty(owners, U32),
        np.empty(owners, U32),
        np.empty(estates + 1, np.int64),
    )


@part
def draw_cases(concerned: Concerned, month: Any, key_0: Any, key_1: Any) -> None:
    """Fill what luck says of the debts that are listed."""
    _, address, brought, decided, pays, first = concerned
    for k in range(first[-1]):
        a, b, c, _ = philox(U64(address[k]), month, U64(CASE_BLOCK), U64(0), key_0, key_1)
        brought[k] = U32(a)
        decided[k] = U32(b)
        pays[k] = U32(c)
