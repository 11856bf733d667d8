"""The tables of a run as Arrow tables, made from its record without a loop over estates or months.

Each column carries its unit and its labels as Arrow field metadata, so that a file explains itself.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from sim.model.ledger import KINDS, PURPOSES
from sim.model.month.observe import CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL
from sim.model.state.events import CAUSES, EVENT_KINDS
from sim.results.columns import COLUMN_WORDS
from sim.results.outcomes import OUTCOMES, POPULATIONS, SERIES, monthly_series, run_outcomes, where_known
from sim.results.reading import (
    PERCENTILES,
    PUBLIC_BEARERS,
    STATE_OWNED,
    Reading,
    Record,
    deflator,
    discount,
    percentiles,
    ratio,
    waiting_days,
)
from sim.text.catalog import by_language
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    import pandas as pd


# what public bodies paid and state-owned companies lost, by year and bearer: as paid, in constant prices, and
# discounted

# Yuan as they were paid, in prices of the start year, and those discounted to the start year.
PRICES = ("nominal", "constant", "discounted")
SUMS = ("fiscal_spending", "public_cost")  # over bearers: without and with losses of state-owned companies
MOST_COLUMNS = 10  # of years in a table for readers
# The order of a table: the tiers from the top down, then what no budget shows.
BEARERS = ("state", *(name for name in PUBLIC_BEARERS if name != "state"), STATE_OWNED)


def by_year(
    spending: Mapping[tuple[str, str], np.ndarray], months: int, inflation: float, discount_rate: float
) -> dict[tuple[str, str], np.ndarray]:
    """Yuan (float64, years x PRICES) by (bearer, programme), of fen (int64) of month 0 to the last.

    inflation, discount_rate: a year. A last year that is not whole counts with the months that it has.
    """
    starts = np.arange(1, months + 1, MONTHS_PER_YEAR)
    worth = deflator(months, inflation)[starts], discount(months, discount_rate)[starts]
    found = {}
    for key, fen in spending.items():
        paid = np.add.reduceat(fen[1:].astype(np.int64), starts - 1) / FEN_PER_YUAN
        found[key] = np.stack([paid, paid * worth[0], paid * worth[0] * worth[1]], axis=1)
    return found


def with_sums(paid: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What each bearer bore, and of all of them fiscal spending and public cost
    (see SUMS); arrays of one shape."""
    fiscal = sum((amounts for bearer, amounts in paid.items() if bearer != STATE_OWNED), 0.0)
    return {
        **paid,
        "fiscal_spending": np.asarray(fiscal),
        "public_cost": np.asarray(fiscal + paid[STATE_OWNED]),
    }


def spans_of(years: int) -> list[tuple[int, int]]:
    """(first, last) of every year, of the spans in which a long run is told, and of the whole run."""
    told = told_spans(years)
    return list(dict.fromkeys([*((year, year) for year in range(1, years + 1)), *told, (1, years)]))


def told_spans(years: int) -> list[tuple[int, int]]:
    """(first, last) of the columns in which a table tells of a run: its years, or spans of several
    where there are over ten."""
    length = math.ceil(years / MOST_COLUMNS)
    return [(first, min(first + length - 1, years)) for first in range(1, years + 1, length)]


