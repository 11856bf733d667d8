"""Comparisons of real runs of a tiny city, and of made-up runs that go wrong."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from paired_arms import arm, comparison
from pretend_runs import Pretend

from sim.errors import ScenarioError, StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import Interval
from sim.experiments.rescue import HARMED, RESCUED
from sim.experiments.study_file import check_study
from sim.results.engines import InProcess, execute, planned_runs_of
from sim.results.store import open_store
from sim.scenario import load, with_overrides
from sim.studies.comparison.arms import MEASURES, fates_of, prepare
from sim.studies.comparison.compare import Adaptive, compare, compare_study
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.decision_words import loss_name
from sim.studies.comparison.sheets import sheets_of
from sim.studies.comparison.withdrawal import Withdrawal, withdrawal_test
from sim.text import in_language

TINY = {"spin_up": 0, "city.estates": 20, "city.districts": 2, "companies.private": 4, "months": 24} | {
    f"types.{kind}.households_mean": 40 for kind in ("commodity", "unit_built", "three_no", "resettlement")
}
OUTCOMES = ("cycle_share", "satisfaction_last_year", "public_cost")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store for all tests here, so that no run is carried out twice."""
    with open_store(tmp_path_factory.mktemp("compare") / "store") as opened:
        yield opened


def tiny(store, *names, **options) -> Comparison:
    """A comparison of scenarios in a tiny city."""
    settings = {
        "replications": 8,
        "outcomes": OUTCOMES,
        "overrides": TINY,
        "engine": InProcess(),
        "store": store,
    }
    return compare(*names, **(settings | options))


@pytest.fixture(scope="module")
def found(store) -> Comparison:
    """Subsidy, and the baseline once more, against the baseline."""
    return tiny(store, "vicious_cycle", "subsidy_only", "vicious_cycle")


def test_differences_are_those_of_the_runs(found):
    base, arm = found.baseline, found.arm("subsidy_only")
    expected = (arm.scalars["satisfaction_last_year"] - base.scalars["satisfaction_last_year"]).mean()
    row = found.differences.set_index(["arm", "outcome"]).loc[("subsidy_only", "satisfaction_last_year")]
    assert row["difference"] == expected and row["low"] < expected < row["high"] and row["difference"] > 0
    assert found.differences.attrs["units"]["replications_needed"] == "runs"
    month = found.by_month().query("arm == 'subsidy_only' and series == 'satisfaction'").set_index("month")
    assert (month.loc[:12, "difference"] == 0).all() and month.loc[24, "difference"] > 0
    assert set(found.by_type["type"]) == set(base.scenario.types) and set(found.by_district["district"]) == {
        0,
        1,
    }
    # the last seed, carried out once more by itself
    assert (
        execute(planned_runs_of(arm.scenario, [8])[0]).scalars["cycle_share"]
        == arm.scalars["cycle_share"][-1]
    )


def test_identical_arms_give_exactly_zero(found):
    rows = found.differences[found.differences["arm"] == "vicious_cycle-2"]
    assert (rows["difference"] == 0).all() and rows[["low", "high"]].isna().all(axis=None)
    assert (rows["note"] == "no variation").all() and rows["replications_needed"].isna().all()
    rescues = found.rescues.set_index(["arm", "group"]).loc["vicious_cycle-2"]
    assert (rescues[["rescued", "harmed"]] == 0).all(axis=None) and (
        rescues["neither"] == rescues["estates"]
    ).all()
    assert found.costs.set_index("arm").loc["vicious_cycle-2", "verdict"] == "identical"
    assert "is the same as vicious_cycle in each of 8 replications" in found.sentences()[1]
    assert (found.by_month().query("arm == 'vicious_cycle-2'")["difference"].dropna() == 0).all()
    assert np.allclose(found.acceptability()["vicious_cycle-2"], found.acceptability()["vicious_cycle"])


def test_fates_follow_from_the_last_twelve_months(found):
    arm = found.arm("subsidy_only")
    fates = fates_of(found.baseline, arm)
    assert (found.baseline.in_cycle[fates == RESCUED]).all() and not arm.in_cycle[fates == RESCUED].any()
    months = [one.estates["cycle_months_last_year"] for one in (found.baseline, arm)]
    assert ((months[0] == 12) & (months[1] == 0) == (fates == RESCUED)).all()
    assert ((months[0] == 0) & (months[1] == 12) == (fates == HARMED)).all()
    table = found.fates[found.fates["arm"] == "subsidy_only"]
    assert (
        len(table) == 8 * 20
        and (table["fate"] == "rescued").sum() == found.rescued("subsidy_only").all_rescued
    )
    assert table["seed"].tolist() == [seed for seed in range(1, 9) for _ in range(20)]


