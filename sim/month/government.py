"""Phase 1, government: yearly budgets are granted and what is left lapses; staff time is there anew every month."""

from __future__ import annotations

import numpy as np

from sim.ledger import Books, Purpose
from sim.words import TIERS

MONTHS = 12
_GRANT = {tier: Purpose[f"BUDGET_{tier.upper()}"] for tier in TIERS}
_LAPSE = {tier: Purpose[f"LAPSE_{tier.upper()}"] for tier in TIERS}


def open_month(month: int, government: np.ndarray, books: Books) -> None:
    """Renew staff time, and in the first month of a year the budgets of every body."""
    government["staff_free"] = government["staff"]
    if (month - 1) % MONTHS:
        return
    taxpayers = books.account("taxpayers")
    for code, tier in enumerate(TIERS):
        bodies = government[government["tier"] == code]
        payer = np.full(bodies.size, taxpayers)
        left = np.maximum(books.balances[bodies["account"]], 0)
        books.move(_LAPSE[tier], bodies["account"], payer, left)
        books.move(_GRANT[tier], payer, bodies["account"], bodies["yearly_budget"])