def sums(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Whole-run yuan of a table with the columns bearer and PRICES: fiscal spending, losses of
    state-owned companies, public cost."""
    lost = (table["bearer"].astype(str) == STATE_OWNED).to_numpy()
    parts = {"fiscal_spending": table[~lost], "state_owned_losses": table[lost], "public_cost": table}
    return {name: {price: float(rows[price].sum()) for price in PRICES} for name, rows in parts.items()}


# the city month by month: every series of the registry, and how far estates lie apart


def city_columns(record: Record) -> dict[str, np.ndarray]:
    """One row per month from 0 (the starting state); every column but the month is float64.

    The series of `sim.results.outcomes.SERIES`, NaN before their first month, and *_p10, *_p50, *_p90 of the
    columns SPREAD: percentiles across estates (each counts once; linear interpolation).
    """
    reading = Reading(record)
    columns: dict[str, np.ndarray] = {"month": np.arange(record.months + 1, dtype=np.int16)}
    columns |= monthly_series(reading, tuple(SERIES))
    for name, values in _by_estate(reading).items():
        for percent, row in zip(PERCENTILES, percentiles(values), strict=True):
            columns[f"{name}_p{percent}"] = row
    return columns


def _by_estate(reading: Reading) -> dict[str, np.ndarray]:
    out = reading.out
    return {
        "collection": where_known("collection", reading.collection),
        "quality": out.quality,
        "satisfaction": out.satisfaction,
        "condition": out.condition,
    }


# every table of a run

PROGRAMME = "programme"


class Coded(NamedTuple):
    """A column of names stored as small codes into `names`; a code below 0 stands
    for none, where it is `optional`."""

    codes: np.ndarray
    names: Sequence[str]
    optional: bool = False


Columns = Mapping[str, "np.ndarray | Coded"]


def estates_columns(record: Record) -> Columns:
    """One row per estate and month 1 to the last, months one after another; columns as the
    documentation of Run says."""
    out, facts, reading = record.outcomes, record.facts, Reading(record)
    months, size = record.months, record.estates

    def flat(column: np.ndarray) -> np.ndarray:
        return np.asarray(column[1:]).reshape(-1)

    def each(values: np.ndarray, kind: type) -> np.ndarray:
        return np.tile(values.astype(kind), months)

    def yuan(column: np.ndarray) -> np.ndarray:
        return np.asarray(flat(column) / FEN_PER_YUAN)

    def flag(bit: int) -> np.ndarray:
        return np.asarray(flat(out.flags) & bit > 0)

    open_cases = flat(out.open)
    return {
        "month": np.repeat(np.arange(1, months + 1, dtype=np.int16), size),
        "estate": np.tile(np.arange(size, dtype=np.int32), months),
        "type": Coded(each(facts["type"], np.int16), record.types),
        "district": each(facts["district"], np.int16),
        "mode": Coded(flat(out.mode), MODES),
        "stage": Coded(flat(out.stage), STAGES),
        "self_sustaining": flat(reading.self_sustaining),
        "collection_rate": ratio(flat(out.collected), flat(out.billed)).astype(np.float32),
        **{
            name: flat(where_known(name, getattr(reading, name))).astype(np.float32)
            for name in ("collection", "collection_billing")
        },
        "arrears": yuan(out.arrears),
        "satisfaction": flat(out.satisfaction),
        "quality": flat(out.quality),
        "condition": flat(out.condition),
        "legacy": flat(out.legacy),
        "trust": flat(out.trust),
        "grievance": flat(out.grievance),
        "price": flat(out.price),
        "billed": yuan(out.billed),
        "collected": yuan(out.collected),
        "income": yuan(out.income),
        "cost": yuan(out.spending),
        "overhead": yuan(out.overhead),
        "subsidy": yuan(out.subsidy),
        "margin": _margin(flat(reading.income_year), flat(reading.cost_year), flat(out.company)),
        "complaints_filed": flat(out.filed),
        "complaints_solved": flat(out.solved),
        "complaints_open": open_cases,
        "waiting_days": waiting_days(flat(out.waiting), open_cases).astype(np.float32),
        "committee": flag(COMMITTEE),
        "fund": yuan(out.fund),
        "households": each(facts["households"], np.int32),
        "nominal": flag(NOMINAL),
        "charging": flag(CHARGING),
        "professional": flag(PROFESSIONAL),
        "break_even": flat(reading.breaks_even),
    }


def _margin(income: np.ndarray, spending: np.ndarray, company: np.ndarray) -> np.ndarray:
    """(income - all spending) / income over the window (float32); NaN without a
    company, or where nothing came in."""
    known = (company >= 0) & (income > 0)
    margin = np.full(income.shape, np.nan, np.float32)
    np.divide(income - spending, income, out=margin, where=known, casting="unsafe")
    return margin


def estate_table_columns(record: Record) -> Columns:
    """One row per estate: what never changes, and the price at the start. Districts, streets,
    communities count from 0; its number is that of the table of estates, where the scenario has one."""
    facts = record.facts
    return {
        "estate": np.arange(record.estates, dtype=np.int32),
        "number": facts["number"].astype(np.int32),
        "type": Coded(facts["type"].astype(np.int16), record.types),
        "district": facts["district"].astype(np.int16),
        "street": (facts["street"] - record.first_street).astype(np.int32),
        "community": (facts["community"] - record.first_community).astype(np.int32),
        "built_year": facts["built_year"].astype(np.int16),
        "households": facts["households"].astype(np.int32),
        "buildings": facts["buildings"].astype(np.int32),
        "area": facts["area"].astype(np.float64),
        "standard_cost": (facts["cost_fixed"] + facts["cost_area"]) / FEN_PER_YUAN,
        "price0": np.asarray(record.outcomes.price[0]),
    }


def events_columns(record: Record) -> Columns:
    """One row per event in order of time; estate, company and programme are null where the event has none."""
    events = record.events
    return {
        "month": events["month"].astype(np.int16),
        "estate": np.ma.masked_less(events["estate"].astype(np.int32), 0),
        "company": np.ma.masked_less(events["company"].astype(np.int32), 0),
        "kind": Coded(events["kind"].astype(np.int8), EVENT_KINDS),
        "cause": Coded(events["cause"].astype(np.int8), CAUSES),
        "size": events["size"].astype(np.float64),
        PROGRAMME: Coded(events["programme"].astype(np.int16), record.programmes, optional=True),
    }


def ledger_columns(record: Record) -> Columns:
    """One row per month, purpose and programme (null for the ordinary course): what moved from
    which kind to which kind."""
    lines = record.ledger
    month, purpose, payer, payee, programme, fen = zip(*lines, strict=True) if lines else ((),) * 6
    return {
        "month": np.array(month, np.int16),
        "purpose": _encode(purpose, (*PURPOSES, PROGRAMME)),
        "payer_kind": _encode(payer, KINDS),
        "payee_kind": _encode(payee, KINDS),
        "programme": _encode(
            programme, tuple(dict.fromkeys(name for name in programme if name)), optional=True
        ),
        "yuan": np.array(fen, np.int64) / FEN_PER_YUAN,
    }


def _encode(values: Sequence[str], names: Sequence[str], optional: bool = False) -> Coded:
    code = {name: position for position, name in enumerate(names)} | ({"": -1} if optional else {})
    return Coded(np.array([code[value] for value in values], np.int16), names, optional)


def outcomes_columns(record: Record) -> Columns:
    """One row per outcome of the registry: its id, value (none where it does not exist),
    unit, and over whom it is taken."""
    reading = Reading(record)
    values = run_outcomes(reading)
    figures = [OUTCOMES[name] for name in values]
    return {
        "outcome": _encode(tuple(values), tuple(values)),
        "value": np.array(list(values.values())),
        "unit": _encode([one.unit for one in figures], tuple(dict.fromkeys(one.unit for one in figures))),
        "over": _encode([one.population for one in figures], POPULATIONS),
    }


def public_cost_columns(record: Record) -> Columns:
    """One row per year, bearer and programme ("" for what government does anyway): yuan as paid,
    constant, and discounted."""
    reading = Reading(record)
    found = by_year(reading.spending, record.months, record.inflation, record.discount_rate)
    years = -(-record.months // MONTHS_PER_YEAR)
    bearers, programmes = zip(*found, strict=True) if found else ((), ())
    each = np.concatenate(list(found.values())) if found else np.zeros((0, len(PRICES)))
    return {
        "year": np.tile(np.arange(1, years + 1, dtype=np.int16), len(found)),
        "bearer": _repeated(_encode(bearers, BEARERS), years),
        PROGRAMME: _repeated(_encode(programmes, tuple(dict.fromkeys(("", *programmes)))), years),
        **{price: each[:, place] for place, price in enumerate(PRICES)},
    }


def _repeated(column: Coded, times: int) -> Coded:
    return Coded(np.repeat(column.codes, times), column.names)


TABLES: dict[str, Callable[[Record], Columns]] = {
    "estates": estates_columns,
    "estate_table": estate_table_columns,
    "city": city_columns,
    "events": events_columns,
    "ledger": ledger_columns,
    "outcomes": outcomes_columns,
    "public_cost": public_cost_columns,
}
"""What makes the columns of each table of a run, by the name of the table."""


def arrow_table(columns: Columns) -> pa.Table:
    """An Arrow table of these columns: NaN and what is masked are nulls, in columns that
    say that they may hold some."""
    arrays, fields = [], []
    for name, column in columns.items():
        about = {}
        if name in COLUMN_WORDS:
            word = COLUMN_WORDS[name]
            about = {"unit": word.unit} | by_language(word)
        if isinstance(column, Coded):
            codes = pa.array(column.codes, mask=np.asarray(column.codes) < 0)
            array = pa.DictionaryArray.from_arrays(codes, pa.array(list(column.names), pa.string()))
            # a file keeps only the names that occur; the whole list goes along
            about["names"] = json.dumps(list(column.names), ensure_ascii=False)
        else:
            array = pa.array(column, from_pandas=True)
        arrays.append(array)
        fields.append(pa.field(name, array.type, nullable=_may_lack(column), metadata=about or None))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _may_lack(column: np.ndarray | Coded) -> bool:
    """Whether a column may hold nulls: figures may not exist, keys and names do unless they are optional."""
    if isinstance(column, Coded):
        return column.optional
    return isinstance(column, np.ma.MaskedArray) or column.dtype.kind == "f"
