"""Scenarios made in Python: the same city with other programmes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.given import kind_of
from sim.problems import Problem
from sim.scenario.loading import check, load
from sim.scenario.programme import Programme
from sim.scenario.schema import Scenario
from sim.scenario.sources import restated
from sim.scenario.writing import to_data
from sim.text import message


def with_programmes(
    scenario: Scenario | str | Path,
    *programmes: Programme | Mapping[str, Any],
    name: str = "",
    keep: bool = True,
) -> Scenario:
    """A checked copy of a scenario with these programmes after its own, or instead of them (`keep` False; none: no programme at all).

    A programme is a table as in a scenario file, such as {"kind": "retrofit", "start": 13}, or an intervention already made.
    `name`: of the copy, by which comparisons call it (default: the same name). Raises EstateError.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    data = to_data(loaded)
    own = data.get("interventions", []) if keep else []
    before = dict(data)
    data |= {
        "interventions": [*own, *(_table_of(one, loaded) for one in programmes)],
        "name": name or loaded.name,
    }
    if "figures" in data:
        data["figures"] = restated(data["figures"], before, data)
    return check(data, {(): loaded.name}, loaded.name)


def _table_of(programme: Programme | Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A programme as a table of a scenario file. ScenarioError for what is neither."""
    if not isinstance(programme, Programme | Mapping):
        allowed = message("allowed.programme")
        raise ScenarioError([Problem(scenario.name, "interventions", kind_of(programme), allowed)])
    if not isinstance(programme, Programme):
        return dict(programme)
    table: dict[str, Any] = to_data(scenario.model_copy(update={"interventions": (programme,)}))[
        "interventions"
    ][0]
    return table
