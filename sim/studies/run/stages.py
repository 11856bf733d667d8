"""Charts of stages of the cycle: the flow of estates between them year by year, the grid of all estates, and
that grid as a moving picture, for talks: every estate keeps its square, and its colour follows its stage.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import capital, short_title, wrapped
from sim.outputs.plotted import tell
from sim.studies.run.chart import draw_and_time, told_under
from sim.studies.run.measures import (
    STAGE_ORDER,
    RunLike,
    at_months,
    snapshot_months,
    stage_flows,
    stage_shares,
    stages_at,
    year_marks,
)
from sim.studies.run.words import STAGE, provenance, type_title
from sim.text import figures, in_language, message, say
from sim.text.joins import phrases, sentences
from sim.text.system import reason_of

if TYPE_CHECKING:
    from matplotlib.animation import AbstractMovieWriter

NODE_WIDTH = 0.34  # of the distance between two marks
LABELLED_FROM = 0.05  # shares smaller than this have no room for a figure inside their bar
ROOMY_BLOCKS = 5  # up to this many, the label of a block may take several lines
MARKED_CELLS = 400  # up to this many estates, cells are large enough for a sign on each


def _names() -> list[str]:
    return [capital(STAGE[stage]) for stage in STAGE_ORDER]


@style.styled
def stages(run: RunLike, ax: Axes | None = None) -> Axes:
    """Stage shares at yearly marks as stacked bars, with ribbons for the estates that stay
    or move from one to the next."""
    ax = style.tidy(style.canvas(ax, (10, 6.2), (0.075, 0.095, 0.755, 0.755)))
    style.share_axis(ax, say("run.share_of_estates"))
    ax.grid(visible=False)
    marks = year_marks(run.months)
    codes = stages_at(run, marks)
    shares = stage_shares(codes)
    style.heading(ax, _found_stages(run, codes), told_under("stages", run, say("run.ribbon_note")))
    _nodes(ax, shares)
    flows = stage_flows(codes)
    if len(marks) > 1:
        _ribbons(ax, shares, flows / codes.shape[1])
    tell(ax, _shares_and_moves(marks, shares, flows))
    ax.set_xticks(
        range(len(marks)), [say("run.start_tick") if mark == 1 < run.months else str(mark) for mark in marks]
    )
    ax.set_xlabel(say("run.month"))
    ax.set_xlim(-NODE_WIDTH / 2 - 0.02, len(marks) - 1 + NODE_WIDTH / 2 + 0.02)
    last = shares[-1]
    middle = _tops(last) - last / 2
    labels = [
        (height, f"{name} {figures.share(share, 0)}", style.readable(style.STAGE_STYLE[stage][0]))
        for height, name, share, stage in zip(middle, _names(), last, STAGE_ORDER, strict=True)
    ]
    style.end_labels(ax, labels)
    return ax


def _found_stages(run: RunLike, codes: np.ndarray) -> str:
    """How many estates changed sides from the first mark to the last; `codes` (marks, estates)."""
    first, last = (codes[end] >= STAGE_ORDER.index("spiralling") for end in (0, -1))
    return say(
        "run.found_stages",
        **draw_and_time(run),
        out=figures.count(int((~first).sum())),
        fell=figures.count(int((~first & last).sum())),
        inside=figures.count(int(first.sum())),
        left=figures.count(int((first & ~last).sum())),
    )


def _shares_and_moves(marks: list[int], shares: np.ndarray, flows: np.ndarray) -> pd.DataFrame:
    """A row for each part of a bar (its share of estates) and each ribbon (how many estates go where)."""
    rows: list[dict[str, Any]] = [
        {"mark": "bar", "month": mark, "stage": stage, "share": float(share)}
        for mark, held in zip(marks, shares, strict=True)
        for stage, share in zip(STAGE_ORDER, held, strict=True)
    ]
    for step, flow in enumerate(flows):
        for origin, target in np.argwhere(flow > 0).tolist():
            stages_of = {"stage": STAGE_ORDER[origin], "to_stage": STAGE_ORDER[target]}
            months = {"month": marks[step], "to_month": marks[step + 1]}
            rows.append({"mark": "ribbon", **months, **stages_of, "estates": int(flow[origin, target])})
    return pd.DataFrame(rows)


def _tops(shares: np.ndarray) -> np.ndarray:
    """Upper edges of stacked shares: healthy on top, collapsed on the axis, so a worsening estate sinks."""
    return np.cumsum(shares[..., ::-1], axis=-1)[..., ::-1]


def _nodes(ax: Axes, shares: np.ndarray) -> None:
    """The stacked bars, with a figure inside where there is room."""
    tops = _tops(shares)
    for code, stage in enumerate(STAGE_ORDER):
        colour, hatch = style.STAGE_STYLE[stage]
        ax.bar(
            np.arange(len(shares)),
            shares[:, code],
            NODE_WIDTH,
            tops[:, code] - shares[:, code],
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.6,
            label=stage,
            zorder=3,
        )
        for mark in np.flatnonzero(shares[:, code] >= LABELLED_FROM).tolist():
            ax.text(
                mark,
                tops[mark, code] - shares[mark, code] / 2,
                f"{100 * shares[mark, code]:.0f}",
                fontsize=style.SMALL,
                color=style.ink(colour),
                ha="center",
                va="center",
                zorder=4,
                bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None,
            )


def _ribbons(ax: Axes, shares: np.ndarray, flows: np.ndarray) -> None:
    """Ribbons between neighbouring bars; their heights at both ends are the shares
    that move (steps, from, to)."""
    tops = _tops(shares)
    across = np.linspace(0, 1, 24)
    ease = across * across * (3 - 2 * across)
    polygons, colours, strengths = [], [], []
    for step, flow in enumerate(flows):
        # Within a bar, ribbons leave and arrive in the order of the stages, so they cross as little as can
        # be.
        start = tops[step][:, None] - np.cumsum(flow, axis=1) + flow
        end = tops[step + 1][None, :] - np.cumsum(flow, axis=0) + flow
        x = step + NODE_WIDTH / 2 + across * (1 - NODE_WIDTH)
        for origin, target in np.argwhere(flow > 0):
            upper = start[origin, target] + ease * (end[origin, target] - start[origin, target])
            lower = upper - flow[origin, target]
            polygons.append(np.column_stack([np.r_[x, x[::-1]], np.r_[upper, lower[::-1]]]))
            colours.append(style.STAGE_STYLE[STAGE_ORDER[target]][0])
            strengths.append(0.18 if origin == target else 0.62)
    ax.add_collection(
        PolyCollection(
            polygons, facecolors=colours, edgecolors="none", alpha=strengths, zorder=2, gid="ribbons"
        ),
        autolim=False,
    )


def stages_alt(run: RunLike) -> str:
    """What the chart of flows shows, in words."""
    marks = year_marks(run.months)
    codes = stages_at(run, marks)
    shares, flows = stage_shares(codes), stage_flows(codes).sum(axis=0)
    moved = flows - np.diag(np.diag(flows))
    parts = [
        f"{name} {figures.share(first, 0)} → {figures.share(last, 0)}"
        for name, first, last in zip(_names(), shares[0], shares[-1], strict=True)
    ]
    told = [say("run.stages_alt", first=marks[0], last=marks[-1], parts=phrases(parts))]
    if moved.sum() > 0:
        ends = np.unravel_index(int(moved.argmax()), moved.shape)
        origin, target = (STAGE[STAGE_ORDER[code]] for code in ends)
        told.append(say("run.stages_move", origin=origin, target=target, moves=f"{moved[ends]:,}"))
    return sentences(told)


def packed_grid(
    groups: np.ndarray, badness: np.ndarray, width: int, gap: int
) -> tuple[np.ndarray, np.ndarray, list[tuple[int, int]]]:
    """Rows and columns of a cell for each estate: groups as blocks one under the other,
    worst first within a block.

    `groups` are codes from 0 (estates), `badness` any number that is larger for worse (estates). Returns
    (row of each estate, column of each estate, [(first row, last row)] of each block).
    """
    row, column = np.empty(len(groups), dtype=np.int64), np.empty(len(groups), dtype=np.int64)
    blocks, top = [], 0
    for group in range(int(groups.max(initial=-1)) + 1):
        members = np.flatnonzero(groups == group)
        members = members[np.argsort(-badness[members], kind="stable")]
        place = np.arange(len(members))
        row[members], column[members] = top + place // width, place % width
        height = -(-len(members) // width)
        blocks.append((top, top + height - 1))
        top += height + gap
    return row, column, blocks


@style.styled
def estate_map(run: RunLike, ax: Axes | None = None, group: str = "type") -> Figure:
    """All estates as squares coloured by stage at up to six months, in blocks by
    `group` ("type" or "district")."""
    host = style.canvas(ax, (10, 8), (0.15, 0.075, 0.82, 0.77))
    style.heading(host, _found_map(run), told_under("map", run, say("run.map_note")), lift=20)
    months = snapshot_months(run.months)
    codes = stages_at(run, months)
    keys, labels = _groups(run, group)
    present = np.unique(keys)
    keys = np.searchsorted(present, keys)
    width = max(6, round(1.25 * np.sqrt(len(keys))))
    gap = max(1, round(width / 25))
    # The whole run decides the order, so that a square keeps its place and its neighbours in every panel.
    badness = codes.mean(axis=0) + codes[-1] * 1e-3
    row, column, blocks = packed_grid(keys, badness, width, gap)
    columns = min(3, len(months))
    for number, panel in enumerate(style.panels(host, -(-len(months) // columns), columns, (0.03, 0.09))):
        if number >= len(months):
            panel.axis("off")
            continue
        _snapshot(panel, codes[number], row, column, width)
        month = months[number]
        when = say("run.map_start") if month == 1 < run.months else say("run.month_n", n=month)
        panel.set_title(when, fontsize=style.PANEL, y=1, pad=4)
        if number % columns == 0:
            _block_labels(panel, blocks, [labels[key] for key in present], np.bincount(keys))
    _legend(host)
    tell(host, _cells(run, months, codes))
    return style.owner(host)


def _cells(run: RunLike, months: list[int], codes: np.ndarray) -> pd.DataFrame:
    """A row for each square: which estate in which month is at which stage."""
    estates = run.estate_table["estate"].to_numpy()
    return pd.DataFrame(
        {
            "month": np.repeat(months, len(estates)),
            "estate": np.tile(estates, len(months)),
            "type": np.tile(run.estate_table["type"].astype(str).to_numpy(), len(months)),
            "stage": np.array(STAGE_ORDER)[codes.ravel()],
        }
    )


def _groups(run: RunLike, group: str) -> tuple[np.ndarray, dict[int, str]]:
    """Code of each estate's group and the words for each code; an EstateError names the groups allowed."""
    if group == "type":
        column = run.estate_table["type"].astype("category")
        names = [type_title(run, name) for name in column.cat.categories]
        return column.cat.codes.to_numpy(dtype=np.int64), dict(enumerate(names))
    if group == "district":
        codes = run.estate_table["district"].to_numpy(dtype=np.int64)
        return codes, {int(code): say("run.district", number=code) for code in np.unique(codes)}
    raise EstateError(message("problem.instead", place="group", found=repr(group), allowed="type, district"))


