"""Turn shares into whole numbers of estates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

SUM_TOLERANCE = 1e-6


def shares_add_up(shares: Iterable[float]) -> bool:
    """Whether shares sum to one, but for the rounding of decimal fractions."""
    return abs(math.fsum(shares) - 1) <= SUM_TOLERANCE


def apportion(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that sum to `total` in proportion to `shares` (largest remainder; ties go to the first named).

    Shares must be non-negative with a positive sum, else a ValueError.
    """
    weight = math.fsum(shares.values())
    if weight <= 0 or any(share < 0 for share in shares.values()):
        raise ValueError("shares must be non-negative with a positive sum")
    exact = {name: total * share / weight for name, share in shares.items()}
    numbers = {name: math.floor(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: numbers[name] - exact[name])
    for name in by_remainder[: total - sum(numbers.values())]:
        numbers[name] += 1
    return numbers
