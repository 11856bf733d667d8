"""Which of several arms is best: the chance that each is, what choosing it would lose, and which cannot be
told apart; and at which arm further replications decide.

Arms are run with common random numbers: replication r of every arm has seed and member r, and an arm that was
run less has the first of them. All is of means and larger is better; a caller turns an outcome of which less
is better.

Sources. The set: multiple comparisons with the best, Hsu (1984, Annals of Statistics 12, 1136-1144), with
common random numbers and the Bonferroni inequality as in Nelson and Matejcik (1995, Management Science 41,
1935-1945). The chance and the expected regret (expected opportunity cost): Chick and Inoue (2001, Management
Science 47, 1133-1149). When to stop: the posterior chance of a correct selection, Branke, Chick and Schmidt
(2007, Management Science 53, 1916-1932), looked at only at numbers of replications that are set before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from sim.experiments.intervals import (
    CONSTANT,
    FEW,
    LEAST_PAIRS,
    LEVEL,
    NO_VALUE,
    note_of,
    replications_for_difference,
)

DRAWS = 20_000  # of the means: a chance near one half has a standard error of 0.4 points


@dataclass(frozen=True, eq=False)
class Standing:
    """How arms stand with one another; every array has one value an arm, in their order (float64 but where
    said).

    replications: int64. mean: over an arm's own replications. behind: estimate of the arm less the best
    estimate (zero or below). chance: that its mean is the best; equal arms share it. regret: by how much
    choosing it would be expected to miss the best mean. best_low, best_high: simultaneous bounds of its mean
    less the best of the others'. among: bool, whether it is in the set that holds the best and cannot be told
    apart. best, second: positions of the arm with the largest chance and of the one after it. note: why there
    is no chance, empty where there is one (then all arms are in the set, and chances and regrets are NaN).
    more: how many replications more than both have would separate an arm from the best, were they as far
    apart as found, four times in five; 0 where they are separated, NaN where no number does or nothing can be
    said.
    """

    replications: np.ndarray
    mean: np.ndarray
    behind: np.ndarray
    chance: np.ndarray
    regret: np.ndarray
    best_low: np.ndarray
    best_high: np.ndarray
    among: np.ndarray
    best: int
    second: int
    note: str
    more: np.ndarray


@dataclass(frozen=True)
class Pair:
    """One arm less another over the replications that both have."""

    mean: float
    error: float  # standard error of the mean
    replications: int
    note: str

    @property
    def told(self) -> bool:
        """Whether its t statistic can be trusted: it may be what every pair agrees on."""
        return self.note in ("", CONSTANT)

    def chance_above(self) -> float:
        """The posterior chance that the first has the larger mean, one half where both are the same in every
        pair; NaN where nothing can be said."""
        if not self.told:
            return math.nan
        if self.error == 0:
            return 0.5 + 0.5 * float(np.sign(self.mean))
        return float(stats.t.cdf(self.mean / self.error, self.replications - 1))


def pair_of(one: np.ndarray, other: np.ndarray) -> Pair:
    """The paired difference of two arms, over the first replications that both have."""
    shared = min(one.size, other.size)
    paired = one[:shared] - other[:shared]
    # every pair alike is known, but of fewer than five nobody knows that it is so
    note = FEW if shared < LEAST_PAIRS and np.isfinite(paired).all() else note_of(paired)
    if shared < 2 or note == NO_VALUE:
        return Pair(math.nan, math.nan, shared, note or FEW)
    error = 0.0 if note == CONSTANT else float(paired.std(ddof=1) / math.sqrt(shared))
    return Pair(float(paired.mean()), error, shared, note)


def half_width(pair: Pair, error: float) -> float:
    """Half the width of a one-sided t bound of a pair that misses with chance `error`; infinite where nothing
    can be said."""
    if not pair.told:
        return math.inf
    return pair.error * float(stats.t.ppf(1 - error, pair.replications - 1)) if pair.error else 0.0


def standing_of(values: Sequence[np.ndarray], level: float = LEVEL, draws: int = DRAWS) -> Standing:
    """How arms stand, from the replications of each (larger is better).

    `level`: with which the set holds the best, all arms together, so that it is adjusted for their number; a
    caller that looks several times hands each look its part of the error.
    """
    count = len(values)
    pairs = [[pair_of(one, other) for other in values] for one in values]
    sizes = np.array([one.size for one in values])
    means = np.array([one.mean() if one.size else math.nan for one in values])
    if not np.isfinite(means).all():
        return _unknown(sizes, means, NO_VALUE)
    leader = _leader(pairs, sizes)
    behind = np.array([pairs[arm][leader].mean if arm != leader else 0.0 for arm in range(count)])
    low, high, among = _against_best(pairs, (1 - level) / (count - 1))
    note = next((one.note for one in (pairs[arm][leader] for arm in range(count)) if not one.told), "")
    if note:
        unknown = _unknown(sizes, means, note)
        return Standing(
            sizes,
            means,
            behind,
            unknown.chance,
            unknown.regret,
            low,
            high,
            among,
            leader,
            leader,
            note,
            unknown.more,
        )
    chance, regret = _posterior(values, pairs, leader, draws)
    order = np.lexsort((np.arange(count), -behind, -chance))
    best, second = int(order[0]), int(order[1])
    more = np.array([_more(pairs[best][arm], (1 - level) / (count - 1)) for arm in range(count)])
    return Standing(sizes, means, behind, chance, regret, low, high, among, best, second, "", more)


def _unknown(sizes: np.ndarray, means: np.ndarray, note: str) -> Standing:
    nothing = np.full(sizes.size, math.nan)
    every = np.ones(sizes.size, bool)
    return Standing(sizes, means, nothing, nothing, nothing, nothing, nothing, every, 0, 0, note, nothing)


def _leader(pairs: Sequence[Sequence[Pair]], sizes: np.ndarray) -> int:
    """The arm with the best estimate: arms are compared with one that was run most, over shared
    replications."""
    first = int(np.argmax(sizes))
    ahead = [pairs[arm][first].mean if arm != first else 0.0 for arm in range(sizes.size)]
    return int(np.argmax(ahead))


def _against_best(pairs: Sequence[Sequence[Pair]], error: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Constrained bounds of each arm's mean less the best of the others' (Hsu 1984), and whether it may be
    the best: no other is above it. An arm that is another in every replication is not below it, and stays
    with it."""
    count = len(pairs)
    low, high = np.zeros(count), np.zeros(count)
    for arm in range(count):
        others = [pairs[arm][other] for other in range(count) if other != arm]
        ends = [(pair.mean if pair.told else 0.0, half_width(pair, error)) for pair in others]
        low[arm] = min(mean - half for mean, half in ends)
        high[arm] = min(mean + half for mean, half in ends)
    return np.minimum(low, 0.0), np.maximum(high, 0.0), high >= 0


