"""Disclosure (阳光物业): the company posts price, standard, complaint route and what became of the public revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class Disclosure(Intervention, kind="disclosure"):
    """Owners see what they pay for, who pays, and where the public revenue goes; so does everybody who watches the company."""

    label_en: ClassVar[str] = "disclosure"
    label_zh: ClassVar[str] = "阳光物业（信息公开）"
    mechanism: ClassVar[Word] = Word(
        "物业企业在小区公示价格、服务标准、投诉渠道、缴费情况和公共收益。监督增强，公共收益流失减少，信任逐步建立；业主看到的是小区真实的缴费比例，而不再凭印象估计。",
        "The company posts price, standard, complaint route, payment and public revenue in the estate. It is watched more closely, "
        "less public revenue leaks, and trust builds up slowly; owners see what share of their neighbours really pays, instead of guessing.",
    )
    risk: ClassVar[Word] = Word(
        "暴露低缴费：多数人拒缴的小区，公示让业主发现缴费的邻居比想象的少，缴费率先下降，信任要过很久才补得回来。",
        "Exposure: where most refuse, the notice shows that fewer neighbours pay than owners had assumed. Payment falls at once, "
        "while the trust that could make up for it takes long to build.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_disclosure", "lever_complaint_channel")
    payers: ClassVar[tuple[str, ...]] = ("companies",)
    evidence: ClassVar[tuple[str, ...]] = ("T009", "T005", "T006", "T012", "P038", "P066")

    degree: float = setting(
        0.8,
        0,
        1,
        "share",
        "how much of price, standard, payment and public revenue is made visible",
        "公开程度",
    )
    route: float = setting(
        0.2, 0, 5, "relative", "rise of complaining because the route is known", "公示渠道增加的投诉"
    )
    cost: float = setting(
        200, 0, 1e5, "yuan/month", "what posting costs the company in one estate", "每小区每月公示成本"
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge."""
        return np.asarray(policy.estates["company"] >= 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Post, wherever there is still a company to do it."""
        rows = rows[policy.managed(rows)]
        rows = rows[policy.spend("companies", rows, fen(self.cost))]
        policy.move("lever_disclosure", rows, self.degree * strength)
        policy.move("lever_complaint_channel", rows, self.route * strength)
