"""Small worlds of these tests."""

from __future__ import annotations

from pathlib import Path

from test_two_states import alike

from sim.results.engines import InProcess, Packed, PlannedRun, Work
from sim.scenario import Scenario

CASES = Path(__file__).parents[1] / "cases"  # small inputs of users that once failed

SMALL = {
    "spin_up": 0,
    "city.estates": 24,
    "city.households": None,
    "companies.private": 4,
    **{
        f"types.{name}.households_mean": 40
        for name in ("commodity", "unit_built", "three_no", "resettlement")
    },
}


def alike_world() -> Scenario:
    """The world of the mean field as agents, see test_two_states."""
    return alike(0.8, 0.76, 0.8)


def never(planned_run: PlannedRun) -> Packed:
    """The work of an engine that nothing may reach: what is wrong must be said before the first run."""
    raise AssertionError(f"a run was carried out: seed {planned_run.seed}, {dict(planned_run.overrides)}")


class Idle(InProcess):
    """An engine that nothing may reach, whatever the work."""

    def __init__(self) -> None:
        super().__init__(never)

    def for_work(self, work: Work) -> InProcess:
        return self