def test_costs_are_those_of_the_ledger(found):
    spent = found.spending.query("arm == 'subsidy_only'").groupby("programme")["yuan"].sum()
    assert spent["operating_subsidy"] > 0
    assert spent.sum() == pytest.approx(found.arm("subsidy_only").scalars["public_cost"].mean())
    cost = found.costs.set_index("arm").loc["subsidy_only"]
    assert cost["cost"] == pytest.approx(found.plane.query("arm == 'subsidy_only'")["cost"].mean())
    assert cost["price"] == pytest.approx(cost["cost"] / cost["effect"]) or math.isnan(cost["price"])


def _against_doing_nothing(shares: np.ndarray) -> Comparison:
    """A comparison in which seed by seed these shares of estates are in the cycle,
    without the policy none."""
    zeros = np.zeros(shares.size)
    estates = np.zeros((shares.size, 40), bool)
    return comparison(arm("nothing", estates, zeros, zeros), arm("policy", estates, zeros, zeros, shares))


@pytest.mark.parametrize("pairs, kind", [(39, "lowest_highest"), (40, "p5_p95"), (160, "p5_p95")])
def test_what_may_happen_is_told_apart_from_how_precisely_the_mean_is_known(pairs, kind):
    shares = np.random.default_rng(3).normal(0.4, 0.1, pairs)
    made = _against_doing_nothing(shares)
    row = made.differences.set_index("outcome").loc["cycle_share"]
    assert (row["range_kind"], row["pairs"]) == (kind, pairs)
    held = (shares >= row["range_low"]) & (shares <= row["range_high"])
    assert held.mean() == pytest.approx(1.0 if kind == "lowest_highest" else 0.9, abs=0.04)
    assert row["high"] - row["low"] < (row["range_high"] - row["range_low"]) / 4
    sentence, other = made.sentences("en")[0], made.sentences("zh")[0]
    named = "lowest to highest" if kind == "lowest_highest" else "5th to 95th percentile"
    ends = [f"{100 * row[name]:.1f}" for name in ("range_low", "range_high")]
    assert f"what may happen: a change of {ends[0]} to {ends[1]} points, {named} of {pairs} pairs" in sentence
    assert f"{ends[0]}至{ends[1]}个百分点" in other and f"{pairs}对运行的" in other
    group = made.by_type[made.by_type["measure"] == "cycle_share_last_year"]
    assert (group["pairs"] == pairs).all() and (group["range_low"] == 0).all()


def test_one_mean_has_one_interval_wherever_it_stands(found):
    whole = found.public_cost_ranges.query("arm == 'subsidy_only' and first_year == 1 and last_year == 2")
    total = whole.query("bearer == 'public_cost' and price == 'constant'").iloc[0]
    row = found.differences.set_index(["arm", "outcome"]).loc[("subsidy_only", "public_cost")]
    assert total["more"] == pytest.approx(row["difference"]) and row["low"] < row["high"]
    assert (total["more_low"], total["more_high"]) == pytest.approx((row["low"], row["high"]), rel=1e-9)


def test_estates_served_without_a_fee_stand_beside_collection(store):
    outcomes = ("collection_billing_last_year", "public_cost")
    found = tiny(store, "vicious_cycle", "fallback_only", "vicious_cycle", outcomes=outcomes)
    said = [line for line in found.sentences() if "without a fee" in line]
    assert len(said) == 1 and said[0] in found.report("en").finding
    own, base = (
        float(arm.scalars["served_without_fee_last_year"].mean())
        for arm in (found.arm("fallback_only"), found.baseline)
    )
    assert own != base
    assert f"vicious_cycle {100 * base:.1f}%" in said[0] and f"fallback_only {100 * own:.1f}%" in said[0]
    assert f"{100 * abs(own - base):.1f} points" in said[0] and "same in every pair" in said[0]
    assert not any(
        "without a fee" in line for line in tiny(store, "vicious_cycle", "subsidy_only").sentences()
    )


