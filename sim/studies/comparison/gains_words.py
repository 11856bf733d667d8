"""Who gains and who loses, as a table: households of each estate type and kind of owner."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.experiments.intervals import Interval, Range
from sim.outputs.catalog import capital, points
from sim.outputs.range_words import bounds_in_brackets, doubted, note_of_brackets
from sim.outputs.report.model import Table
from sim.studies.comparison.arms import OWNER_MEASURES, OWNER_UNITS
from sim.studies.comparison.names import group_name, measure_name, months_of, title_of
from sim.text import Family, figures, joins, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.comparison.comparison import Comparison

CHANGE_OF = Family("comparison.change_in", tuple(dict.fromkeys(OWNER_UNITS.values())))


def gains_tables(comparison: Comparison, by_title: bool = False) -> list[Table]:
    """What changes for the households of each group: a row for each arm and group, a column for each measure.
    None for a result of before kinds of owners were kept. Arms by name, or by title."""
    table = comparison.by_owner
    if table.empty:
        return []
    rows = []
    indexed = table.set_index(["arm", "by", "group", "measure"])
    groups = table[["arm", "by", "group", "households"]].drop_duplicates()
    for arm, by, group, homes in groups.itertuples(index=False):
        told = {measure: indexed.loc[(arm, by, group, measure)] for measure in OWNER_MEASURES}
        cells = (
            change_of(
                float(row["difference"]),
                Interval(row["low"], row["high"], comparison.interval_level, _note(row["note"])),
                Range.of_row(row.to_dict()),
                OWNER_UNITS[measure],
            )
            for measure, row in told.items()
        )
        name = title_of(comparison, comparison.arm(arm)) if by_title else arm
        rows.append((name, group_name(comparison, by, group), figures.count(homes), *cells))
    columns = (
        say("report.scenario"),
        say("comparison.group"),
        say("comparison.households"),
        *(heading_of(comparison, measure) for measure in OWNER_MEASURES),
    )
    first = Range.of_row(table.iloc[0].to_dict() | {"range_low": 0.0, "range_high": 0.0})
    note = joins.sentences([say("comparison.gains_note"), note_of_brackets(first)])
    return [Table(say("comparison.gains_title"), columns, tuple(rows), note)]


def heading_of(comparison: Comparison, measure: str) -> str:
    """What changes, with the unit that the change is told in."""
    name = measure_name(measure, months_of(comparison))
    return joins.bracketed(capital(name), CHANGE_OF[OWNER_UNITS[measure]])


def change_of(difference: float, interval: Interval, held: Range, unit: str) -> str:
    """A mean difference without its unit (shares in points, money in whole yuan); in brackets the interval of
    the mean and the range."""
    if math.isnan(difference):
        return NO_VALUE
    brackets = bounds_in_brackets(interval, held, written_in(unit), " – ")
    doubt = joins.bracketed("", doubted(interval)[0]) if doubted(interval) else ""
    return signed_in(unit)(difference) + brackets + doubt


def written_in(unit: str) -> Callable[[float], str]:
    """How a change in shares (points) or in yuan is written without its unit."""
    return points if unit == "share" else figures.count


def signed_in(unit: str) -> Callable[[float], str]:
    """The same, with a plus before what is more."""
    if unit == "share":
        return lambda value: figures.signed(100 * value, 1)
    return lambda value: figures.signed(value, 0)


def _note(note: object) -> str:
    return note if isinstance(note, str) else ""
