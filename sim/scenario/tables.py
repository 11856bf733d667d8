"""The tables of a scenario: its types of estates and how many of each, city, companies,
government, loops and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from sim.problems import Problem, nearest
from sim.scenario.fields import Table, Wording, refuse, setting
from sim.scenario.programme import ModeName
from sim.scenario.sources import evidence_ids
from sim.text import message

# Of China, as surveys divide it, and the world outside; figures that depend on prices and incomes hold for
# one of them.
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
    """Switches of the rules that the second version of the model added; with all of them off a city lives by
    the first version's rules alone."""

    text_area: ClassVar[str] = "mechanisms"

    persistence: bool = setting(True, None, None, "")
    debt_age: bool = setting(True, None, None, "")
    contracts: bool = setting(True, None, None, "")
    queue: bool = setting(True, None, None, "")
    ballots: bool = setting(True, None, None, "")
    guided_prices: bool = setting(True, None, None, "")
    charging: bool = setting(True, None, None, "")
    price_basis: bool = setting(True, None, None, "")
    reporting: bool = setting(True, None, None, "")
    cases: bool = setting(True, None, None, "")
    repairs: bool = setting(True, None, None, "")
    volunteers: bool = setting(True, None, None, "")
    works: bool = setting(True, None, None, "")
    fund: bool = setting(False, None, None, "")


WORDS = "[words]"  # no key that a table has: a place in an error that names it is not looked for there


def _kind_of_value(value: object) -> str:
    """Which of its kinds a figure's value is checked as, so that an error speaks of that one alone."""
    if isinstance(value, Wording | Mapping):
        return WORDS
    return "text" if isinstance(value, str) else "number"


# A number, a text of no language ("–"), or a text in the languages that its author writes.
FigureValue = Annotated[
    Annotated[float, Tag("number")] | Annotated[str, Tag("text")] | Annotated[Wording, Tag(WORDS)],
    Discriminator(_kind_of_value),
]


class Figure(Table):
    """Where one number of the scenario comes from: reported by somebody, derived from reports, or assumed."""

    text_area: ClassVar[str] = "figure"

    key: str = Field(
        min_length=1,
    )
    name: Wording | None = None
    value: FigureValue
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

    def called(self) -> str:
        """What readers are told that it is, in the language of the output: its name, else its key."""
        return str(self.name) if self.name is not None else self.key

    def stated(self) -> float | str:
        """The number, or the text in the language of the output."""
        return str(self.value) if isinstance(self.value, Wording) else self.value


SUM_TOLERANCE = 1e-6


def shares_add_up(shares: Iterable[float]) -> bool:
    """Whether shares sum to one, but for the rounding of decimal fractions."""
    return abs(math.fsum(shares) - 1) <= SUM_TOLERANCE


