"""What a sweep keeps of one run: outcomes, monthly series, a line per estate and public spending;
plain arrays throughout.

As a row of an Arrow table, and back: nothing is pickled, and any Parquet reader can query it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim.errors import ResultError
from sim.results.outcomes import (
    GROUP_SERIES,
    OUTCOMES,
    SERIES,
    estate_figures,
    group_series,
    monthly_series,
    run_outcomes,
)
from sim.results.owner_kinds import KINDS, OWNER_COLUMNS, OWNER_SUMS, OwnersByKind, owners_by_kind
from sim.results.reading import Reading, record_of
from sim.text import message
from sim.text.system import told as why
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.engine import Engine


# Per-estate columns of `outcomes.estate_figures`, and how many households are of each kind of owner, with
# their types.
ESTATE_COLUMNS: dict[str, str] = {
    "type": "i1",  # position in RunSummary.types
    "district": "i2",
    "households": "i4",
    "first_stage": "i1",  # position in sim.words.STAGES, at month 0
    "final_stage": "i1",
    "final_mode": "i1",  # position in sim.words.MODES
    "cycle_months": "i2",
    "cycle_months_last_year": "i1",
    "self_sustaining_months_last_year": "i1",
    "first_collapse": "i2",
    "collection_last_year": "f4",
    "collection_billing_last_year": "f4",
    "satisfaction_last_year": "f4",
    "quality_last_year": "f4",
    "condition_end": "f4",
    **dict.fromkeys(OWNER_COLUMNS, "i4"),
}


@dataclass(frozen=True, eq=False)
class RunSummary:
    """One run in brief.

    scalars: every outcome of `sim.results.outcomes.OUTCOMES` (NaN where it does not exist, such as the
        collection rate of a city that bills nobody).
    series: month 0..T of the city (float32), as defined in `sim.results.outcomes.SERIES`; what is of a month
        (collection, exits …) is NaN in month 0.
    by_type, by_district: the series of `outcomes.GROUP_SERIES` as (types, T + 1) and (districts, T + 1)
    float32 arrays.
    estates: the columns ESTATE_COLUMNS, one entry per estate.
    owners: OWNER_SUMS over the owners of each estate type, occupancy and payer type, in the last month
    (float64, (types, OCCUPANCY, PAYER_TYPES); see `sim.results.owner_kinds`).
    spending: fen (int64) of month 0..T by (bearer, programme), net of what the bearer received back; the
        programme is "" for what government does anyway. Grants to bodies and what lapses of them are left
        out. The bearer "state_owned" is what state-owned companies lost, each company and calendar year by
        itself, in the last month of the year.
    types: names of the estate types, in order of their codes.
    """

    seed: int
    months: int
    types: tuple[str, ...]
    scalars: dict[str, float]
    series: dict[str, np.ndarray]
    by_type: dict[str, np.ndarray]
    by_district: dict[str, np.ndarray]
    estates: dict[str, np.ndarray]
    owners: dict[str, np.ndarray]
    spending: dict[tuple[str, str], np.ndarray]

    def digest(self) -> str:
        """SHA-256 (64 hex digits) of everything in the summary, bit for bit, in a fixed order."""
        made = hashlib.sha256()
        for name, array in self._arrays():
            made.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()

    def _arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        yield " ".join(("run", *self.types)), np.array([self.seed, self.months], "<i8")
        yield " ".join(self.scalars), np.array(list(self.scalars.values()), "<f8")
        for name, table in (
            ("series", self.series),
            ("type", self.by_type),
            ("district", self.by_district),
            ("estate", self.estates),
            ("owner", self.owners),
        ):
            for column, array in table.items():
                yield f"{name} {column}", array
        for (bearer, programme), array in self.spending.items():
            yield f"spending {bearer} {programme}", array

    def public_cost(self, bearer: str | None = None, programme: str | None = None) -> float:
        """Public money spent in yuan over the run, net, with losses of state-owned companies; of one
        bearer or programme only where given (0 if it spent none)."""
        chosen = [
            fen.sum()
            for (who, what), fen in self.spending.items()
            if bearer in (None, who) and programme in (None, what)
        ]
        return int(sum(chosen)) / FEN_PER_YUAN

    def series_frame(self) -> pd.DataFrame:
        """The city's monthly series, one row per month from 0."""
        import pandas as pd

        return pd.DataFrame(self.series, index=pd.RangeIndex(self.months + 1, name="month"))

    def estate_frame(self) -> pd.DataFrame:
        """One row per estate; types, stages and modes by name, `first_collapse`
        missing where there was none."""
        import pandas as pd

        from sim.words import MODES, STAGES

        frame = pd.DataFrame(self.estates)
        frame.index.name = "estate"
        frame["first_collapse"] = frame["first_collapse"].astype("Int16").mask(frame["first_collapse"] < 0)
        for column, names in (
            ("type", self.types),
            ("first_stage", STAGES),
            ("final_stage", STAGES),
            ("final_mode", MODES),
        ):
            frame[column] = pd.Categorical.from_codes(frame[column].to_numpy(), list(names))
        return frame


