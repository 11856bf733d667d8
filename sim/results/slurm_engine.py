"""The engine of a cluster under SLURM: a job array whose tasks each carry out some of the
runs (see slurm_task.py).

The driver writes and submits the array, reads what the tasks write, and hands it on; only the driver has the
store open. An array goes on when its driver ends: the next driver takes up what was finished, waits for
what is under way, and submits the rest.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from sim.cache import VARIABLE
from sim.errors import EngineError
from sim.results.engines import (
    ATTEMPTS,
    DEFAULT_TIMEOUT,
    Engine,
    Failure,
    Finished,
    PlannedRun,
    Work,
    execute_packed,
)
from sim.results.files import replace_text
from sim.results.processes import hold_interrupts
from sim.results.slurm_task import Journal, Order, Outcome, journal_file, version, write_orders
from sim.text import Message, message

MOST_TASKS = 200  # of an array unless more are asked for: sites bound how many a user may have
RUNS_OF_TASK = 10  # at least, where there are so many: starting Python takes as long as some runs do
AT_ONCE = 20_000  # runs of one array: they are held in memory until they end
POLL_SECONDS = 5.0
# What a node wrote is seen late on a shared disk; and for so long a queue that does not answer is asked
# again.
GRACE_SECONDS = 90.0
SILENCE_SECONDS = 900.0
OURS = ("--job-name", "-J", "--array", "-a", "--chdir", "-D", "--output", "-o", "--error", "-e", "--wrap")
TIME_LIMIT = "TIME LIMIT"  # what SLURM writes into the log of a task that it ends for that


class SlurmEngine:
    """Runs as job arrays of SLURM, submitted with `sbatch`."""

    def __init__(
        self,
        folder: Path | str,
        tasks: int | None = None,
        options: str = "",
        notice: Callable[[str], None] | None = None,
        poll: float = POLL_SECONDS,
    ) -> None:
        """`folder`: where job arrays have their files, on a disk that the nodes see; beside the store, so
        that the next driver finds them. `tasks`: of one array. `options`: further ones of sbatch, as on its
        command line (partition, account, time, memory). `notice` is told what was submitted (default:
        stderr). `poll`: seconds between two looks.

        EngineError for options that are not the user's to give.
        """
        self.folder, self.tasks, self.poll = Path(folder).absolute(), tasks, poll
        self.options = shlex.split(options)
        self.notice = notice or _tell
        for option in self.options:
            name = option.partition("=")[0]
            if name in OURS:
                allowed = message("engine.sbatch_options", ours=", ".join(OURS))
                raise EngineError(message("problem.instead", place="--sbatch", found=name, allowed=allowed))

    def for_work(self, work: Work) -> Engine:
        """EngineError for other work than that of a study: a task knows no other."""
        if work is not execute_packed:
            allowed = message("engine.slurm_work")
            raise EngineError(
                message(
                    "problem.instead", place="--slurm", found=message("engine.other_work"), allowed=allowed
                )
            )
        return self

    def run(
        self,
        planned_runs: Iterable[PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """See Engine, but an array that was submitted goes on where this call is interrupted.

        EngineError, before anything is written, where there is no SLURM; and where it refuses an array, its
        nodes have another version of the model, or no task of an array came as far as its first run.
        """
        for program in ("sbatch", "squeue"):
            if shutil.which(program) is None:
                found = message("engine.no_program", program=program)
                raise EngineError(
                    message(
                        "problem.instead", place="--slurm", found=found, allowed=message("engine.slurm_place")
                    )
                )
        from sim.runner import warm_up

        warm_up()  # compiled once here, where nodes of the same kind and with the same home find it
        drawn = iter(planned_runs)
        while some := list(itertools.islice(drawn, AT_ONCE)):
            _Following(self, {planned_run.key: planned_run for planned_run in some}, on_done, timeout).all()


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class _Array:
    """A job array: its folder, and what its tasks have said."""

    def __init__(self, folder: Path, tasks: Sequence[Sequence[str]]) -> None:
        """`tasks`: the keys of the runs of every task."""
        self.folder, self.tasks = folder, tasks
        self.keys = {key for task in tasks for key in task}
        self.journals = [Journal(journal_file(folder, number)) for number in range(1, len(tasks) + 1)]
        self.gone_since: float | None = None  # from when on the queue does not have it

    @property
    def name(self) -> str:
        """The name of the job; no other has it."""
        return self.folder.name

    @property
    def ended(self) -> bool:
        """Whether every task has said that it is over."""
        return all(journal.ended for journal in self.journals)

    def news(self) -> list[Outcome]:
        """What came of runs since this was last asked."""
        return [outcome for journal in self.journals for outcome in journal.news()]

    def tried(self) -> dict[str, int]:
        """How often each run was begun that has no outcome, by key."""
        return {key: times for journal in self.journals for key, times in journal.unfinished().items()}

    def task_of(self, key: str) -> int:
        """The number of the task that a run belongs to."""
        return next(number for number, keys in enumerate(self.tasks, 1) if key in keys)

    def log(self, task: int) -> str:
        """The last line that SLURM or the task printed; "" for none."""
        try:
            text = (self.folder / f"{task}.log").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")

    def check_version(self) -> None:
        """EngineError where a node has another version of the model."""
        for journal in self.journals:
            if journal.refused is not None:
                host, model_hash = journal.refused
                raise EngineError(
                    message("engine.other_model", worker=host, found=model_hash, here=version())
                )

    def remove(self) -> None:
        """Take its folder away."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _arrays_in(folder: Path) -> list[_Array]:
    """The job arrays of this version of the model that a folder has."""
    arrays = []
    for path in sorted(folder.glob("estate-*")):
        try:
            told = json.loads((path / "job.json").read_text(encoding="utf-8"))
            if told["version"] == version():
                arrays.append(_Array(path, told["tasks"]))
        except (OSError, ValueError, KeyError):
            continue  # another driver is writing it, or one ended before it was whole: nothing was submitted
    return arrays


