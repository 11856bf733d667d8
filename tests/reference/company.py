"""The reference company: plans and pays for the service of its estates, carries weak ones, may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.model.state.tables import COMPANY_FIELDS, GOVERNMENT_FIELDS

from .events import Cause, Event
from .price_basis import REMUNERATION
from .words import MARKET

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate


class Company(mesa.Agent):
    """One company with the columns of COMPANY_FIELDS as attributes (account: kind and row)."""

    model: ReferenceCity

    def __init__(self, city: ReferenceCity, row: int, table: np.ndarray) -> None:
        """Copy row `row` of the starting state."""
        super().__init__(city)
        self.row = row
        for field in COMPANY_FIELDS:
            setattr(self, field.name, table[field.name][row].item())
        self.account = ("companies", row)

    @property
    def portfolio(self) -> list[Estate]:
        """The estates it runs, by number."""
        return [estate for estate in self.model.estates if estate.company == self.row]

    def open_month(self) -> None:
        """Nothing planned or spent yet."""
        self.shortfall = 0.0
        self.spending = 0.0

    def least_effort(self, estate: Estate) -> float:
        """Effort below which service cannot be cut."""
        p = self.model.p
        return p.service_floor if estate.mode == MARKET else p.service_soe_floor

    def patience(self, estate: Estate) -> float:
        """1 for an estate that pays its way, 0 where losses lasted as long as this company
        tolerates; fallback never tires."""
        return (
            max(0.0, 1.0 - estate.losing_months / max(1.0, self.tolerance)) if estate.mode == MARKET else 1.0
        )

    def plan(self, estate: Estate) -> None:
        """What this company wants to do for an estate, and what the estate's own income leaves undone."""
        p = self.model.p
        estate.standard_cost *= self.cost_level
        if self.home_district != estate.district:
            estate.standard_cost *= 1.0 + p.service_away_cost
        estate.standard_cost *= estate.padding
        if estate.basis == REMUNERATION:
            estate.goal = self.owners_goal(estate)
            return
        own_means = estate.affordable(self.margin, p.service_overhead)
        push = p.service_monitoring_push * estate.monitoring + p.service_reputation_push * min(
            1.0, estate.lever_ranking
        )
        estate.goal = own_means + self.patience(estate) * push + estate.lever_effort
        self.shortfall += (
            self.patience(estate)
            * estate.standard_cost
            * max(0.0, 1.0 - max(own_means, self.least_effort(estate)))
        )

    def owners_goal(self, estate: Estate) -> float:
        """Effort that owners' own money buys: what comes in without the company's part, and a part
        of what was there."""
        monthly = max(0.0, estate.income_smooth - estate.collecting) * (1.0 - estate.remuneration)
        means = monthly + estate.carried / self.model.p.basis_carried_over
        return min(1.0, means / estate.standard_cost) + estate.lever_effort

    def decide_support(self) -> None:
        """Part of the cash goes to weak estates, by readiness for risk."""
        cash = self.model.books.cash(self.account)
        pool = self.model.p.service_cross_subsidy * self.risk * cash
        self.support = min(1.0, pool / self.shortfall) if self.shortfall > 0.0 else 0.0

    def serve(self, estate: Estate) -> None:
        """Make the effort, pay for it and for overhead, and count losing months."""
        p, books = self.model.p, self.model.books
        least = self.least_effort(estate)
        if estate.basis == REMUNERATION:
            self.serve_out_of_the_account(estate, max(least, min(estate.goal, p.service_ceiling)))
            return
        goal = estate.goal + self.support * self.patience(estate) * max(0.0, 1.0 - max(estate.goal, least))
        goal = max(least, min(goal, p.service_ceiling))
        lean = max(least, goal * (1.0 - self.keeps_back(estate)))
        estate.effort = max(least, estate.effort + p.service_adjustment * (lean - estate.effort))
        unspent = max(0.0, min(goal - lean, goal - estate.effort))
        estate.skimmed = int(estate.standard_cost * unspent)
        estate.spending = int(estate.effort * estate.standard_cost)
        overhead = int(p.service_overhead * max(0, estate.income))
        books.move("service", self.account, ("suppliers", 0), estate.spending)
        books.move("overhead", self.account, ("suppliers", 0), overhead)
        collecting = int(estate.collecting)
        books.move("overhead", self.account, ("suppliers", 0), collecting)
        overhead += collecting
        estate.overhead = overhead + estate.lever_company_charge
        self.spending += estate.spending + overhead
        usual = estate.income_smooth - p.service_overhead * max(0.0, estate.income_smooth)
        lost = usual < estate.spending + collecting + estate.lever_company_charge
        estate.losing_months = (
            estate.losing_months + 1 if lost else max(0, estate.losing_months - int(p.service_loss_recovery))
        )

    def keeps_back(self, estate: Estate) -> float:
        """The part of a lump sum's service that this company leaves undone, as far as nobody watches."""
        if not self.model.mechanisms.price_basis or estate.mode != MARKET:
            return 0.0
        return float(self.skimming * (1.0 - estate.monitoring))

    def serve_out_of_the_account(self, estate: Estate, goal: float) -> None:
        """Service as far as the owners' account reaches; the company bears its own overhead, and no loss."""
        p, books, suppliers = self.model.p, self.model.books, ("suppliers", 0)
        step = estate.effort + p.service_adjustment * (goal - estate.effort)
        wanted = max(self.least_effort(estate), step)
        collecting = min(books.cash(estate.fund), int(estate.collecting))
        books.move("collecting_remuneration", estate.fund, suppliers, collecting)
        estate.spending = min(books.cash(estate.fund), int(wanted * estate.standard_cost))
        books.move("service_remuneration", estate.fund, suppliers, estate.spending)
        estate.effort = estate.spending / estate.standard_cost
        overhead = int(p.service_overhead * max(0, estate.income))
        books.move("overhead", self.account, suppliers, overhead)
        self.spending += overhead
        estate.overhead = estate.remunerated + collecting + estate.lever_company_charge
        estate.losing_months = max(0, estate.losing_months - int(p.service_loss_recovery))

    def take_stock(self) -> None:
        """Reputation follows what residents get; a private company too deep in debt gives up."""
        p = self.model.p
        run = self.portfolio
        if run:
            merit = 0.0
            for estate in run:
                weight = p.market_reputation_quality
                merit += weight * estate.quality + (1.0 - weight) * estate.satisfaction
            self.reputation += p.market_reputation_speed * (merit / len(run) - self.reputation)
        debt = -self.model.books.balances[self.account]
        may_fail = self.active and run and not self.state_owned and self.model.loops.exit
        if may_fail and debt > 0 and debt > p.market_insolvency * self.spending:
            self.active = 0
            self.model.tell(-1, self.row, Event.COMPANY_BANKRUPT, Cause.INSOLVENCY, debt / 100.0)


class Body(mesa.Agent):
    """A government body: what it has this year, and whose time is free."""

    model: ReferenceCity

    def __init__(self, city: ReferenceCity, row: int, table: np.ndarray, account: tuple[str, int]) -> None:
        """Copy row `row` of the starting state."""
        super().__init__(city)
        for field in GOVERNMENT_FIELDS:
            setattr(self, field.name, table[field.name][row].item())
        self.row, self.account = row, account

    def open_month(self) -> None:
        """Staff is there anew; in January what is left of the budget lapses and a new one is granted."""
        self.staff_free = self.staff
        if self.model.month % 12 == 1:
            books, tier = self.model.books, self.account[0]
            books.move("lapse_" + tier, self.account, ("taxpayers", 0), books.cash(self.account))
            books.move("budget_" + tier, ("taxpayers", 0), self.account, self.yearly_budget)
