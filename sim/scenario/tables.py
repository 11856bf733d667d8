"""The tables of a scenario besides its estate types: city, companies, government, loops and figures."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import Field, field_validator, model_validator

from sim.problems import Problem
from sim.scenario.fields import Table, Wording, refuse, setting
from sim.scenario.nearest import nearest
from sim.scenario.sources import evidence_ids
from sim.text import message

# Of China, as surveys divide it, and the world outside; figures that depend on prices and incomes hold for one of them.
Region = Literal["china", "north_east", "centre", "east", "west", "abroad"]
REGIONS = get_args(Region)


class CitySettings(Table):
    """The city: how many estates there are and how they are divided between government bodies."""

    text_area: ClassVar[str] = "city"

    name: Wording
    estates: int = setting(..., 1, 1_000_000, "estates", source="S060")
    households: int | None = setting(None, 1, 100_000_000, "households", source="P001")
    districts: int = setting(3, 1, 1_000, "districts")
    streets_per_district: int = setting(4, 1, 1_000, "streets")
    communities_per_street: int = setting(5, 1, 1_000, "communities")
    start_year: int = setting(2024, 1950, 2100, "year")
    regions: tuple[Region, ...] = Field(default=(), strict=False)


class CompanySettings(Table):
    """Property-management companies: how many there are and how they differ."""

    text_area: ClassVar[str] = "companies"

    private: int = setting(36, 0, 100_000, "companies", source="S030")
    state_owned: int = setting(2, 0, 10_000, "companies", source="S034")
    skill_mean: float = setting(0.92, 0, 1, "share")
    skill_sd: float = setting(0.05, 0, 0.5, "share")
    cost_spread: float = setting(0.08, 0, 1, "sd of log")
    margin_mean: float = setting(0.05, -0.5, 0.5, "share of income", source="P031")
    margin_sd: float = setting(0.02, 0, 0.3, "share of income")
    tolerance_months_mean: float = setting(24, 1, 240, "month", source="P061")
    tolerance_months_sd: float = setting(8, 0, 120, "month")
    capacity_estates: int = setting(15, 1, 10_000, "estates")
    capacity_state_owned: int = setting(
        60,
        1,
        10_000,
        "estates",
        source="S035",
    )
    cash_months: float = setting(3, 0, 60, "month")


class GovernmentSettings(Table):
    """What every body of each government tier has to spend and who works there."""

    text_area: ClassVar[str] = "government"

    city_budget: float = setting(5e6, 0, 1e11, "yuan/year", source="S020")
    district_budget: float = setting(5e6, 0, 1e11, "yuan/year", source="S020")
    street_budget: float = setting(3e5, 0, 1e10, "yuan/year")
    community_budget: float = setting(2e4, 0, 1e10, "yuan/year")
    street_staff: float = setting(4, 0, 10_000, "persons")
    community_staff: float = setting(1, 0, 10_000, "persons", source="S018")


class LoopSettings(Table):
    """Switches of the five feedback loops; a loop that is off stays at its starting value."""

    text_area: ClassVar[str] = "loops"

    service: bool = setting(True, None, None, "")
    norm: bool = setting(True, None, None, "")
    decay: bool = setting(True, None, None, "")
    exit: bool = setting(True, None, None, "")
    grievance: bool = setting(True, None, None, "")


class MechanismSettings(Table):
    """Switches of rules that a second version of the model adds; off, the city lives by the first version's rules alone."""

    text_area: ClassVar[str] = "mechanisms"

    persistence: bool = setting(False, None, None, "")
    debt_age: bool = setting(False, None, None, "")
    contracts: bool = setting(False, None, None, "")
    queue: bool = setting(False, None, None, "")


class Figure(Table):
    """Where one number of the scenario comes from: reported by somebody, derived from reports, or assumed."""

    text_area: ClassVar[str] = "figure"

    key: str = Field(
        min_length=1,
    )
    value: float | str
    unit: str = Field(
        default="",
    )
    evidence: str = Field(
        default="",
    )
    status: Literal["reported", "derived", "assumed"]
    note: Wording
    about: tuple[str, ...] = Field(
        default=(),
        strict=False,
    )
    role: Literal["outcome", "target"] | None = Field(default=None)

    @field_validator("evidence")
    @classmethod
    def _evidence_exists(cls, evidence: str) -> str:
        if evidence and evidence not in evidence_ids():
            allowed = message("scenario.figure.evidence")
            refuse([Problem("", "", repr(evidence), allowed, nearest(evidence, evidence_ids()))])
        return evidence

    @model_validator(mode="after")
    def _reported_has_evidence(self) -> Figure:
        if self.status == "reported" and not self.evidence:
            found, allowed = message("found.nothing"), message("scenario.figure.reported")
            refuse([Problem("", "evidence", found, allowed)])
        return self
