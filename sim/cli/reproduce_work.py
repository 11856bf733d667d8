"""The work of `estate reproduce`: the run again, and what is to be said of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.credibility_words import say
from sim.cli.terminal import console, month_bar
from sim.evidence.reproduce import MODEL, Change, Reproduction, reproduce

if TYPE_CHECKING:
    from rich.console import Console

DIGITS = 16


def carry_out(folder: Path, threads: int | None, lang: str) -> None:
    """Reproduce the run in a folder; exit code 1 if it came out otherwise."""
    from sim.cli.words import say as say_of_runs

    screen = console()
    with month_bar(screen, lang) as advance:
        found = reproduce(folder, threads=threads, progress=advance, notice=lambda text: screen.print(say_of_runs("compiling", lang)))
    tell(screen, found, lang)
    if not found.same:
        raise typer.Exit(1)


def tell(screen: Console, found: Reproduction, lang: str) -> None:
    """Print what came of it and what explains it."""
    if found.same:
        screen.print(say("same", lang, digest=found.now[:DIGITS]), markup=False)
        if found.changes:
            screen.print(say("also", lang), markup=False)
            _list(screen, found.changes)
        return
    screen.print(say("differs", lang, then=found.then[:DIGITS] or "–", now=found.now[:DIGITS]), style="bold", markup=False)
    if found.tables:
        screen.print("  " + say("tables_differ", lang, names=", ".join(found.tables)), markup=False)
    if found.first is not None:
        month, estate, column = found.first
        screen.print("  " + say("first", lang, month=month, estate=estate, column=column), markup=False)
    if not found.reasons:
        screen.print(say("unexplained", lang), markup=False)
        return
    screen.print(say("explained_by", lang, kind=say(found.reasons[0].kind, lang)), markup=False)
    _list(screen, found.changes)
    if found.reasons[0].kind == MODEL and found.commit:
        screen.print(say("checkout", lang, commit=found.commit) if found.clean else say("dirty", lang), markup=False)


def _list(screen: Console, changes: tuple[Change, ...]) -> None:
    for change in changes:
        screen.print(f"  {change.name}: {change.then} → {change.now}", markup=False)
