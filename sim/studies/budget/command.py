"""`estate budget`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import LanguageOption, OutOption, ScenarioOrStudyArgument, SetOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options
from sim.text import message

if TYPE_CHECKING:
    from sim.cli.analysis import Common


@with_workplace_options(*ANYWHERE, "ensemble")
def budget_command(
    workplace_options: WorkplaceOptions,
    scenario: ScenarioOrStudyArgument,
    yearly: float | None = None,
    payer: Annotated[
        str | None,
        typer.Option(
            metavar="city|district|street|community",
        ),
    ] = None,
    menu: Annotated[
        Path | None,
        typer.Option(metavar="FILE"),
    ] = None,
    trials: Annotated[int | None, typer.Option(min=1, max=1_000_000)] = None,
    replications: Annotated[int | None, typer.Option(min=1, max=10_000)] = None,
    months: Annotated[int | None, typer.Option(min=1)] = None,
    fresh: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=10_000,
        ),
    ] = None,
    stress: Annotated[
        int | None,
        typer.Option(min=0, max=100_000),
    ] = None,
    rivals: Annotated[bool | None, typer.Option("--rivals/--no-rivals")] = None,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Search what to buy with a yearly budget, and in what order; goes on where it stopped."""
    from sim.cli.analysis import Common

    options = {
        "payer": payer,
        "trials": trials,
        "replications": replications,
        "months": months,
        "stress": stress,
        "fresh": fresh,
        "rivals": rivals,
    }
    given = {key: value for key, value in options.items() if value is not None}
    _carry_out(
        scenario, yearly, menu, given, Common(tuple(settings or ()), out, words(lang), workplace_options)
    )


def _carry_out(
    name: str, yearly: float | None, menu: Path | None, options: Mapping[str, Any], common: Common
) -> None:
    """Search for a scenario, or answer the file of a question, and say and write what was found."""
    from sim.cli.analysis import RESULTS, changed, check_place_of, put, tell
    from sim.cli.terminal import console
    from sim.errors import StudyError
    from sim.experiments.study_file import is_trap_study, load_trap_study
    from sim.studies.budget.budget import BudgetStudy, budget
    from sim.studies.budget.chart import pareto

    asked: dict[str, Any] = dict(options)
    if is_trap_study(name, "budget"):
        study = load_trap_study(name, BudgetStudy)
        console().print(study.question.in_language(common.lang))
        asked, yearly = study.options() | asked, study.yearly if yearly is None else yearly
        scenario = changed(study.scenario(), common)
    else:
        scenario = changed(name, common)
    if yearly is None:
        raise StudyError(message("budget.error.no_sum"))
    if menu is not None:
        asked["menu"] = menu
    # the search is kept in the folder that was asked for, or in one for all searches of the scenario, and
    # goes on there
    folder = common.out or RESULTS / f"budget-{scenario.name}"
    check_place_of("budget", common)
    with common.workplace_options.opened(console()) as workplace:
        search = budget(scenario, yearly, folder=folder, workplace=workplace, **asked)
    tell(search, common)
    put(search, {"pareto": pareto(search)}, "budget", common)


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("budget")(budget_command)
