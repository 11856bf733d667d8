"""Studies: the file, its designs, its plan, and what they find."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pretend_runs import Pretend
from tiny_study import TEXTS, TINY, pretended, write

import sim
from sim.errors import ResultError, ScenarioError, StudyError
from sim.evidence.reproduce import reproduce_many
from sim.experiments.plan import Axis, plan_study, points_of, unit_points
from sim.experiments.study_file import Design, check_study, list_studies, load_study
from sim.experiments.unmeasured import unmeasured
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.results.folder import write as write_result
from sim.results.outcomes import OUTCOMES
from sim.scenario import load


@pytest.fixture
def tiny(tmp_path) -> Path:
    return write(tmp_path, TINY)


def problems(path: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        plan_study(path)
    return str(caught.value)


# designs


def test_grid_is_every_combination():
    axes = [Axis("a", levels=(1, 2)), Axis("b", 0.0, 1.0), Axis("c", 1, 9, whole=True)]
    points = points_of(Design(kind="grid", size=3), axes)
    assert len(points) == len({tuple(point.values()) for point in points}) == 2 * 3 * 3
    assert {point["b"] for point in points} == {0.0, 0.5, 1.0}
    assert {point["c"] for point in points} == {1, 5, 9}


def test_latin_hypercube_meets_every_slice_once_and_depends_on_its_seed_only():
    design = Design(kind="latin_hypercube", size=20, seed=3)
    points = unit_points(design, 4)
    for column in points.T:
        assert sorted((column * 20).astype(int)) == list(range(20))
    assert np.array_equal(points, unit_points(design, 4))
    assert not np.array_equal(points, unit_points(Design(kind="latin_hypercube", size=20, seed=4), 4))


def test_sobol_and_morris_have_the_points_that_their_analyses_need():
    assert unit_points(Design(kind="sobol", size=8), 3).shape == (8 * (3 + 2), 3)
    assert unit_points(Design(kind="sobol", size=8, second_order=True), 3).shape == (8 * (2 * 3 + 2), 3)
    steps = unit_points(Design(kind="morris", size=5), 3).reshape(5, 4, 3)
    assert (np.count_nonzero(np.diff(steps, axis=1), axis=2) == 1).all()  # one factor at a time


def test_values_of_an_axis():
    assert [Axis("a", levels=("x", "y", "z")).at(share) for share in (0, 0.34, 0.99, 1.0)] == [
        "x",
        "y",
        "z",
        "z",
    ]
    whole = Counter(Axis("a", 1, 4, whole=True).at(share) for share in np.linspace(0, 0.999, 400))
    assert set(whole) == {1, 2, 3, 4} and max(whole.values()) - min(whole.values()) <= 2
    assert Axis("a", 1.0, 100.0, logarithmic=True).at(0.5) == pytest.approx(10)
    assert [Axis("a", 0.1, 0.7).at(share) for share in (0.0, 1.0)] == [0.1, 0.7]


# plans


def test_seeds_are_common_to_all_points_or_their_own(tiny):
    common = plan_study(tiny)
    assert [common.seed_of(i) for i in range(6)] == [5, 6, 7, 5, 6, 7]
    own = plan_study(write(tiny.parent, 'seeds = "independent"\n' + TINY, "own.toml"))
    assert [own.seed_of(i) for i in range(12)] == list(range(5, 17))
    assert len(set(common.keys)) == len(common) == 12 and common.id != own.id


def test_cells_are_what_the_file_says(tiny):
    plan = plan_study(tiny)
    for position, planned_run in enumerate(plan):
        assert planned_run.key == plan.keys[position]
        assert (
            planned_run.scenario.types["commodity"].start_collection
            == planned_run.overrides["types.commodity.start_collection"]
        )
        assert planned_run.scenario.companies.state_owned == planned_run.overrides["companies.state_owned"]
        assert (planned_run.scenario.months, planned_run.scenario.city.estates) == (12, 10)
    with pytest.raises(IndexError):
        plan[12]


def test_scenarios_as_levels_and_a_list_of_points(tmp_path):
    listed = TEXTS + 'base = "small_city"\nreplications = 2\n[design]\nkind = "list"\n'
    listed += 'points = [{ scenario = "vicious_cycle" }, { "payment.norm_weight" = 2.5, months = 24 }, {}]\n'
    plan = plan_study(write(tmp_path, listed))
    assert [plan[i].scenario.city.estates for i in (0, 2, 4)] == [
        load("vicious_cycle").city.estates,
        100,
        100,
    ]
    assert (plan[2].scenario.months, plan[4].scenario.months) == (24, load("small_city").months)
    arms = (
        TEXTS
        + 'base = "small_city"\n[design]\nkind = "grid"\n[[factors]]\nkey = "scenario"\nlevels = ["small_city", "vicious_cycle"]\n'
    )
    assert [planned_run.scenario.name for planned_run in plan_study(write(tmp_path, arms))] == [
        "small_city",
        "vicious_cycle",
    ]


def test_unmeasured_parameters_as_factors(tmp_path):
    text = TEXTS + 'base = "small_city"\nunmeasured = true\n[design]\nkind = "morris"\nsize = 2\n'
    plan = plan_study(write(tmp_path, text))
    assert {axis.key: (axis.low, axis.high) for axis in plan.axes} == unmeasured()
    both = plan_study(
        write(
            tmp_path,
            text.replace(
                "[design]", '[[factors]]\nkey = "parameters.payment.base"\nlow = 0.1\nhigh = 0.2\n[design]'
            ),
        )
    )
    assert both.axes[0].key == "parameters.payment.base" and len(both.axes) == len(plan.axes)


BAD = {
    "unknown key": ("replication = 3\n" + TINY, ["replication", "did you mean 'replications'"]),
    "unknown base": (
        TINY.replace("small_city", "smal_city"),
        ["base", "'smal_city'", "did you mean 'small_city'"],
    ),
    "unknown outcome": (
        TINY.replace("cycle_share", "cycle_shar"),
        ["outcomes", "did you mean 'cycle_share'"],
    ),
    "unknown factor": (
        TINY.replace("types.commodity.start_collection", "types.commodity.start_colection"),
        ["factors.0 (types.commodity.start_colection)", "did you mean 'start_collection'"],
    ),
    "level out of range": (
        TINY.replace("high = 0.9", "high = 1.9"),
        ["factors.0", "found 1.9", "from 0 to 1"],
    ),
    "fraction for a whole number": (
        TINY.replace("levels = [1, 2]", "low = 1.5\nhigh = 3.5"),
        ["factors.1", "whole numbers"],
    ),
    "low above high": (TINY.replace("low = 0.4", "low = 0.95"), ["factors.0.high", "more than low (0.95)"]),
    "range and levels": (
        TINY.replace("levels = [1, 2]", "low = 1\nhigh = 2\nlevels = [1, 2]"),
        ["either levels, or low and high"],
    ),
    "half a range": (TINY.replace("high = 0.9\n", ""), ["factors.0.high", "both low and high"]),
    "no range for what is no parameter": (
        TINY.replace("low = 0.4\nhigh = 0.9\n", ""),
        ["neither levels nor a range"],
    ),
    "a change of nothing": (
        TINY.replace('"city.estates" = 10', '"city.estate" = 10'),
        ["changes.city.estate", "did you mean"],
    ),
    "sobol size": (
        TINY.replace('"grid"\nsize = 2', '"sobol"\nsize = 10'),
        ["design.size", "a power of two, such as 8"],
    ),
    "points in a grid": (
        TINY.replace("size = 2", "size = 2\npoints = [{ months = 3 }]"),
        ["design.points", "none for another kind"],
    ),
    "factor twice": (
        TINY + '[[factors]]\nkey = "companies.state_owned"\nlevels = [1]\n',
        ["'companies.state_owned' twice"],
    ),
    "text for a number": (
        TINY.replace("replications = 3", 'replications = "3"'),
        ["replications", "'3'", "a whole number"],
    ),
    "no factors": (TINY.split("[[factors]]")[0], ["factors", "at least one factor"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_say_what_is_wrong(tmp_path, name):
    text, expected = BAD[name]
    told = problems(write(tmp_path, text))
    for part in ("tiny.toml", *expected):
        assert part in told, told


def test_points_that_cannot_be_are_found_before_anything_runs(tmp_path):
    text = TINY.replace("types.commodity.start_collection", "types.commodity.vacancy").replace(
        "low = 0.4\nhigh = 0.9", "low = 0.0\nhigh = 0.6"
    )
    text = text.replace("companies.state_owned", "types.commodity.tenants").replace(
        "levels = [1, 2]", "levels = [0.05, 0.5]"
    )
    told = problems(write(tmp_path, text))
    assert told.count("\n") == 0 and "types.commodity.tenants=0.5" in told and "together at most 1" in told


@pytest.mark.slow
def test_the_largest_shipped_study_can_be_planned():
    assert len(plan_study("benchmark_rate")) == 10_000


def test_shipped_studies_can_be_planned():
    names = list_studies()
    assert "benchmark_rate" in names
    runs = {}
    for name in names:
        loaded, _ = load_study(name)
        if loaded.replications * loaded.design.size <= 2_000:
            runs[name] = len(plan_study(name))
    assert len(runs) > 1 and min(runs.values()) > 1
    households = load("small_city").city
    assert (households.estates, households.households, load("small_city").months) == (100, 30_000, 120)


# results


def test_one_row_a_run(tiny, tmp_path):
    found = pretended(tiny, tmp_path / "store")
    runs = found.runs
    assert runs.columns.tolist()[:5] == ["run", "point", "replication", "seed", "status"]
    assert runs[["point", "replication", "seed"]].iloc[4].tolist() == [1, 1, 6]
    assert runs["companies.state_owned"].tolist() == [1] * 3 + [2] * 3 + [1] * 3 + [2] * 3
    summaries = [summary for _, summary in found.summaries()]
    assert runs["cycle_share"].tolist() == [summary.scalars["cycle_share"] for summary in summaries]
    again = pretended(tiny, tmp_path / "store")
    assert (again.executed, again.digest()) == (0, found.digest())


def test_statistics_are_by_factor_and_refuse_what_is_missing(tiny, tmp_path):
    full = write(
        tmp_path, TINY.replace('"public_cost", "collection_last_year"', '"public_cost"'), "full.toml"
    )
    found = pretended(full, tmp_path / "store")
    table = found.statistics(["companies.state_owned"])
    expected = found.runs.groupby("companies.state_owned")["cycle_share"]
    assert table["cycle_share"]["mean"].tolist() == expected.mean().tolist()
    assert table["cycle_share"]["count"].tolist() == [6, 6]
    with pytest.raises(StudyError, match="allowed: point"):
        found.statistics(["nothing"])
    with pytest.raises(StudyError, match="collection_last_year has no value in 4 of 12 runs"):
        pretended(tiny, tmp_path / "store").statistics()  # made-up runs of seed 5 bill nobody
    broken = pretended(full, tmp_path / "other", Pretend(raises=frozenset({6})))
    assert (broken.missing, len(broken.failures)) == (4, 4)
    for refused in (lambda: broken.runs, broken.statistics, broken.summaries, broken.digest):
        with pytest.raises(StudyError, match="4 of 12 runs have no result"):
            refused()
    table = broken.table(["cycle_share"])
    assert Counter(table["status"]) == {"done": 8, "failed": 4} and table["cycle_share"].isna().sum() == 4


def test_a_run_that_exists_in_another_study_is_not_run_again(tiny, tmp_path):
    pretended(tiny, tmp_path / "store")
    wider = write(tmp_path, TINY.replace("levels = [1, 2]", "levels = [1, 2, 3]"), "wider.toml")
    assert pretended(wider, tmp_path / "store").executed == 6


def test_a_saved_study_reads_in_one_line(tiny, tmp_path):
    found = pretended(tiny, tmp_path / "results" / "store")
    folder = found.save()
    assert folder.parent == tmp_path / "results" / "studies"
    frame = pd.read_parquet(folder / "runs.parquet")
    assert frame["cycle_share"].tolist() == found.runs["cycle_share"].tolist()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["digest"], manifest["missing"], manifest["runs"]) == (found.digest(), 0, 12)
    assert check_study(manifest["study"], "manifest") == found.study


def test_a_saved_study_says_of_every_point_how_precisely_it_is_known_and_what_may_happen(tmp_path):
    path = write(tmp_path, TINY.replace("replications = 3", "replications = 41"))
    found = pretended(path, tmp_path / "store")
    folder = found.save(tmp_path / "out")
    points = pd.read_parquet(folder / "points.parquet")
    runs = pd.read_parquet(folder / "runs.parquet")
    assert len(points) == 4 * 3 and points["companies.state_owned"].tolist() == [1, 1, 1, 2, 2, 2] * 2
    for row in points.to_dict("records"):
        values = runs.loc[runs["point"] == row["point"], row["outcome"]].dropna().to_numpy()
        assert row["pairs"] == values.size and row["unit"] == OUTCOMES[row["outcome"]].unit
        if values.size < 41:  # runs without a value are left out
            assert row["outcome"] == "collection_last_year"
            continue
        ordered = np.sort(values)
        assert row["mean"] == pytest.approx(ordered.mean()) and row["range_kind"] == "p5_p95"
        # of 41 in order, the places 0.05 * 42 = 2.1 and 0.95 * 42 = 39.9
        assert row["range_low"] == pytest.approx(0.9 * ordered[1] + 0.1 * ordered[2])
        assert row["range_high"] == pytest.approx(0.1 * ordered[38] + 0.9 * ordered[39])
        assert row["range_low"] < row["low"] < row["mean"] < row["high"] < row["range_high"]
    pd.testing.assert_frame_equal(sim.load_result(folder).tables()["points"], found.points)
    points.assign(low=0.0).to_parquet(folder / "points.parquet")
    with pytest.raises(ResultError, match="points.parquet"):
        sim.load_result(folder)


def test_points_of_few_runs_have_no_interval_and_those_without_a_value_no_figures(tiny, tmp_path):
    points = pretended(tiny, tmp_path / "a", Pretend(raises=frozenset([6]))).points
    points = points[points["outcome"] != "collection_last_year"]  # which not every made-up run has
    assert (points["pairs"] == 2).all() and points["low"].isna().all() and points["high"].isna().all()
    assert (points["range_kind"] == "lowest_highest").all() and points["range_low"].notna().all()
    none = pretended(tiny, tmp_path / "b", Pretend(raises=frozenset([5, 6, 7]))).points
    assert (none["pairs"] == 0).all() and none[["mean", "low", "range_low"]].isna().all(axis=None)


def test_a_study_saved_without_its_points_opens_and_is_reproduced_without_a_difference(tiny, tmp_path):
    found = pretended(tiny, tmp_path / "store")
    folder = write_result(
        tmp_path / "old", "study", found.key, found.manifest(), {"runs": found.tables()["runs"]}
    )
    saved = sim.load_result(folder)
    assert set(saved.tables()) == {"runs"} and saved.points.equals(found.points)
    again = reproduce_many(folder, Workplace(engine=InProcess(Pretend())))
    assert again.same and again.files == ()


def test_a_condition_of_a_plan_is_a_factor_like_any_other(tmp_path: Path) -> None:
    """Where the plan waits until all estates are in the cycle, it costs what doing nothing does."""
    text = TINY.split("[[factors]]")[0].replace('base = "small_city"', 'base = "subsidy_reacting"')
    text = text.replace("replications = 3", "replications = 2").replace("months = 12", "months = 36")
    text = text.replace('"public_cost"', '"fiscal_spending"')
    level = '[[factors]]\nkey = "interventions.operating_subsidy.when.start.at_least"\nlevels = [0.05, 1.0]\n'
    reach = '[[factors]]\nkey = "interventions.operating_subsidy.where.start.months"\nlevels = [1, 18]\n'
    found = sim.study(
        write(tmp_path, text + level + reach), engine=InProcess(), store=tmp_path / "store", progress=False
    )
    runs = found.runs
    paid = runs.groupby([name for name in runs if name.startswith("interventions.")])[
        "fiscal_spending"
    ].mean()
    assert paid.loc[1.0].nunique() == 1, "it waits to the end, whichever estates it would reach"
    assert paid.loc[0.05, 1] > paid.loc[0.05, 18], (
        "estates that must have paid little for longer get it later"
    )
    assert paid.loc[0.05, 18] >= paid.loc[1.0, 1]
