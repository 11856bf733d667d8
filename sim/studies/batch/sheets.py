"""What the columns of a batch's tables are called in a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.results.sheets import Sheets
from sim.studies.batch.pair_words import title_of
from sim.text import Family, say

if TYPE_CHECKING:
    from sim.studies.batch.batch import Batch

HEADINGS = Family("batch.head", ("baseline_mean", "scenario_mean", "difference", "seed"))


def sheets_of(batch: Batch) -> Sheets:
    """Headings of the paired differences, and titles for the names of scenarios."""
    titles = {one.run.scenario.name: title_of(batch, one) for one in batch.scenarios}
    headings = dict(HEADINGS) | {"against": say("batch.against")}
    return Sheets(headings=headings, words={"scenario": titles, "against": titles})
