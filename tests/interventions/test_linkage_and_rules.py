"""Four-tier linkage and public revenue rules: effect on their own target, side effects, and who pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from paired import SEEDS, START, outcome, pairs, ran_with, run_by_market, shift
from small_city import events_of, paid_by

from sim.mesa_city import City

ESTATES = 60


def mean(name: str, month: int, city: City) -> float:
    return float(outcome(city, name)[month].mean())


def spent(programme: str, city: City) -> int:
    """Fen that moved in the name of a programme."""
    return sum(line[5] for line in city.ledger_lines if line[4] == programme)


# four-tier linkage

LINKED = {"kind": "four_tier_linkage"}


def test_fewer_complaints_get_lost() -> None:
    cities = pairs(LINKED, 30)
    assert all(mean("open", 30, city) <= mean("open", 30, without) for city, without in cities)
    assert shift(cities, lambda city: mean("open", 30, city)) < 0


@pytest.mark.parametrize(
    ("drive", "month"),
    [({"lag": 10}, START + 9), ({"capacity": 1.0}, START + 12), ({"staff": 0.7, "months": 100}, START + 5)],
)
def test_other_programmes_get_on_faster_reach_more_and_need_fewer_hands(
    drive: dict[str, Any], month: int
) -> None:
    drive = {"kind": "rectification_drive", **drive}
    for seed in SEEDS:
        linked = ran_with(LINKED, drive, seed=seed, months=month)
        assert spent("rectification_drive", linked) > spent(
            "rectification_drive", ran_with(drive, seed=seed, months=month)
        )


def test_all_tiers_share_the_cost() -> None:
    for seed in SEEDS:
        city = ran_with({**LINKED, "cost": 80.0, "district_share": 0.5}, seed=seed, months=30)
        cost = 80.0 * ESTATES * (31 - START)
        assert paid_by(city) == {
            ("district", "suppliers"): 0.5 * cost,
            ("street", "suppliers"): 0.25 * cost,
            ("community", "suppliers"): 0.25 * cost,
        }


def test_meetings_crowd_out_work_where_hands_are_scarce() -> None:
    meetings = {**LINKED, "street_staff": 0.4}
    drive = {"kind": "rectification_drive", "staff": 0.4, "months": 100}
    for seed in SEEDS:
        linked = ran_with(meetings, drive, seed=seed, months=12)
        assert spent("rectification_drive", linked) < spent(
            "rectification_drive", ran_with(drive, seed=seed, months=12)
        )
        assert events_of(linked, "staff_exhausted")


def test_estates_without_a_committee_count_for_less() -> None:
    def capacity(without_committee: float) -> np.ndarray:
        table = {**LINKED, "without_committee": without_committee}
        return np.asarray(ran_with(table, seed=1, months=START).state.estates["lever_complaint_capacity"])

    exists = ran_with(seed=1, months=START - 1).state.committees["exists"] == 1
    full, half = capacity(1.0), capacity(0.5)
    assert np.array_equal(full[exists], half[exists]) and half[~exists] == pytest.approx(0.5 * full[~exists])


# public revenue rules

RULES = {"kind": "public_revenue_rules"}


def test_rules_stop_leaks_and_fill_the_fund() -> None:
    for city, without in pairs(RULES, 24):
        assert city.state.estates["leaked"].sum() < 0.8 * without.state.estates["leaked"].sum()
        assert mean("fund", 24, city) > mean("fund", 24, without)


def test_the_street_pays_for_guidance_and_it_takes_hands() -> None:
    for seed in SEEDS:
        city = ran_with({**RULES, "cost": 90.0, "staff": 0.0}, seed=seed, months=30)
        assert paid_by(city) == {("street", "suppliers"): 90.0 * ESTATES * (31 - START)}
        # ten estates in a street of four persons
        busy = ran_with({**RULES, "cost": 90.0, "staff": 0.8}, seed=seed, months=START)
        assert paid_by(busy) == {("street", "suppliers"): 90.0 * 5 * 6}


def test_companies_that_lose_their_share_serve_less() -> None:
    taken = {**RULES, "kept": 1.0, "leak_stopped": 0.0}
    cities = pairs(taken, 24)
    for city, without in cities:
        run = run_by_market(city, START - 1) & run_by_market(city, 24) & run_by_market(without, 24)
        assert outcome(city, "income")[START, run].sum() < outcome(without, "income")[START, run].sum()
        assert outcome(city, "quality")[-1, run].mean() < outcome(without, "quality")[-1, run].mean()


def test_without_a_committee_the_money_lies_in_the_fund() -> None:
    for seed in SEEDS:
        city = ran_with(RULES, seed=seed, months=30)
        committee = outcome(city, "flags") & 16 > 0
        run = np.all(outcome(city, "mode") == 0, axis=0)
        never, always = run & ~committee.any(axis=0), run & committee.all(axis=0)
        months_of_revenue = outcome(city, "fund") / city.state.estates["public_revenue"]
        assert (np.diff(months_of_revenue[:, never], axis=0) >= 0).all()
        grown = months_of_revenue[-1] - months_of_revenue[START - 1]
        assert grown[never].mean() > grown[always].mean()
