"""Phase 6, committees: formed and renewed by vote, they tire, review price and company, and may dismiss."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import normal_quantile
from sim.model.kernel import part
from sim.model.luck import Kind, Stream, block_of, philox, share_of
from sim.model.month.decisions import shortfall
from sim.model.month.votes import Matter, hold_vote
from sim.model.state.contracts import DISMISSAL as DISMISSAL_UNDER_WAY
from sim.model.state.contracts import EARLY, NO_PROCESS
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import MARKET
from sim.model.state.owners import Owners
from sim.units import FEN_PER_YUAN

U64 = np.uint64
BLOCK = block_of(
    Stream.COMMITTEE_START, Stream.COMMITTEE_INTEGRITY, Stream.COMMITTEE_COMPETENCE, Stream.COMMITTEE_EVENT
)
REVIEW, CALLED_VOTE = int(Kind.REVIEW), int(Kind.CALLED_VOTE)
FORMATION, RENEWAL = int(Matter.FORMATION), int(Matter.RENEWAL)
DISMISSAL, PRICE = int(Matter.DISMISSAL), int(Matter.PRICE)
FORMED, VOTE_FAILED = int(Event.COMMITTEE_FORMED), int(Event.COMMITTEE_VOTE_FAILED)
DISSOLVED, RENEWED = int(Event.COMMITTEE_DISSOLVED), int(Event.COMMITTEE_RENEWED)
DISMISSAL_VOTED, DISMISSAL_REJECTED = int(Event.DISMISSAL_VOTED), int(Event.DISMISSAL_REJECTED)
DISMISSAL_INQUORATE = int(Event.DISMISSAL_INQUORATE)
PRICE_RAISED, PRICE_CUT = int(Event.PRICE_RAISED), int(Event.PRICE_CUT)
PRICE_FAILED, PRICE_INQUORATE = int(Event.PRICE_VOTE_FAILED), int(Event.PRICE_VOTE_INQUORATE)
PRICE_HELD = int(Event.PRICE_HELD)
SPONTANEOUS, MOBILISED, TERM_ENDED = int(Cause.SPONTANEOUS), int(Cause.MOBILISED), int(Cause.TERM_ENDED)
QUORUM_MISSED, REJECTED = int(Cause.QUORUM_MISSED), int(Cause.REJECTED)
LOSSES, QUALITY, DISMISSED, POLICY = (
    int(Cause.LOSSES),
    int(Cause.QUALITY),
    int(Cause.DISMISSAL),
    int(Cause.POLICY),
)


@part
def attempt_chance(
    base: float,
    activism: float,
    usual: float,
    satisfaction: float,
    reference: float,
    floor: float,
    weight: float,
) -> Any:
    """Monthly chance that owners start to form a committee on their own: more where
    active and dissatisfied."""
    return base * (activism / usual) * (floor + weight * shortfall(satisfaction, reference))


@part
def initiative_chance(base: float, activism: float, usual: float) -> Any:
    """Monthly chance that owners call a founding ballot, however satisfied they are: more where
    more of them are active."""
    return base * (activism / usual)


@part
def strength_of(committee: Any) -> Any:
    """What a committee can do: competence x integrity x activity, 0 where there is none."""
    return committee.exists * committee.competence * committee.integrity * committee.activity


@part
def trait(mean: float, spread: float, word: int, vetting: float, least: float) -> float:
    """Integrity or competence of a newly elected committee, in [least, 1]; vetting of candidates lifts it."""
    value = mean + spread * normal_quantile(share_of(word))
    value = value + vetting * (1.0 - value)
    return min(1.0, max(least, value))


@part
def elect(e: int, committees: np.ndarray, estates: np.ndarray, words: np.ndarray, p: np.ndarray) -> None:
    """Give estate e a newly elected committee."""
    q = p[0]
    committee = committees[e]
    committee.exists = 1
    committee.integrity = trait(
        q.committee_integrity_mean,
        q.committee_integrity_spread,
        words[1],
        estates[e].lever_vetting,
        q.committee_trait_least,
    )
    committee.competence = trait(
        q.committee_competence_mean,
        q.committee_competence_spread,
        words[2],
        estates[e].lever_vetting,
        q.committee_trait_least,
    )
    committee.activity = 1.0
    committee.term_left = int(q.committee_term)


@part
def try_to_form(
    e: int,
    cause: int,
    words: np.ndarray,
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Hold the founding vote of estate e; the committee exists from this month if it passes."""
    q = p[0]
    passed, took_part, _ = hold_vote(
        e,
        FORMATION,
        q.vote_formation_base,
        0.0,
        estates[e].lever_participation,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    if passed:
        elect(e, committees, estates, words, p)
        write_event(events, world, e, -1, FORMED, cause, took_part)
    else:
        committees[e].wait = int(q.committee_cooldown)
        write_event(
            events,
            world,
            e,
            -1,
            VOTE_FAILED,
            QUORUM_MISSED if took_part < q.committee_quorum else REJECTED,
            took_part,
        )


@part
def renew(
    e: int,
    words: np.ndarray,
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """At the end of its term a committee is renewed by vote, or is no more."""
    q = p[0]
    # a ballot knows by its matter what an incumbent brings to it
    bonus = q.vote_renewal_bonus if world[0].mechanism_ballots == 0 else 0.0
    mobilised = estates[e].lever_participation + bonus
    passed, took_part, _ = hold_vote(
        e,
        RENEWAL,
        q.vote_formation_base,
        0.0,
        mobilised,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    if passed:
        elect(e, committees, estates, words, p)
        write_event(events, world, e, -1, RENEWED, TERM_ENDED, took_part)
    else:
        committees[e].exists = 0
        committees[e].wait = int(q.committee_cooldown)
        write_event(events, world, e, -1, DISSOLVED, TERM_ENDED, took_part)


@part
def grow_old(committee: Any, oversight: float, q: Any) -> None:
    """A committee tires; oversight keeps it active and honest."""
    committee.activity += q.committee_fatigue * (q.committee_activity_floor - committee.activity)
    if oversight > 0.0:
        committee.activity += q.committee_oversight_activity * oversight * (1.0 - committee.activity)
        committee.integrity += q.committee_oversight_integrity * oversight * (1.0 - committee.integrity)
    committee.term_left -= 1


@part
def guide_revised(cost_index: float, indexing: float) -> Any:
    """Guide prices after a revision, relative to the start: so much of the growth of costs
    since then is allowed for."""
    return 1.0 + indexing * (cost_index - 1.0)


@part
def most_price(estate: Any, world: np.ndarray) -> Any:
    """The most that may be charged, fen per m2 and month: the guide price in old estates and under a
    developer's contract, else any."""
    guided = estate.old == 1 or estate.contract == EARLY
    if world[0].mechanism_guided_prices != 0 and guided and estate.guide_price > 0.0:
        return estate.guide_price * world[0].guide_index
    return np.inf


@part
def vote_on_price(
    e: int,
    matter: int,
    change: float,
    cause: int,
    owners: Owners,
    committees: np.ndarray,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Put a relative change of price to the vote (`matter` names its luck): rises are liked where service
    pleases, cuts almost everywhere.

    A rise goes no further than the guide price where one holds; where it is reached there
    is nothing to vote about.
    """
    q = p[0]
    estate = estates[e]
    most = most_price(estate, world)
    if change > 0.0 and estate.price >= most:
        committees[e].price_wait = int(q.committee_price_cooldown)
        write_event(events, world, e, estate.company, PRICE_HELD, cause, most / FEN_PER_YUAN)
        return
    base = q.vote_price_base if change > 0.0 else 1.0 - q.vote_price_cut * q.vote_price_base
    slope = q.vote_price_slope if change > 0.0 else 0.0
    passed, took_part, approved = hold_vote(
        e,
        matter,
        base,
        slope,
        estate.lever_participation,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    committees[e].price_wait = int(q.committee_price_cooldown)
    if passed:
        price = estate.price * (1.0 + change)
        estate.price = min(price, most) if change > 0.0 else price
        kind = PRICE_RAISED if change > 0.0 else PRICE_CUT
        write_event(events, world, e, estate.company, kind, cause, estate.price / FEN_PER_YUAN)
    elif took_part < q.committee_quorum:
        write_event(events, world, e, estate.company, PRICE_INQUORATE, cause, took_part)
    else:
        write_event(events, world, e, estate.company, PRICE_FAILED, cause, approved)


@part
def review_price(
    e: int,
    matter: int,
    cut: float,
    rise: float,
    owners: Owners,
    committees: np.ndarray,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Put a cut of price to the vote where service is bad, or a rise where the company loses money
    and the committee knows why."""
    q = p[0]
    estate = estates[e]
    if estate.quality < q.committee_cut_quality:
        vote_on_price(e, matter, -cut, QUALITY, owners, committees, estates, world, events, p)
    elif (
        estate.losing_months >= q.committee_losing_months
        and committees[e].competence >= q.committee_price_competence
    ):
        vote_on_price(e, matter, rise, LOSSES, owners, committees, estates, world, events, p)


@part
def start_dismissal(estate: Any, q: Any) -> None:
    """Owners voted against the company: it leaves after the time that tender and handover take."""
    estate.process = DISMISSAL_UNDER_WAY
    estate.process_left = int(q.market_dismissal_time) + 1  # the market counts one down in this same month
    estate.process_cause = DISMISSED


@part
def vote_on_dismissal(
    e: int,
    cause: int,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Put the company's dismissal to the vote; if it passes, tender and handover follow."""
    q = p[0]
    estate = estates[e]
    passed, took_part, approved = hold_vote(
        e,
        DISMISSAL,
        q.vote_dismissal_base,
        -q.vote_dismissal_slope,
        estate.lever_participation,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    if passed:
        start_dismissal(estate, q)
        write_event(events, world, e, estate.company, DISMISSAL_VOTED, cause, approved)
    elif took_part < q.committee_quorum:
        write_event(events, world, e, estate.company, DISMISSAL_INQUORATE, cause, took_part)
    else:
        write_event(events, world, e, estate.company, DISMISSAL_REJECTED, cause, approved)


@part
def review(
    e: int,
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Review company and price: dismissal where owners are unhappy, else a cut for bad
    service or a rise against losses."""
    q = p[0]
    if estates[e].satisfaction < q.committee_dismiss_below:
        vote_on_dismissal(e, QUALITY, owners, estates, world, events, p)
    elif committees[e].price_wait <= 0:
        step = q.committee_price_step
        review_price(e, PRICE, step, step, owners, committees, estates, world, events, p)


@part
def committee_month(
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """One month of committee life in every estate: ageing and renewal, or an
    attempt to form one; then reviews."""
    q = p[0]
    words = np.zeros(4, np.uint64)
    month, key_0, key_1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    for e in range(estates.size):
        estate = estates[e]
        committee = committees[e]
        words[0], words[1], words[2], words[3] = philox(
            U64(estate.number), month, U64(BLOCK), U64(REVIEW), key_0, key_1
        )
        if committee.exists == 1:
            grow_old(committee, estate.lever_oversight, q)
            if committee.term_left <= 0:
                renew(e, words, committees, owners, estates, world, events, p)
        else:
            committee.wait = max(0, committee.wait - 1)
            spontaneous = 0.0
            called = estate.lever_mobilisation
            if committee.wait == 0 and world[0].mechanism_ballots != 0:
                spontaneous = initiative_chance(
                    q.ballot_initiative, estate.mean_activism, q.committee_attempt_activism
                )
                called = called + q.ballot_street
            elif committee.wait == 0:
                spontaneous = attempt_chance(
                    q.committee_attempt,
                    estate.mean_activism,
                    q.committee_attempt_activism,
                    estate.satisfaction,
                    q.payment_satisfaction_reference,
                    q.committee_attempt_floor,
                    q.committee_attempt_dissatisfaction,
                )
            luck = share_of(words[0])
            if luck < spontaneous + called:
                cause = SPONTANEOUS if luck < spontaneous else MOBILISED
                try_to_form(e, cause, words, committees, owners, estates, world, events, p)
        committee.strength = strength_of(committee)
        committee.price_wait = max(0, committee.price_wait - 1)
        if estate.mode != MARKET or estate.process != NO_PROCESS:
            continue
        luck = share_of(words[3])
        if estate.lever_price != 0.0 and committee.price_wait == 0:
            vote_on_price(e, PRICE, estate.lever_price, POLICY, owners, committees, estates, world, events, p)
        elif committee.exists == 1 and luck < q.committee_review * committee.activity:
            review(e, committees, owners, estates, world, events, p)
        elif 0.0 < estate.lever_dismissal < 1.0:
            # policy calls the vote itself, whatever a committee would have found, by luck of its own
            _, _, _, asked = philox(U64(estate.number), month, U64(BLOCK), U64(CALLED_VOTE), key_0, key_1)
            if share_of(asked) < estate.lever_dismissal:
                vote_on_dismissal(e, POLICY, owners, estates, world, events, p)
