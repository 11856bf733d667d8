"""Coverage drive (全覆盖攻坚): staged targets for streets, with a ranking and an assessment of
cadres at every deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.programmes.consolidation import rank_in_group
from sim.model.state.events import Cause, Event
from sim.model.state.modes import NONE, SELF, managed
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

LEVELS = (
    "nominal",
    "charging",
    "professional",
)  # columns of the coverage ladder: primary, intermediate, advanced


class CoverageDrive(Intervention, kind="coverage_drive"):
    """Streets work through the estates that are not covered yet, until the deadline; what
    they lack then, some report."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_cleaning",
        "lever_retry",
        "lever_tender",
        "lever_self_management",
        "lever_monitoring",
        "lever_on_paper",
        "government.reported_nominal",
        "policy.capacity",
    )
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = (
        "S001",
        "S010",
        "S014",
        "S015",
        "S016",
        "S022",
        "S023",
        "S024",
        "S025",
    )
    work_needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "street", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("primary", "intermediate", "advanced"),)

    primary: int = setting(
        3,
        0,
        240,
        "month",
        source="S022",
    )
    intermediate: int = setting(
        9,
        0,
        240,
        "month",
        source="S023",
    )
    advanced: int = setting(15, 0, 240, "month", source="S024")
    target: float = setting(1.0, 0, 1, "share", source="S001")
    exaggeration: float = setting(
        0.5,
        0,
        1,
        "share",
    )
    checked: float = setting(0.3, 0, 1, "share")
    wait: int = setting(3, 1, 60, "month")
    visitors: int = setting(4, 0, 100, "companies")
    support: float = setting(0.08, 0, 1, "share")
    inspection: float = setting(0.2, 0, 1, "share")
    speed: float = setting(0.25, 0, 5, "relative")
    cost: float = setting(
        300,
        0,
        1e6,
        "yuan/month",
    )
    staff: float = setting(0.25, 0, 100, "persons")
    order: Literal["worst_first", "easiest_first", "random"] = setting("easiest_first", None, None, "")

    def levels(self, elapsed: int) -> tuple[list[str], int]:
        """The targets of the next deadline in the `elapsed`-th month of the drive, and that
        deadline; none and 0 after the last."""
        deadlines = (self.primary, self.intermediate, self.advanced)
        due = min((deadline for deadline in deadlines if deadline >= elapsed), default=0)
        return [
            level for level, deadline in zip(LEVELS, deadlines, strict=True) if deadline == due and due > 0
        ], due

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Work toward the next deadline, and report when it has come."""
        paper = policy.array("paper", bool)
        elapsed = policy.elapsed + 1
        levels, due = self.levels(elapsed)
        if levels and rows.size:
            policy.grant_relief("policy.capacity", self.speed * strength)
            self._work(policy, rows[~paper[rows]], levels, strength)
            if elapsed == due and strength >= 1.0:
                self._report(policy, rows, levels[-1], paper)
        policy.move("lever_on_paper", policy.at_work(np.flatnonzero(paper)), 1.0)

    def _work(self, policy: Policy, rows: Rows, levels: list[str], strength: float) -> None:
        """What street staff do this month, estate by estate, as long as there are hands and money."""
        estates = policy.estates
        mode = estates["mode"][rows]
        unmanaged = mode == NONE
        alone = ~managed(mode) | ((mode == SELF) & ("professional" in levels))
        bad = (estates["company"][rows] >= 0) & (policy.seen("professional")[rows] == 0)
        tender, clean, inspect = (
            alone & (levels != ["nominal"]),
            unmanaged & ("nominal" in levels),
            bad & ("professional" in levels),
        )
        todo = tender | clean | inspect
        rows, tender, clean, inspect = rows[todo], tender[todo], clean[todo], inspect[todo]
        met = policy.claim_staff("street", rows, self.staff)
        met[met] = policy.spend("street", rows[met], fen(self.cost))
        policy.move("lever_cleaning", rows[met & clean], 1.0)
        tendered = rows[met & tender]
        policy.move("lever_retry", tendered, max(0.0, policy.parameters["market_retry"] - self.wait))
        policy.move("lever_tender", tendered, float(np.rint(self.visitors * strength)))
        policy.move("lever_self_management", tendered, self.support * strength)
        policy.move("lever_monitoring", rows[met & inspect], self.inspection * strength)

    def _report(self, policy: Policy, rows: Rows, level: str, paper: np.ndarray) -> None:
        """Every street reports what is covered, and some of what is not: the
        estates that seem nearest to it."""
        size = policy.government.size
        street = policy.estates["street"][rows]
        covered = policy.estates[level][rows] == 1
        total = np.bincount(street, minlength=size)
        true = np.bincount(street[covered], minlength=size)
        missing = np.maximum(0.0, np.ceil(self.target * total - 1e-9) - true)
        invented = np.floor(self.exaggeration * (1.0 - self.checked) * missing + 0.5)
        lacking = rows[~covered]
        paper[:] = False
        paper[lacking[rank_in_group(street[~covered]) < invented[street[~covered]]]] = True
        reported = true + np.bincount(street[paper[rows]], minlength=size)
        streets = np.flatnonzero(total)
        policy.assign("government.reported_nominal", streets, reported[streets] / total[streets])
        policy.event(-1, Event.COVERAGE_REPORTED, Cause.RANKING, float(reported.sum() / rows.size))
