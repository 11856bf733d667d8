"""The brief of a tipping map: the starting rate below which estates of a type slide, and what frees them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.representative import representative_of
from sim.outputs.brief import MOST_ROWS, Brief, Row
from sim.outputs.brief.about import about, doubt, other_parameters
from sim.outputs.report import common
from sim.studies.tipping.levers import ADDED_INCOME, VIABILITY
from sim.studies.tipping.resting_states import AGENTS, MEAN_FIELD
from sim.studies.tipping.tipping import NOT_ASKED
from sim.studies.tipping.words import caution, lever_name, no_return_line, width_range_of
from sim.text import figures, say
from sim.text.joins import clauses, labelled, quoted, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.tipping.resting_states import Settled, Width
    from sim.studies.tipping.tipping import Tipping, TypeMap


def brief_of(tipping: Tipping) -> Brief:
    """The page that says from where estates slide, type by type."""
    maps, left = tipping.maps, len(tipping.maps) - MOST_ROWS
    lever, draw = lever_name(maps[0].lever), _one_draw(tipping)
    return Brief(
        _title(tipping),
        about(
            tipping.kind.title,
            tipping.scenario,
            say("tipping.brief.months", months=maps[0].agents.world.months),
            say("tipping.brief.lever", lever=lever),
            draw or say("tipping.brief.seeds", count=len(maps[0].agents.first)),
            "" if draw else doubt(_ensemble(tipping)),
            sized=False,
        ),
        (
            say("report.type"),
            say("tipping.brief.slides"),
            say("tipping.brief.ends"),
            say("tipping.brief.trap"),
            say("tipping.brief.loses"),
        ),
        tuple(_row(tipping, one) for one in maps[:MOST_ROWS]),
        _recommended(tipping),
        _alike(tipping),
        _change(tipping),
        sentences(
            [
                *(line for one in maps[:MOST_ROWS] for line in caution(_name(tipping, one), one)),
                say("tipping.brief.no_cost"),
                say("tipping.brief.more", count=left) if left > 0 else "",
            ]
        ),
    )


def _one_draw(tipping: Tipping) -> str:
    """That all is of one draw, and of which seed; "" where it is of more."""
    seeds = tipping.maps[0].agents.first
    return say("draw.one", seed=int(seeds[0])) if len(seeds) == 1 else ""


def here(tipping: Tipping, type_map: TypeMap) -> float:
    """What the lever is in the scenario as it is; NaN where that is not known of such a lever."""
    lever, scenario = type_map.lever, tipping.scenario
    if lever.key == ADDED_INCOME:
        return 0.0
    if lever.key == VIABILITY:
        return float(representative_of(scenario, type_map.type_name).viability)
    if lever.parameter:
        return float(scenario.parameter_values()[lever.parameter])
    return math.nan


def nearest(tipping: Tipping, type_map: TypeMap) -> Settled:
    """The point that tells of the scenario as it is: of the value tried nearest to its own; of a lever of
    which that is not known, the first with two states."""
    points = [type_map.agents.points[value] for value in sorted(type_map.agents.points)]
    own = here(tipping, type_map)
    if math.isnan(own):
        return next((one for one in points if one.trapped), points[0])
    return min(points, key=lambda one: abs(one.value - own))


def _name(tipping: Tipping, type_map: TypeMap) -> str:
    return common.type_name(tipping.scenario, type_map.type_name)


def _start(tipping: Tipping, type_map: TypeMap) -> float:
    """The collection rate that the scenario starts estates of a type at."""
    return float(tipping.scenario.types[type_map.type_name].start_collection)


def _row(tipping: Tipping, type_map: TypeMap) -> Row:
    point = nearest(tipping, type_map)
    at = say("tipping.brief.at", value=figures.significant(point.value))
    widths = [one for one in type_map.widths if one.source == AGENTS]
    trap = clauses(_trap(one) for one in widths) or NO_VALUE
    start = say("tipping.brief.starts", share=figures.share(_start(tipping, type_map), 0))
    if not point.settled:
        cells: tuple[Any, ...] = ((say("tipping.not_at_rest"), at), NO_VALUE, trap, start)
        return Row(_name(tipping, type_map), cells)
    if not point.trapped:
        end = say("tipping.brief.one_end", share=figures.share((point.low + point.high) / 2, 0))
        return Row(_name(tipping, type_map), ((say("tipping.brief.nowhere"), at), end, trap, start))
    low, high = point.bracket
    rate = figures.share(point.unstable, 0)
    between = say("tipping.brief.between", low=figures.share(low, 0), high=figures.share(high, 0))
    ends = say("tipping.brief.two_ends", low=figures.share(point.low, 0), high=figures.share(point.high, 0))
    below = _start(tipping, type_map) < point.unstable
    side = say("tipping.brief.below_it" if below else "tipping.brief.above_it")
    return Row(_name(tipping, type_map), ((rate, between, at), ends, trap, (start, side)))


def _trap(width: Width) -> str:
    """Between which values of the lever there are two states."""
    if math.isnan(width.low):
        return say("tipping.no_trap")
    low = ("≤ " if width.low_open else "") + figures.significant(width.low)
    high = ("≥ " if width.high_open else "") + figures.significant(width.high)
    return say("report.range", low=low, high=high)


def _trapped(tipping: Tipping) -> list[TypeMap]:
    return [one for one in tipping.maps if nearest(tipping, one).trapped]


def _title(tipping: Tipping) -> str:
    trapped = _trapped(tipping)
    if not trapped:
        if not any(nearest(tipping, one).settled for one in tipping.maps):
            return say("tipping.brief.title_moving")
        return say("tipping.brief.title_none", lever=lever_name(tipping.maps[0].lever))
    first = trapped[0]
    point = nearest(tipping, first)
    values: dict[str, Any] = {
        "type": quoted(_name(tipping, first)),
        "rate": figures.share(point.unstable, 0),
        "low": figures.share(point.low, 0),
        "high": figures.share(point.high, 0),
    }
    if len(trapped) == 1:
        return say("tipping.brief.title", **values)
    return say("tipping.brief.title_more", count=len(trapped) - 1, **values)


def _recommended(tipping: Tipping) -> str:
    if tipping.note == NOT_ASKED or tipping.no_return is None:
        return say("brief.nothing_recommended", why=say("tipping.brief.shows"))
    return no_return_line(tipping.no_return, tipping.note)


def _alike(tipping: Tipping) -> str:
    trapped = _trapped(tipping)
    if not trapped:
        return say("tipping.brief.alike_none")
    return say(
        "tipping.brief.alike",
        list=clauses(
            labelled(
                _name(tipping, one),
                say(
                    "report.range",
                    low=figures.share(nearest(tipping, one).bracket[0], 0),
                    high=figures.share(nearest(tipping, one).bracket[1], 0),
                ),
            )
            for one in trapped[:MOST_ROWS]
        ),
    )


def _change(tipping: Tipping) -> str:
    """Where the lever would have to be for the trap to be gone, what the width may be in single draws, and
    what the approximation says."""
    told = []
    for one in tipping.maps[:MOST_ROWS]:
        name = _name(tipping, one)
        for width in one.widths:
            if math.isnan(width.low):
                continue
            if width.source == AGENTS and not width.high_open:
                told.append(say("tipping.brief.gone", type=name, value=figures.significant(width.high)))
            if width.source == AGENTS and width.range.exists:
                told.append(say("tipping.brief.width", type=name, range=width_range_of(width)))
            if width.source == MEAN_FIELD:
                told.append(say("tipping.brief.mean_field", type=name, bounds=_trap(width)))
    facts = _ensemble(tipping)
    alone = _one_draw(tipping) and not facts
    more = say("brief.other_parameters_of_run") if alone else other_parameters(facts)
    return sentences([*told, say("tipping.brief.elsewhere"), more])


def _ensemble(tipping: Tipping) -> dict[str, Any] | None:
    return common.facts_of(tipping.asked.get("ensemble"))
