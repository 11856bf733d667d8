"""Spinning up: months before month 0 that are simulated and not shown, so that what nobody says of month 0 is
as the rules leave it, and not as it was drawn.

What a scenario or a table of estates says of month 0 is held at its value meanwhile; which columns these are,
and why, stands beside their declarations (`sim.model.state.spun_up`). No programme acts, and wages and prices
stand still; what a table of events says of these months happens in them (`sim.model.start.replay`). Luck is
addressed by months up to 0, which no run uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import ADVERTISERS, BANKS, SHAREHOLDERS, Purpose, move
from sim.model.month.committee import strength_of
from sim.model.month.record import HALF_YEAR, record_month, record_start
from sim.model.month.reporting import report_month, report_start
from sim.model.start.replay import Replay
from sim.model.state.claims import SLOTS, Claims
from sim.model.state.contracts import EARLY, NO_CONTRACT, NO_PROCESS, REMUNERATION
from sim.model.state.modes import SELF
from sim.model.state.owners import MEMORY, Buildings, Owners
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.month.step import Clockwork
    from sim.model.start.start import State

F, I32, U8, I64 = np.float32, np.int32, np.uint8, np.int64
CASH, FUND = int(Purpose.OPENING_CASH), int(Purpose.OPENING_FUND)
MAINTENANCE = int(Purpose.OPENING_MAINTENANCE)
EMPTY = -1
MOST_OWED = 2**31 - 1  # fen, of one owner
NEAR = 1e-7  # of a mean of single-precision figures
TRIES = 100


class Drawn(NamedTuple):
    """What is held of owners, buildings and accounts, as it was drawn, and which figures a table states."""

    balances: np.ndarray  # int64, fen
    paid: np.ndarray  # uint8, of owners
    arrears: np.ndarray  # int32, fen, of owners
    arrears_age: np.ndarray  # uint8, months, of owners
    building_paid: np.ndarray  # float32, share, of buildings
    quality_known: np.ndarray  # uint8, one an estate: 1 where a table states its quality
    satisfaction_known: np.ndarray  # uint8, one an estate: 1 where a table states its satisfaction


def as_drawn(scenario: Scenario, state: State) -> Drawn:
    """A copy of that of a city that was just drawn."""
    known = [np.zeros(state.estates.size, np.uint8)] * 2
    if scenario.estates is not None:
        table = scenario.estates.rows
        known = [(~np.isnan(table.values(name))).astype(np.uint8) for name in ("quality", "satisfaction")]
    return Drawn(
        state.books.balances.copy(),
        state.owners.paid.copy(),
        state.owners.arrears.copy(),
        state.owners.arrears_age.copy(),
        state.buildings.paid_share.copy(),
        *known,
    )


class SpinUp:
    """What is done in a month of spinning up besides the phases of the month."""

    def __init__(self, scenario: Scenario, state: State, clockwork: Clockwork) -> None:
        """Of a city that was just drawn."""
        self.state, self.clockwork = state, clockwork
        self.drawn = as_drawn(scenario, state)
        self.estates, self.companies = state.estates.copy(), state.companies.copy()
        self.committees = state.committees.copy()
        self.effort = np.zeros(state.estates.size)
        self.income = np.zeros(state.estates.size)

    def served(self) -> None:
        """Service was done: owners feel what is held of it."""
        hold_service(self.state.estates, self.estates, self.drawn, self.effort, self.income)

    def closed(self) -> None:
        """The month is over but for its record."""
        s = self.state
        hold_month(
            s.estates,
            self.estates,
            s.companies,
            self.companies,
            s.committees,
            self.committees,
            s.owners,
            s.buildings,
            s.claims,
            s.books.balances,
            s.books.flows,
            self.drawn,
            self.effort,
            self.income,
            self.clockwork.rings,
            *s.reports,
            s.world,
            s.parameters,
        )


def spin_up(scenario: Scenario, state: State, clockwork: Clockwork) -> None:
    """Simulate the months before month 0 of a city that was just drawn, and open its books for the run."""
    spinning = SpinUp(scenario, state, clockwork)
    state.world["month"] = state.world["first_month"] = -scenario.spin_up
    state.companies["barred_until"] = -scenario.spin_up  # nobody is barred
    acts = _nobody_acts
    if scenario.estates is not None and scenario.estates.past_events:
        held = (spinning.estates, spinning.companies, spinning.committees)
        acts = Replay(scenario, state, clockwork, held).act
    record_start(state.estates, state.world, state.parameters)
    report_start(state.estates, *state.reports, state.world, state.parameters)
    for _ in range(scenario.spin_up):
        clockwork.month(acts, spinning)
    state.companies["barred_until"] = spinning.companies["barred_until"]
    state.estates["quality_start"] = state.estates["quality"]
    state.world["events"] = 0
    open_books_anew(state)


def _nobody_acts() -> None:
    """What programmes do while a city spins up."""


def open_books_anew(state: State) -> None:
    """The ledger of the run: companies and the funds of estates open with what they hold, and nobody else
    holds or owes anything."""
    books, companies, funds = state.books, state.companies["account"], state.estates["fund_account"]
    cash, fund = books.balances[companies].copy(), books.balances[funds].copy()
    banked = state.estates["maintenance_account"]
    saved = books.balances[banked].copy()
    books.balances[:] = 0
    books.turn_page()
    books.move(Purpose.OPENING_CASH, np.full(cash.size, SHAREHOLDERS), companies, cash)
    books.move(Purpose.OPENING_FUND, np.full(fund.size, ADVERTISERS), funds, fund)
    books.move(Purpose.OPENING_MAINTENANCE, np.full(saved.size, BANKS), banked, saved)


@kernel
def hold_service(
    estates: np.ndarray, drawn_estates: np.ndarray, drawn: Drawn, effort: np.ndarray, income: np.ndarray
) -> None:
    """Before owners feel it: facilities, defects, and the quality that a table states are as they were drawn.

    Fills `effort` and `income` with what managers do and can count on in this month.
    """
    for e in range(estates.size):
        estate = estates[e]
        first = drawn_estates[e]
        estate.condition = first.condition
        estate.legacy = first.legacy
        estate.new_works = first.new_works
        if drawn.quality_known[e] == 1:
            estate.quality = first.quality
        # bidders look at it
        estate.paid_share = first.paid_share
        effort[e] = estate.effort
        income[e] = estate.income_smooth


@part
def hold_manager(estate: Any, first: Any, effort: float, income: float, start_effort: float) -> None:
    """Whoever came or went this month, the estate is managed as it was drawn: by a company that has just come
    again, or without one as before."""
    if estate.mode != first.mode or estate.company != first.company:
        estate.mode = first.mode
        estate.company = first.company
        estate.process = NO_PROCESS
        estate.process_left = 0
        estate.process_cause = 0
        estate.contract = NO_CONTRACT
        estate.contract_left = 0
        estate.losing_months = 0
        estate.unmanaged_months = 0
        if first.company >= 0:
            estate.effort = max(estate.effort, start_effort)
        else:
            estate.effort = effort
            estate.income_smooth = income
    if first.contract == EARLY:
        estate.contract = EARLY
        estate.contract_left = first.contract_left
    estate.former_company = first.former_company
    estate.basis = first.basis
    estate.remuneration = first.remuneration
    estate.billing = first.billing
    estate.volunteers = first.volunteers
    estate.volunteers_tired = first.volunteers_tired
    estate.price = first.price


@part
def hold_committee(committee: Any, first: Any, q: Any) -> None:
    """There is a committee where one was drawn: one that was not renewed is followed by another of its kind,
    one that was founded is no more."""
    if committee.exists == first.exists:
        return
    committee.exists = first.exists
    if first.exists == 1:
        committee.activity = 1.0
        committee.term_left = int(q.committee_term)
    else:
        committee.competence = first.competence
        committee.integrity = first.integrity
        committee.activity = first.activity
        committee.term_left = first.term_left
    committee.wait = 0
    committee.strength = strength_of(committee)


@part
def hold_arrears(
    estate: Any, total: int, first: int, last: int, owners: Owners, drawn: Drawn, by_age: bool
) -> None:
    """Bring what the owners first..last-1 owe to the sum that was drawn, each in proportion, and with it how
    old their debts are (`by_age`), as if so much of the oldest had been repaid.

    Where nobody owes anything, or one would owe more than can be, debts are as they were drawn.
    """
    found = estate.arrears
    ratio = total / found if found > 0 else 0.0
    again = found == 0 and total > 0
    if total > MOST_OWED:
        for i in range(first, last):
            again = again or owners.arrears[i] * ratio + 1.0 > MOST_OWED
    so_far: Any = I64(0)
    placed: Any = I64(0)
    open_12: Any = I64(0)
    debtors: Any = I64(0)
    for i in range(first, last):
        if again:
            owners.arrears[i] = drawn.arrears[i]
            owners.arrears_age[i] = drawn.arrears_age[i]
        elif found != total:
            so_far += I64(owners.arrears[i])
            up_to = total if so_far == found else min(total, I64(so_far * ratio))
            owners.arrears[i] = I32(up_to - placed)
            placed = up_to
            age: Any = I64(owners.arrears_age[i])
            if by_age and ratio < 1.0:
                age = max(1, I64(age * ratio + 0.5))
            owners.arrears_age[i] = U8(age) if owners.arrears[i] > 0 else U8(0)
        owed = I64(owners.arrears[i])
        open_12 += min(owed, I64(owners.unpaid_12[i]))
        debtors += I64(1) if owed > 0 else I64(0)
    estate.arrears = total
    estate.open_12 = open_12
    estate.debtors = debtors


@part
def hold_satisfaction(first: int, last: int, mean: float, owners: Owners) -> None:
    """Shift the satisfaction of the owners first..last-1, alike and within [0, 1], to a mean."""
    for _ in range(TRIES):
        total = 0.0
        inside = 0
        for i in range(first, last):
            mood = owners.satisfaction[i]
            total += float(mood)
            inside += 1 if F(0) < mood and mood < F(1) else 0
        gap = mean - total / (last - first)
        if abs(gap) < NEAR:
            return
        shift = F(gap * (last - first) / max(1, inside))
        for i in range(first, last):
            owners.satisfaction[i] = min(F(1), max(F(0), F(owners.satisfaction[i] + shift)))


@part
def spends_of_fund(estate: Any, committee: Any) -> Any:
    """True where somebody spends what an estate's fund holds: a committee on repair, owners on service."""
    return committee.exists == 1 or estate.mode == SELF or estate.basis == REMUNERATION


