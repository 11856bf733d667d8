"""What is worth knowing: on worlds whose value of information is known in closed form, and on comparisons."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from paired_arms import arm, comparison, little_scenario
from scipy.stats import norm

import sim
from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.information import of_everything, of_inputs, why_not
from sim.experiments.intervals import CONSTANT, FEW, NO_VALUE
from sim.model.start.drawn_table import drawn_table
from sim.scenario import load
from sim.scenario.overrides import overridden, with_estates, with_overrides
from sim.studies.information.columns import unknown_columns
from sim.studies.information.information import Information

KEYS = ("payment.base", "payment.norm_weight", "service.returns")


def of_two(lead: float, slope: float) -> float:
    """The value of knowing X ~ N(0, 1) where the second of two actions is better by lead + slope X."""
    size = abs(slope)
    return size * norm.pdf(lead / size) + lead * norm.cdf(lead / size) - max(lead, 0.0)


def world(lead: float, slope: float, luck: float, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two actions over members with two inputs, of which only the first decides, and luck of each run."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(runs, 2))
    shared = generator.normal(0, 5, runs)
    second = shared + lead + slope * inputs[:, 0] + generator.normal(0, luck, runs)
    return np.stack([shared, second], axis=1), inputs


@pytest.mark.parametrize(("lead", "slope", "luck"), [(0.5, 1.0, 1.0), (-0.3, 0.5, 1.0), (1.0, 1.0, 0.2)])
def test_the_value_of_one_input_is_what_the_closed_form_says(lead: float, slope: float, luck: float) -> None:
    true, held, values = of_two(lead, slope), 0, []
    for seed in range(12):
        drawn, inputs = world(lead, slope, luck, 300, seed)
        found = of_inputs(drawn, inputs[:, :1])
        values.append(found.value)
        held += abs(found.value - true) <= 1.96 * found.error
    assert np.mean(values) == pytest.approx(true, abs=0.3 * true) and held >= 9


def test_correlated_inputs_share_their_value() -> None:
    """An input that goes with the one that decides is worth what it tells of it."""
    generator = np.random.default_rng(4)
    first = generator.normal(size=600)
    second = 0.8 * first + 0.6 * generator.normal(size=600)
    values = np.stack([np.zeros(600), 0.2 + first + generator.normal(0, 0.5, 600)], axis=1)
    found = of_inputs(values, second[:, None])
    assert found.value == pytest.approx(of_two(0.2, 0.8), abs=3 * found.error)


def test_what_decides_nothing_is_worth_nothing_beyond_its_error() -> None:
    beyond = 0
    for seed in range(20):
        values, inputs = world(0.3, 1.0, 1.0, 150, 100 + seed)
        found = of_inputs(values, inputs[:, 1:])
        assert found.value >= 0
        beyond += found.value > 1.96 * found.error
    assert beyond <= 2


def test_no_input_is_worth_more_than_everything() -> None:
    values, inputs = world(0.0, 1.0, 0.5, 300, 7)
    assert of_inputs(values, inputs[:, :1]).value < of_everything(values).value


def test_of_three_arms_the_best_is_chosen_knowing_it() -> None:
    """Actions worth 0, X and -X: knowing X is worth its mean size."""
    generator = np.random.default_rng(5)
    known = generator.normal(size=800)
    values = np.stack([np.zeros(800), known, -known], axis=1) + generator.normal(0, 0.3, (800, 3))
    found = of_inputs(values, known[:, None])
    assert found.value == pytest.approx(math.sqrt(2 / math.pi), abs=3 * found.error)


def test_too_little_is_said_to_be_too_little() -> None:
    values, inputs = world(0.3, 1.0, 1.0, 60, 1)
    assert why_not(values, inputs) == "" and why_not(values[:30], inputs[:30]) == FEW
    assert why_not(values, np.tile(inputs[:20], (3, 1))) == FEW, (
        "the same members again tell no more of a curve"
    )
    same = np.stack([np.zeros(60), np.ones(60)], axis=1)
    assert why_not(same, inputs) == CONSTANT
    assert why_not(same[:20], inputs[:20]) == CONSTANT, "twenty runs that agree show no less than sixty do"
    assert why_not(same[:2], inputs[:2]) == FEW, "two runs agree easily"
    values[3, 1] = np.nan
    assert why_not(values, inputs) == NO_VALUE


def compared(members: int = 80, ensemble: bool = True) -> sim.studies.comparison.comparison.Comparison:
    """Nothing, and a policy that helps where owners pay little by themselves."""
    luck = np.random.default_rng(11)
    drawn = luck.normal(1.0, 0.3, (members, 3))
    estates = np.tile(np.arange(40) < 20, (members, 1))
    shares = luck.normal(0.5, 0.02, members)
    helped = 0.02 - 0.2 * (drawn[:, 0] - 1.0) + luck.normal(0, 0.02, members)
    held = Ensemble("made", tuple(dict(zip(KEYS, map(float, row), strict=True)) for row in drawn))
    cost = np.full(members, 1e5)
    return comparison(
        arm("nothing", estates, np.zeros(members), 80 * shares),
        arm("policy", estates, cost, 80 * (shares - helped)),
        ensemble=held if ensemble else None,
    )


@pytest.fixture(scope="module")
def known() -> Information:
    return sim.value_of_information(compared(), outcome="cycle_share")


def test_the_parameter_that_decides_is_named_first_and_is_worth_most(known: Information) -> None:
    single = [row for row in known.rows if row.what == "parameter"]
    assert single[0].name == "payment.base" and known.bounds(single[0])[0] > 0
    assert single[0].value > 5 * single[1].value
    payment, whole = known.row("group", "payment"), known.row("parameters")
    assert single[0].value <= payment.value <= whole.value <= known.row("everything").value
    said = known.sentences("en")
    assert any("Most worth knowing: " in line and "points" in line for line in said), said
    assert any("最值得弄清的是" in line for line in known.sentences("zh"))
    assert any("rough" in line for line in known.warnings("en")), "eighty runs are few"


def test_what_a_single_run_gains_stands_beside_the_mean_gain(known: Information) -> None:
    """Knowing everything gains nothing where the chosen arm is the better one, else its lag."""
    made = compared()
    shares = np.stack([one.scalars["cycle_share"] for one in made.arms], axis=1)
    gain = shares[:, shares.mean(axis=0).argmin()] - shares.min(axis=1)
    held = known.row("everything").held
    assert held.low == 0 and held.high > known.row("everything").value and held.pairs == len(gain)
    assert ((gain > held.high).mean(), (gain < held.low).mean()) <= (0.06, 0)
    first = known.sentences("en")[0]
    assert "95% interval of the mean" in first and "what may happen: 0" in first and "of 80 runs" in first
    chinese = known.sentences("zh")[0]
    assert "均值的95%置信区间" in chinese and "80次运行" in chinese
    columns, rows = known.report("en").tables[0].columns, known.report("en").tables[0].rows
    assert "what may happen" in columns[-1] and {len(row) for row in rows} == {len(columns)}


def test_what_was_changed_in_all_scenarios_alike_is_not_told_with_every_name() -> None:
    made = compared()
    for one, name in zip(made.arms, ("vicious_cycle", "subsidy_only"), strict=True):
        changed = {"city.estates": 40, "city.districts": 2, "months": 24}
        object.__setattr__(one, "scenario", overridden(load(name), changed))
    found = sim.value_of_information(made)
    for lang, title in (("en", "Subsidy only"), ("zh", "只给补贴")):
        said = found.sentences(lang)[0]
        assert title in said and "city.estates" not in said, said


def test_with_a_worth_it_is_in_yuan_a_year() -> None:
    found = sim.value_of_information(compared(), worth=50_000)
    assert found.unit == "yuan/year" and "a year" in " ".join(found.sentences("en"))
    twice = sim.value_of_information(compared(), worth=100_000)
    # twenty estates: what is decided on is worth times estate-years less cost, in every run
    made = compared()
    years = made.baseline.scenario.months / 12
    lost = [50_000 * one.scalars["cycle_estate_years"] + one.scalars["public_cost"] for one in made.arms]
    net = -np.stack(lost, axis=1) / years
    assert found.row("everything").value == pytest.approx(of_everything(net).value)
    assert found.key != twice.key


def test_a_saved_comparison_gives_to_the_last_bit_what_its_runs_give(tmp_path: Path) -> None:
    """Or `estate reproduce`, which asks the runs, would call what came of the folder changed."""
    made = compared()
    told = sim.value_of_information(made, worth=50_000)
    read = sim.value_of_information(made.save(tmp_path / "compared"), worth=50_000)
    assert told.table.equals(read.table)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_drawn_reported_saved_and_read(known: Information, lang: str, tmp_path: Path) -> None:
    figure = known.plot(lang=lang)
    bars = {str(bar.get_label()) for ax in figure.axes for bar in ax.containers}
    assert {"parameter payment.base", "group payment", "everything"} <= bars
    part = known.report(lang)
    assert part.tables[0].rows and any("estate worth" in line for line in part.commands)
    read = sim.load_result(known.save(tmp_path / "known"))
    assert read.sentences(lang) == known.sentences(lang) and read.key == known.key
    assert read.table.equals(known.table)
    manifest = json.loads((tmp_path / "known" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["versions"]["sim"] == sim.__version__ and manifest["model_source_hash"]


def test_a_group_of_ones_own_is_valued_together() -> None:
    found = sim.value_of_information(
        compared(), outcome="cycle_share", groups={"survey": ("payment.base", "service.returns")}
    )
    assert found.row("group", "survey").value >= found.row("parameter", "payment.base").value


def test_the_figure_of_the_table_that_decides_is_worth_what_the_closed_form_says() -> None:
    """A policy that helps in cities with many empty flats and harms in the others."""
    seeds, luck = range(1, 101), np.random.default_rng(12)
    members = Ensemble("made", tuple({"payment.base": float(one)} for one in luck.normal(1.0, 0.3, 100)))
    city = with_overrides(little_scenario(8), {"city.households": 400, "companies.private": 2})
    vacant = unknown_columns(city, seeds, members)["table.vacancy"][:, 0]
    known = (vacant - vacant.mean()) / vacant.std()
    estates = np.tile(np.arange(40) < 20, (100, 1))
    shares = luck.normal(0.5, 0.02, 100)
    helped = 0.01 + 0.1 * known + luck.normal(0, 0.01, 100)
    made = comparison(
        replace(arm("nothing", estates, np.zeros(100), 80 * shares), scenario=city),
        replace(arm("policy", estates, np.zeros(100), 80 * (shares - helped)), scenario=city),
        ensemble=members,
    )
    groups = {"survey": ("payment.base", "table.vacancy")}
    found = sim.value_of_information(made, outcome="cycle_share", columns=True, groups=groups)
    vacancy = found.row("column", "vacancy")
    assert vacancy.value == pytest.approx(of_two(0.01, 0.1), rel=0.15)
    others = [row for row in found.rows if row.what == "column" and row.name != "vacancy"]
    assert len(others) > 10 and all(row.value < vacancy.value / 3 for row in others)
    assert found.row("columns").value >= vacancy.value <= found.row("group", "survey").value
    for lang, words in (("en", "most worth collecting"), ("zh", "最值得收集")):
        (said,) = [line for line in found.sentences(lang) if words in line]
        assert {"en": "vacant flats", "zh": "空置"}[lang] in said, said
    assert "--group survey=payment.base,table.vacancy --columns" in found.report("en").commands[0]


def test_what_the_table_of_a_city_states_is_not_unknown() -> None:
    scenario = little_scenario()
    stated = with_estates(scenario, drawn_table(scenario, 1), "city.csv")
    member = Ensemble("made", ({"payment.base": 1.0},))
    assert not unknown_columns(stated, range(1, 4), member)
    some = with_estates(scenario, drawn_table(scenario, 1).some(range(40), without=("vacancy",)), "city.csv")
    assert list(unknown_columns(some, range(1, 4), member)) == ["table.vacancy"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "tenders"}, "outcome: found 'tenders'"),
        ({"worth": 0.0}, "worth: found 0"),
        ({"worth": 5.0, "outcome": "cycle_share"}, "beside it"),
        ({"groups": {"mine": ("market.margin",)}}, "groups: mine"),
        ({"groups": {"mine": ("table.vacancies",)}}, "groups: mine: found 'table.vacancies'"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        sim.value_of_information(compared(), **options)  # type: ignore[arg-type]


def test_without_an_ensemble_nothing_is_unknown() -> None:
    with pytest.raises(StudyError, match="without an ensemble"):
        sim.value_of_information(compared(ensemble=False))


def test_few_members_say_nothing_and_why() -> None:
    found = sim.value_of_information(compared(20), outcome="cycle_share")
    assert all(math.isnan(row.value) for row in found.rows)
    assert any("fewer than 40" in line for line in found.sentences("en"))
    assert found.plot() and found.report("en").tables[0].rows
