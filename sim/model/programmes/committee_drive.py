"""Committee drive (业委会组建攻坚): streets and party members mobilise votes to form owners' committees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class CommitteeDrive(Intervention, kind="committee_drive"):
    """Street staff start votes, bring owners to them and vet candidates; at the end of a term they help with
    renewal. Canvassing stirs up quarrels, and of the committees that it founds many are one in name."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_mobilisation",
        "lever_participation",
        "lever_vetting",
        "lever_hostility",
        "committees.activity",
    )
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S032", "P044", "P046", "P047", "P048", "T012", "N070b")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "street", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("attempts", "participation", "vetting", "cost", "staff", "in_name", "quarrels"),
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
    in_name: float = setting(0.7, 0, 1, "share", source="N070b")
    quarrels: float = setting(0.003, 0, 1, "per month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is no committee yet."""
        return np.asarray(policy.committees["exists"] == 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Mobilise the estates that need it and for which the street has hands and money."""
        committees = policy.committees
        self._found(policy, rows)
        needs = (committees["exists"][rows] == 0) | (committees["term_left"][rows] <= self.renewal_months)
        rows = rows[needs]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        policy.move("lever_mobilisation", rows, self.attempts * strength)
        policy.move("lever_participation", rows, self.participation * strength)
        policy.move("lever_vetting", rows, self.vetting * strength)
        policy.move("lever_hostility", rows, self.quarrels * strength)

    def _found(self, policy: Policy, rows: Rows) -> None:
        """Of the committees founded since last month a part does from the first what others do when they are
        tired."""
        committees, had = policy.committees, policy.array("had", bool)
        new = rows[(committees["exists"][rows] == 1) & ~had[rows]] if policy.elapsed > 0 else rows[:0]
        idle = new[policy.luck(new) < self.in_name]
        tired = np.minimum(committees["activity"][idle], policy.parameters["committee_activity_floor"])
        policy.assign("committees.activity", idle, tired)
        had[:] = committees["exists"] == 1
