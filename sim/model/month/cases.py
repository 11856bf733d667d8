"""Disputes about arrears as cases (mechanism `cases`): reminder, mediation, suit, enforcement; and refusal
that owners agree on.

A company demands what is owed, brings suits once a year and before it leaves, and bears what that costs.
Mediators and courts of a district take so many cases a year, and the rest waits; they are paid by the state.
What owners pay in a case is repaid debt like any other. Programmes add suits and hearings by two levers and
decide nothing more: what becomes of a case is decided here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import STATE, SUPPLIERS, Purpose, move
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.month.billing import purposes_of
from sim.model.month.claims import drop_claims, manager_account, repay_claims
from sim.model.state.claims import Claims
from sim.model.state.contracts import NO_PROCESS
from sim.model.state.disputes import Stage
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import billed_part, company_run
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

F, U8, U32, U64 = np.float32, np.uint8, np.uint32, np.uint64
LONGEST = 250  # months that the columns of an owner count
CASE_BLOCK = block_of(Stream.CASE_BROUGHT, Stream.CASE_DECIDED, Stream.CASE_PAID, Stream.CASE_JOINED)
CALL_BLOCK = block_of(Stream.REFUSAL_CALLED)
NONE, REMINDED, MEDIATION = int(Stage.NONE), int(Stage.REMINDED), int(Stage.MEDIATION)
SUIT, ENFORCEMENT = int(Stage.SUIT), int(Stage.ENFORCEMENT)
PURSUING, COURT_FEES = int(Purpose.PURSUING), int(Purpose.COURT_FEES)
COURT_CASES, MEDIATED_CASES = int(Purpose.COURT_CASES), int(Purpose.MEDIATED_CASES)
ENFORCEMENT_FEES = int(Purpose.ENFORCEMENT_FEES)
SUED, REFUSED = int(Event.SUIT), int(Event.GROUP_REFUSAL)
NO_CAUSE, POLICY, QUALITY = int(Cause.NONE), int(Cause.POLICY), int(Cause.QUALITY)


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
def may_be_reminded(stage: int, months: int, age: int, q: Any) -> bool:
    """True for a debt that is old enough, and was not demanded within `remind_again` months."""
    due = stage == NONE or (stage == REMINDED and months >= q.cases_remind_again)
    return due and age >= q.cases_remind_after


@part
def may_be_heard(stage: int, age: int, q: Any) -> bool:
    """True for a debt that mediators who look for disputes would take: old enough, and no case as yet."""
    return (stage == NONE or stage == REMINDED) and age >= q.cases_remind_after


@part
def may_be_sued(stage: int, months: int, age: int, fen: int, q: Any) -> bool:
    """True for a debt that was demanded and not paid in the time given (Civil Code art. 944), and is worth a
    suit."""
    demanded = stage == REMINDED and months >= q.cases_time_given
    return demanded and age >= q.cases_sue_after and fen >= q.cases_sue_least * FEN_PER_YUAN


@part
def age_left(age: int, before: int, left: int) -> int:
    """Months since the oldest bill still owed when `left` of a debt is, the oldest having gone first and all
    being alike; 0 where nothing is left."""
    if left <= 0:
        return 0
    return max(1, int(math.floor(age * (left / before) + 0.5)))


@part
def lighten(i: int, fen: int, ageing_on: bool, owners: Owners) -> None:
    """Owner i owes so much less; with ageing the debt is younger, without it only a debt that is gone is."""
    before = int(owners.arrears[i])
    left = before - fen
    if left == 0 or ageing_on:
        owners.arrears_age[i] = U8(age_left(int(owners.arrears_age[i]), before, left))
    owners.arrears[i] = left


@part
def give_up(i: int, fen: int, ageing_on: bool, owners: Owners) -> int:
    """Owner i is let off so much, but no bill of the last twelve months; returns fen."""
    older = max(0, int(owners.arrears[i]) - int(owners.unpaid_12[i]))
    gone = min(fen, older)
    lighten(i, gone, ageing_on, owners)
    return gone


@part
def at_stage(i: int, stage: int, owners: Owners) -> None:
    """The dispute of owner i enters a stage; there is none where nothing is owed."""
    owners.dispute[i] = U8(stage if owners.arrears[i] > 0 else NONE)
    owners.dispute_months[i] = U8(0)


@part
def waiting_suits(
    owners: Owners, estates: np.ndarray, waiting: np.ndarray, households: np.ndarray, q: Any
) -> None:
    """A month passes in every dispute, and those over debts that are paid end; counts for every district its
    households and, by months waited, the suits that can be heard."""
    for e in range(estates.size):
        estate = estates[e]
        district = estate.district
        households[district] += estate.households
        estate.cases_settled = estate.cases_withdrawn = 0
        for i in range(estate.first_owner, estate.first_owner + estate.households):
            stage = int(owners.dispute[i])
            if stage == NONE:
                continue
            if owners.arrears[i] == 0:
                estate.cases_settled += 1 if stage == MEDIATION else 0
                estate.cases_withdrawn += 1 if stage == SUIT else 0
                at_stage(i, NONE, owners)
                continue
            months = min(LONGEST, int(owners.dispute_months[i]) + 1)
            owners.dispute_months[i] = U8(months)
            if stage == SUIT and months >= q.cases_court_months:
                waiting[district, months] += 1


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
def decide_suit(i: int, words: Any, estate: Any, ageing_on: bool, angry: bool, owners: Owners, q: Any) -> Any:
    """The court closes the suit against owner i: withdrawn, settled, or judged; returns fen (paid, given
    up)."""
    debt = int(owners.arrears[i])
    outcome, pays = share_of(words[1]), share_of(words[2])
    paid = 0
    gone = 0
    if outcome < q.cases_withdrawn:
        estate.cases_withdrawn += 1
        if pays < q.cases_withdrawn_pays:
            paid = int(q.cases_settled_part * debt)
        lighten(i, paid, ageing_on, owners)
        at_stage(i, REMINDED, owners)
    elif outcome < q.cases_withdrawn + q.cases_settled:
        estate.cases_settled += 1
        if pays < q.cases_settled_pays:
            paid = int(q.cases_settled_part * debt)
            lighten(i, paid, ageing_on, owners)
            gone = give_up(i, debt - paid, ageing_on, owners)
            at_stage(i, REMINDED, owners)
        else:
            at_stage(i, ENFORCEMENT, owners)
    else:
        estate.cases_judged += 1
        if angry:
            owners.grievance[i] += q.cases_resentment_32 * (F(1) - owners.grievance[i])
        if share_of(words[0]) < q.cases_won:
            refused = int(q.cases_cut * (1.0 - estate.quality) * debt)
            gone = give_up(i, refused, ageing_on, owners)
            if pays < q.cases_judged_pays:
                paid = int(owners.arrears[i])
                lighten(i, paid, ageing_on, owners)
            at_stage(i, ENFORCEMENT, owners)
        else:
            gone = give_up(i, debt, ageing_on, owners)
            at_stage(i, NONE, owners)
    return paid, gone


@part
def hear(i: int, words: Any, estate: Any, ageing_on: bool, angry: bool, owners: Owners, q: Any) -> Any:
    """Mediators close the case of owner i; returns whether it was settled, and fen (paid, given up)."""
    if share_of(words[1]) >= q.cases_mediated:
        return False, 0, 0
    debt = int(owners.arrears[i])
    paid = 0
    gone = 0
    estate.cases_settled += 1
    if angry:
        owners.grievance[i] -= q.cases_relief_32 * owners.grievance[i]
    if share_of(words[2]) < q.cases_settled_pays:
        paid = int(q.cases_settled_part * debt)
        lighten(i, paid, ageing_on, owners)
        gone = give_up(i, debt - paid, ageing_on, owners)
    at_stage(i, REMINDED, owners)
    return True, paid, gone


@part
def past_limitation(stage: int, months: int, age: int, q: Any) -> bool:
    """True for a debt that is older than the limitation and was not demanded within it."""
    since = age if stage == NONE else months
    return stage <= REMINDED and min(age, since) > q.arrears_limitation


@part
def lapse(i: int, owners: Owners) -> int:
    """The oldest month's part of a debt past the limitation can be sued for no longer; returns fen."""
    debt, age = int(owners.arrears[i]), int(owners.arrears_age[i])
    gone = min(int(debt / age), max(0, debt - int(owners.unpaid_12[i])))
    if gone > 0:
        owners.arrears[i] = debt - gone
        owners.arrears_age[i] = U8(age - 1 if debt > gone else 0)
    return gone


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


