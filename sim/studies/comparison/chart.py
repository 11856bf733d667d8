"""Charts of a comparison: differences over time, estates rescued and harmed, cost
against effect, acceptability."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.experiments.intervals import Range
from sim.outputs import style
from sim.outputs.catalog import capital, short_title, titled, with_window, wrapped
from sim.outputs.range_words import light_band, thin_line
from sim.results.outcomes import window
from sim.studies.comparison import cost_effect as verdicts
from sim.studies.comparison.decision_words import chance
from sim.studies.comparison.names import short_titles, title_of
from sim.studies.comparison.tables import MEANS, PAIRS, RANGE, of_estates
from sim.studies.comparison.words import price_clause
from sim.text import Family, figures, joins, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.arms import Arm
    from sim.studies.comparison.comparison import Comparison

PANELS = ("cycle", "collection", "satisfaction", "quality")
PANEL_WIDTH = 40  # half-width places that a panel and the labels beside it have room for, as a title
FOUND = 3  # scenarios that a title names
PRICES = 6  # rows of the chart of prices, about as many
LEAST_FIGURE = 0.07  # of a row: a smaller part has no room for its figure
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++")  # say the same as the colours of the scenarios
BAR = 7.0  # points: as wide as the bar of a range is drawn where a panel has one month alone
PANEL_TITLES = Family("comparison.panel", PANELS)


def label_of(comparison: Comparison, arm: Arm, width: int = 26) -> str:
    """What an arm is called where there is little room, on several short lines."""
    return wrapped(short_titles(comparison)[arm.name], width)


def subtitle_of(comparison: Comparison) -> str:
    """What arms are compared with, over how many seeds, in what city."""
    return say(
        "comparison.chart.against",
        base=title_of(comparison, comparison.baseline),
        runs=len(comparison.seeds),
        months=comparison.baseline.scenario.months,
        estates=figures.count(comparison.baseline.estates["type"].shape[1]),
        level=figures.level(comparison.interval_level),
    )


def _looks(comparison: Comparison) -> list[tuple[Arm, str, str | tuple[int, tuple[int, ...]]]]:
    """(arm, colour, dashes) of every arm that is compared."""
    return [
        (arm, style.PALETTE[i % len(style.PALETTE)], style.DASHES[i % len(style.DASHES)])
        for i, arm in enumerate(comparison.others)
    ]


@style.styled
def differences(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Four panels: paired difference to the baseline by month, with a ribbon for its interval."""
    months = comparison.baseline.scenario.months
    titles = {
        series: wrapped(with_window(PANEL_TITLES[series], series, months), PANEL_WIDTH) for series in PANELS
    }
    more = max(title.count("\n") for title in titles.values())  # lines that titles need besides their first
    host = style.canvas(ax, (10, 8 + 0.2 * more), (0.065, 0.12, 0.84, 0.74 - 0.02 * more))
    style.heading(
        host,
        _found_differences(comparison),
        "\n".join((say("chart.differences"), subtitle_of(comparison), _bands(comparison))),
        lift=20 + 15 * more,
    )
    table = comparison.by_month(PANELS)
    labels: dict[Axes, list[tuple[float, str, str]]] = {}
    for number, (panel, series) in enumerate(zip(style.panels(host, 2, 2, (0.2, 0.2)), PANELS, strict=True)):
        labels[panel] = _ribbons(panel, comparison, table[table["series"] == series])
        panel.set_title(titles[series], fontsize=style.PANEL, y=1, pad=10)
        style.month_axis(panel, months, say("comparison.chart.month") if number > 1 else "")
    low, high = (pick(panel.get_ylim()[end] for panel in labels) for end, pick in ((0, min), (1, max)))
    for panel, ends in labels.items():  # the same points in every panel, so that what moved more looks so
        panel.set_ylim(low, high)
        style.end_labels(panel, ends)
    handles = [
        Line2D([], [], color=colour, linestyle=dash, linewidth=2, label=label_of(comparison, arm, 44))  # type: ignore[arg-type]
        for arm, colour, dash in _looks(comparison)
    ]
    style.key(host, handles, below=0.55)
    return host


def _found_differences(comparison: Comparison) -> str:
    """By how much each scenario moved the share of estates in the cycle at the end, the furthest first."""
    table = comparison.by_month(("cycle",))
    last = table[table["month"] == table["month"].max()].set_index("arm")["difference"]
    order = sorted(comparison.others, key=lambda arm: float(last[arm.name]))
    names = short_titles(comparison)
    each = joins.phrases(
        f"{joins.quoted(names[arm.name])} {figures.quantity(float(last[arm.name]), figures.POINTS, signed=True)}"
        for arm in order[:FOUND]
    )
    months = comparison.baseline.scenario.months
    return say("comparison.chart.found_differences", months=months, each=each)


