"""What the programmes of a run did on conditions, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.model.programmes.condition_words import in_one_line, written
from sim.scenario import Programme
from sim.text import Family, figures, say
from sim.text.joins import clauses, labelled, phrases

if TYPE_CHECKING:
    from sim.results import Run

TOLD = 6  # months that a sentence names
KINDS = (
    "programme_started",
    "programme_paused",
    "programme_resumed",
    "programme_grew",
    "programme_ended",
)
OF_ALL = Family("run.reacted", KINDS)
SINGLE = ("programme_reached", "programme_paused", "programme_resumed", "programme_left")
OF_ESTATES = Family("run.reacted_at", SINGLE)
# By which condition of `when` or `where` an event was decided; without one of its own, going on is the end of
# a pause.
DECIDED_BY = {
    "programme_paused": ("pause",),
    "programme_resumed": ("resume", "pause"),
    "programme_grew": ("grow",),
    "programme_reached": ("start", "pause", "end"),
    "programme_left": ("end",),
}


def reacting(run: Run) -> list[Programme]:
    """The programmes of the last plan that have conditions."""
    return [one for one in run.scenario.interventions if one.when or one.where]


def reaction_sentences(run: Run) -> list[str]:
    """What each programme with conditions did on them, a sentence for each; [] where there is none."""
    return [say("run.sentence", words=labelled(one.name, told(run, one))) for one in reacting(run)]


def told(run: Run, programme: Programme) -> str:
    """What one programme did on its conditions: when as a whole, and how often in single estates."""
    events = run.events[(run.events["programme"].astype(str) == programme.name).to_numpy()]
    whole = events[events["estate"].isna().to_numpy()]
    parts = []
    for kind in KINDS:
        months = whole["month"][(whole["kind"].astype(str) == kind).to_numpy()]
        if len(months):
            parts.append(labelled(OF_ALL[kind], _months(months)))
    if not (whole["kind"].astype(str) == "programme_started").any():
        parts.append(say("run.reacted_never"))
    single = events[events["estate"].notna().to_numpy()]
    for kind in SINGLE:
        estates = single["estate"][(single["kind"].astype(str) == kind).to_numpy()]
        if len(estates):
            number, times = figures.count(estates.nunique()), figures.count(len(estates))
            parts.append(labelled(OF_ESTATES[kind], say("run.reacted_estates", number=number, times=times)))
    return clauses(parts)


def _months(months: Iterable[int]) -> str:
    given = [str(month) for month in months]
    words = phrases(given[:TOLD])
    return words if len(given) <= TOLD else say("run.reacted_more", months=words, more=len(given) - TOLD)


def rows_of(run: Run) -> tuple[tuple[str, str, str], ...]:
    """(name, its conditions, what it did on them) of each programme with conditions."""
    return tuple((one.name, in_one_line(one), told(run, one)) for one in reacting(run))


def seen_words(programme: Programme | None, kind: str, single: bool, size: float) -> str:
    """The figure by which a condition decided, as it was seen then; "" where it says no more than the event,
    or the programme is not known."""
    part = None if programme is None else programme.where if single else programme.when
    conditions = {} if part is None else part.conditions()
    name = next((one for one in DECIDED_BY.get(kind, ()) if one in conditions), None)
    if name is None or size < 0.0:
        return ""
    condition = conditions[name]
    if single and condition.called in ("unmanaged", "professional", "in_cycle"):
        return ""
    return say("run.reacted_seen", level=written(condition.called, size))
