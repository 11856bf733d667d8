"""What each chart holds: its series, labels, limits, language, and sums that must come out."""

from __future__ import annotations

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
from fake_run import FakeRun, fake_run
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from sim import charts
from sim.errors import EstateError, ResultError
from sim.outputs import style
from sim.outputs.catalog import capital
from sim.studies.run.chart import (
    CYCLE_COLUMNS,
    LADDER,
    cycle,
    headline,
    in_cycle,
    ladder,
    modes,
    money,
    overview,
)
from sim.studies.run.measures import (
    STAGE_ORDER,
    at_months,
    flows_by_purpose,
    fold_small,
    net_by_year,
    paid_rates,
    snapshot_months,
    stage_flows,
    stage_shares,
    stages_at,
    year_marks,
)
from sim.studies.run.stages import estate_map, packed_grid, stages
from sim.text import figures, in_language, languages, say
from sim.words import MODES

CHINESE = range(0x4E00, 0x9FFF)


CHARTS = charts.drawable("run")


def words_of(figure: Figure) -> list[str]:
    return [item.get_text() for item in figure.findobj(Text) if item.get_text().strip()]


def is_chinese(words: str) -> bool:
    return any(ord(letter) in CHINESE for letter in words)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_in_its_language_what_and_which_run(run: FakeRun, name: str, lang: str) -> None:
    ax = charts.draw(run, name, lang=lang)
    words = words_of(ax.figure)
    # What a scenario is called stands in its file, in English and Chinese.
    title = run.scenario.title["zh" if lang == "zh" else "en"]
    # the title is what was found in this run, in one sentence with figures; what is shown stands under it
    found, shown = ax.get_title(loc="left"), charts.CHARTS[name].title.in_language(lang)
    assert shown not in found and sum(letter.isdigit() for letter in found) >= 3
    (under,) = [text.get_text() for text in ax.texts if text.get_gid() == "subtitle"]
    assert under.replace("\n", " ").startswith(shown) or under.split("\n")[0] == shown
    with in_language(lang):
        assert capital(say("draw.one", seed=run.seed)) in found
    assert any(title in line and f"{run.months}" in line and "60" in line for line in words)
    assert not any(line == "" or "{" in line for line in words)
    if lang != "zh":
        assert not any(is_chinese(line) for line in words)
    else:
        # Only figures, units of time and signs may stand without a Chinese character.
        assert all(is_chinese(line) or not any(letter.isalpha() for letter in line) for line in words)


@pytest.mark.parametrize("name", CHARTS)
def test_charts_draw_into_given_axes(run: FakeRun, name: str) -> None:
    figure = Figure()
    ax = figure.add_subplot()
    assert charts.draw(run, name, ax=ax) is ax


def test_cycle_has_a_mean_and_lines_for_the_outer_tenths_in_each_panel(run: FakeRun) -> None:
    panels = cycle(run).axes[0].child_axes
    assert len(panels) == 4
    for panel, column in zip(panels, CYCLE_COLUMNS, strict=True):
        lines = {line.get_label(): line.get_ydata() for line in panel.get_lines()}
        shown = run.city.iloc[12:] if column == "collection" else run.city  # it is of a year's bills
        np.testing.assert_allclose(lines[column], shown[column])
        for end in ("p10", "p90"):
            np.testing.assert_allclose(lines[end], shown[f"{column}_{end}"])
        assert not panel.collections, "a band down to 0 says that some estates have all that lies in it"
        assert panel.get_xlim() == (0, run.months)
        assert panel.get_ylim() == (0, 1)


def test_collection_is_drawn_over_all_estates_and_over_those_that_bill(run: FakeRun) -> None:
    everybody, billing = paid_rates(run)
    np.testing.assert_array_equal(everybody, run.city["collection"].iloc[1:])
    assert np.isnan(everybody[:11]).all() and np.isnan(billing[:11]).all()  # there is no year of bills yet
    assert (everybody[11:] <= billing[11:]).all() and everybody[-1] < billing[-1]
    lines = {line.get_label(): line.get_ydata() for line in cycle(run).axes[0].child_axes[0].get_lines()}
    np.testing.assert_array_equal(lines["collection"], everybody[11:])
    np.testing.assert_array_equal(lines["billing"], billing)


