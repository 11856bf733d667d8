"""Run patterns with replications and score them: what was reported, what the model does, whether and how far it misses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.errors import StudyError
from sim.evidence.patterns import Pattern, resolved
from sim.evidence.readings import Readings, carry_out
from sim.experiments.workplace import Workplace
from sim.studies.score_card.score_card import Loops, Score, ScoreCard
from sim.text import message

REPLICATIONS = 12


def validate(
    patterns: Sequence[Pattern],
    *,
    replications: int = REPLICATIONS,
    first_seed: int = 1,
    ablate: bool = False,
    workplace: Workplace | None = None,
) -> ScoreCard:
    """The score card of patterns over replications with seeds one apart; with `ablate` also with each loop off in turn.

    With an ensemble replication r has its member r; what a pattern sets wins over the member. Readings that the store of the
    workplace has are not made again; where it has none, nothing is kept. StudyError if a run fails: a card over the runs that
    happened to succeed is not the card that was asked for.
    """
    if replications < 1:
        raise StudyError(
            message(
                "problem.instead",
                place="replications",
                found=replications,
                allowed=message("score_card.one_or_more"),
            )
        )
    place = workplace or Workplace()
    members, level = place.members(), place.interval_level
    readings = Readings(replications, first_seed, members)
    loops = _loops(patterns) if ablate else ()
    for pattern in patterns:
        if not pattern.measurable:
            continue
        for loop in ("", *loops):
            readings.ask_pattern(_name(pattern, loop), pattern, {f"loops.{loop}": False} if loop else {})
    found, _ = carry_out(readings.jobs(), place)

    def score(pattern: Pattern, loop: str = "") -> Score:
        if not pattern.measurable:
            return Score(pattern, np.full(replications, np.nan), level)
        return Score(pattern, readings.pattern_values(_name(pattern, loop), pattern, found), level)

    seeds = tuple(range(first_seed, first_seed + replications))
    off_scores = (
        Loops({loop: tuple(score(pattern, loop) for pattern in patterns) for loop in loops})
        if loops
        else None
    )
    return ScoreCard(tuple(score(pattern) for pattern in patterns), seeds, level, members, off_scores)


def _name(pattern: Pattern, loop: str) -> str:
    return f"{pattern.name} {loop}"


def _loops(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The loops that are on in the scenario of some pattern, in the order of the scenario table."""
    names: dict[str, None] = {}
    for scenario in dict.fromkeys(pattern.scenario for pattern in patterns if pattern.measurable):
        names |= {name: None for name, on in resolved(scenario, {}).loops.model_dump().items() if on}
    return tuple(names)
