"""Scenarios with one seed share owners and luck: they differ by what policy does,
and only from when it does it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.mesa_city import City
from sim.model.luck import Stream
from sim.model.start.estates import in_random_order, spread_exactly, whole_sizes
from sim.scenario import Scenario

from .cities import columns, lively_scenario, outcome_bits, run_digest, small_scenario
from .nudge import with_nudges

OWNER_TRAITS = (
    "area",
    "income",
    "duty",
    "threshold",
    "service_sensitivity",
    "norm_sensitivity",
    "activism",
    "payer_type",
    "occupancy",
    "paid",
)
ESTATE_TRAITS = ("built_year", "price", "condition", "legacy", "cost_fixed")
LEVERS = (
    "lever_norm",
    "lever_condition",
    "lever_company_cost",
    "lever_skill",
    "lever_trust",
    "lever_mobilisation",
)


def ran(scenario: Scenario, **settings: Any) -> City:
    """The city after its run."""
    with City(scenario, **settings) as city:
        return city.run()


# the starting state


def start(**overrides: Any) -> City:
    """A city before its first month."""
    with City(small_scenario(**overrides)) as city:
        return city


def test_what_is_done_later_leaves_the_start_alone() -> None:
    plain = dict(columns(start()))
    with City(with_nudges(small_scenario(), {"start": 3})) as city:
        assert all(np.array_equal(plain[name], column) for name, column in columns(city))
    longer = dict(columns(start(months=99)))
    assert all(np.array_equal(plain[name], longer[name]) for name in plain)


@pytest.mark.parametrize(
    "added", [{"companies__state_owned": 5}, {"companies__private": 9, "companies__state_owned": 0}]
)
def test_more_companies_leave_owners_estates_and_the_first_companies_alone(added: dict[str, int]) -> None:
    few = (
        start(companies__state_owned=2)
        if "companies__private" not in added
        else start(
            companies__state_owned=0,
            types__commodity__modes={"market": 1.0},
            types__unit_built__modes={"unit": 1.0},
            types__three_no__modes={"none": 1.0},
            types__resettlement__modes={"market": 1.0},
        )
    )
    same = (
        {}
        if "companies__private" not in added
        else {
            "types__commodity__modes": {"market": 1.0},
            "types__unit_built__modes": {"unit": 1.0},
            "types__three_no__modes": {"none": 1.0},
            "types__resettlement__modes": {"market": 1.0},
        }
    )
    many = start(**added, **same)
    for name in OWNER_TRAITS:
        assert np.array_equal(getattr(few.state.owners, name), getattr(many.state.owners, name)), name
    for name in (*ESTATE_TRAITS, "households", "mode", "type", "district"):
        assert np.array_equal(few.state.estates[name], many.state.estates[name]), name
    before = few.state.companies
    for name in ("skill", "cost_level", "margin", "tolerance", "risk", "home_district"):
        assert np.array_equal(before[name], many.state.companies[name][: before.size]), name


def test_more_estates_of_a_new_type_leave_the_traits_of_the_others_alone() -> None:
    before = start(city__estates=24)
    after = start(
        city__estates=30,
        types__commodity__count=13,
        types__unit_built__count=5,
        types__three_no__count=2,
        types__resettlement__count=4,
        types__added=before.scenario.types["three_no"].model_dump(mode="json")
        | {
            "share": None,
            "count": 6,
            "built_low": 1990,
            "title": {"zh": "新", "en": "new"},
        },
    )
    a, b = before.state.estates, after.state.estates[:24]
    alike = a["type"] == b["type"]
    assert alike.sum() > 8
    for name in ESTATE_TRAITS:
        assert np.array_equal(a[name][alike], b[name][alike]), name


@given(st.integers(0, 2**62), st.integers(1, 60), st.integers(1, 40))
def test_a_shuffle_keeps_its_order_when_rows_are_added(seed: int, rows: int, added: int) -> None:
    few = in_random_order(seed, Stream.ESTATE_TYPE, np.arange(rows))
    many = in_random_order(seed, Stream.ESTATE_TYPE, np.arange(rows + added))
    assert np.array_equal(many[many < rows], few)
    assert np.array_equal(np.sort(many), np.arange(rows + added))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_rows_are_dealt_in_exact_numbers(numbers: list[int]) -> None:
    rows = np.arange(sum(numbers))
    pieces = spread_exactly({str(i): number for i, number in enumerate(numbers)}, rows)
    assert [piece.size for _, piece in pieces] == numbers
    assert np.array_equal(np.concatenate([piece for _, piece in pieces]), rows)


@settings(deadline=None)
@given(st.lists(st.floats(1, 3000), min_size=1, max_size=40), st.integers(0, 20_000), st.integers(1, 30))
def test_households_sum_to_the_stated_total(sizes: list[float], room: int, least: int) -> None:
    floor = np.full(len(sizes), least)
    whole = whole_sizes(np.array(sizes), floor, int(floor.sum()) + room)
    assert whole.sum() == floor.sum() + room
    assert np.all(whole >= floor)


# the run


@pytest.mark.parametrize("lever", LEVERS)
def test_scenarios_first_differ_in_the_month_a_programme_begins(lever: str) -> None:
    plain = ran(lively_scenario(months=10))
    treated = ran(with_nudges(lively_scenario(months=10), {"start": 6, "lever": lever, "amount": 0.4}))
    assert outcome_bits(plain, slice(0, 6)) == outcome_bits(treated, slice(0, 6))
    assert outcome_bits(plain, slice(6, 7)) != outcome_bits(treated, slice(6, 7)), "the month it begins"
    assert [e for e in plain.events() if e[0] < 6] == [e for e in treated.events() if e[0] < 6]
    assert [line for line in plain.ledger_lines if line[0] < 6] == [
        line for line in treated.ledger_lines if line[0] < 6
    ]


def test_a_programme_after_the_end_of_the_run_changes_nothing() -> None:
    plain = lively_scenario(months=12)
    assert run_digest(with_nudges(plain, {"start": 13})) == run_digest(plain)


def test_a_programme_that_ends_before_it_begins_changes_nothing() -> None:
    plain = lively_scenario(months=12)
    nudged = with_nudges(plain, {"start": 1})
    never = nudged.interventions[0].model_copy(update={"end": 0})
    assert run_digest(nudged.model_copy(update={"interventions": (never,)})) == run_digest(plain)
    assert run_digest(nudged) != run_digest(plain)


def test_a_programme_for_nobody_changes_nothing_but_its_own_events() -> None:
    plain = ran(lively_scenario(months=12))
    nobody = ran(with_nudges(lively_scenario(months=12), {"start": 1, "targets": {"age_min": 200.0}}))
    assert outcome_bits(plain, slice(None)) == outcome_bits(nobody, slice(None))


def test_programmes_do_not_share_luck() -> None:
    one = {"name": "first", "order": "random", "capacity": 1.0, "lever": "lever_norm"}
    idle = {"name": "idle", "order": "random", "capacity": 1.0, "amount": 0.0}
    alone = ran(with_nudges(lively_scenario(months=12), one))
    after = ran(with_nudges(lively_scenario(months=12), one, idle))
    before = ran(with_nudges(lively_scenario(months=12), idle, one))
    expected = outcome_bits(alone, slice(None))
    assert outcome_bits(after, slice(None)) == expected
    assert outcome_bits(before, slice(None)) == expected
    renamed = ran(with_nudges(lively_scenario(months=12), one | {"name": "other"}))
    assert outcome_bits(renamed, slice(None)) != expected, "the name addresses the luck"


def test_names_and_titles_of_a_city_move_no_draw() -> None:
    plain = lively_scenario(months=12)
    renamed = plain.model_copy(
        update={"types": {f"other_{i}": kind for i, kind in enumerate(plain.types.values())}}
    )
    assert run_digest(plain) == run_digest(renamed)
