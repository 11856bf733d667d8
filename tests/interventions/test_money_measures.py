"""Subsidy, award and retrofit: effect on their own target, known risk, and what
they cost whom; paired seeds."""

from __future__ import annotations

import numpy as np
import pytest
from small_city import SEEDS, START, events_of, outcome, paid_by, pairs, ran, shift, small_scenario

from sim.mesa_city import City
from sim.model.state.modes import CLEANING, NONE
from sim.scenario import with_overrides

# operating subsidy

FLAT = {"first_year": 0.3, "second_year": 0.3, "third_year": 0.3, "later": 0.3, "targets": {}}


def test_a_subsidy_buys_service_where_somebody_manages() -> None:
    cities = pairs({"kind": "operating_subsidy", **FLAT}, 30)
    assert shift(cities, lambda city: outcome(city, "quality", 30)) > 0.02
    for city, _ in cities:
        paid = paid_by(city)
        assert paid.keys() <= {("district", "companies"), ("district", "estate_funds")}
        estates = city.state.estates
        # the subsidy column says the same as the ledger
        assert city.outcomes is not None
        assert city.outcomes.subsidy.sum() / 100.0 == pytest.approx(sum(paid.values()))
        assert not city.outcomes.subsidy[:START].any()
        managed = (estates["company"] >= 0) & (estates["lever_company_income"] > 0)
        assert managed.any()
        expected = np.floor(0.3 * 100 * estates["area"][managed] + 0.5)
        assert np.abs(estates["lever_company_income"][managed] - expected).max() <= 1


def test_a_subsidy_falls_by_year_of_payment_and_then_ends() -> None:
    city = ran(
        {"kind": "operating_subsidy", "start": 1, "targets": {"modes": ["market"]}},
        months=42,
        loops={"exit": False},
    )
    assert city.outcomes is not None
    subsidy, area = city.outcomes.subsidy, city.state.estates["area"]
    rows = np.flatnonzero(subsidy[1] > 0)
    for month, rate in ((1, 30), (12, 30), (13, 20), (24, 20), (25, 10), (36, 10), (37, 0)):
        assert np.abs(subsidy[month, rows] - np.floor(rate * area[rows] + 0.5)).max() <= 1
    ended = events_of(city, "subsidy_ended")
    assert {(event[0], event[4]) for event in ended if event[1] in rows} == {(37, "taper")}
    assert {event[1] for event in ended} >= set(rows)


def test_bidders_count_on_a_subsidy_for_estates_that_nobody_manages() -> None:
    def won(city: City) -> np.ndarray:
        return np.array([len(events_of(city, "tender_won"))])

    assert shift(pairs({"kind": "operating_subsidy", **FLAT}, 40), won) > 0


def test_a_subsidy_cut_off_suddenly_leaves_estates_that_fall_back() -> None:
    cut_month, months = 42, 72
    for seed in SEEDS:
        kept = ran({"kind": "operating_subsidy", "start": START, **FLAT}, seed=seed, months=months)
        cut = ran(
            {"kind": "operating_subsidy", "start": START, "end": cut_month, **FLAT}, seed=seed, months=months
        )
        never = ran(seed=seed, months=months)
        had = outcome(cut, "subsidy", cut_month) > 0
        at_cut, later = outcome(cut, "quality", cut_month)[had], outcome(cut, "quality", months)[had]
        assert later.mean() < at_cut.mean() - 0.02
        assert later.mean() < outcome(kept, "quality", months)[had].mean() - 0.02
        lost = at_cut.mean() - later.mean()
        gained = at_cut.mean() - outcome(never, "quality", cut_month)[had].mean()
        assert lost > 0.25 * gained, "much of what was gained is lost again"
        assert {event[0] for event in events_of(cut, "subsidy_ended") if event[4] == "policy"} == {
            cut_month + 1
        }


# performance award

