"""How precisely a mean is known (Interval), what may happen (Range), and how many
replications a difference needs.

An interval shrinks with replications, a range does not: it is the answer to "how sure". No
statistic hides what is missing.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.errors import StudyError
from sim.text import message

LEVEL = 0.95
POWER = 0.8
RESAMPLES = 4999
LEAST_PAIRS = 5  # fewer cannot show how they would vary
ROUGH_PAIRS = 10  # with fewer an interval is called rough
PERCENTILE_PAIRS = 40  # from here on the ends of a range are percentiles, below the lowest and the highest
ENDS = (0.05, 0.95)
LEAST_CHANGED = 5  # pairs that must differ from the commonest value for an interval to be trusted
MOST_REPLICATIONS = 10_000_000
_DIGITS = 40  # binary digits that a bootstrap keeps of the largest number of a column
_REMEMBERED = 10_000  # bytes: intervals of so few numbers are remembered
_BATCH = 4_000_000  # numbers that a bootstrap holds at a time
_NODES, _WEIGHTS = (array / 2 for array in np.polynomial.legendre.leggauss(200))
_NODES = _NODES + 0.5

# What the ends of a range are: `kind` of a Range, in the tables and in words.
PERCENTILES, EXTREMES = "p5_p95", "lowest_highest"

# Why an interval is missing or should not be trusted: note of an Interval, in the tables and in warnings.
NO_VALUE, FEW, CONSTANT, DEGENERATE, RARE = (
    "no value",
    "too few replications",
    "no variation",
    "degenerate",
    "few changed",
)


@dataclass(frozen=True)
class Interval:
    """Bounds of a mean at a confidence level. NaN bounds where there is no
    interval; `note` says why, or warns."""

    low: float
    high: float
    level: float = LEVEL
    note: str = ""

    @property
    def exists(self) -> bool:
        """Whether there are bounds."""
        return not (math.isnan(self.low) or math.isnan(self.high))

    @property
    def width(self) -> float:
        """From bound to bound; NaN where there are none."""
        return self.high - self.low

    @property
    def excludes_zero(self) -> bool:
        """Whether all of it lies on one side of zero."""
        return self.exists and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Range:
    """What may happen over members and luck: between which ends single pairs lie. NaN ends where
    there is none (`note` says why).

    kind: PERCENTILES (5th to 95th, from 40 pairs on) or EXTREMES (lowest to highest).
    pairs: how many it was taken over.
    """

    low: float = math.nan
    high: float = math.nan
    kind: str = EXTREMES
    pairs: int = 0
    note: str = NO_VALUE

    @property
    def exists(self) -> bool:
        """Whether there are ends."""
        return not (math.isnan(self.low) or math.isnan(self.high))

    def columns(self) -> dict[str, Any]:
        """The four columns that every table has of it."""
        return {
            "range_low": self.low,
            "range_high": self.high,
            "range_kind": self.kind,
            "pairs": self.pairs,
        }

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Range:
        """The range that a row of a table tells of (see `columns`); one without ends for a
        table of before there were any."""
        if "range_low" not in row:
            return cls()
        low, high = float(row["range_low"]), float(row["range_high"])
        note = NO_VALUE if math.isnan(low) or math.isnan(high) else ""
        return cls(low, high, str(row["range_kind"]), int(row["pairs"]), note)


NO_RANGE = Range()  # what a result of before there were ranges has


def range_of(pairs: ArrayLike) -> Range:
    """The range of what may happen, from one number for each pair of (member of the ensemble, seed).

    From 40 pairs on the 5th to 95th percentile, below that the lowest and the highest. Percentiles stand at p
    (n + 1) among the n pairs in order (Hyndman and Fan 1996, type 6), so that a further pair lies between
    them nine times in ten, whatever the distribution. No ends for fewer than two pairs, or
    where some pair has no value.
    """
    values = np.asarray(pairs, np.float64).ravel()
    kind = PERCENTILES if values.size >= PERCENTILE_PAIRS else EXTREMES
    if values.size == 0 or not np.isfinite(values).all():
        return Range(kind=kind, pairs=values.size)
    if values.size < 2:
        return Range(kind=kind, pairs=values.size, note=FEW)
    if kind == EXTREMES:
        return Range(float(values.min()), float(values.max()), kind, values.size, "")
    low, high = np.quantile(values, ENDS, method="weibull").tolist()
    return Range(low, high, kind, values.size, "")


@dataclass(frozen=True)
class Estimate:
    """What several runs say of an outcome: its mean, how precisely that is known, and what
    may happen in a single run."""

    mean: float
    interval: Interval
    range: Range

    def columns(self) -> dict[str, Any]:
        """The columns of a table that tells all of it: mean, low, high, note (of the interval),
        then those of the range."""
        known = {"low": self.interval.low, "high": self.interval.high, "note": self.interval.note}
        return {"mean": self.mean} | known | self.range.columns()


def estimate_of(values: ArrayLike, level: float = LEVEL) -> Estimate:
    """The estimate from one value a run; runs without one (NaN) are left out, and `range.pairs`
    says how many there were."""
    every = np.asarray(values, np.float64).ravel()
    known = every[~np.isnan(every)]
    if known.size == 0:
        return Estimate(math.nan, Interval(math.nan, math.nan, level, NO_VALUE), Range())
    return Estimate(float(known.mean()), mean_interval(known, level), range_of(known))


def mean_interval(
    values: np.ndarray, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Bootstrap interval of the mean of paired differences (one number for each
    seed); see `mean_intervals`."""
    return mean_intervals(np.asarray(values, np.float64)[:, None], level, resamples, seed)[0]


