"""State-owned fallback (国企兜底): state-owned companies take estates for which nobody bids."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.state.modes import CLEANING, MARKET, NONE, SOE
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class SoeFallback(Intervention, kind="soe_fallback"):
    """Estates without a manager go to a state-owned company at a low fee, with their public revenue and small repairs."""

    label_en: ClassVar[str] = "state-owned fallback"
    label_zh: ClassVar[str] = "国企兜底"
    mechanism: ClassVar[Word] = Word(
        "失管小区先招标，无人投标则由国有物业企业接管：收费低于市场价，公共收益归企业，接管时做小修小补，区财政给予少量支持。每月可接管数量和国企承接能力有限，亏损由国企承担。",
        "Estates without a manager are tendered; where nobody bids a state-owned company takes over: a fee below the market's, "
        "the estate's public revenue, small repairs, and some money of the district. Places a month and the companies' capacity "
        "are limited; the losses stay with them.",
    )
    risk: ClassVar[Word] = Word(
        "国企亏损累积；接管后的小区不再招标，条件好转也没有市场企业的机会；同一街道的业主看到低收费也有服务，更不愿按市场价缴费。",
        "Losses pile up in the state-owned companies. An estate once taken is not tendered again, so bidders who would come later "
        "are crowded out; and owners in the same street, who see service for a low fee, are less willing to pay the market's.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "lever_fallback",
        "world.fallback_left",
        "lever_company_income",
        "lever_company_revenue",
        "lever_condition",
        "lever_norm",
    )
    payers: ClassVar[tuple[str, ...]] = ("district", "companies")
    evidence: ClassVar[tuple[str, ...]] = (
        "S034",
        "S035",
        "S064",
        "S065",
        "S036",
        "P027",
        "P028",
        "P032",
        "T009",
    )

    support: float = setting(
        0.1, 0, 5, "yuan/m2/month", "what the district pays for an estate taken over", "区级支持标准", "P028"
    )
    revenue_share: float = setting(
        0.5, 0, 1, "share", "public revenue handed over beyond a company's usual share", "额外划转的公共收益"
    )
    repair_cost: float = setting(
        300, 0, 1e5, "yuan/household", "small repairs at takeover, paid by the company", "接管时小修成本"
    )
    repair_gain: float = setting(
        0.05, 0, 1, "share", "part of missing condition that small repairs make up", "小修提升的设施状况"
    )
    comparison: float = setting(
        2.0,
        0,
        10,
        "logit per unit",
        "readiness to pay that owners at full fee would lose if all neighbours in the street paid "
        "nothing; it is scaled by the fee gap and by the share of such neighbours",
        "与低收费邻居比较的影响",
    )
    capacity: float | None = setting(
        2.0, 0.001, 1e6, "estates/month", "estates that can be added a month", "每月可覆盖小区数"
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where nobody manages the estate beyond cleaning."""
        mode = policy.estates["mode"]
        return np.asarray((mode == NONE) | (mode == CLEANING))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Offer what is unmanaged to the state-owned companies, support what they took, and let neighbours compare."""
        mode = policy.estates["mode"][rows]
        self._offer(policy, rows[(mode == NONE) | (mode == CLEANING)])
        taken = rows[mode == SOE]
        if taken.size == 0:
            return
        policy.pay_manager("district", taken, fen(self.support * strength * policy.estates["area"][taken]))
        policy.move("lever_company_revenue", taken, self.revenue_share * strength)
        self._repair(policy, taken)
        self._compare(policy, taken, strength)

    def _offer(self, policy: Policy, waiting: Rows) -> None:
        """As many of the estates that wait as the state-owned companies have room for, longest waiting first."""
        firms = policy.companies
        able = (firms["state_owned"] == 1) & (firms["active"] == 1)
        room = int(np.maximum(0, firms["capacity"] - firms["estates"])[able].sum()) - int(
            policy.world["fallback_left"][0]
        )
        offered = waiting[: max(0, room)]
        policy.move("lever_fallback", offered, 1.0)
        policy.assign("world.fallback_left", 0, policy.world["fallback_left"][0] + offered.size)

    def _repair(self, policy: Policy, taken: Rows) -> None:
        """The company's small repairs in its first month."""
        done = policy.array("repaired", bool)
        new = taken[~done[taken]]
        if new.size == 0 or self.repair_gain == 0.0:
            return
        policy.spend("companies", new, fen(self.repair_cost * policy.estates["households"][new]))
        gained = self.repair_gain * (1.0 - policy.estates["condition"][new])
        policy.move("lever_condition", new, gained)
        policy.events(new, Event.RETROFIT, Cause.POLICY, gained, policy.estates["company"][new])
        done[new] = True

    def _compare(self, policy: Policy, taken: Rows, strength: float) -> None:
        """Owners of market-run estates see what neighbours in the street pay, and find their own fee too high."""
        estates = policy.estates
        street = estates["street"]
        market = np.flatnonzero(estates["mode"] == MARKET)
        cheap = np.bincount(street[taken], minlength=policy.government.size)
        dear = np.bincount(street[market], minlength=policy.government.size)
        share = cheap / np.maximum(1, cheap + dear)
        gap = 1.0 - policy.parameters["fees_soe_share"]
        seen = market[cheap[street[market]] > 0]
        policy.move("lever_norm", seen, -self.comparison * gap * strength * share[street[seen]])
