"""What workers compute for the page on the trap: the mean-field curve, where agents settle,
and the way of a small city."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from sim.experiments.mean_field import MeanField
from sim.experiments.representative import ESTATES, alike, mean_field_of, started_at
from sim.model.parameters import PARAMETERS
from sim.scenario import Scenario, load, with_overrides
from sim.studies.tipping.levers import ADDED_INCOME, VIABILITY, Lever, lever_of
from sim.studies.tipping.tipping import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sim.results.engines import PlannedRun
    from sim.results.summary import RunSummary
    from sim.studies.tipping.resting_states import Run

CURVE, POINTS = 41, 9  # values of the lever with a mean-field curve, and with agent-based runs behind it
GRID = 50  # steps of collection in which crossings are looked for; each is then found exactly
WAY_MONTHS = 120  # how long the small city is watched


class Curve(NamedTuple):
    """Mean-field resting and tipping points: for each value of the lever (rate, stable), ascending."""

    points: tuple[tuple[float, tuple[tuple[float, bool], ...]], ...]
    size: int


class Point(NamedTuple):
    """Where agents settle at a value of the lever: `rates` (two where there are two states), and the
    bracket of the tipping point."""

    value: float
    rates: tuple[float, ...]
    tipping: tuple[float, float, float] | None
    settled: bool
    size: int = 200


class Way(NamedTuple):
    """Collection of every estate of a small city, month 1 to the last, in thousandths (0
    where nobody bills any more)."""

    months: tuple[tuple[int, ...], ...]
    size: int


@cache
def lever_keys() -> tuple[str, ...]:
    """Keys of the levers that the mean-field map knows: its own two, and every parameter
    that moves it within its bounds."""
    scenario = load("small_city")
    map_ = mean_field_of(scenario, next(iter(scenario.types)))

    def rates(values: Mapping[str, float]) -> list[float]:
        moved = MeanField(map_.estate, map_.p | dict(values), map_.thresholds)
        return [moved(rate) for rate in (0.3, 0.7)]

    usual = rates({})
    moving = (key for key in PARAMETERS if any(rates({key: end}) != usual for end in Lever(key, "").bounds()))
    return (ADDED_INCOME, VIABILITY, *moving)


def place(scenario: Scenario, type_name: str, key: str, months: int) -> tuple[Scenario, Lever]:
    """The small city of estates that are all alike, ready for the lever.
    EstateError where there can be none."""
    world = alike(scenario, type_name)
    lever = lever_of(key, world, type_name)
    return lever.prepare(with_overrides(world, {"months": months})), lever


def sweep(key: str, count: int) -> list[float]:
    """Values of a lever over its range."""
    low, high = Lever(key, "").bounds()
    return [round(float(value), 8) for value in np.linspace(low, high, count)]


def curve(scenario: Scenario, type_name: str, key: str, values: tuple[float, ...]) -> Curve:
    """The mean-field curve at some values of a lever."""
    world, lever = place(scenario, type_name, key, MONTHS)
    points_by_value = []
    for value in values:
        map_ = lever.mean_field(world, value)
        points = map_.fixed_points(GRID) if map_ is not None else ()
        points_by_value.append((value, tuple((float(rate), bool(stable)) for rate, stable in points)))
    return Curve(tuple(points_by_value), 100 * sum(1 + len(points) for _, points in points_by_value))


def agents(scenario: Scenario, type_name: str, key: str, value: float) -> Point:
    """Where estates settle that start low and high, and from which start they tip, in agent-based runs
    of the scenario's seed, the tipping point of up to MOST_SEEDS from it on."""
    from sim.studies.tipping.resting_states import Settling

    world, lever = place(scenario, type_name, key, MONTHS)
    settling = Settling(world, lever, cast("Run", _carried_out), (world.seed,))
    settling.at([value])
    resting = settling.points[value]
    rates = (resting.low, resting.high) if resting.two_states else ((resting.low + resting.high) / 2,)
    tipping = (resting.unstable, *resting.bracket) if resting.trapped else None
    return Point(value, tuple(float(rate) for rate in rates), tipping, bool(resting.settled))


def _carried_out(planned_runs: list[PlannedRun]) -> Iterable[tuple[PlannedRun, RunSummary]]:
    """Runs one after another in this worker; a room leaves nothing in a store of runs."""
    from sim.results.engines import execute

    return [(planned_run, execute(planned_run)) for planned_run in planned_runs]


def way(scenario: Scenario, type_name: str, key: str, value: float, start: float) -> Way:
    """Let a small city start at a collection rate with the lever at a value, and
    keep every estate's collection."""
    from sim.model.engine import Engine

    world, lever = place(scenario, type_name, key, WAY_MONTHS)
    map_ = lever.mean_field(world, value)
    condition = (
        map_.resting_condition(start) if map_ is not None else scenario.types[type_name].condition_mean
    )
    with Engine(started_at(lever.apply(world, value), type_name, start, condition), threads=1) as city:
        city.run()
        assert city.outcomes is not None
        billed, collected = city.outcomes.billed[1:], city.outcomes.collected[1:]
    rates = np.where(billed > 0, collected / np.maximum(billed, 1), 0.0)
    months = tuple(tuple(int(rate) for rate in row) for row in np.rint(1000 * rates))
    return Way(months, 40 * ESTATES * WAY_MONTHS)
