"""What one programme is at in a run: whom it treats since when, how strongly, and what it remembers."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import numpy as np

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

    def takes_in(self, month: int) -> bool:
        """True while estates may still be added: until the end of full force."""
        return self.programme.end is None or month <= self.programme.end

    def rows(self, month: int, lag_relief: float) -> np.ndarray:
        """The treated estates that feel it by now, in the order in which they were taken in."""
        lag = math.ceil(self.programme.lag * max(0.0, 1.0 - lag_relief) - TOLERANCE)
        if lag <= 0:
            return self.queue
        return self.queue[self.since[self.queue] + lag <= month]

    def take_in(self, policy: Policy) -> None:
        """Add the estates that are eligible now, in the programme's order, as far
        as share and capacity allow."""
        programme = self.programme
        self._count_places(policy.relief("policy.capacity"))
        full = self.queue.size == self.since.size or self.places + TOLERANCE < 1.0
        if full and self.running:
            return
        new = np.flatnonzero(self.eligible(policy) & (self.since == 0))
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

    def _count_places(self, relief: float) -> None:
        """Places do not pile up while nobody needs them, but fractions do: 0.5 a month is one
        estate every other month."""
        if self.programme.capacity is None:
            self.places = math.inf
            return
        left = self.places + TOLERANCE
        self.places = left - math.floor(left) + self.programme.capacity * (1.0 + relief)

    def _room(self, new: int) -> int:
        """How many of the newly eligible may come in this month."""
        room = new
        if self.programme.targets.share_max < 1.0:
            most = math.floor(self.programme.targets.share_max * (self.queue.size + new) + TOLERANCE)
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
        return np.asarray(chosen & self.programme.suits(policy))

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
