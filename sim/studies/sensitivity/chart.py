"""Charts of a sensitivity analysis: a tornado for one outcome, and a heat map of parameters by outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import capital, parameter_name, scenario_title, size_of, subject, wrapped
from sim.outputs.style import FORMATS, save_figure
from sim.results.outcomes import OUTCOMES
from sim.studies.sensitivity.analysis import MORRIS
from sim.studies.sensitivity.words import MOST_SHARE, NAMED
from sim.text import figures, message, say
from sim.text.joins import sentences

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.sensitivity.analysis import Analysis
    from sim.studies.sensitivity.sensitivity import Sensitivity

SHOWN = 15  # parameters in a tornado
MAPPED = 25  # parameters in a heat map


def _subtitle(sensitivity: Sensitivity, analysis: Analysis, note: str) -> str:
    about = say(
        "sensitivity.about",
        name=scenario_title(sensitivity),
        points=figures.count(len(analysis.points)),
        runs=analysis.study.replications,
        months=sensitivity.scenario.months,
    )
    return f"{about}\n{note}"


def _label(key: str, width: int) -> str:
    return wrapped(capital(parameter_name(key)), width)


@style.styled
def tornado(sensitivity: Sensitivity, ax: Axes | None = None, outcome: str = "", method: str = "") -> Axes:
    """Bars for the parameters that move an outcome most (default: the first outcome, the last method)."""
    analysis = _analysis(sensitivity, method)
    asked = outcome or sensitivity.outcomes[0]
    if asked not in analysis.study.outcomes:
        allowed = ", ".join(analysis.study.outcomes)
        raise EstateError(message("problem.among", place="outcome", found=repr(asked), allowed=allowed))
    rows = analysis.table[analysis.table["outcome"] == asked].head(SHOWN)
    height = 1.9 + 0.4 * len(rows)
    ax = style.tidy(style.canvas(ax, (10, height), (0.345, 0.62 / height, 0.615, 1 - 1.75 / height)))
    note = say(f"sensitivity.bars.{analysis.method}")
    found = _found(analysis, rows, asked, sensitivity.scenario.months)
    style.heading(ax, found, say("chart.tornado") + "\n" + _subtitle(sensitivity, analysis, note))
    draw = _morris_bars if analysis.method == MORRIS else _sobol_bars
    draw(ax, rows, asked, sensitivity.scenario.months)
    ax.set_yticks(-np.arange(len(rows)), [_label(key, 42) for key in rows["parameter"]], fontsize=style.SMALL)
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    return ax


def _found(analysis: Analysis, rows: pd.DataFrame, outcome: str, months: int) -> str:
    """Which parameter moves an outcome most, and by how much."""
    name = subject(outcome, months)
    known = rows.dropna(subset=[analysis.main])
    if known.empty or not float(known[analysis.main].iloc[0]) > 0:
        return say("sensitivity.found_none", outcome=name)
    if analysis.method != MORRIS and known.head(NAMED)[["total", "first"]].max(axis=None) > MOST_SHARE:
        return say("sensitivity.impossible", subject=capital(name), points=analysis.study.design.size)
    row = known.iloc[0]
    told_of: dict[str, Any] = {"name": parameter_name(row["parameter"]), "outcome": name}
    if analysis.method == MORRIS:
        return say("sensitivity.found.morris", **told_of, size=size_of(row["mean_size"], row["unit"]))
    return say("sensitivity.found.sobol", **told_of, size=figures.share(min(row["total"], 1.0), 0))


def _found_map(matrix: np.ndarray, keys: Sequence[str]) -> str:
    """Which parameter matters most for most outcomes; `matrix` (parameters, outcomes)."""
    told = np.isfinite(matrix).any(axis=0)
    if not told.any():
        return say("chart.heat_map")
    foremost = np.nanargmax(np.where(np.isfinite(matrix), matrix, -1.0)[:, told], axis=0)
    counts = np.bincount(foremost, minlength=len(keys))
    most = int(counts.argmax())
    name = parameter_name(keys[most])
    return say("sensitivity.found_most", name=name, most=int(counts[most]), outcomes=matrix.shape[1])


def _analysis(sensitivity: Sensitivity, method: str) -> Analysis:
    if not method:
        return sensitivity.final
    if method not in sensitivity.analyses:
        allowed = ", ".join(sensitivity.analyses)
        raise EstateError(message("problem.among", place="method", found=repr(method), allowed=allowed))
    return sensitivity.analyses[method]


def _morris_bars(ax: Axes, rows: pd.DataFrame, outcome: str, months: int) -> None:
    share = OUTCOMES[outcome].unit == "share"
    scale = 100.0 if share else 1.0
    for height, (_, row) in enumerate(rows.iterrows()):
        sign = 1 if row["mean_effect"] >= 0 else -1
        colour, hatch = (style.BLUE, "") if sign > 0 else (style.VERMILLION, "///")
        ax.barh(
            -height,
            scale * sign * row["mean_size"],
            height=0.74,
            color=colour,
            alpha=0.28,
            linewidth=0,
            label="_size",
        )
        ax.barh(
            -height,
            scale * row["mean_effect"],
            height=0.44,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label="_effect",
        )
        ax.plot(
            [scale * row["mean_effect_low"], scale * row["mean_effect_high"]],
            [-height, -height],
            color=style.BLACK,
            linewidth=1.1,
            label="_interval",
        )
    if share:
        ax.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
        )
    name = subject(outcome, months)
    ax.set_xlabel(say("sensitivity.change_points" if share else "sensitivity.change", outcome=name))


def _sobol_bars(ax: Axes, rows: pd.DataFrame, outcome: str, months: int) -> None:
    for height, (_, row) in enumerate(rows.iterrows()):
        if np.isnan(row["total"]):
            continue
        ax.barh(-height, row["total"], height=0.74, color=style.BLUE, alpha=0.28, linewidth=0, label="_total")
        ax.barh(-height, row["first"], height=0.34, color=style.BLUE, linewidth=0, label="_first")
        ax.plot(
            [row["total_low"], row["total_high"]],
            [-height + 0.27, -height + 0.27],
            color=style.GREY,
            linewidth=1.1,
            label="_interval",
        )
        ax.plot(
            [row["first_low"], row["first_high"]],
            [-height, -height],
            color=style.BLACK,
            linewidth=1.1,
            label="_interval",
        )
        end = np.nanmax([row["total_high"], row["first_high"], row["total"]])
        ax.annotate(
            "▲" if row["direction"] > 0 else "▼",
            (end, -height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=style.GREY,
            fontsize=style.SMALL,
            annotation_clip=False,
        )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.share(round(value, 6), 0)))
    ax.set_xlabel(say("sensitivity.variance", outcome=subject(outcome, months)))


@style.styled
def heat_map(sensitivity: Sensitivity, ax: Axes | None = None, method: str = "") -> Axes:
    """Parameters (rows, the most influential of them) by outcomes (columns): how much each matters."""
    analysis = _analysis(sensitivity, method)
    outcomes, keys = list(analysis.study.outcomes), analysis.foremost(MAPPED)
    matrix = relative(analysis, keys)
    height = 2.05 + 0.36 * len(keys)
    width = min(0.6, 0.17 * len(outcomes))
    ax = style.canvas(ax, (10, height), (0.36, 0.15 / height, width, 1 - 2.05 / height))
    note = say(f"sensitivity.map.{analysis.method}")
    names = [wrapped(subject(name, sensitivity.scenario.months), 14) for name in outcomes]
    lift = 10 + 1.4 * style.SMALL * max(name.count("\n") + 1 for name in names)
    told = say("chart.heat_map") + "\n" + _subtitle(sensitivity, analysis, note)
    style.heading(ax, _found_map(matrix, keys), told, lift=lift)
    ax.imshow(matrix, aspect="auto", cmap=style.CONTINUOUS_MAP, vmin=0, vmax=100, interpolation="nearest")
    for (row, column), value in np.ndenumerate(matrix):
        words = "–" if np.isnan(value) else f"{value:.0f}"
        colour = style.BLACK if value > 55 or np.isnan(value) else "white"
        ax.text(column, row, words, ha="center", va="center", fontsize=style.SMALL, color=colour)
    ax.tick_params(
        labelfontfamily=style.font_family(),
        length=0,
        top=False,
        labeltop=True,
        bottom=False,
        labelbottom=False,
    )
    ax.set_yticks(np.arange(len(keys)), [_label(key, 44) for key in keys], fontsize=style.SMALL)
    ax.set_xticks(np.arange(len(outcomes)), names, fontsize=style.SMALL)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def relative(analysis: Analysis, keys: Sequence[str]) -> np.ndarray:
    """(parameters, outcomes) in percent: of the outcome's largest mean size (morris), or of its
    variance (sobol, cut to 0-100)."""
    table = analysis.table.pivot(index="parameter", columns="outcome", values=analysis.main)
    matrix = table[list(analysis.study.outcomes)].to_numpy(dtype=np.float64)
    if analysis.method == MORRIS:
        largest = matrix.max(axis=0)
        matrix = np.divide(matrix, largest, out=np.zeros_like(matrix), where=largest > 0)
    order = [table.index.get_loc(key) for key in keys]
    return np.asarray(100 * np.clip(matrix[order], 0, 1))


def alt(sensitivity: Sensitivity) -> str:
    """What either chart shows, in words."""
    return say("sensitivity.alt", told=sentences(sensitivity.sentences()))


def save_charts(sensitivity: Sensitivity, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write every chart of every method into `folder` (made if need be), title and alt text
    inside; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for method in sensitivity.analyses:
        for name in sensitivity.charts:
            figure = sensitivity.plot(name, method=method)
            paths += save_figure(
                figure, folder / f"{name}_{method}", formats, say(f"chart.{name}"), alt(sensitivity)
            )
    return paths
