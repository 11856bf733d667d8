"""Which of several arms is best: the chance that each is, what choosing it would lose, and which cannot be
told apart; and at which arm further replications decide.

Arms are run with common random numbers: replication r of every arm has seed and member r, and an arm that was
run less has the first of them. All is of means and larger is better; a caller turns an outcome of which less
is better.

Sources. The set: multiple comparisons with the best, Hsu (1984, Annals of Statistics 12, 1136-1144), with
common random numbers and the Bonferroni inequality as in Nelson and Matejcik (1995, Management Science 41,
1935-1945). The chance and the expected regret (expected opportunity cost): Chick and Inoue (2001, Management
Science 47, 1133-1149), with arms whose means are related, Berger and Deely (1988, Journal of the American
Statistical Association 83, 364-373) and, where they are three, Gelman (2006, Bayesian Analysis 1, 515-533),
and luck that was not seen of all of them, Anderson (1957, Journal of the American Statistical Association 52,
200-203). When to stop: the posterior chance of a correct selection, Branke, Chick and Schmidt (2007,
Management Science 53, 1916-1932), looked at only at numbers of replications that are set before. How many go
on: Karnin, Koren and Somekh (2013, Proceedings of Machine Learning Research 28, 1238-1246).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy import special, stats

from sim.experiments.intervals import (
    CONSTANT,
    FEW,
    LEVEL,
    NO_VALUE,
    note_of,
    replications_for_difference,
)

DRAWS = 20_000  # of the means: a chance near one half has a standard error of 0.4 points
LEVELS = 40  # equally likely ones of how wrong standard errors are
SPREADS = 30  # of means, on a grid
OUT = 0.3  # of the error that the chance to be best may have, what leaving arms out may take
ROOM = 2.5  # arms times replications that a look may have, in those of the first look for all arms


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
    against: the best less every arm; error: with which a bound of one of them may miss.
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
    against: tuple[Pair, ...]
    error: float

    @cached_property
    def more(self) -> np.ndarray:
        """How many replications more than both have would separate an arm from the best, were they as far
        apart as found, four times in five; 0 where they are separated, NaN where no number does or nothing
        can be said (float64)."""
        if self.note:
            return np.full(self.mean.size, math.nan)
        return np.array([_more(pair, self.error) for pair in self.against])


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
        return float(special.stdtr(self.replications - 1, self.mean / self.error))


def pair_of(one: np.ndarray, other: np.ndarray) -> Pair:
    """The paired difference of two arms, over the first replications that both have."""
    shared = min(one.size, other.size)
    paired = one[:shared] - other[:shared]
    note = note_of(paired)
    if shared < 2 or note == NO_VALUE:
        return Pair(math.nan, math.nan, shared, note or FEW)
    error = 0.0 if note == CONSTANT else float(paired.std(ddof=1) / math.sqrt(shared))
    return Pair(float(paired.mean()), error, shared, note)


def half_width(pair: Pair, error: float) -> float:
    """Half the width of a one-sided t bound of a pair that misses with chance `error`; infinite where nothing
    can be said."""
    if not pair.told:
        return math.inf
    return pair.error * float(special.stdtrit(pair.replications - 1, 1 - error)) if pair.error else 0.0


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
    estimates, noise = _estimates(values)
    leader = int(np.argmax(estimates))
    behind = estimates - estimates[leader]
    for arm in range(count):
        if pairs[arm][leader].error == 0:  # what is the same in every replication is known
            behind[arm] = min(pairs[arm][leader].mean, 0.0)
    error = (1 - level) / (count - 1)
    low, high, among = _against_best(pairs, error)
    note = next((one.note for one in (pairs[arm][leader] for arm in range(count)) if not one.told), "")
    if note:
        nothing = np.full(count, math.nan)
        return Standing(
            sizes, means, behind, nothing, nothing, low, high, among, leader, leader, note, (), error
        )
    chance, regret = _posterior(behind, noise, pairs, leader, draws)
    order = np.lexsort((np.arange(count), -behind, -chance))
    best, second = int(order[0]), int(order[1])
    against = tuple(pairs[best])
    return Standing(sizes, means, behind, chance, regret, low, high, among, best, second, "", against, error)


def _unknown(sizes: np.ndarray, means: np.ndarray, note: str) -> Standing:
    nothing = np.full(sizes.size, math.nan)
    every = np.ones(sizes.size, bool)
    return Standing(
        sizes, means, nothing, nothing, nothing, nothing, nothing, every, 0, 0, note, (), math.nan
    )


def _estimates(values: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Estimates of the means of arms, and the covariance of their errors.

    An arm that was left out ran on part of the luck only. As it goes with the average of the arms that ran
    further, so its mean is carried on with theirs: the likelihood of normal values of which the last are
    missing (Anderson 1957), for arms that share their luck alike. Without it, that an arm was left out just
    when the others were lucky would be forgotten.
    """
    count, sizes = len(values), [one.size for one in values]
    estimates, noise = np.zeros(count), np.zeros((count, count))
    for size in sorted(set(sizes), reverse=True):
        arms = [arm for arm in range(count) if sizes[arm] == size]
        further = [arm for arm in range(count) if sizes[arm] > size]
        seen = np.stack([values[arm] for arm in arms], axis=1)
        left, free = seen - seen.mean(axis=0), 1
        estimates[arms] = seen.mean(axis=0)
        if further:
            others = np.mean([values[arm][:size] for arm in further], axis=0)
            about = others - others.mean()
            squares = float(about @ about)
            slopes = about @ left / squares if squares else np.zeros(len(arms))
            left, free = left - about[:, None] * slopes, 2
            moved = float(estimates[further].mean() - others.mean())
            estimates[arms] += slopes * moved
            weights = np.full(len(further), 1 / len(further))
            along = weights @ noise[further]
            noise[arms] = slopes[:, None] * along
            noise[:, arms] = noise[arms].T
            inside = np.outer(slopes, slopes) * float(weights @ noise[np.ix_(further, further)] @ weights)
            wide = 1 / size + (moved**2 / squares if squares else 0.0)
        else:
            inside, wide = np.zeros((len(arms), len(arms))), 1 / size
        noise[np.ix_(arms, arms)] = inside + left.T @ left / max(size - free, 1) * wide
    return estimates, noise


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
    behind: np.ndarray, noise: np.ndarray, pairs: Sequence[Sequence[Pair]], leader: int, draws: int
) -> tuple[np.ndarray, np.ndarray]:
    """Chance of each arm to be best, and its expected regret, from draws of the means less the leader's.

    Arms that share replications share their luck, so that they are drawn with the correlation of their
    differences; that standard errors are estimates too gives Student's t. The means of three arms or more are
    taken to be spread normally around a common mean, by how much the runs say, with a flat prior on the mean
    and the variance (Berger and Deely 1988); of three arms, which leave that improper, on the standard
    deviation (Gelman 2006). The one that leads then stands no further ahead than the others let it.
    """
    count = behind.size
    drawn = np.zeros((draws, count)) + behind
    moving = [arm for arm in range(count) if arm != leader and pairs[arm][leader].error > 0]
    if moving:
        differing = np.eye(count)[moving] - np.eye(count)[leader]
        covariance = differing @ noise @ differing.T
        scales = _scales([pairs[arm][leader].replications - 1 for arm in moving])
        # of each level of the scales; (levels, moving, moving)
        noises = scales[:, :, None] * covariance * scales[:, None, :]
        drawn[:, moving] = (_flat if len(moving) < 2 else _spread)(
            behind[moving], np.sqrt(np.diag(covariance)), noises, draws
        )
    top = drawn.max(axis=1, keepdims=True)
    best = drawn == top
    return (best / best.sum(axis=1, keepdims=True)).mean(axis=0), (top - drawn).mean(axis=0)


