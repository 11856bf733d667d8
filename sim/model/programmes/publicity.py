"""Publicity (宣传引导): campaigns that remind owners that paying is what neighbours do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.modes import managed
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class Publicity(Intervention, kind="publicity"):
    """A campaign every so many months: nobody knows beforehand how well it works, and what it does fades."""

    levers: ClassVar[tuple[str, ...]] = ("lever_norm",)
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("T005", "T006", "T007", "T008", "T009", "T010")
    needs: ClassVar[tuple[Need, ...]] = (Need("staff", "community", "staff"),)
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("best", "worst", "cost", "staff"),)

    period: int = setting(12, 1, 120, "month")
    best: float = setting(
        0.35,
        0,
        3,
        "logit",
        source="Q087",
    )
    worst: float = setting(0.0, 0, 3, "logit", source="T008")
    fading: float = setting(0.2, 0, 1, "share per month")
    habituation: float = setting(
        0.05,
        0,
        1,
        "share",
        source="Q090",
    )
    cost: float = setting(3, 0, 1000, "yuan/household")
    staff: float = setting(
        0.02,
        0,
        100,
        "persons",
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where fees are billed."""
        mode = policy.estates["mode"]
        return np.asarray(managed(mode))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Let what earlier campaigns left fade, campaign when it is time, and remind."""
        self.rest(policy)
        left = policy.array("left")
        if strength >= 1.0 and policy.elapsed % self.period == 0:
            self._campaign(policy, rows)
        reached = rows[left[rows] > 0.0]
        policy.move("lever_norm", reached, left[reached] * policy.estates["paid_share"][reached] * strength)

    def rest(self, policy: Policy) -> None:
        """What earlier campaigns left fades, whether there is another or not."""
        left = policy.array("left")
        left *= 1.0 - self.fading

    def _campaign(self, policy: Policy, rows: Rows) -> None:
        """One campaign of every district, as good as its luck, in the estates that staff and money reach."""
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        rows = rows[policy.spend("district", rows, fen(self.cost * policy.estates["households"][rows]))]
        heard = policy.array("heard", np.int32)
        low, high = min(self.worst, self.best), max(self.worst, self.best)
        districts = policy.estates["district_body"][rows]
        power = low + (high - low) * policy.luck_at(districts)
        policy.array("left")[rows] += power * self._interest(heard[rows])
        heard[rows] += 1

    def _interest(self, heard: np.ndarray) -> np.ndarray:
        """What owners who have heard so many campaigns still take in."""
        most = int(heard.max(initial=0))
        interest = np.ones(most + 1)
        for number in range(1, most + 1):
            interest[number] = interest[number - 1] * (1.0 - self.habituation)
        return np.asarray(interest[heard])
