"""Means of a logistic choice over owners who differ: exact to about 1e-12 at any steepness.

A Gauss-Hermite rule replaces the owners by a few dozen representatives. Once the choice is steep (a norm weight above some
50), it sees a staircase instead of their distribution. Both sums here are trapezoidal sums of an analytic function over the
whole line, whose error falls exponentially with the step (Trefethen and Weideman 2014, SIAM Review 56:385).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, ndtr

# A distribution function: numbers to the share of owners at or below each.
Cdf = Callable[[np.ndarray], np.ndarray]

# Poles of logistic(centre + spread z) lie pi / spread off the real line: the step is fine enough up to this spread.
_STEEP = 3.0
_STEP, _REACH = 0.15, 8.7
_Z = _STEP * np.arange(-round(_REACH / _STEP), round(_REACH / _STEP) + 1)
_NORMAL = np.exp(-0.5 * _Z**2)
_NORMAL /= _NORMAL.sum()
# for owners with habits, whose choice is steeper than the logistic
_Z_FINE = _STEP / 20 * np.arange(-round(20 * _REACH / _STEP), round(20 * _REACH / _STEP) + 1)
_NORMAL_FINE = np.exp(-0.5 * _Z_FINE**2)
_NORMAL_FINE /= _NORMAL_FINE.sum()
_TURNS, _RESTED = 500, 1e-12


def _logistic_sum(step: float) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of the sum over a logistic number: density logistic'(x), poles pi off the real line."""
    places = step * np.arange(-round(40.0 / step), round(40.0 / step) + 1)
    weights = expit(places) * expit(-places)
    return places, weights / weights.sum()


_X, _LOGISTIC = _logistic_sum(0.4)
# Finer where the distribution function is anybody's, and may be steeper than that of luck.
_FINE_X, _FINE = _logistic_sum(0.05)


def mean_logistic(centre: float, spread: float) -> float:
    """Mean of 1 / (1 + exp(-(centre + spread Z))) over a standard normal Z.

    centre, spread (not below 0): logits. Where the choice is steep beside what luck adds, the sum goes over luck instead
    of over owners: an owner pays where centre + spread Z exceeds a logistic number, so the mean is that of a normal
    distribution function.
    """
    if spread == 0.0:
        return float(expit(centre))
    if spread <= _STEEP:
        return float(_NORMAL @ expit(centre + spread * _Z))
    return float(_LOGISTIC @ ndtr((centre - _X) / spread))


def mean_habitual(centre: float, spread: float, habit: float, neutral: float) -> float:
    """`mean_logistic` where an owner's own record speaks too: an owner's share of paid bills p rests at the logistic of
    centre + spread Z + habit (p - neutral).

    Where habit is strong enough (from 4 on) for two resting points, owners come to the one that they reach from having no
    record yet. habit 0 is `mean_logistic`.
    """
    if habit == 0.0:
        return mean_logistic(centre, spread)
    places = centre + spread * (_Z if spread <= _STEEP else _Z_FINE)
    weights = _NORMAL if spread <= _STEEP else _NORMAL_FINE
    paid = expit(places)
    for _ in range(_TURNS):
        before, paid = paid, expit(places + habit * (paid - neutral))
        if float(np.abs(paid - before).max()) < _RESTED:
            break
    return float(weights @ paid)


def mean_logistic_over(thresholds: Cdf, seen: float, rest: float, weight: float) -> float:
    """Mean of 1 / (1 + exp(-(rest + weight (seen - threshold)))) over owners whose thresholds have a distribution function.

    thresholds: distribution function without jumps; seen: share; rest: logit; weight: logit per unit, below 0 for owners
    who pay while few others do. Exact to about 1e-10 where the function takes more than 0.1 / weight to rise; a kink costs
    about 0.001 / weight.
    """
    if weight == 0.0:
        return float(expit(rest))
    below = float(_FINE @ thresholds(seen + (rest - _FINE_X) / weight))
    return below if weight > 0.0 else 1.0 - below
