"""Performance award (以奖代补): graded money that is paid only after an assessment of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.scores import collection_of
from sim.model.state.events import Cause, Event
from sim.model.state.modes import SELF
from sim.scenario import setting
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class PerformanceAward(Intervention, kind="performance_award"):
    """City and district pay managers of estates that score well in quality, collection and base condition."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_company_income",
        "lever_effort",
        "lever_assessed_collection",
        "lever_assessed_service",
    )
    payers: ClassVar[tuple[str, ...]] = ("city", "district")
    evidence: ClassVar[tuple[str, ...]] = ("S020", "S025", "T010", "T011")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("high_award", "low_award", "effort"),)

    period: int = setting(6, 1, 60, "month")
    high_score: float = setting(0.8, 0, 1, "share")
    low_score: float = setting(0.7, 0, 1, "share")
    high_award: float = setting(0.2, 0, 10, "yuan/m2/month", source="N053")
    low_award: float = setting(0.1, 0, 10, "yuan/m2/month")
    city_share: float = setting(0.5, 0, 1, "share")
    reach: float = setting(0.1, 0, 1, "share")
    effort: float = setting(
        0.04,
        0,
        0.5,
        "share of standard cost",
    )
    shifted: float = setting(
        0.5,
        0,
        1,
        "share",
    )

    def score(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Mean of quality, twelve-month collection and condition, in [0, 1], as they are reported."""
        collection = collection_of(policy.seen("billed_12")[rows], policy.seen("collected_12")[rows])
        return np.asarray((policy.seen("quality")[rows] + collection + policy.seen("condition")[rows]) / 3.0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Let companies respond every month, and pay after every assessment."""
        rows = rows[policy.managed(rows) | (policy.estates["mode"][rows] == SELF)]
        score = self.score(policy, rows)
        if not self.idle_settings():  # nobody flatters what nothing is paid for
            policy.move("lever_assessed_collection", rows, strength)
            policy.move("lever_assessed_service", rows, strength)
        self._respond(policy, rows, score, strength)
        if policy.due(self.period):
            self._pay(policy, rows, score, strength)

    def _pay(self, policy: Policy, rows: Rows, score: np.ndarray, strength: float) -> None:
        """Best scores first, as long as city and district have money."""
        best = np.argsort(-score, kind="stable")
        best = best[score[best] >= min(self.low_score, self.high_score)]
        rows, score = rows[best], score[best]
        rate = np.where(score >= self.high_score, self.high_award, self.low_award)
        amount = fen(rate * (self.period * strength) * policy.estates["area"][rows])
        shares = {"city": self.city_share, "district": 1.0 - self.city_share}
        paid = policy.pay_manager(shares, rows, amount)
        policy.events(
            rows[paid],
            Event.AWARD_PAID,
            Cause.QUALITY,
            amount[paid] / FEN_PER_YUAN,
            policy.estates["company"][rows[paid]],
        )

    def _respond(self, policy: Policy, rows: Rows, score: np.ndarray, strength: float) -> None:
        """Companies add effort within reach of an award, part of it taken from their estates beyond it."""
        run = policy.managed(rows)
        rows, near = rows[run], score[run] >= self.low_score - self.reach
        company = policy.estates["company"][rows]
        size = policy.companies.size
        close = np.bincount(company[near], minlength=size)
        far = np.bincount(company[~near], minlength=size)
        taken = self.shifted * np.minimum(1.0, close / np.maximum(1, far))
        change = np.where(near, self.effort, -self.effort * taken[company])
        policy.move("lever_effort", rows, change * strength)
