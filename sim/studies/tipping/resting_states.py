"""Where the estates of a type settle in agent-based runs, from which start they end high or low,
and how wide the trap is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, planned_runs_over
from sim.experiments.intervals import NO_RANGE, Interval, Range, range_of, wilson
from sim.experiments.representative import started_at
from sim.experiments.workplace import RunResults
from sim.results.engines import PlannedRun
from sim.scenario import Scenario
from sim.studies.tipping.levers import Lever
from sim.text import message

STARTS = (0.05, 0.35, 0.65, 0.95)
GAP = 0.15  # two settled rates that differ by more are two states
TOLERANCE = 0.02  # width of the bracket around an unstable point at which refining ends
MOST_SEEDS = 4
DRIFT_YEARS, MOST_DRIFT = 3, 0.03
UNMANAGED_CONDITION = (
    0.7  # start of estates whose mean-field condition is unknown (a lever without counterpart)
)

MEAN_FIELD, AGENTS = "mean_field", "agents"  # by what a width was found

Run = Callable[[list[PlannedRun]], RunResults]


def _no_more(planned: list[PlannedRun]) -> RunResults:
    raise StudyError(message("tipping.error.read_only", found=len(planned)))


@dataclass(frozen=True)
class Trial:
    """Estates of the type that were started at one collection rate: the rates that they
    settled at, all seeds together.

    drift: how much their mean rate still moved over the last DRIFT_YEARS years, the most of all seeds;
    drifts: of each seed (none in a result of before it was kept).
    """

    start: float
    seeds: int
    rates: np.ndarray
    drift: float
    drifts: tuple[float, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether it had come to rest; else longer runs may end elsewhere."""
        return self.drift <= MOST_DRIFT

    @property
    def means(self) -> np.ndarray:
        """Mean rate of every pair of member and seed (float64): each has as many estates of the type."""
        return np.array([part.mean() for part in np.array_split(self.rates, self.seeds)])

    def of_seed(self, place: int) -> Trial:
        """What the seed at a place says by itself."""
        rates, drift = np.array_split(self.rates, self.seeds)[place], self.drifts[place]
        return Trial(self.start, 1, rates, drift, (drift,))

    @property
    def middle(self) -> float:
        """Median of the rates."""
        return float(np.median(self.rates))


@dataclass
class Settled:
    """What agent-based runs say at one value of the lever.

    low, high: median rate settled at from the lowest and the highest start. two_states: whether they differ
    by more than GAP. unstable: the starts between which the chance of ending high (above the middle of low
    and high) crosses one half.
    """

    value: float
    trials: dict[float, Trial] = field(default_factory=dict)

    def of_seed(self, place: int) -> Settled:
        """What the seed at a place, one of those that every start was tried with, says by itself."""
        return Settled(self.value, {start: trial.of_seed(place) for start, trial in self.trials.items()})

    @property
    def low(self) -> float:
        """Median rate from the lowest start."""
        return self.trials[min(self.trials)].middle

    @property
    def high(self) -> float:
        """Median rate from the highest start."""
        return self.trials[max(self.trials)].middle

    @property
    def settled(self) -> bool:
        """Whether the runs had come to rest: an unstable point that does not lie between two rates says
        that they were on their way."""
        rest = self.trials[min(self.trials)].settled and self.trials[max(self.trials)].settled
        between = not self.two_states or self.low - TOLERANCE <= self.unstable <= self.high + TOLERANCE
        return rest and between

    @property
    def trapped(self) -> bool:
        """Whether there are two states in which runs had come to rest."""
        return self.two_states and self.settled

    @property
    def two_states(self) -> bool:
        """Whether estates that start low and estates that start high end apart."""
        return self.high - self.low > GAP

    @property
    def limit(self) -> float:
        """The rate above which an estate counts as having ended high."""
        return (self.low + self.high) / 2

    def chance(self, start: float) -> tuple[float, Interval]:
        """Share of estates that ended high from a start, with Wilson's interval (it takes
        estates as independent)."""
        rates = self.trials[start].rates
        above = int((rates > self.limit).sum())
        return above / rates.size, wilson(above, rates.size)

    @property
    def bracket(self) -> tuple[float, float]:
        """The last start with a chance under one half before the first with one of a half or more."""
        starts = sorted(self.trials)
        first = next(i for i, start in enumerate(starts) if self.chance(start)[0] >= 0.5)
        return starts[max(0, first - 1)], starts[first]

    @property
    def unstable(self) -> float:
        """Where the chance of ending high crosses one half, on the straight line across the bracket."""
        low, high = self.bracket
        below, above = self.chance(low)[0], self.chance(high)[0]
        return low + (high - low) * (0.5 - below) / (above - below) if above > below else high


