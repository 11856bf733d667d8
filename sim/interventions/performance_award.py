"""Performance award (以奖代补): graded money that is paid only after an assessment of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.scores import collection_of
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.state.modes import SELF
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class PerformanceAward(Intervention, kind="performance_award"):
    """City and district pay managers of estates that score well in quality, collection and base condition."""

    label_en: ClassVar[str] = "performance award"
    label_zh: ClassVar[str] = "以奖代补"
    mechanism: ClassVar[Word] = Word(
        "定期按服务质量、收缴率和基础条件三项平均分评定等级，达标后才发放奖金，资金从高分到低分依次发放，用完为止。企业把人手调往有望达标的小区。",
        "Every few months estates are graded by the mean of service quality, collection and base condition, and only then is the "
        "award of the grade paid, best scores first, until the money is used up. Companies move staff to estates within reach of it.",
    )
    risk: ClassVar[Word] = Word(
        "挑肥拣瘦：奖金流向本来就好管的小区；企业从达标无望的小区抽调人手，最需要帮助的小区反而得不到。",
        "Cherry-picking: results are easiest to show where an estate is easy, so the money goes there; and companies with estates "
        "within reach take staff from those beyond it, which need help most.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_company_income", "lever_effort")
    payers: ClassVar[tuple[str, ...]] = ("city", "district")
    evidence: ClassVar[tuple[str, ...]] = ("S020", "S025", "T010", "T011")

    period: int = setting(6, 1, 60, "month", "months between assessments", "考核周期")
    high_score: float = setting(0.8, 0, 1, "share", "score from which the high award is paid", "高等次分数线")
    low_score: float = setting(0.7, 0, 1, "share", "score from which the low award is paid", "低等次分数线")
    high_award: float = setting(
        0.06, 0, 10, "yuan/m2/month", "high award, for every month assessed", "高等次奖励标准"
    )
    low_award: float = setting(
        0.03, 0, 10, "yuan/m2/month", "low award, for every month assessed", "低等次奖励标准"
    )
    city_share: float = setting(
        0.5, 0, 1, "share", "part that the city pays (the district pays the rest)", "市级出资比例"
    )
    reach: float = setting(
        0.1, 0, 1, "share", "how far below the low score an estate still seems within reach", "有望达标的分差"
    )
    effort: float = setting(
        0.04,
        0,
        0.5,
        "share of standard cost",
        "effort that companies add within reach",
        "有望达标小区增加的投入",
    )
    shifted: float = setting(
        0.5,
        0,
        1,
        "share",
        "part of that effort taken from the same company's other estates",
        "从其他小区抽调的比例",
    )

    def score(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Mean of quality, twelve-month collection and condition, in [0, 1]."""
        estates = policy.estates
        collection = collection_of(estates["billed_12"][rows], estates["collected_12"][rows])
        return np.asarray((estates["quality"][rows] + collection + estates["condition"][rows]) / 3.0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Let companies respond every month, and pay after every assessment."""
        rows = rows[policy.managed(rows) | (policy.estates["mode"][rows] == SELF)]
        score = self.score(policy, rows)
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
            amount[paid] / 100.0,
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
