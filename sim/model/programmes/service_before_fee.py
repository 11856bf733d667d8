"""Service before a fee (先服务后收费): a company that takes an estate over serves it for some months
without a bill, at public cost, and owners then agree to a fee or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.modes import FREE
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class ServiceBeforeFee(Intervention, kind="service_before_fee"):
    """The district pays for the first months after a takeover; the vote on the fee comes when owners have
    seen the service."""

    levers: ClassVar[tuple[str, ...]] = (
        "estates.billing",
        "estates.charge_wait",
        "lever_company_income",
        "lever_participation",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("N086a", "N086b", "N086c", "N044a", "N085d")
    mechanisms: ClassVar[tuple[str, ...]] = ("charging",)
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("months",),)

    months: int = setting(3, 0, 24, "month", source="N086a")
    pay: float = setting(0.6, 0, 50, "yuan/m2/month")
    participation: float = setting(0.15, 0, 1, "share")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Notice who has come, pay for the free months, and help with the vote at their end."""
        estates, company = policy.estates, policy.estates["company"].astype(np.int64)
        before, until = policy.array("before", np.int64), policy.array("until", np.int64)
        known = policy.elapsed > 0  # who is there in the first month has not come
        asked = rows[(until[rows] == policy.month) & (estates["billing"][rows] == FREE)]
        policy.move("lever_participation", asked, self.participation * strength)
        came = rows[(company[rows] >= 0) & (before[rows] != company[rows] + 1)] if known else rows[:0]
        if strength >= 1.0:
            until[came] = policy.month + self.months
        before[:] = company + 1
        free = rows[(until[rows] > policy.month) & (company[rows] >= 0)]
        free = free[policy.pay_manager("district", free, fen(self.pay * estates["area"][free]))]
        policy.assign("estates.billing", free, FREE)
        policy.assign("estates.charge_wait", free, (until[free] - policy.month).astype(np.int32))
