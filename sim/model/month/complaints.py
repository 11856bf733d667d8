"""Open complaints as owners' columns hold them with the mechanism `repairs`: one bit for each, in a word of
the last 32 months (bit 0: this month); and what complaints of an estate are about."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.kernel import inlined, part
from sim.model.luck import Stream, block_of, philox
from sim.model.month.rows import PLACE, rows_where

I32, U8, U32, U64 = np.int32, np.uint8, np.uint32, np.uint64
BLOCK = block_of(Stream.COMPLAINT_SOLVED, Stream.COMPLAINT_SOLVER)
MONTHS_HELD = 32  # of complaints that are open
WAITS = U8(0xFF)  # the bits of `waiting`, of which one is set where a complaint is open
_ALL_MONTHS = U32(0xFFFFFFFF)
_NO_MONTH = U32(0)
_1, _2, _4, _8, _16, _24 = (U32(by) for by in (1, 2, 4, 8, 16, 24))
_EVERY_2ND, _EVERY_2ND_PAIR, _EVERY_2ND_FOUR = U32(0x55555555), U32(0x33333333), U32(0x0F0F0F0F)
_EVERY_8TH = U32(0x01010101)
# The months whose number has the bit 1, 2, 4, 8 or 16.
_ODD, _WITH_2, _WITH_4 = U32(0xAAAAAAAA), U32(0xCCCCCCCC), U32(0xF0F0F0F0)
_WITH_8, _WITH_16 = U32(0xFF00FF00), U32(0xFFFF0000)


@inlined
def count_of(word: Any) -> Any:
    """How many months are set (uint32)."""
    pairs = U32(word - U32(U32(word >> _1) & _EVERY_2ND))
    fours = U32(U32(pairs & _EVERY_2ND_PAIR) + U32(U32(pairs >> _2) & _EVERY_2ND_PAIR))
    eights = U32(U32(fours + U32(fours >> _4)) & _EVERY_2ND_FOUR)
    return U32(U32(eights * _EVERY_8TH) >> _24)


@inlined
def months_in(word: Any) -> Any:
    """The numbers of all months that are set, summed (uint32)."""
    return U32(
        count_of(U32(word & _ODD))
        + _2 * count_of(U32(word & _WITH_2))
        + _4 * count_of(U32(word & _WITH_4))
        + _8 * count_of(U32(word & _WITH_8))
        + _16 * count_of(U32(word & _WITH_16))
    )


@inlined
def oldest_of(word: Any) -> Any:
    """The number of the oldest month that is set, plus one (uint32); 0 where none is."""
    word = U32(word | U32(word >> _1))
    word = U32(word | U32(word >> _2))
    word = U32(word | U32(word >> _4))
    word = U32(word | U32(word >> _8))
    return count_of(U32(word | U32(word >> _16)))


@part
def months_below(months: int) -> Any:
    """The bits (uint32) of so many months, the present one first; of all 32 where there are more."""
    return _ALL_MONTHS >> U32(32 - months) if 0 < months < 32 else (_NO_MONTH if months <= 0 else _ALL_MONTHS)


@part
def months_from(months: int) -> Any:
    """The bits (uint32) of all other months."""
    return _ALL_MONTHS ^ months_below(months)


class Listed(NamedTuple):
    """Open complaints of one estate, one after the other: whose (int32, the row in the estate), of which
    month (uint32, months ago), and what luck says of it (uint32): whether it is solved, by whose hands."""

    rows: np.ndarray
    months: np.ndarray
    solved: np.ndarray
    solver: np.ndarray


@part
def new_list(owners: int) -> Listed:
    """Room for all complaints that so many owners can have open."""
    room = MONTHS_HELD * owners
    return Listed(np.empty(room, I32), np.empty(room, U32), np.empty(room, U32), np.empty(room, U32))


@inlined
def list_open(
    waiting: np.ndarray,
    open_service: np.ndarray,
    open_condition: np.ndarray,
    open_legacy: np.ndarray,
    rows: np.ndarray,
    listed: Listed,
) -> Any:
    """List the open complaints of an estate's owners, of each the oldest first; returns how many there are.
    `rows` (int32) is scratch."""
    whose, months = listed.rows, listed.months
    count = PLACE(0)
    for k in range(rows_where(waiting, WAITS, rows)):
        i = rows[k]
        # no complaint is listed that is older than the owner has waited
        some = U32(open_service[i] | open_condition[i] | open_legacy[i]) & months_below(int(waiting[i]))
        while some != _NO_MONTH:
            month = oldest_of(some) - _1
            whose[count] = i
            months[count] = month
            count += PLACE(1)
            some = U32(some ^ U32(_1 << month))
    return count


@part
def draw_solved(first_luck: Any, count: Any, month: Any, key_0: Any, key_1: Any, listed: Listed) -> None:
    """Fill what luck says of the first `count` complaints of a list."""
    whose, months, solved, solver = listed
    for k in range(count):
        address = U64(U32(first_luck + whose[k]))
        a, b, _, _ = philox(address, month, U64(BLOCK), U64(months[k]), key_0, key_1)
        solved[k] = U32(a)
        solver[k] = U32(b)


@inlined
def count_open(
    waiting: np.ndarray,
    open_service: np.ndarray,
    open_condition: np.ndarray,
    open_legacy: np.ndarray,
    rows: np.ndarray,
) -> Any:
    """What owners of an estate have open at the end of a month: complaints, and the full months that these
    have waited, summed. `waiting`, which is 0 where there are none, gets that of the oldest, plus one; `rows`
    (int32) is scratch."""
    still_open = waited = 0
    for k in range(rows_where(waiting, WAITS, rows)):
        i = rows[k]
        some = U32(open_service[i] | open_condition[i] | open_legacy[i])
        still_open += count_of(some)
        waited += months_in(some)
        waiting[i] = U8(oldest_of(some))
    return still_open, waited


@part
def part_of_256(share: float) -> Any:
    """A share as a part of 256 (uint32), as the low byte of a word is compared with it."""
    return U32(share * 256.0 + 0.5)


@part
def about(quality: float, condition: float, legacy: float, q: Any) -> Any:
    """What residents lack in service, facilities and by defects, as it counts for their satisfaction: of 256
    complaints those about the first (uint32), and about the first or the second."""
    service = q.satisfaction_quality_weight * (1.0 - quality)
    facilities = q.satisfaction_condition_weight * (1.0 - condition)
    lacking = service + facilities + q.satisfaction_legacy_weight * legacy
    if lacking <= 0.0:
        return U32(256), U32(256)
    return part_of_256(service / lacking), part_of_256((service + facilities) / lacking)