def _flat(behind: np.ndarray, errors: np.ndarray, noise: np.ndarray, draws: int) -> np.ndarray:
    """Draws of differences without knowledge beforehand."""
    at = np.arange(draws) * len(noise) // draws
    return np.asarray(behind + np.einsum("dij,dj->di", _roots(noise)[at], _normal(draws, behind.size)))


def _spread(behind: np.ndarray, errors: np.ndarray, noise: np.ndarray, draws: int) -> np.ndarray:
    """Draws of differences from the leader of arms whose means are spread normally, by nobody knows how much.

    Both how much, on a grid, and the level of the scales weigh by how well they agree with what was found.
    """
    spreads, weights = _grid(behind, errors)
    arms = behind.size
    # differences share the mean of the leader
    before = spreads[:, None, None] ** 2 * (np.eye(arms) + 1)
    seen = noise[:, None] + before
    weighed = np.linalg.solve(seen, np.broadcast_to(behind[:, None], (*seen.shape[:2], arms, 1)))[..., 0]
    likely = np.log(weights) - 0.5 * (np.linalg.slogdet(seen)[1] + weighed @ behind)
    share = np.exp(likely - likely.max()).ravel()
    at = np.searchsorted(np.cumsum(share) / share.sum(), (np.arange(draws) + 0.5) / draws)
    used, place = np.unique(np.minimum(at, share.size - 1), return_inverse=True)
    level, spread = np.unravel_index(used, seen.shape[:2])
    prior = before[spread]
    mean = np.einsum("uij,uj->ui", prior, weighed[level, spread])
    left = prior - prior @ np.linalg.solve(seen[level, spread], prior)
    root = _roots(left)
    return np.asarray(mean[place] + np.einsum("dij,dj->di", root[place], _normal(draws, arms)))


