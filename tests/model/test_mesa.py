"""The city is a Mesa model, and its agents are handles onto the columns that the
compiled month reads and writes."""

from __future__ import annotations

import gc
import inspect
import weakref
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents.handles import Committee, Company, Estate, GovernmentBody, Owner
from sim.errors import ScenarioError
from sim.mesa_city import City
from sim.results import Run
from sim.scenario import Scenario, load

from .cities import digest, lively_scenario, small_scenario


@pytest.fixture
def city() -> City:
    with City(small_scenario()) as city:
        yield city


def test_agents_are_registered_with_mesa(city: City) -> None:
    assert isinstance(city, mesa.Model)
    s = city.state
    numbers = {
        Estate: s.estates.size,
        Company: s.companies.size,
        Committee: s.estates.size,
        GovernmentBody: s.government.size,
    }
    assert {kind: len(agents) for kind, agents in city.agents_by_type.items()} == numbers
    assert len(city.agents) == sum(numbers.values())
    assert set(city.agent_types) == set(numbers)
    assert all(isinstance(agent, mesa.Agent) for agent in city.agents)
    ids = city.agents.get("unique_id")
    assert len(set(ids)) == len(ids)


def test_agent_sets_select_do_and_aggregate(city: City) -> None:
    estates = city.agents_by_type[Estate]
    worn = estates.select(lambda estate: estate.condition < 0.6)
    assert {estate.row for estate in worn} == set(np.flatnonzero(city.state.estates["condition"] < 0.6))
    assert estates.agg("households", sum) == city.state.owners.area.size
    assert estates.agg("condition", np.mean) == pytest.approx(city.state.estates["condition"].mean())
    worn.set("condition", 0.9)
    assert city.state.estates["condition"].min() >= 0.6
    estates.do(lambda estate: setattr(estate, "legacy", 0.25))
    assert np.all(city.state.estates["legacy"] == 0.25)
    assert estates.groupby("type").count() == dict(enumerate(np.bincount(city.state.estates["type"])))


def test_a_data_collector_follows_the_city(city: City) -> None:
    collector = mesa.DataCollector(
        model_reporters={"arrears": lambda model: int(model.state.estates["arrears"].sum())},
        agenttype_reporters={Estate: {"quality": "quality"}},
    )
    for _ in range(3):
        city.step()
        collector.collect(city)
    assert list(collector.get_model_vars_dataframe()["arrears"])[-1] == city.state.estates["arrears"].sum()
    quality = collector.get_agenttype_vars_dataframe(Estate)["quality"]
    assert len(quality) == 3 * city.state.estates.size
    assert quality.to_numpy()[-city.state.estates.size :] == pytest.approx(city.state.estates["quality"])


def test_handles_lead_to_each_other(city: City) -> None:
    estate = city.estates[3]
    assert estate.committee is city.committee_agents[3]
    assert len(estate.owners) == estate.households
    owner = city.owners[estate.first_owner]
    assert owner.estate is estate
    assert owner.unique_id == estate.first_owner
    assert city.owners[-1].row == len(city.owners) - 1
    assert city.companies[0].cash == city.state.books.balances[city.companies[0].account] / 100
    with pytest.raises(IndexError):
        city.owners[len(city.owners)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("estates", "condition", 0.123), ("companies", "reputation", 0.9), ("committees", "activity", 0.7)],
)
def test_a_handle_and_its_column_are_one(city: City, table: str, column: str, value: float) -> None:
    handle = {"estates": city.estates, "companies": city.companies, "committees": city.committee_agents}[
        table
    ][2]
    rows = getattr(city.state, table)
    setattr(handle, column, value)
    assert rows[column][2] == value == getattr(handle, column)
    rows[column][2] = value / 2
    assert getattr(handle, column) == value / 2
    others = np.delete(rows[column], 2)
    assert not np.any(others == value / 2)


@pytest.mark.parametrize("column", ["activity", "strength"])
def test_columns_keep_their_type(city: City, column: str) -> None:
    assert isinstance(getattr(city.committee_agents[0], column), float)
    assert isinstance(city.estates[0].households, int)


