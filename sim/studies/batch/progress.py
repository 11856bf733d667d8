"""How a batch shows itself: a bar with an estimate in a terminal, one line for each finished run elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.scenario import Scenario
from sim.size import households_of
from sim.text import say

if TYPE_CHECKING:
    from rich.console import Console

# What building, tables and charts take, in months of one household: the estimate weighs runs by it.
BUILDING, DRAWING = 2_000_000, 60_000_000


def work_of(scenario: Scenario, draws: bool) -> float:
    """How much a run has to do: its household-months, and what comes before and after them."""
    return float(households_of(scenario) * scenario.months + BUILDING + (DRAWING if draws else 0))


class Watch:
    """What is told of a batch while it runs."""

    def __init__(
        self,
        screen: Console,
        scenarios: Sequence[Scenario],
        draws: Sequence[bool],
        bar: Progress | None,
    ) -> None:
        """`draws` says for each run of `scenarios` whether it is drawn."""
        self.screen, self.bar = screen, bar
        self.all, self.place, self.done = len(scenarios), 0, 0
        self._works = [work_of(scenario, drawn) for scenario, drawn in zip(scenarios, draws, strict=True)]
        self._total, self._ended, self._begun = sum(self._works), 0.0, time.monotonic()
        self._task: TaskID | None = (
            bar.add_task("", total=self._total or None) if bar is not None and scenarios else None
        )

    def begin(self, scenario: Scenario) -> None:
        """The next run begins."""
        self._describe(say("batch.place", name=scenario.name, seed=scenario.seed))

    def months(self, done: int, months: int) -> None:
        """So many months of the present run are done."""
        if self.bar is not None and self._task is not None:
            part = (
                self._works[self.place] - DRAWING
                if self._works[self.place] > DRAWING
                else self._works[self.place]
            )
            self.bar.update(self._task, completed=self._ended + part * done / months)

    def drawing(self, scenario: Scenario) -> None:
        """Tables and charts of a run are being written."""
        self._describe(say("batch.drawing", name=scenario.name))

    def say(self, words: str) -> None:
        """A line that stays."""
        self.screen.print(words, markup=False)

    def finished(self, scenario: Scenario, seconds: float) -> None:
        """The present run is finished."""
        self.done += 1
        self._next()
        passed = time.monotonic() - self._begun
        left = passed * (self._total - self._ended) / self._ended if self._ended else 0.0
        if self.bar is None:
            self.say(
                say(
                    "batch.done",
                    name=scenario.name,
                    seed=scenario.seed,
                    seconds=f"{seconds:.1f}",
                    place=self.place,
                    all=self.all,
                    left=round(left),
                )
            )

    def failed(self, scenario: Scenario, reason: str) -> None:
        """The present run, or the drawing of a finished one, failed."""
        self._next()
        self.screen.print(say("batch.failed", name=scenario.name, reason=reason), markup=False, style="red")

    def skip(self, scenario: Scenario) -> None:
        """A run is left out because an earlier one of its scenario failed."""
        self._next()

    def _next(self) -> None:
        if self.place < self.all:
            self._ended += self._works[self.place]
            self.place += 1
        if self.bar is not None and self._task is not None:
            self.bar.update(self._task, completed=self._ended)

    def _describe(self, words: str) -> None:
        if self.bar is not None and self._task is not None:
            self.bar.update(self._task, description=words)


@contextmanager
def watching(screen: Console, scenarios: Sequence[Scenario], draws: Sequence[bool]) -> Iterator[Watch]:
    """A Watch of these runs, with a bar where the screen is a terminal."""
    if not screen.is_terminal:
        yield Watch(screen, scenarios, draws, None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("/"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as bar:
        yield Watch(screen, scenarios, draws, bar)