def test_overview_stacks_all_estates_and_says_how_many_are_in_the_cycle(run: FakeRun) -> None:
    left, right = overview(run).axes[0].child_axes
    assert [band.get_label() for band in left.collections] == list(STAGE_ORDER[::-1])
    assert max(band.get_paths()[0].vertices[:, 1].max() for band in left.collections) == pytest.approx(1)
    spiralling = left.collections[1].get_paths()[0].vertices
    top = spiralling[spiralling[:, 0] == run.months, 1].max()
    last = stages_at(run, [run.months])[0]
    share = np.isin(last, [STAGE_ORDER.index("spiralling"), STAGE_ORDER.index("collapsed")]).mean()
    assert top == pytest.approx(share) == pytest.approx(in_cycle(run)[-1])
    with in_language("zh"):
        assert f"{100 * share:.0f}%" in headline(run)
    lines = {line.get_label(): line.get_ydata() for line in right.get_lines()}
    np.testing.assert_allclose(lines["everybody"], paid_rates(run)[0])
    np.testing.assert_allclose(lines["billing"], paid_rates(run)[1])


def test_ladder_has_four_rungs_in_different_dashes_with_labels_at_their_ends(run: FakeRun) -> None:
    ax = ladder(run)
    lines = {line.get_label(): line for line in ax.get_lines() if line.get_label() != "_leader"}
    assert set(lines) == set(LADDER)
    for rung in LADDER:
        np.testing.assert_allclose(lines[rung].get_ydata(), run.city[rung])
    assert len({line.get_color() for line in lines.values()}) == 4
    assert len({str(line.get_linestyle()) for line in lines.values()}) == 4
    assert len([item for item in ax.texts if item.get_gid() == "end label"]) == 4
    assert ax.get_xlabel() and ax.get_ylabel()


def test_modes_are_stacked_to_one(run: FakeRun) -> None:
    ax = modes(run)
    assert [band.get_label() for band in ax.collections] == list(MODES[::-1])
    assert max(band.get_paths()[0].vertices[:, 1].max() for band in ax.collections) == pytest.approx(1)


def test_stage_shares_add_to_one_and_flows_conserve_estates(run: FakeRun) -> None:
    codes = stages_at(run, year_marks(run.months))
    shares, flows = stage_shares(codes), stage_flows(codes)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert (flows.sum(axis=(1, 2)) == codes.shape[1]).all()
    for step, flow in enumerate(flows):
        np.testing.assert_array_equal(flow.sum(axis=1), np.bincount(codes[step], minlength=5))
        np.testing.assert_array_equal(flow.sum(axis=0), np.bincount(codes[step + 1], minlength=5))


def test_shares_of_stages_agree_with_the_city_table(run: FakeRun) -> None:
    marks = year_marks(run.months)
    shares = stage_shares(stages_at(run, marks))
    for code, stage in enumerate(STAGE_ORDER):
        np.testing.assert_allclose(shares[:, code], run.city.loc[marks, f"stage_{stage}"])


def test_ribbons_fill_both_bars_they_join(run: FakeRun) -> None:
    ax = stages(run)
    (ribbons,) = (item for item in ax.collections if item.get_gid() == "ribbons")
    left, right = [], []
    for path in ribbons.get_paths():
        x, y = path.vertices[:, 0], path.vertices[:, 1]
        left.append((x.min(), np.ptp(y[np.isclose(x, x.min())])))
        right.append((x.max(), np.ptp(y[np.isclose(x, x.max())])))
    for ends in (left, right):
        widths = pd.DataFrame(ends, columns=["x", "width"]).round(9).groupby("x")["width"].sum()
        np.testing.assert_allclose(widths, 1)


def test_stages_are_told_apart_without_colour() -> None:
    assert tuple(style.STAGE_STYLE) == STAGE_ORDER
    light = [style.lightness(colour) for colour, _ in style.STAGE_STYLE.values()]
    # worse is darker, by steps that a grey print keeps
    assert all(better - worse > 12 for better, worse in itertools.pairwise(light)), light
    assert style.STAGE_STYLE["collapsed"][1] and style.STAGE_STYLE["spiralling"][1]


@pytest.mark.parametrize("group", ["type", "district"])
def test_map_shows_every_estate_once_in_the_same_place(run: FakeRun, group: str) -> None:
    figure = estate_map(run, group=group)
    panels = [panel for panel in figure.axes[0].child_axes if panel.images]
    months = snapshot_months(run.months)
    assert len(panels) == len(months)
    holes = None
    for panel, codes in zip(panels, stages_at(run, months), strict=True):
        image = np.ma.filled(panel.images[0].get_array().astype(float), np.nan)
        shown = image[np.isfinite(image)].astype(int)
        np.testing.assert_array_equal(np.bincount(shown, minlength=5), np.bincount(codes, minlength=5))
        assert holes is None or (holes == np.isnan(image)).all()
        holes = np.isnan(image)


