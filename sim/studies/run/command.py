"""`estate run`, `estate explain`, `estate animate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import ChartsOption, LanguageOption, LengthOption, ThreadsOption, words
from sim.cli.workplace_options import EnsembleOption


def run_command(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(metavar="SCENARIO")] = None,
    seed: int | None = None,
    months: LengthOption = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR"),
    ] = None,
    lang: LanguageOption = None,
    threads: ThreadsOption = None,
    charts: ChartsOption = True,
    svg: Annotated[bool, typer.Option("--svg")] = False,
    ensemble: EnsembleOption = None,
    member: Annotated[
        int | None,
        typer.Option("--member", min=1),
    ] = None,
    among: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=10_000,
        ),
    ] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="RUN")] = None,
    at: Annotated[int | None, typer.Option("--at", metavar="MONTH", min=1)] = None,
    keep_state: Annotated[str | None, typer.Option("--keep-state", metavar="MONTHS")] = None,
) -> None:
    """Simulate a scenario; write tables and charts."""
    from sim.studies.run.work import Order, carry_out

    if scenario is None and source is None and at is None:
        _ask_for_scenario(context)
    carry_out(
        Order(
            scenario,
            seed,
            months,
            tuple(settings or ()),
            out,
            words(lang),
            threads,
            charts,
            ensemble,
            member,
            among,
            source,
            at,
            keep_state,
            svg,
        )
    )


def _ask_for_scenario(context: typer.Context) -> None:
    """Refuse a call without a scenario as the library refuses one without an argument; with --from it may be
    left out."""
    argument = next(one for one in context.command.params if one.name == "scenario")
    argument.required = True
    argument.process_value(context, None)


def explain_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN")],
    estate: Annotated[int, typer.Option("--estate", min=0, metavar="N")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR"),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Tell the life of one estate, cause by cause."""
    from sim.studies.run.work import tell_life

    words(lang)
    tell_life(folder, estate, out)


def diff_command(
    one: Annotated[str, typer.Argument(metavar="RUN")],
    other: Annotated[str, typer.Argument(metavar="OTHER")],
    threads: ThreadsOption = None,
    lang: LanguageOption = None,
) -> None:
    """Say where two runs part, and why; exit code 0 where they are the same, 1 where they part."""
    from sim.studies.run.work import tell_parting

    words(lang)
    if not tell_parting(one, other, threads):
        raise typer.Exit(1)


class Groups(StrEnum):
    """What the estates of a map are grouped by."""

    type = "type"
    district = "district"


def animate_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
        ),
    ] = None,
    group: Groups = Groups.type,
    speed: Annotated[float, typer.Option(min=0.5, max=60)] = 8.0,
    lang: LanguageOption = None,
) -> None:
    """Show month by month how every estate fares, as a film."""
    from sim.studies.run.work import write_film

    words(lang)
    write_film(folder, out, group.value, speed)


def add_commands(app: typer.Typer) -> None:
    """Make these commands known to `estate`."""
    app.command("run")(run_command)
    app.command("explain")(explain_command)
    app.command("diff")(diff_command)
    app.command("animate")(animate_command)
