"""The chart of one estate's life: its measures, its stages and managers, and numbered events with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.outputs import style
from sim.outputs.catalog import (
    CHART_WORDS,
    measure_name,
    pick,
    provenance,
    text,
    type_title,
    wrapped,
)
from sim.outputs.event_words import event_sentence, rank
from sim.outputs.life_facts import MEASURES, Life, life_of, runs_of
from sim.outputs.measures import RunLike
from sim.outputs.over_time import CYCLE_COLOURS
from sim.text import figures
from sim.words import MODE_WORDS, STAGE_WORDS

MOST_EVENTS = 14


@style.styled
def estate_life(run: RunLike, estate: int, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Collection, quality, satisfaction and condition of one estate, with stages, managers and events annotated."""
    life = life_of(run, estate)
    host = style.canvas(ax, (12, 6.4), (0.06, 0.085, 0.925, 0.785))
    kind = type_title(run, str(life.facts["type"]), lang)
    households = f"{life.facts['households']:,}" + ("户" if lang == "zh" else " households")
    title = pick(
        CHART_WORDS["estate_life"],
        lang,
        estate=f"{estate}（{kind}，{households}）" if lang == "zh" else f"{estate} ({kind}, {households})",
    )
    style.heading(host, title, provenance(run, lang))
    host.axis("off")
    lines = style.tidy(host.inset_axes((0, 0.2, 0.5, 0.74)))
    _lines(lines, life, run.months, lang)
    for bottom, column in ((0.1, "stage"), (0, "mode")):
        strip = style.tidy(host.inset_axes((0, bottom, 0.5, 0.065)))
        unnamed = _strip(strip, life, column, run.months, lang)
        strip.legend(
            handles=unnamed,
            loc="center left",
            bbox_to_anchor=(1.02, 0.5),
            ncols=2,
            frameon=False,
            fontsize=8,
            handlelength=1.3,
            handleheight=1.1,
            columnspacing=1,
            borderpad=0,
        )
    shown, hidden = _chosen(life.events)
    _markers(lines, shown, run.months)
    _key(style.tidy(host.inset_axes((0.685, 0, 0.315, 1))), shown, hidden, lang)
    return style.owner(host)


def _lines(ax: Axes, life: Life, months: int, lang: str) -> None:
    """The four measures with end labels, and the collection that the standard service would need."""
    month, labels = life.months["month"].to_numpy(), []
    style.share_axis(ax)
    style.month_axis(ax, months)
    ax.tick_params(labelbottom=False)
    ax.plot(
        month, life.needed.clip(max=1), color=style.GREY, linewidth=1, linestyle=(0, (2, 2)), label="needed"
    )
    known = np.flatnonzero(np.isfinite(life.needed))
    if len(known):
        labels.append((float(min(life.needed[known[-1]], 1)), wrapped(text("needed", lang), 24), style.GREY))
    for name, dash in zip(MEASURES, style.DASHES, strict=False):
        values = life.months[name].to_numpy(dtype=float)
        colour = CYCLE_COLOURS[name]
        ax.plot(month, values, color=colour, linestyle=dash, linewidth=2, label=name)
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            last = known[-1]
            label = wrapped(f"{measure_name(name, lang)} {figures.share(values[last], 0)}", 24)
            if last < len(values) - 1:  # nothing billed any more: say when this was
                label = text("until_month", lang, label=label, n=month[last])
            labels.append((values[last], label, style.readable(colour)))
    style.end_labels(ax, labels, size=8.5)


