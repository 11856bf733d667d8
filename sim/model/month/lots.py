"""Estates merged into one managed block: they vote as one body, and those without a company
are tendered as one lot."""

from __future__ import annotations

import numpy as np

from sim.model.kernel import part
from sim.model.month.condition import condition_bin, felt_condition
from sim.model.month.service import collecting_cost, cost_of, public_revenue_of, usual_revenue
from sim.model.state.modes import open_to_bids


@part
def block_range(e: int, estates: np.ndarray) -> tuple[int, int]:
    """First and last + 1 of the rows to search for members of estate e's block:
    only itself where it is in none."""
    if estates[e].lever_block == 0:
        return e, e + 1
    return 0, estates.size


@part
def in_block(e: int, other: int, estates: np.ndarray) -> bool:
    """True for estate e itself, and for the estates merged into one block with it."""
    return other == e or (
        estates[e].lever_block != 0 and estates[other].lever_block == estates[e].lever_block
    )


@part
def in_lot(e: int, other: int, estates: np.ndarray) -> bool:
    """True for estate e itself, and for the estates of its block that neither a company nor
    an employer looks after."""
    free = open_to_bids(estates[other].mode, estates[other].company)
    return other == e or (free and in_block(e, other, estates))


@part
def lot_terms(
    e: int, belief_mean: float, beliefs: np.ndarray, estates: np.ndarray, world: np.ndarray, p: np.ndarray
) -> tuple[int, float, float, float, float, float]:
    """What a bidder weighs in the lot of estate e.

    Returns (estates in it, full fee, other income less the cost of collecting, standard cost, believed
    collection, collection seen), fen a month and shares; collection is weighted by fees.
    """
    q = p[0]
    first, last = block_range(e, estates)
    members = 0
    fees = 0.0
    revenue = 0
    offer = 0
    cost = 0.0
    collecting = 0.0
    believed = 0.0
    seen = 0.0
    for m in range(first, last):
        if not in_lot(e, m, estates):
            continue
        estate = estates[m]
        fee = estate.price * estate.billable_area
        members += 1
        fees += fee
        condition = felt_condition(estate, world)
        revenue += public_revenue_of(
            estate.public_revenue, condition, False, q.revenue_condition, q.revenue_unmanaged
        )
        offer += estate.lever_offer
        cost += cost_of(estate, condition, world, q)
        if world[0].mechanism_charging != 0:
            collecting += collecting_cost(estate, world, q)
        believed += fee * beliefs[estate.type, condition_bin(condition)]
        seen += fee * estate.paid_share
    if members == 1 or fees <= 0.0:
        believed, seen = belief_mean, estates[e].paid_share
    else:
        believed, seen = believed / fees, seen / fees
    income = usual_revenue(revenue, q.revenue_company_share, q) + offer - collecting
    return members, fees, income, cost, believed, seen