def _grid(behind: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spreads of means from far below what can be seen to far above what was, and the weight of each."""
    top = 30 * max(float(np.abs(behind).max()), float(errors.max()))
    least = max(0.05 * float(errors.min()), 1e-6 * top)
    ends = np.concatenate([[0.0], np.geomspace(least, top, SPREADS)])
    spreads, widths = (ends[1:] + ends[:-1]) / 2, np.diff(ends)
    return spreads, widths * spreads if behind.size > 2 else widths


def _scales(freedoms: Sequence[int]) -> np.ndarray:
    """By what a standard error may be wrong, at equally likely levels, of arms with these degrees of freedom;
    (LEVELS, arms)."""
    return np.stack([_scale(freedom) for freedom in freedoms], axis=1)


@lru_cache(maxsize=512)
def _scale(freedom: int) -> np.ndarray:
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    return np.asarray(np.sqrt(freedom / stats.chi2.ppf(levels, freedom)))


def _roots(matrices: np.ndarray) -> np.ndarray:
    """A root of each of some matrices of covariances, which rounding may have left not quite one."""
    values, vectors = np.linalg.eigh(matrices)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None))[..., None, :])


@lru_cache(maxsize=32)
def _normal(draws: int, columns: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((draws, columns))


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

    All arms are run to the first look. At each, arms are left out whose chance to be best is at most OUT x
    (1 - level) / (count - 1). Of the others as many go on, the likeliest first and never fewer than two, as
    keep their number times that of their replications at most ROOM times what it was at the first look
    (sequential halving, Karnin, Koren and Somekh 2013): the runs saved go to those between which it is open.
    One that was left out and comes into question again catches up. It ends when the arm in front is best with
    a chance of at least `level` (the posterior chance of a correct selection, Branke, Chick and Schmidt
    2007), or after the last look. The set that cannot be told apart is adjusted for the number of arms and of
    planned looks, and does not depend on who was left out.

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
        following = next((one for one in looks if one > look), look)
        room = max(2, math.ceil(count * ROOM * looks[0] / following))
        open_still, settled = _in_question(standing, level, room)
        spent.append(Spent(tuple(numbers), standing, open_still, settled))
        if settled:
            break
    return spent


def _in_question(standing: Standing, level: float, room: int) -> tuple[np.ndarray, bool]:
    """Which arms are run further to show which is best (bool), at most `room` of them, and whether none need
    be."""
    count = standing.mean.size
    if standing.note:  # no number of replications gives a value that there is not
        return np.ones(count, bool), standing.note == NO_VALUE
    first = np.lexsort((-standing.behind, -standing.chance))[:room]
    open_still = np.zeros(count, bool)
    open_still[first] = standing.chance[first] > (1 - level) * OUT / (count - 1)
    open_still[standing.best] = True
    return open_still, bool(standing.chance[standing.best] >= level)
