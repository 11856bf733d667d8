"""Phase 4, estates: facilities wear and are maintained, legacy defects are removed,
the fund pays for repair."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import clip, where
from sim.model.kernel import part
from sim.model.ledger import SUPPLIERS, Purpose, move
from sim.model.month.works import lost_of_works, remember_works
from sim.units import MONTHS_PER_YEAR

FUND_REPAIR = int(Purpose.FUND_REPAIR)
CONDITION_BINS = 3


@part
def condition_seen(condition: Any, condition_start: Any, loop_decay: Any) -> Any:
    """The condition that acts on people and money: frozen at its start where the decay loop
    is off; one value or an array."""
    return where(loop_decay != 0, condition, condition_start)


@part
def felt_condition(estate: Any, world: np.ndarray) -> Any:
    """`condition_seen` of one estate."""
    return condition_seen(estate.condition, estate.condition_start, world[0].loop_decay)


@part
def condition_bin(condition: Any) -> Any:
    """Bad, middling or good condition as 0, 1, 2: what anybody sees on a visit; one value or an array."""
    return clip(np.int64(condition * CONDITION_BINS), 0, CONDITION_BINS - 1)


@part
def estate_age(built_year: Any, start_year: Any, month: Any) -> Any:
    """Years since completion at the beginning of a month; 0 where it is still to be
    built; one value or an array."""
    years = start_year + (month - 1) / MONTHS_PER_YEAR - built_year
    return where(years > 0.0, years, 0.0)


@part
def wear_of(condition: float, age: float, wear: float, age_wear: float, deferred: float) -> float:
    """Condition lost this month: more with age, and more the longer maintenance was deferred."""
    return wear * (1.0 + age_wear * age / 10.0) * (1.0 + deferred * (1.0 - condition)) * condition


@part
def maintenance_of(effort: float, start: float, focus: float, gaming: float) -> float:
    """Share of full maintenance: what effort leaves above minimum staff, less what
    is moved to scored items."""
    share = min(1.0, max(0.0, (effort - start) / (1.0 - start)))
    return share * (1.0 - gaming * focus)


@part
def keep_up(
    estates: np.ndarray,
    committees: np.ndarray,
    balances: np.ndarray,
    flows: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """One month of wear, maintenance and repair in every estate."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        age = estate_age(estate.built_year, world[0].start_year, world[0].month)
        maintenance = maintenance_of(
            estate.effort, q.condition_maintenance_start, estate.focus, q.service_gaming
        )
        gain = q.condition_restore * maintenance * (1.0 - estate.condition)
        if committees[e].exists == 1:
            cash = max(0, balances[estate.fund_account])
            repair = int(cash * q.condition_fund_spending * committees[e].activity)
            move(balances, flows, FUND_REPAIR, estate.fund_account, SUPPLIERS, repair)
            yearly = max(1.0, MONTHS_PER_YEAR * estate.price * estate.billable_area)
            gain += (
                q.condition_fund_restore
                * (repair / yearly)
                * (1.0 - estate.condition)
                * committees[e].integrity
            )
        lost = wear_of(estate.condition, age, q.condition_wear, q.condition_age_wear, q.condition_deferred)
        if world[0].mechanism_works != 0:
            lost_works = lost_of_works(estate.new_works, maintenance, q.works_neglect)
            lost += lost_works
            before = estate.condition + gain - lost
            estate.condition = min(1.0, max(0.0, before + estate.lever_condition))
            remember_works(estate, before, lost_works, world, q)
        else:
            estate.condition = min(1.0, max(0.0, estate.condition + gain - lost + estate.lever_condition))
        estate.legacy = max(0.0, estate.legacy - estate.lever_legacy)
