"""Where people wait: every speed that is asked for, with its bar and its aim, in one table.

What a command takes ends when it and every process that it started have ended, and its files are checked to
be there. A bar in seconds of a command holds where `python -c "import numpy, matplotlib.pyplot"` takes
YARDSTICK seconds, and is scaled by what that takes here, measured in turn with the command. `--quick` takes
the study from fewer runs, `--full` carries out all of it; `--only` measures some of the parts.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from common import FOLDER, estate, interleaved, keep, machine, measured, median, show, world

YARDSTICK = 0.8  # seconds of the import below on the machine that the bars were set for
IMPORTS = [sys.executable, "-c", "import numpy, matplotlib.pyplot"]
PARTS = ("command", "wuhan", "first", "owner", "small", "study", "worker", "help", "growth")
# What a worker does before it can take a run: its own start, what a run imports, the loops of the month.
WORKER = """
import os
from sim.results.processes import start_worker
start_worker(os.getppid(), False)
import sim.results.pool_engine, sim.model.engine, sim.results.summary
from sim.model.kernel import compiled_before
from sim.model.carried import variants_of
if not variants_of("sim.model.month.owner_passes.owners_pass"):
    import sim
    sim.warm_up()
"""
MILLION = 1_000_000


class Line(NamedTuple):
    """One row of the table: what was measured (None: not asked for), its bar and its aim, in this unit.

    `scaled`: whether bar and aim are seconds of a command, which hold for a machine of YARDSTICK.
    """

    what: str
    now: float | None
    bar: float | None
    aim: float | None
    unit: str
    scaled: bool = False
    processor: float | None = None


class Timed(NamedTuple):
    """One command: wall seconds to the words waited for (NaN where none were) and to the end of all of its
    processes, and their processor seconds."""

    first: float
    wall: float
    processor: float


def timed(command: Sequence[str], words: str = "", environment: Mapping[str, str] | None = None) -> Timed:
    """Run a command to the end of every process that holds its output open. RuntimeError if it fails or never
    prints the words."""
    with tempfile.TemporaryFile("w+") as complaints:
        before = os.times()
        begun = time.perf_counter()
        first = float("nan")
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if words and first != first and words in line:
                    first = time.perf_counter() - begun
        wall = time.perf_counter() - begun
        after = os.times()
        if process.returncode or (words and first != first):
            complaints.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {complaints.read()[-2000:]}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Timed(first, wall, used)


def the_run(folder: str, *options: str, environment: Mapping[str, str] | None = None) -> Timed:
    """`estate run vicious_cycle` until everything that it promises is on disk."""
    from sim.charts import drawable
    from sim.text import in_language, say

    out = Path(folder) / f"run-{time.monotonic_ns()}"
    with in_language("en"):
        words = say("run.stages")  # the table after the outcomes, which are then all on screen
    found = timed(
        estate("run", "vicious_cycle", "--lang", "en", "--out", str(out), *options), words, environment
    )
    wanted = [out / "manifest.json", *(out / "charts" / f"{name}.png" for name in drawable("run"))]
    missing = [str(path) for path in wanted if not path.exists()]
    if missing:
        raise RuntimeError(f"not written: {', '.join(missing)}")
    return found


def command_lines(repeats: int) -> tuple[list[Line], float]:
    """`estate run vicious_cycle`, in turn with the yardstick; and what this takes."""
    runs: list[Timed] = []
    yardsticks: list[Timed] = []
    with tempfile.TemporaryDirectory() as folder:
        the_run(folder)
        for _ in range(repeats):
            runs.append(the_run(folder))
            yardsticks.append(timed(IMPORTS))
    wall = median([run.wall for run in runs])
    used = median([run.processor for run in runs])
    yardstick = median([one.wall for one in yardsticks])
    pairs = list(zip(runs, yardsticks, strict=True))
    ratio = median([run.wall / one.wall for run, one in pairs])
    processor = median([run.processor / one.processor for run, one in pairs])
    first = median([run.first for run in runs])
    return [
        Line("estate run vicious_cycle, warm, charts and tables written", wall, 4, 2, "s", True, used),
        Line("the same, over the import of numpy and pyplot", ratio, 4, 2.5, "times", processor=processor),
        Line("first result on screen (table of outcomes)", first, 2, 1.2, "s", True),
    ], yardstick


def wuhan_lines() -> list[Line]:
    """The whole of Wuhan, end to end."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(estate("run", "wuhan", "--out", str(Path(folder) / "run")))
    title = "whole Wuhan, 120 months, end to end"
    return [
        Line(title, found["wall"], 11, 8, "s", True, found["processor"]),
        Line("the same, largest process", found["peak_mib"], None, None, "MiB"),
    ]


