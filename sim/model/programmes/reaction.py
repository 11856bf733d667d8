"""A plan that reacts: how the conditions of a programme are read month by month, and what follows from them.

The conditions are a table of numbers (`sim.model.state.rules`) that a compiled loop reads
(`sim.model.month.watching`), and what is remembered of them are counts of months. A programme waits, is in
force, rests, or is over; in a single estate it may rest or be over while it goes on elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.month.watching import count_months, see_figures
from sim.model.state.events import Cause, Event
from sim.model.state.rules import MEASURES, ROLES, RULE_TYPE
from sim.scenario.conditions import Condition, Growth

if TYPE_CHECKING:
    from sim.model.programmes.base import Intervention
    from sim.model.programmes.policy import Policy
    from sim.model.programmes.programme_state import ProgrammeState

START, PAUSE, RESUME, GROW, END = range(len(ROLES))
WAITING, ON, PAUSED, OVER, DROPPED = range(5)  # dropped: it was over while it rested, so nothing fades out
AT_WORK, RESTS, GONE = range(3)  # in an estate that it treats
CLOCK = ("phase", "changed", "waited", "grown", "grown_in", "ended")


def rules_of(programme: Intervention) -> np.ndarray:
    """The conditions of a programme as rows of RULE_TYPE, those of the city first."""
    parts = (programme.when, 0), (programme.where, 1)
    rows = [
        _rule(name, condition, single)
        for part, single in parts
        if part is not None
        for name, condition in part.conditions().items()
    ]
    return np.array(rows, RULE_TYPE)


def _rule(name: str, condition: Condition, single: int) -> tuple[float, ...]:
    targets = int(getattr(condition, "among", "city") == "targets")
    below = int(condition.at_least is None)
    measure = MEASURES.index(condition.called)
    level, months = condition.level, condition.months
    return (ROLES.index(name), single, measure, targets, below, months, level)


class Reaction:
    """What one programme with conditions is at."""

    def __init__(self, programme: Intervention, size: int) -> None:
        """Nothing was seen yet in a city of `size` estates."""
        self.programme = programme
        self.rules = rules_of(programme)
        self.held = np.zeros((self.rules.size, size), np.int32)  # months in a row; of the city in column 0
        self.last = np.zeros((self.rules.size, size))  # what was seen last, the same
        self.clock = np.zeros(len(CLOCK), np.int64)
        self.stance = np.zeros(
            size, np.int8
        )  # in every estate that it treats: at work, rests or gone for good
        self.turned = np.zeros(size, np.int32)  # month in which it was taken in, or last rested or went on
        self.rested = np.zeros(size, np.int32)  # months that it rested there altogether
        self.barred = np.zeros(size, np.int8)  # 1 where an estate had to wait for its condition
        self._at = {(int(rule["single"]), int(rule["role"])): row for row, rule in enumerate(self.rules)}

    def arrays(self) -> dict[str, np.ndarray]:
        """All that it remembers, by name."""
        names = ("held", "last", "clock", "stance", "turned", "rested", "barred")
        return {name: getattr(self, name) for name in names}

    def take_over(self, before: Reaction | None, running: bool, month: int) -> None:
        """Go on as the same programme under other conditions, at the end of a month: months are counted on
        where a condition is of the same figure, level and side; one without conditions was in force or not.
        """
        if before is None:
            if running:
                self._turn(ON, month)
                self.turned[:] = month
            return
        for name, kept in before.arrays().items():
            if name not in ("held", "last"):
                setattr(self, name, kept)
        alike = [name for name in RULE_TYPE.names or () if name != "months"]
        for row, rule in enumerate(self.rules):
            for other, old in enumerate(before.rules):
                if all(rule[name] == old[name] for name in alike):
                    self.held[row], self.last[row] = before.held[other], before.last[other]

    # what others ask

    @property
    def phase(self) -> int:
        """What the programme as a whole is at."""
        return int(self.clock[CLOCK.index("phase")])

    @property
    def waited(self) -> int:
        """Months since its first month in which it was not in force."""
        return int(self.clock[CLOCK.index("waited")])

    def end(self) -> int | None:
        """The last month in full force, as far as it is known by now."""
        end = self.programme.end
        if self.phase < OVER:
            return end
        ended = int(self.clock[CLOCK.index("ended")])
        return ended if end is None else min(end, ended)

    def grown(self, what: str) -> float:
        """By what factor capacity, greatest share or yearly budget are above what the plan says."""
        growth = None if self.programme.when is None else self.programme.when.grow
        if growth is None or growth.what != what:
            return 1.0
        factor = 1.0
        for _ in range(int(self.clock[CLOCK.index("grown")])):
            factor *= 1.0 + growth.by
        return factor

    def open(self) -> np.ndarray:
        """True for each estate where the conditions of the single estate let it begin now."""
        may = self._holds_at(START, True)
        return np.asarray(may & ~self._holds_at(PAUSE, False) & ~self._holds_at(END, False))

    def wanted(self, since: np.ndarray) -> np.ndarray:
        """True for each estate in which it is at work or may begin now; `since` as in ProgrammeState."""
        return np.where(since > 0, self.stance == AT_WORK, self.open())

    # what it does

    def look(self, policy: Policy, one: ProgrammeState) -> None:
        """Count for how many months each condition has held by what is seen now."""
        spent = one.spent if one.year == policy.year else 0
        yearly = one.yearly_limit()
        see_figures(
            self.rules,
            policy.estates,
            one.allowed(policy).view(np.uint8),
            policy.government,
            policy.balances,
            max(0, yearly) - spent,
            yearly,
            policy.world,
            self.last,
        )
        count_months(self.rules, self.last, self.held)

    def decide(self, policy: Policy, one: ProgrammeState) -> None:
        """Start, pause, go on, grow or end the programme, and in each estate, as the conditions say."""
        month = policy.month
        if month < self.programme.start:
            return
        end = self.programme.end
        if end is None or month <= end:  # once it is being withdrawn, nothing is decided any more
            if self.phase < OVER:
                self._decide_on_all(policy, one, month)
            if self.phase == ON:
                self._decide_on_each(policy, one, month)
        if self.phase in (WAITING, PAUSED):
            self._set("waited", self.waited + 1)
            self.rested[one.queue] += 1
        else:
            self.rested += self.stance == RESTS

    def _decide_on_all(self, policy: Policy, one: ProgrammeState, month: int) -> None:
        when = self.programme.when
        if self.phase == WAITING:
            stops = self._held(PAUSE, False) or self._held(END, False)
            if self._held(START, True) and not stops and self.open().any():
                self._turn(ON, month)
            else:
                self.admit(one.eligible(policy))
            return
        if when is None:
            return
        changed = int(self.clock[CLOCK.index("changed")])
        may_stop = self.phase == PAUSED or month - changed >= when.least_on
        if may_stop and self._held(END, False):
            self._set("ended", month - 1)
            self._turn(DROPPED if self.phase == PAUSED else OVER, month)
        elif self.phase == ON and may_stop and self._held(PAUSE, False):
            self._turn(PAUSED, month)
            policy.event(-1, Event.PROGRAMME_PAUSED, Cause.CONDITION, self._seen(PAUSE))
            self._stop(policy, one, one.queue[self.stance[one.queue] == AT_WORK])
        elif self.phase == PAUSED and month - changed >= when.least_off:
            if not self._held(PAUSE, False) and self._held(RESUME, True):
                self._turn(ON, month)
                decided_by = RESUME if (0, RESUME) in self._at else PAUSE
                policy.event(-1, Event.PROGRAMME_RESUMED, Cause.CONDITION, self._seen(decided_by))
        elif self.phase == ON and when.grow is not None and self._held(GROW, False):
            self._grow(policy, when.grow, month)

    def _grow(self, policy: Policy, growth: Growth, month: int) -> None:
        times, last = int(self.clock[CLOCK.index("grown")]), int(self.clock[CLOCK.index("grown_in")])
        if times >= growth.times or (times > 0 and month - last < growth.apart):
            return
        self._set("grown", times + 1)
        self._set("grown_in", month)
        policy.event(-1, Event.PROGRAMME_GREW, Cause.CONDITION, self._seen(GROW))

    def _decide_on_each(self, policy: Policy, one: ProgrammeState, month: int) -> None:
        """Estates that are treated: where it is over, where it rests and where it goes on."""
        where = self.programme.where
        if where is None or one.queue.size == 0:
            return
        queue = one.queue
        free = (month - self.turned[queue] >= where.least_on) | (self.stance[queue] == RESTS)
        gone = queue[free & self._holds_at(END, False)[queue]]
        if gone.size:
            policy.events(gone, Event.PROGRAMME_LEFT, Cause.CONDITION, self._seen_at(END, gone))
            self._stop(policy, one, gone[self.stance[gone] == AT_WORK])
            self.stance[gone] = GONE
            one.let_go(gone)
            queue = one.queue
        held = self._holds_at(PAUSE, False)[queue]
        resting, since = self.stance[queue] == RESTS, month - self.turned[queue]
        stops = queue[~resting & held & (since >= where.least_on)]
        back = self._holds_at(RESUME, True)[queue]
        goes_on = queue[resting & ~held & back & (since >= where.least_off)]
        decided_by = RESUME if (1, RESUME) in self._at else PAUSE
        for rows, kind, role in (
            (stops, Event.PROGRAMME_PAUSED, PAUSE),
            (goes_on, Event.PROGRAMME_RESUMED, decided_by),
        ):
            if rows.size:
                policy.events(rows, kind, Cause.CONDITION, self._seen_at(role, rows))
                self.turned[rows] = month
        self.stance[stops], self.stance[goes_on] = RESTS, AT_WORK
        self._stop(policy, one, stops)

    def _stop(self, policy: Policy, one: ProgrammeState, rows: np.ndarray) -> None:
        if rows.size:
            one.programme.stop(policy, rows)

    def admit(self, able: np.ndarray) -> np.ndarray:
        """Which of the estates that could be taken in (True) their conditions let in; the others wait."""
        may = self.open()
        self.barred[able & ~may] = 1
        return np.asarray(able & may)

    def take_in(self, policy: Policy, rows: np.ndarray) -> None:
        """Estates that are taken in this month; tells of those that had to wait for their condition."""
        self.turned[rows] = policy.month
        waited = rows[self.barred[rows] == 1]
        if waited.size:
            role = START if (1, START) in self._at else PAUSE if (1, PAUSE) in self._at else END
            policy.events(waited, Event.PROGRAMME_REACHED, Cause.CONDITION, self._seen_at(role, waited))
        self.barred[rows] = 0

    # months in a row

    def _held(self, role: int, otherwise: bool) -> bool:
        """Whether the condition of the city for something has held long enough."""
        row = self._at.get((0, role))
        return otherwise if row is None else bool(self.held[row, 0] >= self.rules["months"][row])

    def _holds_at(self, role: int, otherwise: bool) -> np.ndarray:
        """The same for every estate by the condition of the single estate."""
        row = self._at.get((1, role))
        if row is None:
            return np.full(self.stance.size, otherwise)
        return np.asarray(self.held[row] >= self.rules["months"][row])

    def _seen(self, role: int) -> float:
        """What was seen last of the figure of a condition of the city; -1 where nothing was."""
        value = float(self.last[self._at[0, role], 0])
        return value if value == value else -1.0

    def _seen_at(self, role: int, rows: np.ndarray) -> np.ndarray:
        return np.asarray(self.last[self._at[1, role]][rows])

    def _turn(self, phase: int, month: int) -> None:
        self._set("phase", phase)
        self._set("changed", month)

    def _set(self, name: str, value: int) -> None:
        self.clock[CLOCK.index(name)] = value
