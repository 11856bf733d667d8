"""Phase 4, estates: facilities wear and are maintained, legacy defects are removed, the fund pays for repair."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from sim.exact import clip, where
from sim.ledger import Purpose, move

FUND_REPAIR = int(Purpose.FUND_REPAIR)
SUPPLIERS = 0  # account (index in ledger.OUTSIDE)
CONDITION_BINS = 3


@register_jitable
def condition_seen(condition, condition_start, loop_decay):  # type: ignore[no-untyped-def]
    """The condition that acts on people and money: frozen at its start where the decay loop is off; one value or an array."""
    return where(loop_decay != 0, condition, condition_start)


@register_jitable
def felt_condition(estate, world):  # type: ignore[no-untyped-def]
    """`condition_seen` of one estate."""
    return condition_seen(estate.condition, estate.condition_start, world[0].loop_decay)


@register_jitable
def condition_bin(condition):  # type: ignore[no-untyped-def]
    """Bad, middling or good condition as 0, 1, 2: what anybody sees on a visit; one value or an array."""
    return clip(np.int64(condition * CONDITION_BINS), 0, CONDITION_BINS - 1)


@register_jitable
def estate_age(built_year, start_year, month):  # type: ignore[no-untyped-def]
    """Years since completion at the beginning of a month; 0 where it is still to be built; one value or an array."""
    years = start_year + (month - 1) / 12.0 - built_year
    return where(years > 0.0, years, 0.0)


@register_jitable
def wear_of(condition, age, wear, age_wear, deferred):  # type: ignore[no-untyped-def]
    """Condition lost this month: more with age, and more the longer maintenance was deferred."""
    return wear * (1.0 + age_wear * age / 10.0) * (1.0 + deferred * (1.0 - condition)) * condition


@register_jitable
def maintenance_of(effort, start, focus, gaming):  # type: ignore[no-untyped-def]
    """Share of full maintenance: what effort leaves above minimum staff, less what is moved to scored items."""
    share = min(1.0, max(0.0, (effort - start) / (1.0 - start)))
    return share * (1.0 - gaming * focus)


@register_jitable
def keep_up(estates, committees, balances, flows, world, p):  # type: ignore[no-untyped-def]
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
            yearly = max(1.0, 12.0 * estate.price * estate.billable_area)
            gain += (
                q.condition_fund_restore
                * (repair / yearly)
                * (1.0 - estate.condition)
                * committees[e].integrity
            )
        lost = wear_of(estate.condition, age, q.condition_wear, q.condition_age_wear, q.condition_deferred)
        estate.condition = min(1.0, max(0.0, estate.condition + gain - lost + estate.lever_condition))
        estate.legacy = max(0.0, estate.legacy - estate.lever_legacy)
