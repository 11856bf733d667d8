"""Committee oversight (业委会监督): duty lists and audits of owners' committees, and removal of captured ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.interventions.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.state.events import Cause, Event
from sim.words import Word

if TYPE_CHECKING:
    from sim.interventions.frame import Policy


class CommitteeOversight(Intervention, kind="committee_oversight"):
    """The street keeps committees to a list of duties, audits them, and has captured ones elected anew."""

    label_en: ClassVar[str] = "committee oversight"
    label_zh: ClassVar[str] = "业委会监督"
    mechanism: ClassVar[Word] = Word(
        "街道给业委会列履职清单并督促，活跃度和廉洁度逐步回升；定期审计，审计结论有误差，认定被把持的业委会予以罢免，并组织改选、审核候选人。督促和改选占用街道人手。",
        "The street holds committees to a list of duties, which brings back activity and integrity step by step. Audits, which may "
        "err, find captured committees; these are removed, and a new election with vetted candidates is organised. Both take "
        "staff time of the street.",
    )
    risk: ClassVar[Word] = Word(
        "审计有误差，也会罢免廉洁的业委会；改选同样要达到法定参与率，达不到时小区就没有业委会，监督反而落空。",
        "Audits err, so honest committees are removed too; and the new election needs the same quorum. Where it is missed the "
        "estate is left without any committee, and nobody watches the company or the public revenue.",
    )
    levers: ClassVar[tuple[str, ...]] = (
        "lever_oversight",
        "lever_mobilisation",
        "lever_participation",
        "lever_vetting",
        "committees.exists",
    )
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S050", "S052", "P047", "P048", "T012", "T017")

    oversight: float = setting(
        0.6, 0, 1, "share", "oversight of a committee that is kept to its duties", "履职督促强度"
    )
    period: int = setting(12, 1, 60, "month", "months between audits", "审计周期")
    remove_below: float = setting(
        0.3, 0, 1, "share", "integrity found under which a committee is removed", "罢免廉洁度线"
    )
    noise: float = setting(0.1, 0, 0.5, "share", "standard error of what an audit finds", "审计误差")
    tries: int = setting(3, 0, 60, "month", "months in which a new election is organised", "组织改选的月数")
    participation: float = setting(
        0.1, 0, 1, "share", "participation that organising it adds", "组织改选增加的参与率"
    )
    vetting: float = setting(
        0.3, 0, 1, "share", "part of missing integrity and competence that vetting makes up", "候选人审核成效"
    )
    staff: float = setting(
        0.05, 0, 100, "persons", "street staff that one committee takes in a month", "每个业委会占用街道人手"
    )
    cost: float = setting(1000, 0, 1e6, "yuan/audit", "cost of an audit", "每次审计费用")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where there is a committee."""
        return np.asarray(policy.committees["exists"] == 1)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Keep committees to their duties, audit at first and when it is due, and organise elections where one was removed."""
        left = policy.array("tries_left", np.int32)
        exists = policy.committees["exists"][rows] == 1
        left[rows[exists]] = 0
        audited = rows[exists]
        if policy.month == self.start or policy.due(self.period):
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
