"""How a long series of runs shows itself: a bar with an estimate in a terminal or a notebook, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.experiments.running import Progress, Report

LINE_SECONDS = 10.0
WORDS = {"zh": ("运行", "已搁置", "剩余约{seconds}秒"), "en": ("runs", "set aside", "about {seconds} s left")}


@contextmanager
def progress_bar(lang: str = "en") -> Iterator[Report]:
    """Yields what to call after each run. A terminal and a notebook get a bar, anything else a line every ten seconds."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    runs, set_aside, _ = WORDS[lang]
    screen = Console(stderr=True)
    if not (screen.is_terminal or screen.is_jupyter):
        yield _lines(lang)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("/"),
               TimeRemainingColumn(), TextColumn("{task.fields[failed]}"))  # fmt: skip
    with Bar(*columns, console=screen) as bar:
        task = bar.add_task(runs, total=None, failed="")

        def report(progress: Progress) -> None:
            failed = f"{progress.failed} {set_aside}" if progress.failed else ""
            # what the store had already is left out, or the estimate would be far too short
            bar.update(task, total=progress.total - progress.stored, completed=progress.ended, failed=failed)

        yield report


def _lines(lang: str) -> Callable[[Progress], None]:
    runs, set_aside, left = WORDS[lang]
    shown = time.monotonic()
    first = 0.0

    def report(progress: Progress) -> None:
        nonlocal shown, first
        now = time.monotonic()
        if progress.ended == 1:
            first = now  # what came before was compiling and starting workers
        if now - shown < LINE_SECONDS or progress.ended < 2:
            return
        shown = now
        wanted = progress.total - progress.stored
        remaining = (now - first) / (progress.ended - 1) * (wanted - progress.ended)
        failed = f", {progress.failed} {set_aside}" if progress.failed else ""
        print(f"{progress.ended}/{wanted} {runs}{failed}, {left.format(seconds=round(remaining))}", file=sys.stderr, flush=True)

    return report
