"""Scores of projects and firms, shared by interventions that rank them. Sums are of whole
numbers: exact in any order."""

from __future__ import annotations

import numpy as np

_UNIT = 2.0**30  # scores are summed as whole multiples of 1 / _UNIT


def mean_by_group(groups: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of `values` (float64, below 1000) in each of `size` groups, NaN in empty ones;
    and how many each group has."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, groups, np.rint(values * _UNIT).astype(np.int64))
    count = np.bincount(groups, minlength=size)
    means = np.full(size, np.nan)
    filled = count > 0
    means[filled] = sums[filled] / (_UNIT * count[filled])
    return means, count


def collection_of(billed_12: np.ndarray, collected_12: np.ndarray) -> np.ndarray:
    """Twelve-month collection rate; 0 where nothing was billed."""
    return np.asarray(np.where(billed_12 > 0, collected_12 / np.maximum(1, billed_12), 0.0))


def whole_share(share: float, number: int) -> int:
    """How many of `number` a share stands for, rounded half up."""
    return int(share * number + 0.5)
