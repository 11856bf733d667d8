"""Which packages of a front cannot be told apart from the recommended one, and cost less.

Packages are compared pair by pair: on the same fresh seeds, and in the same futures of the stress test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.intervals import FEW, LEAST_PAIRS, LEVEL, Estimate, Interval, estimate_of, paired_exact
from sim.experiments.selection import half_width, pair_of
from sim.studies.budget.package_value import OBJECTIVES, Rescored

if TYPE_CHECKING:
    from sim.studies.budget.stress import Stress

REACHED = OBJECTIVES[1:]  # what packages are told apart by beside the futures; the cost is shown with it
FIGURES = len(REACHED) + 1


@dataclass(frozen=True)
class Alternative:
    """A package of the front beside the recommended one; every difference is the package less that.

    gain, worst_tenth, cost: over fresh seeds, with the interval of the mean and the range; enough: share of
    so many `futures` in which each does well enough, the difference, and enough_exact its exact interval;
    gain_bounds, worst_tenth_bounds, enough_bounds: adjusted, so that all of them for all packages hold with
    95 %.
    """

    number: int
    gain: Estimate
    worst_tenth: Estimate
    cost: Estimate
    enough: float
    futures: int
    enough_exact: Interval
    gain_bounds: Interval
    worst_tenth_bounds: Interval
    enough_bounds: Interval

    @property
    def apart(self) -> bool | None:
        """Whether it is told apart from the recommended one, in anything that both reach; None under five
        fresh seeds, where nothing is said of it."""
        if self.gain.range.pairs < LEAST_PAIRS:
            return None
        return any(
            bounds.exists and (bounds.low > 0 or bounds.high < 0)
            for bounds in (self.gain_bounds, self.worst_tenth_bounds, self.enough_bounds)
        )

    @property
    def cheaper(self) -> bool:
        """Whether its mean public cost is less."""
        return self.cost.mean < 0


def alternatives_to(best: int, fresh: Sequence[Rescored], stress: Stress) -> list[Alternative]:
    """Every other package beside that at position `best`; `fresh` and the stress test have the same packages
    in the same order. [] where there is no other."""
    count = len(fresh) - 1
    if count < 1:
        return []
    error = (1 - LEVEL) / (count * FIGURES)

    def beside(place: int) -> Alternative:
        own, other = fresh[best].value.values, fresh[place].value.values
        less = {name: np.array(other[name]) - np.array(own[name]) for name in OBJECTIVES}
        bounds = {name: _bounds(np.array(other[name]), np.array(own[name]), error) for name in REACHED}
        chosen, instead = stress.enough[best], stress.enough[place]
        won, lost = int((instead & ~chosen).sum()), int((chosen & ~instead).sum())
        return Alternative(
            fresh[place].value.number,
            estimate_of(less["out_of_cycle"]),
            estimate_of(less["worst_decile_satisfaction"]),
            estimate_of(less["public_cost"]),
            (won - lost) / chosen.size,
            chosen.size,
            _exact(won, lost, chosen.size, 1 - LEVEL),
            bounds["out_of_cycle"],
            bounds["worst_decile_satisfaction"],
            _exact(won, lost, chosen.size, error),
        )

    return [beside(place) for place in range(len(fresh)) if place != best]


def _exact(won: int, lost: int, futures: int, error: float) -> Interval:
    """Of a paired difference between shares of futures; nothing under five."""
    if futures < LEAST_PAIRS:
        return Interval(float("nan"), float("nan"), 1 - error, FEW)
    return paired_exact(won, lost, futures, 1 - error)


def _bounds(one: np.ndarray, other: np.ndarray, error: float) -> Interval:
    """Of a paired difference, by Student's t; without ends where that cannot be trusted."""
    pair = pair_of(one, other)
    half = half_width(pair, error / 2)
    if not np.isfinite(half):
        return Interval(float("nan"), float("nan"), 1 - error, pair.note)
    return Interval(pair.mean - half, pair.mean + half, 1 - error)


def adjusted(name: str, bounds: Interval) -> dict[str, float]:
    """The columns of a table that tell adjusted bounds."""
    return {f"{name}_adjusted_low": bounds.low, f"{name}_adjusted_high": bounds.high}
