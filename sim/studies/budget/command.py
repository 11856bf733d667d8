"""`estate budget`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from sim.cli.options import LanguageOption, OutOption, ScenarioOrStudyArgument, SetOption, words
from sim.cli.place import ANYWHERE, Place, at_place
from sim.text import message

if TYPE_CHECKING:
    from sim.cli.of_scenario import Common


@at_place(*ANYWHERE, "ensemble")
def budget_command(
    place: Place,
    scenario: ScenarioOrStudyArgument,
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
    from sim.cli.of_scenario import Common

    options = {
        "payer": payer,
        "trials": trials,
        "replications": replications,
        "months": months,
        "stress": stress,
        "fresh": fresh,
    }
    given = {key: value for key, value in options.items() if value is not None}
    _carry_out(scenario, yearly, menu, given, Common(tuple(settings or ()), out, words(lang), place))


def _carry_out(
    name: str, yearly: float | None, menu: Path | None, options: Mapping[str, Any], common: Common
) -> None:
    """Search for a scenario, or answer the file of a question, and say and write what was found."""
    from sim.cli.of_scenario import RESULTS, changed, check_place_of, put, tell
    from sim.cli.terminal import console
    from sim.errors import StudyError
    from sim.experiments.trap_file import is_trap_study, load_trap_study
    from sim.studies.budget.budget import BudgetStudy, budget
    from sim.studies.budget.chart import pareto

    asked: dict[str, Any] = dict(options)
    if is_trap_study(name, "budget"):
        study = load_trap_study(name, BudgetStudy)
        console().print(study.question.in_language(common.lang), markup=False)
        asked, yearly = study.options() | asked, study.yearly if yearly is None else yearly
        scenario = changed(study.scenario(), common)
    else:
        scenario = changed(name, common)
    if yearly is None:
        raise StudyError(message("budget.error.no_sum"))
    if menu is not None:
        asked["menu"] = menu
    # the search is kept in the folder that was asked for, or in one for all searches of the scenario, and goes on there
    folder = common.out or RESULTS / f"budget-{scenario.name}"
    check_place_of("budget", common)
    with common.place.opened(console(), common.lang) as workplace:
        found = budget(scenario, yearly, folder=folder, workplace=workplace, **asked)
    tell(found, common)
    put(found, {"pareto": pareto(found)}, "budget", common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("budget")(budget_command)
