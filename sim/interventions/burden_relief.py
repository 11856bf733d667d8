"""Burden relief (为企业减负): taxes, fees and wages of companies are borne in part by the state, officials serve as shop-boys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class BurdenRelief(Intervention, kind="burden_relief"):
    """A share of what service costs is taken off companies: by the state's money, and by officials who save them errands."""

    label_en: ClassVar[str] = "burden relief"
    label_zh: ClassVar[str] = "为企业减负"
    mechanism: ClassVar[Word] = Word(
        "减免税费、补贴用工，按企业实际服务支出的一定比例由上级财政承担；街道干部当“店小二”，替企业跑手续，再省一点成本。成本下降，同样的收入能买到更多服务，投标也更划算。",
        "Taxes and fees are waived and wages supported: the state bears a share of what service really costs. Street officials serve "
        "firms as shop-boys and save them errands. At lower cost the same income buys more service, and more tenders are worth a bid.",
    )
    risk: ClassVar[Word] = Word(
        "撒胡椒面：按支出减免，大而好的小区拿得多，它们本来就有足额服务，减免只变成利润；失管小区没有企业，一分也得不到；停止后成本立即回升。",
        "Spread thin: relief follows spending, so large sound estates get most, and where service was already at its full standard "
        "it becomes margin. Estates without a company get nothing. Once it stops, cost is back at once.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_company_cost",)
    payers: ClassVar[tuple[str, ...]] = ("state",)
    evidence: ClassVar[tuple[str, ...]] = ("P030", "P031", "P035", "P012")

    relief: float = setting(
        0.06,
        0,
        0.5,
        "share of cost",
        "part of the cost of service that the state bears",
        "财政承担的成本比例",
    )
    errands: float = setting(
        0.01,
        0,
        0.2,
        "share of cost",
        "part of the cost that shop-boy service saves",
        "“店小二”服务节省的成本比例",
    )
    staff: float = setting(
        0.05,
        0,
        100,
        "persons",
        "street staff that serving the firm of one estate takes",
        "每小区占用街道人手",
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge."""
        return np.asarray(policy.estates["company"] >= 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Relieve the estates that a company runs, by what their service cost last month."""
        relieved = policy.array("relieved")
        rows = rows[policy.managed(rows)]
        share = self.relief * strength
        # what service would have cost without last month's relief is what this month's is measured by
        cost = policy.estates["spending"][rows] / (1.0 - relieved[rows])
        paid = policy.spend("state", rows, fen(cost * share / 100.0))
        helped = (
            policy.claim_staff("street", rows, self.staff)
            if self.errands > 0.0
            else np.zeros(rows.size, bool)
        )
        relieved[:] = 0.0
        paid &= cost > 0.0  # nothing was spent last month, so there is nothing to relieve yet
        relieved[rows] = share * paid + self.errands * strength * helped
        policy.move("lever_company_cost", rows, relieved[rows])
