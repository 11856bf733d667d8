"""Scenario files: TOML in, a checked and frozen `Scenario` out, and back again."""

from sim.scenario.estate_type import EstateType
from sim.scenario.fields import Bilingual, Table, setting
from sim.scenario.loading import list_scenarios, load
from sim.scenario.programme import PROGRAMMES, Programme, Targets, load_programmes
from sim.scenario.schema import Scenario
from sim.scenario.tables import CitySettings, CompanySettings, Figure, GovernmentSettings, LoopSettings

__all__ = [
    "PROGRAMMES",
    "Bilingual",
    "CitySettings",
    "CompanySettings",
    "EstateType",
    "Figure",
    "GovernmentSettings",
    "LoopSettings",
    "Programme",
    "Scenario",
    "Table",
    "Targets",
    "list_scenarios",
    "load",
    "load_programmes",
    "setting",
]
