"""The events of a city's history in its scenario: named there, and what becomes of each when it spins up."""

from __future__ import annotations

from pathlib import Path

from sim.city.writing import EVENTS_FILE, SCENARIO, TABLE_LINE
from sim.errors import CityError, EstateError
from sim.problems import is_file
from sim.results import folder as folders
from sim.results.files import replace_text, seal_of
from sim.scenario import Scenario, load
from sim.scenario.loading import read_toml
from sim.scenario.past_events import COMPANY, DISSOLVED, FOUNDED, SUBSIDY, PastEvent
from sim.text import message
from sim.text.system import reason_of
from sim.units import MONTHS_PER_YEAR

FATES = ("replayed", "earlier", "own_months", "gone", "contradicts", "no_spin_up")


def name_events(folder: Path) -> bool:
    """Let the scenario of a city name its events, and return whether it does: one that its user changed is
    left as it is. CityError where it cannot be written."""
    path = folder / SCENARIO
    manifest = folders.read_manifest(folder)
    if is_file(path) and manifest["files"].get(SCENARIO) == seal_of(path):
        try:
            text = path.read_text(encoding="utf-8")
            if EVENTS_FILE not in text and TABLE_LINE in text:
                named = f'{TABLE_LINE}past = "{EVENTS_FILE}"\n'
                replace_text(path, text.replace(TABLE_LINE, named, 1))
                folders.add(folder, [path])
        except OSError as error:
            raise CityError(message("folder.unwritable", folder=folder, error=reason_of(error))) from None
    try:
        estates = read_toml(path).get("estates")
    except EstateError:
        return False
    return isinstance(estates, dict) and "past" in estates


def fates_of(folder: Path) -> dict[str, list[PastEvent]]:
    """The events of a city's scenario that are gone through before month 0, and those that are not, by why
    (FATES; without events it is no key): of months before it spins up, of the run's own months, of estates
    that are gone, against what the table says of month 0, or because it does not spin up. Empty for a
    scenario that cannot be read."""
    try:
        scenario = load(folder / SCENARIO)
    except EstateError:
        return {}
    assert scenario.estates is not None
    events = scenario.estates.past_events
    last = {}
    for event in sorted(events, key=lambda one: one.start):
        if event.kind in (FOUNDED, DISSOLVED) and event.month(scenario.city.start_year) <= 0:
            last[event.number] = event.kind == FOUNDED
    found: dict[str, list[PastEvent]] = {}
    for event in events:
        found.setdefault(_fate(event, scenario, last), []).append(event)
    return found


def _fate(event: PastEvent, scenario: Scenario, last: dict[int, bool]) -> str:
    assert scenario.estates is not None
    table, start = scenario.estates.rows, scenario.city.start_year
    if not scenario.spin_up:
        return "no_spin_up"
    if event.number not in table.numbers:
        return "gone"
    month = event.month(start)
    if month > 0:
        return "own_months"
    end = event.end - start * MONTHS_PER_YEAR if event.kind == SUBSIDY and event.end >= 0 else month
    if end <= -scenario.spin_up:
        return "earlier"
    place = table.numbers.tolist().index(event.number)
    if event.kind == COMPANY and table.words("mode")[place] not in ("", "market"):
        return "contradicts"
    if event.kind in (FOUNDED, DISSOLVED):
        there = table.values("committee")[place]
        if there == there and bool(there) != last[event.number]:
            return "contradicts"
    return "replayed"
