"""How wide the trap is: the range of a lever with two stable states, by the mean-field map and by agent-based runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.experiments.levers import Lever
from sim.experiments.settling import Settling, longest_run
from sim.scenario import Scenario

MEAN_FIELD, AGENTS = "mean_field", "agents"


@dataclass(frozen=True)
class Width:
    """How wide the trap of a type is: the range of the lever with two states, and the area between them over it.

    low_open, high_open: the range goes on beyond the sweep, so that width and area are at least what they say. low and high
    are NaN, width and area 0, where no value tried had two states. error: half-widths of the brackets of the ends.
    """

    source: str
    low: float
    high: float
    width: float
    area: float
    low_open: bool
    high_open: bool
    error: float


def fixed_points(lever: Lever, world: Scenario, value: float) -> list[tuple[float, bool]]:
    """(rate, stable) of the mean-field map with the lever at a value; none where the map has no counterpart of it."""
    map_ = lever.mean_field(world, value)
    return [(float(rate), bool(stable)) for rate, stable in map_.fixed_points()] if map_ is not None else []


def _spread(found: Sequence[tuple[float, bool]]) -> float:
    """Distance between the lowest and the highest stable point; 0 with one."""
    rates = [rate for rate, stable in found if stable]
    return max(rates) - min(rates) if len(rates) > 1 else 0.0


def mean_field_width(lever: Lever, world: Scenario, curve: dict[float, list[tuple[float, bool]]]) -> Width:
    """Ends of the range with two stable points, by halving between neighbours of the sweep; new values join the curve."""
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
        return Width(AGENTS, np.nan, np.nan, 0.0, 0.0, False, False, 0.0)
    return _width(
        AGENTS, values, inside, {value: point.high - point.low for value, point in settling.points.items()}
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
