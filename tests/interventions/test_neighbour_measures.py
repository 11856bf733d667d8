"""Red neighbour, publicity and donations: what they move, what fades, whom they reach, and who pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from first_version import first_version
from paired import SEEDS, START, outcome, pairs, ran_with, shift
from small_city import events_of, paid_by, small_scenario

from sim.mesa_city import City
from sim.model.state.modes import CLEANING, NONE, SELF
from sim.scenario import load_programmes


def last_year(city: City, name: str) -> float:
    return float(outcome(city, name)[-12:].mean())


def collection(city: City, months: slice = slice(-12, None)) -> float:
    return float(outcome(city, "collected")[months].sum() / outcome(city, "billed")[months].sum())


def stepped(programme: dict[str, Any], lever: str, months: int, seed: int = 1, **changes: Any) -> np.ndarray:
    """What the programme does to a lever, months x estates."""
    city = City(small_scenario({"start": START, **programme}, months=months, **changes), seed=seed)
    found = []
    for _ in range(months):
        city.step()
        found.append(city.state.estates[lever].copy())
    return np.array(found)


# red neighbour

RED = {"kind": "red_neighbour", "early_leave": 0.0}


def test_secretaries_raise_trust_and_payment() -> None:
    cities = pairs(RED, 30)
    assert shift(cities, lambda city: last_year(city, "trust")) > 0
    assert shift(cities, collection) > 0


@pytest.mark.parametrize(("persons", "allowance"), [(3, 3000.0), (8, 1234.5)])
def test_the_district_pays_every_secretary_every_month_and_nobody_else_pays(
    persons: int, allowance: float
) -> None:
    city = ran_with({**RED, "persons": persons, "allowance": allowance, "posting": 100}, seed=1, months=20)
    assert paid_by(city) == {("district", "suppliers"): pytest.approx(persons * allowance * (20 - START + 1))}


def test_there_are_never_more_secretaries_than_were_sent_and_each_leaves_when_time_is_over() -> None:
    city = ran_with({**RED, "persons": 5, "posting": 6, "early_leave": 0.1}, seed=2, months=40)
    there: dict[int, int] = {}
    for month in range(START, 41):
        for kind in ("secretary_left", "secretary_sent"):
            for event in (event for event in events_of(city, kind) if event[0] == month):
                if kind == "secretary_left":
                    assert event[5] == month - there.pop(event[1]) <= 6
                else:
                    there[event[1]] = month
        assert len(there) == 5
    assert {event[4] for event in events_of(city, "secretary_left")} == {"term_ended", "vacancy"}


def test_the_gain_depends_on_the_person() -> None:
    able, weak = [], []
    for city, without in pairs({**RED, "ability_spread": 0.4, "posting": 100}, 24):
        gain = (outcome(city, "trust") - outcome(without, "trust"))[-6:].mean(axis=0)
        for event in events_of(city, "secretary_sent"):
            (able if event[5] > 0.6 else weak).append(gain[event[1]])
    assert min(len(able), len(weak)) > 10 and np.mean(able) > np.mean(weak)


def test_what_a_secretary_built_reverts_when_he_is_gone() -> None:
    cities = pairs({**RED, "end": 24}, 72)
    at_the_end = shift(cities, lambda city: float(outcome(city, "trust")[24].mean()))
    later = shift(cities, lambda city: float(outcome(city, "trust")[-12:].mean()))
    assert at_the_end > 0 and later < at_the_end / 2


# publicity

PUBLICITY = {"kind": "publicity", "staff": 0.0}
QUIET = {"mechanisms": {"works": False, "volunteers": False}}  # rules that speak to owners' norm themselves


def test_a_good_campaign_raises_payment_and_the_effect_fades() -> None:
    cities = pairs({**PUBLICITY, "period": 100, "best": 0.8, "worst": 0.8}, 36)
    fresh = shift(cities, lambda city: collection(city, slice(START, START + 4)))
    late = shift(cities, lambda city: collection(city, slice(-6, None)))
    assert fresh > 0 and late < fresh


def test_the_luck_of_a_campaign_is_the_districts_and_between_nil_and_the_best() -> None:
    power = []
    for seed in SEEDS:
        lever = stepped(PUBLICITY, "lever_norm", START, seed, **QUIET)[-1]
        estates = City(small_scenario(**QUIET), seed=seed).run(START - 1).state.estates
        reached = lever > 0
        shown = lever[reached] / estates["paid_share"][reached]
        for district in np.unique(estates["district"]):
            here = shown[estates["district"][reached] == district]
            assert np.allclose(here, here[0])
            power.append(here[0])
    best = load_programmes()["publicity"].model_fields["best"].default
    assert 0 <= min(power) < 0.375 * best < 0.625 * best < max(power) <= best


def test_every_campaign_does_less_and_nothing_stays() -> None:
    brief = {**PUBLICITY, "period": 20, "best": 0.8, "worst": 0.8, "fading": 0.5, "habituation": 0.4}
    lever = stepped(brief, "lever_norm", 60, **QUIET)
    peaks = [lever[START - 1 + 20 * number].max() for number in range(3)]
    assert peaks[0] > peaks[1] > peaks[2] > 0
    assert lever[START + 17].max() < 0.01


def test_where_few_pay_a_campaign_costs_the_same_and_does_less() -> None:
    # a world in which there are estates where hardly anybody pays from the start
    lever = stepped({**PUBLICITY, "worst": 0.8}, "lever_norm", START, world=first_version)[-1]
    before = City(small_scenario(world=first_version), seed=1).run(START - 1).state.estates["paid_share"]
    few, many = (lever > 0) & (before < 0.4), (lever > 0) & (before > 0.8)
    assert few.any() and many.any() and lever[few].max() < lever[many].min() * 0.55


@pytest.mark.parametrize("cost", [3.0, 7.25])
def test_the_district_pays_for_every_household_that_is_billed(cost: float) -> None:
    city = ran_with({**PUBLICITY, "cost": cost}, seed=1, months=START + 11)
    mode, households = outcome(city, "mode")[START - 1], city.state.estates["households"]
    billed = ~np.isin(mode, (NONE, CLEANING))
    assert paid_by(city) == {("district", "suppliers"): pytest.approx(cost * households[billed].sum())}


# donations

GIFTS = {"kind": "donations", "chance": 0.15, "staff": 0.0}


def test_gifts_repair_facilities() -> None:
    assert shift(pairs(GIFTS, 36), lambda city: last_year(city, "condition")) > 0


def test_only_donors_pay_and_what_they_give_is_told() -> None:
    city = ran_with({**GIFTS, "works": 0.25}, seed=1, months=30)
    given = sum(event[5] for event in events_of(city, "donation"))
    paid = paid_by(city)
    assert paid == {
        ("donors", "suppliers"): pytest.approx(given / 4, rel=1e-5),
        ("donors", "estate_funds"): pytest.approx(0.75 * given, rel=1e-5),
    }


def test_gifts_go_to_those_who_have() -> None:
    """Every type has the same number of households here, but not the same income."""
    by_type: dict[str, list[float]] = {}
    for seed in SEEDS:
        city = ran_with(GIFTS, seed=seed, months=36)
        estates = city.state.estates
        names = list(city.scenario.types)
        received = np.bincount(
            [e[1] for e in events_of(city, "donation")],
            [e[5] for e in events_of(city, "donation")],
            estates.size,
        )
        for row, share in enumerate(received / estates["households"]):
            by_type.setdefault(names[estates["type"][row]], []).append(share)
    assert np.mean(by_type["commodity"]) > 1.4 * np.mean(by_type["three_no"])


def test_money_lies_idle_where_there_is_no_committee() -> None:
    programme = {**GIFTS, "works": 0.0, "thanks": 0.0}
    spent_anywhere = 0.0
    for seed in SEEDS:
        same = {"seed": seed, "months": 40, "parameters": {"committee.attempt": 0.0}}
        city, without = ran_with(programme, **same), ran_with(**same)
        given = np.bincount(
            [e[1] for e in events_of(city, "donation")], [e[5] for e in events_of(city, "donation")], 60
        )
        kept = (outcome(city, "fund")[-1] - outcome(without, "fund")[-1]) / 100.0
        committee = (outcome(city, "flags") & 16 > 0).any(axis=0)
        self_run = (outcome(city, "mode") == SELF).any(axis=0)
        as_before = (outcome(city, "mode") == outcome(without, "mode")).all(axis=0)
        idle = ~committee & ~self_run & as_before
        assert idle.sum() > 10
        assert np.allclose(
            kept[idle], given[idle], rtol=0.01, atol=10.0
        )  # a spending company next door moves a little
        spent_anywhere += float((given - kept)[committee & ~self_run].sum())
    assert spent_anywhere > 0
