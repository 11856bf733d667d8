"""From a study to its planned runs: which points of the unit cube its design runs, what value of a factor a
coordinate stands for, and every key and value tried against the base scenario before anything runs.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np

from sim.errors import ScenarioError
from sim.experiments.ensemble import Ensemble, as_ensemble, planned_runs_over
from sim.experiments.study_file import SCENARIO_FACTOR, Design, Factor, Study, Value, load_study
from sim.experiments.unmeasured import range_of, unmeasured
from sim.model.parameters import PARAMETERS
from sim.problems import Problem, is_file, nearest
from sim.results.engines import PlannedRun, run_key_of, scenario_hash_of
from sim.scenario import Scenario, load, to_data, with_overrides
from sim.scenario.loading import find
from sim.scenario.messages import at_location, strip
from sim.scenario.overrides import overridden, place_of
from sim.size import FACTOR, PLANNED, POINT, check_list, largest
from sim.text import Message, message


@dataclass(frozen=True)
class Axis:
    """A factor as a direction of the design: its levels, or its range."""

    key: str
    low: float = 0.0
    high: float = 1.0
    levels: tuple[Value, ...] = ()
    logarithmic: bool = False
    whole: bool = False

    def at(self, share: float) -> Value:
        """The value at a coordinate in [0, 1]: levels have equal parts of it."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        if self.whole:
            # each whole number has an equal part too
            return min(int(self.low) + int(share * (self.high - self.low + 1)), int(self.high))
        if self.logarithmic:
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        return min(max(value, self.low), self.high)

    def count(self, number: int) -> int:
        """How many values `spaced` gives at most."""
        if self.levels:
            return len(self.levels)
        return min(number, int(self.high - self.low) + 1) if self.whole else number

    def spaced(self, number: int) -> list[Value]:
        """Its levels, or `number` evenly spaced values of its range, ends included
        (the middle if it is one)."""
        if self.levels:
            return list(self.levels)
        if self.whole:
            values = np.linspace(self.low, self.high, min(number, int(self.high - self.low) + 1))
            return list(dict.fromkeys(round(value) for value in values.tolist()))
        return [self.at(share) for share in (np.linspace(0, 1, number).tolist() if number > 1 else [0.5])]


def number_of_points(design: Design, axes: Sequence[Axis]) -> int:
    """How many points `points_of` will make (at most), without making them."""
    if design.kind == "list":
        return len(design.points)
    if design.kind == "grid":
        return math.prod(axis.count(design.size) for axis in axes)
    if design.kind == "sobol":
        return design.size * (2 * len(axes) + 2 if design.second_order else len(axes) + 2)
    return design.size * (len(axes) + 1 if design.kind == "morris" else 1)


