"""The chart of a study: an outcome over each factor, with intervals of the mean and
what may happen in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.errors import EstateError
from sim.experiments.intervals import LEVEL, estimate_of
from sim.outputs import style
from sim.outputs.catalog import capital, level_of, parameter_name, subject, wrapped
from sim.results.outcomes import OUTCOMES
from sim.studies.study.words import factors_of, finished_runs, months_of
from sim.text import figures, language, message, say
from sim.text.joins import bracketed, clauses

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.study.study import Studied

MOST_PANELS = 6
MOST_LEVELS = 8  # of a factor, up to which each has a mean with an interval; with more, every run is a dot


@style.styled
def study_outcome(studied: Studied, ax: Axes | None = None, outcome: str = "") -> Axes:
    """An outcome (default: the first) over every factor, one panel each: means with
    intervals, or all runs as dots."""
    asked = outcome or studied.study.outcomes[0]
    if asked not in studied.study.outcomes:
        allowed = ", ".join(studied.study.outcomes)
        raise EstateError(message("problem.among", place="outcome", found=repr(asked), allowed=allowed))
    runs = finished_runs(studied)
    keys = sorted(factors_of(studied), key=lambda key: -_reach(runs, key, asked))[:MOST_PANELS] or ["seed"]
    columns = min(3, len(keys))
    rows = -(-len(keys) // columns)
    height = 1.6 + 3.3 * rows
    host = style.canvas(ax, (10, height), (0.09, 0.62 / height, 0.88, 1 - 2.0 / height))
    if any(_levelled(runs, key) for key in keys):
        note = say("study.levels", level=figures.level(LEVEL))
    else:
        note = say("study.scatter")
    about = say(
        "study.about",
        title=studied.study.title.in_language(language()),
        runs=figures.count(len(runs)),
        replications=studied.study.replications,
    )
    seeds = runs["seed"].unique()
    if studied.study.replications == 1 and len(seeds) == 1:
        about = clauses([about, say("draw.one", seed=int(seeds[0]))])
    found = _found(runs, keys[0], asked, months_of(studied))
    style.heading(host, found, "\n".join((say("chart.study_outcome"), about, note)), lift=20)
    scale, label = _scale(runs[asked], asked, months_of(studied))
    for number, panel in enumerate(style.panels(host, rows, columns, (0.1, 0.4))):
        if number >= len(keys):
            panel.axis("off")
            continue
        _panel(panel, runs, keys[number], asked, scale)
        panel.yaxis.set_major_locator(MaxNLocator(5))
        if OUTCOMES[asked].unit == "share":
            panel.yaxis.set_major_formatter(FuncFormatter(_per_cent))
        panel.set_xlabel(wrapped(_label(keys[number]), 30), fontsize=style.SMALL)
        if number % columns == 0:
            panel.set_ylabel(wrapped(label, 34), fontsize=style.SMALL)
    shown = [one for one in host.child_axes if one.axison]
    low, high = min(one.get_ylim()[0] for one in shown), max(one.get_ylim()[1] for one in shown)
    for one in shown:  # one scale, so that factors can be compared
        one.set_ylim(low, high)
    return host


def _found(runs: pd.DataFrame, key: str, outcome: str, months: int) -> str:
    """Between which means the outcome lies over the factor that moves it most."""
    name, unit = subject(outcome, months), OUTCOMES[outcome].unit
    if key == "seed":
        return say("study.found_none", outcome=name, mean=level_of(float(runs[outcome].mean()), unit))
    means = _means(runs, key, outcome)
    ends = {"low": means.idxmin(), "high": means.idxmax()}
    told: dict[str, Any] = {end: level_of(float(means[at]), unit) for end, at in ends.items()}
    if not _levelled(runs, key):
        return say("study.found_many", factor=_label(key), outcome=name, **told)
    where: dict[str, Any] = {
        f"{end}_at": at if isinstance(at, str) else f"{at:.3g}" for end, at in ends.items()
    }
    return say("study.found", factor=_label(key), outcome=name, **told, **where)


def _means(runs: pd.DataFrame, key: str, outcome: str) -> pd.Series:
    """The means of an outcome at every value of a factor (many values: in its fifths)."""
    import pandas as pd

    groups = runs[key] if _levelled(runs, key) else pd.qcut(runs[key].rank(method="first"), 5, labels=False)
    return runs.groupby(groups)[outcome].mean()


def _scale(values: pd.Series, outcome: str, months: int) -> tuple[float, str]:
    """What to divide values by, and the label of their axis with its unit."""
    name, unit = capital(subject(outcome, months)), OUTCOMES[outcome].unit
    if unit != "yuan":
        return 1.0, name
    size, word = figures.money_scale(float(values.abs().max()) or 1.0)
    return size, bracketed(name, word)


def _per_cent(value: float, _: float) -> str:
    """A tick of an axis of shares, with as many decimals as it needs."""
    return say("figure.share", number=figures.significant(100 * value))


def _label(key: str) -> str:
    """The words for a factor; a key of the scenario that has none stays as it is written in a file."""
    name = say("study.seed") if key == "seed" else parameter_name(key)
    return name if name == key else capital(name)


def _levelled(runs: pd.DataFrame, key: str) -> bool:
    return key != "seed" and runs[key].nunique() <= MOST_LEVELS


def _reach(runs: pd.DataFrame, key: str, outcome: str) -> float:
    """How far the outcome's means lie apart over a factor (many values: over its fifths)."""
    means = _means(runs, key, outcome)
    return float(means.max() - means.min())


def _panel(panel: Axes, runs: pd.DataFrame, key: str, outcome: str, scale: float) -> None:
    if not _levelled(runs, key):
        panel.plot(
            runs[key],
            runs[outcome] / scale,
            "o",
            color=style.BLUE,
            markersize=4,
            alpha=0.5,
            markeredgewidth=0,
            label=key,
        )
        return
    levels = sorted(runs[key].dropna().unique(), key=lambda value: (isinstance(value, str), value))
    estimates = [estimate_of(runs.loc[runs[key] == level, outcome] / scale) for level in levels]
    positions = np.arange(len(levels))
    ranges = np.array([(one.range.low, one.range.high) for one in estimates])
    bounds = np.array([(one.interval.low, one.interval.high) for one in estimates])
    for ends, width, label in ((ranges, 0.8, "_range"), (bounds, 2.6, "_interval")):
        known = ~np.isnan(ends).any(axis=1)
        panel.vlines(positions[known], *ends[known].T, color=style.BLUE, linewidth=width, label=label)
    panel.plot(
        positions,
        [one.mean for one in estimates],
        "o-",
        color=style.BLUE,
        markersize=6,
        linewidth=1.0,
        label=key,
    )
    panel.set_xticks(
        positions,
        [wrapped(str(level), 12) if isinstance(level, str) else f"{level:.3g}" for level in levels],
        fontsize=style.SMALL,
    )
    panel.set_xlim(-0.5, len(levels) - 0.5)
