"""The reference rules of disputes about arrears: who is reminded, heard, sued and made to pay; who joins a
refusal; and who pays for it."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from sim.model.luck import Stream

from .events import Cause, Event
from .price_basis import REMUNERATION
from .words import CLEANING, MARKET, SELF, SOE, UNIT

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate
    from .owner import Owner

F = np.float32
NONE, REMINDED, MEDIATION, SUIT, ENFORCEMENT = range(5)
MOST_MONTHS = 250
YEAR = 12
CASES_OF_OWNERS, WORDS = 28, 2**32


def in_fen(yuan: float) -> int:
    """Half a fen counts as one."""
    return floor(yuan * 100.0 + 0.5)


class District:
    """Court and mediators of one district in one month."""

    def __init__(self, city: ReferenceCity, estates: list[Estate]) -> None:
        """What they take up of a year's cases in this month; suits that waited longest come first, then by
        number of estate and owner."""
        p = city.p
        homes = sum(estate.households for estate in estates)

        def share(yearly: float) -> int:
            cases = yearly * homes / 1000.0
            return floor(cases * city.month / YEAR) - floor(cases * (city.month - 1) / YEAR)

        self.mediators = share(p.cases_mediators)
        ready = [
            owner
            for estate in estates
            for owner in estate.owners
            if owner.dispute == SUIT and owner.dispute_months >= p.cases_court_months
        ]
        ready.sort(key=lambda owner: -int(owner.dispute_months))  # keeps the order of those that waited alike
        self.heard = {owner.row for owner in ready[: share(p.cases_court_capacity)]}


class Cases:
    """All disputes of one city."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city."""
        self.city = city

    def run_month(self) -> None:
        """Calls to refuse, then what a month brings in every dispute."""
        if not self.city.mechanisms.cases:
            return
        for estate in self.city.estates:
            self.call(estate)
        for estate in self.city.estates:
            estate.cases_settled = estate.cases_withdrawn = 0
            for owner in estate.owners:
                self.pass_a_month(estate, owner)
        districts = {
            number: District(self.city, [one for one in self.city.estates if one.district == number])
            for number in {estate.district for estate in self.city.estates}
        }
        for estate in self.city.estates:
            EstateCases(self.city, estate, districts[estate.district]).live()

    def call(self, estate: Estate) -> None:
        """Somebody may call on all to refuse together."""
        p, city = self.city.p, self.city
        estate.cases_joined = 0
        if estate.refusal_wait:
            estate.refusal_wait -= 1
            return
        if estate.billed <= 0 or estate.mode not in (MARKET, SOE) or not city.loops.grievance:
            return
        unhappy = [o for o in estate.owners if o.satisfaction < p.single.payment_satisfaction_reference]
        refusing = sum(1 for owner in unhappy if not owner.paid)
        eager = estate.mean_activism / p.committee_attempt_activism
        luck = city.luck.share(estate.number, city.month, Stream.REFUSAL_CALLED)
        if luck >= p.cases_call * (refusing / estate.households) * eager:
            return
        estate.refusal_wait = int(p.cases_call_wait) - 1
        for owner in unhappy:
            if draws(city, owner)[3] < p.cases_call_reach:
                estate.cases_joined += 1
                owner.grievance = owner.grievance + p.single.cases_call_grievance * (F(1) - owner.grievance)
        share = estate.cases_joined / estate.households
        city.tell(estate.row, estate.company, Event.GROUP_REFUSAL, Cause.QUALITY, share)

    def pass_a_month(self, estate: Estate, owner: Owner) -> None:
        """A dispute is a month older, or over because nothing is owed any more."""
        if owner.dispute == NONE:
            return
        if owner.arrears > 0:
            owner.dispute_months = np.uint8(min(MOST_MONTHS, int(owner.dispute_months) + 1))
            return
        counted = {MEDIATION: "settled", SUIT: "withdrawn"}.get(int(owner.dispute))
        if counted:
            name = f"cases_{counted}"
            setattr(estate, name, getattr(estate, name) + 1)
        enter(owner, NONE)


def draws(city: ReferenceCity, owner: Owner) -> list[float]:
    """This month's four draws of an owner in a dispute: begun, decided, paid, joined."""
    return [(w + 0.5) / WORDS for w in city.luck.block(owner.address, city.month, CASES_OF_OWNERS)]


def enter(owner: Owner, stage: int) -> None:
    """The dispute comes to a stage, or is over where nothing is owed."""
    owner.dispute, owner.dispute_months = np.uint8(stage if owner.arrears > 0 else NONE), np.uint8(0)


