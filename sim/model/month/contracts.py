"""Phase 6, contracts: terms run out, and then owners renew, re-price or refuse, or the contract
goes on for an open term.

Civil Code: an early contract ends when owners choose one of their own (art. 940); a company that will not
renew says so 90 days before [I003]; an expired contract goes on, and either side can end it at 60 days'
notice [I005]. With the mechanism `ballots` it is also an occasion to found the committee
that can put it to the vote.
"""

from __future__ import annotations

import numpy as np

from sim.model.kernel import part
from sim.model.luck import Kind, philox, share_of
from sim.model.month.committee import BLOCK, REVIEW, review_price, start_dismissal, strength_of, try_to_form
from sim.model.month.price_basis import perhaps_remunerate
from sim.model.month.votes import BALLOT_BLOCK, FORMATION, Matter, hold_vote
from sim.model.state.claims import Claims
from sim.model.state.contracts import EARLY, NO_CONTRACT, NO_PROCESS, NOTICE, OPEN, TERM
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import MARKET
from sim.model.state.owners import Owners

U64 = np.uint64
CONTRACT_KIND = int(Kind.CONTRACT)
CONTRACT, CONTRACT_PRICE = int(Matter.CONTRACT), int(Matter.CONTRACT_PRICE)
RENEWED, WENT_ON, REFUSED = int(Event.CONTRACT_RENEWED), int(Event.CONTRACT_OPEN), int(Event.CONTRACT_REFUSED)
NOTICE_GIVEN = int(Event.NOTICE_GIVEN)
TERM_ENDED, QUORUM_MISSED, REJECTED = int(Cause.TERM_ENDED), int(Cause.QUORUM_MISSED), int(Cause.REJECTED)
SPONTANEOUS = int(Cause.SPONTANEOUS)
LOSSES = int(Cause.LOSSES)
NOBODY_ASKED = -1.0  # size of an event that no vote led to


@part
def go_on(
    e: int, cause: int, took_part: float, estates: np.ndarray, world: np.ndarray, events: np.ndarray
) -> None:
    """The contract goes on for an open term."""
    estates[e].contract = OPEN
    estates[e].contract_left = 0
    write_event(events, world, e, estates[e].company, WENT_ON, cause, took_part)


@part
def choose(
    e: int,
    companies: np.ndarray,
    owners: Owners,
    committees: np.ndarray,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Owners vote on the company's contract: a new term and the occasion to change the
    price, a tender, or neither.

    They approve with the chance with which they would not dismiss it.
    """
    q = p[0]
    estate = estates[e]
    passed, took_part, approved = hold_vote(
        e,
        CONTRACT,
        1.0 - q.vote_dismissal_base,
        q.vote_dismissal_slope,
        estate.lever_participation,
        q.committee_ordinary_majority,
        owners,
        estates,
        world,
        p,
    )
    if took_part < q.committee_quorum:
        go_on(e, QUORUM_MISSED, took_part, estates, world, events)
    elif not passed:
        estate.contract = OPEN
        estate.contract_left = 0
        start_dismissal(estate, q)
        write_event(events, world, e, estate.company, REFUSED, REJECTED, approved)
    else:
        cause = TERM_ENDED if estate.contract == TERM else SPONTANEOUS
        estate.contract = TERM
        estate.contract_left = int(q.contract_term)
        write_event(events, world, e, estate.company, RENEWED, cause, approved)
        perhaps_remunerate(e, cause, companies, committees, estates, claims, world, events, p)
        cut, rise = q.contract_price_cut, q.contract_price_rise
        review_price(e, CONTRACT_PRICE, cut, rise, owners, committees, estates, world, events, p)


@part
def perhaps_found(
    e: int,
    words: np.ndarray,
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """An expired contract may lead owners without a committee to a founding ballot, unless
    one failed not long ago."""
    q = p[0]
    if committees[e].wait > 0:
        return
    month, key_0, key_1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    number = U64(estates[e].number)
    _, luck, _, _ = philox(number, month, U64(BALLOT_BLOCK), U64(FORMATION), key_0, key_1)
    if share_of(luck) < q.ballot_at_expiry:
        words[0], words[1], words[2], words[3] = philox(number, month, U64(BLOCK), U64(REVIEW), key_0, key_1)
        try_to_form(e, TERM_ENDED, words, committees, owners, estates, world, events, p)
        committees[e].strength = strength_of(committees[e])


@part
def contract_month(
    companies: np.ndarray,
    committees: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """One month of every contract between owners and a company of the market."""
    q = p[0]
    if world[0].mechanism_contracts == 0:
        return
    words = np.zeros(4, np.uint64)
    month, key_0, key_1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    for e in range(estates.size):
        estate = estates[e]
        committee = committees[e]
        if estate.company < 0:
            continue
        if estate.contract == NO_CONTRACT:
            # a company that came since: owners who have a committee gave it a term, others never said for how
            # long
            chosen = estate.mode == MARKET and committee.exists == 1
            estate.contract = TERM if chosen else OPEN
            estate.contract_left = int(q.contract_term) if chosen else 0
            continue
        if estate.mode != MARKET or estate.process != NO_PROCESS:
            continue
        if estate.contract == OPEN:
            _, _, _, luck = philox(U64(estate.number), month, U64(BLOCK), U64(CONTRACT_KIND), key_0, key_1)
            looked = committee.exists == 1 and share_of(luck) < q.committee_review * committee.activity
            if looked and committee.price_wait == 0:
                committee.price_wait = int(q.committee_price_cooldown)
                choose(e, companies, owners, committees, estates, claims, world, events, p)
            continue
        estate.contract_left -= 1
        tired = estate.losing_months >= companies[estate.company].tolerance and world[0].loop_exit != 0
        if estate.contract == EARLY and committee.exists == 1:
            choose(e, companies, owners, committees, estates, claims, world, events, p)
        elif estate.contract_left == int(q.contract_notice) and tired:
            estate.process, estate.process_left, estate.process_cause = (
                NOTICE,
                int(q.contract_notice) + 1,
                LOSSES,
            )
            write_event(events, world, e, estate.company, NOTICE_GIVEN, LOSSES, estate.losing_months)
        elif estate.contract_left <= 0:
            if committee.exists == 0 and world[0].mechanism_ballots != 0:
                perhaps_found(e, words, committees, owners, estates, world, events, p)
            if committee.exists == 1:
                choose(e, companies, owners, committees, estates, claims, world, events, p)
            else:
                go_on(e, TERM_ENDED, NOBODY_ASKED, estates, world, events)
