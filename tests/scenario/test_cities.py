"""Every reported city programme as a scenario: the reported figures stand in month 0, every
number has a source, it runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.mesa_city import City
from sim.model.parameters import PARAMETERS, to_record
from sim.model.start.estates import draw_estates
from sim.model.start.start import starting_state
from sim.scenario import Scenario, list_scenarios, load, to_data, with_overrides
from sim.scenario.loading import find
from sim.words import MODES

# What table B of docs/interventions.md asks of each city, and what its row in table A adds.
PROGRAMMES = {
    "xianning": "complaint_app legacy_remediation mediation consolidation publicity burden_relief entry_standard coverage_drive "
    "four_tier_linkage committee_drive retrofit",
    "pingdingshan": "operating_subsidy performance_award retrofit consolidation publicity coverage_drive matchmaking",
    "gaotang": "soe_fallback last_place_elimination committee_drive committee_oversight disclosure retrofit complaint_app "
    "reception_day red_neighbour rectification_drive donations party_branches",
    "weihai": "soe_fallback red_black_list graded_projects committee_oversight four_tier_linkage public_revenue_rules fee_adjustment",
    "wuhan": "performance_award soe_fallback red_neighbour value_added_services self_management four_tier_linkage party_branches",
    "wuhan_hanyang": "soe_fallback",
    "wuhan_jiangan": "operating_subsidy performance_award soe_fallback value_added_services self_management",
}
CITIES = sorted(PROGRAMMES)
WORDS = ("name", "extends", "without", "title", "description", "months", "add_figures")


def started(name: str) -> tuple[np.ndarray, dict[str, int]]:
    """The estates of month 0, and how many start under each mode."""
    scenario = load(name)
    parameters = to_record(PARAMETERS, scenario.parameter_values())
    estates = draw_estates(scenario, 11, parameters[0])
    return estates, {mode: int(np.count_nonzero(estates["mode"] == code)) for code, mode in enumerate(MODES)}


def test_pingdingshan_starts_with_the_reported_courtyards() -> None:
    estates, modes = started("pingdingshan")
    assert estates.size == 1115 and np.unique(estates["district"]).size == 3
    assert modes == {"market": 176, "soe": 0, "unit": 482, "self": 0, "cleaning": 166, "none": 291}
    shares = [round(100 * modes[mode] / 1115, 2) for mode in ("market", "unit", "cleaning", "none")]
    assert shares == [15.78, 43.23, 14.89, 26.1]
    figures = {figure.key: figure for figure in load("pingdingshan").figures}
    assert round((1115 - modes["none"]) / 1115, 3) == figures["primary coverage at the start"].value == 0.739
    stated = figures["primary coverage as the source states it"]
    assert (
        stated.value == 0.743
        and "不一致" in stated.note.in_language("zh")
        and "contradicts" in stated.note.in_language("en")
    )


def test_pingdingshan_has_forty_liaison_officers_and_the_three_deadlines() -> None:
    scenario = load("pingdingshan")
    government = starting_state(with_overrides(small(scenario), {}), 1).government
    assert government["staff"][government["tier"] == 3].sum() == pytest.approx(40, abs=1e-4)
    drive = next(programme for programme in scenario.interventions if programme.kind == "coverage_drive")
    assert (drive.start, drive.primary, drive.intermediate, drive.advanced) == (1, 3, 9, 15)  # type: ignore[attr-defined]


def test_gaotang_starts_with_the_reported_estates_and_companies() -> None:
    estates, modes = started("gaotang")
    scenario = load("gaotang")
    unmanaged = np.isin(estates["mode"], [MODES.index("cleaning"), MODES.index("none")])
    assert (
        estates.size == 238
        and int(np.count_nonzero(unmanaged & (estates["old"] == 1)))
        == 61
        == modes["cleaning"] + modes["none"]
    )
    assert (scenario.companies.private + scenario.companies.state_owned, scenario.companies.state_owned) == (
        30,
        4,
    )
    assert scenario.city.streets_per_district * scenario.city.districts == 3


def test_gaotang_has_room_for_what_was_reported_and_for_no_more_works() -> None:
    made = {programme.name: programme for programme in load("gaotang").interventions}
    assert made["red_neighbour"].persons == 21  # type: ignore[attr-defined]
    assert made["soe_fallback"].capacity * 24 >= 61  # type: ignore[operator]
    communities = 3 * 3
    sessions = made["reception_day"].sessions * communities * (24 - made["reception_day"].start + 1)  # type: ignore[attr-defined]
    assert 190 <= sessions < 200
    for item, reported in (("gates", 15), ("cameras", 19), ("drains", 10), ("heating", 16)):
        works = made[f"works_{item}"]
        assert works.end is not None and works.capacity is not None
        assert int(works.capacity * (works.end - works.start + 1) + 1e-9) == reported


def test_wuhan_starts_with_the_reported_estates() -> None:
    estates, modes = started("wuhan")
    assert (estates.size, int(estates["old"].sum()), int(estates["households"].sum())) == (
        5695,
        2191,
        4_082_533,
    )
    low = np.isin(estates["mode"], [MODES.index(mode) for mode in ("cleaning", "self", "none")]) & (
        estates["old"] == 1
    )
    assert round(float(np.count_nonzero(low)) / 2191, 2) == 0.75 and sum(modes.values()) == 5695


def test_hanyang_starts_with_the_reported_professional_share() -> None:
    estates, modes = started("wuhan_hanyang")
    assert estates["old"].all() and round(100 * (modes["market"] + modes["soe"]) / estates.size, 2) == 3.83
    assert load("wuhan_hanyang").companies.state_owned == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hanyang_is_professional_in_the_models_own_measure_too(seed: int) -> None:
    assert int(City(load("wuhan_hanyang"), seed=seed).state.estates["professional"].sum()) == 7


def test_jiangan_starts_with_the_reported_old_estates() -> None:
    estates, modes = started("wuhan_jiangan")
    assert estates["old"].all() and estates.size == 560
    assert (modes["market"] + modes["soe"], modes["none"]) == (453, 107)


def test_xianning_begins_with_six_pilots_two_in_each_class() -> None:
    city = City(small(load("xianning")), seed=3).run(3)
    assert len(city.scenario.types) == 3
    pilots = [
        programme_state
        for programme_state in city.policy.programme_states
        if programme_state.programme.name.startswith("pilot_")
    ]
    assert [programme_state.queue.size for programme_state in pilots] == [2, 2, 2]
    for programme_state, code in zip(pilots, range(3), strict=True):
        assert (city.state.estates["type"][programme_state.queue] == code).all()


@pytest.mark.parametrize("name", CITIES)
def test_the_reported_programme_is_there(name: str) -> None:
    assert {programme.kind for programme in load(name).interventions} == set(PROGRAMMES[name].split())


def written(table: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that a scenario file states of its city, by dotted key; a programme by its name, modes as
    one value."""
    for key, value in table.items():
        if (not place and key in WORDS) or key in ("title", "name", "kind", "regions", "format"):
            continue
        if key in ("interventions", "add_interventions"):
            for programme in value:
                yield from written(programme, f"interventions.{programme.get('name', programme['kind'])}.")
        elif key in ("modes", "mode_counts"):
            yield f"{place}modes", value
        elif isinstance(value, dict) and key != "targets":
            yield from written(value, f"{place}{key}.")
        else:
            yield place + key, value