def _posterior(
    values: Sequence[np.ndarray], pairs: Sequence[Sequence[Pair]], leader: int, draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Chance of each arm to be best, and its expected regret, from draws of the means less the leader's.

    Without knowledge beforehand a difference has Student's t around its estimate; arms that share
    replications share their luck, so that they are drawn with the correlation of their differences.
    """
    others = [arm for arm in range(len(values)) if arm != leader]
    drawn = np.zeros((draws, len(values)))
    moving = [arm for arm in others if pairs[arm][leader].error > 0]
    if moving:
        normal, level = _numbers(draws, len(moving))
        normal = normal @ _root(_correlation([_differences(values, arm, leader) for arm in moving])).T
        for place, arm in enumerate(moving):
            freedom = pairs[arm][leader].replications - 1
            scale = np.sqrt(freedom / _chi2(freedom, draws, len(moving), level))
            drawn[:, arm] = pairs[arm][leader].error * scale * normal[:, place]
    drawn += np.array([pairs[arm][leader].mean if arm != leader else 0.0 for arm in range(len(values))])
    top = drawn.max(axis=1, keepdims=True)
    best = drawn == top
    return (best / best.sum(axis=1, keepdims=True)).mean(axis=0), (top - drawn).mean(axis=0)


@lru_cache(maxsize=32)
def _numbers(draws: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    return generator.standard_normal((draws, columns)), generator.random(draws)


_CHI2: dict[tuple[int, int, int], np.ndarray] = {}


def _chi2(freedom: int, draws: int, columns: int, level: np.ndarray) -> np.ndarray:
    key = (freedom, draws, columns)
    if key not in _CHI2:
        if len(_CHI2) > 64:
            _CHI2.clear()
        _CHI2[key] = stats.chi2.ppf(level, freedom)
    return _CHI2[key]


def _differences(values: Sequence[np.ndarray], arm: int, leader: int) -> np.ndarray:
    shared = min(values[arm].size, values[leader].size)
    return np.asarray(values[arm][:shared] - values[leader][:shared])


def _correlation(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Correlation of the means of columns of differences, of which one is over the first of the other's."""
    size = len(columns)
    found = np.eye(size)
    for one in range(size):
        for other in range(one):
            shared = min(columns[one].size, columns[other].size)
            first, second = columns[one][:shared], columns[other][:shared]
            spread = first.std() * second.std()
            along = (
                float(np.mean((first - first.mean()) * (second - second.mean())) / spread) if spread else 0.0
            )
            # the means share `shared` of the larger number of replications
            share = math.sqrt(shared / max(columns[one].size, columns[other].size))
            found[one, other] = found[other, one] = along * share
    return found


def _root(correlation: np.ndarray) -> np.ndarray:
    """A root of a matrix of correlations, which of different replications may not quite be one."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    return np.asarray(root / np.sqrt((root**2).sum(axis=1, keepdims=True)))


def _more(pair: Pair, error: float) -> float:
    if half_width(pair, error) < pair.mean:
        return 0.0
    if not pair.error > 0:
        return math.nan
    spread = pair.error * math.sqrt(pair.replications)
    needed = replications_for_difference(spread, pair.mean, 1 - 2 * error)
    return math.nan if needed is None else float(max(1, needed - pair.replications))


# spending replications where they decide


@dataclass(frozen=True, eq=False)
class Spent:
    """One look at arms that are run where it decides. numbers: replications of each arm; standing: how arms
    then stood; open: which of them were in question (bool), and are run further if it goes on; settled:
    whether nothing more was to be decided."""

    numbers: tuple[int, ...]
    standing: Standing
    open: np.ndarray
    settled: bool


def spend(
    replicate: Callable[[Sequence[int]], Sequence[np.ndarray]],
    count: int,
    looks: Sequence[int],
    level: float = LEVEL,
    always: Sequence[int] = (),
) -> list[Spent]:
    """Replicate `count` arms where it decides which is best, and look only at the numbers of replications
    `looks`.

    All arms are run to the first look. At each, arms are left out that beat the best of now with a posterior
    chance of at most (1 - level) / (count - 1); an arm that comes into question again catches up. It ends
    when the chances of all others together to beat the best are below 1 - level (the Bonferroni bound of a
    correct selection, Branke, Chick and Schmidt 2007), or after the last look. The set that cannot be told
    apart is adjusted for the number of arms and of planned looks, and does not depend on who was left out.

    `replicate` is told how many replications each arm is to have and gives their values (larger is better),
    the first the same whenever asked. `always`: arms that are run on whatever they look like.
    """
    numbers, taken = [looks[0]] * count, 1 - (1 - level) / len(looks)
    spent: list[Spent] = []
    for look in looks:
        if spent:
            numbers = [
                look if on or arm in always else held
                for arm, (on, held) in enumerate(zip(spent[-1].open, numbers, strict=True))
            ]
        values = replicate(numbers)
        standing = standing_of(values, taken)
        open_still, settled = _in_question(values, standing, level)
        spent.append(Spent(tuple(numbers), standing, open_still, settled))
        if settled:
            break
    return spent


def _in_question(values: Sequence[np.ndarray], standing: Standing, level: float) -> tuple[np.ndarray, bool]:
    """Which arms further replications could still show to be best (bool), and whether none is needed."""
    count = len(values)
    if standing.note:  # no number of replications gives a value that there is not
        return np.ones(count, bool), standing.note == NO_VALUE
    chances = np.array([pair_of(one, values[standing.best]).chance_above() for one in values])
    chances[standing.best] = 0.0
    chances = np.where(np.isnan(chances), 0.5, chances)
    open_still = chances > (1 - level) / (count - 1)
    open_still[standing.best] = True
    return open_still, bool(chances.sum() <= 1 - level)
