"""Carry out one run: resolve the scenario, build the city, simulate its months, hand back a Run."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.arguments import check_function, number_of_threads, refused, settings_of
from sim.errors import EstateError
from sim.model.kernel import compiled_before, mark_compiled
from sim.no_effect import tell_no_effect
from sim.scenario import Scenario, load
from sim.scenario.overrides import with_arguments
from sim.size import check_run
from sim.text import message, say

if TYPE_CHECKING:
    from sim.mesa_city import City
    from sim.results import Run

Progress = Callable[[int, int], None]
MANY_OWNERS = 200_000


def resolve(
    scenario: Scenario | str | Path,
    seed: int | None = None,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """The scenario that a run will simulate: loaded if a name or path is given, with seed,
    months and overrides put in.

    What in it can have no effect is said on stderr, once. Raises a ScenarioError that lists every problem;
    one of the seed or the months names the argument.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    resolved = with_arguments(loaded, settings_of(overrides), seed=seed, months=months)
    tell_no_effect([resolved], [scenario])
    return resolved


def run(
    scenario: Scenario | str | Path,
    seed: int | None = None,
    months: int | None = None,
    threads: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    notice: Callable[[str], None] | None = None,
    probe: Callable[[City], None] | None = None,
    keep_states: Iterable[int] = (),
) -> Run:
    """Simulate a scenario (a name, the path of a TOML file, or a Scenario) and return the Run.

    `overrides` changes values by dotted key (see `sim.scenario.with_overrides`); `threads` changes the speed
    and never the result. `progress(done, months)` is called when the city is built (done = 0) and after each
    month. `notice` is told, before it happens, that the model must be compiled first (default: one line on
    stderr). `probe(city)` may look at the finished city before it is gone. `keep_states`: months at
    whose end the whole city is kept, so that `sim.branch` can go on from there. Raises EstateError.
    """
    number_of_threads(threads)
    for argument, function in (("progress", progress), ("notice", notice), ("probe", probe)):
        check_function(argument, function)
    resolved = resolve(scenario, seed, months, overrides)
    wanted = months_to_keep(keep_states, resolved.months)
    check_run(resolved)
    finished = _simulate(resolved, threads, progress, before_compiling(notice), probe, wanted)
    if finished.city_households >= MANY_OWNERS:
        gc.collect()  # the city refers to itself, so that its owners' columns would linger
    return finished.run


def months_to_keep(months: Iterable[int], last: int) -> frozenset[int]:
    """The months whose states are to be kept. EstateError for one that is no month of the run."""
    if not isinstance(months, Iterable):
        raise refused("keep_states", months, message("allowed.list"), EstateError)
    wanted = list(months)
    allowed = message("allowed.range", what=message("allowed.integer"), low=1, high=last)
    for month in wanted:
        if isinstance(month, bool) or not isinstance(month, int) or not 1 <= month <= last:
            raise EstateError(message("problem.instead", place="keep_states", found=month, allowed=allowed))
    return frozenset(wanted)


def before_compiling(notice: Callable[[str], None] | None) -> Callable[[], None]:
    """Say that the model is compiled first, where it was not before; what is returned is to be called after
    each month, and remembers after the first that it is."""
    waiting = [] if compiled_before() else [mark_compiled]
    if waiting:
        (notice or _tell)(say("shown.compiling"))

    def month_over() -> None:
        while waiting:
            waiting.pop()()

    return month_over


class _Finished:
    """A run and the size of the city that is gone."""

    def __init__(self, run: Run, city_households: int) -> None:
        self.run, self.city_households = run, city_households


def _simulate(
    scenario: Scenario,
    threads: int | None,
    progress: Progress | None,
    compiled: Callable[[], None],
    probe: Callable[[City], None] | None,
    wanted: frozenset[int],
) -> _Finished:
    from sim.model.branch import keep
    from sim.model.engine import Engine
    from sim.results import Run

    begun = time.perf_counter()
    if progress is not None and scenario.spin_up:
        progress(0, scenario.months)  # before the city is there: spinning up takes time
    looked_at = None if probe is None else _with_agents(scenario, threads)
    with looked_at or Engine(scenario, threads=threads) as city:
        if progress is not None:
            progress(0, city.months)
        kept = {}
        while city.month < city.months:
            city.step()
            compiled()
            if city.month in wanted:
                kept[city.month] = keep(city)
            if progress is not None:
                progress(city.month, city.months)
        if probe is not None and looked_at is not None:
            probe(looked_at)
        households = int(city.state.estates["households"].sum())
        return _Finished(Run.from_city(city, time.perf_counter() - begun, kept=kept), households)


def _with_agents(scenario: Scenario, threads: int | None) -> City:
    """The city with Mesa's agents, which only somebody who looks at it needs: Mesa
    takes a second to import."""
    from sim.mesa_city import City

    return City(scenario, threads=threads)


def warm_up() -> None:
    """Compile everything that a run needs (a few seconds at most if it was compiled
    before), on a city of a few estates.

    Call it once before starting worker processes: workers that compile at the same time
    would all do the same work.
    """
    small = {
        "city.estates": 12,
        "city.households": None,
        "city.districts": 1,
        "city.streets_per_district": 1,
        "city.communities_per_street": 1,
        "companies.private": 3,
        "companies.state_owned": 1,
        "months": 12,
        "spin_up": 12,
    }
    run(load("vicious_cycle"), overrides=small, notice=lambda text: None)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
