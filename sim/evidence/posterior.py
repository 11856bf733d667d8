"""Parameters that agree with what was reported: by Markov chains on the emulator (emcee), or by rejection and regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from sim.evidence.agreement import Reported
from sim.experiments.extras import extra
from sim.text import message

START_POOL = 4096
WALKERS, STEPS = 64, 300  # as many steps again to forget the start
ACCEPTED = 0.1  # part of the points that rejection keeps
LEAST_ACCEPTED = 40
WORST = 9.0  # squared spreads at which a pattern counts as missed, however far


@dataclass(frozen=True, eq=False)
class Sample:
    """Points (number, d) in [0, 1], and how far they may be trusted: independent draws behind them, accepted share of moves."""

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
    """Draws from a density on the unit cube, by emcee's differential-evolution moves (one in ten crosses between separate regions).

    `log_density` takes points (m, d) and gives (m,). Walkers start where a Sobol sequence found the density high.
    """
    emcee = extra("emcee", message("engine.for_calibration"))
    from scipy.stats import qmc

    def inside(points: np.ndarray) -> np.ndarray:
        good = ((points >= 0) & (points <= 1)).all(axis=1)
        found = np.full(len(points), -np.inf)
        if good.any():
            found[good] = log_density(points[good])
        return found

    steps = STEPS if steps is None else steps
    rng = np.random.default_rng(seed)
    walkers = max(WALKERS, 4 * dimensions)
    pool = qmc.Sobol(dimensions, rng=rng).random(START_POOL)
    # Gumbel noise on logs and taking the greatest draws without replacement, in proportion to the density
    first = pool[np.argsort(-(inside(pool) + rng.gumbel(size=START_POOL)))[:walkers]]
    moves = [(emcee.moves.DEMove(), 0.9), (emcee.moves.DEMove(gamma0=1.0), 0.1)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, inside, moves=moves, vectorize=True)
    state = emcee.State(first, random_state=np.random.RandomState(int(rng.integers(2**31))).get_state())
    state = sampler.run_mcmc(state, steps, skip_initial_state_check=True)
    sampler.reset()
    sampler.run_mcmc(state, steps, skip_initial_state_check=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # of a walker that never moved
        lag = float(np.max(emcee.autocorr.integrated_time(sampler.get_chain(), tol=0)))
    lag = lag if np.isfinite(lag) else float(steps)
    kept = sampler.get_chain(flat=True)
    effective = len(kept) / max(lag, 1.0)
    chosen = rng.permutation(np.linspace(0, len(kept) - 1, number).astype(int))
    return Sample(kept[chosen], effective, float(np.mean(sampler.acceptance_fraction)))


def rejection(points: np.ndarray, values: np.ndarray, reported: Reported, number: int, seed: int) -> Sample:
    """Draws by approximate Bayesian computation: the points whose runs came nearest, moved by local-linear regression.

    After Beaumont, Zhang and Balding (2002), "Approximate Bayesian computation in population genetics": each accepted point is
    moved, on the logit scale, by what the regression says of the way from its statistics to the nearest reported ones.
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
