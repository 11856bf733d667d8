"""The words and units of every column of a run's tables: those of estates, and of the city as the registry names its series."""

from __future__ import annotations

from dataclasses import dataclass

from sim.results.outcomes import SERIES
from sim.text import Family, Message, Spoken, in_language, message

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
    "built_year": "year",
    "buildings": "buildings",
    "area": "m2",
    "standard_cost": "yuan/month",
    "price0": "yuan/m2/month",
}
SPREAD_COLUMNS = ("collection", "quality", "satisfaction", "condition")
SPREAD = ("p10", "p50", "p90")
Family("spread", SPREAD)


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
    """The unit of each named result column, for `DataFrame.attrs["units"]`; columns without words are left out."""
    return {column: COLUMN_WORDS[column].unit for column in columns if column in COLUMN_WORDS}