def mean_intervals(
    values: np.ndarray, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> list[Interval]:
    """Bootstrap intervals (bias-corrected and accelerated, scipy) of the mean of every column of
    `values` (seeds x columns).

    Seeds are drawn, the same for every column. A column that has no value for some seed, that is the same for
    all seeds, or that has fewer than five gets no bounds and a note, never a silent zero.
    ValueError for a level outside (0, 1).
    """
    if not 0 < level < 1:
        allowed = message("workplace.level")
        raise ValueError(message("problem.instead", place="level", found=level, allowed=allowed))
    pairs = values.shape[0]
    notes = [note_of(column) for column in values.T]
    asked = [place for place, note in enumerate(notes) if note in ("", RARE)]
    intervals = [Interval(math.nan, math.nan, level, note) for note in notes]
    if asked:
        low, high = _bootstrap(values[:, asked], expanded(level, pairs), resamples, seed)
        for number, bottom, top in zip(asked, low.tolist(), high.tolist(), strict=True):
            good = math.isfinite(bottom) and math.isfinite(top)
            intervals[number] = (
                Interval(bottom, top, level, notes[number])
                if good
                else Interval(math.nan, math.nan, level, DEGENERATE)
            )
    return intervals


def note_of(column: np.ndarray) -> str:
    """Why an interval of the mean of these numbers is missing, or not to be trusted; empty where neither."""
    if not np.isfinite(column).all():
        return NO_VALUE
    if column.size < LEAST_PAIRS:
        return FEW  # also where they agree: of so few nobody knows that the next one would
    if bool((column == column[0]).all()):
        return CONSTANT
    return RARE if too_rare(column) else ""


def median_interval(values: np.ndarray, level: float = LEVEL) -> Interval:
    """Exact interval of the median of the population that values (n,) were drawn from, between two of them by
    rank (binomial; Conover 1999, Practical Nonparametric Statistics, section 3.2). NaN bounds for fewer than
    `LEAST_PAIRS` or so few that no ranks hold the level."""
    from scipy import stats

    ordered = np.sort(np.asarray(values, np.float64))
    if ordered.size < LEAST_PAIRS or np.isnan(ordered).any():
        return Interval(math.nan, math.nan, level, FEW if ordered.size < LEAST_PAIRS else NO_VALUE)
    below = int(stats.binom.ppf((1 - level) / 2, ordered.size, 0.5))  # as many may all lie on one side of it
    if below < 1:
        return Interval(math.nan, math.nan, level, FEW)
    return Interval(float(ordered[below - 1]), float(ordered[-below]), level)


def too_rare(column: np.ndarray) -> bool:
    """Whether most pairs share one value and fewer than `LEAST_CHANGED` have another: resamples hold mostly
    that value and may miss the others altogether, so that what they say of the mean is not to be trusted."""
    commonest = int(np.unique(column, return_counts=True)[1].max())
    return column.size - commonest < LEAST_CHANGED and 2 * commonest > column.size


def expanded(level: float, pairs: int) -> float:
    """The level at which a bootstrap of few pairs is taken so that it covers as a t
    interval of `level` would.

    Resampling n pairs has variance (n - 1) / n of what it should, and normal tails; Hesterberg (2015), "What
    teachers should know about the bootstrap", section 4.3 (expanded percentile interval).
    """
    from scipy import stats

    if pairs < 2:
        return level
    reach = stats.t.ppf(0.5 + level / 2, pairs - 1) * math.sqrt(pairs / (pairs - 1))
    return float(min(2 * stats.norm.cdf(reach) - 1, 1 - 1e-6))


def _bootstrap(values: np.ndarray, level: float, resamples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    if values.dtype != np.float64 or values.nbytes > _REMEMBERED:
        return _resampled(values, level, resamples, seed)
    return _of_few(np.ascontiguousarray(values).tobytes(), values.shape[0], level, resamples, seed)


@lru_cache(maxsize=2048)
def _of_few(
    values: bytes, pairs: int, level: float, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    # A command's sentences, its tables and the page on them ask for the interval of the same numbers up to
    # ten times.
    return _resampled(np.frombuffer(values, np.float64).reshape(pairs, -1), level, resamples, seed)


def _resampled(values: np.ndarray, level: float, resamples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    # BCa counts the resamples below the mean, and of few pairs many tie with it: in whole numbers of 2**-40
    # of the largest all sums are exact, so that a figure summed in another order, or beside other columns,
    # has the same interval.
    from scipy import stats

    exponents = _DIGITS - np.frexp(np.abs(values).max(axis=0))[1]
    values = np.rint(np.ldexp(values, exponents))
    # scipy renamed the argument in 1.15 and will take the old name away
    name = "rng" if "rng" in inspect.signature(stats.bootstrap).parameters else "random_state"
    batch = max(1, _BATCH // max(values.size, 1))
    options = {name: np.random.default_rng(seed), "batch": min(batch, resamples)}
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", stats.DegenerateDataWarning
        )  # its NaN is turned into a note by the caller
        interval = stats.bootstrap(
            (values,),
            np.mean,
            axis=0,
            vectorized=True,
            n_resamples=resamples,
            method="BCa",
            confidence_level=level,
            **options,
        ).confidence_interval
    low, high = (np.ldexp(np.atleast_1d(bound), -exponents) for bound in (interval.low, interval.high))
    return low, high


# shares


def wilson(count: int, total: int, level: float = LEVEL, design_effect: float = 1.0) -> Interval:
    """Wilson's interval of a share, for `count` of `total`; a design effect over 1 stands for
    members that go together."""
    from scipy import stats

    if total <= 0:
        return Interval(math.nan, math.nan, level, NO_VALUE)
    size, share = total / max(design_effect, 1.0), count / total
    z = float(stats.norm.ppf(0.5 + level / 2))
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    # none and all reach their end exactly, which rounding would miss
    low, high = 0.0 if count == 0 else middle - half, 1.0 if count == total else middle + half
    return Interval(max(0.0, low), min(1.0, high), level)


def paired_exact(
    gained: int,
    lost: int,
    total: int,
    level: float = LEVEL,
    design_effects: tuple[float, float] = (1.0, 1.0),
    clusters: int | None = None,
) -> Interval:
    """Interval of the paired difference (gained - lost) / total that holds at least at its level however rare
    changes are, where pairs are independent; of strongly clustered ones in few clusters somewhat less often.

    Each share has its Clopper-Pearson interval, at a level at which both hold together (Bonferroni), and the
    difference lies between what their opposite ends give. Pairs that go together (estates of one city) count
    as fewer, by the design effect of each share, and fewer still where that effect itself is known from few
    `clusters` (cities): Korn and Graubard 1998, Survey Methodology 24, 193-201.
    """
    from scipy import stats

    if total <= 0:
        return Interval(math.nan, math.nan, level, NO_VALUE)
    if gained + lost == 0:
        return Interval(math.nan, math.nan, level, CONSTANT)
    both = (1 + level) / 2
    known = 1.0
    if clusters is not None and clusters > 1:
        known = float(stats.t.ppf(0.5 + both / 2, clusters - 1) / stats.norm.ppf(0.5 + both / 2)) ** 2
    won, harm = (
        clopper_pearson(count / (effect * known), total / (effect * known), both)
        for count, effect in zip((gained, lost), design_effects, strict=True)
    )
    return Interval(won[0] - harm[1], won[1] - harm[0], level)


def clopper_pearson(count: float, total: float, level: float) -> tuple[float, float]:
    """The exact interval of a share; counts that are no whole numbers are effective ones."""
    from scipy import stats

    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, count, total - count + 1)) if count > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, count + 1, total - count)) if count < total else 1.0
    return low, high


