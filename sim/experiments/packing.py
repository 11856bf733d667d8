"""A run's summary as one row of an Arrow table, and back: nothing is pickled, and any Parquet reader can query it.

What has no value (a rate of nothing, the first collapse of an estate that never collapsed) is null there, and NaN or -1 in
the summary.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from sim.errors import ResultError
from sim.experiments.summary import ESTATE_COLUMNS, RunSummary
from sim.results.outcomes import GROUP_SERIES, OUTCOMES, SERIES
from sim.text import message

NONE_BELOW_ZERO = ("first_collapse",)  # columns of estates in which -1 stands for none
SERIES_PREFIX, TYPE_PREFIX, DISTRICT_PREFIX, ESTATE_PREFIX = "monthly_", "type_", "district_", "estate_"
_SPENDING = pa.list_(
    pa.struct([("bearer", pa.string()), ("programme", pa.string()), ("fen", pa.list_(pa.int64()))])
)


@cache
def summary_schema() -> pa.Schema:
    """One row a run: seed, months and types; a column per outcome; lists for months, groups, estates and spending."""
    fields = [
        pa.field("seed", pa.int64()),
        pa.field("months", pa.int32()),
        pa.field("types", pa.list_(pa.string())),
    ]
    fields += [pa.field(name, pa.float64()) for name in OUTCOMES]
    fields += [pa.field(SERIES_PREFIX + name, pa.list_(pa.float32())) for name in SERIES]
    fields += [
        pa.field(prefix + name, pa.list_(pa.list_(pa.float32())))
        for prefix in (TYPE_PREFIX, DISTRICT_PREFIX)
        for name in GROUP_SERIES
    ]
    fields += [
        pa.field(ESTATE_PREFIX + name, pa.list_(_arrow_type(kind))) for name, kind in ESTATE_COLUMNS.items()
    ]
    return pa.schema([*fields, pa.field("spending", _SPENDING)])


def _arrow_type(kind: str) -> pa.DataType:
    return pa.from_numpy_dtype(np.dtype(kind))


def pack(summary: RunSummary) -> bytes:
    """The Arrow record batch (of `summary_schema`, without the schema itself) that holds a summary."""
    spending = [
        {"bearer": bearer, "programme": programme, "fen": fen.tolist()}
        for (bearer, programme), fen in summary.spending.items()
    ]
    columns: list[pa.Array] = [
        pa.array([summary.seed], pa.int64()),
        pa.array([summary.months], pa.int32()),
        pa.array([list(summary.types)], pa.list_(pa.string())),
        *_parts(_array(np.array([summary.scalars[name] for name in OUTCOMES])), len(OUTCOMES)),
        *_lists([summary.series[name] for name in SERIES]),
        *(
            column
            for table in (summary.by_type, summary.by_district)
            for column in _lists_of_lists([table[name] for name in GROUP_SERIES])
        ),
        *(_lists([summary.estates[name]], name in NONE_BELOW_ZERO)[0] for name in ESTATE_COLUMNS),
        pa.array([spending], _SPENDING),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=summary_schema()).serialize().to_pybytes()  # type: ignore[no-any-return]


@cache
def _offsets(count: int, length: int) -> pa.Array:
    """Where `count` lists of `length` values begin and end."""
    return pa.array(np.arange(count + 1, dtype=np.int32) * length)


def _parts(values: pa.Array, number: int) -> list[pa.Array]:
    """An array in so many equal parts, without copying."""
    length = len(values) // number
    return [values.slice(place * length, length) for place in range(number)]


def _array(values: np.ndarray, none_below_zero: bool = False) -> pa.Array:
    """An array with nulls for NaN, and for what is below zero if that stands for none."""
    return pa.array(values, mask=values < 0) if none_below_zero else pa.array(values, from_pandas=True)


def _lists(arrays: Sequence[np.ndarray], none_below_zero: bool = False) -> list[pa.Array]:
    """Each array (all of one length and type) as a column of one list."""
    length = arrays[0].size
    whole = _array(np.concatenate(arrays) if len(arrays) > 1 else arrays[0], none_below_zero)
    return [pa.ListArray.from_arrays(_offsets(1, length), part) for part in _parts(whole, len(arrays))]


def _lists_of_lists(tables: Sequence[np.ndarray]) -> list[pa.Array]:
    """Each table (all of one shape) as a column of one list of its rows."""
    count, length = tables[0].shape
    parts = _parts(_array(np.concatenate([table.ravel() for table in tables])), len(tables))
    return [
        pa.ListArray.from_arrays(_offsets(1, count), pa.ListArray.from_arrays(_offsets(count, length), part))
        for part in parts
    ]


def number(value: float | None) -> float:
    """A figure as a summary has it: NaN where there is none."""
    return math.nan if value is None else float(value)


def batch_of(payload: bytes) -> pa.RecordBatch:
    """The record batch of packed bytes, checked; ResultError if they are not one."""
    try:
        batch = pa.ipc.read_record_batch(pa.py_buffer(payload), summary_schema())
        batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ResultError(message("store.run_unreadable", error=error)) from None
    return batch


def unpack(payload: bytes) -> RunSummary:
    """The summary that `pack` packed. ResultError if the bytes are damaged."""
    return summary_in(batch_of(payload), 0)


def summary_in(batch: pa.RecordBatch | pa.Table, row: int) -> RunSummary:
    """The summary in one row of a table that has at least the columns of `summary_schema`."""

    def value(name: str) -> Any:
        return batch.column(name)[row]

    def array(name: str) -> np.ndarray:
        values = value(name).values
        if pa.types.is_integer(values.type):
            values = values.fill_null(-1)
        # copied, because the table's memory must be free to go and a summary's arrays may be written to
        return np.array(values.to_numpy(zero_copy_only=False))

    def groups(prefix: str) -> dict[str, np.ndarray]:
        found = {}
        for name in GROUP_SERIES:
            rows = value(prefix + name).values
            found[name] = np.array(rows.flatten().to_numpy(zero_copy_only=False)).reshape(len(rows), -1)
        return found

    return RunSummary(
        seed=value("seed").as_py(),
        months=value("months").as_py(),
        types=tuple(value("types").as_py()),
        scalars={name: number(value(name).as_py()) for name in OUTCOMES},
        series={name: array(SERIES_PREFIX + name) for name in SERIES},
        by_type=groups(TYPE_PREFIX),
        by_district=groups(DISTRICT_PREFIX),
        estates={name: array(ESTATE_PREFIX + name) for name in ESTATE_COLUMNS},
        spending={
            (entry["bearer"], entry["programme"]): np.array(entry["fen"], np.int64)
            for entry in value("spending").as_py()
        },
    )
