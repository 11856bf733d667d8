"""Graded projects (质价相符分级): projects are graded by what they give for their price, with
consequences for low grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.grades import value_for_price
from sim.model.state.modes import MARKET
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class GradedProjects(Intervention, kind="graded_projects"):
    """Low grades bring closer oversight, then a vote on a lower price, then a vote on another company."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_monitoring",
        "lever_price",
        "lever_dismissal",
        "lever_participation",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S050", "S051", "P047", "P050", "P066")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("oversight", "cut", "vote", "participation", "cost", "vote_cost", "staff"),
        ("low_line", "noise", "cost"),
    )

    period: int = setting(6, 1, 60, "month")
    low_line: float = setting(
        0.65,
        0,
        2,
        "share",
    )
    noise: float = setting(0.04, 0, 0.5, "share")
    least_promise: float = setting(0.05, 0.001, 1, "share")
    oversight: float = setting(0.15, 0, 1, "share")
    most_steps: int = setting(3, 1, 100, "grades")
    cut: float = setting(
        0.05,
        0,
        0.5,
        "share",
    )
    vote_after: int = setting(
        2,
        1,
        20,
        "grades",
    )
    vote: float = setting(0.9, 0, 0.99, "per grading")
    participation: float = setting(0.1, 0, 1, "share")
    staff: float = setting(0.05, 0, 100, "persons")
    cost: float = setting(1500, 0, 1e6, "yuan/project")
    vote_cost: float = setting(3, 0, 1e4, "yuan/household")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Inspect what has a low grade; grade when it is due."""
        run = rows[policy.estates["mode"][rows] == MARKET]
        low, graded = policy.array("low", np.int32), policy.array("company", np.int32)
        company = policy.estates["company"][run]
        low[run[graded[run] != company]] = 0  # a new company starts without a grade
        graded[run] = company
        watched = run[low[run] > 0]
        watched = watched[policy.claim_staff("street", watched, self.staff)]
        steps = np.minimum(low[watched], self.most_steps)
        policy.move("lever_monitoring", watched, self.oversight * strength * steps)
        if policy.due(self.period):
            self._grade(policy, run[policy.spend("district", run, fen(self.cost))], strength)

    def _grade(self, policy: Policy, run: Rows, strength: float) -> None:
        """Count low grades in a row, and put price or company to the vote."""
        low = policy.array("low", np.int32)
        value = value_for_price(policy.estates, run, self.least_promise) + self.noise * policy.noise(run)
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
