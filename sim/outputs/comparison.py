"""Charts of a comparison: differences over time, estates rescued and harmed, cost against effect, acceptability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.errors import EstateError
from sim.experiments.comparison_tables import PAIRS, RANGE, of_estates
from sim.experiments.intervals import Range
from sim.outputs import style
from sim.outputs.catalog import capital, money_scale, require_language, short_title, titled, wrapped
from sim.outputs.charts import FORMATS, Chart, save_figure
from sim.outputs.comparison_words import price_clause
from sim.outputs.headings import wide_heading
from sim.outputs.range_words import light_band
from sim.text import figures, in_language, joins, say
from sim.words import Word

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.arms import Arm
    from sim.experiments.comparison import Comparison

WORDS = {
    "differences": Word(
        "各情景与基准相比，逐月相差多少", "How far each scenario is from the baseline, month by month"
    ),
    "rescues": Word("哪些小区脱困，哪些转差", "Which estates were rescued, and which were harmed"),
    "plane": Word(
        "多花多少钱，换来多少小区年脱离循环",
        "What more it costs, and how many estate-years out of the cycle it buys",
    ),
    "acceptability": Word(
        "愿意为一个小区年出多少钱，哪个情景最合算",
        "Which scenario is worth most, by what an estate-year out of the cycle is worth",
    ),
}
TEXT = {
    "against": Word(
        "基准：{base} · {runs}组相同随机种子 · {months}个月 · {estates}个小区 · {level}置信区间",
        "baseline: {base} · {runs} common seeds · {months} months · {estates} estates · {level} intervals",
    ),
    "thick": Word(
        "粗线：平均而言的可能性（重复越多越接近0或1）；细线：单对运行中的占比",
        "thick: chance that it is so on average (goes to 0 or 1 with replications); thin: share of single pairs in which it is",
    ),
    "month": Word("模拟月份", "month of the run"),
    "cycle": Word("处于恶性循环的小区（百分点）", "Estates in the cycle (percentage points)"),
    "collection": Word(
        "物业费收缴率，只计收费的小区（百分点）", "Fee collection, estates that bill (percentage points)"
    ),
    "satisfaction": Word("业主满意度（百分点）", "Owner satisfaction (percentage points)"),
    "quality": Word("服务质量（百分点）", "Service quality (percentage points)"),
    "share": Word(
        "占该类小区的比例（数字：平均每次运行的小区数）",
        "share of the group's estates (figures: estates a run)",
    ),
    "rule_last_year": Word(
        "脱困：最后12个月，基准中月月处于循环，此处月月不在循环；转差：相反。须线：置信区间",
        "rescued: in the cycle in each of the last twelve months of the baseline and out of it in each here; harmed: the reverse; "
        "whiskers: intervals",
    ),
    # what version 0.1 went by
    "rescued": Word("脱困", "rescued"),
    "harmed": Word("转差", "harmed"),
    "all": Word("全部小区", "all estates"),
    "effect": Word(
        "脱离循环的小区年（比基准多）", "estate-years out of the cycle, more than in the baseline"
    ),
    "cost": Word("公共成本（比基准多，{unit}）", "public cost, more than in the baseline ({unit})"),
    "plane_note": Word(
        "小点：每个随机种子；大点与十字：均值和置信区间；公共成本含国有物业企业亏损",
        "small dots: one seed each; large dots and crosses: means and intervals; public cost includes losses of state-owned companies",
    ),
    "dearer_better": Word("更贵、更好", "dearer, better"),
    "dearer_worse": Word("更贵、更差\n（不可取）", "dearer, worse\n(dominated)"),
    "cheaper_better": Word("更省、更好（占优）", "cheaper, better (dominant)"),
    "cheaper_worse": Word("更省、更差", "cheaper, worse"),
    "price": Word("一个小区年脱离循环值多少（{unit}）", "worth of an estate-year out of the cycle ({unit})"),
    "chance": Word("可能性", "chance"),
    "beats": Word("比基准合算", "Worth more than the baseline"),
    "best": Word("在所有情景中最合算", "Worth most of all"),
}
PANELS = ("cycle", "collection", "satisfaction", "quality")


def _text(key: str, lang: str, **values: object) -> str:
    return TEXT[key].in_language(require_language(lang)).format(**values)


def label_of(found: Comparison, arm: Arm, lang: str, width: int = 26) -> str:
    """Title of an arm on several short lines, or its name where two arms have the same title."""
    titles = [titled(getattr(one.scenario, "title", None), lang, one.name) for one in found.arms]
    own = titles[found.arms.index(arm)]
    return wrapped(own if titles.count(own) == 1 else arm.name, width)


def _subtitle(found: Comparison, lang: str) -> str:
    base = label_of(found, found.baseline, lang, 1000)
    return _text(
        "against",
        lang,
        base=base,
        runs=len(found.seeds),
        months=found.baseline.scenario.months,
        estates=f"{found.baseline.estates['type'].shape[1]:,}",
        level=f"{100 * found.interval_level:.3g}%",
    )


def _looks(found: Comparison) -> list[tuple[Arm, str, str | tuple[int, tuple[int, ...]]]]:
    """(arm, colour, dashes) of every arm that is compared."""
    return [
        (arm, style.PALETTE[i % len(style.PALETTE)], style.DASHES[i % len(style.DASHES)])
        for i, arm in enumerate(found.others)
    ]


@style.styled
def differences(found: Comparison, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Four panels: paired difference to the baseline by month, with a ribbon for its interval."""
    host = style.canvas(ax, (10, 7.2), (0.065, 0.075, 0.795, 0.77))
    style.heading(
        host,
        WORDS["differences"].in_language(require_language(lang)),
        _subtitle(found, lang) + "\n" + _bands(found, lang),
        lift=18,
    )
    table = found.by_month(PANELS)
    for place, (panel, series) in enumerate(zip(style.panels(host, 2, 2, (0.27, 0.2)), PANELS, strict=True)):
        _ribbons(panel, found, table[table["series"] == series], lang)
        panel.set_title(_text(series, lang), fontsize=10.5, y=1, pad=6)
        style.month_axis(panel, found.baseline.scenario.months, _text("month", lang) if place > 1 else "")
    return host


