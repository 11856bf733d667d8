"""A run of a small city, the kind that sweeps are made of, and where its time goes.

100 estates × 300 owners × 120 months: building the city, simulating, and the run's summary (the city table).
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import interleaved, keep, median, show, world

import sim
import sim.model.month.step as step
import sim.model.start.start as start
from sim.mesa_city import City
from sim.results import Run

PHASES = ("reset_levers", "open_month", "bill", "payment_pass", "serve_estates", "owners_pass", "close_month")
BUILDING = (
    "to_record",
    "draw_estates",
    "draw_companies",
    "assign_estates",
    "_committees",
    "_government",
    "_accounts",
    "first_service",
    "draw_owners",
    "sum_up_estates",
    "_opening_money",
)


def whole_run(scenario: sim.Scenario) -> None:
    """What a sweep does for one point: run, then the city's summary."""
    sim.run(scenario, threads=1).city  # noqa: B018  (the table is made when asked for)


def parts(scenario: sim.Scenario, repeats: int) -> dict[str, float]:
    """Milliseconds of building, simulating and summing up (median)."""
    values: dict[str, list[float]] = {"build": [], "months": [], "summary": []}
    for _ in range(repeats):
        t0 = time.perf_counter()
        with City(scenario, threads=1) as city:
            t1 = time.perf_counter()
            city.run()
            t2 = time.perf_counter()
            Run.from_city(city).city  # noqa: B018
            t3 = time.perf_counter()
        for name, seconds in zip(values, (t1 - t0, t2 - t1, t3 - t2), strict=True):
            values[name].append(1000 * seconds)
    return {name: median(times) for name, times in values.items()}


class Stopwatch:
    """Adds up the time spent in named functions of a module while it is on."""

    def __init__(self, module: Any, names: tuple[str, ...]) -> None:
        """Names that the module does not have are passed over."""
        self.module, self.spent, self.saved = module, {}, {}
        for name in names:
            if hasattr(module, name):
                self.saved[name] = getattr(module, name)
                self.spent[name] = 0.0

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **keywords: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*arguments, **keywords)
            finally:
                self.spent[name] += time.perf_counter() - begun

        return timed

    def __enter__(self) -> Stopwatch:
        for name, function in self.saved.items():
            setattr(self.module, name, self._timed(name, function))
        return self

    def __exit__(self, *_: object) -> None:
        for name, function in self.saved.items():
            setattr(self.module, name, function)


def breakdown(scenario: sim.Scenario, repeats: int) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds a run in each phase, and in each part of the building (the stopwatch itself
    costs about 0.1 µs a call)."""
    with Stopwatch(step, PHASES) as months, Stopwatch(start, BUILDING) as building:
        for _ in range(repeats):
            with City(scenario, threads=1) as city:
                city.run()
    scale = 1000 / repeats
    return {k: v * scale for k, v in months.spent.items()}, {k: v * scale for k, v in building.spent.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--estates", type=int, default=100)
    parser.add_argument("--owners", type=int, default=300, help="owners of an estate (mean)")
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=15)
    asked = parser.parse_args()
    scenario = world(asked.estates, asked.estates * asked.owners, asked.months)
    whole_run(scenario)  # compiles
    seconds = interleaved({"run": functools.partial(whole_run, scenario)}, asked.repeats)["run"]
    figures: dict[str, Any] = {"run_ms": 1000 * median(seconds), "best_ms": 1000 * float(np.min(seconds))}
    figures["parts_ms"] = parts(scenario, asked.repeats)
    figures["months_ms"], figures["building_ms"] = breakdown(scenario, max(3, asked.repeats // 3))
    title = f"{asked.estates} estates × {asked.owners} owners × {asked.months} months: milliseconds"
    show(
        title, ("", "ms"), [("a whole run after the first", figures["run_ms"]), ("best", figures["best_ms"])]
    )
    show("parts", ("", "ms"), list(figures["parts_ms"].items()))
    for name in ("months_ms", "building_ms"):
        rows = sorted(figures[name].items(), key=lambda item: -item[1])
        show(name.replace("_ms", "") + ", inside", ("", "ms"), rows)
    keep("small_city", figures)


if __name__ == "__main__":
    main()
