"""The words and units of every column of a run's tables: those of estates, and of the city as the registry names its series."""

from __future__ import annotations

from sim.results.outcomes import SERIES
from sim.text import Family, Spoken, in_language, say
from sim.words import ESTATE_COLUMN_WORDS, Word

SPREAD_COLUMNS = ("collection", "quality", "satisfaction", "condition")
SPREAD = ("p10", "p50", "p90")
Family("spread", SPREAD)


def _word(figure: Spoken, unit: str, spread: str = "") -> Word:
    told = {}
    for name in ("zh", "en"):
        with in_language(name):
            plain = figure.in_language(name)
            told[name] = say(f"spread.{spread}", name=plain) if spread else plain
    return Word(told["zh"], told["en"], unit)


def _city_words() -> dict[str, Word]:
    words = {"month": ESTATE_COLUMN_WORDS["month"]}
    words |= {name: _word(series, series.unit) for name, series in SERIES.items()}
    for column in SPREAD_COLUMNS:
        series = SERIES[column]
        words |= {f"{column}_{spread}": _word(series, series.unit, spread) for spread in SPREAD}
    return words


CITY_COLUMN_WORDS = _city_words()
COLUMN_WORDS = ESTATE_COLUMN_WORDS | CITY_COLUMN_WORDS


def units_of(columns: list[str]) -> dict[str, str]:
    """The unit of each named result column, for `DataFrame.attrs["units"]`; columns without words are left out."""
    return {column: COLUMN_WORDS[column].unit for column in columns if column in COLUMN_WORDS}
