"""`estate evidence` and `estate reproduce`: the commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import Place, at_place


def add_credibility_commands(app: typer.Typer) -> None:
    """Put both commands into the app."""
    app.command("evidence")(evidence_command)
    app.command("reproduce")(reproduce_command)


def evidence_command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Argument(
            metavar="ENTRY",
        ),
    ] = None,
    sensitivity: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--sensitivity",
            metavar="DIR",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """What the numbers of the model rest on."""
    from sim.cli.evidence_work import show_all, show_entry, show_share

    if sensitivity is not None:
        show_share(sensitivity, words(lang))
    elif name is None:
        show_all(words(lang))
    else:
        show_entry(name, words(lang))


@at_place("workers", "in_process")
def reproduce_command(
    place: Place,
    folder: Annotated[Path, typer.Argument(metavar="RESULT")],
    threads: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out a saved result again and compare bit for bit."""
    from sim.cli.reproduce_work import carry_out

    carry_out(folder, threads, words(lang), place)
