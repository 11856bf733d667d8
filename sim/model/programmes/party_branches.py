"""Party branches (行业党支部): branches in firms and committees coordinate and inspect."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.scores import whole_share
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class PartyBranches(Intervention, kind="party_branches"):
    """A branch in every firm, its own in the largest and shared ones in the others;
    members in the committees."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_effort",
        "lever_monitoring",
        "lever_oversight",
        "policy.staff",
    )
    eases_staff: ClassVar[str] = "saved"
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S047", "S048")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("effort", "spread", "inspection", "duties", "saved", "cost"),
    )

    own_share: float = setting(
        0.13,
        0,
        1,
        "share",
        source="S047",
    )
    functional_share: float = setting(
        0.27,
        0,
        1,
        "share",
        source="S047",
    )
    functional: float = setting(0.6, 0, 1, "share")
    joint: float = setting(0.3, 0, 1, "share")
    effort: float = setting(
        0.01,
        -0.2,
        0.2,
        "share of standard cost",
    )
    spread: float = setting(0.02, 0, 0.2, "share of standard cost")
    inspection: float = setting(0.05, 0, 1, "share")
    duties: float = setting(0.1, 0, 1, "share")
    saved: float = setting(
        0.03,
        0,
        1,
        "share",
    )
    cost: float = setting(150, 0, 1e6, "yuan/project/month")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """What the branches of the firms that run these estates do this month."""
        run = rows[policy.managed(rows)]
        run = run[policy.spend("district", run, fen(self.cost))]
        if run.size == 0:
            return
        company = policy.estates["company"][run]
        depth = self._depth(policy)[company] * strength
        policy.move("lever_effort", run, self._worth(policy, company)[company] * depth)
        policy.move("lever_monitoring", run, self.inspection * depth)
        policy.move("lever_oversight", run[policy.committees["exists"][run] == 1], self.duties * strength)
        policy.grant_relief("policy.staff", self.saved * strength * run.size / policy.estates.size)

    def _depth(self, policy: Policy) -> np.ndarray:
        """How much the branch of each firm does: largest firms have their own."""
        firms = policy.companies
        active = np.flatnonzero(firms["active"] == 1)
        ranked = active[np.argsort(-firms["estates"][active], kind="stable")]
        own = whole_share(self.own_share, ranked.size)
        depth = np.full(firms.size, self.joint)
        depth[ranked[own : own + whole_share(self.functional_share, ranked.size)]] = self.functional
        depth[ranked[:own]] = 1.0
        return depth

    def _worth(self, policy: Policy, company: np.ndarray) -> np.ndarray:
        """The effort that an own branch adds in each firm: drawn once, when its branch is founded."""
        size = policy.companies.size
        worth, founded = policy.array("worth", size=size), policy.array("founded", bool, size)
        new = np.unique(company[~founded[company]])
        worth[new] = self.effort + self.spread * policy.noise_at(new)
        founded[new] = True
        return worth
