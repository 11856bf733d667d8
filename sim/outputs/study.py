"""A study in a chart and in words: its outcome over each factor, with intervals, and the points that differ most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.errors import EstateError
from sim.experiments.intervals import ROUGH_PAIRS, estimate_of
from sim.outputs import style
from sim.outputs.catalog import amount, capital, money_scale, require_language, wrapped
from sim.outputs.outcome_words import subject
from sim.outputs.range_words import range_of_runs
from sim.outputs.sensitivity_words import parameter_name
from sim.results.outcomes import OUTCOMES
from sim.text import figures
from sim.words import Word

if TYPE_CHECKING:
    import pandas as pd

MOST_PANELS = 6
MOST_LEVELS = 8  # of a factor, up to which each has a mean with an interval; with more, every run is a dot
FIXED = ("run", "point", "replication", "seed", "status")
STUDY_WORDS = {
    "title": Word("结果随各因素如何变化", "How the outcome changes with each factor"),
    "about": Word(
        "{title} · {runs}次运行，每个组合{replications}次",
        "{title} · {runs} runs, {replications} of each combination",
    ),
    "levels": Word(
        "点：均值；粗线：均值的95%置信区间（五次运行起，不足十次为粗略）；细线：单次运行可能的结果；包含其他因素的变动",
        "dots: means; thick: 95 % intervals of the mean (from five runs on, rough under ten); thin: what may happen in a run; other factors vary within",
    ),
    "scatter": Word("每点为一次运行", "each dot is one run"),
    "seed": Word("随机种子", "seed"),
    "point": Word(
        "“{outcome}”：最低的组合为{low}（{low_at}），最高的为{high}（{high_at}）。",
        "{outcome}: lowest at {low} ({low_at}), highest at {high} ({high_at}).",
    ),
    "one": Word("“{outcome}”：{mean}。", "{outcome}: {mean}."),
    "interval": Word("均值的95%置信区间{low}至{high}", "95 % interval of the mean {low} to {high}"),
    "rough": Word("（粗略）", " (rough)"),
    "range": Word("可能的结果{range}", "what may happen {range}"),
    "figure": Word("{mean}（{rest}）", "{mean} ({rest})"),
}


def _text(key: str, lang: str, **values: object) -> str:
    return STUDY_WORDS[key].in_language(require_language(lang)).format(**values)


def finished_runs(found: Any) -> pd.DataFrame:
    """The finished runs of a study, one row each, with its factors and outcomes."""
    table = found.table(found.study.outcomes)
    return table[table["status"] == "done"]


def factors_of(found: Any) -> list[str]:
    """Keys of what varies between the points of a study, those that take one value only left out."""
    table = finished_runs(found)
    return [
        key
        for key in table.columns
        if key not in (*FIXED, *found.study.outcomes) and table[key].nunique() > 1
    ]


@style.styled
def study_outcome(found: Any, ax: Axes | None = None, lang: str = "en", outcome: str = "") -> Axes:
    """An outcome (default: the first) over every factor, one panel each: means with intervals, or all runs as dots."""
    asked = outcome or found.study.outcomes[0]
    if asked not in found.study.outcomes:
        raise EstateError(f"outcome: {asked!r} found, allowed {', '.join(found.study.outcomes)}")
    runs = finished_runs(found)
    keys = sorted(factors_of(found), key=lambda key: -_reach(runs, key, asked))[:MOST_PANELS] or ["seed"]
    columns = min(3, len(keys))
    rows = -(-len(keys) // columns)
    height = 1.6 + 3.1 * rows
    host = style.canvas(ax, (10, height), (0.09, 0.62 / height, 0.88, 1 - 2.0 / height))
    note = _text("levels" if any(_levelled(runs, key) for key in keys) else "scatter", lang)
    about = _text(
        "about",
        lang,
        title=found.study.title.in_language(lang),
        runs=f"{len(runs):,}",
        replications=found.study.replications,
    )
    style.heading(host, _text("title", lang), about + "\n" + note, lift=18)
    scale, label = _scale(runs[asked], asked, lang)
    for place, panel in enumerate(style.panels(host, rows, columns, (0.07, 0.34))):
        if place >= len(keys):
            panel.axis("off")
            continue
        _panel(panel, runs, keys[place], asked, scale)
        panel.yaxis.set_major_locator(MaxNLocator(5))
        if OUTCOMES[asked].unit == "share":
            panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}%"))
        panel.set_xlabel(wrapped(_label(keys[place], lang), 40), fontsize=9)
        if place % columns == 0:
            panel.set_ylabel(wrapped(label, 34), fontsize=9)
    return host


def _scale(values: pd.Series, outcome: str, lang: str) -> tuple[float, str]:
    """What to divide values by, and the label of their axis with its unit."""
    name, unit = capital(subject(outcome, lang)), OUTCOMES[outcome].unit
    if unit != "yuan":
        return 1.0, name
    size, word = money_scale(float(values.abs().max()) or 1.0, lang)
    return size, f"{name}（{word}）" if lang == "zh" else f"{name} ({word})"


def _label(key: str, lang: str) -> str:
    """The words for a factor; a key of the scenario that has none stays as it is written in a file."""
    name = _text("seed", lang) if key == "seed" else parameter_name(key, lang)
    return name if name == key else capital(name)


def _levelled(runs: pd.DataFrame, key: str) -> bool:
    return key != "seed" and runs[key].nunique() <= MOST_LEVELS


def _reach(runs: pd.DataFrame, key: str, outcome: str) -> float:
    """How far the outcome's means lie apart over a factor (many values: over its fifths)."""
    import pandas as pd

    groups = runs[key] if _levelled(runs, key) else pd.qcut(runs[key].rank(method="first"), 5, labels=False)
    means = runs.groupby(groups.astype(str))[outcome].mean()
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
    found = [estimate_of(runs.loc[runs[key] == level, outcome] / scale) for level in levels]
    places = np.arange(len(levels))
    ranges = np.array([(one.range.low, one.range.high) for one in found])
    bounds = np.array([(one.interval.low, one.interval.high) for one in found])
    for ends, width, label in ((ranges, 0.8, "_range"), (bounds, 2.6, "_interval")):
        known = ~np.isnan(ends).any(axis=1)
        panel.vlines(places[known], *ends[known].T, color=style.BLUE, linewidth=width, label=label)
    panel.plot(
        places, [one.mean for one in found], "o-", color=style.BLUE, markersize=6, linewidth=1.0, label=key
    )
    panel.set_xticks(
        places,
        [wrapped(str(level), 12) if isinstance(level, str) else f"{level:.3g}" for level in levels],
        fontsize=9,
    )
    panel.set_xlim(-0.5, len(levels) - 0.5)


