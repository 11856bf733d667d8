"""The reference claims: a list of former managers of one estate, oldest first, and
what owners owe to each."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.state.claims import SLOTS

from .books import Account, ReferenceBooks

PURPOSES = {
    "companies": "arrears_former",
    "employers": "arrears_former_unit",
    "estate_funds": "arrears_former_self",
    "community": "arrears_former_cleaning",
}


@dataclass
class Claim:
    """What is owed to one former manager, in fen."""

    creditor: Account
    fen: int


class ClaimList:
    """The claims of former managers on the owners of one estate; there is none of nothing."""

    def __init__(self) -> None:
        """Nobody managed it before."""
        self.claims: list[Claim] = []

    @property
    def total(self) -> int:
        """Fen owed to all former managers."""
        return sum(claim.fen for claim in self.claims)

    def keep(self, creditor: Account, arrears: int) -> None:
        """A manager stops: the rest of the arrears is its claim; too many claims, and it buys the oldest."""
        rest = arrears - self.total
        if rest == 0:
            return
        if len(self.claims) == SLOTS:
            rest += self.claims.pop(0).fen
        self.claims.append(Claim(creditor, rest))

    def take_up(self, creditor: Account) -> None:
        """A former manager is back: its claim ends, and so is part of what is owed to the present manager."""
        self.claims = [claim for claim in self.claims if claim.creditor != creditor]

    def drop(self, lapsed: int) -> None:
        """The oldest debts lapsed: so much is owed no longer, to the oldest claims first."""
        for claim in self.claims:
            part = min(lapsed, claim.fen)
            claim.fen -= part
            lapsed -= part
        self.claims = [claim for claim in self.claims if claim.fen]

    def repay(self, recovered: int, owed: int, payer: Account, books: ReferenceBooks) -> int:
        """Share out what of `owed` was recovered; returns the present manager's part."""
        own = owed - self.total
        parts: list[int] = []
        for claim in self.claims:
            parts.append(min(int(recovered * (claim.fen / owed)), claim.fen, recovered - sum(parts)))
        for row, claim in enumerate(self.claims):
            too_much = recovered - sum(parts) - own
            parts[row] += max(0, min(too_much, claim.fen - parts[row]))
        for claim, part in zip(self.claims, parts, strict=True):
            books.move(PURPOSES[claim.creditor[0]], payer, claim.creditor, part)
            claim.fen -= part
        self.claims = [claim for claim in self.claims if claim.fen]
        return recovered - sum(parts)
