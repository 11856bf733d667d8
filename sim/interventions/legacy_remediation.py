"""Legacy remediation (遗留问题整治): developers are made to repair what they left; where they are gone, the district does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class LegacyRemediation(Intervention, kind="legacy_remediation"):
    """Defects go month by month, once a developer gives in or the district has the money."""

    label_en: ClassVar[str] = "legacy remediation"
    label_zh: ClassVar[str] = "开发遗留问题整治"
    mechanism: ClassVar[Word] = Word(
        "先查清开发遗留问题。开发商还在且有能力的，区里逐月督办，直到其同意出资维修；开发商已注销或破产的，由区财政出资。维修按月推进，遗留问题逐月减少，积怨的来源随之减少。",
        "Defects are listed first. Where the developer still exists and can pay, the district presses month by month until it agrees "
        "to repair; where it is gone, the district pays. Repairs go on month by month, and what feeds grievance goes with the defects.",
    )
    risk: ClassVar[Word] = Word(
        "见效慢；开发商越早退出市场，账单越落到区财政，年度资金用完后，剩下的小区只能等。",
        "Slow; and the older the estate, the likelier its developer is gone. The bill then falls to the district, and when its money "
        "for the year is used up the other estates wait.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_legacy",)
    payers: ClassVar[tuple[str, ...]] = ("developers", "district")
    evidence: ClassVar[tuple[str, ...]] = ("P066", "T013")

    solvent: float = setting(
        0.9, 0, 1, "share", "developers of new estates that exist and can pay", "新小区开发商有能力的比例"
    )
    gone: float = setting(
        0.03,
        0,
        1,
        "share per year",
        "part of all developers that is gone with every year of the estate",
        "开发商逐年退出比例",
    )
    concedes: float = setting(
        0.08,
        0,
        1,
        "per month",
        "chance that a developer under pressure agrees to repair",
        "开发商每月同意维修的概率",
    )
    pace: float = setting(
        0.03, 0, 1, "share per month", "defects removed in a month of repairs", "每月整治进度"
    )
    cost: float = setting(
        5000, 0, 1e6, "yuan/household", "cost of removing the worst defects altogether", "全部整治成本"
    )
    pursuit: float = setting(
        1000, 0, 1e6, "yuan/month", "what pressing one developer costs the district", "每小区每月督办经费"
    )
    district_share: float = setting(
        1.0,
        0,
        1,
        "share",
        "part of a missing developer's repairs that the district takes over",
        "区级代修比例",
    )
    lag: int = setting(6, 0, 120, "month", "from inclusion until the defects are listed", "查清问题所需月数")

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
        age = policy.world["start_year"][0] + policy.month / 12 - policy.estates["built_year"]
        return np.asarray(fate < self.solvent - self.gone * np.maximum(0.0, age))

    def _press(self, policy: Policy, rows: Rows, strength: float) -> Rows:
        """The estates of `rows` whose developer has agreed by now."""
        agreed = policy.array("agreed", bool)
        waiting = rows[~agreed[rows]]
        waiting = waiting[policy.spend("district", waiting, fen(self.pursuit))]
        agreed[waiting[policy.luck(waiting, 1) < self.concedes * strength]] = True
        return rows[agreed[rows]]

    def _repair(self, policy: Policy, bearer: str, rows: Rows, pace: float) -> None:
        """A month of repairs, where the bearer can pay for it; says so where it was the last."""
        legacy = policy.estates["legacy"][rows]
        removed = np.minimum(legacy, pace)
        paid = policy.spend(bearer, rows, fen(self.cost * removed * policy.estates["households"][rows]))
        policy.move("lever_legacy", rows[paid], removed[paid])
        done = rows[paid & (removed >= legacy)]
        policy.events(done, Event.LEGACY_REPAIRED, Cause.POLICY, policy.array("defects_found")[done])
