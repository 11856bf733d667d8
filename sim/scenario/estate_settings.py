"""The estates of a scenario that names a table of them, instead of drawing them from its types."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from sim.problems import Problem
from sim.scenario.estate_rows import BadTable, EstateRows, read_rows, told
from sim.scenario.fields import Table, refuse
from sim.scenario.past_events import PastEvent, events_text, read_events


def _canonical(text: str) -> str:
    """A table as it is written in one way only; its problems by row and column."""
    try:
        return read_rows(text).text
    except BadTable as bad:
        refuse([Problem("", f"{one.row}.{one.column}", *one[2:]) for one in told(bad.problems)])
        raise


def _canonical_events(text: str) -> str:
    """A table of events as it is written in one way only; its problems by row and column."""
    try:
        return events_text(text)
    except BadTable as bad:
        refuse([Problem("", f"events.{one.row}.{one.column}", *one[2:]) for one in told(bad.problems)])
        raise


class EstateSettings(Table):
    """Which estates a city has: exactly those of a table, each with its own figures.

    A scenario file names the table, and may name one of what happened in its estates before month 0; who
    reads the file puts in what they say, so that a scenario that was read needs no other file.
    """

    text_area: ClassVar[str] = "estates"

    table: str = Field(min_length=1)
    content: Annotated[str, AfterValidator(_canonical)]
    past: str | None = Field(default=None, min_length=1)
    events: Annotated[str, AfterValidator(_canonical_events)] | None = None

    @property
    def rows(self) -> EstateRows:
        """The estates of the table in the order of their numbers."""
        return read_rows(self.content)

    @property
    def past_events(self) -> tuple[PastEvent, ...]:
        """What happened before month 0, by number, kind and month; empty where nothing is said of it."""
        return () if self.events is None else read_events(self.events)
