"""Disclosure (阳光物业): the company posts price, standard, complaint route and what
became of the public revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class Disclosure(Intervention, kind="disclosure"):
    """Owners see what they pay for, who pays, and where the public revenue goes; so does everybody who
    watches the company. The street checks what is posted, and who pays quarrels with who does not."""

    levers: ClassVar[tuple[str, ...]] = ("lever_disclosure", "lever_complaint_channel", "lever_hostility")
    payers: ClassVar[tuple[str, ...]] = ("companies", "street")
    evidence: ClassVar[tuple[str, ...]] = ("T009", "T005", "T006", "T012", "P038", "P066")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("degree", "route", "cost", "staff", "checking", "quarrels"),
    )
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "street", "checking"),
    )

    degree: float = setting(
        0.8,
        0,
        1,
        "share",
    )
    route: float = setting(0.2, 0, 5, "relative")
    cost: float = setting(200, 0, 1e5, "yuan/month")
    staff: float = setting(0.02, 0, 100, "persons")
    checking: float = setting(100, 0, 1e5, "yuan/month")
    quarrels: float = setting(0.01, 0, 1, "per month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge."""
        return np.asarray(policy.estates["company"] >= 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Post, wherever there is still a company to do it and somebody who checks."""
        rows = rows[policy.managed(rows)]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.checking))]
        rows = rows[policy.spend("companies", rows, fen(self.cost))]
        policy.move("lever_disclosure", rows, self.degree * strength)
        policy.move("lever_complaint_channel", rows, self.route * strength)
        refuse = 1.0 - policy.estates["paid_share"][rows]
        policy.move("lever_hostility", rows, self.quarrels * strength * refuse)
