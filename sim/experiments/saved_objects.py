"""What an experiment found as plain data and back: dataclasses, arrays and scenarios, exactly, so that charts can be drawn again."""

from __future__ import annotations

import base64
import inspect
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.saved_ids import class_of, id_of
from sim.scenario import Scenario, to_data
from sim.scenario.loading import check

TOLD = ("@tuple", "@pairs", "@array", "@float", "@path", "@scenario", "@of")


def encode(value: Any) -> Any:
    """Plain data (for JSON) of numbers, texts, lists, mappings, arrays, paths, scenarios and the classes of `saved_ids`.

    A class is written by the fields of its dataclass, by its method `parts`, or by the arguments of its `__init__`, which it
    must then have as attributes. TypeError for anything else.
    """
    if value is None or isinstance(value, bool | int | str) and not isinstance(value, np.generic):
        return value
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else {"@float": repr(value)}
    if isinstance(value, tuple):
        return {"@tuple": [encode(one) for one in value]}
    if isinstance(value, list):
        return [encode(one) for one in value]
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value) and not set(TOLD) & set(value):
            return {key: encode(one) for key, one in value.items()}
        return {"@pairs": [[encode(key), encode(one)] for key, one in value.items()]}
    return _encode_special(value)


def _encode_special(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {"@array": value.dtype.str, "shape": list(value.shape), "data": data}
    if isinstance(value, Path):
        return {"@path": str(value)}
    if isinstance(value, Scenario):
        return {"@scenario": to_data(value)}
    return {
        "@of": id_of(type(value)),
        "parts": {name: encode(one) for name, one in _parts(value).items()},
    }


def _parts(value: Any) -> dict[str, Any]:
    if hasattr(value, "parts"):
        return dict(value.parts())
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: getattr(value, name) for name in list(inspect.signature(type(value)).parameters)}


def decode(data: Any) -> Any:
    """What `encode` was given. ResultError for an unknown id of a class, ScenarioError for a scenario that is none."""
    if isinstance(data, list):
        return [decode(one) for one in data]
    if not isinstance(data, dict):
        return data
    told = next((key for key in TOLD if key in data), "")
    if not told:
        return {key: decode(one) for key, one in data.items()}
    given = data[told]
    if told == "@tuple":
        return tuple(decode(one) for one in given)
    if told == "@pairs":
        return {decode(key): decode(one) for key, one in given}
    if told == "@array":
        return np.frombuffer(base64.b64decode(data["data"]), np.dtype(given)).reshape(data["shape"]).copy()
    if told == "@float":
        return float(given)
    if told == "@path":
        return Path(given)
    if told == "@scenario":
        return check(given, {}, "a saved result")
    return _made(given, {name: decode(one) for name, one in data["parts"].items()})


def _made(written: Any, parts: dict[str, Any]) -> Any:
    kind: Any = class_of(str(written))
    return kind.of_parts(**parts) if hasattr(kind, "of_parts") else kind(**parts)
