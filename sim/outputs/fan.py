"""A scenario over many seeds: the fan of its draws with the median, since any single one of them is luck too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import EstateError
from sim.outputs import style
from sim.text import figures, in_language, say

if TYPE_CHECKING:
    from sim.experiments.summary import RunSummary

# series, colour, first month that has a value (nothing was collected in month 0)
PANELS = (("cycle", style.VERMILLION, 0), ("collection", style.BLUE, 1))
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def spread(runs: Sequence[RunSummary], series: str) -> np.ndarray:
    """Least, lower quartile, median, upper quartile and greatest value over the runs, (5, months + 1) float64."""
    values = np.array([run.series[series] for run in runs], np.float64)
    return np.asarray(np.quantile(values, SHARES, axis=0))


@style.styled
def fan(runs: Sequence[RunSummary], title: str, ax: Axes | None = None, lang: str = "en") -> Figure:
    """Left: the share of estates in the cycle. Right: the share of the fee collected. By month, over the runs of one scenario.

    `runs`: summaries of the scenario called `title` with different seeds. EstateError for fewer than two, or of other lengths.
    """
    if len(runs) < 2 or len({run.months for run in runs}) != 1:
        raise EstateError(f"runs: found {len(runs)}, allowed at least 2 of the same length")
    host = style.canvas(ax, (10, 5.4), (0.062, 0.105, 0.83, 0.71))
    months, seeds = runs[0].months, [run.seed for run in runs]
    with in_language(lang):
        low, _, median, _, high = (figures.share(float(value)) for value in spread(runs, "cycle")[:, -1])
        style.heading(
            host,
            say("draw.fan_title", draws=len(runs), median=median, low=low, high=high),
            say(
                "draw.fan_note",
                name=title,
                draws=len(runs),
                first=min(seeds),
                last=max(seeds),
                months=months,
            ),
            lift=18,
        )
        for panel, (series, colour, first) in zip(style.panels(host, 1, 2, (0.2, 0)), PANELS, strict=True):
            _draw(panel, spread(runs, series), first, colour)
            panel.set_title(say(f"draw.panel_{series}"), fontsize=10.5, y=1, pad=6)
            style.share_axis(panel)
            style.month_axis(panel, months, say("draw.month"))
    return style.owner(host)


def _draw(ax: Axes, bands: np.ndarray, first: int, colour: str) -> None:
    """All draws, the middle half of them, and the median, with the ends named."""
    month = np.arange(first, bands.shape[1])
    low, lower, median, upper, high = bands[:, first:]
    ax.fill_between(month, low, high, color=colour, alpha=0.15, linewidth=0, label="all")
    ax.fill_between(month, lower, upper, color=colour, alpha=0.3, linewidth=0, label="middle half")
    ax.plot(month, median, color=colour, linewidth=2.4, label="median")
    ends = [
        (high[-1], figures.share(float(high[-1])), style.GREY),
        (low[-1], figures.share(float(low[-1])), style.GREY),
        (median[-1], f"{say('draw.median')} {figures.share(float(median[-1]))}", style.readable(colour)),
    ]
    style.end_labels(ax, ends, size=9)


def fan_alt(runs: Sequence[RunSummary], lang: str = "en") -> str:
    """What the fan shows, in words."""
    cycle, paid = (spread(runs, series)[:, -1] for series, _, _ in PANELS)
    with in_language(lang):
        write = [figures.share(float(value)) for value in (*cycle[[0, 2, 4]], *paid[[0, 2, 4]])]
        low, median, high, paid_low, middle, paid_high = write
        return say(
            "draw.fan_alt",
            months=runs[0].months,
            draws=len(runs),
            low=low,
            high=high,
            median=median,
            paid=middle,
            paid_low=paid_low,
            paid_high=paid_high,
        )
