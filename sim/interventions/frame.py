"""How programmes act: who is treated when, with what strength, paid by whom, moving which levers.

A programme (a subclass of `sim.scenario.Programme`, one file each in this package) has `act(policy, course, rows,
strength)`. It may move only the levers that it declares and pay only from the bearers that it declares; both are enforced.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.draws import Stream, uniforms
from sim.month.levers import check_lever
from sim.scenario import Programme, Scenario
from sim.state.events import Cause, Event
from sim.words import MODES, STAGES, TIERS

if TYPE_CHECKING:
    from sim.month.step import Clockwork
    from sim.population.start import State


class Course:
    """The course of one programme through a run: whom it treats since when, and what it remembers."""

    def __init__(self, programme: Programme, size: int) -> None:
        """Nobody is treated yet."""
        self.programme = programme
        self.since = np.zeros(size, np.int32)  # month in which the estate was taken in; 0 = not treated
        self.allowance = 0.0
        self.ended = False
        self.warned_year = -1
        self.memory: dict[str, Any] = {}

    @property
    def address(self) -> int:
        """What addresses this programme's draws: its name, so that other programmes leave its luck alone."""
        return zlib.crc32(self.programme.name.encode())

    def strength(self, month: int) -> float:
        """0 before the start and after the end, 1 in force, falling while it is withdrawn."""
        programme = self.programme
        if month < programme.start or (programme.end is not None and programme.end < programme.start):
            return 0.0
        if programme.end is None or month <= programme.end:
            return 1.0
        if programme.withdrawal == "sudden":
            return 0.0
        return max(0.0, 1.0 - (month - programme.end) / programme.taper_months)


