"""Small worlds of these tests."""

from __future__ import annotations

from test_two_states import alike

from sim.scenario import Scenario

SMALL = {
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
