"""The charts of a run, drawn beside the command: another process imports what draws while the city is
simulated here, and draws what was saved while the summary is read.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sim.errors import EngineError
from sim.results.pool_engine import cores
from sim.results.processes import SPAWN, import_all, start_worker
from sim.text import Message, message, use_language
from sim.text.joins import clauses, labelled
from sim.text.kept import of_error, read, written

FORK = "fork"
Order = tuple[Path, Path, tuple[str, ...], tuple[str, ...]]  # run, where to, names of charts, formats


class Painter:
    """A process that draws the charts of one saved run; as a context manager it leaves none behind.

    Where processes are forked and there are two cores, it splits in two once it is ready, so that a half of
    the charts takes nothing but the time to draw it.
    """

    def __init__(self, lang: str, start_method: str | None = None) -> None:
        """Starts the process, which imports what it needs at once. `lang`: of the charts.

        `start_method`: "fork" where there is one, else "spawn"; the charts are the same.
        """
        method = start_method or (FORK if sys.platform == "linux" else SPAWN)
        if method == FORK:
            import_all()  # needed here for the summary, too: once, before there are two processes
        context: Any = multiprocessing.get_context(method)
        pipes = [context.Pipe() for _ in range(min(2, cores()) if method == FORK else 1)]
        self._ours: list[Connection] = [ours for ours, _ in pipes]
        theirs = [one for _, one in pipes]
        self._process = context.Process(target=_paint, args=(theirs, os.getpid(), lang))
        with _deaf():
            self._process.start()
        for one in theirs:
            one.close()

    def begin(self, run: Path, into: Path, names: Sequence[str], formats: Sequence[str]) -> None:
        """Let these charts of the run saved in a folder be drawn into another; does not wait."""
        for number, pipe in enumerate(self._ours):
            order: Order = run, into, tuple(names[number :: len(self._ours)]), tuple(formats)
            with suppress(OSError):  # it has ended: `finish` says so
                pipe.send(order)

    def finish(self) -> None:
        """Wait until all are drawn. EngineError for a chart that could not be, and for a process that ended
        before; others are there then."""
        failures: list[tuple[str, str]] = []
        for pipe in self._ours:
            try:
                failures += pipe.recv()
            except (EOFError, OSError):
                self._process.join()
                code = self._process.exitcode
                failures = [("", written(message("engine.worker_exit", code=code)))]
                break
        self._process.join()
        if failures:
            raise EngineError(_told(failures))

    def __enter__(self) -> Painter:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._ours:
            pipe.close()
        self._process.terminate()
        self._process.join()


@contextmanager
def _deaf() -> Iterator[None]:
    """A process that is started now hears no Ctrl-C, which every process of a terminal is sent: also before
    it can say so itself, while it imports what it needs for that."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _told(failures: Sequence[tuple[str, str]]) -> Message:
    """Which charts could not be drawn, and why; or that none could."""
    whole = [read(why) for name, why in failures if not name]
    if whole:
        return message("run.not_drawn", error=whole[0])
    charts = clauses(labelled(str(message(f"chart.{name}")), str(read(why))) for name, why in failures)
    return message("run.charts_not_drawn", charts=charts)


def _paint(pipes: Sequence[Connection], parent: int, lang: str) -> None:
    """In the second process: get ready, split where there is another pipe, and draw what each is told to."""
    start_worker(parent)
    use_language(lang)
    try:
        from sim import charts
        from sim.outputs.style import font_family

        for name in charts.drawable("run"):
            charts.CHARTS[name].draw  # noqa: B018 - imports its module
        font_family()
    except Exception as error:
        pipes[0].send([("", written(of_error(error)))])
        return
    context: Any = multiprocessing.get_context(FORK)
    halves = [context.Process(target=_split, args=(pipe, os.getpid())) for pipe in pipes[1:]]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # by way of the end below
    try:
        for half, pipe in zip(halves, pipes[1:], strict=True):
            half.start()
            pipe.close()
        _draw(pipes[0])
        for half in halves:
            half.join()
    except SystemExit:
        for half in halves:
            if half.is_alive():
                half.kill()
                half.join()
        raise


def _split(pipe: Connection, parent: int) -> None:
    """In the third process, which was forked when all was imported."""
    start_worker(parent)
    _draw(pipe)


def _draw(pipe: Connection) -> None:
    """Wait for what to draw, draw it, and send what could not be drawn and why."""
    from sim import charts
    from sim.results import load_run
    from sim.text import language

    failures: list[tuple[str, str]] = []
    try:
        order: Order = pipe.recv()
        folder, into, names, formats = order
        run = load_run(folder)
    except EOFError:
        return  # nothing is to be drawn any more
    except Exception as error:
        pipe.send([("", written(of_error(error)))])
        return
    for name in names:
        try:
            charts.save(run, name, into / name, language(), formats)
        except Exception as error:
            failures.append((name, written(of_error(error))))
    pipe.send(failures)
