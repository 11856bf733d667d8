"""Estates where they stand, for readers who may know it: a plain map of points, without tiles and with
nothing fetched, coloured by one figure of each estate."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.outputs import style
from sim.outputs.plotted import tell
from sim.outputs.report.model import Picture
from sim.results.sheets import ByEstate, Sheets
from sim.text import figures, say

Positions = Mapping[int, tuple[float, float]]
"""Longitude and latitude (degrees) by the number of an estate."""
FEWEST = 2  # points that make a map
MOST_NUMBERS = 80  # points whose numbers can be read


def located(told: Sheets, positions: Positions) -> Picture | None:
    """The map of the estates that have a position, coloured by the first share that is told of each; None
    where there are too few, or no share is told."""
    shares = [one for one in told.estates if one.unit == "share"]
    places = [place for place, number in enumerate(told.numbers) if number in positions]
    if len(places) < FEWEST or not shares:
        return None
    shown = shares[0]
    numbers = [told.numbers[place] for place in places]
    alt = say("sheet.located_alt", what=shown.label, count=len(places), of=figures.count(len(told.numbers)))
    values = np.asarray(shown.values, np.float64)[places]
    return Picture(
        say("sheet.located", what=shown.label),
        alt,
        partial(_draw, shown, numbers, values, [positions[number] for number in numbers]),
    )


@style.styled
def _draw(
    shown: ByEstate, numbers: list[int], values: np.ndarray, positions: list[tuple[float, float]]
) -> Figure:
    import pandas as pd

    ax = style.canvas(None, (10, 7), (0.03, 0.03, 0.86, 0.84))
    # where estates stand is said by the picture alone: a page is handed on, and coordinates name an estate
    tell(ax, pd.DataFrame({"estate": numbers, "value": values}))
    style.heading(ax, say("sheet.located", what=shown.label), say("sheet.located_note"))
    longitude, latitude = np.array(positions, np.float64).T
    # a degree of longitude is shorter than one of latitude by the cosine of the latitude
    east = longitude * np.cos(np.radians(latitude.mean()))
    known = ~np.isnan(values)
    ax.scatter(east[~known], latitude[~known], s=60, facecolors="none", edgecolors=style.GREY)
    points = ax.scatter(
        east[known],
        latitude[known],
        c=values[known],
        s=60,
        cmap="cividis",
        vmin=0,
        vmax=1,
        edgecolors="white",
    )
    if len(numbers) <= MOST_NUMBERS:
        for number, x, y in zip(numbers, east, latitude, strict=True):
            ax.annotate(str(number), (x, y), xytext=(5, 4), textcoords="offset points", fontsize=style.SMALL)
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    figure = style.owner(ax)
    scale = style.tidy(figure.add_axes((0.92, 0.12, 0.02, 0.6)))
    figure.colorbar(points, cax=scale, format=PercentFormatter(1, decimals=0))
    return figure