AWARD = {
    "kind": "performance_award",
    "high_score": 0.8,
    "low_score": 0.7,
    "high_award": 0.2,
    "low_award": 0.1,
    "targets": {},
}


def test_awards_are_paid_after_assessments_only_and_shared_as_stated() -> None:
    city = ran({**AWARD, "start": START, "city_share": 0.25}, months=30)
    assert {event[0] for event in events_of(city, "award_paid")} <= {START + 6, START + 12, START + 18}
    paid = paid_by(city)
    city_paid = sum(yuan for (payer, _), yuan in paid.items() if payer == "city")
    assert sum(paid.values()) == pytest.approx(sum(event[5] for event in events_of(city, "award_paid")))
    assert city_paid == pytest.approx(0.25 * sum(paid.values()), abs=1.0)


def test_awards_raise_service_within_reach() -> None:
    def near(city: City) -> np.ndarray:
        start = ran(months=START - 1, seed=city.seed)
        estates = start.state.estates
        score = (estates["quality"] + estates["paid_share"] + estates["condition"]) / 3
        rows = (estates["company"] >= 0) & (score > 0.75)
        return outcome(city, "quality", START + 6)[rows]

    assert shift(pairs(AWARD, START + 6), near) > 0


def test_awards_go_to_easy_estates_and_staff_leaves_the_hard_ones() -> None:
    few = {"private": 6}  # so that a company has easy and hard estates
    helped, robbed = [], []
    for seed in SEEDS:
        start = ran(seed=seed, companies=few, months=START - 1).state.estates
        ease = start["paid_share"] + start["quality"] + start["condition"]
        city = ran({**AWARD, "start": START}, seed=seed, companies=few, months=48)
        awarded = np.unique([event[1] for event in events_of(city, "award_paid")])
        others = np.setdiff1d(np.flatnonzero(start["company"] >= 0), awarded)
        assert ease[awarded].mean() > ease[others].mean() + 0.1
        first = ran({**AWARD, "start": START}, seed=seed, companies=few, months=START).state.estates
        helped += ease[first["lever_effort"] > 0].tolist()
        robbed += ease[first["lever_effort"] < 0].tolist()
    assert robbed and np.mean(helped) > np.mean(robbed) + 0.1


def test_scarce_award_money_goes_to_the_best_scores() -> None:
    def best(yearly_budget: float) -> float:
        city = ran({**AWARD, "start": START, "yearly_budget": yearly_budget}, months=START + 6)
        rows = [event[1] for event in events_of(city, "award_paid")]
        assert rows
        return float(
            np.mean((outcome(city, "quality", START + 5) + outcome(city, "condition", START + 5))[rows])
        )

    assert best(10_000.0) > best(1e9)


# retrofit


def test_a_retrofit_restores_condition_once_and_costs_what_it_says() -> None:
    programme = {
        "kind": "retrofit",
        "start": 1,
        "lag": 3,
        "capacity": 100.0,
        "cost_full": 10000.0,
        "owner_share": 0.25,
        "district_share": 0.25,
    }
    city = ran(programme, months=10, government={"district_budget": 1e9})
    done = events_of(city, "retrofit")
    rows = [event[1] for event in done]
    assert {event[0] for event in done if event[0] < 6} == {4} and len(rows) == len(set(rows))
    households = city.state.estates["households"][rows].sum()
    paid = paid_by(city)
    assert sum(paid.values()) == pytest.approx(10000.0 * households)
    assert (
        paid["state", "suppliers"]
        == pytest.approx(2 * paid["owners", "suppliers"])
        == pytest.approx(2 * paid["district", "suppliers"])
    )
    at_first = [event[1] for event in done if event[0] == 4]
    assert (
        outcome(city, "condition", 4)[at_first].min() > 0.85 > outcome(city, "condition", 3)[at_first].max()
    )


