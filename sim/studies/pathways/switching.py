"""A plan that begins where another is left: its dates, and the runs of it that go on from those of the
other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.errors import ScenarioError
from sim.experiments.ensemble import with_member
from sim.results.branching import other_city, plan_after
from sim.results.engines import PlannedRun
from sim.results.history import Leg
from sim.scenario import Programme, Scenario


def check_switches(plans: Mapping[str, Scenario]) -> None:
    """ScenarioError, naming each setting, where a city cannot go on from one of the plans under another."""
    first, *others = plans.values()
    problems = [problem for other in others for problem in other_city(first, other)]
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))


def plan_from(last: Scenario, month: int, plan: Scenario) -> Scenario:
    """A plan that holds after a month in which another held last.

    It begins then: its first programme in the month after, the others and every end as long after that as in
    the plan itself. A programme that both have alike and that is in force goes on as it was; one of the same
    name that is set otherwise goes on under its new settings, for as long as it lasts in its own plan.
    """
    before = {one.name: one for one in last.interventions}
    ongoing = {
        name for name, one in before.items() if one.start <= month and (one.end is None or one.end > month)
    }
    new = [one for one in plan.interventions if one.name not in ongoing]
    shift = month + 1 - min((one.start for one in new), default=1)
    dated = tuple(
        _going_on(one, before[one.name], month) if one.name in ongoing else _later(one, shift)
        for one in plan.interventions
    )
    return plan_after(last, month, plan.model_copy(update={"interventions": dated}))


def _later(one: Programme, by: int) -> Programme:
    end = one.end + by if one.end else one.end  # 0: it never begins
    return one.model_copy(update={"start": one.start + by, "end": end})


def _going_on(one: Programme, before: Programme, month: int) -> Programme:
    length = None if one.end is None else one.end - one.start
    alike = one.model_copy(update={"start": before.start, "end": before.end}) == before
    if alike and length == (None if before.end is None else before.end - before.start):
        return before
    end = None if length is None else month + 1 + length
    return one.model_copy(update={"start": before.start, "end": end})


def switched_run(
    plans: Mapping[str, Scenario],
    names: Sequence[str],
    months: Sequence[int],
    seed: int,
    member: Mapping[str, float],
    states: Path,
) -> PlannedRun:
    """The run of several plans by name, each but the first after a month of `months`."""
    first, *later = (with_member(plans[name], member) for name in names)
    legs: list[Leg] = []
    held = first
    for plan, month in zip(later, months, strict=True):
        legs.append(Leg(held, month))
        held = plan_from(held, month, plan)
    told: dict[str, object] = dict(member)
    told |= {f"{name} until month": month for name, month in zip(names[:-1], months, strict=True)}
    return PlannedRun(held, seed, told, legs=tuple(legs), kept_in=states)
