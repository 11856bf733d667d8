"""Phase 8: twelve-month figures, the coverage ladder and the cycle stage of every estate."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import where
from sim.model.kernel import kernel, part
from sim.model.state.modes import NONE, UNIT, billed_part, company_run
from sim.model.state.owners import MEMORY

HEALTHY, STRAINED, SPIRALLING, COLLAPSED, RECOVERING = range(5)
HALF_YEAR = 6


@part
def cycle_stage(
    billed: bool,
    collection: float,
    quality: float,
    condition: float,
    half_year_collection: float,
    half_year_quality: float,
    lowest_collection: float,
    lowest_quality: float,
    q: Any,
) -> int:
    """The cycle stage of an estate (code): what its residents have, how that moves, and never who manages it.

    Judged are twelve-month collection (where it bills), quality and condition, now, half a year ago, and the
    lowest that collection and quality had been up to half a year ago. collapsed: one of the three is under
    its floor; healthy: all are at or above their standard; spiralling: one is under its standard, and
    collection and quality both fell below anything they had been (falling back to one's own level is not the
    spiral); recovering: one is under its standard, and of collection and quality neither fell over half a
    year and one rose; strained: all else.
    """
    move = q.stage_movement
    if (
        quality < q.stage_collapsed_quality
        or condition < q.stage_collapsed_condition
        or (billed and collection < q.stage_collapsed_collection)
    ):
        return COLLAPSED
    good_collection = collection >= q.stage_healthy_collection or not billed
    if good_collection and quality >= q.stage_healthy_quality and condition >= q.stage_healthy_condition:
        return HEALTHY
    collection_sinks = collection < lowest_collection - move or not billed
    if collection_sinks and quality < lowest_quality - move:
        return SPIRALLING
    collection_change = collection - half_year_collection if billed else 0.0
    quality_change = quality - half_year_quality
    steady = collection_change >= -move and quality_change >= -move
    if steady and (collection_change > move or quality_change > move):
        return RECOVERING
    return STRAINED


@part
def covers_cost(estate: Any) -> Any:
    """True where the manager's income of twelve months covered service, overhead
    and what programmes charged it."""
    return estate.income_12 >= estate.spending_12 + estate.overhead_12 and estate.spending_12 > 0


@part
def set_ladder(estate: Any, charging: bool, q: Any) -> None:
    """Write which steps of the coverage ladder an estate is on; `charging`: fees are billed and collected."""
    professional = company_run(estate.mode) and estate.quality >= q.stage_professional_quality
    estate.nominal = 1 if estate.mode != NONE else 0
    estate.charging = 1 if charging else 0
    estate.professional = 1 if professional else 0
    estate.break_even = 1 if charging and covers_cost(estate) else 0


@part
def own_income(estate: Any) -> Any:
    """What the manager received this month from owners, the estate's own public revenue and the
    employer behind it (fen).

    Public money and income from value-added services are left out; an employer covers whatever its estate
    costs. For one estate or the whole table with its columns as attributes.
    """
    own = estate.income - estate.lever_company_income - estate.lever_value_added
    return where((estate.mode == UNIT) & (own < estate.spending), estate.spending, own)


@part
def start_rate(collected: Any, billed: Any, paid_share: Any) -> Any:
    """Collection before month 1: of money, as in every later month; the share of owners where
    nothing is billed; for arrays too."""
    return where(billed > 0, collected / where(billed > 0, billed, 1), paid_share)


@part
def record_month(
    estates: np.ndarray,
    billed: np.ndarray,
    collected: np.ndarray,
    income: np.ndarray,
    own: np.ndarray,
    spending: np.ndarray,
    overhead: np.ndarray,
    rate: np.ndarray,
    quality: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Update 12-month sums from the rings (12 x estates), then ladder and stage.

    `billed`, `collected`, `income`, `own` (see `own_income`), `spending`, `overhead` hold fen, `rate` (paid
    when due of the bills of the last twelve months) and `quality` what they were in
    each of the last twelve months.
    """
    q = p[0]
    now = world[0].month % MEMORY
    earlier = (world[0].month - HALF_YEAR) % MEMORY
    for e in range(estates.size):
        estate = estates[e]
        estate.billed_12 += estate.billed - billed[now, e]
        estate.collected_12 += estate.collected - collected[now, e]
        estate.billed_months += (1 if estate.billed > 0 else 0) - (1 if billed[now, e] > 0 else 0)
        if world[0].month - world[0].first_month <= MEMORY:
            estate.missed_before -= billed[now, e] - collected[now, e]
        estate.paid_12 = estate.billed_12 - estate.missed_before - estate.open_12
        own_now = own_income(estate)
        estate.own_income_12 += own_now - own[now, e]
        own[now, e] = own_now
        estate.income_12 += estate.income - income[now, e]
        estate.spending_12 += estate.spending - spending[now, e]
        estate.overhead_12 += estate.overhead - overhead[now, e]
        billed[now, e] = estate.billed
        collected[now, e] = estate.collected
        income[now, e] = estate.income
        spending[now, e] = estate.spending
        overhead[now, e] = estate.overhead
        # the twelve-month rate, since one month's rate of a small estate is mostly luck; what was paid when
        # due, since of the months before the start nothing else is known, and a year in which late payments
        # come to count would look like recovery
        yearly = (
            estate.collected_12 / estate.billed_12
            if estate.billed_12 > 0
            else rate[(now + MEMORY - 1) % MEMORY, e]
        )
        rate[now, e] = yearly
        quality[now, e] = estate.quality
        estate.lowest_rate = min(estate.lowest_rate, rate[earlier, e])
        estate.lowest_quality = min(estate.lowest_quality, quality[earlier, e])
        estate.stage = cycle_stage(
            estate.billed > 0,
            yearly,
            estate.quality,
            estate.condition,
            rate[earlier, e],
            quality[earlier, e],
            estate.lowest_rate,
            estate.lowest_quality,
            q,
        )
        # an estate that was left alone this month was still billed in it, but nobody will bill the next
        bills = estate.billed > 0 and billed_part(estate, q) > 0.0
        set_ladder(estate, bills and estate.collected > 0, q)


