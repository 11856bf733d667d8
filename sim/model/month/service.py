"""Phase 3, companies: from income to effort, from effort to the service residents
get, and the cash that is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import power64
from sim.model.kernel import part
from sim.model.ledger import ADVERTISERS, EMPLOYERS, INSIDERS, SUPPLIERS, Purpose, move
from sim.model.month.condition import felt_condition
from sim.model.month.price_basis import carried_over, kept_back, padding_of, skimmed_share
from sim.model.month.volunteers import unpaid_effort
from sim.model.state.contracts import REMUNERATION
from sim.model.state.modes import (
    CLEANING,
    NONE,
    SELF,
    SOE,
    UNIT,
    billed_part,
    company_run,
    least_effort,
    managed,
)
from sim.units import FEN_PER_YUAN

SERVICE, SERVICE_UNIT = int(Purpose.SERVICE), int(Purpose.SERVICE_UNIT)
SERVICE_SELF, SERVICE_CLEANING = int(Purpose.SERVICE_SELF), int(Purpose.CLEANING)
OVERHEAD = int(Purpose.OVERHEAD)
TO_FUND, TO_COMPANY = int(Purpose.PUBLIC_REVENUE_FUND), int(Purpose.PUBLIC_REVENUE_COMPANY)
LEAK = int(Purpose.PUBLIC_REVENUE_LEAK)
COLLECTING = int(Purpose.COLLECTING_CLEANING)
SERVICE_REMUNERATION = int(Purpose.SERVICE_REMUNERATION)
COLLECTING_REMUNERATION = int(Purpose.COLLECTING_REMUNERATION)


@part
def standard_cost(
    cost_fixed: float,
    cost_area: float,
    cost_index: float,
    condition: float,
    condition_cost: float,
    relief_fixed: float,
    relief: float,
) -> float:
    """Fen a month for full service: a fixed part and a part that grows with area, dearer
    where facilities are worn."""
    base = cost_fixed * (1.0 - relief_fixed) + cost_area
    return base * cost_index * (1.0 + condition_cost * (1.0 - condition)) * (1.0 - relief)


@part
def cost_of(estate: Any, condition: Any, world: np.ndarray, q: Any) -> Any:
    """`standard_cost` of an estate this month, with what programmes relieve of it."""
    return standard_cost(
        estate.cost_fixed,
        estate.cost_area,
        world[0].cost_index,
        condition,
        q.service_condition_cost,
        min(q.service_relief_most, estate.lever_fixed_cost),
        min(q.service_relief_most, estate.lever_company_cost),
    )


@part
def collecting_cost(estate: Any, world: np.ndarray, q: Any) -> Any:
    """Fen that it costs a company or the community to bill an estate for a month and to go after the fees: so
    much a household, growing like all costs."""
    return q.charging_collecting * FEN_PER_YUAN * estate.households * world[0].cost_index


@part
def billing_cost(estate: Any, world: np.ndarray, q: Any) -> Any:
    """`collecting_cost` where the mechanism `charging` is on and a company or the community bills the estate,
    else 0 (float)."""
    if world[0].mechanism_charging == 0 or not (company_run(estate.mode) or estate.mode == CLEANING):
        return 0.0
    if billed_part(estate, q) <= 0.0:
        return 0.0
    return collecting_cost(estate, world, q)


@part
def away_cost(company: Any, estate: Any, q: Any) -> Any:
    """What the same work costs a company in this estate relative to one in its home district."""
    return 1.0 + q.service_away_cost if company.home_district != estate.district else 1.0


@part
def service_quality(
    effort: float, skill: float, monitoring: float, gap: float, focus: float, gain: float, returns: float
) -> float:
    """Quality that residents get: (skill x effort x what monitoring leaves) to the
    power of returns, in [0, 1].

    Effort moved to scored items (`focus`) shows: it raises visible quality.
    """
    efficiency = skill * (1.0 - gap * (1.0 - monitoring))
    return min(1.0, power64(efficiency * effort * (1.0 + gain * focus), returns))


@part
def monitoring_of(
    base: float, committee: float, strength: float, disclosing: float, disclosure: float, inspection: float
) -> float:
    """How closely a manager is watched, in [0, 1]."""
    return min(1.0, base + committee * strength + disclosing * disclosure + inspection)


@part
def affordable_effort(income: float, margin: float, overhead: float, cost: float) -> float:
    """Effort that smoothed income buys after overhead and target margin; 1 is the full standard."""
    return min(1.0, income * (1.0 - margin - overhead) / cost)


@part
def remunerated_means(income: float, share: float, carried: float, months: float) -> float:
    """Fen a month that owners can spend on service: smoothed income less the company's part, and so much of
    what their account holds from before as would last so many months."""
    return income * (1.0 - share) + carried / months


@part
def effort_without_company(
    mode: int, income: float, cost: float, unpaid: float, support: float, q: Any
) -> float:
    """Effort planned where no company manages: what an employer keeps up, what owners can pay and do
    themselves (`unpaid`), street cleaning."""
    effort = 0.0
    if mode == UNIT:
        effort = q.service_unit_effort
    elif mode == SELF:
        bought = affordable_effort(income, 0.0, 0.0, cost)
        effort = min(
            q.service_self_ceiling,
            bought + unpaid + q.service_self_support * support,
        )
    elif mode == CLEANING:
        effort = q.service_cleaning_effort
    return effort


@part
def patience_left(mode: int, losing_months: int, tolerance: float) -> float:
    """Part of what a company would spend beyond income that an estate still gets, from 1 to 0 as
    losing months reach tolerance.

    A company cuts service before it leaves; it does not keep up a good service at a loss to its last day.
    State-owned fallback does not leave.
    """
    if mode == SOE:
        return 1.0
    return max(0.0, 1.0 - losing_months / max(1.0, tolerance))


@part
def earning_share(condition: float, condition_share: float) -> float:
    """The part of its public revenue that an estate still earns where facilities are worn."""
    return 1.0 - condition_share * (1.0 - condition)


@part
def public_revenue_of(
    potential: float, condition: float, unmanaged: bool, condition_share: float, unmanaged_share: float
) -> int:
    """Fen of public revenue this month: less where facilities are worn, less where
    nobody manages the estate."""
    share = earning_share(condition, condition_share)
    return int(potential * share * (unmanaged_share if unmanaged else 1.0))


@part
def usual_revenue(revenue: Any, share: Any, q: Any) -> Any:
    """Fen of a month's public revenue that a manager who keeps this share of it can count
    on before anybody supervises it."""
    return revenue * (1.0 - q.revenue_leak) * share


@part
def company_part(company_share: float, committee_claim: float, strength: Any) -> Any:
    """Part of public revenue that a company keeps as a rule: less where a strong committee
    claims it; for arrays too."""
    return company_share * (1.0 - committee_claim * strength)


@part
def share_public_revenue(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Public revenue comes in; part leaks where nobody supervises, the company takes its
    share, the fund gets the rest."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        estate.leaked = 0
        unmanaged = not managed(estate.mode)
        revenue = public_revenue_of(
            estate.public_revenue,
            felt_condition(estate, world),
            unmanaged,
            q.revenue_condition,
            q.revenue_unmanaged,
        )
        if revenue <= 0:
            continue
        supervised = min(1.0, committees[e].strength + estate.lever_disclosure + estate.lever_leak)
        share = q.revenue_leak * (1.0 - supervised)
        if committees[e].exists == 1:
            share = max(share, q.revenue_leak * (1.0 - committees[e].integrity) * (1.0 - estate.lever_leak))
        leaked = int(revenue * share)
        move(balances, flows, LEAK, ADVERTISERS, INSIDERS, leaked)
        estate.leaked = leaked
        kept = revenue - leaked
        to_company = 0
        if estate.basis == REMUNERATION:
            estate.income += kept  # the owners' account, out of which service is paid
        elif company_run(estate.mode):
            usual = company_part(q.revenue_company_share, q.revenue_committee_claim, committees[e].strength)
            to_company = int(kept * min(1.0, max(0.0, usual + estate.lever_company_revenue)))
            move(balances, flows, TO_COMPANY, ADVERTISERS, companies[estate.company].account, to_company)
            estate.income += to_company
        elif estate.mode == SELF:
            estate.income += kept  # the owners' fund is who pays for service here
        move(balances, flows, TO_FUND, ADVERTISERS, estate.fund_account, kept - to_company)


@part
def plan_effort(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    balances: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
    target: np.ndarray,
) -> None:
    """Fill `target` with the effort each manager wants, and add up what companies' weak estates lack."""
    q = p[0]
    for c in range(companies.size):
        companies[c].shortfall = 0.0
        companies[c].spending = 0.0
    for e in range(estates.size):
        estate = estates[e]
        carried = carried_over(estate, balances[estate.fund_account])
        estate.income += estate.lever_company_income + estate.lever_value_added
        estate.subsidy = estate.lever_company_income
        estate.income_smooth += q.service_income_smoothing * (estate.income - estate.income_smooth)
        cost = cost_of(estate, felt_condition(estate, world), world, q)
        estate.monitoring = monitoring_of(
            q.service_monitoring_base,
            q.committee_monitoring,
            committees[e].strength,
            q.service_disclosure_monitoring,
            estate.lever_disclosure,
            estate.lever_monitoring,
        )
        estate.focus = min(1.0, estate.lever_focus)
        if company_run(estate.mode):
            company = companies[estate.company]
            cost *= company.cost_level
            cost *= away_cost(company, estate, q)
            cost *= padding_of(estate, committees[e].strength, q.basis_padding)
            estate.standard_cost = cost
            if estate.basis == REMUNERATION:
                means = remunerated_means(
                    max(0.0, estate.income_smooth - billing_cost(estate, world, q)),
                    estate.remuneration,
                    carried,
                    q.basis_carried_over,
                )
                target[e] = min(1.0, means / cost) + estate.lever_effort
                continue
            affordable = affordable_effort(
                max(0.0, estate.income_smooth - billing_cost(estate, world, q)),
                company.margin,
                q.service_overhead,
                cost,
            )
            push = q.service_monitoring_push * estate.monitoring + q.service_reputation_push * min(
                1.0, estate.lever_ranking
            )
            stay = patience_left(estate.mode, estate.losing_months, company.tolerance)
            target[e] = affordable + stay * push + estate.lever_effort
            least = least_effort(estate.mode, q)
            company.shortfall += stay * cost * max(0.0, 1.0 - max(affordable, least))
        else:
            estate.standard_cost = cost
            usual = max(0.0, estate.income_smooth)
            unpaid = unpaid_effort(estate, world, q)
            target[e] = effort_without_company(
                estate.mode, usual, cost, unpaid, estate.lever_self_management, q
            )
    for c in range(companies.size):
        company = companies[c]
        pool = q.service_cross_subsidy * company.risk * max(0, balances[company.account])
        company.support = min(1.0, pool / company.shortfall) if company.shortfall > 0.0 else 0.0


