"""How sure an estimate is, in words: the interval of its mean and the range of what may
happen, the same in every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.experiments.intervals import (
    CONSTANT,
    DEGENERATE,
    EXTREMES,
    FEW,
    LEAST_CHANGED,
    LEAST_PAIRS,
    PERCENTILES,
    RARE,
    ROUGH_PAIRS,
    Interval,
    Range,
    estimate_of,
)
from sim.experiments.intervals import NO_VALUE as NO_VALUE_NOTE
from sim.results.outcomes import OUTCOMES
from sim.text import Family, figures, joins, say
from sim.units import NO_VALUE

KIND = Family("range.kind", (PERCENTILES, EXTREMES))
WHY_NONE = Family("range.no_interval", ("no_value", "few", "constant", "degenerate"))
OF_NOTE = {NO_VALUE_NOTE: "no_value", FEW: "few", CONSTANT: "constant", DEGENERATE: "degenerate"}


def words_of_notes() -> dict[str, str]:
    """What a note beside an interval says, by the note: why there is none, or why it is not to be trusted."""
    return {note: WHY_NONE[name] for note, name in OF_NOTE.items()} | {
        RARE: say("range.not_trusted", least=LEAST_CHANGED)
    }


def range_bounds(range_: Range, unit: str, difference: bool = True) -> str:
    """Both ends of a range, the unit once; a difference between shares is in percentage points. A
    dash where there is none."""
    return figures.interval(
        range_.low, range_.high, figures.POINTS if difference and unit == "share" else unit
    )


def range_of_pairs(range_: Range, unit: str) -> str:
    """A range of paired differences with what its ends are, and of how many pairs;
    a dash where there is none."""
    bounds = range_bounds(range_, unit)
    if not range_.exists:
        return NO_VALUE
    return say("range.of_pairs", bounds=bounds, kind=KIND[range_.kind], number=figures.count(range_.pairs))


def range_of_runs(range_: Range, unit: str) -> str:
    """A range of an outcome itself over runs, as `range_of_pairs`."""
    bounds = range_bounds(range_, unit, difference=False)
    if not range_.exists:
        return NO_VALUE
    return say("range.of_runs", bounds=bounds, kind=KIND[range_.kind], number=figures.count(range_.pairs))


def range_head(range_: Range, of_runs: bool = False) -> str:
    """The head of a column of ranges that were taken as this one was, of pairs or
    (`of_runs`) of single runs."""
    return say(
        "range.head_of_runs" if of_runs else "range.head",
        kind=KIND[range_.kind],
        number=figures.count(range_.pairs),
    )


def beyond_head() -> str:
    """The head of a column of ranges of what two changes together do beyond the sum of each alone."""
    return say("range.beyond_head")


def note_of_brackets(range_: Range) -> str:
    """What stands in brackets after a mean; nothing where there are no ranges."""
    return say("range.in_brackets", range=range_head(range_)) if range_.exists else ""


def light_band(range_: Range) -> str:
    """What the light band of a chart is: ranges that were taken as this one was."""
    return say("band.light", kind=KIND[range_.kind], number=figures.count(range_.pairs))


def thin_line(range_: Range) -> str:
    """What the thin line beside a bar of a chart is: ranges that were taken as this one was."""
    return say("band.thin", kind=KIND[range_.kind], number=figures.count(range_.pairs))


def small_print(range_: Range) -> str:
    """What the small figures of a chart are: ranges that were taken as this one was."""
    return say("range.small_print", kind=KIND[range_.kind], number=figures.count(range_.pairs))


def bounds_in_brackets(interval: Interval, range_: Range, written: Callable[[float], str], dash: str) -> str:
    """In brackets the interval of a mean, rough under ten pairs, and after it the ends of the
    range; see `note_of_brackets`.

    Nothing where every pair has the same value.
    """
    if range_.low == range_.high:
        return ""
    parts = [written(one.low) + dash + written(one.high) for one in (interval, range_) if one.exists]
    if interval.exists:
        parts[0] = marked_rough(parts[0], interval, range_.pairs)
    return joins.bracketed("", joins.clauses(parts)) if parts else ""


def few_runs(runs: int) -> str:
    """The warning that there are so few replications (under ten) that an interval is rough, or (under
    five) that there is none."""
    if runs < LEAST_PAIRS:
        return say("range.few_runs", runs=figures.count(runs), least=LEAST_PAIRS)
    return say("range.rough_runs", runs=figures.count(runs), least=ROUGH_PAIRS)


def rough_mark(interval: Interval, pairs: int) -> str:
    """The mark after an interval in a sentence, where it rests on fewer than ten pairs or runs."""
    return say("range.rough_mark") if interval.exists and 0 < pairs < ROUGH_PAIRS else ""


def marked_rough(bounds: str, interval: Interval, pairs: int) -> str:
    """The bounds of an interval as they are written, called rough where they rest
    on fewer than ten pairs or runs."""
    rough = interval.exists and 0 < pairs < ROUGH_PAIRS
    return say("range.rough", bounds=bounds) if rough else bounds


def _bounds_of_mean(interval: Interval, unit: str) -> str:
    """The bounds of a mean; those of a number of estates, households or events (no unit) have one decimal, as
    their means have."""
    if unit:
        return figures.interval(interval.low, interval.high, unit)
    low, high = figures.decimal(interval.low, 1), figures.decimal(interval.high, 1)
    return low if low == high else say("figure.interval", low=low, high=high)


def doubted(interval: Interval) -> list[str]:
    """That an interval is not to be trusted, since too few pairs or runs differ from the others; else []."""
    return [words_of_notes()[RARE]] if interval.exists and interval.note == RARE else []


def how_sure(interval: Interval, range_: Range, unit: str) -> str:
    """Of a mean difference: how precisely it is known, or why that is not said, and what
    may happen in a single pair."""
    parts = []
    if interval.exists:
        bounds = _bounds_of_mean(interval, figures.POINTS if unit == "share" else unit)
        parts.append(
            say(
                "range.of_mean_rough" if 0 < range_.pairs < ROUGH_PAIRS else "range.of_mean",
                level=figures.level(interval.level),
                bounds=bounds,
            )
        )
    elif interval.note in OF_NOTE:
        parts.append(WHY_NONE[OF_NOTE[interval.note]])
    parts += doubted(interval)
    if range_.exists:
        parts.append(say("range.may_happen", range=range_of_pairs(range_, unit)))
    return joins.clauses(parts)


def written_mean(outcome: str, values: Sequence[float]) -> str:
    """Mean of an outcome over runs, how precisely it is known (from five runs on), and what may
    happen in one, for a sentence."""
    unit = OUTCOMES[outcome].unit
    shown = unit if unit in ("share", "yuan") else ""
    estimate = estimate_of(values)
    told = sure_of_runs(estimate.interval, estimate.range, unit)
    mean = figures.quantity(estimate.mean, shown)
    return joins.bracketed(mean, told) if told else mean


def sure_of_runs(interval: Interval, held: Range, unit: str) -> str:
    """Of a mean over single runs: how precisely it is known, and what may happen in one; empty where neither
    is said."""
    parts = []
    if interval.exists:
        bounds = _bounds_of_mean(interval, unit if unit in ("share", "yuan") else "")
        rough = 0 < held.pairs < ROUGH_PAIRS
        level = figures.level(interval.level)
        parts.append(say("range.of_mean_rough" if rough else "range.of_mean", level=level, bounds=bounds))
    parts += doubted(interval)
    if held.exists:
        parts.append(say("range.may_happen_in_run", range=range_of_runs(held, unit)))
    return joins.clauses(parts)
