"""What a report tells of each estate of a city from a table: by its number, and by the city's own names only
where its reader was given them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sim.kinds import kind_of_result
from sim.outputs.report.model import Part, Table
from sim.results.sheets import ByEstate, Sheets
from sim.scenario import Scenario
from sim.text import figures, say
from sim.text.joins import bracketed
from sim.units import NO_VALUE

Names = Mapping[int, Mapping[str, str]]
"""By the number of an estate: what is said of it, by heading."""
MOST_ESTATES = 1_000  # rows of a page that is read by people; a workbook holds all


def with_estates(part: Part, result: Any, names_of: Callable[[Scenario], Names] | None) -> Part:
    """A part of a report with the table of the estates of a city from a table; others as they are.

    `names_of`: what the city calls the estates of a scenario; None where their numbers alone may be said.
    """
    kind = kind_of_result(result)
    if kind is None or not kind.sheets:
        return part
    scenarios = kind.get(kind.scenarios)(result) if kind.scenarios else [result.scenario]
    if scenarios[0].estates is None:
        return part
    told: Sheets = kind.get(kind.sheets)(result)
    if not told.estates:
        return part
    names = names_of(scenarios[0]) if names_of is not None else {}
    heads = tuple(next(iter(names.values()))) if names else ()
    rows = tuple(
        (
            str(number),
            *(names.get(number, {}).get(head, "") for head in heads),
            *(_written(one, place) for one in told.estates),
        )
        for place, number in enumerate(told.numbers[:MOST_ESTATES])
    )
    columns = (say("sheet.number"), *heads, *(_head(one) for one in told.estates))
    left = len(told.numbers) - len(rows)
    note = say("sheet.estates_left", count=left) if left else ""
    table = Table(say("report.each_estate"), columns, rows, note, folded=True)
    return replace(part, tables=(*part.tables, table))


def _head(one: ByEstate) -> str:
    unit = "" if one.unit in ("share", "month") else figures.unit_name(one.unit) if one.unit else ""
    return bracketed(one.label, unit)


def _written(one: ByEstate, place: int) -> str:
    value = one.values[place]
    if isinstance(value, str):
        return value
    number = float(value)
    if math.isnan(number):
        return NO_VALUE
    if one.unit == "share":
        return figures.share(number)
    return figures.decimal(number, 0 if number.is_integer() else 1 if one.unit == "month" else 2)
