"""What varies between runs of the figures of a city's table: those that its table does not give, or all of
them where the city is drawn.

Of each figure what a run has is told by means over the city's households; of words (type, who manages) by
shares. Knowing every estate's own figure is worth as much as knowing these, at least.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.city.collecting import INNER, SHOWN
from sim.city.missing import TOPICS
from sim.experiments.ensemble import Ensemble, with_member
from sim.experiments.progress import Progress, Report
from sim.model.start.drawn_table import drawn_table
from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import COLUMNS

TABLE = "table"  # table.vacancy: as a parameter has its group
NO_FIGURE = (*INNER, "company")  # where an estate lies and which company it has are numbers that say nothing
FIGURES = tuple(topic for topic in TOPICS if topic not in NO_FIGURE)
A_HOUSEHOLD = ("area", "public_revenue")  # a household, else the households of the city would be told
A_SQUARE_METRE = ("arrears",)


def unknown_columns(
    scenario: Scenario, seeds: Sequence[int], ensemble: Ensemble, report: Report | None = None
) -> dict[str, np.ndarray]:
    """By figure (`table.vacancy`) what the city has of it in each run, (runs, one or more); those alone that
    vary between runs."""
    tables = []
    for place, seed in enumerate(seeds):
        tables.append(drawn_table(with_member(scenario, ensemble.member(place)), seed))
        if report is not None:
            report(Progress(len(seeds), 0, place + 1, 0))
    found = {}
    for topic in FIGURES:
        told = _told(topic, SHOWN.get(topic, topic), tables)
        varies = [np.ptp(column) > 0 for column in told.T]
        if any(varies):
            found[f"{TABLE}.{topic}"] = told[:, varies]
    return found


def _told(topic: str, column: str, tables: Sequence[EstateRows]) -> np.ndarray:
    """What each city has of a figure, (cities, one or more); none where it has no value."""
    weights = [np.asarray(table.households, np.float64) for table in tables]
    if COLUMNS[column].kind == "word":
        words = [np.array([word or "" for word in table.words(column)]) for table in tables]
        kinds = sorted({str(word) for held in words for word in held})[1:]  # the rest is what is left of one
        shares = [
            [float(weight[held == kind].sum() / weight.sum()) for kind in kinds]
            for held, weight in zip(words, weights, strict=True)
        ]
        return np.array(shares).reshape(len(tables), len(kinds))
    means = []
    for table, weight in zip(tables, weights, strict=True):
        figures = np.asarray(table.values(column), np.float64)
        if topic in A_HOUSEHOLD:
            figures = figures / weight
        if topic in A_SQUARE_METRE:
            figures = figures / np.asarray(table.values("area"), np.float64)
        known = np.isfinite(figures)
        means.append(np.average(figures[known], weights=weight[known]) if known.any() else np.nan)
    told = np.array(means)
    return told[:, None] if np.isfinite(told).all() else np.zeros((len(tables), 0))
