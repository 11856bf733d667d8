"""What is about to be simulated, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.words import say
from sim.scenario import Scenario
from sim.scenario.switches import switched
from sim.size import households_of
from sim.text import message
from sim.text.joins import labelled, listed

if TYPE_CHECKING:
    from rich.console import Console


def announce(
    screen: Console, scenario: Scenario, changes: Mapping[str, Any], folder: Path, lang: str
) -> None:
    """Print title, size, types, programmes, changed values and where the results will go."""
    draw = message("draw.one", seed=scenario.seed).in_language(lang)
    screen.print(f"{scenario.title.in_language(lang)} · {draw}", style="bold", markup=False)
    screen.print(city_line(scenario, lang), markup=False)
    kinds = scenario.estates_by_type()
    screen.print(
        "  "
        + listed(
            _counted(number, scenario.types[name].title.in_language(lang), lang)
            for name, number in kinds.items()
        ),
        markup=False,
    )
    screen.print("  " + _programmes(scenario, lang), markup=False)
    for what, names in switched(scenario):
        screen.print(f"  {labelled(what.in_language(lang), names)}", markup=False)
    if changes:
        words = listed(f"{key} = {value}" for key, value in changes.items())
        screen.print(f"  {say('changed', lang)}: {words}", markup=False)
    screen.print("  " + say("results_in", lang, folder=folder), soft_wrap=True, markup=False)


def city_line(scenario: Scenario, lang: str) -> str:
    """The size of the city and of the run in one line."""
    companies = scenario.companies.private + scenario.companies.state_owned
    return say(
        "city_line",
        lang,
        city=scenario.city.name.in_language(lang),
        estates=f"{scenario.city.estates:,}",
        households=_households(scenario, lang),
        companies=f"{companies:,}",
        months=scenario.months,
        seed=scenario.seed,
    )


def _households(scenario: Scenario, lang: str) -> str:
    """The total that the city states; otherwise about as many as its types have on average, since they will be drawn."""
    if scenario.city.households is not None:
        return f"{scenario.city.households:,}"
    return say("about", lang, number=f"{100 * max(1, round(households_of(scenario) / 100)):,}")


def _counted(number: int, title: str, lang: str) -> str:
    return message("written.of_estates", number=f"{number:,}", type=title).in_language(lang)


def _programmes(scenario: Scenario, lang: str) -> str:
    if not scenario.interventions:
        return say("no_programme", lang)
    names = listed(programme.name for programme in scenario.interventions)
    return f"{say('programmes', lang)}: {names}"