def _bands(comparison: Comparison) -> str:
    """What the line and its two bands are: of few pairs there is no dark one, in a result of before there
    were ranges no light one."""
    table = comparison.by_month(PANELS)
    held = [one for one in map(Range.of_row, table.to_dict("records")) if one.exists]
    parts = [say("band.line")]
    if table[["low", "high"]].notna().all(axis=1).any():
        parts.append(say("band.dark", level=figures.level(comparison.interval_level)))
    if held:
        parts.append(light_band(held[0]))
    return joins.clauses(parts)


def _ribbons(panel: Axes, comparison: Comparison, table: pd.DataFrame) -> list[tuple[float, str, str]]:
    """The lines and bands of a panel; returns the labels of their ends."""
    panel.axhline(0, color=style.GREY, linewidth=0.9, label="_zero")
    labels = []
    for arm, colour, dash in _looks(comparison):
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
            if style.lone(mean):  # a band of one month has no width
                panel.vlines(
                    rows["month"],
                    low,
                    high,
                    color=colour,
                    alpha=alpha,
                    linewidth=BAR,
                    clip_on=False,
                    label=f"_bar {label} {arm.name}",
                )
            if ends == RANGE:  # a thin edge, since light bands lie on each other
                for line in (low, high):
                    panel.plot(
                        rows["month"], line, color=colour, linewidth=0.6, alpha=0.5, label=f"_edge {arm.name}"
                    )
        lone = style.lone(mean)
        panel.plot(
            rows["month"],
            mean,
            color=colour,
            linestyle=dash,
            linewidth=2.0,
            label=arm.name,
            marker=lone,
            clip_on=not lone,
        )
        if np.isfinite(mean[-1]):
            labels.append((float(mean[-1]), figures.signed(float(mean[-1]), 1), style.readable(colour)))
    panel.yaxis.set_major_locator(MaxNLocator(6))
    panel.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )
    return labels


