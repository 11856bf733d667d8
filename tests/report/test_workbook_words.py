"""The headings of a workbook: every column of every table in words, and what two ends are the ends of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.cli.exporting import _table, _with_numbers
from sim.experiments.intervals import CONSTANT, DEGENERATE, FEW, NO_VALUE, RARE
from sim.model.ledger import PURPOSES as LEDGER_PURPOSES
from sim.model.parameters import PARAMETERS
from sim.outputs.range_words import words_of_notes
from sim.results.outcomes import OUTCOMES, SERIES
from sim.results.sheets import Sheets
from sim.studies.run.words import PURPOSES
from sim.text import in_language
from sim.text.catalog import has_text

KINDS = (
    *("run", "comparison", "arms", "study", "batch", "sensitivity", "variances", "tipping", "delays"),
    *("ablation", "budget", "draws", "information", "pathways", "robustness"),
)
OF_WHAT = {
    "en": ("interval of the mean", "interval of the ratio", "interval of the share", "interval of the chance")
    + ("interval of the estimate", "exact interval", "what may happen", "value tried", "value of the lever")
    + ("the point lies", "interval of the median"),
    "zh": ("均值的置信区间", "均值之比的置信区间", "占比的置信区间", "概率的置信区间", "估计值的置信区间")
    + ("精确置信区间", "可能的", "所试最小值", "所试最大值", "杠杆取值", "该点所在", "中位数的置信区间"),
}
END = re.compile(r"(^|_)(low|high)(_bound)?$")


@pytest.fixture(params=KINDS)
def folder(request) -> Path:
    return request.getfixturevalue(f"{request.param}_folder")


def headings(folder: Path, lang: str) -> dict[tuple[str, str], str]:
    """What the workbook calls each column of each table, by what it calls the table and by name in the
    files."""
    result = sim.load_result(folder)
    with in_language(lang):
        kind = result.kind
        told = kind.get(kind.sheets)(result) if kind.sheets else Sheets()
        found = {}
        for name, frame in result.tables().items():
            sheet, _ = _table(name, _with_numbers(frame, told), told, None, [], 24)
            columns = list(_with_numbers(frame, told).columns)
            found |= {
                (sheet.title, str(column)): one.heading
                for column, one in zip(columns, sheet.columns, strict=True)
            }
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_of_a_workbook_is_called_in_words(folder, lang) -> None:
    found = headings(folder, lang)
    keys = {key for key in found if "." in key[1]}  # a key of the scenario file that has no name of its own
    for (sheet, column), heading in found.items():
        assert "_" not in sheet and "_" not in heading.replace("start_collection", ""), (sheet, column)
        if lang == "zh" and (sheet, column) not in keys:
            assert re.search("[\u4e00-\u9fff]", sheet) and re.search("[\u4e00-\u9fff]", heading), column
    assert len(set(found.values())) > 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_ends_are_the_ends_of_stands_over_them(folder, lang) -> None:
    for (sheet, column), heading in headings(folder, lang).items():
        if END.search(column) and column != "chance_high":  # the chance of ending high
            assert any(words in heading for words in OF_WHAT[lang]), (sheet, column, heading)


def test_what_was_tried_of_a_parameter_is_not_called_an_interval(variances_folder) -> None:
    found = headings(variances_folder, "en")
    assert found["shares of the variance", "low"] == "least value tried"
    table = sim.load_result(variances_folder).tables()["sobol"]
    row = table[table["parameter"].str.endswith("service.floor")].iloc[0]
    assert (row["low"], row["high"]) == (0.35, 0.55)


def test_beside_every_mean_of_a_policy_begun_later_stands_what_may_happen_in_a_run(delays_folder) -> None:
    told = sim.load_result(delays_folder)
    table = told.delays
    planned = table[table["delay"] == 0]
    assert len(planned) == 1 and planned["rescued"].item() == pytest.approx(told.no_return.immediate)
    for name in ("rescued", "excess"):
        assert (table[f"{name}_range_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_range_high"]).all()
    shown = " ".join(told.sentences("en"))
    ends = f"{planned['rescued_range_low'].item():g} to {planned['rescued_range_high'].item():g}"
    assert f"what may happen {ends}" in shown.partition("begun as planned: mean")[2]


def test_a_loop_of_several_seeds_says_that_its_lines_are_means_and_what_single_draws_do(
    delays_folder,
) -> None:
    told = sim.load_result(delays_folder)
    loop, table = told.maps[0].loop, told.loops
    assert (table["pairs"] == len(loop.out)).all()
    assert table["out_range_low"].tolist() == pytest.approx(loop.out.min(axis=0).tolist())
    assert table["gap_range_high"].tolist() == pytest.approx((loop.back - loop.out).max(axis=0).tolist())
    figure = told.plot("hysteresis", lang="en")
    thin = [line for line in figure.axes[0].lines if line.get_gid() == "draws"]
    assert thin[0].get_ydata() == pytest.approx(loop.out.min(axis=0))
    assert "mean of 3 draws" in " ".join(text.get_text() for text in figure.axes[0].texts)


def test_over_the_best_other_stands_what_may_happen_in_a_pair_of_runs(arms_folder) -> None:
    tables = sim.load_result(arms_folder).tables()
    found, pairs = (
        tables[name][tables[name]["outcome"] == "collection_last_year"] for name in ("standing", "pairs")
    )
    means = found.set_index("arm")["mean"]
    for _, row in found.iterrows():
        best = means.drop(row["arm"]).idxmax()
        here = {row["arm"], best}
        pair = next(one for _, one in pairs.iterrows() if {one["arm"], one["against"]} == here)
        ends = [pair["range_low"], pair["range_high"]]
        ends = ends if pair["arm"] == row["arm"] else [-ends[1], -ends[0]]
        assert [row["advantage_range_low"], row["advantage_range_high"]] == pytest.approx(ends)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_notes_units_and_purposes_have_words(lang) -> None:
    figures_of = (*OUTCOMES.values(), *SERIES.values(), *PARAMETERS.values())
    with in_language(lang):
        said = words_of_notes()
        assert set(said) == {NO_VALUE, FEW, CONSTANT, DEGENERATE, RARE} and all(said.values())
        assert [one.unit for one in figures_of if one.unit and not has_text(f"unit.{one.unit}")] == []
        assert [name for name in LEDGER_PURPOSES if name not in PURPOSES] == []


def test_knowing_everything_is_not_called_knowing_the_parameters(information_folder) -> None:
    result = sim.load_result(information_folder)
    told = result.kind.get(result.kind.sheets)(result)
    sheet, _ = _table("information", result.tables()["information"], told, None, [], 24)
    known, name = (
        next(one for one in sheet.columns if one.heading == told.headings[key]) for key in ("known", "name")
    )
    called = [f"{what}{which}" for what, which in zip(known.values, name.values, strict=True)]
    assert len(set(called)) == len(called) and "luck" in called[0]


def test_packages_are_told_in_the_language_of_the_reader(budget_folder) -> None:
    found = sim.load_result(budget_folder)
    with in_language("zh"):
        told = found.kind.get(found.kind.sheets)(found)
        for name in ("packages", "front"):
            sheet, _ = _table(name, found.tables()[name], told, None, [], 12)
            (column,) = (one for one in sheet.columns if one.heading == told.headings["what"])
            assert all(re.search("[\u4e00-\u9fff]", cell) and "month" not in cell for cell in column.values)


def test_runs_of_a_point_are_not_called_pairs(study_folder) -> None:
    assert [
        heading for (_, column), heading in headings(study_folder, "en").items() if column == "pairs"
    ] == ["runs"]
