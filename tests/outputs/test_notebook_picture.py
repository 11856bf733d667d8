"""In a plain notebook, which nobody told to draw inline, a chart is a picture and
not the name of its class."""

from __future__ import annotations

import io

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib import image

import sim


@pytest.fixture(scope="module")
def run() -> sim.Run:
    return sim.run("small_city", months=3, overrides={"spin_up": 0})


@pytest.mark.parametrize("chart", ["cycle", "map", "money"])
def test_what_plot_returns_is_shown_as_a_picture(run: sim.Run, chart: str) -> None:
    figure = run.plot(chart)
    shown, _ = DisplayFormatter().format(figure)
    picture = image.imread(io.BytesIO(shown["image/png"]), format="png")
    width, height = figure.get_size_inches() * figure.dpi
    assert picture.shape[:2] == (round(height), round(width))
    colours = np.rint(picture[..., :3] * 255).astype(np.int64) @ (1 << 16, 1 << 8, 1)
    assert len(np.unique(colours)) > 20, "something is drawn on it"


def test_both_languages_are_drawn_with_a_font_that_has_them(
    run: sim.Run, recwarn: pytest.WarningsRecorder
) -> None:
    pictures = [DisplayFormatter().format(run.plot(lang=lang))[0]["image/png"] for lang in ("en", "zh")]
    assert pictures[0] != pictures[1]
    assert not [one for one in recwarn if "Glyph" in str(one.message)]
