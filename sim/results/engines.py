"""How runs are carried out: one run with its name in the store, the interface that every engine
has, and the plain engine."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.history import Leg
from sim.results.processes import let_go
from sim.results.resuming import plans_hash, simulated
from sim.results.summary import RunSummary, pack
from sim.scenario import Scenario, content_hash
from sim.text import Message
from sim.text.kept import of_error


@dataclass(frozen=True, eq=False)
class PlannedRun:
    """A scenario and a seed. `overrides` says for readers how the scenario came
    about; no result depends on it.

    The scenario's own seed does not matter. Leave `scenario_hash` out unless it is known already
    (see `scenario_hash_of`). legs: the plans that hold before the scenario does, the oldest first; the hash
    is then of all of them. kept_in: a folder in which the city as the last of them left it is kept, so that
    runs that part there share what came before; no result depends on it.
    """

    scenario: Scenario
    seed: int
    overrides: Mapping[str, Any] = field(default_factory=dict)
    scenario_hash: str = ""
    legs: tuple[Leg, ...] = ()
    kept_in: Path | None = None

    def __post_init__(self) -> None:
        if not self.scenario_hash:
            told = plans_hash(self.legs, self.scenario) if self.legs else scenario_hash_of(self.scenario)
            object.__setattr__(self, "scenario_hash", told)

    @cached_property
    def key(self) -> str:
        """SHA-256 (64 hex digits) of the scenario's content, the seed, and the source of
        the model and of the summary."""
        return run_key_of(self.scenario_hash, self.seed)

    @property
    def run_id(self) -> str:
        """The first twelve digits of the key: what a person types."""
        return self.key[:12]

    def for_worker(self) -> PlannedRun:
        """The same planned run without what only readers need: less to send to another process."""
        legs = tuple(Leg(_for_worker(leg.scenario), leg.until) for leg in self.legs)
        light = _for_worker(self.scenario)
        return PlannedRun(light, self.seed, {}, self.scenario_hash, legs, self.kept_in)

    def overrides_json(self) -> str:
        """The overrides as one line of JSON."""
        return json.dumps(dict(self.overrides), ensure_ascii=False, default=_plain)


def _for_worker(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"figures": ()})


def scenario_hash_of(scenario: Scenario) -> str:
    """Content hash of a scenario, whatever seed it states: half a millisecond, so planned runs
    that share one pass it on."""
    return content_hash(scenario.model_copy(update={"seed": 0}))


def run_key_of(scenario_hash: str, seed: int) -> str:
    """The key of the run of a scenario (by `scenario_hash_of`) with a seed, by this
    version of model and summary."""
    text = f"{scenario_hash} {seed} {model_source_hash()} {summary_source_hash()}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def planned_runs_of(
    scenario: Scenario, seeds: Iterable[int], overrides: Mapping[str, Any] | None = None
) -> list[PlannedRun]:
    """One planned run for each seed of a scenario."""
    shared = scenario_hash_of(scenario)
    return [PlannedRun(scenario, seed, overrides or {}, shared) for seed in seeds]


def execute(planned_run: PlannedRun) -> RunSummary:
    """Carry out one run on one thread and summarise it."""
    from sim.model.engine import Engine
    from sim.results.summary import summarise

    if planned_run.legs:
        with simulated(planned_run.legs, planned_run.scenario, planned_run.seed, planned_run.kept_in) as city:
            return summarise(city)
    with Engine(planned_run.scenario, planned_run.seed, threads=1) as city:
        city.run()
        return summarise(city)


def _plain(value: Any) -> Any:
    """A NumPy number as the Python number it holds."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} in the overrides of a run")


# engines

DEFAULT_TIMEOUT = 600.0  # seconds
ATTEMPTS = 2  # a run that fails is tried once more


@dataclass(frozen=True)
class Packed:
    """What came of a run: its summary as `packing.pack` writes it, and the summary's digest."""

    payload: bytes
    digest: str


@dataclass(frozen=True)
class Failure:
    """Why a run gave nothing. `kind` is "raised", "timeout" or "died"; what this package
    says is said when it is read."""

    kind: str
    message: Message | str
    traceback: str = ""


@dataclass(frozen=True)
class Finished:
    """A run that is over: exactly one of `packed` and `failure` is there. `seconds` is the
    time of the last attempt."""

    planned_run: PlannedRun
    packed: Packed | None
    failure: Failure | None
    attempts: int
    seconds: float


Work = Callable[[PlannedRun], Packed]


class Engine(Protocol):
    """Carries out runs."""

    def run(
        self,
        planned_runs: Iterable[PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Carry out every planned run, drawn as needed, and call `on_done` in this thread for
        each, in the order they end.

        A run that raises, takes longer than `timeout` seconds or kills its worker is tried once more; after
        that its failure is handed to `on_done`, and the others go on. Whatever ends this call
        leaves no process behind.
        """

    def for_work(self, work: Work) -> Engine:
        """The same kind of engine for other work of a run than summing it up, such as
        reading statistics off it."""


def execute_packed(planned_run: PlannedRun) -> Packed:
    """Carry out a run and pack its summary."""
    summary = execute(planned_run)
    let_go()
    return Packed(pack(summary), summary.digest())


def attempt(work: Work, planned_run: PlannedRun) -> tuple[Packed | None, Failure | None, float]:
    """Try a run once; what it raises becomes a Failure (a traceback as text:
    exceptions need not be picklable)."""
    begun = time.perf_counter()
    try:
        return work(planned_run), None, time.perf_counter() - begun
    except (Exception, SystemExit) as error:
        return None, Failure("raised", of_error(error), traceback.format_exc()), time.perf_counter() - begun


class InProcess:
    """Runs one after the other in this process, for debugging: breakpoints work. It
    cannot stop a run that hangs."""

    def __init__(self, work: Work = execute_packed) -> None:
        """`work` carries out one planned run."""
        self.work = work

    def for_work(self, work: Work) -> InProcess:
        """See Engine."""
        return InProcess(work)

    def run(
        self,
        planned_runs: Iterable[PlannedRun],
        on_done: Callable[[Finished], None],
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """See Engine; `timeout` is not applied."""
        for planned_run in planned_runs:
            number = 1
            packed, failure, seconds = attempt(self.work, planned_run)
            while failure is not None and number < ATTEMPTS:
                number += 1
                packed, failure, seconds = attempt(self.work, planned_run)
            on_done(Finished(planned_run, packed, failure, number, seconds))
