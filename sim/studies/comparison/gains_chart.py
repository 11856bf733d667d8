"""Who gains and who loses, in households: rescued and harmed, and what changes for them, by estate type, by
who lives in the flat and by how its owner decides to pay."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.experiments.intervals import RARE, Interval, Range
from sim.experiments.rescue import HOUSEHOLDS
from sim.outputs import style
from sim.outputs.catalog import wrapped
from sim.results.outcomes import window
from sim.studies.comparison.arms import OWNER_ARREARS, OWNER_BETTER, OWNER_SATISFACTION, OWNER_UNITS
from sim.studies.comparison.chart import fate_bar, finish_bars, lines_of_bars, subtitle_of
from sim.studies.comparison.gains_words import change_of, heading_of, signed_in
from sim.studies.comparison.names import group_name, months_of, short_titles, title_of
from sim.studies.comparison.tables import of_estates
from sim.text import figures, joins, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

SHOWN = (OWNER_SATISFACTION, OWNER_ARREARS)  # beside the bars, which are of the cycle
ROW, AROUND = 0.27, 2.5  # inches of a row, and above and below them
TITLE, GAP = 1.6, 0.35  # rows that the title of an arm takes, and that lie between kinds of groups
ROOM = 0.2  # of the width of a panel: what figures beside marks need


@style.styled
def gains(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """For each arm and group of households: bars to the right for those rescued and to the left for those
    harmed; beside them what changes in their satisfaction and their arrears, filled where the mean is known
    well enough to say in which direction."""
    rows = _rows(comparison)
    places = _places(rows)
    height = AROUND + ROW * (1 - min(places))
    host = style.canvas(ax, (style.WIDTH, height), (0.235, 0.62 / height, 0.74, 1 - (AROUND - 0.25) / height))
    note = say("comparison.chart.rule", window=window(months_of(comparison)))
    told = comparison.by_owner
    lines = [say("chart.gains"), subtitle_of(comparison), note, *lines_of_bars(comparison)]
    if not told.empty:
        lines.append(say("comparison.chart.filled"))
    style.heading(host, _found(comparison, rows), "\n".join(lines), lift=30)
    measures = () if told.empty else SHOWN
    panels = style.panels(host, 1, 1 + len(measures), (0.035, 0))
    names = [_name(comparison, by, group) for _, by, group, _ in rows]
    for (arm, by, _, row), y in zip(rows, places, strict=True):
        fate_bar(panels[0], row, y, by == "all")
        if by == "all":
            _head(panels[0], short_titles(comparison)[arm], y)
    finish_bars(panels[0], places, names, say("comparison.chart.share_of_households"))
    _bound(panels[0], places)
    for panel, measure in zip(panels[1:], measures, strict=True):
        _changes(panel, comparison, measure, rows, places)
    return host


def _found(comparison: Comparison, rows: list[Row]) -> str:
    """Which scenario rescues most households, and how many it harms."""
    whole = {arm: row for arm, by, _, row in rows if by == "all"}
    if not whole:
        return say("chart.gains")
    best = max(whole, key=lambda arm: float(whole[arm]["rescued"]))
    return say(
        "comparison.chart.found_gains",
        arm=joins.quoted(short_titles(comparison)[best]),
        rescued=figures.count(float(whole[best]["rescued"])),
        harmed=figures.count(float(whole[best]["harmed"])),
    )


Row = tuple[str, str, str, "pd.Series"]  # arm, what groups are told apart by, group, its row of rescues


def _rows(comparison: Comparison) -> list[Row]:
    """What there is a bar for, arm by arm: all households, then those of each group but districts."""
    table = of_estates(comparison.rescues, HOUSEHOLDS)
    table = table[table["by"] != "district"]
    return [(row["arm"], row["by"], row["group"], row) for _, row in table.iterrows()]


def _places(rows: list[Row]) -> list[float]:
    """The height of each row: with room for the title of each arm, and between kinds of groups."""
    places: list[float] = []
    y = 1.0 - TITLE
    for number, (_, by, _, _) in enumerate(rows):
        if number:
            y -= 1.0 + (TITLE if by == "all" else GAP * (by != rows[number - 1][1]))
        places.append(y)
    return places


def _name(comparison: Comparison, by: str, group: str) -> str:
    return say("comparison.chart.all_households") if by == "all" else group_name(comparison, by, group)


def _head(panel: Axes, title: str, y: float) -> None:
    """The title of an arm over its rows, from the left edge of the picture on."""
    left = style.MARGIN * 72
    panel.annotate(
        title,
        (0, y + 0.75),
        xycoords=(style.owner(panel).transFigure, panel.transData),
        xytext=(left, 0),
        textcoords="offset points",
        va="bottom",
        fontsize=style.SMALL,
        annotation_clip=False,
    )


def _bound(panel: Axes, places: list[float]) -> None:
    """Room above for the title of the first arm, and to the right for figures."""
    panel.set_ylim(min(places) - 0.7, max(places) + TITLE)
    low, high = map(float, panel.get_xlim())
    panel.set_xlim(low, high + ROOM * (high - low))


def _changes(panel: Axes, comparison: Comparison, measure: str, rows: list[Row], places: list[float]) -> None:
    """A dot for each group with the interval of the mean (thick) and the range of single pairs (thin)."""
    table = comparison.by_owner
    table = table[table["measure"] == measure].set_index(["arm", "by", "group"])
    size = 100 if OWNER_UNITS[measure] == "share" else 1
    panel.axvline(0, color=style.GREY, linewidth=0.9)
    for (arm, by, group, _), y in zip(rows, places, strict=True):
        if (arm, by, group) not in table.index:
            continue
        row = table.loc[(arm, by, group)]
        mean = float(row["difference"])
        if math.isnan(mean):
            continue
        for low, high, width in (("range_low", "range_high", 0.8), ("low", "high", 2.4)):
            if not math.isnan(row[low]):
                ends = [size * row[low], size * row[high]]
                panel.plot(ends, [y, y], color=style.BLACK, linewidth=width, solid_capstyle="butt")
        better = OWNER_BETTER[measure] * mean > 0
        colour = style.GREY if mean == 0 else style.GREEN if better else style.VERMILLION
        known = Interval(row["low"], row["high"]).excludes_zero and row["note"] != RARE
        face = colour if known else "white"
        panel.plot(
            size * mean,
            y,
            "|" if mean == 0 else "o" if better else "s",
            color=colour,
            markerfacecolor=face,
            markersize=6,
        )
        end = max(size * one for one in (mean, row["high"], row["range_high"]) if not math.isnan(one))
        panel.annotate(
            signed_in(OWNER_UNITS[measure])(mean),
            (end, y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
            color=style.GREY,
            annotation_clip=False,
        )
    panel.set_yticks([])
    _bound(panel, places)
    panel.spines["left"].set_visible(False)
    panel.grid(axis="y", visible=False)
    panel.grid(axis="x", color=style.PALE, linewidth=0.8)
    panel.xaxis.set_major_locator(MaxNLocator(4))
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+,g}".replace("-", "−") if value else "0")
    )
    panel.set_title(wrapped(heading_of(comparison, measure), 34), fontsize=style.SMALL, y=1, pad=6)


def shown_gains(comparison: Comparison) -> str:
    """What the chart of who gains and loses shows: each group's households rescued and harmed, and what
    changes for them."""
    told = []
    indexed = comparison.by_owner
    if not indexed.empty:
        indexed = indexed.set_index(["arm", "by", "group", "measure"])
    for arm, by, group, row in _rows(comparison):
        title, name = title_of(comparison, comparison.arm(arm)), group_name(comparison, by, group)
        parts = [
            say(
                "comparison.chart.gains_counts",
                rescued=figures.count(row["rescued"]),
                harmed=figures.count(row["harmed"]),
            )
        ]
        for measure in SHOWN:
            if (arm, by, group, measure) in indexed.index:
                one = indexed.loc[(arm, by, group, measure)]
                none = Interval(math.nan, math.nan)
                change = change_of(float(one["difference"]), none, Range(), OWNER_UNITS[measure])
                parts.append(joins.labelled(heading_of(comparison, measure), change))
        told.append(joins.labelled(joins.phrases([title, name]), joins.clauses(parts)))
    return joins.sentences(say("comparison.chart.gains_group", told=one) for one in told)
