"""Phase 2, the estate side: what share of the fee is billed before, and where the payments
go after the owners decided."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import Purpose, move
from sim.model.month.claims import drop_claims, manager_account, repay_claims
from sim.model.state.claims import Claims
from sim.model.state.contracts import REMUNERATION
from sim.model.state.modes import CLEANING, SELF, UNIT, billed_part

FEES, FEES_UNIT, FEES_SELF = int(Purpose.FEES), int(Purpose.FEES_UNIT), int(Purpose.FEES_SELF)
ARREARS, ARREARS_UNIT, ARREARS_SELF = (
    int(Purpose.ARREARS),
    int(Purpose.ARREARS_UNIT),
    int(Purpose.ARREARS_SELF),
)
FEES_REMUNERATION, ARREARS_REMUNERATION = int(Purpose.FEES_REMUNERATION), int(Purpose.ARREARS_REMUNERATION)
FEES_CLEANING, ARREARS_CLEANING = int(Purpose.FEES_CLEANING), int(Purpose.ARREARS_CLEANING)


@part
def bill_shares(estates: np.ndarray, p: np.ndarray, bill_share: np.ndarray) -> None:
    """Fill `bill_share` (float64, one an estate) with the part of the full fee billed this month."""
    for e in range(estates.size):
        bill_share[e] = billed_part(estates[e], p[0])


@part
def purposes_of(estate: Any) -> tuple[int, int]:
    """For which purposes owners of an estate pay its present manager: (fees, arrears)."""
    if estate.mode == UNIT:
        return FEES_UNIT, ARREARS_UNIT
    if estate.mode == SELF:
        return FEES_SELF, ARREARS_SELF
    if estate.mode == CLEANING:
        return FEES_CLEANING, ARREARS_CLEANING
    if estate.basis == REMUNERATION:
        return FEES_REMUNERATION, ARREARS_REMUNERATION
    return FEES, ARREARS


@part
def book_cases(estate: Any) -> None:
    """What cases brought in counts as repaid, and what was given up in them as lapsed; that money has moved
    already."""
    estate.recovered += estate.case_paid
    estate.lapsed += estate.case_given_up


@kernel
def book_payments(
    estates: np.ndarray,
    companies: np.ndarray,
    claims: Claims,
    balances: np.ndarray,
    flows: np.ndarray,
    p: np.ndarray,
) -> None:
    """Move this month's fees and repaid arrears to whoever they are owed to, and update
    what owners can see of payment.

    Repaid arrears go to former managers and the present one in proportion to what is owed
    to each before the month.
    """
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        owners = estate.owners_account
        if estate.billed <= 0:
            drop_claims(e, estate.lapsed, estates, claims)
            estate.income = estate.case_income
            book_cases(estate)
            estate.paid_share += q.payment_norm_erosion * (
                min(estate.paid_share, q.payment_norm_floor) - estate.paid_share
            )
            continue
        estate.paid_share = estate.payers / estate.households
        own = estate.recovered
        if own > 0 and estate.former_arrears > 0:
            owed_before = estate.arrears - (estate.billed - estate.collected) + own + estate.lapsed
            own = repay_claims(e, owed_before, balances, flows, estates, claims)
        drop_claims(e, estate.lapsed, estates, claims)
        fees, arrears = purposes_of(estate)
        manager = manager_account(estate, companies)
        move(balances, flows, fees, owners, manager, estate.collected)
        move(balances, flows, arrears, owners, manager, own)
        estate.income = estate.collected + own + estate.case_income
        book_cases(estate)
