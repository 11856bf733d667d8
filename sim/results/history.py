"""What came before the plan of a run that goes on from another (`sim.branch`), and the states that runs keep.

In a manifest it stands under "branch": the key of the run that it went on from, and every plan before its own
with the last month in which it held. A kept state is a table of arrays beside those of the run ("state_24").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from sim.errors import ResultError, ScenarioError
from sim.results.folder import MISSHAPEN
from sim.scenario import Scenario, content_hash, to_data
from sim.scenario.loading import check
from sim.text import message
from sim.text.system import told

if TYPE_CHECKING:
    from sim.model.branch import Kept

BRANCH, STATES = "branch", "states"  # keys of a manifest
FACTS = "facts"


class Leg(NamedTuple):
    """A plan that held until the end of month `until`."""

    scenario: Scenario
    until: int


class Branch(NamedTuple):
    """From which run (its key) another went on, and the plans before its own, the oldest first."""

    run: str
    legs: tuple[Leg, ...]

    @property
    def month(self) -> int:
        """The last month of the earlier plan."""
        return self.legs[-1].until


def branch_data(branch: Branch) -> dict[str, Any]:
    """What a manifest says of it. The hash of a plan is of what it was until its last month, whatever
    length was planned."""
    plans = [
        {
            "until": leg.until,
            "content_hash": content_hash(leg.scenario.model_copy(update={"months": leg.until})),
            "scenario": to_data(leg.scenario),
        }
        for leg in branch.legs
    ]
    return {"run": branch.run, "plans": plans}


def branch_in(manifest: Mapping[str, Any], path: Path) -> Branch | None:
    """What a manifest says of it, None for a run of one plan. ResultError, naming the file, for what is
    none."""
    data = manifest.get(BRANCH)
    if data is None:
        return None
    try:
        legs = tuple(Leg(check(one["scenario"], {}, str(path)), int(one["until"])) for one in data["plans"])
        untils = [0, *(leg.until for leg in legs), int(manifest["months"])]
        if not legs or any(first >= last for first, last in zip(untils, untils[1:], strict=False)):
            raise ValueError(untils)
        return Branch(str(data["run"]), legs)
    except (ScenarioError, *MISSHAPEN) as error:
        raise ResultError(
            message("folder.unreadable", file=f"{path} ({BRANCH})", error=told(error))
        ) from None


# kept states


def state_name(month: int) -> str:
    """What the table of the state of a month is called."""
    return f"state_{month}"


def state_table(kept: Kept) -> pa.Table:
    """A kept state as a table: one row an array, its bytes as they are on every machine (little-endian)."""
    rows: dict[str, list[Any]] = {"name": [], "dtype": [], "shape": [], "data": []}
    for name, array in kept.arrays.items():
        plain = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
        for key, value in zip(rows, (name, plain.dtype.str, list(plain.shape), plain.tobytes()), strict=True):
            rows[key].append(value)
    facts = json.dumps(kept.facts, ensure_ascii=True, allow_nan=False).encode("ascii")
    for key, value in zip(rows, (FACTS, "json", [len(facts)], facts), strict=True):
        rows[key].append(value)
    types = {
        "name": pa.string(),
        "dtype": pa.string(),
        "shape": pa.list_(pa.int64()),
        "data": pa.large_binary(),
    }
    return pa.table({name: pa.array(rows[name], kind) for name, kind in types.items()})


def kept_state(table: pa.Table, file: str | Path) -> Kept:
    """The state in a table. ResultError, naming the file, for a table that holds none."""
    from sim.model.branch import Kept

    try:
        columns = [table.column(name).to_pylist() for name in ("name", "dtype", "shape", "data")]
        arrays, facts = {}, None
        for name, dtype, shape, data in zip(*columns, strict=True):
            if name == FACTS:
                facts = json.loads(data)
            else:
                stored = np.frombuffer(data, np.dtype(dtype)).reshape(shape)
                arrays[name] = stored.astype(stored.dtype.newbyteorder("="))
        if not isinstance(facts, dict):
            raise KeyError(FACTS)
        return Kept(arrays, facts)
    except MISSHAPEN as error:
        raise ResultError(message("folder.unreadable", file=file, error=told(error))) from None
