"""Committee drive (业委会组建攻坚): streets and party members mobilise votes to form owners' committees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class CommitteeDrive(Intervention, kind="committee_drive"):
    """Street staff start votes, bring owners to them and vet candidates; at the end of a term they help with renewal."""

    label_en: ClassVar[str] = "committee drive"
    label_zh: ClassVar[str] = "业委会组建攻坚"
    mechanism: ClassVar[Word] = Word(
        "街道和党员入户动员，发起成立业主委员会的表决，提高参与率，并审核候选人；换届前再次动员。每个小区占用街道人手，人手用完的月份轮不到的小区只能等待。",
        "Street staff and party members go from door to door, start the vote, raise participation and vet candidates; before a "
        "term ends they do it again. Every estate takes staff time of its street: those for whom none is left wait.",
    )
    risk: ClassVar[Word] = Word(
        "为数量而成立：靠动员达到法定参与率的小区，自身积极性不足，业委会容易懈怠；动员停止后，任期届满时达不到参与率而解散。",
        "Formed for the count: where only mobilisation reaches the quorum, owners are not active themselves. The committee tires, "
        "and once mobilisation has stopped it lapses at the end of its term for want of the same quorum.",
    )
    levers: ClassVar[tuple[str, ...]] = ("lever_mobilisation", "lever_participation", "lever_vetting")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S032", "P044", "P046", "P047", "P048", "T012")

    attempts: float = setting(
        0.15,
        0,
        1,
        "per month",
        "chance that a mobilised estate comes to a vote in a month",
        "每月发起表决概率",
    )
    participation: float = setting(
        0.25, 0, 1, "share", "participation that going from door to door adds", "动员增加的参与率"
    )
    vetting: float = setting(
        0.3, 0, 1, "share", "part of missing integrity and competence that vetting makes up", "候选人审核成效"
    )
    staff: float = setting(
        0.25, 0, 100, "persons", "street staff that one estate takes in a month", "每小区占用街道人手"
    )
    cost: float = setting(
        600,
        0,
        1e6,
        "yuan/month",
        "what mobilising one estate costs the street in a month",
        "每小区每月动员经费",
    )
    renewal_months: int = setting(
        3, 0, 48, "month", "months before the end of a term in which renewal is mobilised", "换届前动员月数"
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is no committee yet."""
        return np.asarray(policy.committees["exists"] == 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Mobilise the estates that need it and for which the street has hands and money."""
        committees = policy.committees
        needs = (committees["exists"][rows] == 0) | (committees["term_left"][rows] <= self.renewal_months)
        rows = rows[needs]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        policy.move("lever_mobilisation", rows, self.attempts * strength)
        policy.move("lever_participation", rows, self.participation * strength)
        policy.move("lever_vetting", rows, self.vetting * strength)
