"""Legacy remediation, mediation and legal enforcement: effect on their own target,
side effects, and who pays."""

from __future__ import annotations

from functools import partial

import numpy as np
import paired
import pytest
from first_version import first_version
from paired import SEEDS, START, outcome, shift
from small_city import events_of, paid_by

from sim.mesa_city import City

# Of a measure alone: the second version's rules take up debts and defects themselves, with it or without.
ran_with = partial(paired.ran_with, world=first_version)
pairs = partial(paired.pairs, world=first_version)


def mean(name: str, month: int, city: City) -> float:
    return float(outcome(city, name)[month].mean())


# legacy remediation

REPAIR = {"kind": "legacy_remediation", "pursuit": 0.0, "concedes": 1.0}
PRESENT, ABSENT = {"solvent": 1.0, "gone": 0.0}, {"solvent": 0.0}


def test_defects_go_month_by_month_and_grievance_with_them() -> None:
    cities = pairs({**REPAIR, "lag": 0}, 48)
    for city, without in cities:
        legacy, before = outcome(city, "legacy"), outcome(without, "legacy")
        assert (legacy <= before).all() and (np.diff(legacy, axis=0) <= 0).all()
        defective = before[0] > 0
        assert (legacy[START, defective] > 0).all(), "not at once"
        repaired = {event[1] for event in events_of(city, "legacy_repaired")}
        assert repaired == set(np.flatnonzero(defective & (legacy[-1] == 0)))
    assert shift(cities, lambda city: mean("grievance", 48, city)) < 0
    assert shift(cities, lambda city: mean("satisfaction", 48, city)) > 0


def test_repairs_are_slow() -> None:
    city = ran_with({**REPAIR, "lag": 8}, seed=1, months=48)
    legacy = outcome(city, "legacy")
    assert (legacy[START + 7] == legacy[0]).all() and (legacy[START + 8] < legacy[0]).any()
    patient = ran_with({**REPAIR, "lag": 8, "concedes": 0.02, **PRESENT}, seed=1, months=48)
    assert outcome(patient, "legacy")[-1].sum() > legacy[-1].sum()


@pytest.mark.parametrize(("developers", "bearer"), [(PRESENT, "developers"), (ABSENT, "district")])
def test_the_developer_pays_and_the_district_only_where_there_is_none(
    developers: dict[str, float], bearer: str
) -> None:
    for seed in SEEDS:
        city = ran_with({**REPAIR, **developers, "cost": 4000.0}, seed=seed, months=40)
        legacy = outcome(city, "legacy").astype(float)
        removed = ((legacy[0] - legacy[-1]) * city.state.estates["households"]).sum()
        assert removed > 0 and paid_by(city) == {
            (bearer, "suppliers"): pytest.approx(4000.0 * removed, rel=1e-4)
        }


def test_the_district_pays_for_pressing_developers_until_they_agree() -> None:
    for seed in SEEDS:
        city = ran_with(
            {**REPAIR, **PRESENT, "concedes": 0.0, "pursuit": 500.0, "lag": 0}, seed=seed, months=20
        )
        defective = int((outcome(city, "legacy")[0] > 0).sum())
        assert paid_by(city) == {("district", "suppliers"): 500.0 * defective * (21 - START)}


def test_old_estates_have_fewer_developers_to_press() -> None:
    years: dict[str, list[float]] = {"developers": [], "district": []}
    for seed in SEEDS:
        for bearer, absent in (("developers", 0.0), ("district", 1.0)):
            # the district does nothing where developers are looked at, and the other way round
            table = {**REPAIR, "lag": 0, "district_share": absent, "concedes": 1.0 - absent, "gone": 0.02}
            city = ran_with(table, seed=seed, months=START)
            repaired = city.state.estates["lever_legacy"] > 0
            years[bearer] += city.state.estates["built_year"][repaired].tolist()
    assert np.mean(years["developers"]) > np.mean(years["district"])


def test_where_developers_are_gone_a_short_district_budget_leaves_estates_waiting() -> None:
    for seed in SEEDS:
        rich, poor = (
            ran_with({**REPAIR, **ABSENT, "yearly_budget": money}, seed=seed, months=40)
            for money in (1e9, 60_000.0)
        )
        assert outcome(poor, "legacy")[-1].sum() > outcome(rich, "legacy")[-1].sum()
        assert events_of(poor, "budget_exhausted") and not events_of(rich, "budget_exhausted")
        nobody = ran_with({**REPAIR, **ABSENT, "district_share": 0.0}, seed=seed, months=40)
        assert (outcome(nobody, "legacy")[-1] == outcome(nobody, "legacy")[0]).all() and not any(
            paid_by(nobody).values()
        )


