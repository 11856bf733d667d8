"""Legal enforcement (依法催缴): companies sue or apply for payment orders; arrears come
in, and so does hostility."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.casework import whole_cases
from sim.model.state.events import Cause, Event
from sim.scenario import setting
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class LegalEnforcement(Intervention, kind="legal_enforcement"):
    """Every few months a company brings suits where the sum in dispute, times the chance of success,
    covers what a suit costs."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_recovery",
        "lever_sanction",
        "lever_hostility",
        "lever_suits",
    )
    payers: ClassVar[tuple[str, ...]] = ("companies", "courts")
    evidence: ClassVar[tuple[str, ...]] = ("P049", "P051", "P052", "P053", "P054", "T007", "T008", "T014")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("sued",),
        ("success",),
    )

    period: int = setting(6, 1, 60, "month")
    sued: float = setting(0.05, 0, 1, "share")
    success: float = setting(0.5, 0, 1, "share")
    deterrence: float = setting(
        0.55,
        0,
        20,
        "relative",
        source="Q091",
    )
    resentment: float = setting(
        1.5,
        0,
        20,
        "grievance",
    )
    lawyer: float = setting(300, 0, 1e5, "yuan/suit")
    court_fee: float = setting(25, 0, 1e4, "yuan/suit", source="P051")
    court_cost: float = setting(800, 0, 1e5, "yuan/suit")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is owed something."""
        return np.asarray((policy.estates["company"] >= 0) & (policy.estates["arrears"] > 0))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Sue when a round is due; the last round deters until the next."""
        share = policy.array("share_sued")
        rows = rows[policy.managed(rows)]
        if policy.due(self.period):
            share[:] = 0.0
            self._sue(policy, rows, strength, share)
        policy.move("lever_sanction", rows, np.minimum(1.0, self.deterrence * share[rows]) * strength)

    def _sue(self, policy: Policy, rows: Rows, strength: float, share: np.ndarray) -> None:
        """One round: who is sued, what it costs, what comes back and how it is taken."""
        estates = policy.estates
        refusers = estates["households"][rows] - estates["payers"][rows]
        worth = (estates["billed"][rows] > 0) & (refusers > 0)
        worth &= self.success * self._in_dispute(policy, rows) > (self.lawyer + self.court_fee) * FEN_PER_YUAN
        rows, refusers = rows[worth], refusers[worth]
        number = np.minimum(refusers, whole_cases(self.sued * strength * refusers, policy.luck(rows)))
        rows, refusers, number = rows[number > 0], refusers[number > 0], number[number > 0]
        if policy.world["mechanism_cases"][0]:  # companies, courts and owners do as they do with any suit
            policy.move("lever_suits", rows, number)
            return
        policy.spend("companies", rows, fen(self.lawyer * number))
        policy.spend("companies", rows, fen(self.court_fee * number), to="courts")
        policy.spend("courts", rows, fen(self.court_cost * number))
        share[rows] = number / refusers
        # recovery is a chance of everybody in arrears, those sued are some of them
        policy.move(
            "lever_recovery",
            rows,
            np.minimum(1.0, number / np.maximum(1, estates["debtors"][rows])) * self.success,
        )
        policy.move("lever_hostility", rows, self.resentment * number / estates["households"][rows])
        policy.events(rows, Event.SUIT, Cause.POLICY, number, estates["company"][rows])

    def _in_dispute(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Fen that an owner in arrears owes the present company on average; former managers'
        arrears are not its own."""
        estates = policy.estates
        own = estates["arrears"][rows] - estates["former_arrears"][rows]
        return np.asarray(own / np.maximum(1, estates["debtors"][rows]))
