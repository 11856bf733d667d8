"""A sensitivity analysis in words, Chinese and English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, Interval, Range, range_of
from sim.outputs.catalog import capital, require_language
from sim.outputs.outcome_words import bounds_of, size_of, subject
from sim.outputs.range_words import marked_rough, range_of_pairs, range_of_runs
from sim.parameters import PARAMETERS
from sim.results.outcomes import OUTCOMES
from sim.text import figures, in_language
from sim.units import NO_VALUE
from sim.words import Word

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.sensitivity import Sensitivity
    from sim.experiments.sensitivity_analysis import Analysis

NAMED = 3  # parameters in a sentence
NOISY = 0.1
WIDE = 0.15  # half an interval of a leading Sobol index
SAID = {
    "morris": Word("对{subject}影响最大的是：{list}。", "What moves {subject} most: {list}."),
    "sobol": Word("{subject}的差异主要来自：{list}。", "What {subject} owes its variance to: {list}."),
    "morris_one": Word(
        "{name}（全范围内平均{effect}{interval}；可能的变化{range}）",
        "{name} ({effect} over its range on average{interval}; what may happen {range})",
    ),
    "mean_known": Word("，均值的区间{interval}", ", interval of the mean {interval}"),
    "spans": Word("{subject}在全部运行中：{range}。", "{subject} over all runs: {range}."),
    "few": Word(
        "只有{size}条轨迹或基点：不足五个，不给区间。",
        "{size} trajectories or base points: under five no interval is given.",
    ),
    "rough": Word(
        "只有{size}条轨迹或基点：不足十个，区间为粗略。",
        "{size} trajectories or base points: under ten, intervals are rough.",
    ),
    "sobol_one": Word("{name}（总效应{total}，单独{first}）", "{name} ({total} in all, {first} alone)"),
    "constant": Word(
        "{subject}在所有组合中相同，谈不上敏感性。",
        "{subject} is the same at every point, so nothing moves it.",
    ),
    "noise": Word(
        "{outcome}：组合间差异的{share}来自随机种子的选择；请增加重复次数。",
        "{outcome}: {share} of the variance between points comes from the choice of seeds; replicate more.",
    ),
    "one_seed": Word(
        "每个组合只运行一次，无法区分参数的影响与运气。",
        "One replication a point: the influence of parameters and of luck cannot be told apart.",
    ),
    "wide": Word(
        "{outcome}：Sobol指数的区间很宽（最宽±{margin}）；请用更大的规模。",
        "{outcome}: Sobol indices have wide intervals (up to ±{margin}); take a larger size.",
    ),
    "left_out": Word(
        "另有{number}个未测参数没有合理范围，保持原值不变。",
        "{number} more unmeasured parameters have no plausible range and were held at their values.",
    ),
}


def parameter_name(key: str, lang: str) -> str:
    """What a parameter means; the key itself for what is no parameter."""
    parameter = PARAMETERS.get(key.removeprefix("parameters."))
    return key if parameter is None else parameter.label.in_language(lang)


def sentences_of(found: Sensitivity, lang: str = "en") -> list[str]:
    """For each outcome the parameters that move it most, then between what ends single runs of the design lie."""
    require_language(lang)
    lines = [sentence_of(found.final, outcome, lang) for outcome in found.outcomes]
    for outcome in found.outcomes:
        shown = range_of_runs(range_of(found.final.values[outcome]), OUTCOMES[outcome].unit, lang)
        lines.append(
            SAID["spans"].in_language(lang).format(subject=capital(subject(outcome, lang)), range=shown)
        )
    return lines


def sentence_of(analysis: Analysis, outcome: str, lang: str) -> str:
    """The parameters that move one outcome most, with their intervals or indices."""
    rows = analysis.table[analysis.table["outcome"] == outcome].head(NAMED)
    if not (rows[analysis.main] > 0).any():
        return SAID["constant"].in_language(lang).format(subject=subject(outcome, lang))
    listed = ("；" if lang == "zh" else "; ").join(_one(analysis, row, lang) for _, row in rows.iterrows())
    return SAID[analysis.method].in_language(lang).format(subject=subject(outcome, lang), list=listed)


def _one(analysis: Analysis, row: pd.Series, lang: str) -> str:
    name = parameter_name(row["parameter"], lang)
    if analysis.method == "sobol":
        return (
            SAID["sobol_one"]
            .in_language(lang)
            .format(
                name=name,
                total=figures.share(max(row["total"], 0.0), 0),
                first=figures.share(max(row["first"], 0.0), 0),
            )
        )
    interval = ""
    if not math.isnan(row["mean_effect_low"]):
        interval = (
            SAID["mean_known"].in_language(lang).format(interval=mean_effect_bounds(analysis, row, lang))
        )
    effect = size_of(row["mean_effect"], row["unit"], lang, sign=True)
    held = range_of_pairs(Range.of_row(row.to_dict()), row["unit"], lang)
    return (
        SAID["morris_one"].in_language(lang).format(name=name, effect=effect, interval=interval, range=held)
    )


def mean_effect_bounds(analysis: Analysis, row: Mapping[str, Any], lang: str) -> str:
    """The interval of a mean effect, rough under ten trajectories; a dash where there is none."""
    known = Interval(row["mean_effect_low"], row["mean_effect_high"], analysis.level)
    bounds = bounds_of(known.low, known.high, row["unit"], lang)
    with in_language(lang):
        return marked_rough(bounds, known, analysis.study.design.size)


def total_bounds(analysis: Analysis, row: Mapping[str, Any], lang: str) -> str:
    """The interval of a total Sobol index, rough under ten base points; a dash where there is none."""
    known = Interval(row["total_low"], row["total_high"], analysis.level)
    if not known.exists:
        return NO_VALUE
    low, high = figures.share(known.low, 0), figures.share(known.high, 0)
    with in_language(lang):
        return marked_rough(f"{low} – {high}", known, analysis.study.design.size)


def warnings_of(found: Sensitivity, lang: str = "en") -> list[str]:
    """What a reader must know before trusting the numbers."""
    from sim.experiments.unmeasured import left_out, unmeasured

    require_language(lang)
    said: list[str] = []
    size = found.final.study.design.size
    if size < ROUGH_PAIRS:
        said.append(SAID["few" if size < LEAST_PAIRS else "rough"].in_language(lang).format(size=size))
    if found.final.study.replications == 1:
        said.append(SAID["one_seed"].in_language(lang))
    for outcome, share in found.final.noise.items():
        if not math.isnan(share) and share > NOISY:
            said.append(
                SAID["noise"]
                .in_language(lang)
                .format(outcome=OUTCOMES[outcome].in_language(lang), share=figures.share(share, 0))
            )
    if found.indices is not None:
        said += _wide(found.indices, lang)
    first = next(iter(found.analyses.values()))
    if {axis.key for axis in first.axes} == set(unmeasured()):
        said.append(SAID["left_out"].in_language(lang).format(number=len(left_out())))
    return said


def _wide(analysis: Analysis, lang: str) -> list[str]:
    said = []
    for outcome in analysis.study.outcomes:
        rows = analysis.table[analysis.table["outcome"] == outcome].head(NAMED)
        margin = float(
            np.nanmax(
                [0.0]
                + [
                    abs(rows[f"{name}_{end}"] - rows[name]).max()
                    for name in ("total", "first")
                    for end in ("low", "high")
                ]
            )
        )
        if margin > WIDE:
            said.append(
                SAID["wide"]
                .in_language(lang)
                .format(outcome=OUTCOMES[outcome].in_language(lang), margin=f"{margin:.2f}")
            )
    return said
