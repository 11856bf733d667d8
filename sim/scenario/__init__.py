"""Scenario files: TOML in, a checked and frozen `Scenario` out, and back again."""

from sim.scenario.estate_settings import EstateSettings
from sim.scenario.fields import Table, Wording, setting
from sim.scenario.loading import list_scenarios, load
from sim.scenario.overrides import parse_setting, with_overrides
from sim.scenario.programme import PROGRAMMES, Programme, Targets, load_programmes
from sim.scenario.schema import Scenario
from sim.scenario.tables import (
    CitySettings,
    CompanySettings,
    EstateType,
    Figure,
    GovernmentSettings,
    LoopSettings,
    MechanismSettings,
)
from sim.scenario.writing import content_hash, json_schema, to_data, to_toml

__all__ = [
    "PROGRAMMES",
    "CitySettings",
    "CompanySettings",
    "EstateSettings",
    "EstateType",
    "Figure",
    "GovernmentSettings",
    "LoopSettings",
    "MechanismSettings",
    "Programme",
    "Scenario",
    "Table",
    "Targets",
    "Wording",
    "content_hash",
    "json_schema",
    "list_scenarios",
    "load",
    "load_programmes",
    "parse_setting",
    "setting",
    "to_data",
    "to_toml",
    "with_overrides",
]
