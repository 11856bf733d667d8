"""Entry standard (市场准入): firms are examined, trained, kept from tenders below the bar, and
removed if they stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import MARKET
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class EntryStandard(Intervention, kind="entry_standard"):
    """A bar of skill for private firms: training for those below it, no bids
    meanwhile, and removal in the end."""

    levers: ClassVar[tuple[str, ...]] = ("companies.skill", "companies.barred_until", "lever_dismissal")
    payers: ClassVar[tuple[str, ...]] = ("district",)
    evidence: ClassVar[tuple[str, ...]] = ("S030", "S033", "P008")
    idle_without: ClassVar[tuple[tuple[str, ...], ...]] = (("bar", "noise"),)

    period: int = setting(12, 1, 60, "month")
    bar: float = setting(0.88, 0, 1, "share")
    noise: float = setting(0.02, 0, 0.5, "share")
    training: float = setting(0.3, 0, 1, "share")
    training_cost: float = setting(4000, 0, 1e6, "yuan/project")
    chances: int = setting(
        3,
        1,
        100,
        "examinations",
    )

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Examine in the first month and then once a period."""
        if rows.size and (policy.elapsed == 0 or policy.due(self.period)):
            self._examine(policy, rows[policy.estates["mode"][rows] == MARKET], strength)

    def _examine(self, policy: Policy, run: Rows, strength: float) -> None:
        """Examine the private firms that run these estates, and those that run none yet."""
        firms = policy.companies
        company = policy.estates["company"][run]
        here = np.bincount(company, minlength=firms.size) > 0
        examined = np.flatnonzero(
            (firms["state_owned"] == 0) & (firms["active"] == 1) & (here | (firms["estates"] == 0))
        )
        seen = firms["skill"][examined] + self.noise * policy.noise_at(examined)
        below = np.zeros(firms.size, bool)
        below[examined] = seen < self.bar * strength
        times = policy.array("times", np.int32, firms.size)
        times[examined] = np.where(below[examined], times[examined] + 1, 0)
        refused = examined[below[examined]]
        policy.events(
            np.full(refused.size, -1),
            Event.COMPANY_REFUSED,
            Cause.NOT_ELIGIBLE,
            seen[below[examined]],
            refused,
        )
        until = np.maximum(firms["barred_until"][refused], policy.month + self.period)
        policy.assign("companies.barred_until", refused, until)
        policy.array("until", np.int64, firms.size)[refused] = until
        policy.move("lever_dismissal", run[times[company] >= self.chances], 1.0)
        self._train(policy, run[below[company] & (times[company] < self.chances)])

    def _train(self, policy: Policy, run: Rows) -> None:
        """A firm gains by the part of its projects here whose staff could be trained."""
        firms = policy.companies
        paid = policy.spend("district", run, fen(self.training_cost))
        company = policy.estates["company"][run]
        trained = np.bincount(company[paid], minlength=firms.size)
        part = trained / np.maximum(1, firms["estates"])
        gained = firms["skill"] + self.training * part * (1.0 - firms["skill"])
        policy.assign("companies.skill", trained > 0, gained[trained > 0])

    def withdraw(self, policy: Policy) -> None:
        """The bar falls: those it kept out may bid again."""
        until = policy.array("until", np.int64, policy.companies.size)
        mine = (until > policy.month) & (policy.companies["barred_until"] == until)
        policy.assign("companies.barred_until", mine, 0)
