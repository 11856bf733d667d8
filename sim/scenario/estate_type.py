"""What a scenario says about one type of estate: how many, how large, what they charge and how they start."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field, model_validator

from sim.problems import Problem
from sim.scenario.fields import Bilingual, Table, refuse, setting
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

    title: Bilingual
    count: int | None = setting(None, 0, 1_000_000, "estates", "number of estates (or give share)", "小区数")
    share: float | None = setting(
        None, 0, 1, "share", "share of the city's estates (or give count)", "小区占比"
    )
    old: bool = setting(False, None, None, "", "counts as an old estate", "是否老旧小区")

    households_mean: float = setting(
        ..., 1, 20_000, "households", "mean households of an estate", "平均户数", "P004"
    )
    households_spread: float = setting(0.6, 0, 2, "sd of log", "spread of households", "户数离散度")
    households_min: int = setting(20, 1, 5_000, "households", "least households of an estate", "最小户数")
    flats_per_building: float = setting(48, 2, 1_000, "flats", "mean flats of a building", "每栋平均套数")
    area_mean: float = setting(..., 10, 1_000, "m2", "mean floor area of a flat", "套均建筑面积", "P002")
    area_spread: float = setting(0.25, 0, 2, "sd of log", "spread of floor area", "面积离散度")

    fee_price: float = setting(..., 0, 50, "yuan/m2/month", "mean fee price", "物业费标准", "P022")
    fee_price_spread: float = setting(0.2, 0, 2, "sd of log", "spread of the fee price", "物业费离散度")
    cost_fixed: float = setting(
        ..., 0, 1e7, "yuan/month", "fixed part of the standard cost of an estate", "固定服务成本"
    )
    cost_per_area: float = setting(
        ..., 0, 50, "yuan/m2/month", "standard cost that grows with floor area", "单位面积服务成本", "P036"
    )
    cost_spread: float = setting(0.1, 0, 2, "sd of log", "spread of the standard cost", "服务成本离散度")
    public_revenue: float = setting(
        150, 0, 20_000, "yuan/household/year", "public revenue an estate could earn", "公共收益", "P039"
    )

    built_low: int = setting(2000, 1900, 2100, "year", "earliest year built", "最早建成年份")
    built_high: int = setting(2015, 1900, 2100, "year", "latest year built", "最晚建成年份")
    condition_mean: float = setting(
        0.75, 0, 1, "share", "mean facility condition at the start", "设施设备初始状况"
    )
    condition_sd: float = setting(0.1, 0, 0.5, "share", "spread of facility condition", "设施状况离散度")
    legacy_mean: float = setting(
        0.4, 0, 1, "share", "mean legacy defects where there are any", "开发遗留问题程度（有遗留问题的小区）"
    )
    legacy_share: float = setting(
        0.2, 0, 1, "share", "estates with developer-legacy defects", "有开发遗留问题的小区占比"
    )

    income_mean: float = setting(
        10_000, 500, 1e6, "yuan/household/month", "mean household income", "户均月收入"
    )
    income_spread: float = setting(0.5, 0, 2, "sd of log", "spread of household income", "收入离散度")
    vacancy: float = setting(0.12, 0, 1, "share", "flats that stand empty", "空置率", "P057")
    tenants: float = setting(0.2, 0, 1, "share", "flats that are let", "出租率")
    duty_shift: float = setting(
        0, -5, 5, "logit", "shift of the owners' sense of duty to pay", "缴费责任感偏移"
    )

    modes: dict[ModeName, Share] = Field(
        default_factory=dict, description="share of estates under each mode (sum 1) / 各管理模式占比"
    )
    mode_counts: dict[ModeName, Count] = Field(
        default_factory=dict,
        description="number of estates under each mode, instead of modes / 各管理模式小区数",
    )
    committee_share: float = setting(
        0.3, 0, 1, "share", "estates with an owners' committee", "业主委员会组建率", "P044"
    )
    start_collection: float = setting(
        0.7,
        0,
        1,
        "share",
        "bills paid in the month before the start, where fees are billed",
        "起始收缴率",
        "P006",
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
