"""Self-management (业主自管): volunteer-led groups run small estates that nobody else would,
until the market takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.modes import SELF, managed
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class SelfManagement(Intervention, kind="self_management"):
    """A leader and a group of volunteers for each small estate with a will to pay; their
    strength is what they have left. The street pays for room, tools and insurance."""

    levers: ClassVar[tuple[str, ...]] = ("lever_self_management", "lever_belief")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S066", "S068", "S069", "P005", "P026", "T012")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "community", "staff"),
        Need("money", "street", "allowance"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("leaders",),
        ("support", "openness", "staff", "allowance"),
    )

    leaders: int = setting(
        171,
        0,
        100_000,
        "persons",
        source="S068",
    )
    largest: int = setting(350, 1, 5000, "households", source="P005")
    activism: float = setting(0.3, 0, 1, "share")
    will_to_pay: float = setting(0.25, 0, 1, "share")
    support: float = setting(1.0, 0, 3, "share")
    fatigue: float = setting(
        0.036,
        0,
        1,
        "share per month",
        source="I143",
    )
    quits_below: float = setting(0.4, 0, 1, "share")
    search: int = setting(6, 1, 120, "month")
    openness: float = setting(
        0.8,
        0,
        1,
        "share",
    )
    staff: float = setting(
        0.1,
        0,
        100,
        "persons",
    )

    allowance: float = setting(500, 0, 1e5, "yuan/month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Small estates that nobody manages beyond cleaning, with activity and a will to pay."""
        estates = policy.estates
        alone = ~managed(estates["mode"])
        will = (estates["mean_activism"] >= self.activism) & (estates["paid_share"] >= self.will_to_pay)
        return np.asarray(alone & will & (estates["households"] <= self.largest))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Groups tire, leaders who give up are missed, new ones are found, and those who are there work."""
        mode = policy.estates["mode"][rows]
        rows = rows[~managed(mode) | (mode == SELF)]
        energy, quit_in = policy.array("energy"), policy.array("quit_in", np.int32)
        others = np.ones(energy.size, bool)
        others[rows] = False
        energy[others] = 0.0  # where a company took over, the group has done its work
        energy *= 1.0 - self.fatigue
        tired = rows[(energy[rows] > 0.0) & (energy[rows] < self.quits_below)]
        energy[tired], quit_in[tired] = 0.0, policy.month
        if strength >= 1.0:
            self._find(policy, rows, energy, quit_in)
        led = rows[energy[rows] > 0.0]
        led = led[policy.spend("street", led, fen(self.allowance))]
        policy.move("lever_self_management", led, self.support * strength * energy[led])
        open_books = led[policy.estates["mode"][led] == SELF]
        policy.move("lever_belief", open_books, self.openness * strength)

    def stop(self, policy: Policy, rows: Rows) -> None:
        """Groups that are no longer supported break up; when it goes on, leaders must be found anew."""
        policy.array("energy")[rows] = 0.0

    def _find(self, policy: Policy, rows: Rows, energy: np.ndarray, quit_in: np.ndarray) -> None:
        """New leaders, as far as there are people and hands to find them."""
        free = max(0, self.leaders - int(np.count_nonzero(energy > 0.0)))
        looking = rows[
            (energy[rows] <= 0.0) & ((quit_in[rows] == 0) | (policy.month - quit_in[rows] >= self.search))
        ]
        found = looking[:free]
        found = found[policy.claim_staff("community", found, self.staff)]
        energy[found] = 1.0
