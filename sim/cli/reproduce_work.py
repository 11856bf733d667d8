"""The work of `estate reproduce`: the run again, and what is to be said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.credibility_words import say
from sim.cli.place import Place
from sim.cli.terminal import console, month_bar
from sim.errors import ResultError
from sim.evidence.reproduce import EDITED, MODEL, Change, Reproduction, reproduce
from sim.kinds import recognised
from sim.results.folder import MANIFEST, kind_of, read_manifest
from sim.results.provenance import KIND

if TYPE_CHECKING:
    from rich.console import Console

DIGITS = 16


def carry_out(folder: Path, threads: int | None, lang: str, place: Place) -> None:
    """Reproduce the result in a folder; exit code 1 if it came out otherwise."""
    found = _one_run(folder, threads, lang) if _is_run(folder) else _many_runs(folder, lang, place)
    tell(console(), found, lang)
    if not found.same:
        raise typer.Exit(1)


def _is_run(folder: Path) -> bool:
    """Whether a folder holds one run. ResultError if it holds nothing that can be read."""
    return not _is_batch(folder) and kind_of(read_manifest(folder)) == KIND


def _is_batch(folder: Path) -> bool:
    """Whether a folder holds many scenarios; one that was interrupted, or is of version 0.1, has no manifest of its own."""
    if (folder / MANIFEST).exists():
        return kind_of(read_manifest(folder)) == "batch"
    return recognised(folder) is not None


def _one_run(folder: Path, threads: int | None, lang: str) -> Reproduction:
    from sim.cli.words import say as say_of_runs

    screen = console()
    with month_bar(screen, lang) as advance:
        return reproduce(
            folder,
            threads=threads,
            progress=advance,
            notice=lambda text: screen.print(say_of_runs("compiling", lang)),
        )


def _many_runs(folder: Path, lang: str, place: Place) -> Reproduction:
    from sim.evidence.reproduce_many import reproduce_many
    from sim.experiments.progress import progress_bar
    from sim.experiments.workplace import Workplace

    if _is_batch(folder):
        raise ResultError(f"{folder}: {say('batch', lang)}")
    _tell_beforehand(folder)
    with progress_bar(lang) as report:
        return reproduce_many(folder, Workplace(place.engine(), progress=report))


def _tell_beforehand(folder: Path) -> None:
    """Print what its kind of result has to be said of it before it is carried out again, if anything."""
    from sim.kinds import kinds

    kind = kinds().get(kind_of(read_manifest(folder)))
    if kind is not None and kind.beforehand:
        for line in kind.get(kind.beforehand)(kind.get(kind.load)(folder)):
            console().print(line, markup=False)


def tell(screen: Console, found: Reproduction, lang: str) -> None:
    """Print what came of it and what explains it."""
    if found.same:
        screen.print(say("same", lang, digest=found.now[:DIGITS]), markup=False)
        if found.changes:
            screen.print(say("also", lang), markup=False)
            _list(screen, found.changes)
        return
    if found.verdict == EDITED:
        screen.print(
            say("edited", lang, digest=found.now[:DIGITS], names=", ".join(found.files)), markup=False
        )
        return
    screen.print(
        say("differs", lang, then=found.then[:DIGITS] or "–", now=found.now[:DIGITS]),
        style="bold",
        markup=False,
    )
    if found.files:
        screen.print("  " + say("files_differ", lang, names=", ".join(found.files)), markup=False)
    else:
        screen.print("  " + say("tables_same", lang), markup=False)
    if found.first is not None:
        month, estate, column = found.first
        screen.print("  " + say("first", lang, month=month, estate=estate, column=column), markup=False)
    if not found.reasons:
        screen.print(say("unexplained", lang), markup=False)
        return
    screen.print(say("explained_by", lang, kind=say(found.reasons[0].kind, lang)), markup=False)
    _list(screen, found.changes)
    if found.reasons[0].kind == MODEL and found.commit:
        screen.print(
            say("checkout", lang, commit=found.commit) if found.clean else say("dirty", lang), markup=False
        )


def _list(screen: Console, changes: tuple[Change, ...]) -> None:
    for change in changes:
        screen.print(f"  {change.name}: {change.then} → {change.now}", markup=False)
