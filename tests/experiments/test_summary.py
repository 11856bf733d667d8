"""A run's summary against the full tables of the same run, and against plain recounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mesa_city import City
from sim.model.month.observe import Outcomes
from sim.model.state.tables import EVENT_TYPE
from sim.results import Run
from sim.results.engines import PlannedRun, execute, planned_runs_of
from sim.results.outcomes import OUTCOMES, SERIES
from sim.results.owner_kinds import owners_by_kind
from sim.results.reading import FACTS, PUBLIC_BEARERS, STATE_OWNED, Reading, Record, gini, worst_tenth
from sim.results.summary import ESTATE_COLUMNS, summarise
from sim.scenario import load, with_overrides

FACT_TYPE = [(name, np.int64) for name in FACTS]
SMALL = {"spin_up": 0, "city.estates": 40, "months": 30, "companies.private": 8} | {
    f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")
}


@pytest.fixture(scope="module")
def scenario():
    return with_overrides(load("vicious_cycle"), SMALL)


@pytest.fixture(scope="module")
def both(scenario):
    """The summary and the full run of one city."""
    with City(scenario, 7) as city:
        city.run()
        return summarise(city), Run.from_city(city, 0.0)


def test_series_are_those_of_the_city_table(both):
    summary, run = both
    assert set(SERIES) <= set(run.city.columns)
    for name in SERIES:
        np.testing.assert_allclose(
            summary.series[name], run.city[name].to_numpy(float), rtol=2e-6, atol=1e-7, err_msg=name
        )


def test_outcomes_of_the_last_year(both):
    summary, run = both
    last = run.estates[run.estates["month"] > 18]
    people = run.estate_table.set_index("estate")["households"]
    for name in ("satisfaction", "quality", "condition"):
        means = last.groupby("estate")[name].mean()
        assert summary.scalars[f"{name}_last_year"] == pytest.approx(
            np.average(means, weights=people[means.index]), rel=1e-6
        )


def test_the_cycle_counted_from_the_full_table(both):
    summary, run = both
    bad = run.estates["stage"].isin(["spiralling", "collapsed"])
    assert summary.scalars["cycle_share"] == pytest.approx(bad.mean())
    assert summary.scalars["cycle_estate_years"] == pytest.approx(bad.sum() / 12)
    assert summary.scalars["cycle_share_last_year"] == pytest.approx(bad[run.estates["month"] > 18].mean())
    by_estate = bad.groupby(run.estates["estate"]).sum()
    assert summary.estates["cycle_months"].tolist() == by_estate.tolist()
    assert 0 < summary.scalars["cycle_share"] < 1


def test_lines_of_the_estates(both):
    summary, run = both
    frame = summary.estate_frame()
    assert list(summary.estates) == list(ESTATE_COLUMNS)
    assert frame["households"].tolist() == run.estate_table["households"].tolist()
    assert frame["type"].astype(str).tolist() == run.estate_table["type"].astype(str).tolist()
    end = run.estates[run.estates["month"] == 30]
    assert frame["final_stage"].astype(str).tolist() == end["stage"].astype(str).tolist()
    assert frame["final_mode"].astype(str).tolist() == end["mode"].astype(str).tolist()
    for estate in range(40):
        one = run.estates[(run.estates["estate"] == estate) & (run.estates["stage"] == "collapsed")]
        first = summary.estates["first_collapse"][estate]
        assert first == 0 or first == (one["month"].min() if len(one) else -1)


def test_owners_of_a_city_that_went_on_are_not_those_of_its_last_month(scenario):
    with City(scenario, 7, months=3) as city:
        city.run()
        end = owners_by_kind(city)
        city.step()
        later = owners_by_kind(city)
    assert end.sums["arrears"].sum() > 0 and end.sums["households"].sum() == later.sums["households"].sum()
    assert np.isnan(later.sums["satisfaction"]).all() and np.isnan(later.sums["arrears"]).all()
    assert {name: column.tolist() for name, column in end.by_estate.items()} == {
        name: column.tolist() for name, column in later.by_estate.items()
    }


def test_groups_add_up_to_the_city(both):
    summary, run = both
    people = np.bincount(summary.estates["type"], summary.estates["households"], len(summary.types))
    for groups, weights in (
        (summary.by_type, people),
        (summary.by_district, np.bincount(summary.estates["district"], summary.estates["households"])),
    ):
        together = (groups["satisfaction"] * weights[:, None]).sum(axis=0) / weights.sum()
        np.testing.assert_allclose(together, summary.series["satisfaction"], rtol=1e-5)
    one = run.estates[(run.estates["type"] == summary.types[0]) & (run.estates["month"] == 12)]
    share = one["stage"].isin(["spiralling", "collapsed"]).mean()
    assert summary.by_type["cycle"][0, 12] == pytest.approx(share)


def test_public_money_from_the_ledger(both):
    summary, run = both
    ledger = run.ledger.astype({"payer_kind": str, "payee_kind": str})
    spent = ledger[(ledger["payer_kind"] != "taxpayers") & (ledger["payee_kind"] != "taxpayers")]
    total = 0.0
    for bearer in PUBLIC_BEARERS:
        net = (
            spent.loc[spent["payer_kind"] == bearer, "yuan"].sum()
            - spent.loc[spent["payee_kind"] == bearer, "yuan"].sum()
        )
        assert summary.scalars[f"fiscal_spending_{bearer}"] == pytest.approx(net)
        assert summary.public_cost(bearer) == pytest.approx(net)
        total += net
    assert summary.scalars["fiscal_spending"] == pytest.approx(total)
    lost = summary.scalars["state_owned_losses"]
    assert lost == summary.public_cost(STATE_OWNED) > 0
    total += lost
    assert summary.scalars["public_cost"] == pytest.approx(total) and total > lost
    assert np.nansum(summary.series["public_cost"]) == pytest.approx(total, rel=1e-5)


def test_no_company_s_gain_covers_another_s_loss_and_no_year_s_another_year_s(scenario):
    with City(scenario, 7) as city:
        companies = city.state.companies
        accounts = companies["account"][companies["state_owned"] == 1]
        balances = [city.state.books.balances[accounts].copy()]
        for _ in range(30):
            city.step()
            balances.append(city.state.books.balances[accounts].copy())
        summary = summarise(city)
    lost = {year: 0 for year in (12, 24, 30)}
    for year, start in ((12, 0), (24, 12), (30, 24)):
        for before, after in zip(balances[start], balances[year], strict=True):
            lost[year] += max(0, int(before) - int(after))
    booked = summary.spending[STATE_OWNED, ""]
    assert {int(month): int(booked[month]) for month in np.flatnonzero(booked)} == {
        month: fen for month, fen in lost.items() if fen
    }
    last = sum(max(0, int(b) - int(a)) for b, a in zip(balances[18], balances[30], strict=True))
    assert summary.scalars["state_owned_losses_last_year"] == pytest.approx(last / 100) != 0


def cash_by_year(*companies: tuple[int, ...]) -> Reading:
    """A reading of a run in which state-owned companies held so much at the end of each
    year, and nothing else moved."""
    cash = np.repeat(np.array(companies, np.int64).T, 12, axis=0)[11:]
    months = cash.shape[0] - 1
    outcomes = Outcomes(*(np.zeros((months + 1, 1)) for _ in Outcomes._fields))
    record = Record(
        outcomes, np.zeros(1, FACT_TYPE), np.zeros(0, EVENT_TYPE), (), cash, ("x",), (), 2, 3, 1, 0.1, 0.25
    )
    return Reading(record)


def test_a_yuan_lost_later_is_worth_less_where_prices_rise_and_the_future_is_discounted():
    reading = cash_by_year((0, -10_000, 5_000, -5_000), (0, 700, 500, 500))
    assert [int(fen) for fen in reading.state_owned_losses[[12, 24, 36]]] == [10_000, 200, 10_000]
    assert reading.real_yuan(reading.state_owned_losses) == pytest.approx(100 + 2 / 1.1 + 100 / 1.1**2)
    present = 100 + 2 / (1.1 * 1.25) + 100 / (1.1 * 1.25) ** 2
    assert reading.real_yuan(reading.state_owned_losses, discounted=True) == pytest.approx(present)


def test_every_outcome_is_there_and_described(both):
    summary, _ = both
    assert list(summary.scalars) == list(OUTCOMES)
    assert all(type(value) is float for value in summary.scalars.values())
    for word in OUTCOMES.values():
        assert word.in_language("en") != word.in_language("zh") and word.better in (-1, 0, 1)
    stages = [
        summary.scalars[f"stage_{name}_end"]
        for name in ("healthy", "strained", "spiralling", "collapsed", "recovering")
    ]
    assert sum(stages) == pytest.approx(1)


def test_execute_gives_the_same_bits_again_and_other_bits_for_another_seed(scenario, both):
    assert execute(PlannedRun(scenario, 7)).digest() == both[0].digest()
    assert execute(PlannedRun(scenario, 8)).digest() != both[0].digest()


def test_a_key_is_the_content_and_the_seed(scenario):
    one, same, other = planned_runs_of(scenario, (1, 1, 2))
    renamed = scenario.model_copy(update={"name": "another", "seed": 99})
    assert one.key == same.key == PlannedRun(renamed, 1, {"said": 1}).key
    assert (
        len({one.key, other.key, PlannedRun(with_overrides(scenario, {"payment.norm_weight": 2.0}), 1).key})
        == 3
    )


def test_a_city_without_a_month_has_no_summary(scenario):
    with City(scenario, 1) as city, pytest.raises(ValueError, match="simulated a month"):
        summarise(city)


LEVELS = st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), min_size=1, max_size=30)


@given(LEVELS)
def test_worst_tenth_against_counting_people(estates):
    level, people = (np.array(column, np.int64) for column in zip(*estates, strict=True))
    # ten times as many people make the tenth of them a whole number
    everyone = np.sort(np.repeat(level, people * 10))
    assert worst_tenth(level, people) == pytest.approx(everyone[: people.sum()].mean())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_gini_is_half_the_relative_mean_difference(shares):
    levels = np.rint(np.array([shares]) * 2.0**32).astype(np.int64)
    if levels.sum() < 2**20:
        return  # all but zero: rounding decides
    values = np.array(shares)
    expected = np.abs(values[:, None] - values).mean() / (2 * values.mean())
    assert gini(levels)[0] == pytest.approx(expected, abs=1e-4)
