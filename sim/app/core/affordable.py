"""Which cities a room can afford: bounds of work, the check of a setting against them, and
samples of cities beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.city.versions import cities_here
from sim.errors import ScenarioError
from sim.problems import Problem
from sim.scenario import Scenario, list_scenarios, load, with_overrides
from sim.scenario.tables import apportion
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
    """The city with one in `n` of its estates, and n.

    Types and management modes keep their shares, households their number an estate, every tier of government
    its money and staff an estate; companies, capacities and budgets of programmes go down alike. Chance
    weighs more in a small city.
    """
    n = -(-households_of(scenario) // OWNERS)
    kinds = scenario.estates_by_type()
    estates = max(len(kinds), round(scenario.city.estates / n))
    counts = apportion(estates, {name: float(number) for name, number in kinds.items()})
    changes: dict[str, Any] = {"city.estates": estates}
    if scenario.estates is not None:
        table = scenario.estates.rows
        kept = [place * table.size // estates for place in range(estates)]
        fewer = table.some(kept, without=("street", "community", "company"))
        changes["estates.content"] = fewer.text
        changes["city.households"] = int(fewer.households.sum())
    elif scenario.city.households is not None:
        changes["city.households"] = round(scenario.city.households * estates / scenario.city.estates)
    for name, kind in scenario.types.items():
        changes[f"types.{name}.count"] = counts[name]
        total = sum(kind.mode_counts.values())
        if total:
            changes[f"types.{name}.modes"] = {mode: count / total for mode, count in kind.mode_counts.items()}
    for key in ("private", "state_owned"):
        changes[f"companies.{key}"] = max(1, round(getattr(scenario.companies, key) / n))
    part = estates / scenario.city.estates
    smaller = with_overrides(scenario, changes | _government(scenario, part))
    programmes = [one.model_copy(update=_less(one, part)) for one in smaller.interventions]
    return with_overrides(
        smaller.model_copy(update={"interventions": tuple(programmes)}), _named(scenario, n)
    ), n


def _government(scenario: Scenario, part: float) -> dict[str, Any]:
    """Fewer streets and communities, as far as whole numbers go; money and staff make up for the rest."""
    city, own = scenario.city, scenario.government
    streets = max(1, round(city.streets_per_district * part**0.5))
    communities = max(1, round(city.communities_per_street * part**0.5))
    bodies = {
        "city": 1.0,
        "district": 1.0,
        "street": city.streets_per_district / streets,
        "community": city.streets_per_district * city.communities_per_street / (streets * communities),
    }
    changes: dict[str, Any] = {
        "city.streets_per_district": streets,
        "city.communities_per_street": communities,
    }
    changes |= {
        f"government.{tier}_budget": getattr(own, f"{tier}_budget") * part * times
        for tier, times in bodies.items()
    }
    return changes | {
        f"government.{tier}_staff": getattr(own, f"{tier}_staff") * part * bodies[tier]
        for tier in ("street", "community")
    }


def _less(programme: Any, part: float) -> dict[str, Any]:
    values = {key: getattr(programme, key, None) for key in ("capacity", "yearly_budget")}
    return {key: max(0.001, value * part) for key, value in values.items() if value is not None}


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
