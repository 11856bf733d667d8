"""What Mesa promises of a set of agents holds for the sets of a city, whose agents are rows: Mesa's
own tests in these terms."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator

import mesa
import numpy as np
import pytest

from sim.agents.handles import Committee, Company, Estate
from sim.mesa_city import City

from .cities import digest, small_scenario


class Inspector(mesa.Agent):
    """An agent that a user adds to the city."""

    def __init__(self, model: City, district: int = 0, power: float = 1.0) -> None:
        super().__init__(model)
        self.district, self.power, self.seen = district, power, 0

    def look(self, times: int = 1) -> int:
        self.seen += times
        return self.unique_id

    def leave(self) -> None:
        self.remove()

    def call_another(self) -> None:
        Inspector(self.model)


@pytest.fixture
def city() -> Iterator[City]:
    with City(small_scenario()) as city:
        yield city


def test_a_set_has_length_order_and_membership(city: City) -> None:
    agents = city.agents
    every = [*city.estates, *city.companies, *city.committee_agents, *city.government]
    assert list(agents) == every
    assert len(agents) == len(every)
    assert city.estates[3] in agents
    assert city.owners[0] not in agents, "owners are too many to be registered"
    assert [agents[0], agents[-1]] == [every[0], every[-1]]
    assert list(agents[2:5]) == every[2:5]
    with pytest.raises(IndexError):
        agents[len(every)]


def test_selecting_takes_a_share_or_a_number_of_those_that_fit(city: City) -> None:
    estates = city.agents.select(agent_type=Estate)
    number = len(city.estates)
    assert len(estates) == number == 24
    assert [len(estates.select(at_most=share)) for share in (0.5, 0.49, 0.01, 1.0)] == [12, 11, 0, 24]
    assert len(estates.select(at_most=1)) == 1
    old = estates.select(lambda estate: estate.built_year < 2000)
    assert 0 < len(old) < number
    assert all(estate.built_year < 2000 for estate in old)
    assert list(old.select(at_most=2)) == list(old)[:2]
    assert list(estates.select()) == list(estates)
    assert old.select(lambda estate: False, inplace=True) is old and len(old) == 0
    assert len(city.agents.select(agent_type=Estate)) == number


def test_sorting_and_shuffling_keep_the_members(city: City) -> None:
    estates = city.agents_by_type[Estate]
    by_condition = estates.sort("condition", ascending=True)
    values = by_condition.get("condition")
    assert values == sorted(values)
    assert list(estates.sort(lambda estate: estate.row)) == list(estates)[::-1], "descending unless asked"
    mixed = estates.shuffle()
    assert list(mixed) != list(estates)
    assert set(mixed) == set(estates)
    assert estates.shuffle(inplace=True) is estates
    assert list(city.agents_by_type[Estate]) == city.estates, "the city's own order stays"


def test_shuffles_follow_the_seed() -> None:
    def order(seed: int) -> list[int]:
        with City(small_scenario(), rng=seed) as one:
            return one.agents.shuffle().get("unique_id")

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_doing_and_mapping_call_every_agent_by_name_or_function(city: City) -> None:
    inspectors = mesa.agent.AgentSet([Inspector(city) for _ in range(5)], random=city.random)
    assert inspectors.do("look", times=2) is inspectors
    assert inspectors.get("seen") == [2] * 5
    assert inspectors.map("look") == inspectors.get("unique_id")
    assert inspectors.map(lambda agent, more: agent.seen + more, more=1) == [4] * 5
    called: list[int] = []
    inspectors.shuffle_do(lambda agent: called.append(agent.unique_id))
    assert sorted(called) == inspectors.get("unique_id")
    for wrong in ("no_such_method", lambda agent: agent.no_such_method()):
        with pytest.raises(AttributeError):
            inspectors.do(wrong)
        with pytest.raises(AttributeError):
            inspectors.map(wrong)


def test_agents_may_come_and_go_while_all_are_called(city: City) -> None:
    before = len(city.agents)
    for _ in range(4):
        Inspector(city)
    city.agents_by_type[Inspector].do("call_another")
    assert len(city.agents_by_type[Inspector]) == 8
    city.agents_by_type[Inspector].do("leave")
    assert len(city.agents) == before
    assert Inspector not in city.agents_by_type or len(city.agents_by_type[Inspector]) == 0


def test_getting_takes_one_or_several_attributes_and_a_default(city: City) -> None:
    agents = city.agents
    rows = agents.get("row")
    assert rows[:24] == list(range(24))
    assert agents.get(["row", "unique_id"])[0] == [0, agents[0].unique_id]
    with pytest.raises(AttributeError):
        agents.get("fee")
    assert set(agents.get("condition", handle_missing="default", default_value=-1.0)) > {-1.0}
    assert agents.get(["row", "fee"], handle_missing="default", default_value=0)[5] == [5, 0]
    with pytest.raises(ValueError, match="handle_missing"):
        agents.get("row", handle_missing="guess")


def test_aggregates_are_those_of_the_columns(city: City) -> None:
    estates, table = city.agents_by_type[Estate], city.state.estates
    assert estates.agg("households", sum) == table["households"].sum()
    assert list(estates.agg("condition", [min, max])) == [table["condition"].min(), table["condition"].max()]
    assert estates.agg("condition", np.mean) == pytest.approx(table["condition"].mean())
    assert estates.agg("row", lambda rows: len(set(rows))) == table.size


def test_setting_writes_the_columns_and_new_attributes_alike(city: City) -> None:
    estates = city.agents_by_type[Estate]
    assert estates.set("condition", 0.5).set("visited", True) is estates
    assert np.all(city.state.estates["condition"] == 0.5)
    assert all(estate.visited for estate in city.estates)
    with pytest.raises(AttributeError, match="fixed"):
        estates.set("households", 3)


def test_groups_are_sets_that_can_be_counted_called_and_aggregated(city: City) -> None:
    estates, table = city.agents_by_type[Estate], city.state.estates
    groups = estates.groupby("district")
    assert groups.count() == {
        int(d): int(np.sum(table["district"] == d)) for d in dict.fromkeys(table["district"])
    }
    assert groups.agg("households", sum) == {
        int(d): int(table["households"][table["district"] == d].sum())
        for d in dict.fromkeys(table["district"])
    }
    assert groups.map(len) == groups.count()
    groups.do(lambda group: group.set("legacy", 0.125))
    assert np.all(table["legacy"] == 0.125)
    lists = dict(iter(estates.groupby(lambda estate: estate.condition > 0.6, result_type="list")))
    assert sorted(len(group) for group in lists.values()) == sorted(
        [int(np.sum(table["condition"] > 0.6)), int(np.sum(table["condition"] <= 0.6))]
    )
    assert len(groups) == len(groups.count())


def test_taking_an_agent_out_of_a_set_leaves_it_in_the_city(city: City) -> None:
    agents, first = city.agents, city.estates[0]
    agents.remove(first)
    assert first not in agents
    with pytest.raises(KeyError):
        agents.remove(first)
    agents.discard(first)
    assert first in city.agents
    agents.add(first)
    assert first in agents


def test_what_is_part_of_the_city_cannot_be_removed_or_added(city: City) -> None:
    number = len(city.agents)
    for refused in (
        city.estates[0].remove,
        city.companies[0].remove,
        city.committee_agents[0].remove,
        city.government[0].remove,
        city.remove_all_agents,
        lambda: city.deregister_agent(city.estates[1]),
        lambda: Estate(city, city.state.estates, 0, 1),
        lambda: city.agents_by_type[Company].do("remove"),
    ):
        with pytest.raises(TypeError, match="fixed"):
            refused()
    assert len(city.agents) == number
    assert city.estates[0] in city.agents


def test_agents_of_ones_own_live_beside_those_of_the_city() -> None:
    with City(small_scenario()) as one, City(small_scenario()) as other:
        ids = other.agents.get("unique_id")
        first = Inspector(one)
        assert one.agents.get("unique_id") == [*ids, len(ids) + 1], (
            "the city's agents come first, asked for or not"
        )
        made = Inspector.create_agents(one, 3, [0, 1, 1], power=2.0)
        assert made.get("district") == [0, 1, 1]
        assert one.agent_types == [*other.agent_types, Inspector]
        assert first.random is one.random and first.rng is one.rng
        first.remove()
        assert first not in one.agents
        assert len(one.agents_by_type[Inspector]) == 3
        assert digest(one.run(3)) == digest(other.run(3)), "who only looks changes nothing"


def test_kinds_are_seen_before_anybody_asked_for_an_agent() -> None:
    with City(small_scenario()) as city:
        assert set(city.agent_types) >= {Estate, Company, Committee}
    with City(small_scenario()) as city:
        assert len(city.agents_by_type[Estate]) == 24


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_city_goes_on_as_the_city_does_and_by_itself(copied) -> None:
    with City(small_scenario()) as city:
        city.run(4)
        assert len(city.agents) > 0 and city.datacollector.model_vars["month"] == [1, 2, 3, 4]
        with copied(city) as other:
            estates = pickle.loads(pickle.dumps(list(other.agents)))
            assert [agent.unique_id for agent in estates] == city.agents.get("unique_id")
            other.estates[0].condition = 0.25
            assert other.state.estates["condition"][0] == 0.25 != city.estates[0].condition
            other.estates[0].condition = city.estates[0].condition
            assert digest(other.run(4)) == digest(city.run(4))
