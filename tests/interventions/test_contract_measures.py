"""Grades, prices, committees, contracts and branches: effect on their own target,
side effects, and who pays."""

from __future__ import annotations

import numpy as np
import pytest
from first_version import first_version
from paired import SEEDS, START, outcome, pairs, ran_with, run_by_market, shift
from small_city import events_of, paid_by

from sim.mesa_city import City

CANVASSED = {"participation": 0.5}  # so that votes meet the quorum


def rows_of(city: City, kind: str) -> list[int]:
    return [event[1] for event in events_of(city, kind)]


def committees(city: City) -> np.ndarray:
    """True for every month and estate with a committee."""
    return np.asarray(outcome(city, "flags") & 16 > 0)


# graded projects

GRADED = {"kind": "graded_projects"}
NO_VOTES = {"cut": 0.0, "vote": 0.0, "vote_after": 20}


def test_oversight_raises_service_where_the_grade_is_low() -> None:
    for city, without in pairs({**GRADED, **NO_VOTES}, START + 18):
        watched = city.state.estates["lever_monitoring"] > 0
        assert watched.any() and not watched.all()
        gain = (outcome(city, "quality") - outcome(without, "quality"))[-1]
        assert gain[watched].mean() > 0


def test_the_district_pays_for_grading_and_for_votes() -> None:
    for seed in SEEDS:
        city = ran_with({**GRADED, **NO_VOTES, "cost": 1200.0}, seed=seed, months=START + 13)
        graded = sum(int(run_by_market(city, month - 1).sum()) for month in (START + 6, START + 12))
        assert paid_by(city) == {("district", "suppliers"): 1200.0 * graded}
        city = ran_with(
            {**GRADED, "cost": 0.0, "vote": 0.0, "vote_cost": 4.0, "vote_after": 20},
            seed=seed,
            months=START + 13,
        )
        kinds = ("price_cut", "price_vote_failed", "price_vote_inquorate")
        voted = [event[1] for kind in kinds for event in events_of(city, kind) if event[4] == "policy"]
        households = city.state.estates["households"]
        assert voted and paid_by(city) == {("district", "suppliers"): 4.0 * int(households[voted].sum())}


def test_a_second_low_grade_brings_a_vote_on_another_company() -> None:
    cities = pairs({**GRADED, "cut": 0.0}, START + 13)
    for city, without in cities:
        kinds = ("dismissal_voted", "dismissal_rejected", "dismissal_inquorate")
        voted = [event for kind in kinds for event in events_of(city, kind)]
        usual = [event for kind in kinds for event in events_of(without, kind)]
        assert {event[0] for event in voted if event not in usual} == {START + 12}


def test_a_cut_price_pays_for_even_less_service() -> None:
    for seed in SEEDS:
        cut = ran_with({**GRADED, **NO_VOTES, **CANVASSED, "cut": 0.3}, seed=seed, months=48)
        kept = ran_with({**GRADED, **NO_VOTES, **CANVASSED}, seed=seed, months=48)
        rows = [event[1] for event in events_of(cut, "price_cut") if event[4] == "policy"]
        assert rows and outcome(cut, "quality")[-1, rows].mean() < outcome(kept, "quality")[-1, rows].mean()


def test_a_dismissed_company_has_no_successor_where_nobody_bids() -> None:
    wary = {"market.plan_effort": 1.2}
    alone, usual = [], []
    for city, without in pairs({**GRADED, **CANVASSED, "cut": 0.0}, 48, parameters=wary):
        rows = rows_of(city, "dismissal_voted")
        alone += (outcome(city, "company")[-1, rows] < 0).tolist()
        usual += (outcome(without, "company")[-1, rows] < 0).tolist()
    assert alone and np.mean(alone) > np.mean(usual)


# fee adjustment

FEES = {"kind": "fee_adjustment"}
NO_GUIDE = {"mechanisms": {"guided_prices": False}}


def test_prices_follow_grades() -> None:
    rising = {"vote.price_base": 1.0}
    ups, downs = [], []  # what estates whose price moved got before it did
    for city, without in pairs({**FEES, **CANVASSED}, START + 13, parameters=rising, world=first_version):
        change = outcome(city, "price")[-1] / outcome(without, "price")[-1] - 1.0
        raised = [e[1] for e in events_of(city, "price_raised") if e[4] == "policy"]
        cut = [e[1] for e in events_of(city, "price_cut") if e[4] == "policy"]
        assert (change[raised] > 0).all() and (change[cut] < 0).all()
        ups += outcome(city, "quality")[START + 11, raised].tolist()
        downs += outcome(city, "quality")[START + 11, cut].tolist()
    assert ups and downs and np.mean(ups) > np.mean(downs)


