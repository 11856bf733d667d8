"""The engine of one machine: worker processes, one run at a time each, with a time limit for every run."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sim.experiments.cell import Cell
from sim.experiments.engine import ATTEMPTS, DEFAULT_TIMEOUT, Finished, Work, execute_packed
from sim.experiments.interrupts import Held, hold_interrupts
from sim.experiments.lane import Attempted, Lane, stop_all
from sim.experiments.main_guard import SPAWN, check_guard
from sim.experiments.worker import import_all


class PoolEngine:
    """Worker processes on this machine."""

    def __init__(
        self,
        workers: int | None = None,
        work: Work = execute_packed,
        start_method: str | None = None,
        most: int | None = None,
    ) -> None:
        """`workers`: default one for each core, and never more than `most`. `work` carries out one cell.

        `start_method`: "fork" where there is one (workers start in milliseconds with everything compiled and imported, and a
        script needs no `if __name__ == "__main__"`), else "spawn".
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
        self, cells: Iterable[Cell], on_done: Callable[[Finished], None], timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """See Engine. EngineError, at once, for a script whose spawned workers would run it again."""
        if self.start_method == SPAWN:
            check_guard()
        if self.work is execute_packed:
            from sim.runner import warm_up

            warm_up()  # workers that compile at the same time would all do the same work, and race for the cache
        import_all()  # once here rather than in every worker that is forked
        lanes = [Lane(self.work, timeout, self.start_method) for _ in range(self.workers)]
        feeding = _Feeding(lanes)
        with hold_interrupts(wake=feeding.wake) as held:
            try:
                feeding.all(iter(cells), on_done, held)
            finally:
                stop_all(lanes)


class _Feeding:
    """Keeps lanes supplied, and tries again what fails."""

    def __init__(self, lanes: list[Lane]) -> None:
        self.lanes = lanes
        self.ended: queue.SimpleQueue[tuple[Lane, Cell, int, Attempted] | None] = queue.SimpleQueue()

    def wake(self) -> None:
        """End the wait for a run. Safe in a signal handler."""
        self.ended.put(None)

    def all(self, cells: Iterator[Cell], on_done: Callable[[Finished], None], held: Held) -> None:
        """Carry out every cell. KeyboardInterrupt, between two runs of the driver's own work, if `held` has one."""
        ahead = next(cells, None)
        flying = 0
        for lane in self.lanes:
            if ahead is not None:
                self._send(lane, ahead, 1)
                flying, ahead = flying + 1, next(cells, None)
        while flying:
            ended = self.ended.get()
            held.check()
            if ended is None:
                continue
            lane, cell, number, (packed, failure, seconds) = ended
            if failure is not None and number < ATTEMPTS:
                self._send(lane, cell, number + 1)
                continue
            # the lane gets its next run first, so that it works while the driver writes and makes the one after
            if ahead is not None:
                self._send(lane, ahead, 1)
            else:
                flying -= 1
            on_done(Finished(cell, packed, failure, number, seconds))
            ahead = next(cells, None) if ahead is not None else None

    def _send(self, lane: Lane, cell: Cell, number: int) -> None:
        lane.send(cell, partial(self._ended, lane, cell, number))

    def _ended(self, lane: Lane, cell: Cell, number: int, attempted: Attempted) -> None:
        self.ended.put((lane, cell, number, attempted))


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
