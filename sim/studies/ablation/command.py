"""`estate ablate`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import LanguageOption, OutOption, ScenarioArgument, SetOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*ANYWHERE, "ensemble", "level")
def ablate_command(
    workplace_options: WorkplaceOptions,
    scenario: ScenarioArgument,
    replications: Annotated[int, typer.Option(min=2)] = 12,
    months: Annotated[int | None, typer.Option(min=1)] = None,
    pairs: Annotated[bool, typer.Option("--pairs/--no-pairs")] = True,
    mechanisms: Annotated[bool, typer.Option("--mechanisms/--no-mechanisms")] = True,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Take feedback loops away one by one and in pairs, and mechanisms one by one: which loop is the trap."""
    from sim.cli.analysis import Common, changed, check_place_of, finish
    from sim.cli.terminal import console
    from sim.studies.ablation.ablate import ablate
    from sim.studies.ablation.chart import charts_of

    common = Common(tuple(settings or ()), out, words(lang), workplace_options)
    base = changed(scenario, common)
    check_place_of("ablation", common)
    with workplace_options.opened(console()) as workplace:
        ablation = ablate(
            base,
            replications=replications,
            months=months,
            pairs=pairs,
            mechanisms=mechanisms,
            workplace=workplace,
        )
    charts = {name: draw(ablation, group) for name, (draw, group) in charts_of(ablation).items()}
    finish("ablate", ablation, charts, common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("ablate")(ablate_command)
