"""A city that is watched for what it costs the public: the ledger by month, and what state-owned companies hold and so lose."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.city import City


class WatchedCity(City):
    """A city that also keeps the cash of its state-owned companies. Simulates what `City` does, bit for bit.

    state_owned_cash: fen (int64), one entry for month 0 (the opening cash) and each month simulated since, all companies
    together; negative where they owe more than they have. The ledger books by kind of account and cannot tell them apart
    from private companies, so this is read from their accounts. pages: the ledger's page of every month from 0.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As `City`."""
        super().__init__(*arguments, **options)
        companies = self.state.companies
        self._accounts = companies["account"][companies["state_owned"] == 1]
        self.state_owned_cash = [self._cash()]
        self.pages = [self._pages[-1][1]]

    def step(self) -> None:
        """Simulate one month."""
        super().step()
        self.state_owned_cash.append(self._cash())
        self.pages.append(self._pages[-1][1])

    def _cash(self) -> int:
        return sum(self.state.books.balances.take(self._accounts).tolist())

    def state_owned_losses(self) -> np.ndarray:
        """Fen (int64) that state-owned companies lost in month 0..T, net: negative in a month in which they gained."""
        return np.concatenate([[0], -np.diff(np.array(self.state_owned_cash, np.int64))])
