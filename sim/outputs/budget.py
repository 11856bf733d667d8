"""The budget search in words, and the chart of its Pareto front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.experiments.budget import COST_STEP
from sim.experiments.funding import funding_words
from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, wilson
from sim.experiments.menu import in_words
from sim.experiments.stress import GAIN
from sim.outputs import style
from sim.outputs.outcome_words import points
from sim.outputs.range_words import range_of_pairs
from sim.parameters import PARAMETERS
from sim.text import figures, in_language, message

if TYPE_CHECKING:
    from sim.experiments.budget import BudgetSearch
    from sim.experiments.stress import Failing
    from sim.experiments.valuing import Rescored, Valued


def budget_sentences(found: BudgetSearch, lang: str) -> list[str]:
    """How many packages were tried, the front as fresh seeds see it, the recommendation and where it fails."""
    zh = lang == "zh"
    tried, searched, kept = len(found.tried), len(found.searched), len(found.front)
    lines = [
        f"试了{tried}个组合，其中{searched}个在帕累托前沿上；每年预算{found.yearly / 1e4:,.0f}万元。"
        if zh
        else f"{tried} packages tried, {searched} of them on the Pareto front; budget {found.yearly / 1e6:,.2f} million yuan a year."
    ]
    if kept < searched:
        lines.append(
            f"下面列出其中{kept}个；按所列数字（取整后）各方面都不优于其中某一个的不再列出：{searched - kept}个。"
            if zh
            else f"Listed: {kept} of them; left out, because one of these beats them on the figures shown (as rounded): {searched - kept}."
        )
    if found.asked.get("menu"):  # results of the first version do not say what it was
        lines.append(funding(found, lang))
    lines.append(_basis(found, zh))
    for one in found.front:
        out, worst = figures.share(one.out_of_cycle, 0), figures.share(one.worst_decile_satisfaction, 0)
        cost = money_a_year(one.cost, lang) + _lost(one, lang)
        lines.append(
            f"  #{one.number} 每年{cost}，{out}的小区不在循环中，最差十分之一住户满意度{worst}{_before(found, one, lang)}：{in_words(one.package, lang)}"
            if zh
            else f"  #{one.number} {cost} a year, {out} of estates out of the cycle, worst tenth satisfied {worst}{_before(found, one, lang)}: {in_words(one.package, lang)}"
        )
    return lines + _stress_lines(found, lang)


def funding(found: BudgetSearch, lang: str) -> str:
    """Whose money it is."""
    kinds = [item["kind"] for item in found.asked.get("menu") or ()]
    with in_language(lang):
        return funding_words(found.scenario, found.yearly, found.payer, kinds)


def _basis(found: BudgetSearch, zh: bool) -> str:
    """On what seeds the figures are, and what the cost holds."""
    cost = (
        "费用为措施的财政支出，加上国有物业企业因此多亏损的部分（后者不在年度预算内）。"
        if zh
        else "Cost is public money for the programmes and what state-owned companies lose more because of them (which no yearly budget holds)."
    )
    if not found.fresh:
        seeds = (
            "数字来自搜索所用的随机种子，因此偏乐观：正是这些种子选出了这些组合。"
            if zh
            else "Figures are by the seeds of the search, and flattering: the same seeds chose these packages."
        )
    else:
        count = found.asked.get("fresh", 0)
        seeds = (
            f"数字来自搜索从未见过的{count}个随机种子；括号内为搜索时的数字，偏乐观。"
            if zh
            else f"Figures are by {count} fresh seeds that the search never saw; in brackets what the search had seen, which flatters."
        )
    return seeds + ("" if zh else " ") + cost


def money_a_year(cost: float, lang: str) -> str:
    """Yuan a year as the front was told apart by: in whole steps of COST_STEP, the same in both languages."""
    steps = round(cost / COST_STEP)
    text = f"{steps:,}万元" if lang == "zh" else f"{steps / 100:,.2f} million yuan"
    return text.replace("-", "−")


def _lost(one: Valued, lang: str) -> str:
    """What of the cost is losses of state-owned companies, where it is not nothing in the rounding of the cost."""
    if round(one.state_owned / COST_STEP) == 0:
        return ""
    zh, size = lang == "zh", money_a_year(abs(one.state_owned), lang)
    if zh:
        return f"（其中国企多亏{size}）" if one.state_owned > 0 else f"（国企少亏{size}，已抵减）"
    return (
        f" ({size} of it losses of state-owned companies)"
        if one.state_owned > 0
        else f" (after {size} that state-owned companies lose less)"
    )


def _before(found: BudgetSearch, one: Valued, lang: str) -> str:
    """What the search had seen of a package, in brackets; empty where these are its figures."""
    if not found.fresh:
        return ""
    seen = next(old for old in found.searched if old.number == one.number)
    out, worst = figures.share(seen.out_of_cycle, 0), figures.share(seen.worst_decile_satisfaction, 0)
    return (
        f"（搜索时：{money_a_year(seen.cost, lang)}，{out}，{worst}）"
        if lang == "zh"
        else f" (in the search: {money_a_year(seen.cost, lang)}, {out}, {worst})"
    )


def _stress_lines(found: BudgetSearch, lang: str) -> list[str]:
    stress, best, zh = found.stress, found.recommended, lang == "zh"
    if stress is None or best is None:
        return []
    place, (well, futures) = stress.best, stress.confirmed
    lines = [_recommended(found, lang)]
    regret = f"{100 * float(stress.regret[place].max()):.1f}"
    fresh, chosen = figures.share(well / futures, 0), figures.share(float(stress.satisficing[place]), 0)
    span = _share_sure(well, futures, lang)
    if zh:
        lines.append(
            f"在{futures}种新的可能参数下，{fresh}{span}能使循环中的小区至少减少{GAIN:.0%}；"
            f"在选出它的{stress.nothing.size}种情形下为{chosen}，最大后悔值{regret}个百分点。"
        )
    else:
        lines.append(
            f"In {fresh} of {futures} fresh plausible futures{span} it gets at least {GAIN:.0%} of the estates in the cycle out of it; "
            f"in the {stress.nothing.size} that chose it, {chosen}, with a worst regret of {regret} points."
        )
    if stress.regions:
        return lines + [_region(one, lang) for one in stress.regions]
    if stress.enough[place].all():
        return [
            *lines,
            "选出它的情形中没有发现它会失效的。" if zh else "It failed in none of the futures that chose it.",
        ]
    if not stress.enough[place].any():
        return [*lines, "它在所有情形下都不够有效。" if zh else "It failed in all of them."]
    return [*lines, "失效的情形没有共同特征。" if zh else "Where it fails has no simple description."]


def _share_sure(well: int, futures: int, lang: str) -> str:
    """How precisely a share of futures is known, in brackets: nothing under five futures, rough under ten."""
    if futures < LEAST_PAIRS:
        return ""
    zh, interval = lang == "zh", wilson(well, futures)
    rough = "" if futures >= ROUGH_PAIRS else "，粗略" if zh else ", rough"
    span = f"{figures.share(interval.low, 0)}–{figures.share(interval.high, 0)}{rough}"
    return f"（95%置信区间{span}）" if zh else f" (95% interval {span})"


def _recommended(found: BudgetSearch, lang: str) -> str:
    """The recommendation and, on fresh seeds, what it gains beyond doing nothing, with its interval."""
    best, zh = found.recommended, lang == "zh"
    assert best is not None
    again = next((one for one in found.fresh if one.value.number == best.number), None)
    if again is None:
        return f"推荐#{best.number}。" if zh else f"Recommended: #{best.number}."
    span = sure_of(again, lang)
    over = best.cost > found.yearly
    if zh:
        more = "；连同国企亏损，超出年度预算" if over else ""
        return f"推荐#{best.number}：每年{money_a_year(best.cost, lang)}，与什么都不做相比，不在循环中的小区占比多{points(again.gain)}个百分点{span}{more}。"
    more = "; with the losses of state-owned companies it costs more than the yearly budget" if over else ""
    return (
        f"Recommended: #{best.number}. For {money_a_year(best.cost, lang)} a year it gets {points(again.gain)} points of estates more out of the cycle "
        f"than doing nothing does{span}{more}."
    )


def sure_of(again: Rescored, lang: str) -> str:
    """How precisely the mean gain is known (rough under ten fresh seeds, nothing under five), and what it may be in a pair."""
    zh, interval, held = lang == "zh", again.gain_interval, again.gain_range
    text = ""
    if interval.exists:
        low, high = points(interval.low), points(interval.high)
        text = f"，均值的95%置信区间{low}至{high}" if zh else f", 95% interval of the mean {low} to {high}"
    if held.exists and held.pairs < LEAST_PAIRS:
        few = (
            f"{held.pairs}个新随机种子不足以给出置信区间"
            if zh
            else f"no interval from {held.pairs} fresh seeds"
        )
        text += f"（{few}）" if zh else f" ({few})"
    elif held.exists and held.pairs < ROUGH_PAIRS:
        text += f"（粗略：只有{held.pairs}个新随机种子）" if zh else f" (rough: {held.pairs} fresh seeds)"
    if held.exists:
        shown = range_of_pairs(held, "share", lang)
        text += f"；可能的结果{shown}" if zh else f"; what may happen: {shown}"
    return text


def _region(one: Failing, lang: str) -> str:
    parts = []
    for key, low, high in one.bounds:
        name = PARAMETERS[key].label.in_language(lang)
        if math.isfinite(low) and math.isfinite(high):
            parts.append(f"{name} ({key}) ∈ [{low:.3g}, {high:.3g}]")
        else:
            parts.append(
                f"{name} ({key}) {'>' if math.isfinite(low) else '≤'} {low if math.isfinite(low) else high:.3g}"
            )
    joined = ("且" if lang == "zh" else " and ").join(parts)
    density, coverage = figures.share(one.density, 0), figures.share(one.coverage, 0)
    if lang == "zh":
        return f"失效之处：{joined}（其中{density}失效，占全部失效的{coverage}，{one.futures}种情形）。"
    return f"It fails where {joined} ({density} of the {one.futures} futures there fail; they are {coverage} of all failures)."


def _marks(found: BudgetSearch, zh: bool) -> list[str]:
    """On which seeds the marks of the front are, for the chart's heading."""
    if not found.fresh:
        return []
    count = found.asked.get("fresh", 0)
    return [
        f"前沿组合按{count}个新随机种子重新评分" if zh else f"packages of the front on {count} fresh seeds"
    ]


