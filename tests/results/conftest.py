"""One small city, simulated once for all tests of results; its City is kept to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.mesa_city import City
from sim.results import Run
from sim.scenario import Scenario, load, with_overrides

SMALL = {
    "spin_up": 0,
    "city.estates": 60,
    "months": 30,
    "companies.private": 12,
    "mechanisms.reporting": False,
} | {f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")}


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """60 estates of about 40 households, 30 months; what is reported is what is."""
    return with_overrides(load("vicious_cycle"), SMALL)


@pytest.fixture(scope="session")
def city(scenario: Scenario) -> Iterator[City]:
    """That city after its last month."""
    with City(scenario) as city:
        yield city.run()


@pytest.fixture(scope="session")
def run(city: City) -> Run:
    """The run of that city."""
    return Run.from_city(city, wall_seconds=1.25)
