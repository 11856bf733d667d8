"""Which method of calibration: the same number of runs for each, and known parameters to be found again.

    python benchmarks/calibration_methods.py [--runs 2000] [--truths 24]        (ABC-SMC only where pyabc is installed)

First on the model itself: emulators and rejection fit the shipped calibration patterns to the same sets of
the default parameters (those of the first design), beside emulators with the second design that they choose
themselves. Then on a surrogate of the model (the emulators of that fit with the luck of single runs), which
costs nothing, so that each method can be repeated from new runs for every truth: how often the
central intervals hold the truth, and how wide they are. Rejection and ABC-SMC see the same
statistics and spreads as the emulators do.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.stats import qmc
from threadpoolctl import threadpool_limits

from sim.experiments.intervals import wilson
from sim.experiments.progress import progress_bar
from sim.studies.calibration.calibration import LEVELS, Calibration, calibrate
from sim.studies.calibration.design import Sets
from sim.studies.calibration.fit import EMULATOR, REJECTION, Fit

DRAWS = 400
POPULATION = 60
Surrogate = Callable[[np.ndarray, np.random.Generator], np.ndarray]
Method = Callable[[Calibration, Surrogate, np.ndarray, int, np.random.Generator], np.ndarray]


def surrogate_of(found: Calibration) -> Surrogate:
    """Statistics (m, k + 1) of single runs at points: emulated means with luck, the outcome last."""
    luck = np.sqrt(np.append(found.fit.luck, found.fit.outcome_luck))
    return lambda points, rng: found.fit.means(points) + luck * rng.standard_normal((len(points), luck.size))


def fitted(found: Calibration, runs: np.ndarray, points: np.ndarray, method: str) -> Fit:
    """A fit to surrogate runs, with the patterns, luck and (for emulators) lengths of the real one."""
    patterns = [found.patterns[i] for i in found.fit.columns]
    luck = np.append(found.fit.luck, found.fit.outcome_luck)
    kernels = (found.fit.kernels[0], None) if method == EMULATOR else None
    return Fit(
        patterns,
        Sets(points, runs[:, :-1], runs[:, -1]),
        luck,
        method,
        kernels=kernels,
        columns=range(len(patterns)),
    )


def emulators(
    found: Calibration, run: Surrogate, observed: np.ndarray, sets: int, rng: np.random.Generator
) -> np.ndarray:
    """Two designs of half of the sets each, the second where the first agrees."""
    seed = int(rng.integers(2**31))
    points = qmc.LatinHypercube(len(found.ranges), rng=rng).random(sets - sets // 2)
    runs = run(points, rng)
    first = fitted(found, runs, points, EMULATOR)
    more = first.draw(first.observed(observed), sets // 2, seed, 0.5, steps=100).points
    both = fitted(found, np.concatenate([runs, run(more, rng)]), np.concatenate([points, more]), EMULATOR)
    return both.draw(both.observed(observed), DRAWS, seed, steps=100).points


def one_design(
    found: Calibration, run: Surrogate, observed: np.ndarray, sets: int, rng: np.random.Generator
) -> np.ndarray:
    """Emulators on one design of all sets."""
    points = qmc.LatinHypercube(len(found.ranges), rng=rng).random(sets)
    fit = fitted(found, run(points, rng), points, EMULATOR)
    return fit.draw(fit.observed(observed), DRAWS, int(rng.integers(2**31)), steps=100).points


def rejection(
    found: Calibration, run: Surrogate, observed: np.ndarray, sets: int, rng: np.random.Generator
) -> np.ndarray:
    """The nearest tenth of one design, moved by regression."""
    points = qmc.LatinHypercube(len(found.ranges), rng=rng).random(sets)
    fit = fitted(found, run(points, rng), points, REJECTION)
    return fit.draw(fit.observed(observed), DRAWS, int(rng.integers(2**31))).points


def smc(
    found: Calibration, run: Surrogate, observed: np.ndarray, sets: int, rng: np.random.Generator
) -> np.ndarray:
    """ABC-SMC of pyabc: populations nearer and nearer to the observation until the sets are used up."""
    import pyabc

    logging.getLogger("ABC").setLevel(logging.WARNING)
    names, used = [f"p{i}" for i in range(len(found.ranges))], [0]
    spread = (
        fitted(found, run(np.full((2, len(names)), 0.5), rng), np.full((2, len(names)), 0.5), REJECTION)
        .observed(observed)
        .spread
    )

    def model(values: dict[str, float]) -> dict[str, float]:
        used[0] += 1
        made = run(np.array([[values[name] for name in names]]), rng)[0, :-1]
        return {str(place): float(value) for place, value in enumerate(made)}

    def distance(one: dict[str, float], other: dict[str, float]) -> float:
        return float(sum(((one[key] - other[key]) / spread[int(key)]) ** 2 for key in other))

    prior = pyabc.Distribution(**{name: pyabc.RV("uniform", 0, 1) for name in names})
    search = pyabc.ABCSMC(
        model, prior, distance, population_size=POPULATION, sampler=pyabc.sampler.SingleCoreSampler()
    )
    with tempfile.TemporaryDirectory() as folder:
        search.new(
            f"sqlite:///{Path(folder) / 'abc.db'}",
            {str(place): float(value) for place, value in enumerate(observed)},
        )
        frame, weights = search.run(max_total_nr_simulations=sets - POPULATION).get_distribution()
        drawn = rng.choice(len(frame), DRAWS, p=np.asarray(weights) / np.sum(weights))
        return frame[names].to_numpy()[drawn]


def try_method(
    method: Method, found: Calibration, truths: np.ndarray, sets: int
) -> tuple[np.ndarray, np.ndarray]:
    """For every truth and parameter whether each central interval holds it (truths, levels, d), and
    the width of the widest."""
    run = surrogate_of(found)
    inside, widths = [], []
    for place, truth in enumerate(truths):
        rng = np.random.default_rng([7, place])
        observed = run(truth[None], rng)[0, :-1]
        drawn = method(found, run, observed, sets, rng)
        bounds = np.quantile(drawn, [[(1 - level) / 2, (1 + level) / 2] for level in LEVELS], axis=0)
        inside.append((bounds[:, 0] <= truth) & (truth <= bounds[:, 1]))
        widths.append(bounds[-1, 1] - bounds[-1, 0])
    return np.array(inside), np.array(widths) / LEVELS[-1]


def told(name: str, inside: np.ndarray, widths: np.ndarray) -> str:
    """A row: coverage over all parameters, the mean width of 90 % intervals, and that of
    the three narrowest parameters."""
    shares = [inside[:, level].mean() for level in range(len(LEVELS))]
    # truths are independent, parameters of one truth are not: the interval counts truths
    low = [wilson(round(share * len(inside)), len(inside)) for share in shares]
    covered = "  ".join(
        f"{share:5.0%} ({one.low:.0%}-{one.high:.0%})" for share, one in zip(shares, low, strict=True)
    )
    narrow = np.sort(widths.mean(axis=0))[:3].mean()
    return f"{name:34s} {covered}  {widths.mean():6.0%} {narrow:10.0%}"


def main() -> None:
    """Print two tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=2000)
    asked.add_argument("--truths", type=int, default=24)
    asked.add_argument("--store", type=Path, default=None)
    given = asked.parse_args()
    with progress_bar() as report:
        found = calibrate(runs=given.runs, truths=0, scored=0, store=given.store, progress=report)
    on_the_model(found)
    sets = len(found.sets)
    truths = qmc.Sobol(len(found.ranges), rng=np.random.default_rng(5)).random(given.truths)
    print(f"\nOn the surrogate: {given.truths} truths, {sets} sets for each method and truth")
    print(f"{'method':34s} truth inside 50 %   inside 90 %        width  narrowest three")
    methods: dict[str, Method] = {
        "emulators, two designs": emulators,
        "emulators, one design": one_design,
        "rejection with regression": rejection,
    }
    try:
        import pyabc  # noqa: F401

        methods["ABC-SMC (pyabc)"] = smc
    except ModuleNotFoundError:
        print("(pyabc is not installed: pip install pyabc)")
    for name, method in methods.items():
        print(told(name, *try_method(method, found, truths, sets)), flush=True)


