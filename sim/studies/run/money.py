"""The chart of money: who bore the cost of the city's estates year by year, who was paid, and the largest flows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from sim.outputs import style
from sim.studies.run.measures import RunLike, flows_by_purpose, fold_small, net_by_year
from sim.studies.run.words import account_name, provenance, purpose_name
from sim.text import figures, say
from sim.text.joins import labelled, listed
from sim.units import NO_VALUE

LARGEST = 9


@style.styled
def money(run: RunLike, ax: Axes | None = None) -> Figure:
    """Yearly bars of net payers (above zero) and net receivers (below), and the largest flows by purpose, payer and payee."""
    host = style.canvas(ax, (11, 6.4), (0.065, 0.09, 0.91, 0.735))
    style.heading(host, say("chart.money"), provenance(run) + "\n" + say("run.net_note"), lift=20)
    host.axis("off")
    years = style.tidy(host.inset_axes((0, 0, 0.36, 1)))
    flows = style.tidy(host.inset_axes((0.61, 0, 0.33, 1)))
    net = fold_small(net_by_year(run))
    scale = figures.money_scale(float(net.clip(lower=0).sum(axis=1).max()))  # one for both panels
    _bars(years, net, scale)
    _dots(flows, flows_by_purpose(run), scale)
    return style.owner(host)


def _bars(ax: Axes, net: pd.DataFrame, scale: tuple[float, str]) -> None:
    """Stacked bars by account kind, each row of `net` adding to zero, with a label for each kind at the last year."""
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
    ax.set_title(say("run.net_by_year", unit=unit), fontsize=10.5, y=1, pad=6)
    ax.yaxis.set_major_locator(MaxNLocator(7))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,g}"))
    ax.set_ylabel(f"← {say('run.received')}    {say('run.bore')} →")
    every = max(1, len(net) // 10)
    ax.set_xticks(positions[::every], [str(year) for year in net.index[::every]])
    ax.set_xlabel(say("run.year"))
    ax.spines["bottom"].set_visible(False)
    style.end_labels(ax, labels, size=9)
    ax.set_xlim(-0.6, len(net) - 0.4)


def _dots(ax: Axes, flows: pd.DataFrame, scale: tuple[float, str]) -> None:
    """One line and dot for each of the largest flows on a log scale, its words above it and its figure beside it."""
    shown = flows.head(LARGEST)
    rest = flows.iloc[LARGEST:]
    rows = [
        (purpose_name(row.purpose), row.payer_kind, row.payee_kind, float(row.yuan))
        for row in shown.itertuples()
    ]
    if len(rest):
        rows.append((say("run.other_flows", n=len(rest)), "other", "", float(rest["yuan"].sum())))
    largest = max((row[3] for row in rows), default=1.0)
    size, unit = scale
    lowest = min((row[3] for row in rows), default=1.0) / size / 3
    ax.set_xscale("log")
    for place, (purpose, payer, payee, yuan) in enumerate(rows):
        colour = style.ACCOUNT_STYLE.get(payer, style.ACCOUNT_STYLE["other"])[0]
        ax.plot([lowest, yuan / size], [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
        ax.plot(yuan / size, place, "o", color=colour, markersize=7, label=purpose)
        sides = [account_name(kind) for kind in (payer, payee) if kind and payee]
        words = labelled(purpose, " → ".join(sides)) if sides else purpose
        ax.annotate(
            words, (lowest, place), xytext=(3, 7), textcoords="offset points", fontsize=8.5, color="#333333"
        )
        ax.annotate(
            _figure(yuan / size),
            (yuan / size, place),
            xytext=(7, 0),
            textcoords="offset points",
            fontsize=8.5,
            va="center",
        )
    ax.set_xlim(lowest, largest / size * 3)
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.8)
    ax.set_title(say("run.largest_flows", unit=unit), fontsize=10.5, y=1, pad=6)
    _amounts_across(ax)


def _amounts_across(ax: Axes) -> None:
    """Log amounts along the bottom in plain figures, guides upright, nothing at the side."""
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.grid(axis="x", color=style.PALE)
    ax.xaxis.set_major_locator(LogLocator(numticks=6))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    ax.spines["left"].set_visible(False)


def _figure(value: float) -> str:
    """An amount without its sign, to the unit from ten on and with two figures below."""
    size = abs(value)
    return f"{size:,.0f}" if size >= 10 else f"{size:.2g}"


def money_alt(run: RunLike) -> str:
    """What the money chart shows, in words: net payers and receivers over the run, and the largest flow."""
    total = net_by_year(run).sum().sort_values(ascending=False)
    turnover = float(total.clip(lower=0).sum())
    size, unit = figures.money_scale(turnover)

    def side(part: pd.Series) -> str:
        words = [f"{account_name(str(kind))} {_figure(yuan / size)}" for kind, yuan in part.items()]
        return listed(words) or NO_VALUE

    payers, receivers = side(total[total > 0]), side(total[total < 0].sort_values())
    return say("run.money_alt", unit=unit, payers=payers, receivers=receivers)
