"""Fallback, lists and committee drive: effect on their own target, known risk, and what
they cost whom; paired seeds."""

from __future__ import annotations

import numpy as np
from small_city import SEEDS, START, events_of, outcome, paid_by, pairs, ran, shift, treated

from sim.mesa_city import City
from sim.model.state.modes import CLEANING, MARKET, NONE, SOE

# state-owned fallback


def test_fallback_takes_what_nobody_manages_within_its_capacity() -> None:
    def unmanaged(city: City) -> np.ndarray:
        return np.isin(city.state.estates["mode"], (NONE, CLEANING)).astype(float)

    cities = pairs(
        {"kind": "soe_fallback", "capacity": 1.0},
        40,
        companies={"state_owned": 2, "capacity_state_owned": 30},
    )
    assert shift(cities, unmanaged) < -0.1
    for city, plain in cities:
        taken = events_of(city, "fallback_taken")
        months = [event[0] for event in taken]
        assert taken and min(months) >= START and all(months.count(month) <= 1 for month in months)
        assert not events_of(plain, "fallback_taken")
        assert paid_by(city).keys() <= {("district", "companies"), ("companies", "suppliers")}


def test_fallback_stops_when_the_state_owned_companies_are_full() -> None:
    city = ran(
        {"kind": "soe_fallback", "start": 1, "capacity": 20.0},
        months=24,
        companies={"state_owned": 1, "capacity_state_owned": 8},
    )
    firms = city.state.companies
    assert firms["estates"][firms["state_owned"] == 1].tolist() == [8]
    last = max(event[0] for event in events_of(city, "fallback_taken"))
    policy_tenders = [event for event in events_of(city, "tender_opened") if event[4] == "policy"]
    assert all(event[0] <= last for event in policy_tenders), "no empty tenders once they are full"


def test_fallback_leaves_its_losses_with_the_state_owned_company_and_closes_the_door_to_bidders() -> None:
    support = {"support": 0.0, "comparison": 0.0, "revenue_share": 0.0}
    for with_it, without in pairs({"kind": "soe_fallback", "capacity": 5.0, **support}, 60):
        state_owned = with_it.state.companies["state_owned"] == 1
        account = with_it.state.companies["account"][state_owned]
        assert with_it.state.books.balances[account].sum() < without.state.books.balances[account].sum()
        taken = {event[1]: event[0] for event in events_of(with_it, "fallback_taken")}
        assert not [e for e in events_of(with_it, "tender_opened") if e[1] in taken and e[0] > taken[e[1]]]
    assert any(
        event[1] in {taken[1] for taken in events_of(with_it, "fallback_taken")}
        for with_it, without in pairs({"kind": "soe_fallback", "capacity": 5.0, **support}, 60)
        for event in events_of(without, "tender_won")
        if event[0] > START
    ), "some estates that a bidder would have taken later are the state-owned company's instead"


def test_owners_beside_a_low_fee_are_less_willing_to_pay_their_own() -> None:
    quiet = {"works": False, "volunteers": False}  # rules that speak to owners' norm themselves
    city = ran({"kind": "soe_fallback", "start": 1, "capacity": 20.0}, months=20, mechanisms=quiet)
    estates = city.state.estates
    streets = set(estates["street"][(estates["mode"] == SOE) & treated(city)])
    beside = (
        np.isin(estates["street"], list(streets)) & (estates["mode"] == MARKET) & (estates["lever_norm"] != 0)
    )
    assert (
        beside.any()
        and (estates["lever_norm"] <= 0).all()
        and not estates["lever_norm"][estates["mode"] != MARKET].any()
    )


# red and black lists


def test_rankings_raise_what_is_scored() -> None:
    def visible(city: City) -> np.ndarray:
        return outcome(city, "quality", START + 11)

    assert shift(pairs({"kind": "red_black_list"}, START + 11), visible) > 0


def test_rankings_lower_what_is_not_scored() -> None:
    # without a reputation at stake no effort is added: what is gained in view is lost out of view
    gaming = {"kind": "red_black_list", "stake": 0.0, "red_share": 0.0, "black_share": 0.0, "pressure": 1.0}
    cities = pairs(
        gaming, START + 23, loops={"exit": False, "service": False, "norm": False, "grievance": False}
    )
    for with_it, without in cities:
        run = with_it.state.estates["company"] >= 0
        maintained = run & (outcome(without, "condition", START + 23) > 0)
        difference = (outcome(with_it, "condition", START + 23) - outcome(without, "condition", START + 23))[
            maintained
        ]
        assert (difference <= 0).mean() > 0.9 and difference.mean() < 0
        assert (outcome(with_it, "quality", START)[run] >= outcome(without, "quality", START)[run]).all()


