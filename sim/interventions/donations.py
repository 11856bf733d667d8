"""Donations (能人捐助): able residents give money or works to their estate and are thanked in public."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy

LUCK_GIVES, LUCK_SIZE = 0, 1
YEAR = 12


class Donations(Intervention, kind="donations"):
    """Now and then somebody gives: part as works, part as money into the estate fund; thanks call on others for a while."""

    label_en: ClassVar[str] = "donations"
    label_zh: ClassVar[str] = "能人捐助"
    mechanism: ClassVar[Word] = Word(
        "社区走访有能力的居民，动员其为小区捐款捐物：一部分直接修缮设施，一部分进入小区公共收益账户；公开致谢后一段时间内，邻居更愿意缴费。户数多、积极、信任度高的小区更容易有人捐，捐多少看收入。",
        "Community staff call on able residents, who give works that repair facilities and money for the estate fund; thanked in "
        "public they move neighbours to pay for a while. Somebody gives more often where there are many, active and trusting owners, "
        "and gives by income.",
    )
    risk: ClassVar[Word] = Word(
        "锦上添花：富裕、活跃的小区得到的多，最困难的小区没有能人；没有业委会的小区，捐款进了账户也没人用来维修。",
        "To those who have: wealthy, active estates get most, and the worst off have nobody who could give. Without a committee the "
        "money lies in the fund, because nobody spends it on repair.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_condition", "lever_norm")
    payers: ClassVar[tuple[str, ...]] = ("donors",)
    evidence: ClassVar[tuple[str, ...]] = ("P065", "T010", "T011")

    chance: float = setting(
        0.004,
        0,
        1,
        "per month",
        "chance of a gift where a hundred households of mean activism (0.4) trust half",
        "每百户每月出现捐助的概率",
    )
    gift: float = setting(
        1.0,
        0,
        100,
        "months of income",
        "mean gift, in monthly incomes of the estate",
        "平均捐助额（月收入倍数）",
    )
    works: float = setting(
        0.5, 0, 1, "share", "part given as works, the rest as money", "以实物修缮捐助的比例"
    )
    thanks: float = setting(
        0.15, 0, 3, "logit", "readiness to pay that public thanks add", "公开致谢增加的缴费意愿"
    )
    fading: float = setting(
        0.15, 0, 1, "share per month", "part of that which fades every month", "致谢效果每月消退比例"
    )
    staff: float = setting(
        0.05, 0, 100, "persons", "community staff that receiving and thanking takes", "接受并致谢占用社区人手"
    )

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Gifts come by luck; works repair at once, money waits in the fund, thanks fade."""
        thanked = policy.array("thanked")
        thanked *= 1.0 - self.fading
        self._receive(policy, rows[policy.luck(rows, LUCK_GIVES) < self._readiness(policy, rows) * strength])
        reached = rows[thanked[rows] > 0.0]
        policy.move("lever_norm", reached, thanked[reached] * strength)

    def _readiness(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Chance that somebody gives this month."""
        estates = policy.estates
        able = estates["households"][rows] / 100.0 * (estates["mean_activism"][rows] / 0.4)
        return np.asarray(self.chance * able * (estates["trust"][rows] / 0.5))

    def _receive(self, policy: Policy, rows: Rows) -> None:
        """Book the gifts, and let works raise condition as much as the same money spent from the fund would."""
        estates = policy.estates
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        amount = fen(self.gift * (0.5 + policy.luck(rows, LUCK_SIZE)) * estates["mean_income"][rows] / 100.0)
        works = np.floor(self.works * amount).astype(np.int64)
        policy.spend("donors", rows, works)
        policy.spend("donors", rows, amount - works, to="estate_funds")
        yearly = np.maximum(1.0, YEAR * estates["price"][rows] * estates["billable_area"][rows])
        gain = (
            policy.parameters["condition_fund_restore"]
            * (works / yearly)
            * (1.0 - estates["condition"][rows])
        )
        policy.move("lever_condition", rows, np.minimum(gain, 1.0 - estates["condition"][rows]))
        policy.events(rows, Event.DONATION, Cause.POLICY, amount / 100.0)
        policy.array("thanked")[rows] = self.thanks
