"""The engine of one machine: worker processes, one run at a time each, with a time limit for every
run, replaced when they die.

One Pebble pool for each worker, and not one pool of many: the workers of a Pebble pool share a pipe and its
locks, so that one that is killed at the wrong moment (while it takes a task, or between two) stalls or
breaks the pool for all the others.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as RunTimeout
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from sim.results.engines import (
    ATTEMPTS,
    DEFAULT_TIMEOUT,
    Failure,
    Finished,
    Packed,
    PlannedRun,
    Work,
    attempt,
    execute_packed,
)
from sim.results.processes import (
    SPAWN,
    Held,
    check_guard,
    hold_interrupts,
    import_all,
    start_worker,
    threads_of_one,
)
from sim.text import message

Attempted = tuple[Packed | None, Failure | None, float]


class WorkerProcess:
    """One worker process and the pool that holds only it."""

    def __init__(self, work: Work, timeout: float, start_method: str, with_thread: bool = True) -> None:
        """The process starts with the first run. See `start_worker` for `with_thread`."""
        self.work, self.timeout, self.start_method, self.with_thread = (
            work,
            timeout,
            start_method,
            with_thread,
        )
        self.pool: ProcessPool | None = None

    def send(self, planned_run: PlannedRun, then: Callable[[Attempted], None]) -> None:
        """Begin a run; `then` is called with its outcome, in another thread. One run at a time."""
        try:
            future = self._schedule(planned_run)
        except RuntimeError:
            # the worker died while it had nothing to do, and its pool with it: nobody's fault
            self.stop()
            future = self._schedule(planned_run)
        future.add_done_callback(lambda done: then(self._outcome(done)))

    def carry_out(self, planned_run: PlannedRun) -> Attempted:
        """Carry out a run and wait for its outcome."""
        try:
            return self._outcome(self._schedule(planned_run))
        except RuntimeError:
            self.stop()
            return self._outcome(self._schedule(planned_run))

    def _schedule(self, planned_run: PlannedRun) -> ProcessFuture[Attempted]:
        if self.pool is None:
            self.pool = self._new_pool()
        return self.pool.schedule(attempt, args=[self.work, planned_run.for_worker()], timeout=self.timeout)

    def _new_pool(self) -> ProcessPool:
        with threads_of_one():
            pool = ProcessPool(
                max_workers=1,
                initializer=start_worker,
                initargs=(os.getpid(), self.with_thread),
                context=multiprocessing.get_context(self.start_method),
            )
            assert pool.active  # asking starts the process: now, while the environment says one thread
        return pool

    def _outcome(self, future: Any) -> Attempted:
        """What a future holds, with a time-out or the death of the worker as a Failure."""
        try:
            packed, failure, seconds = future.result()
            return packed, failure, seconds
        except RunTimeout:
            return (
                None,
                Failure("timeout", message("engine.took_longer", seconds=f"{self.timeout:g}")),
                self.timeout,
            )
        except ProcessExpired as error:
            return None, Failure("died", message("engine.worker_exit", code=error.exitcode)), 0.0
        except (BrokenProcessPool, CancelledError) as error:
            return None, Failure("died", message("engine.worker_ended", error=error)), 0.0

    def stop(self) -> None:
        """End the worker, whatever it does; the next run starts another."""
        stop_all([self])


def stop_all(workers: Sequence[WorkerProcess]) -> None:
    """End worker processes together, rather than one after the other.

    A forked worker holds copies of the pipes of the workers that were there before it. A pool whose worker
    was ended in the middle of a message waits until every copy is closed: until the other workers have
    ended too. So none is waited for first.
    """
    pools = [worker.pool for worker in workers if worker.pool is not None]
    for pool in pools:
        pool.stop()
    joining = [threading.Thread(target=pool.join, daemon=True) for pool in pools]
    for thread in joining:
        thread.start()
    for thread in joining:
        thread.join()
    for worker in workers:
        worker.pool = None


# the engine


class PoolEngine:
    """Worker processes on this machine."""

    def __init__(
        self,
        workers: int | None = None,
        work: Work = execute_packed,
        start_method: str | None = None,
        most: int | None = None,
    ) -> None:
        """`workers`: default one for each core, and never more than `most`. `work` carries out one run.

        `start_method`: "fork" where there is one (workers start in milliseconds with everything compiled and
        imported, and a script needs no `if __name__ == "__main__"`), else "spawn".
        """
        self.workers = max(1, min(workers or cores(), most or workers or cores()))
        self.work = work
        self.start_method = start_method or ("fork" if sys.platform == "linux" else SPAWN)

    def for_work(self, work: Work) -> PoolEngine:
        """See Engine. Compiles the model first: a pool does so itself only for the work of a study."""
        if self.start_method == SPAWN:
            check_guard()
        from sim.runner import warm_up

        warm_up()
        return PoolEngine(self.workers, work, self.start_method)

    def run(
        self,
        planned_runs: Iterable[PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """See Engine. EngineError, at once, for a script whose spawned workers would run it again."""
        if self.start_method == SPAWN:
            check_guard()
        if self.work is execute_packed:
            from sim.runner import warm_up

            warm_up()  # workers that compile at the same time would all do the same work, and race for the cache
        import_all()  # once here rather than in every worker that is forked
        workers = [WorkerProcess(self.work, timeout, self.start_method) for _ in range(self.workers)]
        feeding = _Feeding(workers)
        with hold_interrupts(wake=feeding.wake) as held:
            try:
                feeding.all(iter(planned_runs), on_done, held)
            finally:
                stop_all(workers)


class _Feeding:
    """Keeps workers supplied, and tries again what fails."""

    def __init__(self, workers: list[WorkerProcess]) -> None:
        self.workers = workers
        self.ended: queue.SimpleQueue[tuple[WorkerProcess, PlannedRun, int, Attempted] | None] = (
            queue.SimpleQueue()
        )

    def wake(self) -> None:
        """End the wait for a run. Safe in a signal handler."""
        self.ended.put(None)

    def all(
        self, planned_runs: Iterator[PlannedRun], on_done: Callable[[Finished], None], held: Held
    ) -> None:
        """Carry out every planned run. KeyboardInterrupt, between two runs of the driver's own
        work, if `held` has one."""
        ahead = next(planned_runs, None)
        flying = 0
        for worker in self.workers:
            if ahead is not None:
                self._send(worker, ahead, 1)
                flying, ahead = flying + 1, next(planned_runs, None)
        while flying:
            ended = self.ended.get()
            held.check()
            if ended is None:
                continue
            worker, planned_run, number, (packed, failure, seconds) = ended
            if failure is not None and number < ATTEMPTS:
                self._send(worker, planned_run, number + 1)
                continue
            # the worker gets its next run first, so that it works while the driver writes and makes the one
            # after
            if ahead is not None:
                self._send(worker, ahead, 1)
            else:
                flying -= 1
            on_done(Finished(planned_run, packed, failure, number, seconds))
            ahead = next(planned_runs, None) if ahead is not None else None

    def _send(self, worker: WorkerProcess, planned_run: PlannedRun, number: int) -> None:
        worker.send(planned_run, partial(self._ended, worker, planned_run, number))

    def _ended(
        self, worker: WorkerProcess, planned_run: PlannedRun, number: int, attempted: Attempted
    ) -> None:
        self.ended.put((worker, planned_run, number, attempted))


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
