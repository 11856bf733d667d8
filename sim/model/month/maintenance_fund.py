"""The maintenance fund (住宅专项维修资金): what buyers paid in, what it bears, and what it is used for.

With the mechanism `fund` every estate that was built late enough has an account at a bank beside the fund of
its public revenue. Where facilities are worn somebody may propose to use a part of it, and owners vote; where
they are about to fail a part may be used without a vote. Works that were decided on are paid for, and done,
in the month after.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import part
from sim.model.ledger import BANKS, SUPPLIERS, Purpose, move
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.month.votes import FUNDS, hold_vote
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

U64 = np.uint64
FUND_BLOCK = block_of(Stream.FUND_PROPOSED, Stream.FUND_URGENT)
INTEREST, WORKS = int(Purpose.MAINTENANCE_INTEREST), int(Purpose.MAINTENANCE_WORKS)
AGREED, URGENT = int(Event.FUND_AGREED), int(Event.FUND_URGENT)
REFUSED, INQUORATE = int(Event.FUNDS_REFUSED), int(Event.FUNDS_INQUORATE)
NO_CAUSE, QUORUM_MISSED, REJECTED = int(Cause.NONE), int(Cause.QUORUM_MISSED), int(Cause.REJECTED)


@part
def gain_of_works(paid: Any, area: Any, cost_index: Any, q: Any) -> Any:
    """Condition that works for so many fen bring: in proportion to what a whole retrofit costs a square metre
    and brings."""
    return q.fund_gain * paid / (q.fund_full_cost * FEN_PER_YUAN * cost_index * area)


@part
def pay_for_works(
    estates: np.ndarray, balances: np.ndarray, flows: np.ndarray, world: np.ndarray, p: np.ndarray
) -> None:
    """Phase 4: the bank pays interest, and works that were decided on are paid for and done."""
    q = p[0]
    if world[0].mechanism_fund == 0:
        return
    for e in range(estates.size):
        estate = estates[e]
        account = estate.maintenance_account
        held = balances[account]
        paid = min(estate.fund_ordered, held)
        move(balances, flows, INTEREST, BANKS, account, int(held * q.fund_interest / MONTHS_PER_YEAR))
        move(balances, flows, WORKS, account, SUPPLIERS, paid)
        estate.fund_works = paid
        estate.fund_ordered = 0
        if paid > 0:
            estate.lever_condition += gain_of_works(paid, estate.area, world[0].cost_index, q)


@part
def decide_on_works(
    estates: np.ndarray,
    committees: np.ndarray,
    owners: Owners,
    balances: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Phase 6: where facilities are worn and the fund holds something, a part of it may be used, by a vote or
    because it is urgent."""
    q = p[0]
    if world[0].mechanism_fund == 0:
        return
    month, key_0, key_1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    for e in range(estates.size):
        estate = estates[e]
        held = balances[estate.maintenance_account]
        if held <= 0 or estate.condition >= q.fund_worn:
            continue
        asked, urgent, _, _ = philox(U64(estate.number), month, U64(FUND_BLOCK), U64(0), key_0, key_1)
        order = min(held, int(q.fund_part * estate.first_deposit))
        if estate.condition < q.fund_urgent and share_of(urgent) < q.fund_emergency:
            estate.fund_ordered = order
            write_event(events, world, e, estate.company, URGENT, NO_CAUSE, order / FEN_PER_YUAN)
            continue
        active = committees[e].exists == 1
        chance = q.fund_proposal * committees[e].activity if active else q.fund_proposal_alone
        if share_of(asked) >= chance:
            continue
        passed, took_part, approved = hold_vote(
            e,
            FUNDS,
            q.fund_consent,
            0.0,
            estate.lever_participation,
            q.committee_ordinary_majority,
            owners,
            estates,
            world,
            p,
        )
        if passed:
            estate.fund_ordered = order
            write_event(events, world, e, estate.company, AGREED, NO_CAUSE, order / FEN_PER_YUAN)
        elif took_part < q.committee_quorum:
            write_event(events, world, e, estate.company, INQUORATE, QUORUM_MISSED, took_part)
        else:
            write_event(events, world, e, estate.company, REFUSED, REJECTED, approved)
