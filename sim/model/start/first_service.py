"""What an estate's starting collection can pay for, and a month's figures of it,
before any month is simulated."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.month.price_basis import padding_of, skimmed_share
from sim.model.month.service import (
    affordable_effort,
    away_cost,
    billing_cost,
    effort_without_company,
    monitoring_of,
    remunerated_means,
    service_quality,
    standard_cost,
    usual_revenue,
)
from sim.model.month.volunteers import unpaid_effort
from sim.model.state.contracts import REMUNERATION
from sim.model.state.modes import SELF, billed_part, company_run, least_effort


@part
def start_revenue(estate: Any, q: Any) -> Any:
    """Public revenue (fen a month) that pays for service: a company's share, or all that is kept where
    owners manage themselves or pay a company out of their own account."""
    own = estate.mode == SELF or estate.basis == REMUNERATION
    return usual_revenue(estate.public_revenue, 1.0 if own else q.revenue_company_share, q)


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
        estate.monitoring = monitoring_of(
            q.service_monitoring_base,
            q.committee_monitoring,
            committees[e].strength,
            q.service_disclosure_monitoring,
            q.basis_openness if estate.basis == REMUNERATION else 0.0,
            0.0,
        )
        if company_run(estate.mode):
            company = companies[estate.company]
            skill = company.skill
            away = away_cost(company, estate, q)
            cost = cost * company.cost_level * away
            cost *= padding_of(estate, committees[e].strength, q.basis_padding)
            means = max(0.0, income - billing_cost(estate, world, q))
            if estate.basis == REMUNERATION:
                effort = min(1.0, remunerated_means(means, estate.remuneration, 0.0, 1.0) / cost)
            else:
                effort = affordable_effort(means, company.margin, q.service_overhead, cost)
                effort *= 1.0 - skimmed_share(estate, company, world)
        else:
            unpaid = unpaid_effort(estate, world, q)
            effort = effort_without_company(estate.mode, income, cost, unpaid, 0.0, q)
        estate.income_smooth = income
        # who pays out of the owners' account cannot go under what it holds; a company's own floor is its cost
        least = 0.0 if estate.basis == REMUNERATION else least_effort(estate.mode, q)
        estate.effort = max(effort, least)
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
def first_month(
    estates: np.ndarray, companies: np.ndarray, committees: np.ndarray, world: np.ndarray, p: np.ndarray
) -> None:
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
            cost *= padding_of(estate, committees[e].strength, q.basis_padding)
        elif estate.mode == SELF:
            effort = max(0.0, effort - unpaid_effort(estate, world, q))
        estate.billed = int(estate.price * estate.billable_area * share)
        estate.collected = int(estate.billed * estate.paid_share)
        estate.payers = int(estate.paid_share * estate.households + 0.5) if share > 0.0 else 0
        estate.income = estate.collected
        if company_run(estate.mode) or estate.mode == SELF:
            estate.income += int(start_revenue(estate, q))
        estate.standard_cost = cost
        estate.spending = int(effort * cost)
        if estate.basis == REMUNERATION:
            estate.remunerated = int(estate.remuneration * estate.collected)
            estate.overhead = estate.remunerated
        else:
            estate.overhead = int(q.service_overhead * estate.income) if company_run(estate.mode) else 0
        estate.overhead += int(billing_cost(estate, world, q))
