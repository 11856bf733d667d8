"""Robust plans: worlds whose regret, satisficing and failing region are known by construction, through the
whole command, whose runs are made up from what their scenario says."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pretend_runs import Pretend, pretend

import sim
from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, load_ensemble, with_member
from sim.model.parameters import PARAMETERS
from sim.results.engines import InProcess, Packed, PlannedRun
from sim.results.folder import CSV, write
from sim.results.summary import pack
from sim.scenario import load, with_overrides
from sim.studies.robustness.brief import brief_of
from sim.studies.robustness.robust import Robustness
from sim.studies.robustness.variants import variants_of
from sim.studies.robustness.weakened import CARRIERS, weakened
from sim.studies.robustness.words import input_name
from sim.studies.robustness.worlds import World, drawn, planned
from sim.text import in_language, say

VACANT, NORM = "types.*.vacancy", "payment.norm_weight"
FACTORS = {VACANT: (0.0, 0.5), NORM: (2.0, 5.0)}
PLANS = ("vicious_cycle", "subsidy_only", "fallback_only")


@dataclass(frozen=True)
class Built(Pretend):
    """Nothing leaves 60 % of the estates in the cycle. The subsidy leaves 10 %, but 50 % where more than 20 %
    of the flats stand empty and the norm weighs more than 3, and everywhere without contracts. The fallback
    leaves 25 %, whatever happens, and 27 % without contracts."""

    def __call__(self, planned_run: PlannedRun) -> Packed:
        scenario = planned_run.scenario
        self._mark(planned_run.seed)
        vacancy = {one.vacancy for one in scenario.types.values()}
        assert len(vacancy) == 1
        hard = vacancy.pop() > 0.2 and scenario.parameter_values()[NORM] > 3
        none = not scenario.mechanisms.contracts
        share = {
            "vicious_cycle": 0.6,
            "subsidy_only": 0.5 if hard or none else 0.1,
            "fallback_only": 0.27 if none else 0.25,
        }[scenario.name]
        luck = np.random.default_rng(planned_run.seed).normal(0, 0.02)  # the same for every plan
        made = replace(pretend(planned_run.seed), seed=planned_run.seed)
        made.scalars["cycle_share"] = share + luck
        return Packed(pack(made), made.digest())


def built(folder: Path, **options: object) -> Robustness:
    asked = {"thresholds": {"cycle_share": 0.35}, "factors": FACTORS, "worlds": ["norm", "contracts"]}
    asked |= {"replications": 10, "futures": 80, "fresh": 60, "store": folder / "store"}
    return sim.robust(*PLANS, **(asked | {"engine": InProcess(Built(folder))} | options))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Robustness:
    return built(tmp_path_factory.mktemp("robust"))


def hard(seeds: list[int]) -> np.ndarray:
    points = [drawn(FACTORS, seed) for seed in seeds]
    return np.array([point[VACANT] > 0.2 and point[NORM] > 3 for point in points])


def test_regret_is_what_a_plan_misses_beside_the_best_of_the_same_world_and_seed(found: Robustness) -> None:
    """Luck that all plans share is no regret."""
    for seed, regret in zip(found.asked["seeds"], found.regret(World("as_it_is")).T, strict=True):
        expected = (0.35, 0.25, 0.0) if hard([seed])[0] else (0.5, 0.0, 0.15)
        assert regret == pytest.approx(expected)
    assert pytest.approx(np.tile((0.33, 0.23, 0), (10, 1))) == found.regret(World("contracts")).T


def test_the_best_on_average_is_not_the_most_robust(found: Robustness) -> None:
    of = {one.arm: one for one in found.standings}
    share = float(hard(found.asked["seeds"]).mean())
    assert of["subsidy_only"].mean.mean == pytest.approx(0.1 + 0.4 * share, abs=0.01)
    assert found.most_robust.arm == "fallback_only" and of["fallback_only"].met == 1
    first = float(hard(found.asked["seeds"][:10]).mean())
    assert of["subsidy_only"].met == pytest.approx(((1 - share) + (1 - first) + 0) / 3)
    assert of["subsidy_only"].worst_world.name == "contracts" and of["subsidy_only"].worst == pytest.approx(
        0.23
    )
    assert of["fallback_only"].worst == pytest.approx(max(0.15 * (1 - share), 0.15 * (1 - first)))
    assert not of["vicious_cycle"].met_among and of["fallback_only"].met_among
    assert (
        of["subsidy_only"].met_interval.low <= of["subsidy_only"].met <= of["subsidy_only"].met_interval.high
    )


@pytest.mark.parametrize("worlds", [3, 16])
def test_the_interval_of_the_largest_mean_regret_holds_where_worlds_are_alike(worlds: int) -> None:
    """The largest of alike means was raised by luck: what is said of it must not be."""
    luck = np.random.default_rng(worlds)
    known = SimpleNamespace(level=0.95, fewest_runs=20)
    found = [
        Robustness._largest(known, list(abs(luck.normal(0, 6.27, (worlds, 20)))))  # type: ignore[arg-type]
        for _ in range(400)
    ]
    true = 6.27 * math.sqrt(2 / math.pi)
    assert np.mean([one.low <= true <= one.high for one in found]) >= 0.93


@pytest.mark.parametrize(("share", "worlds", "runs"), [(0.5, 16, 5), (0.5, 16, 10), (0.9, 3, 5)])
def test_the_interval_of_the_largest_mean_regret_holds_where_runs_of_a_world_agree_by_luck(
    share: float, worlds: int, runs: int
) -> None:
    """A regret of all or nothing: with so few runs some world has one of them throughout."""
    luck = np.random.default_rng(runs)
    known = SimpleNamespace(level=0.95, fewest_runs=runs)
    drawn = luck.binomial(1, share, (200, worlds, runs)).astype(float)
    found = [Robustness._largest(known, list(one)) for one in drawn]  # type: ignore[arg-type]
    told = [one for one in found if one.exists]
    assert np.mean([one.low <= share <= one.high for one in told]) >= 0.93
    assert all(one.low < one.high for one in told)
    agreeing = [np.full(runs, 0.5), np.linspace(0.1, 0.3, runs)]
    one = Robustness._largest(known, agreeing)  # type: ignore[arg-type]
    assert one.low < 0.5 <= one.high, "what five runs agree on is not known to the last digit"


def told_apart(luck: np.random.Generator, more: float) -> bool:
    """Whether a plan whose regret has a mean of 1 + `more` in one of three worlds is said to miss more than
    the one with the least largest regret that was found; all else has a mean of 1."""
    regrets = luck.exponential(1, (3, 4, 30))  # worlds, plans, runs
    regrets[1, 0] += more
    worlds = [World("as_it_is"), World("norm"), World("exit")]
    held = dict(zip(worlds, regrets, strict=True))
    known = SimpleNamespace(level=0.95, fewest_runs=30, arms="abcd", regret=held.__getitem__)
    leader = int(regrets.mean(axis=2).max(axis=0).argmin())
    return Robustness._misses_more(known, worlds, 0, leader)  # type: ignore[arg-type]


def test_a_plan_misses_more_than_another_only_beyond_doubt() -> None:
    luck = np.random.default_rng(11)
    assert np.mean([told_apart(luck, 0.0) for _ in range(400)]) <= 0.05, "of plans alike, luck makes a leader"
    assert np.mean([told_apart(luck, 2.0) for _ in range(50)]) >= 0.9


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_the_interval_of_a_share_over_worlds_holds_where_a_seed_does_alike_in_all(share: float) -> None:
    luck = np.random.default_rng(5)
    known = SimpleNamespace(level=0.95, fewest_runs=20, worlds=range(6))
    found = [
        Robustness._share(known, float(luck.binomial(20, share) / 20))  # type: ignore[arg-type]
        for _ in range(1000)
    ]
    assert np.mean([one.low <= share <= one.high for one in found]) >= 0.93
    assert all(one.low < one.high for one in found), "however alike the runs are"


def test_the_failing_region_is_found_and_confirmed_on_fresh_runs(found: Robustness) -> None:
    """It covers four fifths of the region at a density of four fifths, on runs that had no part in it; a plan
    that fails nowhere, or everywhere, has none."""
    rule = found.rule("subsidy_only")
    assert rule is not None and rule.holds and rule.fresh is not None and rule.fresh.base.total == 60
    assert rule.fresh.density.value >= 0.8 and rule.fresh.coverage.value >= 0.8
    (box,) = rule.found.boxes
    limits = {found.keys[side.input]: (side.low, side.high) for side in box.sides}
    assert limits[VACANT] == pytest.approx((0.2, np.inf), abs=0.03)
    assert limits[NORM] == pytest.approx((3, np.inf), abs=0.15)
    said = [line for line in found.sentences("en") if "subsidy_only fails where" in line]
    assert not found.warnings("en"), "there are as many fresh points as one likes"
    assert "flats that stand empty (all types of estate) is over 2" in said[0] and "fresh runs" in said[0]
    assert any("fallback_only fails in none of 80 runs" in line for line in found.sentences("en"))
    assert any("vicious_cycle fails in every one of 80 runs" in line for line in found.sentences("en"))


def test_runs_are_found_again_and_more_of_them_leave_those_there_are(tmp_path: Path) -> None:
    small = {"worlds": (), "replications": 5, "futures": 8, "thresholds": None}
    first = built(tmp_path, **small)
    assert first.executed == 3 * 8 and built(tmp_path, **small).executed == 0
    more = built(tmp_path, **(small | {"futures": 13}))
    assert more.executed == 3 * 5 and (more.inputs[:8] == first.inputs).all()
    assert built(tmp_path, **(small | {"worlds": ["contracts"]})).executed == 3 * 5


def test_members_of_an_ensemble_vary_too_and_a_factor_wins_over_them(tmp_path: Path) -> None:
    members = tuple({NORM: 2 + 0.03 * n, "payment.base": 1 + 0.001 * n} for n in range(100))
    held = Ensemble("made", members)
    one = built(tmp_path, worlds=(), replications=5, futures=10, ensemble=held, thresholds=None)
    assert set(one.keys) == {VACANT, NORM, "payment.base"}
    norm, base = (one.inputs[:, one.keys.index(key)] for key in (NORM, "payment.base"))
    assert norm[7] == drawn(FACTORS, 8)[NORM] and base[7] == members[7]["payment.base"]


def with_parameters(name: str, values: dict[str, float]) -> sim.Scenario:
    return with_overrides(load(name), values)


def test_a_loop_at_half_its_strength_is_a_world_of_scaled_parameters(tmp_path: Path) -> None:
    """What a member of the ensemble says of them is scaled, not what the model says by default."""
    asked = {"worlds": ["norm", "norm=0.5", "norm=1"], "replications": 5, "futures": 5, "fresh": 0}
    one = built(tmp_path, **asked, factors={VACANT: (0.3, 0.5)}, ensemble=Ensemble("made", ({NORM: 3.2},)))
    assert [world.name for world in one.worlds] == ["as_it_is", "norm", "norm=0.5", "norm=1"]
    place = one.arms.index("subsidy_only")
    as_it_is, _, half, whole = (one.outcomes_of(world)[place] for world in one.worlds)
    assert (as_it_is == whole).all() and as_it_is.min() > 0.4, "hard where the norm weighs more than 3"
    assert half.max() < 0.2, "at half of 3.2 it does not"
    scenario = with_member(load("subsidy_only"), {NORM: 3.2})
    (run,) = planned(one.worlds[2], scenario, [1], None, {})
    assert run.scenario.parameter_values()[NORM] == 1.6
    (run,) = planned(one.worlds[3], scenario, [1], None, {})
    held = {key: one.default for key, one in PARAMETERS.items()}
    assert held | run.scenario.parameter_values() == held | scenario.parameter_values()
    assert any("norm loop at 50" in line for line in one.report("en").tables[1].rows[2])
    assert any("强度为原来的50" in line for line in one.report("zh").tables[1].rows[2])
    assert "--world norm=0.5" in one.report("en").commands[0]


def test_all_loops_are_tried_without_and_at_half_of_them(tmp_path: Path) -> None:
    asked = {"worlds": ["loops"], "replications": 2, "futures": 2, "thresholds": None, "factors": None}
    names = [
        one.name
        for one in sim.robust(
            *PLANS[:2], engine=InProcess(Any_(tmp_path)), store=tmp_path / "s", **asked
        ).worlds
    ]
    assert names == ["as_it_is", *(f"{loop}{end}" for loop in CARRIERS for end in ("", "=0.5"))]


@dataclass(frozen=True)
class Any_(Pretend):
    """Runs that are made up from the seed alone."""


@pytest.mark.parametrize("loop", ["decay", "grievance", "norm"])
def test_a_loop_of_next_to_no_strength_does_next_to_nothing(loop: str) -> None:
    """Facilities stay as they are where the loop of decay is weakened to nothing, grievance only fades, and
    without the pull of the neighbours owners pay at first as with it."""
    scenario = with_overrides(load("small_city"), {"spin_up": 0, "months": 12, "mechanisms.works": False})
    strong, weak = (sim.run(weakened(scenario, loop, strength)).estates for strength in (1.0, 1e-9))

    def moved(frame: object, column: str) -> np.ndarray:
        by_month = frame.pivot(index="estate", columns="month", values=column)  # type: ignore[attr-defined]
        return (by_month[12] - by_month[1]).to_numpy()

    if loop == "decay":
        assert abs(moved(weak, "condition")).max() < 1e-6 < abs(moved(strong, "condition")).min()
    elif loop == "grievance":
        assert moved(weak, "grievance").max() <= 0 < moved(strong, "grievance").max()
    else:
        paid = [frame[frame["month"] == 1]["collection_rate"].mean() for frame in (strong, weak)]
        assert abs(paid[0] - paid[1]) < 0.05


def test_a_variant_with_the_settings_of_a_rule_is_the_world_without_that_rule(tmp_path: Path) -> None:
    """To the last bit: not one run more is made."""
    asked = {"worlds": ["contracts"], "replications": 5, "futures": 8, "fresh": 0}
    first = built(tmp_path, **asked)
    variants = {"loose": {"mechanisms.contracts": False}}
    one = built(tmp_path, **asked, variants=variants)
    assert [world.name for world in one.worlds] == ["as_it_is", "contracts", "loose"]
    for name, values in one.values["contracts"].items():
        assert (values == one.values["loose"][name]).all() and (
            values == first.values["contracts"][name]
        ).all()
    assert one.executed == 0, "the store has each of its runs already"
    said = " ".join(one.sentences("en"))
    assert "Variant loose (mechanisms.contracts=false) has the parameters of the scenarios" in said


def ensemble_file(name: str, members: list[dict[str, float]], **more: object) -> None:
    """An ensemble in the folder of those, with a manifest as calibration writes it."""
    import pandas as pd

    held = Ensemble(name, tuple(members))
    manifest = {"members_digest": held.digest, "model_source_hash": "", **more}
    write(
        Path("results/ensembles"),
        "ensemble",
        name,
        manifest,
        {name: pd.DataFrame(members)},
        formats=[CSV],
        name=f"{name}.json",
    )


WEIGHTS = [{"variant": "as_it_is", "weight": 0.7}, {"variant": "tight", "weight": 0.3}]
VARIANT = {"tight": {"mechanisms.queue": False}}


@pytest.mark.parametrize("fitted", [True, False])
def test_a_variant_is_run_over_its_own_ensemble_or_the_reader_is_told(
    fitted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The norm weighs 2 as it is and 4 by the variant's own ensemble, with which the subsidy fails."""
    monkeypatch.chdir(tmp_path)
    ensemble_file("mine", [{NORM: 2.0}, {NORM: 2.1}], variants=WEIGHTS)
    if fitted:
        ensemble_file("mine_tight", [{NORM: 4.0}], variant_settings=VARIANT["tight"])
    asked = {"worlds": (), "replications": 5, "futures": 8, "fresh": 0, "ensemble": "mine"}
    one = built(tmp_path, **asked, factors={VACANT: (0.3, 0.5)}, variants=VARIANT)
    place, tight = one.arms.index("subsidy_only"), one.worlds[1]
    assert one.outcomes_of(one.worlds[0])[place].max() < 0.2
    assert (one.outcomes_of(tight)[place].min() > 0.4) == fitted
    assert one.tables()["variants"].iloc[0].to_dict() == {
        "variant": "tight",
        "settings": "mechanisms.queue=false",
        "ensemble": "mine_tight" if fitted else "mine",
        "fitted": fitted,
        "weight": 0.3,
        "weight_as_it_is": 0.7,
    }
    said = " ".join(one.sentences("en"))
    assert ("over its own ensemble, mine_tight" in said) == fitted
    assert ("was not calibrated: its runs are over mine," in said) == (not fitted)
    assert "a weight of 30%, and 70% to the model as it is" in said
    assert ("未单独校准" in " ".join(one.sentences("zh"))) == (not fitted)
    read = sim.load_result(one.save(tmp_path / "found"))
    assert read.sentences("zh") == one.sentences("zh") and read.variants == one.variants
    part = read.report("en")
    assert "--variant tight:mechanisms.queue=false" in part.commands[0]
    assert [name for name, _ in part.files if name.startswith("mine")] == ["mine.csv", "mine_tight.csv"][
        : 1 + fitted
    ]
    labels = [label.get_text() for label in sim.charts.regret(read).get_yticklabels()]
    assert "weight 30%" in labels[1] and ("not calibrated" in labels[1].replace("\n", " ")) == (not fitted)