class _Following:
    """Follows job arrays until every run that is wanted has an outcome."""

    def __init__(
        self,
        engine: SlurmEngine,
        wanted: dict[str, PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float,
    ) -> None:
        self.engine, self.wanted, self.on_done, self.timeout = engine, wanted, on_done, timeout
        self.mine = set(wanted)
        self.tried: dict[str, int] = {}  # how often a run was begun in arrays that are over
        self.followed: list[_Array] = []
        self.heard = time.monotonic()  # when the queue answered last

    def all(self) -> None:
        """Take up earlier arrays, submit what is in none, and follow them all to the end."""
        earlier = [array for array in _arrays_in(self.engine.folder) if array.keys & self.mine]
        queued = self._queued(earlier)
        for array in earlier:
            self._take(array)
            if array.name not in queued:
                self._leave(array)
            elif array.keys & self.wanted.keys():
                self.followed.append(array)
                self._say(message("engine.slurm_found", **_where(array)))
        self._submit(set(self.wanted).difference(*(array.keys for array in self.followed)))
        while self.followed:
            time.sleep(self.engine.poll)
            self._look()

    def _look(self) -> None:
        queued = self._queued(self.followed)
        for array in list(self.followed):
            self._take(array)
            array.check_version()
            if array.name not in queued and self._is_over(array):
                self._end(array)

    def _is_over(self, array: _Array) -> bool:
        """Whether nothing more can come of an array that the queue does not have."""
        now = time.monotonic()
        array.gone_since = array.gone_since or now
        return array.ended or now - array.gone_since >= GRACE_SECONDS

    def _end(self, array: _Array) -> None:
        """Try what was lost with a task again, alone or in what tasks are left; set aside
        what was lost too often."""
        self._take(array)
        self.followed.remove(array)
        lost = {key for key in array.keys if key in self.wanted}
        if lost and all(journal.is_empty for journal in array.journals):
            raise EngineError(message("engine.slurm_no_start", folder=array.folder, last=array.log(1) or "–"))
        for key, times in array.tried().items():
            if key not in lost:
                continue
            self.tried[key] = self.tried.get(key, 0) + times
            if self.tried[key] >= ATTEMPTS:
                lost.remove(key)
                self._set_aside(key, array)
        self._leave(array)
        self._submit(lost)

    def _set_aside(self, key: str, array: _Array) -> None:
        task = array.task_of(key)
        last = array.log(task)
        kind = "timeout" if TIME_LIMIT in last else "died"
        why = message("engine.array_task_lost", last=last or "–")
        self.on_done(Finished(self.wanted.pop(key), None, Failure(kind, why), self.tried[key], 0.0))

    def _take(self, array: _Array) -> None:
        """Hand on what came of the runs that are wanted."""
        for outcome in array.news():
            planned_run = self.wanted.get(outcome.key)
            if planned_run is not None:
                self.on_done(
                    Finished(planned_run, outcome.packed, outcome.failure, outcome.attempts, outcome.seconds)
                )
                del self.wanted[outcome.key]

    def _leave(self, array: _Array) -> None:
        """Take away the files of an array that is over, unless runs of another study are among its own."""
        if array.keys <= self.mine:
            array.remove()

    # SLURM

    def _submit(self, keys: set[str]) -> None:
        """Write and submit an array for these runs, in the order in which they were wanted."""
        planned_runs = [planned_run for key, planned_run in self.wanted.items() if key in keys]
        if not planned_runs:
            return
        number = self.engine.tasks or min(MOST_TASKS, math.ceil(len(planned_runs) / RUNS_OF_TASK))
        orders = [Order(planned_run, self.tried.get(planned_run.key, 0)) for planned_run in planned_runs]
        shares = _shares(orders, min(number, len(orders)))
        array = _Array(
            self.engine.folder / f"estate-{uuid.uuid4().hex[:12]}",
            [[order.planned_run.key for order in share] for share in shares],
        )
        try:
            _write(array, shares, self.timeout)
        except OSError as error:
            array.remove()
            raise EngineError(message("folder.unwritable", folder=array.folder, error=error)) from None
        with hold_interrupts():
            job = self._sbatch(array)
            self.followed.append(array)
        told = message(
            "engine.slurm_submitted", job=job, tasks=len(shares), runs=len(planned_runs), **_where(array)
        )
        self._say(told)

    def _sbatch(self, array: _Array) -> str:
        """Submit an array; returns the number of the job."""
        command = ["sbatch", "--parsable", *self.engine.options, str(array.folder / "job.sh")]
        # in a session of its own, so that Ctrl-C does not reach it half-way
        done = subprocess.run(command, capture_output=True, text=True, start_new_session=True, check=False)
        if done.returncode != 0:
            array.remove()
            raise EngineError(message("engine.slurm_refused", error=(done.stderr or done.stdout).strip()))
        return done.stdout.strip().partition(";")[0]

    def _queued(self, arrays: Sequence[_Array]) -> set[str]:
        """The names of those of these arrays that wait, run or end just now; all of them
        while the queue does not answer."""
        names = [array.name for array in arrays]
        if not names:
            return set()
        command = ["squeue", "--noheader", "--format=%j", "--name=" + ",".join(names)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        now = time.monotonic()
        if done.returncode == 0:
            self.heard = now
            return {line.strip() for line in done.stdout.splitlines()}
        if now - self.heard > SILENCE_SECONDS:
            raise EngineError(message("engine.slurm_silent", error=(done.stderr or done.stdout).strip()))
        return set(names)

    def _say(self, told: Message) -> None:
        self.engine.notice(str(told))


def _where(array: _Array) -> dict[str, Any]:
    """How an array is followed and stopped, and where its files are."""
    return {
        "follow": f"squeue --name={array.name}",
        "stop": f"scancel --name={array.name}",
        "folder": array.folder,
    }


def _shares(orders: Sequence[Order], number: int) -> list[Sequence[Order]]:
    """In so many parts, in their order, whose lengths differ by one at most: neighbours
    have a scenario in common."""
    ends = [len(orders) * part // number for part in range(number + 1)]
    return [orders[first:last] for first, last in itertools.pairwise(ends)]


def _write(array: _Array, shares: Sequence[Sequence[Order]], timeout: float) -> None:
    """Write the folder of an array; `job.json` last. Raises OSError."""
    array.folder.mkdir(parents=True)
    for number, share in enumerate(shares, 1):
        write_orders(array.folder, number, share, timeout)
    replace_text(array.folder / "task.py", _program(array.folder))
    replace_text(array.folder / "job.sh", _script(array))
    replace_text(
        array.folder / "job.json", json.dumps({"version": version(), "tasks": [list(t) for t in array.tasks]})
    )


def _program(folder: Path) -> str:
    """What a task runs: nothing of the environment of this process can be counted on there,
    so all of it is written down."""
    package = str(Path(__file__).resolve().parents[2])
    lines = ["import os", "import sys", ""]
    if VARIABLE in os.environ:
        lines.append(f"os.environ.setdefault({VARIABLE!r}, {os.environ[VARIABLE]!r})")
    lines += [
        f"if {package!r} not in sys.path:",
        f"    sys.path.insert(1, {package!r})",
        "from sim.results.slurm_task import main",
        "",
        f"sys.exit(main({str(folder)!r}))",
    ]
    return "\n".join(lines) + "\n"


def _script(array: _Array) -> str:
    """The batch script."""
    told = {
        "job-name": array.name,
        "array": f"1-{len(array.tasks)}",
        "chdir": str(array.folder),
        "output": "%a.log",
        "open-mode": "append",
        "cpus-per-task": "1",
    }
    head = [f"#SBATCH --{name}={shlex.quote(value)}" for name, value in told.items()]
    command = shlex.join([sys.executable, str(array.folder / "task.py")])
    return "\n".join(["#!/bin/sh", *head, f"exec {command}"]) + "\n"
