"""What one programme is at in a run: whom it treats since when, how strongly, and what it remembers."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import numpy as np

from sim.model.programmes.reaction import AT_WORK, ON, OVER, PAUSED, Reaction
from sim.units import yuan_to_fen
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    from sim.model.programmes.base import Intervention
    from sim.model.programmes.policy import Policy

# Shares and capacities are typed in decimals; this keeps 0.1 x 30 from being a little more than 3.
TOLERANCE = 1e-9


class ProgrammeState:
    """One programme in one run."""

    def __init__(self, programme: Intervention, index: int, size: int) -> None:
        """Programme number `index` of the scenario in a city of `size` estates; nobody is treated yet."""
        self.programme = programme
        self.index = index
        self.since = np.zeros(size, np.int32)  # month in which the estate was taken in; 0 = not treated
        self.queue = np.zeros(0, np.int64)  # treated estates in the order in which they were taken in
        self.running = False
        self.memory: dict[str, np.ndarray] = {}  # what the programme itself remembers, see Policy.array
        self.year = -1  # year to which `spent` belongs
        self.spent = 0  # fen of public money spent in that year
        self.warned: dict[int, int] = {}  # kind of event: year in which it was last written
        self.places = 0.0  # places of this month's capacity, and the fraction left over from earlier months
        self._allowed: np.ndarray | None = None
        # what addresses this programme's draws: its name, so that other programmes leave its luck alone
        self.address = zlib.crc32(programme.name.encode())
        self.reaction = Reaction(programme, size) if programme.when or programme.where else None

    def strength(self, month: int) -> float:
        """0 before the start and after the end, 1 in force, falling while it is withdrawn."""
        programme = self.programme
        if month < programme.start or (programme.end is not None and programme.end < programme.start):
            return 0.0
        end = self.end
        if self.reaction is not None:
            phase = self.reaction.phase
            if phase == PAUSED and (end is None or month <= end):
                return 1.0
            if phase not in (ON, OVER):
                return 0.0
        if end is None or month <= end:
            return 1.0
        if programme.withdrawal == "sudden":
            return 0.0
        return max(0.0, 1.0 - (month - end) / programme.taper_months)

    @property
    def end(self) -> int | None:
        """The last month in full force; None where there is none, or none yet."""
        return self.programme.end if self.reaction is None else self.reaction.end()

    @property
    def over_by_condition(self) -> bool:
        """Whether a condition ended it."""
        return self.reaction is not None and self.reaction.phase >= OVER

    @property
    def paused(self) -> bool:
        """Whether the whole programme rests by a condition."""
        return self.reaction is not None and self.reaction.phase == PAUSED

    @property
    def at_rest(self) -> bool:
        """Whether it rests as a whole or in every estate that it treats."""
        if self.reaction is None:
            return False
        return self.paused or (
            self.queue.size > 0 and not np.any(self.reaction.stance[self.queue] == AT_WORK)
        )

    def elapsed(self, month: int) -> int:
        """Months in which it was in force before this one, from its first month on: 0 in the first."""
        waited = 0 if self.reaction is None else self.reaction.waited
        return month - self.programme.start - waited

    def grown(self, what: str) -> float:
        """By what factor it has grown on a condition (see `sim.scenario.conditions.Growth`)."""
        return 1.0 if self.reaction is None else self.reaction.grown(what)

    def yearly_limit(self) -> int:
        """Fen of public money that it may spend in a year; -1 for no limit."""
        yearly = self.programme.yearly_budget
        return -1 if yearly is None else yuan_to_fen(yearly * self.grown("yearly_budget"))

    def takes_in(self, month: int) -> bool:
        """True while estates may still be added: until the end of full force."""
        end = self.end
        return end is None or month <= end

    def rows(self, month: int, lag_relief: float) -> np.ndarray:
        """The treated estates that feel it by now, in the order in which they were taken in."""
        lag = math.ceil(self.programme.lag * max(0.0, 1.0 - lag_relief) - TOLERANCE)
        queue, prepared = self.queue, self.since
        if self.reaction is not None:
            queue = queue[self.reaction.stance[queue] == AT_WORK]
            prepared = prepared + self.reaction.rested  # while it rests, nothing is prepared either
        if lag <= 0:
            return queue
        return queue[prepared[queue] + lag <= month]

    def take_in(self, policy: Policy) -> None:
        """Add the estates that are eligible now, in the programme's order, as far
        as share and capacity allow."""
        programme = self.programme
        self._count_places(policy.relief("policy.capacity"))
        full = self.queue.size == self.since.size or self.places + TOLERANCE < 1.0
        if full and self.running:
            return
        able = self.eligible(policy) & (self.since == 0)
        new = np.flatnonzero(able if self.reaction is None else self.reaction.admit(able))
        if not self.running:
            self.running = True
            policy.programme_started(new.size)
        room = self._room(new.size)
        if room <= 0:
            return
        taken = policy.in_order(programme, new)[:room]
        self.since[taken] = policy.month
        self.queue = np.concatenate((self.queue, taken))
        self.queue.flags.writeable = False
        if programme.capacity is not None:
            self.places -= taken.size
        if self.reaction is not None:
            self.reaction.take_in(policy, taken)

    def let_go(self, rows: np.ndarray) -> None:
        """Estates in which it is over for good: they are not taken in again."""
        self.queue = self.queue[~np.isin(self.queue, rows)]
        self.queue.flags.writeable = False

    def _count_places(self, relief: float) -> None:
        """Places do not pile up while nobody needs them, but fractions do: 0.5 a month is one
        estate every other month."""
        if self.programme.capacity is None:
            self.places = math.inf
            return
        left = self.places + TOLERANCE
        self.places = left - math.floor(left) + self._capacity() * (1.0 + relief)

    def _capacity(self) -> float:
        assert self.programme.capacity is not None
        return self.programme.capacity * self.grown("capacity")

    def _room(self, new: int) -> int:
        """How many of the newly eligible may come in this month."""
        room = new
        share_max = self.programme.targets.share_max * self.grown("share_max")
        if share_max < 1.0:
            most = math.floor(share_max * (self.queue.size + new) + TOLERANCE)
            room = min(room, most - self.queue.size)
        if self.programme.capacity is not None:
            room = min(room, math.floor(self.places + TOLERANCE))
        return max(0, room)

    def eligible(self, policy: Policy) -> np.ndarray:
        """True for every estate that targets and good sense allow this month."""
        targets = self.programme.targets
        chosen = self.allowed(policy)
        if targets.modes:
            chosen = chosen & np.isin(policy.seen("mode"), [MODES.index(name) for name in targets.modes])
        if targets.stages:
            chosen = chosen & np.isin(policy.seen("stage"), [STAGES.index(name) for name in targets.stages])
        if targets.age_min is not None or targets.age_max is not None:
            age = policy.age
            if targets.age_min is not None:
                chosen = chosen & (age >= targets.age_min)
            if targets.age_max is not None:
                chosen = chosen & (age <= targets.age_max)
        return np.asarray(chosen & self.programme.suits(policy) & policy.has_rules(self.programme))

    def allowed(self, policy: Policy) -> np.ndarray:
        """The part of the targets that never changes, worked out once."""
        if self._allowed is None:
            self._allowed = self._allowed_for_good(policy)
        return self._allowed

    def _allowed_for_good(self, policy: Policy) -> np.ndarray:
        """The part of the targets that never changes: type, district, old or not."""
        targets, estates = self.programme.targets, policy.estates
        chosen = np.ones(estates.size, bool)
        if targets.types:
            chosen &= np.isin(estates["type"], [policy.type_names.index(name) for name in targets.types])
        if targets.districts:
            chosen &= np.isin(estates["district"], targets.districts)
        if targets.old is not None:
            chosen &= estates["old"] == int(targets.old)
        return chosen
