"""The brief of an ablation: which loop is the trap, and which cannot be told apart from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.best_found import Best, best_of
from sim.experiments.intervals import LEAST_PAIRS
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row
from sim.outputs.brief.about import about, doubt, other_parameters, replications
from sim.outputs.report import common
from sim.results.outcomes import window
from sim.studies.ablation.ablate import CITY
from sim.studies.ablation.words import LOOPS, TRAP_PART, group_name
from sim.text import figures, say
from sim.text.joins import clauses, labelled, listed, sentences

if TYPE_CHECKING:
    from sim.studies.ablation.ablate import Ablation


def brief_of(ablation: Ablation) -> Brief:
    """The page that says which loop the trap owes itself to."""
    best = _ordered(ablation)
    order = [ablation.loops[place] for place in best.order] if best is not None else list(ablation.loops)
    every = tuple(ablation.loops)
    shown = [*((loop,) for loop in order[: MOST_ROWS - 1]), *([every] if len(every) > 1 else [])]
    facts = common.facts_of(ablation.asked.get("ensemble"))
    when = window(ablation.scenario.months)
    return Brief(
        _title(ablation),
        about(ablation.kind.title, ablation.scenario, replications(len(ablation.seeds)), doubt(facts)),
        (say("ablation.brief.off"), say("ablation.brief.change", window=when), say("ablation.brief.loses")),
        tuple(_row(ablation, off) for off in shown),
        say("brief.nothing_recommended", why=say("ablation.brief.shows")),
        _alike(ablation, best),
        sentences([say("ablation.brief.types", list=_types(ablation)), other_parameters(facts)]),
        sentences(
            [
                say(
                    "ablation.brief.base", share=figures.share(float(ablation.base[CITY].mean())), window=when
                ),
                say("ablation.brief.no_cost"),
                *_unshown(ablation, order[MOST_ROWS - 1 :]),
            ]
        ),
    )


def _ordered(ablation: Ablation) -> Best | None:
    """The loops from the one whose absence lowers the share most, and those not told apart from it."""
    changes = {place: ablation.arm(loop).change[CITY] for place, loop in enumerate(ablation.loops)}
    return best_of(changes, -1, paired=True, level=ablation.level)


def _unshown(ablation: Ablation, loops: list[str]) -> list[str]:
    """The loops that have no row, with the change that each makes: they may be the ones that hold the cycle
    back."""
    if not loops:
        return []
    told = clauses(labelled(LOOPS[loop], figures.points(ablation.arm(loop).mean(CITY))) for loop in loops)
    return [say("ablation.brief.unshown", list=told)]


def _row(ablation: Ablation, off: tuple[str, ...]) -> Row:
    name = say("ablation.brief.all") if len(off) > 1 else LOOPS[off[0]]
    change = Measured(
        ablation.arm(*off).mean(CITY), ablation.interval(off, CITY), ablation.range(off, CITY), "share"
    )
    by_type = {group: ablation.arm(*off).mean(group) for group in ablation.groups if group != CITY}
    worse = [group for group in by_type if by_type[group] > 0]
    told = clauses(
        labelled(group_name(ablation, group), figures.points(by_type[group]))
        for group in sorted(worse, key=lambda one: -by_type[one])[:2]
    )
    return Row(name, (change, told or say("brief.none")))


def _title(ablation: Ablation) -> str:
    when = window(ablation.scenario.months)
    base = float(ablation.base[CITY].mean())
    loop = ablation.trap(CITY)
    if loop is None:
        if len(ablation.seeds) < LEAST_PAIRS:
            return say("ablation.brief.title_few", runs=len(ablation.seeds))
        return say("ablation.brief.title_none", base=figures.share(base), window=when)
    whole = -ablation.arm(loop).mean(CITY) >= TRAP_PART * base
    return say(
        "ablation.brief.title_trap" if whole else "ablation.brief.title_most",
        loop=LOOPS[loop],
        size=figures.points(abs(ablation.arm(loop).mean(CITY)), signed=False),
        base=figures.share(base),
        window=when,
    )


def _alike(ablation: Ablation, best: Best | None) -> str:
    if best is None or len(ablation.loops) == 1:
        return say("ablation.brief.alike_unknown")
    if len(ablation.seeds) < LEAST_PAIRS:
        return say("ablation.brief.alike_few", runs=len(ablation.seeds))
    leader = LOOPS[ablation.loops[best.point]]
    if not best.alike:
        return say("ablation.brief.alike_none", loop=leader)
    return say(
        "ablation.brief.alike",
        loop=leader,
        loops=listed(LOOPS[ablation.loops[place]] for place in best.alike),
    )


def _types(ablation: Ablation) -> str:
    """Which loop is the trap of each type."""
    told = []
    for group in ablation.groups:
        if group != CITY:
            loop = ablation.trap(group)
            told.append(
                labelled(group_name(ablation, group), LOOPS[loop] if loop else say("ablation.brief.no_loop"))
            )
    return clauses(told)
