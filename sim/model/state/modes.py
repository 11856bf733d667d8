"""The six management modes as codes, for the compiled phases."""

from __future__ import annotations

from typing import Any

from sim.model.kernel import part

MARKET, SOE, UNIT, SELF, CLEANING, NONE = range(6)


@part
def billed_share_of_full_fee(mode: int, q: Any) -> Any:
    """The part of the full fee that a mode bills: all under a company, less under unit or self-management, else nothing."""
    if mode == MARKET:
        return 1.0
    if mode == SOE:
        return q.fees_soe_share
    if mode == UNIT:
        return q.fees_unit_share
    if mode == SELF:
        return q.fees_self_share
    return 0.0
