"""Four-tier linkage (四级联动): district, street, community and committee pass cases on and share what they know."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.casework import usual_cases
from sim.interventions.purse import divided
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class FourTierLinkage(Intervention, kind="four_tier_linkage"):
    """Everything else that government does gets quicker and takes fewer hands, at the price of time spent on meetings."""

    label_en: ClassVar[str] = "four-tier linkage"
    label_zh: ClassVar[str] = "四级联动"
    mechanism: ClassVar[Word] = Word(
        "区、街道、社区和业委会建立联动机制，案件一次流转到位，信息共享。其他各项措施从下月起时滞缩短、能覆盖的小区增多、每件事占用的人手减少，投诉办理少做重复功；没有业委会的小区少一级，效果打折。",
        "District, street, community and committee pass a case on once and share what they know. From the next month all other "
        "programmes have shorter lags, reach more estates and need fewer hands a case, and fewer complaints get lost. An estate without "
        "a committee lacks one tier and counts for less.",
    )
    risk: ClassVar[Word] = Word(
        "联动本身要占用街道和社区的人手：可联动的事情少、人手又紧的地方，会议挤掉了办事，其他措施反而推进更慢。",
        "Linking takes hands of streets and communities itself. Where there is little to link and hands are scarce, meetings crowd out "
        "work, and what else is under way gets on more slowly.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "policy.lag",
        "policy.capacity",
        "policy.staff",
        "lever_complaint_capacity",
    )
    payers: ClassVar[tuple[str, ...]] = ("district", "street", "community")
    evidence: ClassVar[tuple[str, ...]] = ("S004", "S041")

    lag_saved: float = setting(
        0.3,
        0,
        1,
        "share",
        "part of every programme's lag that falls away in a fully linked city",
        "缩短的时滞",
    )
    capacity_gained: float = setting(
        0.3, 0, 10, "relative", "rise of every programme's capacity in a fully linked city", "扩大的覆盖能力"
    )
    staff_saved: float = setting(
        0.2, 0, 1, "share", "staff time of every case saved in a fully linked city", "节省的人手"
    )
    cases_saved: float = setting(
        0.2, 0, 5, "relative", "complaints solved in addition because fewer get lost", "少丢失的投诉"
    )
    without_committee: float = setting(
        0.6, 0, 1, "share", "what linking achieves in an estate that has no committee", "没有业委会时的成效"
    )
    street_staff: float = setting(
        0.02, 0, 10, "persons", "street staff that linking one estate takes", "每小区占用街道人手"
    )
    community_staff: float = setting(
        0.02, 0, 10, "persons", "community staff that linking one estate takes", "每小区占用社区人手"
    )
    cost: float = setting(
        50, 0, 1e5, "yuan/month", "cost of linking one estate, shared by the tiers", "每小区每月成本"
    )
    district_share: float = setting(
        0.5,
        0,
        1,
        "share",
        "part that the district pays (street and community halve the rest)",
        "区级出资比例",
    )

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Link the estates for which all tiers have hands and money, and ease everybody's work next month."""
        rows = rows[policy.claim_staff("street", rows, self.street_staff)]
        rows = rows[policy.claim_staff("community", rows, self.community_staff)]
        rest = (1.0 - self.district_share) / 2
        shares = {"street": rest, "community": rest, "district": self.district_share}
        cost = np.full(rows.size, fen(self.cost))
        rows = rows[policy.spend_together(divided(cost, shares), rows)]
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
