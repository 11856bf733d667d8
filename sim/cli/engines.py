"""Where and on what an analysis is carried out, as the options say; and how its results are put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.study_words import say
from sim.results.folder import check_place, put_in_place, staging

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiments.engine import Engine
    from sim.experiments.ensemble import Ensemble
    from sim.experiments.running import Report
    from sim.experiments.store import Store

LONGEST_NAME = 80


class Workplace(NamedTuple):
    """The options --store, --workers, --scheduler and --in-process."""

    store: Path | None
    workers: int | None
    scheduler: str | None
    in_process: bool

    def engine(self) -> Engine | None:
        """The engine that is asked for; None for the default one."""
        if self.in_process:
            from sim.experiments.engine import InProcess

            return InProcess()
        if self.scheduler is not None:
            from sim.experiments.dask_engine import DaskEngine

            return DaskEngine(self.scheduler, self.workers)
        if self.workers is not None:
            from sim.experiments.pool_engine import PoolEngine

            return PoolEngine(self.workers)
        return None

    def engine_for(self, work: Any) -> Engine:
        """The engine that is asked for, for another work than summarising runs."""
        if self.in_process:
            from sim.experiments.engine import InProcess

            return InProcess(work)
        if self.scheduler is not None:
            from sim.experiments.dask_engine import DaskEngine

            return DaskEngine(self.scheduler, self.workers, work)
        from sim.evidence.readings import pool_engine

        return pool_engine(work, self.workers)

    @contextmanager
    def opened(self, screen: Console, lang: str) -> Iterator[tuple[Store, Report]]:
        """The open store, and what shows the progress of runs; says first that the model must be compiled."""
        from sim.experiments.progress import progress_bar
        from sim.experiments.store import open_store
        from sim.kernel import compiled_before

        with open_store(self.store) as store:
            screen.print(say("store", lang, folder=store.folder), soft_wrap=True, markup=False)
            if not compiled_before():
                screen.print(say("compiling", lang))
            with progress_bar(lang) as report:
                yield store, report


def warn_of(screen: Console, ensemble: Ensemble | None, lang: str) -> None:
    """Print what a reader must know before using an ensemble with this version of the model."""
    for line in ensemble.warnings(lang) if ensemble is not None else ():
        screen.print(f"! {line}", style="yellow", markup=False)


def folder_name(kind: str, names: list[str], key: str) -> str:
    """Name of a folder of results: what it is about, and eight digits of its key."""
    return f"{kind}-{'-'.join(names)[:LONGEST_NAME]}-{key[:8]}"


def write_results(folder: Path, kind: str, key: str, write: Callable[[Path], object]) -> None:
    """Let `write` fill a folder beside `folder`, and put it in place when all is there. ResultError if another result is there."""
    check_place(folder, kind, key)
    with staging(folder) as part:
        write(part)
        put_in_place(part, folder)
