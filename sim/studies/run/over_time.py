"""Charts of city-wide shares and means over the months: the cycle, the coverage ladder, the management modes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outputs import style
from sim.outputs.catalog import capital
from sim.studies.run.measures import RunLike, paid_rates
from sim.studies.run.words import MODE, change, measure_name, provenance
from sim.text import figures, say
from sim.text.joins import phrases, sentences
from sim.words import MODES

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
def cycle(run: RunLike, ax: Axes | None = None) -> Figure:
    """Four panels over the months: household-weighted mean and the band from the 10th to the 90th percentile of estates."""
    host = style.canvas(ax, (10, 6.8), (0.06, 0.08, 0.855, 0.75))
    style.heading(
        host,
        say("chart.cycle"),
        provenance(run) + "\n" + say("run.band_note"),
        lift=18,
    )
    for place, (panel, column) in enumerate(
        zip(style.panels(host, 2, 2, (0.155, 0.2)), CYCLE_COLUMNS, strict=True)
    ):
        month, low, mean, high = band_of(run, column)
        colour = CYCLE_COLOURS[column]
        panel.fill_between(month, low, high, color=colour, alpha=0.2, linewidth=0, label="band")
        panel.plot(month, mean, color=colour, linewidth=2.2, label=column)
        panel.set_title(say(f"run.panel_{column}"), fontsize=10.5, y=1, pad=6)
        style.share_axis(panel)
        style.month_axis(panel, run.months, say("run.month") if place > 1 else "")
        ends = [
            (high[-1], figures.share(high[-1], 0), style.GREY),
            (low[-1], figures.share(low[-1], 0), style.GREY),
            (mean[-1], f"{say('run.mean')} {figures.share(mean[-1], 0)}", style.readable(colour)),
        ]
        if column == "collection":
            ends.append(_billing(panel, run))
        style.end_labels(panel, [label for label in ends if np.isfinite(label[0])], size=9)
    return style.owner(host)


def _billing(panel: Axes, run: RunLike) -> tuple[float, str, str]:
    """Draw the mean over estates that still bill; returns its label."""
    rates = paid_rates(run)[1]
    panel.plot(
        np.arange(1, run.months + 1), rates, color=style.GREY, linestyle="--", linewidth=1.3, label="billing"
    )
    return float(rates[-1]), f"{say('run.still_billing')} {figures.share(rates[-1], 0)}", style.GREY


def cycle_alt(run: RunLike) -> str:
    """What the cycle chart shows, in words."""
    parts = [say("run.cycle_alt", months=run.months)]
    for column in CYCLE_COLUMNS:
        month, bottom, mean, top = band_of(run, column)
        name, known = capital(measure_name(column)), np.flatnonzero(np.isfinite(mean))
        if not known.size:
            parts.append(say("run.cycle_alt_none", name=name))
            continue
        least = known[int(mean[known].argmin())]
        parts.append(
            say(
                "run.cycle_alt_of",
                name=name,
                when=month[least],
                first=figures.share(mean[known[0]], 0),
                last=figures.share(mean[known[-1]], 0),
                lowest=figures.share(mean[least], 0),
                low=figures.share(bottom[-1], 0),
                high=figures.share(top[-1], 0),
            )
        )
    return sentences(parts)


@style.styled
def ladder(run: RunLike, ax: Axes | None = None) -> Axes:
    """Shares of estates on the four rungs of coverage over the months."""
    ax = style.tidy(style.canvas(ax, (10, 5.6), (0.075, 0.105, 0.70, 0.75)))
    style.heading(ax, say("chart.ladder"), provenance(run))
    style.share_axis(ax, say("run.share_of_estates"))
    style.month_axis(ax, run.months, say("run.month"))
    month, labels = run.city.index.to_numpy(), []
    for rung, colour, dash in zip(LADDER, style.PALETTE, style.DASHES, strict=False):
        values = run.city[rung].to_numpy(dtype=float)
        ax.plot(month, values, color=colour, linestyle=dash, linewidth=2.4, label=rung, clip_on=False)
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
    style.heading(ax, say("chart.modes"), provenance(run))
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
