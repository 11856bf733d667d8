"""The budget search in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import told
from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, wilson
from sim.model.parameters import PARAMETERS
from sim.outputs.range_words import range_of_pairs
from sim.studies.budget.menu import COST_STEP, funding_words, in_words, money_in_unit
from sim.studies.budget.stress import GAIN
from sim.text import figures, language, say
from sim.text.joins import sentences

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.stress import Failing
    from sim.studies.budget.valuing import Rescored, Valued

INDENT = "  "  # before the lines that are rows of the front


def sentences_of(found: BudgetSearch) -> list[str]:
    """How many packages were tried, the front as fresh seeds see it, the recommendation, where it fails, and the ensemble."""
    count = found.asked.get("fresh") or len(found.asked.get("seeds", ()))
    return [
        *_counted(found),
        *beforehand(found),
        _basis(found),
        *(INDENT + _package(found, one) for one in found.front),
        *_stress_lines(found),
        *told(found.asked, count, language()),
    ]


def shown(found: BudgetSearch) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("budget.facts", tried=figures.count(len(found.tried)), yearly=figures.money(found.yearly))
    return found.scenario.title.in_language(language()), facts, found.front_table


def _counted(found: BudgetSearch) -> list[str]:
    tried, searched, kept = len(found.tried), len(found.searched), len(found.front)
    yearly = money_in_unit(found.yearly)
    lines = [say("budget.tried_so_many", tried=tried, front=searched, yearly=yearly)]
    if kept < searched:
        lines.append(say("budget.left_out", kept=kept, left_out=searched - kept))
    return lines


def beforehand(found: BudgetSearch) -> list[str]:
    """Whose money it is; nothing for results of the first version that do not say what the menu was."""
    kinds = [item["kind"] for item in found.asked.get("menu") or ()]
    return [funding_words(found.scenario, found.yearly, found.payer, kinds)] if kinds else []


def _basis(found: BudgetSearch) -> str:
    """On what seeds the figures are, and what the cost holds."""
    if found.fresh:
        seeds = say("budget.by_fresh_seeds", seeds=found.asked.get("fresh", 0))
    else:
        seeds = say("budget.by_searched_seeds")
    return sentences((seeds, say("budget.cost_holds")))


def money_a_year(cost: float) -> str:
    """Yuan a year as the front was told apart by: in whole steps of COST_STEP, the same in every language."""
    return money_in_unit(round(cost / COST_STEP) * COST_STEP)


def _package(found: BudgetSearch, one: Valued) -> str:
    """What a package of the front costs and reaches, by which seeds, and what it is."""
    values: dict[str, Any] = {
        "number": one.number,
        "cost": _cost_a_year(one),
        "out": figures.share(one.out_of_cycle, 0),
        "worst": figures.share(one.worst_decile_satisfaction, 0),
        "what": in_words(one.package),
    }
    if not found.fresh:
        return say("budget.package", **values)
    seen = next(old for old in found.searched if old.number == one.number)
    return say(
        "budget.package_searched",
        seen_cost=money_a_year(seen.cost),
        seen_out=figures.share(seen.out_of_cycle, 0),
        seen_worst=figures.share(seen.worst_decile_satisfaction, 0),
        **values,
    )


def _cost_a_year(one: Valued) -> str:
    """The cost, and what of it is losses of state-owned companies where that is not nothing in its rounding."""
    cost = money_a_year(one.cost)
    if round(one.state_owned / COST_STEP) == 0:
        return cost
    lost = money_a_year(abs(one.state_owned))
    return say("budget.cost_lost" if one.state_owned > 0 else "budget.cost_saved", cost=cost, lost=lost)


def _stress_lines(found: BudgetSearch) -> list[str]:
    stress, best = found.stress, found.recommended
    if stress is None or best is None:
        return []
    place, (well, futures) = stress.best, stress.confirmed
    lines = [
        _recommended(found, best),
        say(
            "budget.stands",
            share=figures.share(well / futures, 0),
            futures=futures,
            span=_share_sure(well, futures),
            part=figures.share(GAIN, 0),
            chose=stress.nothing.size,
            chosen=figures.share(float(stress.satisficing[place]), 0),
            regret=figures.points(float(stress.regret[place].max()), signed=False),
        ),
    ]
    if stress.regions:
        return lines + [_region(one) for one in stress.regions]
    if stress.enough[place].all():
        return [*lines, say("budget.fails_nowhere")]
    if not stress.enough[place].any():
        return [*lines, say("budget.fails_everywhere")]
    return [*lines, say("budget.fails_anyhow")]


def _share_sure(well: int, futures: int) -> str:
    """How precisely a share of futures is known, in brackets: nothing under five futures, rough under ten."""
    if futures < LEAST_PAIRS:
        return ""
    interval = wilson(well, futures)
    return say(
        "budget.interval_of_share" if futures >= ROUGH_PAIRS else "budget.interval_of_share_rough",
        level=figures.level(interval.level),
        low=figures.share(interval.low, 0),
        high=figures.share(interval.high, 0),
    )


def _recommended(found: BudgetSearch, best: Valued) -> str:
    """The recommendation and, on fresh seeds, what it gains beyond doing nothing, with its interval."""
    again = next((one for one in found.fresh if one.value.number == best.number), None)
    if again is None:
        return say("budget.recommended", number=best.number)
    return say(
        "budget.recommended_over" if best.cost > found.yearly else "budget.recommended_gain",
        number=best.number,
        cost=money_a_year(best.cost),
        gain=figures.points(again.gain, signed=False),
        span=sure_of(again),
    )


def sure_of(again: Rescored) -> str:
    """How precisely the mean gain is known (rough under ten fresh seeds, nothing under five), and what it may be in a pair."""
    interval, held = again.gain_interval, again.gain_range
    text = ""
    if interval.exists:
        bounds = figures.interval(interval.low, interval.high, figures.POINTS)
        text = say("budget.interval_of_gain", level=figures.level(interval.level), bounds=bounds)
    if held.exists and held.pairs < LEAST_PAIRS:
        text += say("budget.no_interval", seeds=held.pairs)
    elif held.exists and held.pairs < ROUGH_PAIRS:
        text += say("budget.rough_interval", seeds=held.pairs)
    if held.exists:
        text += say("budget.may_happen", range=range_of_pairs(held, "share", language()))
    return text


def _region(one: Failing) -> str:
    """Where the recommended package fails: bounds of parameters, and how many of the futures there do."""
    parts = []
    for key, low, high in one.bounds:
        name = str(PARAMETERS[key].label)
        if math.isfinite(low) and math.isfinite(high):
            parts.append(f"{name} ({key}) ∈ [{figures.significant(low)}, {figures.significant(high)}]")
        elif math.isfinite(low):
            parts.append(f"{name} ({key}) > {figures.significant(low)}")
        else:
            parts.append(f"{name} ({key}) ≤ {figures.significant(high)}")
    return say(
        "budget.fails_where",
        where=say("budget.and").join(parts),
        density=figures.share(one.density, 0),
        futures=one.futures,
        coverage=figures.share(one.coverage, 0),
    )
