"""Calibration finds what is known of a stand-in, looks at no held-out pattern, goes on where it
stopped, and covers the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from stand_in import FREE, StandIn, patterns_of

import sim
from sim.errors import ScenarioError, StudyError
from sim.evidence.patterns import Target
from sim.experiments.ensemble import load_ensemble
from sim.model.parameters import PARAMETERS
from sim.results.folder import json_text, sealed
from sim.studies.calibration.calibration import FREE as DEFAULT_FREE
from sim.studies.calibration.calibration import Calibration, calibrate
from sim.studies.calibration.fit import Emulators, Spreads
from sim.studies.calibration.posterior import FLOOR, Reported, discrepancy_of, weights_of
from sim.text import in_language

RUNS = 120


def fit(tmp_path: Path, engine: StandIn | None = None, **options: object) -> Calibration:
    given = {
        "free": FREE,
        "runs": RUNS,
        "members": 100,
        "truths": 0,
        "scored": 0,
        "store": tmp_path / "store",
        "engine": engine or StandIn(),
    } | options
    return calibrate(patterns_of(), **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    return fit(tmp_path_factory.mktemp("calibration"), truths=40, scored=5)


@pytest.fixture(scope="module", autouse=True)
def short_chains() -> Iterator[None]:
    """Three parameters forget their start soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.studies.calibration.calibration.STEPS", 50)
        patch.setattr("sim.studies.calibration.posterior.STEPS", 60)
        yield


@pytest.mark.parametrize("method", ["emulator", "rejection"])
def test_what_the_patterns_say_is_learned_and_nothing_else(tmp_path: Path, method: str) -> None:
    table = fit(tmp_path, method=method).parameters.set_index("parameter")
    true_base, true_norm = 1.0, 3.0  # collection 0.50, satisfaction 0.70
    assert table.loc["payment.base", "p5"] < true_base < table.loc["payment.base", "p95"]
    assert table.loc["payment.norm_weight", "p5"] < true_norm < table.loc["payment.norm_weight", "p95"]
    # both patterns are of one report, and so count for one and a third
    assert (table.loc[["payment.base", "payment.norm_weight"], "narrower"] > 0.2).all()
    assert abs(table.loc["grievance.decay", "narrower"]) < 0.35, "no pattern says anything of it"
    assert table.loc["grievance.decay", "moved"] < table.loc["payment.base", "moved"]


def test_patterns_that_say_nothing_are_named(found: Calibration) -> None:
    reasons = found.statistics.set_index("pattern")["silent"]
    assert reasons["always"] == "no change" and reasons["never"] == "no value" and reasons["paid"] == ""
    assert any("Say nothing" in line for line in found.warnings("en")) and any(
        "没有信息" in line for line in found.warnings("zh")
    )


def test_consistency_checks_and_what_cannot_be_measured_are_not_fitted_to(found: Calibration) -> None:
    assert set(found.statistics["pattern"]) == {"paid", "liked", "always", "never"}
    assert found.scores is not None
    assert {use: of for use, (_, of) in found.scores.counts().items()} == {
        "calibration": 4,
        "held_out": 1,
        "consistency": 1,
    }


def test_nothing_that_is_held_out_is_run_before_the_fit_is_done(tmp_path: Path) -> None:
    engine = StandIn()
    made = fit(tmp_path, engine)
    assert {planned_run.scenario.name for planned_run in engine.seen} == {
        "small_city"
    } and made.scores is None
    fitted = len(engine.seen)
    scored = fit(tmp_path, engine, scored=5)
    assert {planned_run.scenario.name for planned_run in engine.seen[fitted:]} == {
        "small_city",
        "vicious_cycle",
    }
    assert scored.ensemble == made.ensemble, "scoring comes after the fit and does not change it"
    assert scored.scores is not None and scored.scores.counts()["held_out"][1] == 1


def test_what_was_run_is_not_run_again_and_the_result_is_the_same(tmp_path: Path) -> None:
    whole = fit(tmp_path / "whole")
    engine = StandIn()
    for after in (30, 100):
        engine.stop_after = after
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "parts", engine)
    engine.stop_after = 10**9
    resumed = fit(tmp_path / "parts", engine)
    assert len(engine.seen) == whole.executed and resumed.digest == whole.digest
    again = fit(tmp_path / "parts", engine)
    assert again.executed == 0 and again.digest == whole.digest


