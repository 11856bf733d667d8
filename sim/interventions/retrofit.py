"""Retrofit (老旧小区改造): state and owners renew facilities once, in full or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.purse import divided
from sim.problems import Problem
from sim.scenario import Targets, setting
from sim.scenario.fields import refuse
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy

Item = Literal["full", "gates", "cameras", "drains", "heating", "roads"]


class Retrofit(Intervention, kind="retrofit"):
    """One renewal an estate: money of state, district and owners turns into facility condition when the works end."""

    label_en: ClassVar[str] = "retrofit"
    label_zh: ClassVar[str] = "老旧小区改造"
    mechanism: ClassVar[Word] = Word(
        "对设施状况差的小区一次性改造，可全面改造，也可只做大门、监控、管网、供暖、道路等单项。每个小区一次，资金由中央和省级、区级和业主按比例分担；业主出资须经表决（参与者四分之三同意），有一方资金不足则当月不能开工。",
        "Estates in bad condition are renewed once, in full or by single items: gates, cameras, drains, heating, roads. State, "
        "district and owners share the cost; owners vote on their part (three quarters of those taking part must approve), and where "
        "one public share is missing this month, works do not begin.",
    )
    risk: ClassVar[Word] = Word(
        "重建轻管：改造提高了设施状况和满意度，但没有人收费养护，设施按原来的速度继续老化，几年后效果消失。",
        "Built but not kept: condition and satisfaction rise, but where no fees come in nobody maintains what was built. It wears "
        "at the old speed, and after some years the effect is gone.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_condition",)
    payers: ClassVar[tuple[str, ...]] = ("state", "district", "owners")
    evidence: ClassVar[tuple[str, ...]] = (
        "P063",
        "P064",
        "P065",
        "P047",
        "P048",
        "S021",
        "S036",
        "S037",
        "S038",
        "S039",
    )

    items: tuple[Item, ...] = Field(
        default=("full",),
        strict=False,
        min_length=1,
        description="what is renewed: full, or single items / 改造内容",
    )
    condition_after: float = setting(
        0.9, 0, 1, "share", "condition that a full retrofit brings an estate to", "全面改造后的设施状况"
    )
    cost_full: float = setting(
        26756, 0, 1e6, "yuan/household", "cost of a full retrofit", "全面改造成本", "P063"
    )
    cost_gates: float = setting(300, 0, 1e6, "yuan/household", "cost of gates", "大门改造成本")
    cost_cameras: float = setting(400, 0, 1e6, "yuan/household", "cost of cameras", "监控改造成本")
    cost_drains: float = setting(
        4000, 0, 1e6, "yuan/household", "cost of rain and sewage drains", "管网改造成本"
    )
    cost_heating: float = setting(6000, 0, 1e6, "yuan/household", "cost of heating", "供暖改造成本")
    cost_roads: float = setting(3000, 0, 1e6, "yuan/household", "cost of roads", "道路改造成本")
    gain_gates: float = setting(
        0.03, 0, 1, "share", "part of missing condition that gates make up", "大门改造的提升"
    )
    gain_cameras: float = setting(
        0.04, 0, 1, "share", "part of missing condition that cameras make up", "监控改造的提升"
    )
    gain_drains: float = setting(
        0.15, 0, 1, "share", "part of missing condition that drains make up", "管网改造的提升"
    )
    gain_heating: float = setting(
        0.15, 0, 1, "share", "part of missing condition that heating makes up", "供暖改造的提升"
    )
    gain_roads: float = setting(
        0.12, 0, 1, "share", "part of missing condition that roads make up", "道路改造的提升"
    )
    owner_share: float = setting(0.1, 0, 1, "share", "part of the cost that owners pay", "业主出资比例")
    district_share: float = setting(
        0.2, 0, 1, "share", "part of the cost that the district pays", "区级出资比例"
    )
    approval: float = setting(
        0.85, 0, 1, "share", "participants who approve paying the owners' part", "同意业主出资的比例"
    )
    canvassing: float = setting(
        0.4, 0, 1, "share", "participation in that vote that street staff add", "街道动员的参与增量"
    )
    wait: int = setting(12, 1, 120, "month", "wait after owners refused", "表决未通过后的间隔")
    worse_than: float = setting(
        0.6, 0, 1, "share", "condition below which an estate is eligible", "纳入改造的设施状况上限"
    )
    lag: int = setting(6, 0, 120, "month", "from inclusion to the end of the works", "从纳入到完工的月数")
    capacity: float | None = setting(
        1.0, 0.001, 1e6, "estates/month", "estates that can be added a month", "每月可覆盖小区数"
    )
    targets: Targets = Field(
        default=Targets(old=True), description="which estates (default: old ones) / 对象（默认：老旧小区）"
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Retrofit:
        if self.owner_share + self.district_share > 1.0:
            allowed = f"at most {1.0 - self.owner_share:g} (with owner_share they may not exceed 1)"
            refuse([Problem("", "district_share", f"{self.district_share:g}", allowed)])
        return self

    def suits(self, policy: Policy) -> np.ndarray:
        """Where facilities are worn."""
        return np.asarray(policy.estates["condition"] < self.worse_than)

    def cost_per_household(self) -> float:
        """Yuan a household for what is renewed."""
        if "full" in self.items:
            return self.cost_full
        return float(sum(getattr(self, f"cost_{item}") for item in self.items))

    def gain(self, condition: np.ndarray) -> np.ndarray:
        """Condition gained by estates of this condition."""
        missing = 1.0 - condition
        left = missing
        for item in self.items:
            if item != "full":
                left = left * (1.0 - getattr(self, f"gain_{item}"))
        if "full" in self.items:
            left = np.minimum(left, 1.0 - self.condition_after)
        return np.asarray(np.maximum(0.0, missing - left))

    def _agreed(self, policy: Policy, rows: Rows) -> Rows:
        """Estates of `rows` whose owners voted to pay their part (or pay none); who refused is asked again after a wait."""
        if self.owner_share == 0.0 or rows.size == 0:
            return rows
        agreed, ask_again = policy.array("agreed", bool), policy.array("ask again", np.int64)
        asked = rows[~agreed[rows] & (ask_again[rows] <= policy.month)]
        agreed[asked] = policy.vote_on_funds(asked, self.approval, self.canvassing)
        ask_again[asked] = policy.month + self.wait
        return np.asarray(rows[agreed[rows]])

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Finish the works of every estate whose time has come and whose cost can be met."""
        done = policy.array("done", bool)
        rows = self._agreed(policy, rows[~done[rows]])
        if rows.size == 0:
            return
        cost = fen(self.cost_per_household() * policy.estates["households"][rows])
        state_share = 1.0 - self.owner_share - self.district_share
        shares = {"owners": self.owner_share, "district": self.district_share, "state": state_share}
        paid = policy.spend_together(divided(cost, shares), rows)
        rows = rows[paid]
        gained = self.gain(policy.estates["condition"][rows])
        policy.move("lever_condition", rows, gained)
        done[rows] = True
        policy.events(rows, Event.RETROFIT, Cause.POLICY, gained)
