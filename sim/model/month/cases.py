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

from sim.model.kernel import inlined, kernel, part
from sim.model.ledger import STATE, SUPPLIERS, Purpose, move
from sim.model.luck import share_of
from sim.model.month.billing import purposes_of
from sim.model.month.claims import drop_claims, manager_account, repay_claims
from sim.model.month.demands import (
    HEARABLE,
    LAPSING,
    LONGEST,
    REMINDABLE,
    SUABLE,
    UNDER_WAY,
    Drawn,
    at_least,
    draw_cases,
    lapse,
    look_at_debts,
    terms_of,
)
from sim.model.month.hearings import at_stage, decide_suit, hear, lighten
from sim.model.month.refusal import calls_to_refuse
from sim.model.month.rows import PLACE, rows_where
from sim.model.state.claims import Claims
from sim.model.state.contracts import NO_PROCESS
from sim.model.state.disputes import Stage
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import billed_part
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

I32, I64, U8, U32, U64 = np.int32, np.int64, np.uint8, np.uint32, np.uint64
REMINDED, MEDIATION = int(Stage.REMINDED), int(Stage.MEDIATION)
SUIT, ENFORCEMENT = int(Stage.SUIT), int(Stage.ENFORCEMENT)
PURSUING, COURT_FEES = int(Purpose.PURSUING), int(Purpose.COURT_FEES)
COURT_CASES, MEDIATED_CASES = int(Purpose.COURT_CASES), int(Purpose.MEDIATED_CASES)
ENFORCEMENT_FEES = int(Purpose.ENFORCEMENT_FEES)
SUED = int(Event.SUIT)
NO_CAUSE, POLICY = int(Cause.NONE), int(Cause.POLICY)
MAY_REMIND, MAY_HEAR, MAY_SUE, BUSY, MAY_LAPSE = range(5)  # columns of what is counted of an estate's debts


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
    counts: np.ndarray,
    waiting: np.ndarray,
    q: Any,
) -> None:
    """A month passes in every dispute; fills what may be done about each debt (`may`) and of how many in each
    estate (`counts`), and counts for every district by months waited the suits that can be heard."""
    terms = terms_of(q)
    ageing_on = world[0].mechanism_debt_age != 0
    court_months = at_least(q.cases_court_months)
    for e in range(estates.size):
        estate = estates[e]
        a = estate.first_owner
        z = a + estate.households
        here, dispute, dispute_months = may[a:z], owners.dispute[a:z], owners.dispute_months[a:z]
        arrears, arrears_age = owners.arrears[a:z], owners.arrears_age[a:z]
        remindable, hearable, suable, busy, lapsing, settled, withdrawn = look_at_debts(
            arrears, arrears_age, dispute, dispute_months, here, ageing_on, terms
        )
        counts[e, MAY_REMIND], counts[e, MAY_HEAR], counts[e, MAY_SUE] = remindable, hearable, suable
        counts[e, BUSY], counts[e, MAY_LAPSE] = busy, lapsing
        estate.cases_settled, estate.cases_withdrawn = settled, withdrawn
        if busy == 0:
            continue
        for i in range(here.size):
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
def to_bring(estate: Any, company: Any, month: int, may_sue: int, q: Any) -> Any:
    """Suits that the company of an estate brings this month: by its own habit once a year (in a month of
    each estate's own), before it leaves of a share of all that it could bring, and what programmes have it
    bring."""
    number = estate.lever_suits
    if month % MONTHS_PER_YEAR == estate.number % MONTHS_PER_YEAR:
        number += q.cases_sue_rate * estate.households / 1000.0 * company.litigious
    if estate.process != NO_PROCESS and estate.process_left == 1:
        number += q.cases_exit_sue * may_sue
    return number


@part
def chance_of(number: float, among: int) -> float:
    """The chance of each of `among` so that about `number` are chosen."""
    return min(1.0, number / among) if among > 0 else 0.0


