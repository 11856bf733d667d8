"""How a long series of runs shows itself: a bar with an estimate in a terminal or a
notebook, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sim.text import Message, figures, in_language, language, message, say
from sim.text.catalog import known_language


@dataclass(frozen=True)
class Phase:
    """A part of a longer piece of work: which of how many (from 1), what it is, and about
    how many runs all of them take."""

    number: int
    of: int
    name: Message
    runs: int

    def facts(self) -> dict[str, Any]:
        """What a sentence says of it."""
        return {
            "number": self.number,
            "of": self.of,
            "phase": self.name,
            "runs": figures.count(self.runs),
        }


@dataclass(frozen=True)
class Progress:
    """How far a series of runs is: all of them, those that the store had, those
    ended now, and those set aside.

    phase: the part of a longer piece of work that the series is; None where it is all.
    """

    total: int
    stored: int
    ended: int
    failed: int
    phase: Phase | None = None


Report = Callable[[Progress], None]


class Phases:
    """Tells how far a piece of work is that has several phases, each of one or more rounds of runs."""

    def __init__(self, report: Report, names: Mapping[str, Message], runs: Mapping[str, int]) -> None:
        """`runs`: about how many each phase takes, by its name, in their order;
        `names`: what each is called."""
        self.report, self.names, self.runs = report, names, dict(runs)
        self.begin(next(iter(runs)))

    def begin(self, phase: str, runs: int | None = None) -> None:
        """Another phase begins; `runs` where it is known better by now how many it takes."""
        self.phase = phase
        if runs is not None:
            self.runs[phase] = runs
        self.past = self.round_now = Progress(0, 0, 0, 0)

    def round(self) -> Report:
        """What is told how far the next round of this phase is."""
        past = self.past = _sum(self.past, self.round_now)
        self.round_now = Progress(0, 0, 0, 0)

        def told(progress: Progress) -> None:
            self.round_now = progress
            so_far = _sum(past, progress)
            self.runs[self.phase] = total = max(self.runs[self.phase], so_far.total)
            order = list(self.runs)
            number = order.index(self.phase) + 1
            phase = Phase(number, len(order), self.names[self.phase], sum(self.runs.values()))
            self.report(replace(so_far, total=total, phase=phase))

        return told


def _sum(first: Progress, other: Progress) -> Progress:
    return Progress(
        first.total + other.total,
        first.stored + other.stored,
        first.ended + other.ended,
        first.failed + other.failed,
    )


LINE_SECONDS = 10.0
RUNS, MONTHS = message("progress.runs"), message("progress.months")


class Reporter(Protocol):
    """Takes the `progress` of a series of runs, or of one run: months done, and months in all."""

    def __call__(self, progress: Progress | int, total: int = 0, /) -> None:
        """Show how far it is."""


@contextmanager
def progress_bar(lang: str | None = None) -> Iterator[Reporter]:
    """Yields the `progress` of `sim.run`, `sim.compare` and the other functions that take one.

    A terminal and a notebook get a bar, anything else a line every ten seconds.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    screen = Console(stderr=True)
    spoken = known_language(lang) if lang is not None else language()
    if not (screen.is_terminal or screen.is_jupyter):
        yield _lines(spoken)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("/"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    with Bar(*columns, console=screen) as bar:
        task = bar.add_task(RUNS.in_language(spoken), total=None, failed="")

        def report(progress: Progress | int, total: int = 0, /) -> None:
            if isinstance(progress, int):
                bar.update(task, description=MONTHS.in_language(spoken))
            elif progress.phase is not None:
                with in_language(spoken):
                    bar.update(task, description=say("progress.phase", **progress.phase.facts()))
            progress = _as_series(progress, total)
            failed = _set_aside(spoken, progress.failed)
            # what the store had already is left out, or the estimate would be far too short
            bar.update(task, total=progress.total - progress.stored, completed=progress.ended, failed=failed)

        yield report


def _as_series(progress: Progress | int, total: int) -> Progress:
    """The months of one run count as a series does."""
    return (
        progress
        if isinstance(progress, Progress)
        else Progress(total=total, stored=0, ended=progress, failed=0)
    )


def _set_aside(lang: str, failed: int) -> str:
    return message("progress.set_aside", failed).in_language(lang) if failed else ""


def _lines(lang: str) -> Reporter:
    shown = time.monotonic()
    first = 0.0
    said: Phase | None = None

    def report(progress: Progress | int, total: int = 0, /) -> None:
        nonlocal shown, first, said
        what = (MONTHS if isinstance(progress, int) else RUNS).in_language(lang)
        progress = _as_series(progress, total)
        now = time.monotonic()
        phase = progress.phase
        if phase is not None and (said is None or said.number != phase.number):
            said, first = phase, now
            with in_language(lang):
                print(say("progress.phase", **phase.facts()), file=sys.stderr, flush=True)
        if progress.ended == 1:
            first = now  # what came before was compiling and starting workers
        if now - shown < LINE_SECONDS or progress.ended < 2:
            return
        shown = now
        wanted = progress.total - progress.stored
        remaining = (now - first) / (progress.ended - 1) * (wanted - progress.ended)
        with in_language(lang):
            told: dict[str, Any] = {
                "done": progress.ended,
                "all": wanted,
                "what": what,
                "seconds": round(remaining),
            }
            line = (
                say("progress.line_failed", failed=_set_aside(lang, progress.failed), **told)
                if progress.failed
                else say("progress.line", **told)
            )
        print(line, file=sys.stderr, flush=True)

    return report