def test_an_ensemble_that_was_fitted_to_other_settings_is_not_taken_for_the_variants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ensemble_file("mine", [{NORM: 2.0}])
    ensemble_file("mine_tight", [{NORM: 4.0}], variant_settings={"mechanisms.cases": False})
    with pytest.raises(StudyError, match="variant tight: found mechanisms.queue=false.*mine_tight.csv"):
        built(tmp_path, ensemble="mine", factors={VACANT: (0.3, 0.5)}, variants=VARIANT)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_drawn_reported_saved_and_read(found: Robustness, lang: str, tmp_path: Path) -> None:
    read = sim.load_result(found.save(tmp_path / "found"))
    assert read.sentences(lang) == found.sentences(lang) and read.key == found.key
    for name, table in found.tables().items():
        assert read.tables()[name].equals(table), name
    axes = sim.charts.failing_region(read, lang=lang)
    box = next(patch for patch in axes.patches if patch.get_label() == "_region")
    assert box.get_x() == pytest.approx(20, abs=3) or box.get_y() == pytest.approx(20, abs=3)
    part = found.report(lang)
    assert len(part.pictures) == 2 and len(part.tables) == 4 and "--factor" in part.commands[0]
    assert all(len(row) == len(table.columns) for table in part.tables for row in table.rows)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_brief_says_that_factors_vary_too(found: Robustness, lang: str) -> None:
    with in_language(lang):
        about = brief_of(found).about
        assert all(input_name(found, key) in about for key in FACTORS), about
        assert say("brief.luck_alone") not in about


