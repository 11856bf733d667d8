"""The map of estates as a moving picture, for talks: every estate keeps its square, and its colour follows its stage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import matplotlib
import numpy as np
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import short_title
from sim.studies.run.measures import STAGE_ORDER, RunLike, stage_shares, stages_at
from sim.studies.run.stages import MARKED_CELLS, _block_labels, _groups, _legend, packed_grid
from sim.studies.run.words import STAGE, provenance
from sim.text import figures, in_language, message, say

ENDINGS = (".gif", ".mp4")
MOST_FRAMES = 120
HOLD_SECONDS = 2  # on the last month, so that a loop shows where it ended


def animate(
    run: RunLike,
    path: str | Path,
    lang: str | None = None,
    group: str = "type",
    frames_per_second: float = 8.0,
    width: float = 7.2,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the animated map of estates as GIF, or as MP4 (by the file name; see `ffmpeg`); returns the path.

    Every month is a frame, or every second, third … month of a run longer than 120 months. `group` is "type" or
    "district", `width` in inches. EstateError for another ending, for MP4 without ffmpeg, for a speed that is no speed, and for a file that cannot be written.
    """
    place = Path(path)
    if not 0.5 <= frames_per_second <= 60:
        raise EstateError(
            message("problem.instead", place="frames_per_second", found=frames_per_second, allowed="0.5–60")
        )
    writer = _writer(place, frames_per_second)
    place.parent.mkdir(parents=True, exist_ok=True)
    with style.drawing(), in_language(lang):
        matplotlib.rcParams["animation.ffmpeg_path"] = (
            ffmpeg() or "ffmpeg"
        )  # given back with the other settings
        figure, update, months = prepared(run, group, width)
        try:
            with writer.saving(figure, str(place), 100):
                for frame in [
                    *range(len(months)),
                    *[len(months) - 1] * round(HOLD_SECONDS * frames_per_second),
                ]:
                    update(frame)
                    writer.grab_frame()
                    if progress is not None:
                        progress(frame + 1, len(months))
        except (OSError, CalledProcessError) as error:
            raise EstateError(message("run.unwritable", file=place, error=error)) from None
    return place


def _writer(place: Path, speed: float) -> AbstractMovieWriter:
    if place.suffix.lower() not in ENDINGS:
        raise EstateError(
            message("run.ending", file=place, found=repr(place.suffix), allowed=", ".join(ENDINGS))
        )
    if place.suffix.lower() == ".gif":
        return PillowWriter(fps=speed)  # type: ignore[arg-type]
    if ffmpeg() is None:
        raise EstateError(message("run.no_ffmpeg", file=place))
    # the colours that every player knows come in blocks of two by two dots, so sides are made even
    even = [
        "-vf",
        "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
    ]
    return FFMpegWriter(fps=speed, codec="libx264", extra_args=even)  # type: ignore[arg-type]


def ffmpeg() -> str | None:
    """The program ffmpeg: that of the system, else the one that comes with imageio-ffmpeg; None where there is neither."""
    found = shutil.which("ffmpeg")
    if found is not None:
        return found
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return str(get_ffmpeg_exe())
    except (ImportError, RuntimeError):  # not installed, or without a program for this machine
        return None


def shown_months(months: int) -> list[int]:
    """The months that are frames: all of them, or every so many, and always the last."""
    step = -(-months // MOST_FRAMES)
    return [*range(1, months, step), months]


def _signs(ax: Axes, shape: tuple[int, int], estates: int) -> dict[str, Line2D]:
    """Lines between the squares, and marks for the worst stages beside their colour, where squares are large enough for both."""
    if estates > MARKED_CELLS:
        return {}
    ax.set_xticks(np.arange(shape[1] + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(shape[0] + 1) - 0.5, minor=True)
    ax.grid(which="minor", axis="both", color="white", linewidth=1)
    ax.tick_params(which="minor", length=0)
    marks = {"collapsed": "x", "spiralling": "v"}
    return {
        stage: ax.plot([], [], mark, color="white", markersize=4, linestyle="none", label=f"_{stage}")[0]
        for stage, mark in marks.items()
    }


def prepared(run: RunLike, group: str, width: float = 7.2) -> tuple[Figure, Any, list[int]]:
    """(Figure of the first frame, function that changes it to a frame by its number, month of each frame)."""
    months = shown_months(run.months)
    codes = stages_at(run, months)
    shares = stage_shares(codes)
    figure = Figure(figsize=(width, width * 0.86), dpi=100)
    FigureCanvasAgg(figure)
    ax = style.tidy(figure.add_axes((0.2, 0.12, 0.77, 0.72)))
    style.heading(ax, short_title(say("chart.map")), provenance(run), lift=18)
    keys, labels = _groups(run, group)
    present = np.unique(keys)
    keys = np.searchsorted(present, keys)
    across = max(6, round(1.25 * np.sqrt(len(keys))))
    row, column, blocks = packed_grid(
        keys, codes.mean(axis=0) + codes[-1] * 1e-3, across, max(1, round(across / 25))
    )
    cells = np.full((int(row.max(initial=0)) + 1, across), np.nan)
    cells[row, column] = codes[0]
    colours = ListedColormap([style.STAGE_STYLE[stage][0] for stage in STAGE_ORDER])
    image = ax.imshow(
        cells, cmap=colours, vmin=-0.5, vmax=len(STAGE_ORDER) - 0.5, interpolation="nearest", aspect="auto"
    )
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    _block_labels(ax, blocks, [labels[key] for key in present], np.bincount(keys))
    _legend(ax)
    said = ax.text(0, 1.015, "", transform=ax.transAxes, fontsize=11, gid="month")
    collapsed, name = STAGE_ORDER.index("collapsed"), STAGE["collapsed"]

    signs = _signs(ax, cells.shape, len(keys))

    def update(frame: int) -> None:
        cells[row, column] = codes[frame]
        image.set_data(cells)
        for stage, sign in signs.items():
            here = codes[frame] == STAGE_ORDER.index(stage)
            sign.set_data(column[here], row[here])
        said.set_text(
            f"{say('run.month_n', n=months[frame])} · {name} {figures.share(shares[frame, collapsed], 0)}"
        )

    update(0)
    return figure, update, months
