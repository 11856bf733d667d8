"""The statistics that a pattern may compare with what was reported: each a documented
function of what a run recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sim.model.ledger import Purpose
from sim.model.month.observe import BREAK_EVEN, CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL
from sim.model.state.events import Cause, Event
from sim.results import reading
from sim.results.reading import ratio
from sim.text import Family
from sim.units import MONTHS_PER_YEAR
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    from sim.results.reading import Record

ACTIVE = (int(Cause.LOSSES), int(Cause.INSOLVENCY))
PASSIVE = (int(Cause.DISMISSAL), int(Cause.POLICY), int(Cause.RANKING))
HEALTHY = STAGES.index("healthy")
MANAGED = (MODES.index("market"), MODES.index("soe"))
SELF = MODES.index("self")
LEAST_HOUSEHOLD_MONTHS = 1
SMALL_ESTATE = 30_000  # m2, as the report of what companies left has it (N042)
PER_AREA = 100_000  # m2
LOW_COLLECTION, HIGH_COLLECTION, RECOVERY_YEARS = 0.5, 0.85, 4  # what counts as a recovery (N028, N029)
LEAST_SELF_MONTHS = 36
NOT_REPRESENTED = "not_represented"
# What a statistic counts, and so what a reported figure must have counted to be compared with it.
Counted = Literal[
    "money",
    "households",
    "owners",
    "estates",
    "companies",
    "complaints",
    "exits",
    "votes",
    "cases",
    "unstated",
]
COUNTED: tuple[Counted, ...] = get_args(Counted)
MONEY, HOUSEHOLDS, OWNERS, ESTATES, COMPANIES, COMPLAINTS, EXITS, VOTES, CASES, UNSTATED = COUNTED
COUNTED_WORDS = Family("counted", COUNTED)


@dataclass(frozen=True)
class Choice:
    """Which part of a run a statistic looks at. Empty tuples and None leave an aspect open;
    months are first and last."""

    months: tuple[int, int]
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    old: bool | None = None
    percent: float = 50.0
    collection: tuple[float, float] = (0.0, 1.0)


class View:
    """What a run recorded, cut to a choice: arrays are (months chosen) x (all estates),
    `mask` says which entries count."""

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

    @cached_property
    def yearly_rate(self) -> np.ndarray:
        """Of the bills of the last twelve months, the share that is paid by now, when due or late;
        NaN where none was sent."""
        return ratio(self.at("paid_12"), self.at("billed_12"))

    @cached_property
    def years(self) -> np.ndarray:
        """Rows of the chosen months at which a whole chosen year has passed: the 12th, the
        24th and so on (none: the last)."""
        months = self.choice.months[1] - self.choice.months[0] + 1
        ends = np.arange(MONTHS_PER_YEAR - 1, months, MONTHS_PER_YEAR)
        return ends if ends.size else np.array([months - 1])

    def money_rate(self, mask: np.ndarray) -> np.ndarray:
        """Yearly collection in money at the end of every chosen year, over what a mask (months
        chosen x estates) leaves."""
        paid, billed = (
            np.where(mask, self.at(name), 0)[self.years].sum(axis=1) for name in ("paid_12", "billed_12")
        )
        return ratio(paid, billed)

    def moments(self, kind: Event) -> np.ndarray:
        """The events of a kind at chosen estates in the chosen months."""
        events = self.record.events
        first, last = self.choice.months
        events = events[
            (events["kind"] == int(kind)) & (events["month"] >= first) & (events["month"] <= last)
        ]
        return np.asarray(events[self.chosen[events["estate"]]])

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
    """A statistic: its unit ("share", "months", "estates", "complaints"), what it counts, and how it is
    computed (NaN: no value).

    `regional`: its level depends on prices and incomes, so that a reported level holds for its region only.
    `companies`: it looks at what companies run, whatever modes are chosen. `modes_counted`: the modes are
    what it counts, not among whom.
    `difference`: of two shares, so that readers are told points. `types_needed`: how many different types of
    estates it must be told, in order (0: any); it has no value where it is told others, or types that the
    city does not have. Its words stand in the catalogs, as "statistic" and its name.
    """

    name: str
    unit: str
    counts: str
    compute: Callable[[View], float]
    regional: bool = False
    companies: bool = False
    modes_counted: bool = False
    difference: bool = False
    types_needed: int = 0


STATISTICS: dict[str, Statistic] = {}


def statistic(
    unit: str,
    counts: str,
    *,
    regional: bool = False,
    companies: bool = False,
    modes_counted: bool = False,
    difference: bool = False,
    types_needed: int = 0,
) -> Callable[[Callable[[View], float]], Callable[[View], float]]:
    """Put a function into STATISTICS under its own name."""

    def add(function: Callable[[View], float]) -> Callable[[View], float]:
        STATISTICS[function.__name__] = Statistic(
            function.__name__,
            unit,
            counts,
            function,
            regional,
            companies,
            modes_counted,
            difference,
            types_needed,
        )
        return function

    return add


def measure(record: Record, name: str, choice: Choice) -> float:
    """The value of a statistic for a choice of a run; NaN where it has none. KeyError for an unknown name."""
    found = STATISTICS[name]
    if found.types_needed and not found.types_needed == len(choice.types) == len(
        set(choice.types) & set(record.types)
    ):
        return float("nan")
    return float(found.compute(View(record, choice)))


@statistic("share", HOUSEHOLDS, regional=True)
def collection(view: View) -> float:
    """Paid of billed, each estate and month weighted by households."""
    rate = ratio(view.at("collected"), view.at("billed"))
    return _weighted(rate, view)


@statistic("share", ESTATES)
def collection_percentile(view: View) -> float:
    """Percentile (`percent`) over chosen estates that billed within the year of what is paid of its bills,
    in the last chosen month."""
    rate = view.yearly_rate[-1]
    known = rate[view.mask[-1] & ~np.isnan(rate)]
    return float(np.percentile(known, view.choice.percent)) if known.size else np.nan


@statistic("share", OWNERS)
def satisfaction(view: View) -> float:
    """Mean satisfaction, each estate and month weighted by households."""
    return _weighted(view.at("satisfaction").astype(np.float64), view)


@statistic("share", COMPANIES, companies=True)
def company_satisfaction_percentile(view: View) -> float:
    """Percentile (`percent`) over companies of the households' mean satisfaction in
    what they run of the choice."""
    company, mask = view.at("company"), view.mask & (view.at("company") >= 0)
    people = np.broadcast_to(view.households, company.shape)[mask]
    weight = np.bincount(company[mask], people)
    total = np.bincount(company[mask], people * view.at("satisfaction")[mask])
    means = total[weight > 0] / weight[weight > 0]
    return float(np.percentile(means, view.choice.percent)) if means.size else np.nan


@statistic("share", ESTATES)
def committees(view: View) -> float:
    """Share of chosen estates, mean over the months."""
    return view.share_with(COMMITTEE)


@statistic("share", ESTATES)
def charging(view: View) -> float:
    """Share of chosen estates that billed and collected something, mean over the months."""
    return view.share_with(CHARGING)


@statistic("share", ESTATES)
def professional(view: View) -> float:
    """Share of chosen estates run by a company with service that counts as
    professional, mean over the months."""
    return view.share_with(PROFESSIONAL)


@statistic("share", ESTATES)
def nominal(view: View) -> float:
    """Share of chosen estates under any mode but none, mean over the months."""
    return view.share_with(NOMINAL)


@statistic("share", ESTATES, modes_counted=True)
def under_modes(view: View) -> float:
    """Share of estates of the chosen types and age that are under one of `modes`, mean over the months."""
    return _mean(view.mask[:, view.chosen])


@statistic("estates", ESTATES, modes_counted=True)
def estates_under_modes(view: View) -> float:
    """Number of estates of the chosen types and age that are under one of `modes`,
    in the last chosen month."""
    return float(np.count_nonzero(view.mask[-1]))


@statistic("share", ESTATES)
def in_cycle(view: View) -> float:
    """Share of chosen estates that are spiralling or collapsed, mean over the months (the headline
    outcome of comparisons)."""
    return _mean(reading.in_cycle(view.at("stage"))[view.mask])


@statistic("share", ESTATES)
def service_effort(view: View) -> float:
    """Twelve-month spending over standard cost, mean over estate-months whose twelve-month
    collection lies within `collection`.

    Standard cost is that of the estate at the start, with facilities as new and a company of average cost.
    """
    rate = ratio(view.at("collected_12"), view.at("billed_12"))
    low, high = view.choice.collection
    facts = view.record.facts
    full = (facts["cost_fixed"] + facts["cost_area"]).astype(np.float64) * MONTHS_PER_YEAR
    with np.errstate(divide="ignore", invalid="ignore"):
        effort = view.at("spending_12") / full
    inside = view.mask & (rate >= low) & (rate < high if high < 1 else rate <= high)
    return _mean(effort[inside])


@statistic("share", EXITS, companies=True)
def active_exits(view: View) -> float:
    """Companies that left for losses or insolvency, over those and the ones dismissed by
    vote or removed by policy."""
    chosen, forced = view.left(ACTIVE).size, view.left(PASSIVE).size
    return chosen / (chosen + forced) if chosen + forced else np.nan


@statistic("months", EXITS, companies=True)
def months_to_exit(view: View) -> float:
    """Median months from the last healthy month of an estate until its company left by its own choice;
    never healthy: left out."""
    return _median_wait(view, view.record.outcomes.stage == HEALTHY)


@statistic("months", EXITS, companies=True)
def losses_to_exit(view: View) -> float:
    """Median months from the last month in which an estate broke even until its
    company left by its own choice."""
    return _median_wait(view, view.record.outcomes.flags & BREAK_EVEN > 0)


@statistic("share", MONEY, regional=True)
def yearly_collection(view: View) -> float:
    """Of the bills of a year, what is paid by its end, when due or late: money over money,
    mean over the chosen years."""
    return _known_mean(view.money_rate(view.mask))


@statistic("share", ESTATES, regional=True)
def yearly_collection_of_estates(view: View) -> float:
    """The same of each estate, every estate that sent bills counting once, mean over the chosen years."""
    return _known_mean(np.where(view.mask, view.yearly_rate, np.nan)[view.years])


@statistic("share", MONEY, regional=True, companies=True)
def small_company_collection(view: View) -> float:
    """Yearly collection in money of companies that run no more estates than the median company does then."""
    company = np.where(view.mask, view.at("company"), -1)
    small = np.zeros(company.shape, bool)
    for row in view.years:
        held = company[row][company[row] >= 0]
        if held.size:
            sizes = np.bincount(held)
            few = np.flatnonzero((sizes > 0) & (sizes <= np.median(sizes[sizes > 0])))
            small[row] = np.isin(company[row], few)
    return _known_mean(view.money_rate(small))


@statistic("share", MONEY, difference=True, types_needed=2)
def collection_gap(view: View) -> float:
    """Yearly collection in money of the first of two chosen types less that of the second,
    mean over the chosen years."""
    type_of = view.record.facts["type"]
    first, second = (view.record.types.index(name) for name in view.choice.types)
    gap = view.money_rate(view.mask & (type_of == first)) - view.money_rate(view.mask & (type_of == second))
    return _known_mean(gap)


@statistic("share", MONEY, difference=True)
def collection_change(view: View) -> float:
    """Change a year of yearly collection in money, from the first chosen year to the last."""
    rate = view.money_rate(view.mask)
    return float((rate[-1] - rate[0]) / (rate.size - 1)) if rate.size > 1 else np.nan


@statistic("share", ESTATES)
def estates_collecting(view: View) -> float:
    """Share of chosen estates that sent bills within the year whose yearly collection lies within
    `collection`, last chosen month."""
    rate = view.yearly_rate[-1]
    known = rate[view.mask[-1] & ~np.isnan(rate)]
    low, high = view.choice.collection
    return _mean((known >= low) & (known < high if high < 1 else known <= high))


@statistic("share", ESTATES)
def recoveries(view: View) -> float:
    """Of chosen estates under a half at the end of a chosen year, the share at 0.85 or more at the
    end of one of the next four."""
    rate = np.where(view.mask, view.yearly_rate, np.nan)[view.years]
    fallen, recovered = 0, 0
    for row in range(len(rate) - 1):
        low = rate[row] < LOW_COLLECTION
        later = rate[row + 1 : row + 1 + RECOVERY_YEARS]
        fallen += int(np.count_nonzero(low))
        recovered += int(np.count_nonzero(low & (later >= HIGH_COLLECTION).any(axis=0)))
    return recovered / fallen if fallen else np.nan


@statistic("share", ESTATES)
def collection_after_exits(view: View) -> float:
    """Yearly collection of chosen estates that companies have left twice or more by then, every estate
    counting once; last month."""
    left = view.record.events[view.record.events["kind"] == int(Event.COMPANY_LEFT)]
    times = np.bincount(left["estate"][left["month"] <= view.choice.months[1]], minlength=view.chosen.size)
    return _known_mean(np.where(view.mask[-1] & (times >= 2), view.yearly_rate[-1], np.nan))


@statistic("share", MONEY)
def arrears_of_billed(view: View) -> float:
    """Arrears of chosen estates in the last chosen month over what they billed in the last twelve."""
    mask = view.mask[-1]
    billed = float(view.at("billed_12")[-1][mask].sum())
    return float(view.at("arrears")[-1][mask].sum()) / billed if billed else np.nan


@statistic("share", MONEY)
def arrears_concentration(view: View) -> float:
    """Share of all arrears that the `percent` % of chosen estates with the largest ones
    hold, in the last chosen month."""
    return _held_by_most(view.at("arrears")[-1][view.mask[-1]].astype(np.float64), view.choice.percent)


@statistic("share", COMPLAINTS)
def complaint_concentration(view: View) -> float:
    """Of a year's complaints, the share of the `percent` % with most among chosen estates that file any;
    mean over the chosen years."""
    filed = np.where(view.mask, view.at("filed"), 0).astype(np.float64)
    totals = [filed[_year(end)].sum(axis=0) for end in view.years]
    shares = [_held_by_most(total[total > 0], view.choice.percent) for total in totals]
    return _known_mean(np.array(shares))


@statistic("complaints", COMPLAINTS)
def complaints_per_area(view: View) -> float:
    """Complaints of a year per 100,000 m2 of chosen estates, mean over the chosen years."""
    filed = np.where(view.mask, view.at("filed"), 0).astype(np.float64)
    area = float(view.record.facts["area"][view.chosen].sum())
    return (
        _mean(np.array([filed[_year(end)].sum() for end in view.years])) * PER_AREA / area if area else np.nan
    )


@statistic("share", COMPLAINTS)
def complaints_growth(view: View) -> float:
    """Growth a year of the complaints of chosen estates, from the first chosen year to the last."""
    filed = np.where(view.mask, view.at("filed"), 0).astype(np.float64)
    years = np.array([filed[_year(end)].sum() for end in view.years])
    if years.size < 2 or years[0] <= 0:
        return np.nan
    return float((years[-1] / years[0]) ** (1 / (years.size - 1)) - 1)


@statistic("share", ESTATES, difference=True)
def best_satisfaction_over_mean(view: View) -> float:
    """Percentile (`percent`) of the chosen estates' satisfaction less their mean, mean over the chosen
    months; each estate counts once."""
    values = np.where(view.mask, view.at("satisfaction").astype(np.float64), np.nan)
    values = values[~np.isnan(values).all(axis=1)]
    if not values.size:
        return np.nan
    return _mean(np.nanpercentile(values, view.choice.percent, axis=1) - np.nanmean(values, axis=1))


@statistic("share", ESTATES, difference=True)
def committees_change(view: View) -> float:
    """Share of chosen estates with a committee in the last twelve chosen months
    less that in the first twelve."""
    flags = (view.at("flags") & COMMITTEE > 0)[:, view.chosen]
    return _mean(flags[-MONTHS_PER_YEAR:]) - _mean(flags[:MONTHS_PER_YEAR])


@statistic("share", COMPANIES, companies=True)
def losing_companies(view: View) -> float:
    """Share of companies with estates of the choice that spent more than they took in within the year,
    mean over the chosen years."""
    shares = []
    for row in view.years:
        company = np.where(view.mask[row], view.at("company")[row], -1)
        mine = company >= 0
        left = view.at("income_12")[row] - view.at("spending_12")[row] - view.at("overhead_12")[row]
        total = np.bincount(company[mine], left[mine].astype(np.float64))
        present = np.bincount(company[mine]) > 0
        shares.append(_mean(total[present] < 0))
    return _known_mean(np.array(shares))


@statistic("share", EXITS, companies=True, difference=True)
def small_estate_exits(view: View) -> float:
    """Exits by the company's choice a year and estate under a company of less than 30,000 m2, less
    the same of larger ones."""
    small = view.record.facts["area"] < SMALL_ESTATE
    managed = np.isin(view.at("mode"), MANAGED) & view.chosen
    left = view.left(ACTIVE)["estate"]
    rates = []
    for which in (small, ~small):
        years = np.count_nonzero(managed[:, which]) / MONTHS_PER_YEAR
        rates.append(np.count_nonzero(which[left]) / years if years else np.nan)
    return float(rates[0] - rates[1])


@statistic("months", EXITS, companies=True)
def tenure_at_exit(view: View) -> float:
    """Median months from winning an estate within the run until leaving it by the company's own choice."""
    won = view.record.events[view.record.events["kind"] == int(Event.TENDER_WON)]
    waits = []
    for event in view.left(ACTIVE):
        before = won["month"][
            (won["estate"] == event["estate"])
            & (won["company"] == event["company"])
            & (won["month"] <= event["month"])
        ]
        if before.size:
            waits.append(int(event["month"]) - int(before.max()))
    return float(np.median(waits)) if waits else np.nan


