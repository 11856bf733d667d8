"""The reference city: a Mesa model that steps its agents one by one, month by month."""

from __future__ import annotations

from types import SimpleNamespace

import mesa
import numpy as np

from sim.model.parameters import PARAMETERS
from sim.model.start.start import State, starting_state
from sim.model.state.estates import LEVER_NAMES
from sim.scenario import Scenario

from .books import ReferenceBooks
from .building import Building
from .cases import Cases
from .charging import Charging
from .committee import Committee
from .company import Body, Company
from .contract import Contract
from .estate import Estate
from .events import Cause, Event
from .luck import Luck
from .maintenance_fund import MaintenanceFund
from .market import Market
from .owner import Owner
from .policy import PolicyRecord
from .price_basis import PriceBasis
from .record import History, record_month, record_start
from .repairs import Repairs
from .reporting import Reporting
from .spin_up import SpinUp
from .volunteers import Volunteers


class ReferenceCity(mesa.Model):
    """A city of one scenario and seed, stepped in plain Python."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Copy the starting state into agents."""
        super().__init__(rng=seed)
        self.month = self.first_month = -scenario.spin_up
        self.p = parameters_of(scenario)
        self.loops, self.mechanisms = scenario.loops, scenario.mechanisms
        self.start_year = float(scenario.city.start_year)
        self.cost_index = self.guide_index = 1.0
        self.luck = Luck(seed)
        self.fallback_left = 0
        self.events: list[tuple[int, int, int, int, int, float, int]] = []
        state = starting_state(scenario, seed)
        self.books = ReferenceBooks(state.books)
        self.companies = [Company(self, row, state.companies) for row in range(state.companies.size)]
        self.government = [
            Body(self, row, state.government, self.books.named[int(account)])
            for row, account in enumerate(state.government["account"])
        ]
        self.estates = [self._build(row, state) for row in range(state.estates.size)]
        self.owners = [owner for estate in self.estates for owner in estate.owners]
        self.market = Market(self)
        self.price_basis = PriceBasis(self)
        self.cases = Cases(self)
        self.repairs = Repairs(self)
        self.volunteers = Volunteers(self)
        self.maintenance = MaintenanceFund(self)
        for estate in self.estates:
            record_start(estate, self)
        self.reporting = Reporting(self)
        if scenario.spin_up:
            SpinUp(self, scenario).run(scenario.spin_up)

    def _build(self, row: int, state: State) -> Estate:
        estate = Estate(self, row, state.estates)
        starts = state.buildings.start
        for b in range(estate.first_building, estate.first_building + estate.buildings):
            owners = [
                Owner(self, i, estate.first_luck + i - estate.first_owner, state.owners)
                for i in range(starts[b], starts[b + 1])
            ]
            estate.houses.append(
                Building(owners, state.buildings.paid_share[b], state.buildings.refuser_share[b])
            )
        estate.committee = Committee(self, estate, state.committees)
        estate.history = History(estate)
        return estate

    def step(self, policy: PolicyRecord | None = None, spinning: SpinUp | None = None) -> None:
        """One month; `policy` is what the programmes of the fast city did in theirs. `spinning` holds what
        is held before month 1."""
        self.month += 1
        if self.month > 1:
            self.cost_index = self.cost_index * (1.0 + self.p.service_cost_growth / 12.0)
        if self.month % int(self.p.guide_revision) == 0:
            self.guide_index = 1.0 + self.p.guide_indexing * (self.cost_index - 1.0)
        self.events.clear()
        self.fallback_left = 0
        for estate in self.estates:
            for lever in LEVER_NAMES:
                setattr(estate, lever, 0)
        for body in self.government:
            body.open_month()
        if policy is not None:
            policy.apply(self)
        self.price_basis.open_books()
        self.volunteers.call_at_doors()
        self._each(self.estates, "thank_the_manager_less")
        self.repairs.run_month()
        self.cases.run_month()
        self._each(self.estates, "bill_and_collect", "remunerate", "receive_public_revenue")
        self._each(self.companies, "open_month")
        self._each(self.estates, "plan_service")
        self._each(self.companies, "decide_support")
        self._each(self.estates, "serve")
        self.maintenance.pay()
        self._each(self.estates, "age_and_repair")
        if spinning:
            spinning.served()
        self._each(self.estates, "live")
        for estate in self.estates:
            estate.committee.live()
        if self.mechanisms.contracts:
            for estate in self.estates:
                Contract(self, estate).live()
        self.maintenance.decide()
        self.price_basis.end_without_committee()
        self.volunteers.run_month()
        self.market.run_month()
        if self.mechanisms.charging:
            Charging(self).run_month()
        if spinning:
            spinning.closed()
        for estate in self.estates:
            record_month(estate, estate.history, self)
        self.reporting.run_month()

    def _each(self, agents: list[mesa.Agent], *what: str) -> None:
        """Let agents do one thing after the other, in order of their numbers."""
        for name in what:
            mesa.agent.AgentSet(agents, random=self.random).do(name)

    def tell(self, estate: int, company: int, kind: Event, cause: Cause, size: float) -> None:
        """Write one event."""
        self.events.append((self.month, estate, company, int(kind), int(cause), float(size), -1))


def parameters_of(scenario: Scenario) -> SimpleNamespace:
    """Every parameter by field name as a Python float, and under `single` as a float32."""
    chosen = scenario.parameter_values()
    values = {
        parameter.field: float(chosen.get(key, parameter.default)) for key, parameter in PARAMETERS.items()
    }
    single = SimpleNamespace(**{name: np.float32(value) for name, value in values.items()})
    return SimpleNamespace(single=single, **values)
