"""What two scenarios have otherwise, setting by setting; what is said in words is no setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.model.parameters import PARAMETERS
from sim.scenario import Scenario, to_data
from sim.scenario.writing import TEXT_KEYS

PROGRAMMES, PARAMETER = "interventions", "parameters"
NO_SETTING = (("name",), ("city", "name"), ("city", "regions"), ("estates", "table"))


class Setting(NamedTuple):
    """A setting by its dotted key ("interventions.award.start"), and its values in two scenarios; None for
    none."""

    key: str
    one: Any
    other: Any

    @property
    def table(self) -> str:
        """The part of the scenario that it is of."""
        return self.key.partition(".")[0]

    @property
    def programme(self) -> str:
        """The name of the programme that it is of, "" for none."""
        return self.key.split(".")[1] if self.key.startswith(f"{PROGRAMMES}.") else ""


def settings_that_differ(one: Scenario, other: Scenario) -> list[Setting]:
    """The settings that two scenarios have otherwise, in the order of a scenario; of a programme that only
    one of them has, its kind alone."""
    held, theirs = settings_of(one), settings_of(other)
    alone = {
        f"{PROGRAMMES}.{name}"
        for name in {each.name for each in one.interventions} ^ {each.name for each in other.interventions}
    }
    found = [
        Setting(key, held.get(key), theirs.get(key))
        for key in dict.fromkeys((*held, *theirs))
        if held.get(key) != theirs.get(key)
    ]
    found = [each for each in found if each.key in alone or f"{PROGRAMMES}.{each.programme}" not in alone]
    orders = [", ".join(each.name for each in scenario.interventions) for scenario in (one, other)]
    if not alone and orders[0] != orders[1]:  # who comes first claims money and staff first
        found.append(Setting(PROGRAMMES, *orders))
    return found


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Every setting of a scenario by its dotted key: programmes by name (of each its kind), parameters with
    their defaults."""
    data = to_data(scenario)
    programmes = data.pop(PROGRAMMES, [])
    given = scenario.parameter_values()
    data.pop(PARAMETER, None)
    found = dict(_flat(data, ()))
    found["types"] = ", ".join(scenario.types)  # their order is that of the estates
    for key, parameter in PARAMETERS.items():
        found[f"{PARAMETER}.{key}"] = given.get(key, parameter.default)
    for programme in programmes:
        place = (PROGRAMMES, programme.pop("name"))
        found[".".join(place)] = programme.pop("kind")
        found |= _flat(programme, place)
    return found


def _flat(data: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if key in TEXT_KEYS or (*place, key) in NO_SETTING:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, (*place, key))
        else:
            yield ".".join((*place, key)), value
