"""The conditions of a programme in words: for the command, reports and protocols."""

from __future__ import annotations

from sim.model.parameters import PARAMETERS
from sim.scenario import Programme, Scenario
from sim.scenario.conditions import (
    BUDGETS,
    ESTATE_MEASURES,
    PER_HOUSEHOLD,
    CityCondition,
    Condition,
    EstateCondition,
    Growth,
    When,
    Where,
)
from sim.text import Family, figures, say
from sim.text.joins import clauses, labelled, phrases

FLAGS = ("unmanaged", "professional", "in_cycle")
FIGURES = Family("reacts.figure", (*ESTATE_MEASURES, *BUDGETS))
HOLDS = Family("reacts.holds", FLAGS)
HOLDS_NOT = Family("reacts.holds_not", FLAGS)
OF_CITY = Family("reacts.when", ("start", "pause", "resume", "grow", "end"))
OF_ESTATE = Family("reacts.where", ("start", "pause", "resume", "end"))
GROWS = Family("reacts.grows", ("capacity", "share_max", "yearly_budget"))


def sentences_of(programme: Programme) -> list[str]:
    """What a programme does on conditions, a sentence for each; [] where it has none."""
    told = []
    if programme.when is not None:
        told += [_of_city(name, one) for name, one in programme.when.conditions().items()]
        told += _least(programme.when)
    if programme.where is not None:
        told += [
            labelled(OF_ESTATE[name], in_words(one)) for name, one in programme.where.conditions().items()
        ]
        told += _least(programme.where)
    return told


def in_one_line(programme: Programme) -> str:
    """The same in one line, "" where it has none."""
    return clauses(sentences_of(programme))


def seen_sentence(scenario: Scenario) -> str:
    """How government sees the figures of conditions in a scenario."""
    if not scenario.mechanisms.reporting:
        return say("reacts.seen_now")
    values = scenario.parameter_values()
    interval, lag = (
        figures.quantity(values.get(key, PARAMETERS[key].default), "months")
        for key in ("reporting.interval", "reporting.lag")
    )
    return say("reacts.seen_reported", interval=interval, lag=lag)


def in_words(condition: Condition) -> str:
    """What must be seen, and for how long."""
    level = written(condition.called, condition.level)
    if isinstance(condition, EstateCondition) and condition.measure in FLAGS and condition.level > 0.0:
        met = (HOLDS if condition.below is None else HOLDS_NOT)[condition.measure]
    elif condition.below is None:
        met = say("reacts.at_least", figure=_figure(condition), level=level)
    else:
        met = say("reacts.below", figure=_figure(condition), level=level)
    if condition.months == 1:
        return met
    return say("reacts.in_a_row", met=met, months=figures.quantity(condition.months, "months"))


def written(measure: str, value: float) -> str:
    """A figure as it is written: a share, or a number for each household."""
    return figures.significant(value, 3) if measure == PER_HOUSEHOLD else figures.share(value, 0)


def _figure(condition: Condition) -> str:
    if isinstance(condition, EstateCondition) and condition.called == "collection":
        return say("reacts.its_collection")
    figure = str(FIGURES[condition.called])
    if isinstance(condition, CityCondition) and condition.among == "targets":
        return say("reacts.of_targets", figure=figure)
    return figure


def _of_city(name: str, condition: CityCondition) -> str:
    words = labelled(OF_CITY[name], in_words(condition))
    if not isinstance(condition, Growth):
        return words
    steps = say(
        "reacts.steps",
        what=GROWS[condition.what],
        by=figures.share(condition.by, 0),
        times=condition.times,
        months=figures.quantity(condition.apart, "months"),
    )
    return phrases((words, steps))


def _least(part: When | Where) -> list[str]:
    if part.least_on == 1 and part.least_off == 1:
        return []
    on, off = (figures.quantity(months, "months") for months in (part.least_on, part.least_off))
    return [say("reacts.least_here" if isinstance(part, Where) else "reacts.least", on=on, off=off)]
