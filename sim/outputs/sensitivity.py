"""Charts of a sensitivity analysis: a tornado for one outcome, and a heat map of parameters by outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import capital, require_language, scenario_title, wrapped
from sim.outputs.charts import FORMATS, Chart, save_figure
from sim.outputs.headings import wide_heading
from sim.outputs.outcome_words import subject
from sim.outputs.sensitivity_words import parameter_name
from sim.results.outcomes import OUTCOMES
from sim.words import Word

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sensitivity import Sensitivity
    from sim.experiments.sensitivity_analysis import Analysis

SHOWN = 15  # parameters in a tornado
MAPPED = 25  # parameters in a heat map
WORDS = {
    "tornado": Word("哪些参数左右结果", "Which parameters move the outcome"),
    "heat_map": Word("哪些参数对哪些结果重要", "Which parameters matter for which outcomes"),
}
TEXT = {
    "about": Word(
        "情景：{name} · {points}个组合 × {runs}组相同随机种子 · {months}个月",
        "scenario: {name} · {points} points x {runs} common seeds · {months} months",
    ),
    "morris": Word(
        "Morris筛选：条为参数由最低变到最高时结果的平均变化（须线：区间）；浅色：不计方向的平均变化",
        "Morris screening: bars: mean change of the outcome from the parameter's lowest to highest value (whiskers: intervals); pale: without sign",
    ),
    "sobol": Word(
        "Sobol指数：深色为单独效应，浅色为总效应（含与其他参数的共同作用）；须线：区间；▲▼：参数升高时结果升降",
        "Sobol indices: dark: alone; pale: in all, with other parameters; whiskers: intervals; ▲▼: outcome rises or falls with the parameter",
    ),
    "change": Word("{outcome}的变化", "change of {outcome}"),
    "points": Word("（百分点）", " (percentage points)"),
    "variance": Word("占{outcome}差异的比例", "share of the variance of {outcome}"),
    "map_morris": Word(
        "颜色与数字：不计方向的平均变化，占该结果最大者的百分比（Morris）",
        "colour and figure: mean change without sign, in percent of the largest for that outcome (Morris)",
    ),
    "map_sobol": Word(
        "颜色与数字：总效应占该结果方差的百分比（Sobol）",
        "colour and figure: total index, percent of that outcome's variance (Sobol)",
    ),
    "alt": Word(
        "图中参数按影响由大到小排列。{told}", "Parameters are listed by influence, the largest first. {told}"
    ),
}


def _text(key: str, lang: str, **values: object) -> str:
    return TEXT[key].in_language(require_language(lang)).format(**values)


def _subtitle(found: Sensitivity, analysis: Analysis, lang: str, note: str) -> str:
    about = _text(
        "about",
        lang,
        name=scenario_title(found, lang),
        points=f"{len(analysis.points):,}",
        runs=analysis.study.replications,
        months=found.scenario.months,
    )
    return about + "\n" + wrapped(note, 120)


def _label(key: str, lang: str, width: int) -> str:
    return wrapped(capital(parameter_name(key, lang)), width)


@style.styled
def tornado(
    found: Sensitivity, ax: Axes | None = None, lang: str = "en", outcome: str = "", method: str = ""
) -> Axes:
    """Bars for the parameters that move an outcome most (default: the first outcome, the last method)."""
    analysis = _analysis(found, method)
    asked = outcome or found.outcomes[0]
    if asked not in analysis.study.outcomes:
        raise EstateError(f"outcome: {asked!r} found, allowed {', '.join(analysis.study.outcomes)}")
    rows = analysis.table[analysis.table["outcome"] == asked].head(SHOWN)
    height = 1.9 + 0.4 * len(rows)
    ax = style.tidy(style.canvas(ax, (10, height), (0.345, 0.62 / height, 0.615, 1 - 1.75 / height)))
    wide_heading(
        ax,
        WORDS["tornado"].in_language(require_language(lang)),
        _subtitle(found, analysis, lang, _text(analysis.method, lang)),
    )
    draw = _morris_bars if analysis.method == "morris" else _sobol_bars
    draw(ax, rows, asked, lang)
    ax.set_yticks(-np.arange(len(rows)), [_label(key, lang, 42) for key in rows["parameter"]], fontsize=9)
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.axvline(0, color=style.GREY, linewidth=0.9)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    return ax


def _analysis(found: Sensitivity, method: str) -> Analysis:
    if not method:
        return found.final
    if method not in found.analyses:
        raise EstateError(f"method: {method!r} found, allowed {', '.join(found.analyses)}")
    return found.analyses[method]


def _morris_bars(ax: Axes, rows: pd.DataFrame, outcome: str, lang: str) -> None:
    share = OUTCOMES[outcome].unit == "share"
    scale = 100.0 if share else 1.0
    for place, (_, row) in enumerate(rows.iterrows()):
        sign = 1 if row["mean_effect"] >= 0 else -1
        colour, hatch = (style.BLUE, "") if sign > 0 else (style.VERMILLION, "///")
        ax.barh(
            -place,
            scale * sign * row["mean_size"],
            height=0.74,
            color=colour,
            alpha=0.28,
            linewidth=0,
            label="_size",
        )
        ax.barh(
            -place,
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
            [-place, -place],
            color=style.BLACK,
            linewidth=1.1,
            label="_interval",
        )
    if share:
        ax.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
        )
    ax.set_xlabel(
        _text("change", lang, outcome=subject(outcome, lang)) + (_text("points", lang) if share else "")
    )


def _sobol_bars(ax: Axes, rows: pd.DataFrame, outcome: str, lang: str) -> None:
    for place, (_, row) in enumerate(rows.iterrows()):
        if np.isnan(row["total"]):
            continue
        ax.barh(-place, row["total"], height=0.74, color=style.BLUE, alpha=0.28, linewidth=0, label="_total")
        ax.barh(-place, row["first"], height=0.34, color=style.BLUE, linewidth=0, label="_first")
        ax.plot(
            [row["total_low"], row["total_high"]],
            [-place + 0.27, -place + 0.27],
            color=style.GREY,
            linewidth=1.1,
            label="_interval",
        )
        ax.plot(
            [row["first_low"], row["first_high"]],
            [-place, -place],
            color=style.BLACK,
            linewidth=1.1,
            label="_interval",
        )
        end = np.nanmax([row["total_high"], row["first_high"], row["total"]])
        ax.annotate(
            "▲" if row["direction"] > 0 else "▼",
            (end, -place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=style.GREY,
            fontsize=9,
            annotation_clip=False,
        )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))
    ax.set_xlabel(_text("variance", lang, outcome=subject(outcome, lang)))


@style.styled
def heat_map(found: Sensitivity, ax: Axes | None = None, lang: str = "en", method: str = "") -> Axes:
    """Parameters (rows, the most influential of them) by outcomes (columns): how much each matters."""
    analysis = _analysis(found, method)
    outcomes, keys = list(analysis.study.outcomes), analysis.foremost(MAPPED)
    matrix = relative(analysis, keys)
    height = 2.05 + 0.34 * len(keys)
    width = min(0.58, 0.17 * len(outcomes))
    ax = style.canvas(ax, (10, height), (0.36, 0.15 / height, width, 1 - 2.05 / height))
    wide_heading(
        ax,
        WORDS["heat_map"].in_language(require_language(lang)),
        _subtitle(found, analysis, lang, _text(f"map_{analysis.method}", lang)),
        lift=52,
    )
    ax.imshow(matrix, aspect="auto", cmap=style.CONTINUOUS_MAP, vmin=0, vmax=100, interpolation="nearest")
    for (row, column), value in np.ndenumerate(matrix):
        words = "–" if np.isnan(value) else f"{value:.0f}"
        colour = style.BLACK if value > 55 or np.isnan(value) else "white"
        ax.text(column, row, words, ha="center", va="center", fontsize=9, color=colour)
    ax.tick_params(
        labelfontfamily=style.font_family(),
        length=0,
        top=False,
        labeltop=True,
        bottom=False,
        labelbottom=False,
    )
    ax.set_yticks(np.arange(len(keys)), [_label(key, lang, 44) for key in keys], fontsize=9)
    ax.set_xticks(
        np.arange(len(outcomes)), [wrapped(subject(name, lang), 20) for name in outcomes], fontsize=9
    )
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def relative(analysis: Analysis, keys: Sequence[str]) -> np.ndarray:
    """(parameters, outcomes) in percent: of the outcome's largest mean size (morris), or of its variance (sobol, cut to 0-100)."""
    table = analysis.table.pivot(index="parameter", columns="outcome", values=analysis.main)
    matrix = table[list(analysis.study.outcomes)].to_numpy(dtype=np.float64)
    if analysis.method == "morris":
        largest = matrix.max(axis=0)
        matrix = np.divide(matrix, largest, out=np.zeros_like(matrix), where=largest > 0)
    order = [table.index.get_loc(key) for key in keys]
    return np.asarray(100 * np.clip(matrix[order], 0, 1))


