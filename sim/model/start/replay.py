"""What happened in a city's estates before month 0, gone through again while it spins up.

What a table says of month 0 is what came of it all, so nothing is worked out anew: what is held of an estate
while it spins up is what it was before the first of its events, and from the month of each event on what it
was after it; after the last, what the table says. What settles (trust, grievance, complaints, tiredness of a
committee, a company's losing months, delight in works) has lived through it.

Events of months before spinning up begins, or of the run's own, are left out, and so are those of estates
that the table does not have, and those of a kind that do not lead to what the table says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.model.state.contracts import EARLY, NO_CONTRACT, NO_PROCESS
from sim.model.state.modes import MARKET, SELF, company_run
from sim.scenario import Scenario
from sim.scenario.past_events import (
    COMPANY,
    DISSOLVED,
    EVENTS,
    FOUNDED,
    PRICE,
    RETROFIT,
    SUBSIDY,
    PastEvent,
)
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.month.step import Clockwork
    from sim.model.start.start import State

PAID_AS = "past_subsidy"  # in the ledger of months that no result shows
Step = Callable[[], None]


class Replay:
    """The events of a scenario's table, month by month."""

    def __init__(
        self,
        scenario: Scenario,
        state: State,
        clockwork: Clockwork,
        held: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Of a city that was just drawn. `held`: what is held while it spins up of estates, companies and
        committees; these, and the state, become what they were before the first event."""
        self.state, self.clockwork = state, clockwork
        self.estates, self.companies, self.committees = held
        self.steps: dict[int, list[Step]] = {}
        self.subsidies: list[tuple[int, int, int, float]] = []  # first month, last, row, fen a m2 and month
        self.first_year = scenario.city.start_year
        assert scenario.estates is not None
        rows = {number: row for row, number in enumerate(scenario.estates.rows.numbers.tolist())}
        by_estate: dict[tuple[int, str], list[PastEvent]] = {}
        for event in scenario.estates.past_events:
            kind = FOUNDED if event.kind == DISSOLVED else event.kind
            if event.number in rows and self._in_time(event, scenario.spin_up):
                by_estate.setdefault((rows[event.number], kind), []).append(event)
        prepare = {
            PRICE: self._prices,
            RETROFIT: self._works,
            FOUNDED: self._committees,
            COMPANY: self._managers,
            SUBSIDY: self._subsidies,
        }
        # companies last: who came is judged by the estate as it then is
        for kind in sorted(prepare, key=lambda one: (one == COMPANY, EVENTS.index(one))):
            for (row, of), events in by_estate.items():
                if of == kind:
                    prepare[kind](row, sorted(events, key=lambda one: one.start))

    def _in_time(self, event: PastEvent, spin_up: int) -> bool:
        """Whether an event happened while the city spins up; of a subsidy, whether it was paid then."""
        month = event.month(self.first_year)
        if event.kind == SUBSIDY and event.end >= 0:
            return month <= 0 and event.end - self.first_year * MONTHS_PER_YEAR > -spin_up
        return -spin_up < month <= 0

    def act(self) -> None:
        """What happens at the beginning of the month, where programmes would act."""
        month = int(self.state.world["month"][0])
        for step in self.steps.get(month, ()):
            step()
        self._pay(month)

    def _at(self, event: PastEvent, step: Step) -> None:
        self.steps.setdefault(event.month(self.first_year), []).append(step)

    # the kinds

    def _prices(self, row: int, events: Sequence[PastEvent]) -> None:
        last = float(self.estates["price"][row])
        before = [FEN_PER_YUAN * event.before for event in events]
        self._set_price(row, before[0])
        for event, price in zip(events, [*before[1:], last], strict=True):
            self._at(event, partial(self._set_price, row, price))

    def _set_price(self, row: int, price: float) -> None:
        self.estates["price"][row] = self.state.estates["price"][row] = price

    def _works(self, row: int, events: Sequence[PastEvent]) -> None:
        """Facilities were no better than they are said to have been, nor than they are; works make them what
        they are, and owners delight in what is new."""
        reached = float(self.estates["condition"][row])
        before = [min(event.before, reached) for event in events]
        self._set_condition(row, before[0])
        for event, now, then in zip(events, before, [*before[1:], reached], strict=True):
            if then > now:
                self._at(event, partial(self._finish_works, row, now, then))

    def _set_condition(self, row: int, condition: float) -> None:
        self.estates["condition"][row] = self.state.estates["condition"][row] = condition

    def _finish_works(self, row: int, before: float, after: float) -> None:
        self.state.estates["lever_condition"][row] += after - before
        self.clockwork.touched_levers.add("lever_condition")
        self.estates["condition"][row] = after
        if self.state.world["mechanism_works"][0]:
            self.estates["new_works"][row] += after - before

    def _committees(self, row: int, events: Sequence[PastEvent]) -> None:
        """There was a committee from the month of its founding to that of its end; not where the last of
        these is not what the table says, or one follows another of its kind."""
        now = int(self.committees["exists"][row])
        after = [int(event.kind == FOUNDED) for event in events]
        if after[-1] != now or any(one == other for one, other in zip(after, after[1:], strict=False)):
            return
        drawn = self.committees[row].copy()
        if not now:
            q = self.state.parameters[0]
            drawn["competence"], drawn["integrity"] = (
                q["committee_competence_mean"],
                q["committee_integrity_mean"],
            )
        self._set_committee(row, drawn, 1 - after[0])
        for event, there in zip(events, after, strict=True):
            self._at(event, partial(self._set_committee, row, drawn, there))

    def _set_committee(self, row: int, members: np.void, there: int) -> None:
        """One that was founded begins a term, and is not tired; none has no members."""
        for committees in (self.committees, self.state.committees):
            committee = committees[row]
            committee["exists"] = there
            for name in ("competence", "integrity"):
                committee[name] = members[name] if there else 0.0
            committee["activity"] = 1.0 if there else 0.0
            committee["term_left"] = self.state.parameters["committee_term"][0] if there else 0
            committee["wait"] = 0
            committee["strength"] = there * committee["competence"] * committee["integrity"]

    def _managers(self, row: int, events: Sequence[PastEvent]) -> None:
        """A company of the market that runs the estate now came with the last event; before each of them the
        company that the event names ran it, where it names one that the city has, else the one that ran it
        after."""
        estate = self.estates[row]
        if estate["mode"] != MARKET or estate["contract"] == EARLY:
            return
        ran = int(estate["company"])
        for event in reversed(events):
            came, ran = ran, event.company if event.company >= 0 else ran
            self._at(event, partial(self._come, row, came, ran))
        if ran != estate["company"]:
            self._hand_over(row, ran)
            self.state.estates["company"][row] = ran

    def _come(self, row: int, company: int, before: int) -> None:
        """A company comes: what the estate is held at is its own; where it is nobody else's estate, it is
        as one that has just come."""
        if company != before:
            self._hand_over(row, company)
        estate, q = self.state.estates[row], self.state.parameters[0]
        estate["company"] = company
        estate["process"], estate["process_left"], estate["process_cause"] = NO_PROCESS, 0, 0
        estate["contract"], estate["contract_left"] = NO_CONTRACT, 0
        estate["losing_months"] = estate["unmanaged_months"] = 0
        estate["effort"] = max(float(estate["effort"]), float(q["service_start_effort"]))

    def _hand_over(self, row: int, company: int) -> None:
        """Let the estate be one of another company in what is held, and in how many it runs."""
        for companies in (self.companies, self.state.companies):
            companies["estates"][self.estates["company"][row]] -= 1
            companies["estates"][company] += 1
        self.estates["company"][row] = company

    def _subsidies(self, row: int, events: Sequence[PastEvent]) -> None:
        for event in events:
            last = event.end - self.first_year * MONTHS_PER_YEAR if event.end >= 0 else 0
            self.subsidies.append((event.month(self.first_year), last, row, FEN_PER_YUAN * event.after))

    def _pay(self, month: int) -> None:
        """Pay what was paid in a month to whoever manages and is paid by owners, out of money that no body of
        the run has."""
        estates, books = self.state.estates, self.state.books
        for first, last, row, rate in self.subsidies:
            company, own = company_run(int(estates["mode"][row])), estates["mode"][row] == SELF
            if not first <= month <= last or not (company or own):
                continue
            amount = np.array([int(np.floor(rate * estates["area"][row]))], np.int64)
            to = "companies" if company else "estate_funds"
            account = (
                self.state.companies["account"][estates["company"][row]]
                if company
                else estates["fund_account"][row]
            )
            books.pay(PAID_AS, "state", to, np.array([books.account("state")]), np.array([account]), amount)
            estates["lever_company_income"][row] += amount[0]
            self.clockwork.touched_levers.add("lever_company_income")
