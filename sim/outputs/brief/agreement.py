"""How far the model agrees with what cities reported, in a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.evidence.patterns import CALIBRATION, HELD_OUT
from sim.text import figures, language, say
from sim.text.joins import bracketed, clauses, sentences

if TYPE_CHECKING:
    from sim.evidence.shipped_card import Verdict


def agreement(model: str) -> str:
    """What the shipped score card says, held-out misses by name; that it is of another model than this one
    (a hash) where it is."""
    from sim.evidence.shipped_card import shipped_card

    card = shipped_card()
    (fit, fit_of), (held, held_of) = card.counts(CALIBRATION), card.counts(HELD_OUT)
    told = [
        say(
            "brief.score_card",
            fit=fit,
            fit_of=fit_of,
            held=held,
            held_of=held_of,
            runs=card.replications,
        )
    ]
    misses = card.held_out_misses
    if misses:
        told.append(say("brief.held_out_misses", misses=clauses(_miss(one) for one in misses)))
    if model != card.model:
        told.append(say("brief.other_model"))
    return sentences(told)


def _miss(one: Verdict) -> str:
    """A pattern that is missed, and by how much where that is a share."""
    title = one.pattern.title.in_language(language())
    known = one.pattern.told_unit in ("share", figures.POINTS) and not math.isnan(one.off) and one.off != 0
    return bracketed(title, figures.points(one.off)) if known else title
