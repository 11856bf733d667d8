"""`estate compare`: the options; the work is in sim.studies.comparison.work."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from sim.cli.options import (
    ChartsOption,
    LanguageOption,
    MonthsOption,
    OutcomesOption,
    OutOption,
    SeedOption,
    SettingsOption,
    StudyOption,
    words,
)
from sim.cli.place import ANYWHERE, Place, at_place


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
    from sim.studies.comparison.work import Order, carry_out

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


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("compare")(compare_command)
