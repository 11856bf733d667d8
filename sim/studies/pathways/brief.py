"""The brief of pathways: which plan to begin with, until when it is good enough, and what is then open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row, measured
from sim.outputs.brief.about import about, doubt, other_parameters, replications, told_apart
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, titled
from sim.outputs.report import common
from sim.studies.pathways.lasting import LEAST_MEDIAN, OPEN
from sim.studies.pathways.signposts import TOO_FEW
from sim.studies.pathways.words import (
    alarm_written,
    alike_to,
    figure_written,
    is_told,
    month_written,
    months_between,
    precision_written,
    range_written,
    rule_line,
    share_bounds,
)
from sim.text import figures, say
from sim.text.joins import clauses, listed, quoted, sentences

if TYPE_CHECKING:
    from sim.studies.pathways.lasting import SellBy
    from sim.studies.pathways.pathways import Pathway, Pathways


def brief_of(found: Pathways) -> Brief:
    """The page that decides where to begin."""
    order = sorted(found.firsts, key=lambda path: (-_lasts(found.sell_by(path)), _cost(found, path).mean))
    first, left = order[0], len(order) - MOST_ROWS
    facts = common.facts_of(found.ensemble)
    return Brief(
        _title(found, first),
        about(found.kind.title, found.scenario, replications(found.runs), doubt(facts)),
        (
            say("pathways.brief.plan"),
            say("pathways.brief.until"),
            say("pathways.brief.cost", months=found.months),
            say("pathways.brief.open"),
        ),
        tuple(_row(found, path) for path in order[:MOST_ROWS]),
        _recommended(found, first),
        _alike(found, first, order),
        _change(found, first, other_parameters(facts)),
        sentences(
            [
                say("pathways.brief.rule", rule=capital(rule_line(found))),
                say("pathways.brief.no_losers"),
                say("pathways.brief.more", count=left) if left > 0 else "",
            ]
        ),
    )


def plan_title(found: Pathways, name: str) -> str:
    """A plan by its title, without what was changed in all of them alike."""
    titles = told_apart(titled(scenario.title, plan) for plan, scenario in found.plans.items())
    return dict(zip(found.plans, titles, strict=True))[name]


def plan_quoted(found: Pathways, name: str) -> str:
    """A plan in a sentence."""
    return quoted(plan_title(found, name))


def _lasts(one: SellBy) -> float:
    """For how long a plan is good enough in half of the runs; never is 0."""
    return 0.0 if one.never == one.runs or math.isnan(one.median) else one.median


def _cost(found: Pathways, path: Pathway) -> Measured:
    return measured(found.costs(path, "public_cost")[0], "yuan", RUNS)


def _row(found: Pathways, path: Pathway) -> Row:
    one = found.sell_by(path)
    told = [say("pathways.brief.never") if one.never == one.runs else month_written(found, one.median)]
    if one.never < one.runs:
        told.append(precision_written(found, one.precision, one.runs))
        if one.held.exists:
            told.append(range_written(found, one.held))
    return Row(plan_title(found, path.plan), (tuple(told), _cost(found, path), _open(found, path)))


def _judged(found: Pathways, path: Pathway) -> list[Pathway]:
    """The switches from a plan that can be judged."""
    return [one for one in found.switches if one.plans[:-1] == path.plans and is_told(found, one)]


def _open_ones(found: Pathways, path: Pathway) -> list[Pathway]:
    """The switches from a plan that are open, those when it fails before those that come earlier."""
    ones = [one for one in _judged(found, path) if found.verdict(one)[0] == OPEN]
    return sorted(ones, key=lambda one: one.before)


def _open(found: Pathways, path: Pathway) -> str:
    if not _judged(found, path):
        return say("pathways.brief.not_judged")
    names = dict.fromkeys(plan_title(found, one.plan) for one in _open_ones(found, path))
    return listed(names) if names else say("pathways.brief.none_open")


def _title(found: Pathways, first: Pathway) -> str:
    one = found.sell_by(first)
    names: dict[str, Any] = {"plan": plan_quoted(found, first.plan), "months": found.months}
    if one.never == one.runs:
        return say("pathways.brief.title_none")
    if alike := alike_to(found, first):
        plans = listed(plan_quoted(found, path.plan) for path in (first, *alike))
        return say("pathways.brief.title_alike", plans=plans)
    if math.isinf(one.median):
        return say("pathways.brief.title_holds", **names)
    return say("pathways.brief.title", month=month_written(found, one.median), **names)


def _recommended(found: Pathways, first: Pathway) -> str:
    if _lasts(found.sell_by(first)) == 0:
        return say("brief.nothing_recommended", why=say("pathways.brief.none_enough"))
    plan, alike = plan_quoted(found, first.plan), alike_to(found, first)
    others = listed(plan_quoted(found, path.plan) for path in alike)
    told = [
        say("pathways.brief.begin_any", plan=plan, others=others)
        if alike
        else say("pathways.brief.begin", plan=plan)
    ]
    ones = _open_ones(found, first)
    if ones:
        share = found.verdict(ones[0])[1]
        bounds = share_bounds(share, ones[0].state.size)
        told.append(say("pathways.brief.then", plan=plan_quoted(found, ones[0].plan), bounds=bounds))
    return sentences(told)


def _alike(found: Pathways, first: Pathway, order: list[Pathway]) -> str:
    """The plans whose median month has an interval that reaches that of the first."""
    own = found.sell_by(first)
    if not own.precision.exists:
        return say("pathways.brief.alike_few", runs=own.runs, least=LEAST_MEDIAN)
    alike = _in_order(order, alike_to(found, first))
    if not alike:
        return say("pathways.brief.alike_none", plan=plan_quoted(found, first.plan))
    names = listed(plan_quoted(found, path.plan) for path in alike)
    cost = _cost(found, first).mean
    cheaper = clauses(
        say(
            "pathways.brief.cheaper_one",
            plan=plan_quoted(found, path.plan),
            saved=figures.money(cost - _cost(found, path).mean),
        )
        for path in alike
        if _cost(found, path).mean < cost
    )
    more = say("pathways.brief.cheaper", list=cheaper) if cheaper else say("pathways.brief.cheaper_none")
    return sentences([say("pathways.brief.alike", plans=names), more])


def _in_order(order: list[Pathway], paths: list[Pathway]) -> list[Pathway]:
    names = {path.plan for path in paths}
    return [path for path in order if path.plan in names]


def _change(found: Pathways, first: Pathway, parameters: str) -> str:
    """What tells beforehand that the first plan will fail, and when it may in single runs."""
    one = found.sell_by(first)
    told = []
    if one.held.exists and one.never < one.runs:
        bounds = months_between(found, one.held.low, one.held.high)
        told.append(say("pathways.brief.may_fail", bounds=bounds))
    signs = [sign for sign in found.signposts_for(first.plan) if sign.worth]
    if signs:
        told.append(
            say("pathways.brief.watch", figure=figure_written(signs[0]), side=alarm_written(signs[0]))
        )
    elif one.ended and found.why_no_signpost(first.plan) != TOO_FEW:
        told.append(say("pathways.brief.watch_nothing"))
    return sentences([*told, say("pathways.brief.threshold"), parameters])
