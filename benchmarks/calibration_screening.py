"""Which unmeasured parameters move the calibration patterns: the reason for the default
list of `estate calibrate`.

    python benchmarks/calibration_screening.py [--trajectories 6] [--workers 2]

Morris screening (SALib) of every statistic over all parameters that nobody has measured, each over its
plausible range. The score of a parameter is the sum over patterns of its mean effect in standard deviations
of the statistic, so that every pattern counts the same whatever its unit. Readings go to the store: what
is there is not run again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from SALib.analyze import morris as analysis
from SALib.sample import morris

from sim.evidence.patterns import CALIBRATION, load_patterns
from sim.experiments.progress import progress_bar
from sim.experiments.unmeasured import unmeasured
from sim.experiments.workplace import Workplace
from sim.results.pool_engine import PoolEngine
from sim.results.store import open_store
from sim.studies.calibration.calibration import FREE
from sim.studies.calibration.design import Laboratory
from sim.studies.calibration.fit import silent_reasons

SHOWN = 24


def main() -> None:
    """Print the parameters in order, those of the default list marked."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--trajectories", type=int, default=6)
    asked.add_argument("--workers", type=int, default=None)
    asked.add_argument("--store", type=Path, default=None)
    given = asked.parse_args()
    patterns, ranges = (
        [one for one in load_patterns()[0] if one.use == CALIBRATION and one.measurable],
        unmeasured(),
    )
    problem = {"num_vars": len(ranges), "names": list(ranges), "bounds": [[0.0, 1.0]] * len(ranges)}
    points = np.asarray(morris.sample(problem, given.trajectories, seed=1))
    with open_store(given.store) as store, progress_bar() as report:
        place = Workplace(PoolEngine(given.workers), store, progress=report)
        lab = Laboratory(patterns, ranges, workplace=place)
        sets = lab.run(points)
    score, used = np.zeros(len(ranges)), []
    for pattern, why, column in zip(patterns, silent_reasons(sets), sets.values.T, strict=True):
        if why:
            continue
        # where a statistic has no value its median says least
        filled = np.where(np.isnan(column), np.nanmedian(column), column)
        score += (
            np.asarray(analysis.analyze(problem, points, filled, num_levels=4, seed=1)["mu_star"])
            / filled.std()
        )
        used.append(pattern.name)
    print(f"{len(ranges)} parameters, {len(points)} sets, {len(used)} patterns: {', '.join(used)}")
    for place in np.argsort(-score)[:SHOWN]:
        key = list(ranges)[place]
        print(f"{key:40s} {score[place]:6.2f}  {'fitted by default' if key in FREE else ''}")


if __name__ == "__main__":
    main()
