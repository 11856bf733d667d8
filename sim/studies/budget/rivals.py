"""Whether the search earns its place: what it found beside what as many packages drawn at random come to, and
as many single measures, at equal cost.

Each chose by its own packages under the seeds of the search, and all are judged by seeds that chose nothing,
paired: for a sum of public cost each would buy the package that looked best for no more than it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.intervals import Estimate, estimate_of
from sim.studies.budget.package_value import Rescored, Valued
from sim.studies.budget.search import RANDOM, SINGLE

NAMES = (RANDOM, SINGLE)
DIGITS = 12  # of a share of estates: far below the least share there is, far above what rounding makes


@dataclass(frozen=True)
class Rival:
    """Another way to propose packages: all that it tried, with as many runs as the search, and its front on
    the same fresh seeds as that of the search."""

    name: str
    tried: Sequence[Valued]
    fresh: Sequence[Rescored]


@dataclass(frozen=True)
class Advantage:
    """By how much more estates the search gets out of the cycle than a rival, averaged over every sum of
    public cost from nothing to the yearly budget `most` (yuan a year).

    gain, of_rival: what each gets beyond doing nothing; difference: of both, with the interval of its mean
    over fresh seeds and its range over them.
    """

    rival: str
    most: float
    gain: float
    of_rival: float
    difference: Estimate


@dataclass(frozen=True)
class Matched:
    """A package of the search beside the one that a rival would have bought for no more than its public cost.

    gain, cost, worst_tenth: the package less that of the rival, over fresh seeds: share of estates out of the
    cycle, yuan a year, satisfaction of the worst tenth.
    """

    number: int
    rival: str
    other: Valued
    gain: Estimate
    cost: Estimate
    worst_tenth: Estimate


def advantage_over(
    rival: Rival, searched: Sequence[Valued], fresh: Sequence[Rescored], most: float
) -> Advantage:
    """How a search fares beside a rival, for sums up to `most`."""
    own = _average(searched, fresh, most)
    others = _average(_of(rival.tried, rival.fresh), rival.fresh, most)
    # Sums over other steps of the same gains differ in their last digits: that is no difference.
    difference = np.round(own - others, DIGITS)
    return Advantage(rival.name, most, float(own.mean()), float(others.mean()), estimate_of(difference))


def matched_with(rival: Rival, package: Rescored, searched: Valued) -> Matched:
    """The package of a rival for no more public cost than `package` had in the search, and how
    both differ."""
    most = searched.public_cost
    affordable = [one for one in _of(rival.tried, rival.fresh) if one.public_cost <= max(most, 0.0)]
    number = _best(affordable).number
    other = next(one for one in rival.fresh if one.value.number == number)

    def less(name: str) -> Estimate:
        own, others = (np.array(one.value.values[name]) for one in (package, other))
        return estimate_of(own - others)

    return Matched(
        package.value.number,
        rival.name,
        other.value,
        less("out_of_cycle"),
        less("public_cost"),
        less("worst_decile_satisfaction"),
    )


def _of(tried: Sequence[Valued], fresh: Sequence[Rescored]) -> list[Valued]:
    """What the packages of a front came to in the search."""
    numbers = {one.value.number for one in fresh}
    return [one for one in tried if one.number in numbers]


def _best(packages: Sequence[Valued]) -> Valued:
    """Most estates out of the cycle; of equals the cheapest."""
    return max(packages, key=lambda one: (one.out_of_cycle, -one.public_cost, -one.number))


def _average(searched: Sequence[Valued], fresh: Sequence[Rescored], most: float) -> np.ndarray:
    """Gain of what would be bought for a sum between 0 and `most`, averaged over the sums; one a fresh seed.

    What is bought depends on what the search had seen only, so that this is a mean of fresh figures.
    """
    gains = {one.value.number: np.array(one.gains) for one in fresh}
    steps = sorted({0.0, *(one.public_cost for one in searched if 0 < one.public_cost < most), most})
    total = np.zeros(len(next(iter(gains.values()))))
    for low, high in zip(steps, steps[1:], strict=False):
        bought = _best([one for one in searched if one.public_cost <= low])
        total += (high - low) / most * gains[bought.number]
    return total


def columns_of(name: str, estimate: Estimate) -> dict[str, Any]:
    """The columns of a table that tell an estimate: its mean under its name, the interval, why there is none
    or why it is not to be trusted, the range."""
    interval = estimate.interval
    low_high = {f"{name}_low": interval.low, f"{name}_high": interval.high, f"{name}_note": interval.note}
    return (
        {name: estimate.mean} | low_high | {f"{name}_{key}": v for key, v in estimate.range.columns().items()}
    )
