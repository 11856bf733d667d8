"""What each mechanism of the model's second version costs: processor time of an owner-month with it on, as a
ratio to the same city with all of them off.

All cities are stepped in turns in one process, on one thread. Mechanisms change what happens in a city (who
has a company, who owes what), so a ratio holds the rule and its consequences.
"""

from __future__ import annotations

import argparse
import functools
import time

from common import interleaved, keep, median, show, world

from sim.mesa_city import City
from sim.scenario import with_overrides
from sim.scenario.tables import MechanismSettings

ESTATE_SIZE = 500
MECHANISMS = tuple(MechanismSettings.model_fields)


def months_of(city: City, months: int) -> None:
    """Simulate some months."""
    for _ in range(months):
        city.step()


def measure(owners: int, repeats: int, least_owner_months: int) -> dict[str, float]:
    """Nanoseconds of processor time an owner-month without mechanisms, with each alone, and with all."""
    months = max(1, least_owner_months // owners)
    plain = world(max(1, owners // ESTATE_SIZE), owners, months=min(1200, (repeats + 1) * months))
    switched = {"none": (), **{name: (name,) for name in MECHANISMS}, "all": MECHANISMS}
    cities = {
        label: City(
            with_overrides(plain, {f"mechanisms.{name}": name in names for name in MECHANISMS}),
            threads=1,
            record=False,
        )
        for label, names in switched.items()
    }
    tasks = {label: functools.partial(months_of, city, months) for label, city in cities.items()}
    interleaved(tasks, 1)  # compiles, and fills the caches
    seconds = interleaved(tasks, repeats, time.process_time)
    return {label: median(values) * 1e9 / (owners * months) for label, values in seconds.items()}


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--owners", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--least", type=int, default=1_000_000, help="least owner-months in one repeat")
    asked = parser.parse_args()
    figures = {owners: measure(owners, asked.repeats, asked.least) for owners in asked.owners}
    show(
        "processor time of an owner-month on one thread, as a ratio to the city without mechanisms (bar: 1.25)",
        ("owners", "ns without", *MECHANISMS, "all"),
        [
            (owners, f["none"], *(f[name] / f["none"] for name in (*MECHANISMS, "all")))
            for owners, f in figures.items()
        ],
    )
    keep("mechanisms", {"nanoseconds": figures})


if __name__ == "__main__":
    main()
