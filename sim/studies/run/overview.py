"""The first chart: how many estates slide into the cycle, and how much of the fee is still paid."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from sim.outputs import style
from sim.outputs.catalog import capital
from sim.studies.run.measures import STAGE_ORDER, RunLike, paid_rates
from sim.studies.run.words import STAGE, provenance
from sim.text import figures, say
from sim.text.joins import phrases

CYCLE = ("collapsed", "spiralling")
UPWARD = STAGE_ORDER[::-1]  # the worst stage lies at the bottom, on the axis, where its share can be read off


def in_cycle(run: RunLike) -> np.ndarray:
    """Share of estates that are spiralling or collapsed, by month from 0."""
    return np.asarray(sum(run.city[f"stage_{stage}"].to_numpy(dtype=float) for stage in CYCLE))


def headline(run: RunLike) -> str:
    """What the chart shows in one sentence; its title."""
    share = in_cycle(run)
    return say(
        "run.overview_title",
        time=_time(run.months),
        start=figures.share(share[0], 0),
        end=figures.share(share[-1], 0),
    )


def _time(months: int) -> str:
    if months % 12:
        return say("run.time_months", n=months)
    return say("run.time_year") if months == 12 else say("run.time_years", n=months // 12)


@style.styled
def overview(run: RunLike, ax: Axes | None = None) -> Figure:
    """Left: estates by stage over the months. Right: share of the fee that is paid, over all estates and over those that bill."""
    host = style.canvas(ax, (10, 5.4), (0.062, 0.105, 0.80, 0.71))
    style.heading(host, headline(run), provenance(run), lift=18)
    host.axis("off")
    _stages(style.tidy(host.inset_axes((0, 0, 0.48, 1))), run)
    _paid(style.tidy(host.inset_axes((0.7, 0, 0.3, 1))), run)
    return style.owner(host)


def _stages(ax: Axes, run: RunLike) -> None:
    ax.set_title(say("run.panel_stages", n=f"{len(run.estate_table):,}"), fontsize=10.5, y=1, pad=6)
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
    style.end_labels(ax, labels, size=9)


def _paid(ax: Axes, run: RunLike) -> None:
    ax.set_title(say("run.panel_paid"), fontsize=10.5, y=1, pad=6)
    month = np.arange(1, run.months + 1)
    everybody, billing = paid_rates(run)
    style.month_axis(ax, run.months, say("run.month"))
    if run.months >= 96:
        ax.xaxis.set_major_locator(
            MultipleLocator(24 * max(1, round(run.months / 120)))
        )  # half as many as in the wide panel
    ax.plot(month, billing, color=style.GREY, linestyle="--", linewidth=1.6, label="billing")
    ax.plot(month, everybody, color=style.BLUE, linewidth=2.6, label="everybody")
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
    style.end_labels(ax, labels, size=9)


def overview_alt(run: RunLike) -> str:
    """What the first chart shows, in words."""
    everybody, billing = paid_rates(run)
    shares = phrases(
        f"{STAGE[stage]} {figures.share(run.city[f'stage_{stage}'].iloc[-1], 0)}" for stage in STAGE_ORDER
    )
    return say(
        "run.overview_alt",
        title=headline(run),
        shares=shares,
        first=figures.share(everybody[0], 0),
        last=figures.share(everybody[-1], 0),
        first_billing=figures.share(billing[0], 0),
        last_billing=figures.share(billing[-1], 0),
    )
