"""The score card as a chart: for every pattern the reported range, what the model does, and whether it passes."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.outputs import style
from sim.outputs.catalog import require_language
from sim.text import figures
from sim.units import NO_VALUE
from sim.words import Word

if TYPE_CHECKING:
    from sim.evidence.score_card import Score, ScoreCard

WORDS = {
    "title": Word(
        "模型与报道对照：{passed}项通过，{missed}项不符",
        "The model against what was reported: {passed} patterns pass, {missed} miss",
    ),
    "subtitle": Word(
        "{runs}次重复 · 绿框：报道范围 · 点和粗线：模拟均值及{level}区间 · 细线：单次运行可能的结果",
        "{runs} replications · green box: reported range · dot and "
        "thick line: simulated mean and {level} interval · thin line: what may happen in a run",
    ),
    "ensemble": Word(" · 参数集合：{name}（{used}组）", " · ensemble {name} ({used} members)"),
    "pass": Word("通过", "pass"),
    "miss": Word("不符", "miss"),
    "no value": Word("不符：无此值", "miss: no value"),
    "not represented": Word("不符：模型没有", "miss: not in the model"),
    "off": Word("，差{off}", " by {off}"),
    "scale": Word("每行各有刻度", "each row has its own scale"),
}
UNITS = {"months": Word("个月", " months"), "estates": Word("个小区", " estates")}
ROW_INCHES, TOP_INCHES, BOTTOM_INCHES, WIDTH_INCHES = 0.44, 1.15, 0.35, 12.0
LEFT, RIGHT = 0.38, 0.74  # where the bars stand, shares of the figure
BOX_HEIGHT = 0.5
TITLE_LETTERS = 52  # of a line of a row's title
HIT, MISSED = style.BLUE, style.VERMILLION


def _text(key: str, lang: str, **values: object) -> str:
    return WORDS[key].in_language(require_language(lang)).format(**values)


@style.styled
def score_card_chart(card: ScoreCard, lang: str = "en") -> Figure:
    """Draw the score card; EstateError for an unknown language."""
    from sim.evidence.patterns import USE_WORDS, USES

    words = USE_WORDS.messages()
    groups = [(words[use].in_language(lang), card.of_use(use)) for use in USES if card.of_use(use)]
    rows = sum(len(scores) + 1 for _, scores in groups)
    height = TOP_INCHES + BOTTOM_INCHES + ROW_INCHES * rows
    figure = style.Picture(figsize=(WIDTH_INCHES, height), dpi=style.DOTS_PER_INCH)
    ax = figure.add_axes((0, BOTTOM_INCHES / height, 1, ROW_INCHES * rows / height))
    ax.set_xlim(0, 1)
    ax.set_ylim(rows, 0)
    ax.axis("off")
    _heading(figure, card, height, lang)
    place = 0.0
    for use, scores in groups:
        ax.text(0.02, place + 0.62, use, va="center", color=style.GREY, fontsize=11)
        place += 1
        for score in scores:
            _row(ax, place + 0.5, score, lang)
            place += 1
    return figure


def _heading(figure: Figure, card: ScoreCard, height: float, lang: str) -> None:
    passed = sum(score.passed for score in card.counted)
    figure.text(
        0.02,
        1 - 0.38 / height,
        _text("title", lang, passed=passed, missed=len(card.counted) - passed),
        fontsize=14,
        va="center",
    )
    line = _text("subtitle", lang, runs=len(card.seeds), level=f"{100 * card.level:.0f}%")
    if card.ensemble:
        line += _text(
            "ensemble", lang, name=card.ensemble.name, used=min(len(card.seeds), len(card.ensemble.members))
        )
    figure.text(0.02, 1 - 0.7 / height, line, fontsize=9, color=style.GREY, va="center", gid="subtitle")
    figure.text(0.02, 1 - 0.92 / height, _text("scale", lang), fontsize=9, color=style.GREY, va="center")


def _row(ax: Axes, at: float, score: Score, lang: str) -> None:
    """One pattern: title, bar with target and simulation on a scale of its own, verdict."""
    colour = HIT if score.passed else MISSED
    title = textwrap.fill(score.pattern.title.in_language(lang), TITLE_LETTERS)
    ax.text(0.03, at, title, va="center", fontsize=9, linespacing=1.0)
    low, high = scale_of(score)
    ax.plot([LEFT, RIGHT], [at, at], color=style.PALE, linewidth=1, zorder=0)
    ax.text(
        LEFT - 0.006, at, written(low, score, lang), ha="right", va="center", fontsize=7, color=style.GREY
    )
    ax.text(
        RIGHT + 0.006, at, written(high, score, lang), ha="left", va="center", fontsize=7, color=style.GREY
    )

    def across(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (min(max(value, low), high) - low) / (high - low)

    target = [across(bound) for bound in score.pattern.target.bounds]
    width = max(target[1] - target[0], 0.004)
    ax.add_patch(
        Rectangle(
            (target[0], at - BOX_HEIGHT / 2),
            width,
            BOX_HEIGHT,
            facecolor="#CDEBDD",
            edgecolor=style.GREEN,
            linewidth=1,
            zorder=1,
        )
    )
    if not math.isnan(score.mean):
        ax.plot([across(end) for end in score.run_range], [at, at], color=colour, linewidth=1.2, zorder=2)
        if score.interval.exists:
            ax.plot(
                [across(score.interval.low), across(score.interval.high)],
                [at, at],
                color=colour,
                linewidth=4,
                zorder=3,
                solid_capstyle="butt",
            )
        ax.plot(
            [across(score.mean)],
            [at],
            marker="o" if score.passed else "X",
            color=colour,
            markersize=7,
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=4,
        )
    ax.text(0.80, at, _verdict(score, lang), va="center", fontsize=9, color=style.readable(colour))


def _verdict(score: Score, lang: str) -> str:
    """The verdict, the mean, and for a miss how far."""
    if math.isnan(score.mean):
        return _text(score.verdict, lang)
    words = f"{written(score.mean, score, lang)}  {_text(score.verdict, lang)}"
    if score.off:
        words += _text("off", lang, off=gap(score, lang))
    return words


def scale_of(score: Score) -> tuple[float, float]:
    """First and last value of a row's scale: 0 to 1 for a share, else from 0 to a little over all that is shown.

    A share that may be negative, and a difference of shares, are shown as far as they go, for they are small.
    """
    shown = [
        value
        for value in (*score.pattern.target.bounds, *score.run_range, score.mean)
        if math.isfinite(value)
    ]
    low, high = min([0.0, *shown]), max([0.0, *shown])
    if score.pattern.unit == "share":
        if low >= 0 and score.pattern.compare is None:
            return 0.0, max(1.0, high)
        room = 0.1 * max(high - low, 0.1)
        return low - room, high + room
    return low, high + 0.1 * max(high - low, 1.0)


def written(value: float, score: Score, lang: str) -> str:
    """A value of the pattern's statistic for readers, with its unit where there is room for it: else the title has it."""
    unit = score.pattern.unit
    if math.isnan(value):
        return NO_VALUE
    if unit == "share":
        return figures.share(value)
    return f"{value:,.1f}{UNITS[unit].in_language(lang) if unit in UNITS else ''}"


def gap(score: Score, lang: str) -> str:
    """How far outside the target, signed; shares in percentage points."""
    sign = "+" if score.off > 0 else "−"
    if score.pattern.unit != "share":
        return sign + written(abs(score.off), score, lang)
    return f"{sign}{100 * abs(score.off):.1f}" + ("个百分点" if lang == "zh" else " points")


def save_score_card(card: ScoreCard, folder: Path, lang: str = "en") -> Path:
    """Draw the score card into `folder` as score_card.png (score_card.zh.png in Chinese); returns the file."""
    path = folder / ("score_card.zh.png" if lang == "zh" else "score_card.png")
    passed = sum(score.passed for score in card.counted)
    title = _text("title", lang, passed=passed, missed=len(card.counted) - passed)
    shown = [score for score in card.scores if score.pattern.measurable]
    lines = [f"{score.pattern.title.in_language(lang)}: {_verdict(score, lang)}" for score in shown]
    return style.write(score_card_chart(card, lang), path, title, "; ".join(lines))
