"""The tables of a scenario besides its estate types: city, companies, government, loops and figures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from sim.problems import Problem
from sim.scenario.fields import Bilingual, Table, refuse, setting
from sim.scenario.nearest import nearest
from sim.scenario.sources import evidence_ids
from sim.text import message


class CitySettings(Table):
    """The city: how many estates there are and how they are divided between government bodies."""

    name: Bilingual
    estates: int = setting(..., 1, 1_000_000, "estates", "number of estates", "小区总数", "S060")
    households: int | None = setting(
        None, 1, 100_000_000, "households", "exact total (absent: the sum of what is drawn)", "总户数", "P001"
    )
    districts: int = setting(3, 1, 1_000, "districts", "number of districts", "城区数")
    streets_per_district: int = setting(4, 1, 1_000, "streets", "streets of a district", "每区街道数")
    communities_per_street: int = setting(
        5, 1, 1_000, "communities", "communities of a street", "每街道社区数"
    )
    start_year: int = setting(
        2024, 1950, 2100, "year", "calendar year of month 1 (dates the age of estates)", "起始年份"
    )


class CompanySettings(Table):
    """Property-management companies: how many there are and how they differ."""

    private: int = setting(36, 0, 100_000, "companies", "private companies", "民营物业企业数", "S030")
    state_owned: int = setting(2, 0, 10_000, "companies", "state-owned companies", "国有物业企业数", "S034")
    skill_mean: float = setting(0.92, 0, 1, "share", "mean skill", "平均管理能力")
    skill_sd: float = setting(0.05, 0, 0.5, "share", "spread of skill", "管理能力离散度")
    cost_spread: float = setting(
        0.08, 0, 1, "sd of log", "spread of cost level between companies", "企业成本离散度"
    )
    margin_mean: float = setting(
        0.05, -0.5, 0.5, "share of income", "mean target margin", "目标利润率", "P031"
    )
    margin_sd: float = setting(
        0.02, 0, 0.3, "share of income", "spread of the target margin", "目标利润率离散度"
    )
    tolerance_months_mean: float = setting(
        24, 1, 240, "month", "losing months that a company bears before it leaves", "亏损容忍月数", "P061"
    )
    tolerance_months_sd: float = setting(8, 0, 120, "month", "spread of that tolerance", "亏损容忍离散度")
    capacity_estates: int = setting(
        15, 1, 10_000, "estates", "most estates that a private company can run", "民营企业最大在管小区数"
    )
    capacity_state_owned: int = setting(
        60,
        1,
        10_000,
        "estates",
        "most estates that a state-owned company can run",
        "国有企业最大在管小区数",
        "S035",
    )
    cash_months: float = setting(
        3, 0, 60, "month", "months of cost held as cash at the start", "起始现金可支撑月数"
    )


class GovernmentSettings(Table):
    """What every body of each government tier has to spend and who works there."""

    city_budget: float = setting(5e6, 0, 1e11, "yuan/year", "budget of the city", "市级预算", "S020")
    district_budget: float = setting(5e6, 0, 1e11, "yuan/year", "budget of each district", "区级预算", "S020")
    street_budget: float = setting(3e5, 0, 1e10, "yuan/year", "budget of each street", "街道预算")
    community_budget: float = setting(2e4, 0, 1e10, "yuan/year", "budget of each community", "社区预算")
    street_staff: float = setting(4, 0, 10_000, "persons", "street staff for estates", "街道物业工作人员")
    community_staff: float = setting(
        1, 0, 10_000, "persons", "community staff for estates", "社区物业工作人员", "S018"
    )


class LoopSettings(Table):
    """Switches of the five feedback loops; a loop that is off stays at its starting value."""

    service: bool = setting(True, None, None, "", "collection, income, service, satisfaction", "服务循环")
    norm: bool = setting(True, None, None, "", "refusers seen, refusers made", "规范循环")
    decay: bool = setting(True, None, None, "", "deferred maintenance, condition, satisfaction", "失修循环")
    exit: bool = setting(True, None, None, "", "losses, abandonment, no bidder", "撤场循环")
    grievance: bool = setting(True, None, None, "", "legacy and unanswered complaints, refusal", "积怨循环")


class Figure(Table):
    """Where one number of the scenario comes from: reported by somebody, derived from reports, or assumed."""

    key: str = Field(
        min_length=1,
        description="dotted key of this scenario that the figure backs, or a free label / 对应项",
    )
    value: float | str = Field(description="the figure / 数值")
    unit: str = Field(default="", description="its unit / 单位")
    evidence: str = Field(default="", description="id in the evidence register, or empty / 证据编号")
    status: Literal["reported", "derived", "assumed"] = Field(description="how it is known / 性质")
    note: Bilingual

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
