"""`estate calibrate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import ChartsOption, LanguageOption, words
from sim.cli.workplace_options import HERE, WorkplaceOptions, with_workplace_options


class FitMethod(StrEnum):
    """Methods of a calibration."""

    emulator = "emulator"
    rejection = "rejection"


@with_workplace_options(*HERE)
def calibrate_command(
    workplace_options: WorkplaceOptions,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATTERNS.toml",
        ),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            "--free",
            metavar="KEY[=LOW:HIGH]",
        ),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, max=1_000_000)] = 2000,
    members: Annotated[int, typer.Option(min=2, max=100_000)] = 150,
    name: Annotated[str, typer.Option("--name")] = "calibrated",
    method: FitMethod = FitMethod.emulator,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    truths: Annotated[
        int,
        typer.Option(
            min=0,
        ),
    ] = 40,
    scored: Annotated[
        int,
        typer.Option(
            "--scored",
            min=0,
        ),
    ] = 40,
    variants: Annotated[
        list[str] | None,
        typer.Option(
            "--variant",
            metavar="NAME:KEY=VALUE",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR"),
    ] = None,
    charts: ChartsOption = True,
    lang: LanguageOption = None,
) -> None:
    """Fit parameters to the calibration patterns: an ensemble, not one best point."""
    from sim.studies.calibration.work import Order, carry_out

    carry_out(
        Order(
            file,
            tuple(free or ()),
            runs,
            members,
            name,
            method.value,
            seed,
            truths,
            scored,
            tuple(variants or ()),
            out,
            charts,
            words(lang),
            workplace_options,
        )
    )


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("calibrate")(calibrate_command)
