"""Burden relief (为企业减负): taxes, fees and wages of companies are borne in part by the state,
officials serve as shop-boys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.scenario import setting
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class BurdenRelief(Intervention, kind="burden_relief"):
    """A share of what service costs is taken off companies: by the state's money, and by
    officials who save them errands."""

    levers: ClassVar[tuple[str, ...]] = ("lever_company_cost",)
    payers: ClassVar[tuple[str, ...]] = ("state",)
    evidence: ClassVar[tuple[str, ...]] = ("P030", "P031", "P035", "P012")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("relief", "errands"),)

    relief: float = setting(
        0.06,
        0,
        0.5,
        "share of cost",
    )
    errands: float = setting(
        0.01,
        0,
        0.2,
        "share of cost",
    )
    staff: float = setting(
        0.05,
        0,
        100,
        "persons",
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge."""
        return np.asarray(policy.estates["company"] >= 0)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Relieve the estates that a company runs, by what their service cost last month."""
        relieved = policy.array("relieved")
        rows = rows[policy.managed(rows)]
        share = self.relief * strength
        # what service would have cost without last month's relief is what this month's is measured by
        cost = policy.estates["spending"][rows] / (1.0 - relieved[rows])
        paid = policy.spend("state", rows, fen(cost * share / FEN_PER_YUAN))
        helped = (
            policy.claim_staff("street", rows, self.staff)
            if self.errands > 0.0
            else np.zeros(rows.size, bool)
        )
        relieved[:] = 0.0
        paid &= cost > 0.0  # nothing was spent last month, so there is nothing to relieve yet
        relieved[rows] = share * paid + self.errands * strength * helped
        policy.move("lever_company_cost", rows, relieved[rows])

    def stop(self, policy: Policy, rows: Rows) -> None:
        """From this month on service costs there what it costs."""
        policy.array("relieved")[rows] = 0.0
