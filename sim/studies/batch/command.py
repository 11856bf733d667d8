"""`estate batch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import ChartsOption, LanguageOption, LengthOption, SeedOption, ThreadsOption, words
from sim.cli.workplace_options import EnsembleOption


def batch_command(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIOS…"),
    ],
    replications: Annotated[
        int,
        typer.Option(min=1, max=10_000),
    ] = 1,
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("results/batch"),
    lang: LanguageOption = None,
    seed: SeedOption = None,
    months: LengthOption = None,
    threads: ThreadsOption = None,
    charts: ChartsOption = True,
    ensemble: EnsembleOption = None,
) -> None:
    """Simulate many scenarios into one folder with an index page."""
    from sim.experiments.ensemble import as_ensemble
    from sim.studies.batch.work import Order, carry_out

    words(lang)
    held = as_ensemble(ensemble)
    carry_out(Order(tuple(scenarios), replications, out, months, threads, charts, held, seed))


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("batch")(batch_command)