def test_the_truth_lies_inside_as_often_as_it_should(found: Calibration) -> None:
    """Binomial: 40 truths leave 0.5 ± 0.16 and 0.9 ± 0.1."""
    tried = found.coverage
    assert tried is not None and tried.truths == 40
    for name in (*FREE, "outcome"):
        (half, _), (wide, _) = tried.share(name, 0.5), tried.share(name, 0.9)
        assert 0.25 <= half <= 0.75 and wide >= 0.75, name
    assert tried.width["payment.base"] < 0.5 < tried.width["grievance.decay"]


def test_a_calibration_is_saved_and_read(found: Calibration, tmp_path: Path) -> None:
    path = found.save(tmp_path)
    held = load_ensemble(path)
    assert held.members == found.ensemble.members and held.warnings() == []
    manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert manifest["model_source_hash"] == held.model_source_hash and len(manifest["patterns_sha256"]) == 64
    assert manifest["versions"]["sim"] == sim.__version__
    assert manifest["diagnostics"]["truths"] == 40 and manifest["scores"]["passed"]["held_out"]["of"] == 1
    packed = sim.archive(tmp_path, tmp_path / "cited.zip")
    assert packed.scenarios == tuple({one["name"] for one in manifest["scenarios"]}), "those of its patterns"
    assert sim.verify(packed.path).whole
    path.with_suffix(".json").write_text(
        json_text(sealed(manifest | {"model_source_hash": "of another model"})), encoding="utf-8"
    )
    assert "another version of the model" in load_ensemble(path).warnings("en")[0]
    assert "另一版本" in load_ensemble(path).warnings("zh")[0]


