"""Print what tests/model/test_uncompiled.py compares: run as a program, with and without Numba."""

from __future__ import annotations

from reference.worlds import random_policy, random_scenario, random_spun

from sim.mesa_city import City
from sim.model.programmes.describe import kinds
from sim.runner import run
from sim.scenario import Scenario, to_data

from .cities import digest, lively_scenario

MONTHS = 9
WORLDS = (1, 3, 4)  # where companies lose, owners vote and owners dismiss (see worlds.TEMPERS)

SPUN = 4  # a world that spins up


def every_programme() -> Scenario:
    """A dozen estates in which much happens and every kind of programme acts within a few months."""
    data = to_data(lively_scenario(city__estates=12, months=MONTHS))
    data["interventions"] = [
        {"kind": kind, "start": 1 + number % 4, "end": MONTHS - 1} for number, kind in enumerate(kinds())
    ]
    return Scenario.model_validate(data)


def findings() -> list[str]:
    """Digests of everything about a few small cities, and any word about compiling."""
    found: list[str] = []
    run(every_programme(), notice=found.append, probe=lambda city: found.append(digest(city)))
    for number in WORLDS:
        with City(random_scenario(number, MONTHS)) as city:
            city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
            found.append(digest(city.run()))
    with City(random_spun(SPUN, 12)) as city:
        found.append(digest(city.run(2)))
    return found


if __name__ == "__main__":
    print("\n".join(findings()))
