"""Phase 7, charging: who serves an estate without a fee asks its owners to agree to one,
where collecting it pays.

With the mechanism `charging` a company or the community that takes up an estate which nobody bills serves
first. At declared occasions it weighs what it can expect to collect against what collecting costs, and puts a
fee to the vote; owners who agreed once are billed until the estate is left alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import part
from sim.model.month.condition import condition_bin, felt_condition
from sim.model.month.service import collecting_cost
from sim.model.month.votes import Matter, hold_vote
from sim.model.state.contracts import NO_PROCESS
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import AGREED, CLEANING, FREE, billed_share_of_full_fee
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN

CHARGING = int(Matter.CHARGING)
CHARGING_AGREED, CHARGING_REFUSED = int(Event.CHARGING_AGREED), int(Event.CHARGING_REFUSED)
CHARGING_FORGONE = int(Event.CHARGING_FORGONE)
NO_CAUSE, SHORTFALL = int(Cause.NONE), int(Cause.SHORTFALL)
QUORUM_MISSED, REJECTED = int(Cause.QUORUM_MISSED), int(Cause.REJECTED)


@part
def expected_collection(estate: Any, belief: Any) -> Any:
    """The share of bills that whoever manages an estate expects to collect: as in its own last twelve months
    where it was billed in them, else as companies see it (`belief`)."""
    return estate.collected_12 / estate.billed_12 if estate.billed_12 > 0 else belief


@part
def expected_receipts(estate: Any, belief: Any, q: Any) -> Any:
    """Fen a month that a fee would bring in."""
    share = q.fees_cleaning_share if estate.mode == CLEANING else billed_share_of_full_fee(estate.mode, q)
    return expected_collection(estate, belief) * (estate.price * estate.billable_area * share)


@part
def ask_for_a_fee(
    e: int,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Put a fee to the vote in estate e, which is served without one; more agree where service pleases."""
    q = p[0]
    estate = estates[e]
    passed, took_part, approved = hold_vote(
        e,
        CHARGING,
        q.charging_consent,
        q.vote_price_slope,
        estate.lever_participation,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    if passed:
        estate.billing = AGREED
        write_event(events, world, e, estate.company, CHARGING_AGREED, NO_CAUSE, approved)
    elif took_part < q.committee_quorum:
        write_event(events, world, e, estate.company, CHARGING_REFUSED, QUORUM_MISSED, took_part)
    else:
        write_event(events, world, e, estate.company, CHARGING_REFUSED, REJECTED, approved)


@part
def charging_month(
    owners: Owners,
    estates: np.ndarray,
    beliefs: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """One month of every estate that is served without a fee; `beliefs` of `market_beliefs`."""
    q = p[0]
    if world[0].mechanism_charging == 0:
        return
    for e in range(estates.size):
        estate = estates[e]
        if estate.billing != FREE or estate.process != NO_PROCESS:
            continue
        if estate.charge_wait > 0:
            estate.charge_wait -= 1
            continue
        estate.charge_wait = int(q.charging_ask_again) - 1
        belief = beliefs[estate.type, condition_bin(felt_condition(estate, world))]
        receipts = expected_receipts(estate, belief, q)
        if receipts > collecting_cost(estate, world, q):
            ask_for_a_fee(e, owners, estates, world, events, p)
        else:
            size = receipts / FEN_PER_YUAN
            write_event(events, world, e, estate.company, CHARGING_FORGONE, SHORTFALL, size)
