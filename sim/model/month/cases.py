"""Disputes about arrears as cases (mechanism `cases`): whose turn it is with the company, mediators and
courts, and what that costs whom.

A company demands what is owed, brings suits once a year and before it leaves, and bears what that costs.
Mediators and courts of a district take so many cases a year, and the rest waits; they are paid by the state.
What owners pay in a case is repaid debt like any other. Programmes add suits and hearings by two levers and
decide nothing more: what becomes of a case is decided in `sim.model.month.hearings`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import STATE, SUPPLIERS, Purpose, move
from sim.model.luck import share_of
from sim.model.month.billing import purposes_of
from sim.model.month.claims import drop_claims, manager_account, repay_claims
from sim.model.month.demands import (
    HEARABLE,
    LAPSING,
    LONGEST,
    REMINDABLE,
    SETTLED,
    SUABLE,
    UNDER_WAY,
    WITHDRAWN,
    Concerned,
    draw_cases,
    lapse,
    look_at_debts,
    months_of,
    room_for,
    terms_of,
)
from sim.model.month.hearings import at_stage, decide_suit, hear, lighten
from sim.model.month.refusal import calls_to_refuse
from sim.model.month.rows import any_of, count_where, rows_where
from sim.model.state.claims import Claims
from sim.model.state.contracts import NO_PROCESS
from sim.model.state.disputes import Stage
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import billed_part
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

U8, U32, U64 = np.uint8, np.uint32, np.uint64
REMINDED, MEDIATION = int(Stage.REMINDED), int(Stage.MEDIATION)
SUIT, ENFORCEMENT = int(Stage.SUIT), int(Stage.ENFORCEMENT)
PURSUING, COURT_FEES = int(Purpose.PURSUING), int(Purpose.COURT_FEES)
COURT_CASES, MEDIATED_CASES = int(Purpose.COURT_CASES), int(Purpose.MEDIATED_CASES)
ENFORCEMENT_FEES = int(Purpose.ENFORCEMENT_FEES)
SUED = int(Event.SUIT)
NO_CAUSE, POLICY = int(Cause.NONE), int(Cause.POLICY)
SUE, HEAR, REMIND = range(3)  # columns of chances
# Columns of what came of an estate's cases: fen; cases that a court closed, that mediators took, and suits
# that went to court.
PAID, GIVEN_UP, DECIDED, LISTENED, ENTERED = range(5)


@part
def fen_of(yuan: float) -> int:
    """Whole fen of an amount in yuan, half a fen up."""
    return int(math.floor(yuan * FEN_PER_YUAN + 0.5))


@part
def taken_up(per_thousand: float, households: int, month: int) -> int:
    """Whole cases that a district takes in `month`, where it takes so many for a thousand households and a
    year: what a year brings is spread over its months and nothing of it is lost in rounding."""
    yearly = per_thousand * households / 1000.0
    before = math.floor(yearly * (month - 1) / MONTHS_PER_YEAR)
    return int(math.floor(yearly * month / MONTHS_PER_YEAR) - before)


@part
def look_at_all_debts(
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    may: np.ndarray,
    some: np.ndarray,
    waiting: np.ndarray,
    q: Any,
) -> None:
    """A month passes in every dispute; fills what may be done about each debt (`may`) and about any in each
    estate (`some`), and counts for every district by months waited the suits that can be heard."""
    terms = terms_of(world[0].mechanism_debt_age != 0, q)
    court_months = months_of(q.cases_court_months)
    dispute, dispute_months = owners.dispute, owners.dispute_months
    look_at_debts(owners.arrears, owners.arrears_age, dispute, dispute_months, may, terms)
    for e in range(estates.size):
        estate = estates[e]
        a = estate.first_owner
        z = a + estate.households
        here = may[a:z]
        bits = any_of(here)
        some[e] = bits
        estate.cases_settled = count_where(here, SETTLED) if bits & SETTLED != 0 else 0
        estate.cases_withdrawn = count_where(here, WITHDRAWN) if bits & WITHDRAWN != 0 else 0
        if bits & UNDER_WAY != 0:
            for i in range(a, z):
                if dispute[i] == SUIT and dispute_months[i] >= court_months:
                    waiting[estate.district, dispute_months[i]] += 1


@part
def first_come(waiting: np.ndarray, room: np.ndarray, last_heard: np.ndarray) -> None:
    """Which suits of each district are heard: all that waited longer than `last_heard`, and of those that
    waited so long as many as are then left in `room`."""
    for district in range(room.size):
        last_heard[district] = -1
        for months in range(LONGEST, -1, -1):
            if waiting[district, months] > room[district]:
                last_heard[district] = months
                break
            room[district] -= waiting[district, months]


@part
def sues(estate: Any, month: int) -> bool:
    """True in a month in which a company may bring suits: in the estate's own of the year, before it leaves,
    and where programmes have it bring some."""
    yearly = month % MONTHS_PER_YEAR == estate.number % MONTHS_PER_YEAR
    return yearly or leaves(estate) or estate.lever_suits > 0.0


@part
def leaves(estate: Any) -> bool:
    """True in the last month of a company that goes."""
    return estate.process != NO_PROCESS and estate.process_left == 1


@part
def to_bring(estate: Any, company: Any, month: int, may_sue: int, q: Any) -> Any:
    """Suits that the company of an estate brings this month: by its own habit once a year (in a month of
    each estate's own), before it leaves of a share of all that it could bring, and what programmes have it
    bring."""
    number = estate.lever_suits
    if month % MONTHS_PER_YEAR == estate.number % MONTHS_PER_YEAR:
        number += q.cases_sue_rate * estate.households / 1000.0 * company.litigious
    if leaves(estate):
        number += q.cases_exit_sue * may_sue
    return number


@part
def chance_of(number: float, among: int) -> float:
    """The chance of each of `among` so that about `number` are chosen."""
    return min(1.0, number / among) if among > 0 else 0.0


@part
def list_concerned(
    concerned: Concerned,
    chances: np.ndarray,
    live: np.ndarray,
    may: np.ndarray,
    some: np.ndarray,
    rows: np.ndarray,
    estates: np.ndarray,
    companies: np.ndarray,
    world: np.ndarray,
    q: Any,
) -> None:
    """List the debts with which something happens this month or may, estate by estate, but for those that
    only lapse. Fills the chances (estates x 3) that a debt which may be sued for, heard or demanded is, and
    `live`: what of that which may be done is done to some in an estate (bits)."""
    owner, address, first = concerned.owner, concerned.address, concerned.first
    count = 0
    for e in range(estates.size):
        estate = estates[e]
        first[e] = count
        a = estate.first_owner
        debts = may[a : a + estate.households]
        sue = hear_now = remind = 0.0
        if estate.company >= 0 and billed_part(estate, q) > 0.0:
            may_sue = count_where(debts, SUABLE) if sues(estate, world[0].month) else 0
            number = to_bring(estate, companies[estate.company], world[0].month, may_sue, q)
            sue = chance_of(number, may_sue)
            if estate.lever_mediation > 0.0:
                hear_now = chance_of(estate.lever_mediation, count_where(debts, HEARABLE))
            if q.cases_reminders > 0.0 and some[e] & REMINDABLE != 0:
                remind = chance_of(q.cases_reminders * estate.households, count_where(debts, REMINDABLE))
        chances[e, SUE], chances[e, HEAR], chances[e, REMIND] = sue, hear_now, remind
        done = UNDER_WAY
        done |= SUABLE if sue > 0.0 else U8(0)
        done |= HEARABLE if hear_now > 0.0 else U8(0)
        done |= REMINDABLE if remind > 0.0 else U8(0)
        live[e] = done
        if some[e] & done == 0:
            continue
        for k in range(rows_where(debts, U8(done), rows)):
            owner[count] = a + rows[k]
            address[count] = U32(estate.first_luck + rows[k])
            count += 1
    first[estates.size] = count


@part
def let_lapse(
    outcome: np.ndarray,
    live: np.ndarray,
    may: np.ndarray,
    some: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
) -> None:
    """Debts that are not listed lapse in part where they are past the limitation; fills what every estate's
    owners are let off."""
    arrears, unpaid_12, arrears_age = owners.arrears, owners.unpaid_12, owners.arrears_age
    for e in range(estates.size):
        outcome[e, GIVEN_UP] = 0
        if some[e] & LAPSING != 0:
            a = estates[e].first_owner
            z = a + estates[e].households
            gone = lapse(arrears[a:z], unpaid_12[a:z], arrears_age[a:z], may[a:z], live[e])
            outcome[e, GIVEN_UP] = gone


@part
def take_turns(
    concerned: Concerned,
    chances: np.ndarray,
    outcome: np.ndarray,
    heard: np.ndarray,
    last_heard: np.ndarray,
    mediators: np.ndarray,
    may: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    q: Any,
) -> None:
    """The month of every debt that is listed; `heard` and `mediators`: cases that a district still takes.
    Fills for every estate what came of it (`outcome`; see its columns), what lapsed elsewhere included."""
    owner, _, brought, decided, pays, first = concerned
    arrears, unpaid_12, arrears_age = owners.arrears, owners.unpaid_12, owners.arrears_age
    dispute, dispute_months = owners.dispute, owners.dispute_months
    ageing_on = world[0].mechanism_debt_age != 0
    angry = world[0].loop_grievance != 0
    for e in range(estates.size):
        estate = estates[e]
        estate.cases_judged = estate.cases_enforced = 0
        district = estate.district
        here = estate.company >= 0 and billed_part(estate, q) > 0.0
        sue, hear_now, remind = chances[e, SUE], chances[e, HEAR], chances[e, REMIND]
        gone = outcome[e, GIVEN_UP]
        paid = reminded = sued = taken = listened = entered = closed = under_way = 0
        for k in range(first[e], first[e + 1]):
            i = owner[k]
            can = may[i]
            if can & UNDER_WAY == 0:
                # no case as yet: this is so of nearly all
                if can & SUABLE != 0 and share_of(U64(brought[k])) < sue:
                    sued += 1
                    under_way += 1
                    if mediators[district] > 0:
                        mediators[district] -= 1
                        listened += 1
                        taken += 1
                        at_stage(i, MEDIATION, arrears, dispute, dispute_months)
                    else:
                        entered += 1
                        at_stage(i, SUIT, arrears, dispute, dispute_months)
                elif can & HEARABLE != 0 and share_of(U64(decided[k])) < hear_now:
                    taken += 1
                    under_way += 1
                    at_stage(i, MEDIATION, arrears, dispute, dispute_months)
                elif can & REMINDABLE != 0 and share_of(U64(pays[k])) < remind:
                    reminded += 1
                    at_stage(i, REMINDED, arrears, dispute, dispute_months)
                elif can & LAPSING != 0:
                    own = slice(i, i + 1)
                    gone += lapse(arrears[own], unpaid_12[own], arrears_age[own], may[own], U8(0))
                continue
            stage, months = int(dispute[i]), int(dispute_months[i])
            words = (U64(brought[k]), U64(decided[k]), U64(pays[k]))
            got = let_off = 0
            if stage == ENFORCEMENT:
                if months >= q.cases_enforce_months:
                    if share_of(words[1]) < q.cases_enforced:
                        got = int(arrears[i])
                        lighten(i, got, ageing_on, owners)
                        estate.cases_enforced += 1
                    at_stage(i, REMINDED, arrears, dispute, dispute_months)
            elif stage == SUIT:
                turn = months > last_heard[district]
                if months == last_heard[district] and heard[district] > 0:
                    heard[district] -= 1
                    turn = True
                if turn and months >= q.cases_court_months:
                    got, let_off = decide_suit(i, words, estate, ageing_on, angry, owners, q)
                    closed += 1
            elif stage == MEDIATION and months >= q.cases_mediation_months:
                settled, got, let_off = hear(i, words, estate, ageing_on, angry, owners, q)
                if not settled:
                    at_stage(i, SUIT if here else REMINDED, arrears, dispute, dispute_months)
                    entered += 1 if here else 0
            paid += got
            gone += let_off
            under_way += 1 if dispute[i] > REMINDED else 0
        estate.cases_reminded, estate.cases_sued, estate.cases_open = reminded, sued, under_way
        estate.cases_heard = taken
        outcome[e, PAID], outcome[e, GIVEN_UP] = paid, gone
        outcome[e, DECIDED], outcome[e, LISTENED], outcome[e, ENTERED] = closed, listened, entered


@part
def pay_for_cases(
    outcome: np.ndarray,
    estates: np.ndarray,
    companies: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    q: Any,
) -> None:
    """What cases cost the state, companies and owners; and word of suits that were brought."""
    price = world[0].cost_index
    for e in range(estates.size):
        estate = estates[e]
        decided, listened, entered = outcome[e, DECIDED], outcome[e, LISTENED], outcome[e, ENTERED]
        if decided + listened + estate.cases_enforced > 0:
            cost = decided * fen_of(q.cases_court_cost * price)
            move(balances, flows, COURT_CASES, STATE, SUPPLIERS, cost)
            cost = listened * fen_of(q.cases_mediation_cost * price)
            move(balances, flows, MEDIATED_CASES, STATE, SUPPLIERS, cost)
            fees = estate.cases_enforced * fen_of(q.cases_enforcement_fee)
            move(balances, flows, ENFORCEMENT_FEES, estate.owners_account, STATE, fees)
        if estate.cases_reminded + estate.cases_sued + entered > 0:  # all by the company that is there
            account = companies[estate.company].account
            work = estate.cases_reminded * fen_of(q.cases_reminder_cost * price)
            work += estate.cases_sued * fen_of(q.cases_lawyer * price)
            fees = entered * fen_of(q.cases_court_fee)
            move(balances, flows, PURSUING, account, SUPPLIERS, work)
            move(balances, flows, COURT_FEES, account, STATE, fees)
            estate.lever_company_charge += work + fees
        if estate.cases_sued > 0:
            cause = NO_CAUSE
            if estate.lever_suits > 0.0:
                cause = POLICY
            elif leaves(estate):
                cause = estate.process_cause
            write_event(events, world, e, estate.company, SUED, cause, estate.cases_sued)


@part
def book_outcome(
    outcome: np.ndarray,
    estates: np.ndarray,
    companies: np.ndarray,
    claims: Claims,
    balances: np.ndarray,
    flows: np.ndarray,
    q: Any,
) -> None:
    """What was paid in cases goes to whom it is owed; what was sued of late deters."""
    for e in range(estates.size):
        estate = estates[e]
        owed, paid, gone = estate.arrears, outcome[e, PAID], outcome[e, GIVEN_UP]
        own = paid
        if paid > 0 and estate.former_arrears > 0:
            estate.recovered = paid
            own = repay_claims(e, owed, balances, flows, estates, claims)
        if own > 0:
            _, arrears = purposes_of(estate)
            payee = manager_account(estate, companies)
            move(balances, flows, arrears, estate.owners_account, payee, own)
        if gone > 0:
            drop_claims(e, gone, estates, claims)
        estate.arrears = owed - paid - gone
        estate.case_paid, estate.case_income, estate.case_given_up = paid, own, gone
        of_debtors = estate.cases_sued / max(1, estate.debtors)
        estate.sued_share += of_debtors - estate.sued_share / MONTHS_PER_YEAR
        estate.lever_sanction += min(1.0, q.cases_deterrence * estate.sued_share)


@kernel
def case_month(
    owners: Owners,
    estates: np.ndarray,
    companies: np.ndarray,
    claims: Claims,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """The beginning of phase 2: calls to refuse, then a month of every dispute; money that cases bring in
    goes to whom it is owed.

    What is done by estate is done for all of them in one function at a time: a call that hands over many
    columns costs more than an estate that has little to tell.
    """
    q = p[0]
    districts = longest = 0
    for e in range(estates.size):
        districts = max(districts, estates[e].district + 1)
        longest = max(longest, estates[e].households)
    waiting = np.zeros((districts, LONGEST + 1), np.int64)
    households = np.zeros(districts, np.int64)
    for e in range(estates.size):
        households[estates[e].district] += estates[e].households
    heard = np.zeros(districts, np.int64)
    mediators = np.zeros(districts, np.int64)
    last_heard = np.zeros(districts, np.int64)
    may = np.empty(owners.arrears.size, U8)
    some = np.empty(estates.size, U8)
    calls_to_refuse(owners, estates, world, events, q)
    look_at_all_debts(owners, estates, world, may, some, waiting, q)
    month = world[0].month
    for district in range(districts):
        heard[district] = taken_up(q.cases_court_capacity, households[district], month)
        mediators[district] = taken_up(q.cases_mediators, households[district], month)
    first_come(waiting, heard, last_heard)
    concerned = room_for(owners.arrears.size, estates.size)
    chances = np.empty((estates.size, 3), np.float64)
    live = np.empty(estates.size, U8)
    rows = np.empty(longest, np.int32)
    list_concerned(concerned, chances, live, may, some, rows, estates, companies, world, q)
    draw_cases(concerned, U64(month), U64(world[0].key_0), U64(world[0].key_1))
    outcome = np.empty((estates.size, 5), np.int64)
    let_lapse(outcome, live, may, some, owners, estates)
    take_turns(concerned, chances, outcome, heard, last_heard, mediators, may, owners, estates, world, q)
    pay_for_cases(outcome, estates, companies, balances, flows, world, events, q)
    book_outcome(outcome, estates, companies, claims, balances, flows, q)
