"""One simulated month of one city: the phases in order, owner passes on as many threads as asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.model.month.cases import case_month
from sim.model.month.condition import CONDITION_BINS
from sim.model.month.levers import reset_levers
from sim.model.month.owner_passes import owners_pass, payment_pass
from sim.model.month.phases import bill, close_month, open_month, serve_estates
from sim.model.month.price_basis import open_books
from sim.model.month.record import new_rings
from sim.model.month.repairs import repair_month
from sim.model.month.volunteers import call_at_doors
from sim.model.month.works import credit_works
from sim.model.state.owners import MEMORY
from sim.model.state.tables import EVENT_TYPE

if TYPE_CHECKING:
    from sim.model.start.start import State


class Holding(Protocol):
    """What holds some of a month at its value while a city spins up (`sim.model.start.spin_up`)."""

    def served(self) -> None:
        """Service was done, and owners have not felt it yet."""

    def closed(self) -> None:
        """All phases are over but for record and reports."""


class Clockwork:
    """Runs the phases of the month on a state; holds the scratch arrays that are not part of the state."""

    def __init__(self, state: State, threads: int) -> None:
        """`threads` share the owner passes; results do not depend on their number."""
        self.state = state
        size = state.estates.size
        self.ranges = even_ranges(state.estates["households"], threads)
        self.pool = ThreadPoolExecutor(len(self.ranges) - 1) if len(self.ranges) > 1 else None
        self.bill_share = np.zeros(size)
        self.solved_share = np.zeros(size)
        self.target = np.zeros(size)
        self.beliefs = np.zeros((int(state.estates["type"].max()) + 1, CONDITION_BINS))
        self.rings = new_rings(state.estates)
        self.prices = np.zeros((MEMORY, size), np.float32)  # what was billed per m2 in the last twelve months
        self.events = np.zeros(17 * size + 2 * state.companies.size + 64, EVENT_TYPE)
        self.touched_levers: set[str] = set()

    def month(self, policy: Callable[[], None], holding: Holding | None = None) -> None:
        """Simulate the next month; `policy` lets the programmes in force act. `holding` is for the months up
        to 0, which it records and reports."""
        s, p = self.state, self.state.parameters
        balances, flows = s.books.balances, s.books.flows
        reset_levers(s.estates, self.touched_levers)
        # 1 government
        open_month(s.government, balances, flows, s.world, p)
        policy()
        if s.world["mechanism_price_basis"][0]:
            open_books(s.estates, s.companies, s.claims, s.world, self.events, p)
            self.touched_levers.add("lever_disclosure")
        if s.world["mechanism_volunteers"][0]:
            call_at_doors(s.estates, s.world, p)
            self.touched_levers.add("lever_norm")
        if s.world["mechanism_works"][0]:
            credit_works(s.estates, p)
            self.touched_levers.add("lever_norm")
        # 2 complaints, disputes, payment
        if s.world["mechanism_repairs"][0]:
            repair_month(
                s.owners, s.estates, s.companies, s.government, balances, flows, s.world, self.events, p
            )
            self.touched_levers |= {"lever_company_charge", "lever_condition", "lever_legacy"}
        if s.world["mechanism_cases"][0]:
            case_month(
                s.owners,
                s.estates,
                s.companies,
                s.claims,
                balances,
                flows,
                s.world,
                self.events,
                p,
            )
            self.touched_levers |= {"lever_company_charge", "lever_sanction"}
        if s.world["mechanism_fund"][0]:
            self.touched_levers.add("lever_condition")
        bill(s.estates, p, self.bill_share)
        self._over_estates(
            payment_pass, self.bill_share, self.prices, s.owners, s.buildings, s.estates, s.world, p
        )
        # 2 to 5: what the money buys
        serve_estates(
            s.estates,
            s.companies,
            s.committees,
            s.claims,
            balances,
            flows,
            s.world,
            s.government,
            p,
            self.target,
            self.solved_share,
        )
        if holding is not None:
            holding.served()
        # 5 owners
        self._over_estates(
            owners_pass, self.bill_share, self.solved_share, s.owners, s.buildings, s.estates, s.world, p
        )
        # 5 to 8: what follows
        close_month(
            s.estates,
            s.companies,
            s.committees,
            s.claims,
            s.owners,
            balances,
            self.beliefs,
            s.world,
            self.events,
            self.rings,
            *s.reports,
            p,
        )
        if holding is not None:
            holding.closed()

    def _over_estates(self, owner_pass: Callable[..., None], *arguments: Any) -> None:
        """Run a pass over all estates, a range of estates on each thread."""
        if self.pool is None:
            owner_pass(*self.ranges[0], *arguments)
            return
        others = [self.pool.submit(owner_pass, *part, *arguments) for part in self.ranges[1:]]
        owner_pass(*self.ranges[0], *arguments)
        for other in others:
            other.result()

    def close(self) -> None:
        """End the threads."""
        if self.pool is not None:
            self.pool.shutdown()


def even_ranges(households: np.ndarray, parts: int) -> list[tuple[int, int]]:
    """Cut the estates into at most `parts` consecutive ranges with about the same number of owners."""
    total = np.cumsum(households)
    cuts = [0]
    for part in range(1, parts):
        cuts.append(int(np.searchsorted(total, total[-1] * part / parts)))
    cuts.append(households.size)
    return [(first, last) for first, last in zip(cuts[:-1], cuts[1:], strict=True) if last > first]
