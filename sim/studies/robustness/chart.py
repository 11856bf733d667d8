"""The pictures of a robustness: regret by plan and world, and the region in which a plan fails."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.experiments.discovery import Box
from sim.outputs import style
from sim.outputs.catalog import capital, short_title, size_of, subject, unit_of_difference, wrapped
from sim.outputs.range_words import small_print
from sim.results.outcomes import OUTCOMES
from sim.studies.robustness.words import (
    decided_on,
    enough,
    input_name,
    input_unit,
    plan_name,
    region_alt,
    shown_rule,
    weight_of,
    where_lines,
    world_name,
)
from sim.studies.robustness.worlds import World
from sim.text import figures, say
from sim.text.joins import bracketed
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.robustness.robust import Robustness

DARK = 0.6  # of the largest: from here on figures are white
MARGIN = 0.04  # of an axis beyond what varies


@style.styled
def regret(found: Robustness, ax: Axes | None = None) -> Axes:
    """Mean regret of every plan in every world, written in and coloured; in small figures what single runs
    have, and how often the plan does well enough."""
    rows, columns = len(found.worlds), len(found.arms)
    height = 2.6 + (0.95 if found.thresholds else 0.7) * rows
    width = style.WIDTH
    ax = style.canvas(ax, (width, height), (3.4 / width, 0.8 / height, 1 - 3.7 / width, 1 - 2.05 / height))
    style.tidy(ax).grid(False)
    known = [[found.regret_of(arm, world) for arm in found.arms] for world in found.worlds]
    unit = unit_of_difference(found.unit)
    scale, named = 100.0 if unit == figures.POINTS else 1.0, figures.unit_name(unit)
    means = scale * np.array([[one.mean for one in row] for row in known])
    if unit == "yuan":
        size, named = figures.money_scale(float(np.nanmax(means)) or 1.0)
        scale, means = 1 / size, means / size
    notes = [bracketed_unit(capital(decided_on(found)), named), say("robust.chart_note")]
    first, held = known[0][0].range, known[-1][0].range
    notes.append(small_print(held))
    if first.pairs != held.pairs:
        notes.append(say("robust.chart_first", note=small_print(first)))
    if found.thresholds:
        notes.append(say("robust.chart_met", enough=enough(found)))
    style.heading(ax, _found_regret(found), "\n".join((say("chart.regret"), *notes)))
    reach = float(np.nanmax(means)) if np.isfinite(means).any() else 0.0
    ax.imshow(
        np.nan_to_num(means), cmap="Oranges", vmin=0, vmax=max(reach, 1e-9) * 1.15, aspect="auto", alpha=0.9
    )
    for row, world in enumerate(found.worlds):
        met = found.met(world).mean(axis=1)
        for column in range(columns):
            mean, held = means[row, column], known[row][column].range
            colour = "white" if mean > DARK * reach and reach > 0 else style.BLACK
            text = NO_VALUE if math.isnan(mean) else figures.decimal(mean, 1)
            ax.text(column, row - 0.26, text, ha="center", va="center", fontsize=style.PANEL, color=colour)
            small = []
            if held.exists:
                ends = (figures.decimal(scale * end, 1) for end in (held.low, held.high))
                small.append(" … ".join(ends))
            if found.thresholds:
                small.append("✓ " + figures.share(float(met[column]), 0))
            for line, words in enumerate(small):
                ax.text(
                    column,
                    row + 0.06 + 0.26 * line,
                    words,
                    ha="center",
                    va="center",
                    fontsize=style.SMALL,
                    color=colour,
                )
    ax.set_xticks(
        range(columns),
        [wrapped(short_title(plan_name(found, arm)), 22) for arm in found.arms],
        fontsize=style.SMALL,
    )
    ax.set_yticks(
        range(rows), [wrapped(_row_name(found, world), 38) for world in found.worlds], fontsize=style.SMALL
    )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def _row_name(found: Robustness, world: World) -> str:
    """A world, with the weight that calibration gave it where it is a variant."""
    name, weight = capital(world_name(world)), weight_of(found, world.name)
    return bracketed(name, say("robust.weight", weight=weight)) if world.variant and weight else name


def _found_regret(found: Robustness) -> str:
    """Which plan has the smallest largest regret."""
    known = [one for one in found.standings if not math.isnan(one.worst)]
    if not known:
        return say("chart.regret")
    least = min(known, key=lambda one: one.worst)
    regret = size_of(least.worst, found.unit)
    return say("robust.found_regret", plan=short_title(plan_name(found, least.arm)), regret=regret)


def bracketed_unit(words: str, unit: str) -> str:
    """An outcome with its unit."""
    return bracketed(words, unit) if unit else words


@style.styled
def failing_region(found: Robustness, arm: str = "", ax: Axes | None = None) -> Axes:
    """Runs of a plan over the two inputs that tell most of where it fails, those that fail marked, and the
    region found; default the most robust plan that has one."""
    ax = style.tidy(style.canvas(ax, (10, 6.4), (0.12, 0.11, 0.84, 0.66)))
    rule = found.rule(arm) if arm else shown_rule(found)
    if rule is None or not rule.found.boxes or not rule.holds:
        ax.set_axis_off()
        told = region_alt(found, arm) if rule is not None else "\n".join(where_lines(found))
        style.heading(ax, say("chart.failing_region"), say("robust.region_none"))
        ax.text(
            0.5, 0.5, wrapped(told, 70), transform=ax.transAxes, ha="center", va="center", color=style.GREY
        )
        return ax
    sides = [side for box in rule.found.boxes for side in box.sides]
    chosen = list(dict.fromkeys(side.input for side in sorted(sides, key=lambda one: one.quasi_p)))[:2]
    place = found.arms.index(rule.arm)
    fails = ~found.met(found.worlds[0])[place]
    across = found.inputs[:, chosen[0]]
    if len(chosen) > 1:
        upward, label = found.inputs[:, chosen[1]], wrapped(_axis_name(found, chosen[1]), 48)
        factor = _factor(found, chosen[1])
    else:
        name = next(iter(found.thresholds))
        unit = OUTCOMES[name].unit
        upward, factor = found.values[found.worlds[0].name][name][place], 100.0 if unit == "share" else 1.0
        label = capital(subject(name, found.scenario.months))
        label = wrapped(bracketed_unit(label, "%" if unit == "share" else figures.unit_name(unit)), 60)
    step = _factor(found, chosen[0])
    more = sum(len(box.sides) for box in rule.found.boxes) > len(chosen) or len(rule.found.boxes) > 1
    note = say("robust.region_more") if more else say("robust.region_note")
    style.heading(ax, region_alt(found, rule.arm), f"{say('chart.failing_region')}\n{note}", lift=20)
    for held, colour, marker, words in (
        (~fails, style.BLUE, "o", say("robust.does_well")),
        (fails, style.VERMILLION, "x", say("robust.fails")),
    ):
        ax.scatter(
            step * across[held], factor * upward[held], c=colour, marker=marker, s=26, alpha=0.75, label=words
        )
    limits = [_limits(step * across), _limits(factor * upward)]
    for box in rule.found.boxes:
        _draw_box(ax, box, chosen, (step, factor), limits)
    ax.set_xlim(*limits[0])
    ax.set_ylim(*limits[1])
    ax.set_xlabel(_axis_name(found, chosen[0]))
    ax.set_ylabel(label)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=style.SMALL)
    return ax


def _draw_box(
    ax: Axes,
    box: Box,
    chosen: list[int],
    scales: tuple[float, float],
    limits: list[tuple[float, float]],
) -> None:
    corners = []
    for axis in range(2):
        side = next((one for one in box.sides if axis < len(chosen) and one.input == chosen[axis]), None)
        low, high = (-math.inf, math.inf) if side is None else (side.low, side.high)
        corners.append((max(scales[axis] * low, limits[axis][0]), min(scales[axis] * high, limits[axis][1])))
    (left, right), (bottom, top) = corners
    ax.add_patch(
        Rectangle(
            (left, bottom),
            right - left,
            top - bottom,
            facecolor=style.ORANGE,
            edgecolor=style.BLACK,
            alpha=0.22,
            linewidth=1.4,
            zorder=0,
            label="_region",
        )
    )


def _limits(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = MARGIN * (high - low) or 0.5
    return low - room, high + room


def _factor(found: Robustness, one: int) -> float:
    return 100.0 if input_unit(found.keys[one]) == "share" else 1.0


def _axis_name(found: Robustness, one: int) -> str:
    key = found.keys[one]
    unit = input_unit(key)
    return wrapped(
        bracketed_unit(capital(input_name(found, key)), "%" if unit == "share" else figures.unit_name(unit)),
        80,
    )