def _bands(found: Comparison, lang: str) -> str:
    """What the line and its two bands are: of few pairs there is no dark one, in a result of before there were ranges no light one."""
    table = found.by_month(PANELS)
    held = [one for one in map(Range.of_row, table.to_dict("records")) if one.exists]
    with in_language(lang):
        parts = [say("band.line")]
        if table[["low", "high"]].notna().all(axis=1).any():
            parts.append(say("band.dark", level=figures.level(found.interval_level)))
        if held:
            parts.append(light_band(held[0], lang))
        return joins.clauses(parts)


def _ribbons(panel: Axes, found: Comparison, table: pd.DataFrame, lang: str) -> None:
    panel.axhline(0, color=style.GREY, linewidth=0.9, label="_zero")
    labels = []
    for arm, colour, dash in _looks(found):
        rows = table[table["arm"] == arm.name]
        mean = 100 * rows["difference"].to_numpy()
        for ends, alpha, label in ((RANGE, 0.12, "_range"), (("low", "high"), 0.34, "band")):
            if ends[0] not in rows:  # of before there were ranges
                continue
            # a month in which every seed agrees has no interval, and nothing to shade
            low, high = (np.where(np.isnan(rows[end]), mean, 100 * rows[end].to_numpy()) for end in ends)
            panel.fill_between(
                rows["month"], low, high, color=colour, alpha=alpha, linewidth=0, label=f"{label} {arm.name}"
            )
            if ends == RANGE:  # a thin edge, since light bands lie on each other
                for line in (low, high):
                    panel.plot(
                        rows["month"], line, color=colour, linewidth=0.6, alpha=0.5, label=f"_edge {arm.name}"
                    )
        panel.plot(rows["month"], mean, color=colour, linestyle=dash, linewidth=2.0, label=arm.name)
        if np.isfinite(mean[-1]):
            words = f"{mean[-1]:+.1f}".replace("-", "−") if abs(mean[-1]) >= 0.05 else "0.0"
            labels.append(
                (float(mean[-1]), f"{label_of(found, arm, lang, 18)} {words}", style.readable(colour))
            )
    panel.yaxis.set_major_locator(MaxNLocator(6))
    panel.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    style.end_labels(panel, labels, size=8.5)


