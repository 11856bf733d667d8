"""`estate store …`: what is in the store of runs, runs of other stores taken over, and room won back."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.workplace_options import StoreOption
from sim.text import figures, say

if TYPE_CHECKING:
    from sim.cli.screen import Sheet
    from sim.results.store import Store
    from sim.results.storekeeping import Kept

store_app = typer.Typer(no_args_is_help=True)


@store_app.command("list")
def list_command(store: StoreOption = None, lang: LanguageOption = None) -> None:
    """What a store holds, by version of the model."""
    from sim.cli.terminal import console
    from sim.results.claims import drivers_at_work
    from sim.results.storekeeping import contents

    words(lang)
    screen = console()
    with _existing(store) as opened:
        screen.print(say("storekeeping.folder", folder=opened.folder), soft_wrap=True)
        screen.print(_versions(contents(opened)))
        if studies := opened.ledger.ask("SELECT count(*) FROM studies")[0][0]:
            screen.print(say("storekeeping.studies", studies=figures.count(studies)), soft_wrap=True)
        for driver, runs in drivers_at_work(opened).items():
            screen.print(say("study.at_work", runs=figures.count(runs), **driver.facts()), soft_wrap=True)


@store_app.command("merge")
def merge_command(
    others: Annotated[list[Path], typer.Argument(metavar="FOLDER…")],
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """Take over the runs of other stores."""
    from sim.cli.terminal import bar_of, console
    from sim.results.store import open_store
    from sim.results.storekeeping import merge

    words(lang)
    screen = console()
    with open_store(store) as opened, bar_of(screen) if screen.is_terminal else nullcontext() as bar:
        task = bar.add_task(say("storekeeping.merging"), total=None) if bar is not None else None

        def told(done: int, total: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=total)

        found = merge(opened, others, told)
    taken, known, read = (figures.count(number) for number in (found.taken, found.known, found.read))
    told_of = say("storekeeping.merged", folder=opened.folder, taken=taken, known=known, read=read)
    screen.print(told_of, soft_wrap=True)
    for file in found.damaged:
        screen.print(say("storekeeping.left_out", file=file), style="yellow", soft_wrap=True)
    if found.damaged:
        raise typer.Exit(1)


@store_app.command("prune")
def prune_command(
    version: Annotated[list[str] | None, typer.Option("--version", metavar="ID")] = None,
    yes: Annotated[bool, typer.Option("--yes")] = False,
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """Remove runs of other versions of the model."""
    from sim.cli.terminal import console
    from sim.results.storekeeping import chosen, prune

    words(lang)
    screen = console()
    with _existing(store) as opened:
        going = chosen(opened, version)
        if not going:
            screen.print(say("storekeeping.nothing", folder=opened.folder), soft_wrap=True)
            return
        screen.print(_versions(going))
        size = _megabytes(sum(one.bytes for one in going))
        runs = figures.count(sum(one.done + one.failed for one in going))
        if not yes:
            screen.print(say("storekeeping.would_remove", runs=runs, size=size), soft_wrap=True)
            return
        prune(opened, [one.version for one in going])
        screen.print(say("storekeeping.removed", folder=opened.folder, runs=runs, size=size), soft_wrap=True)


def _existing(folder: Path | None) -> Store:
    """The store in a folder, which is not made. StudyError where there is none."""
    from sim.results.store import open_store, store_folder
    from sim.results.storekeeping import check_is_store

    check_is_store(store_folder(folder))
    return open_store(folder)


def _versions(held: list[Kept]) -> Sheet:
    """What is held of each version, as a table."""
    from sim.cli.terminal import table

    head = ("version", "done", "failed", "size")
    versions = table("", *(say(f"storekeeping.head.{key}") for key in head), right=1)
    for one in held:
        name = say("storekeeping.current", version=one.version) if one.is_current else one.version
        versions.add_row(name, figures.count(one.done), figures.count(one.failed), _megabytes(one.bytes))
    return versions


def _megabytes(size: int) -> str:
    return f"{figures.decimal(size / 1e6, 1)} MB"
