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
NONE, REMINDED, MEDIATION, SUIT = (
    I32(stage) for stage in (Stage.NONE, Stage.REMINDED, Stage.MEDIATION, Stage.SUIT)
)
_0, _1, _MOST = I32(0), I32(1), I32(LONGEST)
# What may be done about a debt, one bit each.
REMINDABLE, HEARABLE, SUABLE, UNDER_WAY, LAPSING = (I32(1 << bit) for bit in range(5))


class Terms(NamedTuple):
    """From how many months, and fen, on something may be done about a debt (int32)."""

    remind_after: Any
    remind_again: Any
    time_given: Any
    sue_after: Any
    sue_least: Any
    limitation: Any  # the last month in which it can be sued for


@part
def at_least(amount: float) -> Any:
    """The least whole number (int32) that is no less."""
    return I32(math.ceil(amount))


@part
def terms_of(q: Any) -> Terms:
    """The terms that a scenario's parameters set: a whole number reaches a term if it reaches the next whole
    one, which is compared faster."""
    return Terms(
        at_least(q.cases_remind_after),
        at_least(q.cases_remind_again),
        at_least(q.cases_time_given),
        at_least(q.cases_sue_after),
        at_least(q.cases_sue_least * FEN_PER_YUAN),
        I32(math.floor(q.arrears_limitation)),
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
def may_be_sued(stage: Any, months: Any, age: Any, fen: Any, terms: Terms) -> Any:
    """True for a debt that was demanded and not paid in the time given (Civil Code art. 944), and is worth a
    suit."""
    demanded = (stage == REMINDED) & (months >= terms.time_given)
    return demanded & (age >= terms.sue_after) & (fen >= terms.sue_least)


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
    ageing_on: Any,
    terms: Terms,
) -> tuple[Any, ...]:
    """A month passes in every dispute of one estate, and those over debts that are paid end.

    Fills `may` (bits) with what may be done about each debt now; debts lapse where `ageing_on`. Returns
    numbers of debts: that can be demanded, heard, sued for; with a mediator or a court; lapsing; and of cases
    that ended: with a mediator, and suits.
    """
    remindable = hearable = suable = under_way = lapsing = settled = withdrawn = _0
    for i in range(may.size):
        owed, age, stage = arrears[i], I32(arrears_age[i]), I32(dispute[i])
        months = I32(dispute_months[i])
        months = where((stage != NONE) & (months < _MOST), I32(months + _1), months)
        ended = (stage != NONE) & (owed == _0)
        settled = I32(settled + where(ended & (stage == MEDIATION), _1, _0))
        withdrawn = I32(withdrawn + where(ended & (stage == SUIT), _1, _0))
        stage = where(ended, NONE, stage)
        months = where(ended, _0, months)
        dispute[i] = U8(stage)
        dispute_months[i] = U8(months)
        owes = owed > _0
        remind = owes & may_be_reminded(stage, months, age, terms)
        hear = owes & may_be_heard(stage, age, terms)
        sue = owes & may_be_sued(stage, months, age, owed, terms)
        busy = owes & (stage > REMINDED)
        # what lapses is a month's part in whole fen: nothing of a debt of fewer fen than months
        lapse = owes & past_limitation(stage, months, age, terms) & (owed >= age) & ageing_on
        remindable = I32(remindable + where(remind, _1, _0))
        hearable = I32(hearable + where(hear, _1, _0))
        suable = I32(suable + where(sue, _1, _0))
        under_way = I32(under_way + where(busy, _1, _0))
        lapsing = I32(lapsing + where(lapse, _1, _0))
        bits = where(remind, REMINDABLE, _0) | where(hear, HEARABLE, _0) | where(sue, SUABLE, _0)
        may[i] = U8(bits | where(busy, UNDER_WAY, _0) | where(lapse, LAPSING, _0))
    return remindable, hearable, suable, under_way, lapsing, settled, withdrawn


@inlined
def month_of_debt(owed: Any, unpaid_12: Any, age: Any) -> Any:
    """Fen of a debt's oldest month, as far as that is no bill of the last twelve months."""
    older = where(owed > unpaid_12, I32(owed - unpaid_12), _0)
    month = I32(F8(owed) / F8(where(age > _0, age, _1)))
    return where(month < older, month, older)


@inlined
def lapse(
    arrears: np.ndarray, unpaid_12: np.ndarray, arrears_age: np.ndarray, may: np.ndarray, live: Any
) -> Any:
    """The oldest month's part of a debt past the limitation can be sued for no longer, where nothing of
    `live` may be done about it instead; returns fen."""
    gone = 0
    for i in range(may.size):
        owed, age = arrears[i], I32(arrears_age[i])
        lapses = (I32(may[i]) & (live | LAPSING)) == LAPSING
        lapsed = where(lapses, month_of_debt(owed, unpaid_12[i], age), _0)
        arrears[i] = I32(owed - lapsed)
        arrears_age[i] = U8(where(lapsed > _0, where(owed > lapsed, I32(age - _1), _0), age))
        gone += lapsed
    return gone


class Drawn(NamedTuple):
    """Some rows of an estate's owners (int32), and what luck says of the debt in each (uint32): whether a
    case is begun, how it is decided, and whether what was decided is paid."""

    rows: np.ndarray
    brought: np.ndarray
    decided: np.ndarray
    pays: np.ndarray


@part
def draw_cases(
    first_luck: Any,
    rows: np.ndarray,
    month: Any,
    key_0: Any,
    key_1: Any,
    brought: np.ndarray,
    decided: np.ndarray,
    pays: np.ndarray,
) -> None:
    """Fill what luck says (see `Drawn`) of the debts in some rows of an estate."""
    for k in range(rows.size):
        address = U64(U32(first_luck + rows[k]))
        a, b, c, _ = philox(address, month, U64(CASE_BLOCK), U64(0), key_0, key_1)
        brought[k] = U32(a)
        decided[k] = U32(b)
        pays[k] = U32(c)
