"""The level that would persist, as a table for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.outputs.catalog import capital
from sim.outputs.outcome_words import points
from sim.outputs.range_words import marked_rough, range_bounds, range_head
from sim.results.outcomes import OUTCOMES
from sim.studies.comparison.persistence import STILL
from sim.studies.comparison.withdrawal import ENDED, KEPT, NEVER
from sim.text import Family, figures, language, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.intervals import Range
    from sim.studies.comparison.persistence import Level, Persistence

PROGRAMMES = Family("programmes_after", (KEPT, ENDED, NEVER))


def caption_of(found: Persistence) -> str:
    """What the table shows."""
    return say("after.caption", months=found.after)


def note_of() -> str:
    """How it is told whether a level still moves."""
    return say("after.note", points=points(STILL))


def columns_of(found: Persistence) -> tuple[str, ...]:
    """Names of the columns."""
    return (
        say("after.scenario"),
        say("after.outcome"),
        say("after.before"),
        say("after.programmes"),
        say("after.level", months=found.after),
        say("after.interval", level=figures.level(found.levels[0].interval.level)),
        *(range_head(held, language(), of_runs=True) for held in _one_range(found)),
        say("after.rest"),
    )


def rows_of(found: Persistence, titles: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row for each arm, outcome and what became of the programmes; `titles`: of the arms by name."""
    ranged = bool(_one_range(found))
    return [_row(one, titles.get(one.arm, one.arm), ranged) for one in found.levels]


def _one_range(found: Persistence) -> list[Range]:
    """A range like which all others were taken; none for a table of before there were any."""
    return [one.range for one in found.levels if one.range.pairs][:1]


def _row(one: Level, title: str, ranged: bool) -> tuple[str, ...]:
    unit = OUTCOMES[one.outcome].unit
    if one.drift != one.drift:  # NaN
        rest = NO_VALUE
    else:
        rest = say("after.moving" if one.moving else "after.still", drift=figures.signed(100 * one.drift, 1))
    interval = figures.interval(one.interval.low, one.interval.high, unit)
    return (
        title,
        capital(OUTCOMES[one.outcome].name),
        figures.quantity(one.before, unit),
        PROGRAMMES[one.programmes],
        figures.quantity(one.mean, unit),
        marked_rough(interval, one.interval, one.range.pairs),
        *([range_bounds(one.range, unit, language(), difference=False)] if ranged else []),
        rest,
    )