def test_what_is_fixed_cannot_be_written(city: City) -> None:
    with pytest.raises(AttributeError, match="fixed"):
        city.estates[0].households = 7
    with pytest.raises(AttributeError, match="fixed"):
        city.owners[0].area = 7.0
    with pytest.raises(TypeError, match="fixed"):
        city.owners[0].remove()


def test_an_owner_changed_through_a_handle_decides_otherwise() -> None:
    def paid_after(satisfaction: float) -> int:
        with City(small_scenario(), record=False) as city:
            run = [estate for estate in city.estates if estate.company >= 0]
            for estate in run:
                estate.owners.do(lambda owner: setattr(owner, "satisfaction", satisfaction))
            city.step()
            return sum(estate.owners.agg("paid", sum) for estate in run)

    assert paid_after(0.0) < paid_after(0.5) < paid_after(1.0)


def test_estate_company_and_committee_handles_change_the_next_step() -> None:
    def after(change: str) -> tuple[float, ...]:
        with City(small_scenario(), record=False) as city:
            row = int(np.flatnonzero(city.state.estates["company"] >= 0)[0])
            estate = city.estates[row]
            if change == "estate":
                estate.effort = 1.1
            elif change == "company":
                city.companies[estate.company].reputation = 0.0
            elif change == "committee":
                estate.committee.exists, estate.committee.term_left, estate.committee.strength = 1, 20, 1.0
            company = estate.company
            city.step()
            return estate.quality, city.companies[company].reputation, estate.monitoring

    plain = after("nothing")
    assert after("estate")[0] > plain[0]
    assert after("company")[1] < plain[1]
    assert after("committee")[2] > plain[2]


def test_a_step_counts_in_mesa_too(city: City) -> None:
    city.run(3)
    assert city.month == 3
    assert (city.steps if hasattr(city, "steps") else city.time) == 3  # Mesa 4 has time alone


def test_two_cities_in_turn_do_not_touch_each_other() -> None:
    with City(lively_scenario()) as alone:
        expected = digest(alone.run(6))
    with City(lively_scenario()) as one, City(lively_scenario(), seed=77) as other:
        for _ in range(6):
            one.step()
            other.step()
            other.owners[0].satisfaction = 0.0
        assert digest(one) == expected


def test_a_closed_city_is_forgotten() -> None:
    registry = getattr(mesa.Agent, "_ids", {})
    before = len(registry)
    city = City(small_scenario())
    city.agents.get("unique_id")
    city.step()
    city.close()
    assert city not in registry
    gone = weakref.ref(city)
    del city
    gc.collect()
    assert gone() is None, "nothing keeps a closed city alive"
    assert len(registry) == before


def test_owners_are_handles_and_not_registered(city: City) -> None:
    before = len(city.agents)
    some = city.owners[5:9]
    assert isinstance(some, mesa.agent.AgentSet)
    assert all(isinstance(owner, Owner) for owner in some)
    assert [owner.row for owner in some] == [5, 6, 7, 8]
    assert city.owners[5] is city.owners[5] is some[0]
    assert len(city.owners[:20].select(lambda owner: owner.row % 2 == 0).shuffle()) == 10, (
        "a set of a set is not empty"
    )
    assert len(city.agents) == before


def test_a_city_is_built_from_a_name_a_path_or_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('extends = "small_city"\nseed = 9\nmonths = 13\n', encoding="utf-8")
    with City("small_city", months=1) as named, City(file) as own:
        assert named.scenario == load("small_city")
        assert (own.seed, own.months) == (9, 13)


