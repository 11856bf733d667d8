"""The picture of what is worth knowing: a bar for each parameter and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.experiments.intervals import CONSTANT
from sim.outputs import style
from sim.outputs.catalog import capital, unit_of_difference, wrapped
from sim.studies.information.information import (
    COLUMN,
    EVERYTHING,
    GROUP,
    PARAMETER,
    PARAMETERS,
    TABLE_COLUMNS,
)
from sim.studies.information.words import amount, arms_line, decided_on, name_of, why
from sim.text import figures, say

if TYPE_CHECKING:
    from sim.studies.information.information import Information

SHOWN = 15  # parameters; groups are all shown
COLOURS = {EVERYTHING: style.GREY, PARAMETERS: style.PURPLE, GROUP: style.ORANGE, PARAMETER: style.BLUE}
COLOURS |= {TABLE_COLUMNS: style.GREEN, COLUMN: style.GREEN}
HATCHES = {EVERYTHING: "", PARAMETERS: "xx", GROUP: "//", PARAMETER: "", TABLE_COLUMNS: "..", COLUMN: ""}


@style.styled
def worth_knowing(information: Information, ax: Axes | None = None) -> Axes:
    """Bars: what knowing it would be worth; lines: the interval."""
    parameters = [row for row in information.rows if row.what == PARAMETER][:SHOWN]
    columns = [row for row in information.rows if row.what == COLUMN][:SHOWN]
    single = (PARAMETER, COLUMN)
    rows = [row for row in information.rows if row.what not in single] + parameters + columns
    height = 2.3 + 0.4 * len(rows)
    ax = style.tidy(style.canvas(ax, (10, height), (0.345, 0.75 / height, 0.615, 1 - 2.05 / height)))
    note = say("information.chart_note", level=figures.level(information.level), runs=information.runs)
    about = f"{arms_line(information)} · {decided_on(information)}"
    style.heading(ax, _found(information), "\n".join((say("chart.worth_knowing"), about, note)))
    if information.note:
        reason = say("information.alt_same") if information.note == CONSTANT else why(information)
        ax.set_axis_off()
        ax.text(0, 1, wrapped(reason, 90), transform=ax.transAxes, va="top", color=style.GREY)
        return ax
    unit = unit_of_difference(information.unit)
    scale, named = (
        (100.0, figures.unit_name(unit)) if unit == figures.POINTS else (1.0, figures.unit_name(unit))
    )
    if information.worth is not None or unit == "yuan":
        size, words = figures.money_scale(max(information.bounds(row)[1] for row in rows) or 1.0)
        scale = 1 / size
        named = say("information.a_year", amount=words) if information.worth is not None else words
    for place, row in enumerate(rows):
        low, high = information.bounds(row)
        ax.barh(
            -place,
            scale * row.value,
            height=0.7,
            color=COLOURS[row.what],
            hatch=HATCHES[row.what],
            alpha=0.45,
            label=f"{row.what} {row.name}".strip(),
        )
        ax.plot(
            [scale * low, scale * high],
            [-place, -place],
            color=style.BLACK,
            linewidth=1.2,
            label=f"_interval {row.name}",
        )
    ax.set_yticks(
        -np.arange(len(rows)), [wrapped(capital(name_of(row)), 42) for row in rows], fontsize=style.SMALL
    )
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.set_xlim(left=0)
    ax.set_xlabel(named)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    return ax


def _found(information: Information) -> str:
    """Which parameter is worth most to know."""
    known = [row for row in information.rows if row.what == PARAMETER and row.value == row.value]
    if information.note or not known:
        return say("chart.worth_knowing")
    most = max(known, key=lambda row: row.value)
    if not most.value > 0:
        return say("information.found_none")
    return say("information.found", name=name_of(most), value=amount(information, most.value))
