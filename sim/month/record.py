"""Phase 8: twelve-month figures, the coverage ladder and the cycle stage of every estate."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from sim.kernel import kernel
from sim.state.modes import CLEANING, MARKET, NONE, SOE, billed_share_of_full_fee

HEALTHY, STRAINED, SPIRALLING, COLLAPSED, RECOVERING = range(5)
MEMORY = 12  # months
HALF_YEAR = 6


@register_jitable
def cycle_stage(before, mode, billed, collection, quality, condition, collection_change, quality_change, q):  # type: ignore[no-untyped-def]
    """The cycle stage of an estate (code), from 12-month collection, quality, condition and six-month changes.

    collapsed: nobody manages it beyond cleaning, or under the collapse share of fees comes in; spiralling: collection and
    quality both fell over six months; recovering: after spiralling or collapse neither falls and one rises; healthy: all
    three at or above their standard; strained: any one of them is not.
    """
    if mode == NONE or mode == CLEANING or (billed and collection < q.stage_collapsed_collection):
        return COLLAPSED
    move = q.stage_movement
    if collection_change < -move and quality_change < -move:
        return SPIRALLING
    good_collection = collection >= q.stage_healthy_collection or not billed
    if good_collection and quality >= q.stage_healthy_quality and condition >= q.stage_healthy_condition:
        return HEALTHY
    fallen = before == COLLAPSED or before == SPIRALLING
    rising = collection_change > move or quality_change > move
    steady = collection_change >= -move and quality_change >= -move
    if (fallen and rising and steady) or (before == RECOVERING and steady):
        return RECOVERING
    return STRAINED


@register_jitable
def covers_cost(estate):  # type: ignore[no-untyped-def]
    """True where the manager's income of twelve months covered service, overhead and what programmes charged it."""
    return estate.income_12 >= estate.spending_12 + estate.overhead_12 and estate.spending_12 > 0


@register_jitable
def record_month(estates, billed, collected, income, spending, overhead, rate, quality, world, p):  # type: ignore[no-untyped-def]
    """Update 12-month sums from the rings (12 x estates), then ladder and stage.

    `billed`, `collected`, `income`, `spending`, `overhead` hold fen, `rate` (twelve-month collection) and
    `quality` what they were in each of the last twelve months.
    """
    q = p[0]
    now = world[0].month % MEMORY
    earlier = (world[0].month - HALF_YEAR) % MEMORY
    for e in range(estates.size):
        estate = estates[e]
        estate.billed_12 += estate.billed - billed[now, e]
        estate.collected_12 += estate.collected - collected[now, e]
        estate.income_12 += estate.income - income[now, e]
        estate.spending_12 += estate.spending - spending[now, e]
        estate.overhead_12 += estate.overhead - overhead[now, e]
        billed[now, e] = estate.billed
        collected[now, e] = estate.collected
        income[now, e] = estate.income
        spending[now, e] = estate.spending
        overhead[now, e] = estate.overhead
        # the twelve-month rate, since one month's rate of a small estate is mostly luck
        yearly = (
            estate.collected_12 / estate.billed_12
            if estate.billed_12 > 0
            else rate[(now + MEMORY - 1) % MEMORY, e]
        )
        rate[now, e] = yearly
        quality[now, e] = estate.quality
        estate.stage = cycle_stage(
            estate.stage,
            estate.mode,
            estate.billed > 0,
            yearly,
            estate.quality,
            estate.condition,
            yearly - rate[earlier, e],
            estate.quality - quality[earlier, e],
            q,
        )
        company = estate.mode == MARKET or estate.mode == SOE
        estate.nominal = 1 if estate.mode != NONE else 0
        # an estate that was left alone this month was still billed in it, but nobody will bill the next
        bills = estate.billed > 0 and billed_share_of_full_fee(estate.mode, q) > 0.0
        estate.charging = 1 if bills and estate.collected > 0 else 0
        estate.professional = 1 if company and estate.quality >= q.stage_professional_quality else 0
        estate.break_even = 1 if estate.charging == 1 and covers_cost(estate) else 0


def new_rings(estates: np.ndarray) -> tuple[np.ndarray, ...]:
    """The rings of `record_month`, filled with the starting state as if the last year had been like it."""
    money = [
        np.tile(estates[name], (MEMORY, 1))
        for name in ("billed", "collected", "income", "spending", "overhead")
    ]
    rate = np.tile(estates["paid_share"], (MEMORY, 1))
    quality = np.tile(estates["quality"], (MEMORY, 1))
    return (*money, rate, quality)


@kernel
def record_start(estates, world, p):  # type: ignore[no-untyped-def]
    """Twelve-month figures, ladder and stage of the starting state, as if the last year had been like it."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        billed = billed_share_of_full_fee(estate.mode, q) > 0.0
        estate.billed_12 = MEMORY * estate.billed
        estate.collected_12 = MEMORY * estate.collected
        estate.income_12 = MEMORY * estate.income
        estate.spending_12 = MEMORY * estate.spending
        estate.overhead_12 = MEMORY * estate.overhead
        estate.stage = cycle_stage(
            STRAINED, estate.mode, billed, estate.paid_share, estate.quality, estate.condition, 0.0, 0.0, q
        )
        company = estate.mode == MARKET or estate.mode == SOE
        estate.nominal = 1 if estate.mode != NONE else 0
        estate.charging = 1 if billed and estate.paid_share > 0.0 else 0
        estate.professional = 1 if company and estate.quality >= q.stage_professional_quality else 0
        estate.break_even = 1 if estate.charging == 1 and covers_cost(estate) else 0
