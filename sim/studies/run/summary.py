"""The few figures that sum up a run: where the key outcomes started and ended, and who was in the cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.results.columns import COLUMN_WORDS
from sim.text import figures
from sim.units import NO_VALUE
from sim.words import STAGES

if TYPE_CHECKING:
    from sim.results.run import Run

KEY_OUTCOMES = (
    "collection",
    "collection_billing",
    "collected_per_household",
    "served_without_fee",
    "quality",
    "satisfaction",
    "condition",
    "arrears",
    "nominal",
    "charging",
    "professional",
    "break_even",
    "committees",
    "companies_active",
    "inequality",
    "complaints_open",
)
IN_THE_CYCLE = ("spiralling", "collapsed")


class Change(NamedTuple):
    """One key outcome: its first and its last known value, and the month of the first."""

    column: str
    start: float
    end: float
    since: int


def key_changes(run: Run) -> list[Change]:
    """First and last known value of each key outcome of the city (collection is not known in month 0)."""
    found = []
    for column in KEY_OUTCOMES:
        known = run.city[column].dropna()
        if len(known):
            found.append(Change(column, float(known.iloc[0]), float(known.iloc[-1]), int(known.index[0])))
        else:
            found.append(Change(column, np.nan, np.nan, 0))
    return found


def written(column: str, value: float) -> str:
    """A value of a city column as readers want it: shares as percentages, money in its unit, counts without decimals."""
    unit = COLUMN_WORDS[column].unit
    if np.isnan(value):
        return NO_VALUE
    if unit == "yuan":
        return figures.money(value)
    if column == "inequality":
        return f"{value:.3f}"
    return figures.share(value) if unit == "share" else f"{value:,.0f}"


class CycleOfType(NamedTuple):
    """How the estates of one type fared; `entered` counts those ever spiralling or collapsed, start included."""

    type: str
    estates: int
    entered: int
    collapsed: int  # at the end
    left: int  # entered, and neither spiralling nor collapsed at the end


def cycle_by_type(run: Run) -> list[CycleOfType]:
    """For each estate type in the scenario's order, who was in the cycle in months 1 to the last, and who came out."""
    size = len(run.estate_table)
    stage = run.estates["stage"].cat.codes.to_numpy().reshape(run.months, size)
    inside = np.isin(stage, [STAGES.index(name) for name in IN_THE_CYCLE])
    entered, last = inside.any(axis=0), inside[-1]
    collapsed = stage[-1] == STAGES.index("collapsed")
    kind = run.estate_table["type"].cat.codes.to_numpy()
    names = list(run.estate_table["type"].cat.categories)
    groups = (np.ones(size, bool), entered, collapsed, entered & ~last)
    counts = [np.bincount(kind[group], minlength=len(names)) for group in groups]
    return [CycleOfType(name, *(int(count[code]) for count in counts)) for code, name in enumerate(names)]


def hard_case(run: Run) -> int:
    """The number of an estate worth a closer look: of those with most events among the ones that fell into the cycle."""
    size = len(run.estate_table)
    stage = run.estates["stage"].cat.codes.to_numpy().reshape(run.months, size)
    fell = (stage[0] != STAGES.index("collapsed")) & (stage == STAGES.index("collapsed")).any(axis=0)
    events = np.bincount(run.events["estate"].dropna().to_numpy(np.int64), minlength=size)
    return int(np.argmax(np.where(fell, events + 1, 0)))
