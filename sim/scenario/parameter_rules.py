"""Check the parameters that a scenario sets against the registry of all parameters."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.parameters import PARAMETERS, Parameter
from sim.problems import Problem
from sim.scenario.nearest import nearest
from sim.text import Message, message
from sim.text.figures import unit_message


def range_text(parameter: Parameter) -> Message:
    """What a parameter accepts, in words."""
    low, high = f"{parameter.low:g}", f"{parameter.high:g}"
    text = message("allowed.range", what=message("allowed.number"), low=low, high=high)
    return (
        message("allowed.in_unit", what=text, unit=unit_message(parameter.unit)) if parameter.unit else text
    )


def parameter_problems(groups: Mapping[str, Mapping[str, float]]) -> list[Problem]:
    """Every setting in `groups` that is not a declared parameter or lies outside its range (keys from the group on)."""
    problems = []
    known_groups = sorted({parameter.group for parameter in PARAMETERS.values()})
    for group, names in groups.items():
        if group not in known_groups:
            allowed = message("allowed.groups", names=", ".join(known_groups))
            found = message("found.unknown_group")
            problems.append(Problem("", group, found, allowed, nearest(group, known_groups)))
            continue
        for name, value in names.items():
            parameter = PARAMETERS.get(f"{group}.{name}")
            if parameter is None:
                known = sorted(p.key.split(".", 1)[1] for p in PARAMETERS.values() if p.group == group)
                allowed = message("allowed.keys", names=", ".join(known))
                found = message("found.unknown_key")
                problems.append(Problem("", f"{group}.{name}", found, allowed, nearest(name, known)))
            elif not parameter.low <= value <= parameter.high:
                problems.append(Problem("", f"{group}.{name}", f"{value:g}", range_text(parameter)))
    return problems
