"""The chart of a budget search: its Pareto front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.experiments.intervals import NO_RANGE
from sim.outputs import style
from sim.outputs.catalog import wrapped
from sim.outputs.range_words import KIND
from sim.results.outcomes import window
from sim.studies.budget.menu import money_in_unit, money_unit
from sim.studies.budget.search import RANDOM
from sim.text import Family, figures, language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.package_value import Valued


MARKS = Family("budget.mark", ("front", "reached", "rest", "random", "interval", "range", "limit"))


def only_fresh_seed(search: BudgetSearch) -> int | None:
    """The seed that the figures of the front are of, where there is only one: then they are one draw and no
    means. None where there are more, none, or it is not known."""
    one = search.fresh and search.asked.get("fresh") == 1 and "seeds" in search.asked
    return int(search.asked["seeds"][-1]) + 1 if one else None


def _subtitle(search: BudgetSearch) -> str:
    """The scenario, the budget, who was granted it, and on which seeds the marks of the front are."""
    parts = [
        search.scenario.title.in_language(language()),
        say("budget.of_a_year", yearly=money_in_unit(search.yearly)),
    ]
    if search.payer:
        parts.append(f"{say('funding.row')} {say(f'bearer.{search.payer}')}")
    if (seed := only_fresh_seed(search)) is not None:
        parts.append(say("budget.front_marks_one", seed=seed))
    elif search.fresh:
        parts.append(say("budget.front_marks", seeds=search.asked.get("fresh", 0)))
    told = " · ".join(parts)
    held = search.front[0].estimate("public_cost").range if search.front else NO_RANGE
    lines = []
    if held.exists:
        lines.append(say("budget.thin_lines", kind=KIND[held.kind], number=figures.count(held.pairs)))
    if any(one.estimate("public_cost").interval.exists for one in search.front):
        lines.insert(0, say("budget.thick_lines"))
    if _random(search):
        lines.append(say("budget.dotted"))
    return "\n".join([told, " · ".join(lines)]) if lines else told


def _random(search: BudgetSearch) -> list[Valued]:
    """What drawing at random would have put on its front, on fresh seeds, in order of cost."""
    return [one.value for rival in search.rivals if rival.name == RANDOM for one in rival.fresh]


def _draw_random(ax: Axes, packages: Sequence[Valued], unit: float) -> None:
    """The most that drawing at random gets for each cost, as a dotted line."""
    if packages:
        reached = np.maximum.accumulate([one.out_of_cycle for one in packages])
        costs = [one.public_cost / unit for one in packages]
        ax.step(costs, reached, where="post", color=style.GREY, linewidth=1.3, linestyle=":", zorder=1.5)


def _draw_ranges(ax: Axes, packages: Sequence[Valued], unit: float) -> None:
    """A thin line along each axis from end to end of what may happen with a single seed, and a thick one from
    end to end of the interval of the mean, where these are known."""
    for valued in packages:
        paid, left = (valued.estimate(name).interval for name in ("public_cost", "out_of_cycle"))
        if paid.exists and left.exists:
            ends = paid.low / unit, paid.high / unit
            ax.hlines(valued.out_of_cycle, *ends, style.BLACK, linewidth=2.4, zorder=2.5)
            ax.vlines(valued.public_cost / unit, left.low, left.high, style.BLACK, linewidth=2.4, zorder=2.5)
        cost, out = (valued.estimate(name).range for name in ("public_cost", "out_of_cycle"))
        if cost.exists and out.exists:
            ax.hlines(
                valued.out_of_cycle, cost.low / unit, cost.high / unit, style.GREY, linewidth=0.9, zorder=2
            )
            ax.vlines(valued.public_cost / unit, out.low, out.high, style.GREY, linewidth=0.9, zorder=2)


@style.styled
def pareto(search: BudgetSearch, ax: Axes | None = None) -> Axes:
    """Public cost against estates out of the cycle for every package tried; the front is joined, the
    marks' shade is satisfaction."""
    ax = style.tidy(style.canvas(ax, (10, 7.6), (0.085, 0.26, 0.76, 0.54)))
    style.heading(ax, _found(search), say("chart.pareto") + "\n" + _subtitle(search))
    unit, unit_name = money_unit()
    front = {one.package for one in search.front}
    rest = [one for one in search.tried if one.package not in front]
    ax.plot(
        [one.public_cost / unit for one in rest],
        [one.out_of_cycle for one in rest],
        "x",
        color="#8A8A8A",
        markersize=5,
        label="rest",
    )
    x, y = (
        np.array([getattr(one, name) for one in search.front]) for name in ("public_cost", "out_of_cycle")
    )
    _draw_random(ax, _random(search), unit)
    _draw_ranges(ax, search.front, unit)
    marks = ax.scatter(
        x / unit,
        y,
        c=[one.worst_decile_satisfaction for one in search.front],
        cmap=style.CONTINUOUS_MAP,
        s=70,
        zorder=3,
        edgecolor=style.BLACK,
        linewidth=0.8,
        label="front",
    )
    best = np.maximum.accumulate(y)
    ax.step(x / unit, best, where="post", color=style.BLUE, linewidth=1.4, label="reached")
    ax.axvline(search.yearly / unit, color=style.VERMILLION, linestyle="--", linewidth=1.6, label="budget")
    style.share_axis(ax, say("budget.out_axis", window=window(search.scenario.months)))
    ax.set_xlabel(wrapped(say("budget.cost_axis", unit=unit_name), 76))
    _numbers(ax, search, x / unit, y)
    _key(ax, search)
    bar = style.owner(ax).colorbar(marks, cax=ax.inset_axes((1.05, 0, 0.03, 1)))
    bar.set_label(say("budget.worst_axis"))
    bar.ax.tick_params(labelfontfamily=style.font_family())
    return ax


