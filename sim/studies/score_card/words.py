"""A score card in words: what was reported, what the model does, the verdict and by how much it misses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.evidence.patterns import CONSISTENCY, KIND_WORDS, SIGN_WORDS, USE_WORDS, USES, Pattern
from sim.experiments.ensemble import doubt_line
from sim.outputs.range_words import marked_rough, range_head
from sim.studies.score_card.score_card import EFFECTS, VERDICTS, Score, ScoreCard, turned_surely
from sim.text import Family, figures, language, say
from sim.text.joins import bracketed, listed
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

VERDICT_WORDS = Family("verdict", VERDICTS)
EFFECT_WORDS = Family("effect_of_loop", EFFECTS)
TURNED = ("breaks", "mends")  # what is said of a verdict without a loop; a verdict that stays is not


def title_of(card: ScoreCard) -> str:
    """How many of the patterns that count pass."""
    passed = sum(score.passed for score in card.counted)
    return say("score_card.title", passed=passed, all=len(card.counted), runs=len(card.seeds))


def use_title(card: ScoreCard, use: str) -> str:
    """How many of the patterns of one use pass."""
    passed, of = card.counts()[use]
    return say("score_card.by_use", use=USE_WORDS[use], passed=passed, all=of)


def sentences_of(card: ScoreCard) -> list[str]:
    """How many pass, over all and by use."""
    return [title_of(card), *(use_title(card, use) for use in USES if card.of_use(use))]


def warnings_of(card: ScoreCard) -> list[str]:
    """Where other seeds might turn a verdict, and whether the ensemble is of another model."""
    unsure = not all(score.sure for score in card.counted)
    told = [say("score_card.unsure_note")] if unsure else []
    return told + (card.ensemble.warnings() if card.ensemble is not None else [])


def shown(card: ScoreCard) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    return card.kind.title, doubt_line(card.ensemble_facts), card.table


def heads_of(card: ScoreCard) -> tuple[str, ...]:
    """Heads of the table whose rows are `row_of`."""
    return (
        say("score_card.pattern"),
        say("pattern.head.kind"),
        say("score_card.reported"),
        say(
            "score_card.simulated" if card.ensemble is None else "score_card.simulated_median",
            level=figures.share(card.level, 0),
        ),
        _range_head(card),
        say("score_card.verdict"),
        say("score_card.off"),
    )


def _range_head(card: ScoreCard) -> str:
    ranges = (one.run_range for one in card.counted if one.run_range.exists)
    held = next(ranges, None)
    return say("report.may_happen") if held is None else range_head(held, of_runs=True)


def row_of(score: Score) -> tuple[str, ...]:
    """One pattern: title, class, what was reported, the mean of what the model does, what may happen in a
    run, verdict, and how far the mean misses."""
    pattern = score.pattern
    off = NO_VALUE if math.isnan(score.off) else gap(score) if score.off else ""
    return (
        title_of_pattern(pattern),
        KIND_WORDS[pattern.kind],
        reported(pattern),
        simulated(score),
        in_a_run(score),
        verdict(score),
        off,
    )


def needed_heads() -> tuple[str, ...]:
    """Heads of the table whose rows are `needed_row`."""
    return (
        say("score_card.pattern"),
        say("score_card.use"),
        say("pattern.head.kind"),
        say("score_card.reported"),
        say("pattern.head.needs"),
    )


def needed_row(pattern: Pattern) -> tuple[str, ...]:
    """One pattern that cannot be measured: title, use, class, what was reported, and the
    mechanism that it needs."""
    assert pattern.needs is not None
    return (
        title_of_pattern(pattern),
        USE_WORDS[pattern.use],
        KIND_WORDS[pattern.kind],
        reported(pattern),
        pattern.needs.in_language(language()),
    )


def needed_title(card: ScoreCard) -> str:
    """That these patterns need a mechanism and do not count, and how many there are."""
    return say("pattern.not_measurable", count=len(card.not_measurable))


def by_kind(card: ScoreCard, use: str) -> str:
    """How many of each class pass, in a line."""
    parts = [
        say("pattern.of_kind", kind=KIND_WORDS[kind], passed=passed, all=of)
        for kind, (passed, of) in card.counts_by_kind(use).items()
    ]
    return say("pattern.by_kind", counts=listed(parts))


def uses_by_kind(use: str) -> bool:
    """Whether the patterns of a use are also counted by class: those that the model is judged by."""
    return bool(use != CONSISTENCY)


def loop_heads(card: ScoreCard) -> tuple[str, ...]:
    """Heads of the table of loops taken away: pattern, all on, each loop off."""
    assert card.loops is not None
    off = (say("score_card.loop_off", loop=loop) for loop in card.loops.scores)
    return say("score_card.pattern"), say("score_card.all_on"), *off


def all_on(score: Score) -> str:
    """The mean with all loops on, and whether it passes."""
    return (
        f"{amount(score.mean, score.pattern.told_unit)} {VERDICT_WORDS['pass' if score.passed else 'miss']}"
    )


def unsure_without(on: Score, off: Score) -> str:
    """The mark of a verdict without a loop that other seeds might turn; "" where it is settled."""
    return "" if turned_surely(on, off) else say("score_card.unsure")


def title_of_pattern(pattern: Pattern) -> str:
    """The title of a pattern, in the current language."""
    return pattern.title.in_language(language())


def reported(pattern: Pattern) -> str:
    """What was reported: a range, one bound, or only a sign."""
    if pattern.target.sign is not None:
        return SIGN_WORDS[pattern.target.sign]
    low, high = pattern.target.bounds
    if math.isinf(low):
        return say("figure.at_most", figure=amount(high, pattern.told_unit))
    if math.isinf(high):
        return say("figure.at_least", figure=amount(low, pattern.told_unit))
    return between(low, high, pattern.told_unit)


def between(low: float, high: float, unit: str) -> str:
    """Both ends of a range: shares each in per cent, anything else with its unit once."""
    if unit == figures.POINTS:
        return figures.interval(low, high, unit)
    if unit == "share" or math.isnan(low) or math.isnan(high):
        return f"{amount(low, unit)}–{amount(high, unit)}"
    digits = _digits(low, high)
    ends = f"{figures.decimal(low, digits)}–{figures.decimal(high, digits)}"
    return say(f"unit_of_statistic.{unit}", value=ends)


def _digits(*values: float) -> int:
    """Decimals of counts that are read together: none where all are whole."""
    return 0 if all(float(value).is_integer() for value in values) else 1


def amount(value: float, unit: str) -> str:
    """A statistic: a share in per cent, a difference of shares in points, anything else
    with its unit and one decimal, none where it is whole."""
    if math.isnan(value):
        return NO_VALUE
    if unit == "share":
        return figures.share(value)
    if unit == figures.POINTS:
        return figures.points(value)
    return say(f"unit_of_statistic.{unit}", value=figures.decimal(value, _digits(value)))


def simulated(score: Score) -> str:
    """The mean with its interval, as far as they exist."""
    unit, interval = score.pattern.told_unit, score.interval
    if not interval.exists:
        return amount(score.mean, unit)
    bounds = marked_rough(between(interval.low, interval.high, unit), interval, score.values.size)
    return bracketed(amount(score.mean, unit), bounds)


def in_a_run(score: Score) -> str:
    """Between what ends single runs lie, as far as there are enough of them."""
    held, (low, high) = score.run_range, score.pattern.target.bounds
    if not held.exists:
        return NO_VALUE
    ends = between(held.low, held.high, score.pattern.told_unit)
    if not score.members or math.isinf(high - low):
        return ends
    times = figures.decimal((held.high - held.low) / (high - low), 1)
    return bracketed(ends, say("score_card.widths", times=times))


def verdict(score: Score) -> str:
    """Pass or miss, and whether other seeds might turn it."""
    return VERDICT_WORDS[score.verdict] + (
        "" if score.sure or math.isnan(score.mean) else say("score_card.unsure")
    )


def gap(score: Score) -> str:
    """How far outside the target, signed; shares in percentage points."""
    if score.pattern.unit == "share":
        return figures.points(score.off)
    return ("+" if score.off > 0 else "−") + in_row(abs(score.off), score)


def in_row(value: float, score: Score) -> str:
    """A value of the pattern's statistic, with its unit where there is room for it: else the title has it."""
    unit = score.pattern.told_unit
    return figures.decimal(value, 1) if unit == "complaints" else amount(value, unit)
