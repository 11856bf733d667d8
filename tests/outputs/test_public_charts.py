"""`sim.charts`: every chart by one name, on given axes, in both languages, saved with its
words; and the animation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fake_run import fake_run
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from PIL import Image, ImageChops

sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))

from paired_arms import arm, comparison
from tiny_study import TINY, pretended, write

import sim
from sim import charts
from sim.errors import EstateError
from sim.outputs import style
from sim.studies.run import stages
from sim.studies.run.measures import STAGE_ORDER, stages_at
from sim.studies.study.words import factors_of


@pytest.fixture(scope="module")
def compared():
    luck = np.random.default_rng(1)
    base = arm("base", np.tile(np.arange(40) < 20, (6, 1)), np.zeros(6), luck.normal(50, 5, 6))
    return comparison(
        base, arm("better", luck.random((6, 40)) < 0.3, luck.normal(1e6, 1e5, 6), luck.normal(40, 5, 6))
    )


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return pretended(write(folder, TINY), folder / "store")


def test_package_and_module_are_one():
    assert sim.charts is charts and {"draw", "list_charts", "animate"} <= set(charts.__all__)
    listed = charts.list_charts(lang="zh")
    assert list(listed["name"]) == list(charts.CHARTS) and len(listed) >= 18
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in title) for title in listed["title"])
    assert set(charts.list_charts("comparison")["name"]) == {
        "differences",
        "rescues",
        "gains",
        "plane",
        "acceptability",
        "standing",
    }
    for entry in charts.CHARTS.values():
        assert entry.draw.__doc__ and getattr(charts, entry.draw.__name__) is entry.draw
    with pytest.raises(EstateError, match="of: 'pie'"):
        charts.list_charts("pie")


@pytest.mark.parametrize("name", charts.CHARTS)
def test_a_chart_refuses_what_it_is_not_drawn_from(run, name):
    function = charts.CHARTS[name].draw
    with pytest.raises(EstateError, match="result: int"):
        function(3)
    if charts.CHARTS[name].of != "run":
        with pytest.raises(EstateError, match=f"chart: '{name}'"):
            function(run)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", [name for name, entry in charts.CHARTS.items() if entry.of == "run"])
def test_run_charts_return_the_axes_that_carry_the_title(run, name, lang):
    more = {"estate": 3} if name in charts.NEEDS_MORE else {}
    ax = charts.draw(run, name, lang=lang, **more)
    assert isinstance(ax, Axes) and ax.get_title(loc="left")
    assert any(letter.isdigit() for letter in ax.get_title(loc="left")), "a finding has figures"
    given = Figure(figsize=(10, 7)).add_axes((0.1, 0.1, 0.8, 0.7))
    assert charts.draw(run, name, ax=given, lang=lang, **more) is given
    assert charts.alt_text(run, name, lang, **more)


@pytest.mark.parametrize("name", ["differences", "rescues", "gains", "plane", "acceptability", "standing"])
def test_comparison_charts_draw_into_given_axes(compared, name):
    given = Figure(figsize=(10, 7)).add_axes((0.1, 0.1, 0.8, 0.7))
    assert charts.draw(compared, name, ax=given) is given and charts.alt_text(compared, name, "zh")


def test_saving_writes_the_words_into_the_files(run, tmp_path):
    png, svg, csv = charts.save(run, "ladder", tmp_path / "deep" / "ladder", "en")
    with Image.open(png) as image:
        assert image.info["Description"] == charts.alt_text(run, "ladder", "en")
    assert charts.CHARTS["ladder"].title.in_language("en") in svg.read_text(encoding="utf-8")
    shown = pd.read_csv(csv)
    for rung, rows in shown.groupby("series"):
        known = run.city[rung].dropna()
        assert rows["x"].tolist() == known.index.tolist() and np.allclose(rows["y"], known)
    assert set(shown["series"]) == {"nominal", "charging", "professional", "break_even"}
    (life,) = charts.save(run, "estate_life", tmp_path / "life", "zh", ("svg",), estate=3)
    assert "小区 3" in life.read_text(encoding="utf-8")
    assert {path.stem for path in charts.save_all(run, tmp_path / "all", formats=("svg",))} == {
        "overview",
        "cycle",
        "ladder",
        "stages",
        "map",
        "money",
        "modes",
    }


def test_wrong_requests_are_named(run, tmp_path):
    with pytest.raises(EstateError, match="allowed for a run: overview, cycle"):
        charts.draw(run, "plane")
    with pytest.raises(EstateError, match="int found"):
        charts.draw(3, "cycle")
    with pytest.raises(EstateError, match="formats: 'bmp'"):
        charts.save(run, "cycle", tmp_path / "a", formats=("bmp",))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chart_of_a_study_has_means_and_intervals_for_each_factor(studied, lang):
    ax = charts.study_outcome(studied, lang=lang)
    panels = [panel for panel in ax.child_axes if panel.axison]
    keys = factors_of(studied)
    assert len(panels) == len(keys) == 2 and sim.charts.kind_of(studied) == "study"
    runs = studied.runs
    for panel in panels:
        (line,) = [one for one in panel.lines if one.get_label() in keys]
        means = runs.groupby(line.get_label())["cycle_share"].mean()
        assert np.allclose(line.get_ydata(), means)
        ends = np.array([segment[:, 1] for segment in panel.collections[0].get_segments()])
        assert np.all(ends[:, 0] < means.to_numpy()) and np.all(means.to_numpy() < ends[:, 1])
    assert len(studied.sentences(lang)) == 3
    assert (
        charts.alt_text(studied, "study_outcome", lang, outcome="public_cost") == studied.sentences(lang)[1]
    )


@pytest.mark.parametrize(
    "told",
    [
        "one draw, seed 123456 · scenario: The vicious cycle: an ordinary city with no programme, changed: city.estates = 40 · 120 months · 40 estates",
        "一次抽样，种子123456 · 情景：恶性循环：一座普通城市，不采取任何措施，已更改：city.estates = 40 · 120个月 · 40个小区",
    ],
)
def test_which_draw_a_film_shows_stands_whole_inside_its_picture(monkeypatch, told):
    monkeypatch.setattr(stages, "provenance", lambda _: told)
    with style.drawing():
        figure, _, _ = stages.prepared(fake_run(20, 7), "type")
        figure.canvas.draw()
    (text,) = [one for one in figure.axes[0].texts if one.get_gid() == "subtitle"]
    title = figure.axes[0]._left_title.get_window_extent()
    assert text.get_text().replace("\n", " ").replace(" ", "") == told.replace(" ", "")
    assert text.get_window_extent().x1 < figure.bbox.x1 and title.y1 < figure.bbox.y1


def test_animation_shows_every_month_and_each_estate_in_its_square(tmp_path):
    run = fake_run(20, 7)
    path = charts.animate(run, tmp_path / "map.gif", "zh", frames_per_second=4, width=4)
    with Image.open(path) as image:
        assert image.format == "GIF" and image.size == (300, 168), "whole dots of 4 x 2.25 inches"
        total = 0
        for frame in range(image.n_frames):
            image.seek(frame)
            total += image.info["duration"]
    assert total == pytest.approx(7 * 250 + 2000, abs=300)  # equal frames may be joined, their time stays

    figure, update, months = stages.prepared(run, "type", 4)
    assert months == list(range(1, 8))
    shown = next(item for item in figure.axes[0].get_children() if isinstance(item, AxesImage))
    for frame in (0, 6):
        update(frame)
        codes = (
            shown.get_array().compressed() if np.ma.isMaskedArray(shown.get_array()) else shown.get_array()
        )
        counted = np.bincount(np.asarray(codes)[~np.isnan(codes)].astype(int), minlength=len(STAGE_ORDER))
        assert np.array_equal(
            counted, np.bincount(stages_at(run, [months[frame]])[0], minlength=len(STAGE_ORDER))
        )
        (collapsed,) = [line for line in figure.axes[0].lines if line.get_label() == "_collapsed"]
        assert len(collapsed.get_xdata()) == counted[STAGE_ORDER.index("collapsed")]
        said = next(item.get_text() for item in figure.axes[0].texts if item.get_gid() == "month")
        assert said.startswith(f"month {months[frame]}")


@pytest.mark.skipif(stages.ffmpeg() is None, reason="neither ffmpeg nor imageio-ffmpeg is installed")
@pytest.mark.parametrize("width", [4.0, 4.03])  # 337.5 and 340.03 dots high: sides must be made even
def test_film_has_every_month_and_its_pictures(tmp_path, width):
    """Read back by ffmpeg itself: size, time, and that the last picture differs from the first."""
    run = fake_run(20, 7)
    seen = []
    path = charts.animate(
        run,
        tmp_path / "deep" / "map.mp4",
        "en",
        frames_per_second=4,
        width=width,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[0] == (1, 7) and seen[-1] == (7, 7)
    frames = tmp_path / "frames"
    frames.mkdir()
    done = subprocess.run(
        [stages.ffmpeg(), "-i", str(path), str(frames / "%03d.png")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "h264" in done.stderr and "yuv420p" in done.stderr
    shown = sorted(frames.iterdir())
    assert len(shown) == 7 + 8  # the last month stands for two seconds
    with Image.open(shown[0]) as first, Image.open(shown[-1]) as last:
        assert first.width % 2 == first.height % 2 == 0 and first.width >= int(150 * width)
        assert ImageChops.difference(first.convert("RGB"), last.convert("RGB")).getbbox() is not None


def test_film_is_found_without_a_program_of_the_system(monkeypatch):
    """The program of imageio-ffmpeg is taken where there is no other."""
    pytest.importorskip("imageio_ffmpeg", reason="the extra video is not installed")
    monkeypatch.setattr(stages.shutil, "which", lambda name: None)
    assert stages.ffmpeg() is not None


def test_animation_of_a_long_run_ends_with_its_last_month():
    months = stages.shown_months(361)
    assert (
        months[0] == 1
        and months[-1] == 361
        and len(months) <= stages.MOST_FRAMES + 1
        and len(set(months)) == len(months)
    )


def test_animation_refuses_what_it_cannot_write(run, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, "ffmpeg", lambda: None)
    for name, words in (("a.mp4", "install ffmpeg, or pip install"), ("a.avi", "ending '.avi'")):
        with pytest.raises(EstateError, match=words):
            charts.animate(run, tmp_path / name)
    with pytest.raises(EstateError, match="frames_per_second"):
        charts.animate(run, tmp_path / "a.gif", frames_per_second=0)


def test_results_show_themselves_alike(compared, studied):
    """A title in bold, facts in small print, a table; texts are escaped."""
    for result in (compared, studied):
        page = result._repr_html_()
        assert (
            page.startswith("<div><strong>")
            and "<small>" in page
            and "<table" in page
            and page.endswith("</div>")
        )
    assert (
        "6 common seeds" in compared._repr_html_()
        and compared.sentences()[0].split(",")[0] in compared._repr_html_()
    )
    title = studied.study.title
    studied.study = studied.study.model_copy(update={"title": title.model_copy(update={"en": "<b>x</b>"})})
    try:
        assert "&lt;b&gt;x" in studied._repr_html_()
    finally:
        studied.study = studied.study.model_copy(update={"title": title})


def test_a_heading_of_any_length_lies_inside_its_picture() -> None:
    long = "city.estates = 20, payment.norm_weight = 2.5, service.cost_growth = 0.03, " * 4
    for width in (6, 10):
        with style.drawing():
            ax = style.canvas(None, (width, 4), (0.2, 0.1, 0.6, 0.78))
            before = ax.get_window_extent().height
            style.heading(ax, "What changes, and for whom: " + long, "baseline: " + long + "\nsecond line")
            figure = style.owner(ax)
            pen = RendererAgg(*map(int, figure.get_size_inches() * figure.dpi), figure.dpi)
            words = [ax._left_title, *(one for one in ax.texts if one.get_gid() == "subtitle")]
            whole = figure.bbox
            boxes = [one.get_window_extent(pen) for one in words]
        assert all(box.x1 <= whole.x1 and box.y1 <= whole.y1 for box in boxes)
        assert boxes[0].y0 >= boxes[1].y1  # the title stands above what is under it
        assert abs(ax.get_window_extent().height - before) < 1  # the picture grew, the drawing kept its size
