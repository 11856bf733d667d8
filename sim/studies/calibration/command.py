"""`estate calibrate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import ChartsOption, LanguageOption, words
from sim.cli.place import HERE, Place, at_place


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
    from sim.studies.calibration.work import Order, carry_out

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


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("calibrate")(calibrate_command)
