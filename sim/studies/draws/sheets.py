"""What a workbook of draws says: its tables in words."""

from __future__ import annotations

from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.draws.repeated import Repeated
from sim.text import Family

TITLES = Family(
    "draws.sheet",
    (
        "draws",
        "by_month",
        "by_type",
    ),
)


def sheets_of(draws: Repeated) -> Sheets:
    """Titles of its tables; their columns are those of many."""
    del draws  # they are the same for all
    return Sheets(headings=table_titles(TITLES))
