"""How much memory a run, or a list of runs, needs and whether there is as much: said before the
first run, not found out in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sim.errors import ScenarioError, StudyError
from sim.problems import Problem
from sim.scenario import Scenario
from sim.text import Message, message
from sim.text.figures import significant

BUILDING = 8  # bytes of buildings' columns an owner has a part in (two flats a building is the least)
# Summing up a run or saving it holds its monthly outcomes a second time for a moment, in other units.
COPIES = 2
PLANNED = 500  # bytes of a run that a study plans: its key, and what the store says of it
POINT, FACTOR = 500, 100  # of a point of a design, and of each value in it
MADE = 1_000  # of a run with its scenario shared with others
MADE_OF_MEMBER = 6_000  # of a run with parameters of its own
GROUP = Path("/sys/fs/cgroup")  # where Linux says what a container may use
GIGABYTE = 1e9


def households_of(scenario: Scenario) -> int:
    """The number of owners of a scenario's city: its exact total, else what is
    expected of what will be drawn."""
    if scenario.city.households is not None:
        return scenario.city.households
    numbers = scenario.estates_by_type()
    return round(sum(number * scenario.types[name].households_mean for name, number in numbers.items()))


@cache
def _bytes_of_state() -> tuple[int, int]:
    """Bytes of an owner, and of the outcomes of an estate in a month: of this
    version, whatever the scenario."""
    from sim.model.month.observe import new_outcomes
    from sim.model.state.owners import bytes_per_owner

    return bytes_per_owner() + BUILDING, sum(array.itemsize for array in new_outcomes(0, 1))


def bytes_of_run(scenario: Scenario) -> int:
    """About how many bytes one run of a scenario takes at its largest: owners, and monthly
    outcomes of every estate."""
    owner, month = _bytes_of_state()
    return households_of(scenario) * owner + COPIES * scenario.city.estates * (scenario.months + 1) * month


def bytes_available() -> int:
    """Bytes of memory that this process could still use without others losing theirs: of the
    machine, or of its container."""
    import psutil

    free = int(psutil.virtual_memory().available)
    left = _left_in_container()
    return free if left is None else min(free, left)


def _left_in_container() -> int | None:
    """What the limit of a container leaves (control groups, version 2); None without a limit."""
    try:
        most = (GROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((GROUP / "memory.current").read_text(encoding="ascii"))
        said = dict(line.split() for line in (GROUP / "memory.stat").read_text(encoding="ascii").splitlines())
    except (OSError, ValueError):
        return None
    # files that were read and are kept in memory for as long as nobody needs it
    return None if most == "max" else max(0, int(most) - used + int(said.get("inactive_file", 0)))


def check_run(scenario: Scenario) -> None:
    """ScenarioError for a run that would need more memory than there is, with both."""
    needed = bytes_of_run(scenario)
    if needed > (free := bytes_available()):
        found = message(
            "size.run",
            households=f"{households_of(scenario):,}",
            estates=f"{scenario.city.estates:,}",
            months=scenario.months,
            needed=_gigabytes(needed),
        )
        allowed = message("size.smaller", free=_gigabytes(free))
        raise ScenarioError([Problem(scenario.name, message("size.city"), found, allowed)])


def largest(scenarios: Iterable[Scenario]) -> Scenario | None:
    """The scenario whose run needs most memory; None of none."""
    return max({id(one): one for one in scenarios}.values(), key=bytes_of_run, default=None)


def workers_that_fit(scenario: Scenario) -> int:
    """How many runs of a scenario there is memory for at once; ScenarioError if not for one."""
    check_run(scenario)
    return max(1, bytes_available() // max(1, bytes_of_run(scenario)))


def check_workers(scenario: Scenario, workers: int) -> None:
    """StudyError for so many worker processes that their runs would need more memory than there is."""
    most = workers_that_fit(scenario)
    if workers > most:
        each, free = _gigabytes(bytes_of_run(scenario)), _gigabytes(bytes_available())
        found = message("size.workers", workers=workers, needed=each)
        raise StudyError(Problem("--workers", "", found, message("size.fewer_workers", most=most, free=free)))


def check_list(what: str, runs: int, each: int, made_of: Message) -> None:
    """StudyError for more runs than can be listed: `runs` of `each` bytes, which are `made_of`
    points, arms and replications."""
    free = bytes_available()
    if runs * each > free:
        found = message("size.runs", runs=f"{runs:,}", made_of=made_of, needed=_gigabytes(runs * each))
        allowed = message("size.fewer_runs", free=_gigabytes(free), most=f"{free // each:,}")
        raise StudyError(Problem(what, "", found, allowed))


def _gigabytes(number: float) -> str:
    return significant(number / GIGABYTE)
