"""Complaint app (投诉办理平台): a channel with a deadline; what is late goes to the
community, then to the district."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.programmes.casework import usual_cases
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class ComplaintApp(Intervention, kind="complaint_app"):
    """Complaining is easy, cases reach the right hands sooner, and late ones are taken over
    by community or district."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_complaint_channel",
        "lever_deadline",
        "lever_complaint_capacity",
        "lever_cases_community",
        "lever_cases_district",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S044", "S043")
    needs: ClassVar[tuple[Need, ...]] = (Need("money", "district", "cost"),)
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("channel", "deadline", "routing", "cases", "cost", "staff"),
    )

    channel: float = setting(1.0, 0, 10, "relative")
    deadline: float = setting(1.0, 0, 24, "month")
    routing: float = setting(0.3, 0, 5, "relative")
    staff: float = setting(
        0.15,
        0,
        10,
        "persons",
    )
    cases: float = setting(
        8.0,
        0,
        1000,
        "cases/month",
    )
    case_cost: float = setting(300, 0, 1e5, "yuan/case")
    cost: float = setting(100, 0, 1e5, "yuan/month")

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
        policy.move("lever_cases_community", rows[by_community], taken[by_community])
        rows, taken = rows[~by_community], taken[~by_community]
        if policy.world["mechanism_repairs"][0]:  # what a case costs is the mechanism's to say
            policy.move("lever_cases_district", rows, taken)
            policy.move("lever_complaint_capacity", rows, taken)
            return
        paid = policy.spend("district", rows, fen(self.case_cost * taken))
        policy.move("lever_complaint_capacity", rows[paid], taken[paid])
