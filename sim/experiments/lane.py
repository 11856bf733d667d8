"""A worker process with its own Pebble pool around it: one run at a time, with a time limit, replaced when it dies.

One pool for each worker, and not one pool of many: the workers of a Pebble pool share a pipe and its locks, so that one that
is killed at the wrong moment (while it takes a task, or between two) stalls or breaks the pool for all the others.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as RunTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from sim.experiments.cell import Cell
from sim.experiments.engine import Failure, Packed, Work, attempt
from sim.experiments.worker import start_worker, threads_of_one

Attempted = tuple[Packed | None, Failure | None, float]


class Lane:
    """One worker process."""

    def __init__(self, work: Work, timeout: float, start_method: str, with_thread: bool = True) -> None:
        """The process starts with the first run. See `start_worker` for `with_thread`."""
        self.work, self.timeout, self.start_method, self.with_thread = (
            work,
            timeout,
            start_method,
            with_thread,
        )
        self.pool: ProcessPool | None = None

    def send(self, cell: Cell, then: Callable[[Attempted], None]) -> None:
        """Begin a run; `then` is called with its outcome, in another thread. One run at a time."""
        try:
            future = self._schedule(cell)
        except RuntimeError:
            # the worker died while it had nothing to do, and its pool with it: nobody's fault
            self.stop()
            future = self._schedule(cell)
        future.add_done_callback(lambda done: then(self._outcome(done)))

    def carry_out(self, cell: Cell) -> Attempted:
        """Carry out a run and wait for its outcome."""
        try:
            return self._outcome(self._schedule(cell))
        except RuntimeError:
            self.stop()
            return self._outcome(self._schedule(cell))

    def _schedule(self, cell: Cell) -> ProcessFuture[Attempted]:
        if self.pool is None:
            self.pool = self._new_pool()
        return self.pool.schedule(attempt, args=[self.work, cell.for_worker()], timeout=self.timeout)

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
            return None, Failure("timeout", f"took longer than {self.timeout:g} seconds"), self.timeout
        except ProcessExpired as error:
            return None, Failure("died", f"its worker process ended (exit code {error.exitcode})"), 0.0
        except (BrokenProcessPool, CancelledError) as error:
            return None, Failure("died", f"its worker process ended ({error})"), 0.0

    def stop(self) -> None:
        """End the worker, whatever it does; the next run starts another."""
        stop_all([self])


def stop_all(lanes: Sequence[Lane]) -> None:
    """End the workers of all lanes, together rather than one after the other.

    A forked worker holds copies of the pipes of the workers that were there before it. A pool whose worker was ended in the
    middle of a message waits until every copy is closed: until the other workers have ended too. So none is waited for first.
    """
    pools = [lane.pool for lane in lanes if lane.pool is not None]
    for pool in pools:
        pool.stop()
    joining = [threading.Thread(target=pool.join, daemon=True) for pool in pools]
    for thread in joining:
        thread.start()
    for thread in joining:
        thread.join()
    for lane in lanes:
        lane.pool = None
