"""Public revenue rules (公共收益管理规范): guided rules on who may take public revenue and where the rest goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class PublicRevenueRules(Intervention, kind="public_revenue_rules"):
    """Separate accounts and guided use: less leaks, and part of the company's share stays in the estate's fund."""

    label_en: ClassVar[str] = "public revenue rules"
    label_zh: ClassVar[str] = "公共收益管理规范"
    mechanism: ClassVar[Word] = Word(
        "街道指导公共收益单独列账、定期公布、规范使用。流失减少，企业分成的一部分改留小区公共收益账户，有业委会的小区可用于维修。",
        "The street guides separate accounts, publication and use. Less leaks, and part of what the company used to take stays in the "
        "estate's fund, from which a committee can have things repaired.",
    )
    risk: ClassVar[Word] = Word(
        "不少企业靠停车和广告收入补物业费的缺口，这部分被收走，收费不足的小区服务下降；没有业委会的小区，钱留在账上没有人动用。",
        "Many a company closes the gap in its fees with parking and advertising. Where that is taken away service falls; and where there "
        "is no committee the money lies in the fund and nobody spends it.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_leak", "lever_company_revenue")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("P037", "P038", "P039", "P040", "S050")

    leak_stopped: float = setting(
        0.6, 0, 1, "share", "leak of public revenue that the rules stop", "堵住的收益流失"
    )
    kept: float = setting(
        0.3, 0, 1, "share", "part of the company's share that stays in the fund", "企业分成改留小区的比例"
    )
    staff: float = setting(
        0.03, 0, 10, "persons", "street staff that guiding one estate takes in a month", "每小区占用街道人手"
    )
    cost: float = setting(
        100, 0, 1e5, "yuan/month", "what guiding one estate costs the street in a month", "每小区每月指导经费"
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is public revenue."""
        return np.asarray(policy.estates["public_revenue"] > 0.0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """The rules hold where the street has hands and money to see to them."""
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        policy.move("lever_leak", rows, self.leak_stopped * strength)
        p, strong = policy.parameters, policy.committees["strength"][rows]
        usual = p["revenue_company_share"] * (1.0 - p["revenue_committee_claim"] * strong)
        policy.move("lever_company_revenue", rows, -self.kept * strength * usual)
