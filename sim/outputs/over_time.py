"""Charts of city-wide shares and means over the months: the cycle, the coverage ladder, the management modes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outputs import style
from sim.outputs.catalog import CHART_WORDS, capital, measure_name, pick, provenance, text
from sim.outputs.measures import RunLike, paid_rates
from sim.text import figures
from sim.words import MODE_WORDS, MODES

CYCLE_COLOURS = {
    "collection": style.BLUE,
    "quality": style.VERMILLION,
    "satisfaction": style.GREEN,
    "condition": style.PURPLE,
}
CYCLE_COLUMNS = tuple(CYCLE_COLOURS)
LADDER = ("nominal", "charging", "professional", "break_even")


class Band(NamedTuple):
    """A measure over the months: mean over households, and the 10th and 90th percentile of estates."""

    month: np.ndarray
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray


def band_of(run: RunLike, column: str) -> Band:
    """The band of one of CYCLE_COLUMNS. Collection counts a month without a bill as 0, so that an estate that stops billing is not lost sight of."""
    shown = run.city.iloc[1:] if column == "collection" else run.city  # nothing was billed in month 0
    return Band(
        shown.index.to_numpy(),
        *(shown[name].to_numpy() for name in (f"{column}_p10", column, f"{column}_p90")),
    )


@style.styled
def cycle(run: RunLike, ax: Axes | None = None, lang: str = "en") -> Figure:
    """Four panels over the months: household-weighted mean and the band from the 10th to the 90th percentile of estates."""
    host = style.canvas(ax, (10, 6.8), (0.06, 0.08, 0.855, 0.75))
    style.heading(
        host,
        pick(CHART_WORDS["cycle"], lang),
        provenance(run, lang) + "\n" + text("band_note", lang),
        lift=18,
    )
    for place, (panel, column) in enumerate(
        zip(style.panels(host, 2, 2, (0.155, 0.2)), CYCLE_COLUMNS, strict=True)
    ):
        month, low, mean, high = band_of(run, column)
        colour = CYCLE_COLOURS[column]
        panel.fill_between(month, low, high, color=colour, alpha=0.2, linewidth=0, label="band")
        panel.plot(month, mean, color=colour, linewidth=2.2, label=column)
        panel.set_title(text(f"panel_{column}", lang), fontsize=10.5, y=1, pad=6)
        style.share_axis(panel)
        style.month_axis(panel, run.months, text("month", lang) if place > 1 else "")
        ends = [
            (high[-1], figures.share(high[-1], 0), style.GREY),
            (low[-1], figures.share(low[-1], 0), style.GREY),
            (mean[-1], f"{text('mean', lang)} {figures.share(mean[-1], 0)}", style.readable(colour)),
        ]
        if column == "collection":
            ends.append(_billing(panel, run, lang))
        style.end_labels(panel, [label for label in ends if np.isfinite(label[0])], size=9)
    return style.owner(host)


def _billing(panel: Axes, run: RunLike, lang: str) -> tuple[float, str, str]:
    """Draw the mean over estates that still bill; returns its label."""
    rates = paid_rates(run)[1]
    panel.plot(
        np.arange(1, run.months + 1), rates, color=style.GREY, linestyle="--", linewidth=1.3, label="billing"
    )
    return float(rates[-1]), f"{text('still_billing', lang)} {figures.share(rates[-1], 0)}", style.GREY


def cycle_alt(run: RunLike, lang: str = "en") -> str:
    """What the cycle chart shows, in words."""
    parts = []
    for column in CYCLE_COLUMNS:
        month, bottom, mean, top = band_of(run, column)
        name, known = measure_name(column, lang), np.flatnonzero(np.isfinite(mean))
        if not known.size:
            parts.append(f"{name}没有数据" if lang == "zh" else f"{name} has no values")
            continue
        least = known[int(mean[known].argmin())]
        first, last, lowest, when = mean[known[0]], mean[known[-1]], mean[least], month[least]
        low, high = bottom[-1], top[-1]
        if lang == "zh":
            parts.append(
                f"{name}由{figures.share(first, 0)}变为{figures.share(last, 0)}（最低{figures.share(lowest, 0)}，第{when}月）"
                f"，期末中间80%的小区在{figures.share(low, 0)}至{figures.share(high, 0)}之间"
            )
        else:
            parts.append(
                f"{name} goes from {figures.share(first, 0)} to {figures.share(last, 0)} (lowest {figures.share(lowest, 0)} in month "
                f"{when}); at the end the middle 80% of estates lie between {figures.share(low, 0)} and {figures.share(high, 0)}"
            )
    if lang == "zh":
        return f"四幅折线图，{run.months}个月，按户数加权均值。" + "；".join(parts) + "。"
    return (
        f"Four line charts over {run.months} months, household-weighted means. "
        + ". ".join(capital(p) for p in parts)
        + "."
    )


@style.styled
def ladder(run: RunLike, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Shares of estates on the four rungs of coverage over the months."""
    ax = style.tidy(style.canvas(ax, (10, 5.6), (0.075, 0.105, 0.70, 0.75)))
    style.heading(ax, pick(CHART_WORDS["ladder"], lang), provenance(run, lang))
    style.share_axis(ax, text("share_of_estates", lang))
    style.month_axis(ax, run.months, text("month", lang))
    month, labels = run.city.index.to_numpy(), []
    for rung, colour, dash in zip(LADDER, style.PALETTE, style.DASHES, strict=False):
        values = run.city[rung].to_numpy(dtype=float)
        ax.plot(month, values, color=colour, linestyle=dash, linewidth=2.4, label=rung, clip_on=False)
        label = f"{capital(measure_name(rung, lang))} {figures.share(values[-1], 0)}"
        labels.append((values[-1], label, style.readable(colour)))
    style.end_labels(ax, labels)
    return ax


