"""What the conditions of a plan look at: figures of the city and of its estates as government sees them, and
what is left of a budget; and for how many months in a row each condition has held.

Figures of estates are those that were reported last where the mechanism `reporting` is on; without it, those
at the end of last month. Of its own money government knows what is there. Sums are of whole numbers: exact in
any order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.state.modes import NONE
from sim.model.state.rules import MEASURES
from sim.scenario.conditions import BUDGETS, OWN_BUDGET
from sim.words import IN_CYCLE, STAGES, TIERS

(COLLECTION, QUALITY, CONDITION, SATISFACTION, OPEN_COMPLAINTS, UNMANAGED, PROFESSIONAL, CYCLE) = (
    MEASURES.index(name)
    for name in (
        *("collection", "quality", "condition", "satisfaction", "open_complaints", "unmanaged"),
        *("professional", "in_cycle"),
    )
)
FIRST_BUDGET = MEASURES.index(BUDGETS[0])
OWN = MEASURES.index(OWN_BUDGET)
TIER_OF = np.array([TIERS.index(name.removesuffix("_budget_left")) for name in BUDGETS if name != OWN_BUDGET])
CYCLE_STAGE = np.isin(np.arange(len(STAGES)), IN_CYCLE)  # by stage
UNIT = 2.0**30  # means are of whole multiples of 1 / UNIT
# Added and taken away again, it leaves a number of less than 2**51 rounded to the nearest whole one, halves
# to the even one.
ROUNDING = 1.5 * 2.0**52


@part
def figure_of(estate: Any, measure: int, reported: bool) -> float:
    """A figure of one estate; of what holds or does not, 1 or 0.

    Collection is what was paid when due of the bills of twelve months, and its last value where none were
    billed.
    """
    if measure == COLLECTION:
        return float(estate.reported_rate)
    if measure == QUALITY:
        return float(estate.reported_quality if reported else estate.quality)
    if measure == CONDITION:
        return float(estate.reported_condition if reported else estate.condition)
    if measure == SATISFACTION:
        return float(estate.reported_satisfaction if reported else estate.satisfaction)
    if measure == OPEN_COMPLAINTS:
        cases = estate.reported_complaints_open if reported else estate.complaints_open
        return float(cases / estate.households)
    if measure == UNMANAGED:
        return 1.0 if (estate.reported_mode if reported else estate.mode) == NONE else 0.0
    if measure == PROFESSIONAL:
        return float(estate.reported_professional if reported else estate.professional)
    return 1.0 if CYCLE_STAGE[estate.reported_stage if reported else estate.stage] else 0.0


@part
def figure_of_city(
    estates: np.ndarray, among: np.ndarray, targets: bool, measure: int, reported: bool
) -> float:
    """A figure of all estates together, or of those `among` the targets; NaN where there is none.

    Collection is of the sum of their bills, complaints are of the sum of their households; all else is the
    mean over estates.
    """
    some, whole, number = 0, 0, 0
    for e in range(estates.size):
        if targets and among[e] == 0:
            continue
        estate = estates[e]
        number += 1
        if measure == COLLECTION:
            some += estate.reported_collected_12 if reported else estate.collected_12
            whole += estate.reported_billed_12 if reported else estate.billed_12
        elif measure == OPEN_COMPLAINTS:
            some += estate.reported_complaints_open if reported else estate.complaints_open
            whole += estate.households
        else:
            some += int(figure_of(estate, measure, reported) * UNIT + ROUNDING - ROUNDING)
    if measure == COLLECTION or measure == OPEN_COMPLAINTS:
        return some / whole if whole > 0 else math.nan
    return some / (UNIT * number) if number > 0 else math.nan


@part
def budget_left(government: np.ndarray, balances: np.ndarray, tier: int) -> float:
    """What the bodies of a tier have left, as a part of what they have in a year; NaN if nothing."""
    left, yearly = 0, 0
    for g in range(government.size):
        if government[g].tier == tier:
            left += max(0, balances[government[g].account])
            yearly += government[g].yearly_budget
    return left / yearly if yearly > 0 else math.nan


@kernel
def see_figures(
    rules: np.ndarray,
    estates: np.ndarray,
    among: np.ndarray,
    government: np.ndarray,
    balances: np.ndarray,
    own_left: int,
    own_yearly: int,
    world: np.ndarray,
    seen: np.ndarray,
) -> None:
    """Write what each condition sees into `seen` (rules, estates), that of the city into column 0.

    among: 1 for each estate that the programme aims at. own_left, own_yearly: fen that the programme may
    still spend this year, and in a year (0 or less: no limit).
    """
    reported = world[0].mechanism_reporting != 0
    for r in range(rules.size):
        measure = rules[r].measure
        if rules[r].single != 0:
            for e in range(estates.size):
                seen[r, e] = figure_of(estates[e], measure, reported)
        elif measure == OWN:
            seen[r, 0] = max(0, own_left) / own_yearly if own_yearly > 0 else math.nan
        elif measure >= FIRST_BUDGET:
            seen[r, 0] = budget_left(government, balances, TIER_OF[measure - FIRST_BUDGET])
        else:
            seen[r, 0] = figure_of_city(estates, among, rules[r].targets != 0, measure, reported)


@kernel
def count_months(rules: np.ndarray, seen: np.ndarray, held: np.ndarray) -> None:
    """Count for how many months in a row each condition has held; what is not known holds nothing."""
    for r in range(rules.size):
        level = rules[r].level
        for e in range(seen.shape[1] if rules[r].single != 0 else 1):
            met = seen[r, e] < level if rules[r].below != 0 else seen[r, e] >= level
            held[r, e] = held[r, e] + 1 if met else 0
