"""`estate study …`: the commands and their options; the work is in sim.cli.study_work."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words


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
StoreOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads this at run time
    typer.Option(
        "--store",
        metavar="DIR",
        help="Folder where runs are kept (default results/store). / 运行结果存放处。",
    ),
]
WorkersOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--workers", min=1, help="Worker processes (default: one for each core). / 工作进程数，默认每核一个。"
    ),
]
SchedulerOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler (tcp://host:port), or `local` to try one here. / Dask调度器地址，或local。",
    ),
]
InProcessOption = Annotated[
    bool,
    typer.Option(
        "--in-process",
        help="One run after the other in this process, for debugging. / 在本进程内逐一运行，供调试。",
    ),
]
EnsembleOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--ensemble",
        metavar="NAME",
        help="Run over an ensemble of parameters, by name or CSV file (see `estate calibrate`). / "
        "使用参数集合，名称或CSV文件。",
    ),
]
RetryOption = Annotated[
    bool, typer.Option("--retry-failed", help="Try runs again that were set aside. / 重试已搁置的运行。")
]


@study_app.command("run")
def run_command(
    file: StudyArgument,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    in_process: InProcessOption = False,
    retry_failed: RetryOption = False,
    store: StoreOption = None,
    ensemble: EnsembleOption = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out a study; runs that exist are not run again. / 执行研究；已有的运行不会重复。"""
    from sim.cli.engines import Workplace
    from sim.cli.study_work import Order, carry_out

    carry_out(
        Order(file, ensemble, words(lang), Workplace(store, workers, scheduler, in_process), retry_failed),
        False,
    )


@study_app.command("resume")
def resume_command(
    file: StudyArgument,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
    in_process: InProcessOption = False,
    retry_failed: RetryOption = False,
    store: StoreOption = None,
    ensemble: EnsembleOption = None,
    lang: LanguageOption = None,
) -> None:
    """Go on with a study that was interrupted. / 继续被中断的研究。"""
    from sim.cli.engines import Workplace
    from sim.cli.study_work import Order, carry_out

    carry_out(
        Order(file, ensemble, words(lang), Workplace(store, workers, scheduler, in_process), retry_failed),
        True,
    )


@study_app.command("status")
def status_command(
    file: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="FILE",
            help="File or name of a study (default: all begun here). / 研究文件或名称，默认列出全部。",
        ),
    ] = None,
    store: StoreOption = None,
    ensemble: EnsembleOption = None,
    lang: LanguageOption = None,
) -> None:
    """How far studies are, and what was set aside. / 查看研究进度和被搁置的运行。"""
    from sim.cli.study_work import show_status

    show_status(file, ensemble, store, words(lang))


@study_app.command("rerun")
def rerun_command(
    file: StudyArgument,
    run: Annotated[
        str, typer.Option("--run", metavar="ID", help="Id of the run, or its first digits. / 运行编号。")
    ],
    store: StoreOption = None,
    ensemble: EnsembleOption = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out one run again and compare it bit for bit. / 重做单个运行并逐位比对。"""
    from sim.cli.study_work import rerun

    rerun(file, ensemble, run, store, words(lang))


@study_app.command("export")
def export_command(
    file: StudyArgument,
    kind: Annotated[Format, typer.Option("--format", help="csv or netcdf. / 文件格式。")] = Format.csv,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder (default: that of the study). / 输出文件夹。"),
    ] = None,
    store: StoreOption = None,
    ensemble: EnsembleOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write a study's runs as CSV tables or one NetCDF file. / 导出为CSV表或NetCDF文件。"""
    from sim.cli.study_work import export_study

    export_study(file, ensemble, kind.value, out, store, words(lang))


@study_app.command("list")
def list_command(lang: LanguageOption = None) -> None:
    """List the studies that have a name. / 列出已有名称的研究。"""
    from sim.cli.study_work import show_studies

    show_studies(words(lang))
