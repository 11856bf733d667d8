"""The reference contract: how a company holds an estate, until when, and what
owners do when its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.luck import Kind, Stream

from .events import Cause, Event, Matter
from .words import MARKET

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

NONE, EARLY, TERM, OPEN = range(4)
NOTICE, DISMISSAL = 1, 2


class Contract:
    """The contract of one estate."""

    def __init__(self, city: ReferenceCity, estate: Estate) -> None:
        """As the estate's columns say."""
        self.city, self.estate = city, estate

    def live(self) -> None:
        """One month: a new company gets one, terms run out, the tired give notice in time, owners choose."""
        estate, committee, p = self.estate, self.estate.committee, self.city.p
        if estate.manager is None:
            return
        if estate.contract == NONE:
            if estate.mode == MARKET and committee.exists:
                estate.contract, estate.contract_left = TERM, int(p.contract_term)
            else:
                estate.contract, estate.contract_left = OPEN, 0
            return
        if estate.mode != MARKET or estate.process:
            return
        if estate.contract == OPEN:
            luck = self.city.luck.share(
                estate.number, self.city.month, Stream.COMMITTEE_EVENT, int(Kind.CONTRACT)
            )
            if (
                committee.exists
                and luck < p.committee_review * committee.activity
                and committee.price_wait == 0
            ):
                committee.price_wait = int(p.committee_price_cooldown)
                self.choose()
            return
        estate.contract_left -= 1
        tired = self.city.loops.exit and estate.losing_months >= estate.manager.tolerance
        if estate.contract == EARLY and committee.exists:
            self.choose()
        elif tired and estate.contract_left == int(p.contract_notice):
            estate.process, estate.process_left = NOTICE, int(p.contract_notice) + 1
            estate.process_cause = int(Cause.LOSSES)
            committee.tell(Event.NOTICE_GIVEN, Cause.LOSSES, estate.losing_months, estate.company)
        elif estate.contract_left <= 0:
            if not committee.exists and self.city.mechanisms.ballots:
                self.perhaps_found()
            if committee.exists:
                self.choose()
            else:
                self.go_on(Cause.TERM_ENDED, -1.0)

    def perhaps_found(self) -> None:
        """The end of a contract may bring owners to a founding ballot, if none failed not long ago."""
        estate, committee = self.estate, self.estate.committee
        kind = int(Matter.FORMATION)
        luck = self.city.luck.share(estate.number, self.city.month, Stream.BALLOT_AT_EXPIRY, kind)
        if committee.wait == 0 and luck < self.city.p.ballot_at_expiry:
            committee.found(Cause.TERM_ENDED)
            committee.measure()

    def go_on(self, cause: Cause, took_part: float) -> None:
        """Nobody decided: it goes on for an open term."""
        self.estate.contract, self.estate.contract_left = OPEN, 0
        self.estate.committee.tell(Event.CONTRACT_OPEN, cause, took_part, self.estate.company)

    def choose(self) -> None:
        """Owners renew the contract and may change its price, or have the estate tendered."""
        estate, committee, p = self.estate, self.estate.committee, self.city.p
        result = committee.hold_vote(
            Matter.CONTRACT, 1.0 - p.vote_dismissal_base, p.vote_dismissal_slope, estate.lever_participation
        )
        if result.took_part < p.committee_quorum:
            self.go_on(Cause.QUORUM_MISSED, result.took_part)
            return
        if not result.passed:
            estate.contract, estate.contract_left = OPEN, 0
            estate.process, estate.process_left = DISMISSAL, int(p.market_dismissal_time) + 1
            estate.process_cause = int(Cause.DISMISSAL)
            committee.tell(Event.CONTRACT_REFUSED, Cause.REJECTED, result.approved, estate.company)
            return
        cause = Cause.TERM_ENDED if estate.contract == TERM else Cause.SPONTANEOUS
        estate.contract, estate.contract_left = TERM, int(p.contract_term)
        committee.tell(Event.CONTRACT_RENEWED, cause, result.approved, estate.company)
        self.city.price_basis.sign(estate, cause)
        losing = estate.losing_months >= p.committee_losing_months
        if estate.quality < p.committee_cut_quality:
            committee.vote_on_price(-p.contract_price_cut, Cause.QUALITY, Matter.CONTRACT_PRICE)
        elif losing and committee.competence >= p.committee_price_competence:
            committee.vote_on_price(p.contract_price_rise, Cause.LOSSES, Matter.CONTRACT_PRICE)
