"""The look of every chart, in one place: palette, font, layout, end labels, saving.

Rules that hold for all charts: Okabe-Ito colours, never colour alone (dashes, hatches, order or direct labels
say the same), units on the axes, labels at the end of lines or a key whose samples look as the marks do, a
title that states what was found and a subtitle that says what is shown, of which run. Letters are as large as
a printed page needs them, and a picture of our own is cut to what is drawn, so that nothing is cut off and
nothing is empty. Charts use `matplotlib.figure.Figure` and never pyplot, so no window, no global figure list.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MultipleLocator
from matplotlib.transforms import Bbox

from sim.outputs.catalog import wrapped
from sim.outputs.citing import cite_line
from sim.outputs.plotted import plotted
from sim.results.files import write_csv
from sim.text import language, message, say
from sim.text.catalog import DEFAULT_LANGUAGE

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALETTE = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, YELLOW, BLACK)
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
GREY, PALE = "#555555", "#E4E4E4"
CONTINUOUS_MAP = "cividis"

# Lightness falls along the way down (and hatches repeat it), so the order survives a grey print and colour
# blindness: paler and darker tones of the palette's sky blue, green, orange and vermillion.
STAGE_STYLE: dict[str, tuple[str, str]] = {
    "healthy": ("#D4ECF9", ""),
    "recovering": ("#7CC6A6", ""),
    "strained": ("#C98300", ""),
    "spiralling": ("#A63C00", "///"),
    "collapsed": (BLACK, "xxx"),
}
MODE_STYLE: dict[str, tuple[str, str]] = {
    "market": (BLUE, ""),
    "soe": (SKY, ""),
    "unit": (GREEN, ""),
    "self": (PURPLE, "..."),
    "cleaning": (ORANGE, "///"),
    "none": (BLACK, "xxx"),
}
ACCOUNT_STYLE: dict[str, tuple[str, str]] = {
    "owners": (BLUE, ""),
    "companies": (ORANGE, ""),
    "employers": (VERMILLION, ""),
    "estate_funds": (PURPLE, ""),
    "maintenance_funds": (PURPLE, "///"),
    "city": (GREEN, ""),
    "district": (GREEN, "///"),
    "street": (GREEN, "..."),
    "community": (GREEN, "xxx"),
    "state": (BLACK, ""),
    "advertisers": (SKY, ""),
    "suppliers": ("#9A9A9A", ""),
    "other": ("#CFCFCF", "///"),
    "other_paid": ("#CFCFCF", "///"),
    "other_received": ("#CFCFCF", "///"),
}

FONT_FILE = "NotoSansSC-Regular.ttf"
FIRST_WITHOUT_FONT = 0x2E80  # from here on, fonts of a system without Chinese have no letters
DOTS_PER_INCH = 130
FORMATS = ("png", "svg", "csv")  # in which a chart is written; the last one has the numbers that it shows
WIDTH = 10.0  # inches: of every chart
PRINTED_WIDTH = 7.165  # inches that a page of A4 leaves between the margins of a printed report (182 mm)
SMALLEST = 8.0  # points that letters have on that page at least
SMALL = 11.2  # points in a chart of full width, which the page makes 8
PANEL = 12.0  # the title of a panel
TITLE = 15.0
MARGIN = 0.14  # inches around all that is drawn
LINE = 1.26  # between the feet of two lines, in sizes of their letters

_lock = threading.RLock()
P = ParamSpec("P")
R = TypeVar("R")


@functools.cache
def font_family() -> str:
    """Family name of the Noto Sans SC file in the `zhplot` distribution, registered with
    matplotlib; OSError if missing.

    The file is found without importing that package, because importing it changes
    rcParams for the whole process.
    """
    file = font_file()
    with _lock:
        font_manager.fontManager.addfont(file)
    return font_manager.FontProperties(fname=str(file)).get_name()


def font_file() -> Path:
    """Where that file is; OSError if missing."""
    spec = importlib.util.find_spec("zhplot")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [path for folder in folders for path in sorted(Path(folder).rglob(FONT_FILE))]
    if not files:
        raise OSError(message("style.font", file=FONT_FILE, distribution="zhplot"))
    return files[0]


@contextmanager
def drawing() -> Iterator[None]:
    """Settings of this style for the length of a `with`, given back afterwards.

    rcParams are global to the process, so two threads inside at once could restore each
    other's values: one at a time.
    """
    settings: Any = {
        "font.family": [font_family()],
        "font.size": SMALL,
        "axes.titlesize": TITLE,
        "axes.titlelocation": "left",
        "axes.labelsize": SMALL,
        "axes.labelcolor": GREY,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "axes.edgecolor": "#999999",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "hatch.linewidth": 0.7,
        "text.hinting": "none",  # letters are as wide in small pictures as in large ones: none is cut off
        "svg.fonttype": "path",
        "svg.hashsalt": "estate",
        "text.parse_math": False,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
    }
    with _lock, matplotlib.rc_context(settings):
        yield


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """The same chart function, drawn under the settings of this style; a picture of our own that it began is
    cut to what is drawn, and says at its foot how its result is cited."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with drawing():
            drawn = function(*args, **kwargs)
            figure = owner(drawn) if isinstance(drawn, Axes) else drawn
            if isinstance(figure, Picture) and not figure.cut:
                cut(figure, cite_line(args[0] if args else None))
            return drawn

    return wrapper


