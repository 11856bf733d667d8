"""`estate compare`: the options; the work is in sim.studies.comparison.work."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Asked, LanguageOption, asking, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*ANYWHERE, "ensemble", "level")
@asking
def compare_command(
    workplace_options: WorkplaceOptions,
    asked: Asked,
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="BASELINE OTHER...",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(
            min=2,
        ),
    ] = None,
    width: float | None = None,
    decide: Annotated[
        str | None,
        typer.Option(
            metavar="OUTCOME",
        ),
    ] = None,
    difference: float | None = None,
    withdraw: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="MONTH",
        ),
    ] = None,
    after: Annotated[
        bool,
        typer.Option(
            "--after",
        ),
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Compare scenarios with the same seeds: effect, rescues, cost."""
    from sim.studies.comparison.work import Order, carry_out

    words(lang)
    named = tuple(scenarios or ())
    carry_out(
        Order(named, asked, replications, width, decide, difference, withdraw, after, workplace_options)
    )


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("compare")(compare_command)
