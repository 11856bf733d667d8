"""Retrofit (老旧小区改造): state and owners renew facilities once, in full or item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.purse import divided
from sim.model.state.events import Cause, Event
from sim.problems import Problem
from sim.scenario import Targets, setting
from sim.scenario.fields import refuse
from sim.text import message

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

Item = Literal["full", "gates", "cameras", "drains", "heating", "roads"]


class Retrofit(Intervention, kind="retrofit"):
    """One renewal an estate: money of state, district and owners turns into facility
    condition when the works end."""

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
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("worse_than",),)

    items: tuple[Item, ...] = Field(
        default=("full",),
        strict=False,
        min_length=1,
    )
    condition_after: float = setting(0.9, 0, 1, "share")
    cost_full: float = setting(26756, 0, 1e6, "yuan/household", source="P063")
    cost_gates: float = setting(300, 0, 1e6, "yuan/household")
    cost_cameras: float = setting(400, 0, 1e6, "yuan/household")
    cost_drains: float = setting(4000, 0, 1e6, "yuan/household")
    cost_heating: float = setting(6000, 0, 1e6, "yuan/household")
    cost_roads: float = setting(3000, 0, 1e6, "yuan/household")
    gain_gates: float = setting(0.03, 0, 1, "share")
    gain_cameras: float = setting(0.04, 0, 1, "share")
    gain_drains: float = setting(0.15, 0, 1, "share")
    gain_heating: float = setting(0.15, 0, 1, "share")
    gain_roads: float = setting(0.12, 0, 1, "share")
    owner_share: float = setting(0.1, 0, 1, "share")
    district_share: float = setting(0.2, 0, 1, "share")
    approval: float = setting(0.85, 0, 1, "share")
    canvassing: float = setting(0.4, 0, 1, "share")
    wait: int = setting(12, 1, 120, "month")
    worse_than: float = setting(0.6, 0, 1, "share")
    lag: int = setting(6, 0, 120, "month")
    capacity: float | None = setting(1.0, 0.001, 1e6, "estates/month")
    targets: Targets = Field(
        default=Targets(old=True),
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Retrofit:
        if self.owner_share + self.district_share > 1.0:
            allowed = message("scenario.retrofit.share", most=f"{1.0 - self.owner_share:g}")
            refuse([Problem("", "district_share", f"{self.district_share:g}", allowed)])
        return self

    def idle_settings(self) -> tuple[str, ...]:
        """Beside those of the class: gain and cost of all that is renewed."""
        own = [f"gain_{item}" for item in self.items if item != "full"]
        if "full" in self.items:
            own += ["condition_after", "cost_full"]
        else:
            own += [f"cost_{item}" for item in self.items]
        return super().idle_settings() or (() if any(getattr(self, name) for name in own) else tuple(own))

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

    def paid_together(self) -> frozenset[str]:
        """Whose part of the cost of one household comes to a fen."""
        parts = divided(np.array([fen(self.cost_per_household())]), self._shares())
        return frozenset(payer for payer, part in parts.items() if part[0] > 0)

    def _shares(self) -> dict[str, float]:
        """Owners and the district pay their parts, the state the rest."""
        state_share = 1.0 - self.owner_share - self.district_share
        return {"owners": self.owner_share, "district": self.district_share, "state": state_share}

    def _agreed(self, policy: Policy, rows: Rows) -> Rows:
        """Estates of `rows` whose owners voted to pay their part (or pay none); who refused is
        asked again after a wait."""
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
        paid = policy.spend_together(divided(cost, self._shares()), rows)
        rows = rows[paid]
        gained = self.gain(policy.estates["condition"][rows])
        policy.move("lever_condition", rows, gained)
        done[rows] = True
        policy.events(rows, Event.RETROFIT, Cause.POLICY, gained)
