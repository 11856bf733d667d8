"""From a study to its cells: every key and value is tried against the base scenario before anything runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from sim.errors import ScenarioError
from sim.experiments.design import Axis, number_of_points, points_of
from sim.experiments.ensemble import Ensemble, as_ensemble, cells_over
from sim.experiments.study_file import SCENARIO_FACTOR, Factor, Study, load_study
from sim.experiments.unmeasured import range_of, unmeasured
from sim.given import is_file
from sim.model.parameters import PARAMETERS
from sim.problems import Problem
from sim.results.engines import Cell, run_key_of, scenario_hash_of
from sim.scenario import Scenario, load, to_data, with_overrides
from sim.scenario.loading import find
from sim.scenario.messages import at_location, strip
from sim.scenario.nearest import nearest
from sim.scenario.overrides import place_of
from sim.size import FACTOR, PLANNED, POINT, check_list, largest
from sim.text import Message, message

MANY_PROBLEMS = 20


def plan_study(
    study: Study | str | Path,
    progress: Callable[[int, int], None] | None = None,
    ensemble: Ensemble | str | Path | None = None,
) -> Plan:
    """The plan of a study (or of its file or name); `progress(points checked, points)`; `ensemble`: another than the study names.

    Raises a StudyError for an ensemble that cannot be read, and a ScenarioError that lists what is wrong with the file, its keys, and the points of its design.
    """
    checked, file = (study, Path(f"study {study.name}")) if isinstance(study, Study) else load_study(study)
    if ensemble is not None:
        checked = checked.model_copy(
            update={"ensemble": ensemble.name if isinstance(ensemble, Ensemble) else str(ensemble)}
        )
    plan = Plan(checked, file, as_ensemble(ensemble))
    plan.check_points(progress)
    return plan


class Plan(Sequence[Cell]):
    """The cells of a study, point by point and within a point replication by replication, made when asked for."""

    def __init__(self, study: Study, file: Path, ensemble: Ensemble | None = None) -> None:
        """Load the base scenarios and try every factor. Raises a ScenarioError with every problem found.

        `ensemble`: instead of the one that the study names.
        """
        self.study, self.file = study, file
        self.ensemble = ensemble or as_ensemble(study.ensemble or None)
        self.bases = {name: self._base(name) for name in self._base_names()}
        self.axes = _Axes(self).all()
        self._check_size()
        self.points = points_of(study.design, self.axes)
        self._last: tuple[int, Scenario] | None = None
        self.hashes: list[str] = []
        self.biggest: Scenario | None = None

    def _check_size(self) -> None:
        """StudyError for a design whose points and runs cannot be listed: said at once rather than after minutes of listing."""
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
            found = find(name, beside=beside)
        except ScenarioError as error:
            missing = error.problems[0]
            key = "base" if name == self.study.base else SCENARIO_FACTOR
            raise ScenarioError(
                [Problem(str(self.file), key, repr(name), missing.allowed, missing.nearest)]
            ) from None
        base = load(found)
        if not self.study.changes:
            return base
        try:
            return with_overrides(base, self.study.changes)
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
        """Resolve every point and remember its hash. Raises a ScenarioError that lists the first points that cannot be.

        `biggest` is then the scenario of the point whose runs need most memory.
        """
        problems: list[Problem] = []
        self.hashes = []
        for point in range(len(self.points)):
            try:
                made = self.scenario_at(point)
                self.hashes.append(scenario_hash_of(made))
                self.biggest = made if self.biggest is None else largest((self.biggest, made))
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

    # cells

    def __len__(self) -> int:
        return len(self.points) * self.study.replications

    def seed_of(self, position: int) -> int:
        """The seed of a cell: the same for a replication at every point, or one of its own."""
        study = self.study
        return study.seed + (position % study.replications if study.seeds == "common" else position)

    def point_of(self, position: int) -> int:
        """The point of a cell."""
        return position // self.study.replications

    @overload
    def __getitem__(self, position: int) -> Cell: ...
    @overload
    def __getitem__(self, position: slice) -> list[Cell]: ...
    def __getitem__(self, position: int | slice) -> Cell | list[Cell]:
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        point, seed = self.point_of(position), self.seed_of(position)
        if self.ensemble is None:
            return Cell(self.scenario_at(point), seed, self.points[point], self.hashes[point])
        (cell,) = cells_over(
            self.scenario_at(point), [seed], self.ensemble, self.points[point], seed - self.study.seed
        )
        return cell

    def __iter__(self) -> Iterator[Cell]:
        return (self[position] for position in range(len(self)))

    @cached_property
    def keys(self) -> list[str]:
        """The key of every cell, without making its scenario if there is no ensemble."""
        if self.ensemble is not None:
            return [cell.key for cell in self]
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
