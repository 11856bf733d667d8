"""One task of a SLURM job array, and the files by which it and its driver know of each other.

A folder for each job array, on a disk that the driver and all nodes see:

    job.json      who carries out what: the keys of the runs of every task, and the version of the model
    0001.json     what task 1 is to do: scenarios, seeds, time limit
    0001.runs     what came of it so far: a line of JSON a thing that happened; only the task writes it
    1.log         what SLURM and the task printed
    job.sh task.py   what SLURM starts

Tasks never open the store: its ledger is one SQLite file, which processes on several machines must not write.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import ATTEMPTS, Failure, Packed, PlannedRun, execute_packed
from sim.results.files import replace_text
from sim.results.history import Leg
from sim.scenario import Scenario, to_data
from sim.text import kept, language, message, use_language


def version() -> str:
    """Model and summary that a run's result depends on, as a store names them."""
    return f"{model_source_hash()}-{summary_source_hash()}"


def orders_file(folder: Path, task: int) -> Path:
    """What a task is to do."""
    return folder / f"{task:04d}.json"


def journal_file(folder: Path, task: int) -> Path:
    """What came of it."""
    return folder / f"{task:04d}.runs"


# what a task is to do


class Order(NamedTuple):
    """A run that a task is to carry out, and how often it was tried before."""

    planned_run: PlannedRun
    tried: int


def write_orders(folder: Path, task: int, orders: Sequence[Order], timeout: float) -> None:
    """Write what a task is to do: every scenario once, as its resolved data. Raises OSError."""
    scenarios: dict[str, Any] = {}
    earlier: dict[str, Any] = {}
    kept_in: dict[str, str] = {}
    for order in orders:
        planned_run = order.planned_run
        name = planned_run.scenario_hash
        if name not in scenarios:
            light = planned_run.for_worker()
            scenarios[name] = to_data(light.scenario)
            if light.legs:
                earlier[name] = [[to_data(leg.scenario), leg.until] for leg in light.legs]
            if light.kept_in is not None:
                kept_in[name] = str(light.kept_in.absolute())
    told = {
        "version": version(),
        "language": language(),
        "timeout": timeout,
        "scenarios": scenarios,
        "earlier": earlier,
        "kept_in": kept_in,
        "runs": [[planned_run.scenario_hash, planned_run.seed, tried] for planned_run, tried in orders],
    }
    replace_text(orders_file(folder, task), json.dumps(told, ensure_ascii=False))


def orders_of(told: Mapping[str, Any]) -> Iterator[Order]:
    """The runs of a task. ValueError if a scenario is not what its hash says."""
    known: dict[str, PlannedRun] = {}
    for name, seed, tried in told["runs"]:
        if name not in known:
            legs = tuple(
                Leg(Scenario.model_validate(one), until)
                for one, until in told.get("earlier", {}).get(name, ())
            )
            folder = told.get("kept_in", {}).get(name)
            known[name] = PlannedRun(
                Scenario.model_validate(told["scenarios"][name]),
                seed,
                legs=legs,
                kept_in=Path(folder) if folder else None,
            )
            if known[name].scenario_hash != name:
                raise ValueError(f"the scenario read is not the one that was written ({name[:12]})")
        yield Order(replace(known[name], seed=seed), tried)


# what came of it


@dataclass(frozen=True)
class Outcome:
    """What a task says of one run that is over."""

    key: str
    packed: Packed | None
    failure: Failure | None
    attempts: int
    seconds: float


class Journal:
    """What a task has written so far: `outcomes` by key, `begun` times by key, `refused`
    (host, version), `ended`.

    A line that is torn or damaged is as if it were not there: its run counts as begun and not ended.
    """

    def __init__(self, file: Path) -> None:
        """Nothing is read yet."""
        self.file = file
        self.begun: dict[str, int] = {}
        self.over: set[str] = set()
        self.refused: tuple[str, str] | None = None
        self.ended = False
        self._read = 0

    @property
    def is_empty(self) -> bool:
        """Whether the task has not said anything."""
        return self._read == 0

    def unfinished(self) -> dict[str, int]:
        """How often each run was begun that has no outcome."""
        return {key: times for key, times in self.begun.items() if key not in self.over}

    def news(self) -> list[Outcome]:
        """The outcomes that were written since this was last asked."""
        try:
            with open(self.file, "rb") as file:
                file.seek(self._read)
                text = file.read()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        return [found for line in whole.splitlines() if (found := self._take(line)) is not None]

    def _take(self, line: bytes) -> Outcome | None:
        try:
            said = json.loads(line)
            if "begun" in said:
                self.begun[said["begun"]] = self.begun.get(said["begun"], 0) + 1
            elif "refused" in said:
                self.refused = (str(said["host"]), str(said["refused"]))
            elif "ended" in said:
                self.ended = True
            else:
                outcome = _outcome(said)
                self.over.add(outcome.key)
                return outcome
        except (ValueError, KeyError, TypeError):
            pass
        return None


