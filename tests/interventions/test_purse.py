"""First come first served, checked against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.programmes.base import fen
from sim.model.programmes.purse import affordable, claims_met, divided, whole_fen
from sim.model.programmes.scores import mean_by_group


@given(
    free=st.lists(st.integers(0, 40), min_size=1, max_size=5),
    claims=st.lists(st.integers(0, 4), max_size=30),
    tenths=st.integers(1, 15),
)
def test_claims_are_met_in_order_until_no_hands_are_left(
    free: list[int], claims: list[int], tenths: int
) -> None:
    bodies = np.array([claim % len(free) for claim in claims], np.int64)
    met, left = claims_met(np.array(free) / 10, bodies, tenths / 10)
    expected, tenths_free = [], list(free)
    for body in bodies:
        enough = tenths_free[body] >= tenths
        tenths_free[body] -= tenths if enough else 0
        expected.append(enough)
    assert met.tolist() == expected
    assert np.allclose(left, np.array(tenths_free) / 10, atol=1e-9) and (left >= 0).all()


@settings(deadline=None)  # the first call compiles
@given(
    balances=st.lists(st.integers(-50, 200), min_size=2, max_size=4),
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 120), st.integers(0, 60)), max_size=20),
    limit=st.sampled_from([-1, 0, 60, 300]),
)
def test_payments_are_made_in_order_in_full_or_not_at_all(
    balances: list[int], rows: list[tuple[int, int, int]], limit: int
) -> None:
    payers = np.array([[who % len(balances) for who, _, _ in rows], [0] * len(rows)], np.int64).reshape(2, -1)
    amounts = np.array([[public for _, public, _ in rows], [own for _, _, own in rows]], np.int64).reshape(
        2, -1
    )
    paid = np.zeros(len(rows), bool)
    checked, public = np.array([True, False]), np.array([True, False])
    start = np.array(balances, np.int64)
    missing, spent = affordable(start, payers, amounts, checked, public, limit, paid)
    left, expected, lacking, used = list(balances), [], 0, 0
    for who, dear, own in rows:
        enough = dear <= left[who % len(balances)] and (limit < 0 or used + dear <= limit)
        expected.append(enough)
        if enough:
            used += dear
            left[who % len(balances)] -= dear
            left[0] -= own
        else:
            lacking += dear
    assert (paid.tolist(), missing, spent) == (expected, lacking, used)
    assert start.tolist() == balances, "affordable only looks"


@given(amounts=st.lists(st.integers(0, 10**12), max_size=10), share=st.floats(0, 1), second=st.floats(0, 1))
def test_shares_of_a_cost_add_up_to_the_fen(amounts: list[int], share: float, second: float) -> None:
    total = np.array(amounts, np.int64)
    first = share * (1 - second)
    parts = divided(total, {"owners": share * second, "district": first, "state": 1 - share})
    assert np.array_equal(sum(parts.values()), total)
    assert all((part >= 0).all() for part in parts.values())


def test_money_must_be_whole() -> None:
    with pytest.raises(TypeError, match="whole fen"):
        whole_fen(np.array([1.0]))
    assert fen(np.array([0.125, 2.0])).tolist() == [13, 200]


def test_means_do_not_depend_on_the_order() -> None:
    values = np.random.default_rng(1).random(1000)
    groups = np.arange(1000) % 7
    turned = np.argsort(np.random.default_rng(2).random(1000))
    means, count = mean_by_group(groups, values, 8)
    again, _ = mean_by_group(groups[turned], values[turned], 8)
    assert (
        np.array_equal(means, again, equal_nan=True)
        and count.tolist() == [143] * 6 + [142, 0]
        and np.isnan(means[7])
    )
    assert np.allclose(means[:7], [values[groups == group].mean() for group in range(7)])
