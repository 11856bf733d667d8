"""What a study costs as it grows: runs, worker processes, and a Dask cluster of several worker processes.

Runs of scenarios/studies/benchmark_rate.toml (100 estates × 300 owners × 120 months), each measurement in a
driver process and a store of its own. The cluster is a `dask scheduler` and `dask worker` processes, and the
driver is given the scheduler's address. Driver memory is its own peak: it should not grow with the runs.
`--full` adds the whole study of 10,000 runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common import keep, show

if TYPE_CHECKING:
    from sim.experiments.plan import Plan

STUDY = "benchmark_rate"
UNIT = 2**20 if sys.platform == "darwin" else 2**10  # of ru_maxrss
WARM = 20  # runs before the clock starts: workers have then started and read the compiled kernels


def _first(runs: int) -> Plan:
    """The study as if it had only the points of its first runs."""
    from sim.experiments.plan import plan_study

    plan = plan_study(STUDY)
    plan.points = plan.points[: -(-runs // plan.study.replications)]
    return plan


def drive(runs: int, workers: int, address: str, after: bool = False) -> dict[str, float]:
    """Carry out the first runs of the study here and say what that took; `after`: also what reading them
    again from their store takes, and writing them as CSV."""
    from sim.experiments.workplace import Progress, Workplace, run_planned
    from sim.results.dask_engine import DaskEngine
    from sim.results.pool_engine import PoolEngine
    from sim.results.store import open_store
    from sim.runner import warm_up

    warm_up()
    plan = _first(WARM + runs)
    planned_runs, keys = [plan[i] for i in range(WARM + runs)], plan.keys[: WARM + runs]
    memory: list[float] = []
    clock: list[float] = []

    def report(progress: Progress) -> None:
        if progress.ended in (WARM, WARM + runs):
            clock.extend((time.perf_counter(), time.process_time()))
            memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT)

    engine = DaskEngine(address) if address else PoolEngine(workers)
    with tempfile.TemporaryDirectory() as folder:
        with open_store(Path(folder)) as store:
            begun = time.process_time() + _of_children()
            done = run_planned(planned_runs, Workplace(engine, store, progress=report), keys=keys)
            used = time.process_time() + _of_children() - begun
            done.require_complete()
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
        later = _read_again(plan, Path(folder)) if after else {}
    seconds, busy = clock[2] - clock[0], clock[3] - clock[1]
    return {
        "seconds": seconds,
        "runs_a_second": runs / seconds,
        "driver_ms_a_run": 1000 * busy / runs,
        "driver_mib_early": memory[0],
        "driver_mib": memory[1],
        "kib_a_run": size / 2**10 / len(planned_runs),
        "all_seconds": used * runs / len(planned_runs),
        **later,
    }


def _of_children() -> float:
    """Processor seconds of processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_again(plan: Plan, folder: Path) -> dict[str, float]:
    """Seconds a run until the outcomes of a study are read from its store, and for everything of its first
    hundred runs to be written as CSV."""
    from sim.experiments.workplace import RunResults
    from sim.results.store import open_store
    from sim.studies.study.study import StudyResult
    from sim.studies.study.work import export

    begun = time.perf_counter()
    with open_store(folder) as store:
        result = StudyResult(plan, RunResults(plan, plan.keys, store, 0))
        result.table(plan.study.outcomes)
        open_s = (time.perf_counter() - begun) / len(plan)
        plan = _first(100)
        result = StudyResult(plan, RunResults(plan, plan.keys, store, 0))
        begun = time.perf_counter()
        export(result, "csv", folder / "exported")
    return {"open_s": open_s, "export_s": (time.perf_counter() - begun) / len(plan)}


def measured(runs: int, workers: int, address: str = "", after: bool = False) -> dict[str, Any]:
    """The same in a driver process of its own."""
    command = [
        sys.executable,
        __file__,
        "--drive",
        str(runs),
        "--workers",
        str(workers),
        "--address",
        address,
        *(["--after"] if after else []),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {"engine": "dask" if address else "pebble", "workers": workers, "runs": runs} | json.loads(
        done.stdout.splitlines()[-1]
    )


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """A scheduler and so many worker processes on this machine; yields the scheduler's address."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        file = Path(folder) / "scheduler.json"
        one_thread = os.environ | dict.fromkeys(
            ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
        )
        common = ["--scheduler-file", str(file), "--no-dashboard"]

        def start(*words: str) -> None:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *common],
                env=one_thread,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            ends.callback(process.wait)
            ends.callback(os.killpg, process.pid, signal.SIGTERM)

        start("scheduler", "--port", "0", "--host", "127.0.0.1")
        until = time.monotonic() + 60
        while not file.exists():
            if time.monotonic() > until:
                raise RuntimeError("the Dask scheduler did not start")
            time.sleep(0.2)
        for _ in range(workers):
            start("worker", "--nthreads", "1")
        yield str(json.loads(file.read_text())["address"])


def growth(sizes: Sequence[int], dask_sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Every measurement: runs with two workers, then one, then clusters of one and of two."""
    rows = [measured(runs, 2) for runs in sizes]
    rows += [measured(runs, 1) for runs in dask_sizes]
    if importlib.util.find_spec("distributed") is None:
        print("Dask is not installed (extra: cluster), so no cluster is measured", file=sys.stderr)
        return rows
    for workers in (1, 2):
        with cluster(workers) as address:
            rows += [measured(runs, workers, address) for runs in dask_sizes]
    return rows


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--runs", type=int, nargs="+", default=[100, 300, 1000, 3000], help="sizes with two workers"
    )
    parser.add_argument(
        "--few", type=int, nargs="+", default=[100, 300], help="sizes with one worker and on clusters"
    )
    parser.add_argument("--full", action="store_true", help="also the whole study, nearly 10,000 runs")
    parser.add_argument("--drive", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=2, help=argparse.SUPPRESS)
    parser.add_argument("--address", default="", help=argparse.SUPPRESS)
    parser.add_argument("--after", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drive:
        print(json.dumps(drive(asked.drive, asked.workers, asked.address, asked.after)))
        return
    rows = growth([*asked.runs, *([10_000 - WARM] if asked.full else [])], asked.few)
    show("a study of small cities as it grows", list(rows[0]), [list(row.values()) for row in rows])
    keep("study_growth", {"measurements": rows})


if __name__ == "__main__":
    main()