def test_lists_follow_the_scores_and_have_consequences() -> None:
    city = ran(
        {"kind": "red_black_list", "start": 1, "noise": 0.0, "red_share": 0.3, "black_share": 0.2},
        months=13,
        companies={"private": 10},
    )
    firms = city.state.companies
    red, black = firms["list"] == 1, firms["list"] == -1
    assert red.sum() >= 2 and black.sum() >= 1
    others = (firms["score"] >= 0) & ~red & ~black
    assert (
        firms["score"][red].min()
        >= firms["score"][others].max()
        >= firms["score"][others].min()
        >= firms["score"][black].max()
    )
    assert (firms["barred_until"][black] == 13 + 12).all()
    barred = {event[2] for event in events_of(city, "listed_black")}
    assert barred >= set(np.flatnonzero(black))


def test_a_black_listed_firm_wins_no_tender_while_it_is_listed() -> None:
    wins = 0
    for seed in SEEDS:
        city = ran(
            {"kind": "red_black_list", "start": 1, "black_share": 0.4},
            seed=seed,
            months=60,
            companies={"private": 12},
        )
        state: dict[int, int] = {}
        for month, _, company, kind, _, _ in city.events():
            if kind == "listed_black":
                state[company] = month
            elif kind in ("listed_red", "list_left"):
                state.pop(company, None)
            elif kind == "tender_won":
                wins += 1
                assert company not in state
    assert wins > 0


def test_scores_of_firms_with_few_projects_are_noisier() -> None:
    spread: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(1, 9):
        exact, noisy = (
            ran(
                {"kind": "red_black_list", "start": 1, "noise": noise},
                seed=seed,
                months=7,
                companies={"private": 14, "capacity_estates": 60},
            ).state.companies
            for noise in (0.0, 0.2)
        )
        scored = exact["score"] >= 0
        error = (noisy["score"] - exact["score"])[scored]
        few = exact["estates"][scored] <= np.median(exact["estates"][scored])
        spread[True] += error[few].tolist()
        spread[False] += error[~few].tolist()
    assert np.std(spread[True]) > np.std(spread[False])


# committee drive


def test_a_drive_forms_committees_and_uses_up_the_streets_hands() -> None:
    cities = pairs({"kind": "committee_drive"}, 40)
    assert shift(cities, lambda city: (outcome(city, "flags", 40).astype(int) & 16 > 0).astype(float)) > 0.3
    for city, _ in cities:
        assert {event[4] for event in events_of(city, "committee_formed")} >= {"mobilised"}
        assert paid_by(city).keys() == {("street", "suppliers")}


def test_without_hands_or_money_there_is_no_drive() -> None:
    for government, event in (
        ({"street_staff": 0.0}, "staff_exhausted"),
        ({"street_budget": 0.0}, "budget_exhausted"),
    ):
        # with ballots as a rule streets mobilise a little at any time, without a drive
        drive = {"kind": "committee_drive", "start": 1}
        city = ran(drive, months=20, government=government, mechanisms={"ballots": False})
        assert not [e for e in events_of(city, "committee_formed") if e[4] == "mobilised"]
        assert [e[0] for e in events_of(city, event)] == [1, 13] and not paid_by(city)


def test_vetting_makes_better_committees() -> None:
    def integrity(city: City) -> np.ndarray:
        committees = city.state.committees
        return np.array([committees["integrity"][committees["exists"] == 1].mean()])

    strict = [
        (
            ran({"kind": "committee_drive", "start": 1, "vetting": 0.6}, seed=s),
            ran({"kind": "committee_drive", "start": 1, "vetting": 0.0}, seed=s),
        )
        for s in SEEDS
    ]
    assert shift(strict, integrity) > 0.05


def test_committees_that_only_mobilisation_made_lapse_without_it() -> None:
    def present(city: City) -> np.ndarray:
        return (outcome(city, "flags", 84).astype(int) & 16 > 0).astype(float)

    ended = [
        (
            ran({"kind": "committee_drive", "start": 1, "end": 24}, seed=s, months=84),
            ran({"kind": "committee_drive", "start": 1}, seed=s, months=84),
        )
        for s in SEEDS
    ]
    assert shift(ended, present) < -0.1


def test_of_the_committees_that_a_drive_founds_the_part_in_name_does_what_tired_ones_do() -> None:
    def founded(in_name: float) -> np.ndarray:
        drive = {"kind": "committee_drive", "start": 1, "in_name": in_name, "participation": 0.6}
        city = ran(drive, seed=1, months=12, parameters={"committee": {"fatigue": 0.0}})
        rows = sorted({event[1] for event in events_of(city, "committee_formed") if 2 <= event[0] <= 11})
        kept = [row for row in rows if city.state.committees["exists"][row] == 1]
        return np.asarray(city.state.committees["activity"][kept])

    able, named = founded(0.0), founded(1.0)
    assert able.size and named.size
    assert (able == 1.0).all() and (named == 0.35).all()


def test_canvassing_stirs_up_quarrels() -> None:
    loud, quiet = (
        ran(
            {"kind": "committee_drive", "start": 1, "attempts": 0.0, "participation": 0.0, "quarrels": much},
            months=12,
        )
        for much in (0.05, 0.0)
    )
    assert outcome(loud, "grievance", 12).mean() > outcome(quiet, "grievance", 12).mean()
