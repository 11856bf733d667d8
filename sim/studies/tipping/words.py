"""What a tipping map found, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import told
from sim.model.parameters import PARAMETERS
from sim.outputs.range_words import KIND, range_bounds, sure_of_runs
from sim.studies.tipping.levers import ADDED_INCOME, VIABILITY
from sim.studies.tipping.no_return import NO_PROGRAMME, RESCUES_NOBODY
from sim.studies.tipping.resting_states import AGENTS, MEAN_FIELD, trapped_alone
from sim.studies.tipping.tipping import NOT_ASKED
from sim.text import Family, figures, language, say
from sim.text.joins import bracketed, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.tipping.levers import Lever
    from sim.studies.tipping.no_return import NoReturn
    from sim.studies.tipping.resting_states import Width
    from sim.studies.tipping.tipping import Tipping, TypeMap

LEVERS = Family("tipping.lever", (ADDED_INCOME, VIABILITY))
SOURCES = Family("tipping.source", (MEAN_FIELD, AGENTS))
WHY = Family("tipping.no_point", ("no_programme", "rescues_nobody"))
OF_NOTE = {NO_PROGRAMME: "no_programme", RESCUES_NOBODY: "rescues_nobody"}  # of the `note` of a map


def lever_name(lever: Lever) -> str:
    """What a lever is called on axes and in sentences."""
    if lever.key in LEVERS:
        return LEVERS[lever.key]
    if lever.parameter:
        parameter = PARAMETERS[lever.parameter]
        return bracketed(str(parameter.label), figures.unit_name(parameter.unit))
    return lever.key


def type_title(tipping: Tipping, name: str) -> str:
    """What an estate type is called."""
    return tipping.scenario.types[name].title.in_language(language())


def sentences_of(tipping: Tipping) -> list[str]:
    """A line for each type and source, the loop, the point of no return, and what is said of the ensemble."""
    lines = []
    for type_map in tipping.maps:
        title = type_title(tipping, type_map.type_name)
        lines += [width_line(title, width, type_map) for width in type_map.widths]
        lines += caution(title, type_map)
        if type_map.loop is not None:
            lines.append(loop_line(title, type_map))
    lines += _without_fees(tipping)
    if tipping.note != NOT_ASKED:
        lines.append(no_return_line(tipping.no_return, tipping.note))
    return [*lines, *told(tipping.asked, len(tipping.asked.get("seeds", ())))]


def _without_fees(tipping: Tipping) -> list[str]:
    """The types with estates that have no map because they charge no fee."""
    scenario = tipping.scenario
    mapped = {one.type_name for one in tipping.maps}
    return [
        say("tipping.no_fee", title=type_title(tipping, name))
        for name, number in scenario.estates_by_type().items()
        if number and name not in mapped and scenario.types[name].fee_price == 0
    ]


def width_line(title: str, width: Width, type_map: TypeMap) -> str:
    """How wide the trap of a type is by one source, how well the ends are known, and what it may be in a
    single draw."""
    if width.source == MEAN_FIELD:
        return _width_found(title, width, type_map)
    seeds = type_map.agents.first
    if len(seeds) == 1:
        one_draw = say("tipping.of_one_draw", draw=say("draw.one", seed=seeds[0]))
        return sentences((_width_found(title, width, type_map), one_draw))
    if not width.range.exists:  # of before there were ranges, or where a draw came to rest nowhere
        return _width_found(title, width, type_map)
    range_ = say("tipping.width_range", range=width_range_of(width))
    return sentences((_width_found(title, width, type_map), range_))


def _width_found(title: str, width: Width, type_map: TypeMap) -> str:
    """The width of all seeds together; where they have one state, how many of them have two by themselves."""
    source = SOURCES[width.source]
    if math.isnan(width.low):
        if width.source == AGENTS and not any(one.settled for one in type_map.agents.points.values()):
            return say("tipping.none_at_rest", title=title, source=source)
        if not width.range.exists:
            return say("tipping.one_state", title=title, source=source)
        alone, number = trapped_alone(type_map.agents), len(type_map.agents.first)
        return say("tipping.one_state_pooled", title=title, source=source, alone=alone, number=number)
    least = width.low_open or width.high_open
    return say(
        "tipping.two_states_at_least" if least else "tipping.two_states",
        title=title,
        source=source,
        lever=lever_name(type_map.lever),
        low=figures.significant(width.low),
        high=figures.significant(width.high),
        width=figures.significant(width.width),
        error=figures.significant(width.error, 2),
        area=figures.significant(width.area),
    )


def width_range_of(width: Width) -> str:
    """What the width of a trap may be in a single draw, with what the ends are."""
    held = width.range
    if not held.exists:
        return NO_VALUE
    high = ("≥ " if width.range_open else "") + figures.significant(held.high)
    bounds = say("report.range", low=figures.significant(held.low), high=high)
    return say("tipping.of_seeds", bounds=bounds, kind=KIND[held.kind], number=figures.count(held.pairs))


def caution(title: str, type_map: TypeMap) -> list[str]:
    """A warning where runs ended before estates had come to rest: what looks like two states may be
    one that is reached slowly."""
    points = type_map.agents.points.values()
    moving = sum(not point.settled for point in points)
    if not moving:
        return []
    months = type_map.agents.world.months
    return [say("tipping.moving_still", title=title, moving=moving, all=len(points), months=months)]


def loop_line(title: str, type_map: TypeMap) -> str:
    """How far the way back of a lever is from the way out."""
    loop = type_map.loop
    assert loop is not None
    values: dict[str, Any] = {
        "title": title,
        "first": figures.significant(float(loop.values[0])),
        "last": figures.significant(float(loop.values[-1])),
        "hold": loop.hold,
        "most": figures.points(loop.width, signed=False),
    }
    if math.isnan(loop.lag):
        found = say("tipping.there_and_back", **values)
    else:
        found = say("tipping.there_and_back_apart", lag=figures.significant(loop.lag), **values)
    if len(loop.out) == 1:
        draw = say("draw.one", seed=type_map.agents.first[0])
        return sentences((found, say("tipping.of_one_draw", draw=draw)))
    held = loop.range
    range_ = say(
        "tipping.of_seeds",
        bounds=range_bounds(held, "share"),
        kind=KIND[held.kind],
        number=figures.count(held.pairs),
    )
    return sentences((found, say("tipping.loop_range", range=range_)))


def no_return_line(no_return: NoReturn | None, note: str) -> str:
    """The point of no return of a policy, or why there is none."""
    if no_return is None:
        return say("tipping.no_point_why", why=WHY[OF_NOTE[note]] if note in OF_NOTE else note)
    return sentences((_no_return(no_return), _rescued_range(no_return)))


def _rescued_range(no_return: NoReturn) -> str:
    """How sure the rescues of the planned start are, and of a start at the latest delay tried in vain or in
    time; empty where nobody knows."""
    known = [one for one in no_return.trials if no_return.latest is None or one.delay == no_return.latest]
    lines = []
    for one in (no_return.planned, max(known, key=lambda each: each.delay, default=None)):
        sure = sure_of_runs(one.rescued_interval, one.rescued_range, "") if one is not None else ""
        if one is None or not sure:
            continue
        mean = figures.decimal(one.rescued, 1)
        if one.delay:
            lines.append(say("tipping.may_rescue", delay=one.delay, mean=mean, told=sure))
        else:
            lines.append(say("tipping.may_rescue_planned", mean=mean, told=sure))
    return sentences(lines)


def _no_return(no_return: NoReturn) -> str:
    planned = figures.decimal(no_return.immediate, 1)
    if no_return.latest is None:
        last = max(no_return.trials, key=lambda one: one.delay)
        return say(
            "tipping.always_works_perhaps" if last.uncertain else "tipping.always_works",
            delay=last.delay,
            rescued=figures.decimal(last.rescued, 1),
            planned=planned,
        )
    values: dict[str, Any] = {"month": no_return.month, "delay": no_return.latest, "planned": planned}
    if no_return.sure is not None and no_return.lost is not None:
        return say("tipping.no_return_sure_lost", sure=no_return.sure, lost=no_return.lost, **values)
    if no_return.sure is not None:
        return say("tipping.no_return_sure", sure=no_return.sure, **values)
    if no_return.lost is not None:
        return say("tipping.no_return_lost", lost=no_return.lost, **values)
    return say("tipping.no_return", **values)


def shown(tipping: Tipping) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    values = sorted({value for one in tipping.maps for value in one.agents.points})
    facts = say(
        "tipping.facts", lever=tipping.maps[0].lever.key, low=f"{values[0]:g}", high=f"{values[-1]:g}"
    )
    return tipping.scenario.title.in_language(language()), facts, tipping.widths
