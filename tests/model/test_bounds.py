"""Shares stay shares, nobody owes less than nothing, households neither come nor go, and counts
agree with what they count."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.worlds import random_policy, random_scenario

from sim.mesa_city import City
from sim.model.state.columns import Field
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMMITTEE_FIELDS, COMPANY_FIELDS
from sim.words import MODES

MARKET, SOE = MODES.index("market"), MODES.index("soe")
# -1 before any score; a target margin may be negative; a levers's range is that of its programme
NO_SHARES = {"score", "margin"}
FLAGS = ("nominal", "charging", "professional", "break_even")
worlds = st.integers(0, 10**6)


def share_columns(fields: tuple[Field, ...]) -> list[str]:
    """Names of the columns that hold a share."""
    shares = [f.name for f in fields if f.unit == "share" and f.name not in NO_SHARES]
    return [name for name in shares if not name.startswith("lever_")]


def check_shares(city: City) -> None:
    """Every column declared as a share is in [0, 1]."""
    s = city.state
    tables = ((s.estates, ESTATE_FIELDS), (s.companies, COMPANY_FIELDS), (s.committees, COMMITTEE_FIELDS))
    found = [(name, getattr(s.owners, name)) for name in share_columns(OWNER_FIELDS)]
    found += [(name, table[name]) for table, fields in tables for name in share_columns(fields)]
    found += [("paid share of buildings", s.buildings.paid_share), ("refusers", s.buildings.refuser_share)]
    for name, column in found:
        assert np.all((column >= 0) & (column <= 1)), (
            f"{name}: {column.min()} to {column.max()} in month {city.month}"
        )


@settings(max_examples=25, deadline=None)
@given(number=worlds)
def test_shares_stay_between_0_and_1(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    check_shares(city)
    for _ in range(city.months):
        city.step()
        check_shares(city)
    city.close()


@settings(max_examples=20, deadline=None)
@given(number=worlds)
def test_money_owed_and_paid_is_within_what_was_billed(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    s = city.state
    for _ in range(city.months):
        owed = s.estates["arrears"].copy()
        city.step()
        e = s.estates
        assert np.all(s.owners.arrears >= 0)
        assert np.all((e["collected"] >= 0) & (e["collected"] <= e["billed"]))
        assert np.all((e["recovered"] >= 0) & (e["recovered"] <= owed)), "nobody repays more than is owed"
        assert np.all((e["former_arrears"] >= 0) & (e["former_arrears"] <= e["arrears"])), (
            "a part of what is owed"
        )
        assert np.all(s.owners.arrears_age[s.owners.arrears > 0] > 0)
        assert np.all(e["leaked"] <= e["public_revenue"])
        assert np.all(s.books.balances[e["fund_account"]] >= 0), "nobody lends to an estate fund"
    city.close()


@settings(max_examples=20, deadline=None)
@given(number=worlds)
def test_counts_agree_with_what_they_count(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    s, e = city.state, city.state.estates
    patience = int(s.parameters["complaints_patience"][0])
    fixed = {f.name: e[f.name].copy() for f in ESTATE_FIELDS if f.fixed}
    traits = {f.name: getattr(s.owners, f.name).copy() for f in OWNER_FIELDS if f.fixed}
    for _ in range(city.months):
        still_open, waited = e["complaints_open"].copy(), s.owners.waiting.copy()
        city.step()
        run = (e["mode"] == MARKET) | (e["mode"] == SOE)
        assert np.array_equal(run, e["company"] >= 0)
        assert np.array_equal(
            s.companies["estates"], np.bincount(e["company"][run], minlength=s.companies.size)
        )
        assert np.all(s.companies["estates"] <= s.companies["capacity"])
        assert np.all(e["process"][~run] == 0)
        given_up = still_open + e["complaints_filed"] - e["complaints_solved"] - e["complaints_open"]
        assert np.all(
            (given_up >= 0)
            & (given_up <= np.add.reduceat(waited >= patience, e["first_owner"], dtype=np.int64))
        )
        assert np.all(s.owners.waiting <= patience)
        assert np.all(s.owners.arrears_age <= 250)
        c = s.committees
        assert np.array_equal(c["strength"], c["exists"] * c["competence"] * c["integrity"] * c["activity"])
        assert all(np.array_equal(e[name], column) for name, column in fixed.items())
        assert all(np.array_equal(getattr(s.owners, name), column) for name, column in traits.items())
    city.close()


@settings(max_examples=20, deadline=None)
@given(number=worlds)
def test_the_coverage_ladder_comes_out_in_order(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    for _ in range(city.months + 1):
        nominal, charging, professional, break_even = (city.state.estates[flag] for flag in FLAGS)
        assert np.all(nominal >= charging), f"month {city.month}"
        assert np.all(charging >= break_even)
        assert np.all(nominal >= professional)
        city.step()
    city.close()
