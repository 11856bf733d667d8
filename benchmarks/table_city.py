"""What a city from a table costs against a drawn one of the same size: month 0 and a whole run, in turns.

The table has every column filled (that of the drawn city, read back) or four of them; "first" reads
the table anew, as the first run of a process does, the others find it read, as all runs of a study after it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from common import interleaved, keep, median, show, world

import sim
from sim.model.start.drawn_table import drawn_table
from sim.model.start.start import starting_state
from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows, read_rows
from sim.scenario.overrides import with_estates


def listed(scenario: Scenario, table: EstateRows) -> Scenario:
    """The scenario with the estates of a table."""
    return with_estates(scenario, table, "city.csv")


def bare(table: EstateRows) -> EstateRows:
    """The table without all that it need not have."""
    return table.some(range(table.size), set(table.cells) - {"number", "households", "type", "mode"})


def read_anew(scenario: Scenario) -> None:
    """Month 0 of a city whose table nobody has read in this process."""
    read_rows.cache_clear()
    starting_state(scenario, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--estates", type=int, default=5000)
    parser.add_argument("--owners", type=int, default=60, help="owners of an estate (mean)")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    drawn = world(asked.estates, asked.estates * asked.owners, asked.months)
    table = drawn_table(drawn)
    full, few = listed(drawn, table), listed(drawn, bare(table))
    cities = {"drawn": drawn, "every column": full, "four columns": few}
    tasks: dict[str, Callable[[], object]] = {
        f"month 0, {name}": lambda one=one: starting_state(one, 1)  # type: ignore[misc]
        for name, one in cities.items()
    }
    tasks["month 0, first"] = lambda: read_anew(full)
    tasks |= {
        f"run, {name}": lambda one=one: sim.run(one, threads=1)  # type: ignore[misc]
        for name, one in cities.items()
    }
    interleaved(tasks, 1)  # compiles
    seconds = {
        name: median(values) for name, values in interleaved(tasks, asked.repeats, time.process_time).items()
    }
    size = f"{asked.estates:,} estates × {asked.owners} owners"
    rows = [(name, one, one / seconds[f"{name.split(',')[0]}, drawn"]) for name, one in seconds.items()]
    show(
        f"{size}, {asked.months} months: processor seconds, and times the drawn city",
        ("", "s", "times"),
        rows,
    )
    keep("table_city", seconds)


if __name__ == "__main__":
    main()
