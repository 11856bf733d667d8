"""Every scenario that ships loads, and says the same in its figures as in its settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import (
    PROGRAMMES,
    content_hash,
    json_schema,
    list_scenarios,
    load,
    programme,
    to_data,
    to_toml,
)


def value_at(data: Any, key: str) -> Any:
    """The value at a dotted key, or None where the key is only a label."""
    for part in key.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


@pytest.mark.parametrize("name", list_scenarios())
def test_figures_equal_the_settings_that_they_back(name: str) -> None:
    scenario = load(name)
    data = to_data(scenario)
    assert scenario.name == name
    assert scenario.figures, "a scenario says where its figures come from"
    for figure in scenario.figures:
        found = value_at(data, figure.key)
        assert found is None or found == figure.value, figure.key


@pytest.mark.parametrize("name", list_scenarios())
def test_a_shipped_scenario_survives_writing_and_fits_the_schema(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    file = tmp_path / "anything.toml"
    file.write_text(to_toml(scenario), encoding="utf-8")
    assert load(file) == scenario and content_hash(load(file)) == content_hash(scenario)
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator(json_schema()).validate(to_data(scenario))


def test_the_default_city_is_near_viability_where_it_should_be() -> None:
    scenario = load("vicious_cycle")
    viability = {}
    for name, kind in scenario.types.items():
        area = kind.households_mean * kind.area_mean
        viability[name] = (kind.cost_fixed + kind.cost_per_area * area) / (kind.fee_price * area)
    # at the mean size and with every flat billed in full; most estates are smaller, so their viability is
    # nearer one
    assert 0.65 <= viability["commodity"] <= 0.85
    assert all(0.85 <= value <= 1.4 for name, value in viability.items() if name != "commodity")


def test_wuhan_has_the_reported_estates_and_households() -> None:
    scenario = load("wuhan")
    numbers = scenario.estates_by_type()
    old = {name: number for name, number in numbers.items() if scenario.types[name].old}
    low_level = sum(
        scenario.types[name].mode_counts.get(mode, 0) for name in old for mode in ("cleaning", "self", "none")
    )
    assert (sum(numbers.values()), sum(old.values())) == (5695, 2191)
    assert abs(low_level / 2191 - 0.75) < 0.001
    drawn = sum(number * scenario.types[name].households_mean for name, number in numbers.items())
    # The exact total only rescales what is drawn; the means are chosen so that it hardly has to.
    assert abs(drawn / 4_082_533 - 1) < 0.001


def test_the_order_of_the_schema_does_not_tell_what_was_imported_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = json_schema()
    listed = usual["properties"]["interventions"]["items"]["oneOf"]
    kinds = [
        usual["$defs"][entry["$ref"].rsplit("/", 1)[1]]["properties"]["kind"]["const"] for entry in listed
    ]
    assert len(kinds) > 25 and kinds == sorted(kinds)
    monkeypatch.setattr(programme, "PROGRAMMES", dict(reversed(PROGRAMMES.items())))
    assert json.dumps(json_schema()) == json.dumps(usual)
