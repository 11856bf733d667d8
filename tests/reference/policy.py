"""What policy did in a month of the fast city: every value it changed, to be repeated in the reference city.

Programmes act on columns through `sim.model.programmes.policy.Policy`. Instead of a second implementation of
every programme, the state is compared before and after policy acted; the reference takes over the
differences and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.start.start import State

if TYPE_CHECKING:
    from sim.mesa_city import City

    from .city import ReferenceCity

TABLES = ("estates", "companies", "committees", "government")


class PolicyRecord:
    """The values that policy changed in one month."""

    def __init__(
        self, before: State, after: State, events: list[tuple[Any, ...]], flows: dict[Any, int]
    ) -> None:
        """Compare two copies of the state; `flows` are the programmes' payments."""
        self.changes: list[tuple[str, int, str, Any]] = []
        for table in TABLES:
            old, new = getattr(before, table), getattr(after, table)
            for column in new.dtype.names:
                for row in np.flatnonzero(old[column] != new[column]):
                    self.changes.append((table, int(row), column, new[column][row].item()))
        for column in after.owners._fields:
            old, new = getattr(before.owners, column), getattr(after.owners, column)
            self.changes += [("owners", int(row), column, new[row]) for row in np.flatnonzero(old != new)]
        self.fallback_left = int(after.world["fallback_left"][0])
        self.moved = after.books.balances - before.books.balances
        self.events = events
        self.flows = flows

    def apply(self, city: ReferenceCity) -> None:
        """Repeat the changes in the reference city."""
        committees = [estate.committee for estate in city.estates]
        agents = {
            "estates": city.estates,
            "companies": city.companies,
            "committees": committees,
            "government": city.government,
            "owners": city.owners,
        }
        for table, row, column, value in self.changes:
            setattr(agents[table][row], column, value)
        city.fallback_left = self.fallback_left
        for account in np.flatnonzero(self.moved):
            city.books.balances[city.books.named[int(account)]] += int(self.moved[account])
        city.events.extend(self.events)


def watch(city: City) -> Callable[[], PolicyRecord]:
    """Have what policy does in `city` recorded; the returned function gives the record of the last month."""
    act = city.policy.act
    last: list[PolicyRecord] = []

    def act_and_compare() -> None:
        before = copy_of(city.state)
        act()
        count = int(city.state.world["events"][0])
        events = [tuple(event.item()) for event in city.clockwork.events[:count]]
        last[:] = [PolicyRecord(before, copy_of(city.state), events, dict(city.state.books.programme_flows))]

    city.policy.act = act_and_compare  # type: ignore[method-assign]
    return lambda: last[0]


def copy_of(state: State) -> Any:
    """A copy of what a programme may change."""
    copied = type("Copy", (), {})()
    for table in (*TABLES, "world"):
        setattr(copied, table, getattr(state, table).copy())
    copied.owners = type(state.owners)(*(column.copy() for column in state.owners))
    copied.books = type("Books", (), {"balances": state.books.balances.copy()})()
    return copied
