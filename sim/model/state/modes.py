"""The table of management modes: their codes, and what each means for who manages, what is billed
and what effort is the least.

For single estates in compiled phases and for columns of modes alike, where nothing else is said. To whom a
mode's money goes stands in `sim.model.month.claims`, what effort it plans in `sim.model.month.service`.
"""

from __future__ import annotations

from typing import Any

from sim.model.kernel import part
from sim.words import MODES

MARKET, SOE, UNIT, SELF, CLEANING, NONE = range(len(MODES))
# Whether an estate is billed (column `billing`): as its mode says; not yet, since owners have not agreed to a
# fee; with their consent. The last two are of the mechanism `charging`.
BY_MODE, FREE, AGREED = range(3)


@part
def company_run(mode: Any) -> Any:
    """True where a company manages, of the market or state-owned."""
    return (mode == MARKET) | (mode == SOE)


@part
def managed(mode: Any) -> Any:
    """True where somebody manages the estate: a company, the employer or the owners; not where
    there is at most street cleaning."""
    return (mode != CLEANING) & (mode != NONE)


@part
def open_to_bids(mode: Any, company: Any) -> Any:
    """True where neither a company nor an employer looks after the estate, so that a tender may be held."""
    return (company < 0) & (mode != UNIT)


@part
def billed_share_of_full_fee(mode: int, q: Any) -> Any:
    """The part of the full fee that the mode of one estate bills: all under a company of the market, less
    under others, else nothing."""
    if mode == MARKET:
        return 1.0
    if mode == SOE:
        return q.fees_soe_share
    if mode == UNIT:
        return q.fees_unit_share
    if mode == SELF:
        return q.fees_self_share
    return 0.0


@part
def billed_part(estate: Any, q: Any) -> Any:
    """The part of the full fee that whoever manages an estate bills: nothing while it serves without a fee,
    and a cleaning fee under the community where owners agreed to one."""
    if estate.billing == FREE:
        return 0.0
    if estate.mode == CLEANING and estate.billing == AGREED:
        return q.fees_cleaning_share
    return billed_share_of_full_fee(estate.mode, q)


@part
def least_effort(mode: int, q: Any) -> Any:
    """The share of standard cost below which a company that runs one estate never falls;
    nothing where none does."""
    if mode == MARKET:
        return q.service_floor
    if mode == SOE:
        return q.service_soe_floor
    return 0.0
