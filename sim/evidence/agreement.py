"""How well a statistic agrees with what was reported, when luck, the model's own error and the emulator's are allowed for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.evidence.patterns import Target

# What a pattern agrees by at the least: if it is beyond the model whatever the parameters (say 1 in 20) and lies anywhere within
# ten times its bounds then, it is met by chance with 0.05 x 0.1. Without a floor one such pattern would decide all parameters.
FLOOR = 0.005
CLOSED_PART = 0.5  # the model's own error, as part of half the width of a target
OPEN_PART = 0.05  # the same for a target with one bound, as part of that bound
LEAST_SPREAD = 1e-9


def discrepancy_of(target: Target) -> float:
    """Standard deviation of the error that even the right parameters leave, by the width of a target (a judgement, see the docs)."""
    low, high = target.bounds
    if math.isfinite(low) and math.isfinite(high):
        return CLOSED_PART * (high - low) / 2
    return OPEN_PART * abs(low if math.isfinite(low) else high)


@dataclass(frozen=True, eq=False)
class Reported:
    """What was reported of k statistics. low, high: bounds (infinite where open); spread: standard deviation of what may lie
    between the model's mean and a reported value: luck of one city, the model's own error, the emulator's (all float64, (k,)).
    floor: see FLOOR; 0 where the model is known to be right.
    """

    low: np.ndarray
    high: np.ndarray
    spread: np.ndarray
    floor: float = FLOOR

    @classmethod
    def of(cls, targets: Sequence[Target], spread: np.ndarray) -> Reported:
        """The bounds of targets."""
        low, high = np.array([target.bounds for target in targets], np.float64).reshape(-1, 2).T
        return cls(low, high, np.maximum(spread, LEAST_SPREAD))

    def implausibility(self, means: np.ndarray) -> np.ndarray:
        """How many spreads each mean (m, k) lies outside its bounds; 0 inside, NaN without a value."""
        return np.asarray(np.maximum(np.maximum(self.low - means, means - self.high), 0.0) / self.spread)

    def agreement(self, means: np.ndarray) -> np.ndarray:
        """Chance that a reported value lies inside its bounds, relative to the best mean there is (m, k), 0 without a value.

        Bounds that are a point give the normal density relative to its top, which is the limit of narrow bounds.
        """
        with np.errstate(invalid="ignore"):
            above, below = (self.high - means) / self.spread, (self.low - means) / self.spread
            half = (self.high - self.low) / 2 / self.spread
            narrow = half < 1e-3
            best = 2 * ndtr(np.where(narrow, 1.0, half)) - 1
            inside = np.where(
                narrow, np.exp(-0.5 * ((above + below) / 2) ** 2), (ndtr(above) - ndtr(below)) / best
            )
        return np.asarray(np.nan_to_num(inside, nan=0.0))

    def log_likelihood(self, means: np.ndarray, chance: np.ndarray | None = None) -> np.ndarray:
        """Log of the product over statistics (m,); `chance` (m, k) that a statistic has a value at all.

        Without a floor it is the normal log density of the distances, which does not underflow far away.
        """
        if self.floor == 0:
            return np.asarray(-0.5 * (self.implausibility(means) ** 2).sum(axis=1))
        agreed = self.agreement(means)
        if chance is not None:
            agreed = agreed * np.clip(chance, 0.0, 1.0)
        return np.asarray(np.log(self.floor + (1 - self.floor) * agreed).sum(axis=1))
