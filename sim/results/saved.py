"""Results that are saved whole: by what ids their classes are known, their parts as plain data and
back, and their folders.

A file says `{"@of": "tipping.width", …}`. A class that moves or is renamed changes its line in CLASSES and no
file; an id that was written once is never taken away or given to another class.
"""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.errors import ResultError, ScenarioError
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.kinds import kinds
from sim.results.folder import MANIFEST, MISSHAPEN, Saved, read, write
from sim.results.provenance import here
from sim.scenario import Scenario, content_hash, to_data
from sim.scenario.loading import check
from sim.text import languages, message, say
from sim.text.system import told

if TYPE_CHECKING:
    import pandas as pd


CLASSES = {
    "ensemble": "sim.experiments.ensemble:Ensemble",
    "interval": "sim.experiments.intervals:Interval",
    "range": "sim.experiments.intervals:Range",
}
"""Where the class of each id is today; those of a kind of result that has a folder stand in its `kind.py`."""

OF_VERSION_0_1 = {
    "sim.experiments.ablate:Ablated": "ablation.arm",
    "sim.experiments.ablate:Ablation": "ablation",
    "sim.experiments.budget:BudgetSearch": "budget",
    "sim.experiments.ensemble:Ensemble": "ensemble",
    "sim.experiments.intervals:Interval": "interval",
    "sim.experiments.levers:Lever": "tipping.lever",
    "sim.experiments.menu:Bought": "budget.bought",
    "sim.experiments.no_return:Delayed": "tipping.delayed",
    "sim.experiments.no_return:NoReturn": "tipping.no_return",
    "sim.experiments.ramp:Loop": "tipping.loop",
    "sim.experiments.settling:Settled": "tipping.settled",
    "sim.experiments.settling:Settling": "tipping.settling",
    "sim.experiments.settling:Trial": "tipping.trial",
    "sim.experiments.stress:Failing": "budget.failing",
    "sim.experiments.stress:Stress": "budget.stress",
    "sim.experiments.tipping:Tipping": "tipping",
    "sim.experiments.tipping:TypeMap": "tipping.type",
    "sim.experiments.trap_width:Width": "tipping.width",
    "sim.experiments.valuing:Rescored": "budget.rescored",
    "sim.experiments.valuing:Valued": "budget.valued",
}
"""What version 0.1 wrote instead of an id; it will never write anything else, so this table never changes."""


def id_of(kind: type) -> str:
    """The id of a class. TypeError for one that is no part of a saved result."""
    part_id = _ids().get(f"{kind.__module__}:{kind.__qualname__}")
    if part_id is None:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not written into a result")
    return part_id


def class_of(written: str) -> type:
    """The class of an id, or of what version 0.1 wrote for it. ResultError for anything else."""
    class_path = classes().get(OF_VERSION_0_1.get(written, written))
    if class_path is None:
        found, allowed = message("folder.part", kind=repr(written)), ", ".join(classes())
        place_of = message("folder.saved_result")
        raise ResultError(message("problem.instead", place=place_of, found=found, allowed=allowed))
    module, _, name = class_path.partition(":")
    kind: type = getattr(import_module(module), name)
    return kind


@cache
def _ids() -> dict[str, str]:
    return {place: name for name, place in classes().items()}


@cache
def classes() -> dict[str, str]:
    """Where the class of every id is, those of kinds of result included."""
    paths = dict(CLASSES)
    for kind in kinds().values():
        for name, where in kind.saved.items():
            paths[name] = f"{kind.module_of(where)}:{where.partition(':')[2]}"
    return paths


# dataclasses, arrays and scenarios as plain data and back, exactly, so that charts can be drawn again

TOLD = ("@tuple", "@pairs", "@array", "@float", "@path", "@scenario", "@of")


