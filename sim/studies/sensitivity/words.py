"""A sensitivity analysis in sentences, warnings and what a notebook shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, Interval, Range
from sim.experiments.unmeasured import left_out, unmeasured
from sim.outputs.catalog import bounds_of, capital, parameter_name, size_of, subject
from sim.outputs.range_words import marked_rough, range_of_pairs, range_of_runs
from sim.results.outcomes import OUTCOMES
from sim.studies.sensitivity.analysis import MORRIS, SOBOL
from sim.text import Family, figures, language, say
from sim.text.joins import clauses
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.sensitivity.analysis import Analysis
    from sim.studies.sensitivity.sensitivity import Sensitivity

METHOD = Family("sensitivity.method", (MORRIS, SOBOL))
NAMED = 3  # parameters in a sentence
# An estimated share of the variance further above all there is shows that there were too few points; nearer,
# it is the noise of the estimate, and all is said.
MOST_SHARE = 1.1
NOISY = 0.1
WIDE = 0.15  # half an interval of a leading Sobol index


def sentences_of(sensitivity: Sensitivity) -> list[str]:
    """For each outcome the parameters that move it most, then between what ends
    single runs of the design lie."""
    months = sensitivity.scenario.months
    lines = [sentence_of(sensitivity.final, outcome, months) for outcome in sensitivity.outcomes]
    for outcome in sensitivity.outcomes:
        held = sensitivity.final.range_of_runs(outcome)
        if not held.exists:
            continue  # a single run, or a folder of before ranges were saved
        shown = range_of_runs(held, OUTCOMES[outcome].unit)
        name = capital(subject(outcome, months))
        lines.append(say("sensitivity.spans", subject=name, range=shown))
    return lines


def sentence_of(analysis: Analysis, outcome: str, months: int) -> str:
    """The parameters that move one outcome of runs of so many months most, with
    their intervals or indices."""
    rows = analysis.table[analysis.table["outcome"] == outcome].head(NAMED)
    name = subject(outcome, months)
    if not (rows[analysis.main] > 0).any():
        return say("sensitivity.constant", subject=capital(name))
    if analysis.method == SOBOL and (rows[["total", "first"]].max(axis=None) > MOST_SHARE):
        return say("sensitivity.impossible", subject=capital(name), points=analysis.study.design.size)
    named = clauses(_one(analysis, row) for _, row in rows.iterrows())
    return say(f"sensitivity.most.{analysis.method}", subject=name, list=named)


def _one(analysis: Analysis, row: pd.Series) -> str:
    name, unit = parameter_name(row["parameter"]), row["unit"]
    if analysis.method == SOBOL:
        total, first = (figures.share(min(max(row[index], 0.0), 1.0), 0) for index in ("total", "first"))
        return say("sensitivity.one.sobol", name=name, total=total, first=first)
    interval = ""
    if not math.isnan(row["mean_effect_low"]):
        interval = say("sensitivity.mean_known", interval=mean_effect_bounds(analysis, row))
    return say(
        "sensitivity.one.morris",
        name=name,
        effect=size_of(row["mean_effect"], unit, sign=True),
        interval=interval,
        range=range_of_pairs(Range.of_row(row.to_dict()), unit),
    )


def mean_effect_bounds(analysis: Analysis, row: Mapping[str, Any] | pd.Series) -> str:
    """The interval of a mean effect, rough under ten trajectories; a dash where there is none."""
    known = Interval(row["mean_effect_low"], row["mean_effect_high"], analysis.level)
    bounds = bounds_of(known.low, known.high, row["unit"])
    return marked_rough(bounds, known, analysis.study.design.size)


def total_bounds(analysis: Analysis, row: Mapping[str, Any] | pd.Series) -> str:
    """The interval of a total Sobol index, rough under ten base points; a dash where there is none."""
    known = Interval(row["total_low"], row["total_high"], analysis.level)
    if not known.exists:
        return NO_VALUE
    low, high = figures.share(known.low, 0), figures.share(known.high, 0)
    return marked_rough(f"{low} – {high}", known, analysis.study.design.size)


def warnings_of(sensitivity: Sensitivity) -> list[str]:
    """What a reader must know before trusting the numbers."""
    said: list[str] = []
    study = sensitivity.final.study
    size = study.design.size
    if study.ensemble:
        said.append(say("ensemble.followed", name=study.ensemble, used=study.replications))
    if size < LEAST_PAIRS:
        said.append(say("sensitivity.few", size=size))
    elif size < ROUGH_PAIRS:
        said.append(say("sensitivity.rough", size=size))
    if study.replications == 1:
        said.append(say("sensitivity.one_seed"))
    for outcome, share in sensitivity.final.noise.items():
        if not math.isnan(share) and share > NOISY:
            noise = figures.share(share, 0)
            said.append(
                say(
                    "sensitivity.noise",
                    outcome=capital(OUTCOMES[outcome].of_run(sensitivity.scenario.months)),
                    share=noise,
                )
            )
    if sensitivity.indices is not None:
        said += _wide(sensitivity.indices, sensitivity.scenario.months)
    first = next(iter(sensitivity.analyses.values()))
    if {axis.key for axis in first.axes} == set(unmeasured()):
        said.append(say("sensitivity.left_out", number=len(left_out())))
    return said


def _wide(analysis: Analysis, months: int) -> list[str]:
    said = []
    for outcome in analysis.study.outcomes:
        rows = analysis.table[analysis.table["outcome"] == outcome].head(NAMED)
        margins = [
            abs(rows[f"{name}_{end}"] - rows[name]).max()
            for name in ("total", "first")
            for end in ("low", "high")
        ]
        margin = float(np.nanmax([0.0, *margins]))
        if margin > WIDE:
            size = figures.decimal(margin, 2)
            said.append(
                say("sensitivity.wide", outcome=capital(OUTCOMES[outcome].of_run(months)), margin=size)
            )
    return said


def shown(sensitivity: Sensitivity) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = " · ".join(
        say(
            "sensitivity.facts",
            method=METHOD[name],
            factors=len(one.axes),
            points=figures.count(len(one.points)),
            runs=one.study.replications,
        )
        for name, one in sensitivity.analyses.items()
    )
    leading = sensitivity.table.groupby("outcome", sort=False).head(10)
    return sensitivity.scenario.title.in_language(language()), facts, leading
