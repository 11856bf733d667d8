"""`estate run`, `estate explain`, `estate animate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import ChartsOption, LanguageOption, LengthOption, ScenarioArgument, ThreadsOption, words
from sim.cli.place import EnsembleOption


def run_command(
    scenario: ScenarioArgument,
    seed: Annotated[Optional[int], typer.Option(help="Seed of all draws. / 随机种子。")] = None,  # noqa: UP045
    months: LengthOption = None,
    settings: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Change one value; may be repeated. / 修改一个参数，可重复。"
        ),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder for the results. / 结果文件夹。"),
    ] = None,
    lang: LanguageOption = None,
    threads: ThreadsOption = None,
    charts: ChartsOption = True,
    ensemble: EnsembleOption = None,
    member: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "--member", min=1, help="Which member of the ensemble, from 1. / 用参数集合的第几组，从1起。"
        ),
    ] = None,
    among: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=2,
            max=10_000,
            help="Afterwards run other seeds too, so many in all, and say where this one lies. / 随后再运行其他种子（合计次数），说明本次所处位置。",
        ),
    ] = None,
) -> None:
    """Simulate a scenario; write tables and charts. / 运行一个情景，写出数据表和图。"""
    from sim.studies.run.work import Order, carry_out

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
        )
    )


def explain_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of results. / 结果文件夹。")],
    estate: Annotated[
        int, typer.Option("--estate", min=0, metavar="N", help="Number of the estate. / 小区编号。")
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out", metavar="DIR", help="Folder for the chart (default RUN/charts). / 图的文件夹。"
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Tell the life of one estate, cause by cause. / 讲述一个小区的经历及其原因。"""
    from sim.studies.run.saved import tell_life

    words(lang)
    tell_life(folder, estate, out)


class Groups(StrEnum):
    """What the estates of a map are grouped by."""

    type = "type"
    district = "district"


def animate_command(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run. / 一次运行的结果文件夹。")],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out",
            metavar="FILE",
            help="A .mp4 or .gif file (default RUN/map.mp4 where there is ffmpeg). / 输出文件。",
        ),
    ] = None,
    group: Annotated[
        Groups, typer.Option(help="Estates by type or by district. / 按类型或按区分组。")
    ] = Groups.type,
    speed: Annotated[float, typer.Option(min=0.5, max=60, help="Months a second. / 每秒月数。")] = 8.0,
    lang: LanguageOption = None,
) -> None:
    """Show month by month how every estate fares, as a film. / 把每个小区逐月的变化做成动画。"""
    from sim.studies.run.saved import write_film

    words(lang)
    write_film(folder, out, group.value, speed)


def add_commands(app: typer.Typer) -> None:
    """Make these commands known to `estate`."""
    app.command("run")(run_command)
    app.command("explain")(explain_command)
    app.command("animate")(animate_command)
