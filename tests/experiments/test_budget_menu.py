"""What a budget may buy: settings of every form reach the runs, a menu is checked whole, and the
front shows no worse package."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from experiments_worlds import CASES, SMALL, never
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim import notices
from sim.cli.app import app
from sim.errors import EstateError, ResultError, ScenarioError, StudyError
from sim.experiments.intervals import mean_interval, range_of
from sim.experiments.study_file import load_trap_study
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.scenario import load
from sim.studies.budget.budget import BudgetSearch, BudgetStudy, again, budget, unbeaten
from sim.studies.budget.menu import Bought, MenuItem, Range, idle_items, load_menu, package_of, with_package
from sim.studies.budget.package_value import Rescored, Valued
from sim.studies.budget.report import sure_of
from sim.text import figures, in_language


@pytest.mark.parametrize(
    ("menu", "setting", "value"),
    [("menu_targets.toml", "targets.old", True), ("menu_list.toml", "items", ("gates",))],
)
def test_tables_and_lists_of_a_menu_reach_what_is_bought(tmp_path, menu, setting, value):
    pytest.importorskip("optuna")
    found = budget(
        "small_city",
        1e6,
        menu=CASES / menu,
        trials=3,
        replications=1,
        months=2,
        fresh=1,
        stress=0,
        overrides=SMALL,
        folder=tmp_path,
        store=tmp_path / "store",
        engine=InProcess(),
    )
    bought = [one.package for one in found.tried if one.package]
    assert bought and len(found.tried) == 3
    for package in bought:
        said = with_package(found.scenario, package).interventions[-1]
        for part in setting.split("."):
            said = getattr(said, part)
        assert said == value
    again = sim.load_result(found.save(tmp_path / "saved"))
    assert again.digest == found.digest and again.front == found.front
    assert [one.package for one in again.tried] == [one.package for one in found.tried]


def test_the_command_takes_a_menu_with_targets_from_end_to_end(tmp_path, monkeypatch):
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    small = [
        part for key, value in SMALL.items() if value is not None for part in ("--set", f"{key}={value}")
    ]
    options = (
        "--yearly 1e6 --months 2 --trials 3 --replications 1 --fresh 0 --stress 0 --in-process --lang en"
    )
    told = CliRunner().invoke(
        app,
        ["budget", "vicious_cycle", *options.split(), "--menu", str(CASES / "menu_targets.toml"), *small],
        env={"COLUMNS": "300"},
    )
    assert told.exit_code == 0, told.output
    assert "3 packages tried" in told.output and "nothing" in told.output
    assert (
        len(list(tmp_path.glob("results/budget-vicious_cycle-*/pareto.png"))) == 1
    )  # the search is kept beside it


def test_a_package_is_known_by_all_of_its_settings():
    def bought(old: bool) -> Bought:
        return Bought("retrofit", 1, 5.0, (("items", ["gates"]), ("targets", {"old": old})))

    assert bought(True) == bought(True) and hash(bought(True)) == hash(bought(True))
    assert bought(True) != bought(False)


def test_a_misspelt_setting_is_one_error_at_its_own_place():
    with pytest.raises(ScenarioError) as caught:
        load_menu(CASES / "menu_false_second_line.toml")
    (problem,) = caught.value.problems
    assert problem.key == "menu.0.settings.first_yaer" and problem.nearest == "first_year"
    assert "first_year" in str(problem.allowed) and "settings" not in str(problem.allowed)


def menu_file(folder: Path, text: str) -> Path:
    place = folder / "menu.toml"
    place.write_text(text, encoding="utf-8")
    return place


def test_all_that_is_wrong_in_a_menu_is_said_at_once_and_nothing_that_is_right(tmp_path):
    text = """
[[menu]]
kind = "operating_subsidy"
settings = { start = 3, first_year = 99.0, targets = { old = 3 } }
[[menu]]
kind = "retrofit"
settings = { order = "worst_first" }
search = { lag = { low = 0, high = 1.5 }, worse_than = { low = 0.5, high = 7 } }
[[menu]]
kind = "committee_drive"
settings = { lag = 1 }
search = { lag = { low = 0, high = 2 } }
"""
    with pytest.raises(ScenarioError) as caught:
        load_menu(menu_file(tmp_path, text))
    assert {problem.key for problem in caught.value.problems} == {
        "menu.0.settings.start",
        "menu.0.settings.first_year",
        "menu.0.settings.targets.old",
        "menu.1.search.lag",
        "menu.1.search.worse_than.high",
        "menu.2.search.lag",
    }
    with pytest.raises(ScenarioError, match=r"menu\.1\.kind: found a second 'retrofit'"):
        load_menu(menu_file(tmp_path, '[[menu]]\nkind = "retrofit"\n[[menu]]\nkind = "retrofit"\n'))


def test_levels_and_months_of_conditions_are_searched_where_a_menu_gives_them_a_range(tmp_path):
    pytest.importorskip("optuna")
    file = tmp_path / "menu.toml"
    file.write_text(
        """[[menu]]
