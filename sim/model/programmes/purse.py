"""Finite money and finite hands: which payments and which claims on staff time can still be met,
first come first served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model.kernel import kernel
from sim.text import message

# Claims on staff time are typed in decimals; this keeps 0.3 persons from being a little less than three times
# 0.1.
TOLERANCE = 1e-9


@kernel
def affordable(
    balances: np.ndarray,
    payers: np.ndarray,
    amounts: np.ndarray,
    checked: np.ndarray,
    public: np.ndarray,
    limit: int,
    paid: np.ndarray,
) -> tuple[int, int]:
    """Mark in `paid` which rows can be paid, in the given order; returns (fen that public money
    lacked, public fen paid).

    `payers` and `amounts` are bearers x rows. A row is paid in full by all its bearers or not at all. Bearers
    with `checked` pay what is on their account and no more; those with `public` share the programme's `limit`
    (negative: none). A row that is too dear is passed over, so that it does not bar the way for smaller ones.
    """
    left = balances.copy()
    missing = 0
    spent = 0
    for row in range(amounts.shape[1]):
        enough = True
        public_enough = True
        dear = 0
        for bearer in range(amounts.shape[0]):
            if public[bearer]:
                dear += amounts[bearer, row]
            if checked[bearer] and amounts[bearer, row] > left[payers[bearer, row]]:
                enough = False
                public_enough = public_enough and not public[bearer]
        if limit >= 0 and spent + dear > limit:
            enough = False
            public_enough = False
        paid[row] = enough
        if enough:
            spent += dear
            for bearer in range(amounts.shape[0]):
                left[payers[bearer, row]] -= amounts[bearer, row]
        elif not public_enough:
            missing += dear
    return missing, spent


def claims_met(free: np.ndarray, bodies: np.ndarray, persons: float) -> tuple[np.ndarray, np.ndarray]:
    """Which claims of `persons` each on the staff of `bodies` can be met, in order, and
    what staff is then free.

    `free` holds the persons free in every body and is not changed.
    """
    if persons <= TOLERANCE or bodies.size == 0:
        return np.ones(bodies.size, bool), free
    order = np.argsort(bodies, kind="stable")
    number = np.bincount(bodies, minlength=free.size)
    first = np.cumsum(number) - number
    rank = np.empty(bodies.size, np.int64)
    rank[order] = np.arange(bodies.size) - first[bodies[order]]
    most = np.floor(free / persons + TOLERANCE).astype(np.int64)
    met = rank < most[bodies]
    return met, np.maximum(0.0, free - np.minimum(number, most) * persons)


def divided(fen: np.ndarray, shares: Mapping[str, float]) -> dict[str, np.ndarray]:
    """`fen` (int64) split between bearers by their shares (which sum to 1); the last one
    bears what rounding leaves."""
    names = list(shares)
    parts = {name: np.floor(fen * shares[name]).astype(np.int64) for name in names[:-1]}
    left = fen.copy()
    for part in parts.values():
        left = left - part
    return parts | {names[-1]: left}


def whole_fen(fen: Any) -> np.ndarray:
    """`fen` as it is if it is whole numbers, else a TypeError: money is never rounded silently."""
    amounts = np.asarray(fen)
    if not np.issubdtype(amounts.dtype, np.integer):
        raise TypeError(message("declare.whole_fen", function="sim.model.programmes.base.fen"))
    return amounts
