"""Designs: which points of the unit cube are run, and what value of a factor a coordinate stands for."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.study_file import Design, Value


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
        """Its levels, or `number` evenly spaced values of its range, ends included (the middle if it is one)."""
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
    """Points (points x factors, float64 in [0, 1]) of a sampled design, in the order that its analysis expects."""
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
