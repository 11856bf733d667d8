"""What a workbook of a study says: its columns in words."""

from __future__ import annotations

from sim.outputs.catalog import parameter_name
from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.study.study import Studied
from sim.studies.study.words import factors_of
from sim.text import Family

TITLES = Family(
    "study.sheet",
    (
        "runs",
        "points",
    ),
)
HEADINGS = Family("study.sheet_head", ("points.pairs",))


def sheets_of(studied: Studied) -> Sheets:
    """Headings of the factors and titles of its tables."""
    factors = {key: parameter_name(key) for key in factors_of(studied)}
    return Sheets(headings=factors | dict(HEADINGS) | table_titles(TITLES))