def backs(key: str, pattern: str) -> bool:
    """True if a figure for `pattern` says where the value at `key` comes from: the same
    key, one above it, or with `*`."""
    if pattern == "interventions.start":
        pattern = "interventions.*.start"
    return fnmatchcase(key, pattern) or fnmatchcase(key, f"{pattern}.*")


@pytest.mark.parametrize("name", CITIES)
def test_every_number_that_a_city_states_says_where_it_comes_from(name: str) -> None:
    figures = load(name).figures
    for key, value in written(tomllib.loads(find(name).read_text(encoding="utf-8"))):
        found = [figure for figure in figures if backs(key, figure.key)]
        assert found, key
        exact = [figure for figure in found if figure.key == key]
        assert all(figure.value == value for figure in exact if isinstance(value, int | float)), key


@pytest.mark.parametrize("name", CITIES)
def test_what_is_reported_cites_the_register_and_every_note_is_in_two_languages(name: str) -> None:
    figures = load(name).figures
    assert {"reported", "assumed"} <= {figure.status for figure in figures}
    assert all(figure.evidence for figure in figures if figure.status != "assumed")
    keys = [figure.key for figure in figures]
    assert len(set(keys)) == len(keys), "one figure, one place"


def small(scenario: Scenario) -> Scenario:
    """The same city with few households in every estate, as it was drawn, for a quarter."""
    changes: dict[str, Any] = {f"types.{name}.households_mean": 24.0 for name in scenario.types}
    return with_overrides(scenario, changes | {"city.households": None, "months": 3, "spin_up": 0})


@cache
def described(name: str, lang: str) -> str:
    result = CliRunner().invoke(app, ["describe", name, "--lang", lang], env={"COLUMNS": "240"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_describes_its_figures(name: str) -> None:
    scenario = load(name)
    words = {"en": ("reported", "derived", "assumed"), "zh": ("报道", "推算", "假设")}
    for lang, (reported, derived, assumed) in words.items():
        text = described(name, lang)
        for status, word in (("reported", reported), ("derived", derived), ("assumed", assumed)):
            assert word in text or not any(figure.status == status for figure in scenario.figures)
        assert all(figure.evidence in text for figure in scenario.figures)


@pytest.mark.parametrize("name", list_scenarios())
def test_every_scenario_runs(name: str) -> None:
    with City(small(load(name)), seed=2) as city:
        city.run()
        assert city.month == 3 and int(city.state.books.balances.sum()) == 0
        quality = city.state.estates["quality"]
        assert np.isfinite(quality).all() and quality.min() >= 0.0 and quality.max() <= 1.0


def test_the_generic_scenarios_differ_only_where_they_say() -> None:
    plain = to_data(load("vicious_cycle"))
    for name in (
        "subsidy_only",
        "fallback_only",
        "rankings_only",
        "package",
        "package_reordered",
        "subsidy_withdrawn",
    ):
        data = to_data(load(name))
        assert {key for key in data if data[key] != plain.get(key)} == {
            "name",
            "title",
            "description",
            "interventions",
            "figures",
        }
    forward, reverse = load("package").interventions, load("package_reordered").interventions
    assert {programme.kind for programme in forward} == {programme.kind for programme in reverse}
    start = {programme.kind: programme.start for programme in forward}
    assert all(start[programme.kind] + programme.start == 74 for programme in reverse)
    cut, kept = load("subsidy_withdrawn").interventions[0], load("subsidy_only").interventions[0]
    assert cut.model_copy(update={"end": None}) == kept and cut.end == 60 and cut.withdrawal == "sudden"
