"""Operating subsidy (运营补贴): public money by floor area for whoever manages an estate, less every year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import SELF, UNIT
from sim.scenario import Targets, setting
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class OperatingSubsidy(Intervention, kind="operating_subsidy"):
    """Yuan per m2 and month to the manager of chosen estates, tapering by year of payment."""

    levers: ClassVar[tuple[str, ...]] = ("lever_company_income", "lever_offer")
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("P028", "P029", "S021", "P027", "P032")
    # until somebody was paid in a first year, no second one begins
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("first_year",),)

    first_year: float = setting(0.3, 0, 5, "yuan/m2/month", source="P029")
    second_year: float = setting(0.2, 0, 5, "yuan/m2/month", source="P029")
    third_year: float = setting(0.1, 0, 5, "yuan/m2/month", source="P029")
    later: float = setting(0.0, 0, 5, "yuan/m2/month")
    targets: Targets = Field(
        default=Targets(old=True),
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where an employer looks after the estate, the employer pays."""
        return np.asarray(policy.estates["mode"] != UNIT)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Promise the rate of each estate's year, and pay it where there is a manager to pay."""
        months_paid = policy.array("months_paid", np.int32)
        rates = np.array([self.first_year, self.second_year, self.third_year, self.later])
        rate = rates[np.minimum(months_paid[rows] // MONTHS_PER_YEAR, rates.size - 1)] * strength
        amount = fen(rate * policy.estates["area"][rows])
        policy.move("lever_offer", rows, amount)
        due = amount > 0
        paid = np.zeros(rows.size, bool)
        paid[due] = policy.pay_manager("district", rows[due], amount[due])
        months_paid[rows[paid]] += 1
        self._tell(policy, rows, amount, paid)

    def _tell(self, policy: Policy, rows: Rows, amount: np.ndarray, paid: np.ndarray) -> None:
        """Events for estates that begin or cease to receive it, with the amount of the
        first or the last month."""
        last = policy.array("last_amount", np.int64)
        began = paid & (last[rows] == 0)
        policy.events(rows[began], Event.SUBSIDY_STARTED, Cause.POLICY, amount[began] / FEN_PER_YUAN)
        ceased = ~paid & (last[rows] > 0)
        if ceased.any():
            managed = policy.managed(rows) | (policy.estates["mode"][rows] == SELF)
            no_money = ceased & (amount > 0)
            for cause, which in (
                (Cause.TAPER, ceased & (amount == 0)),
                (Cause.BUDGET, no_money & managed),
                (Cause.VACANCY, no_money & ~managed),
            ):
                policy.events(rows[which], Event.SUBSIDY_ENDED, cause, last[rows[which]] / FEN_PER_YUAN)
        last[rows] = np.where(paid, amount, 0)

    def stop(self, policy: Policy, rows: Rows) -> None:
        """Say for every estate that received it that it gets nothing more for now."""
        last = policy.array("last_amount", np.int64)
        rows = rows[last[rows] > 0]
        policy.events(rows, Event.SUBSIDY_ENDED, Cause.CONDITION, last[rows] / FEN_PER_YUAN)
        last[rows] = 0

    def withdraw(self, policy: Policy) -> None:
        """Say for every estate that still received it that it is over."""
        last = policy.array("last_amount", np.int64)
        rows = np.flatnonzero(last)
        cause = Cause.TAPER if self.withdrawal == "tapered" else Cause.POLICY
        policy.events(rows, Event.SUBSIDY_ENDED, cause, last[rows] / FEN_PER_YUAN)
