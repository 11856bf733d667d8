"""Where the runs of an experiment are carried out and over what, all that every experiment is told alike, as
one object; and carrying them out there: those that the store has are not run again, those that fail are
set aside, and nothing is lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypedDict

from sim.arguments import finite, refused
from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, as_ensemble
from sim.experiments.intervals import LEVEL
from sim.experiments.progress import Phases, Progress, Report
from sim.problems import path_of
from sim.results.claims import carry_out_or_wait
from sim.results.engines import DEFAULT_TIMEOUT, Engine, Finished, InProcess, PlannedRun
from sim.results.processes import hold_interrupts
from sim.results.store import FailedRun, Store, open_store
from sim.results.summary import RunSummary
from sim.scenario import Scenario
from sim.size import check_run, check_workers, largest, workers_that_fit
from sim.text import language, message


class Keywords(TypedDict, total=False):
    """The fields of a Workplace as keyword arguments of an experiment; None is as if it were not given."""

    engine: Engine | None
    store: Store | Path | str | None
    timeout: float | None
    progress: Report | bool | None
    ensemble: Ensemble | str | Path | None
    level: float | None


@dataclass(frozen=True)
class Workplace:
    """Where and how the runs of an experiment are carried out, over which parameters, and
    how sure its intervals are.

    engine: what carries out the runs; default a pool of worker processes, one for each core that there is
    memory for.
    store: where runs are kept and looked for, itself or its folder; default the common store (see
    `open_store`).
    timeout: longest time for one run, seconds; default that of the study where there is one, else
    DEFAULT_TIMEOUT.
    progress: a function that is told how far a series of runs is (see `progress_bar`); True for a bar, False
    for none.
    ensemble: itself, its name or its CSV file: replication r has its member r, so that ranges contain the
    uncertainty of parameters too; what a scenario sets itself stays. level: of intervals,
    between 0 and 1; default LEVEL.

    Raises StudyError for another level. Every experiment takes a `workplace`, and these fields as keywords,
    which win over it; one that has no use for a field refuses it.
    """

    engine: Engine | None = None
    store: Store | Path | str | None = None
    timeout: float | None = None
    progress: Report | bool | None = None
    ensemble: Ensemble | str | Path | None = None
    level: float | None = None

    def __post_init__(self) -> None:
        if self.level is not None:
            finite("level", self.level)
        if self.timeout is not None:
            finite("timeout", self.timeout)
        if not (self.engine is None or callable(getattr(self.engine, "run", None))):
            raise refused("engine", self.engine, message("allowed.object", name="Engine"))
        if not (self.store is None or isinstance(self.store, Store)):
            path_of(self.store, "store", StudyError)
        if not (self.progress is None or isinstance(self.progress, bool) or callable(self.progress)):
            raise refused("progress", self.progress, message("allowed.progress"))
        if self.level is not None and not 0 < self.level < 1:
            allowed = message("allowed.level")
            raise StudyError(
                message("problem.instead", place="level", found=f"{self.level:g}", allowed=allowed)
            )

    @property
    def interval_level(self) -> float:
        """The level of intervals."""
        return LEVEL if self.level is None else self.level

    @property
    def seconds(self) -> float:
        """The longest time for one run."""
        return DEFAULT_TIMEOUT if self.timeout is None else self.timeout

    def members(self) -> Ensemble | None:
        """The ensemble, read from its file if only that is known; None for none. StudyError
        where it cannot be read."""
        return as_ensemble(self.ensemble)

    def open_store(self) -> Store:
        """The store, opened if only its folder is known."""
        return self.store if isinstance(self.store, Store) else open_store(self.store)

    def opened(self) -> Workplace:
        """The same with its store open, so that an experiment of several series opens it once."""
        return replace(self, store=self.open_store())

    @contextmanager
    def shown(self, lang: str | None = None) -> Iterator[Report | None]:
        """What is told how far a series of runs is: the function, a bar while this lasts (in the
        language given), or None."""
        if self.progress is not True:
            yield self.progress or None
            return
        from sim.experiments.progress import progress_bar

        with progress_bar(lang or language()) as report:
            yield report


NAMES = tuple(field.name for field in fields(Workplace))


def workplace_of(
    experiment: str, workplace: Workplace | None, at: Keywords, unused: Sequence[str] = ()
) -> Workplace:
    """The workplace of an experiment that was given one, keywords, both or neither.

    `unused`: fields that the experiment has no use for. StudyError where one of them is given: passed over in
    silence, it would leave a reader with another number than was asked for. TypeError for a
    keyword that there is not.
    """
    for name in at:
        if name not in NAMES:
            raise TypeError(f"{experiment}() got an unexpected keyword argument {name!r}")
    if not (workplace is None or isinstance(workplace, Workplace)):
        raise refused("workplace", workplace, message("allowed.object", name=Workplace.__name__))
    given = {name: value for name, value in at.items() if value is not None}
    merged = replace(workplace or Workplace(), **given)  # type: ignore[arg-type]  # the values of Keywords, by name
    for name in unused:
        given_value = getattr(merged, name)
        if given_value is not None:
            where = message("problem.at", file=experiment, key=name)
            allowed = message("workplace.unused")
            raise StudyError(
                message("problem.instead", place=where, found=_told(given_value), allowed=allowed)
            )
    return merged


def _told(value: object) -> str:
    """A field as an error says it."""
    if isinstance(value, Ensemble):
        return value.name
    return str(value.folder if isinstance(value, Store) else value)


# carrying out many runs

DONE, FAILED = "done", "failed"


class RunResults:
    """The results of a series of planned runs, read from the store when asked for, so that memory
    does not grow with their number.

    Iterating gives (planned run, summary) in the order in which they were planned and is refused while any is
    missing: a mean over the runs that happened to succeed is not the mean that was asked for.
    `available()` gives those that exist.
    """

    def __init__(
        self, planned_runs: Sequence[PlannedRun], keys: Sequence[str], store: Store, executed: int
    ) -> None:
        """`executed` is how many runs were carried out rather than found."""
        self.planned_runs, self.keys, self.store, self.executed = planned_runs, keys, store, executed

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[tuple[PlannedRun, RunSummary]]:
        self.require_complete()
        return self.available()

    def __getitem__(self, position: int) -> RunSummary:
        return self.store.summary(self.keys[position])

    def available(self) -> Iterator[tuple[PlannedRun, RunSummary]]:
        """(planned run, summary) of every run that succeeded, in the order of the planned runs."""
        known = self.store.statuses(self.keys)
        for position, key in enumerate(self.keys):
            if known.get(key) == DONE:
                yield self.planned_runs[position], self.store.summary(key)

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
        """SHA-256 over key and digest of every run, in the order of the planned runs;
        StudyError while any is missing."""
        self.require_complete()
        digests = self.store.digests(self.keys)
        digest = hashlib.sha256()
        for key in self.keys:
            digest.update(f"{key} {digests[key]}\n".encode("ascii"))
        return digest.hexdigest()


def run_planned(
    planned_runs: Sequence[PlannedRun],
    workplace: Workplace | None = None,
    *,
    retry_failed: bool = False,
    keys: Sequence[str] | None = None,
    biggest: Scenario | None = None,
) -> RunResults:
    """Carry out every planned run that the store does not have, and return the results of all of them.

    `workplace`: with what engine, store, time limit and progress; what ensemble there is stands in the runs
    already. Runs that were set aside before are left so unless `retry_failed`. A series that is interrupted
    has lost the runs in flight only; calling again does what is missing. `keys`, where known already, spares
    making every planned run to ask its key, and `biggest`, the scenario whose run needs most
    memory, spares looking for it.

    Raises ScenarioError or StudyError, before the first run, where there is less memory
    than the runs would need.
    """
    at = workplace or Workplace()
    store, engine = at.open_store(), at.engine
    names = list(keys) if keys is not None else [planned_run.key for planned_run in planned_runs]
    store.check_shards(names)
    known = store.statuses(names)
    settled = {DONE} if retry_failed else {DONE, FAILED}
    wanted: dict[str, int] = {}
    for position, key in enumerate(names):
        if known.get(key) not in settled:
            wanted.setdefault(key, position)
    with at.shown() as report:
        counter = _Counter(store, len(set(names)), len(wanted), report)
        if wanted:
            biggest = biggest or largest(planned_runs[position].scenario for position in wanted.values())
            engine = engine_with_room(engine, biggest, len(wanted))
        counter.report()
        if engine is not None and wanted:
            _carry_out(engine, planned_runs, wanted, known, counter, at.seconds)
    return RunResults(planned_runs, names, store, counter.ended)


class Rounds:
    """Carries planned runs out at one workplace, round after round, and remembers what they came to.

    executed: runs carried out rather than found, all rounds together.
    """

    def __init__(self, workplace: Workplace, small: int = 0, phases: Phases | None = None) -> None:
        """`small`: rounds of at most so many runs are carried out in this process where no engine is asked
        for. `phases`: what is told how far a piece of work of several phases is,
        instead of how far each round is.
        """
        self.workplace, self.small, self.phases = workplace, small, phases
        self.executed, self.digests = 0, list[str]()

    def begin(self, phase: str, runs: int) -> None:
        """The rounds that follow are of a phase, and so many runs in all."""
        if self.phases is not None:
            self.phases.begin(phase, runs)

    def __call__(self, planned_runs: list[PlannedRun]) -> RunResults:
        """What became of these planned runs. StudyError if a run has no result."""
        workplace = self.workplace
        if self.phases is not None:
            workplace = replace(workplace, progress=self.phases.round())
        if workplace.engine is None and len(planned_runs) <= self.small:
            workplace = replace(
                workplace, engine=InProcess()
            )  # a pool takes longer to start than a few small runs take
        results = run_planned(planned_runs, workplace)
        self.executed += results.executed
        self.digests.append(results.digest())
        return results

    def digest(self) -> str:
        """SHA-256 over the digests of all rounds, in their order."""
        return hashlib.sha256("".join(self.digests).encode("ascii")).hexdigest()


def engine_with_room(engine: Engine | None, biggest: Scenario | None, runs: int) -> Engine:
    """The engine, or for None a pool of as many workers as there are cores, runs and room for them.

    ScenarioError or StudyError where this machine has not the memory that its runs, of which `biggest` needs
    most, would take; a cluster has memory of its own.
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


def _carry_out(
    engine: Engine,
    planned_runs: Sequence[PlannedRun],
    wanted: Mapping[str, int],
    known: Mapping[str, str],
    counter: _Counter,
    timeout: float,
) -> None:
    """Carry out the wanted planned runs (positions by key); what another driver has in hand is waited for.

    `known`: the status of those that were tried before.
    """

    def ended(keys: Sequence[str]) -> list[str]:
        now = counter.store.statuses(keys)
        return [key for key, status in now.items() if status == DONE or status != known.get(key)]

    def run(keys: Sequence[str]) -> None:
        try:
            engine.run((planned_runs[wanted[key]] for key in keys), counter.done, timeout)
        finally:
            # also after Ctrl-C: what has ended is kept
            with hold_interrupts():
                counter.store.commit()

    carry_out_or_wait(counter.store, list(wanted), ended, run, counter.left_to_others)


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

    def left_to_others(self, runs: int) -> None:
        """So many runs are in the hands of other drivers; what is neither there nor
        carried out here is stored."""
        stored = self.total - self.ended - runs
        if stored > self.stored:
            self.stored = stored
            self.report()

    def report(self) -> None:
        if self.progress is not None:
            self.progress(Progress(self.total, self.stored, self.ended, self.failed))
