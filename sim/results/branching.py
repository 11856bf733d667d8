"""A run that goes on under another plan: what may change, from which month on, and how it is carried out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.arguments import check_function, number_of_threads, settings_of
from sim.errors import EstateError, ResultError, ScenarioError
from sim.fingerprint import model_source_hash
from sim.model.branch import Kept, go, keep
from sim.model.parameters import PARAMETERS
from sim.problems import Problem
from sim.results.history import Branch, Leg
from sim.results.plans import PARAMETER, settings_that_differ
from sim.results.resuming import set_up
from sim.results.run import Run, load_run
from sim.runner import before_compiling, months_to_keep, resolve
from sim.scenario import Programme, Scenario
from sim.size import check_run
from sim.text import message

# What is decided anew every month: all else an estate, an owner or a company was made from.
DECIDED = frozenset({"months", "interventions", "loops", "parameters", "government"})
# Of no month at all: how the accounts of the whole run are written.
ACCOUNTS, START = "accounts", "start"


def branch(
    run: Run | str | Path,
    month: int,
    scenario: Scenario | str | Path | None = None,
    *,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    threads: int | None = None,
    keep_states: Iterable[int] = (),
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Run:
    """The run that goes on from the end of a month of another (a Run or its folder) under another plan.

    Up to `month` it is the other run; from the month after on `scenario` holds (default: that of the run),
    with `overrides` put in, up to its month `months` (default: as long as the run). Luck is shared. If the
    run kept a state of that month or of one before (`keep_states`), it goes on from there, else it is
    simulated from month 0; both give the same bits. `threads`, `progress` and `notice` as in `sim.run`.
    ResultError for a run of another model or changed by hand, ScenarioError for a change of what the city
    was built from.
    """
    number_of_threads(threads)
    for argument, function in (("progress", progress), ("notice", notice)):
        check_function(argument, function)
    parent = run if isinstance(run, Run) else load_run(run)
    asked = plan_of(parent, month, scenario, months, overrides)
    return carry_out(
        parent_branch(parent, month),
        asked,
        state_before(parent, month),
        threads=threads,
        keep_states=keep_states,
        progress=progress,
        notice=notice,
    )


# what is asked for


def plan_of(
    parent: Run,
    month: int,
    scenario: Scenario | str | Path | None = None,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """The plan that is to hold after a month of a run, checked. Raises what `branch` does."""
    _check_parent(parent)
    if not isinstance(month, int) or isinstance(month, bool) or not 1 <= month <= parent.months:
        allowed = message("allowed.range", what=message("allowed.integer"), low=1, high=parent.months)
        raise EstateError(message("problem.instead", place="--at", found=month, allowed=allowed))
    given = dict(settings_of(overrides))
    if scenario is not None:
        given = {"seed": parent.seed, "months": parent.months} | given
    asked = resolve(parent.scenario if scenario is None else scenario, None, months, given)
    return plan_after(plan_in(parent, month), month, asked)


def plan_after(last: Scenario, month: int, asked: Scenario) -> Scenario:
    """A plan as it holds after a month in which another held last, checked. ScenarioError for a change of
    what the city was built from, and for what no plan can say of a month that is over."""
    asked = asked.model_copy(
        update={"interventions": tuple(_begun(one, last, month) for one in asked.interventions)}
    )
    problems = [*other_city(last, asked), *_other_programmes(last, asked, month)]
    if asked.months <= month:
        allowed = message("allowed.at_least", what=message("allowed.integer"), low=month + 1)
        problems.append(Problem(asked.name, "months", str(asked.months), allowed))
    if problems:
        raise ScenarioError(problems)
    return asked


def _check_parent(parent: Run) -> None:
    if parent.edits:
        raise ResultError(message("branch.edited", run=parent.key))
    found, now = str(parent.manifest["model_source_hash"]), model_source_hash()
    if found != now:
        raise ResultError(message("branch.other_model", run=parent.key, found=found, now=now))


def plan_in(run: Run, month: int) -> Scenario:
    """The plan that held in a month of a run."""
    legs = () if run.branch is None else run.branch.legs
    return next((leg.scenario for leg in legs if month <= leg.until), run.scenario)


def parent_branch(parent: Run, month: int) -> Branch:
    """What a run says of itself that goes on from a month of another."""
    legs = () if parent.branch is None else parent.branch.legs
    earlier = tuple(leg for leg in legs if leg.until < month)
    return Branch(parent.key, (*earlier, Leg(plan_in(parent, month), month)))


def state_before(parent: Run, month: int) -> Kept | None:
    """The last state that a run kept up to a month; None for none."""
    kept = [one for one in parent.states if one <= month]
    return parent.state(max(kept)) if kept else None


def _begun(programme: Programme, last: Scenario, month: int) -> Programme:
    """A programme that the earlier plan had not begun begins with the new plan, if not later."""
    before = next((one for one in last.interventions if one.name == programme.name), None)
    if programme.start > month or (before is not None and before.start <= month):
        return programme
    return programme.model_copy(update={"start": month + 1})


def _other_programmes(last: Scenario, asked: Scenario, month: int) -> Iterator[Problem]:
    kinds = {one.name: one.kind for one in last.interventions}
    for one in asked.interventions:
        if kinds.get(one.name, one.kind) != one.kind:
            allowed = message("branch.kind", kind=kinds[one.name])
            yield Problem(asked.name, f"interventions.{one.name}.kind", one.kind, allowed)
        if one.end is not None and 0 < one.end < one.start:
            allowed = message("branch.end", month=month + 1)
            yield Problem(asked.name, f"interventions.{one.name}.end", str(one.end), allowed)


def other_city(last: Scenario, asked: Scenario) -> Iterator[Problem]:
    """What the new plan would have otherwise of what the city was built from, setting by setting."""
    for one in settings_that_differ(last, asked):
        if one.table not in DECIDED or (one.table == PARAMETER and _of_building(one.key.split(".", 1)[1])):
            told = [message("found.nothing") if value is None else f"{value!s:.60}" for value in one[1:]]
            yield Problem(asked.name, one.key, told[1], message("branch.as_built", was=told[0]))


def _of_building(key: str) -> bool:
    return PARAMETERS[key].group in (START, ACCOUNTS) or PARAMETERS[key].builds


# carried out


def carry_out(
    before: Branch | None,
    scenario: Scenario,
    start: Kept | None = None,
    *,
    threads: int | None = None,
    keep_states: Iterable[int] = (),
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Run:
    """Simulate a run of several plans, from a kept state or from month 0.

    ResultError for a state that is not that of this city.
    """
    wanted = months_to_keep(keep_states, scenario.months)
    check_run(scenario)
    done = before_compiling(notice)
    begun = time.perf_counter()
    city, plans = set_up(before, scenario, start, threads)
    with city:
        if progress is not None:
            progress(city.month, city.months)
        kept = {}
        for now in go(city, plans):
            done()
            if now in wanted:
                kept[now] = keep(city)
            if progress is not None:
                progress(now, city.months)
        return Run.from_city(city, time.perf_counter() - begun, before, kept)
