"""The engine of a cluster: Dask distributed. Every Dask worker keeps processes of its own for the runs, so
that a run that hangs or kills its process costs one run and never the Dask worker."""

from __future__ import annotations

import multiprocessing
import os
import queue
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from sim.errors import EngineError
from sim.fingerprint import model_source_hash
from sim.results.engines import ATTEMPTS, DEFAULT_TIMEOUT, Failure, Finished, PlannedRun, Work, execute_packed
from sim.results.pool_engine import Attempted, WorkerProcess, stop_all
from sim.results.processes import check_guard, threads_of_one
from sim.text import message
from sim.text.system import reason_of

LOCAL = "local"
BATCH = 4  # runs of one Dask task: a task costs the scheduler about a millisecond
AHEAD = 2  # tasks that wait for each worker thread


class DaskEngine:
    """Runs on a Dask cluster: one that is there already, or one made here to try it."""

    def __init__(
        self,
        scheduler: str = LOCAL,
        workers: int | None = None,
        work: Work = execute_packed,
        batch: int = BATCH,
    ) -> None:
        """`scheduler`: the address of a scheduler (tcp://host:port), or "local" for `workers` Dask
        workers on this machine."""
        self.scheduler, self.workers, self.work, self.batch = scheduler, workers, work, batch

    def for_work(self, work: Work) -> DaskEngine:
        """See Engine."""
        return DaskEngine(self.scheduler, self.workers, work, self.batch)

    def run(
        self,
        planned_runs: Iterable[PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """See Engine. EngineError if there is no cluster, or its workers have
        another version of the model."""
        client, close = self._connect()
        try:
            _check_and_warm(client, self.work)
            _Feeding(client, self.work, timeout, self.batch).all(iter(planned_runs), on_done)
        finally:
            with suppress(Exception):  # on the way out the cluster may be gone already
                client.run(stop_processes)
            close()

    def _connect(self) -> tuple[Any, Callable[[], None]]:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            extra = "estate-governance-simulator[cluster]"
            raise EngineError(message("engine.no_dask", extra=extra)) from None
        if self.scheduler != LOCAL:
            try:
                client = Client(self.scheduler, timeout=20)
            except (OSError, ValueError) as error:
                raise EngineError(
                    message("engine.no_scheduler", scheduler=self.scheduler, error=reason_of(error))
                ) from None
            return client, client.close
        check_guard()  # a local cluster spawns its workers everywhere
        with threads_of_one():
            number = self.workers or os.cpu_count() or 1
            cluster = LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address=None)
        client = Client(cluster)

        def close() -> None:
            client.close()
            cluster.close()

        return client, close


def _check_and_warm(client: Any, work: Work) -> None:
    """Refuse workers of another version, and compile once on every machine before its workers start."""
    client.wait_for_workers(1, timeout=60)
    for worker, model_hash in client.run(model_source_hash).items():
        if model_hash != model_source_hash():
            raise EngineError(
                message("engine.other_model", worker=worker, found=model_hash, here=model_source_hash())
            )
    if work is execute_packed:
        from sim.runner import warm_up

        hosts = {
            info["host"]: address for address, info in client.scheduler_info(n_workers=-1)["workers"].items()
        }
        for task in [client.submit(warm_up, workers=[address], pure=False) for address in hosts.values()]:
            task.result()


class _Feeding:
    """Keeps the cluster supplied with batches of planned runs, and tries again what fails."""

    def __init__(self, client: Any, work: Work, timeout: float, batch: int) -> None:
        self.client, self.work, self.timeout, self.batch = client, work, timeout, batch
        self.ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.flying: dict[Any, tuple[list[PlannedRun], int]] = {}

    def all(self, planned_runs: Iterator[PlannedRun], on_done: Callable[[Finished], None]) -> None:
        try:
            while batch := list(islice(planned_runs, self.batch)):
                self._send(batch, 1)
                while len(self.flying) >= self._window():
                    self._one(on_done)
            while self.flying:
                self._one(on_done)
        finally:
            self.client.cancel(list(self.flying))

    def _window(self) -> int:
        threads = sum(self.client.nthreads().values())  # workers may come and go
        return int(max(1, threads) * (1 + AHEAD))

    def _send(self, planned_runs: list[PlannedRun], number: int) -> None:
        light = [planned_run.for_worker() for planned_run in planned_runs]
        task = self.client.submit(carry_out, self.work, light, self.timeout, pure=False)
        self.flying[task] = (planned_runs, number)
        task.add_done_callback(self.ended.put)

    def _one(self, on_done: Callable[[Finished], None]) -> None:
        """Take one batch that has ended; what failed in it is sent out again, alone."""
        task = self.ended.get()
        planned_runs, number = self.flying.pop(task)
        for planned_run, (packed, failure, seconds) in zip(
            planned_runs, self._result(task, len(planned_runs)), strict=True
        ):
            if failure is not None and number < ATTEMPTS:
                self._send([planned_run], number + 1)
            else:
                on_done(Finished(planned_run, packed, failure, number, seconds))

    def _result(self, task: Any, number: int) -> list[Attempted]:
        error = task.exception() if task.status == "error" else None
        if error is None and task.status == "finished":
            return list(task.result())
        what = (
            message("engine.worker_lost", error=f"{type(error).__name__}: {error}")
            if error
            else message("engine.task_was", status=task.status)
        )
        return [(None, Failure("died", what), 0.0)] * number


# in a Dask worker

_WORKERS: queue.SimpleQueue[WorkerProcess] = (
    queue.SimpleQueue()
)  # those of this Dask worker that have nothing to do


def carry_out(work: Work, planned_runs: list[PlannedRun], timeout: float) -> list[Attempted]:
    """Carry out runs one after the other in a process beside this Dask worker, each with its time limit."""
    # Dask marks its workers as daemons, which may have no children. These end with the Dask worker: see
    # start_worker
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    try:
        worker = _WORKERS.get_nowait()
        worker.work, worker.timeout = work, timeout
    except queue.Empty:
        # not "fork": a Dask worker has many threads, and those that start processes may end before them
        worker = WorkerProcess(work, timeout, "spawn", with_thread=False)
    try:
        return [worker.carry_out(planned_run) for planned_run in planned_runs]
    finally:
        _WORKERS.put(worker)


def stop_processes() -> None:
    """End the processes beside this Dask worker; the next run starts new ones."""
    workers = []
    while not _WORKERS.empty():
        workers.append(_WORKERS.get())
    stop_all(workers)
