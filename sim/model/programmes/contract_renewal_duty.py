"""Duty to renew or to tender again (合同到期续聘或重新选聘): a contract that went on after its end is put to
the owners, who renew, re-price or refuse it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.contracts import NO_PROCESS, OPEN, TERM
from sim.model.state.modes import MARKET
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class ContractRenewalDuty(Intervention, kind="contract_renewal_duty"):
    """The street calls the occasion anew and helps to collect votes; what follows is what follows at the end
    of any term."""

    levers: ClassVar[tuple[str, ...]] = ("estates.contract", "estates.contract_left", "lever_participation")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("I005", "I034", "I035", "P050", "N040b")
    mechanisms: ClassVar[tuple[str, ...]] = ("contracts",)
    needs: ClassVar[tuple[Need, ...]] = (Need("staff", "street", "staff"), Need("money", "street", "cost"))

    period: int = setting(12, 1, 120, "month")
    participation: float = setting(0.15, 0, 1, "share")
    staff: float = setting(0.5, 0, 100, "persons")
    cost: float = setting(2000, 0, 1e6, "yuan")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company of the market serves under a contract without an end."""
        estates = policy.estates
        return np.asarray((estates["contract"] == OPEN) & (estates["mode"] == MARKET))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Once a period, have the owners of each estate decide, as far as the street has hands and money."""
        estates, free_from = policy.estates, policy.array("free_from", np.int64)
        waiting = (estates["contract"][rows] == OPEN) & (estates["mode"][rows] == MARKET)
        rows = rows[waiting & (estates["process"][rows] == NO_PROCESS) & (free_from[rows] <= policy.month)]
        rows = rows[policy.claim_staff("street", rows, self.staff)]
        rows = rows[policy.spend("street", rows, fen(self.cost))]
        free_from[rows] = policy.month + self.period
        policy.assign("estates.contract", rows, TERM)
        policy.assign("estates.contract_left", rows, 1)  # which ends this month
        policy.move("lever_participation", rows, self.participation * strength)
