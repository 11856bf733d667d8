"""The owners' rules written as one would in Mesa: one agent an owner, plain floats,
`AgentSet.do` or `shuffle_do`.

Each owner pays or not, settles arrears, becomes more or less satisfied, complains and bears grievance, by the
formulas of `sim.model.month.decisions`. What estates provide (price, quality, condition, trust) is held where
a City starts; companies, committees and market are left out, so this does less than
a month of the real model.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

from sim.mesa_city import City
from sim.model.state.modes import billed_share_of_full_fee

VACANT = 2


class Building:
    """What neighbours in one building see of each other: last month's shares, and this month's counts."""

    def __init__(self, estate: EstateFacts, flats: int, paid_share: float) -> None:
        """A building of an estate with its starting share of payers."""
        self.estate, self.flats, self.paid_share, self.refuser_share = estate, flats, paid_share, 0.0
        self.payers = self.refusers = 0


class EstateFacts:
    """What the owners of one estate share."""

    def __init__(self, row: Any, values: Any) -> None:
        """Copied from a row of the estates' table."""
        self.price = float(row["price"] * billed_share_of_full_fee(int(row["mode"]), values))
        self.quality, self.condition, self.legacy = (
            float(row["quality"]),
            float(row["condition"]),
            float(row["legacy"]),
        )
        self.trust, self.paid_share, self.households = (
            float(row["trust"]),
            float(row["paid_share"]),
            int(row["households"]),
        )
        self.payers = self.complaints_open = self.collected = 0
        self.solved_share = 0.3


class OwnerAgent(mesa.Agent):
    """One household."""

    def __init__(self, model: MesaCity, building: Building, row: dict[str, float]) -> None:
        """An owner with the traits and the starting state of a row of the owners' columns."""
        super().__init__(model)
        self.building = building
        for name, value in row.items():
            setattr(self, name, value)

    def step(self) -> None:
        """One month of this owner."""
        bill = self.bill()
        paid = bill > 0 and self.pays(bill)
        self.settle(bill, paid)
        self.feel(bill)
        solved = self.complain()
        self.bear(paid, solved)

    def bill(self) -> int:
        """This month's bill, fen."""
        share = self.model.p.payment_vacant_bill_share if self.occupancy == VACANT else 1.0
        return int(self.area * self.building.estate.price * share + 0.5)

    def pays(self, bill: int) -> bool:
        """The payment decision."""
        p, estate = self.model.p, self.building.estate
        view = (1.0 - p.payment_dimness) * estate.paid_share + p.payment_dimness * p.payment_dim_prior
        seen = (
            p.payment_own_building_weight * self.building.paid_share
            + (1.0 - p.payment_own_building_weight) * view
        )
        logit = (
            self.duty
            + self.service_sensitivity * (self.satisfaction - p.payment_satisfaction_reference)
            + self.norm_sensitivity * (seen - self.threshold)
            + p.payment_trust_weight * (estate.trust - 0.5)
            - p.payment_grievance_weight * self.grievance
            - p.payment_burden_weight * bill / self.income
        )
        return self.random.random() < 1.0 / (1.0 + math.exp(-min(20.0, max(-20.0, logit))))

    def settle(self, bill: int, paid: bool) -> None:
        """Arrears repaid and added."""
        p, building = self.model.p, self.building
        pleased = max(0.0, self.satisfaction - p.payment_satisfaction_reference)
        chance = (p.arrears_repay_base + p.arrears_repay_satisfied * pleased) * math.exp(
            -p.arrears_ageing * self.arrears_age
        )
        if self.arrears > 0 and self.random.random() < chance:
            self.arrears -= min(self.arrears, int(bill * p.arrears_instalments))
        if paid:
            building.payers += 1
            building.estate.payers += 1
            building.estate.collected += bill
        else:
            self.arrears += bill
        self.arrears_age = min(250, self.arrears_age + 1) if self.arrears > 0 else 0

    def feel(self, bill: int) -> None:
        """Satisfaction and expectation."""
        p, estate = self.model.p, self.building.estate
        value = min(1.0, max(-1.0, estate.quality - bill / self.income / p.satisfaction_burden_norm))
        got = (
            p.satisfaction_quality_weight * estate.quality
            + p.satisfaction_condition_weight * estate.condition
            - p.satisfaction_legacy_weight * estate.legacy
            + p.satisfaction_value_weight * value
        )
        target = min(1.0, max(0.0, got + p.satisfaction_relative_weight * (got - self.expectation)))
        speed = p.satisfaction_expectation_up if got > self.expectation else p.satisfaction_expectation_down
        self.expectation += speed * (got - self.expectation)
        self.satisfaction += p.satisfaction_speed * (target - self.satisfaction)

    def complain(self) -> bool:
        """A complaint filed, solved or growing older; True if solved."""
        p, estate = self.model.p, self.building.estate
        luck = self.random.random()
        if self.waiting > 0:
            if luck < estate.solved_share:
                self.waiting = 0
                return True
            self.waiting = min(250, self.waiting + 1)
        else:
            missing = max(0.0, p.complaints_tolerance - self.satisfaction)
            if luck < p.complaints_base * missing * (0.5 + p.complaints_activism * self.activism):
                self.waiting = 1
        estate.complaints_open += self.waiting > 0
        return False

    def bear(self, paid: bool, solved: bool) -> None:
        """Grievance, and whether this owner will persuade neighbours."""
        p, building = self.model.p, self.building
        gain = p.grievance_legacy * building.estate.legacy
        gain += p.grievance_dissatisfaction * max(0.0, p.payment_satisfaction_reference - self.satisfaction)
        if self.random.random() < p.grievance_persuasion * building.refuser_share:
            gain += p.grievance_asked
        if self.waiting > p.complaints_deadline + 1:
            gain += p.grievance_ignored
        kept = self.grievance * (1.0 - p.grievance_decay - (p.grievance_solved if solved else 0.0))
        self.grievance = min(1.0, max(0.0, kept + gain * (1.0 - self.grievance)))
        if self.grievance > p.grievance_aggrieved and not paid:
            building.refusers += 1