def _snapshot(panel: Axes, codes: np.ndarray, row: np.ndarray, column: np.ndarray, width: int) -> None:
    """One month: an image with one cell an estate (empty cells transparent), and signs on
    the cells where they fit."""
    image = np.full((int(row.max(initial=0)) + 1, width), np.nan)
    image[row, column] = codes
    colours = ListedColormap([style.STAGE_STYLE[stage][0] for stage in STAGE_ORDER])
    panel.imshow(
        image, cmap=colours, vmin=-0.5, vmax=len(STAGE_ORDER) - 0.5, interpolation="nearest", aspect="auto"
    )
    panel.set_xticks([])
    panel.set_yticks([])
    panel.grid(visible=False)
    panel.spines[:].set_visible(False)
    if len(codes) <= MARKED_CELLS:
        _gaps(panel, image.shape)
        points = (
            panel.get_position().height * style.owner(panel).get_figheight() * 72 / image.shape[0]
        )  # points
        for stage, sign in (("collapsed", "x"), ("spiralling", "v")):
            here = codes == STAGE_ORDER.index(stage)
            panel.plot(
                column[here],
                row[here],
                sign,
                color="white",
                markersize=min(3.5, points / 2),
                linestyle="none",
            )


def _gaps(ax: Axes, shape: tuple[int, int]) -> None:
    """White lines between the cells of an image, (rows, columns): one collection of them, since a tick with
    its line for each would take longer than all else of the chart."""
    rows, columns = shape
    across = [[(-0.5, y - 0.5), (columns - 0.5, y - 0.5)] for y in range(rows + 1)]
    down = [[(x - 0.5, -0.5), (x - 0.5, rows - 0.5)] for x in range(columns + 1)]
    lines = LineCollection(across + down, colors="white", linewidths=1, zorder=0.5, capstyle="projecting")
    ax.add_collection(lines, autolim=False)


