"""Phase 1, government: yearly budgets are granted and what is left lapses; staff time is there anew every month."""

from __future__ import annotations

import numpy as np

from sim.model.kernel import part
from sim.model.ledger import OUTSIDE, Purpose, move
from sim.words import TIERS

MONTHS = 12
TAXPAYERS = OUTSIDE.index("taxpayers")  # accounts of outside parties come first, one each
# purposes of the tiers follow each other in the order of TIERS
BUDGET, LAPSE = int(Purpose.BUDGET_CITY), int(Purpose.LAPSE_CITY)
assert [Purpose[f"BUDGET_{tier.upper()}"] for tier in TIERS] == list(range(BUDGET, BUDGET + len(TIERS)))
assert [Purpose[f"LAPSE_{tier.upper()}"] for tier in TIERS] == list(range(LAPSE, LAPSE + len(TIERS)))


@part
def open_budgets(month: int, government: np.ndarray, balances: np.ndarray, flows: np.ndarray) -> None:
    """Renew staff time, and in the first month of a year the budgets of every body."""
    for g in range(government.size):
        body = government[g]
        body.staff_free = body.staff
        if (month - 1) % MONTHS == 0:
            move(balances, flows, LAPSE + body.tier, body.account, TAXPAYERS, max(0, balances[body.account]))
            move(balances, flows, BUDGET + body.tier, TAXPAYERS, body.account, body.yearly_budget)