@part
def call_to_refuse(
    e: int,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    q: Any,
) -> None:
    """The more owners did not pay last month and are dissatisfied, the likelier one of them calls on all to
    refuse together; the dissatisfied whom the call reaches join, and are embittered."""
    estate = estates[e]
    estate.cases_joined = 0
    if estate.refusal_wait > 0:
        estate.refusal_wait -= 1
        return
    if estate.billed <= 0 or not company_run(estate.mode) or world[0].loop_grievance == 0:
        return
    content = q.payment_satisfaction_reference_32
    refusers = 0
    for i in range(estate.first_owner, estate.first_owner + estate.households):
        refusers += 1 if owners.paid[i] == 0 and owners.satisfaction[i] < content else 0
    eager = estate.mean_activism / q.committee_attempt_activism
    month, k0, k1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    luck, _, _, _ = philox(U64(estate.number), month, U64(CALL_BLOCK), U64(0), k0, k1)
    if share_of(luck) >= q.cases_call * (refusers / estate.households) * eager:
        return
    estate.refusal_wait = int(q.cases_call_wait) - 1
    for n in range(estate.households):
        i = estate.first_owner + n
        if owners.satisfaction[i] >= content:
            continue
        address = U64(U32(estate.first_luck + n))
        _, _, _, joined = philox(address, month, U64(CASE_BLOCK), U64(0), k0, k1)
        if share_of(joined) < q.cases_call_reach:
            estate.cases_joined += 1
            owners.grievance[i] += q.cases_call_grievance_32 * (F(1) - owners.grievance[i])
    share = estate.cases_joined / estate.households
    write_event(events, world, e, estate.company, REFUSED, QUALITY, share)


