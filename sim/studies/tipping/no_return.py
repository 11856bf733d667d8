"""The point of no return: the latest month in which a policy may still begin and work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, planned_runs_over
from sim.experiments.intervals import NO_RANGE, NO_VALUE, Interval, Range, mean_interval, range_of
from sim.experiments.rescue import RESCUED, fates_by_months
from sim.results.engines import PlannedRun
from sim.scenario import Scenario, with_overrides
from sim.studies.tipping.resting_states import Run
from sim.text import Message, message

NOT_KNOWN = Interval(math.nan, math.nan, note=NO_VALUE)  # of a result of before it was kept
PART = 0.5  # of the rescues of an immediate start that a later one must keep, to count as working
FIRST_SEEDS, MOST_SEEDS = 6, 24
STEP = 3  # months: the bracket at which halving ends
GRID = (
    0.25,
    0.5,
    1.0,
)  # of the longest delay; looked at before halving, so that more than one crossing would be seen

# Why there is no point of no return.
NO_PROGRAMME, RESCUES_NOBODY = "no programme", "rescues nobody"


class NoPoint(StudyError):
    """A scenario has no point of no return; `why` is one of the reasons above."""

    def __init__(self, why: str, text: Message) -> None:
        """`text` is what a reader is told where nothing else is asked for."""
        super().__init__(text)
        self.why = why


@dataclass(frozen=True)
class Delayed:
    """The policy begun `delay` months later than planned. rescued: estates a run, mean over seeds, always
    the same time after it began.

    excess: rescued less PART of what the planned start rescues, paired by seed, with the interval of that
    mean. rescued_interval: of the mean of rescued. rescued_range, excess_range: in a single run, over
    members and luck. Without ends in a result of before there were any.
    """

    delay: int
    seeds: int
    rescued: float
    excess: float
    interval: Interval
    rescued_range: Range = NO_RANGE
    rescued_interval: Interval = NOT_KNOWN
    excess_range: Range = NO_RANGE

    @property
    def works(self) -> bool:
        """Whether at least PART of the rescues are left."""
        return self.excess >= 0

    @property
    def uncertain(self) -> bool:
        """Whether the interval leaves it open."""
        return not self.interval.exists or not self.interval.excludes_zero


@dataclass(frozen=True)
class NoReturn:
    """The latest delay at which the policy still works. `latest` is None where it works at every delay tried.

    sure, lost: the last delay at which it works, and the first at which it does not, beyond doubt
    (None where there is none). planned: the start as planned, over all seeds that it was run with; None in a
    result of before it was kept.
    """

    immediate: float
    trials: tuple[Delayed, ...]
    latest: int | None
    sure: int | None
    lost: int | None
    start: int
    planned: Delayed | None = None

    @property
    def starts(self) -> tuple[Delayed, ...]:
        """Every start that was tried, the planned one first."""
        return self.trials if self.planned is None else (self.planned, *self.trials)

    @property
    def month(self) -> int | None:
        """The latest month in which the first programme may begin; None where no delay tried was too long."""
        return None if self.latest is None else self.start + self.latest


def delayed(scenario: Scenario, delay: int) -> Scenario:
    """The same programmes `delay` months later, in a run that is as much longer:
    they have as much time to work."""
    changes: dict[str, Any] = {"months": scenario.months + delay}
    for programme in scenario.interventions:
        changes[f"interventions.{programme.name}.start"] = programme.start + delay
        if programme.end:
            changes[f"interventions.{programme.name}.end"] = programme.end + delay
    return with_overrides(scenario, changes)


def point_of_no_return(
    scenario: Scenario,
    run: Run,
    *,
    longest: int = 120,
    seeds: Sequence[int] | None = None,
    ensemble: Ensemble | None = None,
) -> NoReturn:
    """Begin the scenario's programmes later and later and find where they stop working.

    An estate is rescued if it is in the cycle in each of the last twelve months without the programmes and
    out of it in each with them, under the same seed. A delay works if it leaves at least half of the rescues
    of the planned start. Delays are halved between the last that works and the first that does not; where
    paired seeds leave it open, there are more of them. StudyError without programmes, or where even the
    planned start rescues nobody.
    """
    if not scenario.interventions:
        raise NoPoint(NO_PROGRAMME, message("tipping.error.no_programme", name=scenario.name))
    return _Search(scenario, run, longest, tuple(seeds or range(1, FIRST_SEEDS + 1)), ensemble).result()


class _Search:
    def __init__(
        self, scenario: Scenario, run: Run, longest: int, seeds: tuple[int, ...], ensemble: Ensemble | None
    ) -> None:
        self.ensemble = ensemble
        self.scenario, self.run, self.longest, self.first = scenario, run, longest, seeds
        last = max(seeds)
        more = max(0, MOST_SEEDS - len(seeds))
        self.all = (*seeds, *range(last + 1, last + 1 + more))
        self.known: dict[tuple[int, int], float] = {}
        self.trials: dict[int, Delayed] = {}

    def result(self) -> NoReturn:
        self._rescued([0, *self._grid()], self.first)
        immediate = float(np.mean([self.known[0, seed] for seed in self.first]))
        if immediate <= 0:
            raise NoPoint(
                RESCUES_NOBODY,
                message("tipping.error.rescues_nobody", name=self.scenario.name, found=f"{immediate:g}"),
            )
        for delay in self._grid():
            self._look(delay)
        low, high = self._bracket()
        while high is not None and high - low > STEP:
            self._look((low + high) // 2)
            low, high = self._bracket()
        trials = tuple(self.trials[delay] for delay in sorted(self.trials))
        sure = [one.delay for one in trials if one.works and not one.uncertain]
        lost = [one.delay for one in trials if not one.works and not one.uncertain]
        planned = self._judged(0, [seed for seed in self.all if (0, seed) in self.known])
        return NoReturn(
            planned.rescued,
            trials,
            None if high is None else low,
            max(sure, default=None),
            min(lost, default=None),
            min(programme.start for programme in self.scenario.interventions),
            planned,
        )

    def _grid(self) -> list[int]:
        return sorted({max(1, round(share * self.longest)) for share in GRID})

    def _bracket(self) -> tuple[int, int | None]:
        """The last delay that works (0 does) and the first after it that does not
        (None if the longest works)."""
        working = max((delay for delay, one in self.trials.items() if one.works), default=0)
        return working, min((delay for delay in self.trials if delay > working), default=None)

    def _look(self, delay: int) -> None:
        """Judge a delay, with more seeds where it stays open."""
        for seeds in (self.first, self.all):
            self._rescued([0, delay], seeds)
            self.trials[delay] = self._judged(delay, seeds)
            if not self.trials[delay].uncertain:
                break

    def _judged(self, delay: int, seeds: Sequence[int]) -> Delayed:
        """A start that all these seeds have been run with."""
        excess = np.array([self.known[delay, seed] - PART * self.known[0, seed] for seed in seeds])
        rescued = np.array([self.known[delay, seed] for seed in seeds])
        return Delayed(
            delay,
            len(seeds),
            float(rescued.mean()),
            float(excess.mean()),
            mean_interval(excess),
            range_of(rescued),
            mean_interval(rescued),
            range_of(excess),
        )

    def _rescued(self, delays: Sequence[int], seeds: Sequence[int]) -> None:
        """Fill `known` with the estates rescued a run, with and without programmes
        run under the same seed."""
        wanted = [(delay, seed) for delay in delays for seed in seeds if (delay, seed) not in self.known]
        planned: list[PlannedRun] = []
        for delay, seed in wanted:
            later = delayed(self.scenario, delay)
            for policy, scenario in ((False, later.model_copy(update={"interventions": ()})), (True, later)):
                planned += planned_runs_over(
                    scenario, [seed], self.ensemble, {"delay": delay, "policy": policy}, self.all.index(seed)
                )
        summaries = [summary for _, summary in self.run(planned)] if planned else []
        for number, key in enumerate(wanted):
            pair = summaries[2 * number : 2 * number + 2]
            before, after = (summary.estates["cycle_months_last_year"] for summary in pair)
            fates = fates_by_months(before, after, pair[0].months)
            self.known[key] = float(np.count_nonzero(fates == RESCUED))
