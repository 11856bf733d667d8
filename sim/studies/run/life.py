"""The chart of one estate's life: its measures, its stages and managers, and numbered
events with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.outputs import style
from sim.outputs.catalog import places, wrapped
from sim.studies.run.chart import CYCLE_COLOURS, draw_and_time
from sim.studies.run.explain import MEASURES, Life, event_sentence, life_of, rank, runs_of
from sim.studies.run.measures import RunLike
from sim.studies.run.words import MODE, STAGE, change, measure_name, provenance, type_title
from sim.text import figures, say
from sim.text.joins import labelled, phrases

MOST_EVENTS = 14
KEY_WIDTH = 104  # half-width places of a line of the key
LINES_INCHES, STRIPS_INCHES, LINE_INCHES = 3.6, 2.0, 0.215


@style.styled
def estate_life(run: RunLike, estate: int, ax: Axes | None = None) -> Figure:
    """Collection, quality, satisfaction and condition of one estate, with stages,
    managers and events annotated."""
    life = life_of(run, estate)
    shown, hidden = _chosen(life.events)
    key = _key_lines(shown, hidden)
    below = LINE_INCHES * (sum(line.count("\n") + 1 for line in key) + 1)
    height = LINES_INCHES + STRIPS_INCHES + below
    host = style.canvas(ax, (10, height + 2), (0.06, 0.1, 0.74, height / (height + 2)))
    kind = type_title(run, str(life.facts["type"]))
    households = figures.quantity(float(life.facts["households"]), "households")
    named = say("run.life_of", estate=estate, kind=kind, households=households)
    style.heading(
        host,
        say(
            "run.found_life",
            draw=draw_and_time(run)["draw"],
            estate=estate,
            first=STAGE[str(life.months["stage"].iloc[0])],
            last=STAGE[str(life.months["stage"].iloc[-1])],
            month=run.months,
        ),
        say("chart.estate_life.of", estate=named) + "\n" + provenance(run),
        lift=24,
    )
    host.axis("off")

    def spot(top: float, tall: float) -> Axes:
        """An Axes of so many inches height, so many below the top of the host."""
        return style.tidy(host.inset_axes((0, 1 - (top + tall) / height, 1, tall / height)))

    lines = spot(0, LINES_INCHES)
    _lines(lines, life, run.months)
    for row, column in enumerate(("stage", "mode")):
        strip = spot(LINES_INCHES + 0.2 + 0.5 * row, 0.34)
        unnamed = _strip(strip, life, column, run.months)
        strip.legend(
            handles=unnamed,
            loc="center left",
            bbox_to_anchor=(1.01, 0.5),
            ncols=1,
            frameon=False,
            fontsize=style.SMALL,
            handlelength=1.3,
            handleheight=1.1,
            labelspacing=0.15,
            borderpad=0,
        )
    _markers(lines, shown, run.months)
    _key(spot(LINES_INCHES + STRIPS_INCHES, below), key)
    return style.owner(host)


def _lines(ax: Axes, life: Life, months: int) -> None:
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
        labels.append((float(min(life.needed[known[-1]], 1)), wrapped(say("run.needed"), 24), style.GREY))
    for name, dash in zip(MEASURES, style.DASHES, strict=False):
        values = life.months[name].to_numpy(dtype=float)
        colour = CYCLE_COLOURS[name]
        ax.plot(
            month, values, color=colour, linestyle=dash, linewidth=2, label=name, marker=style.lone(values)
        )
        known = np.flatnonzero(np.isfinite(values))
        if len(known):
            last = known[-1]
            label = wrapped(f"{measure_name(name, months)} {figures.share(values[last], 0)}", 24)
            if last < len(values) - 1:  # nothing billed any more: say when this was
                label = say("run.until_month", label=label, n=month[last])
            labels.append((values[last], label, style.readable(colour)))
    style.end_labels(ax, labels)


def _strip(ax: Axes, life: Life, column: str, months: int) -> list[Patch]:
    """A band that shows the stage or the manager in each month; returns swatches of those
    with no room for their word."""
    looks = style.STAGE_STYLE if column == "stage" else style.MODE_STYLE
    words = STAGE if column == "stage" else MODE
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
        name = words[values[first]]
        room = width / months * 88  # half-width places of this size that fit the strip
        swatches[name] = Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=name)
        if places(name) < room:
            named.add(name)
            ax.text(
                start + width / 2,
                0.47,
                name,
                ha="center",
                va="center",
                fontsize=style.SMALL,
                color=style.ink(colour),
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None,
            )
    style.month_axis(ax, months, say("run.month") if column == "mode" else "")
    ax.tick_params(labelbottom=column == "mode")
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5], [say(f"run.{column}_row")], fontsize=style.SMALL)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    return [swatch for name, swatch in swatches.items() if name not in named]


def _chosen(events: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The events worth a number, in order of time, and how many are left out."""
    weight = events["kind"].astype(str).map(rank).to_numpy(dtype=float)
    keep = np.sort(np.argsort(-weight, kind="stable")[:MOST_EVENTS])
    return events.iloc[keep], len(events) - len(keep)


def _markers(ax: Axes, events: pd.DataFrame, months: int) -> None:
    """A thin line at each event and its number above the frame, numbers moved apart where they would
    touch."""
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
            fontsize=style.SMALL,
            color="white",
            annotation_clip=False,
            gid="event",
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": "#333333", "edgecolor": "none"},
            arrowprops={"arrowstyle": "-", "color": "#BBBBBB", "linewidth": 0.8, "shrinkB": 0},
        )


def _key_lines(events: pd.DataFrame, hidden: int) -> list[str]:
    """The numbered list of events: month, what happened, why and how large."""
    lines = []
    for number, event in enumerate(events.itertuples(), start=1):
        words = event_sentence(str(event.kind), str(event.cause), float(event.size))
        told = labelled(say("run.month_n", n=event.month), words)
        lines.append(wrapped(f"{number:>2}  {told}", KEY_WIDTH, indent="      "))
    if hidden:
        lines.append(say("run.more_events", n=hidden))
    return lines or [say("run.no_events")]


def _key(ax: Axes, lines: list[str]) -> None:
    """The list under its title."""
    ax.axis("off")
    ax.set_title(say("run.events"), fontsize=style.PANEL, y=1, pad=2)
    ax.text(
        0,
        1,
        "\n".join(lines),
        va="top",
        fontsize=style.SMALL,
        linespacing=1.35,
        color="#333333",
        gid="key",
    )


def estate_life_alt(run: RunLike, estate: int) -> str:
    """What the chart of a life shows, in words; `explain_text` tells the whole of it."""
    life = life_of(run, estate)
    known = {name: life.months[name].dropna().to_numpy(dtype=float) for name in MEASURES}
    parts = [change(measure_name(name, run.months), values) for name, values in known.items() if len(values)]
    stage = STAGE[str(life.months["stage"].iloc[-1])]
    return say("run.life_alt", estate=estate, parts=phrases(parts), events=len(life.events), stage=stage)
