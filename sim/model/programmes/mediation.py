"""Mediation (纠纷调解): a dispute centre hears owners and manager; most disputes settle or are withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.casework import shared_out, whole_cases
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class Mediation(Intervention, kind="mediation"):
    """A district's centre takes disputes of owners who do not pay, the most embittered estates first."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_grievance",
        "lever_recovery",
        "lever_sanction",
        "lever_mediation",
        "lever_complaint_capacity",
    )
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("P054", "P053", "T014", "P066")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("cases_share",),
        ("centre",),
        ("settled", "notice", "cost"),
        ("paying", "relief", "notice", "cost"),
    )

    cases_share: float = setting(
        0.1,
        0,
        1,
        "share per month",
    )
    centre: int = setting(80, 0, 100_000, "cases/month", source="P054")
    settled: float = setting(0.75, 0, 1, "share", source="I069")
    paying: float = setting(0.6, 0, 1, "share")
    relief: float = setting(0.5, 0, 1, "share")
    notice: float = setting(
        0.5,
        0,
        1,
        "share",
    )
    cost: float = setting(200, 0, 1e5, "yuan/case")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Take this month's disputes."""
        if self.idle_settings():  # nor do mediators who bring nothing about take any up
            return
        estates = policy.estates
        rows = rows[(estates["billed"][rows] > 0) & (estates["payers"][rows] < estates["households"][rows])]
        refusers = estates["households"][rows] - estates["payers"][rows]
        debtors = np.maximum(1, estates["debtors"][rows])
        wanted = whole_cases(self.cases_share * strength * refusers, policy.luck(rows))
        order = np.argsort(-estates["grievance"][rows], kind="stable")
        cases = shared_out(estates["district_body"][rows], order, wanted, self.centre)
        paid = policy.spend("district", rows, fen(self.cost * cases))
        rows, cases, refusers, debtors = rows[paid], cases[paid], refusers[paid], debtors[paid]
        if policy.world["mechanism_repairs"][0]:  # the manager promises what owners complained of
            promised = policy.parameters["repairs_mediated"] * self.settled * cases
            policy.move("lever_complaint_capacity", rows, promised)
        if policy.world["mechanism_cases"][0]:  # what becomes of a dispute is the mechanism's to say
            policy.move("lever_mediation", rows, cases)
            return
        heard = cases / refusers
        # recovery is a chance of everybody in arrears, the cases are some of them
        policy.move("lever_recovery", rows, np.minimum(1.0, cases / debtors) * self.settled * self.paying)
        policy.move("lever_sanction", rows, heard * self.notice)
        policy.move("lever_grievance", rows, cases / estates["households"][rows] * self.settled * self.relief)
