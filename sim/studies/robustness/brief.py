"""The brief of a study of robustness: which plan is robust, what cannot be told apart from it, and where it
fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import LEAST_PAIRS, NO_RANGE, estimate_of
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row, measured
from sim.outputs.brief.about import about, doubt, told_apart
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, size_of, titled
from sim.outputs.report import common
from sim.results.outcomes import OUTCOMES
from sim.studies.robustness.words import (
    decided_on,
    enough,
    input_name,
    variant_lines,
    warnings_of,
    where,
    world_name,
)
from sim.text import figures, say
from sim.text.joins import bracketed, clauses, listed, quoted, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.robustness.robust import Robustness, Standing

COST = "public_cost"


def brief_of(found: Robustness) -> Brief:
    """The page that decides between plans by how often each does well enough, or by regret."""
    robust = found.most_robust
    order = sorted(
        found.standings,
        key=lambda one: (one.arm != robust.arm, -one.met if one.met == one.met else 0.0, one.worst),
    )
    left = len(order) - MOST_ROWS
    return Brief(
        _title(found, robust),
        about(
            found.kind.title,
            found.scenario,
            say("robust.brief.worlds", count=len(found.worlds)),
            _runs(found),
            *_doubt(found),
        ),
        (
            say("robust.brief.plan"),
            say("robust.brief.enough"),
            say("robust.brief.regret", subject=decided_on(found)),
            say("robust.brief.outcome", subject=decided_on(found)),
            say("robust.brief.cost"),
        ),
        tuple(_row(found, one) for one in order[:MOST_ROWS]),
        say("robust.brief.recommended", plan=plan(found, robust.arm), why=_why(found, robust)),
        _alike(found, robust),
        _change(found, robust),
        sentences(
            [
                say("robust.brief.rule", enough=capital(enough(found))) if found.thresholds else "",
                *(warnings_of(found) if found.fewest_runs < LEAST_PAIRS else ()),  # why there is no interval
                "" if COST in _asked(found) else say("robust.brief.no_cost"),
                *variant_lines(found),
                say("robust.brief.no_losers"),
                say("robust.brief.more", count=left) if left > 0 else "",
            ]
        ),
    )


def _apart(found: Robustness) -> bool:
    """Whether the scenarios as they are have more runs than the other worlds."""
    return found.fewest_runs != found.futures


def _runs(found: Robustness) -> str:
    """How many runs each plan has in each world."""
    if _apart(found):
        return say("robust.brief.runs_apart", all=found.futures, runs=found.fewest_runs)
    return say("robust.brief.runs", count=found.fewest_runs)


def _doubt(found: Robustness) -> tuple[str, ...]:
    """What its ranges contain: luck, an ensemble, and what varies over a range besides."""
    facts, factors = common.facts_of(found.ensemble), found.asked["factors"]
    if not factors:
        return (doubt(facts),)
    names = listed(input_name(found, key) for key in factors)
    if not facts:
        return (say("robust.brief.luck_and_factors", factors=names),)
    return doubt(facts), say("robust.brief.factors", factors=names)


def _titles(found: Robustness) -> dict[str, str]:
    """What plans are called, by name: without what was changed in all of them alike."""
    titles = [titled(found.asked["titles"].get(arm), arm) for arm in found.arms]
    return dict(zip(found.arms, told_apart(titles), strict=True))


def plan(found: Robustness, arm: str) -> str:
    """A plan in a sentence."""
    return quoted(_titles(found)[arm])


def _name(found: Robustness, arm: str) -> str:
    """A plan in the table, with the name that commands and other sentences have for it."""
    title = _titles(found)[arm]
    return title if title == arm else bracketed(title, arm)


def _asked(found: Robustness) -> list[str]:
    return list(found.values[found.worlds[0].name])


def _row(found: Robustness, one: Standing) -> Row:
    met: Measured | str = NO_VALUE
    if found.thresholds:
        met = Measured(one.met, one.met_interval, NO_RANGE, "share", RUNS, rests_on=found.fewest_runs)
    worst: Measured | str = NO_VALUE
    if one.worst == one.worst:
        held = found.regret_of(one.arm, one.worst_world).range
        worst = Measured(one.worst, one.worst_interval, held, found.unit, RUNS, difference=True)
    cost: Measured | str = NO_VALUE
    if COST in _asked(found):
        place = found.arms.index(one.arm)
        cost = measured(estimate_of(found.values[found.worlds[0].name][COST][place]), "yuan", RUNS)
    mean = measured(one.mean, OUTCOMES[found.outcome].unit, RUNS)
    return Row(_name(found, one.arm), (met, worst, mean, cost))


def _title(found: Robustness, robust: Standing) -> str:
    names: dict[str, Any] = {"plan": plan(found, robust.arm)}
    alike = _others(found, robust)
    if found.thresholds:
        share = figures.share(robust.met, 0)
        return say("robust.brief.title_alike" if alike else "robust.brief.title", share=share, **names)
    if robust.worst != robust.worst:
        return say("robust.brief.title_unknown")
    size = size_of(robust.worst, found.unit)
    if alike:
        return say("robust.brief.title_regret_alike", size=size, **names)
    return say("robust.brief.title_regret", size=size, **names)


def _why(found: Robustness, robust: Standing) -> str:
    if found.best_on_average.arm == robust.arm:
        return say("robust.brief.also_best")
    return say("robust.brief.not_best", plan=plan(found, found.best_on_average.arm))


def _others(found: Robustness, robust: Standing) -> list[str]:
    """The plans that are not told apart from the robust one."""
    among = [one.arm for one in found.standings if (one.met_among if found.thresholds else one.regret_among)]
    return [arm for arm in among if arm != robust.arm]


def _alike(found: Robustness, robust: Standing) -> str:
    if found.fewest_runs < LEAST_PAIRS:
        told_few: dict[str, Any] = {"runs": found.fewest_runs, "least": LEAST_PAIRS}
        if _apart(found):
            return say("robust.brief.too_few", all=found.futures, **told_few)
        return say("robust.too_few", **told_few)
    others = _others(found, robust)
    if not others:
        return say("robust.told_apart", plan=plan(found, robust.arm))
    told = [
        say("robust.alike", plan=plan(found, robust.arm), others=listed(plan(found, arm) for arm in others))
    ]
    if COST in _asked(found):
        costs = found.values[found.worlds[0].name][COST]
        own = float(costs[found.arms.index(robust.arm)].mean())
        cheaper = [
            (arm, own - float(costs[found.arms.index(arm)].mean()))
            for arm in others
            if float(costs[found.arms.index(arm)].mean()) < own
        ]
        each = clauses(
            say("robust.one", plan=plan(found, arm), value=figures.money(saved)) for arm, saved in cheaper
        )
        told.append(say("robust.brief.cheaper", list=each) if cheaper else say("robust.brief.cheaper_none"))
    return sentences(told)


def _change(found: Robustness, robust: Standing) -> str:
    """In which world it misses most, and where it fails."""
    told = []
    if robust.worst == robust.worst and robust.worst > 0:
        told.append(
            say(
                "robust.brief.misses",
                world=world_name(robust.worst_world),
                size=size_of(robust.worst, found.unit),
            )
        )
    rule = found.rule(robust.arm)
    if rule is not None:
        told.append(where(found, rule))
    elif not found.thresholds:
        told.append(say("robust.no_threshold"))
    return sentences([*told, say("robust.brief.outside")])
