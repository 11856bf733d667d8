"""Matchmaking (推荐对接): a list of recommended firms is introduced to estates that look for a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.modes import UNIT
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class Matchmaking(Intervention, kind="matchmaking"):
    """Before a tender, liaison staff bring more firms to look at the estate, as long as the listed ones have room."""

    label_en: ClassVar[str] = "matchmaking"
    label_zh: ClassVar[str] = "推荐对接"
    mechanism: ClassVar[Word] = Word(
        "区里公布推荐企业名单（声誉最好的若干家），招标前由社区联络员带企业上门对接，看项目的企业增多，利润薄的小区也更可能有人投标。名单上的企业满额后，可介绍的就少了。",
        "The district lists the firms of best repute; before a tender, liaison staff of the community bring firms to the estate. More "
        "look at it, so that one of them is more likely to bid even where margins are thin. As listed firms fill up, fewer are left.",
    )
    risk: ClassVar[Word] = Word(
        "看的企业越多，越可能由高估收缴率的企业接手：在勉强保本的小区，接手后收不抵支，干满容忍期又撤场，小区二次失管。",
        "The more firms look, the likelier the estate goes to one that overrates collection. Where an estate hardly pays, fees do not "
        "cover the cost after takeover, and the firm leaves again once its patience is over.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_tender",)
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S019", "S017", "S018", "P060", "P062")

    firms: int = setting(25, 0, 10_000, "companies", "firms on the list", "推荐企业数", "S019")
    introductions: int = setting(
        8, 0, 1000, "companies", "firms introduced to an estate before its tender", "每次招标介绍的企业数"
    )
    staff: float = setting(
        0.2, 0, 100, "persons", "community staff that an estate takes in that month", "每小区占用社区人手"
    )
    cost: float = setting(
        2000, 0, 1e6, "yuan/tender", "cost of the introductions for one tender", "每次对接经费"
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where no company is in charge, or one is about to leave; an employer's estate is not tendered."""
        estates = policy.estates
        return np.asarray(((estates["company"] < 0) & (estates["mode"] != UNIT)) | (estates["process"] != 0))

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
        alone = (estates["company"][rows] < 0) & (estates["mode"][rows] != UNIT)
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
