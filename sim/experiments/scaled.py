"""A city of another size with the same chances: what is shared out between its estates is scaled with them.

To change `city.estates` alone leaves every budget, every company and every capacity as large as before, so
that each estate of a smaller city gets more of them, and a programme costs and does another thing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.arguments import whole
from sim.errors import EstateError
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.tables import apportion
from sim.text import message
from sim.text.catalog import by_language

MOST = 1_000_000  # as city.estates
SHARED = ("capacity", "yearly_budget")  # of every programme
# Whom a body or the city has once for all its estates; all else that a programme sets is of one estate.
SHARED_OF_KIND = {"mediation": ("centre",), "red_neighbour": ("persons",), "self_management": ("leaders",)}
LEAST_CAPACITY = 0.001  # estates a month, as the setting allows


def scaled(scenario: str | Path | Scenario, estates: int) -> Scenario:
    """A scenario of a city with another number of estates, to each of which the same is due.

    Types and modes keep their shares, estates their households; companies, what state-owned companies can
    hold, money and staff of government, capacities and budgets of programmes are scaled alike. Districts
    stay as many. Chance weighs more in a smaller city. Of a city from a table, every so many-th row is kept,
    and no more than there are. EstateError for a number that cannot be, ScenarioError for a scenario that
    cannot be read.
    """
    made = load(scenario) if not isinstance(scenario, Scenario) else scenario
    most = MOST if made.estates is None else made.estates.rows.size
    whole("estates", estates, 1, most, EstateError)
    if estates == made.city.estates:
        return made
    smaller = in_proportion(made, estates)
    title = message("size.scaled", title=made.title, estates=estates, all=made.city.estates)
    return with_overrides(smaller, {f"title.{name}": text for name, text in by_language(title).items()})


def in_proportion(scenario: Scenario, estates: int) -> Scenario:
    """The scenario with so many estates and its share of all that they divide, under its own title."""
    part = estates / scenario.city.estates
    changes: dict[str, Any] = {"city.estates": estates}
    if scenario.estates is not None:
        table = scenario.estates.rows
        kept = [place * table.size // estates for place in range(estates)]
        fewer = table.some(kept, without=("street", "community", "company"))
        changes["estates.content"] = fewer.text
        changes["city.households"] = int(fewer.households.sum())
    elif scenario.city.households is not None:
        changes["city.households"] = max(1, round(scenario.city.households * part))
    counts = apportion(estates, {name: float(count) for name, count in scenario.estates_by_type().items()})
    for name, kind in scenario.types.items():
        changes[f"types.{name}.count"] = counts[name]
        total = sum(kind.mode_counts.values())
        if total:
            changes[f"types.{name}.modes"] = {mode: count / total for mode, count in kind.mode_counts.items()}
    return with_overrides(
        scenario,
        changes | _companies(scenario, part) | _government(scenario, part) | _programmes(scenario, part),
    )


def _companies(scenario: Scenario, part: float) -> dict[str, Any]:
    """Fewer companies; the few state-owned ones hold what makes up for rounding their number."""
    own = scenario.companies
    private = max(1, round(own.private * part)) if own.private else 0
    changes: dict[str, Any] = {"companies.private": private}
    if own.state_owned:
        number = max(1, round(own.state_owned * part))
        held = own.state_owned * own.capacity_state_owned * part / number
        changes |= {
            "companies.state_owned": number,
            "companies.capacity_state_owned": min(10_000, max(1, round(held))),
        }
    return changes


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


def _programmes(scenario: Scenario, part: float) -> dict[str, Any]:
    """What each programme has for the whole city or for a body, by dotted key."""
    changes: dict[str, Any] = {}
    for one in scenario.interventions:
        for key in (*SHARED, *SHARED_OF_KIND.get(one.kind, ())):
            value = getattr(one, key, None)
            if value:
                less = max(1, round(value * part)) if isinstance(value, int) else value * part
                changes[f"interventions.{one.name}.{key}"] = (
                    max(LEAST_CAPACITY, less) if key == "capacity" else less
                )
    return changes
