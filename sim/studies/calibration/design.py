"""What calibration runs: the free parameters with their ranges, sets of their values, and
what is read off the runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.evidence.patterns import Measure, Pattern, told
from sim.evidence.statistics_of_runs import Kept, Readings, carry_out
from sim.experiments.ensemble import Ensemble
from sim.experiments.workplace import Workplace
from sim.model.parameters import PARAMETERS
from sim.problems import nearest
from sim.text import message

OUTCOME = Measure(statistic="in_cycle")  # what coverage is told of besides the parameters
OUTCOME_NAME = "outcome"
REPEATED, REPEATS = 8, 5  # sets that are run again and again to see what luck does, and how often
Ranges = Mapping[str, tuple[float, float]]


def ranges_of(free: Ranges | Sequence[str], fitted: Sequence[Pattern]) -> dict[str, tuple[float, float]]:
    """Ranges by key: those given, or the plausible ranges of the register. StudyError for a
    key that cannot be free."""
    given = dict(free) if isinstance(free, Mapping) else dict.fromkeys(free)
    ranges: dict[str, tuple[float, float]] = {}
    for written, bounds in given.items():
        parameter = PARAMETERS.get(written.removeprefix("parameters."))
        if parameter is None:
            guess = nearest(written, PARAMETERS)
            raise StudyError(
                message("calibration.error.no_parameter_near", found=repr(written), near=repr(guess))
                if guess
                else message("calibration.error.no_parameter", found=repr(written))
            )
        chosen = bounds or parameter.plausible
        if chosen is None or not parameter.low <= chosen[0] < chosen[1] <= parameter.high:
            what = (
                message("calibration.error.no_range")
                if chosen is None
                else message("calibration.error.bounds", low=f"{chosen[0]:g}", high=f"{chosen[1]:g}")
            )
            within: dict[str, Any] = {"low": f"{parameter.low:g}", "high": f"{parameter.high:g}"}
            raise StudyError(message("calibration.error.range", key=parameter.key, found=what, **within))
        _refuse_set(parameter.key, fitted)
        ranges[parameter.key] = (float(chosen[0]), float(chosen[1]))
    if not ranges:
        raise StudyError(message("calibration.error.none_free"))
    return ranges


def _refuse_set(key: str, fitted: Sequence[Pattern]) -> None:
    """StudyError for a parameter that a pattern sets: there it would not be free."""
    for pattern in fitted:
        for settings, _ in pattern.arms():
            if key in {name.removeprefix("parameters.") for name in settings}:
                raise StudyError(message("calibration.error.set", key=key, pattern=pattern.name))


@dataclass(eq=False)
class Sets:
    """Sets of parameters that were run. points: (n, d) in [0, 1]; values: (n, k) statistics of the
    patterns; outcome: (n,)."""

    points: np.ndarray
    values: np.ndarray
    outcome: np.ndarray

    def __add__(self, other: Sets) -> Sets:
        return Sets(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("points", "values", "outcome")
            )
        )

    def __len__(self) -> int:
        return len(self.points)

    def without(self, left_out: np.ndarray) -> Sets:
        """All but those of a mask (n,)."""
        return Sets(self.points[~left_out], self.values[~left_out], self.outcome[~left_out])

    @property
    def table(self) -> np.ndarray:
        """values and, as the last column, outcome."""
        return np.column_stack([self.values, self.outcome])


@dataclass(eq=False)
class Laboratory:
    """Runs sets of free parameters and reads the patterns off them; every set has a seed of its
    own, counted on from `seed`."""

    patterns: Sequence[Pattern]
    ranges: Ranges
    seed: int = 1
    workplace: Workplace = field(default_factory=Workplace)
    executed: int = 0
    asked: int = 0
    planned: int = 0
    _next: int = field(default=0, init=False)

    @property
    def keys(self) -> list[str]:
        """The free parameters."""
        return list(self.ranges)

    @property
    def runs_a_set(self) -> int:
        """How many runs of the model one set takes."""
        return self._readings(np.full((1, len(self.ranges)), 0.5)).runs

    def members(self, points: np.ndarray) -> tuple[dict[str, float], ...]:
        """The parameter values at points of the unit cube, to six digits, as a file holds them."""
        low, high = np.array(list(self.ranges.values())).T
        rounded = np.array(
            [[float(f"{value:.6g}") for value in row] for row in (low + (high - low) * points).tolist()]
        )
        values = np.clip(rounded.reshape(points.shape), low, high)
        return tuple(dict(zip(self.ranges, row, strict=True)) for row in values.tolist())

    def run(self, points: np.ndarray) -> Sets:
        """Run sets, each with the next seed."""
        readings = self._readings(points)
        self._next += len(points)
        read, executed = carry_out(readings, self.workplace)
        self.executed += executed
        self.asked += len(read)
        values = [readings.pattern_values(pattern.name, pattern, read) for pattern in self.patterns]
        return Sets(points, np.column_stack(values), readings.values(OUTCOME_NAME, read))

    def _readings(self, points: np.ndarray) -> Readings:
        readings = Readings(len(points), self.seed + self._next, Ensemble("design", self.members(points)))
        for pattern in self.patterns:
            readings.ask_pattern(pattern.name, pattern)
        scenario = self.main_scenario
        readings.ask(OUTCOME_NAME, scenario.scenario, OUTCOME, scenario.settings, scenario.programmes)
        return readings

    @property
    def main_scenario(self) -> Pattern:
        """A pattern of the scenario (with settings) that most patterns look at: its outcome is told."""
        arms = [(one.scenario, told(one.settings, one.programmes)) for one in self.patterns]
        return self.patterns[max(range(len(arms)), key=lambda i: (arms.count(arms[i]), -i))]

    def remember(self, question: str, make: Any) -> np.ndarray:
        """Points that `make` gives, and gives again when the calibration is resumed."""
        if self.workplace.store is None:
            return np.asarray(make())
        return np.array(
            Kept(self.workplace.open_store()).remember(question, lambda: np.asarray(make()).tolist())
        )


def luck_of(repeated: Sets) -> np.ndarray:
    """Variance of luck in each column of the `table` of sets that were each run REPEATS
    times in a row (NaN-proof mean)."""
    table = repeated.table.reshape(REPEATED, REPEATS, -1)
    counts = (~np.isnan(table)).sum(axis=1)
    sums = np.nansum(table, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = sums / counts
        squares = np.nansum((table - means[:, None]) ** 2, axis=1)
    freedom = np.maximum(counts - 1, 0).sum(axis=0)
    return np.asarray(np.where(freedom > 0, squares.sum(axis=0) / np.maximum(freedom, 1), 0.0))
