"""Red neighbour (红邻计划): retired officials move into estates as secretaries
and bring neighbours together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import managed
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy

LUCK_STAY, LUCK_ABILITY = 0, 1


class RedNeighbour(Intervention, kind="red_neighbour"):
    """A fixed number of persons, each in one estate for the length of a posting; what they achieve
    depends on who they are."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_norm",
        "lever_trust",
        "lever_complaint_capacity",
        "lever_participation",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S040", "T010", "T012")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("persons",),
        ("norm", "trust", "solved", "participation", "allowance"),
    )

    persons: int = setting(21, 0, 100_000, "persons", source="S040")
    posting: int = setting(24, 1, 240, "month")
    early_leave: float = setting(0.01, 0, 1, "per month")
    ability_mean: float = setting(0.6, 0, 1, "share")
    ability_spread: float = setting(0.25, 0, 1, "share")
    norm: float = setting(0.4, 0, 3, "logit")
    trust: float = setting(0.2, 0, 1, "share")
    solved: float = setting(
        1.0,
        0,
        100,
        "cases/month",
    )
    participation: float = setting(
        0.08,
        0,
        1,
        "share",
    )
    allowance: float = setting(3000, 0, 1e6, "yuan/month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where somebody manages the estate and bills fees that neighbours can be won for."""
        mode = policy.estates["mode"]
        return np.asarray(managed(mode))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Those whose time is over leave, free ones are sent (not while it is withdrawn), and
        everybody who is paid works."""
        ability = policy.array("ability")
        there = policy.array("until", np.int32)[rows] > 0
        stayed = rows[there & ~self._leave(policy, rows, there)]
        sent = self._send(policy, rows[~there], stayed.size) if strength >= 1.0 else rows[:0]
        posted = np.concatenate((stayed, sent))
        posted = posted[policy.spend("district", posted, fen(self.allowance))]
        able = ability[posted] * strength
        policy.move("lever_norm", posted, self.norm * able)
        policy.move("lever_trust", posted, self.trust * able)
        policy.move("lever_complaint_capacity", posted, self.solved * able)
        policy.move("lever_participation", posted, self.participation * able)

    def _leave(self, policy: Policy, rows: Rows, there: np.ndarray) -> np.ndarray:
        """Which secretaries leave this month: at the end of the posting, or before."""
        until, since = policy.array("until", np.int32), policy.array("since", np.int32)
        over = there & (policy.month >= until[rows])
        early = there & ~over & (policy.luck(rows, LUCK_STAY) < self.early_leave)
        for cause, which in ((Cause.TERM_ENDED, rows[over]), (Cause.VACANCY, rows[early])):
            policy.events(which, Event.SECRETARY_LEFT, cause, policy.month - since[which])
        until[rows[over | early]] = 0
        return np.asarray(over | early)

    def _send(self, policy: Policy, waiting: Rows, busy: int) -> Rows:
        """Send those who are free, first where fewest have been before, then by the order of the
        programme."""
        served = policy.array("served", np.int32)
        sent = waiting[np.argsort(served[waiting], kind="stable")][: max(0, self.persons - busy)]
        if sent.size == 0:
            return sent
        able = np.clip(self.ability_mean + self.ability_spread * policy.noise(sent, LUCK_ABILITY), 0.0, 1.0)
        policy.array("ability")[sent] = able
        policy.array("since", np.int32)[sent] = policy.month
        policy.array("until", np.int32)[sent] = policy.month + self.posting
        served[sent] += 1
        policy.events(sent, Event.SECRETARY_SENT, Cause.POLICY, able)
        return sent

    def withdraw(self, policy: Policy) -> None:
        """Whoever is still there goes home."""
        self._go_home(policy, np.flatnonzero(policy.array("until", np.int32)), Cause.POLICY)

    def stop(self, policy: Policy, rows: Rows) -> None:
        """Whoever is there goes home, and is free for another estate; who comes later is another."""
        self._go_home(policy, rows[policy.array("until", np.int32)[rows] > 0], Cause.CONDITION)

    def _go_home(self, policy: Policy, rows: Rows, cause: Cause) -> None:
        since = policy.array("since", np.int32)
        policy.events(rows, Event.SECRETARY_LEFT, cause, policy.month - since[rows])
        policy.array("until", np.int32)[rows] = 0
