"""The level that would persist, as a table for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.persistence import STILL
from sim.experiments.withdrawal import ENDED
from sim.outputs.catalog import capital
from sim.outputs.comparison_words import bounds_of, level_of, points
from sim.results.outcomes import OUTCOMES
from sim.text import Family, in_language, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.persistence import Level, Persistence

PROGRAMMES = Family("programmes_after", ("kept", ENDED, "never"))


def caption_of(found: Persistence, lang: str) -> str:
    """What the table shows."""
    with in_language(lang):
        return say("after.caption", months=found.after)


def note_of(lang: str) -> str:
    """How it is told whether a level still moves."""
    with in_language(lang):
        return say("after.note", points=points(STILL))


def columns_of(found: Persistence, lang: str) -> tuple[str, ...]:
    """Names of the columns."""
    with in_language(lang):
        return (
            say("after.scenario"),
            say("after.outcome"),
            say("after.before"),
            say("after.programmes"),
            say("after.level", months=found.after),
            say("after.interval"),
            say("after.rest"),
        )


def rows_of(found: Persistence, titles: dict[str, str], lang: str) -> list[tuple[str, ...]]:
    """A row for each arm, outcome and what became of the programmes; `titles`: of the arms by name."""
    with in_language(lang):
        return [_row(one, titles.get(one.arm, one.arm), lang) for one in found.levels]


def _row(one: Level, title: str, lang: str) -> tuple[str, ...]:
    unit = OUTCOMES[one.outcome].unit
    if one.drift != one.drift:  # NaN
        rest = NO_VALUE
    else:
        rest = say("after.moving" if one.moving else "after.still", drift=_signed(one.drift))
    return (
        title,
        capital(OUTCOMES[one.outcome].in_language(lang)),
        level_of(one.before, unit, lang),
        PROGRAMMES[one.programmes],
        level_of(one.mean, unit, lang),
        _interval(one, unit, lang),
        rest,
    )


def _interval(one: Level, unit: str, lang: str) -> str:
    """Both bounds of a level: shares in per cent, since they are no difference."""
    low, high = one.interval.low, one.interval.high
    if unit != "share" or low != low:
        return bounds_of(low, high, unit, lang)
    return say("after.between", low=level_of(low, unit, lang), high=level_of(high, unit, lang))


def _signed(drift: float) -> str:
    return ("+" if round(100 * drift, 1) > 0 else "") + points(drift)
