"""Read statistics off many runs: each run is carried out once for all that is wanted of it, and
none that was read before."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.evidence.patterns import Measure, Pattern, Programmes, resolved, told
from sim.evidence.statistics import Choice, measure
from sim.experiments.ensemble import Ensemble, with_member
from sim.experiments.progress import Phase, Progress, Report
from sim.experiments.workplace import Workplace, engine_with_room
from sim.fingerprint import statistics_source_hash
from sim.results.claims import carry_out_or_wait
from sim.results.engines import Engine, Finished, Packed, PlannedRun, scenario_hash_of
from sim.results.processes import let_go
from sim.results.store import Store
from sim.scenario import Scenario, with_overrides
from sim.size import MADE_OF_MEMBER, check_list, largest
from sim.text import Message, message

Wanted = tuple[str, Choice]  # statistic, and what it looks at
Place = tuple[str, int]  # content hash of a scenario, seed
Found = dict[Place, dict[str, float]]  # NaN where a statistic has no value
Count = Callable[[], None]

_TABLE = "CREATE TABLE IF NOT EXISTS readings (key TEXT, name TEXT, value REAL, PRIMARY KEY (key, name)) WITHOUT ROWID"


@dataclass(frozen=True)
class Job:
    """One run, and what is to be read off it."""

    planned_run: PlannedRun
    wanted: tuple[Wanted, ...]


class Readings:
    """Which runs are needed for what is asked, and where each answer is read; what shares scenario
    and seed shares the run."""

    def __init__(self, replications: int, first_seed: int, ensemble: Ensemble | None = None) -> None:
        """Replication r (from 0) has seed `first_seed` + r and, with an ensemble, its member r."""
        self.replications, self.first_seed, self.ensemble = replications, first_seed, ensemble
        self._asked: dict[tuple[str, str], list[tuple[str, Measure]]] = {}
        self._arms: dict[tuple[str, str], tuple[dict[str, Any], Programmes]] = {}
        self._places: dict[str, list[tuple[Place, str]]] = {}

    def ask(
        self,
        name: str,
        scenario: str,
        measure: Measure,
        settings: Mapping[str, Any],
        programmes: Programmes = (),
    ) -> None:
        """Want a statistic of a scenario under settings and with programmes added,
        under a name of its own."""
        key = (scenario, told(settings, programmes))
        self._arms[key] = (dict(settings), programmes)
        self._asked.setdefault(key, []).append((name, measure))

    def ask_pattern(self, name: str, pattern: Pattern, settings: Mapping[str, Any] | None = None) -> None:
        """Want the statistic of a pattern (of both arms of a comparison), under a name of
        its own, with more settings."""
        for arm, (own, programmes) in enumerate(pattern.arms()):
            together = {**own, **(settings or {})}
            self.ask(f"{name} {arm}", pattern.scenario, pattern.measure, together, programmes)

    @property
    def asked(self) -> int:
        """How many runs are asked for; those that share scenario and seed are carried out once."""
        return len(self._asked) * self.replications

    @property
    def runs(self) -> int:
        """How many runs are carried out for what is asked."""
        return len(self.jobs(self.bases()))

    def bases(self) -> Iterator[tuple[Scenario, dict[str, Wanted]]]:
        """Each scenario of which something is asked, as long as that needs, and what it is by its name.
        StudyError for more runs than there is memory to list."""
        made_of = message("size.patterns", patterns=len(self._asked), replications=f"{self.replications:,}")
        check_list("replications", self.asked, MADE_OF_MEMBER, made_of)
        for (scenario, text), asked in self._asked.items():
            base = resolved(scenario, *self._arms[scenario, text])
            choices = {name: one.choice(base.months) for name, one in asked}
            months = max(base.least_months, *(choice.months[1] for choice in choices.values()))
            readings = {name: (one.statistic, choices[name]) for name, one in asked}
            yield with_overrides(base, {"months": months}), readings

    def jobs(
        self, bases: Iterable[tuple[Scenario, dict[str, Wanted]]], listed: Count = lambda: None
    ) -> list[Job]:
        """The runs, each as long as what is read off it needs; `listed` is told of each that is asked for."""
        planned_runs: dict[Place, PlannedRun] = {}
        wanted: dict[Place, dict[Wanted, None]] = {}
        self._places = {}
        for base, readings in bases:
            names = {name: name_of(reading) for name, reading in readings.items()}
            # without an ensemble all replications are of one scenario, whose hash takes longer than all else
            # that is done here
            shared = scenario_hash_of(base) if self.ensemble is None else ""
            for replication in range(self.replications):
                own = base if self.ensemble is None else with_member(base, self.ensemble.member(replication))
                planned_run = PlannedRun(own, self.first_seed + replication, scenario_hash=shared)
                run_key = (planned_run.scenario_hash, planned_run.seed)
                planned_runs.setdefault(run_key, planned_run)
                for name, reading in readings.items():
                    wanted.setdefault(run_key, {})[reading] = None
                    self._places.setdefault(name, []).append((run_key, names[name]))
                listed()
        return [Job(planned_run, tuple(wanted[place])) for place, planned_run in planned_runs.items()]

    def values(self, name: str, values: Found) -> np.ndarray:
        """What was asked under a name, one a replication (float64, NaN for no value)."""
        return np.array([values[place][reading] for place, reading in self._places[name]], np.float64)

    def pattern_values(self, name: str, pattern: Pattern, values: Found) -> np.ndarray:
        """The statistic of a pattern that was asked under a name, or its difference between the two arms."""
        arms = [self.values(f"{name} {arm}", values) for arm in range(len(pattern.arms()))]
        return arms[0] - arms[1] if len(arms) == 2 else arms[0]


def name_of(wanted: Wanted) -> str:
    """A text that stands for a statistic with what it looks at."""
    return json.dumps([wanted[0], *vars(wanted[1]).values()])


def read_planned_run(wanted: Mapping[Place, Sequence[Wanted]], planned_run: PlannedRun) -> Packed:
    """Carry out a run and read off what is wanted of it; the payload is JSON, None standing for no value."""
    from sim.model.engine import Engine
    from sim.results.reading import record_of

    with Engine(planned_run.scenario, planned_run.seed, threads=1) as city:
        city.run()
        record = record_of(city)
    values = {
        name_of(one): measure(record, *one) for one in wanted[planned_run.scenario_hash, planned_run.seed]
    }
    let_go()
    plain = {name: None if math.isnan(value) else value for name, value in values.items()}
    return Packed(json.dumps(plain).encode(), "")


MANY = 5_000
"""From so many runs on, listing them, which may take a millisecond each, is told as it goes on."""
EACH = 100  # runs after which it is told anew
LIST, LOOK, RUN = (message(f"evidence.phase.{name}") for name in ("list", "look", "run"))


class _Told:
    """Tells how far a long list of runs is: listed, looked for in the store, run."""

    def __init__(self, report: Report | None, runs: int) -> None:
        self.report, self.runs = (report if runs >= MANY else None), runs

    def phase(self, number: int, name: Message, runs: int) -> Report | None:
        """What is told how far a phase is; None where none is told of."""
        if self.report is None:
            return None
        report, phase = self.report, Phase(number, 3, name, runs)
        return lambda progress: report(replace(progress, phase=phase))

    def counting(self, number: int, name: Message, runs: int) -> Count:
        """What is told of each run of a phase that runs nothing."""
        report, count = self.phase(number, name, runs), 0

        def one_more() -> None:
            nonlocal count
            count += 1
            if report is not None and (count % EACH == 0 or count == runs):
                report(Progress(runs, 0, count, 0))

        if report is not None:
            report(Progress(runs, 0, 0, 0))
        return one_more


def carry_out(readings: Readings, workplace: Workplace) -> tuple[Found, int]:
    """What is asked for, and how many runs were carried out rather than found in the store.

    Without a store nothing is kept. With one, what ends is kept at once, so that a series that is interrupted
    goes on where it stopped. Raises ScenarioError or StudyError, before the first run is listed, where there
    is not the memory for them; StudyError if a run fails: nothing is computed over the others.
    """
    with workplace.shown() as report:
        bases = list(readings.bases())
        engine_with_room(workplace.engine, largest(base for base, _ in bases), readings.asked)
        told = _Told(report, readings.asked)
        jobs = readings.jobs(bases, told.counting(1, LIST, readings.asked))
        kept = Kept(workplace.open_store()) if workplace.store is not None else None
        values = kept.of(jobs, told.counting(2, LOOK, len(jobs))) if kept is not None else {}
        missing = [job for job in jobs if _place(job.planned_run) not in values]
        series = _Series(len(jobs), len(missing), values, kept, told.phase(3, RUN, len(missing)) or report)
        if missing:
            wanted = {_place(job.planned_run): job.wanted for job in missing}
            biggest = largest(job.planned_run.scenario for job in missing)
            engine = engine_with_room(workplace.engine, biggest, len(missing))
            reading = engine.for_work(partial(read_planned_run, wanted))
            if kept is None:
                reading.run((job.planned_run for job in missing), series.done, workplace.seconds)
            else:
                _carry_out_once(reading, missing, kept, series, workplace.seconds)
    series.require_complete()
    return values, series.ended


def _carry_out_once(
    engine: Engine, missing: Sequence[Job], kept: Kept, series: _Series, timeout: float
) -> None:
    """Carry out what is missing; what another driver has in hand is waited for and found in the store."""
    jobs = {kept.key_of(job.planned_run): job for job in missing}

    def ended(keys: Sequence[str]) -> list[str]:
        now = kept.of(jobs[key] for key in keys)
        series.found_elsewhere(now)
        return [key for key in keys if _place(jobs[key].planned_run) in now]

    def run(keys: Sequence[str]) -> None:
        engine.run((jobs[key].planned_run for key in keys), series.done, timeout)

    carry_out_or_wait(kept.store, list(jobs), ended, run, lambda runs: None)


def _place(planned_run: PlannedRun) -> Place:
    return planned_run.scenario_hash, planned_run.seed


class _Series:
    """Takes in every run that ends and tells how far the series is."""

    def __init__(
        self, total: int, missing: int, values: Found, kept: Kept | None, progress: Report | None
    ) -> None:
        self.total, self.stored, self.read, self.kept, self.progress = (
            total,
            total - missing,
            values,
            kept,
            progress,
        )
        self.ended, self.failed = 0, list[Finished]()
        self._report()

    def done(self, finished: Finished) -> None:
        self.ended += 1
        if finished.packed is None:
            self.failed.append(finished)
        else:
            values = json.loads(finished.packed.payload)
            self.read[_place(finished.planned_run)] = {name: _value(value) for name, value in values.items()}
            if self.kept is not None:
                self.kept.put(finished.planned_run, values)
        self._report()

    def found_elsewhere(self, values: Found) -> None:
        """Take in what another driver read off runs that were missing."""
        self.read.update(values)
        self.stored += len(values)
        if values:
            self._report()

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(Progress(self.total, self.stored, self.ended, len(self.failed)))

    def require_complete(self) -> None:
        if self.failed:
            first = self.failed[0]
            reason = first.failure.message if first.failure else message("found.nothing")
            raise StudyError(
                message(
                    "evidence.runs_failed",
                    failed=len(self.failed),
                    all=self.total,
                    scenario=first.planned_run.scenario.name,
                    seed=first.planned_run.seed,
                    reason=reason,
                )
            )


def _value(value: float | None) -> float:
    return math.nan if value is None else value


class Kept:
    """Readings kept in a store, by run and statistic, for this version of the model and of the statistics."""

    def __init__(self, store: Store) -> None:
        """Uses the ledger of the store."""
        self.store = store
        with store.writing():
            store.ledger.ask(_TABLE)

    def of(self, jobs: Iterable[Job], looked: Count = lambda: None) -> Found:
        """The jobs of which everything wanted is kept; `looked` is told of each."""
        read: Found = {}
        for job in jobs:
            rows = self.store.ledger.ask(
                "SELECT name, value FROM readings WHERE key = ?", self.key_of(job.planned_run)
            )
            values = {str(name): _value(value) for name, value in rows}
            if all(name_of(one) in values for one in job.wanted):
                read[_place(job.planned_run)] = values
            looked()
        return read

    def put(self, planned_run: PlannedRun, values: Mapping[str, float | None]) -> None:
        """Keep what was read off a run."""
        key = self.key_of(planned_run)
        with self.store.writing():
            self.store.ledger.ask("DELETE FROM claims WHERE key = ?", key)
            self.store.ledger.insert(
                "readings", ({"key": key, "name": name, "value": value} for name, value in values.items())
            )

    def remember(self, question: str, make: Callable[[], Any]) -> Any:
        """Plain data that `make` gives, the same ever after: a design that was drawn from readings must
        not drift when it is resumed."""
        key = hashlib.sha256(f"{question} {statistics_source_hash()}".encode()).hexdigest()
        rows = self.store.ledger.ask("SELECT name FROM readings WHERE key = ?", key)
        if rows:
            return json.loads(rows[0][0])
        facts = json.loads(json.dumps(make()))
        with self.store.writing():
            self.store.ledger.insert("readings", [{"key": key, "name": json.dumps(facts), "value": None}])
        return facts

    @staticmethod
    def key_of(planned_run: PlannedRun) -> str:
        """The key that the readings of a run have."""
        return f"{planned_run.key} {statistics_source_hash()}"
