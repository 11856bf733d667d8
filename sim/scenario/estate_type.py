"""What a scenario says about one type of estate: how many, how large, what they charge and how they start."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from sim.problems import Problem
from sim.scenario.fields import Table, Wording, refuse, setting
from sim.scenario.numbers import apportion, shares_add_up
from sim.scenario.programme import ModeName
from sim.text import message

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class EstateType(Table):
    """One estate type: its number of estates, and the distributions from which each of them is drawn.

    Sizes, areas, prices, costs and incomes are lognormal: the mean is the arithmetic mean, the spread is the standard
    deviation of the logarithm.
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
        """How many of this type's `estates` start under each mode: exact counts, or shares by largest remainder."""
        if self.mode_counts:
            return {str(mode): number for mode, number in self.mode_counts.items()}
        return apportion(estates, {str(mode): share for mode, share in self.modes.items()})
