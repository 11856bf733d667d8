"""Self-management and the coverage drive: who gets covered, by whom, at whose cost, and
what stands only on paper."""

from __future__ import annotations

import numpy as np
import pytest
from first_version import first_version
from paired import SEEDS, START, outcome, pairs, ran_with, shift
from small_city import events_of, paid_by, small_scenario

from sim.mesa_city import City
from sim.model.state.modes import CLEANING, NONE, SELF
from sim.scenario import to_data

NOMINAL = 1


def share_in(city: City, *modes: int, month: int = -1) -> float:
    return float(np.isin(outcome(city, "mode")[month], modes).mean())


# self-management

GROUPS = {"kind": "self_management"}
LASTING = {"mechanisms": {"volunteers": False}}  # the programme alone says who leads and how they tire


def test_volunteers_take_over_estates_that_nobody_would_run() -> None:
    cities = pairs(GROUPS, 24)
    assert (
        shift(cities, lambda city: share_in(city, SELF))
        > 0
        > shift(cities, lambda city: share_in(city, NONE, CLEANING))
    )


def test_the_street_pays_for_rooms_and_tools_and_without_its_money_no_group_works() -> None:
    for city, _ in pairs(GROUPS, 24):
        (paid,) = paid_by(city).items()
        assert paid[0] == ("street", "suppliers") and paid[1] % 500.0 == 0.0 < paid[1]
    poor = City(small_scenario({**GROUPS, "start": 1}, months=24, government={"street_budget": 0.0}), seed=1)
    for _ in range(24):
        poor.step()
        assert not poor.state.estates["lever_self_management"].any()


def test_groups_are_built_only_where_they_can_be_and_as_far_as_there_are_leaders() -> None:
    city = City(
        small_scenario(
            {**GROUPS, "start": 1, "leaders": 4, "largest": 45, "activism": 0.35},
            months=30,
            world=first_version,
        ),
        seed=1,
    )
    for _ in range(30):
        city.step()
        estates = city.state.estates
        led = estates["lever_self_management"] > 0
        assert (
            led.sum() <= 4
            and (estates["households"][led] <= 45).all()
            and (estates["mean_activism"][led] >= 0.35).all()
        )
    assert led.any()


def test_volunteers_tire_and_service_falls_with_them() -> None:
    fresh, tired = [], []
    for seed in SEEDS:
        lasting = ran_with({**GROUPS, "fatigue": 0.0}, seed=seed, months=60, **LASTING)
        weary = ran_with({**GROUPS, "fatigue": 0.08, "search": 100}, seed=seed, months=60, **LASTING)
        both = (outcome(lasting, "mode")[24:] == SELF).all(axis=0) & (
            outcome(weary, "mode")[24:] == SELF
        ).all(axis=0)
        began = np.zeros(60, bool)
        began[[event[1] for event in events_of(weary, "self_management") if event[0] >= START]] = True
        fresh += outcome(lasting, "quality")[-6:, both & began].ravel().tolist()
        tired += outcome(weary, "quality")[-6:, both & began].ravel().tolist()
    assert fresh and np.mean(tired) < np.mean(fresh)


def test_with_open_books_the_market_takes_over_those_who_really_pay() -> None:
    """Dear enough for the market where fees come in; companies otherwise guess by type and condition."""
    types = {
        name: {**kind, "fee_price": 1.25 * kind["fee_price"], "modes": {"none": 1.0}}
        if kind.get("old")
        else kind
        for name, kind in to_data(small_scenario())["types"].items()
    }
    taken: dict[tuple[float, str], list[float]] = {}
    for openness in (0.0, 1.0):
        for seed in range(1, 9):
            city = ran_with(
                {**GROUPS, "openness": openness, "will_to_pay": 0.0},
                seed=seed,
                months=60,
                types=types,
                world=first_version,
            )
            rate = outcome(city, "collected_12") / np.maximum(1, outcome(city, "billed_12"))
            began = {event[1]: event[0] for event in events_of(city, "self_management")}
            for kind in ("tender_won", "tender_failed"):
                known = [(e[0], e[1]) for e in events_of(city, kind) if e[0] > began.get(e[1], 99) + 6]
                taken.setdefault((openness, kind), []).extend(rate[month - 1, row] for month, row in known)
    assert len(taken[1.0, "tender_won"]) > 5
    assert np.mean(taken[1.0, "tender_won"]) > max(
        np.mean(taken[1.0, "tender_failed"]), np.mean(taken[0.0, "tender_won"])
    )


# coverage drive

DRIVE = {"kind": "coverage_drive"}


def test_streets_raise_nominal_coverage_by_the_first_deadline() -> None:
    cities = pairs(DRIVE, START + 3)
    assert shift(cities, lambda city: float((outcome(city, "flags")[-1] & NOMINAL).mean())) > 0


