"""What can be made from a scenario: plain data, TOML, a hash of its content, and
the JSON Schema of the format."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import tomli_w
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sim.model.parameters import PARAMETERS
from sim.scenario.formats import FIRST, FORMAT, KEY
from sim.scenario.programme import load_programmes
from sim.scenario.schema import Scenario
from sim.text import in_every_language, message

# Keys whose values are words for readers: no number of a run depends on them.
TEXT_KEYS = frozenset({"title", "description", "figures"})
SCHEMA_FORMAT = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def to_data(scenario: Scenario) -> dict[str, Any]:
    """The resolved scenario as plain dicts, lists and numbers, without absent or empty entries."""
    data = _without_empty(scenario.model_dump(mode="json"))
    assert isinstance(data, dict)
    return data


def to_toml(scenario: Scenario) -> str:
    """The resolved scenario as TOML with its format: every default written out, nothing extended; loading
    it gives an equal scenario."""
    data = {KEY: FORMAT} | to_data(scenario)
    return tomli_w.dumps(data, multiline_strings=scenario.estates is not None)


def content_hash(scenario: Scenario) -> str:
    """SHA-256 (64 hex digits) of everything in a scenario that a result can depend on.

    It does not change with the order of keys, with a number written 1 or 1.0, with a default written out, or
    with name, titles, description, figures and regions. Of a table of estates it takes numbers and figures,
    whatever the order of rows and columns and whatever the file is called. It does change with the order of
    the estate types, which is the order of their codes and of the estates.
    """
    data = _without_text(_without_empty(scenario.model_dump(mode="json", exclude=set(TEXT_KEYS))))
    data.pop("name")
    data["city"].pop("name")
    data["city"].pop("regions", None)  # what its figures may be compared with, no part of a run
    if scenario.estates is not None:
        for name in ("table", "past"):
            data["estates"].pop(name, None)  # what it is called; what it says stands beside
    data["parameters"] = {key: p.default for key, p in PARAMETERS.items()} | scenario.parameter_values()
    data["type_order"] = list(scenario.types)
    canonical = _canonical(data)
    if "-0.0" in canonical:  # a zero with a sign, or a number such as -0.05
        canonical = _canonical(_positive_zero(data))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _canonical(data: Any) -> str:
    """Data as JSON that is the same for equal data."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file: units, ranges, defaults and
    sources; for editors and tables.

    A file may leave out what it extends, so the schema requires only what no file can do without; `load`
    checks that the resolved scenario is complete, and the rules between keys.
    """
    programmes = load_programmes()
    models: list[type[BaseModel]] = [Scenario, *programmes.values()]
    references, together = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}"
    )
    definitions = together["$defs"]
    reference = {model: references[(model, "validation")]["$ref"].rsplit("/", 1)[1] for model in models}
    root = definitions.pop(reference[Scenario])
    required = [key for key in root.pop("required") if key != "name"]
    for definition in definitions.values():
        definition.pop("required", None)
    for kind, model in programmes.items():
        definitions[reference[model]]["properties"]["kind"] = {"const": kind}
        definitions[reference[model]]["required"] = ["kind"]
    one_programme = {"oneOf": [{"$ref": f"#/$defs/{reference[model]}"} for model in programmes.values()]}
    items: dict[str, Any] = one_programme if programmes else {"not": {}}
    properties = root["properties"]
    properties["interventions"]["items"] = items
    properties["add_interventions"] = {"type": "array", "items": items}
    properties["add_figures"] = {"type": "array", "items": properties["figures"]["items"]}
    settings = {"type": "object", "minProperties": 1}
    properties["change_interventions"] = {
        "type": "object",
        "additionalProperties": settings,
        "description": in_every_language(message("scenario.schema.change_interventions")),
    }
    properties["$schema"] = {"type": "string"}
    properties[KEY] = format_schema()
    properties["extends"] = {
        "type": "string",
        "description": in_every_language(message("scenario.schema.extends")),
    }
    properties["without"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": in_every_language(message("scenario.schema.without")),
    }
    properties["parameters"] = _parameters_schema()
    choice = {"anyOf": [{"required": ["extends"]}, {"required": required}]}
    return {"$schema": DIALECT, "$id": schema_id("scenario"), **root, **choice, "$defs": definitions}


def format_schema() -> dict[str, Any]:
    """The schema of the key that says in which format a file is written."""
    described = in_every_language(message("formats.schema"))
    return {
        "type": "integer",
        "minimum": FIRST,
        "maximum": FORMAT,
        "default": FIRST,
        "description": described,
    }


def schema_id(kind: str) -> str:
    """The name of the schema of a kind of file; the number is that of the format, not of the program."""
    return f"urn:estate-governance-simulator:schema:{kind}:{SCHEMA_FORMAT}"


def _parameters_schema() -> dict[str, Any]:
    """The schema of `[parameters]`, from the registry of parameters."""
    groups: dict[str, Any] = {}
    for parameter in PARAMETERS.values():
        group = groups.setdefault(
            parameter.group, {"type": "object", "additionalProperties": False, "properties": {}}
        )
        group["properties"][parameter.key.split(".", 1)[1]] = {
            "type": "number",
            "minimum": parameter.low,
            "maximum": parameter.high,
            "default": parameter.default,
            "description": in_every_language(parameter.label),
            "unit": parameter.unit,
            "source": parameter.source,
            "status": parameter.status,
        }
    return {"type": "object", "additionalProperties": False, "properties": groups}


def _without_empty(data: Any) -> Any:
    if isinstance(data, dict):
        kept = {}
        for key, value in data.items():
            if isinstance(value, str | float | int):  # most are
                kept[key] = value
            elif value:  # a table or list that is not empty
                kept[key] = _without_empty(value)
        return kept
    if isinstance(data, list):
        return [_without_empty(value) for value in data]
    return data


def _without_text(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_text(value) for key, value in data.items() if key not in TEXT_KEYS}
    if isinstance(data, list):
        return [_without_text(value) for value in data]
    return data


def _positive_zero(data: Any) -> Any:
    """The same data with -0.0 written 0.0: equal numbers must have equal text."""
    if isinstance(data, dict):
        return {key: _positive_zero(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_positive_zero(value) for value in data]
    return data + 0.0 if isinstance(data, float) else data
