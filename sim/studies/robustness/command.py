"""`estate robust`."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import LanguageOption, MonthsOption, OutOption, SetOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


@with_workplace_options(*ANYWHERE, "ensemble", "level")
def robust_command(
    workplace_options: WorkplaceOptions,
    scenarios: Annotated[list[str], typer.Argument(metavar="PLAN OTHER...")],
    thresholds: Annotated[list[str] | None, typer.Option("--threshold", metavar="OUTCOME=VALUE")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", metavar="NAME")] = None,
    factors: Annotated[list[str] | None, typer.Option("--factor", metavar="KEY=LOW:HIGH")] = None,
    worlds: Annotated[list[str] | None, typer.Option("--world", metavar="NAME")] = None,
    variants: Annotated[list[str] | None, typer.Option("--variant", metavar="NAME:KEY=VALUE")] = None,
    replications: Annotated[int, typer.Option(min=2)] = 20,
    futures: Annotated[int | None, typer.Option(min=2)] = None,
    fresh: Annotated[int | None, typer.Option(min=0)] = None,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    months: MonthsOption = None,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Which plan is robust: regret and how often each does well enough, over worlds, and where it fails."""
    from sim.cli.analysis import Common, check_place_of, finish
    from sim.cli.terminal import console
    from sim.experiments.unmeasured import stated_ranges
    from sim.studies.calibration.work import stated_variants
    from sim.studies.robustness.chart import failing_region, regret
    from sim.studies.robustness.robust import robust
    from sim.studies.robustness.worlds import LOOPS, MECHANISMS, settings_of_thresholds

    common = Common(tuple(settings or ()), out, words(lang), workplace_options)
    check_place_of("robustness", common)
    limits, ranges = settings_of_thresholds(thresholds or ()), stated_ranges(factors or (), "--factor")
    with workplace_options.opened(console()) as workplace:
        found = robust(
            *scenarios,
            thresholds=limits,
            outcome=outcome,
            factors=ranges,
            worlds=worlds or (LOOPS, MECHANISMS),
            variants=stated_variants(variants or ()),
            replications=replications,
            futures=futures,
            fresh=fresh,
            first_seed=seed,
            months=months,
            overrides=common.changes(),
            workplace=workplace,
        )
    for line in found.warnings():
        console().print(f"! {line}", style="yellow")
    charts = {"regret": regret(found)}
    charts |= {
        f"failing_region_{rule.arm}": failing_region(found, rule.arm) for rule in found.rules if rule.holds
    }
    finish("robust", found, charts, common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("robust")(robust_command)
