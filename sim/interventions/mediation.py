"""Mediation (纠纷调解): a dispute centre hears owners and manager; most disputes settle or are withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.interventions.casework import shared_out, whole_cases
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class Mediation(Intervention, kind="mediation"):
    """A district's centre takes disputes of owners who do not pay, the most embittered estates first."""

    label_en: ClassVar[str] = "mediation"
    label_zh: ClassVar[str] = "物业纠纷调解"
    mechanism: ClassVar[Word] = Word(
        "区纠纷调解中心受理欠费纠纷，怨气最重的小区优先，每月受理件数有限。绝大多数纠纷调解成功或撤回，部分业主补缴欠费，怨气缓解；欠费有人过问，其他人也多一层顾虑。",
        "The district's centre takes disputes over unpaid fees, the most embittered estates first, so many a month. Most settle or are "
        "withdrawn: some owners pay up, grievance is talked out, and refusing no longer goes unnoticed.",
    )
    risk: ClassVar[Word] = Word(
        "解纷不解因：调解消的是气，服务和遗留问题没有变，调解一停积怨就回来；账龄长的欠费调解也难收回。",
        "It settles the quarrel, not its cause: service and defects stay as they were, so grievance comes back once talks stop; and old "
        "arrears are hardly ever paid, settlement or not.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_grievance", "lever_recovery", "lever_sanction")
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("P054", "P053", "T014", "P066")

    cases_share: float = setting(
        0.1,
        0,
        1,
        "share per month",
        "owners who did not pay and bring or face a dispute, where there is room",
        "每月进入调解的欠费业主比例",
    )
    centre: int = setting(
        80, 0, 100_000, "cases/month", "cases that the centre of a district takes", "每区每月受理件数", "P054"
    )
    settled: float = setting(
        0.94, 0, 1, "share", "disputes that settle or are withdrawn", "调解或撤回比例", "P054"
    )
    paying: float = setting(
        0.4, 0, 1, "share", "settled disputes in which fresh arrears are paid", "调解后补缴比例"
    )
    relief: float = setting(
        0.5, 0, 1, "share", "grievance that a settled dispute takes off an owner", "调解化解的积怨"
    )
    notice: float = setting(
        0.5,
        0,
        1,
        "share",
        "sanction that owners would expect if every refusal were taken up",
        "欠费有人过问的约束",
    )
    cost: float = setting(200, 0, 1e5, "yuan/case", "cost of a case", "每件调解成本")

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Take this month's disputes."""
        estates = policy.estates
        rows = rows[(estates["billed"][rows] > 0) & (estates["payers"][rows] < estates["households"][rows])]
        refusers = estates["households"][rows] - estates["payers"][rows]
        debtors = np.maximum(1, estates["debtors"][rows])
        wanted = whole_cases(self.cases_share * strength * refusers, policy.luck(rows))
        order = np.argsort(-estates["grievance"][rows], kind="stable")
        cases = shared_out(estates["district_body"][rows], order, wanted, self.centre)
        paid = policy.spend("district", rows, fen(self.cost * cases))
        rows, cases, refusers, debtors = rows[paid], cases[paid], refusers[paid], debtors[paid]
        heard = cases / refusers
        # recovery is a chance of everybody in arrears, the cases are some of them
        policy.move("lever_recovery", rows, np.minimum(1.0, cases / debtors) * self.settled * self.paying)
        policy.move("lever_sanction", rows, heard * self.notice)
        policy.move("lever_grievance", rows, cases / estates["households"][rows] * self.settled * self.relief)
