"""What a workbook of a value of information says: its columns and codes in words."""

from __future__ import annotations

from sim.experiments.information import LEAST_RUNS
from sim.experiments.intervals import FEW
from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.information.information import ORDER, Information
from sim.studies.information.words import name_of
from sim.text import Family, say

TITLES = Family(
    "information.sheet",
    ("information",),
)
HEADINGS = Family(
    "information.head",
    (
        "known",
        "name",
        "parameters",
        "value",
        "error",
        "range_low",
        "range_high",
        "pairs",
    ),
)


WHAT = Family("information.what", ORDER)


def sheets_of(information: Information) -> Sheets:
    """Headings of its table, and what each piece of knowledge is called."""
    notes = {FEW: say("information.why.few", least=LEAST_RUNS)}
    # what is no parameter and no group has no name: the column before it says what it is
    names = {row.name: name_of(row) for row in information.rows if row.name}
    return Sheets(
        headings=dict(HEADINGS) | table_titles(TITLES),
        words={"known": dict(WHAT), "name": names, "note": notes},
    )
