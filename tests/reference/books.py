"""The reference ledger: balances by named account, and what moved for which purpose this month."""

from __future__ import annotations

from collections import Counter

from sim.model.ledger import KINDS, PURPOSES, Books

Account = tuple[str, int]


class ReferenceBooks:
    """Balances in fen by (kind, row); money moves only between the kinds that a purpose names."""

    def __init__(self, books: Books) -> None:
        """Open with the balances of the starting state."""
        self.balances: dict[Account, int] = {}
        self.named: dict[int, Account] = {}
        for kind in KINDS:
            for row in range(books.sizes[kind]):
                self.named[books.first[kind] + row] = (kind, row)
                self.balances[kind, row] = int(books.balances[books.first[kind] + row])
        self.flows: Counter[str] = Counter()

    def move(self, purpose: str, payer: Account, payee: Account, fen: int) -> None:
        """Move `fen`; a negative amount or a party that does not belong to the purpose is an error."""
        assert fen >= 0 and isinstance(fen, int), (purpose, fen)
        assert (payer[0], payee[0]) == PURPOSES[purpose], (purpose, payer, payee)
        self.balances[payer] -= fen
        self.balances[payee] += fen
        self.flows[purpose] += fen

    def cash(self, account: Account) -> int:
        """What an account holds, 0 where it is in debt."""
        return max(0, self.balances[account])

    def close_month(self) -> dict[str, int]:
        """Purposes for which anything moved this month, with the fen moved; the next month starts empty."""
        moved = {purpose: fen for purpose, fen in self.flows.items() if fen}
        self.flows.clear()
        return moved
