"""`estate sensitivity`: the options; the work is in sim.studies.sensitivity.work."""

from __future__ import annotations

from enum import StrEnum
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


class Method(StrEnum):
    """Methods of a sensitivity analysis."""

    morris = "morris"
    sobol = "sobol"
    both = "both"


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
    from sim.studies.sensitivity.work import Order, carry_out

    words(lang)
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
            charts,
            place,
        )
    )


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("sensitivity")(sensitivity_command)
