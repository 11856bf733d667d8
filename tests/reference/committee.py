"""The reference committee: formed by vote, it tires, reviews price and company, and must be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import mesa
import numpy as np

from sim.model.exact import exp64, normal_quantile
from sim.model.luck import Stream
from sim.model.state.tables import COMMITTEE_FIELDS

from .events import Cause, Event, Matter
from .words import MARKET

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate


EARLY = 1  # the contract that the developer made

# the parameter that says how many of those who are reached answer a ballot on each matter
TURNOUT = {
    Matter.FORMATION: "ballot_turnout_founding",
    Matter.RENEWAL: "ballot_turnout_renewal",
    Matter.DISMISSAL: "ballot_turnout_dismissal",
    Matter.PRICE: "ballot_turnout_price",
    Matter.FUNDS: "ballot_turnout_funds",
    Matter.CONTRACT: "ballot_turnout_contract",
    Matter.CONTRACT_PRICE: "ballot_turnout_price",
    Matter.CHARGING: "ballot_turnout_price",
}


class Result(NamedTuple):
    """Outcome of a vote: whether it passed, share that took part (by head or area, the smaller),
    who approved (of those)."""

    passed: bool
    took_part: float
    approved: float


class Committee(mesa.Agent):
    """The committee of one estate, existing or not, with the columns of COMMITTEE_FIELDS as attributes."""

    model: ReferenceCity

    def __init__(self, city: ReferenceCity, estate: Estate, table: np.ndarray) -> None:
        """Copy the estate's row of the starting state."""
        super().__init__(city)
        self.estate = estate
        for field in COMMITTEE_FIELDS:
            setattr(self, field.name, table[field.name][estate.row].item())

    def luck(self, stream: Stream, kind: int = 0) -> float:
        """This month's draw for the estate."""
        return self.model.luck.share(self.estate.number, self.model.month, stream, kind)

    def live(self) -> None:
        """One month: serve the term or be formed, then review."""
        if self.exists:
            self.serve_term()
        else:
            self.perhaps_be_formed()
        self.measure()
        self.price_wait = max(0, self.price_wait - 1)
        self.review()

    def measure(self) -> None:
        """What it can do; nothing where there is none."""
        self.strength = self.competence * self.integrity * self.activity if self.exists else 0.0

    # votes

    def hold_vote(self, matter: Matter, base: float, slope: float, extra_participation: float) -> Result:
        """Two thirds of owners must take part by head and by area, and a majority of those
        approve, by head and by area."""
        p, estate = self.model.p, self.estate
        heads = heads_for = area = area_for = area_all = 0
        voters = 0
        for member in estate.block:
            ballot = self.ballot(member, matter) if self.model.mechanisms.ballots else None
            for owner in member.owners:
                size = int(owner.area * np.float32(100))  # hundredths of a square metre
                takes_part, approves = owner.vote(int(matter), base, slope, extra_participation, ballot)
                voters += 1
                area_all += size
                heads += takes_part
                heads_for += approves
                area += size if takes_part else 0
                area_for += size if approves else 0
        took_part = min(heads / voters, area / area_all)
        quorum = took_part >= p.committee_quorum
        majority = p.committee_ordinary_majority
        carried = heads_for > majority * heads and area_for > majority * area
        return Result(quorum and carried, took_part, heads_for / max(1, heads))

    def ballot(self, member: Estate, matter: Matter) -> tuple[float, float]:
        """(Share of an estate's owners reached by the end of a ballot, turnout of its matter among those)."""
        p = self.model.p
        place = normal_quantile(
            self.model.luck.share(member.number, self.model.month, Stream.BALLOT_VOLUNTEERS, int(matter))
        )
        spread = p.ballot_volunteers_spread
        collect = p.ballot_volunteers * exp64(spread * place - 0.5 * spread * spread)
        collect = collect * (member.mean_activism / p.committee_attempt_activism)
        calls = p.ballot_doors * collect / member.households * p.ballot_months
        missed = (1.0 - p.ballot_passive_reach) * exp64(-calls)
        return 1.0 - missed, getattr(p, TURNOUT[matter])

    # life of the committee

    def perhaps_be_formed(self) -> None:
        """Owners on their own, or the street, may start a vote on forming a committee."""
        p, estate = self.model.p, self.estate
        self.wait = max(0, self.wait - 1)
        alone, street = 0.0, 0.0
        if self.wait == 0 and self.model.mechanisms.ballots:
            alone = p.ballot_initiative * (estate.mean_activism / p.committee_attempt_activism)
            street = p.ballot_street
        elif self.wait == 0:
            unhappy = max(0.0, p.payment_satisfaction_reference - estate.satisfaction)
            alone = p.committee_attempt * (estate.mean_activism / p.committee_attempt_activism)
            alone = alone * (p.committee_attempt_floor + p.committee_attempt_dissatisfaction * unhappy)
        luck = self.luck(Stream.COMMITTEE_START)
        if luck < alone + (estate.lever_mobilisation + street):
            self.found(Cause.SPONTANEOUS if luck < alone else Cause.MOBILISED)

    def found(self, cause: Cause) -> None:
        """The founding vote: a committee from now on, or a time in which owners do not try again."""
        p, estate = self.model.p, self.estate
        result = self.hold_vote(Matter.FORMATION, p.vote_formation_base, 0.0, estate.lever_participation)
        if result.passed:
            self.elect()
            self.tell(Event.COMMITTEE_FORMED, cause, result.took_part)
        else:
            self.wait = int(p.committee_cooldown)
            why = Cause.QUORUM_MISSED if result.took_part < p.committee_quorum else Cause.REJECTED
            self.tell(Event.COMMITTEE_VOTE_FAILED, why, result.took_part)

    def serve_term(self) -> None:
        """It tires, oversight keeps it honest, and at the end of the term owners vote on its renewal."""
        p, estate = self.model.p, self.estate
        self.activity += p.committee_fatigue * (p.committee_activity_floor - self.activity)
        if estate.lever_oversight > 0.0:
            self.activity += p.committee_oversight_activity * estate.lever_oversight * (1.0 - self.activity)
            self.integrity += (
                p.committee_oversight_integrity * estate.lever_oversight * (1.0 - self.integrity)
            )
        self.term_left -= 1
        if self.term_left > 0:
            return
        extra = estate.lever_participation + (0.0 if self.model.mechanisms.ballots else p.vote_renewal_bonus)
        result = self.hold_vote(Matter.RENEWAL, p.vote_formation_base, 0.0, extra)
        if result.passed:
            self.elect()
            self.tell(Event.COMMITTEE_RENEWED, Cause.TERM_ENDED, result.took_part)
        else:
            self.exists, self.wait = 0, int(p.committee_cooldown)
            self.tell(Event.COMMITTEE_DISSOLVED, Cause.TERM_ENDED, result.took_part)

    def elect(self) -> None:
        """New members, fresh and for a full term."""
        p = self.model.p
        self.exists, self.activity, self.term_left = 1, 1.0, int(p.committee_term)
        self.integrity = self.trait(
            p.committee_integrity_mean, p.committee_integrity_spread, Stream.COMMITTEE_INTEGRITY
        )
        self.competence = self.trait(
            p.committee_competence_mean, p.committee_competence_spread, Stream.COMMITTEE_COMPETENCE
        )

    def trait(self, mean: float, spread: float, stream: Stream) -> float:
        """A trait of new members; vetting of candidates lifts it."""
        drawn = mean + spread * normal_quantile(self.luck(stream))
        vetted = drawn + self.estate.lever_vetting * (1.0 - drawn)
        return min(1.0, max(self.model.p.committee_trait_least, vetted))

    # review of price and company

    def review(self) -> None:
        """Policy may put a price to the vote; else a committee reviews now and then, or policy
        calls a vote on the company."""
        p, estate = self.model.p, self.estate
        if estate.mode != MARKET or estate.process:
            return
        if estate.lever_price != 0.0 and self.price_wait == 0:
            self.vote_on_price(estate.lever_price, Cause.POLICY)
            return
        luck = self.luck(Stream.COMMITTEE_EVENT)
        if not (self.exists and luck < p.committee_review * self.activity):
            called = (
                estate.lever_dismissal < 1.0 and self.luck(Stream.COMMITTEE_EVENT, 1) < estate.lever_dismissal
            )
            if called:
                self.vote_on_dismissal(Cause.POLICY)
            return
        if estate.satisfaction < p.committee_dismiss_below:
            self.vote_on_dismissal(Cause.QUALITY)
        elif self.price_wait == 0:
            if estate.quality < p.committee_cut_quality:
                self.vote_on_price(-p.committee_price_step, Cause.QUALITY)
            elif (
                estate.losing_months >= p.committee_losing_months
                and self.competence >= p.committee_price_competence
            ):
                self.vote_on_price(p.committee_price_step, Cause.LOSSES)

    def vote_on_price(self, change: float, cause: Cause, matter: Matter = Matter.PRICE) -> None:
        """A rise is liked where service pleases, a cut almost everywhere."""
        p, estate = self.model.p, self.estate
        self.price_wait = int(p.committee_price_cooldown)
        ceiling = self.guide_price()
        if ceiling is not None and change > 0.0 and estate.price >= ceiling:
            self.tell(Event.PRICE_HELD, cause, ceiling / 100.0, estate.company)
            return
        if change > 0.0:
            base, slope, kind = p.vote_price_base, p.vote_price_slope, Event.PRICE_RAISED
        else:
            base, slope, kind = 1.0 - p.vote_price_cut * p.vote_price_base, 0.0, Event.PRICE_CUT
        result = self.hold_vote(matter, base, slope, estate.lever_participation)
        if result.passed:
            estate.price *= 1.0 + change
            if ceiling is not None and change > 0.0:
                estate.price = min(estate.price, ceiling)
            self.tell(kind, cause, estate.price / 100.0, estate.company)
        else:
            self.tell_failed(Event.PRICE_VOTE_FAILED, Event.PRICE_VOTE_INQUORATE, cause, result)

    def guide_price(self) -> float | None:
        """What the guide price lets an old estate, or one under its developer's contract, charge at most."""
        estate = self.estate
        if not self.model.mechanisms.guided_prices or estate.guide_price == 0.0:
            return None
        if estate.old or estate.contract == EARLY:
            return float(estate.guide_price * self.model.guide_index)
        return None

    def vote_on_dismissal(self, cause: Cause) -> None:
        """If it passes, the company goes after tender and handover."""
        p, estate = self.model.p, self.estate
        result = self.hold_vote(
            Matter.DISMISSAL, p.vote_dismissal_base, -p.vote_dismissal_slope, estate.lever_participation
        )
        if result.passed:
            estate.process, estate.process_left = 2, int(p.market_dismissal_time) + 1
            estate.process_cause = int(Cause.DISMISSAL)
            self.tell(Event.DISMISSAL_VOTED, cause, result.approved, estate.company)
        else:
            self.tell_failed(Event.DISMISSAL_REJECTED, Event.DISMISSAL_INQUORATE, cause, result)

    def tell_failed(self, lost: Event, inquorate: Event, cause: Cause, result: Result) -> None:
        """Why it was held, and who approved, or who took part where that was too few."""
        if result.took_part < self.model.p.committee_quorum:
            self.tell(inquorate, cause, result.took_part, self.estate.company)
        else:
            self.tell(lost, cause, result.approved, self.estate.company)

    def tell(self, kind: Event, cause: Cause, size: float, company: int = -1) -> None:
        """Write an event of the estate."""
        self.model.tell(self.estate.row, company, kind, cause, size)