def test_the_street_pays_by_estate_and_month_and_nothing_after_the_last_deadline() -> None:
    once, twice = (ran_with({**DRIVE, "cost": cost}, seed=1, months=40) for cost in (100.0, 200.0))
    assert paid_by(once).keys() == {("street", "suppliers")}
    assert sum(paid_by(twice).values()) == 2 * sum(paid_by(once).values()) > 0
    assert sum(paid_by(once).values()) % 100 == 0
    assert max(line[0] for line in once.ledger_lines if line[4]) <= START + 14


@pytest.mark.parametrize("exaggeration", [0.0, 1.0])
def test_streets_report_more_than_is_so(exaggeration: float) -> None:
    for seed in SEEDS:
        city = ran_with({**DRIVE, "exaggeration": exaggeration, "checked": 0.0}, seed=seed, months=20)
        reports = events_of(city, "coverage_reported")
        assert [event[0] for event in reports] == [START + 2, START + 8, START + 14]
        for event, bit in zip(reports, (1, 2, 4), strict=True):
            true = float(
                (outcome(city, "flags")[event[0] - 1] & bit > 0).mean()
            )  # policy sees the end of last month
            assert event[5] == pytest.approx(1.0 if exaggeration else true)
        streets = city.state.government["reported_nominal"]
        assert streets.max() <= 1.0 and (streets > 0).any()


def test_nobody_works_on_estates_that_stand_on_paper() -> None:
    honest = [ran_with({**DRIVE, "exaggeration": 0.0}, seed=seed, months=20) for seed in SEEDS]
    paper = [ran_with({**DRIVE, "exaggeration": 1.0, "checked": 0.0}, seed=seed, months=20) for seed in SEEDS]
    tenders = [sum(len(events_of(city, "tender_opened")) for city in cities) for cities in (honest, paper)]
    assert tenders[1] < tenders[0]


def test_easy_estates_come_first() -> None:
    """Half a person a street has time for two estates: the two that look best."""
    for seed in SEEDS:
        city = ran_with(DRIVE, seed=seed, months=START, government={"street_staff": 0.5})
        waiting = outcome(city, "mode")[START - 1] == NONE
        street = city.state.estates["street"]
        ease = sum(outcome(city, name)[START - 1] for name in ("quality", "condition"))
        ease = ease + City(small_scenario(), seed=seed).run(START - 1).state.estates["paid_share"]
        cleaned = outcome(city, "mode")[START] == CLEANING
        for body in np.unique(street[waiting]):
            here = waiting & (street == body)
            if (here & cleaned).any() and (here & ~cleaned).any():
                assert ease[here & cleaned].min() >= ease[here & ~cleaned].max() - 1e-6


def test_covered_in_name_only_where_the_community_has_no_money() -> None:
    quality, covered = [], []
    for budget in (200_000.0, 50.0):
        cities = [
            ran_with(
                {**DRIVE, "intermediate": 0, "advanced": 0},
                seed=seed,
                months=18,
                government={"community_budget": budget},
            )
            for seed in SEEDS
        ]
        cleaned = [
            np.unique(
                [event[1] for event in events_of(city, "cleaning_started") if event[4] == "policy"]
            ).astype(int)
            for city in cities
        ]
        still = [
            rows[outcome(city, "mode")[-1][rows] == CLEANING]
            for city, rows in zip(cities, cleaned, strict=True)
        ]
        quality.append(
            np.concatenate(
                [outcome(city, "quality")[-1][rows] for city, rows in zip(cities, still, strict=True)]
            )
        )
        covered.append(sum(rows.size for rows in still))
    assert covered[0] > 0 and covered[1] > 0
    assert quality[1].max() < 0.05 < quality[0].min()


def test_the_drive_takes_staff_from_later_programmes_and_lets_all_get_through_more_estates() -> None:
    mobilise = {"kind": "committee_drive", "capacity": 1.0}
    alone = ran_with(mobilise, seed=1, months=START + 6, government={"street_staff": 0.5})
    behind = ran_with(DRIVE, mobilise, seed=1, months=START + 6, government={"street_staff": 0.5})
    mobilised = [
        sum(line[5] for line in city.ledger_lines if line[4] == "committee_drive") for city in (alone, behind)
    ]
    assert mobilised[1] < mobilised[0]
    quick = {"kind": "publicity", "period": 1, "capacity": 1.0, "staff": 0.0}
    plain, pushed = (
        ran_with(*programmes, seed=1, months=START + 10)
        for programmes in ((quick,), (DRIVE | {"speed": 1.0}, quick))
    )
    spent = [sum(line[5] for line in city.ledger_lines if line[4] == "publicity") for city in (plain, pushed)]
    assert spent[1] > spent[0]