class Values:
    """Parameter values by name, as plain floats."""

    def __init__(self, record: Any) -> None:
        """From the record that the kernels read."""
        for name in record.dtype.names:
            setattr(self, name, float(record[name]))


TRAITS = (
    "area",
    "income",
    "duty",
    "threshold",
    "service_sensitivity",
    "norm_sensitivity",
    "activism",
    "satisfaction",
    "expectation",
    "grievance",
)
COUNTS = ("arrears", "arrears_age", "occupancy", "waiting")


class MesaCity(mesa.Model):
    """The owners of a City as Mesa agents; `shuffled` picks `shuffle_do` over `do`."""

    def __init__(self, city: City, shuffled: bool) -> None:
        """Copies the starting state of `city`."""
        super().__init__(rng=city.seed)
        self.shuffled = shuffled
        self.p = Values(city.state.parameters[0])
        columns = city.state.owners._asdict()
        lists = {name: columns[name].tolist() for name in (*TRAITS, *COUNTS)}
        self.estates, self.buildings = [], []
        starts = city.state.buildings.start.tolist()
        for row in city.state.estates:
            estate = EstateFacts(row, self.p)
            self.estates.append(estate)
            for b in range(int(row["first_building"]), int(row["first_building"] + row["buildings"])):
                building = Building(
                    estate, starts[b + 1] - starts[b], float(city.state.buildings.paid_share[b])
                )
                self.buildings.append(building)
                for i in range(starts[b], starts[b + 1]):
                    OwnerAgent(self, building, {name: values[i] for name, values in lists.items()})

    def step(self) -> None:
        """One month: every owner acts, then what they saw of each other is brought up to date."""
        if self.shuffled:
            self.agents.shuffle_do("step")
        else:
            self.agents.do("step")
        for building in self.buildings:
            building.paid_share = building.payers / building.flats
            building.refuser_share = building.refusers / building.flats
            building.payers = building.refusers = 0
        for estate in self.estates:
            estate.paid_share = estate.payers / estate.households
            estate.payers = estate.complaints_open = estate.collected = 0