# mediation

TALKS = {"kind": "mediation"}


def test_mediation_lowers_grievance_and_brings_in_arrears() -> None:
    for city, without in pairs(TALKS, 30):
        assert mean("grievance", 30, city) < mean("grievance", 30, without)
        assert mean("arrears", 30, city) < mean("arrears", 30, without)


def test_the_district_pays_for_each_case_that_its_centre_takes() -> None:
    for seed in SEEDS:
        city = ran_with({**TALKS, "centre": 3, "cost": 120.0}, seed=seed, months=24)
        months = {line[0]: line[5] for line in city.ledger_lines if line[4] == "mediation"}
        assert months == dict.fromkeys(range(START, 25), 3 * 3 * 12000)
        assert paid_by(city).keys() == {("district", "suppliers")}


def test_the_most_embittered_estates_are_heard_first() -> None:
    for seed in SEEDS:
        before = ran_with(seed=seed, months=START + 8).state.estates
        city = ran_with({**TALKS, "start": START + 9, "centre": 3}, seed=seed, months=START + 9)
        heard = city.state.estates["lever_grievance"] > 0
        assert heard.any() and before["grievance"][heard].mean() > before["grievance"][~heard].mean()


def test_grievance_comes_back_once_talks_stop() -> None:
    last, months = START + 17, 60
    cities = pairs({**TALKS, "end": last}, months)
    settled = shift(cities, lambda city: mean("grievance", last, city))
    assert settled < 0 and shift(cities, lambda city: mean("grievance", months, city)) > 0.5 * settled


def test_old_arrears_stay_out() -> None:
    def brought_in(ageing: float) -> float:
        return shift(
            pairs(TALKS, 20, parameters={"arrears.ageing": ageing}), lambda city: mean("arrears", 20, city)
        )

    assert brought_in(0.0) < brought_in(0.5) < 0


# legal enforcement

SUITS = {"kind": "legal_enforcement"}
FIRST = START + 6


def test_suits_bring_in_arrears_and_deter() -> None:
    cities = pairs(SUITS, 30)
    for city, without in cities:
        assert {event[0] for event in events_of(city, "suit")} == set(range(FIRST, 31, 6))
        assert mean("arrears", FIRST, city) < mean("arrears", FIRST, without)
        # nothing else has changed in the month after the first round than what owners expect and resent
        assert (outcome(city, "satisfaction")[FIRST] - outcome(without, "satisfaction")[FIRST]).max() < 0.01
    assert shift(cities, lambda city: mean("collected", FIRST + 1, city)) > 0


def test_company_and_court_pay_for_each_suit() -> None:
    for seed in SEEDS:
        table = {**SUITS, "lawyer": 200.0, "court_fee": 20.0, "court_cost": 600.0}
        city = ran_with(table, seed=seed, months=30)
        suits = sum(event[5] for event in events_of(city, "suit"))
        assert suits > 0 and paid_by(city) == {
            ("companies", "suppliers"): 200.0 * suits,
            ("companies", "courts"): 20.0 * suits,
            ("courts", "suppliers"): 600.0 * suits,
        }


def test_companies_do_not_sue_for_less_than_it_costs() -> None:
    cheap, dear = (ran_with({**SUITS, "lawyer": cost}, seed=1, months=30) for cost in (0.0, 50_000.0))
    assert events_of(cheap, "suit") and not events_of(dear, "suit")


def test_suits_are_resented_and_where_much_so_payment_falls_once_they_stop() -> None:
    months = FIRST + 24
    cities = pairs({**SUITS, "end": FIRST + 18, "resentment": 4.0}, months)
    assert all(
        mean("grievance", months, city) > mean("grievance", months, without) for city, without in cities
    )
    assert shift(cities, lambda city: float(outcome(city, "collected")[FIRST + 19 :].sum())) < 0


def test_old_arrears_cost_as_much_to_sue_for_and_bring_less() -> None:
    def gained(ageing: float) -> float:
        cities = pairs(
            {**SUITS, "deterrence": 0.0, "resentment": 0.0}, FIRST, parameters={"arrears.ageing": ageing}
        )
        suits = sum(event[5] for city, _ in cities for event in events_of(city, "suit"))
        return shift(cities, lambda city: -float(outcome(city, "arrears")[-1].sum())) / suits

    assert gained(0.0) > gained(0.5) > 0
