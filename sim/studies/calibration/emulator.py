"""A fast stand-in for the model: one Gaussian process a statistic (scikit-learn) over the free parameters, each on [0, 1]."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.experiments.extras import extra
from sim.text import message

SMOOTHNESS = 2.5  # Matérn 5/2: curves that bend, with kinks where estates tip, and no ringing
LENGTHS = (0.2, 30.0)  # of the parameters' ranges
TUNED_ON = 250  # points that the lengths are found on: their cost grows with the cube
LEAST_NOISE = 1e-6  # of the variance between points
LEAST_WEIGHT = 1e-12
CHUNK = 256  # points asked at a time: their distances to all points of all processes must fit into the cache


class Emulators:
    """Gaussian processes over the same points, one for each column of values, around a linear trend.

    They give means; how far those are off is told by `error`, from predicting every point without itself. A pointwise variance
    is left out: it costs a hundred times as much as the mean and takes the process's own assumptions for granted.
    """

    def __init__(
        self,
        points: np.ndarray,
        values: np.ndarray,
        noise: np.ndarray,
        kernels: Sequence[Any] | None = None,
        seed: int = 0,
    ) -> None:
        """points: (n, d) in [0, 1]; values: (n, k), NaN where there is none; noise: (k,) variance of luck in one value.

        kernels: of an earlier fit, to spare the search for lengths. StudyError where scikit-learn is not installed.
        """
        self.points, self.kernels = points, list[Any]()
        self.error = np.zeros(values.shape[1])
        scaled, weights, trends = [], [], []
        for place, column in enumerate(values.T):
            one = _One(
                points, column, float(noise[place]), kernels[place] if kernels is not None else None, seed
            )
            self.kernels.append(one.kernel)
            self.error[place] = one.error
            scaled.append(one.lengths)
            weights.append(one.weights)
            trends.append(one.trend)
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
    """The process of one statistic. weights: (n,), 0 for points without a value; kernels are of values over their spread."""

    def __init__(self, points: np.ndarray, column: np.ndarray, noise: float, kernel: Any, seed: int) -> None:
        known = ~np.isnan(column)
        inside, values = points[known], column[known]
        basis = np.column_stack([np.ones(len(inside)), inside])
        self.trend = np.linalg.lstsq(basis, values, rcond=None)[0]
        rest = values - basis @ self.trend
        scale = float(rest.std())
        self.weights, self.error = np.zeros(len(points)), 0.0
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
        # what is left when each point is predicted from the others (Rasmussen and Williams 2006, equation 5.12), less luck
        left = scale * solved / np.diag(inverse)
        self.error = float(np.sqrt(max(float((left**2).mean()) - noise, 0.0)))


def _tuned(points: np.ndarray, values: np.ndarray, noise: float, seed: int) -> Any:
    """The kernel, variance times Matérn with a length for each parameter, that makes the values most likely."""
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
