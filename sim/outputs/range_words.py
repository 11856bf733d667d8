"""The range of what may happen, in words: the same for every command and report."""

from __future__ import annotations

from sim.experiments.intervals import EXTREMES, PERCENTILES, Range
from sim.text import Family, figures, in_language, say
from sim.units import NO_VALUE

KIND = Family("range.kind", (PERCENTILES, EXTREMES))


def range_bounds(found: Range, unit: str, lang: str, difference: bool = True) -> str:
    """Both ends of a range, the unit once; a difference between shares is in percentage points. A dash where there is none."""
    with in_language(lang):
        return figures.interval(
            found.low, found.high, figures.POINTS if difference and unit == "share" else unit
        )


def range_of_pairs(found: Range, unit: str, lang: str) -> str:
    """A range of paired differences with what its ends are, and of how many pairs; a dash where there is none."""
    bounds = range_bounds(found, unit, lang)
    if not found.exists:
        return NO_VALUE
    with in_language(lang):
        return say("range.of_pairs", bounds=bounds, kind=KIND[found.kind], number=figures.count(found.pairs))


def range_of_runs(found: Range, unit: str, lang: str) -> str:
    """A range of an outcome itself over runs, as `range_of_pairs`."""
    bounds = range_bounds(found, unit, lang, difference=False)
    if not found.exists:
        return NO_VALUE
    with in_language(lang):
        return say("range.of_runs", bounds=bounds, kind=KIND[found.kind], number=figures.count(found.pairs))


def range_head(found: Range, lang: str) -> str:
    """The head of a column of ranges that were taken as this one was."""
    with in_language(lang):
        return say("range.head", kind=KIND[found.kind], number=figures.count(found.pairs))
