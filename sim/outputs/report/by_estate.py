"""What a report tells of each estate of a city from a table: by its number, and by the city's own names only
where its reader was given them, and then also where it stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sim.kinds import kind_of_result
from sim.outputs.report.located import Positions, located
from sim.outputs.report.model import Part, Table
from sim.results.sheets import ByEstate, Sheets
from sim.scenario import Scenario
from sim.text import figures, say
from sim.text.joins import bracketed
from sim.units import NO_VALUE


@dataclass(frozen=True)
class Names:
    """What a city calls its estates and where they stand, by their numbers.

    words: what is said of each, by heading. positions: longitude and latitude, of those that have them.
    """

    words: Mapping[int, Mapping[str, str]]
    positions: Positions


NOBODY = Names({}, {})
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
    names = names_of(scenarios[0]) if names_of is not None else NOBODY
    heads = tuple(next(iter(names.words.values()))) if names.words else ()
    rows = tuple(
        (
            str(number),
            *(names.words.get(number, {}).get(head, "") for head in heads),
            *(_written(one, place) for one in told.estates),
        )
        for place, number in enumerate(told.numbers[:MOST_ESTATES])
    )
    columns = (say("sheet.number"), *heads, *(_head(one) for one in told.estates))
    left = len(told.numbers) - len(rows)
    note = say("sheet.estates_left", count=left) if left else ""
    table = Table(say("report.each_estate"), columns, rows, note, folded=True)
    picture = located(told, names.positions)
    pictures = part.pictures if picture is None else (*part.pictures, picture)
    return replace(part, tables=(*part.tables, table), pictures=pictures)


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