def _block_labels(
    panel: Axes,
    blocks: list[tuple[int, int]],
    names: list[str],
    counts: np.ndarray,
    letters: float = style.SMALL,
) -> None:
    """Names and sizes of the blocks at the left, as near to their blocks as they have room."""
    named = [
        f"{capital(short_title(name))} ({figures.count(int(count))})"
        for name, count in zip(names, counts, strict=True)
    ]
    words = named if len(blocks) > ROOMY_BLOCKS else [wrapped(name, 20) for name in named]
    low, high = sorted(panel.get_ylim())
    rows_a_point = (high - low) / (panel.bbox.height / panel.figure.dpi * 72)
    lines = max(word.count("\n") + 1 for word in words)
    gap = letters * 1.3 * lines * rows_a_point
    middles = [(first + last) / 2 for first, last in blocks]
    for place, word in zip(style.spread(middles, gap, low + gap / 2, high - gap / 2), words, strict=True):
        panel.annotate(
            word,
            (0, place),
            xycoords=("axes fraction", "data"),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=style.GREY,
            fontsize=letters,
            annotation_clip=False,
            gid="block",
        )


def _legend(host: Axes, letters: float = style.SMALL) -> None:
    """Swatches of the stages, under the panels, with the hatches that repeat the colours."""
    patches = []
    for stage, name in zip(STAGE_ORDER, _names(), strict=True):
        colour, hatch = style.STAGE_STYLE[stage]
        patches.append(Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=name))
    host.legend(
        handles=patches,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.015),
        ncols=len(patches),
        frameon=False,
        fontsize=letters,
        handlelength=1.6,
        handleheight=1.3,
    )


