"""How well statistics agree with what was reported, allowing for luck and error, and parameters that do: by
Markov chains on the emulator (emcee), or by rejection and regression."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr

from sim.evidence.patterns import Target
from sim.experiments.extras import extra
from sim.text import message

# What a pattern agrees by at the least: if it is beyond the model whatever the parameters (say 1 in 20) and
# lies anywhere within ten times its bounds then, it is met by chance with 0.05 x 0.1. Without a floor one
# such pattern would decide all parameters.
FLOOR = 0.005
CLOSED_PART = 0.5  # the model's own error, as part of half the width of a target
OPEN_PART = 0.05  # the same for a target with one bound, as part of that bound
LEAST_SPREAD = 1e-9
EDGE = 1e-6  # of the range: where a walker starts at the nearest
# Patterns of one city, or of one series of surveys, were read by the same people of the same estates: their
# errors go together by this correlation, which is assumed. So n of them count as n / (1 + (n - 1) x it): what
# Kish (1965) calls the design effect of a cluster.
DEPENDENCE = 0.5
START_POOL = 4096
WALKERS, STEPS = 64, 300  # as many steps again to forget the start
ACCEPTED = 0.1  # part of the points that rejection keeps
LEAST_ACCEPTED = 40
WORST = 9.0  # squared spreads at which a pattern counts as missed, however far


def weights_of(groups: Sequence[str]) -> np.ndarray:
    """What each of several patterns counts for (k,), by the city or survey that it is of ("" none)."""
    sizes = [1 if not group else groups.count(group) for group in groups]
    return 1.0 / (1.0 + DEPENDENCE * (np.array(sizes, np.float64) - 1.0))


def discrepancy_of(target: Target) -> float:
    """Standard deviation of the error that even the right parameters leave, by the width of a target (a
    judgement, see the docs)."""
    low, high = target.bounds
    if math.isfinite(low) and math.isfinite(high):
        return CLOSED_PART * (high - low) / 2
    return OPEN_PART * abs(low if math.isfinite(low) else high)


@dataclass(frozen=True, eq=False)
class Reported:
    """What was reported of k statistics. low, high: bounds (infinite where open); spread: standard deviation
    of what may lie between the model's mean and a reported value: luck of one city, the model's own error,
    the emulator's (all float64, (k,)), taken over all points; own: the model's own error in it.
    weights: what each counts for, 1 unless it shares a city with others (see DEPENDENCE).
    related: (k, k), the inverse of the correlation of luck between statistics of one run, where one run
    stands in for the reports; None where they come from many cities.
    floor: see FLOOR; 0 where the model is known to be right.
    """

    low: np.ndarray
    high: np.ndarray
    spread: np.ndarray
    floor: float = FLOOR
    own: np.ndarray | float = 0.0
    weights: np.ndarray | float = 1.0
    related: np.ndarray | None = None

    @classmethod
    def of(
        cls,
        targets: Sequence[Target],
        spread: np.ndarray,
        own: np.ndarray | float = 0.0,
        weights: np.ndarray | float = 1.0,
    ) -> Reported:
        """The bounds of targets."""
        low, high = np.array([target.bounds for target in targets], np.float64).reshape(-1, 2).T
        return cls(low, high, np.maximum(spread, LEAST_SPREAD), own=own, weights=weights)

    def implausibility(self, means: np.ndarray) -> np.ndarray:
        """How many spreads each mean (m, k) lies outside its bounds; 0 inside, NaN without a value."""
        return np.asarray(np.maximum(np.maximum(self.low - means, means - self.high), 0.0) / self.spread)

    def chance(self, means: np.ndarray, luck: np.ndarray | None = None) -> np.ndarray:
        """Chance that a reported value lies inside its bounds (m, k), 0 without a value; `luck` as
        `agreement` takes it. Unlike that, it can be compared between models whose spreads differ."""
        spread = self._spread(luck)
        return np.asarray(
            np.nan_to_num(ndtr((self.high - means) / spread) - ndtr((self.low - means) / spread), nan=0.0)
        )

    def agreement(self, means: np.ndarray, luck: np.ndarray | None = None) -> np.ndarray:
        """Chance that a reported value lies inside its bounds, relative to the best mean there is
        (m, k), 0 without a value.

        luck: (m, k), luck and the emulator's error at each point, where they are known by point; the best is
        that of the spread over all points, so that a point of little luck can agree by more than 1. Bounds
        that are a point give the normal density relative to its top, which is the limit of narrow bounds.
        """
        spread = self._spread(luck)
        with np.errstate(invalid="ignore"):
            above, below = (self.high - means) / spread, (self.low - means) / spread
            half = (self.high - self.low) / 2 / self.spread
            narrow = half < 1e-3
            best = 2 * ndtr(np.where(narrow, 1.0, half)) - 1
            inside = np.where(
                narrow,
                np.exp(-0.5 * ((above + below) / 2) ** 2) * (self.spread / spread),
                (ndtr(above) - ndtr(below)) / best,
            )
        return np.asarray(np.nan_to_num(inside, nan=0.0))

    def _spread(self, luck: np.ndarray | None) -> np.ndarray:
        """Standard deviations (k,) over all points, or (m, k) by point."""
        return self.spread if luck is None else np.maximum(np.sqrt(luck**2 + self.own**2), LEAST_SPREAD)

    def log_likelihood(
        self, means: np.ndarray, chance: np.ndarray | None = None, luck: np.ndarray | None = None
    ) -> np.ndarray:
        """Log of the product over statistics (m,); `chance` (m, k) that a statistic has a value at all;
        `luck` as `agreement` takes it.

        Without a floor it is the normal log density of the distances, which does not underflow far away.
        """
        if self.floor == 0:
            spread = self._spread(luck)
            off = (
                np.nan_to_num(np.maximum(self.low - means, 0.0) - np.maximum(means - self.high, 0.0)) / spread
            )
            turned = off if self.related is None else off @ self.related
            scale = 0.0 if luck is None else np.log(spread).sum(axis=1)
            return np.asarray(-0.5 * (off * turned).sum(axis=1) - scale)
        agreed = self.agreement(means, luck)
        if chance is not None:
            agreed = agreed * np.clip(chance, 0.0, 1.0)
        return np.asarray((self.weights * np.log(self.floor + (1 - self.floor) * agreed)).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Sample:
    """Points (number, d) in [0, 1], and how far they may be trusted: independent draws behind them,
    accepted share of moves."""

    points: np.ndarray
    effective: float
    accepted: float


def chains(
    log_density: Callable[[np.ndarray], np.ndarray],
    dimensions: int,
    number: int,
    seed: int,
    steps: int | None = None,
) -> Sample:
    """Draws from a density on the unit cube, by emcee's differential-evolution moves (one in ten crosses
    between separate regions).

    `log_density` takes points (m, d) and gives (m,). Walkers start where a Sobol sequence found the density
    high, and walk on the logit scale, where no step leaves the cube: of many parameters of which little is
    learned, nearly every step on the plain scale would be past one bound or another, and refused.
    """
    emcee = extra("emcee", message("engine.for_calibration"))
    from scipy.stats import qmc

    def on_logits(steps_made: np.ndarray) -> np.ndarray:
        points = expit(steps_made)
        with np.errstate(divide="ignore"):
            widths = np.log(points * (1 - points)).sum(axis=1)  # what a unit of the logit is of the range
        known = np.isfinite(widths)
        density = np.full(len(points), -np.inf)
        if known.any():
            density[known] = log_density(points[known]) + widths[known]
        return density

    steps = STEPS if steps is None else steps
    rng = np.random.default_rng(seed)
    walkers = max(WALKERS, 4 * dimensions)
    pool = qmc.Sobol(dimensions, rng=rng).random(START_POOL)
    # Gumbel noise on logs and taking the greatest draws without replacement, in proportion to the density
    first = logit(
        np.clip(
            pool[np.argsort(-(log_density(pool) + rng.gumbel(size=START_POOL)), kind="stable")[:walkers]],
            EDGE,
            1 - EDGE,
        )
    )
    moves = [(emcee.moves.DEMove(), 0.9), (emcee.moves.DEMove(gamma0=1.0), 0.1)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, on_logits, moves=moves, vectorize=True)
    state = emcee.State(first, random_state=np.random.RandomState(int(rng.integers(2**31))).get_state())
    state = sampler.run_mcmc(state, steps, skip_initial_state_check=True)
    sampler.reset()
    sampler.run_mcmc(state, steps, skip_initial_state_check=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # of a walker that never moved
        lag = float(np.max(emcee.autocorr.integrated_time(sampler.get_chain(), tol=0)))
    lag = lag if np.isfinite(lag) else float(steps)
    kept = expit(sampler.get_chain(flat=True))
    effective = len(kept) / max(lag, 1.0)
    chosen = rng.permutation(np.linspace(0, len(kept) - 1, number).astype(int))
    return Sample(kept[chosen], effective, float(np.mean(sampler.acceptance_fraction)))


def rejection(points: np.ndarray, values: np.ndarray, reported: Reported, number: int, seed: int) -> Sample:
    """Draws by approximate Bayesian computation: the points whose runs came nearest, moved by
    local-linear regression.

    After Beaumont, Zhang and Balding (2002), "Approximate Bayesian computation in population genetics": each
    accepted point is moved, on the logit scale, by what the regression says of the way from its statistics
    to the nearest reported ones.
    """
    far = np.minimum(np.nan_to_num(reported.implausibility(values), nan=np.inf) ** 2, WORST).sum(axis=1)
    number_kept = min(len(points), max(LEAST_ACCEPTED, round(ACCEPTED * len(points))))
    near = np.argsort(far, kind="stable")[:number_kept]
    width = float(far[near].max())
    weights = 1 - far[near] / width * (1 - 1e-3) if width > 0 else np.ones(number_kept)
    means = np.nanmean(values[near], axis=0)
    kept = np.where(np.isnan(values[near]), means, values[near])
    wanted = np.clip(kept, reported.low, reported.high)
    basis = np.column_stack([np.ones(number_kept), (kept - means) / reported.spread])
    root = np.sqrt(weights)[:, None]
    free = logit(np.clip(points[near], 1e-3, 1 - 1e-3))
    slopes = np.linalg.lstsq(basis * root, free * root, rcond=0.05)[0][1:]
    moved = expit(free + ((wanted - kept) / reported.spread) @ slopes)
    share = weights / weights.sum()
    drawn = np.random.default_rng(seed).choice(number_kept, number, p=share)
    return Sample(moved[drawn], float(1 / (share**2).sum()), number_kept / len(points))
