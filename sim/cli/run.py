"""`estate run`: announce, simulate, sum up, and put the results in place all at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.cli.announce import announce
from sim.cli.summary import show_summary
from sim.cli.terminal import console, month_bar
from sim.cli.words import say
from sim.errors import ResultError
from sim.scenario import Scenario, parse_setting

if TYPE_CHECKING:
    from rich.console import Console

    from sim.results import Run

RESULTS = Path("results")
HASH_LETTERS = 8


class Order(NamedTuple):
    """What was asked for on the command line."""

    scenario: str
    seed: int | None
    months: int | None
    settings: tuple[str, ...]
    out: Path | None
    lang: str
    threads: int | None
    charts: bool
    ensemble: str | None = None
    member: int | None = None


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is simulated if it cannot be done."""
    from sim.results.folder import check_place
    from sim.results.provenance import scenario_key
    from sim.runner import resolve

    changes = dict(parse_setting(text) for text in order.settings)
    scenario = _of_member(resolve(order.scenario, order.seed, order.months, changes), order)
    key = scenario_key(scenario)
    folder = order.out or RESULTS / f"{scenario.name}-seed{scenario.seed}-{key[:HASH_LETTERS]}"
    check_place(folder, key)
    screen = console()
    announce(screen, scenario, changes, folder, order.lang)
    with staging(folder) as part:
        run = _simulate(screen, scenario, order)
        with screen.status(say("drawing", order.lang)):
            _write(run, part, order)
        put_in_place(part, folder)
    show_summary(screen, run, order.lang)
    _point_to(screen, run, folder, order)


def _of_member(scenario: Scenario, order: Order) -> Scenario:
    """The scenario with the member that was asked for. StudyError for an ensemble without one: a run has one set of parameters."""
    from sim.errors import StudyError
    from sim.experiments.ensemble import load_ensemble, with_member

    if order.ensemble is None:
        if order.member is not None:
            raise StudyError(say("member_alone", order.lang))
        return scenario
    ensemble = load_ensemble(order.ensemble)
    if order.member is None or order.member > len(ensemble.members):
        raise StudyError(
            say(
                "which_member",
                order.lang,
                members=len(ensemble.members),
                name=order.ensemble,
                scenario=order.scenario,
            )
        )
    return with_member(scenario, ensemble.member(order.member - 1))


def _simulate(screen: Console, scenario: Scenario, order: Order) -> Run:
    from sim.runner import run

    with month_bar(screen, order.lang) as advance:
        # printed above the bar, which a first run shows for half a minute before its first month
        return run(
            scenario,
            threads=order.threads,
            progress=advance,
            notice=lambda text: screen.print(say("compiling", order.lang)),
        )


def _write(run: Run, part: Path, order: Order) -> None:
    run.save(part)
    if order.charts:
        from sim.outputs import save_charts

        save_charts(run, part / "charts", order.lang)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A hidden folder to write in, on the same disk as `folder`; it is gone afterwards, whatever happens.

    ResultError if something cannot be written.
    """
    part = (folder if folder.is_dir() else folder.parent) / f".{folder.name}.{os.getpid()}.part"
    try:
        part.mkdir(parents=True, exist_ok=True)
        yield part
    except BrokenPipeError:
        raise
    except OSError as error:
        place = error.filename or folder
        raise ResultError(f"{place}: results cannot be written ({error.strerror or error})") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_in_place(part: Path, folder: Path) -> None:
    """Move finished results to `folder`: in one step if it does not exist yet, else file by file, the manifest last."""
    from sim.results.folder import MANIFEST

    if not folder.exists():
        try:
            part.rename(folder)
            return
        except OSError:
            if not folder.is_dir():  # else the same run, carried out twice at once, was first
                raise
    files = sorted(
        (path for path in part.rglob("*") if path.is_file()), key=lambda path: path.name == MANIFEST
    )
    for path in files:
        target = folder / path.relative_to(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)


def _point_to(screen: Console, run: Run, folder: Path, order: Order) -> None:
    """Where the results are, and the command that follows an estate which had a hard time."""
    from sim.results.summary import hard_case

    screen.print()
    screen.print(say("written_to", order.lang, folder=folder), soft_wrap=True)
    if order.charts:
        screen.print(say("charts_in", order.lang, folder=folder / "charts"), soft_wrap=True)
    hint = say("explain_hint", order.lang, folder=folder, estate=hard_case(run))
    screen.print(hint, soft_wrap=True, markup=False)
