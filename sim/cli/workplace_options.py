"""Where and on what an analysis is carried out, as the options say: one set of options for all
commands that run an experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sim.cli.options import bundled
from sim.text import message, say
from sim.text.joins import listed

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiments.ensemble import Ensemble
    from sim.experiments.workplace import Workplace
    from sim.results.engines import Engine

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="DIR",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
    ),
]
InProcessOption = Annotated[
    bool,
    typer.Option(
        "--in-process",
    ),
]
SlurmOption = Annotated[
    bool,
    typer.Option(
        "--slurm",
    ),
]
SbatchOption = Annotated[
    str | None,
    typer.Option(
        "--sbatch",
        metavar="OPTIONS",
    ),
]
EnsembleOption = Annotated[
    str | None,
    typer.Option(
        "--ensemble",
        metavar="NAME",
    ),
]
LevelOption = Annotated[float, typer.Option("--level", min=0.5, max=0.999)]
LEVEL = 0.95


class WorkplaceOptions(NamedTuple):
    """What a command was told of its workplace; what it has no option for is left at its default."""

    store: Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    in_process: bool = False
    ensemble: str | None = None
    level: float | None = None
    slurm: bool = False
    sbatch: str | None = None

    def engine(self) -> Engine | None:
        """The engine that is asked for; None for the default one. EngineError where several are."""
        self._check_one_engine()
        if self.slurm:
            from sim.results.slurm_engine import SlurmEngine
            from sim.results.store import store_folder

            return SlurmEngine(store_folder(self.store) / "slurm", self.workers, self.sbatch or "")
        if self.in_process:
            from sim.results.engines import InProcess

            return InProcess()
        if self.scheduler is not None:
            from sim.results.dask_engine import DaskEngine

            return DaskEngine(self.scheduler, self.workers)
        if self.workers is not None:
            from sim.results.pool_engine import PoolEngine

            return PoolEngine(self.workers)
        return None

    def _check_one_engine(self) -> None:
        from sim.errors import EngineError

        engines = {
            "--slurm": self.slurm,
            "--scheduler": self.scheduler is not None,
            "--in-process": self.in_process,
        }
        asked = [name for name, wanted in engines.items() if wanted]
        if len(asked) > 1:
            allowed = message("engine.one_place")
            raise EngineError(
                message("problem.instead", place=asked[0], found=listed(asked[1:]), allowed=allowed)
            )
        if self.sbatch is not None and not self.slurm:
            found = message("engine.no_slurm_asked")
            raise EngineError(message("problem.instead", place="--sbatch", found=found, allowed="--slurm"))

    def workplace(self) -> Workplace:
        """The workplace that is asked for."""
        from sim.experiments.workplace import Workplace

        return Workplace(self.engine(), self.store, ensemble=self.ensemble, level=self.level)

    @contextmanager
    def opened(self, screen: Console) -> Iterator[Workplace]:
        """The workplace with its store open, which shows the progress of runs. Before the first of them it
        says where they are kept, and that the model must be compiled: what is refused is refused first."""
        from dataclasses import replace

        from sim.experiments.progress import Progress, Reporter, progress_bar
        from sim.model.kernel import compiled_before

        workplace, bar = self.workplace(), list[Reporter]()
        with workplace.open_store() as store, ExitStack() as stack:

            def report(progress: Progress) -> None:
                if not bar:
                    screen.print(say("command.kept_in", folder=store.folder), soft_wrap=True)
                    if not compiled_before():
                        screen.print(say("command.compiling"))
                    bar.append(stack.enter_context(progress_bar()))
                bar[0](progress)

            yield replace(workplace, store=store, progress=report)


def warn_of(screen: Console, ensemble: Ensemble | None) -> None:
    """Print what a reader must know before using an ensemble with this version of the model."""
    for line in ensemble.warnings() if ensemble is not None else ():
        screen.print(f"! {line}", style="yellow")


# By the field of WorkplaceOptions: type and default of the option.
OPTIONS: dict[str, tuple[Any, Any]] = {
    "store": (StoreOption, None),
    "workers": (WorkersOption, None),
    "scheduler": (SchedulerOption, None),
    "in_process": (InProcessOption, False),
    "ensemble": (EnsembleOption, None),
    "level": (LevelOption, LEVEL),
    "slurm": (SlurmOption, False),
    "sbatch": (SbatchOption, None),
}
HERE = ("store", "workers", "in_process")
ANYWHERE = (*HERE, "scheduler")


def with_workplace_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command these options of a workplace after its own, and hand it what they say
    as its argument `workplace_options`."""
    return bundled("workplace_options", WorkplaceOptions, {name: OPTIONS[name] for name in names})
