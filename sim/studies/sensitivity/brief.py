"""The brief of a sensitivity analysis: which of what nobody has measured moves the first outcome most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.experiments.intervals import LEAST_PAIRS, NO_RANGE, Interval, Range
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row
from sim.outputs.brief.about import about
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, parameter_name, subject
from sim.results.outcomes import OUTCOMES
from sim.studies.sensitivity.analysis import SOBOL
from sim.studies.sensitivity.words import METHOD, MOST_SHARE
from sim.text import figures, say
from sim.text.joins import listed, sentences

if TYPE_CHECKING:
    from sim.studies.sensitivity.sensitivity import Sensitivity


def brief_of(sensitivity: Sensitivity) -> Brief:
    """The page that says what should be measured first."""
    analysis = sensitivity.final
    outcome, months = sensitivity.outcomes[0], sensitivity.scenario.months
    rows = analysis.table[analysis.table["outcome"] == outcome].to_dict("records")
    leading, alike = _alike(sensitivity, rows)
    name = subject(outcome, months)
    left = len(rows) - MOST_ROWS
    head = (
        say("sensitivity.brief.share", subject=name)
        if analysis.method == SOBOL
        else say("sensitivity.brief.effect", subject=name)
    )
    others = [one for one in sensitivity.outcomes[1:] if _first(sensitivity, one) not in ("", leading)]
    return Brief(
        _title(sensitivity, rows, leading, name),
        about(
            sensitivity.kind.title,
            sensitivity.scenario,
            METHOD[analysis.method],
            say("sensitivity.brief.points", count=len(analysis.points)),
        ),
        (say("report.parameter"), head, say("sensitivity.brief.tried")),
        tuple(_row(sensitivity, row) for row in rows[:MOST_ROWS]),
        _recommended(sensitivity, rows, leading),
        _alike_words(sensitivity, leading, alike),
        sentences(
            [
                say(
                    "sensitivity.brief.by_outcome",
                    outcomes=listed(subject(one, months) for one in others),
                )
                if others
                else "",
                say("sensitivity.brief.ranges"),
            ]
        ),
        sentences(
            [
                say("sensitivity.brief.no_cost"),
                say("sensitivity.brief.more", count=left) if left > 0 else "",
            ]
        ),
    )


def _first(sensitivity: Sensitivity, outcome: str) -> str:
    """The parameter that moves an outcome most; "" where none does."""
    table = sensitivity.final.table
    rows = table[table["outcome"] == outcome]
    moved = rows[rows[sensitivity.final.main] > 0]
    return str(moved["parameter"].iloc[0]) if len(moved) else ""


def _row(sensitivity: Sensitivity, row: dict[str, Any]) -> Row:
    analysis = sensitivity.final
    if analysis.method == SOBOL:
        known = Interval(row["total_low"], row["total_high"], analysis.level)
        cell = Measured(
            float(row["total"]), known, NO_RANGE, "share", RUNS, rests_on=analysis.study.design.size
        )
    else:
        known = Interval(row["mean_effect_low"], row["mean_effect_high"], analysis.level)
        cell = Measured(float(row["mean_effect"]), known, Range.of_row(row), OUTCOMES[row["outcome"]].unit)
    axis = next(one for one in analysis.axes if one.key == row["parameter"])
    tried = (
        listed(str(level) for level in axis.levels)
        if axis.levels
        else say("report.range", low=figures.significant(axis.low), high=figures.significant(axis.high))
    )
    return Row(capital(parameter_name(row["parameter"])), (cell, tried))


def _alike(sensitivity: Sensitivity, rows: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """The parameter that moves the outcome most, and those whose interval reaches that of it; "" where none
    moves it."""
    analysis = sensitivity.final
    if not rows or not rows[0][analysis.main] > 0:
        return "", []
    ends = [_size(row, analysis.method == SOBOL) for row in rows]
    leader = ends[0]
    alike = [
        str(row["parameter"])
        for row, (_, high) in zip(rows[1:], ends[1:], strict=True)
        if row[analysis.main] > 0 and (math.isnan(high) or high >= leader[0])
    ]
    return str(rows[0]["parameter"]), alike


def _size(row: dict[str, Any], sobol: bool) -> tuple[float, float]:
    """The least and the largest size of an effect that its interval leaves open; NaN without an interval."""
    low, high = (
        (row["total_low"], row["total_high"])
        if sobol
        else (
            row["mean_effect_low"],
            row["mean_effect_high"],
        )
    )
    if pd.isna(low) or pd.isna(high):
        return math.nan, math.nan
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def _recommended(sensitivity: Sensitivity, rows: list[dict[str, Any]], leading: str) -> str:
    if not leading:
        return say("brief.nothing_recommended", why=say("sensitivity.brief.nothing"))
    if _impossible(sensitivity, rows):
        return say("brief.nothing_recommended", why=say("sensitivity.brief.impossible"))
    return say("sensitivity.brief.first", name=parameter_name(leading))


def _impossible(sensitivity: Sensitivity, rows: list[dict[str, Any]]) -> bool:
    """Whether shares of the variance were found that there cannot be: there were too few points."""
    most = sensitivity.final.method == SOBOL and max(max(row["total"], row["first"]) for row in rows)
    return bool(most > MOST_SHARE)


def _title(sensitivity: Sensitivity, rows: list[dict[str, Any]], leading: str, name: str) -> str:
    if not leading:
        return say("sensitivity.brief.title_none", subject=name)
    if _impossible(sensitivity, rows):
        return say("sensitivity.brief.title_few", subject=name)
    return say("sensitivity.brief.title", subject=name, name=parameter_name(leading))


def _alike_words(sensitivity: Sensitivity, leading: str, alike: list[str]) -> str:
    if not leading:
        return say("sensitivity.brief.alike_unknown")
    size = sensitivity.final.study.design.size
    if size < LEAST_PAIRS:
        return say("sensitivity.brief.alike_few", size=size)
    if not alike:
        return say("sensitivity.brief.alike_none")
    more = len(alike) - MOST_ROWS
    names = listed(parameter_name(key) for key in alike[:MOST_ROWS])
    told = [say("sensitivity.brief.alike", names=names)]
    return sentences([*told, say("sensitivity.brief.alike_more", count=more) if more > 0 else ""])