def test_few_runs_are_told_of_the_worlds_that_have_them_and_each_figure_without_an_interval_says_why(
    tmp_path: Path,
) -> None:
    """Three runs in each world but the first, which has twenty."""
    one = built(tmp_path, worlds=["contracts"], replications=3, futures=20, fresh=0)
    (warning,) = [line for line in one.warnings("en") if "Only 3" in line]
    assert "every world but the first, which has 20" in warning
    assert "20次" in next(line for line in one.warnings("zh") if "3次" in line)
    of_plans, _, of_enough = (table.rows for table in one.report("en").tables[:3])
    for cell in (cell for row in of_plans for cell in row[2:]):
        assert "no interval: fewer than 5 replications" in cell, cell
    assert all("interval of the share" in cell for cell in of_enough[0][2:]), "of twenty"
    assert all("no interval: fewer than 5" in cell for cell in of_enough[1][2:]), "of three"
    plans = one.tables()["plans"]
    assert {*plans["worst_note"], *plans["met_note"]} == {"too few replications"} and (
        plans["note"] == ""
    ).all()
    assert one.tables()["worlds"]["met_note"].tolist() == [""] * 3 + ["too few replications"] * 3


def test_only_of_several_worlds_luck_decides_which_mean_is_the_largest(tmp_path: Path) -> None:
    for worlds in ((), ("contracts",)):
        one = built(tmp_path, worlds=worlds, replications=6, futures=6, fresh=0)
        for lang, wider in (("en", "is wider than"), ("zh", "区间宽")):
            (note,) = [table.note for table in one.report(lang).tables[:1]]
            assert (wider in note) == bool(worlds)
        assert "Only 6 replications" in one.warnings("en")[0]


