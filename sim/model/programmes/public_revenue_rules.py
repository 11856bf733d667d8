"""Public revenue rules (公共收益管理规范): guided rules on who may take public revenue
and where the rest goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.month.service import company_part
from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class PublicRevenueRules(Intervention, kind="public_revenue_rules"):
    """Separate accounts and guided use: less leaks, and part of the company's share
    stays in the estate's fund."""

    levers: ClassVar[tuple[str, ...]] = ("lever_leak", "lever_company_revenue")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("P037", "P038", "P039", "P040", "S050")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "staff"),
        Need("money", "street", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("leak_stopped", "kept", "staff", "cost"),)

    leak_stopped: float = setting(0.3, 0, 1, "share", source="Q065")
    kept: float = setting(0.3, 0, 1, "share")
    staff: float = setting(0.03, 0, 10, "persons")
    cost: float = setting(100, 0, 1e5, "yuan/month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is public revenue."""
        return np.asarray(policy.estates["public_revenue"] > 0.0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """The rules hold where the street has hands and money to see to them."""
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        policy.move("lever_leak", rows, self.leak_stopped * strength)
        p, strong = policy.parameters, policy.committees["strength"][rows]
        usual = company_part(p["revenue_company_share"], p["revenue_committee_claim"], strong)
        policy.move("lever_company_revenue", rows, -self.kept * strength * usual)