@statistic("months", EXITS, companies=True)
def months_without_company(view: View) -> float:
    """Median months from a company's leaving to the next one's coming; who still waits at the end
    counts with the months so far."""
    managed = np.isin(view.record.outcomes.mode, MANAGED)
    last = view.choice.months[1]
    waits = []
    for event in view.left((*ACTIVE, *PASSIVE)):
        month = int(event["month"])
        again = np.flatnonzero(managed[month : last + 1, event["estate"]])
        waits.append(int(again[0]) if again.size else last - month)
    return float(np.median(waits)) if waits else np.nan


@statistic("share", ESTATES, difference=True)
def self_managed_change(view: View) -> float:
    """Change of an estate's yearly collection from its twelfth month of self-management to its last,
    spells of three years or more."""
    first = view.choice.months[0]
    rate = ratio(view.record.outcomes.paid_12, view.record.outcomes.billed_12)
    changes = [
        rate[end - 1, estate] - rate[begin + MONTHS_PER_YEAR - 1, estate]
        for estate, begin, end in _self_spells(view)
        if end - begin >= LEAST_SELF_MONTHS and end > first
    ]
    return _known_mean(np.array(changes))


@statistic("months", ESTATES)
def self_managed_months(view: View) -> float:
    """Median months that self-management lasted, of spells that ended within the chosen months."""
    first, last = view.choice.months
    lengths = [end - begin for _, begin, end in _self_spells(view) if first <= end <= last]
    return float(np.median(lengths)) if lengths else np.nan


