"""The words and units of every column of a run's tables: those of estates, and of the city as the registry names its series."""

from __future__ import annotations

from sim.results.outcomes import SERIES
from sim.words import ESTATE_COLUMN_WORDS, Word

SPREAD_COLUMNS = ("collection", "quality", "satisfaction", "condition")
SPREAD_SUFFIXES = {
    "_p10": Word("（第10百分位）", ", 10th percentile of estates"),
    "_p50": Word("（中位数）", ", median of estates"),
    "_p90": Word("（第90百分位）", ", 90th percentile of estates"),
}


def _city_words() -> dict[str, Word]:
    words = {"month": Word("月份", "month", "month")}
    words |= {name: Word(series.zh, series.en, series.unit) for name, series in SERIES.items()}
    for column in SPREAD_COLUMNS:
        plain = words[column]
        for suffix, spread in SPREAD_SUFFIXES.items():
            words[column + suffix] = Word(plain.zh + spread.zh, plain.en + spread.en, plain.unit)
    return words


CITY_COLUMN_WORDS = _city_words()
COLUMN_WORDS = ESTATE_COLUMN_WORDS | CITY_COLUMN_WORDS


def units_of(columns: list[str]) -> dict[str, str]:
    """The unit of each named result column, for `DataFrame.attrs["units"]`; columns without words are left out."""
    return {column: COLUMN_WORDS[column].unit for column in columns if column in COLUMN_WORDS}