def test_rng_is_the_seed_in_mesas_words() -> None:
    scenario = small_scenario()
    with (
        City(scenario, seed=8) as seeded,
        City(scenario, rng=8) as given,
        City(scenario, rng=np.int64(8)) as numpys,
    ):
        assert digest(seeded) == digest(given) == digest(numpys)
    with (
        City(scenario, rng=np.random.default_rng(3)) as one,
        City(scenario, rng=np.random.default_rng(3)) as other,
        City(scenario, rng=np.random.SeedSequence(4)) as third,
        City(scenario) as plain,
    ):
        assert one.seed == other.seed != third.seed
        assert plain.seed == scenario.seed, "no seed is the scenario's, not a new one each time"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seed": 1, "rng": 1}, "both seed and rng"),
        ({"seed": "x"}, r"seed: found 'x' \(str\)"),
        ({"rng": -1}, r"rng: found -1 \(int\)"),
        ({"seed": True}, r"seed: found True \(bool\)"),
        ({"months": 2.5}, r"months: found 2\.5 \(float\)"),
    ],
)
def test_what_is_no_seed_or_number_of_months_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        City(small_scenario(), **given)


def test_a_city_runs_until_its_last_month(city: City) -> None:
    assert city.running
    city.run_model()
    assert (city.month, city.running) == (city.months, False)
    city.step()
    assert city.month == city.months + 1, "whoever steps on by hand goes on"


def test_steps_beyond_the_last_month_leave_the_run_as_it_was(city: City) -> None:
    city.run_model()
    before = Run.from_city(city)
    outcomes, estates = before.outcomes(), before.estates
    city.step()
    city.step()
    after = Run.from_city(city)
    assert after.months == city.months and after.outcomes() == outcomes
    assert after.estates.equals(estates)
    assert len(city.datacollector.get_model_vars_dataframe()) == city.months


def test_the_scenario_of_a_city_stays_the_one_it_was_built_from(city: City) -> None:
    assert isinstance(city.scenario, Scenario)
    with pytest.raises(AttributeError, match="build another City"):
        city.scenario = load("small_city")


def test_the_default_collector_holds_the_months_of_the_run_and_the_last_value(city: City) -> None:
    empty = city.datacollector.get_model_vars_dataframe()
    assert len(empty) == 0 and {"month", "collection_rate", "cycle"} <= set(empty.columns)
    city.run(3)
    city.datacollector.collect(city)
    frame = city.datacollector.get_model_vars_dataframe()
    table = Run.from_city(city).city
    assert list(frame["month"]) == [1, 2, 3], "collected once, however often somebody collects"
    for name in set(frame.columns) - {"month"}:
        assert np.array_equal(frame[name], table[name].iloc[1:], equal_nan=True), name
    reporters = city.datacollector.model_reporters
    assert reporters["quality"](city) == table["quality"].iloc[-1]


def test_a_collector_of_ones_own_takes_its_place(city: City) -> None:
    city.datacollector = mesa.DataCollector(
        {"worst": lambda model: min(model.agents_by_type[Estate].get("quality"))}
    )
    city.step()
    city.datacollector.collect(city)
    assert city.datacollector.model_vars == {"worst": [city.state.estates["quality"].min()]}


def test_mesas_batches_take_a_scenario_as_one_value() -> None:
    batch_run = pytest.importorskip("mesa.batchrunner", reason="Mesa 4 has no batch runner").batch_run
    scenario = small_scenario()
    with pytest.raises(TypeError, match="not iterable"):
        iter(scenario)
    asked = {"scenario": scenario, "months": 2}
    if "rng" in inspect.signature(batch_run).parameters:  # from Mesa 3.4 on
        rows = batch_run(City, asked, rng=[3, 4], display_progress=False)
    else:
        rows = batch_run(City, asked | {"seed": [3, 4]}, display_progress=False)
    assert [(row["seed"], row["month"]) for row in rows] == [(3, 2), (4, 2)]
    for row in rows:
        with City(scenario, seed=row["seed"], months=2) as city:
            table = Run.from_city(city.run()).city
        assert row["collection_rate"] == table["collection_rate"].iloc[-1]
    monthly = batch_run(
        City, {"scenario": "small_city", "months": 2}, data_collection_period=1, display_progress=False
    )
    assert [row["month"] for row in monthly] == [1, 2]