def points_of(design: Design, axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """The points of a design, each a value for every key."""
    if design.kind == "list":
        return [dict(point) for point in design.points]
    if design.kind == "grid":
        combinations = itertools.product(*(axis.spaced(design.size) for axis in axes))
        return [dict(zip((axis.key for axis in axes), values, strict=True)) for values in combinations]
    return [
        {axis.key: axis.at(float(share)) for axis, share in zip(axes, row, strict=True)}
        for row in unit_points(design, len(axes))
    ]


def problem_of(axes: Sequence[Axis]) -> dict[str, Any]:
    """The problem that SALib's samplers and analyses are told: every factor on [0, 1]."""
    return {"num_vars": len(axes), "names": [axis.key for axis in axes], "bounds": [[0.0, 1.0]] * len(axes)}


def unit_points(design: Design, factors: int) -> np.ndarray:
    """Points (points x factors, float64 in [0, 1]) of a sampled design, in the
    order that its analysis expects."""
    if design.kind == "latin_hypercube":
        from scipy.stats import qmc

        return np.asarray(
            qmc.LatinHypercube(factors, rng=np.random.default_rng(design.seed)).random(design.size)
        )
    problem = {
        "num_vars": factors,
        "names": [str(i) for i in range(factors)],
        "bounds": [[0.0, 1.0]] * factors,
    }
    if design.kind == "sobol":
        from SALib.sample import sobol

        return np.asarray(
            sobol.sample(problem, design.size, calc_second_order=design.second_order, seed=design.seed)
        )
    if design.kind == "morris":
        from SALib.sample import morris

        return np.asarray(
            morris.sample(problem, design.size, num_levels=design.grid_levels, seed=design.seed)
        )
    raise ValueError(f"a {design.kind} is not sampled")


# the plan

MANY_PROBLEMS = 20


def plan_study(
    study: Study | str | Path,
    progress: Callable[[int, int], None] | None = None,
    ensemble: Ensemble | str | Path | None = None,
    bases: Mapping[str, Scenario] | None = None,
) -> Plan:
    """The plan of a study (or of its file or name); `progress(points checked, points)`; `ensemble`:
    another than the study names.

    `bases`: its scenarios by name, with its changes in them, for who has them at
    hand; else they are looked up.

    Raises a StudyError for an ensemble that cannot be read, and a ScenarioError that lists what is wrong
    with the file, its keys, and the points of its design.
    """
    checked, file = (study, Path(f"study {study.name}")) if isinstance(study, Study) else load_study(study)
    if ensemble is not None:
        checked = checked.model_copy(
            update={"ensemble": ensemble.name if isinstance(ensemble, Ensemble) else str(ensemble)}
        )
    plan = Plan(checked, file, as_ensemble(ensemble), bases)
    plan.check_points(progress)
    return plan


class Plan(Sequence[PlannedRun]):
    """The planned runs of a study, point by point and within a point replication by
    replication, made when asked for."""

    def __init__(
        self,
        study: Study,
        file: Path,
        ensemble: Ensemble | None = None,
        bases: Mapping[str, Scenario] | None = None,
    ) -> None:
        """Load the base scenarios and try every factor. Raises a ScenarioError with every problem found.

        `ensemble`: instead of the one that the study names.
        """
        self.study, self.file = study, file
        self.ensemble = ensemble or as_ensemble(study.ensemble or None)
        self.bases = dict(bases or {name: self._base(name) for name in self._base_names()})
        self.axes = _Axes(self).all()
        self._check_size()
        self.points = points_of(study.design, self.axes)
        self._last: tuple[int, Scenario] | None = None
        self.hashes: list[str] = []
        self.biggest: Scenario | None = None

    def _check_size(self) -> None:
        """StudyError for a design whose points and runs cannot be listed: said at once rather than
        after minutes of listing."""
        points, study = number_of_points(self.study.design, self.axes), self.study
        each = PLANNED + (POINT + FACTOR * len(self.axes)) // study.replications
        made_of = message("size.points", points=f"{points:,}", replications=f"{study.replications:,}")
        check_list(f"{self.file}: design", points * study.replications, each, made_of)

    def _base_names(self) -> list[str]:
        factor = [factor for factor in self.study.factors if factor.key == SCENARIO_FACTOR]
        listed = [point[SCENARIO_FACTOR] for point in self.study.design.points if SCENARIO_FACTOR in point]
        return list(
            dict.fromkeys(
                [self.study.base, *(str(level) for f in factor for level in f.levels), *map(str, listed)]
            )
        )

    def _base(self, name: str) -> Scenario:
        beside = self.file.parent if is_file(self.file) else None
        try:
            path = find(name, beside=beside)
        except ScenarioError as error:
            missing = error.problems[0]
            key = "base" if name == self.study.base else SCENARIO_FACTOR
            raise ScenarioError(
                [Problem(str(self.file), key, repr(name), missing.allowed, missing.nearest)]
            ) from None
        base = load(path)
        if not self.study.changes:
            return base
        try:
            return overridden(base, self.study.changes)
        except ScenarioError as error:
            problems = [
                Problem(str(self.file), f"changes.{p.key}", p.found, p.allowed, p.nearest)
                for p in error.problems
            ]
            raise ScenarioError(problems) from None

    # points

    def scenario_at(self, point: int) -> Scenario:
        """The resolved scenario of a point. Raises a ScenarioError if the point cannot be."""
        if self._last is None or self._last[0] != point:
            overrides = dict(self.points[point])
            base = self.bases[str(overrides.pop(SCENARIO_FACTOR, self.study.base))]
            self._last = (point, with_overrides(base, overrides))
        return self._last[1]

    def check_points(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Resolve every point and remember its hash. Raises a ScenarioError that lists the
        first points that cannot be.

        `biggest` is then the scenario of the point whose runs need most memory.
        """
        problems: list[Problem] = []
        self.hashes = []
        for point in range(len(self.points)):
            try:
                scenario = self.scenario_at(point)
                self.hashes.append(scenario_hash_of(scenario))
                self.biggest = scenario if self.biggest is None else largest((self.biggest, scenario))
            except ScenarioError as error:
                values = ", ".join(f"{key}={value}" for key, value in self.points[point].items())
                problems += [
                    Problem(
                        str(self.file),
                        message("study.at_point", point=point, values=values, key=p.key),
                        p.found,
                        p.allowed,
                        p.nearest,
                    )
                    for p in error.problems
                ]
            if len(problems) >= MANY_PROBLEMS:
                break
            if progress is not None:
                progress(point + 1, len(self.points))
        if problems:
            raise ScenarioError(problems)

    # planned runs

    def __len__(self) -> int:
        return len(self.points) * self.study.replications

    def seed_of(self, position: int) -> int:
        """The seed of a planned run: the same for a replication at every point, or one of its own."""
        study = self.study
        return study.seed + (position % study.replications if study.seeds == "common" else position)

    def point_of(self, position: int) -> int:
        """The point of a planned run."""
        return position // self.study.replications

    @overload
    def __getitem__(self, position: int) -> PlannedRun: ...
    @overload
    def __getitem__(self, position: slice) -> list[PlannedRun]: ...
    def __getitem__(self, position: int | slice) -> PlannedRun | list[PlannedRun]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        point, seed = self.point_of(position), self.seed_of(position)
        if self.ensemble is None:
            return PlannedRun(self.scenario_at(point), seed, self.points[point], self.hashes[point])
        (planned_run,) = planned_runs_over(
            self.scenario_at(point), [seed], self.ensemble, self.points[point], seed - self.study.seed
        )
        return planned_run

    def __iter__(self) -> Iterator[PlannedRun]:
        return (self[position] for position in range(len(self)))

    @cached_property
    def keys(self) -> list[str]:
        """The key of every planned run, without making its scenario if there is no ensemble."""
        if self.ensemble is not None:
            return [planned_run.key for planned_run in self]
        return [run_key_of(self.hashes[self.point_of(i)], self.seed_of(i)) for i in range(len(self))]

    @cached_property
    def id(self) -> str:
        """Sixteen hex digits that name exactly this set of runs."""
        return hashlib.sha256("\n".join(self.keys).encode("ascii")).hexdigest()[:16]

    @cached_property
    def factor_keys(self) -> list[str]:
        """The keys that differ between points, in order."""
        return list(dict.fromkeys(key for point in self.points for key in point))


class _Axes:
    """Tries every factor of a study against its base scenario."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.study = plan, plan.study
        self.base = plan.bases[plan.study.base]
        self.data = to_data(self.base)
        self.problems: list[Problem] = []

    def all(self) -> list[Axis]:
        """An axis for each factor. Raises a ScenarioError with every problem."""
        axes = []
        for index, factor in enumerate(self.study.factors):
            axes += self._axis(factor, f"factors.{index} ({factor.key})")
        if self.study.unmeasured:
            taken = {axis.key.removeprefix("parameters.") for axis in axes}
            axes += [Axis(key, low, high) for key, (low, high) in unmeasured().items() if key not in taken]
        if self.problems:
            raise ScenarioError(self.problems)
        return axes

    def _axis(self, factor: Factor, place: str) -> list[Axis]:
        if factor.key == SCENARIO_FACTOR:
            return [Axis(factor.key, levels=factor.levels)]
        ends: tuple[Any, ...] = factor.levels
        low, high = factor.low, factor.high
        if not ends and low is None:
            parameter = PARAMETERS.get(factor.key.removeprefix("parameters."))
            if parameter is None:
                known = nearest(factor.key, PARAMETERS)
                found, allowed = message("study.neither"), message("study.levels_or_ends")
                self._add(place, found, allowed, known)
                return []
            low, high = range_of(parameter)
        whole = self._is_whole(factor.key) and not factor.levels
        if low is not None and high is not None:
            if whole and not (low.is_integer() and high.is_integer()):
                found = message("study.from_to", low=f"{low:g}", high=f"{high:g}")
                self._add(place, found, message("study.whole_numbers"))
                return []
            ends = (int(low), int(high)) if whole else (low, high)
        before = len(self.problems)
        for value in ends:
            self._try(factor.key, value, place)
        if len(self.problems) > before:
            return []
        return [Axis(factor.key, low or 0.0, high or 0.0, factor.levels, factor.scale == "log", whole)]

    def _is_whole(self, key: str) -> bool:
        """Whether the scenario takes only whole numbers for a key."""
        place = place_of(key, self.data)
        if isinstance(place, Problem):
            return False  # reported when the key is tried
        return bool(strip(at_location(Scenario, place, self.data)[0]) is int)

    def _try(self, key: str, value: Any, place: str) -> None:
        try:
            with_overrides(self.base, {key: value})
        except ScenarioError as error:
            for problem in error.problems:
                if problem not in self.problems:
                    self._add(place, problem.found, problem.allowed, problem.nearest)

    def _add(self, place: str, found: str | Message, allowed: str | Message, guess: str = "") -> None:
        problem = Problem(str(self.plan.file), place, found, allowed, guess)
        if problem not in self.problems:
            self.problems.append(problem)