@style.styled
def rescues(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Bars to the right for estates rescued and to the left for estates harmed, in
    all and by type, for each arm."""
    kinds = list(comparison.baseline.scenario.types)
    rows = [(arm, group) for arm in comparison.others for group in ("all", *kinds)]
    height = 2.6 + 0.3 * len(rows) + 0.5 * len(comparison.others)
    ax = style.tidy(style.canvas(ax, (10, height), (0.31, 0.62 / height, 0.645, 1 - 1.92 / height)))
    note = say("comparison.chart.rule", window=window(comparison.baseline.scenario.months))
    table = of_estates(comparison.rescues).set_index(["arm", "group"])
    style.heading(
        ax,
        _found_rescues(comparison, table),
        "\n".join((say("chart.rescues"), subtitle_of(comparison), note, *lines_of_bars(comparison))),
        lift=16,
    )
    ticks, names = [], []
    for number, (arm, group) in enumerate(rows):
        if (arm.name, group) not in table.index:
            continue
        before, place = divmod(number, len(kinds) + 1)
        y = -(number + 1.6 * before + (0.4 if place else 0))  # the label of all may take two lines
        fate_bar(ax, table.loc[(arm.name, group)], y, group == "all")
        ticks.append(y)
        title = titled(comparison.baseline.scenario.types[group].title, group) if group != "all" else ""
        names.append(
            short_title(title)
            if title
            else wrapped(f"{short_titles(comparison)[arm.name]} — {say('comparison.chart.all')}", 34)
        )
    finish_bars(ax, ticks, names, say("comparison.chart.share"))
    return ax


def _found_rescues(comparison: Comparison, table: pd.DataFrame) -> str:
    """Which scenario rescues most estates, and how many it harms."""
    known = [arm for arm in comparison.others if (arm.name, "all") in table.index]
    if not known:
        return say("chart.rescues")
    best = max(known, key=lambda arm: float(table.loc[(arm.name, "all"), "rescued"]))
    row = table.loc[(best.name, "all")]
    rescued, harmed = (
        figures.decimal(row[name], 1 if row[name] < 10 else 0) for name in ("rescued", "harmed")
    )
    return say(
        "comparison.chart.found_rescues",
        arm=joins.quoted(short_titles(comparison)[best.name]),
        rescued=rescued,
        harmed=harmed,
        estates=figures.count(float(row["estates"])),
        share=figures.share(row["rescued"] / row["estates"], 0),
    )


def lines_of_bars(comparison: Comparison) -> list[str]:
    """What the thick and the thin lines of the chart of rescues are, on a line of their own; few pairs have
    no thick ones, a result of before there were ranges no thin ones."""
    table = of_estates(comparison.rescues)
    parts = []
    if table[["rescued_low", "harmed_low"]].notna().any(axis=None):
        parts.append(say("comparison.chart.thick_lines"))
    if "pairs" in table and not table.empty:
        first = table.iloc[0]
        ends = {end: first[f"rescued_{end}"] for end in RANGE}
        if (held := Range.of_row(first.to_dict() | ends)).exists:
            parts.append(thin_line(held))
    return [joins.clauses(parts)] if parts else []


def fate_bar(ax: Axes, row: pd.Series, y: float, bold: bool) -> None:
    """A bar to the right for those that a row of `Comparison.rescues` says were rescued, and to the left for
    those harmed, with the interval and the range of each."""
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
        end = share
        for ends, width, label in ((RANGE, 0.8, "_range"), (("low", "high"), 2.4, "_interval")):
            # of before there were ranges, or of few or equal pairs
            low, high = (row.get(f"{name}_{one}", np.nan) / row["estates"] for one in ends)
            if np.isnan(low) or low == high:
                continue
            ax.plot(
                [sign * low, sign * high],
                [y, y],
                color=style.BLACK,
                linewidth=width,
                solid_capstyle="butt",
                label=label,
            )
            end = max(end, high)
        if row[name] > 0 or (bold and name == "rescued"):
            words = figures.decimal(row[name], 1 if row[name] < 10 else 0)
            ax.annotate(
                f"{words} ({figures.share(share, 0)})",
                (sign * end, y),
                xytext=(5 * sign, 0),
                textcoords="offset points",
                va="center",
                ha="left" if sign > 0 else "right",
                fontsize=style.SMALL,
                color=style.GREY,
                annotation_clip=False,
            )


def finish_bars(ax: Axes, ticks: Sequence[float], names: Sequence[str], label: str) -> None:
    """Room for the figures beside bars, names of the rows, and which side is which."""
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
    ax.set_xticks(
        [tick for tick in ax.get_xticks() if abs(tick) <= 1 and low - reach <= tick <= high + reach]
    )
    ax.set_xlim(min(low, 0.0) - 0.14 * reach, max(high, 0.0) + 0.16 * reach)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.share(abs(value), 0)))
    ax.set_xlabel(label)
    for where, key, side, colour in (
        (0.0, "harmed", "right", style.VERMILLION),
        (0.0, "rescued", "left", style.GREEN),
    ):
        ax.annotate(
            ("◀ " if side == "right" else "") + say(f"comparison.{key}") + (" ▶" if side == "left" else ""),
            (where, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-6 if side == "right" else 6, 4),
            textcoords="offset points",
            ha=side,
            color=colour,
            fontsize=style.SMALL,
        )


@style.styled
def plane(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Cost-effectiveness plane: a dot for every seed, and the mean of every arm with its intervals."""
    ax = style.tidy(style.canvas(ax, (10, 6.2), (0.095, 0.1, 0.72, 0.75)))
    style.heading(
        ax,
        _found_price(comparison),
        "\n".join((say("chart.plane"), subtitle_of(comparison), say("comparison.chart.plane_note"))),
    )
    points, costs = comparison.plane, comparison.costs.set_index("arm")
    size, unit = figures.money_scale(float(points["cost"].abs().max()) or 1.0)
    labels = []
    for number, (arm, colour, _) in enumerate(_looks(comparison)):
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
            marker="osD^v"[number % 5],
            edgecolor="white",
            zorder=5,
            label=arm.name,
        )
        labels.append((float(row["cost"] / size), label_of(comparison, arm, 20), style.readable(colour)))
    _quadrants(ax)
    ax.set_xlabel(say("comparison.chart.effect"))
    ax.set_ylabel(say("comparison.chart.cost", unit=unit))
    style.end_labels(ax, labels)
    return ax


def _found_price(comparison: Comparison) -> str:
    """With which scenario an estate-year out of the cycle costs least, of those whose price is known."""
    names = short_titles(comparison)
    judged = {arm.name: comparison.cost_effect(arm.name) for arm in comparison.others}
    cheaper = [name for name, one in judged.items() if one.verdict in (verdicts.DOMINANT, verdicts.FREE)]
    if cheaper:
        return say(
            "comparison.chart.found_cheaper",
            arm=joins.quoted(names[max(cheaper, key=lambda name: judged[name].effect)]),
        )
    priced = {name: one.ratio for name, one in judged.items() if one.verdict == verdicts.COSTS}
    if not priced:
        return say("comparison.chart.found_no_price")
    least = min(priced, key=lambda name: priced[name])
    return say(
        "comparison.chart.found_price", arm=joins.quoted(names[least]), price=figures.money(priced[least])
    )


