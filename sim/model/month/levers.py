"""Phase 1, the part that is the same for every policy: levers go back to neutral
before programmes act on them."""

from __future__ import annotations

import numpy as np

from sim.model.state.estates import LEVER_NAMES
from sim.text import message

# What policy may set besides the levers of estates, written table.column. It stays as set until somebody
# changes it.
POLICY_COLUMNS = (
    "companies.score",
    "companies.list",
    "companies.barred_until",
    "companies.skill",
    "committees.exists",
    "committees.integrity",
    "committees.competence",
    "committees.activity",
    "government.reported_nominal",
    "world.fallback_left",
    "estates.guide_price",
    "estates.price",
    "estates.contract",
    "estates.contract_left",
    "estates.billing",
    "estates.charge_wait",
)
# What one programme may do for all others; in force from the next month, for one month.
RELIEFS = (
    "policy.lag",  # share of every programme's lag that falls away
    "policy.capacity",  # relative rise of every programme's capacity
    "policy.staff",  # share of the staff time that every case takes that is saved
)


class UnknownLever(KeyError):
    """A name that is no lever."""

    def __str__(self) -> str:
        """What is wrong, said; a KeyError alone would print the message as Python writes an object."""
        return str(self.args[0])


def reset_levers(estates: np.ndarray, touched: set[str]) -> None:
    """Set the levers that a programme moved last month back to 0, and forget them."""
    for name in touched:
        estates[name] = 0
    touched.clear()


def check_lever(name: str) -> None:
    """Raise UnknownLever, a KeyError, where `name` is neither a lever of the estates nor a column or
    relief that policy may set."""
    if name not in LEVER_NAMES and name not in POLICY_COLUMNS and name not in RELIEFS:
        known = ", ".join((*LEVER_NAMES, *POLICY_COLUMNS, *RELIEFS))
        raise UnknownLever(message("declare.lever", found=repr(name), known=known))