def test_acceptability_over_pairs_is_the_share_of_pairs_that_are_worth_their_price():
    zeros, years = np.zeros(20), np.repeat([-1.0, 3.0], [15, 5])  # fewer years in the cycle in fifteen pairs
    estates = np.zeros((20, 40), bool)
    made = comparison(arm("nothing", estates, zeros, zeros), arm("policy", estates, zeros + 100.0, years))
    asked = np.array([50.0, 150.0])
    table = made.acceptability(asked, over="pairs")
    assert table["policy"].tolist() == [0.0, 0.75] and table["nothing"].tolist() == [1.0, 0.25]
    assert made.tables()["acceptability_pairs"].shape == made.tables()["acceptability"].shape
    with pytest.raises(StudyError, match="over: found 'seeds'"):
        made.acceptability(over="seeds")
    few = _against_doing_nothing(np.array([0.1, 0.5, 0.9]))
    assert few.acceptability().isna().all(axis=None) and few.acceptability(over="pairs").notna().all(
        axis=None
    )


def test_three_pairs_have_a_range_and_no_interval():
    made = _against_doing_nothing(np.array([0.1, 0.5, 0.9]))
    row = made.differences.set_index("outcome").loc["cycle_share"]
    assert math.isnan(row["low"]) and (row["range_low"], row["range_high"]) == (0.1, 0.9)
    assert "no interval: fewer than 5 replications" in made.sentences()[0]
    assert "lowest to highest of 3 pairs" in made.sentences()[0]


def test_over_an_ensemble_the_range_contains_the_parameters_and_the_interval_does_not(found):
    members = Ensemble("tried", ({"owners.payment_response": 1.0}, {"owners.payment_response": 2.0}))
    assert "What may happen contains luck only" in found.warnings()[0]
    said = replace(found.settings, ensemble=members)
    over = Comparison(found.arms, found.seeds, said, found.digest, 0)
    told = over.warnings()[0]
    assert "What may happen contains luck and the uncertainty of the parameters: 2 of the 2" in told
    assert "Intervals say only how precisely the mean" in told


def test_few_replications_are_warned_of(found):
    assert any("Only 8 replications" in line for line in found.warnings())
    assert found._repr_html_().count("<p>") >= 3


def test_saved_tables_can_be_read(found, tmp_path):
    folder = found.save(tmp_path / "result")
    names = {path.stem for path in folder.glob("*.parquet")}
    assert names == set(found.tables()) == {path.stem for path in folder.glob("*.csv")}
    written = pd.read_parquet(folder / "differences.parquet")
    written["note"] = written["note"].fillna("")  # a text that is not there is null in a file
    assert written.equals(found.differences.reset_index(drop=True))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (
        manifest["digest"] == found.digest
        and manifest["seeds"] == list(range(1, 9))
        and list(manifest["arms"]) == [a.name for a in found.arms]
    )
    assert not list(folder.glob(".*"))


def test_again_carries_nothing_out_and_is_the_same(found, store):
    again = tiny(store, "vicious_cycle", "subsidy_only", "vicious_cycle")
    assert again.executed == 0 and again.key == found.key and again.differences.equals(found.differences)


def test_adaptive_replications_stop_at_the_first_look_that_is_enough(store):
    wide = tiny(store, "vicious_cycle", "subsidy_only", adaptive=Adaptive(width=1.0, looks=(6, 8, 10)))
    assert [look.replications for look in wide.looks] == [6] and len(wide.seeds) == 6 and wide.looks[0].enough
    assert wide.interval_level == pytest.approx(1 - 0.05 / 3)
    narrow = tiny(store, "vicious_cycle", "subsidy_only", adaptive=Adaptive(width=1e-9, looks=(6, 8)))
    assert len(narrow.looks) == 2 and not narrow.looks[-1].enough
    assert any("6, 8" in line and "97.5%" in line for line in narrow.warnings()) and any(
        "still wider" in line for line in narrow.warnings()
    )
    same = tiny(store, "vicious_cycle", "vicious_cycle", adaptive=Adaptive(width=1e-9, looks=(6, 8)))
    assert len(same.looks) == 1


