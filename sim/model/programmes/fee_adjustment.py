"""Fee adjustment (质价挂钩调价): owners vote on a higher or a lower price,
tied to the grade of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.grades import value_for_price
from sim.model.programmes.purse import divided
from sim.model.state.modes import MARKET
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class FeeAdjustment(Intervention, kind="fee_adjustment"):
    """A rise is put to the vote where good service does not earn its cost, a cut where
    service is not worth its price."""

    levers: ClassVar[tuple[str, ...]] = ("lever_price", "lever_participation")
    payers: ClassVar[tuple[str, ...]] = ("owners", "companies")
    evidence: ClassVar[tuple[str, ...]] = ("P059", "P023", "P037", "P047", "P066", "P071")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("rise", "cut"),)

    period: int = setting(12, 1, 120, "month")
    rise: float = setting(0.1, 0, 1, "share")
    cut: float = setting(0.2, 0, 0.9, "share", source="P059")
    high_line: float = setting(
        0.75,
        0,
        5,
        "share",
    )
    low_line: float = setting(
        0.65,
        0,
        5,
        "share",
    )
    noise: float = setting(0.04, 0, 0.5, "share")
    least_promise: float = setting(0.05, 0.001, 1, "share")
    participation: float = setting(0.1, 0, 1, "share")
    cost: float = setting(3, 0, 1e4, "yuan/household")
    owner_share: float = setting(0.5, 0, 1, "share")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Once a period, put rises and cuts to the vote."""
        if not policy.due(self.period):
            return
        estates = policy.estates
        ready = (estates["mode"][rows] == MARKET) & (estates["process"][rows] == 0)
        # the month of waiting that is left ends before the vote; and there is one vote on price at a time
        rows = rows[
            ready & (policy.committees["price_wait"][rows] <= 1) & (estates["lever_price"][rows] == 0.0)
        ]
        grade = value_for_price(estates, rows, self.least_promise) + self.noise * policy.noise(rows)
        up = (grade >= self.high_line) & (estates["losing_months"][rows] > 0)
        change = np.where(up, self.rise, np.where(grade < self.low_line, -self.cut, 0.0)) * strength
        asked = change != 0.0
        rows, change = rows[asked], change[asked]
        cost = fen(self.cost * estates["households"][rows])
        policy.spend_together(
            divided(cost, {"owners": self.owner_share, "companies": 1.0 - self.owner_share}), rows
        )
        policy.move("lever_price", rows, change)
        policy.move("lever_participation", rows, self.participation * strength)