def _outcome(said: Mapping[str, Any]) -> Outcome:
    """ValueError if the result is damaged."""
    packed = failure = None
    if "failure" in said:
        kind, why, text = said["failure"]
        failure = Failure(kind, kept.read(why), text)
    else:
        payload = base64.b64decode(said["payload"], validate=True)
        if hashlib.sha256(payload).hexdigest() != said["sha256"]:
            raise ValueError("a result was damaged on its way")
        packed = Packed(payload, said["digest"])
    return Outcome(said["run"], packed, failure, said["attempts"], said["seconds"])


class _Writer:
    """Writes the journal of a task, each line to the disk before anything else is done."""

    def __init__(self, file: Path) -> None:
        # SLURM may start a task again, after its node failed: what it wrote before stays, a torn line ends
        # here
        torn = file.exists() and not file.read_bytes().endswith(b"\n")
        self.file = open(file, "ab")  # noqa: SIM115 - as long as the process
        if torn:
            self.file.write(b"\n")

    def write(self, **said: Any) -> None:
        self.file.write(json.dumps(said, ensure_ascii=False).encode("utf-8") + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def over(
        self, key: str, packed: Packed | None, failure: Failure | None, attempts: int, seconds: float
    ) -> None:
        about: dict[str, Any] = {"run": key, "attempts": attempts, "seconds": seconds}
        if packed is not None:
            about |= {
                "digest": packed.digest,
                "sha256": hashlib.sha256(packed.payload).hexdigest(),
                "payload": base64.b64encode(packed.payload).decode("ascii"),
            }
        elif failure is not None:
            about["failure"] = [failure.kind, kept.written(failure.message), failure.traceback]
        self.write(**about)


# the task

TASK = "SLURM_ARRAY_TASK_ID"


def carry_out(folder: Path, task: int) -> int:
    """Carry out the runs of a task that have no outcome yet; returns the exit code: 0, or 1 for
    another version of the model."""
    told = json.loads(orders_file(folder, task).read_text(encoding="utf-8"))
    use_language(told["language"])
    before = Journal(journal_file(folder, task))
    before.news()
    writer = _Writer(before.file)
    if told["version"] != version():
        writer.write(refused=version(), host=socket.gethostname())
        return 1
    _run_all(told, before, writer)
    writer.write(ended=True)
    return 0


def _run_all(told: Mapping[str, Any], before: Journal, writer: _Writer) -> None:
    from sim.results.pool_engine import WorkerProcess
    from sim.results.processes import import_all
    from sim.runner import warm_up

    warm_up()
    import_all()
    # A process of its own for the runs: one that hangs or dies costs itself, and the others of this task go
    # on.
    worker = WorkerProcess(execute_packed, told["timeout"], "fork")
    try:
        for planned_run, tried in orders_of(told):
            if planned_run.key not in before.over:
                _run_one(worker, planned_run, tried + before.begun.get(planned_run.key, 0), writer)
    finally:
        worker.stop()


def _run_one(worker: Any, planned_run: PlannedRun, tried: int, writer: _Writer) -> None:
    """Carry out one run, which was tried so often before."""
    packed: Packed | None = None
    # what is said of one that took the whole task with it each time
    failure: Failure | None = Failure("died", message("engine.task_ended"))
    seconds = 0.0
    while packed is None and tried < ATTEMPTS:
        tried += 1
        writer.write(begun=planned_run.key)
        packed, failure, seconds = worker.carry_out(planned_run)
    writer.over(planned_run.key, packed, failure, tried, seconds)


def main(folder: str) -> int:
    """What `task.py` of a job's folder calls: carry out the task that SLURM says this is."""
    return carry_out(Path(folder), int(os.environ[TASK]))