def summarise(city: Engine) -> RunSummary:
    """The summary of a city at its present month. ValueError if it was built with
    `record=False` or never stepped."""
    return summary_of(Reading(record_of(city)), city.seed, owners_by_kind(city))


def summary_of(reading: Reading, seed: int, owners: OwnersByKind) -> RunSummary:
    """The summary of what a run with this seed recorded, and of its owners at the end."""
    series = monthly_series(reading)
    groups = group_series(reading)
    cut = 1 + reading.type_count
    by_group = {name: table.T.astype(np.float32) for name, table in groups.items()}
    estates = estate_figures(reading) | owners.by_estate
    return RunSummary(
        seed=seed,
        months=reading.months,
        types=tuple(reading.record.types),
        scalars=run_outcomes(reading, series),
        series={name: values.astype(np.float32) for name, values in series.items()},
        by_type={name: table[1:cut] for name, table in by_group.items()},
        by_district={name: table[cut:] for name, table in by_group.items()},
        estates={name: estates[name].astype(kind) for name, kind in ESTATE_COLUMNS.items()},
        owners=owners.sums,
        spending=reading.spending,
    )


# packing: what has no value (a rate of nothing, the first collapse of an estate that never collapsed) is null
# in the table, and NaN or -1 in the summary

NONE_BELOW_ZERO = ("first_collapse",)  # columns of estates in which -1 stands for none
SERIES_PREFIX, TYPE_PREFIX, DISTRICT_PREFIX, ESTATE_PREFIX = "monthly_", "type_", "district_", "estate_"
OWNER_PREFIX = "owners_"
_SPENDING = pa.list_(
    pa.struct([("bearer", pa.string()), ("programme", pa.string()), ("fen", pa.list_(pa.int64()))])
)


@cache
def summary_schema() -> pa.Schema:
    """One row a run: seed, months and types; a column per outcome; lists for months,
    groups, estates and spending."""
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
    fields += [pa.field(OWNER_PREFIX + name, pa.list_(pa.float64())) for name in OWNER_SUMS]
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
        *_lists([summary.owners[name].ravel() for name in OWNER_SUMS]),
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
        raise ResultError(message("store.run_unreadable", error=why(error))) from None
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

    shape = tuple(len(kinds) for kinds in KINDS.values())
    return RunSummary(
        seed=value("seed").as_py(),
        months=value("months").as_py(),
        types=tuple(value("types").as_py()),
        scalars={name: number(value(name).as_py()) for name in OUTCOMES},
        series={name: array(SERIES_PREFIX + name) for name in SERIES},
        by_type=groups(TYPE_PREFIX),
        by_district=groups(DISTRICT_PREFIX),
        estates={name: array(ESTATE_PREFIX + name) for name in ESTATE_COLUMNS},
        owners={name: array(OWNER_PREFIX + name).reshape(-1, *shape) for name in OWNER_SUMS},
        spending={
            (entry["bearer"], entry["programme"]): np.array(entry["fen"], np.int64)
            for entry in value("spending").as_py()
        },
    )
