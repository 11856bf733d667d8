"""The schemas accept the files that the program accepts, refuse a misspelt key, and
have names of their own."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli.schema import KINDS, schema_of
from sim.errors import EstateError
from sim.results.tables import TABLES

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from fuzz import kinds

FILES = {kind.name: tomllib.loads(kind.example.decode()) for kind in kinds() if kind.suffix == ".toml"}


def checker(schema: Mapping[str, Any]) -> Any:
    import jsonschema  # takes seconds, which only the worker that has these tests needs to spend

    return jsonschema.Draft202012Validator(schema)


def validator(kind: str) -> Any:
    return checker(schema_of(kind))


def refused() -> type[Exception]:
    import jsonschema

    return jsonschema.ValidationError


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_one_and_has_an_id_of_its_own(kind: str) -> None:
    schema = schema_of(kind)
    validator(kind).check_schema(schema)
    assert [other for other in KINDS if schema_of(other)["$id"] == schema["$id"]] == [kind]


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_read_keeps_to_its_schema_and_may_name_it(kind: str) -> None:
    data = FILES[kind]
    validator(kind).validate(data)
    validator(kind).validate(data | {"$schema": schema_of(kind)["$id"]})
    with pytest.raises(refused()):
        validator(kind).validate(data | {"no_such_key": 1})


def test_every_shipped_study_keeps_to_its_schema() -> None:
    folder = Path(__file__).resolve().parents[2] / "scenarios" / "studies"
    for file in sorted(folder.glob("*.toml")):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        validator(data.get("command", "study")).validate(data)


def test_a_variant_keeps_to_the_schema_with_what_it_drops_and_changes() -> None:
    variant = {
        "extends": "package",
        "without": ["interventions.subsidy"],
        "change_interventions": {"works": {"start": 3}},
    }
    validator("scenario").validate(variant)
    with pytest.raises(refused()):
        validator("scenario").validate(variant | {"change_interventions": {"works": 3}})


def test_the_rows_of_a_run_keep_to_the_schema_of_their_table() -> None:
    run = sim.run("small_city", months=2, overrides={"spin_up": 0})
    definitions = schema_of("table")["$defs"]
    assert set(definitions) == set(TABLES)
    for name in TABLES:
        rows = run.table(name).slice(0, 20).to_pylist()
        assert rows or name == "events"
        for row in rows:
            checker(definitions[name]).validate(row)
    with pytest.raises(refused()):
        checker(definitions["city"]).validate({"month": 1})


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(EstateError, match=r"schema: found 'run' \(str\), allowed one of scenario, study"):
        schema_of("run")
