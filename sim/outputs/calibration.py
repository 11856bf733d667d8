"""A calibration in words and as a chart: what each parameter may be now, and how far that may be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.outputs import style
from sim.outputs.catalog import parameter_name, require_language
from sim.text import figures
from sim.words import Word

if TYPE_CHECKING:
    from sim.evidence.calibration import Calibration

NAMED = 3
CLEARLY = 0.2  # narrowing from which a parameter counts as learned about
SAID = {
    "made": Word(
        "参数集合{name}：{members}组参数，由{runs}次运行得出；{number}个参数在合理范围内变动，用到{used}项校准模式。",
        "Ensemble {name}: {members} sets of parameters from {runs} runs; {number} parameters over their ranges, {used} calibration patterns used.",
    ),
    "narrowed": Word("收窄最多：{list}。", "Narrowed most: {list}."),
    "one": Word("{name}（收窄{share}）", "{name} (by {share})"),
    "unmoved": Word(
        "校准模式对这些参数几乎没有说明什么：{list}。", "The patterns say next to nothing of: {list}."
    ),
    "scored": Word(
        "用这一集合运行：校准模式通过{fit}项（共{fit_of}项），留作检验的通过{held}项（共{held_of}项；拟合时从未使用）。",
        "Run over it, {fit} of {fit_of} calibration patterns pass and {held} of {held_of} held-out ones, which the fit never saw.",
    ),
    "covered": Word(
        "以{truths}组已知参数检验：50%区间含真值{half}，90%区间含真值{wide}（各参数平均）；结局“陷入循环的小区占比”为{half_out}和{wide_out}。",
        "Tried on {truths} known sets: the 50% interval holds the truth {half} of the time and the 90% interval {wide} (mean over parameters); "
        "for the outcome, the share of estates in the cycle, {half_out} and {wide_out}.",
    ),
    "reach": Word(
        "没有任何一组参数接近：{list}。这是模型结构的缺陷，不是参数的问题。",
        "No set comes near: {list}. That is the model's structure, not its parameters.",
    ),
    "silent": Word(
        "没有信息（无值，或不随这些参数变化）：{list}。",
        "Say nothing here (no value, or none of these parameters moves them): {list}.",
    ),
    "few": Word(
        "独立样本只有约{number}个：请增加运行次数或减少参数。",
        "Only about {number} independent draws: take more runs or fewer parameters.",
    ),
    "foreseen": Word(
        "仿真器的预报只有{share}落在两倍标准差内（应约95%）：请增加运行次数。",
        "Only {share} of the second design lay within two spreads of what was foreseen (about 95% should): take more runs.",
    ),
    "uncovered": Word(
        "覆盖率与名义水平不符：{list}。", "Coverage differs from its nominal level for: {list}."
    ),
    "untried": Word("没有以已知参数检验（--truths 0）。", "Not tried on known parameters (--truths 0)."),
    "title": Word("校准前后的参数", "Parameters before and after calibration"),
    "subtitle": Word(
        "{name} · {runs}次运行 · 浅色：合理范围 · 细线：90% · 粗线：50% · 点：中位数 · 竖线：默认值",
        "{name} · {runs} runs · pale: plausible range · thin: 90 % · thick: 50 % · dot: median · bar: default",
    ),
    "chart_one": Word("{name}，收窄{share}", "{name}, narrower by {share}"),
    "outcome": Word("结局", "outcome"),
}
LEFT, RIGHT = 0.46, 0.86
ROW_INCHES, TOP_INCHES, BOTTOM_INCHES, WIDTH_INCHES = 0.4, 0.95, 0.25, 11.0


def _say(key: str, lang: str, **values: object) -> str:
    return SAID[key].in_language(require_language(lang)).format(**values)


def _joined(items: list[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(items)


def _titles(found: Calibration, names: list[str], lang: str) -> str:
    return _joined(
        [pattern.title.in_language(lang) for pattern in found.patterns if pattern.name in names], lang
    )


def sentences_of(found: Calibration, lang: str = "en") -> list[str]:
    """What was made, what was learned of which parameter, how it scores, and what coverage says."""
    from sim.evidence.calibration import UNMOVED

    table = found.parameters.sort_values("narrower", ascending=False, kind="stable")
    lines = [
        _say(
            "made",
            lang,
            name=found.settings.name,
            members=len(found.ensemble.members),
            runs=f"{found.runs:,}",
            number=len(found.ranges),
            used=len(found.fit.columns),
        )
    ]
    learned = table[table["narrower"] >= CLEARLY].head(NAMED)
    if len(learned):
        named = [
            _say("one", lang, name=parameter_name(row.parameter, lang), share=figures.share(row.narrower, 0))
            for row in learned.itertuples()
        ]
        lines.append(_say("narrowed", lang, list=_joined(named, lang)))
    rest = [
        parameter_name(key, lang)
        for key in table[table["moved"] < UNMOVED / len(found.ensemble.members) ** 0.5]["parameter"]
    ]
    if rest:
        lines.append(_say("unmoved", lang, list=_joined(rest, lang)))
    if found.scores is not None:
        (fit, fit_of), (held, held_of), _ = found.scores.counts().values()
        lines.append(_say("scored", lang, fit=fit, fit_of=fit_of, held=held, held_of=held_of))
    if found.coverage is not None:
        tried = found.coverage
        lines.append(
            _say(
                "covered",
                lang,
                truths=tried.truths,
                half=figures.share(tried.pooled(0.5), 0),
                wide=figures.share(tried.pooled(0.9), 0),
                half_out=figures.share(tried.share("outcome", 0.5)[0], 0),
                wide_out=figures.share(tried.share("outcome", 0.9)[0], 0),
            )
        )
    return lines


def warnings_of(found: Calibration, lang: str = "en") -> list[str]:
    """What the posterior does not show, and where the method failed its own tests."""
    from sim.evidence.calibration import FEW_DRAWS, LEAST_FORESEEN

    lines = []
    if found.out_of_reach:
        lines.append(_say("reach", lang, list=_titles(found, found.out_of_reach, lang)))
    silent = list(found.statistics[found.statistics["silent"] != ""]["pattern"])
    if silent:
        lines.append(_say("silent", lang, list=_titles(found, silent, lang)))
    if found.sample.effective < FEW_DRAWS and found.settings.method == "emulator":
        lines.append(_say("few", lang, number=round(found.sample.effective)))
    if found.foreseen is not None and found.foreseen < LEAST_FORESEEN:
        lines.append(_say("foreseen", lang, share=figures.share(found.foreseen, 0)))
    if found.coverage is None:
        return [*lines, _say("untried", lang)]
    tried = found.coverage
    wrong = [name for name in tried.inside if not all(tried.holds(name, level) for level in (0.5, 0.9))]
    if wrong:
        named = [_say("outcome", lang) if name == "outcome" else parameter_name(name, lang) for name in wrong]
        lines.append(_say("uncovered", lang, list=_joined(named, lang)))
    return lines


@style.styled
def posterior_chart(found: Calibration, lang: str = "en") -> Figure:
    """One row a parameter, the one narrowed most first; EstateError for an unknown language."""
    table = found.parameters.sort_values("narrower", ascending=False, kind="stable")
    height = TOP_INCHES + BOTTOM_INCHES + ROW_INCHES * len(table)
    figure = style.Picture(figsize=(WIDTH_INCHES, height), dpi=style.DOTS_PER_INCH)
    figure.text(0.02, 1 - 0.32 / height, _say("title", lang), fontsize=14, va="center")
    figure.text(
        0.02,
        1 - 0.66 / height,
        _say("subtitle", lang, name=found.settings.name, runs=f"{found.runs:,}"),
        fontsize=9,
        color=style.GREY,
        va="center",
        gid="subtitle",
    )
    ax = figure.add_axes((0, BOTTOM_INCHES / height, 1, ROW_INCHES * len(table) / height))
    ax.set_xlim(0, 1)
    ax.set_ylim(len(table), 0)
    ax.axis("off")
    for place, row in enumerate(table.itertuples()):
        at = place + 0.5

        def across(value: float, row: object = row) -> float:
            low, high = row.low, row.high  # type: ignore[attr-defined]
            share = min(max((value - low) / (high - low), 0.0), 1.0)
            return float(LEFT + (RIGHT - LEFT) * share)

        ax.text(0.02, at, parameter_name(row.parameter, lang), va="center", fontsize=9)
        ax.plot([LEFT, RIGHT], [at, at], color=style.PALE, linewidth=9, solid_capstyle="butt", zorder=0)
        ax.plot([across(row.p5), across(row.p95)], [at, at], color=style.BLUE, linewidth=1.4, zorder=2)
        ax.plot(
            [across(row.p25), across(row.p75)],
            [at, at],
            color=style.BLUE,
            linewidth=5,
            solid_capstyle="butt",
            zorder=3,
        )
        ax.plot(
            [across(row.p50)],
            [at],
            marker="o",
            color=style.BLUE,
            markeredgecolor="white",
            markersize=7,
            zorder=4,
        )
        ax.plot(
            [across(row.default)],
            [at],
            marker="|",
            color=style.VERMILLION,
            markersize=13,
            markeredgewidth=1.6,
            zorder=5,
        )
        ax.text(LEFT - 0.006, at, f"{row.low:.3g}", ha="right", va="center", fontsize=7, color=style.GREY)
        ax.text(RIGHT + 0.006, at, f"{row.high:.3g}", ha="left", va="center", fontsize=7, color=style.GREY)
        ax.text(0.93, at, figures.share(row.narrower, 0), va="center", fontsize=9, color=style.GREY)
    return figure


def save_posterior_chart(found: Calibration, members: Path, lang: str = "en") -> Path:
    """Draw the posterior beside the ensemble's CSV file, as NAME.png (NAME.zh.png in Chinese); returns the file."""
    path = members.with_suffix(".zh.png" if lang == "zh" else ".png")
    told = [
        _say(
            "chart_one", lang, name=parameter_name(row.parameter, lang), share=figures.share(row.narrower, 0)
        )
        for row in found.parameters.itertuples()
    ]
    return style.write(posterior_chart(found, lang), path, _say("title", lang), "; ".join(told))
