"""The brief of a study: the best combination found, and those that cannot be told apart from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.best_found import Best, best_of
from sim.experiments.intervals import LEAST_PAIRS, estimate_of
from sim.outputs.brief import MOST_ROWS, Brief, Row, measured
from sim.outputs.brief.about import about, doubt, other_parameters, replications
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, subject
from sim.results.outcomes import OUTCOMES
from sim.studies.sensitivity.analysis import MORRIS, SOBOL
from sim.studies.sensitivity.brief import brief_of as brief_of_sensitivity
from sim.studies.study.report import WORSE, analysed
from sim.studies.study.study import scenarios_of
from sim.studies.study.words import (
    NAMED,
    factors_of,
    finished_runs,
    months_of,
    one_draw_each,
    point_name,
)
from sim.text import figures, language, say
from sim.text.joins import bracketed, listed, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.study.study import Studied

COST = "public_cost"


def brief_of(studied: Studied) -> Brief:
    """The page that says which combinations are best for the first outcome; of a study with a design for
    sensitivity, that of its analysis."""
    if studied.study.design.kind in (MORRIS, SOBOL) and not studied.missing:
        made = brief_of_sensitivity(analysed(studied))
        return replace(made, model=str(studied.manifest()["version"]))
    runs, outcome = finished_runs(studied), studied.study.outcomes[0]
    values = {int(point): group[outcome].to_numpy(np.float64) for point, group in runs.groupby("point")}
    best = best_of(values, OUTCOMES[outcome].better, studied.study.seeds == "common")
    chosen = _chosen(values, best)
    asked = [name for name in studied.study.outcomes[1:] if name == COST or name in WORSE]
    shown = [outcome, *asked[:2]]
    rows = tuple(_row(studied, runs, point, shown, word) for point, word in chosen)
    return Brief(
        _title(studied, runs, values, best),
        about(
            studied.kind.title,
            scenarios_of(studied)[0],
            studied.study.title.in_language(language()),
            say("study.brief.points", count=len(values)),
            replications(studied.study.replications),
            doubt(studied.ensemble),
        ),
        (say("study.combination"), *(capital(subject(name, months_of(studied))) for name in shown)),
        rows,
        _recommended(studied, runs, best),
        _alike(studied, runs, values, best),
        _change(studied),
        sentences([*_not_asked(studied), *one_draw_each(studied), *_missing(studied)]),
        model=str(studied.manifest()["version"]),
    )


def _missing(studied: Studied) -> list[str]:
    return [say("study.missing_runs", number=studied.missing)] if studied.missing else []


def _not_asked(studied: Studied) -> list[str]:
    told = [] if COST in studied.study.outcomes else [say("study.brief.no_cost")]
    return told if set(WORSE) & set(studied.study.outcomes) else [*told, say("study.brief.no_losers")]


def _chosen(values: dict[int, np.ndarray], best: Best | None) -> list[tuple[int, str]]:
    """The points that the table shows, each with what it is: the best, what is not told apart from it, and
    the worst; the lowest and highest where nothing is best."""
    if best is None:
        known = sorted(
            (point for point in values if np.isfinite(values[point]).all()),
            key=lambda point: (float(values[point].mean()), point),
        )
        ends = [(known[0], "lowest"), (known[-1], "highest")] if len(known) > 1 else []
        return ends or [(point, "only") for point in known]
    middle = best.alike[: MOST_ROWS - 2]
    told = [(best.point, "best"), *((point, "alike") for point in middle)]
    worst = best.order[-1]
    return told if worst in {point for point, _ in told} else [*told, (worst, "worst")]


def _name(studied: Studied, runs: pd.DataFrame, point: int) -> str:
    keys = factors_of(studied)
    row = runs[runs["point"] == point].iloc[0]
    name = point_name(row, keys[:NAMED]) or say("study.base")
    return name + (" …" if len(keys) > NAMED else "")


def _row(studied: Studied, runs: pd.DataFrame, point: int, outcomes: list[str], word: str) -> Row:
    group = runs[runs["point"] == point]
    cells = tuple(
        measured(estimate_of(group[name].to_numpy(np.float64)), OUTCOMES[name].unit, RUNS)
        if group[name].notna().any()
        else NO_VALUE
        for name in outcomes
    )
    return Row(bracketed(_name(studied, runs, point), say(f"study.brief.is.{word}")), cells)


def _title(studied: Studied, runs: pd.DataFrame, values: dict[int, np.ndarray], best: Best | None) -> str:
    outcome = studied.study.outcomes[0]
    names: dict[str, Any] = {"subject": subject(outcome, months_of(studied)), "points": len(values)}
    if best is None:
        return say("study.brief.title_no_best", **names)
    names |= {
        "point": _name(studied, runs, best.point),
        "mean": figures.quantity(float(values[best.point].mean()), OUTCOMES[outcome].unit),
    }
    if len(values) == 1:
        return say("study.brief.title_one", **names)
    if not best.alike:
        return say("study.brief.title_alone", **names)
    return say("study.brief.title", count=len(best.alike), **names)


def _recommended(studied: Studied, runs: pd.DataFrame, best: Best | None) -> str:
    if best is None or len(best.order) == 1:
        return say("brief.nothing_recommended", why=say("study.brief.shows"))
    return say("study.brief.best", point=_name(studied, runs, best.point), points=len(best.order))


def _alike(studied: Studied, runs: pd.DataFrame, values: dict[int, np.ndarray], best: Best | None) -> str:
    if best is None or len(best.order) == 1:
        return say("study.brief.alike_unknown")
    if min(one.size for one in values.values()) < LEAST_PAIRS:
        return say("study.brief.alike_few", runs=min(one.size for one in values.values()))
    if not best.alike:
        return say("study.brief.alike_none", count=len(best.order) - 1)
    told = [say("study.brief.alike", count=len(best.alike), points=len(best.order) - 1)]
    if COST in studied.study.outcomes:
        means = runs.groupby("point")[COST].mean()
        cheaper = [point for point in best.alike if means[point] < means[best.point]]
        if cheaper:
            cheapest = min(cheaper, key=lambda point: (means[point], point))
            saved = figures.money(float(means[best.point] - means[cheapest]))
            name = _name(studied, runs, cheapest)
            told.append(say("study.brief.cheaper", count=len(cheaper), name=name, saved=saved))
        else:
            told.append(say("study.brief.cheaper_none"))
    return sentences(told)


def _change(studied: Studied) -> str:
    """Another outcome, values that were not tried, and other parameters."""
    others = [subject(name, months_of(studied)) for name in studied.study.outcomes[1:4]]
    told = [say("study.brief.by_outcome", outcomes=listed(others))] if others else []
    return sentences([*told, say("study.brief.untried"), other_parameters(studied.ensemble)])
