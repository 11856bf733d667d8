"""Addresses: what a participant sets survives them, and nothing hostile comes through."""

from __future__ import annotations

import math
from urllib.parse import parse_qsl

import pytest

from sim.app.core.affordable import Limits, fits, sample_of
from sim.app.core.setting import GROUPS, Choice, address, board, offered, read_address, scenario_of
from sim.errors import ScenarioError
from sim.scenario import load
from sim.text import in_language
from sim.text.figures import unit_name

LIMITS = Limits()


def read(query: str, lang: str = "en"):
    return read_address(parse_qsl(query.lstrip("?"), keep_blank_values=True), LIMITS, lang)


def test_every_scenario_offered_stands_for_itself_or_its_sample() -> None:
    for name in offered(LIMITS):
        made, whole = scenario_of(Choice.of(name), LIMITS), load(name)
        assert made == (whole if fits(whole, LIMITS) else sample_of(whole)[0]), name
    assert (
        not fits(load("wuhan"), LIMITS) and "1 in 41" in offered(LIMITS)["wuhan"].en
    )  # millions of owners are no workshop


def test_a_sample_keeps_proportions() -> None:
    whole = load("wuhan")
    made, n = sample_of(whole)
    assert fits(made, LIMITS)
    part = made.city.estates / whole.city.estates
    assert part == pytest.approx(1 / n, rel=0.01)
    for name, count in whole.estates_by_type().items():
        assert abs(made.estates_by_type()[name] - part * count) < 1
        assert made.types[name].start_collection == whole.types[name].start_collection
    bodies = {
        "street": ("districts", "streets_per_district"),
        "community": ("districts", "streets_per_district", "communities_per_street"),
    }
    for tier, levels in bodies.items():
        for kind in ("budget", "staff"):
            totals = [
                getattr(one.government, f"{tier}_{kind}")
                * math.prod(getattr(one.city, level) for level in levels)
                for one in (whole, made)
            ]
            assert totals[1] == pytest.approx(part * totals[0])
    assert [one.capacity for one in made.interventions if one.capacity] == pytest.approx(
        [part * one.capacity for one in whole.interventions if one.capacity]
    )


def test_a_measure_can_be_aimed_at_estates() -> None:
    reading = read(
        "on=disclosure&interventions.disclosure.targets.types=commodity,resettlement&interventions.disclosure.targets.districts=1,1"
        "&interventions.disclosure.targets.old=false&interventions.disclosure.targets.age_max=20&interventions.disclosure.targets.stages="
    )
    assert reading.ignored == ()
    (programme,) = scenario_of(reading.choice, LIMITS).interventions
    aimed = programme.targets
    assert (aimed.types, aimed.districts, aimed.old, aimed.age_max, aimed.stages) == (
        ("commodity", "resettlement"),
        (1,),
        False,
        20,
        (),
    )
    assert read(address(reading.choice, "en")).choice == reading.choice


@pytest.mark.parametrize(
    "aim", ["types=villa", "districts=7", "districts=0;1", "old=maybe", "stages=healthy,", "share_max=2"]
)
def test_a_measure_cannot_be_aimed_at_what_is_not_there(aim: str) -> None:
    reading = read(f"on=disclosure&interventions.disclosure.targets.{aim}")
    assert len(reading.ignored) == 1
    assert reading.choice == Choice.of("small_city").switched("disclosure", True)


def test_every_lever_speaks_both_languages() -> None:
    for name in offered(LIMITS):
        made = board(name)
        assert set(made.parameters) <= set(GROUPS)
        for lever in made.by_key.values():
            with in_language("zh"):
                chinese = f"{lever.label}{unit_name(lever.unit)}" + "".join(lever.labels().values())
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), lever.key
            assert str(lever.label) and len(lever.labels()) == len(lever.choices), lever.key


