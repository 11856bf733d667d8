"""Which cities a room can afford: bounds of work, the check of a setting against them, and
samples of cities beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.city.versions import cities_here
from sim.errors import ScenarioError
from sim.experiments.scaled import in_proportion
from sim.problems import Problem
from sim.scenario import Scenario, list_scenarios, load, with_overrides
from sim.size import households_of
from sim.text import Spoken, message
from sim.text.catalog import by_language

OWNERS = 100_000  # of a sample: a run of ten years takes a second or two


@dataclass(frozen=True)
class Limits:
    """Bounds of work. A setting beyond them is refused with the bound; a full room says that it is full."""

    sessions: int = 60
    """pages open at once"""
    owners: int = 200_000
    """owners of one city (expected number)"""
    months: int = 240
    estate_months: int = 100_000
    """estates times months of one run: what a result weighs, at about 150 bytes each"""
    run_seconds: float = 90.0
    """time limit of one run; its worker is ended when it is over"""
    waiting: int = 90
    """pieces of work under way or waiting, of all participants together"""
    results_bytes: int = 400_000_000
    """memory for results of all participants; the one unused for longest goes first, and is
    simulated anew when asked for"""
    query_length: int = 8_000
    """characters of an address"""


DEFAULT_LIMITS = Limits()


def _beyond(scenario: Scenario, limits: Limits) -> list[Problem]:
    bounds = (
        ("months", scenario.months, limits.months),
        ("city.estates × months", scenario.city.estates * scenario.months, limits.estate_months),
        ("households", households_of(scenario), limits.owners),
    )
    return [
        Problem(message("app.workshop"), key, f"{value:,}", message("allowed.at_most", high=f"{most:,}"))
        for key, value, most in bounds
        if value > most
    ]


def fits(scenario: Scenario, limits: Limits) -> bool:
    """Whether a scenario keeps to every bound."""
    return not _beyond(scenario, limits)


def check_limits(scenario: Scenario, limits: Limits) -> Scenario:
    """The scenario itself; a ScenarioError lists every bound that it passes."""
    problems = _beyond(scenario, limits)
    if problems:
        raise ScenarioError(problems)
    return scenario


def sample_of(scenario: Scenario) -> tuple[Scenario, int]:
    """The city with one in `n` of its estates and its share of all that is divided between them, and n."""
    n = -(-households_of(scenario) // OWNERS)
    estates = max(len(scenario.estates_by_type()), round(scenario.city.estates / n))
    return with_overrides(in_proportion(scenario, estates), _named(scenario, n)), n


def _named(scenario: Scenario, n: int) -> dict[str, Any]:
    title = message("app.sample_title", title=scenario.title, n=n)
    about = message("app.sample_about", about=scenario.description, n=n)
    texts = {f"title.{name}": text for name, text in by_language(title).items()}
    texts |= {f"description.{name}": text for name, text in by_language(about).items()}
    return {"name": f"{scenario.name}_sample", **texts}


@cache
def city(name: str, limits: Limits) -> Scenario:
    """The city of a scenario as a workshop can afford it: itself, or a sample where it is too large.
    ScenarioError if neither will do."""
    scenario = load(name)
    if fits(scenario, limits):
        return scenario
    return check_limits(sample_of(scenario)[0], limits)


@cache
def offered(limits: Limits) -> dict[str, Spoken]:
    """Names and titles of the scenarios that a workshop can afford, the small city first, and last the cities
    of one's own in the working folder."""
    titles: dict[str, Spoken] = {}
    shipped = sorted(list_scenarios(), key=lambda name: (name != "small_city", name != "vicious_cycle", name))
    for name in dict.fromkeys((*shipped, *cities_here())):
        try:
            scenario = city(name, limits)
        except ScenarioError:
            continue
        titles[name] = scenario.title
    return titles


def title(name: str, limits: Limits) -> str:
    """A scenario's title."""
    return str(offered(limits)[name])
