"""How a figure is written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from sim.outputs import style

FORMATS = ("png", "svg")


def save_figure(figure: Figure, stem: Path, formats: Sequence[str], title: str, alt: str) -> list[Path]:
    """Writes a figure as `stem` with each format as its ending, title and alt text inside; returns the paths."""
    return [style.write(figure, stem.with_name(f"{stem.name}.{form}"), title, alt) for form in formats]
