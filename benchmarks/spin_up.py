"""What spinning up costs: processor time of a month before month 0, as a ratio to a month of the run, and of
a whole run of ten years with five years of spinning up, as a ratio to one without.

Cities are drawn, spun up and stepped in turns in one process, on one thread.
"""

from __future__ import annotations

import argparse
import functools
import time

from common import interleaved, keep, median, show, world

from sim.model.engine import Engine
from sim.scenario import Scenario, with_overrides

ESTATE_SIZE = 500
SPUN, RUN = 60, 120


def whole(scenario: Scenario, months: int) -> None:
    """Draw a city, spin it up if it says so, and simulate months of it."""
    Engine(scenario, threads=1).run(months)


def measure(owners: int, repeats: int) -> dict[str, float]:
    """The two ratios for a city of so many owners."""
    plain = world(max(1, owners // ESTATE_SIZE), owners, months=RUN)
    spun = with_overrides(plain, {"spin_up": SPUN})
    tasks = {
        "drawn": functools.partial(whole, plain, 0),
        "spun": functools.partial(whole, spun, 0),
        "stepped": functools.partial(whole, plain, SPUN),
        "run": functools.partial(whole, plain, RUN),
        "spun_run": functools.partial(whole, spun, RUN),
    }
    interleaved(tasks, 1)  # compiles, and fills the caches
    seconds = {name: median(s) for name, s in interleaved(tasks, repeats, time.process_time).items()}
    return {
        "month": (seconds["spun"] - seconds["drawn"]) / (seconds["stepped"] - seconds["drawn"]),
        "run": seconds["spun_run"] / seconds["run"],
    }


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--owners", type=int, nargs="+", default=[3_000, 30_000, 300_000])
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    figures = {owners: measure(owners, asked.repeats) for owners in asked.owners}
    show(
        f"spinning up {SPUN} months, processor time on one thread (estates of about {ESTATE_SIZE})",
        ("owners", "month of spinning up / month of the run", f"run of {RUN} months with / without"),
        [(owners, f["month"], f["run"]) for owners, f in figures.items()],
    )
    keep("spin_up", {"ratios": figures})


if __name__ == "__main__":
    main()
