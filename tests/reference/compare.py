"""Compare the fast city with the reference city, value by value and bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.model.ledger import PURPOSES
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMMITTEE_FIELDS, COMPANY_FIELDS, GOVERNMENT_FIELDS

from .city import ReferenceCity


def differences(fast: City, slow: ReferenceCity) -> list[str]:
    """What differs between the two cities after a month, in words; empty where every bit is the same."""
    s = fast.state
    found: list[str] = []
    owner_columns = [(field.name, getattr(s.owners, field.name)) for field in OWNER_FIELDS]
    found += _table("owner", slow.owners, owner_columns)
    for kind, agents, table, fields in (
        ("estate", slow.estates, s.estates, ESTATE_FIELDS),
        ("company", slow.companies, s.companies, COMPANY_FIELDS),
        ("committee", [estate.committee for estate in slow.estates], s.committees, COMMITTEE_FIELDS),
        ("government body", slow.government, s.government, GOVERNMENT_FIELDS),
    ):
        found += _table(kind, agents, [(f.name, table[f.name]) for f in fields if f.name != "account"])
    houses = [house for estate in slow.estates for house in estate.houses]
    found += _table(
        "building", houses, [(name, getattr(s.buildings, name)) for name in ("paid_share", "refuser_share")]
    )
    found += _claims(fast, slow)
    for number, account in slow.books.named.items():
        if slow.books.balances[account] != s.books.balances[number]:
            found.append(
                f"balance of {account}: {s.books.balances[number]}, reference {slow.books.balances[account]}"
            )
    return [f"month {fast.month}: {text}" for text in found]


def _claims(fast: City, slow: ReferenceCity) -> list[str]:
    found = []
    claims = fast.state.claims
    for estate in slow.estates:
        rows = zip(claims.account[estate.row].tolist(), claims.fen[estate.row].tolist(), strict=True)
        ours = [(slow.books.named[account], fen) for account, fen in rows if fen]
        expected = [(claim.creditor, claim.fen) for claim in estate.claims.claims]
        if ours != expected:
            found.append(f"claims on estate {estate.row}: {ours}, reference {expected}")
    return found


def _table(kind: str, agents: list[Any], columns: list[tuple[str, np.ndarray]]) -> list[str]:
    found = []
    for name, column in columns:
        expected = np.array([getattr(agent, name) for agent in agents], column.dtype)
        ours = np.ascontiguousarray(column)
        differs = np.flatnonzero(_bits(ours) != _bits(expected))
        if differs.size:
            row = int(differs[0])
            found.append(
                f"{name} of {differs.size} {kind} row(s), first {row}: {ours[row]!r}, reference {expected[row]!r}"
            )
    return found


def _bits(values: np.ndarray) -> np.ndarray:
    """The bits of each value as an unsigned whole number."""
    return values.view(f"u{values.dtype.itemsize}")


def month_differences(fast: City, slow: ReferenceCity) -> list[str]:
    """Differences in this month's events and in what moved for which purpose."""
    count = int(fast.state.world["events"][0])
    written = [tuple(event.item()) for event in fast.clockwork.events[:count]]
    found = []
    if written != slow.events:
        unequal = [pair for pair in zip(written, slow.events, strict=False) if pair[0] != pair[1]]
        found.append(f"events: {len(written)}, reference {len(slow.events)}; first unequal {unequal[:1]}")
    lines = [line[1:] for line in fast.ledger_lines if line[0] == fast.month]
    moved = {line[0]: line[4] for line in lines if line[0] in PURPOSES}
    expected = slow.books.close_month()
    if moved != expected:
        found.append(f"ledger: {moved}, reference {expected}")
    return [f"month {fast.month}: {text}" for text in found]