def test_owners_and_companies_share_the_cost_of_votes() -> None:
    for seed in SEEDS:
        city = ran_with({**FEES, "cost": 4.0, "owner_share": 0.25}, seed=seed, months=40, **NO_GUIDE)
        voted = [
            e[1]
            for kind in ("price_raised", "price_cut", "price_vote_failed", "price_vote_inquorate")
            for e in events_of(city, kind)
            if e[4] == "policy"
        ]
        cost = 4.0 * int(city.state.estates["households"][voted].sum())
        paid = paid_by(city)
        assert cost > 0 and paid.keys() == {("owners", "suppliers"), ("companies", "suppliers")}
        assert paid["owners", "suppliers"] == pytest.approx(0.25 * cost) and sum(
            paid.values()
        ) == pytest.approx(cost)


def test_a_higher_price_makes_some_refuse() -> None:
    refused = []
    for city, without in pairs(
        {**FEES, **CANVASSED, "rise": 0.4, "cut": 0.0}, 36, parameters={"vote.price_base": 1.0}
    ):
        for month, row, *_ in events_of(city, "price_raised"):
            months = slice(month + 1, month + 7)
            rates = [
                outcome(c, "collected")[months, row].sum() / max(1, outcome(c, "billed")[months, row].sum())
                for c in (city, without)
            ]
            refused.append(rates[1] - rates[0])
    assert np.mean(refused) > 0


def test_a_lower_price_means_less_service_and_exits() -> None:
    cut = {**FEES, **CANVASSED, "rise": 0.0, "cut": 0.3}
    for city, without in pairs(cut, 48):  # before others come in and serve otherwise
        served = [
            [outcome(one, "quality")[month : month + 12, row].mean() for one in (city, without)]
            for month, row, _, _, cause, _ in events_of(city, "price_cut")
            if cause == "policy"
        ]
        assert np.mean(served, axis=0)[0] < np.mean(served, axis=0)[1]
    cities = pairs(cut, 60, world=first_version)
    for city, without in cities:
        rows = [event[1] for event in events_of(city, "price_cut") if event[4] == "policy"]
        assert outcome(city, "quality")[-1, rows].mean() < outcome(without, "quality")[-1, rows].mean()
    assert shift(cities, lambda city: len(events_of(city, "company_left"))) > 0


def test_there_is_one_vote_on_price_at_a_time() -> None:
    both = (
        {**GRADED, "cut": 0.5, "low_line": 2.0, "period": 12},
        {**FEES, "cut": 0.9, "low_line": 5.0, "high_line": 5.0},
        {**FEES, "name": "again", "cut": 0.9},
    )
    city = ran_with(*both, seed=1, months=START + 12)
    assert (city.state.estates["lever_price"] < 0).any() and city.state.estates["lever_price"].min() >= -0.9
    assert (city.state.estates["price"] > 0).all()


# committee oversight

OVERSIGHT = {"kind": "committee_oversight"}


def test_oversight_keeps_committees_active_and_honest() -> None:
    gentle = {**OVERSIGHT, "remove_below": 0.0, "noise": 0.0}
    for city, without in pairs(gentle, 36):
        both = (city.state.committees["exists"] == 1) & (without.state.committees["exists"] == 1)
        for column in ("integrity", "activity", "strength"):
            assert city.state.committees[column][both].mean() > without.state.committees[column][both].mean()
        leaks = [float(c.state.estates["leaked"].sum()) for c in (city, without)]
        assert leaks[0] < leaks[1]


def test_the_street_pays_for_audits() -> None:
    for seed in SEEDS:
        city = ran_with({**OVERSIGHT, "cost": 900.0, "staff": 0.0}, seed=seed, months=START + 25)
        audits = sum(int(committees(city)[month - 1].sum()) for month in (START, START + 12, START + 24))
        assert audits > 0 and paid_by(city) == {("street", "suppliers"): 900.0 * audits}


def test_captured_committees_are_elected_anew() -> None:
    captured = {"committee.integrity_mean": 0.4}
    removed, elected = [], []
    for seed in SEEDS:
        city = ran_with(
            {**OVERSIGHT, "noise": 0.0, "participation": 0.5},
            seed=seed,
            months=START + 2,
            parameters=captured,
        )
        for month, row, _, _, cause, integrity in events_of(city, "committee_replaced"):
            assert month == START and cause == "capture" and integrity < 0.3
            assert row in rows_of(city, "committee_formed")
            removed.append(integrity)
            elected.append(float(city.state.committees["integrity"][row]))
    # who is elected is drawn like any other, and may by chance be little better
    assert len(removed) > 5 and np.mean(elected) > np.mean(removed) + 0.1