def design_effect(counts: np.ndarray, totals: np.ndarray) -> float:
    """How much more the share counts / totals differs between seeds than it would if every member were
    independent (at least 1)."""
    used = totals > 0
    if used.sum() < 2:
        return 1.0
    counts, totals = counts[used].astype(np.float64), totals[used].astype(np.float64)
    share = counts.sum() / totals.sum()
    expected = share * (1 - share) * totals.sum()
    if expected == 0:
        return 1.0
    between = ((counts - share * totals) ** 2).sum() * used.sum() / (used.sum() - 1)
    return float(max(1.0, between / expected))


# how many replications


def replications_for_width(spread: float, width: float, level: float = LEVEL) -> int | None:
    """The least number of pairs whose t interval is at most `width` wide, if their differences have
    standard deviation `spread`.

    None if more than ten million would be needed. StudyError for a width that is not above zero.
    """
    from scipy import stats

    if not width > 0:
        allowed = message("allowed.above_zero")
        raise StudyError(message("problem.instead", place="width", found=f"{width:g}", allowed=allowed))
    if math.isnan(spread):
        return None
    return _least(lambda n: 2 * stats.t.ppf(0.5 + level / 2, n - 1) * spread / math.sqrt(n) <= width)


def replications_for_difference(
    spread: float, difference: float, level: float = LEVEL, power: float = POWER
) -> int | None:
    """The least number of pairs that shows a true mean `difference` with probability `power` in a
    two-sided paired t test.

    `spread` is the standard deviation of the paired differences. None where no
    number does (a difference of zero).
    """
    if math.isnan(spread) or math.isnan(difference) or difference == 0:
        return None
    if spread == 0:
        return 2
    return _least(lambda n: power_of(n, spread, difference, level) >= power)


def power_of(pairs: int, spread: float, difference: float, level: float = LEVEL) -> float:
    """Probability that a two-sided paired t test at 1 - level sees a true mean difference.

    The normal probability is averaged over the distribution of the estimated spread, because scipy's
    noncentral t is wrong by a lot for large differences of few pairs (1.17).
    """
    from scipy import stats

    shift, limit = abs(difference) / spread * math.sqrt(pairs), stats.t.ppf(0.5 + level / 2, pairs - 1)
    reach = limit * np.sqrt(stats.chi2.ppf(_NODES, pairs - 1) / (pairs - 1))
    seen = stats.norm.cdf(shift - reach) + stats.norm.cdf(-shift - reach)
    return float(min((seen * _WEIGHTS).sum(), 1.0))


def _least(enough: Callable[[int], bool]) -> int | None:
    """The least number from 2 on for which `enough` holds, given that it then holds for all larger ones."""
    high = 2
    while not enough(high):
        high *= 2
        if high > MOST_REPLICATIONS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