def _numbers(ax: Axes, search: BudgetSearch, x: np.ndarray, y: np.ndarray) -> None:
    """The number of each package of the front beside its mark, the recommended one first; none where it would
    lie on another, for the table has all."""
    star = None if search.recommended is None else search.recommended.number
    points = ax.transData.transform(np.column_stack([x, y])) * 72 / ax.figure.dpi
    taken: list[tuple[float, float]] = []
    order = sorted(
        range(len(search.front)), key=lambda place: (search.front[place].number != star, -y[place])
    )
    for place in order:
        right, up = points[place]
        if any(
            abs(right - one) < 4.2 * style.SMALL and abs(up - two) < 1.5 * style.SMALL for one, two in taken
        ):
            continue
        taken.append((right, up))
        number = search.front[place].number
        ax.annotate(
            f"#{number}" + (" ★" if number == star else ""),
            (x[place], y[place]),
            xytext=(8, -4),
            textcoords="offset points",
            va="top",
            zorder=4,
            bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8},
        )


def _key(ax: Axes, search: BudgetSearch) -> None:
    """What every mark and line is; those that are not drawn are left out."""
    front = search.front
    marked = Line2D(
        [], [], marker="o", linestyle="", markersize=8, markerfacecolor="#7C7B78", markeredgecolor="black"
    )
    parts = [
        (marked, "front", bool(front)),
        (Line2D([], [], color=style.BLUE, linewidth=1.4), "reached", bool(front)),
        (
            Line2D([], [], marker="x", linestyle="", color="#8A8A8A", markersize=5),
            "rest",
            len(search.tried) > len(front),
        ),
        (Line2D([], [], color=style.GREY, linewidth=1.3, linestyle=":"), "random", bool(_random(search))),
        (
            Line2D([], [], color=style.BLACK, linewidth=2.4),
            "interval",
            any(one.estimate("public_cost").interval.exists for one in front),
        ),
        (
            Line2D([], [], color=style.GREY, linewidth=0.9),
            "range",
            any(one.estimate("public_cost").range.exists for one in front),
        ),
        (Line2D([], [], color=style.VERMILLION, linestyle="--", linewidth=1.6), "limit", True),
    ]
    handles = []
    for handle, name, there in parts:
        if there:
            handle.set_label(wrapped(MARKS[name], 50))
            handles.append(handle)
    style.key(ax, handles, below=1.0)


def _found(search: BudgetSearch) -> str:
    """What the recommended package buys for what, or, without one, what most of the front buys."""
    unit, unit_name = money_unit()
    if not search.front:
        return say("chart.pareto")
    star = search.recommended
    numbers = {one.number: one for one in search.front}
    chosen = (
        numbers.get(star.number, star)
        if star is not None
        else max(search.front, key=lambda one: one.out_of_cycle)
    )
    told: dict[str, Any] = {
        "number": chosen.number,
        "share": figures.share(chosen.out_of_cycle, 0),
        "cost": figures.significant(chosen.public_cost / unit),
        "unit": unit_name,
        "window": window(search.scenario.months),
    }
    if star is not None:
        return say("budget.found_star", **told)
    least = min(search.front, key=lambda one: one.public_cost)
    return say("budget.found_most", **told, none=figures.share(least.out_of_cycle, 0))
