"""What a workbook of a sensitivity analysis says: its columns in words."""

from __future__ import annotations

from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.sensitivity.sensitivity import Sensitivity
from sim.text import Family

TITLES = Family(
    "sensitivity.sheet",
    (
        "morris",
        "morris_points",
        "morris_outcomes",
        "sobol",
        "sobol_points",
        "sobol_outcomes",
    ),
)
HEADINGS = Family(
    "sensitivity.head",
    (
        "low",
        "high",
        "mean_effect",
        "mean_size",
        "spread",
        "first",
        "first_low",
        "first_high",
        "total",
        "total_low",
        "total_high",
        "direction",
        "morris.range_low",
        "morris.range_high",
        "morris_outcomes.pairs",
        "sobol_outcomes.pairs",
        "morris.pairs",
    ),
)


def sheets_of(sensitivity: Sensitivity) -> Sheets:
    """Headings of its tables; `low` and `high` are the parameter's there, not of a mean."""
    del sensitivity  # they are the same for all
    return Sheets(headings=dict(HEADINGS) | table_titles(TITLES))
