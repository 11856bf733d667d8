"""Claims of former managers: who stopped to manage an estate stays the creditor of
what was owed to it by then."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SLOTS = 6  # most former managers of one estate that are owed something at a time


class Claims(NamedTuple):
    """One row an estate, `SLOTS` columns: ledger account of the creditor (-1: empty) and what is owed to it.

    Older claims come first. What no claim covers of an estate's arrears is owed to its present manager.
    """

    account: np.ndarray  # int32, ledger account of a company, of the employers or of the estate's own fund
    fen: np.ndarray  # int64, fen; a row sums to the estate's `former_arrears`


def new_claims(estates: int) -> Claims:
    """Empty slots for so many estates."""
    return Claims(np.full((estates, SLOTS), -1, np.int32), np.zeros((estates, SLOTS), np.int64))
