"""Red and black lists (红黑榜): a noisy two-part score of projects and firms, published, with
consequences in tenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.scores import mean_by_group, whole_share
from sim.model.state.events import Cause, Event
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

RED, NONE, BLACK = 1, 0, -1


class RedBlackList(Intervention, kind="red_black_list"):
    """Firms are listed by what inspectors see and owners say; a red list helps in
    tenders, a black list bars."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_ranking",
        "lever_focus",
        "lever_assessed_satisfaction",
        "companies.score",
        "companies.list",
        "companies.barred_until",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S050", "S051", "T010")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("stake", "pressure", "red_share", "black_share", "cost"),
    )

    period: int = setting(6, 1, 60, "month")
    visible_weight: float = setting(0.5, 0, 1, "share")
    noise: float = setting(0.06, 0, 0.5, "share")
    red_share: float = setting(0.15, 0, 1, "share")
    black_share: float = setting(0.1, 0, 1, "share")
    barred_months: int = setting(12, 0, 120, "month")
    stake: float = setting(1.0, 0, 1, "share")
    pressure: float = setting(0.6, 0, 1, "share")
    cost: float = setting(1500, 0, 1e6, "yuan/project")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Rank at stake every month; score, list and publish when a round is due."""
        rows = rows[policy.managed(rows)]
        policy.move("lever_ranking", rows, self.stake * strength)
        policy.move("lever_focus", rows, self.pressure * strength)
        if not self.idle_settings():  # nobody flatters lists that nothing follows from
            policy.move("lever_assessed_satisfaction", rows, strength)
        if policy.due(self.period):
            self._publish(policy, rows[policy.spend("district", rows, fen(self.cost))])

    def _publish(self, policy: Policy, rows: Rows) -> None:
        """Score the projects that could be assessed, by what inspectors find there and what is reported of
        owners, and list their firms."""
        estates, companies = policy.estates, policy.companies
        seen = (
            self.visible_weight * estates["quality"][rows]
            + (1.0 - self.visible_weight) * policy.seen("satisfaction")[rows]
        )
        score, count = mean_by_group(
            estates["company"][rows], seen + self.noise * policy.noise(rows), companies.size
        )
        firms = np.flatnonzero((count > 0) & (companies["active"] == 1))
        ranked = firms[np.argsort(-score[firms], kind="stable")]
        listed = np.full(companies.size, NONE)
        listed[ranked[ranked.size - whole_share(self.black_share, ranked.size) :]] = BLACK
        listed[ranked[: whole_share(self.red_share, ranked.size)]] = RED
        self._tell(policy, listed, np.where(count > 0, score, companies["score"]))
        policy.assign("companies.score", firms, np.clip(score[firms], 0.0, 1.0))
        policy.assign("companies.list", slice(None), listed)
        black = np.flatnonzero(listed == BLACK)
        until = np.maximum(companies["barred_until"][black], policy.month + self.barred_months)
        policy.assign("companies.barred_until", black, until)
        policy.array("until", np.int64, companies.size)[black] = until

    def _tell(self, policy: Policy, listed: np.ndarray, score: np.ndarray) -> None:
        """Events of firms whose list changes."""
        before = policy.companies["list"]
        for kind, which in (
            (Event.LISTED_RED, (listed == RED) & (before != RED)),
            (Event.LISTED_BLACK, (listed == BLACK) & (before != BLACK)),
            (Event.LIST_LEFT, (listed == NONE) & (before != NONE)),
        ):
            firms = np.flatnonzero(which)
            policy.events(np.full(firms.size, -1), kind, Cause.RANKING, score[firms], firms)

    def withdraw(self, policy: Policy) -> None:
        """Lists are taken down, and nobody is barred any longer."""
        companies = policy.companies
        self._tell(policy, np.full(companies.size, NONE), companies["score"])
        until = policy.array("until", np.int64, companies.size)
        mine = (until > policy.month) & (
            companies["barred_until"] == until
        )  # not the bars of other programmes
        policy.assign("companies.barred_until", mine, 0)
        policy.assign("companies.list", slice(None), NONE)