def test_packed_grid_gives_each_estate_its_own_cell_and_puts_the_worst_first() -> None:
    random = np.random.default_rng(3)
    groups, badness = random.integers(0, 4, 500), random.random(500)
    row, column, blocks = packed_grid(groups, badness, 13, 2)
    assert len(set(zip(row.tolist(), column.tolist(), strict=True))) == 500
    for group, (first, last) in enumerate(blocks):
        members = groups == group
        assert (row[members] >= first).all() and (row[members] <= last).all()
        worst = np.flatnonzero(members)[badness[members].argmax()]
        assert (row[worst], column[worst]) == (first, 0)


def test_unknown_group_is_refused(run: FakeRun) -> None:
    with pytest.raises(EstateError, match="group: found 'street', allowed type, district"):
        estate_map(run, group="street")


def test_net_payers_and_receivers_balance_and_leave_budget_grants_out(run: FakeRun) -> None:
    net = net_by_year(run)
    assert list(net.index) == [1, 2, 3]
    assert "taxpayers" not in net
    np.testing.assert_allclose(net.sum(axis=1), 0, atol=1e-3)
    np.testing.assert_allclose(fold_small(net, 0.05).sum(axis=1), 0, atol=1e-3)
    first_year = run.ledger[(run.ledger["month"] <= 12) & (run.ledger["payer_kind"] == "owners")]
    assert net.loc[1, "owners"] == pytest.approx(first_year["yuan"].sum())


def test_money_bars_reach_what_was_paid(run: FakeRun) -> None:
    bars, flows = money(run).axes[0].child_axes
    paid = net_by_year(run).clip(lower=0).sum(axis=1) / 1e6
    tops = [
        max(p.get_y() + p.get_height() for p in bars.patches if round(p.get_x() + 0.36) == year)
        for year in range(3)
    ]
    np.testing.assert_allclose(tops, paid, rtol=1e-6)
    assert "million yuan" in bars.get_title("left")
    # bars from zero, so that one twice as long is twice the money
    assert flows.get_xscale() == "linear" and flows.get_xlim()[0] == 0
    shown = flows_by_purpose(run)["yuan"].to_numpy()[:9] / 1e6
    np.testing.assert_allclose([bar.get_width() for bar in flows.patches[:9]], shown)
    assert {bar.get_x() for bar in flows.patches} == {0}


def test_at_months_follows_the_order_of_the_estate_table(run: FakeRun) -> None:
    shuffled = replace(
        run,
        estates=run.estates.sample(frac=1, random_state=1),
        estate_table=run.estate_table.sample(frac=1, random_state=2),
    )
    ids = shuffled.estate_table["estate"].to_numpy()
    np.testing.assert_array_equal(
        at_months(shuffled, "quality", [1, 17]), at_months(run, "quality", [1, 17])[:, ids]
    )


def test_a_month_that_lacks_estates_is_refused(run: FakeRun) -> None:
    short = replace(run, estates=run.estates.iloc[:-1])
    with pytest.raises(ResultError, match=f"month {run.months} has 59 estates, expected 60"):
        at_months(short, "quality", [run.months])


@pytest.mark.parametrize(
    ("months", "expected"), [(1, [1]), (7, [1, 7]), (24, [1, 12, 24]), (30, [1, 12, 24, 30])]
)
def test_year_marks(months: int, expected: list[int]) -> None:
    assert year_marks(months) == expected
    assert len(year_marks(600)) <= 12


@pytest.mark.parametrize("lang", languages())
def test_alt_texts_carry_the_figures_of_the_run(run: FakeRun, lang: str) -> None:
    for name, entry in charts.describe(run, lang).items():
        assert any(letter.isdigit() for letter in entry["alt"]), name
        assert is_chinese(entry["alt"]) == (lang == "zh")
    with in_language(lang):
        nominal = figures.share(run.city["nominal"].iloc[-1], 0)
    assert nominal in charts.alt_text(run, "ladder", lang)


