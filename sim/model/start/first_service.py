"""What an estate's starting collection can pay for, and a month's figures of it,
before any month is simulated."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.month.service import (
    affordable_effort,
    away_cost,
    billing_cost,
    effort_without_company,
    monitoring_of,
    service_quality,
    standard_cost,
    usual_revenue,
)
from sim.model.state.modes import SELF, billed_part, company_run, least_effort


@part
def start_revenue(estate: Any, q: Any) -> Any:
    """Public revenue (fen a month) that pays for service: a company's share, or all that is kept where
    owners manage themselves."""
    return usual_revenue(estate.public_revenue, 1.0 if estate.mode == SELF else q.revenue_company_share, q)


@kernel
def first_service(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    traits: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Fill effort, monitoring, quality and smoothed income of every estate at month 0."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        kind = traits[e]
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
        billed = billed_part(estate, q)
        revenue = start_revenue(estate, q)
        income = kind.expected_collection * estate.price * area * billed + revenue
        skill = q.service_amateur_skill
        if company_run(estate.mode):
            company = companies[estate.company]
            skill = company.skill
            away = away_cost(company, estate, q)
            effort = affordable_effort(
                max(0.0, income - billing_cost(estate, world, q)),
                company.margin,
                q.service_overhead,
                cost * company.cost_level * away,
            )
        else:
            effort = effort_without_company(estate.mode, income, cost, 0.0, q)
        estate.income_smooth = income
        estate.effort = max(effort, least_effort(estate.mode, q))
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
def first_month(estates: np.ndarray, companies: np.ndarray, world: np.ndarray, p: np.ndarray) -> None:
    """Fill a month's billing, income and spending of every estate as if month 0 had been
    like the starting state.

    Needs what `first_service` and the owners' sums filled in; programmes that begin in
    month 1 look at these figures.
    """
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        share = billed_part(estate, q)
        cost = standard_cost(
            estate.cost_fixed, estate.cost_area, 1.0, estate.condition, q.service_condition_cost, 0.0, 0.0
        )
        effort = estate.effort
        if company_run(estate.mode):
            company = companies[estate.company]
            cost *= company.cost_level * away_cost(company, estate, q)
        elif estate.mode == SELF:
            effort = max(0.0, effort - q.service_volunteer_effort)
        estate.billed = int(estate.price * estate.billable_area * share)
        estate.collected = int(estate.billed * estate.paid_share)
        estate.payers = int(estate.paid_share * estate.households + 0.5) if share > 0.0 else 0
        estate.income = estate.collected
        if company_run(estate.mode) or estate.mode == SELF:
            estate.income += int(start_revenue(estate, q))
        estate.standard_cost = cost
        estate.spending = int(effort * cost)
        estate.overhead = int(q.service_overhead * estate.income) if company_run(estate.mode) else 0
        estate.overhead += int(billing_cost(estate, world, q))
