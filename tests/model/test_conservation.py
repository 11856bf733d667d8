"""Every fen moves between two named accounts, and the ledger, the estates and the
owners tell the same story."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.worlds import random_policy, random_scenario

from sim.mesa_city import City
from sim.model.ledger import KINDS

from .cities import lively_scenario

OWED_BY_OWNERS = {"fees": "collected", "arrears": "recovered"}
worlds = st.integers(0, 10**6)


@settings(max_examples=25, deadline=None)
@given(number=worlds)
def test_money_is_conserved_every_month(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    balances, estates = city.state.books.balances, city.state.estates
    parameters = city.state.parameters
    owners_accounts = estates["owners_account"]
    for _ in range(city.months):
        before, owed = balances.copy(), estates["arrears"].copy()
        city.step()
        assert balances.sum() == 0
        paid_out = before[owners_accounts] - balances[owners_accounts]
        fees = estates["cases_enforced"] * round(100 * parameters["cases_enforcement_fee"][0])
        assert np.array_equal(paid_out, estates["collected"] + estates["recovered"] + fees)
        assert np.array_equal(
            estates["arrears"],
            owed + estates["billed"] - estates["collected"] - estates["recovered"] - estates["lapsed"],
        )
        assert (estates["former_arrears"] <= estates["arrears"]).all()
        assert np.array_equal(city.state.claims.fen.sum(axis=1), estates["former_arrears"])
        assert np.array_equal(estates["arrears"], per_estate(city, city.state.owners.arrears))
        assert np.array_equal(estates["payers"], per_estate(city, city.state.owners.paid))
        moved = flows_of_month(city)
        for purpose, column in OWED_BY_OWNERS.items():
            booked = sum(fen for name, fen in moved.items() if name.startswith(purpose))
            assert booked == estates[column].sum(), purpose
    city.close()


@settings(max_examples=10, deadline=None)
@given(number=worlds)
def test_balances_follow_from_the_ledger_lines_alone(number: int) -> None:
    city = City(random_scenario(number, 15), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    city.run()
    expected: Counter[str] = Counter()
    for _, _, payer, payee, _, fen in city.ledger_lines:
        assert fen > 0
        expected[payer] -= fen
        expected[payee] += fen
    books = city.state.books
    for kind in KINDS:
        first = books.first[kind]
        assert books.balances[first : first + books.sizes[kind]].sum() == expected[kind], kind
    city.close()


def test_what_an_owner_owes_is_what_was_billed_and_not_paid() -> None:
    city = City(lively_scenario(), record=False)
    owners = city.state.owners
    for _ in range(12):
        before = owners.arrears.copy()
        city.step()
        added = owners.arrears.astype(np.int64) - before
        assert np.all(added[owners.paid == 1] <= 0), "who paid the bill does not owe more"
        assert np.all(owners.arrears >= 0)
    city.close()


def per_estate(city: City, values: np.ndarray) -> np.ndarray:
    """int64 sums over the owners of each estate."""
    return np.add.reduceat(values.astype(np.int64), city.state.estates["first_owner"])


def flows_of_month(city: City) -> dict[str, int]:
    """Fen moved this month by purpose."""
    return {
        line[1]: line[5] for line in city.ledger_lines if line[0] == city.month and line[1] != "programme"
    }
