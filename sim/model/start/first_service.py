"""What an estate's starting collection can pay for, and a month's figures of it, before any month is simulated."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.month.service import affordable_effort, monitoring_of, service_quality, standard_cost
from sim.model.state.modes import CLEANING, MARKET, SELF, SOE, UNIT, billed_share_of_full_fee


@part
def start_revenue(estate: Any, q: Any) -> Any:
    """Public revenue (fen a month) that pays for service: a company's share, or all that is kept where owners manage themselves."""
    part = 1.0 if estate.mode == SELF else q.revenue_company_share
    return estate.public_revenue * (1.0 - q.revenue_leak) * part


@kernel
def first_service(
    estates: np.ndarray, companies: np.ndarray, committees: np.ndarray, types: np.ndarray, p: np.ndarray
) -> None:
    """Fill effort, monitoring, quality and smoothed income of every estate at month 0."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        kind = types[estate.type]
        area = kind.area_mean * estate.households
        cost = standard_cost(
            estate.cost_fixed,
            estate.cost_area * area,
            1.0,
            estate.condition,
            q.service_condition_cost,
            0.0,
            0.0,
        )
        billed = billed_share_of_full_fee(estate.mode, q)
        revenue = start_revenue(estate, q)
        income = kind.start_collection * estate.price * area * billed + revenue
        skill = q.service_amateur_skill
        least = 0.0
        effort = 0.0
        if estate.mode == MARKET or estate.mode == SOE:
            company = companies[estate.company]
            skill = company.skill
            least = q.service_floor if estate.mode == MARKET else q.service_soe_floor
            away = 1.0 + q.service_away_cost if company.home_district != estate.district else 1.0
            effort = affordable_effort(
                income, company.margin, q.service_overhead, cost * company.cost_level * away
            )
        elif estate.mode == UNIT:
            effort = q.service_unit_effort
        elif estate.mode == SELF:
            effort = min(
                q.service_self_ceiling, affordable_effort(income, 0.0, 0.0, cost) + q.service_volunteer_effort
            )
        elif estate.mode == CLEANING:
            effort = q.service_cleaning_effort
        estate.income_smooth = income
        estate.effort = max(effort, least)
        estate.monitoring = monitoring_of(
            q.service_monitoring_base,
            q.committee_monitoring,
            committees[e].strength,
            q.service_disclosure_monitoring,
            0.0,
            0.0,
        )
        estate.quality = service_quality(
            estate.effort,
            skill,
            estate.monitoring,
            q.service_monitoring_gap,
            0.0,
            q.service_gaming_gain,
            q.service_returns,
        )
        estate.quality_start = estate.quality


@kernel
def first_month(estates: np.ndarray, companies: np.ndarray, p: np.ndarray) -> None:
    """Fill a month's billing, income and spending of every estate as if month 0 had been like the starting state.

    Needs what `first_service` and the owners' sums filled in; programmes that begin in month 1 look at these figures.
    """
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        share = billed_share_of_full_fee(estate.mode, q)
        company_run = estate.mode == MARKET or estate.mode == SOE
        cost = standard_cost(
            estate.cost_fixed, estate.cost_area, 1.0, estate.condition, q.service_condition_cost, 0.0, 0.0
        )
        effort = estate.effort
        if company_run:
            company = companies[estate.company]
            cost *= company.cost_level * (
                1.0 + q.service_away_cost if company.home_district != estate.district else 1.0
            )
        elif estate.mode == SELF:
            effort = max(0.0, effort - q.service_volunteer_effort)
        estate.billed = int(estate.price * estate.billable_area * share)
        estate.collected = int(estate.billed * estate.paid_share)
        estate.payers = int(estate.paid_share * estate.households + 0.5) if share > 0.0 else 0
        estate.income = estate.collected
        if company_run or estate.mode == SELF:
            estate.income += int(start_revenue(estate, q))
        estate.standard_cost = cost
        estate.spending = int(effort * cost)
        estate.overhead = int(q.service_overhead * estate.income) if company_run else 0