def written_mean(outcome: str, values: list[float], lang: str) -> str:
    """Mean of an outcome over runs, how precisely it is known (from five runs on), and what may happen, for a sentence."""

    def one(value: float) -> str:
        unit = OUTCOMES[outcome].unit
        return (
            figures.share(value, 1)
            if unit == "share"
            else amount(value, lang)
            if unit == "yuan"
            else f"{value:,.3g}"
        )

    found = estimate_of(values)
    parts = []
    if found.interval.exists:
        rough = _text("rough", lang) if found.range.pairs < ROUGH_PAIRS else ""
        parts.append(
            _text("interval", lang, low=one(found.interval.low), high=one(found.interval.high)) + rough
        )
    if found.range.exists:
        parts.append(_text("range", lang, range=range_of_runs(found.range, OUTCOMES[outcome].unit, lang)))
    mean, mark = one(found.mean), "；" if lang == "zh" else "; "
    return _text("figure", lang, mean=mean, rest=mark.join(parts)) if parts else mean


def study_sentences(found: Any, lang: str = "en") -> list[str]:
    """For every outcome, the combinations of factors with the lowest and the highest mean, and their intervals."""
    runs, keys, lines = finished_runs(found), factors_of(found), []
    for outcome in found.study.outcomes:
        name, groups = capital(subject(outcome, lang)), runs.groupby("point")[outcome]
        means = groups.mean().dropna()
        if not keys or len(means) < 2 or means.min() == means.max():
            lines.append(
                _text("one", lang, outcome=name, mean=written_mean(outcome, runs[outcome].tolist(), lang))
            )
            continue
        ends = [means.idxmin(), means.idxmax()]
        figures = [written_mean(outcome, groups.get_group(point).tolist(), lang) for point in ends]
        low_at, high_at = (_point(runs, point, keys, lang) for point in ends)
        lines.append(
            _text(
                "point", lang, outcome=name, low=figures[0], high=figures[1], low_at=low_at, high_at=high_at
            )
        )
    return lines


def _point(runs: pd.DataFrame, point: int, keys: list[str], lang: str) -> str:
    row = runs[runs["point"] == point].iloc[0]
    shown = [
        f"{parameter_name(key, lang)} = {row[key] if isinstance(row[key], str) else format(row[key], '.3g')}"
        for key in keys[:4]
    ]
    return ("，" if lang == "zh" else ", ").join(shown) + (" …" if len(keys) > 4 else "")


def study_alt(found: Any, lang: str = "en", outcome: str = "") -> str:
    """What the chart of a study shows, in words."""
    place = found.study.outcomes.index(outcome) if outcome else 0
    return study_sentences(found, lang)[place]