def _worst_type(run: RunLike) -> dict[str, Any]:
    """The type of which most is collapsed at the end, how much of it, and how much of all estates."""
    kinds = run.estate_table["type"].astype("category")
    last = at_months(run, "stage", [run.months])[0]
    collapsed = last == list(run.estates["stage"].cat.categories).index("collapsed")
    by_type = {
        name: float(collapsed[(kinds == name).to_numpy()].mean())
        for name in kinds.cat.categories
        if (kinds == name).any()
    }
    worst = max(by_type, key=lambda name: by_type[name])
    return {
        "worst": type_title(run, worst),
        "share": figures.share(by_type[worst], 0),
        "all": figures.share(float(collapsed.mean()), 0),
    }


def _found_map(run: RunLike) -> str:
    worst = _worst_type(run)
    return say("run.found_map", **draw_and_time(run), **worst | {"worst": short_title(worst["worst"])})


def estate_map_alt(run: RunLike) -> str:
    """What the grid shows, in words: the share collapsed at the first and last month, and
    the type that fares worst."""
    first = stage_shares(stages_at(run, [1]))[0, -1]
    worst = _worst_type(run)
    return say(
        "run.map_alt",
        estates=f"{len(run.estate_table):,}",
        first=figures.share(first, 0),
        last=worst["all"],
        worst=worst["worst"],
        share=worst["share"],
    )


# the moving picture

ENDINGS = (".gif", ".mp4")
MOST_FRAMES = 120
# As large as a projector shows: 1,920 by 1,080 dots. All pictures of a GIF are held at once, so it has half.
FILM_WIDTH, SHAPE = 12.8, 9 / 16  # inches, and height by width
FILM_DOTS = {".mp4": 150, ".gif": 75}  # per inch
FILM_LETTERS = 16.0  # points at that width: a 32nd of the height, to be read from the last row
HOLD_SECONDS = 2  # on the last month, so that a loop shows where it ended