@style.styled
def pareto(found: BudgetSearch, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Cost against estates out of the cycle for every package tried; the front is joined, the marks' shade is satisfaction."""
    zh = lang == "zh"
    ax = style.tidy(style.canvas(ax, (9, 5.6), (0.085, 0.11, 0.74, 0.75)))
    style.heading(
        ax,
        "同样的钱，能救出多少小区" if zh else "What the money buys",
        " · ".join(
            [
                found.scenario.title.in_language(lang),
                f"预算每年{found.yearly / 1e4:,.0f}万元"
                if zh
                else f"budget {found.yearly / 1e6:,.2f} million yuan a year",
                *(
                    [
                        f"{message('funding.row').in_language(lang)} {message(f'bearer.{found.payer}').in_language(lang)}"
                    ]
                    if found.payer
                    else []
                ),
                *_marks(found, zh),
            ]
        ),
    )
    unit = 1e4 if zh else 1e6
    front = {one.package for one in found.front}
    rest = [one for one in found.tried if one.package not in front]
    ax.plot(
        [one.cost / unit for one in rest],
        [one.out_of_cycle for one in rest],
        "x",
        color="#AAAAAA",
        markersize=5,
    )
    x, y = (np.array([getattr(one, name) for one in found.front]) for name in ("cost", "out_of_cycle"))
    marks = ax.scatter(
        x / unit,
        y,
        c=[one.worst_decile_satisfaction for one in found.front],
        cmap=style.CONTINUOUS_MAP,
        s=70,
        zorder=3,
        edgecolor=style.BLACK,
        linewidth=0.8,
    )
    reached = -1.0
    for one, left, height in zip(found.front, x / unit, y, strict=True):
        star = found.recommended is not None and one.number == found.recommended.number
        if not star and height < reached + 0.02:
            continue  # labels would lie on each other; the table has all numbers
        reached = max(reached, float(height))
        ax.annotate(
            f"#{one.number}" + (" ★" if star else ""),
            (left, height),
            xytext=(5, 6),
            textcoords="offset points",
            fontsize=9,
        )
    best = np.maximum.accumulate(y)
    ax.step(x / unit, best, where="post", color=style.BLUE, linewidth=1.4)
    ax.axvline(found.yearly / unit, color=style.VERMILLION, linestyle="--", linewidth=1.2)
    style.share_axis(ax, "期末不在循环中的小区" if zh else "estates out of the cycle, last year")
    ax.set_xlabel(
        "组合的公共成本，含国企亏损（万元/年）"
        if zh
        else "public cost of the package, losses of state-owned companies included (million yuan a year)"
    )
    bar = style.owner(ax).colorbar(marks, cax=ax.inset_axes((1.05, 0, 0.03, 1)))
    bar.set_label("最差十分之一住户的满意度" if zh else "satisfaction of the worst tenth")
    bar.ax.tick_params(labelfontfamily=style.font_family())
    return ax
