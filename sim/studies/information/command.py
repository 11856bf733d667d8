"""`estate worth`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LanguageOption, OutOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options
from sim.errors import StudyError
from sim.text import message


@with_workplace_options(*ANYWHERE, "level")
def worth_command(
    workplace_options: WorkplaceOptions,
    comparison: Annotated[Path, typer.Argument(metavar="COMPARISON")],
    worth: Annotated[float | None, typer.Option("--worth", metavar="YUAN")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="NAME")] = None,
    groups: Annotated[list[str] | None, typer.Option("--group", metavar="NAME=KEY,KEY")] = None,
    columns: Annotated[bool, typer.Option("--columns")] = False,
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
        found = value_of_information(
            comparison,
            outcome=outcome,
            worth=worth,
            groups=_stated_groups(groups or ()) or None,
            columns=columns,
            workplace=workplace,
        )
    for line in found.warnings():
        console().print(f"! {line}", style="yellow")
    finish("worth", found, {"worth_knowing": worth_knowing(found)}, common)


def _stated_groups(stated: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Groups by name from NAME=KEY,KEY. StudyError for another form, or a name twice."""
    groups: dict[str, tuple[str, ...]] = {}
    for text in stated:
        name, _, written = text.partition("=")
        keys = tuple(key.strip() for key in written.split(",") if key.strip())
        if not name.strip() or not keys or name.strip() in groups:
            allowed = message("information.allowed.group")
            raise StudyError(message("problem.instead", place="--group", found=repr(text), allowed=allowed))
        groups[name.strip()] = keys
    return groups


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("worth")(worth_command)
