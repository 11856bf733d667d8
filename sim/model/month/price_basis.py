"""How a company is paid, and what it does where nobody looks.

With the mechanism `price_basis` a company of the market under a lump sum (包干制) keeps what it does
not spend, and keeps back more of it the less it is watched. Under remuneration (酬金制) owners pay into
their own account, the estate fund: the company gets a part of what comes in, service is paid out of the
rest, what is left is the owners', and what lacks is theirs too. The books are then open, and somebody must
be able to read them: it needs a committee.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part
from sim.model.ledger import Purpose, move
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.month.claims import keep_claim, manager_account, take_up_claim
from sim.model.state.claims import Claims
from sim.model.state.contracts import LUMP_SUM, REMUNERATION
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import MARKET
from sim.units import FEN_PER_YUAN

U64 = np.uint64
BASIS_BLOCK = block_of(Stream.CONTRACT_BASIS)
PAID, PASSED_ON = int(Purpose.REMUNERATION), int(Purpose.PASSED_ON)
AGREED_TO, ENDED = int(Event.REMUNERATION_AGREED), int(Event.REMUNERATION_ENDED)
POLICY, TERM_ENDED = int(Cause.POLICY), int(Cause.TERM_ENDED)


@part
def skimmed_share(estate: Any, company: Any, world: np.ndarray) -> Any:
    """The part of what a company would spend on an estate that it keeps back: its own propensity where nobody
    watches, nothing under remuneration, where it would not keep it, nor under state-owned fallback."""
    if world[0].mechanism_price_basis == 0 or estate.mode != MARKET or estate.basis != LUMP_SUM:
        return 0.0
    return company.skimming * (1.0 - estate.monitoring)


@part
def kept_back(goal: float, lean: float, effort: float, cost: float) -> int:
    """Fen that a company skims this month: of the effort that it planned (`goal`) what it keeps back to
    (`lean`), as far as effort is under the plan already."""
    return int(cost * max(0.0, min(goal - lean, goal - effort)))


@part
def padding_of(estate: Any, strength: float, padding: float) -> Any:
    """What the same work costs under remuneration relative to a lump sum, since nobody gains by saving:
    dearer where the committee is weak. A programme that had the contract signed brings its own."""
    if estate.basis != REMUNERATION or estate.lever_remuneration > 0.0:
        return 1.0
    return 1.0 + padding * (1.0 - strength)


@part
def carried_over(estate: Any, balance: int) -> int:
    """Fen in the owners' account from before this month, before transfers of this month's programmes count
    as income."""
    passed = max(0, estate.lever_company_income + estate.lever_value_added)
    return int(max(0, balance - (estate.income - estate.remunerated) - passed))


@part
def able_to_hold(committee: Any, able: float) -> Any:
    """True where a committee is able to hold a company to an account of what it spent."""
    return committee.exists == 1 and committee.competence * committee.integrity >= able


@part
def pay_by(
    e: int, basis: int, share: float, companies: np.ndarray, estates: np.ndarray, claims: Claims
) -> None:
    """The company of estate e is paid on another basis from now on; to whom owners owed so far, the company
    or their own account, they go on owing that."""
    estate = estates[e]
    keep_claim(e, manager_account(estate, companies), estates, claims)
    estate.basis = basis
    estate.remuneration = share
    take_up_claim(e, manager_account(estate, companies), estates, claims)


@part
def perhaps_remunerate(
    e: int,
    cause: int,
    companies: np.ndarray,
    committees: np.ndarray,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """A contract is signed in estate e: where a committee is able to, with a declared chance one of
    remuneration."""
    q = p[0]
    estate = estates[e]
    if world[0].mechanism_price_basis == 0 or estate.mode != MARKET or estate.basis != LUMP_SUM:
        return
    if not able_to_hold(committees[e], q.basis_able):
        return
    luck, _, _, _ = philox(
        U64(estate.number),
        U64(world[0].month),
        U64(BASIS_BLOCK),
        U64(0),
        U64(world[0].key_0),
        U64(world[0].key_1),
    )
    if share_of(luck) < q.basis_chosen:
        pay_by(e, REMUNERATION, q.basis_remuneration, companies, estates, claims)
        write_event(events, world, e, estate.company, AGREED_TO, cause, q.basis_remuneration)


@kernel
def open_books(
    estates: np.ndarray,
    companies: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Phase 1, after programmes acted: what they had signed holds, and under remuneration the books are
    open."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        share = min(1.0, estate.lever_remuneration)
        if share > 0.0 and estate.mode == MARKET:
            if estate.basis == LUMP_SUM:
                pay_by(e, REMUNERATION, share, companies, estates, claims)
                write_event(events, world, e, estate.company, AGREED_TO, POLICY, share)
            estate.remuneration = share
        if estate.basis == REMUNERATION:
            estate.lever_disclosure = max(estate.lever_disclosure, q.basis_openness)


@part
def remunerate(
    estates: np.ndarray, companies: np.ndarray, balances: np.ndarray, flows: np.ndarray, world: np.ndarray
) -> None:
    """Phase 3: a remunerated company gets its part of what owners paid this month, and hands on what
    programmes paid it for the estate."""
    if world[0].mechanism_price_basis == 0:
        return
    for e in range(estates.size):
        estate = estates[e]
        estate.remunerated = 0
        if estate.basis != REMUNERATION:
            continue
        account = companies[estate.company].account
        estate.remunerated = int(estate.remuneration * estate.income)
        move(balances, flows, PAID, estate.fund_account, account, estate.remunerated)
        passed = max(0, estate.lever_company_income + estate.lever_value_added)
        move(balances, flows, PASSED_ON, account, estate.fund_account, passed)


@part
def end_unread_books(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    balances: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
) -> None:
    """Phase 6: where there is no committee any longer the company is paid a lump sum again."""
    if world[0].mechanism_price_basis == 0:
        return
    for e in range(estates.size):
        estate = estates[e]
        if estate.basis == REMUNERATION and committees[e].exists == 0:
            pay_by(e, LUMP_SUM, 0.0, companies, estates, claims)
            held = balances[estate.fund_account] / FEN_PER_YUAN
            write_event(events, world, e, estate.company, ENDED, TERM_ENDED, held)