def _quadrants(ax: Axes) -> None:
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
            say(f"comparison.chart.{key}"),
            transform=ax.transAxes,
            color=style.GREY,
            fontsize=style.SMALL,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
        )


@style.styled
def acceptability(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """A row for each of a few round prices of an estate-year out of the cycle: the chance that a scenario is
    the best buy on average at that price, adding to 100 %.

    Beside it in how many single pairs the likeliest one is. Of too few pairs for a chance, the rows are
    shares of pairs.
    """
    steps = comparison.acceptability()
    top = float(steps.index[-1])
    prices = np.array([price for price in MaxNLocator(PRICES).tick_values(0, top) if 0 <= price <= top])
    means, pairs = (comparison.acceptability(prices, over=over) for over in (MEANS, PAIRS))
    by_chance = not means.isna().to_numpy().all()
    table = means if by_chance else pairs
    if not by_chance:
        steps = comparison.acceptability(over=PAIRS)
    height = 2.9 + 0.5 * len(prices)
    ax = style.tidy(style.canvas(ax, (10, height), (0.16, 1.0 / height, 0.7, 0.5 * len(prices) / height)))
    read = (say("comparison.chart.read"), say("comparison.chart.read_beside"))
    notes = read if by_chance else (say("comparison.chart.read_pairs"),)
    style.heading(
        ax,
        _found_best(comparison, steps),
        "\n".join((say("chart.acceptability"), subtitle_of(comparison), *notes)),
    )
    arms = [(comparison.baseline, "#BBBBBB"), *((arm, colour) for arm, colour, _ in _looks(comparison))]
    left = np.zeros(len(prices))
    rows = -np.arange(len(prices))
    handles = []
    for (arm, colour), hatch in zip(arms, itertools.cycle(HATCHES), strict=False):
        shares = table[arm.name].to_numpy()
        ax.barh(
            rows,
            shares,
            0.72,
            left,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.6,
            label=arm.name,
        )
        for row in np.flatnonzero(shares >= LEAST_FIGURE).tolist():
            ax.text(
                left[row] + shares[row] / 2,
                rows[row],
                chance(float(shares[row])),
                ha="center",
                va="center",
                color=style.ink(colour),
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None,
            )
        left = left + shares
        handles.append(
            Patch(
                facecolor=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
                label=label_of(comparison, arm, 44),
            )
        )
    if by_chance:
        for up, price in zip(rows.tolist(), prices, strict=True):
            share = figures.share(float(pairs.loc[price, str(table.loc[price].idxmax())]), 0)
            words = say("comparison.chart.in_pairs", share=share)
            ax.text(1.015, up, words, transform=ax.get_yaxis_transform(), va="center", color=style.GREY)
    size, unit = figures.money_scale(top)
    ax.set_yticks(rows, [figures.significant(price / size) for price in prices])
    ax.set_ylabel(wrapped(say("comparison.chart.price", unit=unit), 34))
    ax.set_ylim(rows[-1] - 0.5, 0.5)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.share(value, 0)))
    ax.set_xlabel(say("comparison.chart.chance"))
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    style.key(ax, handles, below=0.6)
    return ax


def _found_best(comparison: Comparison, table: pd.DataFrame) -> str:
    """Which scenario is most likely the best buy, and from which price on another."""
    names = short_titles(comparison)
    best = table.idxmax(axis=1)
    turns = [0, *(np.flatnonzero(best.to_numpy()[1:] != best.to_numpy()[:-1]) + 1).tolist()]
    if len(turns) == 1:
        most = figures.money(float(table.index[-1]))
        return say("comparison.chart.found_one_best", arm=joins.quoted(names[str(best.iloc[0])]), most=most)
    prices = [figures.money(float(table.index[turn])) for turn in turns]
    parts = [say("comparison.chart.found_below", price=prices[1], arm=joins.quoted(names[str(best.iloc[0])]))]
    parts += [
        say("comparison.chart.found_from", price=price, arm=joins.quoted(names[str(best.iloc[turn])]))
        for turn, price in zip(turns[1:], prices[1:], strict=True)
    ]
    return say("comparison.chart.found_best", each=joins.phrases(parts[: FOUND + 1]))


def shown_by_month(comparison: Comparison) -> str:
    """What the chart of months shows: what each band is, then what was found."""
    return joins.sentences(
        [say("comparison.chart.bands", bands=capital(_bands(comparison))), *comparison.sentences()]
    )


def priced(comparison: Comparison) -> str:
    """What an estate-year out of the cycle costs with each arm."""
    return joins.sentences(
        say(
            "comparison.chart.priced", arm=title_of(comparison, arm), price=price_clause(comparison, arm.name)
        )
        for arm in comparison.others
    )
