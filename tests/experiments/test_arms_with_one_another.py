"""Which arm is best: the chance, the regret and the set on worlds whose best arm is known, replications spent
where they decide, and that nothing is said where there is not enough to say it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from first_version import RULES_OFF
from paired_arms import arm, comparison

import sim
from sim.errors import StudyError
from sim.experiments.intervals import FEW, NO_VALUE, RARE, wilson
from sim.experiments.selection import pair_of, spend, standing_of
from sim.results.engines import InProcess, PlannedRun, execute_packed
from sim.scenario import load
from sim.scenario.overrides import overridden
from sim.studies.comparison.compare import compare
from sim.studies.comparison.decision import Decide
from sim.studies.comparison.saved import again
from sim.text import in_language

LOOKS = (10, 20, 40)
TINY = (
    RULES_OFF
    | {"spin_up": 0, "city.estates": 20, "city.districts": 2, "companies.private": 4, "months": 14}
    | {
        f"types.{kind}.households_mean": 40
        for kind in ("commodity", "unit_built", "three_no", "resettlement")
    }
)


def bandit(means: np.ndarray, generator: np.random.Generator, runs: int = 40) -> np.ndarray:
    """Values (runs, arms) with luck that the arms share, and luck of their own."""
    shared = generator.normal(0, 1, (runs, 1))
    return np.asarray(means + shared + generator.normal(0, math.sqrt(0.5), (runs, means.size)))


def test_the_stated_chance_is_right_and_the_best_is_in_the_set_with_fewer_runs() -> None:
    repeats, right, stated, held, runs, equal = 60, 0, 0.0, 0, 0, 0
    for repeat in range(repeats):
        generator = np.random.default_rng([5, repeat])
        means = generator.normal(0, 0.7, 5)
        values, best = bandit(means, generator), int(means.argmax())
        last = spend(lambda numbers, v=values: [v[:n, i] for i, n in enumerate(numbers)], 5, LOOKS)[-1]  # type: ignore[misc]
        right += last.standing.best == best
        stated += last.standing.chance[last.standing.best]
        held += bool(last.standing.among[best])
        runs += sum(last.numbers)
        equal += int(values.mean(axis=0).argmax()) == best
    interval = wilson(right, repeats)
    assert interval.low <= stated / repeats <= interval.high
    assert held >= 0.95 * repeats
    assert right >= equal - 2 and runs <= 0.7 * repeats * 5 * LOOKS[-1]


def test_arms_far_apart_are_told_apart_and_arms_alike_are_not() -> None:
    values = bandit(np.array([0.0, 5.0, 0.2]), np.random.default_rng(1))
    far = standing_of(list(values.T))
    assert far.best == 1 and far.among.tolist() == [False, True, False] and far.chance[1] > 0.999
    assert far.best_low[1] == 0 < far.best_high[1] and far.best_high[0] == 0 and far.more[0] == 0
    assert far.regret[0] == pytest.approx(5.0, abs=0.5) and far.regret[1] == pytest.approx(0, abs=1e-6)
    alike = standing_of([values[:, 0], values[:, 0], values[:, 0] - 5])
    assert alike.among.tolist() == [True, True, False] and alike.chance[:2].tolist() == [0.5, 0.5]
    assert math.isnan(alike.more[alike.second]), "what is the same in every run is never told apart"


def test_the_bounds_do_not_shrink_with_fewer_arms_and_more_are_adjusted_for() -> None:
    values = bandit(np.zeros(6), np.random.default_rng(2))
    two, six = standing_of(list(values.T[:2])), standing_of(list(values.T))
    assert six.best_low[0] < two.best_low[0], "with more arms the same arm is less sure not to be far behind"
    assert standing_of(list(values.T), 0.99).best_low[0] < six.best_low[0]


def test_the_chance_of_two_arms_is_that_of_students_t() -> None:
    from scipy import stats

    values = bandit(np.array([0.0, 0.2]), np.random.default_rng(3), 8)
    paired = values[:, 1] - values[:, 0]
    expected = stats.t.cdf(paired.mean() / (paired.std(ddof=1) / math.sqrt(8)), 7)
    assert standing_of(list(values.T), draws=200_000).chance[1] == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize("note", [FEW, NO_VALUE, RARE])
def test_with_too_little_nothing_is_said_and_every_arm_stays(note: str) -> None:
    values = bandit(np.array([0.0, 9.0, 1.0]), np.random.default_rng(4), 4 if note == FEW else 30)
    if note == NO_VALUE:
        values[3, 2] = math.nan
    if note == RARE:
        values[:, 2] = values[:, 1]
        values[:2, 2] += 100.0  # two replications of thirty decide
    found = standing_of(list(values.T))
    assert found.note == note and np.isnan(found.chance).all() and np.isnan(found.regret).all()
    assert found.among[1:].all() and (note == RARE or found.among.all())


def test_an_arm_left_out_while_the_other_was_lucky_is_judged_with_what_came_after() -> None:
    generator = np.random.default_rng(8)
    luck = generator.normal(0, 1, 80)
    luck[:10] += 1.0 - luck[:10].mean()
    luck[10:] -= luck[10:].mean() + 1 / 7  # in the long run it is none
    other = 0.5 * luck + generator.normal(0, 0.01, 80)  # as good as the first, and half as moved by luck
    found = standing_of([luck, other[:10]])
    assert abs(found.behind[1] - found.behind[0]) < 0.02 < abs(pair_of(luck, other[:10]).mean)
    apart = standing_of([luck, other])
    assert abs(found.chance[0] - 0.5) < 0.45 and apart.behind.tolist() == pytest.approx(
        np.minimum([0.0, 0.0], [luck.mean() - other.mean(), other.mean() - luck.mean()]).tolist()
    )


def test_of_arms_much_alike_the_leader_is_less_surely_best_than_of_two_alone() -> None:
    """How far ahead luck puts the first of many shows in how little the others differ."""
    values = bandit(np.zeros(6), np.random.default_rng(9), 30)
    order = np.argsort(values.mean(axis=0))[::-1]
    first, second = values[:, order[0]], values[:, order[1]]
    alone, among = standing_of([first, second]), standing_of(list(values.T))
    assert among.chance.sum() == pytest.approx(1)
    assert among.chance[order[0]] / among.chance[order[[0, 1]]].sum() < alone.chance[0]


def test_at_most_as_many_arms_go_on_as_keep_every_stage_of_the_same_size() -> None:
    values = bandit(np.zeros(8), np.random.default_rng(10), 80)
    looked = spend(
        lambda numbers: [values[:n, i] for i, n in enumerate(numbers)], 8, (10, 20, 40, 80), 0.999999
    )
    assert [sum(n == max(one.numbers) for n in one.numbers) for one in looked] == [8, 8, 5, 3]


def test_an_arm_left_out_comes_back_when_it_is_in_question_again() -> None:
    generator = np.random.default_rng(6)
    values = bandit(np.array([0.0, 0.0, -9.0]), generator, 40)
    values[:10, 0] -= 3.0  # unlucky at first
    values[10:20, 1] -= 6.0  # and then the other
    asked: list[list[int]] = []

    def replicate(numbers: list[int]) -> list[np.ndarray]:
        asked.append(list(numbers))
        return [values[:number, place] for place, number in enumerate(numbers)]

    looked = spend(replicate, 3, (10, 11, 20, 40), 0.999999)  # type: ignore[arg-type]
    assert all(
        a <= b
        for before, after in zip(asked, asked[1:], strict=False)
        for a, b in zip(before, after, strict=True)
    )
    assert asked[0] == [10, 10, 10] and asked[-1][2] < 40 and len(looked) == len(asked)


def three(replications: int = 12, **settings: object) -> sim.studies.comparison.comparison.Comparison:
    """Nothing, a policy that is best for the cycle and costs most, and one between."""
    luck = np.random.default_rng(7)
    estates = np.tile(np.arange(40) < 20, (replications, 1))
    cost = luck.normal(1e6, 1e5, replications)
    shares = luck.normal(0.5, 0.02, replications)
    own = luck.normal(0, 0.01, (2, replications))
    return comparison(
        arm("nothing", estates, np.zeros(replications), shares, shares),
        arm("strong", estates, cost, shares, shares - 0.1 + own[0]),
        arm("weak", estates, cost / 2, shares, shares - 0.05 + own[1]),
        **settings,
    )


def test_a_comparison_says_which_is_best_how_sure_and_who_loses() -> None:
    made = three()
    rows = made.standing.set_index(["outcome", "arm"])
    assert rows.loc[("cycle_share", "strong"), "best"] and not rows.loc[("cycle_share", "weak"), "in_set"]
    assert rows.loc[("public_cost", "nothing"), "best"], "less is better of both"
    assert rows["chance_best"].groupby("outcome").sum().tolist() == pytest.approx([1, 1])
    pairs = made.pairs.set_index(["outcome", "arm", "against"])
    between = pairs.loc[("cycle_share", "weak", "strong")]
    assert between["adjusted_low"] < between["difference"] < between["adjusted_high"]
    assert between["adjusted_high"] - between["adjusted_low"] > between["high"] - between["low"]
    assert between["chance_better"] < 0.001 and len(made.pairs) == 2 * 3
    plain = made.differences.set_index(["outcome", "arm"]).loc[("cycle_share", "weak")]
    assert (
        pairs.loc[("cycle_share", "weak", "nothing"), ["low", "high"]].tolist()
        == plain[["low", "high"]].tolist()
    )
    worse = made.losses.set_index("figure")
    assert worse.loc["public_cost", "seen"] and worse.loc["public_cost", "against_arm"] == "nothing"
    for lang, words in (
        (
            "en",
            (
                "strong has the best mean",
                "over 99%",
                "No other mean can be the best",
                "in a single pair, weak less strong is",
                "adjusted for 3 scenarios",
                "Worse on average with strong",
            ),
        ),
        ("zh", ("最好的可能性为99%以上", "其他情景的均值都不可能最好", "均值的精度足以断定")),
    ):
        said = " ".join(made.sentences(lang))
        assert all(word in said for word in words), said
        with in_language(lang):
            titles = [table.caption for table in made.report(lang).gains]
        assert any("Who loses" in title or "谁受损" in title for title in titles)


def test_what_was_changed_in_all_scenarios_alike_is_not_told_with_every_name() -> None:
    """Of `--set` for all of them, a sentence that names three would be three quarters settings."""
    alike = {"city.estates": 40, "city.districts": 2, "months": 24}
    for last, told in (({}, False), ({"payment.base": 1.0}, True)):
        changes = (alike, alike, alike | last)
        scenarios = (
            overridden(load(name), changed)
            for name, changed in zip(("vicious_cycle", "subsidy_only", "fallback_only"), changes, strict=True)
        )
        made = comparison(
            *(replace(one, scenario=held) for one, held in zip(three().arms, scenarios, strict=True))
        )
        said = " ".join(made.sentences("zh"))
        assert "“只给补贴" in said and ("city.estates" in said) == told


def test_four_replications_are_not_enough_to_say() -> None:
    said = three(4).sentences("en")
    assert any(
        "Not enough to say which of 3 scenarios is best" in line and "fewer than 5" in line for line in said
    )
    assert three(4).standing["in_set"].all() and three(4).losses.empty
    assert "Not enough to say" in sim.charts.alt_text(three(4), "standing", "en")


def test_two_arms_are_not_called_a_choice() -> None:
    made = comparison(*three().arms[:2])
    assert not any("has the best mean" in line for line in made.sentences("en")) and len(made.standing) == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_shows_the_set_in_another_colour(lang: str) -> None:
    figure = three().plot("standing", lang)
    lines = {line.get_label() for ax in figure.axes for line in ax.lines}
    assert {"in strong", "out weak", "out nothing"} <= lines
    assert "strong" in sim.charts.alt_text(three(), "standing", lang)


@pytest.fixture(scope="module")
def decided(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[sim.studies.comparison.comparison.Comparison, object]:
    """Runs of three scenarios in a tiny city, decided on what they cost: a subsidy more than no measure and
    published rankings, and these about the same, so that no more runs are spent on the baseline."""
    store = tmp_path_factory.mktemp("decide")
    found = compare(
        "subsidy_only",
        "vicious_cycle",
        "rankings_only",
        decide=Decide("public_cost", (6, 8, 10)),
        outcomes=("cycle_share", "public_cost"),
        overrides=TINY,
        engine=InProcess(),
        store=store,
    )
    return found, store


def test_a_decision_is_saved_read_and_made_again(decided, tmp_path) -> None:  # type: ignore[no-untyped-def]
    found, store = decided
    last = found.decision.looks[-1]
    assert found.outcomes == ("public_cost", "cycle_share") and set(last.replications.values()) <= {6, 8, 10}
    assert found.interval_level == pytest.approx(1 - 0.05 / 3)
    numbers = [arm.scalars["public_cost"].size for arm in found.decision.arms]
    assert len(found.seeds) == min(numbers) and any(
        "spent where they decide" in s for s in found.sentences("en")
    )
    # the baseline has in the end what the choice has, and the number of runs is of all that were carried out
    assert last.replications["subsidy_only"] < last.replications[last.best] == numbers[0]
    carried_out = sum(numbers)
    assert carried_out == found.executed > sum(last.replications.values())
    assert any(f": {carried_out} runs in all." in line for line in found.sentences("en"))
    folder = found.save(tmp_path / "decided")
    read = sim.load_result(folder)
    assert read.decision.all_runs == carried_out
    assert read.decision.looks[-1].replications == last.replications and read.sentences(
        "zh"
    ) == found.sentences("zh")
    assert read.standing["chance_best"].tolist() == pytest.approx(
        found.standing["chance_best"].tolist(), nan_ok=True
    )
    assert read.plot("standing") and [t.caption for t in read.report("en").gains] == [
        t.caption for t in found.report("en").gains
    ]
    assert any("--decide" in line or "sim.Decide" in line for line in read.report("en").commands)
    from sim.experiments.workplace import Workplace

    made = again(read, Workplace(InProcess(), store))
    assert made.executed == 0 and made.key == found.key and made.digest == found.digest


def test_what_is_interrupted_goes_on_where_it_was_and_decides_the_same(decided, tmp_path) -> None:  # type: ignore[no-untyped-def]
    found, _ = decided
    started = 0

    def stop(planned_run: PlannedRun) -> bytes:
        nonlocal started
        started += 1
        if started == 20:  # in the middle of the second look, of which the first has 18
            raise KeyboardInterrupt
        return execute_packed(planned_run)

    options = {
        "decide": Decide("public_cost", (6, 8, 10)),
        "outcomes": ("cycle_share", "public_cost"),
        "overrides": TINY,
        "store": tmp_path,
    }
    names = ("subsidy_only", "vicious_cycle", "rankings_only")
    with pytest.raises(KeyboardInterrupt):
        compare(*names, engine=InProcess(stop), **options)  # type: ignore[arg-type]
    went_on = compare(*names, engine=InProcess(), **options)  # type: ignore[arg-type]
    assert went_on.digest == found.digest and went_on.key == found.key
    assert went_on.decision.facts() == found.decision.facts()
    assert went_on.executed == found.executed - 19, "nothing is run twice"


def test_a_result_of_before_opens_and_says_that_it_has_none(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from sim.results.folder import read as read_folder

    made = three()
    for name in ("standing", "pairs", "losses"):
        made.__dict__[name] = getattr(made, name)
    before = {
        name: frame for name, frame in made.tables().items() if name not in ("standing", "pairs", "losses")
    }
    from sim.results.folder import write
    from sim.studies.comparison.comparison import KIND
    from sim.studies.comparison.tables import manifest

    facts = manifest(made)
    del facts["decide"]
    folder = write(tmp_path / "old", KIND, made.key, json.loads(json.dumps(facts)), before)
    assert not read_folder(folder, KIND).has("standing")
    old = sim.load_result(folder)
    assert old.decision is None and old.plot("standing") and old.report("en").gains
    assert "saved before" in sim.charts.alt_text(old, "standing", "en")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"decide": "cycle_sharee"}, "decide: found 'cycle_sharee'"),
        ({"decide": "tenders"}, "neither good nor bad"),
        ({"decide": Decide("cycle_share", (3, 10))}, "looks"),
        ({"decide": "cycle_share", "seeds": [1, 2]}, "by itself"),
    ],
)
def test_what_cannot_be_decided_is_refused_before_anything_runs(tmp_path, options, words) -> None:  # type: ignore[no-untyped-def]
    def forbidden(cell: object) -> None:
        raise AssertionError("a run was carried out")

    with pytest.raises(StudyError, match=words):
        compare("vicious_cycle", "subsidy_only", engine=InProcess(forbidden), store=tmp_path, **options)  # type: ignore[arg-type]
