"""`estate pathways`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import LanguageOption, MonthsOption, OutOption, SeedOption, SetOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*ANYWHERE, "ensemble", "level")
def pathways_command(
    workplace_options: WorkplaceOptions,
    plans: Annotated[list[str], typer.Argument(metavar="PLAN OTHER...")],
    good_while: Annotated[list[str], typer.Option("--while", metavar="RULE")],
    replications: Annotated[int, typer.Option(min=2)] = 20,
    within: Annotated[int, typer.Option(metavar="MONTHS")] = 24,
    lasting: Annotated[int, typer.Option(metavar="MONTHS")] = 24,
    before: Annotated[int, typer.Option(metavar="MONTHS")] = 12,
    likely: Annotated[float, typer.Option(metavar="SHARE")] = 0.66,
    switches: int = 1,
    seed: SeedOption = None,
    months: MonthsOption = None,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """When each plan stops being good enough, which switch is then open, and what tells beforehand."""
    from dataclasses import replace

    from sim.cli.analysis import Common, check_place_of, finish
    from sim.cli.terminal import console
    from sim.cli.workplace_options import warn_of
    from sim.experiments.ensemble import as_ensemble
    from sim.studies.pathways.chart import good_enough, metro_map
    from sim.studies.pathways.pathways import pathways

    common = Common(settings or (), out, words(lang), workplace_options)
    check_place_of("pathways", common)
    ensemble = as_ensemble(workplace_options.ensemble)
    warn_of(console(), ensemble)
    with workplace_options.opened(console()) as workplace:
        found = pathways(
            *plans,
            good_while=good_while,
            replications=replications,
            first_seed=1 if seed is None else seed,
            months=months,
            within=within,
            lasting=lasting,
            before=before,
            likely=likely,
            switches=switches,
            overrides=common.changes(),
            workplace=replace(workplace, ensemble=ensemble),
        )
    for line in found.warnings():
        console().print(f"! {line}", style="yellow")
    finish("pathways", found, {"metro_map": metro_map(found), "good_enough": good_enough(found)}, common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("pathways")(pathways_command)
