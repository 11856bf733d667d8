"""Phase 4, estates: facilities wear and are maintained, legacy defects are removed, the fund pays for repair."""

from __future__ import annotations

from numba.extending import register_jitable

from sim.ledger import Purpose, move

FUND_REPAIR = int(Purpose.FUND_REPAIR)
SUPPLIERS = 0  # account (index in ledger.OUTSIDE)


@register_jitable
def felt_condition(estate, world):  # type: ignore[no-untyped-def]
    """The condition that acts on people and money: frozen at its start where the decay loop is off."""
    return estate.condition if world[0].loop_decay != 0 else estate.condition_start


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
        age = max(0.0, world[0].start_year + (world[0].month - 1) / 12.0 - estate.built_year)
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
