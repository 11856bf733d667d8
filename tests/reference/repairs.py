"""The reference rules of what solved complaints mend: every open complaint by itself, who solves and pays for
it, and what the estate gains."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np

from sim.model.luck import Stream

from .events import Cause, Event
from .price_basis import REMUNERATION
from .words import CLEANING, MARKET, NONE, SELF, SOE, UNIT

if TYPE_CHECKING:
    from .books import Account
    from .city import ReferenceCity
    from .estate import Estate

MATTERS = ("service", "condition", "legacy")
WORD, MONTHS = 2**32, 32


class Complaint:
    """One that is open: what it is about, and the month in which it was filed."""

    def __init__(self, matter: str, filed: int) -> None:
        """Filed this month."""
        self.matter, self.filed = matter, filed


def bits(complaints: list[Complaint], matter: str, month: int) -> np.uint32:
    """What the column of a matter holds at the end of a month."""
    return np.uint32(sum(1 << month - one.filed for one in complaints if one.matter == matter))


def matter_of_word(word: int, lacks: tuple[float, float, float]) -> str:
    """What is complained of: each with the part, in whole 256ths, that it has of all that is lacking."""
    service, facilities, defects = lacks
    total = service + facilities + defects
    if total <= 0.0:
        return "service"
    low = word % 256
    if low < floor(service / total * 256.0 + 0.5):
        return "service"
    return "condition" if low < floor((service + facilities) / total * 256.0 + 0.5) else "legacy"


class Repairs:
    """All that is solved and mended in one city."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city."""
        self.city = city

    def run_month(self) -> None:
        """Each estate solves what it has hands and money for."""
        if not self.city.mechanisms.repairs:
            return
        for estate in self.city.estates:
            unpaid_before = estate.unpaid_repairs
            solved = self.solve(estate)
            self.mend(estate, solved)
            if estate.unpaid_repairs and not unpaid_before:
                self.city.tell(
                    estate.row, estate.company, Event.REPAIRS_UNPAID, Cause.BUDGET, estate.unpaid_repairs
                )

    def solve(self, estate: Estate) -> dict[str, int]:
        """Draw for every open complaint whether and by whom it is solved, and pay; returns numbers by
        matter."""
        city, p = self.city, self.city.p
        solved = dict.fromkeys(MATTERS, 0)
        estate.unpaid_repairs = estate.repair_cost = 0
        hands = self.hands(estate)
        prices = {
            matter: floor(getattr(p, f"repairs_{matter}_cost") * city.cost_index * 100.0 + 0.5)
            for matter in MATTERS
        }
        total = sum(len(owner.complaints) for owner in estate.owners)
        assert total == estate.complaints_open
        for owner in estate.owners:
            owner.answered = np.uint8(0)
            for complaint in sorted(owner.complaints, key=lambda one: one.filed):
                age = city.month - 1 - complaint.filed
                chance = min(1.0, hands / total)
                if city.luck.share(owner.address, city.month, Stream.COMPLAINT_SOLVED, age) >= chance:
                    continue
                luck = city.luck.share(owner.address, city.month, Stream.COMPLAINT_SOLVER, age)
                purpose, payer = self.payer(estate, luck * hands)
                cost = prices[complaint.matter]
                if payer[0] not in ("companies", "employers") and city.books.balances[payer] < cost:
                    estate.unpaid_repairs += 1
                    continue
                city.books.move(purpose, payer, ("suppliers", 0), cost)
                estate.repair_cost += cost
                if payer[0] == "companies":
                    estate.lever_company_charge += cost
                owner.complaints.remove(complaint)
                owner.answered = np.uint8(1)
                solved[complaint.matter] += 1
        for matter in MATTERS:
            setattr(estate, f"solved_{matter}", solved[matter])
        estate.complaints_solved = sum(solved.values())
        return solved

    def hands(self, estate: Estate) -> float:
        """Complaints that are solved this month where so many are open."""
        p = self.city.p
        if estate.mode in (CLEANING, NONE):
            usual = p.complaints_public_capacity * estate.households
        else:
            usual = p.complaints_capacity * estate.households * estate.effort
        return float(usual + estate.lever_complaint_capacity)

    def payer(self, estate: Estate, whose: float) -> tuple[str, Account]:
        """The district, the community, or whoever looks after the estate: purpose and account."""
        if whose < estate.lever_cases_district:
            return "repairs_district", self.city.government[estate.district_body].account
        if whose < estate.lever_cases_district + estate.lever_cases_community:
            return "repairs_community", estate.community_purse
        if estate.mode == SELF or (estate.mode in (MARKET, SOE) and estate.basis == REMUNERATION):
            return "repairs_fund", estate.fund
        if estate.mode == UNIT:
            return "repairs_unit", ("employers", 0)
        if estate.mode in (MARKET, SOE):
            return "repairs", ("companies", estate.company)
        return "repairs_community", estate.community_purse

    def mend(self, estate: Estate, solved: dict[str, int]) -> None:
        """Service, facilities and defects gain a part of what they lack; that of service fades."""
        p = self.city.p

        def gained(matter: str) -> float:
            per_household = getattr(p, f"repairs_{matter}")
            return float(min(1.0, per_household * solved[matter] / estate.households))

        estate.mended = estate.mended - p.repairs_fade * estate.mended
        estate.mended = estate.mended + gained("service") * (1.0 - estate.mended)
        estate.lever_condition = estate.lever_condition + gained("condition") * (1.0 - estate.condition)
        estate.lever_legacy = estate.lever_legacy + gained("legacy") * estate.legacy
