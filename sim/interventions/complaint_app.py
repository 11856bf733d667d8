"""Complaint app (投诉办理平台): a channel with a deadline; what is late goes to the community, then to the district."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.casework import usual_cases
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class ComplaintApp(Intervention, kind="complaint_app"):
    """Complaining is easy, cases reach the right hands sooner, and late ones are taken over by community or district."""

    label_en: ClassVar[str] = "complaint app"
    label_zh: ClassVar[str] = "投诉办理平台"
    mechanism: ClassVar[Word] = Word(
        "业主在手机上报问题，派单到人，限期办结。管理者少走弯路，同样的人手多办一些；逾期的升级到社区，社区人手不够再升级到区里花钱解决。",
        "Owners report by phone, cases go to a named person, and there is a deadline. The manager gets more done with the same hands; "
        "late cases are taken over by the community, and where it has no hands left by the district, for money.",
    )
    risk: ClassVar[Word] = Word(
        "投诉先升后降：渠道一开，积压的不满先涌出来；期限缩短后，办不过来的更快成为逾期，人手和资金跟不上的地方积怨反而增加。",
        "Complaints rise first: an open channel brings out what people had swallowed. With a shorter deadline what cannot be handled is "
        "late sooner, so that grievance grows where hands and money do not keep up.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "lever_complaint_channel",
        "lever_deadline",
        "lever_complaint_capacity",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S044", "S043")

    channel: float = setting(
        1.0, 0, 10, "relative", "rise of complaining because it is easy", "渠道增加的投诉"
    )
    deadline: float = setting(1.0, 0, 24, "month", "by how much the deadline is shortened", "缩短的办理期限")
    routing: float = setting(
        0.3, 0, 5, "relative", "cases that the manager solves in addition", "派单提高的办理能力"
    )
    staff: float = setting(
        0.15,
        0,
        10,
        "persons",
        "community staff that the late cases of one estate take",
        "逾期升级占用社区人手",
    )
    cases: float = setting(
        8.0,
        0,
        1000,
        "cases/month",
        "late cases that community or district solve in one estate",
        "升级后每月办结数",
    )
    case_cost: float = setting(
        300, 0, 1e5, "yuan/case", "what a case costs the district once it has to step in", "区级办理每件成本"
    )
    cost: float = setting(100, 0, 1e5, "yuan/month", "running cost for one estate", "每小区每月运行费")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Keep the channel open wherever its running cost is met, and escalate what is late."""
        rows = rows[policy.spend("district", rows, fen(self.cost))]
        policy.move("lever_complaint_channel", rows, self.channel * strength)
        policy.move("lever_deadline", rows, self.deadline * strength)
        policy.move("lever_complaint_capacity", rows, self.routing * strength * usual_cases(policy, rows))
        self._escalate(policy, rows, strength)

    def _escalate(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Estates whose open cases have on average waited past the deadline."""
        estates = policy.estates
        deadline = np.maximum(0.0, policy.parameters["complaints_deadline"] - self.deadline)
        number, waited = estates["complaints_open"][rows], estates["waiting_months"][rows]
        rows = rows[waited > deadline * number]
        taken = np.minimum(self.cases * strength, estates["complaints_open"][rows])
        by_community = policy.claim_staff("community", rows, self.staff)
        policy.move("lever_complaint_capacity", rows[by_community], taken[by_community])
        rows, taken = rows[~by_community], taken[~by_community]
        paid = policy.spend("district", rows, fen(self.case_cost * taken))
        policy.move("lever_complaint_capacity", rows[paid], taken[paid])
