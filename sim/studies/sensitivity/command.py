"""`estate sensitivity`: the options; the work is in sim.studies.sensitivity.work."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sim.cli.options import Asked, LanguageOption, asking, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


class Method(StrEnum):
    """Methods of a sensitivity analysis."""

    morris = "morris"
    sobol = "sobol"
    both = "both"


@with_workplace_options(*ANYWHERE, "ensemble", "level")
@asking
def sensitivity_command(
    workplace_options: WorkplaceOptions,
    asked: Asked,
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO"),
    ] = None,
    method: Method | None = None,
    size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N|METHOD=N",
        ),
    ] = None,
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="KEY[=LOW:HIGH]",
        ),
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option(min=1),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Which parameters move the outcomes: Morris and Sobol."""
    from sim.studies.sensitivity.work import Order, carry_out

    words(lang)
    chosen = method.value if method else None
    carry_out(
        Order(
            scenario,
            asked,
            chosen,
            tuple(size or ()),
            tuple(factors or ()),
            replications,
            top,
            workplace_options,
        )
    )


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("sensitivity")(sensitivity_command)