def test_single_items_are_cheaper_and_do_less() -> None:
    def gained(*items: str) -> tuple[float, float]:
        city = ran(
            {"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0, "items": list(items)},
            months=2,
            government={"district_budget": 1e9},
        )
        return float(np.mean([event[5] for event in events_of(city, "retrofit") if event[0] == 1])), sum(
            paid_by(city).values()
        )

    gates, both, full = gained("gates"), gained("gates", "drains"), gained("full")
    assert gates[0] < both[0] < full[0] and gates[1] < both[1] < full[1]


def test_works_wait_until_every_public_share_is_there() -> None:
    city = ran(
        {"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0},
        months=6,
        government={"district_budget": 0.0},
    )
    assert not events_of(city, "retrofit") and not paid_by(city) and events_of(city, "budget_exhausted")


def test_what_was_built_wears_down_again_where_nobody_keeps_it() -> None:
    programme = {
        "kind": "retrofit",
        "start": 1,
        "lag": 0,
        "capacity": 100.0,
        "targets": {"modes": ["none", "cleaning"]},
    }
    frozen = {"loops": {"exit": False}, "government": {"district_budget": 1e9}}
    for with_it, without in pairs(programme, 84, **frozen):
        rows = np.unique([event[1] for event in events_of(with_it, "retrofit") if event[0] == 1])
        unkept = rows[
            np.isin(with_it.state.estates["mode"][rows], (NONE, CLEANING))
            & (without.state.estates["company"][rows] < 0)
        ]
        gain = [
            (outcome(with_it, "condition", month) - outcome(without, "condition", month))[unkept].mean()
            for month in (1, 24, 48, 84)
        ]
        assert unkept.size and gain[0] > gain[1] > gain[2] > gain[3]
        assert (
            outcome(with_it, "condition", 84)[unkept].mean()
            < 0.8 * outcome(with_it, "condition", 1)[unkept].mean()
        )


def test_owners_who_refuse_their_part_stop_the_works_until_they_are_asked_again() -> None:
    programme = {"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0, "canvassing": 1.0}
    rich = {"government": {"district_budget": 1e9}}
    unwilling = ran(programme | {"approval": 0.3, "wait": 5}, months=12, **rich)
    assert not events_of(unwilling, "retrofit") and not paid_by(unwilling)
    refused = events_of(unwilling, "funds_refused")
    assert {event[0] for event in refused if event[1] == refused[0][1]} == {1, 6, 11}
    assert all(event[5] <= 0.75 and event[4] == "rejected" for event in refused)
    willing = ran(programme | {"approval": 1.0}, months=2, **rich)
    assert events_of(willing, "retrofit") and not events_of(willing, "funds_refused")
    free = ran(programme | {"approval": 0.0, "owner_share": 0.0}, months=2, **rich)
    assert events_of(free, "retrofit") and not events_of(free, "funds_refused")


def test_owners_who_do_not_come_to_vote_on_their_part_are_told_by_how_many_did() -> None:
    programme = {"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0, "approval": 1.0}
    rare = {"committee.participation": 0.3, "committee.vacant_participation": 0.0}
    scenario = with_overrides(small_scenario(programme, months=2), rare)
    city = City(scenario).run()
    refused = events_of(city, "funds_inquorate")
    assert not events_of(city, "funds_refused")
    assert refused and all(event[4] == "quorum_missed" and event[5] < 2 / 3 for event in refused)


def test_a_fallback_company_that_mends_what_it_takes_over_has_not_retrofitted_it() -> None:
    fallback = {"kind": "soe_fallback", "start": 1, "repair_gain": 0.3}
    city = ran(fallback, months=24)
    taken = {(event[1]) for event in events_of(city, "fallback_taken")}
    mended = [event[1] for event in events_of(city, "small_repairs")]
    assert mended and set(mended) <= taken and not events_of(city, "retrofit")
    assert len(mended) == len(set(mended)), "once for each estate"
    assert not events_of(ran(fallback | {"repair_gain": 0.0}, months=24), "small_repairs")
