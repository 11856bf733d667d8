"""The reference spinning up: months before month 0 in which what a scenario gives is held (docs/model.md,
section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.scenario import Scenario

from .contract import EARLY
from .price_basis import REMUNERATION
from .words import SELF

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

F = np.float32
MOST_OWED = 2**31 - 1
# columns of an estate that are put back whatever happened
HELD = ("former_company", "former_arrears", "claim_months", "basis", "remuneration", "billing", "price")
HELD += ("condition", "legacy", "paid_share", "volunteers", "volunteers_tired", "new_works")
HELD_OF_COMPANIES = ("estates", "active")
WENT = ("process", "process_left", "process_cause", "contract", "contract_left", "losing_months")
WENT += ("unmanaged_months",)


class SpinUp:
    """What is held of a reference city that was just built."""

    def __init__(self, city: ReferenceCity, scenario: Scenario) -> None:
        """Remember all of it."""
        self.city = city
        self.estates = [dict(vars(estate)) for estate in city.estates]
        self.committees = [dict(vars(estate.committee)) for estate in city.estates]
        self.companies = [dict(vars(company)) for company in city.companies]
        self.owners = [(owner.paid, owner.arrears, owner.arrears_age) for owner in city.owners]
        self.shares = [[house.paid_share for house in estate.houses] for estate in city.estates]
        self.opening = dict(city.books.balances)
        self.kept: dict[int, tuple[float, float]] = {}  # effort and smoothed income of a month, by estate
        self.known = {name: np.zeros(len(city.estates), bool) for name in ("quality", "satisfaction")}
        if scenario.estates is not None:
            self.known = {name: ~np.isnan(scenario.estates.rows.values(name)) for name in self.known}

    def run(self, months: int) -> None:
        """All months up to 0, then the books of the run."""
        city = self.city
        for company in city.companies:
            company.barred_until = city.month
        for _ in range(months):
            city.step(spinning=self)
        for company, first in zip(city.companies, self.companies, strict=True):
            company.barred_until = first["barred_until"]
        for estate in city.estates:
            estate.quality_start = estate.quality
        city.events.clear()
        city.books.flows.clear()
        held = {}
        for company in city.companies:
            held[company.account] = ("shareholders", 0)
        for estate in city.estates:
            held[estate.fund] = ("advertisers", 0)
            held["maintenance_funds", estate.row] = ("banks", 0)
        now = dict(city.books.balances)
        city.books.balances = dict.fromkeys(now, 0)
        for account, giver in held.items():
            city.books.balances[account] += now[account]
            city.books.balances[giver] -= now[account]

    def served(self) -> None:
        """Owners feel what is held."""
        for estate, first in zip(self.city.estates, self.estates, strict=True):
            estate.condition, estate.legacy = first["condition"], first["legacy"]
            estate.paid_share = first["paid_share"]
            if self.known["quality"][estate.row]:
                estate.quality = first["quality"]
            self.kept[estate.row] = (estate.effort, estate.income_smooth)

    def closed(self) -> None:
        """Everything that is held goes back to its value."""
        city = self.city
        for owner, (paid, _, _) in zip(city.owners, self.owners, strict=True):
            owner.paid = paid
        for estate, first in zip(city.estates, self.estates, strict=True):
            if (estate.mode, estate.company) != (first["mode"], first["company"]):
                self.manage_again(estate)
            for name in HELD:
                setattr(estate, name, first[name])
            if first["contract"] == EARLY:
                estate.contract, estate.contract_left = EARLY, first["contract_left"]
            estate.claims.claims.clear()
            self.elect_again(estate)
            reports = self.city.reporting
            for course in (estate.history.yearly_rate, estate.history.quality):
                del course[:-11]  # with this month a year of what it was like is remembered
            for courses in (reports.rates, reports.qualities):
                del courses[estate.row][:-11]
            self.owe_again(estate, int(first["arrears"]))
            if self.known["satisfaction"][estate.row]:
                self.please_again(estate, first["satisfaction"])
            for house, share in zip(estate.houses, self.shares[estate.row], strict=True):
                house.paid_share = share
            if not (estate.committee.exists or estate.mode == SELF or estate.basis == REMUNERATION):
                self.fill(estate.fund, "advertisers")
            self.fill(("maintenance_funds", estate.row), "banks")
        for company, first in zip(city.companies, self.companies, strict=True):
            for name in HELD_OF_COMPANIES:
                setattr(company, name, first[name])
            self.fill(company.account, "shareholders")

    def fill(self, account: tuple[str, int], giver: str) -> None:
        """An account holds what it opened with, at the gain or loss of who gave it."""
        balances = self.city.books.balances
        lacking = self.opening[account] - balances[account]
        balances[account] += lacking
        balances[giver, 0] -= lacking

    def manage_again(self, estate: Estate) -> None:
        """Somebody came or went: the estate is as it was drawn, its company there for the first month."""
        first = self.estates[estate.row]
        estate.mode, estate.company = first["mode"], first["company"]
        for name in WENT:
            setattr(estate, name, 0)
        if estate.manager is None:
            estate.effort, estate.income_smooth = self.kept[estate.row]
        else:
            estate.effort = max(estate.effort, self.city.p.service_start_effort)

    def elect_again(self, estate: Estate) -> None:
        """There is a committee where there was one, and none elsewhere."""
        committee, first = estate.committee, self.committees[estate.row]
        if committee.exists == first["exists"]:
            return
        committee.exists, committee.wait = first["exists"], 0
        if committee.exists:
            committee.activity, committee.term_left = 1.0, int(self.city.p.committee_term)
        else:
            for name in ("competence", "integrity", "activity", "term_left"):
                setattr(committee, name, first[name])
        committee.measure()

    def owe_again(self, estate: Estate, total: int) -> None:
        """Owners owe the sum of the start, each in proportion; what is too much is the oldest."""
        owners = estate.owners
        before = [int(owner.arrears) for owner in owners]
        found = sum(before)
        factor = total / found if found else 0.0
        too_much = total > MOST_OWED and max(before) * factor + 1.0 > MOST_OWED
        if (not found and total) or too_much:
            for owner in owners:
                _, arrears, age = self.owners[owner.row]
                owner.owe(int(arrears))
                owner.arrears_age = age
        elif found != total:
            reached, given = 0, 0
            for owner, fen in zip(owners, before, strict=True):
                reached += fen
                upto = total if reached == found else min(total, int(reached * factor))
                owner.owe(upto - given)
                given = upto
                age = int(owner.arrears_age)
                if self.city.mechanisms.debt_age and factor < 1.0:
                    age = max(1, int(age * factor + 0.5))
                owner.arrears_age = np.uint8(age if owner.arrears else 0)
        estate.arrears = total
        estate.debtors = sum(1 for owner in owners if owner.arrears)
        estate.open_12 = sum(owner.owed_of_the_year for owner in owners)

    def please_again(self, estate: Estate, mean: float) -> None:
        """Satisfaction is shifted to its mean of the start."""
        owners = estate.owners
        for _ in range(100):
            total = 0.0
            for owner in owners:
                total += float(owner.satisfaction)
            gap = mean - total / len(owners)
            if abs(gap) < 1e-7:
                break
            inside = sum(1 for owner in owners if 0 < owner.satisfaction < 1)
            shift = F(gap * len(owners) / max(1, inside))
            for owner in owners:
                owner.satisfaction = min(F(1), max(F(0), owner.satisfaction + shift))
        estate.satisfaction = mean
