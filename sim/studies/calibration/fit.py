"""From sets that were run to parameters that agree with what was reported: emulators, densities, and draws from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.evidence.patterns import Pattern
from sim.studies.calibration.design import Sets
from sim.studies.calibration.emulator import Emulators
from sim.studies.calibration.posterior import Reported, Sample, chains, discrepancy_of, rejection
from sim.text import message

EMULATOR, REJECTION = "emulator", "rejection"
METHODS = (EMULATOR, REJECTION)
NO_VALUE, NO_CHANGE = "no value", "no change"
LEAST_VALUES = 0.2  # part of the sets in which a statistic must have a value to be fitted to
LEAST_CHANGE = 1e-9


def silent_reasons(sets: Sets) -> list[str]:
    """For each pattern, why nothing can be learned from it here: it has (almost) no value, or no parameter moves it; "" otherwise."""
    reasons = []
    for column in sets.values.T:
        known = column[~np.isnan(column)]
        if known.size < LEAST_VALUES * column.size:
            reasons.append(NO_VALUE)
        else:
            reasons.append(NO_CHANGE if np.ptp(known) <= LEAST_CHANGE else "")
    return reasons


class Fit:
    """What sets of parameters say about where the patterns agree. `columns` are the patterns (by place) that say anything."""

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
        """luck: variance of luck in each pattern and, last, in the outcome; discrepancy: factor on the model's own error.

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

    def reported(self) -> Reported:
        """What was reported, with luck, the model's own error and the emulator's."""
        return Reported.of(self.targets, np.sqrt(self.luck + self.own**2 + self.error**2))

    def observed(self, values: np.ndarray) -> Reported:
        """The values (k,) of one run in the place of reports: only luck and the emulator's error lie between."""
        spread = np.maximum(np.sqrt(self.luck + self.error**2), 1e-9)
        return Reported(values, values, spread, floor=0.0)

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
            return power * reported.log_likelihood(self.means(points)[:, :-1], chance)

        return chains(log_density, self.sets.points.shape[1], number, seed, steps)

    def outcomes(self, points: np.ndarray, seed: int) -> np.ndarray:
        """Outcomes (m,) of single runs at points: emulated means with luck and the emulator's error, or for rejection the
        outcomes of the nearest sets."""
        if self.method == REJECTION:
            squared = ((points[:, None] - self.sets.points[None]) ** 2).sum(axis=2)
            return np.asarray(self.sets.outcome[squared.argmin(axis=1)])
        spread = np.sqrt(self.outcome_luck + self.outcome_error**2)
        return np.asarray(
            self.means(points)[:, -1] + spread * np.random.default_rng(seed).standard_normal(len(points))
        )
