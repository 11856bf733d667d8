"""`estate tipping`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import LanguageOption, OutOption, ScenarioOrStudyArgument, SetOption, words
from sim.cli.workplace_options import ANYWHERE, WorkplaceOptions, with_workplace_options
from sim.text import message

if TYPE_CHECKING:
    from sim.cli.analysis import Common

SEEDS_OVER_ENSEMBLE = 8


class World(StrEnum):
    """The city in which the lever is moved."""

    alike = "alike"
    city = "city"


@with_workplace_options(*ANYWHERE, "ensemble")
def tipping_command(
    workplace_options: WorkplaceOptions,
    scenario: ScenarioOrStudyArgument,
    lever: str = "added_income",
    low: float | None = None,
    high: float | None = None,
    values: Annotated[int, typer.Option(min=3)] = 9,
    kind: Annotated[
        list[str] | None,
        typer.Option("--type"),
    ] = None,
    world: World = World.alike,
    months: Annotated[int, typer.Option(min=24)] = 300,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
        ),
    ] = None,
    hysteresis: Annotated[bool, typer.Option("--loop/--no-loop")] = True,
    point: Annotated[
        bool,
        typer.Option("--point/--no-point"),
    ] = True,
    longest: Annotated[
        int,
        typer.Option(
            min=12,
            max=600,
        ),
    ] = 120,
    settings: SetOption = None,
    out: OutOption = None,
    lang: LanguageOption = None,
) -> None:
    """Map the trap: resting and tipping points over a lever, its width, the point of no return."""
    from sim.cli.analysis import Common

    options = {
        "low": low,
        "high": high,
        "values": values,
        "types": kind or None,
        "world": world.value,
        "months": months,
        "seeds": seeds,
        "hysteresis": hysteresis,
        "no_return": point,
        "longest_delay": longest,
    }
    _carry_out(scenario, lever, options, Common(tuple(settings or ()), out, words(lang), workplace_options))


def _carry_out(name: str, lever: str, options: Mapping[str, Any], common: Common) -> None:
    """Map the trap of a scenario, or answer the file of a question, and say and write what was found."""
    from sim.cli.analysis import changed, check_place_of, finish
    from sim.cli.terminal import console
    from sim.experiments.study_file import is_trap_study, load_trap_study
    from sim.studies.tipping.chart import bifurcation, hysteresis
    from sim.studies.tipping.tipping import TippingStudy, tipping

    over_ensemble = common.workplace_options.ensemble is not None
    if is_trap_study(name, "tipping"):
        study = load_trap_study(name, TippingStudy)
        console().print(study.question.in_language(common.lang))
        _refuse_beside_file(name, {"lever": lever, **options})
        # the file is the question: of the options only --loop, --point, --seeds, --set and --ensemble are
        # added to it
        added = {key: options[key] for key in ("hysteresis", "no_return")}
        if options["seeds"] or over_ensemble:
            added["seeds"] = _first(options["seeds"] or SEEDS_OVER_ENSEMBLE)
        lever, options = study.lever, study.options() | added
        scenario = changed(study.scenario(), common)
    else:
        options = {
            **options,
            "seeds": _first(options["seeds"] or (SEEDS_OVER_ENSEMBLE if over_ensemble else 1)),
        }
        scenario = changed(name, common)
    check_place_of("tipping", common)
    with common.workplace_options.opened(console()) as workplace:
        result = tipping(scenario, lever, workplace=workplace, **options)
    charts = {
        f"bifurcation_{one.type_name}": bifurcation(result, type_name=one.type_name) for one in result.maps
    }
    charts |= {
        f"hysteresis_{one.type_name}": hysteresis(result, type_name=one.type_name)
        for one in result.maps
        if one.loop
    }
    finish("tipping", result, charts, common)


def _first(seeds: int) -> tuple[int, ...]:
    return tuple(range(1, 1 + seeds))


def _refuse_beside_file(name: str, options: Mapping[str, Any]) -> None:
    """StudyError for options that a file states itself: they would be passed over."""
    from sim.errors import StudyError
    from sim.studies.tipping.levers import ADDED_INCOME
    from sim.studies.tipping.tipping import LONGEST_DELAY, MONTHS, VALUES

    plain = {
        "lever": ADDED_INCOME,
        "low": None,
        "high": None,
        "values": VALUES,
        "types": None,
        "world": "alike",
        "months": MONTHS,
        "longest_delay": LONGEST_DELAY,
    }
    beside = [key for key, value in plain.items() if options[key] != value]
    if beside:
        raise StudyError(message("tipping.error.beside_file", name=name, options=", ".join(beside)))


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("tipping")(tipping_command)