@statistic("share", VOTES)
def price_cut(view: View) -> float:
    """Mean part by which a voted cut lowered the fee."""
    cuts = []
    for event in view.moments(Event.PRICE_CUT):
        before = view.record.outcomes.price[int(event["month"]) - 1, event["estate"]]
        after = view.record.outcomes.price[int(event["month"]), event["estate"]]
        if before > 0:
            cuts.append(1 - float(after) / float(before))
    return _mean(np.array(cuts))


@statistic("share", MONEY, companies=True)
def takeover_gain(view: View) -> float:
    """Money collected in the year after a state-owned company took an estate, less that of the year
    before, over both; mean over takeovers."""
    collected = view.record.outcomes.collected_12.astype(np.float64)
    gains = []
    for event in view.moments(Event.FALLBACK_TAKEN):
        month, estate = int(event["month"]), event["estate"]
        if month >= 1 and month + MONTHS_PER_YEAR < len(collected):
            before, after = collected[month - 1, estate], collected[month + MONTHS_PER_YEAR, estate]
            if before + after > 0:
                gains.append((after - before) / (after + before))
    return _mean(np.array(gains))


@statistic("share", MONEY)
def maintenance_fund_use(view: View) -> float:
    """Maintenance funds spent on works, a year, over what they held on the mean; of all estates, since a fund
    is held whoever manages."""
    flows = np.stack([page.flows for page in view.record.pages])
    came = flows[:, [Purpose.OPENING_MAINTENANCE, Purpose.MAINTENANCE_INTEREST]].sum(axis=1)
    spent = flows[:, Purpose.MAINTENANCE_WORKS]
    held = np.cumsum(came - spent)[view.span].astype(np.float64)
    return float(spent[view.span].mean() * MONTHS_PER_YEAR / held.mean()) if held.any() else np.nan


