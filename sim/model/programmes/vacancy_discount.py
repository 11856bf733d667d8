"""Vacancy rule (空置房物业费减免): whoever proves that a flat stands empty pays a part of the fee only."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class VacancyDiscount(Intervention, kind="vacancy_discount"):
    """The company lets owners of empty flats off a part of what they paid, and checks that the flats are
    empty; the bill seems fairer, and more is paid."""

    levers: ClassVar[tuple[str, ...]] = ("lever_norm",)
    payers: ClassVar[tuple[str, ...]] = ("companies",)
    evidence: ClassVar[tuple[str, ...]] = ("P058", "P057")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("discount", "fairness", "checking"),)

    discount: float = setting(0.3, 0, 1, "share", source="P058")
    proven: float = setting(0.7, 0, 1, "share")
    checking: float = setting(0.01, 0, 100, "yuan/m2/month")
    fairness: float = setting(0.5, 0, 10, "logit")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company is in charge and flats stand empty."""
        return np.asarray((policy.estates["company"] >= 0) & (policy.vacant_area > 0.0))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Pay back what is let off of last month's fees, wherever there is still a company that bills."""
        estates = policy.estates
        rows = rows[policy.managed(rows) & (estates["billed"][rows] > 0)]
        empty = policy.vacant_area[rows] * (self.proven * strength)
        due = estates["price"][rows] * empty * self.discount * estates["paid_share"][rows]
        checked = fen(self.checking * empty)
        rows = rows[policy.spend("companies", rows, checked + np.rint(due).astype(np.int64), to="owners")]
        share = policy.vacant_area[rows] / estates["area"][rows]
        policy.move("lever_norm", rows, self.fairness * strength * share)