def ladder_alt(run: RunLike, lang: str = "en") -> str:
    """What the ladder chart shows, in words."""

    def change(rung: str) -> str:
        name, first, last = measure_name(rung, lang), run.city[rung].iloc[0], run.city[rung].iloc[-1]
        if lang == "zh":
            return f"{name}由{figures.share(first, 0)}变为{figures.share(last, 0)}"
        return f"{name} from {figures.share(first, 0)} to {figures.share(last, 0)}"

    parts = [change(rung) for rung in LADDER]
    if lang == "zh":
        return f"折线图，{run.months}个月内各级覆盖小区占比：" + "，".join(parts) + "。"
    return f"Line chart of shares of estates over {run.months} months: " + ", ".join(parts) + "."


@style.styled
def modes(run: RunLike, ax: Axes | None = None, lang: str = "en") -> Axes:
    """Shares of estates under each management mode over the months, stacked to 100 %."""
    ax = style.tidy(style.canvas(ax, (10, 5.6), (0.075, 0.105, 0.70, 0.75)))
    style.heading(ax, pick(CHART_WORDS["modes"], lang), provenance(run, lang))
    style.share_axis(ax, text("share_of_estates", lang))
    style.month_axis(ax, run.months, text("month", lang))
    # Unmanaged stands at the bottom, on the axis, where its share can be read off directly.
    names = MODES[::-1]
    shares = np.array([run.city[f"mode_{name}"].to_numpy(dtype=float) for name in names])
    colours, hatches = zip(*(style.MODE_STYLE[name] for name in names), strict=True)
    bands = ax.stackplot(
        run.city.index.to_numpy(), shares, colors=colours, labels=names, edgecolor="white", linewidth=0.6
    )
    for band, hatch in zip(bands, hatches, strict=True):
        band.set_hatch(hatch)
    middle = np.cumsum(shares[:, -1]) - shares[:, -1] / 2
    labels = [
        (
            height,
            f"{capital(MODE_WORDS[name].in_language(lang))} {figures.share(share, 0)}",
            style.readable(colour),
        )
        for height, name, share, colour in zip(middle, names, shares[:, -1], colours, strict=True)
    ]
    style.end_labels(ax, labels)
    return ax


def modes_alt(run: RunLike, lang: str = "en") -> str:
    """What the chart of modes shows, in words."""
    parts = []
    for name in MODES:
        word, series = MODE_WORDS[name].in_language(lang), run.city[f"mode_{name}"]
        joint = "由{}变为{}" if lang == "zh" else " from {} to {}"
        parts.append(word + joint.format(figures.share(series.iloc[0], 0), figures.share(series.iloc[-1], 0)))
    if lang == "zh":
        return f"堆叠面积图，{run.months}个月内各管理模式的小区占比：" + "，".join(parts) + "。"
    return f"Stacked areas over {run.months} months, shares of estates: " + ", ".join(parts) + "."
