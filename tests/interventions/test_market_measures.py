"""Last-place elimination, entry standard and matchmaking: their effect on the market, their
side effects, and who pays."""

from __future__ import annotations

import numpy as np
import pytest
from paired import SEEDS, START, outcome, pairs, ran_with, run_by_market, shift, unmanaged
from small_city import events_of, paid_by

from sim.mesa_city import City
from sim.model.state.modes import SELF

FIRST = START + 12  # the first ranking or re-examination of a programme with a period of a year


def mean_size(city: City, kind: str) -> float:
    return float(np.mean([event[5] for event in events_of(city, kind)]))


def number_of(kind: str, city: City) -> int:
    return len(events_of(city, kind))


# last-place elimination

LAST = {"kind": "last_place_elimination"}
KNOWN = {"mechanisms": {"reporting": False}}  # the ranking is of estates as they are


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_firms_that_owners_score_worst_lose_all_their_estates(share: float) -> None:
    for seed in SEEDS:
        city = ran_with({**LAST, "share": share, "noise": 0.0}, seed=seed, months=FIRST + 8, **KNOWN)
        company, satisfaction = outcome(city, "company"), outcome(city, "satisfaction")
        before, run = company[FIRST - 1], run_by_market(city, FIRST - 1)
        firms = np.unique(before[run])
        score = np.array([satisfaction[FIRST - 1, run & (before == firm)].mean() for firm in firms])
        removed = {event[2] for event in events_of(city, "company_removed")}
        active = [firm for firm in firms if city.state.companies["active"][firm] == 1 or firm in removed]
        assert len(removed) == pytest.approx(share * len(active), abs=0.51)
        assert (
            score[np.isin(firms, list(removed))].max() <= score[~np.isin(firms, list(removed))].min() + 1e-6
        )
        assert {event[0] for event in events_of(city, "company_removed")} == {FIRST}
        assert not np.isin(company[-1], list(removed)).any(), "nor do they win a tender while they are barred"


def test_firms_add_effort_to_keep_their_place() -> None:
    cities = pairs(LAST, FIRST - 1)
    assert all(
        outcome(one, "quality")[-1].mean() > outcome(other, "quality")[-1].mean() for one, other in cities
    )


def test_owners_pay_in_the_gaps_and_nobody_else_does() -> None:
    paid_somewhere = 0.0
    for seed in SEEDS:
        city = ran_with(
            {**LAST, "gap_cost": 8.0, "gap_months": 3, "share": 0.3}, seed=seed, months=FIRST + 11
        )
        company, mode = outcome(city, "company"), outcome(city, "mode")
        households = city.state.estates["households"]
        due = 0
        for event in events_of(city, "company_removed"):
            row = event[1]
            gap = [
                m
                for m in range(FIRST + 1, city.month + 1)
                if company[m - 1, row] < 0 and mode[m - 1, row] != SELF
            ]
            due += min(3, len(gap)) * int(households[row]) * 8
        paid = paid_by(city)
        assert paid.keys() <= {("owners", "suppliers")}
        assert sum(paid.values()) == due
        paid_somewhere += due
    assert paid_somewhere > 0


def test_elimination_leaves_gaps_and_firms_stay_away_from_hard_estates() -> None:
    cities = pairs({**LAST, "share": 0.2}, 48)
    assert shift(cities, unmanaged) > 0
    hard, easy = [], []
    for city, _ in cities:
        condition = outcome(city, "condition")
        for month, estate, _, _, _, looked in events_of(city, "tender_opened"):
            if month > FIRST:
                (
                    hard
                    if condition[month - 1, estate] < 1 / 3
                    else easy
                    if condition[month - 1, estate] > 2 / 3
                    else []
                ).append(looked)
    usual = mean_size(cities[0][1], "tender_opened")
    assert np.mean(hard) < np.mean(easy) <= usual


def test_without_elimination_nobody_has_a_reason_to_stay_away() -> None:
    city = ran_with({**LAST, "share": 0.0}, seed=1, months=40)
    assert not events_of(city, "company_removed")
    assert {event[5] for event in events_of(city, "tender_opened")} == {8.0}


# entry standard

ENTRY = {"kind": "entry_standard"}


def test_the_entry_standard_raises_the_skill_that_estates_get() -> None:
    def skill(city: City) -> float:
        company = city.state.estates["company"]
        return float(city.state.companies["skill"][company[company >= 0]].mean())

    cities = pairs(ENTRY, 36)
    assert all(skill(one) > skill(other) for one, other in cities)
    assert shift(cities, lambda city: float(outcome(city, "quality")[-1].mean())) > 0


