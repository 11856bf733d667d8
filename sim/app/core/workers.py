"""Work for all participants: a few worker processes with time limits, a shared store of
results, and a bounded queue."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError
from concurrent.futures import TimeoutError as RunTimeout
from typing import Any, Protocol

from pebble import ProcessExpired, ProcessPool

from sim.app.core.affordable import Limits
from sim.app.core.runs import Result, prepare, simulate
from sim.errors import EngineError, EstateError
from sim.scenario import Scenario, content_hash
from sim.text import message


class Busy(EstateError):
    """The queue is full: the participant is asked to try again shortly."""


class Kept(Protocol):
    """What can be kept: anything that says how much memory it takes."""

    @property
    def size(self) -> int:
        """Bytes, roughly."""


class Store:
    """What was made, by key; the one unused for longest goes first when all weigh too much together."""

    def __init__(self, most_bytes: int) -> None:
        """`most_bytes` bounds the results kept; the newest is kept in any case."""
        self.most_bytes = most_bytes
        self.bytes = 0
        self._results: OrderedDict[str, Any] = OrderedDict()

    def get(self, key: str) -> Any:
        """What was made for a key; None if it is no longer there."""
        if key in self._results:
            self._results.move_to_end(key)
        return self._results.get(key)

    def put(self, key: str, result: Kept) -> None:
        """Keep a result."""
        if key in self._results:
            return
        self._results[key] = result
        self.bytes += result.size
        while self.bytes > self.most_bytes and len(self._results) > 1:
            _, gone = self._results.popitem(last=False)
            self.bytes -= gone.size

    def __len__(self) -> int:
        return len(self._results)


class Workers:
    """The worker processes. A worker that dies or takes too long is replaced, and
    only the one who asked is told."""

    def __init__(self, limits: Limits, count: int | None = None) -> None:
        """`count`: worker processes (default: one for each core, up to four). They
        start when first needed."""
        self.limits = limits
        self.count = count or max(1, min(4, os.cpu_count() or 1))
        self.store = Store(limits.results_bytes)
        self.waiting = 0
        self._pool: ProcessPool | None = None
        self._running: dict[str, asyncio.Task[Any]] = {}

    def start(self) -> None:
        """Compile once here (workers that compile at the same time would all do the same
        work), then start the workers."""
        if self._pool is None:
            self._pool = ProcessPool(
                self.count, initializer=prepare, context=multiprocessing.get_context("spawn")
            )
            self._pool.schedule(int)  # the pool starts its workers when it first gets work

    @property
    def ready(self) -> bool:
        """Whether a run has come back already: the first waits for the workers to start."""
        return len(self.store) > 0

    def stop(self) -> None:
        """End all workers at once."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    async def run(self, scenario: Scenario) -> tuple[str, Result]:
        """The key and the result of a scenario; who asks for the same at the same time shares one run."""
        key = content_hash(scenario)
        result: Result = await self.once(key, simulate, scenario)
        return key, result

    async def once(self, key: str, work: Callable[..., Any], *given: Any) -> Any:
        """What `work` makes (it must be `Kept`), made once for all who ask for this key, and kept."""
        kept = self.store.get(key)
        if kept is not None:
            return kept
        if key not in self._running:
            task = asyncio.ensure_future(self.call(work, *given))
            self._running[key] = task
            task.add_done_callback(lambda done: self._over(key, done))
        # one who leaves must not take the work away from the others who wait for it
        result = await asyncio.shield(self._running[key])
        self.store.put(key, result)
        return result

    def _over(self, key: str, task: asyncio.Future[Any]) -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # who waited was told of it; asyncio prints what nobody waited for to the end

    async def call(self, work: Callable[..., Any], *given: Any, seconds: float | None = None) -> Any:
        """Let a worker do something. Busy if too much is waiting, EngineError if it took
        too long or its worker died."""
        if self.waiting >= self.limits.waiting:
            raise Busy(message("app.busy"))
        self.start()
        assert self._pool is not None
        self.waiting += 1
        limit = seconds or self.limits.run_seconds
        try:
            future = self._pool.schedule(work, args=given, timeout=limit)
            return await asyncio.wrap_future(future)
        except RunTimeout:
            raise EngineError(message("run.too_long", limit=f"{limit:g}")) from None
        except (ProcessExpired, BrokenExecutor, CancelledError) as error:
            raise EngineError(message("run.worker_ended", error=error)) from None
        finally:
            self.waiting -= 1
