"""A heading that starts at the left edge of the figure, over the labels of a chart whose rows have long names."""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.outputs import style

EDGE = 0.03  # of the figure's width


def wide_heading(ax: Axes, title: str, subtitle: str, lift: float = 0) -> None:
    """As `style.heading`, but from the left edge of the figure rather than of the axes."""
    style.heading(ax, title, subtitle, lift)
    place = ax.get_position()
    edge = (EDGE - place.x0) / place.width
    ax._left_title.set_x(edge)  # type: ignore[attr-defined]  # matplotlib offers no other way to move it
    for note in ax.texts:
        if note.get_gid() == "subtitle":
            note.xy = (edge, 1)  # type: ignore[attr-defined]
