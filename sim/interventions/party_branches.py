"""Party branches (行业党支部): branches in firms and committees coordinate and inspect."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.scores import whole_share
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class PartyBranches(Intervention, kind="party_branches"):
    """A branch in every firm, its own in the largest and shared ones in the others; members in the committees."""

    label_en: ClassVar[str] = "party branches"
    label_zh: ClassVar[str] = "行业党支部"
    mechanism: ClassVar[Word] = Word(
        "区里在物业企业建立党支部：大企业单独建，其余建功能性或联合支部，作用依次减弱。支部组织检查，党员进业委会督促履职，企业与街道协调顺畅，各项工作省些人手。",
        "The district sets up branches in firms: the largest have their own, others a functional or a joint one, which does less. "
        "Branches inspect, members keep committees to their duties, and firms and streets work together, which saves staff time.",
    )
    risk: ClassVar[Word] = Word(
        "直接作用小而不确定：在有的企业带动投入，在有的企业活动占去人手，投入反而减少；经费照付。",
        "The direct effect is small and uncertain: in some firms a branch moves people to do more, in others meetings take the time "
        "of those who serve, and effort falls; the money is spent either way.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "lever_effort",
        "lever_monitoring",
        "lever_oversight",
        "policy.staff",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S047", "S048")

    own_share: float = setting(
        0.13,
        0,
        1,
        "share",
        "part of the firms with a branch of their own (4 of 30)",
        "单独建支部的企业比例",
        "S047",
    )
    functional_share: float = setting(
        0.27,
        0,
        1,
        "share",
        "part with a functional branch (8 of 30); the rest share one",
        "建功能性支部的企业比例",
        "S047",
    )
    functional: float = setting(
        0.6, 0, 1, "share", "what a functional branch does of what an own one does", "功能性支部的相对作用"
    )
    joint: float = setting(
        0.3, 0, 1, "share", "what a joint branch does of what an own one does", "联合支部的相对作用"
    )
    effort: float = setting(
        0.01,
        -0.2,
        0.2,
        "share of standard cost",
        "effort that an own branch adds on average",
        "单独支部带来的平均投入",
    )
    spread: float = setting(
        0.02, 0, 0.2, "share of standard cost", "how far that differs between firms", "企业间差异"
    )
    inspection: float = setting(
        0.05, 0, 1, "share", "inspection that an own branch adds", "支部检查带来的监督"
    )
    duties: float = setting(
        0.1, 0, 1, "share", "oversight of committees by their members", "党员督促业委会的强度"
    )
    saved: float = setting(
        0.03,
        0,
        1,
        "share",
        "staff time of all programmes that is saved if every estate is covered",
        "全覆盖时节省的人手",
    )
    cost: float = setting(
        150, 0, 1e6, "yuan/project/month", "what a branch costs for one project", "每项目每月支部经费"
    )

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
        worth[new] = self.effort + self.spread * policy.noise(new)
        founded[new] = True
        return worth
