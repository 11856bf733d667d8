"""Events in words: what happened, why, and how large it was.

Kinds and causes are those of `sim.model.state.events`; one that has no words here (a newer model, a plug-in) is told in a general
sentence with its own name.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.outputs.catalog import plain
from sim.text import Family, figures, say
from sim.text.joins import bracketed, clauses

SHARE, YUAN, COUNT, PRICE = "share", "yuan", "count", "price"


class Event(NamedTuple):
    """A kind of event: which a short list keeps (3 turns a life, 2 matters, 1 is routine), how its size is written, what that means."""

    rank: int
    form: str
    size: str


EVENTS = {
    "notice_given": Event(3, "count", "notice_given"),
    "company_left": Event(3, "yuan", "company_left"),
    "tender_opened": Event(1, "count", "looked"),
    "tender_won": Event(3, "count", "tender_won"),
    "tender_failed": Event(2, "count", "looked"),
    "fallback_taken": Event(3, "share", "fallback_taken"),
    "self_management": Event(3, "share", "self_management"),
    "cleaning_started": Event(3, "share", "before"),
    "abandoned": Event(3, "share", "before"),
    "committee_formed": Event(2, "share", "took_part"),
    "committee_vote_failed": Event(1, "share", "took_part"),
    "committee_dissolved": Event(2, "share", "took_part"),
    "committee_renewed": Event(1, "share", "took_part"),
    "committee_replaced": Event(2, "share", "committee_replaced"),
    "dismissal_voted": Event(3, "share", "approved"),
    "dismissal_rejected": Event(1, "share", "approved"),
    "price_raised": Event(2, "price", "price_raised"),
    "price_cut": Event(2, "price", "price_raised"),
    "price_vote_failed": Event(1, "share", "approved"),
    "funds_refused": Event(2, "share", "approved"),
    "company_bankrupt": Event(3, "yuan", "company_bankrupt"),
    "company_removed": Event(3, "count", "score"),
    "company_refused": Event(2, "count", "score"),
    "retrofit": Event(3, "share", "retrofit"),
    "subsidy_started": Event(2, "yuan", "monthly"),
    "subsidy_ended": Event(2, "yuan", "monthly"),
    "award_paid": Event(1, "yuan", "money"),
    "listed_red": Event(1, "count", "score"),
    "listed_black": Event(2, "count", "score"),
    "list_left": Event(1, "count", "score"),
    "budget_exhausted": Event(2, "yuan", "budget_exhausted"),
    "staff_exhausted": Event(1, "count", "staff_exhausted"),
    "legacy_repaired": Event(2, "share", "legacy_repaired"),
    "programme_started": Event(2, "count", "programme_started"),
    "programme_ended": Event(2, "count", "programme_started"),
    "estates_merged": Event(2, "count", "estates_merged"),
    "donation": Event(1, "yuan", "money"),
    "problem_solved": Event(1, "count", "problem_solved"),
    "secretary_sent": Event(1, "share", "secretary_sent"),
    "secretary_left": Event(1, "count", "secretary_left"),
    "services_opened": Event(1, "yuan", "services_opened"),
    "services_closed": Event(1, "yuan", "services_closed"),
    "coverage_reported": Event(2, "share", "coverage_reported"),
    "suit": Event(1, "count", "suit"),
}
WHAT = Family("run.event", EVENTS)
CAUSES = Family(
    "run.cause",
    (
        "losses",
        "dismissal",
        "no_bidder",
        "spontaneous",
        "mobilised",
        "quorum_missed",
        "rejected",
        "term_ended",
        "insolvency",
        "vacancy",
        "retry",
        "shortfall",
        "quality",
        "policy",
        "ranking",
        "taper",
        "budget",
        "capture",
        "captured",
        "not_eligible",
    ),
)


def rank(kind: str) -> int:
    """How much an event of this kind turns the life of an estate: 3 most, 1 routine; unknown kinds 2."""
    return EVENTS[kind].rank if kind in EVENTS else 2


def what(kind: str) -> str:
    """What happened, without cause and size."""
    return WHAT[kind] if kind in WHAT else say("run.event_other", kind=plain(kind))


def why(cause: str) -> str:
    """The cause as words, "" where none is recorded."""
    if not cause or cause in ("none", "nan"):
        return ""
    return CAUSES[cause] if cause in CAUSES else plain(cause)


def because(cause: str) -> str:
    """The cause as a remark, "" where none is recorded."""
    reason = why(cause)
    return say("run.because", reason=reason) if reason else ""


def how_much(kind: str, size: float) -> str:
    """The size of an event as words, "" where there is none (NaN, or nothing counted)."""
    if not math.isfinite(size):
        return ""
    if kind not in EVENTS:
        return say("run.size_other", size=f"{size:g}") if size else ""
    form = EVENTS[kind].form
    if size == 0 and form in (YUAN, PRICE) or size < 0:
        return ""
    if form == COUNT and size == 0 and kind == "notice_given":
        return ""
    return say(f"run.size.{EVENTS[kind].size}", size=_written(form, size))


def _written(form: str, size: float) -> str:
    if form == SHARE:
        return figures.share(size, 0)
    if form == YUAN:
        return figures.money(size)
    return figures.decimal(size, 2) if form == PRICE else figures.significant(size, 4)


def event_sentence(kind: str, cause: str, size: float) -> str:
    """One event in words: what happened, why, how large; no full stop, so that it can stand in a list."""
    return bracketed(what(kind), clauses(part for part in (because(cause), how_much(kind, size)) if part))
