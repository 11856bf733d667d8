"""Reception day (接待日): every other week community and company sit down with owners and solve what can be solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.casework import ranks_by_body, whole_cases
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class ReceptionDay(Intervention, kind="reception_day"):
    """A few sessions a month in every community, one estate at a time; estates take turns."""

    label_en: ClassVar[str] = "reception day"
    label_zh: ClassVar[str] = "接待日"
    mechanism: ClassVar[Word] = Word(
        "社区每两周组织一次面对面接待，各小区轮流，最久没轮到的先来。见面增进信任，问题当场解决的平均每场约半件。",
        "Every other week the community holds a session face to face; estates take turns, the one heard longest ago first. Meeting "
        "builds trust, and about half a problem a session is solved on the spot.",
    )
    risk: ClassVar[Word] = Word(
        "杯水车薪：来反映的问题比当场解决的多，在企业办理能力弱的小区，听了没有下文，积压和逾期反而增加。",
        "A drop in the bucket: more is brought forward than is solved on the spot. Where the manager solves little, what was heard "
        "joins the backlog, and being heard without an answer feeds grievance.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_complaint_channel", "lever_complaint_capacity", "lever_trust")
    payers: ClassVar[tuple[str, ...]] = ("community",)
    evidence: ClassVar[tuple[str, ...]] = ("S045", "S046")

    sessions: int = setting(2, 0, 100, "per month", "sessions in a community", "每社区每月场次", "S045")
    solved: float = setting(
        0.5, 0, 100, "problems", "problems solved on the spot in a session", "每场当场解决数", "S046"
    )
    heard: float = setting(
        0.5, 0, 10, "relative", "rise of complaining in an estate that is heard", "接待增加的投诉"
    )
    contact: float = setting(
        0.15,
        0,
        1,
        "share",
        "trust that an estate's management deserves for being met, in that month",
        "见面增进的信任",
    )
    staff: float = setting(0.1, 0, 10, "persons", "community staff that a session takes", "每场占用社区人手")
    cost: float = setting(50, 0, 1e5, "yuan/session", "cost of a session", "每场成本")

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
