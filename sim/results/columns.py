"""The columns of a run's tables: which there are, in their order, what a folder of results must hold to be
read; their words and units, those of estates, and of the city as the registry names its series.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sim.errors import ResultError
from sim.results.outcomes import SERIES
from sim.text import Family, Message, Spoken, in_language, message

# Kinds of columns: whole numbers by their bits, single and double precision, truth, and names (a file keeps
# them as codes).
INT16, INT32, SINGLE, DOUBLE, TRUTH, NAME = "int16", "int32", "float", "double", "bool", "name"

# Of these series the table of the city also has the spread between estates.
SPREAD_COLUMNS = ("collection", "quality", "satisfaction", "condition")
SPREAD = ("p10", "p50", "p90")
Family("spread", SPREAD)

TABLE_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "estates": {
        "month": INT16,
        "estate": INT32,
        "type": NAME,
        "district": INT16,
        "mode": NAME,
        "stage": NAME,
        "self_sustaining": TRUTH,
        "collection_rate": SINGLE,
        "collection": SINGLE,
        "collection_billing": SINGLE,
        "arrears": DOUBLE,
        "satisfaction": SINGLE,
        "quality": SINGLE,
        "condition": SINGLE,
        "legacy": SINGLE,
        "trust": SINGLE,
        "grievance": SINGLE,
        "price": SINGLE,
        "billed": DOUBLE,
        "collected": DOUBLE,
        "income": DOUBLE,
        "cost": DOUBLE,
        "overhead": DOUBLE,
        "subsidy": DOUBLE,
        "margin": SINGLE,
        "complaints_filed": INT32,
        "complaints_solved": INT32,
        "complaints_open": INT32,
        "waiting_days": SINGLE,
        "committee": TRUTH,
        "fund": DOUBLE,
        "households": INT32,
        "nominal": TRUTH,
        "charging": TRUTH,
        "professional": TRUTH,
        "break_even": TRUTH,
    },
    "estate_table": {
        "estate": INT32,
        "number": INT32,
        "type": NAME,
        "district": INT16,
        "street": INT32,
        "community": INT32,
        "built_year": INT16,
        "households": INT32,
        "buildings": INT32,
        "area": DOUBLE,
        "standard_cost": DOUBLE,
        "price0": SINGLE,
    },
    "city": {
        "month": INT16,
        **dict.fromkeys(SERIES, DOUBLE),
        **{f"{name}_{spread}": DOUBLE for name in SPREAD_COLUMNS for spread in SPREAD},
    },
    "events": {
        "month": INT16,
        "estate": INT32,
        "company": INT32,
        "kind": NAME,
        "cause": NAME,
        "size": DOUBLE,
        "programme": NAME,
    },
    "ledger": {
        "month": INT16,
        "purpose": NAME,
        "payer_kind": NAME,
        "payee_kind": NAME,
        "programme": NAME,
        "yuan": DOUBLE,
    },
    "outcomes": {
        "outcome": NAME,
        "value": DOUBLE,
        "unit": NAME,
        "over": NAME,
    },
    "public_cost": {
        "year": INT16,
        "bearer": NAME,
        "programme": NAME,
        "nominal": DOUBLE,
        "constant": DOUBLE,
        "discounted": DOUBLE,
    },
}
OPTIONAL = frozenset(
    {("events", "estate"), ("events", "company"), ("events", "programme"), ("ledger", "programme")}
)


def kind_of_column(field: pa.Field) -> str:
    """Which of the kinds a column of Arrow is; the name of its type where it is none of them."""
    return NAME if pa.types.is_dictionary(field.type) else str(field.type)


def check_columns(table: pa.Table, name: str, path: Path) -> None:
    """ResultError, naming the file and the column, if a table read from `path` is
    not what a run writes as `name`.

    Further columns do no harm.
    """
    kinds = {field.name: kind_of_column(field) for field in table.schema}
    for column, kind in TABLE_COLUMNS[name].items():
        there = kinds.get(column, message("found.nothing"))
        if there != kind:
            raise ResultError(
                message(
                    "problem.instead",
                    place=message("problem.at", file=path, key=column),
                    found=there,
                    allowed=kind,
                )
            )
    for column in TABLE_COLUMNS[name]:
        if (name, column) not in OPTIONAL and TABLE_COLUMNS[name][column] not in (SINGLE, DOUBLE):
            empty = table.column(column).null_count
            if empty:
                place, holes = (
                    message("problem.at", file=path, key=column),
                    message("found.empty_cells", count=empty),
                )
                raise ResultError(
                    message(
                        "problem.instead", place=place, found=holes, allowed=message("allowed.no_empty_cell")
                    )
                )


def with_newer_series(table: pa.Table) -> pa.Table:
    """A city's table with an empty column for every series that came later and that
    the run was saved without."""
    import pyarrow as pa

    for name, series in SERIES.items():
        if series.later and name not in table.column_names:
            table = table.append_column(pa.field(name, pa.float64()), pa.nulls(table.num_rows, pa.float64()))
    return table


def with_numbers(table: pa.Table) -> pa.Table:
    """An estates' table with the numbers of the estates, which one that was saved before there were tables of
    estates does not have: those of its rows."""
    import pyarrow as pa

    if "number" in table.column_names or "estate" not in table.column_names:
        return table
    return table.add_column(1, pa.field("number", pa.int32()), table.column("estate").cast(pa.int32()))


# words and units

# The columns of the table of estates, with their units ("" for a plain number, a name or a truth value).
ESTATE_UNITS = {
    "month": "month",
    "collection_rate": "share",
    "satisfaction": "share",
    "quality": "share",
    "condition": "share",
    "arrears": "yuan",
    "nominal": "share",
    "charging": "share",
    "professional": "share",
    "break_even": "share",
    "complaints_filed": "complaints/month",
    "complaints_solved": "complaints/month",
    "complaints_open": "complaints",
    "estate": "",
    "type": "",
    "district": "",
    "street": "",
    "community": "",
    "mode": "",
    "stage": "",
    "collection": "share",
    "collection_billing": "share",
    "self_sustaining": "",
    "legacy": "share",
    "trust": "share",
    "grievance": "share",
    "price": "yuan/m2/month",
    "billed": "yuan/month",
    "collected": "yuan/month",
    "income": "yuan/month",
    "cost": "yuan/month",
    "overhead": "yuan/month",
    "subsidy": "yuan/month",
    "margin": "share",
    "waiting_days": "day",
    "committee": "",
    "fund": "yuan",
    "households": "households",
    "number": "",
    "built_year": "year",
    "buildings": "buildings",
    "area": "m2",
    "standard_cost": "yuan/month",
    "price0": "yuan/m2/month",
}


@dataclass(frozen=True)
class Column:
    """What a column is called, in the language of whoever reads it, and its unit."""

    label: Spoken
    unit: str

    def __str__(self) -> str:
        return str(self.label)

    def in_language(self, name: str) -> str:
        """What it is called in a language."""
        with in_language(name):
            return str(self)


def _spread(series: Spoken, spread: str) -> Message:
    return message(f"spread.{spread}", name=series)


ESTATE_COLUMN_WORDS = {
    name: Column(label, ESTATE_UNITS[name])
    for name, label in Family("column", ESTATE_UNITS).messages().items()
}
CITY_COLUMN_WORDS = (
    {"month": ESTATE_COLUMN_WORDS["month"]}
    | {name: Column(series, series.unit) for name, series in SERIES.items()}
    | {
        f"{name}_{spread}": Column(_spread(SERIES[name], spread), SERIES[name].unit)
        for name in SPREAD_COLUMNS
        for spread in SPREAD
    }
)
COLUMN_WORDS = ESTATE_COLUMN_WORDS | CITY_COLUMN_WORDS


def units_of(columns: list[str]) -> dict[str, str]:
    """The unit of each named result column, for `DataFrame.attrs["units"]`; columns
    without words are left out."""
    return {column: COLUMN_WORDS[column].unit for column in columns if column in COLUMN_WORDS}
