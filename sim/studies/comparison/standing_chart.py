"""The picture of arms with one another: by how much each may be better than the best of the others, and which
cannot be told apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.outputs import style
from sim.outputs.catalog import unit_of_difference, wrapped
from sim.results.outcomes import OUTCOMES
from sim.studies.comparison.chart import label_of
from sim.studies.comparison.decision_words import chance, standing_rows, why
from sim.studies.comparison.names import short_titles
from sim.text import figures, joins, say

if TYPE_CHECKING:
    from sim.studies.comparison.comparison import Comparison

LABEL_WIDTH = 24  # characters of a label's line
ROW_INCHES = 0.55  # between two arms, and more where their labels need it
LINE_INCHES = 0.2


@style.styled
def standing(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """One line an arm: bounds of its mean less the best of the others', its chance to be best and its
    expected regret; those that cannot be told apart in colour."""
    outcome = comparison.outcomes[0]
    rows = standing_rows(comparison, outcome)
    labels = [label_of(comparison, comparison.arm(row["arm"]), LABEL_WIDTH) for row in rows]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    height = 2.4 + max(ROW_INCHES, LINE_INCHES * (lines + 0.5)) * max(len(rows), 1)
    ax = style.tidy(style.canvas(ax, (10, height), (0.27, 0.75 / height, 0.5, 1 - 2.0 / height)))
    months = comparison.baseline.scenario.months
    level = figures.level(comparison.settings.level)
    if comparison.decision is None:
        seeds = say("comparison.chart.seeds", runs=len(comparison.seeds))
    else:
        seeds = say("comparison.chart.seeds_or_more", runs=len(comparison.seeds))
    style.heading(
        ax,
        _found(comparison, rows),
        say("chart.standing")
        + "\n"
        + OUTCOMES[outcome].of_run(months)
        + "\n"
        + say("comparison.chart.standing_note", level=level, seeds=seeds),
        lift=14,
    )
    if not rows or rows[0]["note"]:
        reason = (
            say("comparison.standing_none")
            if not rows
            else say("comparison.chart.unknown", why=why(rows[0]["note"]))
        )
        ax.set_axis_off()
        ax.text(0, 1, wrapped(reason, 90), transform=ax.transAxes, va="top", color=style.GREY)
        return ax
    unit = unit_of_difference(rows[0]["unit"])
    scale = 100.0 if unit == figures.POINTS else 1.0
    if rows[0]["unit"].startswith("yuan"):
        largest = max(abs(row[end]) for row in rows for end in ("advantage_low", "advantage_high"))
        size, _ = figures.money_scale(largest or 1.0)
        scale = 1 / size
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    for place, row in enumerate(rows):
        inside, y = bool(row["in_set"]), -place
        colour = style.GREEN if inside else style.GREY
        ends = [row["advantage_low"] * scale, row["advantage_high"] * scale]
        if not any(map(math.isnan, ends)):
            ax.plot(
                ends,
                [y, y],
                color=colour,
                linewidth=5 if inside else 2.5,
                solid_capstyle="butt",
                label=f"{'in' if inside else 'out'} {row['arm']}",
            )
        ax.plot(
            [-row["shortfall"] * scale],
            [y],
            marker="o" if inside else "x",
            color=style.BLACK if inside else style.GREY,
            markersize=6,
            label=f"_mean {row['arm']}",
        )
        words = say(
            "comparison.chart.standing_arm",
            chance=chance(row["chance_best"]),
            regret=figures.quantity(row["regret"], unit),
        )
        ax.annotate(
            words,
            (1.02, y),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=style.SMALL,
            color=style.readable(colour),
            annotation_clip=False,
        )
    ax.set_yticks(
        [-place for place in range(len(rows))],
        labels,
    )
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    shown = (
        figures.money_scale(1 / scale)[1] if rows[0]["unit"].startswith("yuan") else figures.unit_name(unit)
    )
    ax.set_xlabel(say("comparison.chart.advantage", unit=shown), fontsize=style.SMALL)
    return ax


def _found(comparison: Comparison, rows: list[dict[str, Any]]) -> str:
    """Which arm is best on average, and from which it cannot be told apart."""
    if not rows or rows[0]["note"]:
        return say("chart.standing")
    names = short_titles(comparison)
    level = figures.level(comparison.settings.level)
    others = [joins.quoted(names[row["arm"]]) for row in rows[1:] if row["in_set"]]
    best = names[rows[0]["arm"]]
    if not others:
        return say("comparison.chart.found_standing_alone", arm=joins.quoted(best), level=level)
    return say(
        "comparison.chart.found_standing", arm=joins.quoted(best), others=joins.listed(others), level=level
    )
