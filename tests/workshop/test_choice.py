"""Addresses: what a participant sets survives them, and nothing hostile comes through."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sim.app.choice import Choice, address, read_address, scenario_of
from sim.app.levers import board, offered
from sim.app.limits import Limits
from sim.errors import ScenarioError
from sim.scenario import load

LIMITS = Limits()


def read(query: str, lang: str = "en"):
    return read_address(parse_qsl(query.lstrip("?"), keep_blank_values=True), LIMITS, lang)


def test_every_scenario_offered_stands_for_itself() -> None:
    for name in offered(LIMITS):
        assert scenario_of(Choice.of(name), LIMITS) == load(name), name
    assert "wuhan" not in offered(LIMITS)  # millions of owners are no workshop


def test_an_address_holds_everything_that_was_set() -> None:
    choice = Choice("package", 7, 60, ("operating_subsidy", "disclosure"))
    for key, value in (("types.commodity.fee_price", 2.1), ("interventions.operating_subsidy.start", 5),
                       ("interventions.operating_subsidy.end", None), ("payment.norm_weight", 0.25), ("loops.norm", False)):  # fmt: skip
        lever = choice.board.by_key[key]
        choice = choice.moved(lever, lever.start if value is None else value)
    reading = read(address(choice, "zh"))
    assert (reading.choice, reading.lang, reading.ignored) == (choice, "zh", ())
    assert scenario_of(reading.choice, LIMITS) == scenario_of(choice, LIMITS)


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
        "scenario=../../etc/passwd", "scenario=/etc/passwd", "scenario=wuhan", "seed=-1", "seed=1e99", "seed=nan", "months=241", "months=inf",
        "city.estates=99999999", "city.estates=1.5", "on=__class__", "name=x", "title.en=<script>", "interventions.0.kind=x",
        "payment.norm_weight=" + "9" * 5000, "loops.norm=maybe", "__proto__=1", "lang=xx&x=1", "figures=1", "%00=%00", "on=" + "a," * 3000,
    ],
)  # fmt: skip
def test_what_is_unknown_or_out_of_range_is_left_out_and_named(query: str) -> None:
    reading = read(query)
    assert reading.choice == Choice.of("small_city")
    assert reading.ignored
    assert all(len(line) < 500 for line in reading.ignored)


def test_values_of_a_measure_that_is_off_wait() -> None:
    reading = read("interventions.disclosure.start=9")
    assert reading.ignored == ()
    assert scenario_of(reading.choice, LIMITS) == load("small_city")
    assert scenario_of(reading.choice.switched("disclosure", True), LIMITS).interventions[0].start == 9


def test_a_city_beyond_the_limits_is_refused_with_the_bound() -> None:
    with pytest.raises(ScenarioError, match=r"households: found .*; allowed: at most 200,000"):
        scenario_of(read("city.estates=2000&months=40").choice, LIMITS)
    with pytest.raises(ScenarioError, match="city.estates × months"):
        scenario_of(read("city.estates=600&months=240").choice, LIMITS)


def test_settings_that_contradict_each_other_are_refused_in_words() -> None:
    with pytest.raises(ScenarioError, match="at least start"):
        scenario_of(read("on=disclosure&interventions.disclosure.start=50&interventions.disclosure.end=20").choice, LIMITS)
