"""Which of many things that were tried cannot be told apart from the best one found: being the best of many
flatters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.experiments.intervals import LEAST_PAIRS, LEVEL
from sim.experiments.selection import half_width, pair_of


@dataclass(frozen=True)
class Best:
    """The best point found, the points in order from best to worst, and those among them that are not told
    apart from the best (itself left out)."""

    point: int
    order: tuple[int, ...]
    alike: tuple[int, ...]


def best_of(values: Mapping[int, np.ndarray], better: int, paired: bool, level: float = LEVEL) -> Best | None:
    """The best of points by the mean of their runs; None where some run has no value or more is neither
    better nor worse (`better` 0).

    A point is told apart where a t bound of its difference from the best shows it to be worse, by Bonferroni
    for every pair of points, since which one leads is luck too: `paired` where replications of all points
    have the same seeds, else by Welch. Under five runs nothing is told apart.
    """
    if not better or not values or not all(np.isfinite(one).all() and one.size for one in values.values()):
        return None
    order = sorted(values, key=lambda point: (-better * float(values[point].mean()), point))
    best, count = order[0], len(order)
    error = (1 - level) / max(1, count * (count - 1))
    alike = tuple(
        point
        for point in order[1:]
        if not _worse(better * values[point], better * values[best], error, paired)
    )
    return Best(best, tuple(order), alike)


def _worse(one: np.ndarray, best: np.ndarray, error: float, paired: bool) -> bool:
    """Whether the mean of the first is below that of the second beyond an error (larger is better)."""
    if min(one.size, best.size) < LEAST_PAIRS:
        return False
    if paired:
        pair = pair_of(one, best)
        half = half_width(pair, error)
        return bool(np.isfinite(half) and pair.mean + half < 0)
    parts = np.array([each.var(ddof=1) / each.size for each in (one, best)])
    spread = float(parts.sum())
    if spread == 0:
        return bool(one.mean() < best.mean())
    degrees = spread**2 / float((parts**2 / (np.array([one.size, best.size]) - 1)).sum())
    return bool(one.mean() - best.mean() + spread**0.5 * special.stdtrit(degrees, 1 - error) < 0)
