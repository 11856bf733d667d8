"""Sensitivity measures of functions whose answer is known, of a tiny city, and of what must be refused."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pretend_runs import Pretend, pretend

from sim.errors import EstateError, StudyError
from sim.experiments.plan import Axis, plan_study, points_of
from sim.experiments.study_file import check_study, load_study
from sim.experiments.unmeasured import left_out, unmeasured
from sim.experiments.workplace import Workplace
from sim.model.parameters import PARAMETERS
from sim.results.engines import InProcess, Packed
from sim.results.folder import write
from sim.results.summary import pack
from sim.scenario import load
from sim.studies.sensitivity.analysis import analyse, elementary_effects, noise_of
from sim.studies.sensitivity.sensitivity import (
    Sensitivity,
    load_sensitivity,
    sensitivity,
    sensitivity_of_study,
)
from sim.studies.sensitivity.words import sentence_of
from sim.text import in_language

FACTORS = {"payment.base": (0.0, 2.0), "payment.norm_weight": (1.0, 5.0), "payment.trust_weight": (0.0, 1.0)}
STUDY = {
    "name": "s",
    "title": {"zh": "s", "en": "s"},
    "question": {"zh": "?", "en": "?"},
    "base": "vicious_cycle",
    "replications": 1,
    "outcomes": ["cycle_share"],
    "design": {"kind": "morris", "size": 4},
    "factors": [{"key": key, "low": low, "high": high} for key, (low, high) in FACTORS.items()],
}


class Known:
    """Runs whose outcomes are a known function of where the factors lie in their ranges, and luck
    that a seed adds everywhere."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken

    def __call__(self, planned_run) -> Packed:
        # a factor that is not varied lies in the middle
        first, second, third = (
            (planned_run.overrides.get(key, (low + high) / 2) - low) / (high - low)
            for key, (low, high) in FACTORS.items()
        )
        luck = float(np.random.default_rng(planned_run.seed).normal())
        scalars = pretend(1).scalars | {
            "cycle_share": 3 * first - 2 * second + luck,
            "exits": first * third,
            "arrears_end": 7.0,
            "collection_last_year": math.nan if self.broken and first > 0.9 else first,
        }
        summary = replace(pretend(planned_run.seed), scalars=scalars)
        return Packed(pack(summary), summary.digest())


def known(folder, method, size=None, broken=False, **options):
    """The sensitivity of the known function."""
    settings = {"factors": FACTORS, "outcomes": ("cycle_share", "exits", "arrears_end"), "replications": 2}
    return sensitivity(
        "vicious_cycle", method, size, store=folder, engine=InProcess(Known(broken)), **(settings | options)
    )


def test_morris_finds_the_slopes(tmp_path):
    table = known(tmp_path, "morris", 6).table.set_index(["outcome", "parameter"])
    straight = table.loc["cycle_share"]
    assert straight["mean_effect"].to_dict() == pytest.approx(
        {"payment.base": 3, "payment.norm_weight": -2, "payment.trust_weight": 0}
    )
    assert straight.index.tolist()[:2] == ["payment.base", "payment.norm_weight"] and straight[
        "spread"
    ].to_numpy() == pytest.approx(0, abs=1e-9)
    assert (straight["mean_size"] >= 0).all()
    joint = table.loc["exits"]
    assert joint.loc["payment.base", "spread"] > 0.1 and joint.loc["payment.norm_weight", "mean_size"] == 0
    assert (table.loc["arrears_end", "mean_size"] == 0).all()


def test_effects_of_single_pairs_of_runs_give_the_range_and_trajectories_the_interval():
    """A design of two trajectories of two parameters by hand, run with two seeds."""
    unit = np.array([[0.0, 0.0], [2 / 3, 0.0], [2 / 3, 2 / 3], [1.0, 1 / 3], [1.0, 1.0], [1 / 3, 1.0]])
    slopes = np.array([[0.3, -0.6], [0.9, 0.0]])  # of two seeds
    effects = elementary_effects(unit, unit @ slopes.T)
    assert effects == pytest.approx(np.broadcast_to(slopes.T, (2, 2, 2)))


@pytest.mark.parametrize("size", [2, 4, 7, 12])
def test_an_effect_on_a_share_stays_within_a_hundred_points_and_few_trajectories_have_no_interval(
    size, tmp_path
):
    axes = [Axis(key, low, high) for key, (low, high) in FACTORS.items()]
    data = STUDY | {"design": {"kind": "morris", "size": size}, "replications": 2}
    study = check_study(data, "test")
    points = points_of(study.design, axes)
    values = np.random.default_rng(size).integers(0, 2, (2 * len(points), 1)).astype(float)  # all or nothing
    table = analyse(study, axes, points, values.tolist(), 0.95).table
    bounds = table[["mean_effect_low", "mean_effect_high"]]
    assert bounds.notna().all(axis=None) == (size >= 5)
    for name in ("mean_effect_low", "mean_effect_high", "range_low", "range_high", "mean_size_high"):
        assert (table[name].dropna().abs() <= 1).all()
    assert (table["pairs"] == 2 * size).all() and (table["range_low"] <= table["range_high"]).all()
    found = Sensitivity(
        load("vicious_cycle"), {"morris": analyse(study, axes, points, values.tolist(), 0.95)}
    )
    told = " ".join(found.warnings())
    assert ("under five no interval" in told) == (size < 5) and ("are rough" in told) == (5 <= size < 10)
    assert (
        "lowest to highest of" in found.sentences()[-1]
        or "5th to 95th percentile of" in found.sentences()[-1]
    )


