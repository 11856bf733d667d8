"""The statistics that a pattern may compare with what was reported: each a documented function of what a run recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.month.observe import BREAK_EVEN, CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL
from sim.results.reading import ratio
from sim.state.events import Cause, Event
from sim.words import MODES, STAGES, Word

if TYPE_CHECKING:
    from sim.results.record import Record

ACTIVE = (int(Cause.LOSSES), int(Cause.INSOLVENCY))
PASSIVE = (int(Cause.DISMISSAL), int(Cause.POLICY), int(Cause.RANKING))
HEALTHY = STAGES.index("healthy")
CYCLE = (STAGES.index("spiralling"), STAGES.index("collapsed"))
MONTHS_A_YEAR = 12
LEAST_HOUSEHOLD_MONTHS = 1


@dataclass(frozen=True)
class Choice:
    """Which part of a run a statistic looks at. Empty tuples and None leave an aspect open; months are first and last."""

    months: tuple[int, int]
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    old: bool | None = None
    percent: float = 50.0
    collection: tuple[float, float] = (0.0, 1.0)


class View:
    """What a run recorded, cut to a choice: arrays are (months chosen) x (all estates), `mask` says which entries count."""

    def __init__(self, record: Record, choice: Choice) -> None:
        """IndexError is left to the caller's checks: the months must lie within the record."""
        self.record, self.choice = record, choice
        self.span = slice(choice.months[0], choice.months[1] + 1)
        self.households = record.facts["households"].astype(np.float64)

    @cached_property
    def chosen(self) -> np.ndarray:
        """True for the estates of the chosen types and age."""
        facts = self.record.facts
        chosen = np.ones(facts.size, bool)
        if self.choice.types:
            codes = [self.record.types.index(name) for name in self.choice.types if name in self.record.types]
            chosen &= np.isin(facts["type"], codes)
        if self.choice.old is not None:
            chosen &= facts["old"].astype(bool) == self.choice.old
        return chosen

    @cached_property
    def mask(self) -> np.ndarray:
        """True where an estate of the choice is under one of the chosen modes that month."""
        mode = self.record.outcomes.mode[self.span]
        mask = np.broadcast_to(self.chosen, mode.shape)
        return (
            mask & np.isin(mode, [MODES.index(name) for name in self.choice.modes])
            if self.choice.modes
            else mask
        )

    def at(self, name: str) -> np.ndarray:
        """A column of the outcomes in the chosen months."""
        return np.asarray(getattr(self.record.outcomes, name)[self.span])

    def share_with(self, flag: int) -> float:
        """Share of the chosen estates that carry a flag, mean over the months."""
        return _mean((self.at("flags") & flag > 0)[self.mask])

    def left(self, causes: Sequence[int]) -> np.ndarray:
        """The events of companies that left chosen estates in the chosen months for one of these causes."""
        events = self.record.events
        first, last = self.choice.months
        fits = (events["kind"] == int(Event.COMPANY_LEFT)) & np.isin(events["cause"], causes)
        fits &= (events["month"] >= first) & (events["month"] <= last)
        events = events[fits]
        return np.asarray(events[self.chosen[events["estate"]]])


@dataclass(frozen=True)
class Statistic:
    """A statistic: what it is, its unit ("share", "months", "estates"), and how it is computed (NaN where it has no value)."""

    name: str
    label: Word
    unit: str
    compute: Callable[[View], float]


STATISTICS: dict[str, Statistic] = {}


def statistic(zh: str, en: str, unit: str) -> Callable[[Callable[[View], float]], Callable[[View], float]]:
    """Put a function into STATISTICS under its own name."""

    def add(function: Callable[[View], float]) -> Callable[[View], float]:
        STATISTICS[function.__name__] = Statistic(function.__name__, Word(zh, en), unit, function)
        return function

    return add


def measure(record: Record, name: str, choice: Choice) -> float:
    """The value of a statistic for a choice of a run; NaN where it has none. KeyError for an unknown name."""
    return float(STATISTICS[name].compute(View(record, choice)))


@statistic(
    "收缴率（按户数加权，只计有收费的小区）",
    "collection rate (households' mean over estates that bill)",
    "share",
)
def collection(view: View) -> float:
    """Paid of billed, each estate and month weighted by households."""
    rate = ratio(view.at("collected"), view.at("billed"))
    return _weighted(rate, view)


@statistic(
    "各小区十二个月收缴率的百分位数", "percentile of the estates' twelve-month collection rate", "share"
)
def collection_percentile(view: View) -> float:
    """Percentile (`percent`) over chosen estates that billed within the year, in the last chosen month; each counts once."""
    rate = ratio(view.at("collected_12"), view.at("billed_12"))[-1]
    known = rate[view.mask[-1] & ~np.isnan(rate)]
    return float(np.percentile(known, view.choice.percent)) if known.size else np.nan


@statistic("业主满意度（按户数加权）", "owner satisfaction (households' mean)", "share")
def satisfaction(view: View) -> float:
    """Mean satisfaction, each estate and month weighted by households."""
    return _weighted(view.at("satisfaction").astype(np.float64), view)


