"""What a reader needs of any chart: letters that can be read in print, none cut off, none on another."""

from __future__ import annotations

import itertools

from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.outputs import style

PRINTED = (7.165, 7.87)  # inches of A4 between the margins of a report, and the most that a picture is high
LEAST = 8.0  # points
ROUNDING = 0.05
TOUCHING = 3.0  # dots by which boxes of letters may meet: they are a little larger than the letters


def illegible(figure: Figure) -> list[str]:
    """What of a chart cannot be read, in words; [] where all can."""
    with style.drawing():
        pen = FigureCanvasAgg(figure).get_renderer()
        figure.draw_without_rendering()
        wide, high = figure.get_size_inches()
        scale = min(1.0, PRINTED[0] / wide, PRINTED[1] / high)
        boxes = [(text, text.get_window_extent(pen)) for text in shown(figure)]
    said = []
    for text, box in boxes:
        words = " ".join(text.get_text().split())[:40]
        if text.get_fontsize() * scale < LEAST - ROUNDING:
            said.append(f"{words!r} has {text.get_fontsize() * scale:.1f} points in print")
        if box.x0 < -1 or box.y0 < -1 or box.x1 > figure.bbox.x1 + 1 or box.y1 > figure.bbox.y1 + 1:
            said.append(f"{words!r} is cut off at {[round(edge) for edge in box.extents]}")
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        both = Bbox.intersection(first, second)
        if both is not None and both.width > 0 and both.height > TOUCHING:
            said.append(f"{one.get_text()[:30]!r} lies on {other.get_text()[:30]!r}")
    return said


def shown(figure: Figure) -> list[Text]:
    """The texts that are seen: those of axes that are switched off and of ticks beyond the limits are not."""
    unseen = set()
    for axis in figure.findobj(Axis):
        ticks = axis._update_ticks() if axis.axes.axison and axis.get_visible() else []
        seen = {id(label) for tick in ticks for label in (tick.label1, tick.label2) if label.get_visible()}
        seen |= {id(axis.offsetText), id(axis.label)} if axis.axes.axison else set()
        unseen |= {id(text) for text in axis.findobj(Text)} - seen
    texts = figure.findobj(Text)
    return [
        text for text in texts if id(text) not in unseen and text.get_visible() and text.get_text().strip()
    ]
