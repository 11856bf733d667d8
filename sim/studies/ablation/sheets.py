"""What a workbook of an ablation says: its columns and codes in words."""

from __future__ import annotations

from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.ablation.ablate import Ablation
from sim.studies.ablation.words import LOOPS, group_name
from sim.text import Family
from sim.text.joins import listed

TITLES = Family(
    "ablation.sheet",
    ("ablation",),
)
HEADINGS = Family(
    "ablation.head",
    (
        "group",
        "off",
        "switched_off",
        "base",
        "change",
        "beyond_sum",
        "beyond_low",
        "beyond_high",
        "beyond_range_low",
        "beyond_range_high",
    ),
)


def sheets_of(ablation: Ablation) -> Sheets:
    """Headings of its table, its groups, and what is off in each row."""
    off = {"+".join(arm.off): listed(LOOPS[one] for one in arm.off) for arm in ablation.arms}
    words = {"off": off, "group": {group: group_name(ablation, group) for group in ablation.groups}}
    return Sheets(headings=dict(HEADINGS) | table_titles(TITLES), words=words)
