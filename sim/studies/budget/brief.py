"""The brief of a budget search: which package, by what it is; what is cheaper and as good; where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import LEAST_PAIRS
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row, measured
from sim.outputs.brief.about import about, doubt, other_parameters
from sim.outputs.brief.model import RUNS
from sim.outputs.range_words import few_runs
from sim.outputs.report import common
from sim.results.outcomes import window
from sim.scenario.programme import load_programmes
from sim.studies.budget.chart import only_fresh_seed
from sim.studies.budget.menu import in_words
from sim.studies.budget.package_value import LOSSES
from sim.studies.budget.report import where_it_fails
from sim.text import figures, language, say
from sim.text.joins import bracketed, clauses, listed, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.budget.alternatives import Alternative
    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.package_value import Valued

NAMED = 2  # cheaper packages that are named
WORST = "worst_decile_satisfaction"


def brief_of(search: BudgetSearch) -> Brief:
    """The page that decides between packages, by the fresh seeds where there are any."""
    best, alike = search.recommended, _alike_and_cheaper(search)
    order = [one.number for one in alike]
    order += [one.number for one in search.alternatives if not one.apart and one.number not in order]
    order += [one.number for one in search.front if one.number not in order]
    if best is not None:
        order = [best.number, *(number for number in order if number != best.number)]
    of = {one.number: one for one in search.front}
    left, draw = len(order) - MOST_ROWS, _one_draw(search)
    return Brief(
        _title(search, alike),
        about(
            search.kind.title,
            search.scenario,
            say("budget.brief.yearly", yearly=figures.money(search.yearly)),
            say("budget.brief.tried", count=len(search.tried)),
            draw or doubt(common.facts_of(search.asked.get("ensemble"))),
        ),
        (
            say("budget.bought_head"),
            say("budget.brief.gain", window=window(search.scenario.months)),
            say("budget.brief.cost"),
            say("budget.brief.loses"),
        ),
        tuple(_row(search, of[number]) for number in order[:MOST_ROWS]),
        _recommended(search),
        _alike(search, alike),
        _change(search),
        sentences((_basis(search), say("budget.brief.more", count=left) if left > 0 else "")),
    )


def _one_draw(search: BudgetSearch) -> str:
    """That all figures are of one run of each package, and of which seed; "" where they are of more."""
    if (seed := only_fresh_seed(search)) is not None:
        return say("draw.one", seed=seed)
    seeds = search.asked.get("seeds", ())
    return say("draw.one", seed=int(seeds[0])) if not search.fresh and len(seeds) == 1 else ""


def _basis(search: BudgetSearch) -> str:
    """On which seeds the figures are, and why they have no intervals where these are few."""
    draw = _one_draw(search)
    if draw:
        fresh = bool(search.fresh)
        return say("budget.brief.fresh_one" if fresh else "budget.brief.searched_one", draw=draw)
    seeds = _fresh_seeds(search) if search.fresh else len(search.asked.get("seeds", ()))
    told = say("budget.brief.fresh") if search.fresh else say("budget.by_searched_seeds")
    return sentences((told, few_runs(seeds) if 0 < seeds < LEAST_PAIRS else ""))


def _fresh_seeds(search: BudgetSearch) -> int:
    return int(search.asked.get("fresh", 0))


def _alike_and_cheaper(search: BudgetSearch) -> list[Alternative]:
    """What costs less than the recommended package and cannot be told apart from it, the cheapest first."""
    if len(next((one.gains for one in search.fresh), ())) < LEAST_PAIRS:
        return []
    return sorted(
        (one for one in search.alternatives if one.cheaper and not one.apart), key=lambda one: one.cost.mean
    )


def _short(valued: Valued) -> str:
    """A package by the measures in it alone, in the order in which they start."""
    known = load_programmes()
    kinds = dict.fromkeys(one.kind for one in sorted(valued.package, key=lambda bought: bought.start))
    if not kinds:
        return say("budget.nothing")
    return listed(known[kind].label().in_language(language()) for kind in kinds)


def _row(search: BudgetSearch, valued: Valued) -> Row:
    again = next((one for one in search.fresh if one.value.number == valued.number), None)
    gain: Measured | str = NO_VALUE
    if again is not None:
        gain = Measured(again.gain, again.gain_interval, again.gain_range, "share")
    cost: Measured | str = figures.money(valued.public_cost)
    if valued.values:
        cost = measured(valued.estimate("public_cost"), "yuan")
    name = say("budget.brief.name", number=valued.number, what=_short(valued))
    return Row(name, (gain, cost, _loses(valued)))


def _loses(valued: Valued) -> tuple[str, ...]:
    """What state-owned companies lose, and how satisfied the worst off are: that with its interval and
    range, whose ends are of runs, where those of the other cells are of pairs."""
    worst = figures.share(valued.worst_decile_satisfaction)
    sure: tuple[str, ...] = ()
    if valued.values.get(WORST):
        sure = measured(valued.estimate(WORST), "share", RUNS).lines(told_below=False)[1:]
    lost = getattr(valued, LOSSES)
    if lost > 0:
        return say("budget.brief.lost_and_worst", lost=figures.money(lost), worst=worst), *sure
    return say("budget.brief.worst", worst=worst), *sure


def _title(search: BudgetSearch, alike: list[Alternative]) -> str:
    best = search.recommended
    if best is None:
        return say("budget.brief.title_none", tried=len(search.tried))
    again = next((one for one in search.fresh if one.value.number == best.number), None)
    cost = figures.money(best.public_cost)
    if again is None:
        cost = bracketed(cost, draw) if (draw := _one_draw(search)) else cost
        return say("budget.brief.title_unscored", what=_short(best), cost=cost)
    values: dict[str, Any] = {
        "what": _short(best),
        "cost": cost,
        "gain": figures.points(again.gain, signed=False),
    }
    if (seed := only_fresh_seed(search)) is not None:
        return say("budget.brief.title_one", draw=say("draw.one", seed=seed), **values)
    if _fresh_seeds(search) < LEAST_PAIRS:
        return say("budget.brief.title_few", seeds=_fresh_seeds(search), **values)
    if alike:
        saved = figures.share(_saved(best, alike[0]), 0)
        return say("budget.brief.title_cheaper", saved=saved, **values)
    return say("budget.brief.title", **values)


def _saved(best: Valued, one: Alternative) -> float:
    """Which share of the public cost of the recommended package another one saves."""
    return -one.cost.mean / best.public_cost


def _recommended(search: BudgetSearch) -> str:
    best = search.recommended
    if best is None:
        return say("brief.nothing_recommended", why=say("budget.no_stress"))
    what, seeds = in_words(best.package), _fresh_seeds(search)
    if seeds < LEAST_PAIRS:
        few = say("budget.brief.few_fresh", count=seeds, least=LEAST_PAIRS, number=best.number, what=what)
        return say("brief.nothing_recommended", why=few)
    return say("budget.brief.recommended", number=best.number, what=what)


def _alike(search: BudgetSearch, alike: list[Alternative]) -> str:
    best = search.recommended
    if best is None:
        return say("budget.brief.alike_unknown")
    if _fresh_seeds(search) < LEAST_PAIRS:
        return say("budget.alternative_few", seeds=_fresh_seeds(search), least=LEAST_PAIRS)
    others = [one for one in search.alternatives if not one.apart]
    if not others:
        return say("budget.brief.alike_none", count=len(search.alternatives))
    numbers = listed(f"#{one.number}" for one in others)
    told = [say("budget.brief.alike", packages=numbers)]
    if not alike:
        return sentences([*told, say("budget.brief.cheaper_none")])
    of = {one.number: one for one in search.front}
    cheaper = clauses(
        say(
            "budget.brief.cheaper_one",
            number=one.number,
            what=_short(of[one.number]),
            saved=figures.money(-one.cost.mean),
            part=figures.share(_saved(best, one), 0),
            gain=figures.points(one.gain.mean),
            bounds=figures.interval(one.gain_bounds.low, one.gain_bounds.high, figures.POINTS),
        )
        for one in alike[:NAMED]
    )
    more = len(alike) - NAMED
    return sentences(
        [
            *told,
            say("budget.brief.cheaper", list=cheaper),
            say("budget.brief.cheaper_more", count=more) if more > 0 else "",
        ]
    )


def _change(search: BudgetSearch) -> str:
    told = where_it_fails(search)
    more = say("budget.brief.untried")
    facts = common.facts_of(search.asked.get("ensemble"))
    if _one_draw(search) and not facts:
        return sentences([*told, more, say("brief.other_parameters_of_run")])
    return sentences([*told, more, other_parameters(facts)])
