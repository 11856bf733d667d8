"""How well the parameters of a run are known: the count that a manifest holds when no sensitivity result weighs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.model.parameters import PARAMETERS
from sim.scenario import Scenario

STATUSES = ("measured", "calibrated", "assumed")
COUNT = "count of parameters; not weighed by a sensitivity result"


def standing(scenario: Scenario) -> dict[str, Any]:
    """Parameters by status, the share assumed, parameters that the scenario sets itself, and its figures by status.

    A parameter that the scenario sets to another value than the default counts as assumed unless the scenario gives a
    reported or derived figure for it: what was measured or calibrated was the default.
    """
    sourced = {figure.key.removeprefix("parameters."): figure.status for figure in scenario.figures}
    changed = {key for key, value in scenario.parameter_values().items() if value != PARAMETERS[key].default}
    counts = dict.fromkeys(STATUSES, 0)
    for key, parameter in PARAMETERS.items():
        counts[_status(sourced.get(key, "assumed")) if key in changed else parameter.status] += 1
    figures: Mapping[str, int] = {
        name: sum(figure.status == name for figure in scenario.figures)
        for name in ("reported", "derived", "assumed")
    }
    return {
        "weighing": COUNT,
        "parameters": counts,
        "share_assumed": round(counts["assumed"] / max(1, len(PARAMETERS)), 4),
        "set_by_scenario": sorted(changed),
        "figures": dict(figures),
    }


def _status(figure_status: str) -> str:
    return "assumed" if figure_status == "assumed" else "measured"
