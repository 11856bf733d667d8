"""What a condition of a plan looks at, in pure NumPy: figures of the city and of its estates as government
sees them, and what is left of a budget.

Figures of estates are those that were reported last where the mechanism `reporting` is on; without it, those
at the end of last month. Of its own money government knows what is there. Sums are of whole numbers: exact in
any order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.programmes.policy import Policy
from sim.model.programmes.programme_state import ProgrammeState
from sim.model.programmes.scores import mean_by_group
from sim.model.state.modes import NONE
from sim.scenario.conditions import BUDGETS, OWN_BUDGET
from sim.words import IN_CYCLE, TIERS

OF_ESTATES: dict[str, Callable[[Policy], np.ndarray]] = {
    "collection": lambda policy: policy.estates["reported_rate"],
    "quality": lambda policy: policy.seen("quality"),
    "condition": lambda policy: policy.seen("condition"),
    "satisfaction": lambda policy: policy.seen("satisfaction"),
    "open_complaints": lambda policy: policy.seen("complaints_open") / policy.estates["households"],
    "unmanaged": lambda policy: policy.seen("mode") == NONE,
    "professional": lambda policy: policy.seen("professional"),
    "in_cycle": lambda policy: np.isin(policy.seen("stage"), IN_CYCLE),
}
"""Each figure of the single estate, one value an estate; of what holds or does not, 1 or 0."""


def of_estates(policy: Policy, measure: str) -> np.ndarray:
    """A figure of every estate (float64).

    Collection is what was paid when due of the bills of twelve months, and its last value where none were
    billed.
    """
    return np.asarray(OF_ESTATES[measure](policy), np.float64)


def of_city(policy: Policy, measure: str, one: ProgrammeState, targets: bool) -> float:
    """A figure of all estates together, or of those that the programme aims at; NaN where there is none.

    Collection is of the sum of their bills, complaints are of the sum of their households; all else is the
    mean over estates. A budget is what its bodies have left, as a part of what they have in a year.
    """
    if measure in BUDGETS:
        return _own_budget_left(policy, one) if measure == OWN_BUDGET else _budget_left(policy, measure)
    among = one.allowed(policy) if targets else np.ones(policy.estates.size, bool)
    if measure == "collection":
        return _ratio(policy.seen("collected_12")[among], policy.seen("billed_12")[among])
    if measure == "open_complaints":
        return _ratio(policy.seen("complaints_open")[among], policy.estates["households"][among])
    values = of_estates(policy, measure)[among]
    means, _ = mean_by_group(np.zeros(values.size, np.int64), values, 1)
    return float(means[0])


def _ratio(part: np.ndarray, whole: np.ndarray) -> float:
    total = int(whole.sum(dtype=np.int64))
    return int(part.sum(dtype=np.int64)) / total if total > 0 else float("nan")


def _budget_left(policy: Policy, measure: str) -> float:
    bodies = policy.government["tier"] == TIERS.index(measure.removesuffix("_budget_left"))
    government = policy.government[bodies]
    return _ratio(np.maximum(policy.balances[government["account"]], 0), government["yearly_budget"])


def _own_budget_left(policy: Policy, one: ProgrammeState) -> float:
    most = one.yearly_limit()
    spent = one.spent if one.year == policy.year else 0
    return max(0, most - spent) / most if most > 0 else float("nan")