kind = "operating_subsidy"
settings = { where = { start = { measure = "collection" } }, when = { pause = { measure = "own_budget_left", below = 0.1 } } }

[menu.search]
"where.start.below" = { low = 0.3, high = 0.8 }
"where.start.months" = { low = 2, high = 12 }
""",
        encoding="utf-8",
    )
    found = budget(
        "small_city",
        1e6,
        menu=file,
        trials=4,
        replications=1,
        months=2,
        fresh=1,
        stress=0,
        overrides=SMALL,
        folder=tmp_path,
        store=tmp_path / "store",
        engine=InProcess(),
    )
    starts = set()
    for package in (one.package for one in found.tried if one.package):
        made = with_package(found.scenario, package).interventions[-1]
        condition = made.where.start
        assert 0.3 <= condition.below <= 0.8 and condition.months in range(2, 13)
        assert made.when.pause.measure == "own_budget_left"  # of what the search gives it
        starts.add((condition.below, condition.months))
    assert len(starts) > 1
    again = sim.load_result(found.save(tmp_path / "saved"))
    assert [one.package for one in again.tried] == [one.package for one in found.tried]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (
            {"search": {"where.start.belo": Range(low=0.1, high=0.2)}},
            r"search\.where\.start\.belo.*did you mean",
        ),
        (
            {
                "settings": {"where": {"start": {"measure": "quality", "below": 0.5}}},
                "search": {"where.start.below": Range(low=0.1, high=0.2)},
            },
            r"search\.where\.start\.below: found a setting that is fixed too",
        ),
        (
            {
                "settings": {"where": {"start": {"measure": "quality"}}},
                "search": {"where.start.below": Range(low=0.1, high=2.0)},
            },
            r"search\.where\.start\.below\.high: found 2",
        ),
        (
            {"settings": {"when": {"grow": {"measure": "quality", "below": 0.5, "what": "yearly_budget"}}}},
            r"settings\.when\.grow\.what.*the search decides",
        ),
    ],
)
def test_a_condition_that_a_menu_cannot_search_is_refused_at_its_own_key(item, told):
    with pytest.raises(ScenarioError, match=told):
        MenuItem(kind="operating_subsidy", **item)


def test_a_setting_in_whole_numbers_is_searched_in_whole_numbers(tmp_path):
    optuna = pytest.importorskip("optuna")
    item = MenuItem(
        kind="retrofit", search={"lag": Range(low=2, high=4), "worse_than": Range(low=0.2, high=0.9)}
    )
    assert item.variants()[0] == {"lag": 2, "worse_than": 0.2} and item.whole("lag")
    budget(
        "small_city",
        1e5,
        menu=[item],
        trials=8,
        replications=1,
        months=2,
        fresh=0,
        stress=0,
        overrides=SMALL,
        folder=tmp_path,
        store=tmp_path / "store",
        engine=InProcess(),
    )
    storage = f"sqlite:///{tmp_path / 'search.db'}"
    (name,) = optuna.get_all_study_names(storage)
    lags = {
        trial.params.get("retrofit.lag")
        for trial in optuna.load_study(study_name=name, storage=storage).trials
    }
    assert lags - {None} and lags <= {None, 2, 3, 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[menu]]\nkind = "retrofit"\nsettings = { targets = { types = ["comodity"] } }',
            "did you mean 'commodity'",
        ),
        ('[[menu]]\nkind = "retrofit"\nsettings = { end = 12 }', r"from month 13\): end: found 12"),
    ],
)
def test_a_menu_that_the_city_cannot_have_is_refused_before_any_run(tmp_path, text, said):
    pytest.importorskip("optuna")
    place = tmp_path / "search"
    with pytest.raises(ScenarioError, match=said) as caught:
        budget(
            "small_city",
            1e6,
            menu=menu_file(tmp_path, text),
            folder=place,
            store=tmp_path / "store",
            engine=InProcess(never),
        )
    assert caught.value.problems[0].file.endswith("menu.toml")
    assert not place.exists(), "nothing half-written"


@pytest.mark.parametrize("options", [{"stress": 1}, {"sampler": "best"}, {"trials": 0}])
def test_options_of_a_search_are_refused_before_any_run(tmp_path, options):
    pytest.importorskip("optuna")
    with pytest.raises(StudyError, match=next(iter(options))[:4]):
        budget("small_city", 1e6, folder=tmp_path / "a", store=tmp_path, engine=InProcess(never), **options)
    assert not (tmp_path / "a").exists()


def test_a_question_with_wrong_programmes_or_changes_names_its_own_file(tmp_path):
    text = (
        'command = "budget"\nbase = "small_city"\nyearly = 1e6\n'
        'title = { zh = "甲", en = "a" }\nquestion = { zh = "甲", en = "a" }\n'
    )
    file = tmp_path / "asked.toml"
    for more, keys in (
        (
            '[[interventions]]\nkind = "retrofit"\nstrat = 3\n[[interventions]]\nkind = "retro"\n',
            {"interventions.retrofit.strat", "interventions.retro.kind"},
        ),
        ('[changes]\n"companies.private" = 2\n', {"changes.companies.private"}),
        ('[changes]\n"companies.privat" = 2\n', {"changes.companies.privat"}),
        ("menu = []\n", {"menu"}),
    ):
        file.write_text(text + more, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_trap_study(file, BudgetStudy)
        assert {(one.file, one.key) for one in caught.value.problems} == {(str(file), key) for key in keys}


def made_up(seed: int, packages: int) -> list[Valued]:
    """Packages that buy more for more money, but for differences that rounding hides."""
    luck = np.random.default_rng(seed)
    cost = 1e5 * luck.integers(1, 9, packages) + luck.uniform(-6e3, 6e3, packages)
    shares = 0.5 + cost[:, None] / 1e7 + 0.02 * luck.random((packages, 2))
    figures = np.column_stack([cost, shares])
    return [
        Valued(number, (Bought("retrofit", 1 + number, 1.0),), *map(float, row), 0.0)
        for number, row in enumerate(figures)
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("seed", range(5))
def test_no_package_listed_is_worse_in_what_is_shown_than_another(seed, lang):
    pytest.importorskip("moocore")
    packages = made_up(seed, 40)
    kept = [one.number for one in unbeaten(packages)]
    found = BudgetSearch(load("small_city"), 1e6, packages, packages, [], None, 0, Path(), {}, kept)
    figures = [
        tuple(
            float(number)
            for number in re.findall(r"[\d.]+(?=%|万元| million yuan| million yuan a year)", line)
        )[:3]
        for line in found.sentences(lang)
        if line.startswith("  #")
    ]
    assert len(figures) == len(kept) > 1
    for cost, out, worst in figures:
        assert not any(
            c <= cost and o >= out and w >= worst and (c, o, w) != (cost, out, worst) for c, o, w in figures
        )
    assert f"{40 - len(kept)}" in found.sentences(lang)[1], "how many are left out is said"
    for one in packages:  # and nothing is left out that is better than all others in some way
        beaten = any(
            other.public_cost <= one.public_cost + 5e3
            and other.out_of_cycle >= one.out_of_cycle - 0.01
            and other.worst_decile_satisfaction >= one.worst_decile_satisfaction - 0.01
            for other in packages
            if other is not one
        )
        assert one.number in kept or beaten


def test_an_older_result_keeps_the_front_that_it_had():
    packages = made_up(1, 10)
    assert BudgetSearch(load("small_city"), 1e6, packages, packages, [], None, 0, Path()).front == packages


def test_an_impossible_package_is_an_error_of_the_scenario():
    with pytest.raises(ScenarioError, match="bought_retrofit"):
        with_package(load("small_city"), (Bought("retrofit", 13, 1.0, (("end", 5),)),))
    choice = {"retrofit.buy": True, "retrofit.start": 1, "retrofit.weight": 1.0}
    (package,) = package_of(
        choice, [MenuItem(kind="retrofit", settings={"items": ["gates"]})], 7.0, load("small_city")
    )
    assert dict(package.settings) == {"items": ["gates"]}
    with pytest.raises(EstateError):
        load_menu("nowhere.toml")


def scored(seeds: int) -> tuple[BudgetSearch, Valued]:
    """A search whose only package was scored on so many fresh seeds, and the package."""
    luck = np.random.default_rng(seeds)
    values = {
        "public_cost": luck.uniform(1e6, 3e6, seeds),
        "out_of_cycle": luck.uniform(0.4, 0.6, seeds),
        "worst_decile_satisfaction": luck.uniform(0.2, 0.3, seeds),
        "state_owned_losses": luck.uniform(2e5, 8e5, seeds),
    }
    means = {name: float(each.mean()) for name, each in values.items()}
    one = Valued(1, (), **means, fiscal_spending_dearest_year=1e6, values=values)
    gains = luck.uniform(0.1, 0.2, seeds)
    again = Rescored(one, float(gains.mean()), mean_interval(gains), range_of(gains), tuple(gains))
    asked = {"fresh": seeds, "seeds": [1], "menu": [], "stress": 0}
    return BudgetSearch(load("small_city"), 4e6, [one], [one], [again], None, 0, Path(), asked), one


@pytest.mark.parametrize(
    ("seeds", "ends", "kind"),
    [(3, (0, 1), "lowest to highest"), (12, (0, 1), "lowest to highest"), (60, (0.05, 0.95), "5th to 95th")],
)
def test_every_figure_of_a_package_is_a_mean_with_the_range_of_its_seeds(seeds, ends, kind):
    found, one = scored(seeds)
    told = "\n".join(found.sentences("en"))
    assert f"{kind}" in told and f"of {seeds} seeds" in told
    (line,) = (line for line in found.sentences("en") if line.startswith("  #1"))
    costs = np.quantile(one.values["public_cost"], ends, method="weibull") / 1e6
    assert f"public cost {one.public_cost / 1e6:.2f} (" in line
    assert f"{costs[0]:.2f} – {costs[1]:.2f}) million yuan a year" in line
    out = np.quantile(one.values["out_of_cycle"], ends, method="weibull") * 100
    assert f"{out[0]:.0f}% – {out[1]:.0f}%) of estates out of the cycle" in line
    front = found.report("en").programmes[0]
    assert f"{costs[0]:.2f} – {costs[1]:.2f})" in front.rows[0][2], "and in the table of the report"
    assert ("; " in front.rows[0][2]) == (seeds >= 5), "the interval of the mean stands before the range"
    row = found.front_table.iloc[0]
    assert row["public_cost_range_low"] / 1e6 == pytest.approx(costs[0])
    assert row["public_cost_range_kind"] == ("p5_p95" if seeds >= 40 else "lowest_highest")
    assert (row["public_cost_low"] == row["public_cost_low"]) == (seeds >= 5), "too few have no interval"


@pytest.mark.parametrize(("seeds", "hurts"), [(12, False), (12, True), (3, False)])
def test_a_price_says_how_sure_it_is_and_where_a_pair_has_none(seeds, hurts):
    found, one = scored(seeds)
    gains = np.array(found.fresh[0].gains)
    if hurts:
        gains[0] = -0.01
        found.fresh[0] = Rescored(
            one, float(gains.mean()), mean_interval(gains), range_of(gains), tuple(gains)
        )
    price = found.report("en").programmes[0].rows[0][-1]
    assert ("interval of the mean" in price) == (seeds >= 5)
    assert ("no price where it does not help: it helps in 11 of 12 pairs" in price) == hurts
    assert (f"lowest to highest of {seeds} pairs" in price) != hurts
    if seeds == 12:
        pairs = one.values["public_cost"] / (gains * found.scenario.city.estates)
        told = figures.money(one.values["public_cost"].mean() / (gains.mean() * found.scenario.city.estates))
        assert price.startswith(told)
        if not hurts:
            assert figures.interval(pairs.min(), pairs.max(), "yuan") in price


@pytest.mark.parametrize(("lang", "draw"), [("en", "one draw"), ("zh", "一次抽样")])
def test_one_fresh_seed_is_one_draw_and_neither_a_mean_nor_an_agreement(lang, draw):
    found, _ = scored(1)
    page = found.report(lang)
    told = "\n".join([*found.sentences(lang), *(str(table) for table in page.programmes)])
    named = f"{draw}, seed 2" if lang == "en" else f"{draw}，种子2"  # after the one of the search
    assert named in told and named.replace("seed", "fresh seed").replace("种", "新种") in said_by(found, lang)
    for mean in ("means over 1", "1 fresh seeds", "1个随机种子的均值", "1 of 1 pairs", "1对中1对"):
        assert mean not in told
    assert "exactly this" not in told and "完全相同" not in told
    with in_language(lang):
        assert draw in sure_of(found.fresh[0])


def said_by(found: BudgetSearch, lang: str) -> str:
    return " ".join(" ".join(text.get_text().split()) for text in found.plot(lang=lang).findobj(Text))


def test_what_gains_nothing_with_every_seed_has_no_interval_to_call_rough():
    nothing = np.zeros(7)
    one = Rescored(Valued(0, (), 0, 0.5, 0.3, 0), 0.0, mean_interval(nothing), range_of(nothing))
    assert "rough" not in sure_of(one) and "no interval: every replication gave exactly this" in sure_of(one)


def test_what_a_package_costs_is_called_public_cost_wherever_it_stands():
    found, _ = scored(3)
    for lang, word in (("en", "public cost"), ("zh", "公共成本")):
        page = found.report(lang)
        heads = [
            head for table in page.programmes for head in table.columns if "cost" in head or "花费" in head
        ]
        assert all(word in head for head in heads), heads
        assert found.plot(lang=lang).axes[0].get_xlabel().count(word) == 1
        assert any(word in line for line in found.sentences(lang) if line.startswith("  #"))
    for table in found.tables().values():
        assert not {"cost", "searched_cost", "state_owned", "most_in_a_year"} & set(table.columns)


def test_packages_that_an_earlier_version_saved_are_read_by_the_names_that_they_had():
    old = {"number": 1, "package": (), "cost": 5.0, "out_of_cycle": 0.5, "worst_decile_satisfaction": 0.3}
    read = Valued.of_parts(**old, most_in_a_year=7.0, state_owned=2.0)
    assert (read.public_cost, read.fiscal_spending_dearest_year, read.state_owned_losses) == (5.0, 7.0, 2.0)
    found = BudgetSearch(load("small_city"), 4e6, [read], [read], [], None, 0, Path(), {"seeds": [1]})
    assert any("earlier version" in line for line in found.sentences("en")), "its cost was of something else"
    with pytest.raises(ResultError, match="earlier version"):
        again(found, Workplace(InProcess(never)))


@pytest.mark.parametrize(
    ("seeds", "said", "unsaid"),
    [
        (3, "(no interval from 3 fresh seeds); what may happen: ", "95%"),
        (5, "(rough: 5 fresh seeds); what may happen: ", "no interval"),
        (12, "points", "rough"),
    ],
)
def test_a_gain_says_how_precise_its_mean_is_and_what_may_happen(seeds, said, unsaid):
    gains = np.random.default_rng(seeds).normal(0.1, 0.05, seeds)
    value = Valued(1, (), 1e6, 0.5, 0.3, 1e6)
    one = Rescored(value, float(gains.mean()), mean_interval(gains), range_of(gains))
    text = sure_of(one)
    assert said in text and unsaid not in text
    ends = f"{100 * gains.min():.1f} to {100 * gains.max():.1f} points, lowest to highest of {seeds} pairs"
    assert ends.replace("-", "−") in text
    with in_language("zh"):
        chinese = sure_of(one)
    assert f"{seeds}对运行的最低至最高" in chinese and ("粗略" in chinese) == (seeds == 5)


def test_what_can_have_no_effect_of_a_menu_is_said_before_the_search(tmp_path, monkeypatch, capsys):
    """And nothing is said of what may have an effect somewhere in the ranges that are searched."""
    monkeypatch.setattr(notices, "_told", set())
    menu = [
        MenuItem(kind="retrofit", settings={"targets": {"age_min": 200}}),
        MenuItem(kind="committee_drive", settings={"lag": 40}),
        MenuItem(kind="operating_subsidy", search={"first_year": Range(low=0.05, high=0.6)}),
    ]
    options = {"trials": 1, "replications": 1, "fresh": 0, "stress": 0, "months": 2, "engine": InProcess()}
    with in_language("en"):
        budget("small_city", 1e6, menu=menu[::2], overrides=SMALL, folder=tmp_path, store=tmp_path, **options)
    assert "menu: menu.0 (retrofit) can have no effect" in (said := capsys.readouterr().err), said
    assert "menu.1" not in said
    told = [str(one) for one in idle_items(load("small_city"), menu, 1e6, "my.toml")]
    assert len(told) == 1 and told[0].startswith("my.toml: menu.0 (retrofit) can have no effect")
    short = sim.with_overrides(load("small_city"), {"months": 24})
    assert [str(one)[:21] for one in idle_items(short, menu, 1e6, "my.toml")] == [
        "my.toml: menu.0 (retr",
        "my.toml: menu.1 (comm",
    ]
