"""Guide price released (放开政府指导价): in old estates and under developers' contracts the government's
guide price caps rises no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class GuidePriceRelease(Intervention, kind="guide_price_release"):
    """The district has the costs of an estate surveyed and lifts the cap; a price is still changed by the
    owners' vote alone."""

    levers: ClassVar[tuple[str, ...]] = ("estates.guide_price",)
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("I013", "I014", "P023", "N058")
    mechanisms: ClassVar[tuple[str, ...]] = ("guided_prices",)
    needs: ClassVar[tuple[Need, ...]] = (Need("money", "district", "survey"),)

    survey: float = setting(3000, 0, 1e6, "yuan")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where the guide price holds: in old estates and under developers' contracts."""
        return np.asarray(np.isfinite(policy.most_price(np.arange(policy.estates.size))))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Lift the cap of estates that have one, once their costs were surveyed."""
        rows = rows[policy.estates["guide_price"][rows] > 0.0]
        rows = rows[policy.spend("district", rows, fen(self.survey))]
        policy.array("was")[rows] = policy.estates["guide_price"][rows]
        policy.assign("estates.guide_price", rows, 0.0)

    def withdraw(self, policy: Policy) -> None:
        """The cap holds again; a price above it stays until it is voted on."""
        was = policy.array("was")
        rows = np.flatnonzero(was > 0.0)
        policy.assign("estates.guide_price", rows, was[rows])
        was[rows] = 0.0