def test_sobol_finds_the_shares_of_variance():
    axes = [Axis(key, low, high) for key, (low, high) in FACTORS.items()]
    data = STUDY | {
        "design": {"kind": "sobol", "size": 512},
        "outcomes": ["cycle_share", "exits", "arrears_end"],
    }
    study = check_study(data, "test")
    points = points_of(study.design, axes)
    unit = np.array(
        [[(point[axis.key] - axis.low) / (axis.high - axis.low) for axis in axes] for point in points]
    )
    values = np.stack(
        [3 * unit[:, 0] - 2 * unit[:, 1], unit[:, 0] * unit[:, 2], np.full(len(points), 7.0)], axis=1
    )
    table = analyse(study, axes, points, values.tolist(), 0.95).table.set_index(["outcome", "parameter"])
    straight = table.loc["cycle_share"]
    for name in ("first", "total"):
        assert straight[name].to_dict() == pytest.approx(
            {"payment.base": 9 / 13, "payment.norm_weight": 4 / 13, "payment.trust_weight": 0}, abs=0.05
        )
    assert (
        (straight["total_low"] <= straight["total"]) & (straight["total"] <= straight["total_high"])
    ).all()
    assert straight.loc["payment.base", "direction"] > 0 > straight.loc["payment.norm_weight", "direction"]
    # a product of two uniform variables: 3/7 each alone, 1/7 together
    joint = table.loc["exits"]
    assert joint.loc["payment.base", "first"] == pytest.approx(3 / 7, abs=0.05)
    assert joint.loc["payment.trust_weight", "total"] == pytest.approx(4 / 7, abs=0.05)
    constant = table.loc["arrears_end"]
    assert constant["total"].isna().all() and (constant["note"] == "outcome does not vary").all()
    with pytest.raises(StudyError, match="all of them"):
        analyse(study, axes, points, values.tolist()[:-1], 0.95)


def test_both_screens_first(tmp_path):
    found = known(tmp_path, "both", {"morris": 4, "sobol": 4}, top=2, outcomes=("cycle_share",))
    assert found.screening is not None and found.indices is not None and found.final is found.indices
    assert [axis.key for axis in found.indices.axes] == ["payment.base", "payment.norm_weight"]
    assert len(found.indices.points) == 4 * 4


def test_luck_that_is_common_is_no_noise():
    slope = np.linspace(0, 1, 50)[:, None]
    luck = np.random.default_rng(1).normal(size=(1, 4))
    assert noise_of(slope + luck) == pytest.approx(0, abs=1e-12)
    own = np.random.default_rng(2).normal(size=(2000, 4))
    assert noise_of(own) == pytest.approx(1, abs=0.05)
    assert noise_of(slope + 0.1 * np.random.default_rng(3).normal(size=(50, 4))) < 0.1
    assert max(noise_of(np.random.default_rng(n).normal(size=(4, 2))) for n in range(20)) == 1, (
        "no more than all"
    )
    assert math.isnan(noise_of(slope))
    same_everywhere = np.tile(np.random.default_rng(4).random((1, 3)), (256, 1))
    assert math.isnan(noise_of(same_everywhere))  # no variance of which rounding could be a share


def test_incomplete_outcomes_are_refused(tmp_path):
    with pytest.raises(
        StudyError, match=r"collection_last_year: has no value in .* so no sensitivity is computed"
    ):
        known(tmp_path, "morris", 6, broken=True, outcomes=("cycle_share", "collection_last_year"))
    with pytest.raises(StudyError, match="have no result, so nothing is computed"):
        sensitivity(
            "vicious_cycle",
            "morris",
            2,
            factors=FACTORS,
            engine=InProcess(Pretend(raises=frozenset({2}))),
            store=tmp_path / "other",
        )


def test_default_factors_are_the_unmeasured_ones_with_a_range():
    chosen = unmeasured()
    assert chosen and all(
        PARAMETERS[key].status != "measured" and PARAMETERS[key].plausible == limits
        for key, limits in chosen.items()
    )
    assert not set(chosen) & set(left_out()) and "stage.collapsed_collection" not in chosen


