"""How programmes act: who is treated when, with what strength, paid by whom, moving which levers.

A programme is a subclass of `sim.model.programmes.base.Intervention`. Its `act(policy, rows, strength)` reads
the city through read-only tables, moves only the levers that it declares and charges only the payers that it
declares; both are enforced. Everything it reads is the state at the end of last month; programmes act in
the order of the scenario.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.luck import Stream, quantiles, uniforms
from sim.model.month.condition import estate_age
from sim.model.programmes.base import Intervention
from sim.model.programmes.programme_state import ProgrammeState
from sim.model.programmes.reaction import AT_WORK
from sim.model.programmes.treasury import Treasury, read_only
from sim.model.state.contracts import EARLY
from sim.model.state.events import Cause, Event
from sim.model.state.owners import VACANT
from sim.scenario import Scenario
from sim.text import message

if TYPE_CHECKING:
    from sim.model.month.step import Clockwork
    from sim.model.start.start import State


class Policy(Treasury):
    """All programmes of a scenario acting on one city; what a programme may read and do.

    `estates`, `companies`, `committees`, `government`, `world`, `parameters` and `balances` are read-only.
    """

    def __init__(self, scenario: Scenario, state: State, clockwork: Clockwork) -> None:
        """Programmes start untouched; nothing moves before the first month in which one is in force."""
        super().__init__(state, clockwork)
        self.type_names = list(scenario.types)
        self.seed = int(state.world["key_1"][0]) << 32 | int(state.world["key_0"][0])
        self.committees = read_only(state.committees)
        self.world = read_only(state.world)
        self.parameters = read_only(state.parameters)[0]
        self.granted: dict[str, float] = {}  # relief of the next month, see RELIEFS
        self.leaving: list[ProgrammeState] = []  # what another plan lacks: withdrawn first of all
        self.programme_states = []
        for index, programme in enumerate(scenario.interventions):
            if not isinstance(programme, Intervention):
                raise TypeError(message("declare.no_intervention", kind=programme.kind))
            self.programme_states.append(ProgrammeState(programme, index, state.estates.size))

    def act(self) -> None:
        """Let every programme in force act, in the order of the scenario."""
        if not self.programme_states and not self.leaving:
            return
        self._relief, self.granted = self.granted, {}
        for gone in self.leaving:
            self._acting = gone
            self._withdraw(gone)
        self.leaving = []
        month = self.month
        self._react()
        for programme_state in self.programme_states:
            strength = programme_state.strength(month)
            if strength <= 0.0 and not programme_state.running:
                continue
            self._acting = programme_state
            if strength <= 0.0:
                self._withdraw(programme_state)
                continue
            if programme_state.takes_in(month) and not programme_state.paused:
                programme_state.take_in(self)
            if programme_state.at_rest:  # nothing is moved, paid or claimed
                programme_state.programme.rest(self)
                continue
            rows = programme_state.rows(month, self.relief("policy.lag"))
            programme_state.programme.act(self, rows, strength)
        self._acting = None

    def _react(self) -> None:
        """What programmes with conditions see, and what follows: before any acts, so that their order does
        not matter to it."""
        reacting = [one for one in self.programme_states if one.reaction is not None]
        for one in reacting:
            one.reaction.look(self, one)  # type: ignore[union-attr]
        for one in reacting:
            self._acting = one
            one.reaction.decide(self, one)  # type: ignore[union-attr]
        self._acting = None

    def _withdraw(self, programme_state: ProgrammeState) -> None:
        programme_state.running = False
        programme_state.programme.withdraw(self)
        cause = Cause.CONDITION if programme_state.over_by_condition else Cause.POLICY
        self.event(-1, Event.PROGRAMME_ENDED, cause, float(programme_state.queue.size))

    def programme_started(self, eligible: int) -> None:
        """Write the event of the first month in force."""
        reaction = self.acting.reaction
        delayed = reaction is not None and reaction.waited > 0
        cause = Cause.CONDITION if delayed else Cause.POLICY
        self.event(-1, Event.PROGRAMME_STARTED, cause, float(eligible))

    @property
    def age(self) -> np.ndarray:
        """Years since each estate was completed, at the beginning of this month."""
        world = self.world
        return np.asarray(estate_age(self.estates["built_year"], world["start_year"][0], world["month"][0]))

    def in_order(self, programme: Intervention, rows: np.ndarray) -> np.ndarray:
        """`rows` in the programme's order: least ease first, most ease first, or by addressed draw."""
        if programme.order == "random":
            numbers = self.estates["number"][rows]
            keys = uniforms(self.seed, Stream.TARGETING, 0, numbers, zlib.crc32(programme.name.encode()))
        else:
            keys = programme.ease(self, rows)
        return np.asarray(
            rows[np.argsort(-keys if programme.order == "easiest_first" else keys, kind="stable")]
        )

    # what the acting programme may ask

    def array(self, name: str, dtype: type = np.float64, size: int | None = None) -> np.ndarray:
        """A named array that the acting programme keeps from month to month, zero at first
        (default: one entry an estate)."""
        memory = self.acting.memory
        if name not in memory:
            memory[name] = np.zeros(self.estates.size if size is None else size, dtype)
        return memory[name]

    def due(self, months: int) -> bool:
        """True every so many months in force after the programme's start (not in the first month)."""
        return self.elapsed > 0 and self.elapsed % months == 0

    @property
    def elapsed(self) -> int:
        """Months in which the acting programme was in force before this one: 0 in its first, and months in
        which it rested do not count."""
        return self.acting.elapsed(self.month)

    def at_work(self, rows: np.ndarray) -> np.ndarray:
        """Those of `rows` in which the acting programme does not rest and is not over by a condition."""
        reaction = self.acting.reaction
        return rows if reaction is None else rows[reaction.stance[rows] == AT_WORK]

    def at_rest(self, rows: np.ndarray) -> np.ndarray:
        """The others of `rows`; all of them while the whole programme rests."""
        reaction = self.acting.reaction
        if reaction is None:
            return rows[:0]
        return rows if self.acting.paused else rows[reaction.stance[rows] != AT_WORK]

    def targeted(self) -> np.ndarray:
        """True for every estate that the acting programme may ever take in: by type, district, old or not;
        none with no share to take, and none that its conditions keep out now."""
        some = self.acting.programme.targets.share_max > 0.0
        reaction = self.acting.reaction
        wanted = True if reaction is None else reaction.wanted(self.acting.since)
        return self.acting.allowed(self) & some & wanted

    def seen(self, column: str) -> np.ndarray:
        """A column of the estates as government knows it: by the last report where the mechanism `reporting`
        is on, else as it is.

        What programmes choose, order, rank and reward by; who works on the spot finds what is there
        (`estates`). ValueError for a column that nobody reports.
        """
        return self.estates[f"reported_{column}" if self.world["mechanism_reporting"][0] else column]

    def has_rules(self, programme: Intervention) -> bool:
        """Whether the rules that a programme acts through are on in this city."""
        return all(self.world[f"mechanism_{name}"][0] != 0 for name in programme.mechanisms)

    @cached_property
    def vacant_area(self) -> np.ndarray:
        """Floor area of each estate that stands empty, m2 (float64)."""
        owners = self._state.owners
        empty = np.where(owners.occupancy == VACANT, np.rint(owners.area * 100.0), 0.0).astype(np.int64)
        return np.add.reduceat(empty, self.estates["first_owner"]) / 100.0

    def most_price(self, rows: np.ndarray) -> np.ndarray:
        """The most that may be charged in estates, fen per m2 and month: the guide price where one holds,
        else any (see `sim.model.month.committee.most_price`)."""
        estates, world = self.estates[rows], self.world
        guided = ((estates["old"] == 1) | (estates["contract"] == EARLY)) & (estates["guide_price"] > 0.0)
        held = guided & bool(world["mechanism_guided_prices"][0])
        return np.where(held, estates["guide_price"] * float(world["guide_index"][0]), np.inf)

    def luck(self, rows: np.ndarray, word: int = 0) -> np.ndarray:
        """Draws in (0, 1) of the acting programme for these estates this month; `word` 0
        to 3 for different decisions."""
        return self.luck_at(self.estates["number"][rows], word)

    def luck_at(self, entities: np.ndarray, word: int = 0) -> np.ndarray:
        """The same for rows of another table: companies, bodies of government."""
        return uniforms(self.seed, Stream.INTERVENTION + word, self.month, entities, self.acting.address)

    def noise(self, rows: np.ndarray, word: int = 0) -> np.ndarray:
        """Standard normal draws of the acting programme for these estates this month."""
        return quantiles(self.luck(rows, word))

    def noise_at(self, entities: np.ndarray, word: int = 0) -> np.ndarray:
        """The same for rows of another table: companies, bodies of government."""
        return quantiles(self.luck_at(entities, word))

    # what else the acting programme may do (payments, staff, levers and events: see Treasury)

    def assign(self, column: str, rows: Any, values: Any) -> None:
        """Set a declared column, written table.column (see POLICY_COLUMNS); it keeps the
        value until it is set again."""
        self._require(column)
        table, name = column.split(".")
        getattr(self._state, table)[name][rows] = values

    def grant_relief(self, name: str, amount: float) -> None:
        """Ease the work of all programmes next month (see RELIEFS)."""
        self._require(name)
        self.granted[name] = self.granted.get(name, 0.0) + amount
