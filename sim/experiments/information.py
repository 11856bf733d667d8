"""What knowing more before choosing between arms would be worth: the expected value of perfect information,
of all that varies between runs and of some of the inputs.

From the runs alone, without nested ones: what arms are expected to come to, given some of the inputs, is the
regression of their values on these inputs (Strong, Oakley and Brennan 2014, Medical Decision Making 34,
311-326), here an additive one on cubic splines whose penalty the runs say (`BayesianRidge`). Its errors are
those of the coefficients, drawn, as in that paper, and of the sample of runs.

All is of means, and larger is better; run r of every arm has the same inputs and the same seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiments.extras import extra
from sim.experiments.intervals import CONSTANT, FEW, LEAST_PAIRS, NO_RANGE, NO_VALUE, Range, note_of, range_of
from sim.text import message

LEAST_RUNS = 40  # with different inputs: fewer do not show a curve
ROUGH_RUNS = 100
KNOTS = 5  # quantiles of an input
DRAWS = 400  # of the coefficients


@dataclass(frozen=True)
class Worth:
    """What information is worth, in the unit of the values.

    value: by how much the mean would be higher if the arm were chosen knowing it; zero or more. error: its
    standard error. note: why there is none, empty where there is one (then both are NaN); CONSTANT where all
    runs agree, so that it is worth nothing. held: what knowing it gains in a single run, where runs show
    that.
    """

    value: float
    error: float
    note: str = ""
    held: Range = NO_RANGE

    @property
    def told(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)


def why_not(values: np.ndarray, inputs: np.ndarray) -> str:
    """Why runs say nothing of what information is worth; empty where they do.

    values: (runs, arms). inputs: (runs, inputs).
    """
    if not np.isfinite(values).all():
        return NO_VALUE
    sets = np.unique(inputs, axis=0).shape[0]
    if sets < LEAST_PAIRS:
        return FEW
    best = int(values.mean(axis=0).argmax())
    notes = [note_of(values[:, arm] - values[:, best]) for arm in range(values.shape[1]) if arm != best]
    if all(note == CONSTANT for note in notes):
        return CONSTANT
    if sets < LEAST_RUNS:
        return FEW
    return next((note for note in notes if note not in ("", CONSTANT)), "")


def of_everything(values: np.ndarray) -> Worth:
    """What it is worth to know beforehand what every arm would come to in the very run: all inputs and the
    luck. No other information is worth more. values: (runs, arms)."""
    best = int(values.mean(axis=0).argmax())
    gain = values.max(axis=1) - values[:, best]
    error = float(gain.std(ddof=1) / math.sqrt(gain.size))
    return Worth(float(gain.mean()), error, held=range_of(gain))


def of_inputs(values: np.ndarray, inputs: np.ndarray) -> Worth:
    """What it is worth to know some inputs exactly, and no others. values: (runs, arms). inputs: (runs,
    inputs), each with more than one value.

    Of several inputs what each adds is summed, so that what they do only together is not found, and the value
    is one that they have at least.
    """
    ridge = extra("sklearn.linear_model", message("information.regression"))
    preprocessing = extra("sklearn.preprocessing", message("information.regression"))
    runs, arms = values.shape
    best = int(values.mean(axis=0).argmax())
    others = [arm for arm in range(arms) if arm != best]
    ahead = values[:, others] - values[:, [best]]
    scale = float(ahead.std()) or 1.0
    ahead = ahead / scale
    splines = preprocessing.SplineTransformer(n_knots=KNOTS, knots="quantile", include_bias=False)
    basis = _basis(inputs, splines.fit_transform(inputs))
    fits = [_fit(ridge, basis, column, straight=inputs.shape[1] == 1) for column in ahead.T]
    mean = ahead.mean(axis=0)
    fitted = mean + np.stack([basis @ fit.coefficients for fit in fits], axis=1)
    gain = np.maximum(fitted.max(axis=1), 0.0)
    left = ahead - fitted
    drawn = _drawn(basis, fits, left, mean)
    over = np.maximum(drawn.max(axis=2), 0.0).mean(axis=1) - np.maximum(drawn.mean(axis=1).max(axis=1), 0.0)
    error = math.hypot(float(over.std(ddof=1)), float(gain.std(ddof=1)) / math.sqrt(runs))
    return Worth(scale * float(gain.mean()), scale * error)


@dataclass(frozen=True, eq=False)
class _Fit:
    """Coefficients of a basis, and their covariance."""

    coefficients: np.ndarray
    covariance: np.ndarray


def _basis(inputs: np.ndarray, splines: np.ndarray) -> np.ndarray:
    """A straight line in every input, and what splines are beyond these; (runs, functions), mean zero."""
    straight = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    bent = splines - splines.mean(axis=0)
    bent = bent - straight @ np.linalg.lstsq(straight, bent, rcond=None)[0]
    return np.asarray(np.concatenate([straight, bent / (bent.std() or 1.0)], axis=1))


def _fit(ridge: Any, basis: np.ndarray, column: np.ndarray, straight: bool) -> _Fit:
    """The regression of a column on a basis; with `straight`, the first function has no penalty, so that its
    error is known also where runs do not show it."""
    size = basis.shape[1]
    if not straight:
        fit = ridge.BayesianRidge(tol=1e-6).fit(basis, column)
        return _Fit(fit.coef_, fit.sigma_)
    line, rest = basis[:, 0], column - column.mean()
    slope = float(line @ rest / (line @ line))
    fit = ridge.BayesianRidge(tol=1e-6).fit(basis[:, 1:], rest - slope * line)
    coefficients, covariance = np.empty(size), np.zeros((size, size))
    coefficients[0], coefficients[1:] = slope, fit.coef_
    covariance[0, 0], covariance[1:, 1:] = 1 / (fit.alpha_ * float(line @ line)), fit.sigma_
    return _Fit(coefficients, covariance)


def _drawn(basis: np.ndarray, fits: Sequence[_Fit], left: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """What arms are expected to come to in each run, as it may also be; (draws, runs, arms).

    What the regression leaves over goes together between arms, and so do the errors of their coefficients.
    """
    runs, arms = left.shape
    together = np.atleast_2d(np.corrcoef(left, rowvar=False)) if arms > 1 else np.eye(1)
    root = _root(np.nan_to_num(together, nan=0.0) * (1 - np.eye(arms)) + np.eye(arms))
    luck = np.random.default_rng(0).standard_normal((DRAWS, basis.shape[1] + 1, arms)) @ root.T
    drawn = np.empty((DRAWS, runs, arms))
    for arm, fit in enumerate(fits):
        coefficients = fit.coefficients + luck[:, 1:, arm] @ _root(fit.covariance).T
        level = mean[arm] + luck[:, 0, arm] * left[:, arm].std(ddof=1) / math.sqrt(runs)
        drawn[:, :, arm] = level[:, None] + coefficients @ basis.T
    return drawn


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None)))
