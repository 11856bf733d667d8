"""The rows of one estate's owners that something concerns, gathered so that the rest are looked at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import inlined

I32, U8, PLACE = np.int32, np.uint8, np.uintp


@inlined
def rows_where(bits: np.ndarray, wanted: Any, rows: np.ndarray) -> Any:
    """Fill `rows` (int32) with the places at which any of the `wanted` bits is set, in their order;
    returns how many there are.

    Every place is written and only those that count are kept, which is faster than to ask at each.
    """
    count = PLACE(0)
    for i in range(bits.size):
        rows[count] = I32(i)
        count += PLACE(1) if U8(bits[i] & wanted) != U8(0) else PLACE(0)
    return count


@inlined
def count_where(bits: np.ndarray, wanted: Any) -> Any:
    """At how many places any of the `wanted` bits is set (int32)."""
    count = I32(0)
    for i in range(bits.size):
        count = I32(count + (I32(1) if U8(bits[i] & wanted) != U8(0) else I32(0)))
    return count


@inlined
def any_of(bits: np.ndarray) -> Any:
    """The bits (uint8) that are set at some place."""
    some = U8(0)
    for i in range(bits.size):
        some = U8(some | bits[i])
    return some