class Picture(Figure):
    """A Figure that a notebook shows as a picture, whether or not it was told to draw inline."""

    cut = False  # to what is drawn

    def _repr_png_(self) -> bytes:
        png = io.BytesIO()
        with drawing():
            self.savefig(png, format="png")
        return png.getvalue()


def canvas(ax: Axes | None, size: tuple[float, float], box: tuple[float, float, float, float]) -> Axes:
    """The given Axes, or one on a new Figure of `size` inches at `box` (left, bottom,
    width, height, shares of it)."""
    if ax is not None:
        return ax
    return Picture(figsize=size, dpi=DOTS_PER_INCH).add_axes(box)


def owner(ax: Axes) -> Figure:
    """The Figure that carries an Axes, also when a SubFigure stands between."""
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise TypeError(message("style.axes", found=type(figure).__name__))
    return figure


def heading(ax: Axes, title: str, subtitle: str, lift: float = 0, letters: float = SMALL) -> None:
    """What was found as a title at the left edge of the figure, and under it, smaller, what is shown and of
    what run; `lift` (points) leaves room for titles of panels, `letters` are the points of the subtitle.

    Lines that would run over the picture's right edge go on in the next one; a picture of our own grows by
    what they need.
    """
    box, frame = ax.get_position(), ax.get_figure(root=False)
    size = letters * TITLE / SMALL
    inches = frame.bbox.width / frame.dpi  # type: ignore[union-attr]
    room = (inches - 2 * MARGIN) * 72
    left = (MARGIN / inches - box.x0) / box.width
    title, subtitle = fitted(title, size, room), fitted(subtitle, letters, room)
    below = 2.8 * letters + lift + LINE * letters * subtitle.count("\n")
    _grown(ax, below + size * (1.6 + 1.4 * title.count("\n")))
    ax.set_title(
        title, loc="left", x=left, y=1, pad=below, fontsize=size
    )  # title and subtitle stand on their last line
    ax.annotate(
        subtitle,
        (left, 1),
        xycoords="axes fraction",
        xytext=(0, 1.2 * letters + lift),
        textcoords="offset points",
        color=GREY,
        fontsize=letters,
        annotation_clip=False,
        gid="subtitle",
    )


def cut(figure: Picture, foot: str = "") -> None:
    """Makes a picture as wide as it is and as high as what is drawn and a line at its foot need, with an even
    margin: labels that would run over an edge get their room from the axes beside them, and empty edges go to
    the axes."""
    figure.cut = True
    main = figure.axes[0]
    headings = [main._left_title, *(one for one in main.texts if one.get_gid() == "subtitle")]  # type: ignore[attr-defined]
    dots = figure.get_size_inches() * figure.dpi
    pen = RendererAgg(round(dots[0]), round(dots[1]), figure.dpi)  # type: ignore[no-untyped-call]
    width, height = figure.get_size_inches()
    drawn = _drawn(figure, headings, pen)  # inches
    top = max((one.get_window_extent(pen).y1 / figure.dpi for one in headings), default=0.0)
    first, last = main.get_position().x0, max(axes.get_position().x1 for axes in figure.axes)
    left = first + (MARGIN - drawn.x0) / width
    right = last - (drawn.x1 - (width - MARGIN)) / width
    for axes in figure.axes:  # stretched between the new edges, those beside each other alike
        box = axes.get_position()
        x0, x1 = (left + (x - first) * (right - left) / (last - first) for x in (box.x0, box.x1))
        axes.set_position((x0, box.y0, x1 - x0, box.height))
    box = main.get_position()
    for one in headings:
        start = (MARGIN / width - box.x0) / box.width
        if one in main.texts:
            one.xy = (start, 1)
        else:
            one.set_x(start)
    above, below = MARGIN - (height - max(top, drawn.y1)), MARGIN - drawn.y0
    if foot:
        foot = fitted(foot, SMALL, (width - 2 * MARGIN) * 72)
        below += (1.4 * SMALL * (foot.count("\n") + 1) + 4) / 72
    taller = np.ceil((height + above + below) * figure.dpi) / figure.dpi  # whole dots
    for axes in figure.axes:
        box = axes.get_position()
        axes.set_position(
            (box.x0, (box.y0 * height + below) / taller, box.width, box.height * height / taller)
        )
    figure.set_size_inches(width, taller)
    if foot:
        figure.text(
            MARGIN / width, MARGIN / taller, foot, va="bottom", color=GREY, fontsize=SMALL, gid="cite"
        )


