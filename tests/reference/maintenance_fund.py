"""The reference maintenance fund: what it bears, who decides on its use, and what it pays for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.luck import Stream

from .events import Cause, Event, Matter

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate


class MaintenanceFund:
    """All maintenance funds of one city."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city."""
        self.city = city

    def pay(self) -> None:
        """Interest, then the works of last month's decisions."""
        if not self.city.mechanisms.fund:
            return
        p, books = self.city.p, self.city.books
        for estate in self.city.estates:
            account = ("maintenance_funds", estate.row)
            before = books.balances[account]
            paid = min(estate.fund_ordered, before)
            books.move("maintenance_interest", ("banks", 0), account, int(before * p.fund_interest / 12.0))
            books.move("maintenance_works", account, ("suppliers", 0), paid)
            estate.fund_ordered, estate.fund_works = 0, paid
            if paid:
                whole = p.fund_full_cost * 100.0 * self.city.cost_index * estate.area
                estate.lever_condition = estate.lever_condition + p.fund_gain * paid / whole

    def decide(self) -> None:
        """Whether a part of each fund is to be used."""
        if self.city.mechanisms.fund:
            for estate in self.city.estates:
                self.decide_in(estate)

    def decide_in(self, estate: Estate) -> None:
        """By emergency, or by a vote that somebody proposes."""
        p, city = self.city.p, self.city
        held = city.books.balances["maintenance_funds", estate.row]
        if held <= 0 or estate.condition >= p.fund_worn:
            return
        part = min(held, int(p.fund_part * estate.first_deposit))
        urgent = city.luck.share(estate.number, city.month, Stream.FUND_URGENT) < p.fund_emergency
        if estate.condition < p.fund_urgent and urgent:
            self.order(estate, part, Event.FUND_URGENT)
            return
        committee = estate.committee
        chance = p.fund_proposal * committee.activity if committee.exists else p.fund_proposal_alone
        if city.luck.share(estate.number, city.month, Stream.FUND_PROPOSED) >= chance:
            return
        vote = committee.hold_vote(Matter.FUNDS, p.fund_consent, 0.0, estate.lever_participation)
        if vote.passed:
            self.order(estate, part, Event.FUND_AGREED)
        elif vote.took_part < p.committee_quorum:
            city.tell(estate.row, estate.company, Event.FUNDS_INQUORATE, Cause.QUORUM_MISSED, vote.took_part)
        else:
            city.tell(estate.row, estate.company, Event.FUNDS_REFUSED, Cause.REJECTED, vote.approved)

    def order(self, estate: Estate, fen: int, kind: Event) -> None:
        """Works for next month."""
        estate.fund_ordered = fen
        self.city.tell(estate.row, estate.company, kind, Cause.NONE, fen / 100.0)
