"""The JSON Schemas of every kind of file that is written by hand, and of the tables of a
run: `estate schema KIND`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.errors import EstateError
from sim.experiments.study_file import Study
from sim.kinds import Kind, kinds
from sim.problems import kind_of, one_of
from sim.results.columns import DOUBLE, INT16, INT32, NAME, OPTIONAL, SINGLE, TABLE_COLUMNS, TRUTH, units_of
from sim.scenario import json_schema
from sim.scenario.fields import Table
from sim.scenario.formats import KEY
from sim.scenario.writing import DIALECT, format_schema, schema_id
from sim.text import message

JSON_TYPES = {
    INT16: "integer",
    INT32: "integer",
    SINGLE: "number",
    DOUBLE: "number",
    TRUTH: "boolean",
    NAME: "string",
}
BITS = {INT16: 16, INT32: 32}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind of file. EstateError for another kind.

    A file may name its schema under the key "$schema". Rules between keys are checked when a file is loaded.
    """
    if kind not in KINDS:
        raise EstateError(
            message("problem.instead", place="schema", found=kind_of(kind), allowed=one_of(KINDS))
        )
    return KINDS[kind]()


def _of_table(kind: str, model: type[Table], has_format: bool = True) -> Callable[[], dict[str, Any]]:
    """The schema of a file whose top is one of our tables; the name may come from the file's own."""

    def table_schema() -> dict[str, Any]:
        schema = model.model_json_schema()
        schema["properties"]["$schema"] = {"type": "string"}
        if has_format:
            schema["properties"][KEY] = format_schema()
        schema["required"] = [key for key in schema.get("required", ()) if key != "name"]
        return {"$schema": DIALECT, "$id": schema_id(kind), **schema}

    return table_schema


def _of_kind(name: str, kind: Kind) -> Callable[[], dict[str, Any]]:
    """The schema of a kind of file that a kind of result declares."""
    return lambda: _of_table(name, kind.get(kind.files[name]))()


def _patterns() -> dict[str, Any]:
    from sim.evidence.patterns import Patterns

    return _of_table("pattern", Patterns, has_format=False)()


def _tables() -> dict[str, Any]:
    """A row of every table of a run, by the table's name: what Parquet files and
    exports of them have as columns."""
    return {
        "$schema": DIALECT,
        "$id": schema_id("table"),
        "$defs": {name: _row(name) for name in TABLE_COLUMNS},
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in TABLE_COLUMNS],
    }


def _row(name: str) -> dict[str, Any]:
    columns, units = TABLE_COLUMNS[name], units_of(list(TABLE_COLUMNS[name]))
    properties: dict[str, Any] = {}
    for column, kind in columns.items():
        may_lack = kind in (SINGLE, DOUBLE) or (name, column) in OPTIONAL
        plain = JSON_TYPES[kind]
        properties[column] = {"type": [plain, "null"] if may_lack else plain}
        if kind in BITS:
            properties[column] |= {"minimum": -(2 ** (BITS[kind] - 1)), "maximum": 2 ** (BITS[kind] - 1) - 1}
        if column in units:
            properties[column]["unit"] = units[column]
    return {
        "type": "object",
        "properties": properties,
        "required": list(columns),
        "additionalProperties": False,
    }


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    "scenario": json_schema,
    "study": _of_table("study", Study),
    **{name: _of_kind(name, kind) for kind in kinds().values() for name in kind.files},
    "pattern": _patterns,
    "table": _tables,
}