def _strip(ax: Axes, life: Life, column: str, months: int, lang: str) -> list[Patch]:
    """A band that shows the stage or the manager in each month; returns swatches of those with no room for their word."""
    looks = style.STAGE_STYLE if column == "stage" else style.MODE_STYLE
    words = STAGE_WORDS if column == "stage" else MODE_WORDS
    values = life.months[column].astype(str).to_numpy()
    month = life.months["month"].to_numpy()
    swatches: dict[str, Patch] = {}
    named = set()
    for first, final in runs_of(values):
        colour, hatch = looks[values[first]]
        start, width = month[first] - 1, month[final] - month[first] + 1
        ax.broken_barh(
            [(start, width)], (0, 1), facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.5
        )
        name = words[values[first]].in_language(lang)
        room = width / months * (34 if lang == "zh" else 62)  # letters of this size that fit the strip
        swatches[name] = Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=name)
        if len(name) < room:
            named.add(name)
            light = colour in (style.YELLOW, style.SKY, style.ORANGE, style.PURPLE)
            ax.text(
                start + width / 2,
                0.47,
                name,
                ha="center",
                va="center",
                fontsize=8,
                color="black" if light else "white",
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None,
            )
    style.month_axis(ax, months, text("month", lang) if column == "mode" else "")
    ax.tick_params(labelbottom=column == "mode")
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5], [text(column, lang)], fontsize=9)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return [swatch for name, swatch in swatches.items() if name not in named]


def _chosen(events: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The events worth a number, in order of time, and how many are left out."""
    weight = events["kind"].astype(str).map(rank).to_numpy(dtype=float)
    keep = np.sort(np.argsort(-weight, kind="stable")[:MOST_EVENTS])
    return events.iloc[keep], len(events) - len(keep)


def _markers(ax: Axes, events: pd.DataFrame, months: int) -> None:
    """A thin line at each event and its number above the frame, numbers moved apart where they would touch."""
    at = events["month"].to_numpy(dtype=float)
    places = style.spread(list(at), months * 0.035, 0, months)
    for number, (month, place) in enumerate(zip(at, places, strict=True), start=1):
        ax.axvline(month, color="#BBBBBB", linewidth=0.8, zorder=0)
        ax.annotate(
            str(number),
            (month, 1),
            xytext=(place, 1.055),
            textcoords="data",
            ha="center",
            va="center",
            fontsize=8,
            color="white",
            annotation_clip=False,
            gid="event",
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": "#333333", "edgecolor": "none"},
            arrowprops={"arrowstyle": "-", "color": "#BBBBBB", "linewidth": 0.8, "shrinkB": 0},
        )


def _key(ax: Axes, events: pd.DataFrame, hidden: int, lang: str) -> None:
    """The numbered list of events: month, what happened, why and how large."""
    lines = []
    for number, event in enumerate(events.itertuples(), start=1):
        words = event_sentence(str(event.kind), str(event.cause), float(event.size), lang)
        stamp = text("month_n", lang, n=event.month)
        first = f"{number:>2}  {stamp}{'：' if lang == 'zh' else ': '}"
        lines.append(wrapped(first + words, 50, indent="      "))
    if hidden:
        lines.append(text("more_events", lang, n=hidden))
    ax.axis("off")
    ax.set_title(text("events", lang), fontsize=10.5, y=1)
    size = 8.5 if sum(line.count("\n") + 1 for line in lines) <= 24 else 7.3
    ax.text(
        0,
        1,
        "\n".join(lines) or text("no_events", lang),
        va="top",
        fontsize=size,
        linespacing=1.35,
        color="#333333",
        gid="key",
    )


def estate_life_alt(run: RunLike, estate: int, lang: str = "en") -> str:
    """What the chart of a life shows, in words; `explain_text` tells the whole of it."""
    life = life_of(run, estate)
    parts = []
    for name in MEASURES:
        known = life.months[name].dropna()
        if len(known):
            joint = "由{}变为{}" if lang == "zh" else " from {} to {}"
            parts.append(
                measure_name(name, lang)
                + joint.format(
                    figures.share(float(known.iloc[0]), 0), figures.share(float(known.iloc[-1]), 0)
                )
            )
    stage = STAGE_WORDS[str(life.months["stage"].iloc[-1])].in_language(lang)
    if lang == "zh":
        return (
            f"小区{estate}的折线图："
            + "，".join(parts)
            + f"；标注{len(life.events)}个事件；期末阶段：{stage}。"
        )
    return (
        f"Line chart of estate {estate}: "
        + ", ".join(parts)
        + f"; {len(life.events)} events; stage at the end: {stage}."
    )