@part
def case_turn(
    e: int,
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
    """One month of all disputes in estate e; `heard` and `mediators`: cases that its district still takes.
    Returns fen (paid, given up)."""
    estate = estates[e]
    month, k0, k1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    ageing_on = world[0].mechanism_debt_age != 0
    angry = world[0].loop_grievance != 0
    district = estate.district
    here = estate.company >= 0 and billed_part(estate, q) > 0.0
    may_sue = may_hear = may_remind = 0
    for i in range(estate.first_owner, estate.first_owner + estate.households):
        if owners.arrears[i] > 0:
            stage, months = int(owners.dispute[i]), int(owners.dispute_months[i])
            age = int(owners.arrears_age[i])
            may_sue += 1 if may_be_sued(stage, months, age, int(owners.arrears[i]), q) else 0
            may_hear += 1 if may_be_heard(stage, age, q) else 0
            may_remind += 1 if may_be_reminded(stage, months, age, q) else 0
    sue = hear_now = remind = 0.0
    if here:
        sue = chance_of(to_bring(estate, companies[estate.company], world[0].month, may_sue, q), may_sue)
        hear_now = chance_of(estate.lever_mediation, may_hear)
        remind = chance_of(q.cases_reminders * estate.households, may_remind)
    estate.cases_reminded = estate.cases_sued = estate.cases_heard = estate.cases_judged = 0
    estate.cases_enforced = estate.cases_open = 0
    paid = gone = decided = listened = entered = 0
    for n in range(estate.households):
        i = estate.first_owner + n
        if owners.arrears[i] == 0:
            continue
        stage, months = int(owners.dispute[i]), int(owners.dispute_months[i])
        age = int(owners.arrears_age[i])
        suable = sue > 0.0 and may_be_sued(stage, months, age, int(owners.arrears[i]), q)
        hearable = hear_now > 0.0 and may_be_heard(stage, age, q)
        remindable = remind > 0.0 and may_be_reminded(stage, months, age, q)
        # most have nothing that luck decides this month, and a draw costs more than all else here
        words = (U64(0), U64(0), U64(0), U64(0))
        if stage > REMINDED or suable or hearable or remindable:
            words = philox(U64(U32(estate.first_luck + n)), month, U64(CASE_BLOCK), U64(0), k0, k1)
        got = let_off = 0
        if stage == ENFORCEMENT:
            if months >= q.cases_enforce_months:
                if share_of(words[1]) < q.cases_enforced:
                    got = int(owners.arrears[i])
                    lighten(i, got, ageing_on, owners)
                    estate.cases_enforced += 1
                at_stage(i, REMINDED, owners)
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
                    at_stage(i, SUIT if here else REMINDED, owners)
                    entered += 1 if here else 0
        elif suable and share_of(words[0]) < sue:
            estate.cases_sued += 1
            if mediators[district] > 0:
                mediators[district] -= 1
                listened += 1
                estate.cases_heard += 1
                at_stage(i, MEDIATION, owners)
            else:
                entered += 1
                at_stage(i, SUIT, owners)
        elif hearable and share_of(words[1]) < hear_now:
            estate.cases_heard += 1
            at_stage(i, MEDIATION, owners)
        elif remindable and share_of(words[2]) < remind:
            estate.cases_reminded += 1
            at_stage(i, REMINDED, owners)
        elif ageing_on and past_limitation(stage, months, age, q):
            let_off = lapse(i, owners)
        paid += got
        gone += let_off
        estate.cases_open += 1 if owners.dispute[i] > REMINDED else 0
    price = world[0].cost_index
    move(balances, flows, COURT_CASES, STATE, SUPPLIERS, decided * fen_of(q.cases_court_cost * price))
    move(balances, flows, MEDIATED_CASES, STATE, SUPPLIERS, listened * fen_of(q.cases_mediation_cost * price))
    fees = estate.cases_enforced * fen_of(q.cases_enforcement_fee)
    move(balances, flows, ENFORCEMENT_FEES, estate.owners_account, STATE, fees)
    if here:
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
    districts = 0
    for e in range(estates.size):
        districts = max(districts, estates[e].district + 1)
    waiting = np.zeros((districts, LONGEST + 1), np.int64)
    households = np.zeros(districts, np.int64)
    heard = np.zeros(districts, np.int64)
    mediators = np.zeros(districts, np.int64)
    last_heard = np.zeros(districts, np.int64)
    for e in range(estates.size):
        call_to_refuse(e, owners, estates, world, events, q)
    waiting_suits(owners, estates, waiting, households, q)
    month = world[0].month
    for district in range(districts):
        heard[district] = taken_up(q.cases_court_capacity, households[district], month)
        mediators[district] = taken_up(q.cases_mediators, households[district], month)
    first_come(waiting, heard, last_heard)
    for e in range(estates.size):
        estate = estates[e]
        owed, debtors = estate.arrears, estate.debtors
        paid, gone = case_turn(
            e,
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
        drop_claims(e, gone, estates, claims)
        estate.arrears = owed - paid - gone
        estate.case_paid, estate.case_income, estate.case_given_up = paid, own, gone
        estate.sued_share += estate.cases_sued / max(1, debtors) - estate.sued_share / MONTHS_PER_YEAR
        estate.lever_sanction += min(1.0, q.cases_deterrence * estate.sued_share)
