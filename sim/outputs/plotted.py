"""The numbers that a chart shows, read from its marks: what is written beside it as CSV, so that a reader can
draw it again or look a value up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("panel", "series", "mark", "x", "x_name", "y", "y_name", "x_to", "y_to", "value")
DIGITS = 9  # behind the point: what a stack of bars adds up to has no more that mean anything
NOT_SERIES = ("_leader", "_zero")  # lines that help the eye and show no number

# What the marks of an Axes stand for, where their places do not say it: a map of cells, rows on scales of
# their own.
_told: WeakKeyDictionary[Axes, pd.DataFrame] = WeakKeyDictionary()


def tell(ax: Axes, table: pd.DataFrame) -> None:
    """Says what the marks of an Axes show, instead of their places."""
    _told[ax] = table


def plotted(figure: Figure) -> pd.DataFrame:
    """One row for each point, bar, edge of a band, end of a line or cell that a chart shows; of an Axes whose
    marks were told, that table.

    Columns: panel (its title), series (what the marks are of), mark, x and y with the words on the axis where
    it has words, x_to and y_to (where a bar, band or line ends), value (of a cell, or the shade of a dot). In
    the units of the axes, whose labels are the columns x_axis and y_axis.
    """
    import pandas as pd

    axes = list(_axes_of(figure))
    told = [
        table.assign(panel=_title(ax)) if _title(ax) else table
        for ax in axes
        if (table := _told.get(ax)) is not None
    ]
    if told:
        return pd.concat(told, ignore_index=True)
    rows = [row | _labels(ax) for ax in axes for row in _marks(ax)]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "x_axis", "y_axis"])
    for name in frame.select_dtypes("number"):
        frame[name] = frame[name].round(DIGITS) + 0.0  # no −0
    return frame.dropna(axis=1, how="all") if len(frame) else frame


def _axes_of(figure: Figure) -> Iterator[Axes]:
    waiting: list[Any] = list(figure.axes)
    while waiting:
        ax = waiting.pop(0)
        yield ax
        waiting[:0] = ax.child_axes


def _title(ax: Axes) -> str:
    """The title of a panel; that of a whole chart is no panel's."""
    inside = ax not in ax.get_figure(root=True).axes  # type: ignore[union-attr]
    return " ".join(ax.get_title(loc="left").split()) if inside else ""


def _labels(ax: Axes) -> dict[str, str | None]:
    return {
        "panel": _title(ax) or None,
        "x_axis": " ".join(ax.get_xlabel().split()) or None,
        "y_axis": " ".join(ax.get_ylabel().split()) or None,
    }


def _marks(ax: Axes) -> Iterator[dict[str, Any]]:
    across, up = _words(ax.xaxis), _words(ax.yaxis)

    def row(series: str, mark: str, x: float, y: float, **more: float) -> dict[str, Any]:
        return {
            "series": series.lstrip("_"),
            "mark": mark,
            "x": x,
            "y": y,
            "x_name": across.get(round(x, 6)),
            "y_name": up.get(round(y, 6)),
            **more,
        }

    for line in ax.lines:
        label = str(line.get_label())
        if label in NOT_SERIES or line.get_transform() != ax.transData:
            continue
        mark = "point" if line.get_linestyle() == "None" else "line"
        name = "" if label.startswith("_child") else label
        for x, y in np.column_stack(
            [np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)]
        ):
            if np.isfinite(y):
                yield row(name, mark, float(x), float(y))
    for held in ax.containers:
        if isinstance(held, BarContainer):
            for bar in held:
                (x, y), (x_to, y_to) = (
                    bar.get_xy(),
                    (bar.get_x() + bar.get_width(), bar.get_y() + bar.get_height()),
                )
                lying = held.orientation == "horizontal"
                middle = (
                    {"y": (y + y_to) / 2, "x": x, "x_to": x_to}
                    if lying
                    else {"x": (x + x_to) / 2, "y": y, "y_to": y_to}
                )
                yield row(str(held.get_label()), "bar", **middle)
    for mass in ax.collections:
        label = str(mass.get_label())
        name = "" if label.startswith("_child") else label
        if isinstance(mass, LineCollection):
            for points in mass.get_segments():  # none where a number is missing
                for (x, y), (x_to, y_to) in pairwise(points.tolist()):
                    yield row(name, "line", x, y, x_to=x_to, y_to=y_to)
        elif isinstance(mass, PathCollection):
            shade = mass.get_array()
            for place, (x, y) in enumerate(np.asarray(mass.get_offsets(), float)):
                more = {} if shade is None else {"value": float(shade[place])}
                yield row(name, "point", float(x), float(y), **more)
        elif isinstance(mass, PolyCollection):
            for path in mass.get_paths():
                corners = np.asarray(path.vertices, np.float64)
                for x in np.unique(corners[:, 0]):
                    here = corners[corners[:, 0] == x, 1]
                    yield row(name, "band", float(x), float(here.min()), y_to=float(here.max()))
    for image in ax.images:
        cells: np.ndarray = np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)
        for (y, x), value in np.ndenumerate(cells):
            if np.isfinite(value):
                yield row("", "cell", float(x), float(y), value=float(value))


def _words(axis: Axis) -> dict[float, str]:
    """The words at the places of an axis that has words instead of figures."""
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return {}
    words = (label.get_text() for label in axis.get_ticklabels())
    return {
        round(float(place), 6): " ".join(word.split())
        for place, word in zip(axis.get_majorticklocs().tolist(), words, strict=False)
        if not _is_figure(word, float(place))
    }


def _is_figure(word: str, place: float) -> bool:
    """Whether a word on an axis says only where it stands."""
    try:
        return float(word) == place
    except ValueError:
        return not word
