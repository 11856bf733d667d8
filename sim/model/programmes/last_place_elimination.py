"""Last-place elimination (末位淘汰): owners' scores rank firms, and the worst of them lose their estates."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.month.condition import CONDITION_BINS, condition_bin, condition_seen
from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.scores import mean_by_group, whole_share
from sim.model.state.modes import MARKET, SELF, open_to_bids
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class LastPlaceElimination(Intervention, kind="last_place_elimination"):
    """Every year the firms that owners score worst lose all their estates, which are tendered again.

    A bar that was imposed runs its full term, also where the programme ends before.
    """

    levers: ClassVar[tuple[str, ...]] = (
        "lever_ranking",
        "lever_dismissal",
        "lever_tender",
        "lever_assessed_satisfaction",
        "companies.score",
        "companies.barred_until",
    )
    payers: ClassVar[tuple[str, ...]] = ("owners",)
    evidence: ClassVar[tuple[str, ...]] = ("S033", "S030", "P027", "P050")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("stake", "share"),)

    period: int = setting(12, 1, 60, "month")
    share: float = setting(0.1, 0, 1, "share", source="S033")
    noise: float = setting(0.06, 0, 0.5, "share")
    barred_months: int = setting(24, 0, 120, "month")
    threatened: float = setting(0.3, 0, 1, "share")
    stake: float = setting(1.0, 0, 1, "share")
    caution: float = setting(0.05, 0, 1, "share")
    gap_cost: float = setting(
        8,
        0,
        1e4,
        "yuan/household/month",
        source="P027",
    )
    gap_months: int = setting(3, 0, 60, "month", source="P050")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Threat and caution every month, a ranking when it is due, and what owners pay in the gaps."""
        run = rows[policy.estates["mode"][rows] == MARKET]
        safe = policy.array("safe", bool, policy.companies.size)
        policy.move("lever_ranking", run[~safe[policy.estates["company"][run]]], self.stake * strength)
        if not self.idle_settings():  # nobody flatters a ranking that nothing follows from
            policy.move("lever_assessed_satisfaction", run, strength)
        self._stay_away(policy, rows, strength)
        self.rest(policy)
        self._fill_gaps(policy, rows)
        if policy.due(self.period):
            self._rank(policy, run, strength)

    def _rank(self, policy: Policy, run: Rows, strength: float) -> None:
        """Score the firms; the worst lose their estates."""
        estates, companies = policy.estates, policy.companies
        company = estates["company"][run]
        seen = policy.seen("satisfaction")[run] + self.noise * policy.noise(run)
        score, count = mean_by_group(company, seen, companies.size)
        firms = np.flatnonzero((count > 0) & (companies["active"] == 1))
        worst = firms[np.argsort(score[firms], kind="stable")]
        number = whole_share(self.share * strength, worst.size)
        out = np.zeros(companies.size, bool)
        out[worst[:number]] = True
        policy.assign("companies.score", firms, np.clip(score[firms], 0.0, 1.0))
        until = np.maximum(companies["barred_until"][out], policy.month + self.barred_months)
        policy.assign("companies.barred_until", out, until)
        policy.move("lever_dismissal", run[out[company]], 1.0)
        policy.array("lost", bool)[run[out[company]]] = True
        safe = policy.array("safe", bool, companies.size)
        safe[:] = False
        safe[worst[max(number, whole_share(self.threatened, worst.size)) :]] = True
        policy.array("score", size=companies.size)[:] = np.where(count > 0, score, 0.0)
        policy.array("projects", np.int64, companies.size)[:] = count
        policy.array("line", size=1)[0] = score[worst[number - 1]] + self.caution if number else -1.0

    def _stay_away(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Firms that one more estate would bring near the line do not look at it: fewer bidders where
        owners are hard to please."""
        line = policy.array("line", size=1)[0]
        estates, companies = policy.estates, policy.companies
        mode = estates["mode"][rows]
        tendered = open_to_bids(mode, estates["company"][rows]) | (estates["process"][rows] != 0)
        rows = rows[tendered]
        firms = (companies["state_owned"] == 0) & (companies["active"] == 1)
        if line <= 0.0 or rows.size == 0 or not firms.any():
            return
        projects = policy.array("projects", np.int64, companies.size)[firms]
        score = policy.array("score", size=companies.size)[firms]
        least = np.sort(
            (projects + 1) * line - projects * score
        )  # what an estate must score for each firm to stay above
        away = firms.sum() - np.searchsorted(least, self._expected(policy, rows), side="right")
        looks = np.rint(policy.parameters["market_bidders"] * strength * away / firms.sum())
        still_looking = np.maximum(0.0, policy.parameters["market_bidders"] + estates["lever_tender"][rows])
        policy.move("lever_tender", rows, -np.minimum(looks, still_looking))

    def _expected(self, policy: Policy, rows: Rows) -> np.ndarray:
        """What owners would score: as they do in company-run estates of that type and
        condition, else as they do now."""
        estates = policy.estates
        condition = condition_seen(
            estates["condition"], estates["condition_start"], policy.world["loop_decay"][0]
        )
        group = estates["type"] * CONDITION_BINS + condition_bin(condition)
        run = np.flatnonzero(estates["company"] >= 0)
        alike, _ = mean_by_group(group[run], estates["satisfaction"][run], int(group.max()) + 1)
        found = alike[group[rows]]
        return np.asarray(np.where(np.isnan(found), estates["satisfaction"][rows], found))

    def rest(self, policy: Policy) -> None:
        """Where it rests, a gap that another company closed meanwhile is closed."""
        lost = policy.array("lost", bool)
        self._closed(policy, policy.at_rest(np.flatnonzero(lost)))

    def _closed(self, policy: Policy, rows: Rows) -> None:
        company, process = policy.estates["company"][rows], policy.estates["process"][rows]
        back = rows[(company >= 0) & (process == 0)]
        policy.array("lost", bool)[back], policy.array("gap", np.int32)[back] = False, 0

    def _fill_gaps(self, policy: Policy, rows: Rows) -> None:
        """Owners pay for the most urgent while an estate that was taken away has no manager."""
        lost, months = policy.array("lost", bool), policy.array("gap", np.int32)
        self._closed(policy, rows)
        company = policy.estates["company"][rows]
        gap = rows[lost[rows] & (company < 0) & (policy.estates["mode"][rows] != SELF)]
        gap = gap[months[gap] < self.gap_months]
        policy.spend("owners", gap, fen(self.gap_cost * policy.estates["households"][gap]))
        months[gap] += 1
