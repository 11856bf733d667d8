"""The pictures of pathways: the metro map of plans and switches, and month by month how often each plan is
good enough."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from sim.outputs import style
from sim.outputs.catalog import short_title, wrapped
from sim.outputs.plotted import tell
from sim.studies.pathways.lasting import CLOSED, OPEN, UNSURE, share_of
from sim.studies.pathways.words import (
    VERDICTS,
    alike_to,
    is_told,
    month_written,
    plan_title,
    rule_line,
    when_written,
)
from sim.text import figures, say
from sim.text.joins import listed
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.pathways.pathways import Pathway, Pathways

LANE = 0.5  # inches
MARKERS = {OPEN: "o", UNSURE: "o", CLOSED: "x"}


@dataclass(frozen=True)
class _Lane:
    """Where a path is drawn: how far down, and between which months its last plan holds."""

    path: Pathway
    y: float
    first: float
    last: float  # infinity where it holds to the end


def _colours(found: Pathways) -> dict[str, str]:
    return {name: style.PALETTE[place % len(style.PALETTE)] for place, name in enumerate(found.plans)}


def _lanes(found: Pathways) -> tuple[list[_Lane], list[tuple[float, float]]]:
    """Every path a lane, those that end with one plan below each other, its own first; and where the band of
    each plan begins and ends."""
    lanes, bands, depth = [], [], 0.0
    for name in found.plans:
        begun = depth
        for path in found.paths:
            if path.plan != name or (len(path.plans) > 1 and not is_told(found, path)):
                continue
            first = float(np.median(path.months[:, -1])) if len(path.plans) > 1 else 0.0
            shut = len(path.plans) > 1 and found.verdict(path)[0] == CLOSED
            last = first if shut else found.sell_by(path).median
            lanes.append(_Lane(path, -depth, first, first if math.isnan(last) else last))
            depth += 1.0
        bands.append((begun, depth))
        depth += 0.6
    return lanes, bands


@style.styled
def metro_map(found: Pathways, ax: Axes | None = None) -> Axes:
    """Lines: until when each plan is good enough, by itself and after a switch; stations: switches."""
    lanes, bands = _lanes(found)
    deepest = bands[-1][1]
    height = 1.75 + LANE * deepest
    box = (0.19, 0.55 / height, 0.42, LANE * deepest / height)
    ax = style.canvas(ax, (10, height), box)
    style.tidy(ax).grid(visible=False, axis="y")
    about = rule_line(found)
    note = say("pathways.map_note", runs=found.runs)
    style.heading(ax, _found_longest(found), "\n".join((say("chart.metro_map"), about, note)))
    colours, edge = _colours(found), found.months
    ax.set_ylim(-deepest + 0.4, 0.6)
    style.month_axis(ax, edge, say("pathways.axis_month"))
    for (begun, ended), name in zip(bands, found.plans, strict=True):
        ax.axhspan(-begun + 0.5, -ended + 0.5, color=colours[name], alpha=0.06, linewidth=0)
    for lane in lanes:
        _draw(found, ax, lane, lanes, colours)
    centres = [-(begun + ended - 1) / 2 for begun, ended in bands]
    ax.set_yticks(centres, [wrapped(plan_title(found, name), 24) for name in found.plans])
    for tick, name in zip(ax.get_yticklabels(), found.plans, strict=True):
        tick.set_color(style.readable(colours[name]))
    ax.spines["left"].set_visible(False)
    tell(ax, _stations(found, lanes))
    return ax


def _stations(found: Pathways, lanes: list[_Lane]) -> pd.DataFrame:
    """A row for each line: its plans, how long before the sell-by month it was switched, between which months
    the last plan holds, and the verdict on the switch."""
    import pandas as pd

    return pd.DataFrame(
        {
            "plans": [" > ".join(lane.path.plans) for lane in lanes],
            "months_before": [lane.path.before for lane in lanes],
            "first_month": [lane.first for lane in lanes],
            "last_month": [min(lane.last, float(found.months)) for lane in lanes],
            "holds_to_the_end": [math.isinf(lane.last) for lane in lanes],
            "verdict": [found.verdict(lane.path)[0] if len(lane.path.plans) > 1 else "" for lane in lanes],
        }
    )


def _found_longest(found: Pathways) -> str:
    """Which plan alone is good enough longest, by the median of the runs, or that these do not tell."""
    medians = {name: found.sell_by(found.path(name)).median for name in found.plans}
    known = {name: month for name, month in medians.items() if not math.isnan(month) and month > 0}
    if not known:
        return say("pathways.found_none")
    if len(known) == len(medians) and all(map(math.isinf, known.values())):
        return say("pathways.found_all", months=found.months)
    longest = max(known, key=lambda name: known[name])
    if alike := alike_to(found, found.path(longest)):
        names = (longest, *(path.plan for path in alike))
        plans = listed(plan_title(found, name) for name in names)
        if {name for name, month in known.items() if math.isinf(month)} == set(names):
            return say("pathways.found_several", plans=plans, months=found.months)
        return say("pathways.found_alike", plans=plans)
    until = (
        say("pathways.until_end", months=found.months)
        if math.isinf(known[longest])
        else say("pathways.until", month=math.ceil(known[longest]))
    )
    return say("pathways.found_longest", plan=plan_title(found, longest), until=until)


def _found_enough(found: Pathways) -> str:
    """Which plan is good enough in the last month in most of the runs."""
    shares = {name: float(found.path(name).good[:, -1].mean()) for name in found.plans}
    best = max(shares, key=lambda name: shares[name])
    told: dict[str, Any] = {"month": found.months, "share": figures.share(shares[best], 0)}
    if len(set(shares.values())) == 1:
        return say("pathways.found_enough_all", **told)
    return say("pathways.found_enough", **told, plan=plan_title(found, best))


def _draw(found: Pathways, ax: Axes, lane: _Lane, lanes: list[_Lane], colours: dict[str, str]) -> None:
    path, colour = lane.path, colours[lane.path.plan]
    alone = len(path.plans) == 1
    edge = float(found.months)
    verdict = OPEN if alone else found.verdict(path)[0]
    last = min(lane.last, edge)
    dashes = "--" if verdict == UNSURE else "-"
    width = 3.6 if alone else 2.2
    ax.plot([lane.first, last], [lane.y, lane.y], dashes, color=colour, linewidth=width, label=_label(path))
    if not alone:
        aside = list(found.plans).index(path.plan) - (len(found.plans) - 1) / 2
        _station(ax, lane, lanes, colour, verdict, aside, edge)
    if verdict != CLOSED:
        _terminal(found, ax, lane, colour, edge)
    ax.annotate(
        wrapped(_written(found, lane, verdict, alone), 44),
        (1, lane.y),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.SMALL,
        color=style.readable(colour) if alone else style.GREY,
        annotation_clip=False,
    )


def _label(path: Pathway) -> str:
    return f"{' '.join(path.plans)} {path.before}"


def _station(
    ax: Axes,
    lane: _Lane,
    lanes: list[_Lane],
    colour: str,
    verdict: str,
    aside: float,
    edge: float,
) -> None:
    """The way from the plan before, and the station at which it ends."""
    before = lane.path.plans[:-1]
    left = next(one for one in lanes if one.path.plans == before and one.path.before == 0)
    at = lane.first + edge * 0.006 * aside  # so that ways at one month stand beside each other
    ax.plot(
        [at, at],
        [left.y, lane.y],
        "-" if verdict == OPEN else ":",
        color=colour,
        linewidth=1.3,
        label=f"_way {_label(lane.path)}",
        zorder=1.5,
    )
    ax.plot([at], [left.y], "o", color=colour, markersize=4, markerfacecolor="white", label="_from")
    ax.plot(
        [at],
        [lane.y],
        MARKERS[verdict],
        color=colour,
        markersize=7,
        markeredgewidth=1.8,
        markerfacecolor=colour if verdict == OPEN else "white",
        label=f"_station {_label(lane.path)}",
        zorder=3,
    )


def _terminal(found: Pathways, ax: Axes, lane: _Lane, colour: str, edge: float) -> None:
    """The sell-by month with what may happen beside it; an arrow where it holds to the end."""
    held = found.sell_by(lane.path).held
    if held.exists and math.isfinite(held.low) and held.low < held.high:
        ends = [held.low, min(held.high, edge)]
        ax.plot(
            ends,
            [lane.y, lane.y],
            color=colour,
            linewidth=9,
            alpha=0.22,
            solid_capstyle="butt",
            label="_held",
        )
    if math.isinf(lane.last):
        ax.plot([edge], [lane.y], ">", color=colour, markersize=8, clip_on=False, label="_arrow")
        return
    ax.plot(
        [lane.last],
        [lane.y],
        "|",
        color=style.BLACK,
        markersize=13,
        markeredgewidth=2.4,
        label="_terminal",
        zorder=3,
    )


def _written(found: Pathways, lane: _Lane, verdict: str, alone: bool) -> str:
    path = lane.path
    if alone:
        one = found.sell_by(path)
        runs = say("pathways.of_runs", number=one.ended, runs=one.runs)
        if math.isinf(lane.last):
            return say("pathways.lane_held", months=found.months, runs=runs)
        return say("pathways.lane_alone", until=month_written(found, lane.last), runs=runs)
    left = " → ".join(short_title(plan_title(found, name)) for name in path.plans[:-1])
    when = when_written(path.before)
    if verdict != OPEN:
        return say("pathways.lane_shut", plan=left, when=when, verdict=VERDICTS[verdict])
    more = found.costs(path, "public_cost")[1]
    assert more is not None
    told = figures.money(more.mean, signed=True)
    return say("pathways.lane", plan=left, when=when, verdict=VERDICTS[verdict], more=told)


@style.styled
def good_enough(found: Pathways, ax: Axes | None = None) -> Axes:
    """Share of runs in which each plan, from month 1 on, is good enough, month by month, with its
    interval."""
    ax = style.tidy(style.canvas(ax, (10, 5.2), (0.075, 0.115, 0.68, 0.7)))
    note = say("pathways.months_note", runs=found.runs, level=figures.level(found.level))
    style.heading(ax, _found_enough(found), "\n".join((say("chart.good_enough"), rule_line(found), note)))
    months = np.arange(MONTHS_PER_YEAR, found.months + 1)
    labels = []
    for (name, colour), dash in zip(_colours(found).items(), itertools.cycle(style.DASHES), strict=False):
        path = found.path(name)
        counts = path.good[:, MONTHS_PER_YEAR:].sum(axis=0).tolist()
        bounds = {count: share_of(count, path.state.size, found.level) for count in set(counts)}
        share = np.array(counts) / path.state.size
        low, high = ([getattr(bounds[count], end) for count in counts] for end in ("low", "high"))
        ax.fill_between(months, low, high, color=colour, alpha=0.15, linewidth=0, label=f"_interval {name}")
        ax.plot(months, share, color=colour, linestyle=dash, linewidth=2, label=name)
        labels.append((float(share[-1]), wrapped(plan_title(found, name), 26), style.readable(colour)))
    style.share_axis(ax, say("pathways.axis_share"))
    ax.set_ylim(-0.02, 1.02)
    style.month_axis(ax, found.months, say("pathways.axis_month"))
    style.end_labels(ax, labels)
    return ax
