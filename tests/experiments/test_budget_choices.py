"""A search varies what a menu leaves open, finds a plan that is known to be the best, and says by how much it
does better than drawing at random and than a single measure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up_city import MENU, at_once, made_up, right
from pretend_runs import Pretend
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.errors import ScenarioError
from sim.experiments.intervals import RARE, estimate_of, mean_interval, paired_exact, range_of
from sim.experiments.progress import Progress
from sim.experiments.workplace import Workplace
from sim.outputs.brief import brief_of as brief_page_of
from sim.results.engines import InProcess
from sim.scenario import load
from sim.scenario.formats import of_today
from sim.scenario.loading import read_toml
from sim.studies.budget.alternatives import alternatives_to
from sim.studies.budget.beside_words import points_sure, sentences_beside, verdict
from sim.studies.budget.budget import BudgetSearch, BudgetStudy, again, budget
from sim.studies.budget.menu import Bought, Menu, MenuItem, load_menu, with_package
from sim.studies.budget.package_value import Rescored, Valued
from sim.studies.budget.rivals import Rival, advantage_over, columns_of, matched_with
from sim.studies.budget.search import POPULATION, RANDOM, Search
from sim.studies.budget.stress import Stress
from sim.text import figures, in_language

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def menu(tmp_path_factory) -> Menu:
    file = tmp_path_factory.mktemp("menu") / "menu.toml"
    file.write_text(MENU, encoding="utf-8")
    return load_menu(file)


def best_of(menu: Menu, way: str, seed: int, trials: int = 96) -> float:
    """How right the best package is that a search of so many finds."""
    optuna = pytest.importorskip("optuna")
    base = load("small_city")
    search = Search(base, 1e6, menu, [1], optuna.storages.InMemoryStorage(), way, seed, None)
    search.go_on(trials, at_once)
    packages = [one.package for one in search.tried()]
    assert len(packages) == trials == len(set(packages)), "none is tried twice"
    return max(right(with_package(base, one)) for one in packages)


def test_the_known_best_months_targets_condition_and_order_are_found_and_not_by_drawing(menu):
    searched, drawn = (
        np.array([best_of(menu, way, seed) for seed in (0, 1000)]) for way in ("nsga2", RANDOM)
    )
    assert searched.max() > 6.4, "of seven things that may be right"
    assert searched.mean() > drawn.mean() + 0.5


def test_a_search_that_was_interrupted_finds_what_it_would_have_found(menu):
    optuna = pytest.importorskip("optuna")
    storage, other = optuna.storages.InMemoryStorage(), optuna.storages.InMemoryStorage()
    asked = (load("small_city"), 1e6, menu, [1])
    whole = Search(*asked, other, "nsga2", 5, None)
    whole.go_on(40, at_once)

    class Ended(Exception):
        pass

    def ends(planned):
        if Search(*asked, storage, "nsga2", 5, None).left(40) <= 16:
            raise Ended
        return at_once(planned)

    with pytest.raises(Ended):
        Search(*asked, storage, "nsga2", 5, None).go_on(40, ends)
    resumed = Search(*asked, storage, "nsga2", 5, None)
    assert resumed.left(40) == 16
    resumed.go_on(40, at_once)
    assert resumed.tried() == whole.tried()


def test_what_is_passed_on_from_two_packages_is_saved_and_read_as_it_is(tmp_path):
    found = budget(
        "vicious_cycle", 1e5, trials=40, replications=1, months=12, stress=0, fresh=0, rivals=False,
        engine=InProcess(Pretend()), store=tmp_path / "store", folder=tmp_path,
    )  # fmt: skip
    assert len(found.tried) == 40 > POPULATION
    assert "np." not in repr([one.package for one in found.tried]), "digests are made of what is written here"
    assert sim.load_result(found.save(tmp_path / "saved")).digest == found.digest


def test_the_order_of_a_package_is_that_in_which_its_measures_act(menu):
    first, other = (Bought(kind, 1, 5.0) for kind in ("operating_subsidy", "committee_drive"))
    base = load("small_city")
    for package in ((first, other), (other, first)):
        made = with_package(base, package).interventions
        assert [one.kind for one in made] == [one.kind for one in package]
    assert {one.order for one in (menu, Menu(menu=menu.menu))} == {"searched", "as_listed"}


def test_a_search_says_whether_it_was_worth_it(menu, tmp_path):
    told: list[Progress] = []
    options = {"trials": 12, "replications": 1, "fresh": 5, "stress": 0, "months": 24, "seed": 3}
    place = {"folder": tmp_path, "store": tmp_path / "store", "engine": InProcess(made_up)}
    found = budget("small_city", 1e6, menu=menu, progress=told.append, **options, **place)
    assert [len(one.tried) for one in found.rivals] == [12, 12]
    assert all(len(bought.package) < 2 for bought in found.rivals[1].tried)
    assert {str(one.phase.name) for one in told if one.phase} >= {"packages to compare the search with"}
    # by hand: on the fresh seeds, each with what looked best for the money under the seeds of the search
    rows = found.matches_table.set_index(["rival", "package"])
    for one in found.matches:
        own = next(each for each in found.fresh if each.value.number == one.number)
        rival = next(each for each in found.rivals if each.name == one.rival)
        seen = next(each for each in found.searched if each.number == one.number)
        held = {each.value.number for each in rival.fresh}
        bought = max(
            (each for each in rival.tried if each.number in held and each.public_cost <= seen.public_cost),
            key=lambda each: each.out_of_cycle,
        )
        theirs = next(each for each in rival.fresh if each.value.number == bought.number)
        pairs = np.subtract(own.gains, theirs.gains)
        row = rows.loc[(one.rival, one.number)]
        assert row["gain_difference"] == pytest.approx(pairs.mean())
        assert row["gain_difference_range_low"] == pytest.approx(pairs.min())
    read = sim.load_result(found.save(tmp_path / "saved"))
    for lang, words in (("en", "drawing packages at random"), ("zh", "随机抽取组合")):
        lines = found.sentences(lang)
        assert sum(words in line for line in lines) == 2 and read.sentences(lang) == lines
    assert read.digest == found.digest
    assert again(read, Workplace(InProcess(made_up), tmp_path / "store")).digest == found.digest
    alone = budget("small_city", 1e6, menu=menu, rivals=False, **options, **place)
    assert (alone.executed, alone.tried, alone.rivals) == (0, found.tried, [])
    assert not any("随机抽取" in line for line in alone.sentences("zh"))


def valued(number: int, cost: float, out: np.ndarray) -> tuple[Valued, Rescored]:
    """A package as the search saw it, and the same with `out` on fresh seeds, where nothing gains nothing."""
    package = (Bought("retrofit", number, 1.0),) if cost else ()
    values = {
        "public_cost": (cost,) * out.size,
        "out_of_cycle": tuple(out),
        "worst_decile_satisfaction": (0.3,) * out.size,
        "state_owned_losses": (0.0,) * out.size,
    }
    means = {name: float(np.mean(each)) for name, each in values.items()}
    one = Valued(number, package, **means, fiscal_spending_dearest_year=cost, values=values)
    return one, Rescored(one, float(out.mean()), mean_interval(out), range_of(out), tuple(out))


def test_an_advantage_is_the_mean_over_all_sums_of_what_each_would_buy():
    """Nothing to 200, then a package of 10 points to 600, then one of 30 to the sum of 1,000: 0.4 x 10 +
    0.4 x 30 = 16 points; the rival buys 20 points from 500 on: 10."""
    luck = np.array([-0.01, 0.0, 0.01, 0.02, -0.02, 0.0])
    own = [valued(n, c, g + luck * (c > 0)) for n, c, g in ((1, 0.0, 0.0), (2, 200.0, 0.1), (3, 600.0, 0.3))]
    theirs = [valued(n, c, g + luck * (c > 0)) for n, c, g in ((4, 0.0, 0.0), (5, 500.0, 0.2))]
    rival = Rival("random", [one for one, _ in theirs], [two for _, two in theirs])
    searched, fresh = zip(*own, strict=True)
    found = advantage_over(rival, searched, fresh, 1000.0)
    assert (found.gain, found.of_rival) == pytest.approx((0.16, 0.10))
    pairs = 0.06 + luck * (0.8 - 0.5)
    assert (found.difference.range.low, found.difference.range.high) == pytest.approx(
        (pairs.min(), pairs.max())
    )
    assert verdict(found.difference) == "better"
    back = advantage_over(Rival("random", searched, fresh), rival.tried, rival.fresh, 1000.0)
    assert verdict(back.difference) == "worse"
    same = advantage_over(Rival("random", searched, fresh), searched, fresh, 1000.0)
    assert same.difference.mean == 0 and verdict(same.difference) == "level"
    assert [matched_with(rival, one, seen).other.number for seen, one in own] == [4, 4, 5]


def test_the_same_gains_summed_in_other_steps_are_no_difference():
    """A rival with two packages more, no better and dearer: another sum of the same gains."""
    luck = np.array([-0.011, 0.003, 0.017, 0.021, -0.019, 0.007])
    known = ((1, 0.0, 0.0), (2, 170.0, 0.1), (3, 610.0, 0.3))
    own = [valued(n, cost, gain + luck * (cost > 0)) for n, cost, gain in known]
    more = [*own[:2], *(valued(n, c, 0.1 + luck) for n, c in ((4, 233.0), (5, 377.0))), own[2]]
    searched, fresh = zip(*own, strict=True)
    rival = Rival("random", [one for one, _ in more], [two for _, two in more])
    found = advantage_over(rival, searched, fresh, 970.0)
    assert verdict(found.difference) == "level" and found.difference.range.high == 0.0


def test_a_verdict_rests_on_no_interval_that_is_not_to_be_trusted():
    few_differ = estimate_of([0.0] * 7 + [0.02, 0.01, 0.03])
    assert few_differ.interval.low > 0 and few_differ.interval.note == RARE
    assert verdict(few_differ) == "rare" and "not to be trusted" in points_sure(few_differ)
    assert columns_of("gain", few_differ)["gain_note"] == RARE
    assert [verdict(estimate_of(np.full(10, one))) for one in (0.05, -0.05, 0.0)] == [
        "better",
        "worse",
        "level",
    ]
    assert verdict(estimate_of([0.05])) == verdict(estimate_of([0.05, 0.04, 0.06])) == "unknown"
    assert "not to be trusted" not in points_sure(estimate_of(np.linspace(0.01, 0.04, 10)))


def test_packages_drawn_at_random_are_not_those_that_the_search_begins_with(menu):
    optuna = pytest.importorskip("optuna")
    asked = (load("small_city"), 1e6, menu, [1])
    first = []
    for way in ("nsga2", RANDOM):
        search = Search(*asked, optuna.storages.InMemoryStorage(), way, 5, None)
        guessed = len(search.packages)
        search.go_on(12, at_once)
        first.append(search.packages)
    alike = set(first[0]) & set(first[1])
    assert len(alike) < 12 - 2, (guessed, len(alike))


def stress_of(in_cycle: np.ndarray) -> Stress:
    return Stress(
        ("payment.base",),
        np.zeros((in_cycle.shape[1], 1)),
        in_cycle,
        np.full(in_cycle.shape[1], 0.5),
        (),
        (9, 12),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_cheaper_and_cannot_be_told_apart_is_named_with_its_price(lang):
    """Three packages: the recommended one, a cheaper one alike but for luck, a cheaper one that does less."""
    luck = np.random.default_rng(1).normal(0, 0.02, (2, 12))
    shared = np.random.default_rng(2).normal(0, 0.05, 12)
    ones = [
        valued(1, 2e5, 0.2 + shared),
        valued(2, 4e5, 0.3 + shared + luck[0]),
        valued(3, 6e5, 0.3 + shared + luck[1]),
    ]
    many = np.full((3, 40), 0.2)
    many[0] = 0.45  # does well enough nowhere
    many[1, :2] = 0.45
    stress = stress_of(many)
    searched, fresh = zip(*ones, strict=True)
    first, second = alternatives_to(stress.best, fresh, stress)
    assert (stress.best, first.number, second.number) == (2, 1, 2)
    assert first.apart and first.cheaper and second.cheaper and not second.apart
    assert (first.enough, second.enough) == pytest.approx((-1.0, -0.05))
    assert first.cost.mean == pytest.approx(-4e5)
    assert second.gain_bounds.low < second.gain.mean < second.gain_bounds.high
    asked = {"fresh": 12, "seeds": [1], "stress": 40}
    found = BudgetSearch(load("small_city"), 1e6, searched, searched, fresh, stress, 0, Path(), asked)
    lines = sentences_beside(found) if lang == "en" else found.sentences(lang)
    told = "\n".join(lines if lang == "zh" else found.sentences(lang))
    assert {"en": "1 of 2 cheaper packages", "zh": "2个更便宜的组合中有1个"}[lang] in told
    (line,) = (one for one in told.splitlines() if one.startswith(("#2 for", "#2，每年")))
    assert {"en": "0.40 million yuan", "zh": "40万元"}[lang] in line, "its price"
    assert {"en": "−0.20 million yuan", "zh": "−20万元"}[lang] in line, "what it saves"
    assert any("#3" in table.caption for table in found.report(lang).gains)
    table = found.tables()["alternatives"]
    assert list(table["told_apart"]) == [True, False]
    exact = paired_exact(0, 2, 40, 0.95)
    assert table["enough_difference_exact_low"][1] == exact.low < -0.05 < exact.high
    (beside,) = (table for table in found.report(lang).gains if "#3" in table.caption)
    with in_language(lang):
        ends = figures.interval(exact.low, exact.high, figures.POINTS)
    assert {"en": "exact interval ", "zh": "精确置信区间"}[lang] + ends in beside.rows[1][4]
    for few in (3, 4):
        seen = [
            valued(n, one.public_cost, np.array(one.values["out_of_cycle"])[:few])
            for n, one in enumerate(searched)
        ]
        early = alternatives_to(stress.best, [two for _, two in seen], stress)
        assert [one.apart for one in early] == [None, None], "under five fresh seeds nothing is said"
    brief = brief_page_of(found, lang)
    assert "33%" in brief.title, "what costs 200,000 of 600,000 yuan less and is as good"
    assert "#2" in brief.alike and "#1" not in brief.alike and "33%" in brief.alike
    assert {"en": "200,000 yuan", "zh": "20万元"}[lang] in brief.alike
    assert [row.name[:2] for row in brief.rows] == ["#3", "#2", "#1"], (
        "the recommended one, then what is alike"
    )
    few = replace(stress, in_cycle=many[2:])
    alone = BudgetSearch(load("small_city"), 1e6, searched, searched, fresh[2:], few, 0, Path(), asked, [3])
    assert alone.alternatives == []
    told = brief_page_of(alone, lang)
    assert "33%" not in told.title and "#" not in told.alike


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('order = "any"\n[[menu]]\nkind = "retrofit"', "order", "searched"),
        ('[[menu]]\nkind = "retrofit"\nstarts = [0]', "menu.0.starts.0", "from 1"),
        ('[[menu]]\nkind = "retrofit"\nstarts = [3, 3]', "menu.0.starts.1", "once"),
        ('[[menu]]\nkind = "retrofit"\nchoices = { lag = [1] }', "menu.0.choices.lag", "two alternatives"),
        ('[[menu]]\nkind = "retrofit"\nchoices = { lag = [1, 1] }', "menu.0.choices.lag.1", "once"),
        (
            '[[menu]]\nkind = "retrofit"\nchoices = { start = [1, 2] }',
            "menu.0.choices.start",
            "settings other",
        ),
        (
            '[[menu]]\nkind = "retrofit"\nchoices = { targets = [{}, { stages = ["straned"] }] }',
            "menu.0.choices.targets.1.stages.0",
            "strained",
        ),
        (
            '[[menu]]\nkind = "retrofit"\nsearch = { "targets.age_max" = { low = 10, high = 40 } }\n'
            'choices = { "targets.age_min" = [5, 20] }',
            "menu.0.search.targets.age_max.low",
            "at least age_min",
        ),
        (
            '[[menu]]\nkind = "retrofit"\nsearch = { "targets.age_max" = { low = 10, high = 40 } }\n'
            "choices = { targets = [{}, { old = true }] }",
            "menu.0.choices.targets",
            "settings, search or choices",
        ),
    ],
)
def test_what_a_menu_cannot_leave_open_is_refused_at_its_key(tmp_path, text, key, said):
    file = tmp_path / "menu.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_menu(file)
    (problem,) = caught.value.problems
    assert (problem.file, problem.key) == (str(file), key)
    assert said in f"{problem.allowed} {problem.nearest}"


def test_a_month_after_the_run_is_refused_before_any_run(tmp_path):
    pytest.importorskip("optuna")
    item = MenuItem(kind="retrofit", starts=(1, 40))
    with pytest.raises(
        ScenarioError, match=r"menu\.0\.starts\.1: found 40; allowed: a month of the run, 1 to 24"
    ):
        budget("small_city", 1e6, menu=[item], months=24, folder=tmp_path / "a", engine=InProcess(made_up))
    assert not (tmp_path / "a").exists()


def test_a_question_in_a_file_may_search_the_order():
    file = DOCS.parent / "scenarios/studies/budget_search.toml"
    data = of_today(read_toml(file), "question", str(file))
    study = BudgetStudy.model_validate(data | {"order": "searched"})
    assert study.options()["menu"].order == "searched"
    assert BudgetStudy.model_validate(data).options()["menu"].order == "as_listed"


def test_the_command_says_what_was_chosen_and_can_leave_the_comparison_out(tmp_path, monkeypatch):
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    Path("menu.toml").write_text(MENU.replace("13, 19]", "13]"), encoding="utf-8")
    little = "--set city.estates=8 --months 14 --trials 7 --replications 1 --fresh 1 --stress 0 --in-process"
    asked = [
        "budget",
        "small_city",
        "--yearly",
        "1e6",
        "--menu",
        "menu.toml",
        *little.split(),
        "--lang",
        "en",
    ]
    told = CliRunner().invoke(app, [*asked, "--no-rivals"], env={"COLUMNS": "400"})
    assert told.exit_code == 0, told.output
    assert "drawing packages at random" not in told.output
