"""How cases about arrears end (mechanism `cases`): what mediators and courts decide, and what is paid or
given up of a debt then.

Few cases end in a month, so that each is told by itself. What may happen to a debt is looked at in
`sim.model.month.demands`, whose turn it is in `sim.model.month.cases`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import inlined, part
from sim.model.luck import share_of
from sim.model.state.disputes import Stage
from sim.model.state.owners import Owners

F, U8 = np.float32, np.uint8
NONE, REMINDED = int(Stage.NONE), int(Stage.REMINDED)
ENFORCEMENT = int(Stage.ENFORCEMENT)


@part
def age_left(age: int, before: int, left: int) -> int:
    """Months since the oldest bill still owed when `left` of a debt is, the oldest having gone first and all
    being alike; 0 where nothing is left."""
    if left <= 0:
        return 0
    return max(1, int(math.floor(age * (left / before) + 0.5)))


@part
def lighten(i: int, fen: int, ageing_on: bool, owners: Owners) -> None:
    """Owner i owes so much less; with ageing the debt is younger, without it only a debt that is gone is."""
    before = int(owners.arrears[i])
    left = before - fen
    if left == 0 or ageing_on:
        owners.arrears_age[i] = U8(age_left(int(owners.arrears_age[i]), before, left))
    owners.arrears[i] = left


@part
def give_up(i: int, fen: int, ageing_on: bool, owners: Owners) -> int:
    """Owner i is let off so much, but no bill of the last twelve months; returns fen."""
    older = max(0, int(owners.arrears[i]) - int(owners.unpaid_12[i]))
    gone = min(fen, older)
    lighten(i, gone, ageing_on, owners)
    return gone


@inlined
def at_stage(
    i: int, stage: int, arrears: np.ndarray, dispute: np.ndarray, dispute_months: np.ndarray
) -> None:
    """The dispute of owner i enters a stage; there is none where nothing is owed."""
    dispute[i] = U8(stage if arrears[i] > 0 else NONE)
    dispute_months[i] = U8(0)


@part
def go_to(i: int, stage: int, owners: Owners) -> None:
    """The same, with all columns."""
    at_stage(i, stage, owners.arrears, owners.dispute, owners.dispute_months)


@part
def decide_suit(i: int, words: Any, estate: Any, ageing_on: bool, angry: bool, owners: Owners, q: Any) -> Any:
    """The court closes the suit against owner i: withdrawn, settled, or judged; returns fen (paid, given
    up)."""
    debt = int(owners.arrears[i])
    outcome, pays = share_of(words[1]), share_of(words[2])
    paid = 0
    gone = 0
    if outcome < q.cases_withdrawn:
        estate.cases_withdrawn += 1
        if pays < q.cases_withdrawn_pays:
            paid = int(q.cases_settled_part * debt)
        lighten(i, paid, ageing_on, owners)
        go_to(i, REMINDED, owners)
    elif outcome < q.cases_withdrawn + q.cases_settled:
        estate.cases_settled += 1
        if pays < q.cases_settled_pays:
            paid = int(q.cases_settled_part * debt)
            lighten(i, paid, ageing_on, owners)
            gone = give_up(i, debt - paid, ageing_on, owners)
            go_to(i, REMINDED, owners)
        else:
            go_to(i, ENFORCEMENT, owners)
    else:
        estate.cases_judged += 1
        if angry:
            owners.grievance[i] += q.cases_resentment_32 * (F(1) - owners.grievance[i])
        if share_of(words[0]) < q.cases_won:
            refused = int(q.cases_cut * (1.0 - estate.quality) * debt)
            gone = give_up(i, refused, ageing_on, owners)
            if pays < q.cases_judged_pays:
                paid = int(owners.arrears[i])
                lighten(i, paid, ageing_on, owners)
            go_to(i, ENFORCEMENT, owners)
        else:
            gone = give_up(i, debt, ageing_on, owners)
            go_to(i, NONE, owners)
    return paid, gone


@part
def hear(i: int, words: Any, estate: Any, ageing_on: bool, angry: bool, owners: Owners, q: Any) -> Any:
    """Mediators close the case of owner i; returns whether it was settled, and fen (paid, given up)."""
    if share_of(words[1]) >= q.cases_mediated:
        return False, 0, 0
    debt = int(owners.arrears[i])
    paid = 0
    gone = 0
    estate.cases_settled += 1
    if angry:
        owners.grievance[i] -= q.cases_relief_32 * owners.grievance[i]
    if share_of(words[2]) < q.cases_settled_pays:
        paid = int(q.cases_settled_part * debt)
        lighten(i, paid, ageing_on, owners)
        gone = give_up(i, debt - paid, ageing_on, owners)
    go_to(i, REMINDED, owners)
    return True, paid, gone
