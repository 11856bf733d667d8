"""What briefs of several kinds say alike: of what they are, and what doubt they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sim.text import figures, language, say

if TYPE_CHECKING:
    from sim.scenario import Scenario

BETWEEN = " · "


def without_changes(title: str) -> tuple[str, str]:
    """The title of a scenario without the settings that a command changed in it, and those."""
    own, _, changes = title.partition(say("scenario.overridden.title", title="", changes=""))
    return own, changes


def told_apart(titles: Iterable[str]) -> list[str]:
    """Titles without the settings that were changed in all of them alike, which tell none from another."""
    parts = [without_changes(title) for title in titles]
    alike = len({changes for _, changes in parts}) == 1
    return [own if alike else f"{own} {changes}".strip() for own, changes in parts]


def about(kind: str, scenario: Scenario, *facts: str, sized: bool = True) -> str:
    """Kind of result, title of the scenario, its size (not where runs are of another), and further facts, in
    a line."""
    size = ""
    if sized:
        size = say("brief.size", estates=figures.count(scenario.city.estates), months=scenario.months)
    title, changes = without_changes(scenario.title.in_language(language()))
    changed = say("brief.changed", changes=changes) if changes else ""
    return BETWEEN.join(one for one in (kind, title, size, *facts, changed) if one)


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
