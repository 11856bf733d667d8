"""How long a plan is good enough in a run, and what that comes to over runs: the sell-by month, and whether a
switch is still open (notation: Haasnoot, Kwakkel, Walker and ter Maat 2013, Global Environmental Change 23,
485-498).

A run in which a plan is still good enough at its end is censored: its sell-by month is "not within so many
months", infinity in these functions, so that order statistics stay what they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.experiments.intervals import (
    ENDS,
    EXTREMES,
    FEW,
    LEAST_PAIRS,
    LEVEL,
    NO_VALUE,
    PERCENTILE_PAIRS,
    PERCENTILES,
    Interval,
    Range,
    wilson,
)
from sim.units import MONTHS_PER_YEAR

NEVER, ENDED, HELD = range(3)  # of a plan, or a switch to it, in one run
OPEN, CLOSED, UNSURE = "open", "closed", "unsure"  # a switch over runs
LEAST_MEDIAN = 6  # runs: of fewer no two of them hold the median between them with 95 %


class Fate(NamedTuple):
    """What became of a plan in a run. month: its sell-by month, the first in which it is no longer good
    enough (ENDED), or by which it should have been and was not (NEVER); the last of the run where it
    held."""

    state: int
    month: int


def fate_of(good: np.ndarray, within: int) -> Fate:
    """What became of a plan that holds from month 1 on and is judged from month `within` on (twelve at the
    least, when the first year is over): before, it may still be getting there. good: months 0 to the last."""
    first = min(max(within, MONTHS_PER_YEAR), good.size - 1)
    return _until(good, first) if good[first] else Fate(NEVER, first)


def fate_of_switch(good: np.ndarray, failed: int, within: int, lasting: int) -> Fate:
    """What became of a plan that another was left for, which failed in month `failed`: good enough again
    within `within` months, and from then on for `lasting` months in a row (ENDED or HELD), or not (NEVER).

    `failed` is at most `latest_of` the run: of a later one, only those that are soon good enough could be
    told from the others.
    """
    for first in range(failed + 1, failed + within + 1):
        if good[first : first + lasting].all():
            return _until(good, first)
    return Fate(NEVER, failed + within)


def latest_of(months: int, within: int, lasting: int) -> int:
    """The last sell-by month in a run of so many after which a switch can be judged."""
    return months - within - lasting + 1


def _until(good: np.ndarray, first: int) -> Fate:
    bad = np.flatnonzero(~good[first:])
    return Fate(ENDED, first + int(bad[0])) if bad.size else Fate(HELD, good.size - 1)


# over runs


@dataclass(frozen=True)
class SellBy:
    """The sell-by month over runs. Infinity: not within the months that were simulated.

    runs: how many. ended: in how many it came. never: of these, in how many it was never good enough. median:
    of all runs. precision: the interval of the median, distribution-free (between two of the runs in order).
    held: what may happen in a single run, by the rules of `sim.experiments.intervals.range_of`. share: of
    runs in which it came, with Wilson's interval.
    """

    runs: int
    ended: int
    never: int
    median: float
    precision: Interval
    held: Range
    share: Interval


def sell_by(states: np.ndarray, months: np.ndarray, level: float = LEVEL) -> SellBy:
    """The sell-by month from what became of a plan in each run (NEVER, ENDED or HELD) and in which month."""
    values = np.sort(np.where(states == HELD, np.inf, months.astype(np.float64)))
    size = values.size
    ended = int(np.isfinite(values).sum())
    return SellBy(
        size,
        ended,
        int((states == NEVER).sum()),
        _quantile(values, 0.5) if size else math.nan,
        median_interval(values, level),
        _range_of_months(values),
        share_of(ended, size, level),
    )


def share_of(count: int, runs: int, level: float = LEVEL) -> Interval:
    """Wilson's interval of a share of runs; no bounds for fewer than LEAST_PAIRS."""
    if runs < LEAST_PAIRS:
        return Interval(math.nan, math.nan, level, FEW if runs else NO_VALUE)
    return wilson(count, runs, level)


def median_interval(ordered: np.ndarray, level: float = LEVEL) -> Interval:
    """Between which two of the values, in order, the median of what they were drawn from lies: by the
    binomial distribution, whatever theirs is. No bounds for fewer than LEAST_MEDIAN."""
    from scipy import stats

    if ordered.size == 0:
        return Interval(math.nan, math.nan, level, NO_VALUE)
    bounds = stats.quantile_test(ordered, q=0.0, p=0.5).confidence_interval(level)
    if ordered.size < LEAST_MEDIAN or math.isnan(bounds.low) or math.isnan(bounds.high):
        return Interval(math.nan, math.nan, level, FEW)
    return Interval(float(bounds.low), float(bounds.high), level)


def _range_of_months(ordered: np.ndarray) -> Range:
    """As `sim.experiments.intervals.range_of`, of values that may be infinity."""
    size = ordered.size
    kind = PERCENTILES if size >= PERCENTILE_PAIRS else EXTREMES
    if size < 2:
        return Range(kind=kind, pairs=size, note=FEW if size else NO_VALUE)
    if kind == EXTREMES:
        return Range(float(ordered[0]), float(ordered[-1]), kind, size, "")
    low, high = (_quantile(ordered, end) for end in ENDS)
    return Range(low, high, kind, size, "")


def _quantile(ordered: np.ndarray, share: float) -> float:
    """At place p (n + 1) among n values in order, between two of them in proportion (Hyndman and Fan 1996,
    type 6); infinity as soon as it takes part."""
    place = min(max(share * (ordered.size + 1), 1.0), float(ordered.size))
    below = int(place)
    low, part = float(ordered[below - 1]), place - below
    return (
        low if part == 0 else low + part * (float(ordered[below]) - low) if math.isfinite(low) else math.inf
    )


def verdict_of(states: np.ndarray, likely: float, level: float = LEVEL) -> tuple[str, Interval]:
    """Whether a switch is open, by what became of it in each run, and the interval of the share of runs in
    which it is: OPEN where all of that lies at `likely` or above, CLOSED where it lies below, else (and of
    fewer than LEAST_PAIRS runs) UNSURE."""
    share = share_of(int((states != NEVER).sum()), states.size, level)
    return (OPEN if share.low >= likely else CLOSED if share.high < likely else UNSURE), share
