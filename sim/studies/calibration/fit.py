"""From sets that were run to parameters that agree with what was reported: emulators,
densities, and draws from them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from sim.errors import StudyError
from sim.evidence.patterns import Pattern
from sim.evidence.register import register
from sim.experiments.extras import extra
from sim.studies.calibration.design import Sets
from sim.studies.calibration.posterior import (
    FLOOR,
    Reported,
    Sample,
    chains,
    discrepancy_of,
    rejection,
    weights_of,
)
from sim.text import message

SMOOTHNESS = 2.5  # Matérn 5/2: curves that bend, with kinks where estates tip, and no ringing
LENGTHS = (0.2, 30.0)  # of the parameters' ranges
TUNED_ON = 250  # points that the lengths are found on: their cost grows with the cube
LEAST_NOISE = 1e-6  # of the variance between points
LEAST_WEIGHT = 1e-12
LEAST_VARIANCE = 1e-18
MOST_LEFT = 4.0  # standard deviations: what lies further off says nothing more of a correlation
MOST_LOG = 6.0  # no line of a log variance rises or falls by more than this over a range
SHRUNK = 0.9  # part of the correlations that is taken as found: with few points they come out too large
CHUNK = 256  # points asked at a time: their distances to all points of all processes must fit into the cache


class Emulators:
    """Gaussian processes over the same points, one for each column of values, around a linear trend.

    They give means; how far those are off is told by `error`, and point by point by `left` (n, k), from
    predicting every point without itself (luck is in `left` and not in `error`; NaN without a value). The
    process's own variance is left out: it costs a hundred times as much as the mean and takes the process's
    own assumptions for granted.
    """

    def __init__(
        self,
        points: np.ndarray,
        values: np.ndarray,
        noise: np.ndarray,
        kernels: Sequence[Any] | None = None,
        seed: int = 0,
    ) -> None:
        """points: (n, d) in [0, 1]; values: (n, k), NaN where there is none; noise: (k,)
        variance of luck in one value.

        kernels: of an earlier fit, to spare the search for lengths. StudyError where
        scikit-learn is not installed.
        """
        self.points, self.kernels = points, list[Any]()
        self.error = np.zeros(values.shape[1])
        self.left = np.full(values.shape, np.nan)
        scaled, weights, trends = [], [], []
        for number, column in enumerate(values.T):
            emulator = _One(
                points, column, float(noise[number]), kernels[number] if kernels is not None else None, seed
            )
            self.kernels.append(emulator.kernel)
            self.error[number] = emulator.error
            self.left[:, number] = emulator.left
            scaled.append(emulator.lengths)
            weights.append(emulator.weights)
            trends.append(emulator.trend)
        self._lengths, self._weights, self._trends = np.array(scaled), np.array(weights), np.array(trends)
        self._near = points[None] / self._lengths[:, None]
        self._norms = (self._near**2).sum(axis=2)

    def means(self, points: np.ndarray) -> np.ndarray:
        """Means (m, k) at points (m, d)."""
        return np.concatenate([self._means(points[i : i + CHUNK]) for i in range(0, len(points), CHUNK)])

    def _means(self, points: np.ndarray) -> np.ndarray:
        asked = points[None] / self._lengths[:, None]
        squared = (
            (asked**2).sum(axis=2)[:, :, None]
            + self._norms[:, None]
            - 2 * asked @ self._near.transpose(0, 2, 1)
        )
        root = np.sqrt(5 * np.maximum(squared, 0.0))
        near = (1 + root + root**2 / 3) * np.exp(-root)
        processes = np.einsum("kmn,kn->mk", near, self._weights)
        return np.asarray(processes + self._trends[:, 0] + points @ self._trends[:, 1:].T)


class _One:
    """The process of one statistic. weights: (n,), 0 for points without a value; kernels are of
    values over their spread."""

    def __init__(self, points: np.ndarray, column: np.ndarray, noise: float, kernel: Any, seed: int) -> None:
        known = ~np.isnan(column)
        inside, values = points[known], column[known]
        basis = np.column_stack([np.ones(len(inside)), inside])
        self.trend = np.linalg.lstsq(basis, values, rcond=None)[0]
        rest = values - basis @ self.trend
        scale = float(rest.std())
        self.weights, self.error, self.left = np.zeros(len(points)), 0.0, np.full(len(points), np.nan)
        self.left[known] = rest
        self.lengths, self.kernel = np.ones(points.shape[1]), kernel
        if scale <= LEAST_WEIGHT * max(1.0, float(np.abs(values).max(initial=0.0))):
            return  # the trend is all there is
        share = max(noise / scale**2, LEAST_NOISE)
        self.kernel = kernel if kernel is not None else _tuned(inside, rest / scale, share, seed)
        self.lengths = np.broadcast_to(self.kernel.k2.length_scale, self.lengths.shape)
        covariance = self.kernel(inside)
        covariance[np.diag_indices_from(covariance)] += share
        inverse = np.linalg.inv(covariance)
        solved = inverse @ (rest / scale)
        self.weights[known] = solved * scale * self.kernel.k1.constant_value
        # what is left when each point is predicted from the others (Rasmussen and Williams 2006, equation
        # 5.12), less luck
        left = scale * solved / np.diag(inverse)
        self.left[known] = left
        self.error = float(np.sqrt(max(float((left**2).mean()) - noise, 0.0)))


def _tuned(points: np.ndarray, values: np.ndarray, noise: float, seed: int) -> Any:
    """The kernel, variance times Matérn with a length for each parameter, that
    makes the values most likely."""
    extra("sklearn", message("engine.for_calibration"))
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    chosen = np.random.default_rng(seed).permutation(len(points))[:TUNED_ON]
    kernel = ConstantKernel(1.0, (1e-3, 1e2)) * Matern(np.ones(points.shape[1]), LENGTHS, nu=SMOOTHNESS)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # a length at its bound says that the parameter does nothing
        return (
            GaussianProcessRegressor(kernel, alpha=noise, optimizer="fmin_l_bfgs_b")
            .fit(points[chosen], values[chosen])
            .kernel_
        )


class Spreads:
    """Standard deviations of luck and emulator together, by point: a log variance that is linear in the
    parameters, fitted to what was left when each point was predicted without itself.

    The normal likelihood of what was left, with a standard normal prior on each slope (over the range of a
    parameter the variance changes by a factor of e for one unit): a slope needs evidence. Cities near a
    tipping point differ much more from seed to seed than others do, and one variance for all of them makes
    intervals too wide here and too narrow there (Goldberg, Williams and Bishop 1998 let the noise be a
    process, too; a line is what a few hundred points can bear).
    """

    def __init__(self, points: np.ndarray, left: np.ndarray) -> None:
        """points: (n, d) in [0, 1]; left: (n, k), NaN where there is no value."""
        self.lines = np.array([_line(points, column) for column in left.T]).reshape(left.shape[1], -1)

    def at(self, points: np.ndarray) -> np.ndarray:
        """(m, k) at points (m, d)."""
        return np.asarray(np.exp(0.5 * (self.lines[:, 0] + (points - 0.5) @ self.lines[:, 1:].T)))


def _line(points: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Constant and slopes (d + 1,) of the log variance of one statistic."""
    known = ~np.isnan(column)
    squares = column[known] ** 2
    first = np.zeros(points.shape[1] + 1)
    first[0] = np.log(max(float(squares.mean()) if squares.size else 0.0, LEAST_VARIANCE))
    if first[0] <= np.log(LEAST_VARIANCE) or squares.size < 2 * first.size:
        return first
    basis = np.column_stack([np.ones(squares.size), points[known] - 0.5])
    scaled = squares / np.exp(first[0])

    def loss(line: np.ndarray) -> tuple[float, np.ndarray]:
        logs = basis @ line
        part = scaled * np.exp(-logs)
        slope = 0.5 * basis.T @ (1 - part)
        slope[1:] += line[1:]
        return float(0.5 * (logs + part).sum() + 0.5 * (line[1:] ** 2).sum()), slope

    bounds = [(-MOST_LOG, MOST_LOG)] * first.size
    found = minimize(loss, np.zeros(first.size), jac=True, method="L-BFGS-B", bounds=bounds)
    found.x[0] += first[0]
    return np.asarray(found.x)


