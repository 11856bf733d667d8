"""What each intervention does to its own target, what it is known to risk, and what it costs whom: paired seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_city import events_of, paid_by, ran

from sim.city import City
from sim.state.modes import CLEANING, MARKET, NONE, SOE

SEEDS = (1, 2, 3, 4)
START = 7


def pairs(programme: dict[str, Any], months: int, **changes: Any) -> list[tuple[City, City]]:
    """Cities with and without a programme, one pair for each seed."""
    return [(ran({"start": START, **programme}, seed=seed, months=months, **changes), ran(seed=seed, months=months, **changes)) for seed in SEEDS]


def shift(cities: list[tuple[City, City]], value: Callable[[City], np.ndarray]) -> float:
    """Mean over pairs and estates of what the programme changed."""
    return float(np.mean([np.mean(value(with_it) - value(without)) for with_it, without in cities]))


def treated(city: City) -> np.ndarray:
    return city.policy.courses[0].since > 0


def outcome(city: City, name: str, month: int) -> np.ndarray:
    assert city.outcomes is not None
    return np.asarray(getattr(city.outcomes, name)[month], float)


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
    city = ran({"kind": "operating_subsidy", "start": 1, "targets": {"modes": ["market"]}}, months=42, loops={"exit": False})
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
        cut = ran({"kind": "operating_subsidy", "start": START, "end": cut_month, **FLAT}, seed=seed, months=months)
        never = ran(seed=seed, months=months)
        had = outcome(cut, "subsidy", cut_month) > 0
        at_cut, later = outcome(cut, "quality", cut_month)[had], outcome(cut, "quality", months)[had]
        assert later.mean() < at_cut.mean() - 0.02
        assert later.mean() < outcome(kept, "quality", months)[had].mean() - 0.02
        lost = at_cut.mean() - later.mean()
        gained = at_cut.mean() - outcome(never, "quality", cut_month)[had].mean()
        assert lost > 0.25 * gained, "much of what was gained is lost again"
        assert {event[0] for event in events_of(cut, "subsidy_ended") if event[4] == "policy"} == {cut_month + 1}


# performance award

AWARD = {"kind": "performance_award", "high_score": 0.8, "low_score": 0.7, "high_award": 0.2, "low_award": 0.1, "targets": {}}


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
        return float(np.mean((outcome(city, "quality", START + 5) + outcome(city, "condition", START + 5))[rows]))

    assert best(10_000.0) > best(1e9)


# state-owned fallback


def test_fallback_takes_what_nobody_manages_within_its_capacity() -> None:
    def unmanaged(city: City) -> np.ndarray:
        return np.isin(city.state.estates["mode"], (NONE, CLEANING)).astype(float)

    cities = pairs({"kind": "soe_fallback", "capacity": 1.0}, 40, companies={"state_owned": 2, "capacity_state_owned": 30})
    assert shift(cities, unmanaged) < -0.1
    for city, plain in cities:
        taken = events_of(city, "fallback_taken")
        months = [event[0] for event in taken]
        assert taken and min(months) >= START and all(months.count(month) <= 1 for month in months)
        assert not events_of(plain, "fallback_taken")
        assert paid_by(city).keys() <= {("district", "companies"), ("companies", "suppliers")}


def test_fallback_stops_when_the_state_owned_companies_are_full() -> None:
    city = ran({"kind": "soe_fallback", "start": 1, "capacity": 20.0}, months=24, companies={"state_owned": 1, "capacity_state_owned": 8})
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
    city = ran({"kind": "soe_fallback", "start": 1, "capacity": 20.0}, months=20)
    estates = city.state.estates
    streets = set(estates["street"][(estates["mode"] == SOE) & treated(city)])
    beside = np.isin(estates["street"], list(streets)) & (estates["mode"] == MARKET) & (estates["lever_norm"] != 0)
    assert beside.any() and (estates["lever_norm"] <= 0).all() and not estates["lever_norm"][estates["mode"] != MARKET].any()


# red and black lists


def test_rankings_raise_what_is_scored() -> None:
    def visible(city: City) -> np.ndarray:
        return outcome(city, "quality", START + 11)

    assert shift(pairs({"kind": "red_black_list"}, START + 11), visible) > 0


def test_rankings_lower_what_is_not_scored() -> None:
    # without a reputation at stake no effort is added: what is gained in view is lost out of view
    gaming = {"kind": "red_black_list", "stake": 0.0, "red_share": 0.0, "black_share": 0.0, "pressure": 1.0}
    cities = pairs(gaming, START + 23, loops={"exit": False, "service": False, "norm": False, "grievance": False})
    for with_it, without in cities:
        run = with_it.state.estates["company"] >= 0
        maintained = run & (outcome(without, "condition", START + 23) > 0)
        difference = (outcome(with_it, "condition", START + 23) - outcome(without, "condition", START + 23))[maintained]
        assert (difference <= 0).mean() > 0.9 and difference.mean() < 0
        assert (outcome(with_it, "quality", START)[run] >= outcome(without, "quality", START)[run]).all()


def test_lists_follow_the_scores_and_have_consequences() -> None:
    city = ran({"kind": "red_black_list", "start": 1, "noise": 0.0, "red_share": 0.3, "black_share": 0.2}, months=13, companies={"private": 10})
    firms = city.state.companies
    red, black = firms["list"] == 1, firms["list"] == -1
    assert red.sum() >= 2 and black.sum() >= 1
    others = (firms["score"] >= 0) & ~red & ~black
    assert firms["score"][red].min() >= firms["score"][others].max() >= firms["score"][others].min() >= firms["score"][black].max()
    assert (firms["barred_until"][black] == 13 + 12).all()
    barred = {event[2] for event in events_of(city, "listed_black")}
    assert barred >= set(np.flatnonzero(black))


def test_a_black_listed_firm_wins_no_tender_while_it_is_listed() -> None:
    wins = 0
    for seed in SEEDS:
        city = ran({"kind": "red_black_list", "start": 1, "black_share": 0.4}, seed=seed, months=60, companies={"private": 12})
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
            ran({"kind": "red_black_list", "start": 1, "noise": noise}, seed=seed, months=7, companies={"private": 14, "capacity_estates": 60}).state.companies
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
    for government, event in (({"street_staff": 0.0}, "staff_exhausted"), ({"street_budget": 0.0}, "budget_exhausted")):
        city = ran({"kind": "committee_drive", "start": 1}, months=20, government=government)
        assert not [e for e in events_of(city, "committee_formed") if e[4] == "mobilised"]
        assert [e[0] for e in events_of(city, event)] == [1, 13] and not paid_by(city)


def test_vetting_makes_better_committees() -> None:
    def integrity(city: City) -> np.ndarray:
        committees = city.state.committees
        return np.array([committees["integrity"][committees["exists"] == 1].mean()])

    strict = [(ran({"kind": "committee_drive", "start": 1, "vetting": 0.6}, seed=s), ran({"kind": "committee_drive", "start": 1, "vetting": 0.0}, seed=s)) for s in SEEDS]
    assert shift(strict, integrity) > 0.05


def test_committees_that_only_mobilisation_made_lapse_without_it() -> None:
    def present(city: City) -> np.ndarray:
        return (outcome(city, "flags", 84).astype(int) & 16 > 0).astype(float)

    ended = [(ran({"kind": "committee_drive", "start": 1, "end": 24}, seed=s, months=84), ran({"kind": "committee_drive", "start": 1}, seed=s, months=84)) for s in SEEDS]
    assert shift(ended, present) < -0.1


# retrofit


def test_a_retrofit_restores_condition_once_and_costs_what_it_says() -> None:
    programme = {"kind": "retrofit", "start": 1, "lag": 3, "capacity": 100.0, "cost_full": 10000.0, "owner_share": 0.25, "district_share": 0.25}
    city = ran(programme, months=10, government={"district_budget": 1e9})
    done = events_of(city, "retrofit")
    rows = [event[1] for event in done]
    assert {event[0] for event in done if event[0] < 6} == {4} and len(rows) == len(set(rows))
    households = city.state.estates["households"][rows].sum()
    paid = paid_by(city)
    assert sum(paid.values()) == pytest.approx(10000.0 * households)
    assert paid["state", "suppliers"] == pytest.approx(2 * paid["owners", "suppliers"]) == pytest.approx(2 * paid["district", "suppliers"])
    at_first = [event[1] for event in done if event[0] == 4]
    assert outcome(city, "condition", 4)[at_first].min() > 0.85 > outcome(city, "condition", 3)[at_first].max()


def test_single_items_are_cheaper_and_do_less() -> None:
    def gained(*items: str) -> tuple[float, float]:
        city = ran({"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0, "items": list(items)}, months=2, government={"district_budget": 1e9})
        return float(np.mean([event[5] for event in events_of(city, "retrofit") if event[0] == 1])), sum(paid_by(city).values())

    gates, both, full = gained("gates"), gained("gates", "drains"), gained("full")
    assert gates[0] < both[0] < full[0] and gates[1] < both[1] < full[1]


def test_works_wait_until_every_public_share_is_there() -> None:
    city = ran({"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0}, months=6, government={"district_budget": 0.0})
    assert not events_of(city, "retrofit") and not paid_by(city) and events_of(city, "budget_exhausted")


def test_what_was_built_wears_down_again_where_nobody_keeps_it() -> None:
    programme = {"kind": "retrofit", "start": 1, "lag": 0, "capacity": 100.0, "targets": {"modes": ["none", "cleaning"]}}
    frozen = {"loops": {"exit": False}, "government": {"district_budget": 1e9}}
    for with_it, without in pairs(programme, 84, **frozen):
        rows = np.unique([event[1] for event in events_of(with_it, "retrofit") if event[0] == 1])
        unkept = rows[np.isin(with_it.state.estates["mode"][rows], (NONE, CLEANING)) & (without.state.estates["company"][rows] < 0)]
        gain = [(outcome(with_it, "condition", month) - outcome(without, "condition", month))[unkept].mean() for month in (1, 24, 48, 84)]
        assert unkept.size and gain[0] > gain[1] > gain[2] > gain[3]
        assert outcome(with_it, "condition", 84)[unkept].mean() < 0.8 * outcome(with_it, "condition", 1)[unkept].mean()