def first_lines(repeats: int) -> list[Line]:
    """The first run ever, over a warm one: nothing kept by this package or by matplotlib, and everything to
    be compiled."""
    over: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(repeats):
            place = Path(folder) / str(number)
            empty = {"ESTATE_CACHE_DIR": str(place / "kept"), "MPLCONFIGDIR": str(place / "matplotlib")}
            new = the_run(folder, environment=empty).wall
            over.append(new - the_run(folder).wall)
        compiling = {"ESTATE_CACHE_DIR": str(Path(folder) / "compiled"), "ESTATE_COMPILE": "1"}
        cold, warm = (the_run(folder, environment=compiling) for _ in range(2))
    return [
        Line("first run ever, over a warm one: carried kernels", median(over), 1, 0, "s", True),
        Line(
            "first run ever, over a warm one: compiling",
            cold.wall - warm.wall,
            28,
            None,
            "s",
            True,
            cold.processor - warm.processor,
        ),
    ]


def bare_pass(owners: Any, fixed: Sequence[bool]) -> None:
    """Every column of the owners once: what never changes is read, what does is read and written back."""
    for column, constant in zip(owners, fixed, strict=True):
        words = column.view(f"u{column.itemsize}")
        if constant:
            words.max()
        else:
            np.bitwise_xor(words, 1, out=words)


