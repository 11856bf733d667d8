"""The reference owner: one household that pays or refuses, is pleased or not, complains,
and grows bitter or forgives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.model.state.owners import OWNER_FIELDS, Owners

from . import formulas
from .repairs import MATTERS, MONTHS, Complaint, bits, matter_of_word

if TYPE_CHECKING:
    from .building import Building
    from .city import ReferenceCity
    from .estate import Estate

F = np.float32
YEAR = 12  # months
OWNER_MONTH, OWNER_VOTE, OWNER_YEAR = 0, 1, 22  # blocks of draws


class Owner(mesa.Agent):
    """One owner with the columns of OWNER_FIELDS as attributes, each a NumPy scalar of the column's type."""

    model: ReferenceCity

    def __init__(self, city: ReferenceCity, row: int, address: int, owners: Owners) -> None:
        """Copy row `row` of the starting state; `address` is where the owner's luck is."""
        super().__init__(city)
        self.row, self.address = row, address
        self.bill = np.int32(0)
        self.refuses_and_resents = False
        self.complaints: list[Complaint] = []  # that are open, where they are counted
        self.debts: list[list[int]] = []  # [month of the bill, fen still owed], the oldest first
        self.missed_months: list[int] = []  # of every bill that was not paid
        self.late_bills: list[
            tuple[int, int]
        ] = []  # (month, fen) of every bill that was not wholly paid when due
        for field in OWNER_FIELDS:
            setattr(self, field.name, getattr(owners, field.name)[row])
        if self.arrears:
            self.debts.append([city.month - YEAR, int(self.arrears)])
            # of bills from before the start it is known that they were missed, not what they were
            self.missed_months += [city.month - ago for ago in range(min(YEAR, int(self.arrears_age)))]

    @property
    def reminded(self) -> float:
        """The share of debts past the limitation that are taken as demanded in time; with cases it is known
        of each, and they lapse there."""
        return 1.0 if self.model.mechanisms.cases else float(self.model.p.arrears_reminded)

    def draw_luck(self) -> None:
        """This month's four draws."""
        words = self.model.luck.block(self.address, self.model.month, OWNER_MONTH)
        self.luck_pay, self.luck_repay, self.luck_complaint, self.luck_persuasion = (
            np.uint32(w) for w in words
        )
        if self.model.mechanisms.persistence and self.model.month % YEAR == 1:
            self.luck_year = np.uint32(self.model.luck.block(self.address, self.model.month, OWNER_YEAR)[0])

    def get_no_bill(self) -> int:
        """Nobody bills this month: nothing is due, nobody pays, nothing is repaid;
        returns fen that lapsed."""
        self.bill = np.int32(0)
        self.paid = np.uint8(0)
        self.look_back()
        if not self.model.mechanisms.debt_age:
            return 0
        p = self.model.p
        months = int(formulas.oldest_bill(self.arrears, self.arrears, self.arrears_age))
        due = int(
            formulas.lapsed(int(self.arrears), months, p.arrears_limitation, self.luck_repay, self.reminded)
        )
        lapsed = min(due, sum(fen for when, fen in self.debts if when <= self.model.month - YEAR))
        self.repay(lapsed)
        self.arrears = np.int32(int(self.arrears) - lapsed)
        self.arrears_age = np.uint8(months - (lapsed > 0) if self.arrears else 0)
        return lapsed

    def look_back(self) -> None:
        """What of the bills of the last twelve months was late, and which; and in which
        months nothing was paid."""
        month = self.model.month
        window = [(month - when, fen) for when, fen in self.late_bills if when > month - YEAR]
        self.unpaid_12 = np.int32(sum(fen for _, fen in window))
        self.late = np.uint16(sum(1 << ago for ago, _ in window))
        self.missed = np.uint16(sum(1 << month - when for when in self.missed_months if when > month - YEAR))

    @property
    def owed_of_the_year(self) -> int:
        """Fen still owed on the bills of the last twelve months."""
        return sum(fen for when, fen in self.debts if when > self.model.month - YEAR)

    def repay(self, fen: int) -> None:
        """Pay off debts, the oldest first."""
        for debt in self.debts:
            part = min(fen, debt[1])
            debt[1] -= part
            fen -= part
        self.debts = [debt for debt in self.debts if debt[1]]

    def owe(self, fen: int) -> None:
        """Owe so much in all from now on: the newest bills that were not paid, and of older ones the rest."""
        self.debts, self.arrears, month = [], np.int32(fen), self.model.month
        for when, bill in sorted(self.late_bills, reverse=True):
            if when > month - YEAR and fen:
                self.debts.insert(0, [when, min(fen, bill)])
                fen -= min(fen, bill)
        if fen:
            self.debts.insert(0, [month - YEAR, fen])

    def get_bill(self, fee: np.float32, payers_seen: np.float32, standing: np.float32) -> None:
        """Pay this month's bill or refuse, given the share of payers seen and what speaks for
        paying in the whole estate."""
        f = self.model.p.single
        self.bill = np.int32(formulas.bill(self.area, fee, self.occupancy, f.payment_vacant_bill_share))
        logit = formulas.log_odds(
            self.duty,
            self.service_sensitivity,
            self.satisfaction,
            f.payment_satisfaction_reference,
            self.norm_sensitivity,
            payers_seen,
            self.threshold,
            standing,
            f.payment_grievance_weight,
            self.grievance,
            f.payment_burden_weight,
            F(self.bill) / self.income,
            f.payment_habit_weight if self.model.mechanisms.persistence else F(0),
            formulas.record_of(self.missed),
            f.payment_habit_reference,
        )
        assert logit.dtype == np.float32
        persistence = self.model.p.payment_persistence if self.model.mechanisms.persistence else 0.0
        lot = formulas.lot(self.luck_pay, self.luck_year, persistence)
        self.paid = np.uint8(bool(formulas.pays(logit, lot)))

    def settle(self, pressure: np.float32, alone: int) -> tuple[int, int, int]:
        """Repay old arrears or not, and add what was not paid; returns fen (paid this month, repaid, lapsed).

        A debt at most `alone` months old is owed to the present manager alone.
        """
        p, f = self.model.p, self.model.p.single
        chance = formulas.chance_to_repay(
            f.arrears_repay_base,
            f.arrears_repay_satisfied,
            self.satisfaction,
            f.payment_satisfaction_reference,
            pressure,
            f.arrears_ageing,
            np.int32(self.arrears_age),
        )
        repays = formulas.draw(self.luck_repay) < chance
        repaid = int(formulas.repaid(repays, self.arrears, self.bill, np.int32(p.arrears_instalments)))
        paid = int(self.bill) if self.paid else 0
        turned, lapsed = 0, 0
        if self.model.mechanisms.debt_age:
            turned = int(formulas.to_older_bills(paid, int(self.arrears) - repaid, self.arrears_age, alone))
        self.repay(repaid + turned)
        left = int(self.arrears) - repaid - turned
        if self.model.mechanisms.debt_age:
            months = int(formulas.oldest_bill(self.arrears, np.int32(left), self.arrears_age))
            due = formulas.lapsed(left, months, p.arrears_limitation, self.luck_repay, self.reminded)
            lapsed = min(int(due), sum(fen for when, fen in self.debts if when <= self.model.month - YEAR))
            self.repay(lapsed)
        before = self.arrears_age
        unpaid = int(self.bill) - (paid - turned)
        self.arrears = np.int32(left - lapsed + unpaid)
        self.arrears_age = np.uint8(formulas.months_in_arrears(self.arrears, before))
        if self.model.mechanisms.debt_age and self.arrears:
            self.arrears_age = np.uint8(months - (lapsed > 0) if left > lapsed else 1)
        if unpaid:
            self.debts.append([self.model.month, unpaid])
            self.late_bills.append((self.model.month, int(self.bill)))
        if int(self.bill) > paid:
            self.missed_months.append(self.model.month)
        self.look_back()
        return paid, repaid, lapsed

    def live_through(self, estate: Estate, building: Building) -> tuple[bool, bool]:
        """Be pleased or not, complain, resent; returns (a complaint was filed, a complaint was solved)."""
        f = self.model.p.single
        value = formulas.worth(F(estate.quality_felt), F(self.bill) / self.income, f.satisfaction_burden_norm)
        received = F(estate.level) + f.satisfaction_value_weight * value
        expected = self.expectation
        self.expectation = F(
            formulas.adapted(
                expected, received, f.satisfaction_expectation_up, f.satisfaction_expectation_down
            )
        )
        self.satisfaction = F(
            formulas.mood(
                self.satisfaction, received, expected, f.satisfaction_relative_weight, f.satisfaction_speed
            )
        )
        waited = self.waiting
        chance = formulas.chance_to_complain(
            f.complaints_base,
            F(estate.lever_complaint_channel),
            f.complaints_tolerance,
            self.satisfaction,
            f.complaints_activism,
            self.activism,
        )
        if self.model.mechanisms.repairs:
            solved = bool(self.answered)
            filed = self.complain(estate, bool(formulas.draw(self.luck_complaint) < chance))
        else:
            solved = bool(formulas.is_solved(waited, self.luck_complaint, F(estate.solved_share)))
            self.waiting = np.uint8(
                formulas.complaint_after(
                    waited, self.luck_complaint, solved, chance, np.uint8(self.model.p.complaints_patience)
                )
            )
            filed = waited == 0 and self.waiting == 1
        if self.model.loops.grievance:
            self.resent(estate, building, solved)
        refuses = estate.billed_part > 0.0 and not self.paid
        self.refuses_and_resents = refuses and bool(self.grievance > f.grievance_aggrieved)
        return filed, solved

    def complain(self, estate: Estate, files: bool) -> bool:
        """Give up what waited too long, and file a new complaint beside what is open; returns `files`."""
        month, p = self.model.month, self.model.p
        longest = min(MONTHS, int(p.complaints_patience))
        self.complaints = [one for one in self.complaints if month - one.filed < longest]
        if files:
            lacks = (
                p.satisfaction_quality_weight * (1.0 - estate.quality_felt),
                p.satisfaction_condition_weight * (1.0 - estate.felt_condition),
                p.satisfaction_legacy_weight * estate.legacy,
            )
            self.complaints.append(Complaint(matter_of_word(int(self.luck_complaint), lacks), month))
        for matter in MATTERS:
            setattr(self, f"open_{matter}", bits(self.complaints, matter, month))
        oldest = min((one.filed for one in self.complaints), default=month + 1)
        self.waiting = np.uint8(month + 1 - oldest)
        return files

    def resent(self, estate: Estate, building: Building, solved: bool) -> None:
        """Grievance: fed by defects, bad service, neighbours who refuse and silence, relieved by
        answers, talks and time."""
        p, f = self.model.p, self.model.p.single
        missing = max(F(0), f.payment_satisfaction_reference - self.satisfaction)
        raised = (
            F(p.grievance_legacy * estate.legacy + estate.lever_hostility)
            + f.grievance_dissatisfaction * missing
        )
        asked = formulas.draw(self.luck_persuasion) < f.grievance_persuasion * building.refuser_share
        overdue = int(self.waiting) > int(max(0.0, p.complaints_deadline - estate.lever_deadline) + 1.0)
        relief = F(min(1.0, p.grievance_decay + estate.lever_grievance))
        grievance = formulas.bitterness(
            self.grievance,
            raised,
            asked,
            f.grievance_asked,
            overdue,
            f.grievance_ignored,
            relief,
            solved,
            f.grievance_solved,
        )
        assert grievance.dtype == np.float32
        self.grievance = F(grievance)

    def vote(
        self, matter: int, base: float, slope: float, mobilised: float, ballot: tuple[float, float] | None
    ) -> tuple[bool, bool]:
        """(takes part, approves) in this month's vote on a matter; `ballot`: (share
        reached, turnout of the matter)."""
        f = self.model.p.single
        take_part, approve, _, _ = self.model.luck.block(self.address, self.model.month, OWNER_VOTE, matter)
        if ballot is None:
            chance = formulas.chance_to_vote(
                f.committee_participation,
                f.committee_participation_activism,
                self.activism,
                f.committee_participation_dissatisfaction,
                self.satisfaction,
                f.payment_satisfaction_reference,
                F(mobilised),
                self.occupancy,
                f.committee_vacant_participation,
            )
        else:
            reached, turnout = ballot
            chance = formulas.chance_to_return_ballot(
                F(turnout),
                f.ballot_activism,
                self.activism,
                f.committee_attempt_activism,
                f.ballot_dissatisfaction,
                self.satisfaction,
                f.payment_satisfaction_reference,
                f.ballot_turnout_least,
                F(reached),
                F(mobilised),
                self.occupancy,
                f.committee_vacant_participation,
            )
        if not formulas.draw(np.uint32(take_part)) < chance:
            return False, False
        liking = formulas.bounded(F(base) + F(slope) * (self.satisfaction - f.payment_satisfaction_reference))
        return True, bool(formulas.draw(np.uint32(approve)) < liking)