def test_the_district_pays_for_the_training_of_those_below_the_bar_only() -> None:
    for seed in SEEDS:
        city = ran_with({**ENTRY, "training_cost": 5000.0, "chances": 100}, seed=seed, months=FIRST + 3)
        refused = events_of(city, "company_refused")
        assert {event[0] for event in refused} <= {START, FIRST} and all(event[5] < 0.88 for event in refused)
        projects = 0
        for month, _, firm, _, _, _ in refused:
            projects += int(
                (run_by_market(city, month - 1) & (outcome(city, "company")[month - 1] == firm)).sum()
            )
        assert projects > 0 and paid_by(city) == {("district", "suppliers"): 5000.0 * projects}


def test_refused_firms_do_not_bid_until_they_pass() -> None:
    city = ran_with({**ENTRY, "bar": 0.97, "training": 0.0, "noise": 0.0, "chances": 100}, seed=1, months=40)
    refused = {event[2] for event in events_of(city, "company_refused")}
    assert refused and refused.isdisjoint(
        {event[2] for event in events_of(city, "tender_won") if event[0] >= START}
    )
    ended = ran_with({**ENTRY, "bar": 0.97, "training": 0.0, "end": 20}, seed=1, months=21)
    assert not (ended.state.companies["barred_until"] > 21).any()


def test_a_high_bar_leaves_fewer_bidders() -> None:
    cities = pairs({**ENTRY, "bar": 0.97, "training": 0.0, "chances": 100}, 60)
    assert shift(cities, lambda city: mean_size(city, "tender_won")) < 0
    assert shift(cities, lambda city: number_of("tender_won", city)) < 0


def test_who_fails_again_and_again_is_removed() -> None:
    city = ran_with(
        {**ENTRY, "bar": 0.93, "training": 0.0, "noise": 0.0, "chances": 2}, seed=1, months=FIRST + 8
    )
    skill = city.state.companies["skill"]
    removed = events_of(city, "company_removed")
    assert removed and {event[0] for event in removed} == {FIRST}
    assert all(skill[event[2]] < 0.93 for event in removed)


# matchmaking

MATCH = {"kind": "matchmaking"}


def test_more_firms_look_and_more_bid() -> None:
    for city, without in pairs(MATCH, 48):
        assert mean_size(city, "tender_opened") > mean_size(without, "tender_opened")
        assert max(event[5] for event in events_of(city, "tender_opened")) <= 8 + 8
    gained = 0.0  # where margins are thin; four seeds of one setting are few
    for plan_effort in (0.6, 0.65, 0.7):
        thin = {"market.plan_effort": plan_effort, "market.belief_noise": 0.2}
        gained += shift(pairs(MATCH, 60, parameters=thin), lambda city: number_of("tender_won", city))
    assert gained > 0


def test_the_district_pays_for_every_tender_that_was_introduced() -> None:
    for seed in SEEDS:
        city = ran_with({**MATCH, "cost": 2500.0, "staff": 0.0}, seed=seed, months=30)
        introduced = [event for event in events_of(city, "tender_opened") if event[5] > 8]
        assert introduced and all(event[0] >= START for event in introduced)
        assert paid_by(city) == {("district", "suppliers"): 2500.0 * len(introduced)}


def test_a_community_without_staff_introduces_nobody() -> None:
    city = ran_with({**MATCH, "staff": 2.0}, seed=1, months=30)
    assert {event[5] for event in events_of(city, "tender_opened")} == {8.0} and not paid_by(city)
    assert events_of(city, "staff_exhausted")


def test_a_short_list_that_is_full_leaves_nobody_to_introduce() -> None:
    def looked(firms: int) -> float:
        city = ran_with(
            {**MATCH, "firms": firms}, seed=1, months=30, companies={"capacity_estates": 1, "private": 60}
        )
        return mean_size(city, "tender_opened")

    assert looked(5) < looked(60)


def test_estates_go_to_firms_that_overrate_them_and_leave_again() -> None:
    impatient = {"tolerance_months_mean": 6.0, "tolerance_months_sd": 1.0}
    unsure = {"market.plan_effort": 0.6, "market.belief_noise": 0.3}

    def left_again(city: City) -> int:
        won = {(event[1], event[0]) for event in events_of(city, "tender_won")}
        return sum(
            any(row == event[1] and month < event[0] for row, month in won)
            for event in events_of(city, "company_left")
        )

    assert shift(pairs(MATCH, 60, companies=impatient, parameters=unsure), left_again) > 0