def encode(value: Any) -> Any:
    """Plain data (for JSON) of numbers, texts, lists, mappings, arrays, paths, scenarios
    and the classes of `CLASSES`.

    A class is written by the fields of its dataclass, by its method `parts`, or by the arguments of its
    `__init__`, which it must then have as attributes. TypeError for anything else.
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
    """What `encode` was given. ResultError for an unknown id of a class, ScenarioError for
    a scenario that is none."""
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
        return check(given, {}, say("folder.saved_result"))
    return _made(given, {name: decode(one) for name, one in data["parts"].items()})


def _made(written: Any, parts: dict[str, Any]) -> Any:
    kind: Any = class_of(str(written))
    return kind.of_parts(**parts) if hasattr(kind, "of_parts") else kind(**parts)


# a folder: tables for readers, and the whole result to be read back

RESULT = "result.json"


class Found(Protocol):
    """A result that is saved whole: its parts, exactly, beside its tables."""

    @property
    def scenario(self) -> Scenario:
        """What it was asked of."""

    @property
    def asked(self) -> dict[str, Any]:
        """With what options."""

    @property
    def digest(self) -> str:
        """SHA-256 over all runs."""

    @property
    def key(self) -> str:
        """What it is known by, see `key_of`."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""

    def sentences(self, lang: str | None = ...) -> list[str]:
        """What was found, in words."""


def save_found(result: Found, folder: Path | str, more: Mapping[str, Any] | None = None) -> Path:
    """Write every table (Parquet and CSV), `result.json` and, last, `manifest.json` (with `more` in
    it); returns the folder.

    One that was read from a folder keeps its manifest: of which model, versions and machine its runs are.
    ResultError if it holds another result, or if that fails.
    """
    texts = {RESULT: json.dumps(encode(result), ensure_ascii=False, allow_nan=False) + "\n"}
    manifest = (getattr(result, "saved_manifest", None) or manifest_of(result)) | dict(more or {})
    return write(Path(folder), kind_of(result), manifest["key"], manifest, result.tables(), texts=texts)


def kind_of(result: Found) -> str:
    """The kind of a result as manifests state it."""
    return id_of(type(result))


def key_of(result: Found) -> str:
    """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
    return key_from(result.scenario, result.asked, result.digest)


def key_from(scenario: Scenario, asked: Mapping[str, Any], told_apart_by: str | float) -> str:
    """Sixteen hex digits of a scenario, options, the model, and what else tells one result from another."""
    told = [
        content_hash(scenario),
        encode(dict(asked)),
        told_apart_by,
        model_source_hash(),
        summary_source_hash(),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def manifest_of(result: Found) -> dict[str, Any]:
    """What was asked and how, in plain data."""
    return {
        "key": result.key,
        "scenario": result.scenario.name,
        "content_hash": content_hash(result.scenario),
        "asked": encode(dict(result.asked)),
        "digest": result.digest,
        "model_source_hash": model_source_hash(),
        "summary_source_hash": summary_source_hash(),
        **here(),
        "sentences": {lang: result.sentences(lang) for lang in languages()},
    }


def parts_of(saved: Saved) -> Found:
    """What the parts in a folder make. ResultError if they cannot be read, or do
    not belong to the manifest."""
    folder, manifest = saved.folder, saved.manifest
    try:
        result: Found = decode(json.loads(saved.text(RESULT)))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=folder, error=error)) from None
    except ResultError as error:
        raise ResultError(message("folder.in", place=folder / RESULT, error=error)) from None
    except (ImportError, *MISSHAPEN) as error:
        raise ResultError(message("folder.unreadable", file=folder / RESULT, error=told(error))) from None
    if id_of(type(result)) != saved.kind or result.digest != manifest["digest"]:
        raise ResultError(message("folder.not_together", folder=folder, file=RESULT, manifest=MANIFEST))
    return result


def load_found(folder: Path | str) -> Found:
    """What was saved in a folder, with its manifest as `saved_manifest`. ResultError if it
    holds none or cannot be read."""
    saved = read(folder)
    result = parts_of(saved)
    setattr(result, "saved_manifest", saved.manifest)  # noqa: B010 - no part of what a result must have
    return result
