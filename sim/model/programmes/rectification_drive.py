"""Rectification drive (专项整治): departments inspect together and clear listed
problems, with full force at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.events import Cause, Event
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class RectificationDrive(Intervention, kind="rectification_drive"):
    """Some months of joint inspection in each estate; their force falls from the first month to the last."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_complaint_capacity",
        "lever_cases_district",
        "lever_leak",
        "lever_monitoring",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S041", "S042", "S043")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "district", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("cleared", "audit", "inspection", "staff", "cost"),
    )

    months: int = setting(6, 1, 120, "month")
    cleared: float = setting(0.4, 0, 1, "share")
    audit: float = setting(0.3, 0, 1, "share", source="Q065")
    inspection: float = setting(0.3, 0, 1, "share")
    again: int = setting(
        0,
        0,
        240,
        "month",
    )
    staff: float = setting(0.2, 0, 100, "persons")
    cost: float = setting(
        3000,
        0,
        1e6,
        "yuan/month",
    )

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Inspect the estates whose drive is running, if the street has hands and the departments money."""
        begun = policy.array("begun", np.int32)
        if self.again > 0:
            begun[policy.month - begun >= max(self.again, self.months)] = 0
        waiting = rows[begun[rows] == 0]
        running = rows[(begun[rows] > 0) & (policy.month - begun[rows] < self.months)]
        rows = np.concatenate((running, waiting))  # what was begun is finished first
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("district", rows, fen(self.cost))]
        begun[rows] = np.where(begun[rows] == 0, policy.month, begun[rows])
        since = policy.month - begun[rows]
        self._inspect(policy, rows, (1.0 - since / self.months) * strength)

    def _inspect(self, policy: Policy, rows: Rows, force: np.ndarray) -> None:
        """One month with this force, 1 at the start of a drive."""
        waiting = policy.estates["complaints_open"][rows]
        policy.move("lever_complaint_capacity", rows, self.cleared * force * waiting)
        policy.move("lever_cases_district", rows, self.cleared * force * waiting)
        policy.move("lever_leak", rows, self.audit * force)
        policy.move("lever_monitoring", rows, self.inspection * force)
        solved = np.rint(self.cleared * force * waiting)
        policy.events(rows[solved > 0], Event.PROBLEM_SOLVED, Cause.POLICY, solved[solved > 0])
