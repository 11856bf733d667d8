"""Publicity (宣传引导): campaigns that remind owners that paying is what neighbours do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.modes import CLEANING, NONE
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class Publicity(Intervention, kind="publicity"):
    """A campaign every so many months: nobody knows beforehand how well it works, and what it does fades."""

    label_en: ClassVar[str] = "publicity campaign"
    label_zh: ClassVar[str] = "宣传引导"
    mechanism: ClassVar[Word] = Word(
        "各区定期开展宣传，告诉业主“多数邻居都缴费”。说法与所见相符才有人信，所以效果与小区实际缴费比例成正比；同一场宣传好不好事先不知道，从几乎无效到相对提高约20%都有。",
        "Districts campaign every so many months: most of your neighbours pay. That is believed as far as it is true, so it works "
        "in proportion to the share who pay. How good a campaign is nobody knows beforehand: from about nil to 20 % relative.",
    )
    risk: ClassVar[Word] = Word(
        "一阵风：效果逐月消退；听得越多越不当回事，再次宣传效果递减；缴费的人少的小区没人相信，宣传费花了也没有用。",
        "A burst that fades month by month. Owners who have heard it often listen less, so every further campaign does less; and "
        "where few pay nobody believes it: the money is spent and nothing moves.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_norm",)
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("T005", "T006", "T007", "T008", "T009", "T010")

    period: int = setting(12, 1, 120, "month", "months between campaigns", "宣传间隔月数")
    best: float = setting(
        0.8,
        0,
        3,
        "logit",
        "readiness to pay that the best campaign adds where everybody pays: about 20 % relative "
        "where two thirds do",
        "最好的宣传在人人缴费处增加的缴费意愿",
        "T005",
    )
    worst: float = setting(
        0.0, 0, 3, "logit", "the same of the worst campaign", "最差的宣传增加的缴费意愿", "T008"
    )
    fading: float = setting(
        0.2, 0, 1, "share per month", "part of what is left that fades every month", "每月消退比例"
    )
    habituation: float = setting(
        0.25,
        0,
        1,
        "share",
        "part by which every campaign does less than the one before",
        "再次宣传的效果递减",
    )
    cost: float = setting(3, 0, 1000, "yuan/household", "cost of one campaign", "每次宣传费用")
    staff: float = setting(
        0.02,
        0,
        100,
        "persons",
        "community staff that one estate takes in the month of a campaign",
        "占用社区人手",
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where fees are billed."""
        mode = policy.estates["mode"]
        return np.asarray((mode != NONE) & (mode != CLEANING))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Let what earlier campaigns left fade, campaign when it is time, and remind."""
        left = policy.array("left")
        left *= 1.0 - self.fading
        if strength >= 1.0 and (policy.month - self.start) % self.period == 0:
            self._campaign(policy, rows)
        reached = rows[left[rows] > 0.0]
        policy.move("lever_norm", reached, left[reached] * policy.estates["paid_share"][reached] * strength)

    def _campaign(self, policy: Policy, rows: Rows) -> None:
        """One campaign of every district, as good as its luck, in the estates that staff and money reach."""
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        rows = rows[policy.spend("district", rows, fen(self.cost * policy.estates["households"][rows]))]
        heard = policy.array("heard", np.int32)
        low, high = min(self.worst, self.best), max(self.worst, self.best)
        districts = policy.estates["district_body"][rows]
        power = low + (high - low) * policy.luck(districts)
        policy.array("left")[rows] += power * self._interest(heard[rows])
        heard[rows] += 1

    def _interest(self, heard: np.ndarray) -> np.ndarray:
        """What owners who have heard so many campaigns still take in."""
        most = int(heard.max(initial=0))
        interest = np.ones(most + 1)
        for number in range(1, most + 1):
            interest[number] = interest[number - 1] * (1.0 - self.habituation)
        return np.asarray(interest[heard])
