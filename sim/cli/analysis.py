"""`estate compare` and `estate sensitivity`: the options; the work is in sim.cli.compare and sim.cli.sensitivity."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import ANYWHERE, Place, at_place


class Method(StrEnum):
    """Methods of a sensitivity analysis."""

    morris = "morris"
    sobol = "sobol"
    both = "both"


SettingsOption = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads this at run time
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value everywhere; may be repeated. / 修改一个参数，可重复。",
    ),
]
MonthsOption = Annotated[Optional[int], typer.Option(min=1, help="Months to simulate. / 模拟月数。")]  # noqa: UP045
SeedOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--seed", min=0, help="Seed of the first replication (default 1). / 首个随机种子，默认1。"),
]
OutcomesOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--outcome",
        metavar="NAME",
        help="Outcome of interest, the main one first; may be repeated. / 关注指标，可重复。",
    ),
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="DIR", help="Folder for the results. / 结果文件夹。"),
]
StudyOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--study",
        metavar="FILE",
        help="Take everything from a study file, or its name. / 由研究文件给出全部设定。",
    ),
]
ChartsOption = Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts. / 是否绘图。")]


@at_place(*ANYWHERE, "ensemble", "level")
def compare_command(
    place: Place,
    scenarios: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="BASELINE OTHER...",
            help="Names or TOML files; the first is the baseline. / 情景，第一个为基准。",
        ),
    ] = None,
    study: StudyOption = None,
    replications: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=2,
            help="Seeds, the same for every scenario (default 20). / 重复次数，各情景种子相同，默认20。",
        ),
    ] = None,
    seed: SeedOption = None,
    months: MonthsOption = None,
    settings: SettingsOption = None,
    outcomes: OutcomesOption = None,
    width: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            help="Replicate (10, 20, 40, 80 times) until the main outcome's interval is this wide, in its unit: 0.02 is 2 points. "
            "/ 逐步增加重复，直到主要指标的区间不宽于此值（0.02即2个百分点）。"
        ),
    ] = None,
    difference: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            help="Say how many replications show this difference of the main outcome. / 看出主要指标这样大小的差异需多少次重复。"
        ),
    ] = None,
    withdraw: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            metavar="MONTH",
            help="Also end each programme after this month: what remains? / 另做退出检验：在该月后停止各项措施。",
        ),
    ] = None,
    after: Annotated[
        bool,
        typer.Option(
            "--after",
            help="Also run sixty months more, programmes going on and ended: what level persists? "
            "/ 再运行60个月（措施继续与停止）：会保持在什么水平？",
        ),
    ] = False,
    out: OutOption = None,
    lang: LanguageOption = None,
    charts: ChartsOption = True,
) -> None:
    """Compare scenarios with the same seeds: effect, rescues, cost. / 用相同随机种子比较情景：效果、脱困小区、费用。"""
    from sim.cli.compare import Order, carry_out

    carry_out(
        Order(
            tuple(scenarios or ()),
            study,
            replications,
            seed,
            months,
            tuple(settings or ()),
            tuple(outcomes or ()),
            width,
            difference,
            withdraw,
            after,
            out,
            words(lang),
            charts,
            place,
        )
    )


@at_place(*ANYWHERE, "ensemble", "level")
def sensitivity_command(
    place: Place,
    scenario: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="SCENARIO", help="Name (see `estate list`) or TOML file. / 情景名称或TOML文件。"
        ),
    ] = None,
    study: StudyOption = None,
    method: Annotated[
        Optional[Method],  # noqa: UP045
        typer.Option(
            help="Screening (default), indices, or one after the other. / 方法：筛选（默认）、方差分解或先后进行。"
        ),
    ] = None,
    size: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=2,
            help="Trajectories (morris, default 10) or base points (sobol, a power of two, default 64). / 规模。",
        ),
    ] = None,
    factors: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--parameter",
            metavar="KEY[=LOW:HIGH]",
            help="What to vary; may be repeated (default: every unmeasured parameter with a "
            "plausible range). / 变动哪些参数，默认全部未测参数。",
        ),
    ] = None,
    outcomes: OutcomesOption = None,
    replications: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Seeds, the same at every point (default 3). / 每个组合的重复次数，默认3。"),
    ] = None,
    top: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Parameters that go on from morris to sobol (default 8). / 进入方差分解的参数个数，默认8。",
        ),
    ] = None,
    seed: SeedOption = None,
    months: MonthsOption = None,
    settings: SettingsOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
    charts: ChartsOption = True,
) -> None:
    """Which parameters move the outcomes: Morris and Sobol. / 哪些参数左右结果：Morris筛选与Sobol指数。"""
    from sim.cli.sensitivity import Order, carry_out

    carry_out(
        Order(
            scenario,
            study,
            method.value if method else None,
            size,
            tuple(factors or ()),
            tuple(outcomes or ()),
            replications,
            top,
            seed,
            months,
            tuple(settings or ()),
            out,
            words(lang),
            charts,
            place,
        )
    )
