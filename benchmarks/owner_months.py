"""Cost of one owner-month of the full model, on one thread and on two, from 10⁴ to 4·10⁶ owners.

A month holds everything: billing, payment, companies, estates, satisfaction, complaints,
committees, market, record.
"""

from __future__ import annotations

import argparse
import functools

from common import interleaved, keep, median, show, world

from sim.mesa_city import City
from sim.model.state.owners import bytes_per_owner

ESTATE_SIZE = 500


def months_of(city: City, months: int) -> None:
    """Simulate some months."""
    for _ in range(months):
        city.step()


def measure(owners: int, repeats: int, least_owner_months: int) -> dict[str, float]:
    """Nanoseconds an owner-month on one and two threads, interleaved."""
    estates = max(1, owners // ESTATE_SIZE)
    months = max(1, least_owner_months // owners)
    scenario = world(estates, owners, months=min(1200, (repeats + 1) * months))
    with City(scenario, threads=1, record=False) as one, City(scenario, threads=2, record=False) as two:
        tasks = {
            "1": functools.partial(months_of, one, months),
            "2": functools.partial(months_of, two, months),
        }
        interleaved(tasks, 1)  # compiles, and fills the caches
        seconds = interleaved(tasks, repeats)
    unit = 1e9 / (owners * months)
    return {f"threads_{name}": median(values) * unit for name, values in seconds.items()} | {"months": months}


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--owners", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 4_000_000])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--least", type=int, default=4_000_000, help="least owner-months in one repeat")
    asked = parser.parse_args()
    figures = {owners: measure(owners, asked.repeats, asked.least) for owners in asked.owners}
    cheapest = min(figure["threads_1"] for figure in figures.values())
    show(
        f"nanoseconds an owner-month, full model, estates of about {ESTATE_SIZE} (state: {bytes_per_owner()} bytes an owner)",
        ("owners", "1 thread", "2 threads", "1 / 2", "1 thread, relative to the cheapest size"),
        [
            (
                owners,
                f["threads_1"],
                f["threads_2"],
                f["threads_1"] / f["threads_2"],
                f["threads_1"] / cheapest,
            )
            for owners, f in figures.items()
        ],
    )
    keep("owner_months", {"bytes_per_owner": bytes_per_owner(), "nanoseconds": figures})


if __name__ == "__main__":
    main()
