"""`estate study …`: the commands and their options; the work is in sim.studies.study.work."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import ANYWHERE, Place, at_place


class Format(StrEnum):
    """File formats of an export."""

    csv = "csv"
    netcdf = "netcdf"


study_app = typer.Typer(
    no_args_is_help=True, help="Studies: many runs that answer one question. / 研究：用大量运行回答一个问题。"
)

StudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="TOML file of a study, or its name (see `estate study list`). / 研究文件或名称。"
    ),
]
RetryOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try runs again that were set aside. / 重试已搁置的运行。")
]


@study_app.command("run")
@at_place(*ANYWHERE, "ensemble")
def run_command(
    place: Place,
    file: StudyArgument,
    retry_failed: RetryOption = False,
    lang: LanguageOption = None,
) -> None:
    """Carry out a study; runs that exist are not run again. / 执行研究；已有的运行不会重复。"""
    from sim.studies.study.work import Order, carry_out

    words(lang)
    carry_out(Order(file, place, retry_failed), False)


@study_app.command("resume")
@at_place(*ANYWHERE, "ensemble")
def resume_command(
    place: Place,
    file: StudyArgument,
    retry_failed: RetryOption = False,
    lang: LanguageOption = None,
) -> None:
    """Go on with a study that was interrupted. / 继续被中断的研究。"""
    from sim.studies.study.work import Order, carry_out

    words(lang)
    carry_out(Order(file, place, retry_failed), True)


@study_app.command("status")
@at_place("store", "ensemble")
def status_command(
    place: Place,
    file: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="FILE",
            help="File or name of a study (default: all begun here). / 研究文件或名称，默认列出全部。",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """How far studies are, and what was set aside. / 查看研究进度和被搁置的运行。"""
    from sim.studies.study.work import show_status

    words(lang)
    show_status(file, place)


@study_app.command("rerun")
@at_place("store", "ensemble")
def rerun_command(
    place: Place,
    file: StudyArgument,
    run: Annotated[
        str, typer.Option("--run", metavar="ID", help="Id of the run, or its first digits. / 运行编号。")
    ],
    lang: LanguageOption = None,
) -> None:
    """Carry out one run again and compare it bit for bit. / 重做单个运行并逐位比对。"""
    from sim.studies.study.work import rerun

    words(lang)
    rerun(file, run, place)


@study_app.command("export")
@at_place("store", "ensemble")
def export_command(
    place: Place,
    file: StudyArgument,
    form: Annotated[Format, typer.Option("--format", help="csv or netcdf. / 文件格式。")] = Format.csv,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder (default: that of the study). / 输出文件夹。"),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a study's runs as CSV tables or one NetCDF file. / 导出为CSV表或NetCDF文件。"""
    from sim.studies.study.work import export_study

    words(lang)
    export_study(file, form.value, out, place)


@study_app.command("list")
def list_command(lang: LanguageOption = None) -> None:
    """List the studies that have a name. / 列出已有名称的研究。"""
    from sim.studies.study.work import show_studies

    words(lang)
    show_studies()


def add_commands(app: typer.Typer) -> None:
    """Make these commands known to `estate`."""
    app.add_typer(study_app, name="study")
