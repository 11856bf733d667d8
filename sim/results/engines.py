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
from typing import Any, Protocol

from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.processes import let_go
from sim.results.summary import RunSummary, pack
from sim.scenario import Scenario, content_hash
from sim.text import Message
from sim.text.kept import of_error


@dataclass(frozen=True, eq=False)
class Cell:
    """A scenario and a seed. `overrides` says for readers how the scenario came
    about; no result depends on it.

    The scenario's own seed does not matter. Leave `scenario_hash` out unless it is known already
    (see `scenario_hash_of`).
    """

    scenario: Scenario
    seed: int
    overrides: Mapping[str, Any] = field(default_factory=dict)
    scenario_hash: str = ""

    def __post_init__(self) -> None:
        if not self.scenario_hash:
            object.__setattr__(self, "scenario_hash", scenario_hash_of(self.scenario))

    @cached_property
    def key(self) -> str:
        """SHA-256 (64 hex digits) of the scenario's content, the seed, and the source of
        the model and of the summary."""
        return run_key_of(self.scenario_hash, self.seed)

    @property
    def run_id(self) -> str:
        """The first twelve digits of the key: what a person types."""
        return self.key[:12]

    def for_worker(self) -> Cell:
        """The same cell without what only readers need: less to send to another process."""
        return Cell(self.scenario.model_copy(update={"figures": ()}), self.seed, {}, self.scenario_hash)

    def overrides_json(self) -> str:
        """The overrides as one line of JSON."""
        return json.dumps(dict(self.overrides), ensure_ascii=False, default=_plain)


def scenario_hash_of(scenario: Scenario) -> str:
    """Content hash of a scenario, whatever seed it states: half a millisecond, so cells
    that share one pass it on."""
    return content_hash(scenario.model_copy(update={"seed": 0}))


def run_key_of(scenario_hash: str, seed: int) -> str:
    """The key of the run of a scenario (by `scenario_hash_of`) with a seed, by this
    version of model and summary."""
    text = f"{scenario_hash} {seed} {model_source_hash()} {summary_source_hash()}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def cells_of(
    scenario: Scenario, seeds: Iterable[int], overrides: Mapping[str, Any] | None = None
) -> list[Cell]:
    """One cell for each seed of a scenario."""
    shared = scenario_hash_of(scenario)
    return [Cell(scenario, seed, overrides or {}, shared) for seed in seeds]


def execute(cell: Cell) -> RunSummary:
    """Carry out one run on one thread and summarise it."""
    from sim.model.engine import Engine
    from sim.results.summary import summarise

    with Engine(cell.scenario, cell.seed, threads=1) as city:
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

    cell: Cell
    packed: Packed | None
    failure: Failure | None
    attempts: int
    seconds: float


Work = Callable[[Cell], Packed]


class Engine(Protocol):
    """Carries out runs."""

    def run(
        self, cells: Iterable[Cell], on_done: Callable[[Finished], None], timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """Carry out every cell, drawn as needed, and call `on_done` in this thread for
        each, in the order they end.

        A run that raises, takes longer than `timeout` seconds or kills its worker is tried once more; after
        that its failure is handed to `on_done`, and the others go on. Whatever ends this call
        leaves no process behind.
        """

    def for_work(self, work: Work) -> Engine:
        """The same kind of engine for other work of a run than summing it up, such as
        reading statistics off it."""


def execute_packed(cell: Cell) -> Packed:
    """Carry out a run and pack its summary."""
    summary = execute(cell)
    let_go()
    return Packed(pack(summary), summary.digest())


def attempt(work: Work, cell: Cell) -> tuple[Packed | None, Failure | None, float]:
    """Try a run once; what it raises becomes a Failure (a traceback as text:
    exceptions need not be picklable)."""
    begun = time.perf_counter()
    try:
        return work(cell), None, time.perf_counter() - begun
    except (Exception, SystemExit) as error:
        return None, Failure("raised", of_error(error), traceback.format_exc()), time.perf_counter() - begun


class InProcess:
    """Runs one after the other in this process, for debugging: breakpoints work. It
    cannot stop a run that hangs."""

    def __init__(self, work: Work = execute_packed) -> None:
        """`work` carries out one cell."""
        self.work = work

    def for_work(self, work: Work) -> InProcess:
        """See Engine."""
        return InProcess(work)

    def run(
        self, cells: Iterable[Cell], on_done: Callable[[Finished], None], timeout: float = DEFAULT_TIMEOUT
    ) -> None:
        """See Engine; `timeout` is not applied."""
        for cell in cells:
            number = 1
            packed, failure, seconds = attempt(self.work, cell)
            while failure is not None and number < ATTEMPTS:
                number += 1
                packed, failure, seconds = attempt(self.work, cell)
            on_done(Finished(cell, packed, failure, number, seconds))
