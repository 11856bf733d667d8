"""Committee drive (业委会组建攻坚): streets and party members mobilise votes to form owners' committees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class CommitteeDrive(Intervention, kind="committee_drive"):
    """Street staff start votes, bring owners to them and vet candidates; at the end of a
    term they help with renewal."""

    levers: ClassVar[tuple[str, ...]] = ("lever_mobilisation", "lever_participation", "lever_vetting")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S032", "P044", "P046", "P047", "P048", "T012")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "street", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("attempts", "participation", "vetting", "cost", "staff"),
    )

    attempts: float = setting(
        0.15,
        0,
        1,
        "per month",
    )
    participation: float = setting(0.25, 0, 1, "share")
    vetting: float = setting(0.3, 0, 1, "share")
    staff: float = setting(0.25, 0, 100, "persons")
    cost: float = setting(
        600,
        0,
        1e6,
        "yuan/month",
    )
    renewal_months: int = setting(3, 0, 48, "month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is no committee yet."""
        return np.asarray(policy.committees["exists"] == 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Mobilise the estates that need it and for which the street has hands and money."""
        committees = policy.committees
        needs = (committees["exists"][rows] == 0) | (committees["term_left"][rows] <= self.renewal_months)
        rows = rows[needs]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        policy.move("lever_mobilisation", rows, self.attempts * strength)
        policy.move("lever_participation", rows, self.participation * strength)
        policy.move("lever_vetting", rows, self.vetting * strength)
