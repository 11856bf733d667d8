"""`estate validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import ChartsOption, LanguageOption, words
from sim.cli.workplace_options import HERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*HERE, "ensemble")
def validate_command(
    workplace_options: WorkplaceOptions,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATTERNS.toml",
        ),
    ] = None,
    replications: Annotated[int, typer.Option(min=1, max=100_000)] = 12,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    ablate: Annotated[bool, typer.Option("--ablate")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR"),
    ] = None,
    charts: ChartsOption = True,
    lang: LanguageOption = None,
) -> None:
    """Compare the model with what was reported; misses are shown as misses."""
    from sim.studies.score_card.work import Order, carry_out

    carry_out(Order(file, replications, seed, ablate, out, workplace_options, charts, words(lang)))


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("validate")(validate_command)
