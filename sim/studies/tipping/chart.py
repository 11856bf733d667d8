"""Charts of the trap: the bifurcation diagram and the hysteresis loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from sim.errors import EstateError
from sim.experiments.intervals import range_of
from sim.outputs import style
from sim.outputs.catalog import capital, short_title, wrapped
from sim.outputs.range_words import KIND
from sim.studies.tipping.resting_states import AGENTS
from sim.studies.tipping.words import lever_name, type_title
from sim.text import figures, language, message, say

if TYPE_CHECKING:
    from sim.studies.tipping.resting_states import Settled
    from sim.studies.tipping.tipping import Loop, Tipping, TypeMap


def _title_of(result: Tipping, type_map: TypeMap, note: str = "") -> str:
    """Scenario, type, the draw where there is one alone, and a note, in lines that are as wide as a chart."""
    seeds = type_map.agents.first
    draw = say("draw.one", seed=seeds[0]) if len(seeds) == 1 else ""
    scenario = result.scenario.title.in_language(language())
    told = (scenario, type_title(result, type_map.type_name), draw, note)
    return wrapped(" · ".join(part for part in told if part), 120)


def _map_of(result: Tipping, type_name: str) -> TypeMap:
    """The map of a type, the first one unless named; EstateError for one that was not mapped."""
    for type_map in result.maps:
        if type_name in ("", type_map.type_name):
            return type_map
    allowed = ", ".join(one.type_name for one in result.maps)
    raise EstateError(message("problem.instead", place="type_name", found=repr(type_name), allowed=allowed))


def _kind(result: Tipping, type_map: TypeMap) -> str:
    """The estate type without what its title explains in brackets, for the start of a title."""
    return capital(short_title(type_title(result, type_map.type_name)))


def _found_rest(result: Tipping, type_map: TypeMap) -> str:
    """Between which values of the lever there are two states: of the agents where they were run, else of the
    map."""
    kind = _kind(result, type_map)
    agents = [one for one in type_map.widths if one.source == AGENTS] or list(type_map.widths)
    if not agents or not np.isfinite(agents[0].low):
        return say("tipping.found_one", kind=kind)
    low, high = (figures.significant(end) for end in (agents[0].low, agents[0].high))
    return say("tipping.found_two", kind=kind, lever=lever_name(type_map.lever), low=low, high=high)


@style.styled
def bifurcation(result: Tipping, ax: Axes | None = None, type_name: str = "") -> Axes:
    """Resting and tipping points of a type (the first unless named) over the lever: lines from the mean-field
    map, marks from agent-based runs."""
    type_map = _map_of(result, type_name)
    ax = style.tidy(style.canvas(ax, (10, 6.4), (0.085, 0.2, 0.88, 0.6)))
    style.heading(
        ax, _found_rest(result, type_map), say("chart.bifurcation") + "\n" + _title_of(result, type_map)
    )
    values = sorted(type_map.mean_field)
    stable = [(value, rate) for value in values for rate, good in type_map.mean_field[value] if good]
    tipping = [(value, rate) for value in values for rate, good in type_map.mean_field[value] if not good]
    handles: list[Artist] = []
    for branch in branches(stable, values):
        (line,) = ax.plot(
            *zip(*branch, strict=True),
            color=style.BLUE,
            linewidth=2.2,
            label=say("tipping.mean_field_stable"),
        )
        handles[:1] = [line]
    if tipping:
        handles += ax.plot(
            *zip(*tipping, strict=True),
            color=style.VERMILLION,
            linewidth=1.8,
            linestyle="--",
            label=say("tipping.mean_field_tipping"),
        )
    points = sorted(type_map.agents.points.items())
    settled = [(value, rate) for value, point in points if point.settled for rate in _rates(point)]
    moving = [(value, rate) for value, point in points if not point.settled for rate in _rates(point)]
    if settled:
        handles += ax.plot(
            *zip(*settled, strict=True),
            "o",
            color=style.BLUE,
            markersize=6,
            markerfacecolor="white",
            markeredgewidth=1.6,
            label=say("tipping.agents_settle"),
        )
    if moving:
        handles += ax.plot(
            *zip(*moving, strict=True), "x", color=style.GREY, markersize=6, label=say("tipping.agents_move")
        )
    tips = [
        (value, point.unstable, *point.bracket)
        for value, point in points
        if point.two_states and point.settled
    ]
    if tips:
        x, y, low, high = (np.array(column) for column in zip(*tips, strict=True))
        marks = ax.errorbar(
            x,
            y,
            yerr=[np.maximum(0, y - low), np.maximum(0, high - y)],
            fmt="D",
            color=style.VERMILLION,
            markersize=5,
            markerfacecolor="white",
            label=say("tipping.agents_tip"),
        )
        handles.append(marks)  # type: ignore[arg-type]
    style.share_axis(ax, wrapped(say("tipping.collection_rate"), 44))
    ax.set_xlabel(lever_name(type_map.lever))
    style.key(ax, handles, below=0.75)
    return ax


def _rates(point: Settled) -> tuple[float, ...]:
    """The median rates that estates settled at: two where there are two states."""
    return (point.low, point.high) if point.two_states else ((point.low + point.high) / 2,)


def branches(points: list[tuple[float, float]], values: list[float]) -> list[list[tuple[float, float]]]:
    """Points joined into lines: a point goes on the line that was nearest at the value
    before, if it is near enough."""
    lines: list[list[tuple[float, float]]] = []
    number_of = {value: i for i, value in enumerate(values)}
    for value, rate in points:
        near = [
            line
            for line in lines
            if number_of[line[-1][0]] == number_of[value] - 1 and abs(line[-1][1] - rate) < 0.12
        ]
        if near:
            min(near, key=lambda line: abs(line[-1][1] - rate)).append((value, rate))
        else:
            lines.append([(value, rate)])
    return lines


def _held(loop: Loop | None) -> str:
    """How long each step was held; of several seeds, that the lines are their means and what the thin
    ones are."""
    if loop is None:
        return say("tipping.no_loop")
    if len(loop.out) == 1:
        return say("tipping.held_alone", hold=loop.hold)
    return say(
        "tipping.held_mean", hold=loop.hold, seeds=len(loop.out), kind=KIND[range_of(loop.out[:, 0]).kind]
    )


@style.styled
def hysteresis(result: Tipping, ax: Axes | None = None, type_name: str = "") -> Axes:
    """Median collection of the estates of a type (the first unless named) as the lever is moved out and back
    again, slowly: the mean over seeds and, thin, between what ends single draws lie."""
    type_map = _map_of(result, type_name)
    ax = style.tidy(style.canvas(ax, (10, 5.8), (0.085, 0.115, 0.88, 0.7)))
    loop = type_map.loop
    found = say("chart.hysteresis")
    if loop is not None:
        gap = figures.decimal(100 * float(np.abs((loop.back - loop.out).mean(axis=0)).max()), 0)
        found = say("tipping.found_gap", kind=_kind(result, type_map), gap=gap)
    told = _title_of(result, type_map, _held(loop))
    style.heading(ax, found, say("chart.hysteresis") + "\n" + told)
    style.share_axis(ax, wrapped(say("tipping.collection_rate"), 44))
    ax.set_xlabel(lever_name(type_map.lever))
    if loop is None:
        return ax
    out, back = loop.out.mean(axis=0), loop.back.mean(axis=0)
    ax.fill_between(loop.values, out, back, color=style.PALE, linewidth=0)
    ax.plot(loop.values, out, color=style.VERMILLION, linewidth=2.2, marker="o", markersize=4)
    ax.plot(loop.values, back, color=style.BLUE, linewidth=2.2, linestyle="--", marker="s", markersize=4)
    if len(loop.out) > 1:
        for ways, colour, dash in ((loop.out, style.VERMILLION, "-"), (loop.back, style.BLUE, "--")):
            held = [range_of(ways[:, step]) for step in range(len(loop.values))]
            for ends in ([one.low for one in held], [one.high for one in held]):
                ax.plot(loop.values, ends, color=colour, linewidth=0.8, linestyle=dash, gid="draws")
    for way, line, colour in ((1, out, style.VERMILLION), (-1, back, style.BLUE)):
        middle = len(line) // 2
        target, origin = (middle, middle - 1) if way > 0 else (middle - 1, middle)
        ax.annotate(
            "",
            (loop.values[target], line[target]),
            (loop.values[origin], line[origin]),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 0, "mutation_scale": 18},
        )
    # where the two ways are furthest apart: at the turning point they meet, and labels would lie on each
    # other
    widest = int(np.abs(back - out).argmax())
    above = back[widest] >= out[widest]
    for line, name, up, colour in (
        (out, say("tipping.way_out"), not above, style.VERMILLION),
        (back, say("tipping.way_back"), above, style.BLUE),
    ):
        ax.annotate(
            name,
            (loop.values[widest], line[widest]),
            xytext=(0, 9 if up else -16),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontsize=style.PANEL,
        )
    return ax
