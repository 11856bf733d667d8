"""The engine of one machine: Pebble worker processes, one run at a time each, with a time limit for every run."""

from __future__ import annotations

import multiprocessing
import os
import queue
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as RunTimeout
from functools import partial
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from sim.experiments.cell import Cell
from sim.experiments.engine import (
    ATTEMPTS,
    DEFAULT_TIMEOUT,
    Failure,
    Finished,
    Packed,
    Work,
    attempt,
    execute_packed,
)
from sim.experiments.worker import start_worker, threads_of_one

AHEAD = 2  # runs that wait for each worker, so that none is idle while the driver writes


class PoolEngine:
    """Worker processes on this machine."""

    def __init__(self, workers: int | None = None, work: Work = execute_packed, start_method: str | None = None,
                 most: int | None = None) -> None:  # fmt: skip
        """`workers`: default one for each core, and never more than `most`. `work` carries out one cell.

        `start_method`: "fork" where there is one (workers start in milliseconds with everything compiled and imported, and a
        script needs no `if __name__ == "__main__"`), else "spawn".
        """
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.workers = max(1, min(workers or cores, most or cores))
        self.work = work
        self.start_method = start_method or ("fork" if sys.platform == "linux" else "spawn")

    def run(self, cells: Iterable[Cell], on_done: Callable[[Finished], None], timeout: float = DEFAULT_TIMEOUT) -> None:
        """See Engine."""
        if self.work is execute_packed:
            from sim.runner import warm_up

            warm_up()  # workers that compile at the same time would all do the same work, and race for the cache
        with threads_of_one():
            pool = ProcessPool(max_workers=self.workers, initializer=start_worker, initargs=(os.getpid(),),
                               context=multiprocessing.get_context(self.start_method))  # fmt: skip
            try:
                _Feeding(pool, self.work, timeout).all(iter(cells), on_done, self.workers * (1 + AHEAD))
                pool.close()
            finally:
                pool.stop()
                pool.join()


class _Feeding:
    """Keeps a pool supplied, and tries again what fails."""

    def __init__(self, pool: ProcessPool, work: Work, timeout: float) -> None:
        self.pool, self.work, self.timeout = pool, work, timeout
        self.ended: queue.SimpleQueue[tuple[Cell, int, ProcessFuture]] = queue.SimpleQueue()

    def all(self, cells: Iterator[Cell], on_done: Callable[[Finished], None], window: int) -> None:
        flying = 0
        for cell in cells:
            self._send(cell, 1)
            flying += 1
            while flying >= window:
                flying -= self._one(on_done)
        while flying:
            flying -= self._one(on_done)

    def _send(self, cell: Cell, number: int) -> None:
        future = self.pool.schedule(attempt, args=[self.work, cell.for_worker()], timeout=self.timeout)
        future.add_done_callback(partial(self._ended, cell, number))

    def _ended(self, cell: Cell, number: int, future: ProcessFuture) -> None:
        self.ended.put((cell, number, future))

    def _one(self, on_done: Callable[[Finished], None]) -> int:
        """Take one run that has ended; 1 if it is over, 0 if it was sent out again."""
        cell, number, future = self.ended.get()
        packed, failure, seconds = outcome_of(future, self.timeout)
        if failure is not None and number < ATTEMPTS:
            self._send(cell, number + 1)
            return 0
        on_done(Finished(cell, packed, failure, number, seconds))
        return 1


def outcome_of(future: Any, timeout: float) -> tuple[Packed | None, Failure | None, float]:
    """What a Pebble future holds, with a time-out or the death of its worker as a Failure."""
    try:
        packed, failure, seconds = future.result()
        return packed, failure, seconds
    except RunTimeout:
        return None, Failure("timeout", f"took longer than {timeout:g} seconds"), timeout
    except ProcessExpired as error:
        return None, Failure("died", f"its worker process ended (exit code {error.exitcode})"), 0.0
