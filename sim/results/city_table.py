"""The city month by month: means, shares, spread and totals over its estates."""

from __future__ import annotations

import numpy as np

from sim.month.observe import BREAK_EVEN, CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL
from sim.results.record import Record
from sim.state.events import Event
from sim.units import FEN_PER_YUAN
from sim.words import MODES, STAGES

DAYS_PER_MONTH = 365 / 12
PERCENTILES = (10, 50, 90)


def city_columns(record: Record) -> dict[str, np.ndarray]:
    """One row per month from 0 (the starting state); every column but the month is float64.

    collection_rate: paid of what was billed this month, mean over the estates that bill, weighted by households; NaN in a
        month in which none bills, and in month 0, which nobody was billed for.
    satisfaction, quality, condition: means over all estates, weighted by households.
    *_p10, *_p50, *_p90: percentiles across estates (each counts once; linear interpolation), collection_rate among those
        that bill.
    arrears: yuan outstanding in the whole city.
    nominal, charging, professional, break_even, committees, stage_*, mode_*: shares of estates.
    exits, tenders: estates that a company left, tenders opened this month; NaN in month 0, as are complaints_filed and
        complaints_solved, since month 0 is a state and not a month.
    companies_active: companies that run at least one estate.
    complaints_filed, complaints_solved, complaints_open: cases in the whole city.
    waiting_days: how long the open complaints have waited on average; NaN where none is open.
    inequality: Gini coefficient of service quality across estates; NaN where all of it is zero.
    """
    out = record.outcomes
    rate = collection_rate(out.collected, out.billed)
    measures = {
        "collection_rate": rate,
        "satisfaction": out.satisfaction,
        "quality": out.quality,
        "condition": out.condition,
    }
    columns: dict[str, np.ndarray] = {"month": np.arange(record.months + 1, dtype=np.int16)}
    weights = record.facts["households"].astype(np.float64)
    for name, values in measures.items():
        columns[name] = weighted_mean(values, weights)
    columns["arrears"] = out.arrears.sum(axis=1) / FEN_PER_YUAN
    for code, name in enumerate(STAGES):
        columns[f"stage_{name}"] = (out.stage == code).mean(axis=1)
    for code, name in enumerate(MODES):
        columns[f"mode_{name}"] = (out.mode == code).mean(axis=1)
    flags = {"nominal": NOMINAL, "charging": CHARGING, "professional": PROFESSIONAL, "break_even": BREAK_EVEN}
    for name, bit in (flags | {"committees": COMMITTEE}).items():
        columns[name] = (out.flags & bit > 0).mean(axis=1)
    columns["exits"] = _events_a_month(record, Event.COMPANY_LEFT)
    columns["tenders"] = _events_a_month(record, Event.TENDER_OPENED)
    columns["companies_active"] = companies_active(out.company)
    columns["inequality"] = gini(out.quality)
    columns["complaints_filed"] = _after_start(out.filed.sum(axis=1, dtype=np.int64))
    columns["complaints_solved"] = _after_start(out.solved.sum(axis=1, dtype=np.int64))
    waiting, still_open = (column.sum(axis=1, dtype=np.int64) for column in (out.waiting, out.open))
    columns["complaints_open"] = still_open.astype(np.float64)
    columns["waiting_days"] = waiting_days(waiting, still_open)
    for name, values in measures.items():
        for percent, row in zip(PERCENTILES, percentiles(values), strict=True):
            columns[f"{name}_p{percent}"] = row
    return columns


def collection_rate(collected: np.ndarray, billed: np.ndarray) -> np.ndarray:
    """Collected over billed (float64, same shape); NaN where nothing is billed."""
    rate = np.full(np.shape(billed), np.nan)
    np.divide(collected, billed, out=rate, where=billed > 0)
    return rate


def waiting_days(case_months: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Days that open complaints have waited on average (float64); NaN where none is open."""
    days = np.full(np.shape(cases), np.nan)
    np.divide(case_months * DAYS_PER_MONTH, cases, out=days, where=cases > 0)
    return days


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean of each row (float64) over its entries that are not NaN, weighted by column; NaN where there is none."""
    known = ~np.isnan(values)
    total = np.where(known, weights, 0.0).sum(axis=1)
    mean = np.full(values.shape[0], np.nan)
    np.divide(np.where(known, values * weights, 0.0).sum(axis=1), total, out=mean, where=total > 0)
    return mean


def percentiles(values: np.ndarray) -> np.ndarray:
    """PERCENTILES of each row (3 x rows, float64) over its entries that are not NaN, interpolated linearly."""
    ordered = np.sort(values.astype(np.float64), axis=1)  # NaN goes last
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    last = np.maximum(known - 1, 0)
    rows = np.arange(ordered.shape[0])
    found = []
    for percent in PERCENTILES:
        place = percent / 100 * last
        low = np.floor(place).astype(np.int64)
        below, above = ordered[rows, low], ordered[rows, np.minimum(low + 1, last)]
        found.append(below + (above - below) * (place - low))
    return np.array(found)


def gini(values: np.ndarray) -> np.ndarray:
    """Gini coefficient of each row of values that are not negative (float64); NaN where the row sums to zero."""
    ordered = np.sort(values.astype(np.float64), axis=1)
    size = ordered.shape[1]
    total = ordered.sum(axis=1)
    ranks = 2.0 * np.arange(1, size + 1) - size - 1.0
    coefficient = np.full(ordered.shape[0], np.nan)
    np.divide((ordered * ranks).sum(axis=1), size * total, out=coefficient, where=total > 0)
    return coefficient


def companies_active(company: np.ndarray) -> np.ndarray:
    """How many different companies occur in each row (float64); -1 stands for none."""
    months = company.shape[0]
    most = int(company.max(initial=-1)) + 1
    if most == 0:
        return np.zeros(months)
    present = np.zeros((months, most), bool)
    row, column = np.nonzero(company >= 0)
    present[row, company[row, column]] = True
    return present.sum(axis=1).astype(np.float64)


def _after_start(counts: np.ndarray) -> np.ndarray:
    """Counts of what happened in each month, with none for month 0."""
    flow = counts.astype(np.float64)
    flow[0] = np.nan
    return flow


def _events_a_month(record: Record, kind: Event) -> np.ndarray:
    months = record.events["month"][record.events["kind"] == int(kind)]
    return _after_start(np.bincount(months, minlength=record.months + 1))
