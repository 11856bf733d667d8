"""The score card as a chart: for every pattern the reported range, what the model
does, and whether it passes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.evidence.patterns import USE_WORDS, USES
from sim.outputs import style
from sim.outputs.catalog import wrapped
from sim.outputs.plotted import tell
from sim.outputs.range_words import KIND as RANGE_KIND
from sim.studies.score_card.score_card import VERDICTS
from sim.studies.score_card.words import gap, in_row, title_of_pattern
from sim.text import Family, figures, say
from sim.text.joins import clauses, labelled

if TYPE_CHECKING:
    from sim.studies.score_card.score_card import Score, ScoreCard

ROW_INCHES, TOP_INCHES, BOTTOM_INCHES = 0.58, 1.15, 0.35
LEFT, RIGHT = 0.42, 0.67  # where the bars stand, shares of the figure
BOX_HEIGHT = 0.5
TITLE_LETTERS = 36  # of a line of a row's title
DRAWN = Family("drawn_verdict", VERDICTS)
HIT, MISSED = style.BLUE, style.VERMILLION


@style.styled
def score_card_chart(card: ScoreCard, ax: Axes | None = None) -> Axes:
    """Draw the score card: a row for each pattern that counts, by use."""
    groups = [(USE_WORDS[use], card.of_use(use)) for use in USES if card.of_use(use)]
    rows = sum(len(scores) + 1 for _, scores in groups)
    height = TOP_INCHES + BOTTOM_INCHES + ROW_INCHES * rows
    box = (0, BOTTOM_INCHES / height, 1, ROW_INCHES * rows / height)
    ax = style.canvas(ax, (style.WIDTH, height), box)
    ax.set_xlim(0, 1)
    ax.set_ylim(rows, 0)
    ax.axis("off")
    style.heading(ax, title_of(card), _told_under(card))
    top = 0.0
    for use, scores in groups:
        ax.text(0.02, top + 0.62, use, va="center", color=style.GREY, fontsize=style.PANEL)
        top += 1
        for score in scores:
            _row(ax, top + 0.5, score)
            top += 1
    tell(ax, card.tables()["score_card"])
    return ax


def title_of(card: ScoreCard) -> str:
    """How many patterns pass and miss."""
    passed = sum(score.passed for score in card.counted)
    return say("score_card.chart_title", passed=passed, missed=len(card.counted) - passed)


def alt_of(card: ScoreCard) -> str:
    """Every pattern with its verdict, for readers who cannot see the chart."""
    shown = [score for score in card.scores if score.pattern.measurable]
    return clauses(labelled(title_of_pattern(score.pattern), _verdict(score)) for score in shown)


def _told_under(card: ScoreCard) -> str:
    """Of what runs it is, and what a row shows."""
    line = say("score_card.subtitle", runs=len(card.seeds), level=figures.share(card.level, 0))
    if card.ensemble:
        used = min(len(card.seeds), len(card.ensemble.members))
        line += say("score_card.ensemble", name=card.ensemble.name, used=used)
    return f"{line}\n{_scale_line(card)}"


def _scale_line(card: ScoreCard) -> str:
    """What scale a row has, and between what ends of single runs its thin line lies."""
    held = next((one.run_range for one in card.counted if one.run_range.exists), None)
    if held is None:
        return say("score_card.scale")
    return say("score_card.scale_and_line", kind=RANGE_KIND[held.kind], number=figures.count(held.pairs))


def _row(ax: Axes, at: float, score: Score) -> None:
    """One pattern: title, bar with target and simulation on a scale of its own, verdict."""
    colour = HIT if score.passed else MISSED
    title = wrapped(title_of_pattern(score.pattern), TITLE_LETTERS)
    ax.text(0.03, at, title, va="center", fontsize=style.SMALL, linespacing=1.0)
    low, high = scale_of(score)
    ax.plot([LEFT, RIGHT], [at, at], color=style.PALE, linewidth=1, zorder=0)
    ax.text(
        LEFT - 0.006, at, in_row(low, score), ha="right", va="center", fontsize=style.SMALL, color=style.GREY
    )
    ax.text(
        RIGHT + 0.006, at, in_row(high, score), ha="left", va="center", fontsize=style.SMALL, color=style.GREY
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
        ax.plot(
            [across(end) for end in (score.run_range.low, score.run_range.high)],
            [at, at],
            color=colour,
            linewidth=1.2,
            zorder=2,
        )
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
    ax.text(0.78, at, _verdict(score), va="center", fontsize=style.SMALL, color=style.readable(colour))


def _verdict(score: Score) -> str:
    """The verdict, the mean, and for a miss how far."""
    if math.isnan(score.mean):
        return DRAWN[score.verdict]
    words = f"{in_row(score.mean, score)}  {DRAWN[score.verdict]}"
    return words + (say("score_card.off_by", off=gap(score)) if score.off else "")


def scale_of(score: Score) -> tuple[float, float]:
    """First and last value of a row's scale: 0 to 1 for a share, else from 0 to a
    little over all that is shown.

    A share that may be negative, and a difference of shares, are shown as far as they go, for they are small.
    """
    shown = [
        value
        for value in (*score.pattern.target.bounds, score.run_range.low, score.run_range.high, score.mean)
        if math.isfinite(value)
    ]
    low, high = min([0.0, *shown]), max([0.0, *shown])
    if score.pattern.unit == "share":
        if low >= 0 and score.pattern.compare is None:
            return 0.0, max(1.0, high)
        room = 0.1 * max(high - low, 0.1)
        return low - room, high + room
    return low, high + 0.1 * max(high - low, 1.0)


def save_score_card(card: ScoreCard, folder: Path) -> Path:
    """Draw the score card into `folder` as score_card.png, with the language before the ending
    (score_card.LANG.png) where it is not the default one; returns the file.
    """
    figure = style.owner(score_card_chart(card))
    return style.write(figure, folder / style.file_name("score_card"), title_of(card), alt_of(card))