class Settling:
    """Runs and refines `Settled` points for values of a lever; all values of a round are run together."""

    def __init__(
        self, world: Scenario, lever: Lever, run: Run, seeds: Sequence[int], ensemble: Ensemble | None = None
    ) -> None:
        """`world`: the (prepared) city whose estates are looked at; `seeds`: of the first round;
        the r-th seed has member r."""
        self.ensemble = ensemble
        self.world, self.lever, self.run, self.first = world, lever, run, tuple(seeds)
        self.code = list(world.types).index(lever.type_name)
        self.points: dict[float, Settled] = {}
        self._worlds: dict[float, tuple[Scenario, Any]] = {}

    def parts(self) -> dict[str, Any]:
        """What a saved result keeps of it: the points, and where they were looked for."""
        return {"world": self.world, "lever": self.lever, "first": self.first, "points": self.points}

    @classmethod
    def of_parts(
        cls, world: Scenario, lever: Lever, first: Sequence[int], points: Mapping[float, Settled]
    ) -> Settling:
        """Read back from `parts`: its points can be drawn, and no further ones run."""
        settling = cls(world, lever, _no_more, first)
        settling.points = dict(points)
        return settling

    def at(self, values: Sequence[float]) -> None:
        """Find states and unstable points at these values of the lever, where they are not known yet."""
        new = [value for value in values if value not in self.points]
        for value in new:
            self.points[value] = Settled(value)
        self._try({value: list(STARTS) for value in new}, self.first)
        open_ones = [self.points[value] for value in new if self.points[value].two_states]
        while open_ones:
            self._try({p.value: [round(sum(p.bracket) / 2, 4)] for p in open_ones}, self.first)
            self._settle_doubts(open_ones)
            open_ones = [p for p in open_ones if p.bracket[1] - p.bracket[0] > TOLERANCE]

    def _settle_doubts(self, points: Sequence[Settled]) -> None:
        """More seeds, the same for all, where the chance at an end of a bracket may lie on
        either side of one half."""
        doubtful: dict[float, list[float]] = {}
        for point in points:
            for start in point.bracket:
                interval = point.chance(start)[1]
                if interval.low < 0.5 < interval.high and point.trials[start].seeds < MOST_SEEDS * len(
                    self.first
                ):
                    doubtful.setdefault(point.value, []).append(start)
        last = max(self.first)
        if doubtful:
            self._try(
                doubtful, [*self.first, *range(last + 1, last + 1 + (MOST_SEEDS - 1) * len(self.first))]
            )

    def _try(self, wanted: Mapping[float, Sequence[float]], seeds: Sequence[int]) -> None:
        planned: list[PlannedRun] = []
        planned_starts: list[tuple[float, float]] = []
        for value, starts in wanted.items():
            for start in starts:
                planned += planned_runs_over(
                    self._started(value, start), seeds, self.ensemble, {self.lever.key: value, "start": start}
                )
                planned_starts.append((value, start))
        if not planned:
            return
        rates_and_drifts = [(self._rates(summary), self._drift(summary)) for _, summary in self.run(planned)]
        for i, (value, start) in enumerate(planned_starts):
            rates, drifts = zip(*rates_and_drifts[i * len(seeds) : (i + 1) * len(seeds)], strict=True)
            self.points[value].trials[start] = Trial(
                start, len(seeds), np.concatenate(rates), max(drifts), drifts
            )

    def _started(self, value: float, start: float) -> Scenario:
        """The city with the lever at a value, service and condition being what that
        collection rate would keep up."""
        if value not in self._worlds:
            self._worlds[value] = (
                self.lever.apply(self.world, value),
                self.lever.mean_field(self.world, value),
            )
        world, map_ = self._worlds[value]
        name = self.lever.type_name
        condition = map_.resting_condition(start) if map_ is not None else UNMANAGED_CONDITION
        return started_at(world, name, start, condition)

    def _rates(self, summary: Any) -> np.ndarray:
        """Collection rate in the last year of every estate of the type; 0 where nobody bills any more."""
        rates = summary.estates["collection_last_year"][summary.estates["type"] == self.code]
        return np.asarray(np.nan_to_num(rates.astype(np.float64), nan=0.0))

    def _drift(self, summary: Any) -> float:
        """Change of the type's mean collection rate between the last year and the year DRIFT_YEARS
        before; 0 where nobody bills."""
        rates = np.nan_to_num(summary.by_type["collection_rate"][self.code].astype(np.float64), nan=0.0)
        back = min(12 * DRIFT_YEARS, rates.size - 13)
        return (
            float(abs(rates[-12:].mean() - rates[-12 - back : rates.size - back].mean())) if back > 0 else 1.0
        )

    def edges(self, tolerance: float) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Brackets of the lever around the ends of the range with two states,
        refined to `tolerance` by halving.

        None where the range goes on beyond the sweep. Only the longest run of values with two states counts.
        """
        while True:
            low, high = self._brackets()
            wide = [b for b in (low, high) if b is not None and b[1] - b[0] > tolerance]
            if not wide:
                return low, high
            self.at([round(sum(b) / 2, 8) for b in wide])

    def _brackets(self) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        inside = longest_run([self.points[value].trapped for value in sorted(self.points)])
        values = sorted(self.points)
        if inside is None:
            return None, None
        first, last = inside
        low = (values[first - 1], values[first]) if first > 0 else None
        high = (values[last], values[last + 1]) if last + 1 < len(values) else None
        return low, high


def longest_run(flags: Sequence[bool]) -> tuple[int, int] | None:
    """First and last position of the longest run of True; None without any."""
    best: tuple[int, int] | None = None
    start = None
    for month, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = month
        elif not flag and start is not None:
            if best is None or month - start > best[1] - best[0] + 1:
                best = (start, month - 1)
            start = None
    return best


@dataclass(frozen=True)
class Width:
    """How wide the trap of a type is: the range of the lever with two states, and
    the area between them over it.

    low_open, high_open: the range goes on beyond the sweep, so that width and area are at least what they
    say. low and high are NaN, width and area 0, where no value tried had two states (of all draws together:
    single draws may have them). error: half-widths of the brackets of the ends. range: of the width in single
    draws (see `width_range`), range_open: in some draw it goes on beyond the sweep.
    """

    source: str
    low: float
    high: float
    width: float
    area: float
    low_open: bool
    high_open: bool
    error: float
    range: Range = NO_RANGE
    range_open: bool = False

    def columns(self) -> dict[str, Any]:
        """What a table says of it."""
        return {name: value for name, value in vars(self).items() if name != "range"} | self.range.columns()


def fixed_points(lever: Lever, world: Scenario, value: float) -> list[tuple[float, bool]]:
    """(rate, stable) of the mean-field map with the lever at a value; none where the map
    has no counterpart of it."""
    map_ = lever.mean_field(world, value)
    return [(float(rate), bool(stable)) for rate, stable in map_.fixed_points()] if map_ is not None else []


def _spread(resting_points: Sequence[tuple[float, bool]]) -> float:
    """Distance between the lowest and the highest stable point; 0 with one."""
    rates = [rate for rate, stable in resting_points if stable]
    return max(rates) - min(rates) if len(rates) > 1 else 0.0


def mean_field_width(lever: Lever, world: Scenario, curve: dict[float, list[tuple[float, bool]]]) -> Width:
    """Ends of the range with two stable points, by halving between neighbours of the sweep;
    new values join the curve."""
    span = max(curve) - min(curve)
    while True:
        values = sorted(curve)
        inside = longest_run([_spread(curve[value]) > 0 for value in values])
        if inside is None:
            return Width(MEAN_FIELD, np.nan, np.nan, 0.0, 0.0, False, False, 0.0)
        brackets = [
            (values[a], values[a + 1]) for a in (inside[0] - 1, inside[1]) if 0 <= a < len(values) - 1
        ]
        wide = [b for b in brackets if b[1] - b[0] > span / 500]
        if not wide:
            break
        for b in wide:
            middle = sum(b) / 2
            curve[middle] = fixed_points(lever, world, middle)
    gaps = {value: _spread(curve[value]) for value in values}
    return _width(MEAN_FIELD, values, inside, gaps)


def agent_width(settling: Settling) -> Width:
    """Width of the trap in agent-based runs, over the values that were run."""
    values = sorted(settling.points)
    inside = longest_run([settling.points[value].trapped for value in values])
    if inside is None:
        if not any(point.settled for point in settling.points.values()):  # nothing is known, not even a 0
            return Width(AGENTS, np.nan, np.nan, np.nan, np.nan, False, False, np.nan)
        width = Width(AGENTS, np.nan, np.nan, 0.0, 0.0, False, False, 0.0)
    else:
        gaps = {value: point.high - point.low for value, point in settling.points.items()}
        width = _width(AGENTS, values, inside, gaps)
    range_, range_open = width_range(settling)
    return replace(width, range=range_, range_open=range_open)


def width_range(settling: Settling) -> tuple[Range, bool]:
    """The range of the width over single draws (pairs of member and seed), and whether in some of them the
    two states go on beyond the sweep.

    A draw bounds its width only by the values at which it came to rest: it spans at least those with two
    states and at most what lies between the next ones with one (between neighbours of that kind, where no
    value had two). Values still moving bound nothing. So the range goes from the low end (see `range_of`) of
    the former to the high end of the latter. None where a draw came to rest nowhere.
    """
    values = sorted(settling.points)
    trials = [trial for point in settling.points.values() for trial in point.trials.values()]
    if any(len(trial.drifts) != trial.seeds for trial in trials):  # of before each seed's drift was kept
        return NO_RANGE, False
    least, most, open_ones = [], [], []
    for place in range(len(settling.first)):
        draws = [settling.points[value].of_seed(place) for value in values]
        if not any(draw.settled for draw in draws):
            return NO_RANGE, False
        inside = longest_run([draw.trapped for draw in draws])
        spans = _may_span([draw.settled and not draw.trapped for draw in draws], inside)
        last = len(values) - 1
        least.append(0.0 if inside is None else values[inside[1]] - values[inside[0]])
        most.append(max((values[min(b, last)] - values[max(a, 0)] for a, b in spans), default=0.0))
        open_ones.append(any(a < 0 or b > last for a, b in spans))
    return replace(range_of(most), low=range_of(least).low), any(open_ones)


def _may_span(one: Sequence[bool], inside: tuple[int, int] | None) -> list[tuple[int, int]]:
    """Between which places the two states may lie, those with one state (`one`) or the ends of the sweep
    (-1 and the number of values): around the places `inside`, or anywhere where none is known."""
    stops = [-1, *(place for place, is_one in enumerate(one) if is_one), len(one)]
    spans = list(pairwise(stops))
    if inside is not None:
        return [(a, b) for a, b in spans if a < inside[0] < b]
    # what lies beyond the ends was not tried: there only values that were still moving count
    return [(a, b) for a, b in spans if b - a > 1 or (a >= 0 and b < len(one))]


def trapped_alone(settling: Settling) -> int:
    """How many single draws have two states at some value tried; of a result that kept each seed's drift."""
    return sum(
        any(point.of_seed(place).trapped for point in settling.points.values())
        for place in range(len(settling.first))
    )


def _width(source: str, values: list[float], inside: tuple[int, int], gaps: Mapping[float, float]) -> Width:
    """Ends in the middle of their brackets; the area by the trapezoidal rule over the values inside."""
    first, last = inside
    before = values[first - 1] if first > 0 else values[first]
    after = values[last + 1] if last + 1 < len(values) else values[last]
    low, high = (before + values[first]) / 2, (values[last] + after) / 2
    x = [low, *values[first : last + 1], high]
    y = [gaps[values[first]], *(gaps[value] for value in values[first : last + 1]), gaps[values[last]]]
    error = (values[first] - before + after - values[last]) / 2
    return Width(
        source, low, high, high - low, float(np.trapezoid(y, x)), first == 0, last + 1 == len(values), error
    )
