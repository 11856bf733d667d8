"""Does calibration find what is true? Runs with known parameters stand in for what was reported, and the posterior must hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.evidence.patterns import Pattern
from sim.experiments.intervals import Interval, wilson
from sim.studies.calibration.design import OUTCOME_NAME, Sets
from sim.studies.calibration.fit import EMULATOR, Fit

LEVELS = (0.5, 0.9)
FOLDS = 8
DRAWS = 400
STEPS = 100


@dataclass(frozen=True, eq=False)
class Coverage:
    """inside: by quantity (parameters and "outcome"), (truths, LEVELS) whether the truth lay in the central interval.

    width: by quantity, mean width of the widest level's interval, as part of the width before.
    """

    inside: dict[str, np.ndarray]
    width: dict[str, float]

    @property
    def truths(self) -> int:
        """How many known sets were tried."""
        return len(self.inside[OUTCOME_NAME])

    def share(self, name: str, level: float) -> tuple[float, Interval]:
        """Share of truths inside, with its binomial (Wilson) interval."""
        column = self.inside[name][:, LEVELS.index(level)]
        return float(column.mean()), wilson(int(column.sum()), column.size)

    def pooled(self, level: float) -> float:
        """Share of truths inside over all parameters (they share runs, so it has no interval of its own)."""
        return float(np.mean([self.share(name, level)[0] for name in self.inside if name != OUTCOME_NAME]))

    def holds(self, name: str, level: float) -> bool:
        """Whether the nominal level is possible, judged (Bonferroni) at that part of 5 % which falls on one of all the shares looked at."""
        column = self.inside[name][:, LEVELS.index(level)]
        interval = wilson(int(column.sum()), column.size, 1 - 0.05 / (len(self.inside) * len(LEVELS)))
        return interval.low <= level <= interval.high


def coverage(
    patterns: Sequence[Pattern],
    keys: Sequence[str],
    sets: Sets,
    prior: int,
    fit: Fit,
    luck: np.ndarray,
    truths: int,
    seed: int,
) -> Coverage | None:
    """Take sets of the first design (the first `prior`, drawn from the whole ranges) as truths; None if none has all values.

    Each truth's own run stands in for the reports, and the parameters are fitted again without any set of its fold.
    """
    chosen = _truths(fit, sets, prior, truths, seed)
    if not chosen.size:
        return None
    inside: list[np.ndarray] = []
    widths: list[np.ndarray] = []
    for fold in np.array_split(chosen, min(FOLDS, chosen.size)):
        left_out = np.zeros(len(sets), bool)
        left_out[fold] = True
        kernels = fit.kernels if fit.method == EMULATOR else None
        again = Fit(
            patterns,
            sets.without(left_out),
            luck,
            fit.method,
            kernels=kernels,
            columns=fit.columns,
            missing=fit.missing,
        )
        for truth in fold.tolist():
            sample = again.draw(
                again.observed(sets.values[truth, fit.columns]), DRAWS, seed + truth, steps=STEPS
            )
            drawn = np.column_stack([sample.points, again.outcomes(sample.points, seed + truth)])
            true = np.append(sets.points[truth], sets.outcome[truth])
            tails = np.array([[(1 - level) / 2, (1 + level) / 2] for level in LEVELS])
            bounds = np.quantile(drawn, tails, axis=0)  # (levels, 2, quantities)
            inside.append((bounds[:, 0] <= true) & (true <= bounds[:, 1]))
            widths.append(bounds[-1, 1] - bounds[-1, 0])
    names = [*keys, OUTCOME_NAME]
    whole = np.append(
        np.full(len(keys), LEVELS[-1]),
        np.ptp(np.quantile(sets.outcome[:prior], [(1 - LEVELS[-1]) / 2, (1 + LEVELS[-1]) / 2])),
    )
    part = np.mean(widths, axis=0) / np.where(whole > 0, whole, np.nan)
    held = np.array(inside)  # (truths, levels, quantities)
    return Coverage(
        {name: held[:, :, i] for i, name in enumerate(names)}, dict(zip(names, part.tolist(), strict=True))
    )


def _truths(fit: Fit, sets: Sets, prior: int, truths: int, seed: int) -> np.ndarray:
    """Places of sets that have a value of every fitted pattern."""
    whole = np.flatnonzero(~np.isnan(sets.table[:prior][:, [*fit.columns, -1]]).any(axis=1))
    return np.sort(np.random.default_rng(seed).permutation(whole)[:truths])
