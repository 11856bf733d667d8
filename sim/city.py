"""The city: a Mesa model whose agents are handles onto columns, stepped a month at a time."""

from __future__ import annotations

import os
from typing import Any

import mesa
import numpy as np

from sim.agents.handles import Committee, Company, Estate, GovernmentBody, OwnerList
from sim.interventions.frame import Policy
from sim.ledger import Page, ledger_lines
from sim.month.observe import FLOWS, Outcomes, new_outcomes, observe
from sim.month.step import Clockwork
from sim.notice import tell_of_cache
from sim.population.start import starting_state
from sim.scenario import Scenario
from sim.state.events import CAUSES, EVENT_KINDS

THREADS_FROM = 200_000  # owners from which a second thread pays


class City(mesa.Model):  # type: ignore[misc]  # Mesa has no types
    """A simulated city of one scenario and seed.

    `step()` simulates one month. `state` holds the columns (see sim.state); `agents` and `agents_by_type` hold Mesa
    handles onto estates, companies, committees and government bodies, made when first asked for; `owners[i]` is a handle
    onto one owner. Results do not depend on `threads` or on `record`.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        months: int | None = None,
        threads: int | None = None,
        record: bool = True,
    ) -> None:
        """Build the starting state. `seed` and `months` default to the scenario's; `record` keeps monthly outcomes."""
        tell_of_cache()
        self._handles: dict[str, list[Any]] | None = None
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        super().__init__(rng=self.seed)
        self.months = scenario.months if months is None else months
        self.state = starting_state(scenario, self.seed)
        owners = int(self.state.owners.area.size)
        self.threads = threads or (min(4, os.cpu_count() or 1) if owners >= THREADS_FROM else 1)
        self.clockwork = Clockwork(self.state, self.threads)
        self.policy = Policy(scenario, self.state, self.clockwork)
        self.outcomes: Outcomes | None = (
            new_outcomes(self.months, self.state.estates.size) if record else None
        )
        self.month_events: list[np.ndarray] = []
        self.pages: list[Page] = []  # of the ledger, one for every month from 0
        companies = self.state.companies
        self._state_owned = companies["account"][companies["state_owned"] == 1]
        # fen that each state-owned company held at the end of every month from 0; the ledger books by kind of account alone
        self.state_owned_cash: list[np.ndarray] = []
        self.owners = OwnerList(self)
        self._first_record()

    @property
    def month(self) -> int:
        """The last simulated month; 0 before the first."""
        return int(self.state.world["month"][0])

    def step(self) -> None:
        """Simulate one month."""
        self.clockwork.month(self.policy.act)
        self._keep()

    def run(self, months: int | None = None) -> City:
        """Simulate `months` (default: up to the scenario's last month) and return the city."""
        for _ in range(self.months - self.month if months is None else months):
            self.step()
        return self

    def close(self) -> None:
        """End threads and let Mesa forget the model, so that a sweep does not keep every city it made."""
        self.clockwork.close()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first_record(self) -> None:
        from sim.month.record import record_start

        record_start(self.state.estates, self.state.world, self.state.parameters)
        if self.outcomes is not None:
            observe(0, self.state.estates, self.state.committees, self.state.books.balances, self.outcomes)
            # month 0 is a state: nothing moved in it, whatever it is taken to have been like before
            for name in FLOWS:
                getattr(self.outcomes, name)[0] = 0
        self._keep_books()

    def _keep(self) -> None:
        month, state = self.month, self.state
        count = int(state.world["events"][0])
        if count:
            self.month_events.append(self.clockwork.events[:count].copy())
        if self.outcomes is not None and month < self.outcomes.mode.shape[0]:
            observe(month, state.estates, state.committees, state.books.balances, self.outcomes)
        self._keep_books()

    def _keep_books(self) -> None:
        self.pages.append(self.state.books.turn_page())
        self.state_owned_cash.append(self.state.books.balances[self._state_owned])

    @property
    def ledger_lines(self) -> list[tuple[int, str, str, str, str, int]]:
        """What moved so far: (month, purpose, payer kind, payee kind, programme, fen), in the order of the months."""
        return ledger_lines(self.pages)

    # Mesa handles, made when first asked for

    def _populate(self) -> dict[str, list[Any]]:
        if self._handles is None:
            self._handles = {}
            s = self.state
            for kind, handle, table in (
                ("estates", Estate, s.estates),
                ("companies", Company, s.companies),
                ("committees", Committee, s.committees),
                ("government", GovernmentBody, s.government),
            ):
                self._handles[kind] = [handle(self, table, row) for row in range(table.size)]
        return self._handles

    @property
    def agents(self) -> Any:
        """All registered agents: estates, companies, committees and government bodies (owners: `city.owners`)."""
        self._populate()
        return mesa.Model.agents.fget(self)

    @property
    def agents_by_type(self) -> Any:
        """An AgentSet of each kind, by class."""
        self._populate()
        return mesa.Model.agents_by_type.fget(self)

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

    def events(self) -> list[tuple[int, int, int, str, str, float]]:
        """All events so far as (month, estate or -1, company or -1, kind, cause, size)."""
        return [
            (
                int(e["month"]),
                int(e["estate"]),
                int(e["company"]),
                EVENT_KINDS[e["kind"]],
                CAUSES[e["cause"]],
                float(e["size"]),
            )
            for chunk in self.month_events
            for e in chunk
        ]
