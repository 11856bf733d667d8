"""`estate study …`: the commands and their options; the work is in sim.studies.study.work."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options


class Format(StrEnum):
    """File formats of an export."""

    csv = "csv"
    netcdf = "netcdf"


study_app = typer.Typer(no_args_is_help=True)

StudyArgument = Annotated[
    str,
    typer.Argument(metavar="FILE"),
]
RetryOption = Annotated[bool, typer.Option("--retry-failed")]


def _carrying_out(resume: bool) -> Callable[..., None]:
    """Carry out a study, whose runs that exist are not run again; or go on with one that was interrupted."""

    @with_workplace_options(*ANYWHERE, "slurm", "sbatch", "ensemble")
    def command(
        workplace_options: WorkplaceOptions,
        file: StudyArgument,
        retry_failed: RetryOption = False,
        lang: LanguageOption = None,
    ) -> None:
        from sim.studies.study.work import Order, carry_out

        words(lang)
        carry_out(Order(file, workplace_options, retry_failed), resume)

    return command


study_app.command("run")(_carrying_out(resume=False))
study_app.command("resume")(_carrying_out(resume=True))


@study_app.command("status")
@with_workplace_options("store", "ensemble")
def status_command(
    workplace_options: WorkplaceOptions,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """How far studies are, and what was set aside."""
    from sim.studies.study.work import show_status

    words(lang)
    show_status(file, workplace_options)


@study_app.command("rerun")
@with_workplace_options("store", "ensemble")
def rerun_command(
    workplace_options: WorkplaceOptions,
    file: StudyArgument,
    run: Annotated[str, typer.Option("--run", metavar="ID")],
    lang: LanguageOption = None,
) -> None:
    """Carry out one run again and compare it bit for bit."""
    from sim.studies.study.work import rerun

    words(lang)
    rerun(file, run, workplace_options)


@study_app.command("export")
@with_workplace_options("store", "ensemble")
def export_command(
    workplace_options: WorkplaceOptions,
    file: StudyArgument,
    form: Annotated[Format, typer.Option("--format")] = Format.csv,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR"),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a study's runs as CSV tables or one NetCDF file."""
    from sim.studies.study.work import export_study

    words(lang)
    export_study(file, form.value, out, workplace_options)


@study_app.command("list")
def list_command(lang: LanguageOption = None) -> None:
    """List the studies that have a name."""
    from sim.studies.study.work import show_studies

    words(lang)
    show_studies()


def add_commands(app: typer.Typer) -> None:
    """Make these commands known to `estate`."""
    app.add_typer(study_app, name="study")
