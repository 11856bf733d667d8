"""Charts of comparisons and of sensitivity: structure, both languages, and what is written into the files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "experiments"))

from paired_arms import arm, comparison
from test_sensitivity import known

import sim
from sim.errors import EstateError
from sim.studies.comparison import chart as charts
from sim.studies.comparison.words import shown
from sim.studies.sensitivity import chart as sensitivity_charts
from sim.text import in_language, message, say

SEEDS, ESTATES = 8, 40


@pytest.fixture(scope="module")
def found():
    generator = np.random.default_rng(1)
    years = generator.normal(50, 5, SEEDS)
    base = arm("base", np.tile(np.arange(ESTATES) < 20, (SEEDS, 1)), np.zeros(SEEDS), years)
    better = arm(
        "better",
        generator.random((SEEDS, ESTATES)) < 0.25,
        generator.normal(1e6, 1e5, SEEDS),
        years - generator.normal(10, 1, SEEDS),
    )
    same = arm("same", base.in_cycle, np.zeros(SEEDS), years)
    better.series["cycle"] = base.series["cycle"] - np.linspace(0, 0.2, 25) * (
        1 + generator.normal(0, 0.1, (SEEDS, 1))
    )
    return comparison(base, better, same)


@pytest.fixture(scope="module")
def screened(tmp_path_factory):
    return known(tmp_path_factory.mktemp("s"), "both", {"morris": 4, "sobol": 16}, top=3)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["differences", "rescues", "gains", "plane", "acceptability", "standing"])
def test_every_comparison_chart_has_a_title_and_says_which_seeds(found, name, lang):
    figure = found.plot(name, lang)
    title = figure.axes[0].get_title(loc="left")
    said = " ".join(text.get_text() for ax in figure.axes for text in ax.texts)
    assert message(f"chart.{name}").in_language(lang) in said and "better" in title  # the arm that is
    assert ("8组相同随机种子" if lang == "zh" else "8 common seeds") in said
    assert sim.charts.alt_text(found, name, lang)


def test_ribbons_hold_the_mean(found):
    ax = charts.differences(found)
    panel = ax.child_axes[0]
    (line,) = [line for line in panel.lines if line.get_label() == "better"]
    low, high = panel.collections[0].get_datalim(panel.transData).intervaly
    assert line.get_ydata()[-1] == pytest.approx(
        100 * found.by_month().query("arm == 'better' and series == 'cycle'")["difference"].iloc[-1]
    )
    assert low <= min(line.get_ydata()) and max(line.get_ydata()) <= high


def test_bars_are_shares_of_the_group(found):
    ax = charts.rescues(found)
    wide = [bar.get_width() for bar in ax.patches]
    assert max(wide) <= 1 and min(wide) >= -1
    counted = found.rescued("better")
    assert any(width == pytest.approx(counted.rescued / 40) for width in wide)
    assert any(width == pytest.approx(-counted.harmed / 40) for width in wide)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ("95% intervals of the mean", "thin lines: what may happen, lowest to highest of 8 pairs")),
        ("zh", ("均值的95%置信区间", "细线：可能的变化，为8对运行的最低至最高")),
    ],
)
def test_a_bar_has_the_interval_of_the_mean_and_what_may_happen(found, lang, told):
    with in_language(lang):
        ax = charts.rescues(found)
    said = " ".join(text.get_text() for text in ax.texts)
    assert all(one in said for one in told)
    row = found.rescues.query("arm == 'better' and counted == 'estates' and by == 'all'").iloc[0]
    drawn = {
        label: [line for line in ax.lines if line.get_label() == label] for label in ("_interval", "_range")
    }
    for label, ends in (("_interval", ("low", "high")), ("_range", ("range_low", "range_high"))):
        wanted = [row[f"rescued_{end}"] / row["estates"] for end in ends]
        assert any(list(line.get_xdata()) == pytest.approx(wanted) for line in drawn[label]), label
    thin, thick = (drawn[label][0].get_linewidth() for label in ("_range", "_interval"))
    assert thin < thick


@pytest.mark.parametrize(("lang", "told"), [("en", "intervals of the mean"), ("zh", "均值的95%置信区间")])
def test_every_interval_of_a_comparison_says_that_it_is_of_the_mean(found, lang, told):
    with in_language(lang):
        assert told in shown(found)[1]
        for draw in (charts.differences, charts.plane):
            said = " ".join(text.get_text() for text in draw(found).texts)
            assert told in said


def test_plane_shows_every_seed_and_zero(found):
    ax = charts.plane(found)
    dots = [one for one in ax.collections if one.get_label() == "seeds better"]
    assert len(dots[0].get_offsets()) == SEEDS
    assert ax.get_xlim()[0] < 0 < ax.get_xlim()[1] and ax.get_ylim()[0] < 0 < ax.get_ylim()[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sensitivity_charts_are_written(screened, tmp_path, lang):
    with in_language(lang):
        paths = sensitivity_charts.save_charts(screened, tmp_path, ("svg",))
        title = say("chart.tornado")
    assert {path.name for path in paths} == {
        f"{name}_{method}.svg" for name in ("tornado", "heat_map") for method in ("morris", "sobol")
    }
    assert title in paths[0].read_text(encoding="utf-8")


def test_tornado_orders_by_influence_and_heat_map_is_in_percent(screened):
    ax = sensitivity_charts.tornado(screened, method="morris")
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0].startswith("Readiness to pay") and len(labels) == 3
    matrix = sensitivity_charts.heat_map(screened, method="morris").images[0].get_array()
    assert matrix.shape == (3, 3) and matrix.max() == 100 and matrix.min() >= 0


def test_unknown_names_are_refused(found, screened):
    with pytest.raises(EstateError, match="chart"):
        found.plot("pie")
    with pytest.raises(EstateError, match="outcome"):
        sensitivity_charts.tornado(screened, outcome="public_cost")
    with pytest.raises(EstateError, match="method"):
        sensitivity_charts.heat_map(screened, method="guess")
