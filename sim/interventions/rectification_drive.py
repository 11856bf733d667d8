"""Rectification drive (专项整治): departments inspect together and clear listed problems, with full force at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class RectificationDrive(Intervention, kind="rectification_drive"):
    """Some months of joint inspection in each estate; their force falls from the first month to the last."""

    label_en: ClassVar[str] = "rectification drive"
    label_zh: ClassVar[str] = "物业专项整治"
    mechanism: ClassVar[Word] = Word(
        "多部门带着问题清单联合检查：集中办结积压投诉，核查公共收益，检查期间企业不敢松懈。力度从第一个月起逐月减弱，到期收队。",
        "Departments inspect together with a list of problems: the stock of complaints is cleared, public revenue is audited, and the "
        "company is watched. Their force falls month by month, and then the teams move on.",
    )
    risk: ClassVar[Word] = Word(
        "一阵风：积压的原因没有变，检查一收，投诉重新积压，公共收益照旧流失。",
        "A burst that fades: what made the backlog is still there. Once inspectors are gone complaints pile up again, and public "
        "revenue leaks as before.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_complaint_capacity", "lever_leak", "lever_monitoring")
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S041", "S042", "S043")

    months: int = setting(6, 1, 120, "month", "how long the drive lasts in an estate", "每小区整治月数")
    cleared: float = setting(
        0.4, 0, 1, "share", "open complaints cleared in the first month", "首月办结积压比例"
    )
    audit: float = setting(
        0.6, 0, 1, "share", "leak of public revenue stopped in the first month", "首月堵住的收益流失"
    )
    inspection: float = setting(
        0.3, 0, 1, "share", "monitoring of the company added in the first month", "首月增加的监督"
    )
    again: int = setting(
        0,
        0,
        240,
        "month",
        "months from one drive to the next in the same estate (0: one only)",
        "再次整治间隔",
    )
    staff: float = setting(
        0.2, 0, 100, "persons", "street staff that one estate takes in a month", "每小区占用街道人手"
    )
    cost: float = setting(
        3000,
        0,
        1e6,
        "yuan/month",
        "what the departments spend on one estate in a month",
        "每小区每月部门经费",
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
        policy.move("lever_leak", rows, self.audit * force)
        policy.move("lever_monitoring", rows, self.inspection * force)
        solved = np.rint(self.cleared * force * waiting)
        policy.events(rows[solved > 0], Event.PROBLEM_SOLVED, Cause.POLICY, solved[solved > 0])
