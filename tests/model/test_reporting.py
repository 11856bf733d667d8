"""With reporting on, programmes know estates by what was last reported: late, in error, and flattered by who
is assessed on it. Nobody else reads a report or a stage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.month.record import COLLAPSED
from sim.model.state.modes import MARKET, UNIT, managed
from sim.model.state.owners import MEMORY
from sim.results.outcomes import OUTCOMES, monthly_series, run_outcomes
from sim.results.reading import Reading, record_of
from sim.scenario import Scenario
from sim.words import IN_CYCLE, STAGES

from .cities import columns, first_lively, first_small

ON: dict[str, Any] = {"mechanisms__reporting": True}
AT_ONCE: dict[str, Any] = ON | {"reporting__interval": 1, "reporting__lag": 0}
EXACT: dict[str, Any] = {
    f"reporting__noise_{figure}": 0.0 for figure in ("collection", "service", "satisfaction")
}
HONEST: dict[str, Any] = {
    f"reporting__flattery_{figure}": 0.0 for figure in ("collection", "service", "satisfaction", "cover")
}
SHARES = ("paid_share", "quality", "condition", "satisfaction")
AWARD = {"kind": "performance_award", "start": 1, "yearly_budget": 1e9}
LIST = {"kind": "red_black_list", "start": 1}
DRIVE = {
    "kind": "coverage_drive",
    "start": 1,
    "primary": 3,
    "exaggeration": 1.0,
    "checked": 0.0,
    "speed": 0.0,
    "staff": 100.0,
}
SUBSIDY = {"kind": "operating_subsidy", "start": 2, "targets": {"stages": ["collapsed"]}}
ALL = [
    AWARD,
    LIST,
    DRIVE,
    SUBSIDY,
    {"kind": "last_place_elimination", "start": 2, "period": 6},
    {"kind": "retrofit", "start": 3, "order": "worst_first", "targets": {"modes": ["none", "cleaning"]}},
]


def with_programmes(scenario: Scenario, *programmes: dict[str, Any]) -> City:
    """A city of the scenario with these programmes."""
    data = scenario.model_dump()
    data["government"] |= {"city_budget": 1e8, "district_budget": 1e8, "street_budget": 1e7}
    return City(Scenario.model_validate(data | {"interventions": list(programmes)}))


def stepped(made: City, months: int) -> City:
    """The city so many months on."""
    for _ in range(months):
        made.step()
    return made


def everything(made: City, *but: str) -> dict[str, bytes]:
    """Every column of the state but the switch and those named."""
    left = ("world.mechanism_reporting", *but)
    found = {name: np.ascontiguousarray(column).tobytes() for name, column in columns(made)}
    return {name: held for name, held in found.items() if not name.startswith(left)}


def test_exact_reports_that_arrive_at_once_are_the_model_without_bit_for_bit() -> None:
    without = with_programmes(first_lively(), *ALL)
    same = with_programmes(first_lively(**(AT_ONCE | EXACT | HONEST)), *ALL)
    for _ in range(18):
        assert everything(stepped(same, 1)) == everything(stepped(without, 1))
    assert same.ledger_lines == without.ledger_lines and same.events() == without.events()
    assert {event[3] for event in same.events()} >= {"award_paid", "coverage_reported", "listed_red"}


def test_late_reports_change_what_programmes_do() -> None:
    exact, late = (
        with_programmes(first_lively(**(AT_ONCE | EXACT | HONEST | rest)), *ALL)
        for rest in ({}, {"reporting__lag": 5})
    )
    assert stepped(exact, 18).ledger_lines != stepped(late, 18).ledger_lines


@pytest.mark.parametrize(("interval", "lag", "arrives"), [(1, 0, 4), (1, 3, 7), (3, 1, 7), (6, 2, 8)])
def test_what_is_not_yet_reported_changes_no_target(interval: int, lag: int, arrives: int) -> None:
    """From month 4 on some estates lie in ruins, which is known when the first report since then arrives."""
    rule = ON | EXACT | HONEST | {"reporting__interval": interval, "reporting__lag": lag}

    def treated(ruined: bool) -> list[frozenset[int]]:
        made = with_programmes(first_small(**rule), SUBSIDY)
        fit = (made.state.estates["stage"] != COLLAPSED) & (made.state.estates["mode"] == MARKET)
        rows = np.flatnonzero(fit)[:3]
        found = []
        for month in range(1, arrives + 2):
            if ruined and month >= 4:
                made.state.estates["condition"][rows] = 0.0
            made.step()
            if ruined and month >= 4:
                assert (made.state.estates["stage"][rows] == COLLAPSED).all()
            found.append(frozenset(map(int, made.policy.programme_states[0].queue)))
        assert not ruined or set(map(int, rows)) <= found[-1], "and then it is known"
        return found

    with_it, without = treated(True), treated(False)
    assert with_it[:arrives] == without[:arrives]
    assert with_it[arrives] != without[arrives]


def test_reports_are_of_the_last_quarter_that_had_time_to_arrive() -> None:
    made = City(first_small(**(ON | {"reporting__interval": 3, "reporting__lag": 1})))
    of, seen = [], []
    for _ in range(10):
        made.step()
        of.append(set(made.state.estates["reported_month"].tolist()))
        seen.append(made.state.estates["reported_quality"].copy())
    assert of == [{month} for month in (0, 0, 0, 3, 3, 3, 6, 6, 6, 9)]
    for month in range(1, 10):
        assert np.array_equal(seen[month], seen[month - 1]) == (of[month] == of[month - 1])


def test_only_who_is_assessed_flatters_and_only_what_is_assessed() -> None:
    city = first_small(**(AT_ONCE | EXACT))
    half = {"targets": {"types": ["commodity"]}}
    awarded, listed = (
        stepped(with_programmes(city, one | half), 4).state.estates.copy() for one in (AWARD, LIST)
    )
    for estates in (awarded, listed):
        stakes = (estates["type"] == 0) & managed(estates["mode"]) & (estates["mode"] != UNIT)
        assert stakes.any() and (~stakes).any()
    stakes = awarded["lever_assessed_collection"] > 0
    unpaid = awarded["billed_12"] - awarded["collected_12"]
    shown = awarded["reported_collected_12"] - awarded["collected_12"]
    assert (np.abs(shown - 0.25 * unpaid)[stakes] <= 1).all() and (unpaid[stakes] > 0).any()
    for name in ("quality", "condition"):
        lacks = 1.0 - awarded[name][stakes]
        assert awarded[f"reported_{name}"][stakes] == pytest.approx(awarded[name][stakes] + 0.25 * lacks)
    assert not shown[~stakes].any()
    for name in SHARES:
        assert np.array_equal(awarded[f"reported_{name}"][~stakes], awarded[name][~stakes])
    assert np.array_equal(awarded["reported_satisfaction"], awarded["satisfaction"]), (
        "nobody is assessed on it"
    )
    stakes = listed["lever_assessed_satisfaction"] > 0
    lacks = 1.0 - listed["satisfaction"][stakes]
    assert stakes.any() and not stakes.all()
    assert listed["reported_satisfaction"][stakes] == pytest.approx(
        listed["satisfaction"][stakes] + 0.25 * lacks
    )
    assert np.array_equal(listed["reported_satisfaction"][~stakes], listed["satisfaction"][~stakes])
    assert np.array_equal(listed["reported_paid_12"], listed["paid_12"]), "nobody is assessed on it"


def test_flattery_earns_awards() -> None:
    def awards(**rule: float) -> int:
        made = stepped(with_programmes(first_small(**(AT_ONCE | EXACT | HONEST | rule)), AWARD), 13)
        return sum(event[3] == "award_paid" for event in made.events())

    assert awards() < awards(reporting__flattery_collection=1.0, reporting__flattery_service=1.0)


def test_errors_are_as_large_as_they_are_said_to_be_and_each_report_has_its_own() -> None:
    made = City(first_small(**(AT_ONCE | {"city__estates": 80, "reporting__noise_service": 0.03})))
    errors = []
    for _ in range(6):
        made.step()
        estates = made.state.estates
        inside = (estates["quality"] > 0.15) & (estates["quality"] < 0.85)
        errors.append(np.where(inside, estates["reported_quality"] - estates["quality"], np.nan))
        for name in SHARES:
            assert ((estates[f"reported_{name}"] >= 0) & (estates[f"reported_{name}"] <= 1)).all()
    found = np.array(errors)
    assert np.nanstd(found) == pytest.approx(0.03, rel=0.15) and abs(np.nanmean(found)) < 0.005
    both = ~np.isnan(found[0]) & ~np.isnan(found[1])
    assert abs(np.corrcoef(found[0][both], found[1][both])[0, 1]) < 0.4
    assert np.isfinite(found).sum() > 200


def test_what_a_street_covers_on_paper_is_believed_as_far_as_it_is_said_to_be() -> None:
    def gap(believed: float) -> float:
        rule = AT_ONCE | EXACT | {"reporting__flattery_cover": believed, "months": 6}
        for kind in ("commodity", "three_no", "resettlement"):
            rule[f"types__{kind}__modes"] = {"market": 0.5, "none": 0.5}
        found = run_outcomes(Reading(record_of(with_programmes(first_small(**rule), DRIVE).run())))
        return found["reported_nominal_end"] - found["nominal_end"]

    assert gap(0.0) == 0.0 < gap(0.5) < gap(1.0)


def test_nobody_but_a_programme_that_asks_for_it_reads_a_stage_or_a_report() -> None:
    """Whatever stands in these columns, owners, companies, committees and market do the same."""
    luck = np.random.default_rng(1)
    plain, scrambled = City(first_lively()), City(first_lively())
    names = [name for name in plain.state.estates.dtype.names if name.startswith("reported_")]
    for _ in range(12):
        estates = scrambled.state.estates
        estates["stage"] = luck.integers(0, len(STAGES), estates.size)
        for name in names:
            estates[name] = luck.integers(0, 2, estates.size)
        stepped(scrambled, 1)
        stepped(plain, 1)
    without = ("estates.stage", "estates.reported_")
    assert everything(scrambled, *without) == everything(plain, *without)
    assert np.array_equal(scrambled.state.estates["stage"], plain.state.estates["stage"])


def test_without_the_mechanism_what_is_reported_is_what_is() -> None:
    made = with_programmes(first_lively(reporting__lag=9, reporting__noise_service=0.5), AWARD, LIST).run()
    estates = made.state.estates
    for name in (
        "billed_12",
        "collected_12",
        "paid_12",
        "complaints_open",
        "mode",
        "professional",
        "stage",
        *SHARES,
    ):
        assert np.array_equal(estates[f"reported_{name}"], estates[name]), name
    series = monthly_series(Reading(record_of(made)))
    for reported, true in (("collection", "collection_billing"), ("satisfaction",) * 2, ("nominal",) * 2):
        assert np.array_equal(series[f"reported_{reported}"], series[true], equal_nan=True)
    assert np.array_equal(series["reported_cycle"], series["cycle"])
    for gap in ("reported_collection_gap", "reported_satisfaction_gap"):
        assert not np.nan_to_num(series[gap]).any()


def test_a_user_sees_the_reported_figure_and_how_far_it_is_from_the_true_one() -> None:
    made = with_programmes(first_small(**(AT_ONCE | EXACT | {"months": 14})), AWARD, LIST).run()
    found = run_outcomes(Reading(record_of(made)))
    estates = made.state.estates
    bills = estates["billed_12"] > 0
    true, shown = (
        estates[name][bills] / estates["billed_12"][bills] for name in ("paid_12", "reported_paid_12")
    )
    weights = estates["households"][bills]
    gap = found["reported_collection_gap_last_year"]
    assert gap == pytest.approx(np.average(shown - true, weights=weights)) and gap > 0.02
    assert found["reported_collection_last_year"] == pytest.approx(np.average(shown, weights=weights))
    difference = found["reported_satisfaction_last_year"] - found["satisfaction_last_year"]
    assert found["reported_satisfaction_gap_last_year"] == pytest.approx(difference) and difference > 0.05
    cycle = monthly_series(Reading(record_of(made)))["reported_cycle"]
    assert cycle[-1] == pytest.approx(np.isin(estates["reported_stage"], IN_CYCLE).mean())
    assert all(OUTCOMES[name].better == 0 for name in OUTCOMES if name.startswith("reported_"))


def test_money_is_whole_and_reports_stay_within_bounds_in_a_lively_city_with_every_mechanism() -> None:
    names = (
        "contracts",
        "ballots",
        "charging",
        "debt_age",
        "persistence",
        "price_basis",
        "queue",
        "reporting",
    )
    rule = {f"mechanisms__{name}": True for name in names}
    made = with_programmes(first_lively(months=2 * MEMORY, **rule), *ALL)
    for _ in range(2 * MEMORY):
        stepped(made, 1)
        estates = made.state.estates
        assert made.state.books.balances.sum() == 0
        for name in ("collected_12", "paid_12"):
            shown = estates[f"reported_{name}"]
            assert ((shown >= 0) & (shown <= estates["reported_billed_12"])).all()
        assert ((estates["reported_rate"] >= 0) & (estates["reported_rate"] <= 1)).all()