class Policy:
    """All programmes of a scenario acting on one state; what a programme may read and do."""

    def __init__(self, scenario: Scenario, state: State, clockwork: Clockwork) -> None:
        """Programmes start untouched; nothing moves before the first month in which one is in force."""
        self.scenario = scenario
        self.state = state
        self.clockwork = clockwork
        self.type_names = list(scenario.types)
        self.courses = [Course(programme, state.estates.size) for programme in scenario.interventions]
        self.current: Course | None = None

    @property
    def month(self) -> int:
        """The month being simulated."""
        return int(self.state.world["month"][0])

    def act(self) -> None:
        """Let every programme in force act, in the order of the scenario."""
        for course in self.courses:
            strength = course.strength(self.month)
            if strength <= 0.0:
                self._end(course)
                continue
            self.current = course
            if self.month <= (course.programme.end or self.month):
                self._take_in(course)
            rows = np.flatnonzero((course.since > 0) & (course.since + course.programme.lag <= self.month))
            course.programme.act(self, course, rows, strength)  # type: ignore[attr-defined]
        self.current = None

    def _end(self, course: Course) -> None:
        if not course.ended and np.any(course.since > 0):
            self.event(-1, Event.PROGRAMME_ENDED, Cause.POLICY, float(np.count_nonzero(course.since)))
            course.ended = True

    # who is treated

    def eligible(self, programme: Programme) -> np.ndarray:
        """True for every estate that the programme's targets allow this month."""
        estates, targets = self.state.estates, programme.targets
        chosen = np.ones(estates.size, bool)
        if targets.types:
            chosen &= np.isin(estates["type"], [self.type_names.index(name) for name in targets.types])
        if targets.modes:
            chosen &= np.isin(estates["mode"], [MODES.index(name) for name in targets.modes])
        if targets.stages:
            chosen &= np.isin(estates["stage"], [STAGES.index(name) for name in targets.stages])
        if targets.districts:
            chosen &= np.isin(estates["district"], targets.districts)
        age = self.state.world["start_year"][0] + (self.month - 1) / 12 - estates["built_year"]
        if targets.age_min is not None:
            chosen &= age >= targets.age_min
        if targets.age_max is not None:
            chosen &= age <= targets.age_max
        if targets.old is not None:
            chosen &= estates["old"] == int(targets.old)
        return chosen & programme.suits(self)  # type: ignore[attr-defined]

    def _take_in(self, course: Course) -> None:
        programme = course.programme
        new = np.flatnonzero(self.eligible(programme) & (course.since == 0))
        if "most" not in course.memory:
            eligible = new.size
            course.memory["most"] = int(np.ceil(programme.targets.share_max * eligible))
            self.event(-1, Event.PROGRAMME_STARTED, Cause.POLICY, float(eligible))
        room = new.size
        if programme.targets.share_max < 1.0:
            room = min(room, course.memory["most"] - int(np.count_nonzero(course.since)))
        if programme.capacity is not None:
            course.allowance += programme.capacity
            room = min(room, int(course.allowance))
        if room <= 0:
            course.allowance = min(course.allowance, programme.capacity or 0.0) if new.size == 0 else course.allowance
            return
        taken = self.in_order(programme, new)[:room]
        course.since[taken] = self.month
        if programme.capacity is not None:
            course.allowance -= taken.size

    def in_order(self, programme: Programme, rows: np.ndarray) -> np.ndarray:
        """`rows` sorted by how badly they stand, how easy they are, or by addressed draw."""
        estates = self.state.estates
        if programme.order == "random":
            keys = uniforms(self.seed, Stream.TARGETING, 0, rows, zlib.crc32(programme.name.encode()))
            return rows[np.argsort(keys, kind="stable")]
        ease = estates["paid_share"][rows] + estates["quality"][rows] + estates["condition"][rows]
        return rows[np.argsort(ease if programme.order == "worst_first" else -ease, kind="stable")]

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return int(self.state.world["key_1"][0]) << 32 | int(self.state.world["key_0"][0])

    @property
    def address(self) -> int:
        """Address of the acting programme's draws."""
        return self._acting().address

    def luck(self, entities: np.ndarray, word: int = 0) -> np.ndarray:
        """Addressed float64 draws in (0, 1) of the acting programme for these entities this month; `word` 0 to 3."""
        return uniforms(self.seed, Stream.INTERVENTION + word, self.month, entities, self.address)

    def _acting(self) -> Course:
        if self.current is None:
            raise RuntimeError("no programme is acting")
        return self.current

    # what it does

    def move(self, lever: str, rows: np.ndarray, amount: Any) -> None:
        """Add `amount` to a declared lever of the estates in `rows` for this month."""
        programme = self._acting().programme
        check_lever(lever)
        if lever not in programme.levers:
            raise PermissionError(f"{programme.kind} does not declare {lever}")
        if rows.size:
            self.state.estates[lever][rows] += amount
            self.clockwork.touched_levers.add(lever)

    def spend(self, bearer: str, rows: np.ndarray, fen: Any, payee_kind: str, payees: Any) -> np.ndarray:
        """Pay `fen` for each estate in `rows` from its body of tier `bearer` (or a named outside party).

        A body pays estate by estate in the given order until this year's budget is used up. Returns True for each row that
        was paid; what could not be paid is reported once a year as an event.
        """
        programme = self._acting().programme
        if bearer not in programme.payers:
            raise PermissionError(f"{programme.kind} does not declare {bearer} as a payer")
        amounts = np.broadcast_to(np.asarray(fen, np.int64), rows.shape)
        to = np.broadcast_to(np.asarray(payees), rows.shape)
        payers = self.accounts_of(bearer, rows)
        paid = np.ones(rows.size, bool)
        if bearer in TIERS:
            paid = within_budget(self.state.books.balances, payers, amounts)
            self._warn(float(amounts[~paid].sum()) / 100.0)
        self.state.books.pay(programme.name, bearer, payee_kind, payers[paid], to[paid], amounts[paid])
        return paid

    def accounts_of(self, bearer: str, rows: np.ndarray) -> np.ndarray:
        """The account of each estate's own body of a tier, company, owners or fund; or of an outside party."""
        estates, government = self.state.estates, self.state.government
        if bearer == "city":
            return np.full(rows.size, government["account"][0])
        if bearer in ("district", "street", "community"):
            column = {"district": "district_body"}.get(bearer, bearer)
            return np.asarray(government["account"][estates[column][rows]])
        if bearer == "companies":
            return np.asarray(self.state.companies["account"][estates["company"][rows]])
        if bearer in ("owners", "estate_funds"):
            return np.asarray(estates["owners_account" if bearer == "owners" else "fund_account"][rows])
        return np.full(rows.size, self.state.books.account(bearer))

    def claim_staff(self, tier: str, rows: np.ndarray, persons: float) -> np.ndarray:
        """Claim staff time of each estate's street or community this month; True where there was enough left.

        Programmes earlier in the scenario claim first; what could not be had is reported once a year as an event.
        """
        government = self.state.government
        bodies = self.state.estates[tier][rows]
        served = np.zeros(rows.size, bool)
        for i, body in enumerate(bodies):
            if government["staff_free"][body] >= persons:
                government["staff_free"][body] -= persons
                served[i] = True
        missing = persons * float(np.count_nonzero(~served))
        if missing > 0.0:
            self._warn(missing, Event.STAFF_EXHAUSTED)
        return served

    def _warn(self, missing: float, kind: Event = Event.BUDGET_EXHAUSTED) -> None:
        course = self._acting()
        key = f"warned {kind.name}"
        year = (self.month - 1) // 12
        if missing > 0.0 and course.memory.get(key) != year:
            course.memory[key] = year
            self.event(-1, kind, Cause.BUDGET, missing)

    def event(self, estate: int, kind: Event, cause: Cause, size: float, company: int = -1) -> None:
        """Write one event."""
        world = self.state.world
        row = int(world["events"][0])
        self.clockwork.events[row] = (self.month, estate, company, int(kind), int(cause), size)
        world["events"] = row + 1


def within_budget(balances: np.ndarray, payers: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """True for each payment that its payer can still make, taking them in order; a payment that is too large is left out."""
    paid = np.zeros(payers.size, bool)
    left: dict[int, int] = {}
    for i in range(payers.size):
        payer = int(payers[i])
        have = left.get(payer, int(balances[payer]))
        if amounts[i] <= have:
            paid[i] = True
            have -= int(amounts[i])
        left[payer] = have
    return paid
