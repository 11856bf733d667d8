"""Any subset of programmes with any settings in range: money is conserved, everything stays in its bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_city import small_scenario

from sim.mesa_city import City
from sim.model.programmes.describe import describe, kinds
from sim.model.state.estates import MONTHLY
from sim.words import TIERS

MONTHS = 20
SHARES = [field.name for field in MONTHLY if field.unit == "share"]
KINDS = kinds()


@st.composite
def programme(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A table of one kind with some of its settings anywhere in their range."""
    made = describe_once(kind)
    table: dict[str, Any] = {"kind": kind, "start": draw(st.integers(1, 6))}
    for setting in (s for s in made.settings if s.low is not None and s.high is not None):
        if draw(st.booleans()):
            continue
        assert setting.low is not None and setting.high is not None
        if isinstance(setting.default, int) and not isinstance(setting.default, bool):
            table[setting.key] = draw(st.integers(int(setting.low), int(setting.high)))
        else:
            # mostly of the order of the default, now and then anywhere in the range
            near = max(setting.low, min(setting.high, 4 * float(setting.default or 0.0)))
            table[setting.key] = draw(
                st.one_of(st.floats(setting.low, near), st.floats(setting.low, setting.high))
            )
    for setting in (s for s in made.settings if s.choices):
        if isinstance(setting.default, tuple):
            table[setting.key] = draw(
                st.lists(st.sampled_from(setting.choices), min_size=1, max_size=3, unique=True)
            )
        else:
            table[setting.key] = draw(st.sampled_from(setting.choices))
    if draw(st.booleans()):
        table |= {"end": draw(st.sampled_from((0, 8, 12))), "taper_months": draw(st.integers(1, 6))}
    table["withdrawal"] = draw(st.sampled_from(("sudden", "tapered")))
    table["order"] = draw(st.sampled_from(("worst_first", "easiest_first", "random")))
    table["lag"] = draw(st.integers(0, 4))
    if draw(st.booleans()):
        table["capacity"] = draw(st.floats(0.001, 40))
    if draw(st.booleans()):
        table["yearly_budget"] = draw(st.floats(0, 1e6))
    table["targets"] = {"share_max": draw(st.floats(0, 1))}
    return fitted(table)


def fitted(table: dict[str, Any]) -> dict[str, Any]:
    """Settings that bound each other, brought into line."""
    if table["kind"] == "retrofit":
        table["district_share"] = min(table.get("district_share", 0.2), 1.0 - table.get("owner_share", 0.1))
    return table


_described: dict[str, Any] = {}


def describe_once(kind: str) -> Any:
    if kind not in _described:
        _described[kind] = describe(kind, {})  # which scenarios use it is not asked here
    return _described[kind]


@st.composite
def package(draw: st.DrawFn) -> list[dict[str, Any]]:
    chosen = draw(st.lists(st.sampled_from(KINDS), unique=True, max_size=8))
    return [draw(programme(kind)) for kind in chosen]


UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@settings(UNTIMED, max_examples=80)
@given(programmes=package(), seed=st.integers(0, 2**40))
def test_money_is_conserved_and_everything_stays_in_its_bounds(
    programmes: list[dict[str, Any]], seed: int
) -> None:
    stays_in_its_bounds(programmes, seed)


@pytest.mark.slow
@settings(UNTIMED, max_examples=1000)
@given(programmes=package(), seed=st.integers(0, 2**40))
def test_so_it_is_with_many_more_combinations(programmes: list[dict[str, Any]], seed: int) -> None:
    stays_in_its_bounds(programmes, seed)


def stays_in_its_bounds(programmes: list[dict[str, Any]], seed: int) -> None:
    city = City(small_scenario(*programmes, estates=24, months=MONTHS), seed=seed)
    limits = {p["kind"]: p["yearly_budget"] for p in programmes if "yearly_budget" in p}
    for _ in range(MONTHS):
        city.step()
        check_bounds(city)
    for kind, limit in limits.items():
        for year in (0, 1):
            lines = [line for line in city.ledger_lines if line[4] == kind and (line[0] - 1) // 12 == year]
            assert sum(line[5] for line in lines if line[2] in (*TIERS, "state")) <= limit * 100 + 1e-6


def check_bounds(city: City) -> None:
    state = city.state
    assert int(state.books.balances.sum()) == 0
    for kind in (*TIERS, "estate_funds"):
        first = state.books.first[kind]
        assert state.books.balances[first : first + state.books.sizes[kind]].min() >= 0, kind
    for name in SHARES:
        column = state.estates[name]
        assert np.isfinite(column).all() and column.min() >= 0.0 and column.max() <= 1.0, name
    assert np.isfinite(state.estates["effort"]).all() and state.estates["effort"].min() >= 0.0
    assert (state.estates["price"] > 0).all() and (state.estates["arrears"] >= 0).all()
    for name in ("integrity", "competence", "activity", "strength"):
        assert state.committees[name].min() >= 0.0 and state.committees[name].max() <= 1.0, name
    assert (state.government["staff_free"] >= 0).all() and (state.companies["estates"] >= 0).all()
    run = state.estates["company"]
    assert np.array_equal(
        np.bincount(run[run >= 0], minlength=state.companies.size), state.companies["estates"]
    )
    owners = state.owners
    for column in (owners.satisfaction, owners.grievance):
        assert column.min() >= 0.0 and column.max() <= 1.0
    assert owners.arrears.min() >= 0
