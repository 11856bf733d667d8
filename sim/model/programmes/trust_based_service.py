"""Trust-based service (信托制、酬金制): cost-plus contracts with open books, where an able
committee can hold the firm to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.state.modes import MARKET
from sim.scenario import setting
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class TrustBasedService(Intervention, kind="trust_based_service"):
    """The firm gets a fixed remuneration, the rest of its income is spent on the
    estate, and the books are open."""

    levers: ClassVar[tuple[str, ...]] = (
        "lever_disclosure",
        "lever_effort",
        "lever_company_cost",
        "lever_remuneration",
    )
    payers: ClassVar[tuple[str, ...]] = ("owners",)
    evidence: ClassVar[tuple[str, ...]] = ("P041", "P020", "P069", "P056", "T017")

    able: float = setting(
        0.35,
        0,
        1,
        "share",
    )
    remuneration: float = setting(0.05, 0, 0.5, "share of income", source="P031")
    openness: float = setting(0.8, 0, 1, "share")
    padding: float = setting(0.15, 0, 1, "share")
    audit_cost: float = setting(12, 0, 1e4, "yuan/household/year")
    capacity: float | None = setting(1.0, 0.001, 1e6, "estates/month")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company serves and an able committee can sign."""
        committees = policy.committees
        able = committees["competence"] * committees["integrity"] >= self.able
        return np.asarray((policy.estates["mode"] == MARKET) & (committees["exists"] == 1) & able)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Contracts are in force while company and committee are there; who lost
        one must be able to sign again."""
        self.rest(policy)
        signed, both = policy.array("signed", bool), self._both(policy, rows)
        signed[rows] = both & (signed[rows] | self.suits(policy)[rows])
        rows = rows[signed[rows]]
        if policy.due(MONTHS_PER_YEAR):
            policy.spend("owners", rows, fen(self.audit_cost * policy.estates["households"][rows]))
        policy.move("lever_disclosure", rows, self.openness * strength)
        if policy.world["mechanism_price_basis"][0]:
            # the price basis itself changes: the firm's part of what comes in is what it keeps and its
            # overhead
            gross = min(1.0, self.remuneration + float(policy.parameters["service_overhead"]))
            policy.move(
                "lever_remuneration",
                rows,
                np.maximum(gross - policy.estates["lever_remuneration"][rows], 0.0),
            )
        else:
            policy.move("lever_effort", rows, self._returned(policy, rows) * strength)
        unwatched = 1.0 - policy.committees["strength"][rows]
        policy.move("lever_company_cost", rows, -self.padding * unwatched * strength)

    def _both(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Where company and committee are there."""
        return np.asarray((policy.estates["mode"][rows] == MARKET) & (policy.committees["exists"][rows] == 1))

    def rest(self, policy: Policy) -> None:
        """Where it rests, a contract ends when company or committee goes."""
        signed = policy.array("signed", bool)
        rows = policy.at_rest(np.flatnonzero(signed))
        signed[rows[~self._both(policy, rows)]] = False

    def _returned(self, policy: Policy, rows: Rows) -> np.ndarray:
        """Effort that is bought with what the firm would have kept beyond the remuneration, and
        less where it kept less."""
        estates = policy.estates
        means = np.maximum(0.0, estates["income_smooth"][rows]) / np.maximum(
            1.0, estates["standard_cost"][rows]
        )
        overhead = policy.parameters["service_overhead"]
        usual = np.minimum(
            1.0, means * (1.0 - policy.companies["margin"][estates["company"][rows]] - overhead)
        )
        return np.asarray(means * (1.0 - self.remuneration - overhead) - usual)
