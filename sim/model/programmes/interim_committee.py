"""Interim committee (物业管理委员会): where owners have no assembly, the street forms a body that
calls and collects votes until they elect their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class InterimCommittee(Intervention, kind="interim_committee"):
    """It needs no quorum, watches the company a little, may neither sign nor set a price, and lapses after
    its term."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_mobilisation",
        "lever_participation",
        "lever_monitoring",
        "lever_leak",
    )
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("N049c", "N068a", "N068b", "N072b", "P047", "I036")
    needs: ClassVar[tuple[Need, ...]] = (Need("staff", "street", "forming"),)
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("attempts", "participation", "watching", "forming", "staff", "cost"),
    )

    term: int = setting(36, 1, 240, "month")
    pause: int = setting(24, 0, 240, "month")
    forming: float = setting(1.0, 0, 100, "persons")
    staff: float = setting(0.05, 0, 100, "persons")
    cost: float = setting(17, 0, 1e4, "yuan/household/year")
    attempts: float = setting(0.06, 0, 1, "per month")
    participation: float = setting(0.15, 0, 1, "share")
    watching: float = setting(0.1, 0, 1, "share")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where owners have no committee."""
        return np.asarray(policy.committees["exists"] == 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Form them where the street has hands, and let those that are there work until they lapse or owners
        have elected."""
        left, free_from = policy.array("left", np.int64), policy.array("free_from", np.int64)
        elected = policy.committees["exists"] == 1
        left[elected] = 0
        over = left == 1
        left[left > 0] -= 1
        free_from[over] = policy.month + self.pause
        if strength >= 1.0:
            wanting = rows[(left[rows] == 0) & ~elected[rows] & (free_from[rows] <= policy.month)]
            left[wanting[policy.claim_staff("street", wanting, self.forming)]] = self.term
        there = rows[left[rows] > 0]
        there = there[policy.claim_staff("street", there, self.staff)]
        yearly = fen(self.cost * policy.estates["households"][there])
        there = there[policy.spend("street", there, yearly // MONTHS_PER_YEAR)]
        policy.move("lever_mobilisation", there, self.attempts * strength)
        policy.move("lever_participation", there, self.participation * strength)
        policy.move("lever_monitoring", there, self.watching * strength)
        policy.move("lever_leak", there, self.watching * strength)

    def stop(self, policy: Policy, rows: Rows) -> None:
        """Its members go home; when it goes on, the street forms it anew."""
        policy.array("left", np.int64)[rows] = 0
