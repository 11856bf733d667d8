"""Does the search of `estate budget` do better than drawing packages at random, search after search?

    python benchmarks/budget_rivals.py [--repeats 12] [--trials 60] [--store FOLDER]

One search beside one series of draws says little: either may have been lucky. Here both are repeated with
other seeds of their own on the same small city, the same seeds of the city choosing and the same fresh ones
judging, and so are single measures. Printed: what the search gets out of the cycle more than the rival,
averaged over all sums up to the yearly budget; its mean over repeats with the interval, and in how many of
them it was ahead. Runs are kept in the store, so that an interrupted benchmark goes on.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

import sim
from sim.experiments.intervals import mean_interval
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.results.store import open_store

CITY = {"city.estates": 20}
ASKED = {"yearly": 5e5, "months": 36, "replications": 2, "fresh": 10, "stress": 0}


def main() -> None:
    """Repeat and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--repeats", type=int, default=12)
    asked.add_argument("--trials", type=int, default=60)
    asked.add_argument("--sampler", default="nsga2", choices=["nsga2", "tpe"])
    asked.add_argument("--store", type=Path, default=None)
    given = asked.parse_args()
    differences: dict[str, list[float]] = {}
    with open_store(given.store) as store, tempfile.TemporaryDirectory() as folder:
        for repeat in range(given.repeats):
            found = sim.budget(
                "small_city",
                trials=given.trials,
                sampler=given.sampler,
                seed=10_000 * repeat,
                overrides=CITY,
                folder=Path(folder) / str(repeat),
                workplace=Workplace(InProcess(), store),
                **ASKED,
            )
            for one in found.advantages:
                differences.setdefault(one.rival, []).append(100 * one.difference.mean)
            told = ", ".join(f"{name} {values[-1]:+.2f}" for name, values in differences.items())
            print(f"repeat {repeat + 1}: points beside {told}", flush=True)
    for name, values in differences.items():
        points = np.array(values)
        interval = mean_interval(points)
        print(
            f"beside {name}: {points.mean():+.2f} points (95 % interval of the mean {interval.low:+.2f} to "
            f"{interval.high:+.2f}); ahead in {(points > 0).sum()} of {points.size}, behind in {(points < 0).sum()}"
        )


if __name__ == "__main__":
    main()
