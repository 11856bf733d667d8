"""State-owned fallback (国企兜底): state-owned companies take estates for which nobody bids."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import MARKET, SOE, managed
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class SoeFallback(Intervention, kind="soe_fallback"):
    """Estates without a manager go to a state-owned company at a low fee, with their public
    revenue and small repairs."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_fallback",
        "lever_queue",
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

    support: float = setting(0.1, 0, 5, "yuan/m2/month", source="P028")
    revenue_share: float = setting(0.5, 0, 1, "share")
    repair_cost: float = setting(300, 0, 1e5, "yuan/household")
    repair_gain: float = setting(0.05, 0, 1, "share")
    comparison: float = setting(
        2.0,
        0,
        10,
        "logit per unit",
    )
    capacity: float | None = setting(2.0, 0.001, 1e6, "estates/month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where nobody manages the estate beyond cleaning."""
        mode = policy.estates["mode"]
        return np.asarray(~managed(mode))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Offer what is unmanaged to the state-owned companies, support what they
        took, and let neighbours compare."""
        if policy.acting.takes_in(policy.month) and np.any(policy.companies["state_owned"] == 1):
            mode = policy.estates["mode"]
            policy.move("lever_queue", np.flatnonzero(policy.targeted() & (mode != SOE)), 1.0)
        mode = policy.estates["mode"][rows]
        self._offer(policy, rows[~managed(mode)])
        taken = rows[mode == SOE]
        if taken.size == 0:
            return
        policy.pay_manager("district", taken, fen(self.support * strength * policy.estates["area"][taken]))
        policy.move("lever_company_revenue", taken, self.revenue_share * strength)
        self._repair(policy, taken)
        self._compare(policy, taken, strength)

    def _offer(self, policy: Policy, waiting: Rows) -> None:
        """As many of the estates that wait as the state-owned companies have room
        for, longest waiting first."""
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
        policy.events(new, Event.SMALL_REPAIRS, Cause.POLICY, gained, policy.estates["company"][new])
        done[new] = True

    def _compare(self, policy: Policy, taken: Rows, strength: float) -> None:
        """Owners of market-run estates see what neighbours in the street pay, and
        find their own fee too high."""
        estates = policy.estates
        street = estates["street"]
        market = np.flatnonzero(estates["mode"] == MARKET)
        cheap = np.bincount(street[taken], minlength=policy.government.size)
        dear = np.bincount(street[market], minlength=policy.government.size)
        share = cheap / np.maximum(1, cheap + dear)
        gap = 1.0 - policy.parameters["fees_soe_share"]
        seen = market[cheap[street[market]] > 0]
        policy.move("lever_norm", seen, -self.comparison * gap * strength * share[street[seen]])