def _drawn(figure: Figure, but: Sequence[Artist], pen: RendererAgg) -> Bbox:
    """The box (inches) of all axes of a figure with their words and keys, without some artists. Marks lie
    inside their axes, or a hair beyond."""
    boxes, waiting = [], list(figure.axes)
    while waiting:
        ax = waiting.pop()
        waiting += ax.child_axes  # type: ignore[arg-type]
        words: list[Artist] = [*ax.texts, ax._left_title]  # type: ignore[attr-defined]
        if ax.axison:
            boxes.append(ax.bbox)
            boxes += [held for axis in (ax.xaxis, ax.yaxis) if (held := axis.get_tightbbox(pen)) is not None]
        if (key := ax.get_legend()) is not None:
            words.append(key)
        boxes += [one.get_window_extent(pen) for one in words if one not in but and _is_seen(one)]
    whole = Bbox.union(boxes)
    return Bbox(whole.get_points() / figure.dpi)


def _is_seen(artist: Artist) -> bool:
    return not isinstance(artist, Text) or bool(artist.get_text().strip())


def fitted(words: str, size: float, room: float) -> str:
    """Text whose lines, written in letters of `size` points, are at most `room` points long."""
    return _fitted(words, size, room, tuple(matplotlib.rcParams["font.family"]))


@functools.lru_cache(maxsize=512)  # one title is written on the chart of a folder and on that of a page
def _fitted(words: str, size: float, room: float, family: tuple[str, ...]) -> str:
    pen = RendererAgg(1, 1, 72)  # type: ignore[no-untyped-call]
    font = font_manager.FontProperties(family=list(family), size=size)

    def length(part: str) -> float:
        return float(pen.get_text_width_height_descent(part, font, False)[0]) if part else 0.0  # type: ignore[no-untyped-call]

    lines = (
        line if length(line) <= room else wrapped(line, room, length=length) for line in words.split("\n")
    )
    return "\n".join(lines)


def _grown(ax: Axes, points: float) -> None:
    """Makes a picture of our own higher where less than `points` are left above its axes, so that
    everything in it keeps its size."""
    figure = ax.get_figure(root=False)
    if not isinstance(figure, Picture):
        return
    width, height = figure.get_size_inches()
    more = points / 72 - (1 - ax.get_position().y1) * height
    if more <= 0:
        return
    share = height / (height + more)
    for one in figure.axes:
        inside = one.get_position()
        one.set_position((inside.x0, inside.y0 * share, inside.width, inside.height * share))
    figure.set_size_inches(width, height + more)


def panels(host: Axes, rows: int, columns: int, gap: tuple[float, float]) -> list[Axes]:
    """`rows` x `columns` Axes inside a host whose own frame is switched off; `gap` (across,
    down) in shares of the host."""
    host.axis("off")
    width, height = (1 - gap[0] * (columns - 1)) / columns, (1 - gap[1] * (rows - 1)) / rows
    spots = [
        (column * (width + gap[0]), 1 - height - row * (height + gap[1]), width, height)
        for row in range(rows)
        for column in range(columns)
    ]
    return [tidy(host.inset_axes(spot)) for spot in spots]


def tidy(ax: Axes) -> Axes:
    """The Axes with light horizontal guides, and ticks whose font holds even if they are
    made after the style is left."""
    ax.tick_params(labelfontfamily=font_family(), length=3)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    return ax


def share_axis(ax: Axes, label: str = "") -> None:
    """Vertical axis from 0 to 100 %, values being shares."""
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_locator(MultipleLocator(0.25))
    form = say(
        "figure.share", number="{:.0f}"
    )  # now: ticks are written when nobody knows the language any more
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: form.format(100 * value)))
    if label:
        ax.set_ylabel(label)


