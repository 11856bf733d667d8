"""`estate compare`: the options; the work is in sim.studies.comparison.work."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from sim.cli.options import (
    ChartsOption,
    LanguageOption,
    MonthsOption,
    OutcomesOption,
    OutOption,
    SeedOption,
    SettingsOption,
    StudyOption,
    words,
)
from sim.cli.place import ANYWHERE, Place, at_place


@at_place(*ANYWHERE, "ensemble", "level")
def compare_command(
    place: Place,
    scenarios: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="BASELINE OTHER...",
        ),
    ] = None,
    study: StudyOption = None,
    replications: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=2,
        ),
    ] = None,
    seed: SeedOption = None,
    months: MonthsOption = None,
    settings: SettingsOption = None,
    outcomes: OutcomesOption = None,
    width: float | None = None,
    difference: float | None = None,
    withdraw: Annotated[
        Optional[int],  # noqa: UP045
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
    out: OutOption = None,
    lang: LanguageOption = None,
    charts: ChartsOption = True,
) -> None:
    """Compare scenarios with the same seeds: effect, rescues, cost."""
    from sim.studies.comparison.work import Order, carry_out

    carry_out(
        Order(
            tuple(scenarios or ()),
            study,
            replications,
            seed,
            months,
            tuple(settings or ()),
            tuple(outcomes or ()),
            width,
            difference,
            withdraw,
            after,
            out,
            words(lang),
            charts,
            place,
        )
    )


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("compare")(compare_command)
