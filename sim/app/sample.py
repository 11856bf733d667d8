"""A scaled sample of a city that is too large for a workshop: fewer estates of every type, and everything else in proportion."""

from __future__ import annotations

from typing import Any

from sim.scenario import Scenario, with_overrides
from sim.scenario.numbers import apportion
from sim.size import households_of
from sim.text import languages, message

OWNERS = 100_000  # of a sample: a run of ten years takes a second or two


def sample_of(scenario: Scenario) -> tuple[Scenario, int]:
    """The city with one in `n` of its estates, and n.

    Types and management modes keep their shares, households their number an estate, every tier of government its money
    and staff an estate; companies, capacities and budgets of programmes go down alike. Chance weighs more in a small city.
    """
    n = -(-households_of(scenario) // OWNERS)
    kinds = scenario.estates_by_type()
    estates = max(len(kinds), round(scenario.city.estates / n))
    counts = apportion(estates, {name: float(number) for name, number in kinds.items()})
    changes: dict[str, Any] = {"city.estates": estates}
    if scenario.city.households is not None:
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
    texts = {f"title.{name}": title.in_language(name) for name in languages()}
    texts |= {f"description.{name}": about.in_language(name) for name in languages()}
    return {"name": f"{scenario.name}_sample", **texts}
