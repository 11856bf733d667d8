"""Signposts: what can be observed some months before a plan stops being good enough, and tells that it will.

A signpost is a figure that government sees, a side, a level and three months in a row, as in a condition of a
plan that reacts. It is chosen by how often it comes in time and how often for nothing, and both are
measured on runs that it was not chosen by. The calendar is tried as one: a figure that does no better tells
nothing of this city.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.experiments.intervals import LEAST_PAIRS, LEVEL, Interval, wilson
from sim.results.outcomes import SERIES
from sim.units import MONTHS_PER_YEAR

BELOW, ABOVE = "below", "at_least"
# What government sees, which is reported to it, and what happens in public; and on which side it bodes ill.
# Counts of a month over twelve.
OBSERVED = {
    "reported_collection": (BELOW,),
    "reported_satisfaction": (BELOW,),
    "reported_nominal": (BELOW,),
    "reported_cycle": (ABOVE,),
    "reported_complaints_open": (ABOVE,),
    "exits": (ABOVE,),
    "tenders": (ABOVE,),
    "suits": (ABOVE,),
    "group_refusals": (ABOVE,),
    "fiscal_spending": (BELOW, ABOVE),
}
SUMMED = tuple(name for name in OBSERVED if SERIES[name].unit.endswith("/month"))
CALENDAR = "month"
IN_A_ROW = 3  # months; assumed: one noisy month is no alarm
WINDOW = 24  # months; assumed: an alarm that comes earlier than so many before its time is a false one
LEVELS = 40  # quantiles of what was seen, tried as levels
FOLDS = 5
TOO_FEW, NO_FAILURE = "too few runs", "no failure"


@dataclass(frozen=True)
class Signpost:
    """How well a figure tells that a plan will stop being good enough.

    plan; figure: a series, or CALENDAR. side, level: the alarm comes when it has been below the level, or at
    least at it, for IN_A_ROW months. hits: of the failing runs, in how many it came at least `warning` months
    before, and at most WINDOW months before that. false: of all runs, in how many it came for nothing: too
    early, or where the plan held. Both on runs that side and level were not chosen by. warned: months between
    alarm and sell-by month in the middle one of the hits, NaN without any. worth: whether it comes oftener in
    time than for nothing beyond both intervals, and the calendar does worse.
    """

    plan: str
    figure: str
    side: str
    level: float
    hits: int
    failing: int
    false: int
    runs: int
    warned: float
    worth: bool = False

    @property
    def score(self) -> float:
        """Hit rate less rate of false alarms."""
        return self.hits / self.failing - self.false / self.runs

    def rates(self, level: float = LEVEL) -> tuple[Interval, Interval]:
        """The intervals of the hit rate and of the rate of false alarms."""
        return wilson(self.hits, self.failing, level), wilson(self.false, self.runs, level)


def observed(name: str, series: np.ndarray) -> np.ndarray:
    """A figure as it is watched: month 0 to the last; counts of a month summed over twelve."""
    values = np.asarray(series, np.float64)
    if name not in SUMMED:
        return values
    known = np.where(np.isfinite(values), values, 0.0)
    total = np.cumsum(known)
    total[MONTHS_PER_YEAR:] -= np.cumsum(known)[:-MONTHS_PER_YEAR]
    total[:MONTHS_PER_YEAR] = np.nan
    return np.asarray(total)


def why_none(failed: np.ndarray) -> str:
    """Why no signpost can be measured; empty where some can. failed: sell-by months, infinity for none."""
    failing = int(np.isfinite(failed).sum())
    if failing == 0:
        return NO_FAILURE
    return TOO_FEW if failing < LEAST_PAIRS else ""


def signposts_of(
    plan: str, failed: np.ndarray, figures: Mapping[str, np.ndarray], warning: int, level: float = LEVEL
) -> list[Signpost]:
    """Every figure as a signpost of a plan, the best first, the calendar among them.

    failed: the sell-by month of each run, infinity where it held. figures: by name, (runs, months + 1), as
    `observed` has them. warning: months before the sell-by month by which an alarm must have come.
    """
    months = next(iter(figures.values())).shape[1]
    calendar = np.tile(np.arange(months, dtype=np.float64), (failed.size, 1))
    found = [
        measured
        for name, values in ({CALENDAR: calendar} | dict(figures)).items()
        if (measured := _measured(plan, name, values, failed, warning)) is not None
    ]
    of_calendar = next((one.score for one in found if one.figure == CALENDAR), -math.inf)
    judged = [_judged(one, of_calendar, level) for one in found]
    return sorted(judged, key=lambda one: (not one.worth, -one.score, one.figure))


def _judged(one: Signpost, calendar: float, level: float) -> Signpost:
    hit, false = one.rates(level)
    better = one.figure != CALENDAR and one.score > calendar
    return replace(one, worth=better and hit.low > false.high)


def _measured(plan: str, name: str, values: np.ndarray, failed: np.ndarray, warning: int) -> Signpost | None:
    """A figure as a signpost; None for one that is never known, or always the same."""
    levels = _levels(values, failed)
    if levels.size == 0:
        return None
    sides = OBSERVED.get(name, (ABOVE,))
    alarms = np.concatenate([_alarms(values, failed, levels, side) for side in sides])
    tried = [(side, float(level)) for side in sides for level in levels]
    hit, false = _counted(alarms, failed, warning)
    runs, failing = failed.size, int(np.isfinite(failed).sum())
    fold = np.arange(runs) % FOLDS
    hits = falses = 0
    warned: list[float] = []
    for one in range(FOLDS):
        kept, held = fold != one, fold == one
        chosen = _best(hit[:, kept], false[:, kept], int(np.isfinite(failed[kept]).sum()))
        came = hit[chosen] & held
        hits += int(came.sum())
        falses += int((false[chosen] & held).sum())
        warned += (failed[came] - alarms[chosen][came]).tolist()
    side, level = tried[_best(hit, false, failing)]
    middle = float(np.median(warned)) if warned else math.nan
    return Signpost(plan, name, side, level, hits, failing, falses, runs, middle)


def _levels(values: np.ndarray, failed: np.ndarray) -> np.ndarray:
    """The levels that are tried: quantiles of what was seen up to the sell-by month."""
    month = np.arange(values.shape[1])
    seen = values[(month >= MONTHS_PER_YEAR) & (month <= failed[:, None]) & np.isfinite(values)]
    if seen.size == 0 or np.ptp(seen) == 0:
        return np.zeros(0)
    return np.unique(np.quantile(seen, np.linspace(0, 1, LEVELS + 2)[1:-1], method="lower"))


def _alarms(values: np.ndarray, failed: np.ndarray, levels: np.ndarray, side: str) -> np.ndarray:
    """The month in which each level gives the alarm in each run, (levels, runs); infinity for never. From
    month 12 on, and until the plan has failed."""
    month = np.arange(values.shape[1])
    watched = (month >= MONTHS_PER_YEAR) & (month <= failed[:, None])
    with np.errstate(invalid="ignore"):
        beyond = values < levels[:, None, None] if side == BELOW else values >= levels[:, None, None]
    beyond = beyond & watched
    row = beyond[:, :, IN_A_ROW - 1 :].copy()
    for back in range(1, IN_A_ROW):
        row &= beyond[:, :, IN_A_ROW - 1 - back : -back]
    first = np.argmax(row, axis=2) + IN_A_ROW - 1
    return np.where(row.any(axis=2), first.astype(np.float64), np.inf)


def _counted(alarms: np.ndarray, failed: np.ndarray, warning: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether each alarm was in time, and whether it was false, (levels, runs)."""
    due = failed - warning  # infinity where the plan held: any alarm is too early
    hit = (alarms <= due) & (alarms >= due - WINDOW) & np.isfinite(failed)
    false = np.isfinite(alarms) & (alarms < due - WINDOW)
    return hit, false


def _best(hit: np.ndarray, false: np.ndarray, failing: int) -> int:
    """The row with the highest hit rate less rate of false alarms."""
    score = hit.sum(axis=1) / max(failing, 1) - false.sum(axis=1) / max(hit.shape[1], 1)
    return int(score.argmax())


def figures_of(series: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """What is watched in each run, by name: (runs, months + 1)."""
    return {name: np.stack([observed(name, one[name]) for one in series]) for name in OBSERVED}
