"""What a scenario switches on or off, in words: loops that are off, mechanisms that are on."""

from __future__ import annotations

from sim.scenario.schema import Scenario
from sim.text import Message, message, say
from sim.text.joins import bracketed, listed


def switched(scenario: Scenario) -> list[tuple[Message, str]]:
    """(what, the names of the switches) for whatever is not as in a scenario that says nothing of it; empty where nothing is."""
    off = [name for name, on in scenario.loops.model_dump().items() if not on]
    on = [name for name, on in scenario.mechanisms.model_dump().items() if on]
    rows = (("loops", message("shown.loops_off"), off), ("mechanisms", message("shown.mechanisms_on"), on))
    return [
        (what, listed(bracketed(name, say(f"setting.{table}.{name}")) for name in names))
        for table, what, names in rows
        if names
    ]