@inlined
def case_turn(
    e: int,
    may: np.ndarray,
    counts: np.ndarray,
    drawn: Drawn,
    heard: np.ndarray,
    last_heard: np.ndarray,
    mediators: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    companies: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    q: Any,
) -> tuple[int, int]:
    """One month of all disputes in estate e; `heard` and `mediators`: cases that its district still takes,
    `may` and `counts`: what may be done about its debts. Returns fen (paid, given up)."""
    estate = estates[e]
    month, k0, k1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    ageing_on = world[0].mechanism_debt_age != 0
    angry = world[0].loop_grievance != 0
    district = estate.district
    here = estate.company >= 0 and billed_part(estate, q) > 0.0
    may_sue, may_hear, may_remind = counts[e, MAY_SUE], counts[e, MAY_HEAR], counts[e, MAY_REMIND]
    sue = hear_now = remind = 0.0
    if here:
        sue = chance_of(to_bring(estate, companies[estate.company], world[0].month, may_sue, q), may_sue)
        hear_now = chance_of(estate.lever_mediation, may_hear)
        remind = chance_of(q.cases_reminders * estate.households, may_remind)
    estate.cases_reminded = estate.cases_sued = estate.cases_heard = estate.cases_judged = 0
    estate.cases_enforced = estate.cases_open = 0
    paid = gone = decided = listened = entered = 0
    live = UNDER_WAY  # of what may be done that which is done to some this month
    number = counts[e, BUSY]
    if sue > 0.0:
        live, number = live | SUABLE, number + may_sue
    if hear_now > 0.0:
        live, number = live | HEARABLE, number + may_hear
    if remind > 0.0:
        live, number = live | REMINDABLE, number + may_remind
    a = estate.first_owner
    z = a + estate.households
    arrears, dispute, dispute_months = owners.arrears, owners.dispute, owners.dispute_months
    if counts[e, MAY_LAPSE] > 0:
        gone += lapse(arrears[a:z], owners.unpaid_12[a:z], owners.arrears_age[a:z], may[a:z], live)
    chosen = rows_where(may[a:z], live, drawn.rows) if number > 0 else PLACE(0)
    if chosen > 0:
        rows = drawn.rows[:chosen]
        draw_cases(estate.first_luck, rows, month, k0, k1, drawn.brought, drawn.decided, drawn.pays)
    for k in range(chosen):
        i = a + drawn.rows[k]
        stage, months, can = int(dispute[i]), int(dispute_months[i]), I32(may[i]) & live
        words = (U64(drawn.brought[k]), U64(drawn.decided[k]), U64(drawn.pays[k]))
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
                decided += 1
        elif stage == MEDIATION:
            if months >= q.cases_mediation_months:
                settled, got, let_off = hear(i, words, estate, ageing_on, angry, owners, q)
                if not settled:
                    at_stage(i, SUIT if here else REMINDED, arrears, dispute, dispute_months)
                    entered += 1 if here else 0
        elif can & SUABLE != 0 and share_of(words[0]) < sue:
            estate.cases_sued += 1
            if mediators[district] > 0:
                mediators[district] -= 1
                listened += 1
                estate.cases_heard += 1
                at_stage(i, MEDIATION, arrears, dispute, dispute_months)
            else:
                entered += 1
                at_stage(i, SUIT, arrears, dispute, dispute_months)
        elif can & HEARABLE != 0 and share_of(words[1]) < hear_now:
            estate.cases_heard += 1
            at_stage(i, MEDIATION, arrears, dispute, dispute_months)
        elif can & REMINDABLE != 0 and share_of(words[2]) < remind:
            estate.cases_reminded += 1
            at_stage(i, REMINDED, arrears, dispute, dispute_months)
        elif I32(may[i]) & LAPSING != 0:
            one = slice(i, i + 1)
            gone += lapse(arrears[one], owners.unpaid_12[one], owners.arrears_age[one], may[one], I32(0))
        paid += got
        gone += let_off
        estate.cases_open += 1 if dispute[i] > REMINDED else 0
    price = world[0].cost_index
    if decided + listened + estate.cases_enforced > 0:
        move(balances, flows, COURT_CASES, STATE, SUPPLIERS, decided * fen_of(q.cases_court_cost * price))
        heard_cost = listened * fen_of(q.cases_mediation_cost * price)
        move(balances, flows, MEDIATED_CASES, STATE, SUPPLIERS, heard_cost)
        fees = estate.cases_enforced * fen_of(q.cases_enforcement_fee)
        move(balances, flows, ENFORCEMENT_FEES, estate.owners_account, STATE, fees)
    if here and chosen > 0:
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
        elif estate.process != NO_PROCESS and estate.process_left == 1:
            cause = estate.process_cause
        write_event(events, world, e, estate.company, SUED, cause, estate.cases_sued)
    return paid, gone


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
    goes to whom it is owed."""
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
    counts = np.zeros((estates.size, 5), I64)
    calls_to_refuse(owners, estates, world, events, q)
    look_at_all_debts(owners, estates, world, may, counts, waiting, q)
    month = world[0].month
    for district in range(districts):
        heard[district] = taken_up(q.cases_court_capacity, households[district], month)
        mediators[district] = taken_up(q.cases_mediators, households[district], month)
    first_come(waiting, heard, last_heard)
    drawn = Drawn(
        np.empty(longest, I32), np.empty(longest, U32), np.empty(longest, U32), np.empty(longest, U32)
    )
    for e in range(estates.size):
        estate = estates[e]
        owed, debtors = estate.arrears, estate.debtors
        paid, gone = case_turn(
            e,
            may,
            counts,
            drawn,
            heard,
            last_heard,
            mediators,
            owners,
            estates,
            companies,
            balances,
            flows,
            world,
            events,
            q,
        )
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
        estate.sued_share += estate.cases_sued / max(1, debtors) - estate.sued_share / MONTHS_PER_YEAR
        estate.lever_sanction += min(1.0, q.cases_deterrence * estate.sued_share)
