"""Disclosure, complaint app, reception day and rectification drive: effect on their own target,
side effects, and who pays."""

from __future__ import annotations

import numpy as np
from paired import SEEDS, START, outcome, pairs, ran_with, shift
from small_city import events_of, paid_by

from sim.mesa_city import City

ESTATES = 60


def total(name: str, first: int, last: int, city: City) -> float:
    """Sum over estates and over the months first to last."""
    return float(outcome(city, name)[first : last + 1].sum())


def mean(name: str, month: int, city: City) -> float:
    return float(outcome(city, name)[month].mean())


# disclosure

OPEN_BOOKS = {"kind": "disclosure"}


def test_disclosure_builds_trust_and_stops_leaks() -> None:
    for city, without in pairs(OPEN_BOOKS, 24):
        run = (city.state.estates["company"] >= 0) & (without.state.estates["company"] >= 0)
        assert outcome(city, "trust")[-1, run].mean() > outcome(without, "trust")[-1, run].mean()
        assert city.state.estates["leaked"][run].sum() < without.state.estates["leaked"][run].sum()


def test_companies_pay_for_posting_and_the_street_for_checking_it() -> None:
    for seed in SEEDS:
        city = ran_with({**OPEN_BOOKS, "cost": 250.0, "checking": 50.0, "staff": 0.0}, seed=seed, months=30)
        posted = int((outcome(city, "company")[START - 1 : 30] >= 0).sum())
        assert paid_by(city) == {
            ("companies", "suppliers"): 250.0 * posted,
            ("street", "suppliers"): 50.0 * posted,
        }


def test_what_nobody_checks_is_not_posted() -> None:
    city = ran_with({**OPEN_BOOKS}, seed=1, months=12, government={"street_staff": 0.0})
    assert paid_by(city) == {} and not (city.state.estates["lever_disclosure"] > 0.5).any()


def test_open_books_set_owners_against_one_another_where_many_do_not_pay() -> None:
    loud, quiet = (
        ran_with({**OPEN_BOOKS, "degree": 0.0, "route": 0.0, "quarrels": much}, seed=1, months=24)
        for much in (0.05, 0.0)
    )
    more = outcome(loud, "grievance")[24] - outcome(quiet, "grievance")[24]
    run = outcome(quiet, "company")[24] >= 0
    paying = outcome(quiet, "collected")[24] / np.maximum(outcome(quiet, "billed")[24], 1.0)
    assert more[run & (paying < 0.5)].mean() > more[run & (paying > 0.8)].mean() > 0.0


def test_disclosure_shows_who_pays_for_better_and_for_worse() -> None:
    fewer = more = 0
    for city, without in pairs({**OPEN_BOOKS, "degree": 1.0}, START):
        before = ran_with(seed=city.seed, months=START - 1)
        run = before.state.estates["company"] >= 0
        guessed = float(before.state.parameters["payment_dim_prior"][0])
        low, high = (
            run & (before.state.estates["paid_share"] < guessed),
            run & (before.state.estates["paid_share"] > guessed),
        )
        change = outcome(city, "collected")[-1] - outcome(without, "collected")[-1]
        assert (change[low] <= 0).all() and (change[high] >= 0).all()
        fewer, more = fewer + int((change[low] < 0).sum()), more + int((change[high] > 0).sum())
    assert fewer > 0 and more > 0


def test_disclosure_where_most_refuse_lowers_payment_at_first() -> None:
    cities = pairs(OPEN_BOOKS, START + 2, parameters={"payment.base": -1.0})
    assert shift(cities, lambda city: total("collected", START, START + 2, city)) < 0


# complaint app

APP = {"kind": "complaint_app"}


def test_complaints_rise_first_and_then_fewer_are_open() -> None:
    cities = pairs(APP, 40)
    assert shift(cities, lambda city: total("filed", START, START + 5, city)) > 0
    assert shift(cities, lambda city: mean("open", START, city)) > 0
    assert shift(cities, lambda city: mean("open", 40, city)) < 0
    assert shift(cities, lambda city: mean("grievance", 40, city)) < 0


def test_the_district_pays_for_the_app_and_for_what_the_community_has_no_hands_for() -> None:
    for seed in SEEDS:
        plain = {**APP, "cost": 80.0, "cases": 0.0}
        assert paid_by(ran_with(plain, seed=seed, months=30)) == {
            ("district", "suppliers"): 80.0 * ESTATES * (31 - START)
        }
        by_community = paid_by(ran_with({**plain, "cases": 3.0, "staff": 0.0}, seed=seed, months=30))
        # what a case costs is the programme's to pay where no rule has somebody pay for every repair
        no_hands = {**plain, "cases": 3.0, "staff": 10.0}
        by_district = paid_by(ran_with(no_hands, seed=seed, months=30, mechanisms={"repairs": False}))
        assert by_community == {("district", "suppliers"): 80.0 * ESTATES * (31 - START)}
        assert by_district.keys() == {("district", "suppliers")} and sum(by_district.values()) > sum(
            by_community.values()
        )


