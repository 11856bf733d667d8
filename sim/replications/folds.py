"""Where two fixed points of a map meet and vanish: the fold (saddle-node) that is a tipping point of its lever."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, minimize_scalar

Map = Callable[[float], float]


def fold(
    map_at: Callable[[float], Map],
    low: float,
    high: float,
    between: tuple[float, float],
    rising: bool = False,
) -> tuple[float, float]:
    """(lever, rate) at which the map touches the diagonal between two rates.

    map_at: the map r -> F(r) at a value of the lever; low, high: values of the lever on either side of the fold; rising:
    False where F dips below the diagonal on one side (a lower state is lost), True where it rises above it. ValueError
    (of the root finder) where both ends lie on one side.
    """
    sign = -1.0 if rising else 1.0

    def nearest(lever: float) -> tuple[float, float]:
        map_ = map_at(lever)

        def gap(r: float) -> float:
            return sign * (map_(r) - r)

        grid = np.linspace(*between, 61)
        best = int(np.argmin([gap(float(r)) for r in grid]))
        around = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)]))
        found = minimize_scalar(gap, bounds=around, method="bounded", options={"xatol": 1e-9})
        return float(found.x), float(found.fun)

    lever = float(brentq(lambda value: nearest(value)[1], low, high, xtol=1e-9))
    return lever, nearest(lever)[0]
