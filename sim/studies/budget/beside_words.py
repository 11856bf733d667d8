"""What stands beside the recommended package, in words: what costs less and cannot be told apart from it, and
what drawing at random and single measures would have found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.intervals import CONSTANT, LEAST_PAIRS, RARE, Estimate
from sim.outputs.range_words import how_sure, marked_rough, words_of_notes
from sim.outputs.report.model import Table
from sim.studies.budget.menu import in_words, money_in_unit
from sim.studies.budget.rivals import Advantage, Matched
from sim.text import Family, figures, say
from sim.text.joins import bracketed, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.budget.alternatives import Alternative
    from sim.studies.budget.budget import BudgetSearch

RIVALS = Family("budget.rival", ("random", "single"))
VERDICTS = Family("budget.verdict", ("better", "level", "worse", "unknown", "rare"))


def sentences_beside(search: BudgetSearch) -> list[str]:
    """What is cheaper and not told apart, and whether the search was worth it; [] where nobody looked."""
    return [*_alternative_lines(search), *rival_lines(search)]


def points_sure(estimate: Estimate) -> str:
    """A mean difference between shares with its sign; in brackets how sure it is."""
    told = figures.points(estimate.mean)
    return (
        told if _always(estimate) else bracketed(told, how_sure(estimate.interval, estimate.range, "share"))
    )


def money_difference(estimate: Estimate) -> str:
    """A mean difference between amounts a year with its sign, as costs are written; in brackets how sure."""
    sign = "+" if estimate.mean > 0 else ""
    told = sign + money_in_unit(estimate.mean)
    return told if _always(estimate) else bracketed(told, how_sure(estimate.interval, estimate.range, "yuan"))


def _always(estimate: Estimate) -> bool:
    """Whether it was nothing with every seed: the same package, or none on both sides."""
    return estimate.interval.note == CONSTANT and estimate.mean == 0


# what is cheaper and cannot be told apart


def _alternative_lines(search: BudgetSearch) -> list[str]:
    best, others = search.recommended, search.alternatives
    if best is None or not search.fresh:
        return []
    if search.asked["fresh"] < LEAST_PAIRS:
        return [say("budget.alternative_few", seeds=search.asked["fresh"], least=LEAST_PAIRS)]
    cheaper = [one for one in others if one.cheaper]
    if not cheaper:
        return [say("budget.alternative_cheapest", number=best.number)]
    alike = [one for one in cheaper if not one.apart]
    told = {"number": best.number, "cheaper": len(cheaper)}
    if not alike:
        return [say("budget.alternative_none", **told)]
    return [say("budget.alternative_some", alike=len(alike), **told), *(_alike(search, one) for one in alike)]


def _alike(search: BudgetSearch, one: Alternative) -> str:
    """A cheaper package that is not told apart: its price, what it would save, what it might lose."""
    other = next(valued for valued in search.front if valued.number == one.number)
    return say(
        "budget.alternative",
        number=one.number,
        cost=money_in_unit(other.public_cost),
        saved=money_difference(one.cost),
        gain=points_sure(one.gain),
        what=in_words(other.package),
    )


def alternatives_table(search: BudgetSearch) -> list[Table]:
    """Every other package of the front beside the recommended one."""
    best, others = search.recommended, search.alternatives
    if best is None or not others:
        return []
    rows = tuple(
        (
            f"#{one.number}",
            money_difference(one.cost),
            points_sure(one.gain),
            points_sure(one.worst_tenth),
            _enough(one),
            NO_VALUE if one.apart is None else say("budget.apart" if one.apart else "budget.not_apart"),
        )
        for one in others
    )
    columns = (
        say("budget.package_head"),
        say("budget.less_cost"),
        say("budget.less_gain"),
        say("budget.less_worst"),
        say("budget.less_enough"),
        say("budget.told_apart"),
    )
    title = say("budget.alternatives", number=best.number)
    return [Table(title, columns, rows, say("budget.alternatives_note"))]


def _enough(one: Alternative) -> str:
    """In how many more futures it does well enough, with the exact interval, or why there is none."""
    told, bounds = figures.points(one.enough), one.enough_exact
    if not bounds.exists:
        return bracketed(told, words_of_notes()[bounds.note])
    ends = marked_rough(figures.interval(bounds.low, bounds.high, figures.POINTS), bounds, one.futures)
    return bracketed(told, say("budget.exact", level=figures.level(bounds.level), bounds=ends))


# whether the search was worth it


def rival_lines(search: BudgetSearch) -> list[str]:
    """How the search fares beside each rival: for all sums, then at the cost of the recommended package."""
    if not search.rivals:
        return []
    found = [_advantage(search, one) for one in search.advantages]
    place = compared_at(search)
    found += [_matched(search, one) for one in search.matches if one.number == place]
    return [*found, say("budget.rivals_luck")]


def compared_at(search: BudgetSearch) -> int | None:
    """The package whose comparison is told: the recommended one, else the one of the front with most
    estates out of the cycle by the seeds of the search; None where nothing is bought."""
    if search.recommended is not None and search.recommended.package:
        return search.recommended.number
    numbers = {one.number for one in search.front if one.package}
    seen = [one for one in search.searched if one.number in numbers]
    return max(seen, key=lambda one: one.out_of_cycle).number if seen else None


def _advantage(search: BudgetSearch, one: Advantage) -> str:
    tried = next(len(rival.tried) for rival in search.rivals if rival.name == one.rival)
    return sentences(
        (
            say(
                "budget.advantage",
                most=money_in_unit(one.most),
                rival=RIVALS[one.rival],
                tried=tried,
                gain=figures.points(one.gain, signed=False),
                other=figures.points(one.of_rival, signed=False),
                difference=points_sure(one.difference),
            ),
            VERDICTS[verdict(one.difference)],
        )
    )


def verdict(difference: Estimate) -> str:
    """Whether a mean difference is above zero, below, cannot be told from it, or nothing can be said: of few
    seeds, or because too few differ for the interval to be trusted."""
    interval = difference.interval
    if interval.note == RARE:
        return "rare"
    if interval.note == CONSTANT and difference.mean and difference.range.pairs >= LEAST_PAIRS:
        return "better" if difference.mean > 0 else "worse"
    if interval.exists:
        return "better" if interval.low > 0 else "worse" if interval.high < 0 else "level"
    return "level" if _always(difference) else "unknown"


def _matched(search: BudgetSearch, one: Matched) -> str:
    package = next(valued.package for valued in search.front if valued.number == one.number)
    if package == one.other.package:
        return say("budget.matched_same", number=one.number, rival=RIVALS[one.rival])
    return sentences(
        (
            say(
                "budget.matched",
                number=one.number,
                rival=RIVALS[one.rival],
                what=in_words(one.other.package),
                gain=points_sure(one.gain),
                cost=money_difference(one.cost),
            ),
            VERDICTS[verdict(one.gain)],
        )
    )


def rival_tables(search: BudgetSearch) -> list[Table]:
    """Every package of the front beside what each rival would have bought for no more."""
    if not search.rivals:
        return []
    rows = tuple(
        (
            f"#{one.number}",
            RIVALS[one.rival],
            in_words(one.other.package),
            points_sure(one.gain),
            money_difference(one.cost),
            points_sure(one.worst_tenth),
        )
        for one in search.matches
    )
    columns = (
        say("budget.package_head"),
        say("budget.rival_head"),
        say("budget.other_head"),
        say("budget.less_gain"),
        say("budget.less_cost"),
        say("budget.less_worst"),
    )
    return [Table(say("budget.matches"), columns, rows, say("budget.matches_note"), folded=True)]
