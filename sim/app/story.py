"""The told life of one estate, from its own columns only: a run of hundreds of estates need not become tables for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from nicegui import run, ui

from sim.errors import ResultError
from sim.results.run import Run, Simulated
from sim.studies.run.explain import explain_text
from sim.text import language, message, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.app.session import Session


class OneEstate:
    """What `explain_text` reads of a run, for a single estate."""

    def __init__(self, run: Run, estate: int) -> None:
        """Estate `estate` of a run that is in memory; ResultError if there is no such estate."""
        source = run._source
        assert isinstance(source, Simulated)
        record = source.record
        if not 0 <= estate < record.estates:
            allowed = message("run.estates", last=record.estates - 1)
            raise ResultError(message("problem.among", place="estate", found=estate, allowed=allowed))
        events = record.events[record.events["estate"] == estate].copy()
        events["estate"] = 0
        outcomes = type(record.outcomes)(
            *(np.ascontiguousarray(column[:, estate : estate + 1]) for column in record.outcomes)
        )
        small = record._replace(
            outcomes=outcomes, facts=record.facts[estate : estate + 1], events=events, pages=()
        )
        self._run = Run(run.scenario, run.seed, run.months, 0.0, Simulated(run.scenario, small, 0.0))
        self.scenario, self.seed, self.months, self._estate = run.scenario, run.seed, run.months, estate

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(estate=np.full(len(frame), self._estate, np.int32))

    @property
    def estates(self) -> pd.DataFrame:
        """Its months."""
        return self._named(self._run.estates)

    @property
    def estate_table(self) -> pd.DataFrame:
        """Its fixed facts, one row."""
        return self._named(self._run.estate_table)

    @property
    def events(self) -> pd.DataFrame:
        """What happened in it."""
        return self._named(self._run.events)

    @property
    def city(self) -> Any:
        """Not known from one estate."""
        raise ResultError(message("run.one_estate_city"))

    @property
    def ledger(self) -> Any:
        """Not known from one estate."""
        raise ResultError(message("run.one_estate_ledger"))


def story(run: Run, estate: int, lang: str) -> list[str]:
    """The life of an estate as lines of text, the same as `explain_text` of the whole run gives."""
    return explain_text(OneEstate(run, estate), estate, lang)


async def show_story(session: Session, made: Run, estate: int) -> None:
    """Open the life of an estate on a page."""
    lines = await run.io_bound(story, made, estate, language())
    with (
        session.client,
        ui.dialog(value=True) as dialog,
        ui.card().classes("estate-story").style("max-width: min(60rem, 96vw); width: 100%"),
    ):
        ui.label(f"{say('app.life_of', estate=estate)} · {say('draw.one', seed=made.seed)}").classes(
            "text-xl font-bold"
        )
        for line in lines or ():
            ui.label(line).style("padding-left: 1.5rem" if line.startswith("  ") else "font-weight: 600")
        ui.button(say("app.close"), on_click=dialog.close).props("no-caps autofocus")
        dialog.on("hide", dialog.delete)
