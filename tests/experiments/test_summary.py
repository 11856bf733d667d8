"""A run's summary against the full tables of the same run, and against plain recounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.city import City
from sim.experiments.cell import Cell, cells_of, execute
from sim.experiments.measuring import gini, summarise, worst_tenth
from sim.experiments.outcomes import OUTCOMES, PUBLIC_BEARERS, SERIES, STATE_OWNED
from sim.experiments.summary import ESTATE_COLUMNS
from sim.results import Run
from sim.results.city_table import gini as gini_of_table
from sim.scenario import load, with_overrides
from sim.state_owned import WatchedCity

SMALL = {"city.estates": 40, "months": 30, "companies.private": 8} | {
    f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")
}


@pytest.fixture(scope="module")
def scenario():
    return with_overrides(load("vicious_cycle"), SMALL)


@pytest.fixture(scope="module")
def both(scenario):
    """The summary and the full run of one city."""
    with WatchedCity(scenario, 7) as city:
        city.run()
        return summarise(city), Run.from_city(city, 0.0)


def test_series_are_those_of_the_city_table(both):
    summary, run = both
    shared = [name for name in SERIES if name in run.city.columns]
    assert len(shared) == len(SERIES) - 3
    for name in shared:
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
    sums = last.groupby("estate")[["collected", "billed"]].sum()
    sums = sums[sums["billed"] > 0]
    rate = np.average(sums["collected"] / sums["billed"], weights=people[sums.index])
    assert summary.scalars["collection_rate_last_year"] == pytest.approx(rate, rel=1e-6)


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
        assert summary.scalars[f"public_cost_{bearer}"] == pytest.approx(net)
        assert summary.public_cost(bearer) == pytest.approx(net)
        total += net
    lost = summary.scalars["public_cost_state_owned"]
    assert lost == summary.public_cost(STATE_OWNED) != 0
    total += lost
    assert summary.scalars["public_cost"] == pytest.approx(total) and total > lost
    assert np.nansum(summary.series["public_cost"]) == pytest.approx(total, rel=1e-5)


def test_losses_of_state_owned_companies_are_what_left_their_accounts(scenario):
    with WatchedCity(scenario, 7) as city:
        companies = city.state.companies
        accounts = companies["account"][companies["state_owned"] == 1]
        before = int(city.state.books.balances[accounts].sum())
        city.run()
        after = int(city.state.books.balances[accounts].sum())
        spending = summarise(city).spending[STATE_OWNED, ""]
    assert accounts.size and spending.sum() == before - after != 0
    assert spending[0] == 0 and np.count_nonzero(spending) > 20


def test_a_city_that_is_watched_is_the_same_city(scenario):
    with City(scenario, 7) as plain, WatchedCity(scenario, 7) as watched:
        assert plain.run().ledger_lines == watched.run().ledger_lines
        with pytest.raises(ValueError, match="watches its state-owned companies"):
            summarise(plain)


def test_every_outcome_is_there_and_described(both):
    summary, _ = both
    assert list(summary.scalars) == list(OUTCOMES)
    assert all(type(value) is float for value in summary.scalars.values())
    for word in OUTCOMES.values():
        assert word.en and word.zh and word.better in (-1, 0, 1)
    stages = [
        summary.scalars[f"stage_{name}_end"]
        for name in ("healthy", "strained", "spiralling", "collapsed", "recovering")
    ]
    assert sum(stages) == pytest.approx(1)


def test_execute_gives_the_same_bits_again_and_other_bits_for_another_seed(scenario, both):
    assert execute(Cell(scenario, 7)).digest() == both[0].digest()
    assert execute(Cell(scenario, 8)).digest() != both[0].digest()


def test_a_key_is_the_content_and_the_seed(scenario):
    one, same, other = cells_of(scenario, (1, 1, 2))
    renamed = scenario.model_copy(update={"name": "another", "seed": 99})
    assert one.key == same.key == Cell(renamed, 1, {"said": 1}).key
    assert len({one.key, other.key, Cell(with_overrides(scenario, {"payment.norm_weight": 2.0}), 1).key}) == 3


def test_a_city_without_a_month_has_no_summary(scenario):
    with WatchedCity(scenario, 1) as city, pytest.raises(ValueError, match="simulated a month"):
        summarise(city)


LEVELS = st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), min_size=1, max_size=30)


@given(LEVELS)
def test_worst_tenth_against_counting_people(estates):
    level, people = (np.array(column, np.int64) for column in zip(*estates, strict=True))
    # ten times as many people make the tenth of them a whole number
    everyone = np.sort(np.repeat(level, people * 10))
    assert worst_tenth(level, people) == pytest.approx(everyone[: people.sum()].mean())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_gini_against_that_of_the_table(shares):
    levels = np.rint(np.array([shares]) * 2.0**32).astype(np.int64)
    if levels.sum() < 2**20:
        return  # all but zero: rounding decides
    assert gini(levels)[0] == pytest.approx(gini_of_table(np.array([shares]))[0], abs=1e-4)
