"""Self-management (业主自管): volunteer-led groups run small estates that nobody else would, until the market takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows
from sim.scenario import setting
from sim.state.modes import CLEANING, NONE, SELF
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class SelfManagement(Intervention, kind="self_management"):
    """A leader and a group of volunteers for each small estate with a will to pay; their strength is what they have left."""

    label_en: ClassVar[str] = "supported self-management"
    label_zh: ClassVar[str] = "扶持业主自管"
    mechanism: ClassVar[Word] = Word(
        "社区在无人管理、规模小、愿意缴费的小区物色带头人，组成志愿服务队；下一次招标仍无人投标时由业主自管，低标准收费，志愿者出力。账目公开，投标企业看得到真实收缴率，条件好的小区以后可转给市场。",
        "In small unmanaged estates with a will to pay the community finds a leader and a group. When the next tender draws nobody, "
        "owners run the estate themselves at a low fee, with unpaid work of volunteers. Their books are open: bidders see what is "
        "really collected, and a company may take the estate over later.",
    )
    risk: ClassVar[Word] = Word(
        "靠少数志愿者撑着：带头人会疲惫、会退出，志愿投入随之减少，服务随之下降；大的、冷漠的小区和没有带头人的小区得不到帮助。",
        "It rests on a few volunteers. Leaders tire and quit, with them goes unpaid work, and service falls; a new leader has to be "
        "found. Large or indifferent estates, and those for which there is no leader, get nothing.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_self_management", "lever_belief")
    payers: ClassVar[tuple[str, ...]] = ()
    evidence: ClassVar[tuple[str, ...]] = ("S066", "S068", "S069", "P005", "P026", "T012")

    leaders: int = setting(
        171,
        0,
        100_000,
        "persons",
        "people in the city who can lead such a group",
        "可担任带头人的人数",
        "S068",
    )
    largest: int = setting(
        350, 1, 5000, "households", "largest estate in which a group is built", "可自管的最大户数", "P005"
    )
    activism: float = setting(0.3, 0, 1, "share", "least mean activism of the owners", "业主平均积极性下限")
    will_to_pay: float = setting(
        0.25, 0, 1, "share", "least share of owners who would pay, by what was last seen", "愿意缴费比例下限"
    )
    support: float = setting(
        1.0, 0, 3, "share", "work of a fresh group, 1 = full support", "新组建志愿队的投入"
    )
    fatigue: float = setting(
        0.02,
        0,
        1,
        "share per month",
        "part of a group's strength that is lost every month",
        "志愿队每月疲惫程度",
    )
    quits_below: float = setting(
        0.4, 0, 1, "share", "strength under which a leader gives up", "带头人退出的界限"
    )
    search: int = setting(6, 1, 120, "month", "months until a new leader is found", "重新物色带头人的月数")
    openness: float = setting(
        0.8,
        0,
        1,
        "share",
        "how far bidders see the true collection of a self-managed estate",
        "自管小区收缴率对投标企业的公开程度",
    )
    staff: float = setting(
        0.1,
        0,
        100,
        "persons",
        "community staff that finding a leader for one estate takes",
        "物色带头人占用社区人手",
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Small estates that nobody manages beyond cleaning, with activity and a will to pay."""
        estates = policy.estates
        alone = (estates["mode"] == NONE) | (estates["mode"] == CLEANING)
        will = (estates["mean_activism"] >= self.activism) & (estates["paid_share"] >= self.will_to_pay)
        return np.asarray(alone & will & (estates["households"] <= self.largest))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Groups tire, leaders who give up are missed, new ones are found, and those who are there work."""
        mode = policy.estates["mode"][rows]
        rows = rows[(mode == NONE) | (mode == CLEANING) | (mode == SELF)]
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
        policy.move("lever_self_management", led, self.support * strength * energy[led])
        open_books = led[policy.estates["mode"][led] == SELF]
        policy.move("lever_belief", open_books, self.openness * strength)

    def _find(self, policy: Policy, rows: Rows, energy: np.ndarray, quit_in: np.ndarray) -> None:
        """New leaders, as far as there are people and hands to find them."""
        free = max(0, self.leaders - int(np.count_nonzero(energy > 0.0)))
        looking = rows[
            (energy[rows] <= 0.0) & ((quit_in[rows] == 0) | (policy.month - quit_in[rows] >= self.search))
        ]
        found = looking[:free]
        found = found[policy.claim_staff("community", found, self.staff)]
        energy[found] = 1.0