def test_without_thresholds_the_smallest_largest_regret_decides(tmp_path: Path) -> None:
    one = built(tmp_path, thresholds=None, outcome="cycle_share", futures=10, worlds=["contracts"])
    assert one.most_robust.arm == "fallback_only" and not one.rules
    assert any("no threshold was named" in line for line in one.sentences("en"))


def test_plans_that_live_by_other_rules_are_not_compared(tmp_path: Path) -> None:
    other = with_overrides(load("subsidy_only"), {"mechanisms.ballots": False})
    with pytest.raises(StudyError, match="has other mechanisms than vicious_cycle"):
        sim.robust("vicious_cycle", other, store=tmp_path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"thresholds": {"cycle_shar": 0.3}}, "threshold: found 'cycle_shar'.*'cycle_share'"),
        ({"outcome": "tenders"}, "outcome: found 'tenders'"),
        ({"worlds": ["balots"]}, "world: found 'balots'.*ballots"),
        ({"worlds": ["norm=0"]}, "world: found 'norm=0', allowed LOOP=STRENGTH"),
        ({"worlds": ["norm=x"]}, "world: found 'norm=x'.*service, norm"),
        ({"worlds": ["ballots=0.5"]}, "world: found 'ballots=0.5'"),
        ({"worlds": ["decay=40"]}, "world decay=40: found condition.wear = 0.16.*0.05"),
        ({"worlds": ["exit=0.05"]}, "world exit=0.05: found market.insolvency = 120"),
        ({"variants": {"norm": {"mechanisms.queue": False}}}, "variant: found 'norm'"),
        ({"variants": {"a=b": {"mechanisms.queue": False}}}, "a=b"),
        ({"variants": {"tight": {}}}, "variants tight"),
        ({"variants": {"tight": {"mechanisms.queu": False}}}, "variant tight.*queue"),
        ({"variants": {"tight": {"types.commodity.vacancy": 0.1}}}, "variant tight: found types.commodity"),
        ({"futures": 5}, "futures: found 5, allowed 10 or more"),
        ({"factors": {"types.*.vacancy": (0.4, 0.1)}}, "factor types"),
        ({"factors": {"types.*.vacancy": (0.1, 1.4)}}, "vacancy"),
        ({"thresholds": {"cycle_share": float("nan")}}, "thresholds cycle_share: found nan"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_first_run(
    options: dict[str, object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(sim.EstateError, match=words):
        built(tmp_path, **options)
    assert not list(tmp_path.glob("seed-*"))


def test_the_variants_that_ship_have_their_own_parameters_and_weights() -> None:
    rules = {
        "memoryless": {"mechanisms.persistence": False},
        "no_skimming": {"mechanisms.price_basis": False},
    }
    shipped = load_ensemble("calibrated")
    arms = {"vicious_cycle": load("vicious_cycle")}
    found = variants_of(rules, (), arms, (), "calibrated", shipped)
    sets = {one.ensemble.digest for one in found.values() if one.ensemble is not None and one.own}
    assert len(sets | {shipped.digest}) == 3
    weights = [one.weight for one in found.values()]
    assert sum(weights) + found["memoryless"].weight_as_it_is == pytest.approx(1)
    swapped = {"memoryless": rules["no_skimming"]}
    with pytest.raises(StudyError, match="variant memoryless: found mechanisms.price_basis=false"):
        variants_of(swapped, (), arms, (), "calibrated", shipped)
