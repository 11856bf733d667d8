"""Who does the unpaid work where owners manage themselves: finite people, who tire.

With the mechanism `volunteers` an estate has so many owners who would ever do it. Those who work give up by
and by, sooner where few share the work and where neighbours do not pay, and do not come back for years;
others step in while there are any. Where too few are left the group gives up, and the estate is tendered
(`sim.model.month.market`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import SELF

U64 = np.uint64
VOLUNTEERS_BLOCK = block_of(Stream.VOLUNTEERS_TIRE, Stream.VOLUNTEERS_JOIN, Stream.VOLUNTEERS_REST)
ENDED, NO_CAUSE = int(Event.SELF_MANAGEMENT_ENDED), int(Cause.NONE)


@part
def willing_owners(estate: Any, q: Any) -> Any:
    """Owners of an estate who would ever work for it unpaid (whole persons): more where owners are active,
    and never fewer than a group needs."""
    usual = q.volunteers_willing * estate.households
    number = int(usual * estate.mean_activism / q.committee_attempt_activism + 0.5)
    return max(int(q.volunteers_least), min(number, int(estate.households)))


@part
def founders_of(untried: int, q: Any) -> int:
    """Of so many who would and are not tired, those who begin a group (whole persons)."""
    return max(int(q.volunteers_least), int(q.volunteers_founders * untried + 0.5))


@part
def hands_of_all(estate: Any, q: Any) -> Any:
    """Volunteers who together do all the unpaid work that a group does at its best."""
    return q.volunteers_needed * estate.households


@part
def staffed(estate: Any, world: np.ndarray, q: Any) -> Any:
    """The part of its unpaid work that a self-managed estate has hands for; all of it without the
    mechanism."""
    if world[0].mechanism_volunteers == 0:
        return 1.0
    return min(1.0, estate.volunteers / max(1.0, hands_of_all(estate, q)))


@part
def unpaid_effort(estate: Any, world: np.ndarray, q: Any) -> Any:
    """What volunteers do, as a share of standard cost, before what policy adds."""
    return q.service_volunteer_effort * staffed(estate, world, q)


@part
def collects_little(estate: Any, q: Any) -> Any:
    """True where of twelve months' bills less was paid when due than volunteers bear with."""
    return estate.billed_12 > 0 and estate.collected_12 < q.volunteers_low_collection * estate.billed_12


@part
def tiring(estate: Any, q: Any) -> float:
    """Chance of one volunteer to give up this month: more where they are few for the work, and where
    neighbours do not pay; less where policy supports them."""
    load = max(1.0, hands_of_all(estate, q) / max(1, estate.volunteers))
    burden = q.volunteers_burden if collects_little(estate, q) else 1.0
    return float(min(1.0, q.volunteers_tire * load * burden * max(0.0, 1.0 - estate.lever_self_management)))


@kernel
def call_at_doors(estates: np.ndarray, world: np.ndarray, p: np.ndarray) -> None:
    """Phase 1: where owners manage themselves neighbours come for the fee, as far as they have hands."""
    for e in range(estates.size):
        estate = estates[e]
        if estate.mode == SELF:
            estate.lever_norm += p[0].volunteers_calls * staffed(estate, world, p[0])


@part
def volunteers_month(estates: np.ndarray, world: np.ndarray, p: np.ndarray) -> None:
    """One month of the volunteers of every estate: some give up, others step in, and who gave up long ago may
    serve again."""
    q = p[0]
    if world[0].mechanism_volunteers == 0:
        return
    month, key_0, key_1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    for e in range(estates.size):
        estate = estates[e]
        if estate.mode != SELF and estate.volunteers_tired == 0:
            continue
        tire, join, rest, _ = philox(U64(estate.number), month, U64(VOLUNTEERS_BLOCK), U64(0), key_0, key_1)
        back = int(math.floor(estate.volunteers_tired / q.volunteers_rest + share_of(rest)))
        gone = 0
        new = 0
        if estate.mode == SELF:
            untried = willing_owners(estate, q) - estate.volunteers - estate.volunteers_tired
            gone = min(
                int(estate.volunteers),
                int(math.floor(estate.volunteers * tiring(estate, q) + share_of(tire))),
            )
            new = int(math.floor(max(0, untried) * q.volunteers_join + share_of(join))) if untried > 0 else 0
            new = min(new, max(0, untried))
        estate.volunteers += new - gone
        estate.volunteers_tired += gone - min(back, int(estate.volunteers_tired))


@part
def group_gives_up(estate: Any, world: np.ndarray, q: Any) -> Any:
    """True where owners manage themselves and too few of them work for it."""
    return (
        world[0].mechanism_volunteers != 0
        and estate.mode == SELF
        and estate.volunteers < int(q.volunteers_least)
    )


@part
def tell_of_the_end(e: int, estates: np.ndarray, world: np.ndarray, events: np.ndarray) -> None:
    """A group gave up, and so much of a year's bills had been paid."""
    estate = estates[e]
    rate = estate.collected_12 / estate.billed_12 if estate.billed_12 > 0 else 0.0
    write_event(events, world, e, -1, ENDED, NO_CAUSE, rate)


@part
def find_a_group(estate: Any, world: np.ndarray, q: Any) -> bool:
    """A group to manage the estate: the one that is there, or enough who are not tired; False without
    either. A new one begins at once."""
    if world[0].mechanism_volunteers == 0:
        return True
    if estate.mode == SELF and estate.volunteers >= int(q.volunteers_least):
        return True
    untried = willing_owners(estate, q) - estate.volunteers_tired
    if untried < int(q.volunteers_least):
        return False
    estate.volunteers = min(untried, founders_of(untried, q))
    return True
