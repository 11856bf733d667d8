"""Outcomes in sentences and tables: what each is called there, how large it is, and how large a difference of it."""

from __future__ import annotations

from sim.results.outcomes import OUTCOMES
from sim.text import figures, say
from sim.text.catalog import has_text


def subject(outcome: str) -> str:
    """An outcome as the subject of a sentence: its text "subject.ID", where its name is too long for one."""
    return say(f"subject.{outcome}") if has_text(f"subject.{outcome}") else OUTCOMES[outcome].name


def size_of(value: float, unit: str, sign: bool = False) -> str:
    """A difference for readers: of a share in percentage points, else as `figures.quantity`."""
    return figures.quantity(value, unit_of_difference(unit), sign)


def level_of(value: float, unit: str) -> str:
    """An outcome itself for readers, as `figures.quantity`."""
    return figures.quantity(value, unit)


def points(share: float) -> str:
    """A share in percentage points with one decimal, without the word; no minus before zero."""
    return figures.decimal(100 * share, 1)


def bounds_of(low: float, high: float, unit: str) -> str:
    """Both bounds of an interval of a difference, the unit once."""
    return figures.interval(low, high, unit_of_difference(unit))


def unit_of_difference(unit: str) -> str:
    """The unit of a difference between two values: percentage points for shares."""
    return figures.POINTS if unit == "share" else unit