@part
def serve(
    estates: np.ndarray,
    companies: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    government: np.ndarray,
    p: np.ndarray,
    target: np.ndarray,
) -> None:
    """Effort moves toward its target, service is paid for, residents get quality, and
    losing months are counted."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        cost = estate.standard_cost
        before = estate.effort
        estate.overhead = 0
        estate.skimmed = 0
        if estate.mode == NONE:
            estate.effort = 0.0
            estate.quality = estate.mended
            estate.spending = 0
            continue
        goal = target[e]
        skill = q.service_amateur_skill  # unit logistics, volunteers, street cleaners
        least = least_effort(estate.mode, q)
        if company_run(estate.mode):
            company = companies[estate.company]
            skill = company.skill + estate.lever_skill
            if estate.basis != REMUNERATION:
                goal += (
                    company.support
                    * patience_left(estate.mode, estate.losing_months, company.tolerance)
                    * max(0.0, 1.0 - max(goal, least))
                )
        goal = max(least, min(goal, q.service_ceiling))
        lean = goal
        if company_run(estate.mode):
            lean = max(least, goal * (1.0 - skimmed_share(estate, companies[estate.company], world)))
        effort = max(least, before + q.service_adjustment * (lean - before))
        estate.skimmed = kept_back(goal, lean, effort, cost)
        spent = int(effort * cost)
        if estate.basis == REMUNERATION:
            company = companies[estate.company]
            cash = max(0, balances[estate.fund_account])
            collecting = min(cash, int(billing_cost(estate, world, q)))
            move(balances, flows, COLLECTING_REMUNERATION, estate.fund_account, SUPPLIERS, collecting)
            spent = min(cash - collecting, spent)
            effort = spent / cost
            move(balances, flows, SERVICE_REMUNERATION, estate.fund_account, SUPPLIERS, spent)
            overhead = int(q.service_overhead * max(0, estate.income))
            move(balances, flows, OVERHEAD, company.account, SUPPLIERS, overhead)
            company.spending += overhead
            estate.overhead = estate.remunerated + collecting + estate.lever_company_charge
            # what lacks is the owners' loss, not the company's
            estate.losing_months = max(0, estate.losing_months - int(q.service_loss_recovery))
        elif company_run(estate.mode):
            company = companies[estate.company]
            move(balances, flows, SERVICE, company.account, SUPPLIERS, spent)
            overhead = int(q.service_overhead * max(0, estate.income))
            move(balances, flows, OVERHEAD, company.account, SUPPLIERS, overhead)
            collecting = int(billing_cost(estate, world, q))
            move(balances, flows, OVERHEAD, company.account, SUPPLIERS, collecting)
            overhead += collecting
            estate.overhead = overhead + estate.lever_company_charge
            company.spending += spent + overhead
            # of smoothed income: an award that comes twice a year is income of half a year
            usual = estate.income_smooth - q.service_overhead * max(0.0, estate.income_smooth)
            if usual < spent + collecting + estate.lever_company_charge:
                estate.losing_months += 1
            else:
                estate.losing_months = max(0, estate.losing_months - int(q.service_loss_recovery))
        elif estate.mode == UNIT:
            move(balances, flows, SERVICE_UNIT, EMPLOYERS, SUPPLIERS, spent)
        elif estate.mode == SELF:
            volunteer = min(
                effort,
                unpaid_effort(estate, world, q) + q.service_self_support * estate.lever_self_management,
            )
            cash = max(0, balances[estate.fund_account])
            spent = min(cash, int((effort - volunteer) * cost))
            effort = volunteer + spent / cost
            move(balances, flows, SERVICE_SELF, estate.fund_account, SUPPLIERS, spent)
        else:
            # the community pays for cleaning as long as its yearly budget lasts
            account = government[estate.community].account
            spent = min(spent, max(0, balances[account]))
            effort = spent / cost
            move(balances, flows, SERVICE_CLEANING, account, SUPPLIERS, spent)
            collecting = int(min(billing_cost(estate, world, q), estate.income))
            move(balances, flows, COLLECTING, account, SUPPLIERS, collecting)
            estate.overhead = collecting
        estate.spending = spent
        estate.effort = effort
        estate.quality = service_quality(
            effort,
            skill,
            estate.monitoring,
            q.service_monitoring_gap,
            estate.focus,
            q.service_gaming_gain,
            q.service_returns,
        )
        estate.quality += estate.mended * (1.0 - estate.quality)
