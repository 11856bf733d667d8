"""What briefs of several kinds say alike: of what they are, and what doubt they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.text import figures, language, say

if TYPE_CHECKING:
    from sim.scenario import Scenario

BETWEEN = " · "


def about(kind: str, scenario: Scenario, *facts: str) -> str:
    """Kind of result, title of the scenario, its size, and further facts, in a line."""
    size = say("brief.size", estates=figures.count(scenario.city.estates), months=scenario.months)
    title = scenario.title.in_language(language())
    return BETWEEN.join(one for one in (kind, title, size, *facts) if one)


def replications(number: int) -> str:
    """On how many replications it rests."""
    return say("brief.replications", count=number)


def doubt(ensemble: Mapping[str, Any] | None) -> str:
    """What its ranges contain, in a few words; `ensemble` as a manifest states it."""
    if not ensemble:
        return say("brief.luck_alone")
    return say("brief.luck_and_ensemble", name=ensemble["name"], members=ensemble["members"])


def other_parameters(ensemble: Mapping[str, Any] | None) -> str:
    """That other values of what nobody measured may change it, where the ranges do not contain them."""
    return "" if ensemble else say("brief.other_parameters")
