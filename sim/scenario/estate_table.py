"""The canonical table of a city's estates: which columns it may have, in what unit, and what each of them
sets in month 0.

One declaration, read by the loader of scenarios, by what imports a city's own sheet, by the template for such
a sheet and by the documentation. The table is a CSV in UTF-8 with one row an estate. Its first column is
`number`, which an estate keeps for ever and by which all its luck is addressed; an empty cell says that the
figure is not known, and is then drawn as a drawn city draws it. Ids, names, streets and coordinates of the
city are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from sim.text import Message, message
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import MODES

MOST_HOUSEHOLDS = 65_535  # of one estate; the sums of an owners' pass could overflow beyond it
OWNERS_APART = (
    MOST_HOUSEHOLDS + 1
)  # between the luck of the first owners of two numbers that follow each other
MOST_LUCK = 2**32 - 1  # addresses of luck are words of 32 bits
MOST_NUMBER = MOST_LUCK // OWNERS_APART
FIRST_YEAR, LAST_YEAR = 1900, 2100

Kind = Literal["whole", "number", "flag", "word"]
"""whole: a whole number; number: any number; flag: true or false (1 and 0 are read too); word: one of some
words."""


@dataclass(frozen=True)
class EstateColumn:
    """One column of the canonical table.

    name: as it stands in the first row. kind: see `Kind`. unit: as elsewhere in the catalogs ("" for none).
    low, high: bounds, both allowed (None: no bound). words: allowed words of a word column; empty for `type`,
    which takes the names of the scenario's types. sets: columns of the estates' table of the model
    (`sim.model.state.estates`) that the figure sets in month 0, or of its owners or committee as
    "owners.paid"; empty for a figure that sets nothing and is kept as what the city reported. scale: how many
    units of those columns are one unit of this one. yearly: may also stand once a calendar year, as
    NAME_2024, which sets nothing. example: a value for templates, as written into a cell.
    """

    name: str
    kind: Kind
    unit: str
    low: float | None
    high: float | None
    sets: tuple[str, ...]
    example: str
    scale: Fraction = Fraction(1)
    words: tuple[str, ...] = ()
    required: bool = False
    yearly: bool = False

    @property
    def heading(self) -> Message:
        """What the column is called."""
        return message(f"estate_table.{self.name}")

    @property
    def meaning(self) -> Message:
        """What is to stand in it, and what an empty cell means."""
        return message(f"estate_table.{self.name}.meaning")


FEN = Fraction(FEN_PER_YUAN)

ESTATE_COLUMNS: tuple[EstateColumn, ...] = (
    EstateColumn("number", "whole", "", 0, MOST_NUMBER, ("number",), "1", required=True),
    EstateColumn(
        "households", "whole", "households", 1, MOST_HOUSEHOLDS, ("households",), "860", required=True
    ),
    # what it is and where
    EstateColumn("type", "word", "", None, None, ("type",), ""),
    EstateColumn("old", "flag", "yes or no", 0, 1, ("old",), "0"),
    EstateColumn("built_year", "whole", "year", FIRST_YEAR, LAST_YEAR, ("built_year",), "2003"),
    EstateColumn("built_low", "whole", "year", FIRST_YEAR, LAST_YEAR, ("built_year",), ""),
    EstateColumn("built_high", "whole", "year", FIRST_YEAR, LAST_YEAR, ("built_year",), ""),
    EstateColumn("district", "whole", "", 0, 999, ("district", "district_body"), "0"),
    EstateColumn("street", "whole", "", 0, 999, ("street",), "2"),
    EstateColumn("community", "whole", "", 0, 999, ("community", "community_account"), "1"),
    EstateColumn("buildings", "whole", "buildings", 1, MOST_HOUSEHOLDS, ("buildings",), "12"),
    EstateColumn("area", "number", "m2", 1, 1e9, ("area", "owners.area"), "94600"),
    EstateColumn("flat_area", "number", "m2", 10, 1_000, ("owners.area",), "110"),
    # fee and cost
    EstateColumn("fee", "number", "yuan/m2/month", 0, 500, ("price",), "1.6", FEN),
    EstateColumn("fee_low", "number", "yuan/m2/month", 0, 500, ("price",), "", FEN),
    EstateColumn("fee_high", "number", "yuan/m2/month", 0, 500, ("price",), "", FEN),
    EstateColumn("fee_household", "number", "yuan/household/month", 0, 50_000, ("price",), "", FEN),
    EstateColumn("standard_cost", "number", "yuan/m2/month", 0, 500, ("cost_fixed", "cost_area"), "1.9", FEN),
    EstateColumn("cost_fixed", "number", "yuan/month", 0, 1e9, ("cost_fixed",), "", FEN),
    EstateColumn("cost_per_area", "number", "yuan/m2/month", 0, 500, ("cost_area",), "", FEN),
    EstateColumn(
        "public_revenue",
        "number",
        "yuan/year",
        0,
        1e11,
        ("public_revenue",),
        "120000",
        FEN / MONTHS_PER_YEAR,
    ),
    # who manages it
    EstateColumn("mode", "word", "", None, None, ("mode",), "market", words=MODES),
    EstateColumn("company", "whole", "", 0, 99_999, ("company",), "3"),
    EstateColumn("committee", "flag", "yes or no", 0, 1, ("committees.exists",), "1"),
    # what its owners do
    EstateColumn("collection", "number", "share", 0, 1, ("paid_share", "owners.paid"), "0.72", yearly=True),
    EstateColumn("collection_expected", "number", "share", 0, 1, ("income_smooth", "effort"), ""),
    EstateColumn(
        "arrears", "number", "yuan", 0, 1e11, ("arrears", "owners.arrears"), "530000", FEN, yearly=True
    ),
    EstateColumn("vacancy", "number", "share", 0, 1, ("owners.occupancy",), "0.12"),
    EstateColumn("tenants", "number", "share", 0, 1, ("owners.occupancy",), "0.2"),
    EstateColumn("duty_shift", "number", "logit", -5, 5, ("owners.duty",), ""),
    EstateColumn(
        "satisfaction", "number", "share", 0, 1, ("satisfaction", "owners.satisfaction"), "0.61", yearly=True
    ),
    EstateColumn("complaints", "whole", "complaints", 0, 1e7, (), "34", yearly=True),
    # in what state it is
    EstateColumn("condition", "number", "share", 0, 1, ("condition",), "0.8"),
    EstateColumn("quality", "number", "share", 0, 1, ("quality",), "", yearly=True),
    EstateColumn("legacy_problems", "flag", "yes or no", 0, 1, ("legacy",), "0"),
    EstateColumn("legacy", "number", "share", 0, 1, ("legacy",), ""),
    # of the draw of a city that was drawn and written out; a city's own table leaves it empty
    EstateColumn("luck", "whole", "", 0, MOST_LUCK, ("first_luck",), ""),
)

COLUMNS: dict[str, EstateColumn] = {column.name: column for column in ESTATE_COLUMNS}

ONE_WAY: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("built_year",), ("built_low", "built_high")),
    (("fee",), ("fee_low", "fee_high"), ("fee_household",)),
    (("standard_cost",), ("cost_fixed", "cost_per_area")),
)
"""Ways to state one thing, of which a row uses at most one."""

PAIRS: tuple[tuple[str, str], ...] = (("built_low", "built_high"), ("fee_low", "fee_high"))
"""Ends of a range: a row states both, the low one not above the high one, or neither."""

NEEDS: tuple[tuple[str, str], ...] = (("street", "district"), ("community", "street"), ("company", "mode"))
"""What a row states only where it also states the other: each is counted within it."""


def column_of(name: str) -> tuple[EstateColumn, int | None] | None:
    """The column that a heading of the canonical table names, with the calendar year where it is one of a
    year (`collection_2024`); None for what names no column."""
    if name in COLUMNS:
        return COLUMNS[name], None
    stem, _, year = name.rpartition("_")
    column = COLUMNS.get(stem)
    if column is None or not column.yearly or len(year) != 4 or not (year.isascii() and year.isdigit()):
        return None
    return (column, int(year)) if FIRST_YEAR <= int(year) <= LAST_YEAR else None


def heading_of_year(column: EstateColumn, year: int) -> Message:
    """What a column of one calendar year is called."""
    return message("estate_table.of_year", heading=column.heading, year=year)
