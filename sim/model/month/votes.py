"""Owners' votes under the Civil Code: two thirds must take part by head and by area, then a
majority of those decides.

With the mechanism `ballots` votes are collected at doors: who takes part was reached in the months of the
ballot, and answers by the matter.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.model.exact import clip, exp64, normal_quantile
from sim.model.kernel import kernel, part
from sim.model.luck import Stream, block_of, lognormal_at, philox, share_of
from sim.model.month.decisions import ballot_chance, participation_chance, uniform
from sim.model.month.lots import block_range, in_block
from sim.model.state.owners import Owners

F = np.float32
I32 = np.int32
I64 = np.int64
U32 = np.uint32
U64 = np.uint64
VOTE_BLOCK = block_of(Stream.VOTE_TAKE_PART, Stream.VOTE_APPROVE)
BALLOT_BLOCK = block_of(Stream.BALLOT_VOLUNTEERS, Stream.BALLOT_AT_EXPIRY)


class Matter(IntEnum):
    """What is voted on; part of the address of the draws, so two votes in one month have their own luck."""

    FORMATION = 0
    RENEWAL = 1
    DISMISSAL = 2
    PRICE = 3
    FUNDS = 4
    CONTRACT = 5
    CONTRACT_PRICE = 6
    CHARGING = 7


FIRST_FREE_MATTER = 8  # multiples of it tell votes of different programmes apart
FORMATION, RENEWAL, DISMISSAL = int(Matter.FORMATION), int(Matter.RENEWAL), int(Matter.DISMISSAL)
FUNDS, CONTRACT = int(Matter.FUNDS), int(Matter.CONTRACT)


@part
def turnout_of(matter: int, q: Any) -> Any:
    """The share of owners reached who answer a ballot on a matter, at usual activism and where
    nobody is dissatisfied (float32)."""
    kind = matter % FIRST_FREE_MATTER
    if kind == FORMATION:
        return q.ballot_turnout_founding_32
    if kind == RENEWAL:
        return q.ballot_turnout_renewal_32
    if kind == DISMISSAL:
        return q.ballot_turnout_dismissal_32
    if kind == FUNDS:
        return q.ballot_turnout_funds_32
    if kind == CONTRACT:
        return q.ballot_turnout_contract_32
    return (
        q.ballot_turnout_price_32
    )  # a price put to the vote: by itself, with the contract, or the first one


@part
def share_reached(passive: float, doors: float, volunteers: float, months: float, households: float) -> Any:
    """The share of owners reached by the end of a ballot: `passive` without a call, of the others those
    whose door was called at."""
    return 1.0 - (1.0 - passive) * exp64(-(doors * volunteers / households * months))


@part
def reach(e: int, matter: int, estates: np.ndarray, world: np.ndarray, q: Any) -> Any:
    """The share of the owners of estate e that a ballot of this month reached: as many collect votes as
    are active there, and by luck."""
    estate = estates[e]
    word, _, _, _ = philox(
        U64(estate.number),
        U64(world[0].month),
        U64(BALLOT_BLOCK),
        U64(matter),
        U64(world[0].key_0),
        U64(world[0].key_1),
    )
    drawn = lognormal_at(q.ballot_volunteers, q.ballot_volunteers_spread, normal_quantile(share_of(word)))
    volunteers = drawn * (estate.mean_activism / q.committee_attempt_activism)
    return share_reached(
        q.ballot_passive_reach, q.ballot_doors, volunteers, q.ballot_months, estate.households
    )


@part
def count_votes(
    e: int,
    matter: int,
    approve_base: float,
    approve_slope: float,
    mobilised: float,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> tuple[Any, Any, Any, Any, Any]:
    """The votes of estate e: each owner takes part or not, and approves with chance base + slope x
    (satisfaction - reference).

    Returns (heads taking part, heads for, area of all, area taking part, area for); areas in
    hundredths of a square metre.
    """
    q = p[0]
    estate = estates[e]
    a = estate.first_owner
    heads = I64(0)
    heads_for = I64(0)
    area_all = I64(0)
    area = I64(0)
    area_for = I64(0)
    month = U64(world[0].month)
    reference = q.payment_satisfaction_reference_32
    by_ballot = world[0].mechanism_ballots != 0
    reached = F(reach(e, matter, estates, world, q)) if by_ballot else F(1)
    turnout = turnout_of(matter, q)
    for i in range(a, a + estate.households):
        take, agree, _, _ = philox(
            U64(estate.first_luck + (i - a)),
            month,
            U64(VOTE_BLOCK),
            U64(matter),
            U64(world[0].key_0),
            U64(world[0].key_1),
        )
        if by_ballot:
            chance = ballot_chance(
                turnout,
                q.ballot_activism_32,
                owners.activism[i],
                q.committee_attempt_activism_32,
                q.ballot_dissatisfaction_32,
                owners.satisfaction[i],
                reference,
                q.ballot_turnout_least_32,
                reached,
                F(mobilised),
                owners.occupancy[i],
                q.committee_vacant_participation_32,
            )
        else:
            chance = participation_chance(
                q.committee_participation_32,
                q.committee_participation_activism_32,
                owners.activism[i],
                q.committee_participation_dissatisfaction_32,
                owners.satisfaction[i],
                reference,
                F(mobilised),
                owners.occupancy[i],
                q.committee_vacant_participation_32,
            )
        size = I64(I32(owners.area[i] * F(100)))
        area_all += size
        if uniform(U32(take)) < chance:
            heads += 1
            area += size
            approves = clip(
                F(approve_base) + F(approve_slope) * (owners.satisfaction[i] - reference), F(0), F(1)
            )
            if uniform(U32(agree)) < approves:
                heads_for += 1
                area_for += size
    return heads, heads_for, area_all, area, area_for


@part
def hold_vote(
    e: int,
    matter: int,
    approve_base: float,
    approve_slope: float,
    mobilised: float,
    majority: float,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> tuple[Any, Any, Any]:
    """One vote in estate e, or in the whole block that it is merged into.

    Returns (passed, share taking part by head or by area, the smaller, share of those approving by head). It
    passes if the quorum is met and the majority reached, each both by head and by area [P047, P048].
    """
    q = p[0]
    owners_all = I64(0)
    heads: Any = I64(0)
    heads_for: Any = I64(0)
    area_all: Any = I64(0)
    area: Any = I64(0)
    area_for: Any = I64(0)
    first, last = block_range(e, estates)
    for m in range(first, last):
        if in_block(e, m, estates):
            counts = count_votes(m, matter, approve_base, approve_slope, mobilised, owners, estates, world, p)
            owners_all += estates[m].households
            heads += counts[0]
            heads_for += counts[1]
            area_all += counts[2]
            area += counts[3]
            area_for += counts[4]
    took_part = min(heads / owners_all, area / area_all)
    quorum = took_part >= q.committee_quorum
    approved = heads_for > majority * heads and area_for > majority * area
    return quorum and approved, took_part, heads_for / max(1, heads)


@kernel
def hold_votes(
    rows: np.ndarray,
    matter: int,
    approval: float,
    mobilised: float,
    majority: float,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
    passed: np.ndarray,
    took_part: np.ndarray,
    approved: np.ndarray,
) -> None:
    """One vote in each estate of `rows`, for programmes; fills `passed` (bool), `took_part`
    and `approved` (shares)."""
    for i in range(rows.size):
        passed[i], took_part[i], approved[i] = hold_vote(
            rows[i], matter, approval, 0.0, mobilised, majority, owners, estates, world, p
        )
