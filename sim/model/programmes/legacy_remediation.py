"""Legacy remediation (遗留问题整治): developers are made to repair what they left; where they are
gone, the district does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class LegacyRemediation(Intervention, kind="legacy_remediation"):
    """Defects go month by month, once a developer gives in or the district has the money."""

    levers: ClassVar[tuple[str, ...]] = ("lever_legacy",)
    payers: ClassVar[tuple[str, ...]] = ("developers", "district")
    evidence: ClassVar[tuple[str, ...]] = ("P066", "T013")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("pace", "pursuit"),
        ("solvent", "gone", "district_share"),
        ("concedes", "pursuit", "district_share"),
    )

    solvent: float = setting(0.9, 0, 1, "share")
    gone: float = setting(
        0.03,
        0,
        1,
        "share per year",
    )
    concedes: float = setting(
        0.08,
        0,
        1,
        "per month",
    )
    pace: float = setting(0.03, 0, 1, "share per month")
    cost: float = setting(5000, 0, 1e6, "yuan/household")
    pursuit: float = setting(1000, 0, 1e6, "yuan/month")
    district_share: float = setting(
        1.0,
        0,
        1,
        "share",
    )
    lag: int = setting(6, 0, 120, "month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there are defects."""
        return np.asarray(policy.estates["legacy"] > 0.0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Press developers that can pay, and repair a month's worth wherever somebody pays."""
        found = policy.array("defects_found")
        rows = rows[policy.estates["legacy"][rows] > 0.0]
        found[rows] = np.maximum(found[rows], policy.estates["legacy"][rows])
        able = self._able(policy)[rows]
        agreed = self._press(policy, rows[able], strength)
        self._repair(policy, "developers", agreed, self.pace * strength)
        self._repair(policy, "district", rows[~able], self.pace * self.district_share * strength)

    def _able(self, policy: Policy) -> np.ndarray:
        """True for each estate whose developer can pay; decided once, in the first month in force."""
        fate = policy.array("developer_fate")
        if not fate.any():
            fate[:] = policy.luck(np.arange(fate.size))
        return np.asarray(fate < self.solvent - self.gone * policy.age)

    def _press(self, policy: Policy, rows: Rows, strength: float) -> Rows:
        """The estates of `rows` whose developer has agreed by now."""
        agreed = policy.array("agreed", bool)
        waiting = rows[~agreed[rows]]
        waiting = waiting[policy.spend("district", waiting, fen(self.pursuit))]
        agreed[waiting[policy.luck(waiting, 1) < self.concedes * strength]] = True
        return np.asarray(rows[agreed[rows]])

    def _repair(self, policy: Policy, bearer: str, rows: Rows, pace: float) -> None:
        """A month of repairs, where the bearer can pay for it; says so where it was the last."""
        legacy = policy.estates["legacy"][rows]
        removed = np.minimum(legacy, pace)
        paid = policy.spend(bearer, rows, fen(self.cost * removed * policy.estates["households"][rows]))
        policy.move("lever_legacy", rows[paid], removed[paid])
        done = rows[paid & (removed >= legacy)]
        policy.events(done, Event.LEGACY_REPAIRED, Cause.POLICY, policy.array("defects_found")[done])
