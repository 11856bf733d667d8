"""What the commands of analyses have in common: they say what was found, name a folder of results, and put
tables, charts and a manifest in place together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.terminal import console
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import StudyError
from sim.no_effect import settings_of, tell_no_effect
from sim.results.folder import check_place, put_in_place, staging
from sim.scenario import Scenario, load
from sim.scenario.overrides import overridden
from sim.text import figures, message, say
from sim.text.joins import sentences
from sim.text.system import reason_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console


LONGEST_NAME = 80


def folder_name(kind: str, names: list[str], key: str) -> str:
    """Name of a folder of results: what it is about, and eight digits of its key."""
    return f"{kind}-{'-'.join(names)[:LONGEST_NAME]}-{key[:8]}"


def write_results(folder: Path, kind: str, key: str, write: Callable[[Path], object]) -> None:
    """Let `write` fill a folder beside `folder`, and put it in place when all is there. ResultError if
    another result is there."""
    check_place(folder, kind, key)
    with staging(folder) as part:
        write(part)
        put_in_place(part, folder)


def say_done(screen: Console, runs: int, executed: int, begun: float) -> None:
    """Print how many runs an analysis consists of, how many were carried out now, and how
    long it took since `begun`."""
    text = say(
        "command.runs_done",
        runs=figures.count(runs),
        executed=figures.count(executed),
        seconds=figures.decimal(time.perf_counter() - begun, 1),
    )
    screen.print(text)


# of one thing asked of a scenario

RESULTS = Path("results")


class Common(NamedTuple):
    """Options that all of these commands have."""

    settings: Sequence[str]
    out: Path | None
    lang: str
    workplace_options: WorkplaceOptions

    def changes(self) -> dict[str, Any]:
        """The changed values by key."""
        return settings_of(self.settings)


def changed(what: str | Scenario, common: Common) -> Scenario:
    """The scenario of a command (by name, or as a file makes it) with the values that were
    changed on the command line."""
    scenario = what if isinstance(what, Scenario) else load(what)
    changes = common.changes()
    scenario = overridden(scenario, changes) if changes else scenario
    tell_no_effect([scenario], [what])
    return scenario


def finish(command: str, result: Any, charts: Mapping[str, Axes], common: Common) -> None:
    """Print what was found and put charts, tables, the result itself and a manifest in place together."""
    tell(result, common)
    put(result, charts, command, common)


def check_place_of(kind: str, common: Common) -> None:
    """ResultError, before anything is run, if the folder asked for holds a result of another kind."""
    if common.out is not None:
        check_place(common.out, kind)


def put(result: Any, charts: Mapping[str, Axes], command: str, common: Common) -> None:
    """Put what was found and its charts in the folder asked for, or in one named by its key, and say
    where."""
    folder = common.out or RESULTS / folder_name(command, [result.scenario.name], result.key)
    write_results(folder, result.kind.id, result.key, lambda part: write(result, charts, part, common))
    where(folder, common)


def tell(result: Any, common: Common) -> None:
    """Print what was found, in words."""
    for line in result.sentences(common.lang):
        console().print(line)


def where(folder: Path, common: Common) -> None:
    """Print where the results are."""
    console().print(say("command.results", folder=folder), soft_wrap=True)


def write(result: Any, charts: Mapping[str, Axes], folder: Path, common: Common) -> None:
    """Write charts (PNG), tables, the result itself and a manifest, which comes last."""
    from sim.outputs import style
    from sim.results.saved import save_found

    try:
        folder.mkdir(parents=True, exist_ok=True)
        told = sentences(line.strip() for line in result.sentences(common.lang))
        for name, ax in charts.items():
            title = ax.get_title(loc="left")
            style.save_figure(style.owner(ax), folder / name, ("png", "csv"), title, told)
    except OSError as error:
        raise StudyError(message("folder.unwritable", folder=folder, error=reason_of(error))) from None
    save_found(result, folder, {"settings": list(common.settings)})