def owner_lines(sizes: Sequence[int], repeats: int) -> list[Line]:
    """What an owner-month takes on one thread, over a bare pass over the columns of owners, in processor
    seconds."""
    from sim.model.engine import Engine
    from sim.model.state.owners import OWNER_FIELDS

    lines, costs = [], {}
    bars = {100_000: (3.5, 2.5), 1_000_000: (1.7, 1.4)}
    for size in sizes:
        months = max(2, 4 * MILLION // size)
        scenario = world(max(1, size // 500), size, months=min(1200, (repeats + 1) * months))
        with Engine(scenario, threads=1, record=False) as city:

            def some_months(city: Engine = city, months: int = months) -> None:
                for _ in range(months):
                    city.step()

            copies = [np.array(column) for column in city.state.owners]
            fixed = [field.fixed for field in OWNER_FIELDS]

            def passes(copies: Any = copies, fixed: Any = fixed, months: int = months) -> None:
                for _ in range(months):
                    bare_pass(copies, fixed)

            tasks: dict[str, Callable[[], object]] = {"month": some_months, "pass": passes}
            interleaved(tasks, 1)
            seconds = interleaved(tasks, repeats, time.process_time)
        ratio = median([m / p for m, p in zip(seconds["month"], seconds["pass"], strict=True)])
        costs[size] = 1e9 * median(seconds["month"]) / (size * months)
        if size in bars:
            bar, aim = bars[size]
            title = f"owner-month of {size:,} owners, one thread, over the bare pass"
            lines.append(Line(title, ratio, bar, aim, "times"))
            lines.append(Line("the same, alone", costs[size], None, None, "ns"))
    spread = max(costs.values()) / min(costs.values())
    named = " and ".join(f"{size:,}" for size in (min(sizes), max(sizes)))
    lines.append(
        Line(f"an owner-month between {named} owners, dearest over cheapest", spread, 1.25, None, "times")
    )
    return lines


def small_lines(repeats: int) -> list[Line]:
    """A whole run of a small city as a study carries it out, without measures and with four."""
    import sim
    from sim.results.engines import execute_packed, planned_runs_of
    from sim.scenario.overrides import with_programmes

    bare = sim.load("small_city")
    measures = sim.load("package").interventions[:4]
    four = with_programmes(bare, *measures)
    work = {
        name: functools.partial(execute_packed, planned_runs_of(one, [1])[0])
        for name, one in (("without", bare), ("with", four))
    }
    interleaved(work, 2)
    seconds = interleaved(work, repeats, time.process_time)
    return [
        Line("small city, whole run in a study, no measure", 1000 * median(seconds["without"]), 45, 25, "ms"),
        Line("small city, whole run in a study, four measures", 1000 * median(seconds["with"]), 70, 40, "ms"),
    ]


def study_lines(runs: int) -> list[Line]:
    """A study of small cities on two workers, and what it leaves, taken from so many runs."""
    from study_growth import measured as study

    found = study(runs, 2, after=True)
    of = 10_000 / runs
    grown = (found["driver_mib"] - found["driver_mib_early"]) / runs
    title = "study of 10,000 small cities, 2 workers" + (f" (from {runs:,})" if of > 1.01 else "")
    return [
        Line(title, found["seconds"] * of, 240, 120, "s", processor=found["all_seconds"] * of),
        Line("driver of a study, processor time a run", found["driver_ms_a_run"], 1, 0.3, "ms"),
        Line(
            "study of 100,000: driver's memory, extrapolated",
            found["driver_mib"] + grown * (100_000 - runs),
            1024,
            None,
            "MiB",
        ),
        Line("stored bytes a run", found["kib_a_run"], 5, None, "KiB"),
        Line("study of 100,000: opening it, extrapolated", found["open_s"] * 100_000, 10, None, "s"),
        Line(
            "study of 100,000: exporting it as CSV, extrapolated",
            found["export_s"] * 100_000,
            10,
            None,
            "s",
        ),
    ]


def process_lines(parts: Sequence[str], repeats: int) -> list[Line]:
    """What short processes take: a worker until it can take a run, and the command's help."""
    asked = {
        "worker": ("worker ready (warm)", [sys.executable, "-c", WORKER], 0.6, 0.4),
        "help": ("estate --help", estate("--help"), 0.3, 0.2),
    }
    tasks = {name: one for name, one in asked.items() if name in parts}
    found: dict[str, list[Timed]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, (_, command, _, _) in tasks.items():
            found[name].append(timed(command))
    return [
        Line(
            title,
            median([one.wall for one in found[name]]),
            bar,
            aim,
            "s",
            True,
            median([one.processor for one in found[name]]),
        )
        for name, (title, _, bar, aim) in tasks.items()
    ]


def growth_lines(repeats: int) -> list[Line]:
    """Cost against months, runs and workers, as a multiple of what is linear."""
    from study_growth import measured as study

    import sim
    from sim.results.engines import execute_packed, planned_runs_of

    lengths = (60, 120, 240)
    small = sim.load("small_city")
    tasks: dict[str, Callable[[], object]] = {
        str(months): functools.partial(
            execute_packed, planned_runs_of(small.model_copy(update={"months": months}), [1])[0]
        )
        for months in lengths
    }
    interleaved(tasks, 1)
    seconds = interleaved(tasks, repeats, time.process_time)
    a_month = [median(seconds[str(months)]) / months for months in lengths]
    few, many, alone = study(100, 2), study(300, 2), study(100, 1)

    def a_run(row: Mapping[str, Any]) -> float:
        return float(row["all_seconds"] / row["runs"])

    def over(values: Sequence[float]) -> float:
        return max(values) / min(values)

    return [
        Line("a month of 60 to 240, dearest over cheapest", over(a_month), 1.25, None, "times"),
        Line(
            "processor time a run of 100 and of 300, dearest over cheapest",
            over([a_run(few), a_run(many)]),
            1.25,
            None,
            "times",
        ),
        Line(
            "processor time a run on 1 and on 2 workers, dearest over cheapest",
            over([a_run(alone), a_run(few)]),
            1.25,
            None,
            "times",
        ),
    ]


def table(lines: Sequence[Line], yardstick: float) -> None:
    """Print every line with its bar and aim as they are here, and whether the bar is met."""
    scale = yardstick / YARDSTICK

    def here(line: Line, value: float | None) -> Any:
        return "" if value is None else float(value * (scale if line.scaled else 1))

    rows = []
    for line in lines:
        bar = here(line, line.bar)
        met = "" if bar == "" or line.now is None else "yes" if line.now <= bar else "no"
        processor = "" if line.processor is None else line.processor
        rows.append((line.what, line.now, bar, here(line, line.aim), line.unit, processor, met))
    show(
        f"where people wait; numpy and pyplot import in {yardstick:.2f} s here, so bars of commands are those of "
        f"the plan times {scale:.2f}",
        ("", "now", "bar here", "aim here", "unit", "processor", "met"),
        rows,
    )


def main() -> None:
    """Measure, print, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="the study from 400 runs, fewer repeats")
    size.add_argument("--full", action="store_true", help="the whole study of 10,000 runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="only these parts")
    asked = parser.parse_args()
    repeats = 3 if asked.quick else 5
    runs = 9_980 if asked.full else 400 if asked.quick else 1_980
    FOLDER.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    parts: dict[str, Callable[[], list[Line]]] = {
        "wuhan": wuhan_lines,
        "first": functools.partial(first_lines, 2),
        "owner": functools.partial(owner_lines, (10_000, 100_000, MILLION), repeats),
        "small": functools.partial(small_lines, 3 * repeats),
        "study": functools.partial(study_lines, runs),
        "growth": functools.partial(growth_lines, repeats),
    }
    timed(IMPORTS)
    if "command" in asked.only:
        lines, yardstick = command_lines(repeats)
    else:
        lines, yardstick = [], median([timed(IMPORTS).wall for _ in range(repeats)])
    lines += process_lines(asked.only, repeats)
    for name, part in parts.items():
        if name in asked.only:
            print(f"{time.perf_counter() - begun:.0f} s: {name}", file=sys.stderr, flush=True)
            lines += part()
    table(lines, yardstick)
    print(f"\nmeasured in {time.perf_counter() - begun:.0f} s, {json.dumps(machine())}")
    keep("waiting", {"yardstick": yardstick, "lines": [line._asdict() for line in lines]})


if __name__ == "__main__":
    main()
