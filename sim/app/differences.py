"""What a comparison on the page shows: paired differences of replications, with intervals, and the estates that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.intervals import Interval, Range, mean_intervals, range_of
from sim.experiments.rescue import Rescues, count_rescues, fates_by_months
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.results.summary import RunSummary
from sim.units import MONTHS_PER_YEAR

MONTHLY = ("cycle", "satisfaction", "collection", "quality")
RESAMPLES = 999
MOST_LISTED = 12


@dataclass(frozen=True)
class Monthly:
    """Mean paired difference of one series in every month (NaN where there is none), bounds of the mean, and ends of the range."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    range_low: np.ndarray
    range_high: np.ndarray


@dataclass(frozen=True)
class Difference:
    """One policy against the first, over the same seeds."""

    pairs: int
    outcomes: dict[str, tuple[float, float, Interval]]  # mean of the first, mean difference, interval
    ranges: dict[str, Range]  # of the differences of single pairs, by outcome
    monthly: dict[str, Monthly]
    rescued: Rescues  # of estates
    rescued_households: Rescues
    estates: tuple[
        tuple[int, int, int], ...
    ]  # first seed: estate, months in the cycle under the first and under this one


def series_of(summary: RunSummary, name: str) -> np.ndarray:
    """A monthly series of a run; "cycle" is the share of estates that are spiralling or collapsed."""
    if name == "cycle":
        return np.asarray(summary.series["stage_spiralling"] + summary.series["stage_collapsed"], np.float64)
    return np.asarray(summary.series[name], np.float64)


def difference(first: Sequence[RunSummary], other: Sequence[RunSummary]) -> Difference:
    """Compare two policies seed by seed; both lists in the same order of seeds."""
    names = DEFAULT_OUTCOMES
    base = np.array([[run.scalars[name] for name in names] for run in first])
    paired = np.array([[run.scalars[name] for name in names] for run in other]) - base
    found = mean_intervals(paired, resamples=RESAMPLES)
    outcomes = {
        name: (float(base[:, place].mean()), float(paired[:, place].mean()), found[place])
        for place, name in enumerate(names)
    }
    before, after = (
        np.array([run.estates["cycle_months_last_year"] for run in runs]) for runs in (first, other)
    )
    fates = fates_by_months(before, after, first[0].months)
    at_risk = before == min(first[0].months, MONTHS_PER_YEAR)
    people = np.array([run.estates["households"] for run in first])
    return Difference(
        len(first),
        outcomes,
        {name: range_of(paired[:, place]) for place, name in enumerate(names)},
        {name: _monthly(first, other, name) for name in MONTHLY},
        count_rescues(fates, at_risk, resamples=RESAMPLES),
        count_rescues(fates, at_risk, resamples=RESAMPLES, households=people),
        _most_changed(first[0], other[0]),
    )


def _monthly(first: Sequence[RunSummary], other: Sequence[RunSummary], name: str) -> Monthly:
    paired = np.array([series_of(b, name) - series_of(a, name) for a, b in zip(first, other, strict=True)])
    found = mean_intervals(paired, resamples=RESAMPLES)
    held = [range_of(month) for month in paired.T]
    # where all pairs agree there is no interval to draw, and where a figure is missing no line
    return Monthly(
        paired.mean(axis=0),
        *(np.array([getattr(one, end) for one in found]) for end in ("low", "high")),
        *(np.array([getattr(one, end) for one in held]) for end in ("low", "high")),
    )


def _most_changed(first: RunSummary, other: RunSummary) -> tuple[tuple[int, int, int], ...]:
    """Estates whose months in the cycle differ most, largest first."""
    a, b = (run.estates["cycle_months"].astype(int) for run in (first, other))
    order = np.argsort(-np.abs(b - a), kind="stable")[:MOST_LISTED]
    return tuple((int(e), int(a[e]), int(b[e])) for e in order if a[e] != b[e])
