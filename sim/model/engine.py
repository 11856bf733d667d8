"""The engine: one scenario and seed simulated month by month, over columns, without Mesa."""

from __future__ import annotations

import os
from typing import Self

import numpy as np

from sim.arguments import number_of_threads, truth
from sim.errors import EstateError
from sim.model.ledger import Page, ledger_lines
from sim.model.month.observe import FLOWS, Outcomes, new_outcomes, observe
from sim.model.month.record import record_start
from sim.model.month.reporting import report_start
from sim.model.month.step import Clockwork
from sim.model.programmes.policy import Policy
from sim.model.start.spin_up import spin_up
from sim.model.start.start import starting_state
from sim.model.state.events import CAUSES, EVENT_KINDS
from sim.problems import tell_of_cache
from sim.scenario import Scenario
from sim.scenario.draw import months_of, seed_of

THREADS_FROM = 200_000  # owners from which a second thread pays


class Engine:
    """A simulated city of one scenario and seed.

    `step()` simulates one month; after the last one `running` is False. `state` holds the columns (see
    sim.model.state). Results do not depend on `threads` or on `record`. `sim.City` is the same as a
    Mesa model, with agents.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = None,
        months: int | None = None,
        threads: int | None = None,
        record: bool = True,
    ) -> None:
        """Build the starting state. `seed` and `months` default to the scenario's;
        `record` keeps monthly outcomes.

        Raises ScenarioError for what is no seed, no number of months, or cannot be drawn, EstateError for
        another argument of the wrong kind.
        """
        tell_of_cache()
        threads, record = number_of_threads(threads), truth("record", record, EstateError)
        self.scenario = scenario
        self.seed = seed_of(scenario, seed)
        self.months = scenario.months if months is None else months_of(scenario, months)
        self.state = starting_state(scenario, self.seed)
        owners = int(self.state.owners.area.size)
        self.threads = threads or (min(4, os.cpu_count() or 1) if owners >= THREADS_FROM else 1)
        self.clockwork = Clockwork(self.state, self.threads)
        if scenario.spin_up:
            spin_up(scenario, self.state, self.clockwork)
        self.policy = Policy(scenario, self.state, self.clockwork)
        # by which events name programmes: those in force, then those of earlier plans (sim.model.branch)
        self.programme_names = tuple(programme.name for programme in scenario.interventions)
        self.outcomes: Outcomes | None = (
            new_outcomes(self.months, self.state.estates.size) if record else None
        )
        self.month_events: list[np.ndarray] = []
        self.pages: list[Page] = []  # of the ledger, one for every month from 0
        companies = self.state.companies
        self._state_owned = companies["account"][companies["state_owned"] == 1]
        # fen that each state-owned company held at the end of every month from 0; the ledger books by kind of
        # account alone
        self.state_owned_cash: list[np.ndarray] = []
        self._first_record()
        self.running = self.month < self.months

    @property
    def month(self) -> int:
        """The last simulated month; 0 before the first."""
        return int(self.state.world["month"][0])

    def step(self) -> None:
        """Simulate one month."""
        self.clockwork.month(self.policy.act)
        self._keep()
        self.running = self.month < self.months

    def run(self, months: int | None = None) -> Self:
        """Simulate `months` (default: up to the last month) and return the city."""
        for _ in range(self.months - self.month if months is None else months):
            self.step()
        return self

    def close(self) -> None:
        """End the threads."""
        self.clockwork.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _first_record(self) -> None:
        state = self.state
        if not self.scenario.spin_up:  # else the months before were simulated
            record_start(state.estates, state.world, state.parameters)
            report_start(state.estates, *state.reports, state.world, state.parameters)
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
        """What moved so far: (month, purpose, payer kind, payee kind, programme, fen), in
        the order of the months."""
        return ledger_lines(self.pages)

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
