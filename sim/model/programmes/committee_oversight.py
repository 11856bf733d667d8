"""Committee oversight (业委会监督): duty lists and audits of owners' committees, and
removal of captured ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class CommitteeOversight(Intervention, kind="committee_oversight"):
    """The street keeps committees to a list of duties, audits them, and has captured ones elected anew."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_oversight",
        "lever_mobilisation",
        "lever_participation",
        "lever_vetting",
        "committees.exists",
    )
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S050", "S052", "P047", "P048", "T012", "T017")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("oversight", "remove_below", "noise", "cost", "staff"),
    )

    oversight: float = setting(0.6, 0, 1, "share")
    period: int = setting(12, 1, 60, "month")
    remove_below: float = setting(0.3, 0, 1, "share")
    noise: float = setting(0.1, 0, 0.5, "share")
    tries: int = setting(3, 0, 60, "month")
    participation: float = setting(0.1, 0, 1, "share")
    vetting: float = setting(0.3, 0, 1, "share")
    staff: float = setting(0.05, 0, 100, "persons")
    cost: float = setting(1000, 0, 1e6, "yuan/audit")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is a committee."""
        return np.asarray(policy.committees["exists"] == 1)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Keep committees to their duties, audit at first and when it is due, and organise
        elections where one was removed."""
        left = policy.array("tries_left", np.int32)
        exists = policy.committees["exists"][rows] == 1
        left[rows[exists]] = 0
        audited = rows[exists]
        if policy.elapsed == 0 or policy.due(self.period):
            self._audit(policy, audited[policy.spend("street", audited, fen(self.cost))], strength)
        rows = rows[exists | (left[rows] > 0)]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        policy.move("lever_oversight", rows, self.oversight * strength)
        elect = rows[left[rows] > 0]
        policy.move("lever_mobilisation", elect, 1.0)
        policy.move("lever_participation", elect, self.participation * strength)
        policy.move("lever_vetting", elect, self.vetting * strength)
        left[elect] -= 1

    def _audit(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Remove the committees that an audit finds captured."""
        integrity = policy.committees["integrity"][rows]
        found = integrity + self.noise * policy.noise(rows) < self.remove_below * strength
        policy.assign("committees.exists", rows[found], 0)
        policy.array("tries_left", np.int32)[rows[found]] = self.tries
        policy.events(rows[found], Event.COMMITTEE_REPLACED, Cause.CAPTURE, integrity[found])
