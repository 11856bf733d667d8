"""Fee adjustment (质价挂钩调价): owners vote on a higher or a lower price, tied to the grade of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.grades import value_for_price
from sim.interventions.purse import divided
from sim.scenario import setting
from sim.state.modes import MARKET
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class FeeAdjustment(Intervention, kind="fee_adjustment"):
    """A rise is put to the vote where good service does not earn its cost, a cut where service is not worth its price."""

    label_en: ClassVar[str] = "fee adjustment"
    label_zh: ClassVar[str] = "质价挂钩调价"
    mechanism: ClassVar[Word] = Word(
        "定期比较服务与价格：服务对得起价格而企业亏损的，提请业主表决涨价；服务对不起价格的，提请表决降价。表决由企业和业主共同出资组织，须达到法定参与率和半数同意，两次表决之间有间隔。",
        "Every so often service is held against price: where it is worth the price but the company loses money, a rise is put to the "
        "owners' vote; where it is not, a cut. Company and owners share the cost of the vote, which needs quorum and majority; "
        "some time must pass between two votes.",
    )
    risk: ClassVar[Word] = Word(
        "涨价加重负担，部分业主拒缴；涨价被否决则亏损继续；降价后收入减少，企业削减服务，亏损累积后撤场。",
        "A higher price weighs on owners, and some refuse; where they vote it down the losses go on. A cut takes income away: the "
        "company cuts service, and leaves once losses have piled up.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_price", "lever_participation")
    payers: ClassVar[tuple[str, ...]] = ("owners", "companies")
    evidence: ClassVar[tuple[str, ...]] = ("P059", "P023", "P037", "P047", "P066", "P071")

    period: int = setting(12, 1, 120, "month", "months between comparisons", "比较周期")
    rise: float = setting(0.1, 0, 1, "share", "rise that is put to the vote", "提请表决的涨幅")
    cut: float = setting(0.2, 0, 0.9, "share", "cut that is put to the vote", "提请表决的降幅", "P059")
    high_line: float = setting(
        0.75,
        0,
        5,
        "share",
        "service as a part of what the price promises, from which a rise may be asked",
        "可提请涨价的等级线",
    )
    low_line: float = setting(
        0.65,
        0,
        5,
        "share",
        "service as a part of what the price promises, under which a cut is asked",
        "提请降价的等级线",
    )
    noise: float = setting(0.04, 0, 0.5, "share", "standard error of that grade", "评级误差")
    participation: float = setting(
        0.1, 0, 1, "share", "participation that canvassing adds", "动员增加的参与率"
    )
    cost: float = setting(3, 0, 1e4, "yuan/household", "cost of a vote", "表决成本")
    owner_share: float = setting(
        0.5, 0, 1, "share", "part of that cost that owners pay (the company pays the rest)", "业主承担比例"
    )

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Once a period, put rises and cuts to the vote."""
        if not policy.due(self.period):
            return
        estates = policy.estates
        ready = (estates["mode"][rows] == MARKET) & (estates["process"][rows] == 0)
        # the month of waiting that is left ends before the vote; and there is one vote on price at a time
        rows = rows[
            ready & (policy.committees["price_wait"][rows] <= 1) & (estates["lever_price"][rows] == 0.0)
        ]
        grade = value_for_price(estates, rows) + self.noise * policy.noise(rows)
        up = (grade >= self.high_line) & (estates["losing_months"][rows] > 0)
        change = np.where(up, self.rise, np.where(grade < self.low_line, -self.cut, 0.0)) * strength
        asked = change != 0.0
        rows, change = rows[asked], change[asked]
        cost = fen(self.cost * estates["households"][rows])
        policy.spend_together(
            divided(cost, {"owners": self.owner_share, "companies": 1.0 - self.owner_share}), rows
        )
        policy.move("lever_price", rows, change)
        policy.move("lever_participation", rows, self.participation * strength)
