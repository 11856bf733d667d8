"""Graded projects (质价相符分级): projects are graded by what they give for their price, with consequences for low grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.grades import value_for_price
from sim.scenario import setting
from sim.state.modes import MARKET
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy

MOST_STEPS = 3  # oversight is not stepped up further after so many low grades in a row


class GradedProjects(Intervention, kind="graded_projects"):
    """Low grades bring closer oversight, then a vote on a lower price, then a vote on another company."""

    label_en: ClassVar[str] = "graded projects"
    label_zh: ClassVar[str] = "质价相符分级"
    mechanism: ClassVar[Word] = Word(
        "区里定期按“质价相符”给企业管理的项目评级：服务质量与足额收费应能买到的标准之比，有误差。评为低等的加强检查，连续低等逐级加码：第一次由业主表决降价，再次由业主表决重新选聘。检查占用街道人手。",
        "Every so often the district grades company-run projects by price for quality: service as a part of what the full fee would "
        "buy, with error. A low grade brings inspection, stepped up while it lasts: after the first owners vote on a lower price, "
        "after the next on another company. Inspection takes staff time of the street.",
    )
    risk: ClassVar[Word] = Word(
        "质量低往往是收费难的结果：降价使收入更少，服务更差；难管的小区解聘后无人投标，反而失管。",
        "Low quality is often what unpaid fees lead to: a lower price leaves still less to serve with, and where an estate is hard "
        "the dismissed company has no successor, so that it ends without a manager.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "lever_monitoring",
        "lever_price",
        "lever_dismissal",
        "lever_participation",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S050", "S051", "P047", "P050", "P066")

    period: int = setting(6, 1, 60, "month", "months between gradings", "评级周期")
    low_line: float = setting(
        0.65,
        0,
        2,
        "share",
        "service as a part of what the price promises, under which a grade is low",
        "低等线",
    )
    noise: float = setting(0.04, 0, 0.5, "share", "standard error of a project's grade", "评级误差")
    oversight: float = setting(
        0.15, 0, 1, "share", "inspection added for every low grade in a row (at most 3)", "每次低等增加的检查"
    )
    cut: float = setting(
        0.05,
        0,
        0.5,
        "share",
        "price cut put to the vote after the first low grade",
        "首次低等提交表决的降价幅度",
    )
    vote_after: int = setting(
        2,
        1,
        20,
        "grades",
        "low grades in a row from which owners vote on another company",
        "表决重新选聘所需连续低等次数",
    )
    vote: float = setting(
        0.9, 0, 0.99, "per grading", "chance that this vote is called", "启动重新选聘表决的概率"
    )
    participation: float = setting(
        0.1, 0, 1, "share", "participation that organising the vote adds", "组织表决增加的参与率"
    )
    staff: float = setting(
        0.05, 0, 100, "persons", "street staff that inspecting one estate takes", "每小区占用街道人手"
    )
    cost: float = setting(1500, 0, 1e6, "yuan/project", "cost of grading a project once", "每项目评级成本")
    vote_cost: float = setting(3, 0, 1e4, "yuan/household", "cost of organising a vote", "组织表决成本")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Inspect what has a low grade; grade when it is due."""
        run = rows[policy.estates["mode"][rows] == MARKET]
        low, graded = policy.array("low", np.int32), policy.array("company", np.int32)
        company = policy.estates["company"][run]
        low[run[graded[run] != company]] = 0  # a new company starts without a grade
        graded[run] = company
        watched = run[low[run] > 0]
        watched = watched[policy.claim_staff("street", watched, self.staff)]
        policy.move(
            "lever_monitoring", watched, self.oversight * strength * np.minimum(low[watched], MOST_STEPS)
        )
        if policy.due(self.period):
            self._grade(policy, run[policy.spend("district", run, fen(self.cost))], strength)

    def _grade(self, policy: Policy, run: Rows, strength: float) -> None:
        """Count low grades in a row, and put price or company to the vote."""
        low = policy.array("low", np.int32)
        value = value_for_price(policy.estates, run) + self.noise * policy.noise(run)
        low[run] = np.where(value < self.low_line, low[run] + 1, 0)
        steady = run[policy.estates["process"][run] == 0]
        # the month of waiting that is left ends before the vote; and there is one vote on price at a time
        price_free = (policy.committees["price_wait"][steady] <= 1) & (
            policy.estates["lever_price"][steady] == 0.0
        )
        first = (low[steady] == 1) & (self.vote_after > 1) & price_free & (self.cut > 0.0)
        self._put_to_vote(policy, steady[first], "lever_price", -self.cut * strength)
        self._put_to_vote(
            policy, steady[low[steady] >= self.vote_after], "lever_dismissal", self.vote * strength
        )

    def _put_to_vote(self, policy: Policy, rows: Rows, lever: str, amount: float) -> None:
        """Organise a vote where the district can pay for it."""
        rows = rows[policy.spend("district", rows, fen(self.vote_cost * policy.estates["households"][rows]))]
        policy.move(lever, rows, amount)
        policy.move("lever_participation", rows, self.participation)