@pytest.mark.parametrize(
    "adaptive, words",
    [
        (Adaptive(0.0), "width"),
        (Adaptive(1.0, (10, 10)), "looks"),
        (Adaptive(1.0, (2, 10)), "looks"),
        (Adaptive(1.0, outcome="exits"), "outcome"),
    ],
)
def test_adaptive_settings_are_checked(store, adaptive, words):
    with pytest.raises(StudyError, match=words):
        tiny(store, "vicious_cycle", "subsidy_only", adaptive=adaptive)


def test_missing_runs_are_refused(tmp_path):
    engine = InProcess(Pretend(raises=frozenset({3})))
    with pytest.raises(StudyError, match="2 of 12 runs have no result, so nothing is computed") as error:
        compare("vicious_cycle", "subsidy_only", replications=6, engine=engine, store=tmp_path)
    assert "seed 3" in str(error.value)


def test_an_outcome_without_a_value_has_no_interval(tmp_path):
    # made-up runs have no collection rate with every fifth seed
    made = compare(
        "vicious_cycle",
        "subsidy_only",
        replications=6,
        engine=InProcess(Pretend()),
        store=tmp_path,
        outcomes=("cycle_share", "collection_last_year"),
    )
    row = made.differences.set_index("outcome").loc["collection_last_year"]
    assert row["note"] == "no value" and math.isnan(row["difference"]) and math.isnan(row["low"])
    assert any("has no interval" in line for line in made.warnings())