def month_axis(ax: Axes, months: int, label: str = "") -> None:
    """Horizontal axis from month 0 to the last one, ticks at whole years where there are any, as many as have
    room for their figures."""
    room = max(2, int(ax.bbox.width / ax.figure.dpi * 72 / (2.6 * SMALL)))
    step = 12 * -(-months // (12 * room)) if months >= 24 else -(-months // min(6, room))
    ax.set_xlim(0, max(months, 1))
    ax.xaxis.set_major_locator(MultipleLocator(max(step, 1)))
    if label:
        ax.set_xlabel(label)


def spread(values: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Label positions nearest to `values` that keep their order, stand `gap` apart and, if they
    fit, within [low, high]."""
    order = np.argsort(values, kind="stable")
    # Blocks of [mean of (value - rank * gap), members], pooled until they rise: the least-squares answer.
    blocks: list[list[float]] = []
    for rank, index in enumerate(order):
        blocks.append([float(values[index]) - rank * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, members = blocks.pop()
            before, count = blocks[-1]
            blocks[-1] = [(before * count + mean * members) / (count + members), count + members]
    level = (
        np.concatenate([np.full(int(members), mean) for mean, members in blocks]) if blocks else np.empty(0)
    )
    level = np.clip(level, low, max(low, high - gap * (len(order) - 1)))
    placed = np.empty(len(order))
    placed[order] = level + gap * np.arange(len(order))
    return placed


def lone(values: np.ndarray) -> str:
    """The marker of a line: a dot where it has a single value and would not be seen, else none."""
    return "o" if np.count_nonzero(np.isfinite(values)) == 1 else ""


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]], size: float = SMALL) -> None:
    """Labels (height, text, colour) at the right edge, moved apart where they would
    overlap, with a thin leader."""
    low, high = ax.get_ylim()
    inches = ax.get_position().height * owner(ax).get_figheight()
    gap = (
        (high - low)
        * size
        * 1.35
        * max([1 + text.count("\n") for _, text, _ in labels], default=1)
        / 72
        / inches
    )
    heights = [min(max(height, low), high) for height, _, _ in labels]
    edge = ax.get_yaxis_transform()
    for label_height, height, (_, text, colour) in zip(
        spread(heights, gap, low, high), heights, labels, strict=True
    ):
        leader = Line2D(
            [1.002, 1.02],
            [height, label_height],
            transform=edge,
            color="#AAAAAA",
            linewidth=0.6,
            clip_on=False,
        )
        leader.set_label("_leader")  # matplotlib's sign for what is no series
        ax.add_artist(leader)
        ax.text(
            1.026,
            label_height,
            text,
            transform=edge,
            color=colour,
            va="center",
            fontsize=size,
            gid="end label",
        )


def key(ax: Axes, handles: Sequence[Artist], below: float) -> None:
    """What marks mean, each with a sample that looks as the mark does, in columns so many inches below an
    Axes."""
    inches = ax.bbox.height / ax.figure.dpi
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, -below / inches),
        ncols=min(2, len(handles)),
        frameon=False,
        fontsize=SMALL,
        handlelength=2.6,
        handleheight=1.1,
        borderpad=0,
        borderaxespad=0,
    )


def readable(colour: str) -> str:
    """A colour fit for text on white: the light ones of the palette are too faint for letters."""
    darker = {
        YELLOW: "#7A6F00",
        SKY: "#1F78B4",
        ORANGE: "#A36F00",
        PURPLE: "#A5497B",
        "#CFCFCF": GREY,
        "#9A9A9A": GREY,
        "#D4ECF9": "#1F78B4",
        "#7CC6A6": "#00734F",
        "#C98300": "#8A5A00",
    }
    return darker.get(colour, colour)


def lightness(colour: str) -> float:
    """How light a colour is, from 0 (black) to 100 (white): L* of CIELAB, what a grey print keeps of it."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


def ink(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour."""
    return BLACK if lightness(colour) > 55 else "white"


def write(figure: Figure, path: Path, title: str, description: str) -> Path:
    """Saves a figure as PNG or SVG (by the file name), with title and alt text
    inside the file, or the numbers that it shows as CSV; returns the path."""
    if path.suffix == ".csv":
        write_csv(plotted(figure), path)
        return path
    metadata: dict[str, str | None] = {"Title": title, "Description": description}
    if path.suffix == ".svg":
        metadata["Date"] = None  # the same run gives the same file
    with drawing():
        if path.suffix == ".png":
            # A third of the time of the default compression for a tenth more bytes.
            figure.savefig(path, dpi=DOTS_PER_INCH, metadata=metadata, pil_kwargs={"compress_level": 3})
        else:
            figure.savefig(path, metadata=metadata)
    return path


def file_name(stem: str) -> str:
    """The name of a chart of the current language that stands alone: STEM.png in the
    default one, else STEM.LANG.png."""
    return f"{stem}.png" if language() == DEFAULT_LANGUAGE else f"{stem}.{language()}.png"


def needs_font(words: str) -> bool:
    """Whether words have letters for which not every system has a font, such as Chinese ones."""
    return any(ord(letter) >= FIRST_WITHOUT_FONT for letter in words)


def save_figure(figure: Figure, stem: Path, formats: Sequence[str], title: str, alt: str) -> list[Path]:
    """Writes a figure as `stem` with each format as its ending, title and alt text
    inside; returns the paths."""
    return [write(figure, stem.with_name(f"{stem.name}.{form}"), title, alt) for form in formats]
