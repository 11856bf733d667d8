"""`estate replicate`: published models beside ours, or the list of them."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words


def replicate_command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Argument(metavar="NAME"),
    ] = None,
    agents: Annotated[bool, typer.Option("--agents/--no-agents")] = True,
    lang: LanguageOption = None,
) -> None:
    """Reproduce published models with this engine, theirs beside ours; exit code 1 where one fails."""
    words(lang)
    if name is None:
        show_all()
    elif not show_one(name, agents):
        raise typer.Exit(1)


def show_all() -> None:
    """Print a line for every published model: name, what it is, source."""
    from sim.cli.terminal import console, table
    from sim.replications import MODELS
    from sim.replications.tables import about
    from sim.text import say

    made = table("", say("replication.name"), say("replication.model"), say("replication.source"))
    made.columns[0].no_wrap = True
    for name in MODELS:
        title, source = about(name)
        made.add_row(name, str(title), str(source))
    console().print(made)


def show_one(name: str, agents: bool) -> bool:
    """Print every figure of a published model beside ours, and what there is to say; whether all of them agree."""
    from sim.cli.terminal import console, table
    from sim.replications import replicate
    from sim.replications.tables import heads, rows, verdict

    found = replicate(name, agents=agents)
    screen = console()
    screen.print(str(found.title), style="bold", markup=False)
    screen.print(str(found.source), markup=False)
    screen.print(str(found.how), markup=False)
    made = table("", *heads(), right=2)
    for row in rows(found):
        made.add_row(*row)
    screen.print(made)
    for finding in found.findings:
        screen.print(str(finding), markup=False)
    screen.print(verdict(found), style="bold", markup=False)
    return found.holds
