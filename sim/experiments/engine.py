"""How runs are carried out: the interface that every engine has, and the plain one that works in this process."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from sim.experiments.cell import Cell, execute
from sim.experiments.packing import pack
from sim.experiments.worker import let_go

DEFAULT_TIMEOUT = 600.0  # seconds
ATTEMPTS = 2  # a run that fails is tried once more


@dataclass(frozen=True)
class Packed:
    """What came of a run: its summary as `packing.pack` writes it, and the summary's digest."""

    payload: bytes
    digest: str


@dataclass(frozen=True)
class Failure:
    """Why a run gave nothing. `kind` is "raised", "timeout" or "died"."""

    kind: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class Finished:
    """A run that is over: exactly one of `packed` and `failure` is there. `seconds` is the time of the last attempt."""

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
        """Carry out every cell, drawn as needed, and call `on_done` in this thread for each, in the order they end.

        A run that raises, takes longer than `timeout` seconds or kills its worker is tried once more; after that its
        failure is handed to `on_done`, and the others go on. Whatever ends this call leaves no process behind.
        """

    def for_work(self, work: Work) -> Engine:
        """The same kind of engine for other work of a run than summing it up, such as reading statistics off it."""


def execute_packed(cell: Cell) -> Packed:
    """Carry out a run and pack its summary."""
    summary = execute(cell)
    let_go()
    return Packed(pack(summary), summary.digest())


def attempt(work: Work, cell: Cell) -> tuple[Packed | None, Failure | None, float]:
    """Try a run once; what it raises becomes a Failure (a traceback as text: exceptions need not be picklable)."""
    begun = time.perf_counter()
    try:
        return work(cell), None, time.perf_counter() - begun
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}"
        return None, Failure("raised", text, traceback.format_exc()), time.perf_counter() - begun


class InProcess:
    """Runs one after the other in this process, for debugging: breakpoints work. It cannot stop a run that hangs."""

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