def new_rings(estates: np.ndarray) -> tuple[np.ndarray, ...]:
    """The rings of `record_month`, filled with the starting state as if the last year had been like it."""
    now = estates.view(np.recarray)
    rate = start_rate(now.collected, now.billed, now.paid_share)
    columns = (now.billed, now.collected, now.income, own_income(now), now.spending, now.overhead)
    return tuple(np.tile(column, (MEMORY, 1)) for column in (*columns, rate, now.quality))


@kernel
def record_start(estates: np.ndarray, world: np.ndarray, p: np.ndarray) -> None:
    """Twelve-month figures, ladder and stage of the starting state, as if the last year had been like it."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        billed = billed_part(estate, q) > 0.0
        estate.billed_12 = MEMORY * estate.billed
        estate.collected_12 = MEMORY * estate.collected
        estate.missed_before = MEMORY * (estate.billed - estate.collected)
        estate.paid_12 = estate.collected_12
        estate.billed_months = MEMORY if estate.billed > 0 else 0
        estate.own_income_12 = MEMORY * own_income(estate)
        rate = start_rate(estate.collected, estate.billed, estate.paid_share)
        estate.lowest_rate = rate
        estate.lowest_quality = estate.quality
        estate.income_12 = MEMORY * estate.income
        estate.spending_12 = MEMORY * estate.spending
        estate.overhead_12 = MEMORY * estate.overhead
        estate.stage = cycle_stage(
            billed,
            rate,
            estate.quality,
            estate.condition,
            rate,
            estate.quality,
            estate.lowest_rate,
            estate.lowest_quality,
            q,
        )
        set_ladder(estate, billed and estate.paid_share > 0.0, q)
