"""Move a lever step by step while a city runs: up and down slowly, it shows whether the way back is the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, with_member
from sim.scenario import Scenario
from sim.studies.tipping.levers import Lever
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.engine import Engine

HOLD = 36  # months at each step
STEPS = 13


@dataclass(frozen=True, eq=False)
class Loop:
    """A lever moved from one end to the other and back. values: (steps,) in the order out; out, back: (seeds, steps) median
    12-month collection rate of the type's estates at the end of each step, `back` in the order of `values` too.
    """

    lever: Lever
    values: np.ndarray
    out: np.ndarray
    back: np.ndarray
    hold: int

    @property
    def gap(self) -> np.ndarray:
        """Mean over seeds of back - out at each value."""
        return np.asarray((self.back - self.out).mean(axis=0))

    @property
    def width(self) -> float:
        """The greatest difference between the two ways, in shares of collection."""
        return float(np.abs(self.gap).max())

    @property
    def area(self) -> float:
        """Area between the two ways, collection x lever."""
        return float(abs(np.trapezoid(self.gap, self.values)))

    @property
    def lag(self) -> float:
        """How far apart, on the lever, the two ways cross the middle of the loop; NaN where one of them does not."""
        ways = [self.out.mean(axis=0), self.back.mean(axis=0)]
        middle = (min(way.min() for way in ways) + max(way.max() for way in ways)) / 2
        found = [crossing(self.values, way, middle) for way in ways]
        return abs(found[0] - found[1])


def crossing(x: np.ndarray, y: np.ndarray, level: float) -> float:
    """Where a curve first crosses a level, on straight lines between its points; NaN if it does not."""
    side = y > level
    for i in np.flatnonzero(side[1:] != side[:-1]):
        return float(x[i] + (x[i + 1] - x[i]) * (level - y[i]) / (y[i + 1] - y[i]))
    return float("nan")


def check_hold(hold: int) -> None:
    """StudyError for a lever that is held for less than a year at each step."""
    if hold < MONTHS_PER_YEAR:
        raise StudyError(message("tipping.error.hold", found=hold, least=MONTHS_PER_YEAR))


def ramp(
    scenario: Scenario, lever: Lever, values: Sequence[float], *, hold: int = HOLD, seed: int = 1
) -> np.ndarray:
    """Run a city with a lever held at each of `values` for `hold` months in turn.

    `scenario` must be `lever.prepare`d. Returns the median 12-month collection rate of the type's estates at the end of each
    step (float64). StudyError if the lever cannot be moved in a running city, or it would be held for less than a year.
    """
    from sim.model.engine import Engine

    check_hold(hold)
    if not lever.can_move():
        lever.move(None, scenario, values[0], values[0])  # type: ignore[arg-type]  # raises: it says what could be moved
    found = np.empty(len(values))
    started = lever.apply(scenario, values[0])
    with Engine(started, seed, months=hold * len(values), threads=1, record=False) as city:
        for step, value in enumerate(values):
            lever.move(city, scenario, values[0], value)
            city.run(hold)
            found[step] = _median_rate(city, list(scenario.types).index(lever.type_name))
    return found


def _median_rate(city: Engine, code: int) -> float:
    estates = city.state.estates[city.state.estates["type"] == code]
    billed = estates["billed_12"]
    rates = np.divide(estates["collected_12"], billed, out=np.zeros(billed.size), where=billed > 0)
    return float(np.median(rates))


def loop(
    scenario: Scenario,
    lever: Lever,
    values: Sequence[float],
    *,
    hold: int = HOLD,
    seeds: Sequence[int] = (1,),
    ensemble: Ensemble | None = None,
) -> Loop:
    """The lever moved through `values` and back again, once for each seed (the r-th with member r of an ensemble); see `ramp`."""
    path = [*values, *reversed(values)]
    cities = [
        scenario if ensemble is None else with_member(scenario, ensemble.member(place))
        for place in range(len(seeds))
    ]
    ways = np.stack(
        [ramp(city, lever, path, hold=hold, seed=seed) for city, seed in zip(cities, seeds, strict=True)]
    )
    count = len(values)
    return Loop(lever, np.asarray(values, np.float64), ways[:, :count], ways[:, : count - 1 : -1], hold)
