"""What solved complaints mend (mechanism `repairs`): which of the open ones are solved this month, by whose
hands and at whose cost, and what service, facilities and defects gain.

It comes before the bills of the month, so that a manager reckons with what it costs. Whoever pays out of a
purse that cannot be overdrawn (fund, community, district) solves complaints while it lasts; what it cannot
pay for stays open. Programmes add hands by levers; what a solved complaint costs and mends is decided here.
If every household had one complaint about service solved, the part `repairs.service` of what lacks in it
would be mended, and so with facilities and defects.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import inlined, kernel, part
from sim.model.ledger import EMPLOYERS, SUPPLIERS, Purpose, move
from sim.model.luck import share_of
from sim.model.month.cases import fen_of
from sim.model.month.complaints import Listed, draw_solved, list_open, new_list
from sim.model.month.satisfaction import usual_cases
from sim.model.state.contracts import REMUNERATION
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import SELF, UNIT, company_run
from sim.model.state.owners import Owners

U8, U32, U64 = np.uint8, np.uint32, np.uint64
BY_COMPANY, BY_EMPLOYER, BY_FUND = int(Purpose.REPAIRS), int(Purpose.REPAIRS_UNIT), int(Purpose.REPAIRS_FUND)
BY_COMMUNITY, BY_DISTRICT = int(Purpose.REPAIRS_COMMUNITY), int(Purpose.REPAIRS_DISTRICT)
UNPAID, BUDGET = int(Event.REPAIRS_UNPAID), int(Cause.BUDGET)
SERVICE, CONDITION, LEGACY = range(3)


@part
def own_payer(estate: Any, companies: np.ndarray) -> Any:
    """Who pays for complaints that an estate has solved without a programme: purpose and account.

    The manager; the owners' account under remuneration and self-management; the community where nobody
    manages.
    """
    if company_run(estate.mode):
        if estate.basis == REMUNERATION:
            return BY_FUND, estate.fund_account
        return BY_COMPANY, companies[estate.company].account
    if estate.mode == UNIT:
        return BY_EMPLOYER, EMPLOYERS
    if estate.mode == SELF:
        return BY_FUND, estate.fund_account
    return BY_COMMUNITY, estate.community_account


@part
def can_pay(purpose: int, account: int, fen: int, balances: np.ndarray) -> bool:
    """A company runs into debt, and an employer stands outside the city; all others pay what they have."""
    return purpose == BY_COMPANY or purpose == BY_EMPLOYER or balances[account] >= fen


@inlined
def solve_cases(
    e: int,
    owners: Owners,
    estates: np.ndarray,
    companies: np.ndarray,
    government: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    rows: np.ndarray,
    listed: Listed,
    q: Any,
) -> None:
    """Solve this month's part of the open complaints of estate e, oldest first of each owner, and pay for
    each. `rows` and `listed` are scratch.

    Each has the same chance: the cases that there are hands for, of those that are open.
    """
    estate = estates[e]
    hands = usual_cases(
        estate.mode, estate.households, estate.effort, q.complaints_capacity, q.complaints_public_capacity
    )
    hands += estate.lever_complaint_capacity
    chance = min(1.0, hands / estate.complaints_open)
    if chance <= 0.0:
        return
    purpose_own, account_own = own_payer(estate, companies)
    price = world[0].cost_index
    costs = (
        fen_of(q.repairs_service_cost * price),
        fen_of(q.repairs_condition_cost * price),
        fen_of(q.repairs_legacy_cost * price),
    )
    a = estate.first_owner
    z = a + estate.households
    number = list_open(
        owners.waiting[a:z],
        owners.open_service[a:z],
        owners.open_condition[a:z],
        owners.open_legacy[a:z],
        rows,
        listed,
    )
    month, k0, k1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    draw_solved(estate.first_luck, number, month, k0, k1, listed)
    for k in range(number):
        if share_of(U64(listed.solved[k])) >= chance:
            continue
        i = a + listed.rows[k]
        bit = U32(U32(1) << listed.months[k])
        matter = LEGACY
        if (owners.open_service[i] & bit) != U32(0):
            matter = SERVICE
        elif (owners.open_condition[i] & bit) != U32(0):
            matter = CONDITION
        purpose, account = purpose_own, account_own
        whose = share_of(U64(listed.solver[k])) * hands
        if whose < estate.lever_cases_district:
            purpose, account = BY_DISTRICT, government[estate.district_body].account
        elif whose < estate.lever_cases_district + estate.lever_cases_community:
            purpose, account = BY_COMMUNITY, estate.community_account
        cost = costs[matter]
        if not can_pay(purpose, account, cost, balances):
            estate.unpaid_repairs += 1
            continue
        move(balances, flows, purpose, account, SUPPLIERS, cost)
        estate.repair_cost += cost
        if purpose == BY_COMPANY:
            estate.lever_company_charge += cost
        left = U32(bit ^ U32(0xFFFFFFFF))
        if matter == SERVICE:
            owners.open_service[i] = owners.open_service[i] & left
            estate.solved_service += 1
        elif matter == CONDITION:
            owners.open_condition[i] = owners.open_condition[i] & left
            estate.solved_condition += 1
        else:
            owners.open_legacy[i] = owners.open_legacy[i] & left
            estate.solved_legacy += 1
        owners.answered[i] = U8(1)


@part
def mended_of(per_household: float, cases: int, households: int) -> float:
    """The part of what is lacking that so many solved complaints mend, at most all."""
    return min(1.0, per_household * cases / households)


@kernel
def repair_month(
    owners: Owners,
    estates: np.ndarray,
    companies: np.ndarray,
    government: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Solve a month's complaints in every estate, and mend what they were about."""
    q = p[0]
    owners.answered[:] = U8(0)
    longest = 0
    for e in range(estates.size):
        longest = max(longest, estates[e].households)
    rows = np.empty(longest, np.int32)
    listed = new_list(longest)
    for e in range(estates.size):
        estate = estates[e]
        was_unpaid = estate.unpaid_repairs > 0
        estate.solved_service = estate.solved_condition = estate.solved_legacy = 0
        estate.unpaid_repairs = estate.repair_cost = 0
        if estate.complaints_open > 0:
            solve_cases(e, owners, estates, companies, government, balances, flows, world, rows, listed, q)
        estate.complaints_solved = estate.solved_service + estate.solved_condition + estate.solved_legacy
        estate.mended -= q.repairs_fade * estate.mended
        better = mended_of(q.repairs_service, estate.solved_service, estate.households)
        estate.mended += better * (1.0 - estate.mended)
        better = mended_of(q.repairs_condition, estate.solved_condition, estate.households)
        estate.lever_condition += better * (1.0 - estate.condition)
        better = mended_of(q.repairs_legacy, estate.solved_legacy, estate.households)
        estate.lever_legacy += better * estate.legacy
        if estate.unpaid_repairs > 0 and not was_unpaid:
            write_event(events, world, e, estate.company, UNPAID, BUDGET, estate.unpaid_repairs)
