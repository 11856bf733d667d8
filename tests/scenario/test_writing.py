"""Hash, TOML and JSON Schema of a scenario."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model.parameters import PARAMETERS
from sim.scenario import (
    PROGRAMMES,
    Scenario,
    content_hash,
    json_schema,
    load,
    to_data,
    to_toml,
    with_overrides,
)
from sim.scenario.sources import evidence_ids

pytestmark = pytest.mark.usefixtures("small_world")
BAD = Path(__file__).parent / "bad"


def reversed_keys(data: Any) -> Any:
    """The same tables with their keys in the opposite order (but the types, whose order is their code)."""
    if isinstance(data, dict):
        return {
            key: {name: reversed_keys(kind) for name, kind in value.items()}
            if key == "types"
            else reversed_keys(value)
            for key, value in reversed(list(data.items()))
        }
    return [reversed_keys(entry) for entry in data] if isinstance(data, list) else data


def test_written_toml_loads_to_an_equal_scenario(tmp_path: Path, base: Path) -> None:
    for scenario in (load(base), load("vicious_cycle")):
        file = tmp_path / "anything.toml"
        file.write_text(to_toml(scenario), encoding="utf-8")
        assert load(file) == scenario
        assert content_hash(load(file)) == content_hash(scenario)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.floats(0, 50),
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    seed=st.integers(0, 2**63 - 1),
    start=st.integers(1, 1200),
)
def test_any_allowed_value_survives_toml(
    tmp_path: Path, base: Path, price: float, text: str, seed: int, start: int
) -> None:
    scenario = with_overrides(
        load(base),
        {
            "types.commodity.fee_price": price,
            "title.en": text,
            "seed": seed,
            "interventions.example_award.start": start,
        },
    )
    file = tmp_path / "anything.toml"
    # Without translation of line ends: a lone carriage return in a text must come back as it was.
    file.write_text(to_toml(scenario), encoding="utf-8", newline="")
    assert load(file) == scenario


def test_the_hash_ignores_order_spelling_and_words(base: Path) -> None:
    scenario = load(base)
    same = [
        Scenario.model_validate(reversed_keys(to_data(scenario))),
        with_overrides(scenario, {"months": 120, "types.commodity.cost_fixed": 10000.0}),
        with_overrides(scenario, {"title.zh": "别的", "description.en": "else", "city.name.en": "Elsewhere"}),
        with_overrides(scenario, {"name": "other", "types.commodity.title.zh": "别的"}),
        with_overrides(scenario, {"example.weight": PARAMETERS["example.weight"].default}),
        with_overrides(scenario, {"types.commodity.duty_shift": -0.0}),
    ]
    assert {content_hash(other) for other in same} == {content_hash(scenario)}
    assert re.fullmatch("[0-9a-f]{64}", content_hash(scenario))


def test_the_hash_follows_everything_that_a_result_depends_on(base: Path) -> None:
    scenario = load(base)
    changes: list[dict[str, Any]] = [
        {"seed": 2},
        {"months": 121},
        {"city.districts": 3},
        {"types.commodity.fee_price": 1.5000000001},
        {"loops.decay": False},
        {"example.weight": 0.6},
        {"interventions.example_award.amount": 2.5},
        {"interventions.example_award.name": "renamed"},
        {"interventions.example_award.end": 40},
    ]
    data = to_data(scenario)
    data["types"] = dict(reversed(list(data["types"].items())))
    others = [with_overrides(scenario, change) for change in changes] + [Scenario.model_validate(data)]
    assert len({content_hash(other) for other in [scenario, *others]}) == len(others) + 1


def test_the_hash_is_the_same_in_another_order_of_parameters(base: Path) -> None:
    values = {"example.weight": 0.6, "example.width": 0.7}
    there = with_overrides(load(base), values)
    back = with_overrides(load(base), dict(reversed(list(values.items()))))
    assert content_hash(there) == content_hash(back)


def test_the_schema_accepts_good_files_and_refuses_misspelt_ones(base: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    for good in (
        to_data(load(base)),
        tomllib.loads(base.read_text(encoding="utf-8")),
        to_data(load("vicious_cycle")),
    ):
        checker.validate(good)
    for name in (
        "unknown_key",
        "above_range",
        "unknown_kind",
        "unknown_mode",
        "unknown_parameter",
        "missing_keys",
    ):
        bad = tomllib.loads((BAD / f"{name}.toml").read_text(encoding="utf-8"))
        assert not checker.is_valid(bad), name


def test_the_schema_tells_unit_range_default_and_source(base: Path) -> None:
    schema = json_schema()
    json.dumps(schema, allow_nan=False)
    weight = schema["properties"]["parameters"]["properties"]["example"]["properties"]["weight"]
    assert (weight["minimum"], weight["maximum"], weight["default"], weight["unit"]) == (0, 3, 0.5, "logit")
    amount = schema["$defs"]["ExampleAward"]["properties"]["amount"]
    assert (amount["minimum"], amount["maximum"], amount["source"]) == (0, 10, "P028")
    assert schema["$defs"]["EstateType"]["properties"]["households_mean"]["unit"] == "households"


def test_sources_of_settings_are_in_the_evidence_register() -> None:
    for name, definition in json_schema()["$defs"].items():
        for key, field in definition["properties"].items():
            source = field.get("source", "judgement")
            assert source == "judgement" or source in evidence_ids(), f"{name}.{key}: {source}"


def test_every_programme_of_the_registry_is_in_the_schema() -> None:
    kinds = {
        definition["properties"].get("kind", {}).get("const")
        for definition in json_schema()["$defs"].values()
    }
    assert set(PROGRAMMES) <= kinds