def apportion(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that sum to `total` in proportion to `shares` (largest
    remainder; ties go to the first named).

    Shares must be non-negative with a positive sum, else a ValueError.
    """
    weight = math.fsum(shares.values())
    if weight <= 0 or any(share < 0 for share in shares.values()):
        raise ValueError("shares must be non-negative with a positive sum")
    exact = {name: total * share / weight for name, share in shares.items()}
    numbers = {name: math.floor(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: numbers[name] - exact[name])
    for name in by_remainder[: total - sum(numbers.values())]:
        numbers[name] += 1
    return numbers


Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class EstateType(Table):
    """One estate type: its number of estates, and the distributions from which each of them is drawn.

    Sizes, areas, prices, costs and incomes are lognormal: the mean is the arithmetic mean, the spread is the
    standard deviation of the logarithm.
    """

    text_area: ClassVar[str] = "type"

    title: Wording
    count: int | None = setting(None, 0, 1_000_000, "estates")
    share: float | None = setting(None, 0, 1, "share")
    old: bool = setting(False, None, None, "")

    households_mean: float = setting(..., 1, 20_000, "households", source="P004")
    households_spread: float = setting(0.6, 0, 2, "sd of log")
    households_min: int = setting(20, 1, 5_000, "households")
    flats_per_building: float = setting(48, 2, 1_000, "flats")
    area_mean: float = setting(..., 10, 1_000, "m2", source="P002")
    area_spread: float = setting(0.25, 0, 2, "sd of log")

    fee_price: float = setting(..., 0, 50, "yuan/m2/month", source="P022")
    fee_price_spread: float = setting(0.2, 0, 2, "sd of log")
    cost_fixed: float = setting(..., 0, 1e7, "yuan/month")
    cost_per_area: float = setting(..., 0, 50, "yuan/m2/month", source="P036")
    cost_spread: float = setting(0.1, 0, 2, "sd of log")
    public_revenue: float = setting(150, 0, 20_000, "yuan/household/year", source="P039")

    built_low: int = setting(2000, 1900, 2100, "year")
    built_high: int = setting(2015, 1900, 2100, "year")
    condition_mean: float = setting(0.75, 0, 1, "share")
    condition_sd: float = setting(0.1, 0, 0.5, "share")
    legacy_mean: float = setting(0.4, 0, 1, "share")
    legacy_share: float = setting(0.2, 0, 1, "share")

    income_mean: float = setting(10_000, 500, 1e6, "yuan/household/month")
    income_spread: float = setting(0.5, 0, 2, "sd of log")
    vacancy: float = setting(0.12, 0, 1, "share", source="P057")
    tenants: float = setting(0.2, 0, 1, "share")
    duty_shift: float = setting(0, -5, 5, "logit")

    modes: dict[ModeName, Share] = Field(
        default_factory=dict,
    )
    mode_counts: dict[ModeName, Count] = Field(
        default_factory=dict,
    )
    committee_share: float = setting(0.3, 0, 1, "share", source="P044")
    start_collection: float = setting(
        0.7,
        0,
        1,
        "share",
        source="P006",
    )

    @model_validator(mode="after")
    def _check_rules(self) -> EstateType:
        refuse(self._size_problems() + self._mode_problems())
        return self

    def _size_problems(self) -> list[Problem]:
        problems = []
        if (self.count is None) == (self.share is None):
            found = (
                message("scenario.type.neither")
                if self.count is None or self.share is None
                else message("scenario.type.both", number=self.count, share=f"{self.share:g}")
            )
            problems.append(Problem("", "count", found, message("allowed.exactly_one")))
        if self.cost_fixed == 0 and self.cost_per_area == 0:
            found, allowed = message("scenario.type.free_service"), message("scenario.type.service_costs")
            problems.append(Problem("", "cost_fixed", found, allowed))
        if self.built_high < self.built_low:
            allowed = message("allowed.not_below", name="built_low", value=self.built_low)
            problems.append(Problem("", "built_high", str(self.built_high), allowed))
        if self.households_min > self.households_mean:
            allowed = message("allowed.not_above", name="households_mean", value=f"{self.households_mean:g}")
            problems.append(Problem("", "households_min", str(self.households_min), allowed))
        if self.vacancy + self.tenants > 1:
            total = f"{self.vacancy:g} + {self.tenants:g} = {self.vacancy + self.tenants:g}"
            found = message("scenario.type.vacant_and_let", sum=total)
            problems.append(Problem("", "tenants", found, message("scenario.type.at_most_all")))
        return problems

    def _mode_problems(self) -> list[Problem]:
        if bool(self.modes) == bool(self.mode_counts):
            found = message("scenario.type.both_modes") if self.modes else message("scenario.type.no_modes")
            return [Problem("", "modes", found, message("allowed.exactly_one"))]
        if self.modes and not shares_add_up(self.modes.values()):
            found = message("found.shares", sum=f"{math.fsum(self.modes.values()):.6g}")
            return [Problem("", "modes", found, message("allowed.sum_of_one"))]
        counted = sum(self.mode_counts.values())
        if self.mode_counts and self.count is not None and counted != self.count:
            allowed = message("scenario.type.sum_of_count", sum=self.count)
            return [Problem("", "mode_counts", message("found.sum", sum=counted), allowed)]
        return []

    def estates_by_mode(self, estates: int) -> dict[str, int]:
        """How many of this type's `estates` start under each mode: exact counts, or
        shares by largest remainder."""
        if self.mode_counts:
            return {str(mode): number for mode, number in self.mode_counts.items()}
        return apportion(estates, {str(mode): share for mode, share in self.modes.items()})
