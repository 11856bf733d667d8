"""What one room and one participant may use, and the check of a setting against it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import ScenarioError
from sim.problems import Problem
from sim.scenario import Scenario
from sim.size import households_of


@dataclass(frozen=True)
class Limits:
    """Bounds of work. A setting beyond them is refused with the bound; a full room says that it is full."""

    sessions: int = 60
    """pages open at once"""
    owners: int = 200_000
    """owners of one city (expected number)"""
    months: int = 240
    estate_months: int = 100_000
    """estates times months of one run: what a result weighs, at about 150 bytes each"""
    run_seconds: float = 90.0
    """time limit of one run; its worker is ended when it is over"""
    waiting: int = 90
    """pieces of work under way or waiting, of all participants together"""
    results_bytes: int = 400_000_000
    """memory for results of all participants; the one unused for longest goes first, and is simulated anew when asked for"""
    query_length: int = 8_000
    """characters of an address"""


def _beyond(scenario: Scenario, limits: Limits) -> list[Problem]:
    found = (
        ("months", scenario.months, limits.months),
        ("city.estates × months", scenario.city.estates * scenario.months, limits.estate_months),
        ("households", households_of(scenario), limits.owners),
    )
    return [
        Problem("workshop", key, f"{value:,}", f"at most {most:,}")
        for key, value, most in found
        if value > most
    ]


def fits(scenario: Scenario, limits: Limits) -> bool:
    """Whether a scenario keeps to every bound."""
    return not _beyond(scenario, limits)


def check_limits(scenario: Scenario, limits: Limits) -> Scenario:
    """The scenario itself; a ScenarioError lists every bound that it passes."""
    problems = _beyond(scenario, limits)
    if problems:
        raise ScenarioError(problems)
    return scenario
