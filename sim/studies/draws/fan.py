"""A scenario over many seeds: the fan of its draws with the median, since any
single one of them is luck too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import capital, with_window
from sim.outputs.range_words import KIND
from sim.results.outcomes import SERIES, first_month
from sim.studies.draws.repeated import FAN_SERIES, Repeated
from sim.text import Family, figures, language, message, say
from sim.text.joins import sentences

if TYPE_CHECKING:
    from sim.studies.run.measures import RunLike

COLOURS = {"cycle": style.VERMILLION, "collection": style.BLUE}
OTHER_COLOURS = (style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
SHORT = Family(
    "draw.panel", FAN_SERIES
)  # what the usual panels are called; others have the name of their series
ACROSS = 2  # panels in a row


@style.styled
def fan(
    draws: Repeated,
    ax: Axes | None = None,
    series: Sequence[str] = FAN_SERIES,
    run: RunLike | None = None,
) -> Figure:
    """Monthly series over the draws of a scenario: the median, the middle half and the
    range, one panel a series.

    `series`: ids of `sim.results.outcomes.SERIES` that the draws hold. `run`: a run of the same scenario,
    drawn as a line of its own. EstateError for fewer than two draws, an unknown series, or
    a run of another length.
    """
    _check(draws, series, run)
    rows, across = -(-len(series) // ACROSS), min(ACROSS, len(series))
    height = 5.6 if rows == 1 else 1.4 + 3.4 * rows
    box = (0.062, 0.57 / height, 0.83 if across == ACROSS else 0.8, 1 - 1.77 / height)
    host = style.canvas(ax, (10, height), box)
    style.heading(host, _title(draws, series[0]), say("chart.fan") + "\n" + _note(draws, run), lift=20)
    spots = style.panels(host, rows, across, (0.26, 0.2))
    for number, (panel, name) in enumerate(zip(spots, series, strict=False)):
        colour = COLOURS.get(name, OTHER_COLOURS[number % len(OTHER_COLOURS)])
        line = None if run is None else run.city[name].to_numpy(np.float64)
        _draw(panel, draws.bands[name], name, colour, line)
        panel.set_title(_called(name, draws.months), fontsize=style.PANEL, y=1, pad=10)
        style.month_axis(panel, draws.months, say("draw.month"))
    for unused in spots[len(series) :]:
        unused.axis("off")
    return style.owner(host)


def _check(draws: Repeated, series: Sequence[str], run: RunLike | None) -> None:
    if len(draws) < 2:
        raise EstateError(
            message("problem.instead", place="draws", found=len(draws), allowed=message("draw.two"))
        )
    unknown = [name for name in series if name not in draws.bands]
    if unknown or not series:
        unknown_band, allowed = unknown[0] if unknown else "[]", ", ".join(draws.bands)
        raise EstateError(message("problem.instead", place="series", found=unknown_band, allowed=allowed))
    if run is not None and run.months != draws.months:
        raise EstateError(
            message("problem.instead", place="run.months", found=run.months, allowed=draws.months)
        )


def _called(name: str, months: int) -> str:
    """A series of runs of so many months as the title of a panel."""
    return with_window(SHORT[name], name, months) if name in SHORT else capital(SERIES[name].of_run(months))


def _ends(draws: Repeated, name: str) -> dict[str, Any]:
    """Median and ends of a series in the last month, as readers want them, and what
    `kind` of ends they are."""
    low, _, median, _, high = draws.bands[name][:, -1]
    unit = SERIES[name].unit
    told = {
        key: figures.quantity(float(value), unit)
        for key, value in (("low", low), ("median", median), ("high", high))
    }
    return told | {"kind": KIND[draws.ends]}


def _title(draws: Repeated, name: str) -> str:
    ends = _ends(draws, name)
    if name == "cycle":
        return say("draw.fan_title", draws=len(draws), **ends)
    return say("draw.fan_title_of", draws=len(draws), name=_called(name, draws.months), **ends)


def _note(draws: Repeated, run: RunLike | None) -> str:
    note = say(
        "draw.fan_note",
        name=draws.scenario.title.in_language(language()),
        draws=len(draws),
        first=min(draws.seeds),
        last=max(draws.seeds),
        months=draws.months,
    )
    note += say("draw.members", ensemble=draws.ensemble) if draws.ensemble else ""
    key = say("draw.fan_bands", kind=KIND[draws.ends]) + (
        "" if run is None else say("draw.fan_own", seed=run.seed)
    )
    return f"{note}\n{key}"


def _draw(ax: Axes, bands: np.ndarray, name: str, colour: str, line: np.ndarray | None) -> None:
    """The range of the draws, the middle half of them, the median, and one run's
    own line, with the ends named."""
    first = first_month(name, bands.shape[1] - 1)
    month, unit = np.arange(first, bands.shape[1]), SERIES[name].unit
    low, lower, median, upper, high = bands[:, first:]
    ax.fill_between(month, low, high, color=colour, alpha=0.15, linewidth=0, label="all")
    ax.fill_between(month, lower, upper, color=colour, alpha=0.3, linewidth=0, label="middle half")
    ax.plot(month, median, color=colour, linewidth=2.4, label="median", marker=style.lone(median))
    if line is not None:
        ax.plot(
            month,
            line[first:],
            color="black",
            linewidth=1.1,
            linestyle=(0, (4, 2)),
            label="own",
            marker=style.lone(line[first:]),
        )
    if unit == "share":
        style.share_axis(ax)
    else:
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.significant(value)))
    ends = [
        (float(high[-1]), figures.quantity(float(high[-1]), unit), style.GREY),
        (float(low[-1]), figures.quantity(float(low[-1]), unit), style.GREY),
        (
            float(median[-1]),
            f"{say('draw.median')} {figures.quantity(float(median[-1]), unit)}",
            style.readable(colour),
        ),
    ]
    style.end_labels(ax, [end for end in ends if np.isfinite(end[0])])


def fan_alt(
    draws: Repeated,
    series: Sequence[str] = FAN_SERIES,
    run: RunLike | None = None,
) -> str:
    """What the fan shows, in words."""
    parts = [say("draw.fan_alt", count=len(series), months=draws.months, draws=len(draws))]
    parts += [
        say("draw.fan_alt_of", name=_called(name, draws.months), **_ends(draws, name)) for name in series
    ]
    if run is not None:
        parts.append(say("draw.fan_alt_own", seed=run.seed))
    return sentences(parts)
