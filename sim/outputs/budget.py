"""The budget search in words, and the chart of its Pareto front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.experiments.menu import in_words
from sim.experiments.stress import GAIN
from sim.outputs import style
from sim.parameters import PARAMETERS
from sim.units import format_share

if TYPE_CHECKING:
    from sim.experiments.budget import BudgetSearch
    from sim.experiments.stress import Failing


def budget_sentences(found: BudgetSearch, lang: str) -> list[str]:
    """How many packages were tried, the front, the recommendation and where it fails."""
    zh = lang == "zh"
    lines = [f"试了{len(found.tried)}个组合，其中{len(found.front)}个在帕累托前沿上；每年预算{found.yearly / 1e4:,.0f}万元。" if zh else
             f"{len(found.tried)} packages tried, {len(found.front)} of them on the Pareto front; budget {found.yearly / 1e6:,.2f} million yuan a year."]  # fmt: skip
    for one in found.front:
        cost = f"每年{one.cost / 1e4:,.0f}万元" if zh else f"{one.cost / 1e6:.2f} million yuan a year"
        out, worst = format_share(one.out_of_cycle, 0), format_share(one.worst_decile_satisfaction, 0)
        lines.append(f"  #{one.number} {cost}，{out}的小区不在循环中，最差十分之一住户满意度{worst}：{in_words(one.package, lang)}" if zh else
                     f"  #{one.number} {cost}, {out} of estates out of the cycle, worst tenth satisfied {worst}: {in_words(one.package, lang)}")  # fmt: skip
    return lines + _stress_lines(found, lang)


def _stress_lines(found: BudgetSearch, lang: str) -> list[str]:
    stress, best = found.stress, found.recommended
    if stress is None or best is None:
        return []
    place, futures = stress.best, stress.nothing.size
    share, regret = format_share(float(stress.satisficing[place]), 0), f"{100 * float(stress.regret[place].max()):.1f}"
    if lang == "zh":
        lines = [f"推荐#{best.number}：在{futures}种可能的参数下，{share}能使循环中的小区至少减少{GAIN:.0%}；最大后悔值{regret}个百分点。"]
    else:
        lines = [f"Recommended: #{best.number}. In {share} of {futures} plausible futures it gets at least {GAIN:.0%} of the estates in the cycle "
                 f"out of it; its worst regret is {regret} points."]  # fmt: skip
    if stress.regions:
        return lines + [_region(one, lang) for one in stress.regions]
    if stress.enough[place].all():
        return [*lines, "没有发现它会失效的情形。" if lang == "zh" else "It failed in none of them."]
    if not stress.enough[place].any():
        return [*lines, "它在所有情形下都不够有效。" if lang == "zh" else "It failed in all of them."]
    return [*lines, "失效的情形没有共同特征。" if lang == "zh" else "Where it fails has no simple description."]


def _region(one: Failing, lang: str) -> str:
    parts = []
    for key, low, high in one.bounds:
        name = PARAMETERS[key].zh if lang == "zh" else PARAMETERS[key].en
        if math.isfinite(low) and math.isfinite(high):
            parts.append(f"{name} ({key}) ∈ [{low:.3g}, {high:.3g}]")
        else:
            parts.append(f"{name} ({key}) {'>' if math.isfinite(low) else '≤'} {low if math.isfinite(low) else high:.3g}")
    joined = ("且" if lang == "zh" else " and ").join(parts)
    density, coverage = format_share(one.density, 0), format_share(one.coverage, 0)
    if lang == "zh":
        return f"失效之处：{joined}（其中{density}失效，占全部失效的{coverage}，{one.futures}种情形）。"
    return f"It fails where {joined} ({density} of the {one.futures} futures there fail; they are {coverage} of all failures)."


@style.styled
def pareto(found: BudgetSearch, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Cost against estates out of the cycle for every package tried; the front is joined, the marks' shade is satisfaction."""
    zh = lang == "zh"
    ax = style.tidy(style.canvas(ax, (9, 5.6), (0.085, 0.11, 0.74, 0.75)))
    style.heading(ax, "同样的钱，能救出多少小区" if zh else "What the money buys",
                  f"{found.scenario.title.in_language(lang)} · " + (f"预算每年{found.yearly / 1e4:,.0f}万元" if zh
                                                                      else f"budget {found.yearly / 1e6:,.2f} million yuan a year"))  # fmt: skip
    unit = 1e4 if zh else 1e6
    front = {one.number for one in found.front}
    rest = [one for one in found.tried if one.number not in front]
    ax.plot([one.cost / unit for one in rest], [one.out_of_cycle for one in rest], "x", color="#AAAAAA", markersize=5)
    x, y = (np.array([getattr(one, name) for one in found.front]) for name in ("cost", "out_of_cycle"))
    marks = ax.scatter(x / unit, y, c=[one.worst_decile_satisfaction for one in found.front], cmap=style.CONTINUOUS_MAP, s=70, zorder=3,
                       edgecolor=style.BLACK, linewidth=0.8)  # fmt: skip
    reached = -1.0
    for one, left, height in zip(found.front, x / unit, y, strict=True):
        star = found.recommended is not None and one.number == found.recommended.number
        if not star and height < reached + 0.02:
            continue  # labels would lie on each other; the table has all numbers
        reached = max(reached, float(height))
        ax.annotate(f"#{one.number}" + (" ★" if star else ""), (left, height), xytext=(5, 6), textcoords="offset points", fontsize=9)
    best = np.maximum.accumulate(y)
    ax.step(x / unit, best, where="post", color=style.BLUE, linewidth=1.4)
    ax.axvline(found.yearly / unit, color=style.VERMILLION, linestyle="--", linewidth=1.2)
    style.share_axis(ax, "期末不在循环中的小区" if zh else "estates out of the cycle, last year")
    ax.set_xlabel("措施的财政支出（万元/年）" if zh else "public cost of the package (million yuan a year)")
    bar = style.owner(ax).colorbar(marks, cax=ax.inset_axes((1.05, 0, 0.03, 1)))
    bar.set_label("最差十分之一住户的满意度" if zh else "satisfaction of the worst tenth")
    bar.ax.tick_params(labelfontfamily=style.font_family())
    return ax
