"""`estate tipping`, `estate budget`: the commands and their options; the work is in sim.cli.trap_work."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import ANYWHERE, Place, at_place

SEEDS_OVER_ENSEMBLE = 8

ScenarioArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="Name or TOML file of a scenario, or of a trap study. / 情景（或陷阱研究）名称或文件。",
    ),
]
SetOption = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads this at run time
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change one value; may be repeated. / 修改一个参数，可重复。"
    ),
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="DIR", help="Folder for tables and charts. / 结果文件夹。"),
]


class World(StrEnum):
    """The city in which the lever is moved."""

    alike = "alike"
    city = "city"


@at_place(*ANYWHERE, "ensemble")
def tipping_command(
    place: Place,
    scenario: ScenarioArgument,
    lever: Annotated[
        str, typer.Option(help="added_income, viability or a dotted key. / 杠杆。")
    ] = "added_income",
    low: Annotated[Optional[float], typer.Option(help="Least value of the lever. / 最小值。")] = None,  # noqa: UP045
    high: Annotated[Optional[float], typer.Option(help="Greatest value. / 最大值。")] = None,  # noqa: UP045
    values: Annotated[int, typer.Option(min=3, help="Values of the lever before refining. / 取值个数。")] = 9,
    kind: Annotated[
        list[str] | None,
        typer.Option("--type", help="Estate type; may be repeated (default: all). / 小区类型。"),
    ] = None,
    world: Annotated[
        World, typer.Option(help="Estates all alike, or the city as it is. / 同质小区或原城市。")
    ] = World.alike,
    months: Annotated[
        int, typer.Option(min=24, help="Months until estates have settled. / 运行月数。")
    ] = 300,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
            help="Seeds of each start (default 1; 8 with an ensemble). / 随机种子数，默认1，用参数集合时8。",
        ),
    ] = None,
    hysteresis: Annotated[
        bool, typer.Option("--loop/--no-loop", help="Move the lever there and back. / 是否画滞后环。")
    ] = True,
    point: Annotated[
        bool,
        typer.Option(
            "--point/--no-point", help="Find the point of no return of the programmes. / 是否求不可逆转点。"
        ),
    ] = True,
    longest: Annotated[
        int,
        typer.Option(
            min=12,
            max=600,
            help="Longest delay of the programmes that is tried, months. / 措施最长推迟月数。",
        ),
    ] = 120,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Map the trap: resting and tipping points over a lever, its width, the point of no return. / 绘制陷阱：稳定点、临界点与不可逆转点。"""
    from sim.cli.trap_work import Common, show_tipping

    options = {
        "low": low,
        "high": high,
        "values": values,
        "types": kind or None,
        "world": world.value,
        "months": months,
        "seeds": tuple(range(1, 1 + (seeds or (1 if place.ensemble is None else SEEDS_OVER_ENSEMBLE)))),
        "hysteresis": hysteresis,
        "no_return": point,
        "longest_delay": longest,
    }
    show_tipping(
        scenario,
        lever,
        options,
        Common(tuple(settings or ()), out, words(lang), place),
    )


@at_place(*ANYWHERE, "ensemble")
def budget_command(
    place: Place,
    scenario: ScenarioArgument,
    yearly: Annotated[
        float | None, typer.Option(help="Most public money a year, yuan. / 每年预算（元）。")
    ] = None,
    payer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="city|district|street|community",
            help="Who is granted the sum, on top of its own budget (default: nobody; the payers' own budgets bound it). / 由哪一级政府获得这笔拨款（默认无，以各出资方自有预算为限）。",
        ),
    ] = None,
    menu: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE", help="TOML file with [[menu]] (default: a generic one). / 措施菜单文件。"
        ),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="Packages to try, all together. / 试验总数。")
    ] = None,
    replications: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Seeds of each package. / 每个组合的重复次数。")
    ] = None,
    months: Annotated[Optional[int], typer.Option(min=1, help="Months to simulate. / 模拟月数。")] = None,  # noqa: UP045
    fresh: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=10_000,
            help="Fresh seeds on which the front is scored again (default 10), 0 for none. / 重新评分的新种子数，默认10。",
        ),
    ] = None,
    stress: Annotated[
        int | None,
        typer.Option(min=0, max=100_000, help="Futures of the stress test, 0 for none. / 压力测试情形数。"),
    ] = None,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Search what to buy with a yearly budget, and in what order; goes on where it stopped. / 搜索预算内的措施组合及先后顺序，可续。"""
    from sim.cli.trap_work import Common, show_budget

    options = {
        "payer": payer,
        "trials": trials,
        "replications": replications,
        "months": months,
        "stress": stress,
        "fresh": fresh,
    }
    given = {key: value for key, value in options.items() if value is not None}
    show_budget(
        scenario,
        yearly,
        menu,
        given,
        Common(tuple(settings or ()), out, words(lang), place),
    )


def add_commands(app: typer.Typer) -> None:
    """Make these commands known to `estate`."""
    app.command("tipping")(tipping_command)
    app.command("budget")(budget_command)