@statistic("share", UNSTATED)
def not_represented(view: View) -> float:
    """For what was reported and cannot be measured yet: it never has a value, and its pattern says
    which mechanism it needs."""
    return np.nan


def _median_wait(view: View, good: np.ndarray) -> float:
    """Median months from the last good month of an estate (months from 0 x estates) to its company's
    leaving; NaN without any."""
    waits = []
    for event in view.left(ACTIVE):
        before = np.flatnonzero(good[: event["month"], event["estate"]])
        if before.size:
            waits.append(int(event["month"]) - int(before[-1]))
    return float(np.median(waits)) if waits else np.nan


def _self_spells(view: View) -> list[tuple[int, int, int]]:
    """(estate, first month, month after the last) of every spell of self-management of chosen
    estates, from month 0 on."""
    spells = []
    own = view.record.outcomes.mode == SELF
    for estate in np.flatnonzero(own.any(axis=0) & view.chosen):
        edges = np.diff(np.concatenate([[False], own[:, estate]]).astype(np.int8))
        begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        spells += [
            (int(estate), int(begin), int(ends[place]) if place < ends.size else len(own))
            for place, begin in enumerate(begins)
        ]
    return spells


def _year(end: int) -> slice:
    """The rows of the twelve months that end in a row."""
    return slice(max(0, int(end) - MONTHS_PER_YEAR + 1), int(end) + 1)


def _held_by_most(values: np.ndarray, percent: float) -> float:
    """Share of a total that the given part of all has that has most; the last of them counts in
    part. NaN without a total."""
    total = float(values.sum())
    if not values.size or total <= 0:
        return np.nan
    number = values.size * percent / 100
    most = np.sort(values)[::-1]
    whole = int(number)
    part = (number - whole) * most[whole] if whole < most.size else 0.0
    return float(most[:whole].sum() + part) / total


def _known_mean(values: np.ndarray) -> float:
    """Mean over what is known; NaN where nothing is."""
    return _mean(values[~np.isnan(values)]) if values.size else np.nan


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


STATISTIC_WORDS = Family("statistic", STATISTICS)
