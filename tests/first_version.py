"""The world of the model's first version: truths about one rule are tried in it, and older figures are of
it."""

from __future__ import annotations

from typing import Any

from sim.scenario import Scenario, with_overrides
from sim.scenario.formats import other_parameters, other_settings
from sim.scenario.tables import MechanismSettings

# Every rule of the second version off: a truth about one of them switches on that one.
RULES_OFF: dict[str, bool] = {f"mechanisms.{name}": False for name in MechanismSettings.model_fields}


def first_version(scenario: Scenario) -> Scenario:
    """A scenario as it ran in the first format: rules that it does not switch on itself are off, defaults
    that it does not set are those of then, and it starts as it was drawn."""
    switched = {f"mechanisms.{name}" for name in scenario.mechanisms.model_fields_set}
    settings: dict[str, Any] = {key: False for key in RULES_OFF if key not in switched}
    own = {f"{group}.{key}" for group, table in scenario.parameters.items() for key in table}
    settings |= {f"parameters.{key}": value for key, value in other_parameters().items() if key not in own}
    for programme in scenario.interventions:
        settings |= {
            f"interventions.{programme.name}.{key}": value
            for key, value in other_settings(programme.kind).items()
            if key not in programme.model_fields_set
        }
    return with_overrides(scenario, settings | {"spin_up": 0})