def test_it_is_drawn_and_told_in_both_languages(found: Calibration, tmp_path: Path) -> None:
    from sim.studies.calibration.chart import save_posterior_chart

    for lang in ("zh", "en"):
        with in_language(lang):
            assert save_posterior_chart(found, tmp_path / "made.csv").stat().st_size > 10_000
        assert found.sentences(lang) and "made" not in found._repr_html_()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"free": ["payment.bse"]}, r"did you mean 'payment\.base'"),
        ({"free": ["committee.cooldown"]}, "no plausible range"),
        ({"free": {"payment.base": (0.0, 99.0)}}, "within -3 to 3"),
        ({"free": []}, "at least one"),
        ({"runs": 20}, "allowed 70 or more"),
        ({"method": "guess"}, "emulator or rejection"),
        ({"members": 1}, "2 or more"),
    ],
)
def test_what_cannot_be_is_one_clear_error(tmp_path: Path, options: dict[str, object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        fit(tmp_path, **options)


def test_a_parameter_that_a_pattern_sets_is_not_free(tmp_path: Path) -> None:
    from pattern_files import file_of

    from sim.evidence.patterns import check_patterns

    (pattern,) = check_patterns(file_of(settings={"payment.base": 1.0}), "mine.toml")
    with pytest.raises(StudyError, match="pattern some sets it"):
        calibrate([pattern], free=["payment.base"], store=tmp_path, engine=StandIn())


def test_the_default_parameters_are_unmeasured_and_have_ranges() -> None:
    for key in DEFAULT_FREE:
        one = PARAMETERS[key]
        assert one.status != "measured" and one.plausible is not None and one.plausible[0] < one.plausible[1]


def test_agreement_falls_with_distance_and_never_below_its_floor() -> None:
    reported = Reported.of(
        [Target(low=0.6, high=0.7), Target(low=0.9), Target(value=5.0, tolerance=1.0)],
        np.array([0.02, 0.02, 0.5]),
    )
    means = np.array([[0.65, 0.99, 5.0], [0.60, 0.90, 6.0], [0.50, 0.80, 9.0]])
    agreed = reported.agreement(means)
    assert (np.diff(agreed, axis=0) < 0).all() and agreed[0] == pytest.approx([1.0, 1.0, 1.0], abs=1e-4)
    assert agreed[1][1] == pytest.approx(0.5), "at the only bound, half of what luck may do lies inside"
    far = reported.log_likelihood(np.array([[0.0, 0.0, 99.0], [-9.0, -9.0, 999.0]]))
    assert far[0] == far[1] == pytest.approx(3 * np.log(FLOOR)), (
        "what is out of reach does not pull the parameters"
    )
    assert reported.implausibility(means)[2] == pytest.approx([5.0, 5.0, 6.0])
    point = Reported(np.array([0.5]), np.array([0.5]), np.array([0.1]))
    assert point.agreement(np.array([[0.6]]))[0, 0] == pytest.approx(np.exp(-0.5))
    assert discrepancy_of(Target(low=0.6, high=0.7)) == pytest.approx(0.025) and discrepancy_of(
        Target(low=0.9)
    ) == pytest.approx(0.045)


def test_emulators_say_how_far_they_are_off() -> None:
    rng = np.random.default_rng(1)
    points, asked = rng.random((80, 2)), rng.random((500, 2))

    def model(x: np.ndarray) -> np.ndarray:
        return np.column_stack([np.sin(5 * x[:, 0]) + x[:, 1], x @ [1.0, -2.0], np.full(len(x), 3.0)])

    luck = np.array([0.05, 0.05, 0.0])
    values = model(points) + luck * rng.standard_normal((80, 3))
    made = Emulators(points, values, luck**2)
    off = np.sqrt(((made.means(asked) - model(asked)) ** 2).mean(axis=0))
    assert off[0] < 0.08 and off[1] < 0.05 and off[2] < 1e-9
    assert made.error[0] < 0.15 and made.error[2] == 0
    values[::4, 0] = np.nan
    assert np.isfinite(Emulators(points, values, luck**2).means(asked)).all()


def test_the_function_is_part_of_the_package() -> None:
    assert sim.calibrate is calibrate and sim.load_ensemble is load_ensemble


def test_coverage_bears_a_statistic_that_has_no_value_in_one_set_only() -> None:
    """That set may lie in the fold that is left out, and the fit without it must
    still know the same statistics."""
    from sim.studies.calibration.calibration import coverage
    from sim.studies.calibration.design import Sets
    from sim.studies.calibration.fit import Fit

    rng, patterns = np.random.default_rng(3), patterns_of(held_out=False)[:2]
    points = rng.random((40, 1))
    values = points @ [[0.5, -0.3]] + 0.01 * rng.standard_normal((40, 2))
    values[0, 1] = np.nan
    sets, luck = Sets(points, values, points[:, 0]), np.full(3, 1e-4)
    found = coverage(patterns, ["payment.base"], sets, 40, Fit(patterns, sets, luck), luck, 8, 1)
    assert found is not None and found.truths == 8 and found.share("payment.base", 0.9)[0] >= 0.5


def test_what_ships_can_be_read_and_says_where_it_comes_from() -> None:
    from sim.experiments.ensemble import folders

    shipped = sorted(folders()[-1].glob("*.csv"))
    if not shipped:
        pytest.skip("no ensemble ships with this version")
    for path in shipped:
        held = load_ensemble(path)
        manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert (
            len(held.members) >= 50
            and manifest["members_digest"] == held.digest
            and manifest["diagnostics"]["truths"] >= 20
        )
        assert held.model_source_hash == manifest["model_source_hash"]


def test_coverage_is_called_wrong_only_beyond_chance() -> None:
    from sim.studies.calibration.calibration import Coverage

    def held(inside: int) -> Coverage:
        column = np.arange(40)[:, None] < np.array([20, inside])
        names = ["payment.base", "outcome", *(f"another {number}" for number in range(11))]
        return Coverage(dict.fromkeys(names, column), dict.fromkeys(names, 0.5))

    assert (
        held(36).holds("payment.base", 0.9)
        and held(31).holds("payment.base", 0.9)
        and not held(24).holds("payment.base", 0.9)
    )


def test_the_spread_follows_the_luck_where_luck_differs_and_is_flat_where_it_does_not() -> None:
    """Luck grows twentyfold along the first parameter of one statistic and not along the other's."""
    rng = np.random.default_rng(5)
    points = rng.random((300, 3))
    grows, flat = 0.01 * 20 ** points[:, 0], np.full(300, 0.05)
    left = np.column_stack([grows, flat]) * rng.standard_normal((300, 2))
    left[::7, 1] = np.nan
    ends = Spreads(points, left).at(np.array([[0.05, 0.5, 0.5], [0.95, 0.5, 0.5]]))
    assert ends[1, 0] / ends[0, 0] > 8, "the sparing of slopes leaves most of a growth by 15"
    assert 0.7 < ends[1, 1] / ends[0, 1] < 1.4 and ends[0, 1] == pytest.approx(0.05, rel=0.25)
    silent = Spreads(points, np.zeros((300, 1))).at(points)
    assert (silent < 1e-6).all() and (silent == silent[0]).all()


def test_patterns_of_one_city_count_for_less_than_as_many_cities() -> None:
    assert list(weights_of(["wuhan", "", "gejiu", ""])) == [1.0] * 4
    pair, three = weights_of(["wuhan", "wuhan"]), weights_of(["wuhan"] * 3)
    assert 1 < pair.sum() < 2 and pair.sum() < three.sum() < 3
    means, target = np.array([[0.3]]), Target(low=0.6, high=0.7)
    one = Reported.of([target], np.array([0.1])).log_likelihood(means)
    twice = Reported.of([target] * 2, np.array([0.1] * 2), weights=pair).log_likelihood(means.repeat(2, 1))
    assert 2 * one[0] < twice[0] < one[0] < 0


def test_luck_that_statistics_share_is_not_counted_twice() -> None:
    """Two readings of nearly the same thing, both one spread off, say hardly more than one of them."""
    values, spread = np.zeros(2), np.ones(2)
    off = np.array([[1.0, 1.0]])
    alone = Reported(values[:1], values[:1], spread[:1], floor=0.0).log_likelihood(off[:, :1])[0]
    apart = Reported(values, values, spread, floor=0.0).log_likelihood(off)[0]
    related = np.linalg.inv(np.array([[1.0, 0.95], [0.95, 1.0]]))
    together = Reported(values, values, spread, floor=0.0, related=related).log_likelihood(off)[0]
    assert apart == pytest.approx(2 * alone) and together == pytest.approx(alone, rel=0.05)


def test_the_centre_is_a_member_and_no_mixture_of_medians(found: Calibration) -> None:
    points = found.sample.points
    chosen = points[found.centre]
    off = np.abs(points - points.mean(axis=0)) / points.std(axis=0)
    assert off[found.centre].max() < np.median(off.max(axis=1)), "nearer than half of all members"
    assert found.manifest()["centre"]["member"] == found.centre
    low, high = np.array(list(found.ranges.values())).T
    held = list(found.ensemble.members[found.centre].values())
    assert held == pytest.approx(low + (high - low) * chosen, rel=1e-4)
    assert f" {found.centre} " in " ".join(found.sentences("en"))


def test_a_variant_that_cannot_show_what_was_reported_weighs_less(tmp_path: Path) -> None:
    without = {"without": {"loops.norm": False}}
    made = fit(tmp_path, variants=without)
    weights = made.weights
    assert weights is not None and list(weights["variant"]) == ["as_it_is", "without"]
    assert weights["weight"].sum() == pytest.approx(1) and weights["weight"][0] > 0.9
    assert weights["behind"][0] == 0 < weights["behind"][1]
    made.save(tmp_path / "saved")
    assert (tmp_path / "saved" / "calibrated_without.csv").exists()
    stated = json.loads((tmp_path / "saved" / "calibrated_without.json").read_text(encoding="utf-8"))
    assert stated["variant_settings"] == without["without"]
    assert "without" in " ".join(made.sentences("en")) and "without" in " ".join(made.sentences("zh"))
    alike = fit(tmp_path, variants={"same": {"loops.norm": True}}).weights
    assert alike is not None and alike["behind"].max() == pytest.approx(0, abs=1e-9)
    with pytest.raises(ScenarioError, match=r"mechanisms\.persistance"):
        fit(tmp_path, variants={"typo": {"mechanisms.persistance": False}})
    with pytest.raises(StudyError, match="sets it"):
        fit(tmp_path, variants={"free": {"payment.base": 1.0}})


@pytest.mark.parametrize("stated", ["memoryless", "memoryless:", "a b:payment.base=1"])
def test_a_variant_is_stated_by_name_and_settings(stated: str) -> None:
    from sim.studies.calibration.work import stated_variants

    assert stated_variants(["one:mechanisms.cases=false,payment.base=1"]) == {
        "one": {"mechanisms.cases": False, "payment.base": 1}
    }
    with pytest.raises(StudyError, match="--variant"):
        stated_variants([stated])