@part
def lowest_of_year(e: int, course: np.ndarray, month: int) -> Any:
    """The lowest of a course (12 x estates) in the months from 11 to 7 ago; that of 6 months ago is added by
    the record."""
    lowest = course[(month - HALF_YEAR - 1) % MEMORY, e]
    for ago in range(HALF_YEAR + 2, MEMORY):
        lowest = min(lowest, course[(month - ago) % MEMORY, e])
    return lowest


@kernel
def hold_month(
    estates: np.ndarray,
    drawn_estates: np.ndarray,
    companies: np.ndarray,
    drawn_companies: np.ndarray,
    committees: np.ndarray,
    drawn_committees: np.ndarray,
    owners: Owners,
    buildings: Buildings,
    claims: Claims,
    balances: np.ndarray,
    flows: np.ndarray,
    drawn: Drawn,
    effort: np.ndarray,
    income: np.ndarray,
    rings: tuple[np.ndarray, ...],
    sent: np.ndarray,
    rate_seen: np.ndarray,
    quality_seen: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """At the end of a month of spinning up: what is held is at its value again, and the month is recorded and
    reported as it then is. `effort`, `income`: of `hold_service`."""
    q = p[0]
    by_age = world[0].mechanism_debt_age != 0
    for e in range(estates.size):
        estate = estates[e]
        first = drawn_estates[e]
        a = estate.first_owner
        z = a + estate.households
        hold_manager(estate, first, effort[e], income[e], q.service_start_effort)
        hold_committee(committees[e], drawn_committees[e], q)
        for slot in range(SLOTS):
            claims.account[e, slot] = EMPTY
            claims.fen[e, slot] = 0
        estate.former_arrears = first.former_arrears
        estate.claim_months = first.claim_months
        hold_arrears(estate, first.arrears, a, z, owners, drawn, by_age)
        if drawn.satisfaction_known[e] == 1:
            hold_satisfaction(a, z, first.satisfaction, owners)
            estate.satisfaction = first.satisfaction
        # one by one: a loop that sets a whole array asks Python whether the lengths agree
        for i in range(a, z):
            owners.paid[i] = drawn.paid[i]
        for h in range(estate.first_building, estate.first_building + estate.buildings):
            buildings.paid_share[h] = drawn.building_paid[h]
        if not spends_of_fund(estate, committees[e]):
            fund = estate.fund_account
            move(balances, flows, FUND, ADVERTISERS, fund, drawn.balances[fund] - balances[fund])
        banked = estate.maintenance_account
        move(balances, flows, MAINTENANCE, BANKS, banked, drawn.balances[banked] - balances[banked])
    for c in range(companies.size):
        company = companies[c]
        company.estates = drawn_companies[c].estates
        company.active = drawn_companies[c].active
        # who owns it makes up for what a month lost, and takes what it gained
        account = company.account
        move(balances, flows, CASH, SHAREHOLDERS, account, drawn.balances[account] - balances[account])
    billed, collected, received, own, spending, overhead, rate, quality = rings
    for e in range(estates.size):
        # what an estate had been like is that of a year: a fall that was long ago, under a company that the
        # estate was said to have again, would hide every fall to come
        estate = estates[e]
        estate.lowest_rate = lowest_of_year(e, rate, world[0].month)
        estate.lowest_quality = lowest_of_year(e, quality, world[0].month)
        estate.reported_lowest_rate = lowest_of_year(e, rate_seen, world[0].month)
        estate.reported_lowest_quality = lowest_of_year(e, quality_seen, world[0].month)
    record_month(estates, billed, collected, received, own, spending, overhead, rate, quality, world, p)
    report_month(estates, sent, rate_seen, quality_seen, world, p)
