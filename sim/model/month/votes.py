"""Owners' votes under the Civil Code: two thirds must take part by head and by area, then a majority of those decides."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.model.exact import clip
from sim.model.kernel import kernel, part
from sim.model.luck import Stream, block_of, philox
from sim.model.month.decisions import participation_chance, uniform
from sim.model.month.lots import block_range, in_block
from sim.model.state.owners import Owners

F = np.float32
I32 = np.int32
I64 = np.int64
U32 = np.uint32
U64 = np.uint64
VOTE_BLOCK = block_of(Stream.VOTE_TAKE_PART, Stream.VOTE_APPROVE)


class Matter(IntEnum):
    """What is voted on; part of the address of the draws, so two votes in one month have their own luck."""

    FORMATION = 0
    RENEWAL = 1
    DISMISSAL = 2
    PRICE = 3
    FUNDS = 4
    CONTRACT = 5
    CONTRACT_PRICE = 6


FIRST_FREE_MATTER = 8  # multiples of it tell votes of different programmes apart


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
    """The votes of estate e: each owner takes part or not, and approves with chance base + slope x (satisfaction - reference).

    Returns (heads taking part, heads for, area of all, area taking part, area for); areas in hundredths of a square metre.
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
    for i in range(a, a + estate.households):
        take, agree, _, _ = philox(
            U64(i), month, U64(VOTE_BLOCK), U64(matter), U64(world[0].key_0), U64(world[0].key_1)
        )
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

    Returns (passed, share taking part by head or by area, the smaller, share of those approving by head). It passes if the quorum is met and the
    majority reached, each both by head and by area [P047, P048].
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
    """One vote in each estate of `rows`, for programmes; fills `passed` (bool), `took_part` and `approved` (shares)."""
    for i in range(rows.size):
        passed[i], took_part[i], approved[i] = hold_vote(
            rows[i], matter, approval, 0.0, mobilised, majority, owners, estates, world, p
        )
