"""What the benchmarks share: worlds of a given size, interleaved repeats, a table on the screen and
JSON in results/benchmarks."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.scenario import Scenario, load, with_overrides

FOLDER = Path(__file__).resolve().parents[1] / "results" / "benchmarks"


def world(estates: int, households: int, months: int = 120) -> Scenario:
    """The default scenario with so many estates and exactly so many households, and
    companies in proportion."""
    size = {
        "city.estates": estates,
        "city.households": households,
        "companies.private": max(4, round(36 * estates / 300)),
        "companies.state_owned": max(1, round(2 * estates / 300)),
        "months": months,
    }
    return with_overrides(load("vicious_cycle"), size)


def interleaved(
    tasks: Mapping[str, Callable[[], object]],
    repeats: int,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, list[float]]:
    """Seconds of each task in every repeat; tasks take turns, so that a busy spell of the
    machine hits all of them. `time.process_time` as `clock` counts processor seconds of this process."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            begun = clock()
            task()
            seconds[name].append(clock() - begun)
    return seconds


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; numbers with three significant digits."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(header))]
    print(f"\n{title}")
    for line in cells:
        print(
            "  ".join(
                text.ljust(width) if i == 0 else text.rjust(width)
                for i, (text, width) in enumerate(zip(line, widths, strict=True))
            )
        )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Write the figures, and on what they were measured, to results/benchmarks/NAME.json."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=2) + "\n")
    print(f"\nwritten to {path}")


def machine() -> dict[str, Any]:
    """Processor count, load at the moment, and versions."""
    import mesa
    import numba
    import numpy

    return {
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "processor": platform.processor() or platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "numba": numba.__version__,
        "mesa": mesa.__version__,
    }


def measured(command: Sequence[str], extra_environment: Mapping[str, str] | None = None) -> dict[str, float]:
    """Wall and processor seconds and peak memory (MiB) of one command run in a process of
    its own; an error if it fails.

    Memory is read from the process's own peak, NaN on Windows.
    """
    code = (
        "import subprocess, sys, json, time\n"
        "begun = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL)\n"
        "wall = time.perf_counter() - begun\n"
        "try:\n"
        "    import resource\n"
        "    used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "    unit = 2**20 if sys.platform == 'darwin' else 2**10\n"
        "    facts = dict(processor=used.ru_utime + used.ru_stime, peak_mib=used.ru_maxrss / unit)\n"
        "except ImportError:\n"
        "    facts = dict(processor=float('nan'), peak_mib=float('nan'))\n"
        "open(sys.argv[1], 'w').write(json.dumps(dict(wall=wall, **facts)))\n"
        "sys.exit(done.returncode)\n"
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    answer = FOLDER / f".measured-{os.getpid()}.json"
    environment = os.environ | dict(extra_environment or {})
    try:
        subprocess.run([sys.executable, "-c", code, str(answer), *command], check=True, env=environment)
        figures: dict[str, float] = json.loads(answer.read_text())
        return figures
    finally:
        answer.unlink(missing_ok=True)


def estate(*arguments: str) -> list[str]:
    """The command line of `estate` with this Python."""
    return [sys.executable, "-m", "sim", *arguments]
