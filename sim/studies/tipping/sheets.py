"""What a workbook of a tipping map says: its columns and codes in words."""

from __future__ import annotations

from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.tipping.tipping import Tipping
from sim.studies.tipping.words import SOURCES
from sim.text import Family

TITLES = Family(
    "tipping.sheet",
    (
        "points",
        "trials",
        "widths",
        "loops",
        "delays",
    ),
)
HEADINGS = Family(
    "tipping.head",
    (
        "lever",
        "source",
        "stable",
        "points.collection",
        "points.low",
        "points.high",
        "start",
        "trials.estates",
        "settled",
        "settled_p10",
        "settled_p90",
        "trials.mean",
        "trials.range_low",
        "trials.range_high",
        "trials.pairs",
        "two_states",
        "at_rest",
        "drift",
        "chance_high",
        "chance_low_bound",
        "chance_high_bound",
        "widths.low",
        "widths.high",
        "low_open",
        "high_open",
        "width",
        "area",
        "error",
        "widths.range_low",
        "widths.range_high",
        "range_open",
        "widths.pairs",
        "loops.pairs",
        "out",
        "back",
        "gap",
        "delays.delay",
        "delays.seeds",
        "delays.rescued",
        "delays.pairs",
        "excess",
        "works",
        "uncertain",
    ),
)


def sheets_of(tipping: Tipping) -> Sheets:
    """Headings of its tables, and by what each figure was found."""
    del tipping  # they are the same for all
    return Sheets(headings=dict(HEADINGS) | table_titles(TITLES), words={"source": dict(SOURCES)})