@pytest.mark.parametrize(
    "names, options, words",
    [
        (("vicious_cycle",), {}, "two or more"),
        (("vicious_cycle", "subsidy_only"), {"outcomes": ("cycle_sharee",)}, "did you mean 'cycle_share'"),
        (("vicious_cycle", "subsidy_only"), {"outcomes": ()}, "at least one"),
        (("vicious_cycle", "subsidy_only"), {"differences": {"nothing": 1.0}}, "nothing"),
        (("vicious_cycle", "subsidy_only"), {"seeds": [1, 1]}, "all different"),
        (("vicious_cycle", "subsidy_only"), {"level": 95.0}, "level"),
        (("vicious_cycle", "small_city"), {"overrides": {}}, "same city"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_runs(store, names, options, words):
    def forbidden(planned_run):
        raise AssertionError("a run was carried out")

    with pytest.raises(StudyError, match=words):
        tiny(store, *names, **({"engine": InProcess(forbidden)} | options))


def test_months_must_agree_and_settings_reach_the_arms_that_have_them():
    base, longer = load("vicious_cycle"), with_overrides(load("subsidy_only"), {"months": 60})
    with pytest.raises(StudyError, match="months: found 60, allowed 120"):
        prepare([base, longer], None, {})
    assert {s.months for s in prepare([base, longer], 36, {}).values()} == {36}
    arms = prepare(
        [base, "subsidy_only"], None, {"interventions.operating_subsidy.start": 25, "payment.base": 1.0}
    )
    assert (
        arms["subsidy_only"].interventions[0].start == 25
        and arms["vicious_cycle"].parameter_values()["payment.base"] == 1.0
    )
    with pytest.raises(ScenarioError, match="no such intervention"):
        prepare([base, "subsidy_only"], None, {"interventions.nothing.start": 3})


STUDY = {
    "name": "arms",
    "title": {"zh": "a", "en": "a"},
    "question": {"zh": "?", "en": "?"},
    "base": "vicious_cycle",
    "replications": 8,
    "changes": TINY,
    "outcomes": list(OUTCOMES),
    "design": {"kind": "grid"},
    "factors": [{"key": "scenario", "levels": ["subsidy_only", "vicious_cycle"]}],
}


def test_a_study_of_scenarios_is_a_comparison_with_its_base_as_baseline(store, found):
    made = compare_study(check_study(STUDY, "test"), engine=InProcess(), store=store)
    assert made.executed == 0 and [arm.name for arm in made.arms] == ["vicious_cycle", "subsidy_only"]
    assert made.interval("subsidy_only", "cycle_share") == found.interval("subsidy_only", "cycle_share")
    other = STUDY | {"factors": [*STUDY["factors"], {"key": "payment.base"}]}
    with pytest.raises(StudyError, match="one factor"):
        compare_study(check_study(other, "test"), engine=InProcess(), store=store)
    with pytest.raises(StudyError, match="common"):
        compare_study(check_study(STUDY | {"seeds": "independent"}, "test"), store=store)


def test_withdrawal_is_measured_against_never_and_kept(store):
    settings = {"overrides": TINY, "replications": 8, "engine": InProcess(), "store": store}
    test = withdrawal_test("subsidy_only", 18, **settings)
    (one,) = test.tests
    assert one.programme == "operating_subsidy" and one.lost == pytest.approx(one.ended - one.kept)
    never, kept, ended = one.comparison.arms
    assert (
        never.scalars["public_cost"].mean()
        <= ended.scalars["public_cost"].mean()
        < kept.scalars["public_cost"].mean()
    )
    # nothing differs before the programme ends
    assert np.array_equal(kept.series["satisfaction"][:, :19], ended.series["satisfaction"][:, :19])
    assert test.table.loc[0, "kept"] == one.kept and len(test.sentences("zh")) == 1
    for month in (5, 24):
        with pytest.raises(StudyError, match="allowed 13 to 23"):
            withdrawal_test("subsidy_only", month, **settings)
    with pytest.raises(StudyError, match="no programme"):
        withdrawal_test("vicious_cycle", 18, **settings)
    with pytest.raises(StudyError, match="found 'nothing'"):
        withdrawal_test("subsidy_only", 18, programmes=["nothing"], **settings)
    _what_remains_in_words(test)


def _what_remains_in_words(test: Withdrawal) -> None:
    """A share of an effect is a share only between nothing and more; below nothing it is said in words."""

    def said(kept: float, ended: float, low: float, high: float) -> str:
        one = replace(
            test.tests[0],
            outcome="cycle_share_last_year",
            kept=kept,
            ended=ended,
            remains=ended / kept,
            remains_interval=Interval(low, high),
        )
        return Withdrawal(test.scenario, [one]).sentences("en")[0]

    assert "50% of the effect remains" in said(-0.2, -0.1, 0.4, 0.6)
    assert "nothing of the effect can be seen to remain (estimate 5%" in said(-0.2, -0.01, -0.1, 0.2)
    worse = said(-0.02, 0.07, -12.0, -2.0)
    assert "worse than if it had never been" in worse and "% of the effect" not in worse
    assert "the opposite" in said(0.02, -0.07, -12.0, -2.0)


def test_arms_that_differ_in_one_figure_alone_are_not_called_the_same(found):
    arm = found.arm("vicious_cycle-2")
    assert found.same_in_everything(arm.name)
    free = arm.scalars["served_without_fee_last_year"].copy()
    arm.scalars["served_without_fee_last_year"] = free + 0.01
    try:
        assert not found.same_in_everything(arm.name)
        assert not any("is the same as" in line for line in found.sentences())
    finally:
        arm.scalars["served_without_fee_last_year"] = free
    assert "is the same as" in found.sentences()[1]


def test_figures_of_a_group_are_of_the_last_year_like_the_headline(found):
    arm = found.arm("subsidy_only")
    share = arm.group_means("cycle", "type")
    assert (share == arm.by_type["cycle"][:, :, -12:].mean(axis=2)).all()
    sizes = np.array(list(arm.scenario.estates_by_type().values()))
    assert np.allclose(share @ sizes / sizes.sum(), arm.scalars["cycle_share_last_year"])


def test_tables_of_groups_of_before_keep_the_months_that_they_are_of():
    """Months in the cycle were then of the whole run, under the name of the series."""

    def told(made: Comparison) -> tuple[str, str, str, str]:
        with in_language("en"):
            (table,) = (one for one in made.report("en").gains if one.caption.startswith("Change by type"))
            (measure,) = (one for one in made.by_type["measure"].unique() if one.startswith("cycle"))
            row = {"figure": measure, "by": "district", "group": "1"}
            return (
                table.caption,
                table.columns[2],
                sheets_of(made).words["measure"][measure],
                loss_name(made, row),
            )

    shares = np.full(5, 0.4)
    made, before = _against_doing_nothing(shares), _against_doing_nothing(shares)
    caption, head, *names = told(made)
    assert "the last year" in caption and "year" not in head
    assert all("last year" in name and "whole run" not in name for name in names)
    before.__dict__["by_type"] = made.by_type.replace({"measure": MEASURES})
    caption, head, *names = told(before)
    assert "year" not in caption
    assert all("whole run" in name and "last year" not in name for name in (head, *names)), (head, names)
