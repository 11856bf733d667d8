"""Charts of runs and comparisons as a reader has them: on paper, in grey, with colour-blind eyes, in months
that are whole years, with keys that look as the marks do."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest
from fake_run import FakeRun, fake_run
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))

from legible import illegible, shown
from paired_arms import arm, comparison

from sim import charts
from sim.outputs import style
from sim.outputs.plotted import plotted
from sim.studies.run import stages
from sim.studies.run.measures import snapshot_months
from sim.text import in_language

# Machado, Oliveira and Fernandes 2009: linear red, green and blue as people without red (protanopia) or green
# (deuteranopia) cones see them.
WITHOUT = {
    "red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}


@pytest.fixture(scope="module")
def long() -> FakeRun:
    """Ten years: as many ticks and marks as charts commonly have."""
    return fake_run(60, 120)


@pytest.fixture(scope="module")
def compared():
    luck = np.random.default_rng(1)
    base = arm("base", np.tile(np.arange(40) < 20, (6, 1)), np.zeros(6), luck.normal(50, 5, 6))
    cheap = arm("cheap", luck.random((6, 40)) < 0.4, luck.normal(1e6, 1e5, 6), luck.normal(45, 3, 6))
    dear = arm("dear", luck.random((6, 40)) < 0.2, luck.normal(9e6, 1e5, 6), luck.normal(30, 3, 6))
    return comparison(base, cheap, dear)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [name for name, one in charts.CHARTS.items() if one.of == "run"])
def test_a_chart_of_a_run_can_be_read_on_paper(long: FakeRun, name: str, lang: str) -> None:
    more = {"estate": 3} if name in charts.NEEDS_MORE else {}
    assert illegible(style.owner(charts.draw(long, name, lang=lang, **more))) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", charts.drawable("comparison"))
def test_a_chart_of_a_comparison_can_be_read_on_paper(compared, name: str, lang: str) -> None:
    assert illegible(style.owner(charts.draw(compared, name, lang=lang))) == []


def test_what_cannot_be_read_is_noticed(long: FakeRun) -> None:
    """Small letters, letters over the edge, letters on each other: the check above sees each of them."""
    ax = charts.draw(long, "ladder")
    figure = style.owner(ax)
    figure.text(0.5, 0.5, "small", fontsize=9)
    figure.text(0.99, 0.4, "over the edge")
    figure.text(0.3, 0.02, "on the foot")
    figure.text(0.3, 0.02, "on the foot, too")
    said = " ".join(illegible(figure))
    assert "'small' has 6.4 points" in said and "'over the edge' is cut off" in said
    assert "'on the foot' lies on 'on the foot, too'" in said


@pytest.mark.parametrize("months", [24, 30, 60, 120, 240])
def test_months_on_an_axis_and_on_the_map_are_whole_years(months: int) -> None:
    """Beside the start and the last month; not 1, 25, 49, 72."""
    ax = style.canvas(None, (10, 4), (0.1, 0.2, 0.8, 0.6))
    style.month_axis(ax, months)
    ticks = ax.get_xticks()
    assert len(ticks) > 2 and not (np.asarray(ticks) % 12).any()
    marks = snapshot_months(months)
    assert marks[0] == 1 and marks[-1] == months and all(month % 12 == 0 for month in marks[1:-1])


def test_the_best_buy_at_each_price_adds_to_all(compared) -> None:
    """A row for each price that an official may think of; its parts are chances, and one scenario is dearer
    and better than the other, so that it is the best buy only from some price on."""
    with in_language("en"):
        ax = charts.acceptability(compared)
    rows = plotted(style.owner(ax))
    rows = rows[rows["mark"] == "bar"]
    assert rows["y"].nunique() >= 4
    parts = (rows["x_to"] - rows["x"]).groupby(rows["y"]).sum()
    assert np.allclose(parts, 1)
    by_price = rows[rows["series"] == "dear"].set_index("y").sort_index(ascending=False)
    chances = (by_price["x_to"] - by_price["x"]).tolist()
    assert chances == sorted(chances) and chances[0] < 0.5 < chances[-1]
    title = " ".join(ax.get_title(loc="left").split())
    assert title.index("base") < title.index("cheap") < title.index("dear")


@pytest.mark.parametrize("name", ["differences", "acceptability"])
def test_samples_of_a_key_look_as_the_marks_do(compared, name: str) -> None:
    """A line with the colour and dashes of the line, a field with the colour and hatch of the bars."""
    ax = charts.draw(compared, name)
    marks = set()
    for panel in (ax, *ax.child_axes):
        marks |= {(line.get_color(), line.get_linestyle()) for line in panel.lines}
        marks |= {(bar.get_facecolor(), bar.get_hatch()) for bar in panel.patches}
    keys = ax.get_legend().legend_handles
    assert len(keys) == (2 if name == "differences" else 3)
    for key in keys:
        is_line = isinstance(key, Line2D)
        look = (key.get_color(), key.get_linestyle()) if is_line else (key.get_facecolor(), key.get_hatch())
        assert look in marks


def test_panels_of_one_unit_have_one_scale_that_rises(compared) -> None:
    limits = {panel.get_ylim() for panel in charts.differences(compared).child_axes}
    assert len(limits) == 1
    ((low, high),) = limits
    assert low < 0 < high or low < high


@pytest.mark.parametrize("missing", WITHOUT)
def test_stages_are_told_apart_without_red_or_green_cones(missing: str) -> None:
    """Neighbours in a stack differ by more than a just noticeable step, as such eyes see them."""
    seen = []
    for colour, _ in style.STAGE_STYLE.values():
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        changed = np.clip(np.array(WITHOUT[missing]) @ linear, 0, 1)
        back = np.where(changed <= 0.0031308, 12.92 * changed, 1.055 * changed ** (1 / 2.4) - 0.055)
        seen.append(style.lightness(tuple(back)))
    assert all(better - worse > 10 for better, worse in itertools.pairwise(seen)), seen


def test_the_numbers_of_a_map_are_the_stage_of_every_estate(long: FakeRun) -> None:
    told = plotted(style.owner(charts.draw(long, "map")))
    months = snapshot_months(long.months)
    assert len(told) == 60 * len(months)
    joined = told.merge(long.estates[["month", "estate", "stage"]], on=["month", "estate"])
    assert len(joined) == len(told) and (joined["stage_x"] == joined["stage_y"].astype(str)).all()


def test_the_numbers_of_a_fall_are_those_drawn(compared) -> None:
    """Means and both bands of every month and scenario are in the CSV of the differences."""
    told = plotted(style.owner(charts.differences(compared)))
    table = compared.by_month(("cycle",))
    first = told[told["panel"] == told["panel"].iloc[0]]
    for name, rows in table.groupby("arm"):
        lines = first[(first["series"] == name) & (first["mark"] == "line")]
        assert np.allclose(lines["y"], 100 * rows["difference"])
        bands = first[(first["series"] == f"range {name}") & (first["mark"] == "band")]
        assert np.allclose(bands["y"], 100 * rows["range_low"]) and np.allclose(
            bands["y_to"], 100 * rows["range_high"]
        )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_film_fills_a_projector_and_can_be_read_from_the_last_row(long: FakeRun, lang: str) -> None:
    """1,920 by 1,080 dots; no letter smaller than a fortieth of the height, none cut off or on another."""
    with in_language(lang), style.drawing():
        figure, update, months = stages.prepared(long, "type")
        update(len(months) - 1)
    dots = figure.get_size_inches() * stages.FILM_DOTS[".mp4"]
    assert dots.tolist() == [1920, 1080]
    assert illegible(figure) == []
    sizes = [text.get_fontsize() / 72 / figure.get_figheight() for text in shown(figure)]
    assert min(sizes) > 1 / 40
