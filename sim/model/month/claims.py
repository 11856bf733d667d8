"""Claims of former managers on what owners owe: kept when a manager stops, repaid in proportion,
its own when it returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import EMPLOYERS, Purpose, move
from sim.model.state.claims import SLOTS, Claims
from sim.model.state.contracts import REMUNERATION
from sim.model.state.modes import CLEANING, SELF, UNIT

FORMER, FORMER_UNIT = int(Purpose.ARREARS_FORMER), int(Purpose.ARREARS_FORMER_UNIT)
FORMER_SELF, FORMER_CLEANING = int(Purpose.ARREARS_FORMER_SELF), int(Purpose.ARREARS_FORMER_CLEANING)
EMPTY = -1


@part
def manager_account(estate: Any, companies: np.ndarray) -> Any:
    """The ledger account of whoever manages an estate that is billed, to whom fees and arrears are paid."""
    if estate.mode == UNIT:
        return EMPLOYERS
    if estate.mode == SELF or estate.basis == REMUNERATION:
        return estate.fund_account
    if estate.mode == CLEANING:
        return estate.community_account
    return companies[estate.company].account


@part
def put(e: int, slot: int, account: int, fen: int, claims: Claims) -> None:
    """Write one slot of estate e."""
    claims.account[e, slot] = account
    claims.fen[e, slot] = fen


@kernel
def keep_claim(e: int, creditor: int, estates: np.ndarray, claims: Claims) -> None:
    """The manager of estate e stops: what no older claim covers of the arrears is from now
    on a claim of its account.

    Where every slot is taken, the oldest claim goes over to this newest creditor, as if
    sold; the ledger books no price.
    """
    estate = estates[e]
    fen = estate.arrears - estate.former_arrears
    if fen <= 0:
        return
    estate.former_arrears = estate.arrears
    estate.claim_months = 0
    kept = 0
    for slot in range(SLOTS):
        account, owed = claims.account[e, slot], claims.fen[e, slot]
        put(e, slot, EMPTY, 0, claims)
        if owed > 0:
            put(e, kept, account, owed, claims)
            kept += 1
    if kept == SLOTS:
        fen += claims.fen[e, 0]
        for slot in range(1, SLOTS):
            put(e, slot - 1, claims.account[e, slot], claims.fen[e, slot], claims)
        kept -= 1
    put(e, kept, creditor, fen, claims)


@kernel
def take_up_claim(e: int, creditor: int, estates: np.ndarray, claims: Claims) -> None:
    """A former manager manages estate e again: its claim is part of what is owed to the present manager."""
    for slot in range(SLOTS):
        if claims.fen[e, slot] > 0 and claims.account[e, slot] == creditor:
            estates[e].former_arrears -= claims.fen[e, slot]
            put(e, slot, EMPTY, 0, claims)


@part
def repay(
    e: int, slot: int, fen: int, balances: np.ndarray, flows: np.ndarray, estates: np.ndarray, claims: Claims
) -> None:
    """Move `fen` from the owners of estate e to the creditor in a slot."""
    estate = estates[e]
    account = claims.account[e, slot]
    purpose = FORMER
    if account == EMPLOYERS:
        purpose = FORMER_UNIT
    elif account == estate.fund_account:
        purpose = FORMER_SELF
    elif account == estate.community_account:
        purpose = FORMER_CLEANING
    move(balances, flows, purpose, estate.owners_account, account, fen)
    claims.fen[e, slot] -= fen
    estate.former_arrears -= fen


@part
def drop_claims(e: int, fen: int, estates: np.ndarray, claims: Claims) -> None:
    """Arrears of so much lapsed: the oldest debts, which are those of the oldest claims;
    what is over was the manager's."""
    for slot in range(SLOTS):
        gone = min(fen, claims.fen[e, slot])
        if gone > 0:
            claims.fen[e, slot] -= gone
            estates[e].former_arrears -= gone
            fen -= gone


@kernel
def repay_claims(
    e: int, owed_before: int, balances: np.ndarray, flows: np.ndarray, estates: np.ndarray, claims: Claims
) -> int:
    """Give every claim on estate e its part of the arrears repaid this month, whole fen;
    returns what the manager gets.

    A part is in proportion to the arrears `owed_before` the month, rounded down. What rounding leaves is the
    present manager's as far as it is owed that much, then the oldest claims'.
    """
    left = estates[e].recovered
    own = owed_before - estates[e].former_arrears
    for slot in range(SLOTS):
        owed = claims.fen[e, slot]
        if owed > 0:
            part = min(int(estates[e].recovered * (owed / owed_before)), min(owed, left))
            repay(e, slot, part, balances, flows, estates, claims)
            left -= part
    for slot in range(SLOTS):
        part = min(left - own, claims.fen[e, slot])
        if part > 0:
            repay(e, slot, part, balances, flows, estates, claims)
            left -= part
    return int(left)
