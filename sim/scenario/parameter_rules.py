"""Check the parameters that a scenario sets against the registry of all parameters."""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import Problem
from sim.parameters import PARAMETERS, Parameter
from sim.scenario.nearest import nearest


def range_text(parameter: Parameter) -> str:
    """What a parameter accepts, in words."""
    text = f"a finite number from {parameter.low:g} to {parameter.high:g}"
    return f"{text} ({parameter.unit})" if parameter.unit else text


def parameter_problems(groups: Mapping[str, Mapping[str, float]]) -> list[Problem]:
    """Every setting in `groups` that is not a declared parameter or lies outside its range (keys from the group on)."""
    problems = []
    known_groups = sorted({parameter.group for parameter in PARAMETERS.values()})
    for group, names in groups.items():
        if group not in known_groups:
            allowed = "one of the groups " + ", ".join(known_groups)
            problems.append(Problem("", group, "an unknown group", allowed, nearest(group, known_groups)))
            continue
        for name, value in names.items():
            parameter = PARAMETERS.get(f"{group}.{name}")
            if parameter is None:
                known = sorted(p.key.split(".", 1)[1] for p in PARAMETERS.values() if p.group == group)
                allowed = "one of the keys " + ", ".join(known)
                problems.append(
                    Problem("", f"{group}.{name}", "an unknown key", allowed, nearest(name, known))
                )
            elif not parameter.low <= value <= parameter.high:
                problems.append(Problem("", f"{group}.{name}", f"{value:g}", range_text(parameter)))
    return problems
