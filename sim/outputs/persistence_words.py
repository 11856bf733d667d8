"""The level that would persist, as a table for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.persistence import STILL
from sim.experiments.withdrawal import ENDED
from sim.outputs.catalog import capital
from sim.outputs.outcome_words import level_of, points
from sim.outputs.range_words import marked_rough, range_bounds, range_head
from sim.results.outcomes import OUTCOMES
from sim.text import Family, figures, in_language, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.intervals import Range
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
            say("after.interval", level=figures.level(found.levels[0].interval.level)),
            *(range_head(held, lang, of_runs=True) for held in _one_range(found)),
            say("after.rest"),
        )


def rows_of(found: Persistence, titles: dict[str, str], lang: str) -> list[tuple[str, ...]]:
    """A row for each arm, outcome and what became of the programmes; `titles`: of the arms by name."""
    with in_language(lang):
        ranged = bool(_one_range(found))
        return [_row(one, titles.get(one.arm, one.arm), ranged, lang) for one in found.levels]


def _one_range(found: Persistence) -> list[Range]:
    """A range like which all others were taken; none for a table of before there were any."""
    return [one.range for one in found.levels if one.range.pairs][:1]


def _row(one: Level, title: str, ranged: bool, lang: str) -> tuple[str, ...]:
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
        marked_rough(
            figures.interval(one.interval.low, one.interval.high, unit), one.interval, one.range.pairs
        ),
        *([range_bounds(one.range, unit, lang, difference=False)] if ranged else []),
        rest,
    )


def _signed(drift: float) -> str:
    return ("+" if round(100 * drift, 1) > 0 else "") + points(drift)
