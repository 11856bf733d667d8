"""The effort and quality that an estate's starting collection can pay for, before any month is simulated."""

from __future__ import annotations

from sim.kernel import kernel
from sim.month.service import AMATEUR_SKILL, affordable_effort, monitoring_of, service_quality, standard_cost
from sim.state.modes import CLEANING, MARKET, SELF, SOE, UNIT, billed_share_of_full_fee


@kernel
def first_service(estates, companies, committees, types, p):  # type: ignore[no-untyped-def]
    """Fill effort, monitoring, quality and smoothed income of every estate at month 0."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        kind = types[estate.type]
        area = kind.area_mean * estate.households
        cost = standard_cost(estate.cost_fixed, estate.cost_area * area, 1.0, estate.condition, q.service_condition_cost, 0.0, 0.0)
        billed = billed_share_of_full_fee(estate.mode, q)
        revenue = estate.public_revenue * (1.0 - q.revenue_leak) * q.revenue_company_share
        income = kind.start_collection * estate.price * area * billed + revenue
        skill = AMATEUR_SKILL
        least = 0.0
        effort = 0.0
        if estate.mode == MARKET or estate.mode == SOE:
            company = companies[estate.company]
            skill = company.skill
            least = q.service_floor if estate.mode == MARKET else q.service_soe_floor
            effort = affordable_effort(income, company.margin, q.service_overhead, cost * company.cost_level)
        elif estate.mode == UNIT:
            effort = q.service_unit_effort
        elif estate.mode == SELF:
            effort = min(q.service_self_ceiling, affordable_effort(income, 0.0, 0.0, cost) + q.service_volunteer_effort)
        elif estate.mode == CLEANING:
            effort = q.service_cleaning_effort
        estate.income_smooth = income
        estate.effort = max(effort, least)
        estate.monitoring = monitoring_of(q.service_monitoring_base, q.committee_monitoring, committees[e].strength,
                                          q.service_disclosure_monitoring, 0.0, 0.0)  # fmt: skip
        estate.quality = service_quality(estate.effort, skill, estate.monitoring, q.service_monitoring_gap, 0.0,
                                         q.service_gaming_gain, q.service_returns)  # fmt: skip
        estate.quality_start = estate.quality
