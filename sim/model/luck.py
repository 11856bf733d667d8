"""Addressed randomness: a draw is a function of (seed, stream, month, entity),
never of what was drawn before.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") is keyed by
the seed and counts (entity, month, block). One call gives four 32-bit words, so a block carries four named
streams. Two scenarios with one seed therefore share owners and luck, whatever else differs between them.
Months before the first one (spinning up) are numbered backwards from 0 and counted modulo 2**32, where no run
gets to.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.model.exact import exp64, normal_quantile
from sim.model.kernel import inlined, kernel, part

U64 = np.uint64
U32 = np.uint32

_MULTIPLIER_0 = U64(0xD2511F53)
_MULTIPLIER_1 = U64(0xCD9E8D57)
_WEYL_0 = U64(0x9E3779B9)
_WEYL_1 = U64(0xBB67AE85)
_LOW = U64(0xFFFFFFFF)
_HALF = U64(32)


class Stream(IntEnum):
    """Every decision that involves luck, but for the traits that owners start with, which are named where
    they are drawn; code = 4 * block + word.

    Never renumber: it would change published runs.
    """

    # owners, every month (one block, so one Philox call an owner-month)
    PAY = 0
    REPAY = 1
    COMPLAINT = 2
    PERSUASION = 3
    # owners, at a vote
    VOTE_TAKE_PART = 4
    VOTE_APPROVE = 5
    # 8 to 19: owners, starting population (sim.model.start.owners.OwnerStream)
    # estates, starting population
    ESTATE_TYPE = 20
    ESTATE_HOUSEHOLDS = 21
    ESTATE_AGE = 22
    ESTATE_PRICE = 23
    ESTATE_COST = 24
    ESTATE_CONDITION = 25
    ESTATE_LEGACY = 26
    ESTATE_MODE = 27
    ESTATE_COMMITTEE = 28
    ESTATE_INTEGRITY = 29
    ESTATE_COMPETENCE = 30
    ESTATE_PLACE = 31
    ESTATE_MOOD = 32
    ESTATE_PUBLIC_REVENUE = 33
    ESTATE_COMPANY = 35
    ESTATE_WAITED = 36
    ESTATE_CONTRACT = 37
    ESTATE_ASKED = 38
    ESTATE_BASIS = 39
    # estates, monthly
    COMMITTEE_START = 40
    COMMITTEE_INTEGRITY = 41
    COMMITTEE_COMPETENCE = 42
    COMMITTEE_EVENT = 43
    TENDER_VISITOR = 44
    TENDER_BELIEF = 45  # of kind NOTICE: whether a company gives notice
    TENDER_CHARM = 46
    LEFT_ALONE = 47
    # companies, starting population
    COMPANY_SKILL = 60
    COMPANY_COST = 61
    COMPANY_MARGIN = 62
    COMPANY_RISK = 63
    COMPANY_PLACE = 64
    COMPANY_SIZE = 65
    COMPANY_TURN = 66
    COMPANY_SKIMMING = 67
    # interventions (word chosen by the intervention, entity = estate or company)
    TARGETING = 80
    INTERVENTION = 84
    # owners, every year: what lasts of the luck in paying
    PAY_YEAR = 88
    # estates, at a ballot: how many collect votes (of kind Matter), and whether an expired contract leads to
    # one
    BALLOT_VOLUNTEERS = 92
    BALLOT_AT_EXPIRY = 93
    # estates, when a contract is signed: whether it is one of remuneration
    CONTRACT_BASIS = 96
    # estates, in a report: the error of each figure; and whether what is covered on paper alone is believed
    REPORT_COLLECTION = 100
    REPORT_QUALITY = 101
    REPORT_CONDITION = 102
    REPORT_SATISFACTION = 103
    REPORT_ON_PAPER = 104
    # estates, monthly: whether somebody calls on all to refuse
    REFUSAL_CALLED = 108
    # companies, starting population: how readily it sues
    COMPANY_SUING = 109
    # owners in a dispute, monthly: whether it is begun, how it is decided, whether what was decided is paid;
    # and whether the owner joins a refusal
    CASE_BROUGHT = 112
    CASE_DECIDED = 113
    CASE_PAID = 114
    CASE_JOINED = 115
    # owners with an open complaint, monthly, of kind the months since it was filed: whether it is solved, and
    # by whose hands. What it is about is the low byte of COMPLAINT in the month of filing.
    COMPLAINT_SOLVED = 116
    COMPLAINT_SOLVER = 117
    # estates, monthly: volunteers who give up, who step in, and who may serve again; at the start (of kind 0
    # and 1) how many work and how many are tired
    VOLUNTEERS_TIRE = 120
    VOLUNTEERS_JOIN = 121
    VOLUNTEERS_REST = 122
    ESTATE_VOLUNTEERS = 123
    # estates, monthly: whether somebody proposes to use the maintenance fund, and whether it is used unasked
    FUND_PROPOSED = 124
    FUND_URGENT = 125


class Kind(IntEnum):
    """What tells apart matters that draw from one stream for the same entity and month; 0
    where there is only one.

    Owners' votes have theirs in `sim.model.month.votes.Matter`, programmes the number of their name. Tenders
    number their visitors from 0, so that other matters in their block come after all visitors.
    Never renumber, as above.
    """

    REVIEW = 0
    CALLED_VOTE = 1
    CONTRACT = 2
    NOTICE = 998
    LEFT_ALONE = 999


def block_of(*streams: IntEnum) -> int:
    """The block whose first words are these streams, in this order; anything else is a ValueError.

    Where one call gives the draws of several streams, this says which ones.
    """
    block = int(streams[0]) // 4
    if [int(stream) for stream in streams] != [4 * block + word for word in range(len(streams))]:
        raise ValueError(f"{', '.join(stream.name for stream in streams)} are not the first words of a block")
    return block


@inlined
def philox(
    entity: Any, month: Any, block: Any, kind: Any, key_0: Any, key_1: Any
) -> tuple[Any, Any, Any, Any]:
    """Four 32-bit words (held in uint64) for one address; scalars, uint64 arrays and compiled loops alike."""
    c0 = entity
    c1 = month & _LOW
    c2 = block
    c3 = kind
    k0 = key_0
    k1 = key_1
    for _ in range(10):
        p0 = c0 * _MULTIPLIER_0
        p1 = c2 * _MULTIPLIER_1
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c1 = p1 & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _WEYL_0) & _LOW
        k1 = (k1 + _WEYL_1) & _LOW
    return c0, c1, c2, c3


@kernel
def _fill_words(
    entities: np.ndarray,
    month: Any,
    block: Any,
    kind: Any,
    key_0: Any,
    key_1: Any,
    word: int,
    out: np.ndarray,
) -> None:
    for i in range(entities.size):
        out[i] = philox(entities[i], month, block, kind, key_0, key_1)[word]


@inlined
def share_of(word: Any) -> Any:
    """A 32-bit word (in a uint64) as a float64 in (0, 1); scalars, arrays and compiled loops alike."""
    return (word + 0.5) / 4294967296.0


def seed_words(seed: int) -> tuple[int, int]:
    """The two 32-bit key words of a seed in [0, 2**63)."""
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed {seed} outside 0 .. 2**63 - 1")
    return seed & 0xFFFFFFFF, seed >> 32


def words_of(seed: int, stream: int, month: int, entities: np.ndarray, kind: int = 0) -> np.ndarray:
    """The 32-bit words (in uint64) of one stream in one month for an array of entity ids."""
    key_0, key_1 = seed_words(seed)
    ids = np.asarray(entities).astype(np.uint64)
    block, word = divmod(int(stream), 4)
    words = np.empty_like(ids)
    _fill_words(ids, U64(month), U64(block), U64(kind), U64(key_0), U64(key_1), word, words)
    return words


def uniforms(seed: int, stream: int, month: int, entities: np.ndarray, kind: int = 0) -> np.ndarray:
    """float64 in (0, 1), one for each entity id: the draw of `stream` in `month`."""
    return np.asarray(share_of(words_of(seed, stream, month, entities, kind)))


@kernel
def _quantiles(shares: np.ndarray, out: np.ndarray) -> None:
    for i in range(shares.size):
        out[i] = normal_quantile(shares[i])


@part
def lognormal_at(mean: Any, spread: Any, place: Any) -> Any:
    """The lognormal value with arithmetic mean `mean` and standard deviation of the logarithm `spread` at
    a standard normal place."""
    return mean * exp64(spread * place - 0.5 * spread * spread)


@kernel
def _fill_lognormals(mean: float, spread: float, places: np.ndarray, out: np.ndarray) -> None:
    for i in range(places.size):
        out[i] = lognormal_at(mean, spread, places[i])


def quantiles(shares: np.ndarray) -> np.ndarray:
    """Standard normal float64 values below which the given shares in (0, 1) of the mass lie."""
    out = np.empty_like(shares)
    _quantiles(shares, out)
    return out


def normals(seed: int, stream: int, month: int, entities: np.ndarray) -> np.ndarray:
    """Standard normal float64, one for each entity id."""
    return quantiles(uniforms(seed, stream, month, entities))


def lognormals(mean: float, spread: float, seed: int, stream: int, entities: np.ndarray) -> np.ndarray:
    """Lognormal float64 (see `lognormal_at`), one for each entity id."""
    return lognormals_at(mean, spread, normals(seed, stream, 0, entities))


def lognormals_at(mean: float, spread: float, places: np.ndarray) -> np.ndarray:
    """The lognormal values (see `lognormal_at`) at standard normal `places`."""
    out = np.empty_like(places)
    _fill_lognormals(float(mean), float(spread), places, out)
    return out
