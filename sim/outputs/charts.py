"""What charts of several kinds of result share: how one is listed, and how a figure is written to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outputs import style
from sim.words import Word

FORMATS = ("png", "svg")


class Chart(NamedTuple):
    """A chart of a kind of result that has no folder yet: `draw(result, ax=None, lang="en")`, its title, and `alt(result, lang)`.

    `draw` returns Axes; charts of several panels return the Figure (and draw into the place of `ax` if one is given).
    """

    draw: Callable[..., Axes | Figure]
    title: Word
    alt: Callable[..., str]


def save_figure(figure: Figure, stem: Path, formats: Sequence[str], title: str, alt: str) -> list[Path]:
    """Writes a figure as `stem` with each format as its ending, title and alt text inside; returns the paths."""
    return [style.write(figure, stem.with_name(f"{stem.name}.{form}"), title, alt) for form in formats]
