"""What an arm of a comparison is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.outputs.brief.about import told_apart
from sim.outputs.catalog import short_title, titled
from sim.results.outcomes import OUTCOMES, SERIES, window
from sim.results.owner_kinds import KINDS, OCCUPIED
from sim.studies.comparison.arms import CYCLE, MEASURES, OWNER_ARREARS, OWNER_SATISFACTION
from sim.text import Family, joins, language, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.words import OCCUPANCY_WORDS, PAYER_WORDS

if TYPE_CHECKING:
    from sim.studies.comparison.arms import Arm
    from sim.studies.comparison.comparison import Comparison

# Measures of kinds of owners that are no outcome of the city, and what owners are told apart by.
OWNER_MEASURE_WORDS = Family("comparison.owner_measure", (OWNER_SATISFACTION, OWNER_ARREARS))
OWNERS_BY = Family("comparison.owners_by", KINDS)


OVERRIDDEN = ("title", "title_and_more")


def title_of(comparison: Comparison, arm: Arm) -> str:
    """Title of an arm, or its name where two arms have the same title."""
    titles = [titled(getattr(one.scenario, "title", None), one.name) for one in comparison.arms]
    own = titles[comparison.arms.index(arm)]
    return own if titles.count(own) == 1 else arm.name


def arm_name(comparison: Comparison, arm: Arm) -> str:
    """An arm in a sentence: in English, of which names are made, its name; else its title, if no other arm
    has it too, without what was changed in all of them alike: that tells none from another."""
    if language() == DEFAULT_LANGUAGE:
        return arm.name
    titles = told_apart(titled(getattr(one.scenario, "title", None), one.name) for one in comparison.arms)
    own = titles[comparison.arms.index(arm)]
    return joins.quoted(own) if own != arm.name and titles.count(own) == 1 else arm.name


def months_of(comparison: Comparison) -> int:
    """How many months its runs have; all arms have as many."""
    return comparison.baseline.scenario.months


def measure_name(measure: str, months: int) -> str:
    """What a measure of a group is called, with its window, in a run of so many months.

    Tables of before measures had their window in their names have those of series: months in the cycle were
    then of the whole run, all else of its last year.
    """
    if measure in OWNER_MEASURE_WORDS:
        return OWNER_MEASURE_WORDS[measure]
    if measure in OUTCOMES:
        return OUTCOMES[measure].of_run(months)
    series = MEASURES.get(measure, measure)
    when = say("comparison.whole_run") if measure == CYCLE else window(months)
    return say("comparison.measure_over", name=SERIES[series].name, window=when)


def group_name(comparison: Comparison, by: str, group: str) -> str:
    """What a group of estates or households is called: all, a type of estate, a district, a kind of owner."""
    if by == "all":
        return say("comparison.all")
    if by == "type":
        return short_title(titled(comparison.baseline.scenario.types[group].title, group))
    if by in KINDS:
        return short_title(str((OCCUPANCY_WORDS if by == OCCUPIED else PAYER_WORDS)[group]))
    return say("comparison.district", name=group)


def short_titles(comparison: Comparison) -> dict[str, str]:
    """What the arms are called where there is little room, by name: their titles without what was changed in
    all of them alike, which stands beside the baseline, and without what they explain in brackets."""
    titles = {arm.name: title_of(comparison, arm) for arm in comparison.arms}
    marks = [
        say(f"scenario.overridden.{key}", title="", changes="\0", more="\0").split("\0")[0]
        for key in OVERRIDDEN
    ]
    for mark in marks:
        changes = {title.partition(mark)[2] for title in titles.values()}
        if len(changes) == 1 and "" not in changes:
            titles = {name: title.partition(mark)[0] for name, title in titles.items()}
    short = {name: short_title(title) for name, title in titles.items()}
    return short if len(set(short.values())) == len(short) else titles
