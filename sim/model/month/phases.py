"""The phases between the owner passes, compiled together: a call into compiled code costs
more than a small city's phase."""

from __future__ import annotations

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import TAXPAYERS, Purpose, move
from sim.model.month.billing import bill_shares, book_payments
from sim.model.month.charging import charging_month
from sim.model.month.committee import committee_month, guide_revised
from sim.model.month.condition import keep_up
from sim.model.month.contracts import contract_month
from sim.model.month.maintenance_fund import decide_on_works, pay_for_works
from sim.model.month.market import market_month
from sim.model.month.price_basis import end_unread_books, remunerate
from sim.model.month.record import record_month
from sim.model.month.reporting import report_month
from sim.model.month.satisfaction import build_trust, solving_capacity
from sim.model.month.service import plan_effort, serve, share_public_revenue
from sim.model.month.volunteers import volunteers_month
from sim.model.state.claims import Claims
from sim.model.state.owners import Owners
from sim.units import MONTHS_PER_YEAR
from sim.words import TIERS

# purposes of the tiers follow each other in the order of TIERS
BUDGET, LAPSE = int(Purpose.BUDGET_CITY), int(Purpose.LAPSE_CITY)
assert [Purpose[f"BUDGET_{tier.upper()}"] for tier in TIERS] == list(range(BUDGET, BUDGET + len(TIERS)))
assert [Purpose[f"LAPSE_{tier.upper()}"] for tier in TIERS] == list(range(LAPSE, LAPSE + len(TIERS)))


@part
def open_budgets(month: int, government: np.ndarray, balances: np.ndarray, flows: np.ndarray) -> None:
    """Staff time is there anew every month; in January yearly budgets are granted, and what is left
    of the last ones lapses."""
    for g in range(government.size):
        body = government[g]
        body.staff_free = body.staff
        if (month - 1) % MONTHS_PER_YEAR == 0:
            move(balances, flows, LAPSE + body.tier, body.account, TAXPAYERS, max(0, balances[body.account]))
            move(balances, flows, BUDGET + body.tier, TAXPAYERS, body.account, body.yearly_budget)


@kernel
def open_month(
    government: np.ndarray, balances: np.ndarray, flows: np.ndarray, world: np.ndarray, p: np.ndarray
) -> None:
    """The next month begins: a clean page of events, wages grow while fees do not, budgets
    and staff time are there."""
    now = world[0]
    now.month += 1
    now.events = 0
    now.fallback_left = 0
    if now.month > 1:
        now.cost_index *= 1.0 + p[0].service_cost_growth / MONTHS_PER_YEAR
    if now.month % int(p[0].guide_revision) == 0:
        now.guide_index = guide_revised(now.cost_index, p[0].guide_indexing)
    open_budgets(now.month, government, balances, flows)


@kernel
def bill(estates: np.ndarray, p: np.ndarray, bill_share: np.ndarray) -> None:
    """Phase 2 before the owners decide: what part of the full fee each estate bills."""
    bill_shares(estates, p, bill_share)


@kernel
def serve_estates(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    claims: Claims,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    government: np.ndarray,
    p: np.ndarray,
    target: np.ndarray,
    solved_share: np.ndarray,
) -> None:
    """From the owners' payments to what they get: the rest of phase 2, company (3), estate (4),
    staff time for complaints (5)."""
    book_payments(estates, companies, claims, balances, flows, p)
    remunerate(estates, companies, balances, flows, world)
    share_public_revenue(estates, companies, committees, balances, flows, world, p)
    plan_effort(estates, companies, committees, balances, world, p, target)
    serve(estates, companies, balances, flows, world, government, p, target)
    pay_for_works(estates, balances, flows, world, p)
    keep_up(estates, committees, balances, flows, world, p)
    solving_capacity(estates, p, solved_share)


@kernel
def close_month(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    claims: Claims,
    owners: Owners,
    balances: np.ndarray,
    beliefs: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    rings: tuple[np.ndarray, ...],
    sent: np.ndarray,
    rate_seen: np.ndarray,
    quality_seen: np.ndarray,
    p: np.ndarray,
) -> None:
    """What follows from how the owners feel: trust (5), committee (6), market (7), record (8),
    reports (9)."""
    billed, collected, income, own, spending, overhead, rate, quality = rings
    build_trust(estates, committees, p)
    committee_month(committees, owners, estates, world, events, p)
    contract_month(companies, committees, owners, estates, claims, world, events, p)
    decide_on_works(estates, committees, owners, balances, world, events, p)
    end_unread_books(estates, companies, committees, balances, claims, world, events)
    volunteers_month(estates, world, p)
    market_month(estates, companies, committees, claims, balances, beliefs, world, events, p)
    charging_month(owners, estates, beliefs, world, events, p)
    if world[0].month > 0:  # while spinning up, once what is held is at its value again
        record_month(estates, billed, collected, income, own, spending, overhead, rate, quality, world, p)
        report_month(estates, sent, rate_seen, quality_seen, world, p)
