"""The same owners' rules in idiomatic Mesa and in this model, side by side in one run: nanoseconds
an owner-month and ratios.

This model's figures are of the whole month (companies, estates, committees and market too),
so the ratios understate.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from common import interleaved, keep, median, show, world
from mesa_city import MesaCity

from sim.mesa_city import City
from sim.model.month.owner_passes import owners_pass, payment_pass
from sim.model.month.phases import bill

ESTATE_SIZE = 500
TESTS = Path(__file__).resolve().parents[1] / "tests"


def months_of(city: City, months: int) -> None:
    """Simulate some months."""
    for _ in range(months):
        city.step()


def passes_alone(city: City) -> dict[str, Callable[[], None]]:
    """The two owner passes of one month, compiled and in the pure-NumPy twin of the tests."""
    sys.path.insert(0, str(TESTS))
    from reference.numpy_twin import owners_twin, payment_twin

    s = city.state
    size = s.estates.size
    share, solved = np.zeros(size), np.full(size, 0.3)
    bill(s.estates, s.parameters, share)

    def compiled() -> None:
        payment_pass(0, size, share, s.owners, s.buildings, s.estates, s.world, s.parameters)
        owners_pass(0, size, share, solved, s.owners, s.buildings, s.estates, s.world, s.parameters)

    def twin() -> None:
        q = s.parameters[0]
        payment_twin(share, s.owners, s.buildings, s.estates, s.world, q)
        owners_twin(share, solved, s.owners, s.buildings, s.estates, s.world, q)

    return {"owner passes alone, NumPy": twin, "owner passes alone, compiled": compiled}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--owners", type=int, default=10_000, help="owners of the world that Mesa holds too")
    parser.add_argument(
        "--large",
        type=int,
        default=1_000_000,
        help="owners of a second world, for this model alone (0: none)",
    )
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    months = max(1, 1_000_000 // asked.owners)
    small = world(asked.owners // ESTATE_SIZE, asked.owners, months=1200)
    cities = {
        f"this model, {n} thread{'s' if n > 1 else ''}": City(small, threads=n, record=False) for n in (1, 2)
    }
    start = City(small, threads=1, record=False)
    tasks: dict[str, tuple[int, Callable[[], None]]] = {
        "Mesa shuffle_do": (asked.owners, MesaCity(start, True).step),
        "Mesa do": (asked.owners, MesaCity(start, False).step),
    }
    tasks |= {
        name: (asked.owners * months, functools.partial(months_of, city, months))
        for name, city in cities.items()
    }
    if asked.large:
        large = world(asked.large // ESTATE_SIZE, asked.large, months=1200)
        for threads in (1, 2):
            city = City(large, threads=threads, record=False)
            name = f"this model, {asked.large:,} owners, {threads} thread{'s' if threads > 1 else ''}"
            tasks[name] = (asked.large * 4, functools.partial(months_of, city, 4))
    alone = passes_alone(City(small, threads=1, record=False))
    tasks |= {name: (asked.owners, task) for name, task in alone.items()}
    calls = {name: task for name, (_, task) in tasks.items()}
    interleaved(calls, 1)  # compiles, and fills the caches
    seconds = interleaved(calls, asked.repeats)
    cost = {name: 1e9 * median(seconds[name]) / tasks[name][0] for name in tasks}
    show(
        f"nanoseconds an owner-month ({asked.owners:,} owners unless named)",
        ("", "ns", "Mesa shuffle_do / this", "Mesa do / this"),
        [(name, ns, cost["Mesa shuffle_do"] / ns, cost["Mesa do"] / ns) for name, ns in cost.items()],
    )
    keep("against_mesa", cost)


if __name__ == "__main__":
    main()