# agreement and draws

EMULATOR, REJECTION = "emulator", "rejection"
METHODS = (EMULATOR, REJECTION)
NO_VALUE, NO_CHANGE = "no value", "no change"
LEAST_VALUES = 0.2  # part of the sets in which a statistic must have a value to be fitted to
LEAST_CHANGE = 1e-9


def silent_reasons(sets: Sets) -> list[str]:
    """For each pattern, why nothing can be learned from it here: it has (almost) no value, or no
    parameter moves it; "" otherwise."""
    reasons = []
    for column in sets.values.T:
        known = column[~np.isnan(column)]
        if known.size < LEAST_VALUES * column.size:
            reasons.append(NO_VALUE)
        else:
            reasons.append(NO_CHANGE if np.ptp(known) <= LEAST_CHANGE else "")
    return reasons


def group_of(pattern: Pattern) -> str:
    """The city, or the series of surveys, that a pattern's first figure is of; "" without figures."""
    figures = register().figures
    return next((figures[name].group for name in pattern.sources if name in figures), "")


class Fit:
    """What sets of parameters say about where the patterns agree. `columns` are the patterns (by
    place) that say anything."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        sets: Sets,
        luck: np.ndarray,
        method: str = EMULATOR,
        discrepancy: float = 1.0,
        kernels: tuple[Any, Any] | None = None,
        columns: Sequence[int] | None = None,
        missing: np.ndarray | None = None,
    ) -> None:
        """luck: variance of luck in each pattern and, last, in the outcome; discrepancy:
        factor on the model's own error.

        kernels, columns and missing: of an earlier fit, where this is one to a part of its sets.
        """
        self.sets, self.method = sets, method
        self.columns = (
            list(columns)
            if columns is not None
            else [i for i, why in enumerate(silent_reasons(sets)) if not why]
        )
        if not self.columns:
            raise StudyError(message("calibration.error.none_move"))
        self.values = sets.values[:, self.columns]
        self.targets = [patterns[i].target for i in self.columns]
        self.luck, self.outcome_luck = luck[self.columns], float(luck[-1])
        self.own = discrepancy * np.array([discrepancy_of(target) for target in self.targets])
        self.groups = [group_of(patterns[i]) or patterns[i].name for i in self.columns]
        self.weights = weights_of(self.groups)
        self.missing = np.isnan(self.values).any(axis=0) if missing is None else missing
        self.error, self.outcome_error = np.zeros(len(self.columns)), 0.0
        if method == EMULATOR:
            self._emulate(kernels or (None, None))

    def _emulate(self, kernels: tuple[Any, Any]) -> None:
        statistics = np.column_stack([self.values, self.sets.outcome])
        self._means = Emulators(
            self.sets.points, statistics, np.append(self.luck, self.outcome_luck), kernels[0]
        )
        self.error, self.outcome_error = self._means.error[:-1], float(self._means.error[-1])
        self._spreads = Spreads(self.sets.points, self._means.left)
        has = (~np.isnan(self.values[:, self.missing])).astype(np.float64)
        self._chance = (
            Emulators(self.sets.points, has, np.full(has.shape[1], 0.05), kernels[1])
            if has.shape[1]
            else None
        )
        self.kernels = (self._means.kernels, self._chance.kernels if self._chance else None)

    def means(self, points: np.ndarray) -> np.ndarray:
        """Emulated means (m, k + 1) of the fitted patterns and, last, of the outcome."""
        return self._means.means(points)

    def spreads(self, points: np.ndarray) -> np.ndarray:
        """Luck and the emulator's error (m, k + 1) at points: of the fitted patterns and, last, the
        outcome."""
        return self._spreads.at(points)

    def reported(self) -> Reported:
        """What was reported, with luck, the model's own error and the emulator's."""
        spread = np.sqrt(self.luck + self.own**2 + self.error**2)
        return Reported.of(self.targets, spread, self.own, self.weights)

    def observed(self, values: np.ndarray) -> Reported:
        """The values (k,) of one run in the place of reports: only luck, which its statistics share, and the
        emulator's error lie between."""
        spread = np.maximum(np.sqrt(self.luck + self.error**2), 1e-9)
        related = self._related() if self.method == EMULATOR else None
        return Reported(values, values, spread, floor=0.0, related=related)

    def reported_without(self, group: str) -> Reported:
        """What was reported of all cities and surveys but one, which then counts for nothing."""
        out = np.array([one == group for one in self.groups])
        return replace(self.reported(), weights=np.where(out, 0.0, self.weights))

    def foretold(self, group: str, points: np.ndarray) -> float:
        """Log of the chance that what was reported of a city or survey lies within its bounds, over draws
        (m, d): of each of its patterns, which count as in `weights`."""
        own = np.array([one == group for one in self.groups])
        chance = self.reported().chance(self.means(points)[:, :-1], self.spreads(points)[:, :-1])
        if self._chance is not None:
            chance[:, self.missing] *= np.clip(self._chance.means(points), 0.0, 1.0)
        floored = FLOOR + (1 - FLOOR) * chance[:, own]
        logs = (self.weights[own] * np.log(floored)).sum(axis=1)
        return float(logsumexp(logs) - np.log(len(logs)))

    def _related(self) -> np.ndarray:
        """Inverse (k, k) of the correlation of what was left between statistics of one run."""
        left = self._means.left[:, :-1] / self._spreads.at(self.sets.points)[:, :-1]
        known = ~np.isnan(left)
        filled = np.clip(np.where(known, left, 0.0), -MOST_LEFT, MOST_LEFT)
        sizes = np.sqrt(np.maximum((filled**2).sum(axis=0), LEAST_WEIGHT))
        correlation = SHRUNK * (filled.T @ filled) / np.outer(sizes, sizes)
        np.fill_diagonal(correlation, 1.0)
        return np.asarray(np.linalg.inv(correlation))

    def draw(
        self, reported: Reported, number: int, seed: int, power: float = 1.0, steps: int | None = None
    ) -> Sample:
        """Parameters that agree; `power` under 1 widens the density (for the next sets to run)."""
        if self.method == REJECTION:
            return rejection(self.sets.points, self.values, reported, number, seed)

        def log_density(points: np.ndarray) -> np.ndarray:
            chance = None
            if self._chance is not None:
                chance = np.ones((len(points), len(self.columns)))
                chance[:, self.missing] = self._chance.means(points)
            luck = self.spreads(points)[:, :-1]
            return power * reported.log_likelihood(self.means(points)[:, :-1], chance, luck)

        return chains(log_density, self.sets.points.shape[1], number, seed, steps)

    def outcomes(self, points: np.ndarray, seed: int) -> np.ndarray:
        """Outcomes (m,) of single runs at points: emulated means with luck and the emulator's error, or for
        rejection the outcomes of the nearest sets."""
        if self.method == REJECTION:
            squared = ((points[:, None] - self.sets.points[None]) ** 2).sum(axis=2)
            return np.asarray(self.sets.outcome[squared.argmin(axis=1)])
        normal = np.random.default_rng(seed).standard_normal(len(points))
        return np.asarray(self.means(points)[:, -1] + self.spreads(points)[:, -1] * normal)
