"""The city as a Mesa model: the engine, with agents that are handles onto its columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa

from sim.agents.edits import Edit
from sim.agents.handles import Committee, Company, Estate, GovernmentBody, OwnerList, RowAgent
from sim.model.engine import Engine
from sim.scenario import Scenario, load
from sim.scenario.draw import seed_of
from sim.text import say

if TYPE_CHECKING:
    from sim.model.start.start import State


class MesaModel(mesa.Model):  # type: ignore[misc]  # Mesa has no types
    """A Mesa model of a scenario and a seed, whose agents are handles onto the rows of `state`.

    `edits` is what was written through handles, in order: a run of a city that has any is not the run of its
    scenario. `agents` and `agents_by_type` give sets of their own: what is taken out of one stays in the
    city. Handles are made when first asked for, in the same order whenever that is.
    """

    state: State

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Register nothing yet. Mesa's own `rng` and `random` serve sets of agents;
        no month draws from them."""
        self._handles: dict[str, list[Any]] | None = None
        self._making_handles = False
        self._simulated = scenario
        self._own_collector: mesa.DataCollector | None = None
        self.edits: list[Edit] = []
        self.seed = seed
        super().__init__(rng=seed)

    @property
    def scenario(self) -> Scenario:
        """What is simulated. Mesa 3.5 puts a scenario of its own into every model;
        it stays behind this one."""
        return self._simulated

    @scenario.setter
    def scenario(self, given: Any) -> None:
        if given is self._simulated:
            return
        if isinstance(given, Scenario):
            raise AttributeError(say("handle.scenario"))
        self._mesa_scenario = given

    # agents

    def _populate(self) -> dict[str, list[Any]]:
        if self._handles is None:
            agents: dict[str, list[Any]] = {}
            s, number = self.state, itertools.count(1)
            with self._registering():
                for kind, handle, table in (
                    ("estates", Estate, s.estates),
                    ("companies", Company, s.companies),
                    ("committees", Committee, s.committees),
                    ("government", GovernmentBody, s.government),
                ):
                    agents[kind] = [handle(self, table, row, next(number)) for row in range(table.size)]
            self._handles = agents
        return self._handles

    @contextmanager
    def _registering(self) -> Iterator[None]:
        self._making_handles = True
        try:
            yield
        finally:
            self._making_handles = False

    def register_agent(self, agent: Any) -> None:
        """Mesa's registration of a new agent, after those of the city. TypeError
        for a row that the city has not."""
        if not self._making_handles:
            if isinstance(agent, RowAgent):
                raise TypeError(say("handle.fixed", kind=type(agent).__name__))
            if self._handles is None:
                own = sum(len(made) for made in self._populate().values())
                if agent.unique_id is not None:  # before Mesa 3.5 the id is drawn before the agent registers
                    agent.unique_id = own + 1
        super().register_agent(agent)

    def deregister_agent(self, agent: Any) -> None:
        """Mesa's removal, for agents that somebody added. TypeError for one of the city's."""
        if isinstance(agent, RowAgent):
            raise TypeError(say("handle.fixed", kind=type(agent).__name__))
        super().deregister_agent(agent)

    def remove_all_agents(self) -> None:
        """Refused with a TypeError: a city without estates is none."""
        raise TypeError(say("handle.fixed", kind=Estate.__name__))

    @property
    def agents(self) -> mesa.agent.AgentSet:
        """All registered agents: estates, companies, committees, government bodies, and what was added
        (owners: `city.owners`)."""
        self._populate()
        return mesa.agent.AgentSet(mesa.Model.agents.fget(self), random=self.random)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], mesa.agent.AgentSet]:
        """An AgentSet of each kind, by class."""
        self._populate()
        sets = mesa.Model.agents_by_type.fget(self)
        return {kind: mesa.agent.AgentSet(agents, random=self.random) for kind, agents in sets.items()}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The classes of all registered agents."""
        return list(self.agents_by_type)

    @property
    def estates(self) -> list[Estate]:
        """Handles of all estates, by row."""
        return self._populate()["estates"]

    @property
    def companies(self) -> list[Company]:
        """Handles of all companies, by row."""
        return self._populate()["companies"]

    @property
    def committee_agents(self) -> list[Committee]:
        """Handles of all committees, by estate row."""
        return self._populate()["committees"]

    @property
    def government(self) -> list[GovernmentBody]:
        """Handles of all government bodies, by row."""
        return self._populate()["government"]

    # what is collected

    @property
    def datacollector(self) -> mesa.DataCollector:
        """The city's series month by month, read from its own record; or the
        collector that was put here instead."""
        if self._own_collector is None:
            from sim.results.collector import CityCollector

            self._own_collector = CityCollector(self)
        return self._own_collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        self._own_collector = collector

    def forget(self) -> None:
        """Let Mesa 3.3 forget the model, which keeps a counter of ids for every model there was."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


class City(Engine, MesaModel):
    """A simulated city of one scenario and seed; a Mesa model.

    `step()` simulates one month; after the last one `running` is False. `state` holds the columns (see
    sim.model.state); `agents` and `agents_by_type` hold Mesa handles onto estates, companies, committees and
    government bodies, made when first asked for; `owners[i]` is a handle onto one owner. Results do not
    depend on `threads` or on `record`.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int | None = None,
        months: int | None = None,
        threads: int | None = None,
        record: bool = True,
        *,
        rng: Any = None,
    ) -> None:
        """Build the starting state of a scenario (itself, its name, or the path of its file).

        `seed` (or Mesa's `rng`: a whole number, or what NumPy draws one from) and `months` default to the
        scenario's; `record` keeps monthly outcomes, which the data collector reads. Raises EstateError.
        """
        scenario = scenario if isinstance(scenario, Scenario) else load(scenario)
        seed = seed_of(scenario, seed, rng)
        MesaModel.__init__(self, scenario, seed)
        Engine.__init__(self, scenario, seed, months, threads, record)
        self.owners = OwnerList(self)

    def close(self) -> None:
        """End threads and let Mesa forget the model, so that a sweep does not keep every city it made."""
        super().close()
        self.forget()
