"""Charts of a run: the overview (how many estates slide into the cycle, and how much of the fee is still
paid), city-wide shares and means over the months (the cycle, the coverage ladder, the management modes), and
money (who bore the cost of the city's estates year by year, who was paid, and the largest flows).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.outputs import style
from sim.outputs.catalog import capital, with_window, wrapped
from sim.results.outcomes import first_month, window
from sim.studies.run.measures import (
    STAGE_ORDER,
    RunLike,
    flows_by_purpose,
    fold_small,
    net_by_year,
    paid_rates,
)
from sim.studies.run.words import (
    MODE,
    STAGE,
    account_name,
    change,
    measure_name,
    provenance,
    purpose_name,
    time_of,
)
from sim.text import figures, say
from sim.text.joins import labelled, listed, phrases, sentences
from sim.units import NO_VALUE
from sim.words import MODES

UPWARD = STAGE_ORDER[::-1]  # the worst stage lies at the bottom, on the axis, where its share can be read off


def in_cycle(run: RunLike) -> np.ndarray:
    """Share of estates that are spiralling or collapsed, by month from 0."""
    return np.asarray(run.city["cycle"], float)


def headline(run: RunLike) -> str:
    """What the chart shows in one sentence; its title."""
    share = in_cycle(run)
    return say(
        "run.overview_title",
        **draw_and_time(run),
        start=figures.share(share[0], 0),
        end=figures.share(share[-1], 0),
    )


def draw_and_time(run: RunLike) -> dict[str, Any]:
    """Of which draw and how long: what every title of a chart of one run says."""
    return {"draw": capital(say("draw.one", seed=run.seed)), "time": time_of(run.months)}


def told_under(chart: str, run: RunLike, *notes: str) -> str:
    """The lines under a title that says what was found: what is shown, of which run, and notes."""
    return "\n".join((say(f"chart.{chart}"), provenance(run), *notes))


@style.styled
def overview(run: RunLike, ax: Axes | None = None) -> Figure:
    """Left: estates by stage over the months. Right: share of the fee that is paid, over all
    estates and over those that bill."""
    host = style.canvas(ax, (10, 5.6), (0.062, 0.105, 0.80, 0.71))
    style.heading(host, headline(run), told_under("overview", run), lift=20)
    host.axis("off")
    _stages(style.tidy(host.inset_axes((0, 0, 0.46, 1))), run)
    _paid(style.tidy(host.inset_axes((0.7, 0, 0.3, 1))), run)
    return style.owner(host)


def _stages(ax: Axes, run: RunLike) -> None:
    ax.set_title(say("run.panel_stages", n=f"{len(run.estate_table):,}"), fontsize=style.PANEL, y=1, pad=10)
    shares = np.array([run.city[f"stage_{stage}"].to_numpy(dtype=float) for stage in UPWARD])
    month = run.city.index.to_numpy()
    colours, hatches = zip(*(style.STAGE_STYLE[stage] for stage in UPWARD), strict=True)
    hatches = tuple(hatch[:1] for hatch in hatches)  # sparse: these areas are large
    bands = ax.stackplot(month, shares, colors=colours, labels=UPWARD, edgecolor="white", linewidth=0.6)
    for band, hatch in zip(bands, hatches, strict=True):
        band.set_hatch(hatch)
    style.share_axis(ax)
    style.month_axis(ax, run.months, say("run.month"))
    top = np.cumsum(shares[:, -1])
    labels = [
        (
            high - share / 2,
            f"{capital(STAGE[stage])} {figures.share(share, 0)}",
            style.readable(colour),
        )
        for high, share, stage, colour in zip(top, shares[:, -1], UPWARD, colours, strict=True)
    ]
    style.end_labels(ax, labels)


def _paid(ax: Axes, run: RunLike) -> None:
    ax.set_title(
        with_window(say("run.panel_paid"), "collection", run.months), fontsize=style.PANEL, y=1, pad=10
    )
    month = np.arange(1, run.months + 1)
    everybody, billing = paid_rates(run)
    style.month_axis(ax, run.months, say("run.month"))
    lone = style.lone(everybody)
    ax.plot(
        month,
        billing,
        color=style.GREY,
        linestyle="--",
        linewidth=1.6,
        label="billing",
        marker=lone,
        clip_on=not lone,
    )
    ax.plot(
        month, everybody, color=style.BLUE, linewidth=2.6, label="everybody", marker=lone, clip_on=not lone
    )
    style.share_axis(ax)
    ends = [
        (billing, say("run.those_that_bill"), style.GREY),
        (everybody, say("run.all_estates"), style.BLUE),
    ]
    labels = [
        (line[-1], f"{word}\n{figures.share(line[-1], 0)}", colour)
        for line, word, colour in ends
        if np.isfinite(line[-1])
    ]
    style.end_labels(ax, labels)


def overview_alt(run: RunLike) -> str:
    """What the first chart shows, in words."""
    since = first_month("collection", run.months)
    everybody, billing = (rates[since - 1 :] for rates in paid_rates(run))
    paid: dict[str, Any] = {
        "last": figures.share(everybody[-1], 0),
        "last_billing": figures.share(billing[-1], 0),
    }
    shares = phrases(
        f"{STAGE[stage]} {figures.share(run.city[f'stage_{stage}'].iloc[-1], 0)}" for stage in STAGE_ORDER
    )
    if len(everybody) == 1:  # nothing before: no line, but a dot
        right = say("run.overview_alt_dot", **paid, window=window(run.months))
    else:
        right = say(
            "run.overview_alt_line",
            **paid,
            first=figures.share(everybody[0], 0),
            first_billing=figures.share(billing[0], 0),
            since=since,
        )
    return sentences((say("run.overview_alt", title=headline(run), shares=shares), right))


# over the months

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
    """The band of one of CYCLE_COLUMNS. Collection counts a month without a bill as 0, so that an estate
    that stops billing is not lost sight of."""
    shown = run.city.iloc[first_month(column, run.months) :]
    return Band(
        shown.index.to_numpy(),
        *(shown[name].to_numpy() for name in (f"{column}_p10", column, f"{column}_p90")),
    )


@style.styled
def cycle(run: RunLike, ax: Axes | None = None) -> Figure:
    """Four panels over the months: household-weighted mean, and the 10th and 90th percentile of estates.

    These are lines and no band: where a tenth of the estates has no service at all, a band would reach down
    to 0 and be white where that tenth is a little smaller.
    """
    host = style.canvas(ax, (10, 7.6), (0.06, 0.08, 0.80, 0.75))
    style.heading(host, _found_cycle(run), told_under("cycle", run, say("run.band_note")), lift=20)
    for number, (panel, column) in enumerate(
        zip(style.panels(host, 2, 2, (0.36, 0.2)), CYCLE_COLUMNS, strict=True)
    ):
        month, low, mean, high = band_of(run, column)
        colour = CYCLE_COLOURS[column]
        lone = style.lone(mean)  # its dot stands on the edge
        for edge, label in ((low, "p10"), (high, "p90")):
            panel.plot(month, edge, color=colour, linewidth=0.9, label=label)
        if lone:  # lines of one month have no length
            panel.vlines(
                month, low, high, color=colour, alpha=0.2, linewidth=7, clip_on=False, label="_bar band"
            )
        panel.plot(month, mean, color=colour, linewidth=2.4, label=column, marker=lone, clip_on=not lone)
        panel.set_title(
            with_window(say(f"run.panel_{column}"), column, run.months), fontsize=style.PANEL, y=1, pad=10
        )
        style.share_axis(panel)
        style.month_axis(panel, run.months, say("run.month") if number > 1 else "")
        ends = [
            (high[-1], say("run.top_tenth", share=figures.share(high[-1], 0)), style.GREY),
            (low[-1], say("run.low_tenth", share=figures.share(low[-1], 0)), style.GREY),
            (mean[-1], f"{say('run.mean')} {figures.share(mean[-1], 0)}", style.readable(colour)),
        ]
        if column == "collection":
            ends.append(_billing(panel, run))
        style.end_labels(panel, [label for label in ends if np.isfinite(label[0])])
    return style.owner(host)


def _found_cycle(run: RunLike) -> str:
    """How collection and quality moved, in one sentence."""
    told = draw_and_time(run)
    moved = False
    for column in ("collection", "quality"):
        known = band_of(run, column).mean
        known = known[np.isfinite(known)]
        moved = moved or column == "collection" and len(known) > 1
        ends = (known[0], known[-1]) if len(known) else (np.nan, np.nan)
        told |= {
            f"{column}_{end}": figures.share(value, 0)
            for end, value in zip(("first", "last"), ends, strict=True)
        }
    return say("run.found_cycle", **told) if moved else say("run.found_cycle_one", **told)


def _billing(panel: Axes, run: RunLike) -> tuple[float, str, str]:
    """Draw the mean over estates that still bill; returns its label."""
    rates = paid_rates(run)[1]
    panel.plot(
        np.arange(1, run.months + 1),
        rates,
        color=style.GREY,
        linestyle="--",
        linewidth=1.3,
        label="billing",
        marker=style.lone(rates),
        clip_on=not style.lone(rates),
    )
    return float(rates[-1]), f"{say('run.still_billing')} {figures.share(rates[-1], 0)}", style.GREY


def cycle_alt(run: RunLike) -> str:
    """What the cycle chart shows, in words."""
    parts = [say("run.cycle_alt", months=run.months)]
    for column in CYCLE_COLUMNS:
        month, bottom, mean, top = band_of(run, column)
        of_all = say("run.collection_of_all") if column == "collection" else measure_name(column)
        name, known = capital(of_all), np.flatnonzero(np.isfinite(mean))
        if not known.size:
            parts.append(say("run.cycle_alt_none", name=name))
            continue
        spread: dict[str, Any] = {"low": figures.share(bottom[-1], 0), "high": figures.share(top[-1], 0)}
        if known.size == 1:
            last = figures.share(mean[-1], 0)
            parts.append(say("run.cycle_alt_one", name=name, last=last, window=window(run.months), **spread))
            continue
        least = known[int(mean[known].argmin())]
        moved: dict[str, Any] = {
            "when": month[least],
            "first": figures.share(mean[known[0]], 0),
            "last": figures.share(mean[known[-1]], 0),
            "lowest": figures.share(mean[least], 0),
        }
        if known[0] == 0:
            parts.append(say("run.cycle_alt_of", name=name, **moved, **spread))
        else:
            since = month[known[0]]
            parts.append(say("run.cycle_alt_since", name=name, since=since, **moved, **spread))
    return sentences(parts)


@style.styled
def ladder(run: RunLike, ax: Axes | None = None) -> Axes:
    """Shares of estates on the four rungs of coverage over the months."""
    ax = style.tidy(style.canvas(ax, (10, 5.6), (0.075, 0.105, 0.70, 0.75)))
    found: dict[str, Any] = {
        rung: figures.share(run.city[rung].iloc[-1], 0) for rung in ("nominal", "professional")
    }
    style.heading(ax, say("run.found_ladder", **draw_and_time(run), **found), told_under("ladder", run))
    style.share_axis(ax, say("run.share_of_estates"))
    style.month_axis(ax, run.months, say("run.month"))
    month, labels = run.city.index.to_numpy(), []
    for rung, colour, dash in zip(LADDER, style.PALETTE, style.DASHES, strict=False):
        values = run.city[rung].to_numpy(dtype=float)
        ax.plot(
            month,
            values,
            color=colour,
            linestyle=dash,
            linewidth=2.4,
            label=rung,
            clip_on=False,
            marker=style.lone(values),
        )
        label = f"{capital(measure_name(rung))} {figures.share(values[-1], 0)}"
        labels.append((values[-1], label, style.readable(colour)))
    style.end_labels(ax, labels)
    return ax


def ladder_alt(run: RunLike) -> str:
    """What the ladder chart shows, in words."""
    parts = [change(measure_name(rung), run.city[rung].to_numpy(dtype=float)) for rung in LADDER]
    return say("run.ladder_alt", months=run.months, parts=phrases(parts))


@style.styled
def modes(run: RunLike, ax: Axes | None = None) -> Axes:
    """Shares of estates under each management mode over the months, stacked to 100 %."""
    ax = style.tidy(style.canvas(ax, (10, 5.6), (0.075, 0.105, 0.70, 0.75)))
    moved = {name: run.city[f"mode_{name}"].iloc[[0, -1]].to_numpy(dtype=float) for name in MODES}
    most = max(MODES, key=lambda name: abs(moved[name][1] - moved[name][0]))
    first, last = (figures.share(float(end), 0) for end in moved[most])
    found = say("run.found_modes", **draw_and_time(run), mode=MODE[most], first=first, last=last)
    style.heading(ax, found, told_under("modes", run))
    style.share_axis(ax, say("run.share_of_estates"))
    style.month_axis(ax, run.months, say("run.month"))
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
            f"{capital(MODE[name])} {figures.share(share, 0)}",
            style.readable(colour),
        )
        for height, name, share, colour in zip(middle, names, shares[:, -1], colours, strict=True)
    ]
    style.end_labels(ax, labels)
    return ax


def modes_alt(run: RunLike) -> str:
    """What the chart of modes shows, in words."""
    parts = [change(MODE[name], run.city[f"mode_{name}"].to_numpy(dtype=float)) for name in MODES]
    return say("run.modes_alt", months=run.months, parts=phrases(parts))


# money

LARGEST = 9
ROW_INCHES, YEARS_INCHES, BETWEEN_INCHES = 0.42, 3.0, 1.05


def _found_money(run: RunLike) -> str:
    """Who bears and who receives most, of all that is paid net over the whole run."""
    total = net_by_year(run).sum()
    paid = float(total.clip(lower=0).sum())
    if not paid > 0:
        return say("run.found_money_none", **draw_and_time(run))
    most, least = str(total.idxmax()), str(total.idxmin())
    return say(
        "run.found_money",
        **draw_and_time(run),
        payer=account_name(most),
        paid=figures.share(float(total[most]) / paid, 0),
        receiver=account_name(least),
        received=figures.share(-float(total[least]) / paid, 0),
    )


@style.styled
def money(run: RunLike, ax: Axes | None = None) -> Figure:
    """Yearly bars of net payers (above zero) and net receivers (below); under them bars, from zero, of the
    largest flows by purpose, payer and payee."""
    net, flows = net_by_year(run), flows_by_purpose(run)
    scale = figures.money_scale(float(net.clip(lower=0).sum(axis=1).max()))  # one for both panels
    low = ROW_INCHES * (min(len(flows), LARGEST) + (len(flows) > LARGEST)) + 0.1
    height = YEARS_INCHES + BETWEEN_INCHES + low
    host = style.canvas(ax, (10, height + 2), (0.065, 0.5 / (height + 2), 0.7, height / (height + 2)))
    style.heading(host, _found_money(run), told_under("money", run, say("run.net_note")), lift=20)
    host.axis("off")
    years = style.tidy(host.inset_axes((0, 1 - YEARS_INCHES / height, 1, YEARS_INCHES / height)))
    below = style.tidy(host.inset_axes((0.42, 0, 0.58, low / height)))
    _bars(years, fold_small(net), scale)
    _flows(below, flows, scale)
    return style.owner(host)


def _bars(ax: Axes, net: pd.DataFrame, scale: tuple[float, str]) -> None:
    """Stacked bars by account kind, each row of `net` adding to zero, with a label
    for each kind at the last year."""
    size, unit = scale
    positions, labels = np.arange(len(net)), []
    up, down = np.zeros(len(net)), np.zeros(len(net))
    for kind in net:
        values = net[kind].to_numpy() / size
        base = np.where(values >= 0, up, down)
        colour, hatch = style.ACCOUNT_STYLE.get(str(kind), style.ACCOUNT_STYLE["other"])
        ax.bar(
            positions,
            values,
            0.72,
            base,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.5,
            label=str(kind),
        )
        up, down = up + values.clip(min=0), down + values.clip(max=0)
        if abs(values[-1]) > 0:
            name = account_name(str(kind))
            labels.append(
                (base[-1] + values[-1] / 2, f"{name} {_figure(values[-1])}", style.readable(colour))
            )
    ax.axhline(0, color="black", linewidth=1)
    reach = 1.08 * max(up.max(), -down.min(), 1e-9)
    ax.set_ylim(-reach, reach)
    ax.set_title(say("run.net_by_year", unit=unit), fontsize=style.PANEL, y=1, pad=10)
    ax.yaxis.set_major_locator(MaxNLocator(7))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,g}"))
    ax.set_ylabel(f"← {say('run.received')}    {say('run.bore')} →")
    every = max(1, len(net) // 10)
    ax.set_xticks(positions[::every], [str(year) for year in net.index[::every]])
    ax.set_xlabel(say("run.year"))
    ax.spines["bottom"].set_visible(False)
    style.end_labels(ax, labels)
    ax.set_xlim(-0.6, len(net) - 0.4)


def _flows(ax: Axes, flows: pd.DataFrame, scale: tuple[float, str]) -> None:
    """One bar from zero for each of the largest flows, its words beside it and its figure at its end."""
    shown, rest = flows.head(LARGEST), flows.iloc[LARGEST:]
    rows = [
        (purpose_name(row.purpose), row.payer_kind, row.payee_kind, float(row.yuan))
        for row in shown.itertuples()
    ]
    if len(rest):
        rows.append((say("run.other_flows", n=len(rest)), "other", "", float(rest["yuan"].sum())))
    size, unit = scale
    names = []
    for height, (purpose, payer, payee, yuan) in enumerate(rows):
        colour, hatch = style.ACCOUNT_STYLE.get(payer, style.ACCOUNT_STYLE["other"])
        ax.barh(
            height,
            yuan / size,
            0.62,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.5,
            label=purpose,
        )
        ax.annotate(
            _figure(yuan / size),
            (yuan / size, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
        sides = [account_name(kind) for kind in (payer, payee) if kind and payee]
        names.append(wrapped(labelled(purpose, " → ".join(sides)) if sides else purpose, 40))
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    ax.set_xlim(0, 1.12 * max((row[3] for row in rows), default=size) / size)
    ax.set_title(say("run.largest_flows", unit=unit), fontsize=style.PANEL, y=1, pad=10, x=-0.72)
    ax.grid(visible=False)
    ax.grid(axis="x", color=style.PALE)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))


def _figure(value: float) -> str:
    """An amount without its sign, to the unit from ten on and with two figures below."""
    size = abs(value)
    return f"{size:,.0f}" if size >= 10 else f"{size:.2g}"


def money_alt(run: RunLike) -> str:
    """What the money chart shows, in words: net payers and receivers over the run, and the largest flow."""
    total = net_by_year(run).sum().sort_values(ascending=False, kind="stable")
    turnover = float(total.clip(lower=0).sum())
    size, unit = figures.money_scale(turnover)

    def side(part: pd.Series) -> str:
        words = [f"{account_name(str(kind))} {_figure(yuan / size)}" for kind, yuan in part.items()]
        return listed(words) or NO_VALUE

    payers, receivers = side(total[total > 0]), side(total[total < 0].sort_values(kind="stable"))
    return say("run.money_alt", unit=unit, payers=payers, receivers=receivers)