class EstateCases:
    """The disputes of one estate in one month."""

    def __init__(self, city: ReferenceCity, estate: Estate, district: District) -> None:
        """`district`: what its court and mediators still take."""
        self.city, self.p, self.estate, self.district = city, city.p, estate, district
        self.here = estate.manager is not None and estate.billed_part > 0.0
        self.paid = self.let_off = 0
        self.decided = self.listened = self.entered = 0

    def live(self) -> None:
        """Every owner's turn, then money, an event, and what neighbours make of it."""
        estate, p = self.estate, self.p
        owed, debtors = estate.arrears, estate.debtors
        in_debt = [owner for owner in estate.owners if owner.arrears > 0]
        suable, hearable, remindable = (
            sum(1 for owner in in_debt if may(owner))
            for may in (self.may_sue, self.may_hear, self.may_remind)
        )
        sue = hear = remind = 0.0
        if self.here:
            sue = self.chance(self.suits(suable), suable)
            hear = self.chance(estate.lever_mediation, hearable)
            remind = self.chance(p.cases_reminders * estate.households, remindable)
        estate.cases_reminded = estate.cases_sued = estate.cases_heard = estate.cases_judged = 0
        estate.cases_enforced = 0
        for owner in in_debt:
            self.turn(owner, sue, hear, remind)
        estate.cases_open = sum(1 for owner in in_debt if owner.dispute > REMINDED)
        self.charge()
        if estate.cases_sued:
            self.tell()
        self.hand_over(owed)
        estate.sued_share = estate.sued_share + (
            estate.cases_sued / max(1, debtors) - estate.sued_share / YEAR
        )
        estate.lever_sanction += min(1.0, p.cases_deterrence * estate.sued_share)

    # who may be reminded, heard, sued

    def may_remind(self, owner: Owner) -> bool:
        """Old enough, and not reminded of late."""
        again = owner.dispute == REMINDED and owner.dispute_months >= self.p.cases_remind_again
        return bool((owner.dispute == NONE or again) and owner.arrears_age >= self.p.cases_remind_after)

    def may_hear(self, owner: Owner) -> bool:
        """Old enough, and no case yet."""
        return bool(owner.dispute <= REMINDED and owner.arrears_age >= self.p.cases_remind_after)

    def may_sue(self, owner: Owner) -> bool:
        """Demanded in vain, old and large enough."""
        p = self.p
        in_vain = owner.dispute == REMINDED and owner.dispute_months >= p.cases_time_given
        return bool(
            in_vain and owner.arrears_age >= p.cases_sue_after and owner.arrears >= 100.0 * p.cases_sue_least
        )

    def suits(self, suable: int) -> float:
        """How many suits the company means to bring."""
        estate, p = self.estate, self.p
        number = float(estate.lever_suits)
        if (self.city.month - estate.number) % YEAR == 0:
            assert estate.manager is not None
            number += p.cases_sue_rate * estate.households / 1000.0 * estate.manager.litigious
        if self.leaving:
            number += p.cases_exit_sue * suable
        return number

    @property
    def leaving(self) -> bool:
        """Whether the company is in its last month here."""
        return self.estate.process != 0 and self.estate.process_left == 1

    @staticmethod
    def chance(number: float, among: int) -> float:
        """The chance of each, so that about `number` are chosen."""
        return min(1.0, number / among) if among else 0.0

    # a month of one owner

    def turn(self, owner: Owner, sue: float, hear: float, remind: float) -> None:
        """What happens in the dispute with one owner this month."""
        p, estate = self.p, self.estate
        begun, decided, pays, _ = draws(self.city, owner)
        stage = int(owner.dispute)
        if stage == ENFORCEMENT and owner.dispute_months >= p.cases_enforce_months:
            if decided < p.cases_enforced:
                self.pay(owner, int(owner.arrears))
                estate.cases_enforced += 1
            enter(owner, REMINDED)
        elif stage == SUIT and owner.row in self.district.heard:
            self.decided += 1
            self.decide(owner, begun, decided, pays)
        elif stage == MEDIATION and owner.dispute_months >= p.cases_mediation_months:
            if decided < p.cases_mediated:
                estate.cases_settled += 1
                if self.city.loops.grievance:
                    owner.grievance = owner.grievance - p.single.cases_relief * owner.grievance
                if pays < p.cases_settled_pays:
                    self.settle(owner)
                enter(owner, REMINDED)
            else:
                self.entered += self.here
                enter(owner, SUIT if self.here else REMINDED)
        elif self.may_sue(owner) and begun < sue:
            estate.cases_sued += 1
            if self.district.mediators:
                self.district.mediators -= 1
                self.listened += 1
                estate.cases_heard += 1
                enter(owner, MEDIATION)
            else:
                self.entered += 1
                enter(owner, SUIT)
        elif self.may_hear(owner) and decided < hear:
            estate.cases_heard += 1
            enter(owner, MEDIATION)
        elif self.may_remind(owner) and pays < remind:
            estate.cases_reminded += 1
            enter(owner, REMINDED)
        elif stage <= REMINDED and self.city.mechanisms.debt_age:
            self.lapse(owner)

    def decide(self, owner: Owner, begun: float, decided: float, pays: float) -> None:
        """The court closes a suit."""
        p, estate = self.p, self.estate
        if decided < p.cases_withdrawn:
            estate.cases_withdrawn += 1
            if pays < p.cases_withdrawn_pays:
                self.pay(owner, int(p.cases_settled_part * int(owner.arrears)))
            enter(owner, REMINDED)
        elif decided < p.cases_withdrawn + p.cases_settled:
            estate.cases_settled += 1
            if pays < p.cases_settled_pays:
                self.settle(owner)
                enter(owner, REMINDED)
            else:
                enter(owner, ENFORCEMENT)
        else:
            estate.cases_judged += 1
            if self.city.loops.grievance:
                owner.grievance = owner.grievance + p.single.cases_resentment * (F(1) - owner.grievance)
            if begun >= p.cases_won:
                self.give_up(owner, int(owner.arrears))
                enter(owner, NONE)
                return
            self.give_up(owner, int(p.cases_cut * (1.0 - estate.quality) * int(owner.arrears)))
            if pays < p.cases_judged_pays:
                self.pay(owner, int(owner.arrears))
            enter(owner, ENFORCEMENT)

    def settle(self, owner: Owner) -> None:
        """A part is paid, and the rest let go."""
        debt = int(owner.arrears)
        part = int(self.p.cases_settled_part * debt)
        self.pay(owner, part)
        self.give_up(owner, debt - part)

    def pay(self, owner: Owner, fen: int) -> None:
        """The oldest bills are paid first."""
        self.paid += fen
        self.reduce(owner, fen)

    def give_up(self, owner: Owner, fen: int) -> None:
        """The oldest bills are let off, none of the last twelve months."""
        gone = min(fen, self.older(owner))
        self.let_off += gone
        self.reduce(owner, gone)

    def older(self, owner: Owner) -> int:
        """Fen owed on bills from before the last twelve months."""
        return sum(fen for when, fen in owner.debts if when <= self.city.month - 1 - YEAR)

    def reduce(self, owner: Owner, fen: int) -> None:
        """The debt is less, and with it, where debts age by what was repaid, its age."""
        before, left = int(owner.arrears), int(owner.arrears) - fen
        owner.repay(fen)
        owner.arrears = np.int32(left)
        if left == 0:
            owner.arrears_age = np.uint8(0)
        elif self.city.mechanisms.debt_age:
            owner.arrears_age = np.uint8(max(1, floor(int(owner.arrears_age) * (left / before) + 0.5)))

    def lapse(self, owner: Owner) -> None:
        """What nobody demanded in time can be sued for no longer: the oldest month's part of the debt."""
        months = int(owner.arrears_age)
        silent = months if owner.dispute == NONE else int(owner.dispute_months)
        if min(months, silent) <= self.p.arrears_limitation:
            return
        gone = min(int(int(owner.arrears) / months), self.older(owner))
        if gone:
            self.let_off += gone
            owner.repay(gone)
            owner.arrears = np.int32(int(owner.arrears) - gone)
            owner.arrears_age = np.uint8(months - 1 if owner.arrears else 0)

    # money

    def charge(self) -> None:
        """The state pays courts and mediators, the debtor enforcement, the company its work and the fee."""
        p, books, estate = self.p, self.city.books, self.estate
        level, state, suppliers = self.city.cost_index, ("state", 0), ("suppliers", 0)
        books.move("court_cases", state, suppliers, self.decided * in_fen(p.cases_court_cost * level))
        books.move("mediated_cases", state, suppliers, self.listened * in_fen(p.cases_mediation_cost * level))
        books.move(
            "enforcement_fees", estate.account, state, estate.cases_enforced * in_fen(p.cases_enforcement_fee)
        )
        if not self.here:
            return
        company = ("companies", estate.company)
        work = estate.cases_reminded * in_fen(p.cases_reminder_cost * level)
        work += estate.cases_sued * in_fen(p.cases_lawyer * level)
        fees = int(self.entered) * in_fen(p.cases_court_fee)
        books.move("pursuing", company, suppliers, work)
        books.move("court_fees", company, state, fees)
        estate.lever_company_charge += work + fees

    def hand_over(self, owed: int) -> None:
        """What cases brought in goes to former managers and the present one as they are owed."""
        estate, books = self.estate, self.city.books
        own = self.paid
        if estate.claims.total:
            own = estate.claims.repay(self.paid, owed, estate.account, books)
        if own:
            suffix, payee = {
                UNIT: ("_unit", ("employers", 0)),
                SELF: ("_self", estate.fund),
                CLEANING: ("_cleaning", estate.community_purse),
            }.get(estate.mode, ("_remuneration" if estate.basis == REMUNERATION else "", estate.payee))
            books.move("arrears" + suffix, estate.account, payee, own)
        estate.claims.drop(self.let_off)
        estate.former_arrears = estate.claims.total
        estate.arrears = owed - self.paid - self.let_off
        estate.case_paid, estate.case_income, estate.case_given_up = self.paid, own, self.let_off

    def tell(self) -> None:
        """Suits were brought, and why."""
        estate = self.estate
        cause = Cause.NONE
        if estate.lever_suits > 0.0:
            cause = Cause.POLICY
        elif self.leaving:
            cause = Cause(estate.process_cause)
        self.city.tell(estate.row, estate.company, Event.SUIT, cause, estate.cases_sued)