def _alt(found: Sensitivity, lang: str) -> str:
    return _text("alt", lang, told=" ".join(found.sentences(lang)))


SENSITIVITY_CHARTS: dict[str, Chart] = {
    "tornado": Chart(tornado, WORDS["tornado"], _alt),
    "heat_map": Chart(heat_map, WORDS["heat_map"], _alt),
}


def sensitivity_chart(found: Sensitivity, name: str, lang: str = "en", method: str = "") -> Figure:
    """The Figure of one chart of SENSITIVITY_CHARTS; EstateError for an unknown name, language or method."""
    if name not in SENSITIVITY_CHARTS:
        raise EstateError(f"chart: {name!r} found, allowed {', '.join(SENSITIVITY_CHARTS)}")
    draw: Callable[..., Axes] = SENSITIVITY_CHARTS[name].draw  # type: ignore[assignment]
    return style.owner(draw(found, lang=lang, method=method))


def save_sensitivity_charts(
    found: Sensitivity, folder: Path, lang: str = "en", formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write every chart of every method into `folder` (made if need be), title and alt text inside; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        path
        for method in found.analyses
        for name, chart in SENSITIVITY_CHARTS.items()
        for path in save_figure(
            sensitivity_chart(found, name, lang, method),
            folder / f"{name}_{method}",
            formats,
            chart.title.in_language(lang),
            chart.alt(found, lang),
        )
    ]
