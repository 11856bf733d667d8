"""The reference rules of how a company is paid: what it keeps back of a lump sum, and the owners' account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.luck import Stream

from .events import Cause, Event
from .words import MARKET

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

LUMP_SUM, REMUNERATION = range(2)


class PriceBasis:
    """Who is remunerated, and what changes when that does, in one city."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city; without the mechanism nothing here ever happens."""
        self.city = city
        self.on = city.mechanisms.price_basis

    def change(self, estate: Estate, basis: int, share: float) -> None:
        """Debts stay with whoever they were owed to; that the new payee was owed once is its own again."""
        market = self.city.market
        market.stop_managing(estate, estate.payee)
        estate.basis, estate.remuneration = basis, share
        market.manage_again(estate, estate.payee)

    def open_books(self) -> None:
        """After policy: what it had signed holds, and remunerated companies show their books."""
        if not self.on:
            return
        for estate in self.city.estates:
            wanted = min(1.0, estate.lever_remuneration)
            if wanted > 0.0 and estate.mode == MARKET:
                if estate.basis == LUMP_SUM:
                    self.change(estate, REMUNERATION, wanted)
                    self.tell(estate, Event.REMUNERATION_AGREED, Cause.POLICY, wanted)
                estate.remuneration = wanted
            if estate.basis == REMUNERATION:
                estate.lever_disclosure = max(estate.lever_disclosure, self.city.p.basis_openness)

    def sign(self, estate: Estate, cause: Cause) -> None:
        """A new contract may be one of remuneration where a committee can check the account."""
        p, committee = self.city.p, estate.committee
        if not self.on or estate.mode != MARKET or estate.basis == REMUNERATION or not committee.exists:
            return
        luck = self.city.luck.share(estate.number, self.city.month, Stream.CONTRACT_BASIS, 0)
        if committee.competence * committee.integrity >= p.basis_able and luck < p.basis_chosen:
            self.change(estate, REMUNERATION, p.basis_remuneration)
            self.tell(estate, Event.REMUNERATION_AGREED, cause, p.basis_remuneration)

    def end_without_committee(self) -> None:
        """Nobody is there to read the books: a lump sum again."""
        for estate in self.city.estates:
            if estate.basis == REMUNERATION and not estate.committee.exists:
                self.change(estate, LUMP_SUM, 0.0)
                held = self.city.books.balances[estate.fund] / 100.0
                self.tell(estate, Event.REMUNERATION_ENDED, Cause.TERM_ENDED, held)

    def tell(self, estate: Estate, kind: Event, cause: Cause, size: float) -> None:
        """Write an event of an estate and its company."""
        self.city.tell(estate.row, estate.company, kind, cause, size)