@pytest.mark.parametrize(
    "method, size, options, words",
    [
        ("guess", None, {}, "method: found 'guess'"),
        ("sobol", 10, {}, "power of two"),
        ("both", 8, {}, "one number for both"),
        ("morris", 4, {"factors": ["payment.bas"]}, "did you mean 'payment.base'"),
        ("morris", 4, {"factors": {"payment.base": (1.0, 9.0)}}, "payment.base"),
        ("morris", 4, {"outcomes": ("cycle_sharee",)}, "did you mean 'cycle_share'"),
        ("morris", 4, {"top": 0}, "top"),
    ],
)
def test_bad_settings_are_refused(tmp_path, method, size, options, words):
    with pytest.raises(EstateError, match=words):
        known(tmp_path, method, size, **options)


def test_a_study_file_is_analysed_and_others_are_refused(tmp_path):
    place = Workplace(InProcess(Known()), tmp_path)
    found = sensitivity_of_study(check_study(STUDY, "test"), place)
    assert found.table["parameter"].iloc[0] == "payment.base"
    assert any("cannot be told apart" in line for line in found.warnings())
    with pytest.raises(StudyError, match="design"):
        sensitivity_of_study(
            check_study(STUDY | {"design": {"kind": "latin_hypercube", "size": 4}}, "test"),
            place,
        )
    with pytest.raises(StudyError, match="common"):
        sensitivity_of_study(check_study(STUDY | {"seeds": "independent"}, "test"), place)


def test_words_and_files(tmp_path):
    found = known(tmp_path / "store", "morris", 6)
    said = found.sentences()
    assert "readiness to pay" in said[0] and "+300.0 points" in said[0] and "nothing moves it" in said[2]
    assert "基础缴费意愿" in found.sentences("zh")[0] and "谈不上" in found.sentences("zh")[2]
    folder = found.save(tmp_path / "out")
    assert {path.name for path in folder.iterdir()} >= {
        "morris.parquet",
        "morris.csv",
        "morris_points.parquet",
        "manifest.json",
    }
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["analyses"]["morris"]["runs"] == 6 * 4 * 2 and manifest["key"] == found.key
    assert "<table" in found._repr_html_()


def test_the_shipped_study_varies_unmeasured_parameters_over_their_plausible_ranges():
    study, _ = load_study("sobol_unmeasured")
    assert study.design.kind == "sobol" and {factor.key for factor in study.factors} <= set(unmeasured())
    plan = plan_study(study.model_copy(update={"design": study.design.model_copy(update={"size": 1})}))
    assert len(plan.points) == len(study.factors) + 2
    assert {axis.key: (axis.low, axis.high) for axis in plan.axes} == {
        factor.key: unmeasured()[factor.key] for factor in study.factors
    }


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_the_range_of_every_outcome_over_all_runs_is_saved_and_read_back(method, tmp_path):
    found = known(tmp_path / "store", method, 16)
    folder = found.save(tmp_path / "out")
    rows = pd.read_parquet(folder / f"{method}_outcomes.parquet").set_index("outcome")
    assert rows.index.tolist() == ["cycle_share", "exits", "arrears_end"]
    for outcome, row in rows.iterrows():
        runs = np.sort(found.final.values[outcome].ravel())
        place = 0.05 * (runs.size + 1) - 1  # between which two runs the 5th percentile stands
        below = int(place)
        low = runs[below] + (place - below) * (runs[below + 1] - runs[below])
        assert row["range_low"] == pytest.approx(low) and row["range_high"] <= runs[-1]
        assert (row["pairs"], row["range_kind"]) == (runs.size, "p5_p95")
    again = load_sensitivity(folder)
    assert again.tables()[f"{method}_outcomes"].equals(found.tables()[f"{method}_outcomes"])
    assert Sensitivity.sentences(again, "en") == found.sentences("en")


def test_a_folder_without_the_ranges_of_outcomes_opens_and_none_are_made_up_from_means(tmp_path):
    found = known(tmp_path / "store", "morris", 6)
    tables = {name: table for name, table in found.tables().items() if name != "morris_outcomes"}
    folder = write(tmp_path / "old", "sensitivity", found.key, found.manifest(), tables)
    again = load_sensitivity(folder)
    assert set(again.tables()) == set(tables) and again.sentences("en") == found.sentences("en")
    told = Sensitivity.sentences(again, "en")
    assert (
        told == found.sentences("en")[: len(told)] and len(told) == 3
    )  # one an outcome, none on single runs


@pytest.mark.parametrize(
    ("total", "told"), [(0.93, "93%"), (1.04, "100%"), (1.47, "4 base points are too few to tell")]
)
def test_no_parameter_is_said_to_owe_more_than_all_of_the_variance(total: float, told: str) -> None:
    row = {"parameter": "payment.base", "outcome": "cycle_share_last_year", "unit": "share"}
    analysis: Any = SimpleNamespace(
        table=pd.DataFrame([row | {"total": total, "first": 0.5}]),
        main="total",
        method="sobol",
        study=SimpleNamespace(design=SimpleNamespace(size=4)),
    )
    with in_language("en"):
        said = sentence_of(analysis, "cycle_share_last_year", 24)
    assert told in said and "147%" not in said and "104%" not in said
