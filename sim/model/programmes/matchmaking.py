"""Matchmaking (推荐对接): a list of recommended firms is introduced to estates that look for a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.modes import open_to_bids
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class Matchmaking(Intervention, kind="matchmaking"):
    """Before a tender, liaison staff bring more firms to look at the estate, as
    long as the listed ones have room."""

    levers: ClassVar[tuple[str, ...]] = ("lever_tender",)
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S019", "S017", "S018", "P060", "P062")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "community", "staff"),
        Need("money", "district", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("introductions",),
        ("firms",),
    )

    firms: int = setting(25, 0, 10_000, "companies", source="S019")
    introductions: int = setting(8, 0, 1000, "companies")
    staff: float = setting(0.2, 0, 100, "persons")
    cost: float = setting(2000, 0, 1e6, "yuan/tender")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where no company is in charge, or one is about to leave; an employer's estate is not tendered."""
        estates = policy.estates
        return np.asarray(open_to_bids(estates["mode"], estates["company"]) | (estates["process"] != 0))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Bring firms to the estates that will be tendered this month."""
        number = int(np.rint(self.introductions * strength * self._open_share(policy)))
        rows = rows[self._tendered(policy, rows)]
        if number == 0 or rows.size == 0:
            return
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        rows = rows[policy.spend("district", rows, fen(self.cost))]
        policy.move("lever_tender", rows, float(number))

    def _tendered(self, policy: Policy, rows: Rows) -> np.ndarray:
        """True for each estate of `rows` that will be tendered this month."""
        estates = policy.estates
        alone = open_to_bids(estates["mode"][rows], estates["company"][rows])
        waited = (
            estates["unmanaged_months"][rows] + 1 + estates["lever_retry"][rows]
            >= policy.parameters["market_retry"]
        )
        vacated = (estates["process"][rows] != 0) & (estates["process_left"][rows] <= 1)
        return np.asarray((alone & waited) | vacated)

    def _open_share(self, policy: Policy) -> float:
        """Part of the listed firms that can still take an estate."""
        firms = policy.companies
        known = np.flatnonzero((firms["state_owned"] == 0) & (firms["active"] == 1))
        listed = known[np.argsort(-firms["reputation"][known], kind="stable")][: self.firms]
        free = (
            (firms["estates"] < firms["capacity"])
            & (firms["list"] >= 0)
            & (firms["barred_until"] <= policy.month)
        )
        return int(free[listed].sum()) / listed.size if listed.size else 0.0
