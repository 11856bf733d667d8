"""Reception day (接待日): every other week community and company sit down with owners and
solve what can be solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.programmes.casework import ranks_by_body, whole_cases
from sim.model.state.events import Cause, Event
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class ReceptionDay(Intervention, kind="reception_day"):
    """A few sessions a month in every community, one estate at a time; estates take turns."""

    levers: ClassVar[tuple[str, ...]] = ("lever_complaint_channel", "lever_complaint_capacity", "lever_trust")
    payers: ClassVar[tuple[str, ...]] = ("community",)
    evidence: ClassVar[tuple[str, ...]] = ("S045", "S046")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("staff", "community", "staff"),
        Need("money", "community", "cost"),
    )
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("sessions",),
        ("solved", "heard", "contact", "staff", "cost"),
    )

    sessions: int = setting(2, 0, 100, "per month", source="S045")
    solved: float = setting(0.5, 0, 100, "problems", source="S046")
    heard: float = setting(0.5, 0, 10, "relative")
    contact: float = setting(
        0.15,
        0,
        1,
        "share",
    )
    staff: float = setting(0.1, 0, 10, "persons")
    cost: float = setting(50, 0, 1e5, "yuan/session")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Hold this month's sessions."""
        last, estates = policy.array("last_heard", np.int32), policy.estates
        turn = np.lexsort((-estates["complaints_open"][rows], last[rows]))
        place = ranks_by_body(estates["community"][rows], turn)
        rows = rows[place < self.sessions]
        rows = rows[policy.claim_staff("community", rows, self.staff)]
        rows = rows[policy.spend("community", rows, fen(self.cost))]
        last[rows] = policy.month
        cases = whole_cases(np.full(rows.size, self.solved * strength), policy.luck(rows))
        cases = np.minimum(cases, estates["complaints_open"][rows])
        policy.move("lever_complaint_capacity", rows, cases)
        policy.move("lever_complaint_channel", rows, self.heard * strength)
        policy.move("lever_trust", rows, self.contact * strength)
        some = cases > 0
        policy.events(rows[some], Event.PROBLEM_SOLVED, Cause.POLICY, cases[some])