@style.styled
def rescues(found: Comparison, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Bars to the right for estates rescued and to the left for estates harmed, in all and by type, for each arm."""
    kinds = list(found.baseline.scenario.types)
    rows = [(arm, group) for arm in found.others for group in ("all", *kinds)]
    height = 2.0 + 0.27 * len(rows) + 0.25 * len(found.others)
    ax = style.tidy(style.canvas(ax, (10, height), (0.31, 0.62 / height, 0.645, 1 - 1.72 / height)))
    note = _text("rule_last_year", lang)
    wide_heading(
        ax,
        WORDS["rescues"].in_language(require_language(lang)),
        _subtitle(found, lang) + "\n" + note,
        lift=14,
    )
    table = of_estates(found.rescues).set_index(["arm", "group"])
    ticks, names = [], []
    for number, (arm, group) in enumerate(rows):
        if (arm.name, group) not in table.index:
            continue
        y = -(number + 0.9 * (number // (len(kinds) + 1)))
        _bar(ax, table.loc[(arm.name, group)], y, group == "all")
        ticks.append(y)
        title = titled(found.baseline.scenario.types[group].title, lang, group) if group != "all" else ""
        names.append(
            short_title(title)
            if title
            else wrapped(f"{label_of(found, arm, lang, 1000)} — {_text('all', lang)}", 40)
        )
    _finish_bars(ax, ticks, names, lang)
    return ax


def _bar(ax: Axes, row: pd.Series, y: float, bold: bool) -> None:
    for name, sign, colour, hatch in (
        ("rescued", 1, style.GREEN, ""),
        ("harmed", -1, style.VERMILLION, "///"),
    ):
        share = row[name] / row["estates"]
        ax.barh(
            y,
            sign * share,
            height=0.78,
            color=colour,
            alpha=1.0 if bold else 0.55,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label=f"_{name}",
        )
        low, high = (row[f"{name}_{end}"] / row["estates"] for end in ("low", "high"))
        end = share if np.isnan(high) else high
        if not np.isnan(low):
            ax.plot([sign * low, sign * high], [y, y], color=style.BLACK, linewidth=1.0, label="_interval")
        if row[name] > 0 or (bold and name == "rescued"):
            words = f"{row[name]:,.1f}" if row[name] < 10 else f"{row[name]:,.0f}"
            ax.annotate(
                f"{words} ({figures.share(share, 0)})",
                (sign * end, y),
                xytext=(5 * sign, 0),
                textcoords="offset points",
                va="center",
                ha="left" if sign > 0 else "right",
                fontsize=8.5,
                color=style.GREY,
                annotation_clip=False,
            )


def _finish_bars(ax: Axes, ticks: Sequence[float], names: Sequence[str], lang: str) -> None:
    low, high = ax.get_xlim()
    reach = max(high, 0.0) - min(low, 0.0)
    ax.set_xlim(
        min(low, 0.0) - 0.14 * reach, max(high, 0.0) + 0.16 * reach
    )  # room for the figures beside the bars
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    ax.set_yticks(ticks, names)
    ax.set_ylim(min(ticks) - 0.7, max(ticks) + 0.7)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.share(abs(value), 0)))
    ax.set_xlabel(_text("share", lang))
    for where, key, side, colour in (
        (0.0, "harmed", "right", style.VERMILLION),
        (0.0, "rescued", "left", style.GREEN),
    ):
        ax.annotate(
            ("◀ " if side == "right" else "") + _text(key, lang) + (" ▶" if side == "left" else ""),
            (where, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-6 if side == "right" else 6, 4),
            textcoords="offset points",
            ha=side,
            color=colour,
            fontsize=9.5,
        )


@style.styled
def plane(found: Comparison, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Cost-effectiveness plane: a dot for every seed, and the mean of every arm with its intervals."""
    ax = style.tidy(style.canvas(ax, (10, 6.2), (0.095, 0.1, 0.72, 0.75)))
    style.heading(
        ax,
        WORDS["plane"].in_language(require_language(lang)),
        _subtitle(found, lang) + "\n" + _text("plane_note", lang),
    )
    points, costs = found.plane, found.costs.set_index("arm")
    size, unit = money_scale(float(points["cost"].abs().max()) or 1.0, lang)
    labels = []
    for place, (arm, colour, _) in enumerate(_looks(found)):
        own, row = points[points["arm"] == arm.name], costs.loc[arm.name]
        ax.scatter(
            own["effect"],
            own["cost"] / size,
            s=14,
            color=colour,
            alpha=0.4,
            linewidth=0,
            label=f"seeds {arm.name}",
        )
        for x, y in (
            (("effect_low", "effect_high"), ("cost", "cost")),
            (("effect", "effect"), ("cost_low", "cost_high")),
        ):
            if row[[*x, *y]].notna().all():
                ax.plot(row[list(x)], row[list(y)] / size, color=colour, linewidth=1.8, label="_interval")
        ax.scatter(
            [row["effect"]],
            [row["cost"] / size],
            s=80,
            color=colour,
            marker="osD^v"[place % 5],
            edgecolor="white",
            zorder=5,
            label=arm.name,
        )
        labels.append((float(row["cost"] / size), label_of(found, arm, lang, 20), style.readable(colour)))
    _quadrants(ax, lang)
    ax.set_xlabel(_text("effect", lang))
    ax.set_ylabel(_text("cost", lang, unit=unit))
    style.end_labels(ax, labels, size=9.5)
    return ax


def _quadrants(ax: Axes, lang: str) -> None:
    """Lines through zero, and what each quadrant means; zero always lies well inside."""
    for axis in ("x", "y"):
        low, high = getattr(ax, f"get_{axis}lim")()
        reach = max(high, 0.0) - min(low, 0.0) or 1.0
        getattr(ax, f"set_{axis}lim")(min(low, -0.24 * reach), max(high, 0.24 * reach))
    ax.axhline(0, color=style.GREY, linewidth=0.9)
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    for key, x, y in (
        ("dearer_better", 0.995, 0.985),
        ("dearer_worse", 0.005, 0.985),
        ("cheaper_better", 0.995, 0.015),
        ("cheaper_worse", 0.005, 0.015),
    ):
        ax.text(
            x,
            y,
            _text(key, lang),
            transform=ax.transAxes,
            color=style.GREY,
            fontsize=9,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
        )


@style.styled
def acceptability(found: Comparison, ax: Axes | None = None, lang: str = "en") -> Axes:
    """By what an estate-year out of the cycle is worth: how often an arm beats the baseline, and is best of all.

    Thick: the chance that it is so on average; thin: the share of single pairs in which it is.
    """
    host = style.canvas(ax, (10, 5.2), (0.075, 0.115, 0.72, 0.7))
    style.heading(
        host,
        WORDS["acceptability"].in_language(require_language(lang)),
        _subtitle(found, lang) + "\n" + _text("thick", lang),
        lift=18,
    )
    arms: list[tuple[Arm, str, object]] = [(found.baseline, style.GREY, ":"), *_looks(found)]
    left, right = style.panels(host, 1, 2, (0.09, 0))
    tables = {"beats": found.acceptability(against="baseline"), "best": found.acceptability()}
    single = {
        "beats": found.acceptability(against="baseline", over=PAIRS),
        "best": found.acceptability(over=PAIRS),
    }
    size, unit = money_scale(float(tables["best"].index[-1]), lang) if lang == "zh" else (1.0, "yuan")
    for panel, (key, table) in zip((left, right), tables.items(), strict=True):
        style.share_axis(panel, _text("chance", lang) if key == "beats" else "")
        for arm, colour, dash in arms:
            if arm.name in table:
                panel.plot(
                    table.index / size,
                    table[arm.name],
                    color=colour,
                    linestyle=dash,
                    linewidth=2.2,
                    label=arm.name,
                    clip_on=False,
                )
                panel.plot(
                    table.index / size,
                    single[key][arm.name],
                    color=colour,
                    linestyle=dash,
                    linewidth=0.9,
                    label=f"_pairs {arm.name}",
                    clip_on=False,
                )
        panel.set_title(_text(key, lang), fontsize=10.5, y=1, pad=6)
        panel.set_xlim(0, float(table.index[-1]) / size)
        panel.xaxis.set_major_locator(MaxNLocator(4, prune="upper"))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        panel.set_xlabel(_text("price", lang, unit=unit), fontsize=9.5)
    best = tables["best"].iloc[-1]
    if best.isna().all():  # too few pairs for a chance on average
        best = single["best"].iloc[-1]
    style.end_labels(
        right,
        [
            (
                float(best[arm.name]),
                f"{label_of(found, arm, lang, 20)} {figures.share(best[arm.name], 0)}",
                style.readable(colour),
            )
            for arm, colour, _ in arms
        ],
        size=9,
    )
    return host


def _told(found: Comparison, lang: str) -> str:
    return " ".join(found.sentences(require_language(lang)))


def _shown_by_month(found: Comparison, lang: str) -> str:
    """What the chart of months shows: what each band is, then what was found."""
    words = f"{capital(_bands(found, lang))}{'。' if lang == 'zh' else '.'}"
    with in_language(lang):
        return joins.sentences([words, _told(found, lang)])


def _priced(found: Comparison, lang: str) -> str:
    mark, stop = ("：", "。") if lang == "zh" else (": ", ".")
    return " ".join(
        label_of(found, arm, lang, 1000) + mark + price_clause(found, arm.name, lang) + stop
        for arm in found.others
    )


COMPARISON_CHARTS: dict[str, Chart] = {
    name: Chart(draw, WORDS[name], alt)
    for name, draw, alt in (
        ("differences", differences, _shown_by_month),
        ("rescues", rescues, _told),
        ("plane", plane, _priced),
        ("acceptability", acceptability, _priced),
    )
}


def comparison_chart(found: Comparison, name: str, lang: str = "en") -> Figure:
    """The Figure of one chart of COMPARISON_CHARTS; EstateError for an unknown name or language."""
    if name not in COMPARISON_CHARTS:
        raise EstateError(f"chart: {name!r} found, allowed {', '.join(COMPARISON_CHARTS)}")
    draw: Callable[..., Axes] = COMPARISON_CHARTS[name].draw  # type: ignore[assignment]
    return style.owner(draw(found, lang=lang))


def save_comparison_charts(
    found: Comparison, folder: Path, lang: str = "en", formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write every chart into `folder` (made if need be), title and alt text inside the files; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        path
        for name, chart in COMPARISON_CHARTS.items()
        for path in save_figure(
            comparison_chart(found, name, lang),
            folder / name,
            formats,
            chart.title.in_language(lang),
            chart.alt(found, lang),
        )
    ]