def on_the_model(found: Calibration) -> None:
    """Print how much each method narrows the parameters, and how well the patterns agree over its
    draws, by the best emulators."""
    first = Sets(*(getattr(found.sets, name)[: found.prior] for name in ("points", "values", "outcome")))
    fits = {
        f"{method}, {len(first)} sets": Fit(
            found.patterns, first, found.luck, method, columns=found.fit.columns
        )
        for method in (REJECTION, EMULATOR)
    }
    fits[f"{EMULATOR}, two designs, {len(found.sets)} sets"] = found.fit
    reported = found.fit.reported()
    even = qmc.LatinHypercube(len(found.ranges), rng=np.random.default_rng(1)).random(DRAWS)
    print(
        f"On the model: {len(found.ranges)} parameters; patterns agree by {_agreed(found, even):.2f} over even draws"
    )
    print(f"{'method':34s} mean narrowing  of the three narrowed most  agreement")
    for name, fit in fits.items():
        drawn = fit.draw(fit.reported() if fit.method == EMULATOR else reported, DRAWS, 1).points
        narrowed = np.sort(1 - drawn.std(axis=0) * np.sqrt(12))[::-1]
        print(
            f"{name:34s} {narrowed.mean():14.0%} {narrowed[:3].mean():27.0%} {_agreed(found, drawn):10.2f}",
            flush=True,
        )


def _agreed(found: Calibration, points: np.ndarray) -> float:
    return float(found.fit.reported().agreement(found.fit.means(points)[:, :-1]).mean())


if __name__ == "__main__":
    warnings.simplefilter("ignore", UserWarning)
    with threadpool_limits(1):
        main()
