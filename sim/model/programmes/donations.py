"""Donations (能人捐助): able residents give money or works to their estate and are thanked in public."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.events import Cause, Event
from sim.scenario import setting
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

LUCK_GIVES, LUCK_SIZE = 0, 1


class Donations(Intervention, kind="donations"):
    """Now and then somebody gives: part as works, part as money into the estate fund;
    thanks call on others for a while."""

    levers: ClassVar[tuple[str, ...]] = ("lever_condition", "lever_norm")
    payers: ClassVar[tuple[str, ...]] = ("donors",)
    evidence: ClassVar[tuple[str, ...]] = ("P065", "T010", "T011")
    needs: ClassVar[tuple[Need, ...]] = (Need("staff", "community", "staff"),)
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("chance",),
        ("gift", "thanks", "staff"),
    )

    chance: float = setting(
        0.004,
        0,
        1,
        "per month",
    )
    gift: float = setting(
        1.0,
        0,
        100,
        "months of income",
    )
    gift_spread: float = setting(0.5, 0, 1, "share")
    works: float = setting(0.5, 0, 1, "share")
    thanks: float = setting(0.15, 0, 3, "logit")
    fading: float = setting(0.15, 0, 1, "share per month")
    staff: float = setting(0.05, 0, 100, "persons")
    usual_households: float = setting(100.0, 1, 1e5, "households")
    usual_activism: float = setting(0.4, 0.01, 1, "share")
    usual_trust: float = setting(0.5, 0.01, 1, "share")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Gifts come by luck; works repair at once, money waits in the fund, thanks fade."""
        self.rest(policy)
        thanked = policy.array("thanked")
        self._receive(policy, rows[policy.luck(rows, LUCK_GIVES) < self._readiness(policy, rows) * strength])
        reached = rows[thanked[rows] > 0.0]
        policy.move("lever_norm", reached, thanked[reached] * strength)

    def rest(self, policy: Policy) -> None:
        """Thanks fade."""
        thanked = policy.array("thanked")
        thanked *= 1.0 - self.fading

    def _readiness(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Chance that somebody gives this month."""
        estates = policy.estates
        able = (
            estates["households"][rows]
            / self.usual_households
            * (estates["mean_activism"][rows] / self.usual_activism)
        )
        return np.asarray(self.chance * able * (estates["trust"][rows] / self.usual_trust))

    def _receive(self, policy: Policy, rows: Rows) -> None:
        """Book the gifts, and let works raise condition as much as the same money
        spent from the fund would."""
        estates = policy.estates
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        # as likely anywhere within the spread around the mean
        size = 1.0 - self.gift_spread + 2.0 * self.gift_spread * policy.luck(rows, LUCK_SIZE)
        amount = fen(self.gift * size * estates["mean_income"][rows] / FEN_PER_YUAN)
        works = np.floor(self.works * amount).astype(np.int64)
        policy.spend("donors", rows, works)
        policy.spend("donors", rows, amount - works, to="estate_funds")
        yearly = np.maximum(1.0, MONTHS_PER_YEAR * estates["price"][rows] * estates["billable_area"][rows])
        gain = (
            policy.parameters["condition_fund_restore"]
            * (works / yearly)
            * (1.0 - estates["condition"][rows])
        )
        policy.move("lever_condition", rows, np.minimum(gain, 1.0 - estates["condition"][rows]))
        policy.events(rows, Event.DONATION, Cause.POLICY, amount / FEN_PER_YUAN)
        policy.array("thanked")[rows] = self.thanks
