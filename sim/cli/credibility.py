"""`estate evidence`, `estate validate`, `estate calibrate` and `estate reproduce`: the commands and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import HERE, Place, at_place

ChartsOption = Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the chart. / 是否绘图。")]


def add_credibility_commands(app: typer.Typer) -> None:
    """Put the four commands into the app."""
    app.command("evidence")(evidence_command)
    app.command("validate")(validate_command)
    app.command("calibrate")(calibrate_command)
    app.command("reproduce")(reproduce_command)


def evidence_command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Argument(
            metavar="ENTRY",
            help="A parameter, a figure (P066) or a source (D51); default: all parameters. / 参数、数据或资料编号。",
        ),
    ] = None,
    sensitivity: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--sensitivity",
            metavar="DIR",
            help="Folder of a sensitivity result: what share of it rests on assumptions. / 敏感性分析结果文件夹。",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """What the numbers of the model rest on. / 说明模型数值的依据。"""
    from sim.cli.evidence_work import show_all, show_entry, show_share

    if sensitivity is not None:
        show_share(sensitivity, words(lang))
    elif name is None:
        show_all(words(lang))
    else:
        show_entry(name, words(lang))


@at_place(*HERE, "ensemble")
def validate_command(
    place: Place,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(
            metavar="PATTERNS.toml",
            help="File of patterns (default: those that ship). / 模式文件，默认用自带的。",
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=100_000, help="Runs of each pattern. / 每项重复次数。")
    ] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first run. / 首个随机种子。")] = 1,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also with each loop off in turn. / 另逐个关闭循环。")
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder (default results/validation/…). / 输出文件夹。"),
    ] = None,
    charts: ChartsOption = True,
    lang: LanguageOption = None,
) -> None:
    """Compare the model with what was reported; misses are shown as misses. / 与报道的情况对照，不符的照实列出。"""
    from sim.cli.validate_work import Order, carry_out

    carry_out(Order(file, replications, seed, ablate, out, place, charts, words(lang)))


class FitMethod(StrEnum):
    """Methods of a calibration."""

    emulator = "emulator"
    rejection = "rejection"


@at_place(*HERE)
def calibrate_command(
    place: Place,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(
            metavar="PATTERNS.toml",
            help="File of patterns (default: those that ship). / 模式文件，默认用自带的。",
        ),
    ] = None,
    free: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--free",
            metavar="KEY[=LOW:HIGH]",
            help="A parameter to fit; may be repeated (default: the most influential unmeasured ones). / "
            "要拟合的参数，可重复，默认为影响最大的未测参数。",
        ),
    ] = None,
    runs: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Runs of the fit. / 拟合的运行次数。")
    ] = 2000,
    members: Annotated[
        int, typer.Option(min=2, max=100_000, help="Members of the ensemble. / 参数集合的组数。")
    ] = 150,
    name: Annotated[
        str, typer.Option("--name", help="Name of the ensemble. / 参数集合的名称。")
    ] = "calibrated",
    method: Annotated[
        FitMethod,
        typer.Option(
            help="Gaussian processes, or rejection with regression. / 高斯过程仿真器，或拒绝抽样加回归。"
        ),
    ] = FitMethod.emulator,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed of the first run and of the designs. / 随机种子。")
    ] = 1,
    truths: Annotated[
        int,
        typer.Option(
            min=0,
            help="Known sets on which coverage is tried, 0 for none. / 检验覆盖率的已知参数组数，0为不检验。",
        ),
    ] = 40,
    scored: Annotated[
        int,
        typer.Option(
            "--scored",
            min=0,
            help="Members scored on all patterns afterwards, 0 for none. / 之后用于检验全部模式的组数。",
        ),
    ] = 40,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder (default results/ensembles). / 输出文件夹。"),
    ] = None,
    charts: ChartsOption = True,
    lang: LanguageOption = None,
) -> None:
    """Fit parameters to the calibration patterns: an ensemble, not one best point. / 按校准模式拟合参数，得到参数集合而非单一最优值。"""
    from sim.cli.calibrate_work import Order, carry_out

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
            out,
            charts,
            words(lang),
            place,
        )
    )


@at_place("workers", "in_process")
def reproduce_command(
    place: Place,
    folder: Annotated[
        Path, typer.Argument(metavar="RESULT", help="Folder of results: of a run or of many. / 结果文件夹。")
    ],
    threads: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Threads of one run; the result does not depend on it. / 单次运行的线程数，不影响结果。",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out a saved result again and compare bit for bit. / 重做已保存的结果并逐位比对。"""
    from sim.cli.reproduce_work import carry_out

    carry_out(folder, threads, words(lang), place)
