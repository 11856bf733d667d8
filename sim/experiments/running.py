"""Carry out many runs: those that the store has are not run again, those that fail are set aside, and nothing is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sim.errors import StudyError
from sim.experiments.progress import Progress, Report
from sim.experiments.workplace import Workplace
from sim.results.engines import Cell, Engine, Finished, InProcess
from sim.results.processes import hold_interrupts
from sim.results.store import FailedRun, Store
from sim.results.summary import RunSummary
from sim.scenario import Scenario
from sim.size import check_run, check_workers, largest, workers_that_fit
from sim.text import message

DONE, FAILED = "done", "failed"


class CellResults:
    """The results of a series of cells, read from the store when asked for, so that memory does not grow with their number.

    Iterating gives (cell, summary) in the order of the cells and is refused while any is missing: a mean over the runs
    that happened to succeed is not the mean that was asked for. `available()` gives those that exist.
    """

    def __init__(self, cells: Sequence[Cell], keys: Sequence[str], store: Store, executed: int) -> None:
        """`executed` is how many runs were carried out rather than found."""
        self.cells, self.keys, self.store, self.executed = cells, keys, store, executed

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[tuple[Cell, RunSummary]]:
        self.require_complete()
        return self.available()

    def __getitem__(self, position: int) -> RunSummary:
        return self.store.summary(self.keys[position])

    def available(self) -> Iterator[tuple[Cell, RunSummary]]:
        """(cell, summary) of every run that succeeded, in the order of the cells."""
        known = self.store.statuses(self.keys)
        for position, key in enumerate(self.keys):
            if known.get(key) == DONE:
                yield self.cells[position], self.store.summary(key)

    @property
    def failures(self) -> list[FailedRun]:
        """The runs that were set aside."""
        return self.store.failures(self.keys)

    @property
    def missing(self) -> int:
        """How many runs have no result."""
        known = self.store.statuses(self.keys)
        return sum(known.get(key) != DONE for key in self.keys)

    def require_complete(self) -> None:
        """StudyError, naming the first failure, if any run has no result."""
        missing = self.missing
        if missing:
            failed = self.failures
            of: dict[str, Any] = {"missing": f"{missing:,}", "all": f"{len(self):,}"}
            if not failed:
                raise StudyError(message("runs.missing", **of))
            first = failed[0].describe()
            raise StudyError(message("runs.missing_why", failed=f"{len(failed):,}", first=first, **of))

    def digest(self) -> str:
        """SHA-256 over key and digest of every run, in the order of the cells; StudyError while any is missing."""
        self.require_complete()
        digests = self.store.digests(self.keys)
        made = hashlib.sha256()
        for key in self.keys:
            made.update(f"{key} {digests[key]}\n".encode("ascii"))
        return made.hexdigest()


def run_cells(
    cells: Sequence[Cell],
    workplace: Workplace | None = None,
    *,
    retry_failed: bool = False,
    keys: Sequence[str] | None = None,
    biggest: Scenario | None = None,
) -> CellResults:
    """Carry out every cell that the store does not have, and return the results of all of them.

    `workplace`: with what engine, store, time limit and progress; what ensemble there is stands in the cells already.
    Runs that were set aside before are left so unless `retry_failed`. A series that is interrupted has lost the runs in
    flight only; calling again does what is missing. `keys`, where known already, spares making every cell to ask its key, and
    `biggest`, the scenario whose run needs most memory, spares looking for it.

    Raises ScenarioError or StudyError, before the first run, where there is less memory than the runs would need.
    """
    at = workplace or Workplace()
    place, engine = at.open_store(), at.engine
    names = list(keys) if keys is not None else [cell.key for cell in cells]
    place.check_shards(names)
    known = place.statuses(names)
    settled = {DONE} if retry_failed else {DONE, FAILED}
    wanted: dict[str, int] = {}
    for position, key in enumerate(names):
        if known.get(key) not in settled:
            wanted.setdefault(key, position)
    with at.shown() as report:
        counter = _Counter(place, len(set(names)), len(wanted), report)
        if wanted:
            biggest = biggest or largest(cells[position].scenario for position in wanted.values())
            engine = engine_with_room(engine, biggest, len(wanted))
        counter.report()
        if engine is not None and wanted:
            _carry_out(engine, (cells[position] for position in wanted.values()), counter, at.seconds)
    return CellResults(cells, names, place, counter.ended)


class Rounds:
    """Runs cells at one workplace, round after round, and remembers what they came to.

    executed: runs carried out rather than found, all rounds together.
    """

    def __init__(self, workplace: Workplace, small: int = 0) -> None:
        """`small`: rounds of at most so many runs are carried out in this process where no engine is asked for."""
        self.workplace, self.small = workplace, small
        self.executed, self.digests = 0, list[str]()

    def __call__(self, cells: list[Cell]) -> CellResults:
        """What became of these cells. StudyError if a run has no result."""
        place = self.workplace
        if place.engine is None and len(cells) <= self.small:
            place = replace(
                place, engine=InProcess()
            )  # a pool takes longer to start than a few small runs take
        results = run_cells(cells, place)
        self.executed += results.executed
        self.digests.append(results.digest())
        return results

    def digest(self) -> str:
        """SHA-256 over the digests of all rounds, in their order."""
        return hashlib.sha256("".join(self.digests).encode("ascii")).hexdigest()


def engine_with_room(engine: Engine | None, biggest: Scenario | None, runs: int) -> Engine:
    """The engine, or for None a pool of as many workers as there are cores, runs and room for them.

    ScenarioError or StudyError where this machine has not the memory that its runs, of which `biggest` needs most, would take;
    a cluster has memory of its own.
    """
    from sim.results.pool_engine import PoolEngine

    if biggest is None:
        return engine or PoolEngine(most=runs)
    if engine is None:
        return PoolEngine(most=min(runs, workers_that_fit(biggest)))
    if isinstance(engine, PoolEngine):
        check_workers(biggest, min(engine.workers, runs))
    elif isinstance(engine, InProcess):
        check_run(biggest)
    return engine


def _carry_out(engine: Engine, cells: Iterator[Cell], counter: _Counter, timeout: float) -> None:
    try:
        engine.run(cells, counter.done, timeout)
    finally:
        # also after Ctrl-C: what has ended is kept
        with hold_interrupts():
            counter.store.commit()


class _Counter:
    """Puts every run that ends into the store and tells how far the series is."""

    def __init__(self, store: Store, total: int, wanted: int, progress: Report | None) -> None:
        self.store, self.total, self.stored, self.progress = store, total, total - wanted, progress
        self.ended = self.failed = 0

    def done(self, finished: Finished) -> None:
        with hold_interrupts():
            self.store.put(finished)
        self.ended += 1
        self.failed += finished.failure is not None
        self.report()

    def report(self) -> None:
        if self.progress is not None:
            self.progress(Progress(self.total, self.stored, self.ended, self.failed))