@pytest.fixture(scope="module")
def saved(run: FakeRun, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every chart in Chinese, in both formats."""
    return charts.save_all(run, tmp_path_factory.mktemp("saved") / "charts", "zh")


def test_save_charts_writes_both_formats_with_title_and_alt_text_inside(
    run: FakeRun, saved: list[Path]
) -> None:
    assert sorted(path.name for path in saved) == sorted(
        f"{name}.{form}" for name in CHARTS for form in ("png", "svg", "csv")
    )
    for name in CHARTS:
        with Image.open(saved[0].parent / f"{name}.png") as image:
            assert image.text["Description"] == charts.alt_text(run, name, "zh")
        root = ElementTree.parse(saved[0].parent / f"{name}.svg").getroot()
        assert root.find("{http://www.w3.org/2000/svg}title").text == charts.CHARTS[name].title.in_language(
            "zh"
        )


def test_the_same_run_gives_the_same_svg(run: FakeRun, saved: list[Path], tmp_path) -> None:
    again = charts.save_all(run, tmp_path, "zh", formats=["svg"])
    first = [path for path in saved if path.suffix == ".svg"]
    assert [path.name for path in again] == [path.name for path in first]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in first]


def test_save_charts_refuses_before_drawing(run: FakeRun, tmp_path) -> None:
    with pytest.raises(EstateError, match="formats: 'pdf' found, allowed png, svg"):
        charts.save_all(run, tmp_path / "x", formats=["pdf"])
    with pytest.raises(EstateError, match=f"lang: 'xx' found, allowed {', '.join(languages())}"):
        charts.save_all(run, tmp_path / "x", lang="xx")
    with pytest.raises(EstateError, match="chart: 'pie' found"):
        charts.draw(run, "pie")
    assert not (tmp_path / "x").exists()


def test_settings_of_the_process_are_left_alone_even_by_threads(run: FakeRun, tmp_path) -> None:
    before = dict(matplotlib.rcParams)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: charts.save(run, name, tmp_path / name, formats=["svg"]), CHARTS))
    assert dict(matplotlib.rcParams) == before


def test_neither_pyplot_nor_the_font_package_is_imported() -> None:
    code = "import sys, sim.charts; from sim.outputs import style; style.font_family(); print({'matplotlib.pyplot', 'zhplot'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_all_letters_of_all_charts_are_in_the_font(run: FakeRun) -> None:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    letters = get_font(findfont(FontProperties(family=style.font_family()))).get_charmap()
    for lang in languages():
        for name in CHARTS:
            for line in words_of(charts.draw(run, name, lang=lang).figure):
                assert all(ord(letter) in letters or letter == "\n" for letter in line), line


def test_tick_labels_keep_the_font_after_the_style_is_left(run: FakeRun) -> None:
    ax: Axes = charts.ladder(run, lang="zh")
    assert all(label.get_fontfamily() == [style.font_family()] for label in ax.get_xticklabels())


def test_spread_keeps_order_and_distance() -> None:
    placed = style.spread([0.5, 0.5, 0.52, 0.1], 0.05, 0, 1)
    np.testing.assert_allclose(np.sort(placed)[1:], [0.4567, 0.5067, 0.5567], atol=1e-4)
    assert placed[3] == pytest.approx(0.1)
    assert style.spread([1.0, 1.0], 0.2, 0, 1).tolist() == pytest.approx([0.8, 1.0])
    assert style.spread([], 0.1, 0, 1).size == 0


@pytest.mark.parametrize("months", [1, 5, 13])
def test_short_runs_can_be_drawn(months: int, tmp_path) -> None:
    assert len(charts.save_all(fake_run(3, months), tmp_path, formats=["svg"])) == len(CHARTS)


def test_a_run_without_events_money_or_bills_can_be_drawn(run: FakeRun, tmp_path) -> None:
    city = run.city.copy()
    city[[column for column in city.columns if column.startswith("collection")]] = np.nan
    bare = replace(run, city=city, events=run.events.iloc[:0], ledger=run.ledger.iloc[:0])
    assert len(charts.save_all(bare, tmp_path, formats=["svg"])) == len(CHARTS)


def test_every_purpose_and_account_of_the_ledger_has_words():
    from sim.model.ledger import PURPOSES
    from sim.studies.run import words

    assert set(PURPOSES) <= set(words.PURPOSES), "tests/text sees to both languages"
    assert {kind for ends in PURPOSES.values() for kind in ends} <= set(words.ACCOUNTS)