def animate(
    run: RunLike,
    path: str | Path,
    lang: str | None = None,
    group: str = "type",
    frames_per_second: float = 8.0,
    width: float = FILM_WIDTH,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the animated map of estates as GIF, or as MP4 (by the file name; see `ffmpeg`); returns the path.

    Every month is a frame, or every second, third … month of a run longer than 120 months. `group` is "type"
    or "district", `width` in inches. EstateError for another ending, for MP4 without ffmpeg, for a speed
    that is no speed, and for a file that cannot be written.
    """
    file = Path(path)
    if not 0.5 <= frames_per_second <= 60:
        raise EstateError(
            message("problem.instead", place="frames_per_second", found=frames_per_second, allowed="0.5–60")
        )
    writer = _writer(file, frames_per_second)
    file.parent.mkdir(parents=True, exist_ok=True)
    with style.drawing(), in_language(lang):
        matplotlib.rcParams["animation.ffmpeg_path"] = (
            ffmpeg() or "ffmpeg"
        )  # given back with the other settings
        figure, update, months = prepared(run, group, width)
        try:
            with writer.saving(figure, str(file), FILM_DOTS[file.suffix.lower()]):
                for frame in [
                    *range(len(months)),
                    *[len(months) - 1] * round(HOLD_SECONDS * frames_per_second),
                ]:
                    update(frame)
                    writer.grab_frame()
                    if progress is not None:
                        progress(frame + 1, len(months))
        except (OSError, CalledProcessError) as error:
            raise EstateError(message("run.unwritable", file=file, error=reason_of(error))) from None
    return file


def _writer(file: Path, speed: float) -> AbstractMovieWriter:
    from matplotlib.animation import FFMpegWriter, PillowWriter

    if file.suffix.lower() not in ENDINGS:
        raise EstateError(
            message("run.ending", file=file, found=repr(file.suffix), allowed=", ".join(ENDINGS))
        )
    if file.suffix.lower() == ".gif":
        return PillowWriter(fps=speed)  # type: ignore[arg-type]
    if ffmpeg() is None:
        raise EstateError(message("run.no_ffmpeg", file=file))
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
    """The program ffmpeg: that of the system, else the one that comes with imageio-ffmpeg;
    None where there is neither."""
    program = shutil.which("ffmpeg")
    if program is not None:
        return program
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
    """Lines between the squares, and marks for the worst stages beside their colour, where squares
    are large enough for both."""
    if estates > MARKED_CELLS:
        return {}
    _gaps(ax, shape)
    marks = {"collapsed": "x", "spiralling": "v"}
    return {
        stage: ax.plot([], [], mark, color="white", markersize=4, linestyle="none", label=f"_{stage}")[0]
        for stage, mark in marks.items()
    }


def prepared(run: RunLike, group: str, width: float = FILM_WIDTH) -> tuple[Figure, Any, list[int]]:
    """(Figure of the first frame, function that changes it to a frame by its number, month of each frame)."""
    months = shown_months(run.months)
    codes = stages_at(run, months)
    shares = stage_shares(codes)
    figure = Figure(figsize=(width, width * SHAPE), dpi=FILM_DOTS[".mp4"])
    FigureCanvasAgg(figure)
    letters = FILM_LETTERS * width / FILM_WIDTH
    with style.drawing():
        told = style.fitted(provenance(run), letters, (width - 2 * style.MARGIN) * 72)
    line = letters / 72 / (width * SHAPE)  # of the height
    ax = style.tidy(figure.add_axes((0.2, 0.11, 0.78, 0.68 - 1.3 * line * told.count("\n"))))
    style.heading(ax, short_title(say("chart.map")), told, lift=1.9 * letters, letters=letters)
    keys, labels = _groups(run, group)
    present = np.unique(keys)
    keys = np.searchsorted(present, keys)
    across = max(8, round(2 * np.sqrt(len(keys))))
    row, column, blocks = packed_grid(
        keys, codes.mean(axis=0) + codes[-1] * 1e-3, across, max(1, round(across / 25))
    )
    grid = np.full((int(row.max(initial=0)) + 1, across), np.nan)
    grid[row, column] = codes[0]
    colours = ListedColormap([style.STAGE_STYLE[stage][0] for stage in STAGE_ORDER])
    image = ax.imshow(
        grid, cmap=colours, vmin=-0.5, vmax=len(STAGE_ORDER) - 0.5, interpolation="nearest", aspect="auto"
    )
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    _block_labels(ax, blocks, [labels[key] for key in present], np.bincount(keys), letters)
    _legend(ax, letters)
    said = ax.text(0, 1.02, "", transform=ax.transAxes, fontsize=1.25 * letters, gid="month")
    collapsed, name = STAGE_ORDER.index("collapsed"), STAGE["collapsed"]

    signs = _signs(ax, grid.shape, len(keys))

    def update(frame: int) -> None:
        grid[row, column] = codes[frame]
        image.set_data(grid)
        for stage, sign in signs.items():
            here = codes[frame] == STAGE_ORDER.index(stage)
            sign.set_data(column[here], row[here])
        said.set_text(
            f"{say('run.month_n', n=months[frame])} · {name} {figures.share(shares[frame, collapsed], 0)}"
        )

    update(0)
    return figure, update, months
