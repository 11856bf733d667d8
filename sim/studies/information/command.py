"""`estate worth`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LanguageOption, OutOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*ANYWHERE, "level")
def worth_command(
    workplace_options: WorkplaceOptions,
    comparison: Annotated[Path, typer.Argument(metavar="COMPARISON")],
    worth: Annotated[float | None, typer.Option("--worth", metavar="YUAN")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="NAME")] = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """What is worth knowing before choosing between the scenarios of a comparison over an ensemble."""
    from sim.cli.analysis import Common, check_place_of, finish
    from sim.cli.terminal import console
    from sim.studies.information.chart import worth_knowing
    from sim.studies.information.information import value_of_information

    common = Common((), out, words(lang), workplace_options)
    check_place_of("information", common)
    with workplace_options.opened(console()) as workplace:
        found = value_of_information(comparison, outcome=outcome, worth=worth, workplace=workplace)
    for line in found.warnings():
        console().print(f"! {line}", style="yellow")
    finish("worth", found, {"worth_knowing": worth_knowing(found)}, common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("worth")(worth_command)
