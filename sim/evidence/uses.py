"""What rests on each entry of the register: parameters, settings of interventions, defaults and figures of scenarios, patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.errors import ScenarioError
from sim.evidence.register import JUDGEMENT, register
from sim.model.parameters import PARAMETERS
from sim.model.programmes import describe
from sim.problems import Problem
from sim.scenario import (
    CitySettings,
    CompanySettings,
    EstateType,
    GovernmentSettings,
    Scenario,
    list_scenarios,
    load,
)
from sim.scenario.nearest import nearest

PARAMETER, SETTING, MECHANISM, DEFAULT, FIGURE = "parameter", "setting", "mechanism", "default", "figure"
ORDINARY = "vicious_cycle"  # the scenario that the others extend
_TABLES: dict[str, type[BaseModel]] = {
    "types.*": EstateType,
    "city": CitySettings,
    "companies": CompanySettings,
    "government": GovernmentSettings,
}


@dataclass(frozen=True)
class Use:
    """Something that names an entry of the register (or "judgement"): its kind, where it stands, and how well it is known."""

    kind: str
    place: str
    source: str
    status: str = ""


def uses_of(entry: str) -> list[Use]:
    """Everything that names a figure, or any figure of a source, in the order parameters, interventions, defaults, scenarios."""
    names = names_of(entry)
    return [use for use in (*declared(), *stated()) if use.source in names]


def names_of(entry: str) -> set[str]:
    """The figures of a source, or the one that the entry is."""
    return {figure.id for figure in register().of_source(entry)} or {entry}


@cache
def declared() -> tuple[Use, ...]:
    """Every number that the package itself declares: parameters, settings and mechanisms of interventions, scenario defaults."""
    return tuple(_declared())


def _declared() -> Iterator[Use]:
    for key, parameter in PARAMETERS.items():
        yield Use(PARAMETER, key, parameter.source, parameter.status)
    for kind in describe.kinds():
        made = describe.describe(kind, users={})  # which scenarios use it is not asked here
        for setting in made.settings:
            yield Use(SETTING, f"{kind}.{setting.key}", setting.source)
        for row in made.evidence:
            yield Use(MECHANISM, kind, row.id)
    for place, table in _TABLES.items():
        for key, source in _sources_in(table):
            yield Use(DEFAULT, f"{place}.{key}", source)


def _sources_in(table: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for key, field in table.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "source" in extra:
            yield key, str(extra["source"])


def stated() -> list[Use]:
    """Every figure that a scenario states, of all scenarios that can be loaded; those of the ordinary city are not repeated."""
    ordinary = loadable().get(ORDINARY)
    common = {
        (figure.key, figure.evidence, figure.status) for figure in (ordinary.figures if ordinary else ())
    }
    found: list[Use] = []
    for name, scenario in loadable().items():
        own = [
            figure
            for figure in scenario.figures
            if name == ORDINARY or (figure.key, figure.evidence, figure.status) not in common
        ]
        found += [
            Use(FIGURE, f"{name}: {figure.key}", figure.evidence or JUDGEMENT, figure.status)
            for figure in own
        ]
    return found


@cache
def loadable() -> dict[str, Scenario]:
    """The scenarios that are in order, by name; a user's file that is not is no reason to say nothing."""
    found = {}
    for name in list_scenarios():
        try:
            found[name] = load(name)
        except ScenarioError:
            continue
    return found


@cache
def priors() -> dict[str, str]:
    """Figures that a number of the model leans on, with one place each: parameters, settings, defaults, and inputs of the
    scenarios that ship. A scenario's figure whose role is that of an outcome or a target is no input.
    """
    leaned = [use for use in declared() if use.kind != MECHANISM]
    for path in _shipped():
        leaned += [
            Use(FIGURE, f"{path.stem}: {figure.key}", figure.evidence, figure.status)
            for figure in load(path).figures
            if figure.evidence and figure.role is None
        ]
    return {use.source: use.place for use in reversed(leaned) if use.source in register().figures}


def _shipped() -> list[Path]:
    """The files of the scenarios that ship: a user's own scenario is nothing that the model leans on."""
    package = Path(__file__).resolve().parents[1]
    folders = (package / "_scenarios", package.parent / "scenarios")
    return sorted(path for folder in folders if folder.is_dir() for path in folder.glob("*.toml"))


def set_by_scenarios(key: str) -> list[tuple[str, float]]:
    """Scenarios that give a parameter another value than its default, with that value."""
    default = PARAMETERS[key].default
    values = {name: scenario.parameter_values().get(key, default) for name, scenario in loadable().items()}
    return [(name, value) for name, value in values.items() if value != default]


def find_entry(name: str) -> tuple[str, Any]:
    """What a name stands for: ("parameter", Parameter), ("figure", Figure) or ("source", Source).

    ScenarioError, with the nearest name, for one that stands for nothing.
    """
    key, written = name.removeprefix("parameters."), name[:1].upper() + name[1:].lower()
    if key in PARAMETERS:
        return PARAMETER, PARAMETERS[key]
    held = register()
    if written in held.figures:
        return FIGURE, held.figures[written]
    if written in held.sources:
        return "source", held.sources[written]
    known = [*PARAMETERS, *held.figures, *held.sources]
    raise ScenarioError(
        [
            Problem(
                "estate evidence",
                "",
                repr(name),
                "a parameter, a figure (S001 …) or a source (D01 …)",
                nearest(name, known),
            )
        ]
    )
