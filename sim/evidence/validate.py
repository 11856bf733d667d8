"""Run patterns with replications and score them: what was reported, what the model does, whether and how far it misses."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.evidence.ensemble import Ensemble
from sim.evidence.patterns import Pattern, resolved
from sim.evidence.score_card import Loops, Score, ScoreCard
from sim.evidence.statistics import Choice, measure
from sim.experiments.cell import Cell
from sim.experiments.engine import DEFAULT_TIMEOUT, Engine, Finished, Packed
from sim.experiments.intervals import LEVEL
from sim.scenario import with_overrides

REPLICATIONS = 12
Report = Callable[[int, int], None]
Wanted = tuple[str, str, Choice]  # name of a reading, statistic, what it looks at


def measure_cell(wanted: Mapping[str, Sequence[Wanted]], cell: Cell) -> Packed:
    """Carry out a run and read off what is wanted of its scenario; the payload is JSON, None standing for no value."""
    from sim.city import City
    from sim.results.record import record_of

    with City(cell.scenario, cell.seed, threads=1) as city:
        city.run()
        record = record_of(city)
    values = {name: measure(record, statistic, choice) for name, statistic, choice in wanted[cell.scenario_hash]}
    plain = {name: None if math.isnan(value) else value for name, value in values.items()}
    return Packed(json.dumps(plain).encode(), "")


class _Plan:
    """Which runs are needed and what is read off each; arms that share scenario, settings and seed share the run."""

    def __init__(self, replications: int, first_seed: int, ensemble: Ensemble | None) -> None:
        self.replications, self.first_seed, self.ensemble = replications, first_seed, ensemble
        self.asked: dict[tuple[str, str], list[tuple[str, Pattern]]] = {}
        self.settings: dict[tuple[str, str], dict[str, Any]] = {}
        self.cells: dict[tuple[str, int], Cell] = {}
        self.wanted: dict[str, list[Wanted]] = {}
        self.places: dict[str, list[tuple[str, int]]] = {}

    def ask(self, name: str, pattern: Pattern, settings: Mapping[str, Any]) -> None:
        """Want the statistic of a pattern under settings, under a name of its own."""
        key = (pattern.scenario, repr(sorted(settings.items())))
        self.settings[key] = dict(settings)
        self.asked.setdefault(key, []).append((name, pattern))

    def make(self) -> list[Cell]:
        """The cells, each as long as what is read off it needs."""
        for (scenario, _), readings in self.asked.items():
            settings = self.settings[scenario, _]
            base = resolved(scenario, settings)
            choices = {name: pattern.measure.choice(base.months) for name, pattern in readings}
            months = max(1, *(choice.months[1] for choice in choices.values()))
            wanted = [(name, pattern.measure.statistic, choices[name]) for name, pattern in readings]
            for replication in range(self.replications):
                drawn = {} if self.ensemble is None else self.ensemble.member(replication)
                # what a pattern sets wins over the ensemble
                chosen = with_overrides(base, {"months": months} | {k: v for k, v in drawn.items() if k not in _plain(settings)})
                cell = Cell(chosen, self.first_seed + replication)
                self.wanted.setdefault(cell.scenario_hash, [])
                self.wanted[cell.scenario_hash] += [one for one in wanted if one not in self.wanted[cell.scenario_hash]]
                self.cells.setdefault((cell.scenario_hash, cell.seed), cell)
                for name, _pattern in readings:
                    self.places.setdefault(name, []).append((cell.scenario_hash, cell.seed))
        return list(self.cells.values())

    def values(self, name: str, found: Mapping[tuple[str, int], Mapping[str, float | None]]) -> np.ndarray:
        """What was read off under a name, one a replication (float64, NaN for no value)."""
        return np.array([_value(found[place][name]) for place in self.places[name]], np.float64)


def _plain(settings: Mapping[str, Any]) -> set[str]:
    return {key.removeprefix("parameters.") for key in settings}


def _value(value: float | None) -> float:
    return math.nan if value is None else value


def validate(patterns: Sequence[Pattern], *, replications: int = REPLICATIONS, first_seed: int = 1, ensemble: Ensemble | None = None,
             ablate: bool = False, level: float = LEVEL, engine: Callable[[Any], Engine] | None = None,
             timeout: float = DEFAULT_TIMEOUT, progress: Report | None = None) -> ScoreCard:  # fmt: skip
    """The score card of patterns over replications with seeds one apart; with `ablate` also with each loop off in turn.

    `engine` makes the engine that carries out the runs from the work of one run (default: worker processes, one a core).
    StudyError if a run fails: a card over the runs that happened to succeed is not the card that was asked for.
    """
    if replications < 1:
        raise StudyError(f"replications: found {replications}, allowed 1 or more")
    plan = _Plan(replications, first_seed, ensemble)
    loops = _loops(patterns) if ablate else ()
    for pattern in patterns:
        for loop in ("", *loops):
            off = {f"loops.{loop}": False} if loop else {}
            for number, settings in enumerate(pattern.settings_of_arms()):
                plan.ask(_reading(pattern, number, loop), pattern, {**settings, **off})
    cells = plan.make()
    found = _carry_out(cells, plan.wanted, engine, timeout, progress)

    def score(pattern: Pattern, loop: str = "") -> Score:
        arms = [plan.values(_reading(pattern, number, loop), found) for number in range(len(pattern.settings_of_arms()))]
        return Score(pattern, arms[0] - arms[1] if len(arms) == 2 else arms[0], level)

    seeds = tuple(range(first_seed, first_seed + replications))
    off_scores = Loops({loop: tuple(score(pattern, loop) for pattern in patterns) for loop in loops}) if loops else None
    return ScoreCard(tuple(score(pattern) for pattern in patterns), seeds, level, ensemble.name if ensemble else "", off_scores)


def _reading(pattern: Pattern, arm: int, loop: str) -> str:
    return f"{pattern.name} {arm} {loop}"


def _loops(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The loops that are on in the scenario of some pattern, in the order of the scenario table."""
    names: dict[str, None] = {}
    for scenario in dict.fromkeys(pattern.scenario for pattern in patterns):
        names |= {name: None for name, on in resolved(scenario, {}).loops.model_dump().items() if on}
    return tuple(names)


def _carry_out(cells: Sequence[Cell], wanted: Mapping[str, Sequence[Wanted]], engine: Callable[[Any], Engine] | None, timeout: float,
               progress: Report | None) -> dict[tuple[str, int], dict[str, float | None]]:  # fmt: skip
    work = partial(measure_cell, wanted)
    found: dict[tuple[str, int], dict[str, float | None]] = {}
    failed: list[Finished] = []

    def done(finished: Finished) -> None:
        if finished.packed is None:
            failed.append(finished)
        else:
            found[finished.cell.scenario_hash, finished.cell.seed] = json.loads(finished.packed.payload)
        if progress is not None:
            progress(len(found) + len(failed), len(cells))

    if progress is not None:
        progress(0, len(cells))
    (engine or _pool(len(cells)))(work).run(cells, done, timeout)
    if failed:
        first = failed[0]
        reason = first.failure.message if first.failure else "no result"
        raise StudyError(f"{len(failed)} of {len(cells)} runs failed; the first: {first.cell.scenario.name}, seed {first.cell.seed}: {reason}")
    return found


def _pool(most: int) -> Callable[[Any], Engine]:
    from sim.experiments.pool_engine import PoolEngine
    from sim.runner import warm_up

    def make(work: Any) -> Engine:
        warm_up()  # the pool does so itself only for the work of a study
        return PoolEngine(work=work, most=most)

    return make
