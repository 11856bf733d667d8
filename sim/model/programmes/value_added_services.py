"""Value-added services (增值服务): companies sell repairs, household help and the use
of public space to residents."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.scenario import setting
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class ValueAddedServices(Intervention, kind="value_added_services"):
    """The company sets up services, residents buy what they trust and can use, and
    what is left is its income."""

    levers: ClassVar[tuple[str, ...]] = ("lever_value_added", "lever_effort")
    payers: ClassVar[tuple[str, ...]] = ("companies", "customers")
    evidence: ClassVar[tuple[str, ...]] = ("P037", "P038", "S069")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("budget_share", "fixed_cost", "setup"),)

    budget_share: float = setting(
        0.005,
        0,
        0.1,
        "share of income",
    )
    usable: float = setting(0.3, 0, 0.95, "share")
    content: float = setting(0.3, 0, 0.95, "share")
    goods: float = setting(0.4, 0, 1, "share of sales")
    labour: float = setting(
        0.15,
        0,
        1,
        "share of sales",
    )
    fixed_cost: float = setting(3, 0, 1000, "yuan/household/month")
    setup: float = setting(20, 0, 1e5, "yuan/household")
    trial: int = setting(6, 1, 120, "month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge."""
        return np.asarray(policy.estates["company"] >= 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Open where services are new to the company in charge, sell where they are open,
        close where they lost money."""
        rows = rows[policy.managed(rows)]
        company = policy.estates["company"]
        owner = policy.array(
            "company_plus_one", np.int32
        )  # whose services were opened; another company begins anew
        new = rows[owner[rows] != company[rows] + 1]
        setup = fen(self.setup * policy.estates["households"][new])
        policy.spend("companies", new, setup)
        owner[new] = company[new] + 1
        policy.array("result", np.int64)[new] = 0
        policy.array("age", np.int32)[new] = 0
        policy.events(new, Event.SERVICES_OPENED, Cause.POLICY, setup / FEN_PER_YUAN, company[new])
        self._sell(policy, rows[~self._closed(policy, rows)], strength)

    def _sell(self, policy: Policy, rows: Rows, strength: float) -> None:
        """One month of sales, their cost, and the staff time that they take from basic service."""
        estates = policy.estates
        sales = fen(self.demand(policy, rows) * strength)
        fixed = fen(self.fixed_cost * strength * estates["households"][rows])
        outlay = np.floor(self.goods * sales).astype(np.int64) + fixed
        policy.spend("customers", rows, sales, to="companies")
        policy.spend("companies", rows, outlay)
        policy.move("lever_value_added", rows, sales - outlay)
        cost = np.maximum(1.0, estates["standard_cost"][rows])
        policy.move("lever_effort", rows, -np.minimum(1.0, self.labour * sales / cost))
        policy.array("result", np.int64)[rows] += sales - outlay
        policy.array("age", np.int32)[rows] += 1

    def demand(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Yuan a month that residents of each estate spend."""
        estates = policy.estates
        usable = np.clip((estates["condition"][rows] - self.usable) / (1.0 - self.usable), 0.0, 1.0)
        content = np.clip((estates["satisfaction"][rows] - self.content) / (1.0 - self.content), 0.0, 1.0)
        means = self.budget_share * estates["mean_income"][rows] / FEN_PER_YUAN * estates["households"][rows]
        return np.asarray(means * usable * content)

    def _closed(self, policy: Policy, rows: Rows) -> np.ndarray:
        """True for each estate whose services are closed, those that are closed now included."""
        closed_by = policy.array("closed_by", np.int32)
        result, age = policy.array("result", np.int64)[rows], policy.array("age", np.int32)[rows]
        company = policy.estates["company"]
        failing = (age > 0) & (age % self.trial == 0) & (result < 0) & (closed_by[rows] != company[rows] + 1)
        ends = rows[failing]
        policy.events(
            ends, Event.SERVICES_CLOSED, Cause.SHORTFALL, -result[failing] / FEN_PER_YUAN, company[ends]
        )
        closed_by[ends] = company[ends] + 1
        return np.asarray(closed_by[rows] == company[rows] + 1)