def test_an_address_holds_everything_that_was_set() -> None:
    choice = Choice("package", 7, 60, ("operating_subsidy", "disclosure"))
    for key, value in (
        ("types.commodity.fee_price", 2.1),
        ("interventions.operating_subsidy.start", 5),
        ("interventions.operating_subsidy.end", None),
        ("payment.norm_weight", 0.25),
        ("loops.norm", False),
    ):
        lever = choice.board.by_key[key]
        choice = choice.moved(lever, lever.start if value is None else value)
    reading = read(address(choice, "zh"))
    assert (reading.choice, reading.lang, reading.ignored) == (choice, "zh", ())
    assert scenario_of(reading.choice, LIMITS) == scenario_of(choice, LIMITS)


def test_conditions_of_a_scenario_hold_whatever_else_is_moved_and_are_no_numbers_to_be_typed_in() -> None:
    choice = Choice("subsidy_reacting", 7, 60, ("operating_subsidy",))
    assert not [key for key in choice.board.by_key if key.endswith((".when", ".where"))]
    lever = choice.board.by_key["interventions.operating_subsidy.first_year"]
    (programme,) = scenario_of(choice.moved(lever, 0.3), LIMITS).interventions
    (shipped,) = load("subsidy_reacting").interventions
    assert programme.when == shipped.when is not None and programme.where == shipped.where is not None


def test_every_lever_of_every_measure_can_be_written_and_read() -> None:
    for lever in board("small_city").by_key.values():
        assert lever.read(lever.written(lever.start)) == lever.start, lever.key


def test_every_measure_can_be_switched_on_with_its_defaults() -> None:
    choice = Choice.of("small_city")
    for measure in choice.board.measures:
        scenario = scenario_of(choice.switched(measure.name, True), LIMITS)
        assert [programme.kind for programme in scenario.interventions] == [measure.kind]


@pytest.mark.parametrize(
    "query",
    [
        "scenario=../../etc/passwd",
        "scenario=/etc/passwd",
        "scenario=no_such_city",
        "seed=-1",
        "seed=1e99",
        "seed=nan",
        "months=241",
        "months=11",  # it spins up, and a run after that is of a year or more
        "months=inf",
        "city.estates=99999999",
        "city.estates=1.5",
        "on=__class__",
        "name=x",
        "title.en=<script>",
        "interventions.0.kind=x",
        "payment.norm_weight=" + "9" * 5000,
        "loops.norm=maybe",
        "__proto__=1",
        "lang=xx&x=1",
        "figures=1",
        "%00=%00",
        "on=" + "a," * 3000,
    ],
)
def test_what_is_unknown_or_out_of_range_is_left_out_and_named(query: str) -> None:
    reading = read(query)
    assert reading.choice == Choice.of("small_city")
    assert reading.ignored
    assert all(len(str(line)) < 500 for line in reading.ignored)


def test_values_of_a_measure_that_is_off_wait() -> None:
    reading = read("interventions.disclosure.start=9")
    assert reading.ignored == ()
    assert scenario_of(reading.choice, LIMITS) == load("small_city")
    assert scenario_of(reading.choice.switched("disclosure", True), LIMITS).interventions[0].start == 9


MORE_COMPANIES = "companies.private=200&companies.state_owned=4"


def test_a_city_beyond_the_limits_is_refused_with_the_bound() -> None:
    with pytest.raises(ScenarioError, match=r"households: found .*; allowed: at most 200,000"):
        scenario_of(read(f"city.estates=2000&months=40&{MORE_COMPANIES}").choice, LIMITS)
    with pytest.raises(ScenarioError, match="city.estates × months"):
        scenario_of(read(f"city.estates=600&months=240&{MORE_COMPANIES}").choice, LIMITS)


def test_estates_for_which_there_are_no_companies_are_refused_before_anything_is_simulated() -> None:
    with pytest.raises(ScenarioError, match="companies.private: found 12 companies for 356 estates"):
        scenario_of(read("city.estates=600&months=40").choice, LIMITS)


def test_settings_that_contradict_each_other_are_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="at least start"):
        scenario_of(
            read("on=disclosure&interventions.disclosure.start=50&interventions.disclosure.end=20").choice,
            LIMITS,
        )