def test_an_open_channel_and_a_short_deadline_embitter_where_nobody_has_hands() -> None:
    nobody = {**APP, "routing": 0.0, "cases": 0.0}
    cities = pairs(nobody, 40, parameters={"complaints.capacity": 0.0, "complaints.public_capacity": 0.0})
    assert all(mean("open", 40, city) > mean("open", 40, without) for city, without in cities)
    assert all(mean("grievance", 40, city) > mean("grievance", 40, without) for city, without in cities)


# reception day

RECEPTION = {"kind": "reception_day"}


def test_meeting_builds_trust_and_solves_about_half_a_problem_a_session() -> None:
    cities = pairs({**RECEPTION, "staff": 0.0}, 40)
    assert shift(cities, lambda city: mean("trust", 40, city)) > 0
    assert shift(cities, lambda city: total("solved", START, 40, city)) > 0
    for city, _ in cities:
        solved = sum(event[5] for event in events_of(city, "problem_solved"))
        held = sum(paid_by(city).values()) / 50.0
        assert 0 < solved <= 0.6 * held


def test_the_community_pays_for_sessions_and_estates_take_turns() -> None:
    for seed in SEEDS:
        city = ran_with({**RECEPTION, "sessions": 1, "cost": 60.0}, seed=seed, months=30)
        communities = np.unique(city.state.estates["community"]).size
        assert paid_by(city) == {("community", "suppliers"): 60.0 * communities * (31 - START)}
        last = city.policy.programme_states[0].memory["last_heard"]
        sizes = np.bincount(city.state.estates["community"])[city.state.estates["community"]]
        assert (30 - last < sizes).all(), (
            "nobody waits longer than it takes to hear all estates of the community"
        )


def test_hearing_more_than_is_solved_adds_to_the_backlog_where_the_manager_solves_little() -> None:
    idle = {"complaints.base": 0.5, "complaints.capacity": 0.0, "complaints.public_capacity": 0.0}
    # half a problem a session in an estate of ordinary size, which is seven times those of this city
    cities = pairs({**RECEPTION, "solved": 0.07}, 24, parameters=idle)
    assert all(mean("open", START + 5, city) > mean("open", START + 5, without) for city, without in cities)
    assert shift(cities, lambda city: mean("grievance", 24, city)) > 0


# rectification drive

DRIVE = {"kind": "rectification_drive"}


def test_a_drive_clears_complaints_stops_leaks_and_lifts_service() -> None:
    for city, without in pairs(DRIVE, START + 1):
        assert mean("open", START + 1, city) < mean("open", START + 1, without)
        assert city.state.estates["leaked"].sum() < without.state.estates["leaked"].sum()
        assert mean("quality", START + 1, city) > mean("quality", START + 1, without)


def test_the_district_pays_for_the_months_of_the_drive_only() -> None:
    for seed in SEEDS:
        city = ran_with({**DRIVE, "months": 4, "cost": 1000.0, "staff": 0.0}, seed=seed, months=30)
        assert paid_by(city) == {("district", "suppliers"): 1000.0 * 4 * ESTATES}
        assert {line[0] for line in city.ledger_lines if line[4]} == set(range(START, START + 4))
        again = ran_with(
            {**DRIVE, "months": 4, "cost": 1000.0, "staff": 0.0, "again": 12}, seed=seed, months=30
        )
        assert paid_by(again) == {("district", "suppliers"): 1000.0 * 4 * 3 * ESTATES}


def test_a_drive_is_a_burst_that_fades() -> None:
    peak, months = START + 5, 60
    cities = pairs(DRIVE, months)
    gain = shift(cities, lambda city: mean("open", peak, city))
    assert gain < 0 and shift(cities, lambda city: mean("open", months, city)) > 0.75 * gain
    service = shift(cities, lambda city: mean("quality", START, city))
    assert service > 0 and shift(cities, lambda city: mean("quality", peak + 6, city)) < 0.5 * service
    leaks = shift(cities, lambda city: float(city.state.estates["leaked"].sum()))
    at_work = shift(pairs(DRIVE, START), lambda city: float(city.state.estates["leaked"].sum()))
    assert at_work < 0 and abs(leaks) < 0.1 * abs(at_work)


def test_a_drive_waits_for_hands() -> None:
    # ten estates in a street of four persons: eight at half a person each, the other two once those are done
    table = {**DRIVE, "staff": 0.5, "cost": 1000.0, "months": 4}
    city = ran_with(table, seed=1, months=START)
    assert paid_by(city) == {("district", "suppliers"): 1000.0 * 8 * 6} and events_of(city, "staff_exhausted")
    later = ran_with(table, seed=1, months=30)
    assert paid_by(later) == {("district", "suppliers"): 1000.0 * 4 * ESTATES}
    assert max(line[0] for line in later.ledger_lines if line[4]) == START + 7