def test_an_audit_that_errs_leaves_estates_without_committee_where_the_quorum_is_missed() -> None:
    few_vote = {"ballot.turnout_founding": 0.4, "ballot.turnout_renewal": 0.4}
    strict = {**OVERSIGHT, "noise": 0.5, "remove_below": 0.6, "participation": 0.0}
    cities = pairs(strict, 40, parameters=few_vote)
    assert any(event[5] > 0.6 for city, _ in cities for event in events_of(city, "committee_replaced"))
    assert shift(cities, lambda city: float(committees(city)[-1].mean())) < 0


# trust-based service

TRUST = {"kind": "trust_based_service", "able": 0.0, "capacity": 100.0}
LUMP_SUM = {"mechanisms": {"price_basis": False}}  # no estate has its books open for another reason


def signed(city: City) -> np.ndarray:
    """Estates that had a committee and a company at the start and kept the company."""
    company = outcome(city, "company")
    return np.asarray(
        committees(city)[START - 1] & run_by_market(city, START - 1) & (company[-1] == company[START - 1])
    )


def test_open_books_stop_leaks_and_build_trust() -> None:
    for city, without in pairs(TRUST, 30):
        rows = np.flatnonzero(signed(city) & signed(without) & (city.state.committees["exists"] == 1))
        assert city.state.estates["leaked"][rows].sum() < without.state.estates["leaked"][rows].sum()
        assert outcome(city, "trust")[-1, rows].mean() > outcome(without, "trust")[-1, rows].mean()


def test_only_able_committees_sign() -> None:
    city = ran_with({**TRUST, "able": 0.4}, seed=1, months=START, **LUMP_SUM)
    able = city.state.committees["competence"] * city.state.committees["integrity"] >= 0.4
    books = city.state.estates["lever_disclosure"] > 0
    assert books.any() and able[books].all()


def test_owners_pay_the_yearly_audit() -> None:
    for seed in SEEDS:
        city = ran_with({**TRUST, "audit_cost": 10.0}, seed=seed, months=START + 12)
        books = city.state.estates["lever_disclosure"] > 0
        assert books.any() and paid_by(city) == {
            ("owners", "suppliers"): 10.0 * int(city.state.estates["households"][books].sum())
        }


def test_cost_plus_needs_an_able_committee() -> None:
    def dearer(competence: float) -> tuple[float, float]:
        able = {"committee.competence_mean": competence, "committee.integrity_mean": 0.9}
        cost, effort = [], []
        for city, without in pairs(TRUST, 30, parameters=able, **LUMP_SUM):
            rows = np.flatnonzero(signed(city) & signed(without))
            ratio = city.state.estates["standard_cost"][rows] / without.state.estates["standard_cost"][rows]
            cost += ratio.tolist()
            effort += (city.state.estates["effort"][rows] - without.state.estates["effort"][rows]).tolist()
        return float(np.mean(cost)), float(np.mean(effort))

    weak, strong = dearer(0.15), dearer(0.9)
    assert weak[0] > strong[0] > 1.0, "the same work is dearer, and more so where nobody watches"
    assert weak[1] < strong[1]


# party branches

BRANCHES = {"kind": "party_branches"}


def test_branches_help_a_little_on_the_whole_and_harm_in_some_firms() -> None:
    cities = pairs({**BRANCHES, "spread": 0.05}, START + 6)
    gains = np.concatenate(
        [
            (one.state.estates["effort"] - other.state.estates["effort"])[one.state.estates["company"] >= 0]
            for one, other in cities
        ]
    )
    assert gains.mean() > 0 and (gains < 0).any() and (gains > 0).any()


def test_the_direction_of_the_direct_effect_is_luck() -> None:
    neutral = {**BRANCHES, "effort": 0.0, "inspection": 0.0, "duties": 0.0, "spread": 0.05}
    few = {"private": 12}
    changes = [
        shift([pair], lambda city: float(outcome(city, "quality")[-1].mean()))
        for pair in pairs(neutral, START + 6, companies=few)
    ]
    assert min(changes) < 0 < max(changes), changes


def test_the_district_pays_for_every_project_of_a_firm_with_a_branch() -> None:
    for seed in SEEDS:
        city = ran_with({**BRANCHES, "cost": 100.0}, seed=seed, months=12)
        projects = sum(int((outcome(city, "company")[month - 1] >= 0).sum()) for month in range(START, 13))
        assert paid_by(city) == {("district", "suppliers"): 100.0 * projects}


def test_working_together_saves_the_staff_time_of_others() -> None:
    drive = {"kind": "committee_drive", "staff": 1.0}

    def reached(*programmes: dict[str, object]) -> int:
        city = ran_with(*programmes, seed=1, months=START + 2)
        return int((city.state.estates["lever_mobilisation"] > 0).sum())

    assert reached({**BRANCHES, "saved": 0.6}, drive) > reached(drive)
