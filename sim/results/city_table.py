"""The city month by month: every series of the registry, and how far estates lie apart."""

from __future__ import annotations

import numpy as np

from sim.results.outcomes import SERIES, monthly_series
from sim.results.reading import PERCENTILES, Reading, percentiles
from sim.results.record import Record


def city_columns(record: Record) -> dict[str, np.ndarray]:
    """One row per month from 0 (the starting state); every column but the month is float64.

    The series of `sim.results.outcomes.SERIES`, NaN in month 0 where they are of a month, and *_p10, *_p50, *_p90 of the
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
    collection = reading.collection.copy()
    collection[0] = np.nan
    out = reading.out
    return {
        "collection": collection,
        "quality": out.quality,
        "satisfaction": out.satisfaction,
        "condition": out.condition,
    }
