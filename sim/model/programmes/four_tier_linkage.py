"""Four-tier linkage (四级联动): district, street, community and committee pass cases on
and share what they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.programmes.casework import usual_cases
from sim.model.programmes.purse import divided
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class FourTierLinkage(Intervention, kind="four_tier_linkage"):
    """Everything else that government does gets quicker and takes fewer hands, at the price
    of time spent on meetings."""

    levers: ClassVar[tuple[str, ...]] = (
        "policy.lag",
        "policy.capacity",
        "policy.staff",
        "lever_complaint_capacity",
    )
    eases_staff: ClassVar[str] = "staff_saved"
    payers: ClassVar[tuple[str, ...]] = ("district", "street", "community")
    evidence: ClassVar[tuple[str, ...]] = ("S004", "S041")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "street", "street_staff"),
        Need("staff", "community", "community_staff"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        (
            "lag_saved",
            "capacity_gained",
            "staff_saved",
            "cases_saved",
            "cost",
            "street_staff",
            "community_staff",
        ),
    )

    lag_saved: float = setting(
        0.3,
        0,
        1,
        "share",
    )
    capacity_gained: float = setting(0.3, 0, 10, "relative")
    staff_saved: float = setting(0.2, 0, 1, "share")
    cases_saved: float = setting(0.2, 0, 5, "relative")
    without_committee: float = setting(0.6, 0, 1, "share")
    street_staff: float = setting(0.02, 0, 10, "persons")
    community_staff: float = setting(0.02, 0, 10, "persons")
    cost: float = setting(50, 0, 1e5, "yuan/month")
    district_share: float = setting(
        0.5,
        0,
        1,
        "share",
    )

    def paid_together(self) -> frozenset[str]:
        """Whose part of an estate's cost comes to a fen."""
        parts = divided(np.array([fen(self.cost)]), self._shares())
        return frozenset(payer for payer, part in parts.items() if part[0] > 0)

    def _shares(self) -> dict[str, float]:
        """Street and community each pay half of what the district does not."""
        rest = (1.0 - self.district_share) / 2
        return {"street": rest, "community": rest, "district": self.district_share}

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Link the estates for which all tiers have hands and money, and ease everybody's work next month."""
        rows = rows[policy.claim_staff("street", rows, self.street_staff)]
        rows = rows[policy.claim_staff("community", rows, self.community_staff)]
        cost = np.full(rows.size, fen(self.cost))
        rows = rows[policy.spend_together(divided(cost, self._shares()), rows)]
        committee = policy.committees["exists"][rows] == 1
        policy.move(
            "lever_complaint_capacity",
            rows,
            self.cases_saved
            * strength
            * np.where(committee, 1.0, self.without_committee)
            * usual_cases(policy, rows),
        )
        with_committee = int(committee.sum())
        linked = (
            (with_committee + self.without_committee * (rows.size - with_committee))
            / policy.estates.size
            * strength
        )
        policy.grant_relief("policy.lag", self.lag_saved * linked)
        policy.grant_relief("policy.capacity", self.capacity_gained * linked)
        policy.grant_relief("policy.staff", self.staff_saved * linked)