@statistic("各企业满意度的百分位数", "percentile of the companies' satisfaction", "share")
def company_satisfaction_percentile(view: View) -> float:
    """Percentile (`percent`) over companies of the households' mean satisfaction in what they run of the choice."""
    company, mask = view.at("company"), view.mask & (view.at("company") >= 0)
    people = np.broadcast_to(view.households, company.shape)[mask]
    weight = np.bincount(company[mask], people)
    total = np.bincount(company[mask], people * view.at("satisfaction")[mask])
    means = total[weight > 0] / weight[weight > 0]
    return float(np.percentile(means, view.choice.percent)) if means.size else np.nan


@statistic("有业主委员会的小区占比", "estates with an owners' committee", "share")
def committees(view: View) -> float:
    """Share of chosen estates, mean over the months."""
    return view.share_with(COMMITTEE)


@statistic("收费小区占比", "estates that charge fees", "share")
def charging(view: View) -> float:
    """Share of chosen estates that billed and collected something, mean over the months."""
    return view.share_with(CHARGING)


@statistic("专业化物业小区占比", "estates with professional service", "share")
def professional(view: View) -> float:
    """Share of chosen estates run by a company with service that counts as professional, mean over the months."""
    return view.share_with(PROFESSIONAL)


@statistic("名义覆盖小区占比", "estates that anybody manages", "share")
def nominal(view: View) -> float:
    """Share of chosen estates under any mode but none, mean over the months."""
    return view.share_with(NOMINAL)


@statistic("某些管理方式下的小区占比", "estates under the given modes", "share")
def under_modes(view: View) -> float:
    """Share of estates of the chosen types and age that are under one of `modes`, mean over the months."""
    return _mean(view.mask[:, view.chosen])


@statistic("某些管理方式下的小区数", "number of estates under the given modes", "estates")
def estates_under_modes(view: View) -> float:
    """Number of estates of the chosen types and age that are under one of `modes`, in the last chosen month."""
    return float(np.count_nonzero(view.mask[-1]))


@statistic("处于恶性循环的小区占比", "estates in the cycle", "share")
def in_cycle(view: View) -> float:
    """Share of chosen estates that are spiralling or collapsed, mean over the months (the headline outcome of comparisons)."""
    return _mean(np.isin(view.at("stage"), CYCLE)[view.mask])


@statistic("服务支出占标准成本的比例", "service spending over standard cost", "share")
def service_effort(view: View) -> float:
    """Twelve-month spending over standard cost, mean over estate-months whose twelve-month collection lies within `collection`.

    Standard cost is that of the estate at the start, with facilities as new and a company of average cost.
    """
    rate = ratio(view.at("collected_12"), view.at("billed_12"))
    low, high = view.choice.collection
    facts = view.record.facts
    full = (facts["cost_fixed"] + facts["cost_area"]).astype(np.float64) * MONTHS_A_YEAR
    with np.errstate(divide="ignore", invalid="ignore"):
        effort = view.at("spending_12") / full
    inside = view.mask & (rate >= low) & (rate < high if high < 1 else rate <= high)
    return _mean(effort[inside])


@statistic("主动撤场占全部撤场的比例", "exits that companies chose, of all exits", "share")
def active_exits(view: View) -> float:
    """Companies that left for losses or insolvency, over those and the ones dismissed by vote or removed by policy."""
    chosen, forced = view.left(ACTIVE).size, view.left(PASSIVE).size
    return chosen / (chosen + forced) if chosen + forced else np.nan


@statistic("从健康到企业撤场的月数（中位数）", "months from health to exit (median)", "months")
def months_to_exit(view: View) -> float:
    """Median months from the last healthy month of an estate until its company left by its own choice; never healthy: left out."""
    return _median_wait(view, view.record.outcomes.stage == HEALTHY)


@statistic("从收支平衡到企业撤场的月数（中位数）", "months from breaking even to exit (median)", "months")
def losses_to_exit(view: View) -> float:
    """Median months from the last month in which an estate broke even until its company left by its own choice."""
    return _median_wait(view, view.record.outcomes.flags & BREAK_EVEN > 0)


@statistic("模型中没有这一结果", "the model has no such outcome", "share")
def not_represented(view: View) -> float:
    """For what was reported and the model cannot show: it never has a value, so that the pattern stays in sight as a miss."""
    return np.nan


def _median_wait(view: View, good: np.ndarray) -> float:
    """Median months from the last good month of an estate (months from 0 x estates) to its company's leaving; NaN without any."""
    waits = []
    for event in view.left(ACTIVE):
        before = np.flatnonzero(good[: event["month"], event["estate"]])
        if before.size:
            waits.append(int(event["month"]) - int(before[-1]))
    return float(np.median(waits)) if waits else np.nan


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else np.nan


def _weighted(values: np.ndarray, view: View) -> float:
    """Mean over the mask and over what is known, weighted by households."""
    known = view.mask & ~np.isnan(values)
    weight = np.where(known, view.households, 0.0)
    total = float(weight.sum())
    return (
        float(np.where(known, values * weight, 0.0).sum() / total)
        if total >= LEAST_HOUSEHOLD_MONTHS
        else np.nan
    )
