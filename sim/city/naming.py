"""The city's own names for a report that may say them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.city.key import SHOWN, read_key
from sim.city.own_sheet import check_city, city_folder
from sim.errors import CityError
from sim.outputs.report.by_estate import Names
from sim.problems import Problem
from sim.scenario import Scenario
from sim.text import message, say


def names_from(folder: Path | None, named: list[str]) -> Callable[[Scenario], Names]:
    """What the city calls the estates of a scenario, by heading; columns that its table does not have are
    left out.

    `folder`: of the city; None: the one of its name in the working folder. `named` then holds the scenarios
    whose estates were named. CityError where there is none, or
    its estates are not those of the scenario.
    """

    def names_of(scenario: Scenario) -> Names:
        place = city_folder(scenario, folder)
        if place is None:
            raise CityError(Problem("--names", "", message("export.no_names"), message("export.names_of")))
        check_city(place, scenario)
        key = read_key(place)
        named.append(scenario.name)
        held = [name for name in SHOWN if any(one.words[name] for one in key.values())]
        words = {
            number: {say(f"city.means.{name}"): one.words[name] for name in held}
            for number, one in key.items()
        }
        return Names(words, {number: one.place for number, one in key.items() if one.place is not None})

    return names_of
