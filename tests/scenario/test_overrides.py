"""Changing single values by dotted key, as `--set` and studies do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.runner import resolve
from sim.scenario import content_hash, load, parse_setting, with_overrides
from sim.scenario.overrides import overridden

pytestmark = pytest.mark.usefixtures("small_world")


def refusal(base: Path, overrides: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as caught:
        with_overrides(load(base), overrides)
    return str(caught.value)


def test_values_are_set_by_dotted_key(base: Path) -> None:
    scenario = load(base)
    changed = with_overrides(
        scenario,
        {
            "months": 3,
            "city.districts": 5,
            "types.old_town.vacancy": 0.3,
            "loops.norm": False,
            "interventions.example_award.start": 7,
            "interventions.example_award.targets.old": True,
            "interventions.example_award.amount": 3,
        },
    )
    assert (changed.months, changed.city.districts, changed.types["old_town"].vacancy) == (3, 5, 0.3)
    assert not changed.loops.norm
    award = changed.interventions[0]
    assert (award.start, award.targets.old, award.amount) == (7, True, 3.0)  # type: ignore[attr-defined]
    assert scenario.months == 120 and scenario.interventions[0].start == 13


def test_no_override_changes_nothing(base: Path) -> None:
    assert with_overrides(load(base), {}) == load(base)


def test_the_prefix_of_parameters_may_be_left_out(base: Path) -> None:
    short = with_overrides(load(base), {"example.weight": 1})
    assert short == with_overrides(load(base), {"parameters.example.weight": 1})
    assert short.parameter_values() == {"example.weight": 1.0}


def test_none_takes_a_key_back_to_its_default(base: Path) -> None:
    scenario = with_overrides(load(base), {"interventions.example_award.end": 20, "months": 3})
    back = with_overrides(
        scenario, {"interventions.example_award.end": None, "months": None, "city.households": None}
    )
    assert back == load(base)


def test_a_count_takes_the_share_away(base: Path) -> None:
    counted = with_overrides(load(base), {"types.commodity.count": 15, "types.old_town.count": 5})
    assert counted.types["commodity"].share is None
    assert counted.estates_by_type() == {"commodity": 15, "old_town": 5}


def test_numbers_of_a_sampled_design_are_accepted(base: Path) -> None:
    changed = with_overrides(load(base), {"months": np.int64(6), "example.weight": np.float32(0.5)})
    assert changed.months == 6 and type(changed.parameters["example"]["weight"]) is float


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("cty.estates", 3, "--set: cty.estates: found an unknown key"),
        ("city.estaets", 3, "did you mean 'estates'?"),
        ("exmple.weight", 3, "did you mean 'example.weight'?"),
        ("example.wieght", 3, "--set: parameters.example.wieght: found an unknown key"),
        ("example", 3, "found an unknown key"),
        (
            "example.weight",
            9,
            "--set: parameters.example.weight: found 9; allowed: a finite number from 0 to 3",
        ),
        ("months", 0, "--set: months: found 0; allowed: a whole number from 1 to 1200"),
        ("months.first", 1, "which has no keys"),
        ("interventions.exampel_award.start", 3, "did you mean 'example_award'?"),
        ("interventions", 3, "found no such intervention setting"),
        ("interventions.example_award", 3, "found no such intervention setting"),
        ("interventions.example_award.amuont", 3, "did you mean 'amount'?"),
        ("types.commodity.modes.market", 0.5, "base: types.commodity.modes: found shares that sum to 0.6"),
        ("", 3, "found an unknown key"),
    ],
)
def test_a_bad_override_is_refused_in_words(base: Path, key: str, value: Any, said: str) -> None:
    assert said in refusal(base, {key: value})


def test_all_bad_overrides_are_reported_together(base: Path) -> None:
    assert len(refusal(base, {"cty": 1, "interventions.x.start": 2, "months.a": 3}).splitlines()) == 3
    assert len(refusal(base, {"months": 0, "seed": -1, "city.estates": "x"}).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("city.estates=200", "city.estates", 200),
        (" months = 12 ", "months", 12),
        ("types.a.share=0.25", "types.a.share", 0.25),
        ("loops.norm=false", "loops.norm", False),
        ('name="other"', "name", "other"),
        ("withdrawal=tapered", "withdrawal", "tapered"),
        ("a.modes=['none', \"self\"]", "a.modes", ["none", "self"]),
        ("a.modes={ market = 1 }", "a.modes", {"market": 1}),
        ("a=b=c", "a", None),
        ("a=1\nb = 2", "a", None),
        ("a=", "a", None),
        ("a=3 4", "a", None),
        ("a..b=3", None, None),
        ("=3", None, None),
        ("months", None, None),
    ],
)
def test_settings_are_read_as_toml(text: str, key: str | None, value: Any) -> None:
    if value is None:
        with pytest.raises(ScenarioError, match="TOML syntax" if key else "key=value"):
            parse_setting(text)
    else:
        assert parse_setting(text) == (key, value)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.floats() | st.integers(-(10**30), 10**30) | st.booleans() | st.text(max_size=3))
def test_a_value_is_either_taken_within_range_or_refused(base: Path, value: Any) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 <= value <= 1:
        assert (
            with_overrides(load(base), {"types.commodity.legacy_share": value})
            .types["commodity"]
            .legacy_share
            == value
        )
    else:
        assert "from 0 to 1 (share)" in refusal(base, {"types.commodity.legacy_share": value})


def test_the_title_of_a_scenario_that_a_user_changed_says_what() -> None:
    plain = load("small_city")
    for lang, said in (("en", "changed: city.estates = 20"), ("zh", "已更改：city.estates = 20")):
        changed = resolve(plain, seed=4, months=24, overrides={"city.estates": 20})
        title = changed.title.in_language(lang)
        assert title.startswith(plain.title.in_language(lang)) and title.endswith(said)
    many = {"city.estates": 20, "city.households": 800, "companies.private": 3, "companies.state_owned": 2}
    title = overridden(plain, many).title.in_language("en")
    assert title.endswith("city.estates = 20, city.households = 800, companies.private = 3 and 1 more")


def test_what_is_no_change_and_an_own_title_leave_the_title_alone() -> None:
    plain = load("small_city")
    for same in ({"seed": 9, "months": 12}, {"city.estates": plain.city.estates}):
        assert overridden(plain, same).title == plain.title
    named = overridden(plain, {"city.estates": 20, "title.en": "Ours"})
    assert named.title.in_language("en") == named.title.in_language("zh") == "Ours"
    assert content_hash(overridden(plain, {"city.estates": 20})) == content_hash(
        with_overrides(plain, {"city.estates": 20})
    )
