"""What is kept of a city once it has been simulated (`Record`: outcome columns, fixed facts, events and
ledger, nothing else), and as whole arrays (`Reading`): what every outcome is computed from, for an estate,
a group of estates and the city.

Shares are taken as whole numbers of 1/2^32 before they are weighted and added, so that a figure has the same
bits in whatever order a machine adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.model.ledger import PURPOSES, Page, ledger_lines
from sim.model.month.observe import CHARGING, REMUNERATED, Outcomes
from sim.model.month.record import own_income
from sim.model.state.events import Event
from sim.model.state.modes import MARKET, NONE, managed
from sim.model.state.tables import EVENT_TYPE
from sim.text import message
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import IN_CYCLE

if TYPE_CHECKING:
    from sim.model.engine import Engine


# Who pays out of public money; "state" stands for central and provincial programmes.
PUBLIC_BEARERS = ("city", "district", "street", "community", "state")

FACTS = (
    "number",
    "type",
    "old",
    "district",
    "street",
    "community",
    "built_year",
    "households",
    "buildings",
    "area",
    "cost_fixed",
    "cost_area",
)


def in_cycle(stage: np.ndarray) -> np.ndarray:
    """Whether estates at these stages (codes of STAGES, any shape) are in the cycle:
    spiralling or collapsed."""
    return np.isin(stage, IN_CYCLE)


class Record(NamedTuple):
    """The arrays that all tables of a run are made from; holds no reference to the city or its owners."""

    outcomes: Outcomes  # (months + 1) x estates
    facts: np.ndarray  # structured, one row an estate, fields FACTS
    events: np.ndarray  # structured, sim.model.state.tables.EVENT_TYPE, in order of time
    pages: tuple[Page, ...]  # of the ledger, one for every month from 0
    state_owned_cash: np.ndarray  # fen, (months + 1) x state-owned companies; negative where one is in debt
    types: tuple[str, ...]  # names of the estate types, in order of their codes
    programmes: tuple[str, ...]  # names of the programmes, in the order of the scenario
    first_street: int  # government row of the first street; the first community follows the last street
    first_community: int
    districts: int
    inflation: float  # per year, of all prices
    discount_rate: float  # per year
    spun_up: bool = False  # whether months before month 0 were simulated

    @property
    def ledger(self) -> list[tuple[int, str, str, str, str, int]]:
        """What moved: (month, purpose, payer kind, payee kind, programme, fen), in
        the order of the months."""
        return ledger_lines(self.pages)

    @property
    def months(self) -> int:
        """The last month recorded."""
        return int(self.outcomes.mode.shape[0]) - 1

    @property
    def estates(self) -> int:
        """The number of estates."""
        return int(self.facts.size)


def record_of(city: Engine) -> Record:
    """What a city has recorded up to its present month, or its last one if it was stepped on beyond that.

    ValueError if it was built with `record=False`.
    """
    if city.outcomes is None:
        raise ValueError(message("run.no_record", argument="record=False"))
    table, settings = city.state.estates, city.scenario.city
    facts = np.empty(table.size, [(name, table.dtype[name]) for name in FACTS])
    for name in FACTS:
        facts[name] = table[name]
    parameters = city.state.parameters[0]
    last = min(city.month, city.months)
    events = np.concatenate(city.month_events) if city.month_events else np.zeros(0, EVENT_TYPE)
    first_street = 1 + settings.districts
    return Record(
        outcomes=Outcomes(*(column[: last + 1] for column in city.outcomes)),
        facts=facts,
        events=events[events["month"] <= last],
        pages=tuple(city.pages[: last + 1]),
        state_owned_cash=np.array(city.state_owned_cash[: last + 1], np.int64),
        types=tuple(city.scenario.types),
        programmes=city.programme_names,
        first_street=first_street,
        first_community=first_street + settings.districts * settings.streets_per_district,
        districts=settings.districts,
        inflation=float(parameters["accounts_inflation"]),
        discount_rate=float(parameters["accounts_discount_rate"]),
        spun_up=city.scenario.spin_up > 0,
    )


def public_spending(pages: Sequence[Page]) -> dict[tuple[str, str], np.ndarray]:
    """Fen by month of each public bearer and programme, net of what came back, from the ledger's
    page of every month from 0.

    The programme is "" for what government does anyway. Budgets that come and lapse are left out, and so is
    what one public body gives another: a yuan counts where it leaves public hands. Sorted by name.
    """
    found: dict[tuple[str, str], np.ndarray] = {}

    def at(bearer: str, programme: str) -> np.ndarray:
        return found.setdefault((bearer, programme), np.zeros(len(pages), np.int64))

    for (payer, payee), column in zip(
        PURPOSES.values(), np.stack([page.flows for page in pages]).T, strict=True
    ):
        if "taxpayers" in (payer, payee):
            continue  # a body's yearly budget coming and going, not yet spent on anything
        for bearer, amounts in ((payer, column), (payee, -column)):
            if bearer in PUBLIC_BEARERS and column.any():
                at(bearer, "")[:] += amounts
    for month, page in enumerate(pages):
        for (programme, payer, payee), fen in page.programme_flows.items():
            for bearer, amount in ((payer, fen), (payee, -fen)):
                if bearer in PUBLIC_BEARERS and fen and "taxpayers" not in (payer, payee):
                    at(bearer, programme)[month] += amount
    return dict(sorted(found.items()))


# a finished run as whole arrays

ONE = 2.0**32
PERCENTILES = (10, 50, 90)
DAYS_PER_MONTH = 365 / 12
# What state-owned companies lose is public money too, though no budget shows it.
STATE_OWNED = "state_owned"


class Level(NamedTuple):
    """A monthly figure of every estate and how its mean is taken.

    values: int64 multiples of 1/2^32, (months + 1, estates). known: where an estate counts (None:
    everywhere). households: the mean is over households rather than over estates.
    """

    values: np.ndarray
    known: np.ndarray | None = None
    households: bool = True


class Reading:
    """What a run recorded, with what several outcomes need worked out once."""

    def __init__(self, record: Record) -> None:
        """Raises ValueError for a record in which no month was simulated."""
        if record.months < 1:
            raise ValueError(message("run.no_month"))
        self.record = record
        self.out: Outcomes = record.outcomes
        self.months = record.months
        self.types = record.facts["type"].astype(np.int64)
        self.districts = record.facts["district"].astype(np.int64)
        self.households = record.facts["households"].astype(np.int64)
        self.last = slice(max(1, self.months - MONTHS_PER_YEAR + 1), self.months + 1)
        self.type_count = len(record.types)

    @property
    def estates(self) -> int:
        """The number of estates."""
        return int(self.types.size)

    # what residents have

    @cached_property
    def cycle(self) -> np.ndarray:
        """Whether each estate is spiralling or collapsed, (months + 1, estates)."""
        return in_cycle(self.out.stage)

    @cached_property
    def covers_cost(self) -> np.ndarray:
        """Whether owners, own public revenue and the employer behind it paid an
        estate's cost of the window."""
        return np.asarray((self.own_income_year >= self.cost_year) & (self.spent_year > 0))

    @cached_property
    def charging(self) -> np.ndarray:
        """Whether each estate was billed and somebody paid."""
        return np.asarray(self.out.flags & CHARGING > 0)

    @cached_property
    def managed(self) -> np.ndarray:
        """Whether a company, an employer or the owners manage each estate; street cleaning does not count."""
        return np.asarray(managed(self.out.mode))

    @cached_property
    def market_run(self) -> np.ndarray:
        """Whether a company of the market manages each estate."""
        return np.asarray(self.out.mode == MARKET)

    @cached_property
    def remunerated(self) -> np.ndarray:
        """Whether each estate's company is paid by remuneration."""
        return np.asarray(self.out.flags & REMUNERATED > 0)

    @cached_property
    def old(self) -> np.ndarray:
        """Whether each estate is of a type that counts as old, the same in every month."""
        return np.broadcast_to(self.record.facts["old"] == 1, self.out.mode.shape)

    @cached_property
    def breaks_even(self) -> np.ndarray:
        """Whether each estate charges, and its manager's whole income covered its cost of the window."""
        return np.asarray(self.charging & (self.income_year >= self.cost_year) & (self.spent_year > 0))

    @cached_property
    def self_sustaining(self) -> np.ndarray:
        """Whether each estate is out of the cycle and covers its cost itself."""
        return np.asarray(~self.cycle & self.covers_cost)

    @cached_property
    def unbilled(self) -> np.ndarray:
        """Whether an estate is served although nobody billed it that month."""
        return np.asarray((self.out.mode != NONE) & (self.out.billed == 0))

    # what is of a window: of the last twelve months, before month 12 of those that were simulated. The
    # columns of twelve months count the months before month 1 as if they had been like the start: eleven such
    # months are in month 1, so they are taken out exactly. Where a city spun up, these months were simulated,
    # too, and stay. Bills and what was paid of them

    @cached_property
    def window(self) -> np.ndarray:
        """How many simulated months lie behind each month, up to twelve, (months + 1, 1)."""
        return self._of_a_year(np.arange(self.months + 1))[:, None]

    def _of_a_year(self, months: np.ndarray) -> np.ndarray:
        """How many of the twelve months to each month were simulated."""
        if self.record.spun_up:
            return np.full_like(months, MONTHS_PER_YEAR)
        return np.asarray(np.minimum(months, MONTHS_PER_YEAR))

    def _simulated(self, held: np.ndarray, over_twelve: np.ndarray, monthly: np.ndarray) -> np.ndarray:
        """What is `held` of twelve months, without those before month 1, by what
        they came to in `over_twelve`."""
        return self._without(held, _month_before(over_twelve, monthly))

    def _without(self, held: np.ndarray, before: np.ndarray, window: np.ndarray | None = None) -> np.ndarray:
        """What is `held` of twelve months, without those before month 1, each of which came to `before`."""
        return np.asarray(held - (MONTHS_PER_YEAR - (self.window if window is None else window)) * before)

    @cached_property
    def billed_year(self) -> np.ndarray:
        """Fen billed in each month's window."""
        return self._simulated(self.out.billed_12, self.out.billed_12, self.out.billed)

    @cached_property
    def paid_year(self) -> np.ndarray:
        """Fen of these bills that were paid by the end of the month, when due or late."""
        return self._simulated(self.out.paid_12, self.out.collected_12, self.out.collected)

    # what a manager took in and spent in the same months

    @cached_property
    def income_year(self) -> np.ndarray:
        """Fen of income in each month's window, from whomever."""
        return self._simulated(self.out.income_12, self.out.income_12, self.out.income)

    @cached_property
    def spent_year(self) -> np.ndarray:
        """Fen spent on service in each month's window."""
        return self._simulated(self.out.spending_12, self.out.spending_12, self.out.spending)

    @cached_property
    def cost_year(self) -> np.ndarray:
        """Fen spent in each month's window, on service and besides."""
        overhead = self._simulated(self.out.overhead_12, self.out.overhead_12, self.out.overhead)
        return np.asarray(self.spent_year + overhead)

    @cached_property
    def own_income_year(self) -> np.ndarray:
        """Fen of own income in each month's window; before month 1 no programme paid, so that all
        income was the estate's own."""
        out = self.out
        start = SimpleNamespace(
            mode=out.mode[0],
            income=_month_before(out.income_12, out.income),
            spending=_month_before(out.spending_12, out.spending),
            lever_company_income=0,
            lever_value_added=0,
        )
        return self._without(out.own_income_12, own_income(start))

    @cached_property
    def late(self) -> np.ndarray:
        """Fen of arrears that were repaid in each month: what they grew by, were billed and not paid, and
        did not lapse, less what is left."""
        out = self.out
        late = np.zeros_like(out.arrears)
        late[1:] = out.arrears[:-1] + (out.billed - out.collected - out.lapsed - out.arrears)[1:]
        return late

    @cached_property
    def old_debt_repaid(self) -> np.ndarray:
        """Fen paid in each month's window on bills from before it: all that was paid less
        what was paid of its own bills; 0 where the window reaches back to months that a city spun up, of
        which late payments are not recorded."""
        total = np.cumsum(self.out.collected + self.late, axis=0)
        paid = total.copy()
        paid[MONTHS_PER_YEAR:] -= total[:-MONTHS_PER_YEAR]
        repaid = paid - self.paid_year
        if self.record.spun_up:
            repaid[:MONTHS_PER_YEAR] = 0
        return np.asarray(repaid)

    @cached_property
    def collection(self) -> np.ndarray:
        """Paid by now, when due or late, of the bills of the window; a month
        without a bill counts as 0 (shares)."""
        held = self.out.billed_months
        months = self._simulated(held, held, self.out.billed > 0)
        share = self.paid_year / np.maximum(self.billed_year, 1) * (months / np.maximum(self.window, 1))
        return np.where(self.billed_year > 0, share, 0.0)

    @cached_property
    def collection_billing(self) -> np.ndarray:
        """The same over the months that were billed; NaN where none was."""
        return ratio(self.paid_year, self.billed_year)

    # what government sees of it

    @cached_property
    def reported_collection(self) -> np.ndarray:
        """Paid by then of the bills of the window, as last reported; NaN where no bill is reported of it."""
        out = self.out
        window = self._of_a_year(out.reported_month)
        before = _month_before(out.billed_12, out.billed), _month_before(out.collected_12, out.collected)
        billed = self._without(out.reported_billed_12, before[0], window)
        paid = np.clip(self._without(out.reported_paid_12, before[1], window), 0, billed)
        return ratio(paid, billed)

    @cached_property
    def reported_cycle(self) -> np.ndarray:
        """Whether each estate is spiralling or collapsed by what is reported, (months + 1, estates)."""
        return in_cycle(self.out.reported_stage)

    @cached_property
    def reported_nominal(self) -> np.ndarray:
        """Whether each estate is reported to have any management at all."""
        return np.asarray(self.out.reported_mode != NONE)

    # means over groups

    @cached_property
    def members(self) -> np.ndarray:
        """Columns of 0 and 1 that gather estates: first the whole city, then each
        type, then each district."""
        columns = [np.ones((self.estates, 1), np.int64)]
        for codes, count in ((self.types, self.type_count), (self.districts, self.record.districts)):
            columns.append((codes[:, None] == np.arange(count)).astype(np.int64))
        return np.concatenate(columns, axis=1)

    @cached_property
    def member_households(self) -> np.ndarray:
        """The same with the number of households in place of 1."""
        return self.members * self.households[:, None]

    def group_means(self, levels: Sequence[Level]) -> list[np.ndarray]:
        """The mean of each level in the city, each type and each district: float64, (months + 1,
        groups); NaN where none counts."""
        found: list[np.ndarray] = [np.empty(0)] * len(levels)
        for by_household in (True, False):
            chosen = [n for n, level in enumerate(levels) if level.households is by_household]
            if not chosen:
                continue
            weights = self.member_households if by_household else self.members
            counted = [n for n in chosen if levels[n].known is not None]
            tables = [levels[n].values for n in chosen] + [np.asarray(levels[n].known) for n in counted]
            sums = sums_by_group(tables, weights)
            counts = dict(zip(counted, sums[len(chosen) :], strict=True))
            everybody = weights.sum(axis=0)
            for number, total in zip(chosen, sums[: len(chosen)], strict=True):
                found[number] = ratio(total, counts.get(number, everybody) * ONE)
        return found

    # flows

    def yearly(self, flow: np.ndarray) -> np.ndarray:
        """What a flow (month 0 to the last) came to in each calendar year; the last
        year may be a part of one."""
        starts = np.arange(1, self.months + 1, MONTHS_PER_YEAR)
        return np.add.reduceat(flow[1:], starts - 1)

    def events(self, kind: Event) -> np.ndarray:
        """How many events of a kind there were in every month, NaN in month 0."""
        months = self.record.events["month"][self.record.events["kind"] == int(kind)]
        return after_start(np.bincount(months, minlength=self.months + 1))

    def event_sizes(self, kind: Event) -> np.ndarray:
        """The sizes of all events of a kind in every month, summed; NaN in month 0."""
        found = self.record.events[self.record.events["kind"] == int(kind)]
        return after_start(np.bincount(found["month"], found["size"], self.months + 1))

    # public money

    @cached_property
    def fiscal(self) -> dict[tuple[str, str], np.ndarray]:
        """Fen by month that public budgets spent, by (bearer, programme); see `public_spending`."""
        return public_spending(self.record.pages)

    @cached_property
    def spending(self) -> dict[tuple[str, str], np.ndarray]:
        """Fen (int64) of month 0..T by (bearer, programme), net of what came back; losses of
        state-owned companies among them.

        The programme is "" for what government does anyway. Grants between tiers and what lapses of them are
        left out, so that a yuan counts where it leaves public hands. Sorted by name.
        """
        found = dict(self.fiscal)
        if self.record.state_owned_cash.shape[1]:
            found[STATE_OWNED, ""] = self.state_owned_losses
        return dict(sorted(found.items()))

    @cached_property
    def fiscal_fen(self) -> np.ndarray:
        """Fen that public budgets of all tiers spent each month, net."""
        return np.asarray(np.sum([np.zeros(self.months + 1, np.int64), *self.fiscal.values()], axis=0))

    @cached_property
    def state_owned_losses(self) -> np.ndarray:
        """Fen that state-owned companies lost, each company and each calendar year by itself, in
        the last month of the year.

        Within a year a company's months with a gain stand against its months with a loss; a year with a gain
        counts as 0 and no company's gain covers another's loss.
        """
        cash = self.record.state_owned_cash
        losses = np.zeros(self.months + 1, np.int64)
        for start in range(0, self.months, MONTHS_PER_YEAR):
            end = min(start + MONTHS_PER_YEAR, self.months)
            losses[end] = lost(cash[start], cash[end])
        return losses

    @property
    def state_owned_lost_last_year(self) -> int:
        """Fen that state-owned companies lost over the last twelve months, each by itself."""
        cash = self.record.state_owned_cash
        return lost(cash[self.last.start - 1], cash[-1])

    @cached_property
    def deflator(self) -> np.ndarray:
        """What a yuan of each month is worth in yuan of the start year (float64); 1
        throughout without inflation."""
        return deflator(self.months, self.record.inflation)

    @cached_property
    def discount(self) -> np.ndarray:
        """What a constant yuan of each month's year is worth at the start year (float64)."""
        return discount(self.months, self.record.discount_rate)

    def real_yuan(self, fen: np.ndarray, months: slice | None = None, discounted: bool = False) -> float:
        """Fen of month 0..T (int64) added up in yuan of the start year; `discounted` to it."""
        factors = self.deflator * self.discount if discounted else self.deflator
        chosen = months or slice(0, self.months + 1)
        if np.all(factors[chosen] == 1.0):
            return int(fen[chosen].sum()) / FEN_PER_YUAN
        return float((fen[chosen] * factors[chosen]).sum()) / FEN_PER_YUAN


def deflator(months: int, inflation: float) -> np.ndarray:
    """What a yuan of each month 0 to `months` is worth in yuan of the start year
    (float64), at an inflation a year."""
    return np.asarray((1.0 + inflation) ** -_years_since_start(months))


def discount(months: int, rate: float) -> np.ndarray:
    """What a constant yuan of each month's year is worth at the start year
    (float64), at a discount rate a year."""
    return np.asarray((1.0 + rate) ** -_years_since_start(months))


def _years_since_start(months: int) -> np.ndarray:
    return (np.maximum(np.arange(months + 1), 1) - 1) // MONTHS_PER_YEAR * 1.0


def _month_before(over_twelve: np.ndarray, monthly: np.ndarray) -> np.ndarray:
    """What each month before month 1 came to (int64, one entry an estate): eleven alike are in
    month 1's figure of twelve."""
    return np.asarray((over_twelve[1].astype(np.int64) - monthly[1]) // (MONTHS_PER_YEAR - 1))


def lost(before: np.ndarray, after: np.ndarray) -> int:
    """Fen that companies lost between two balances (int64, one entry a company); a gain of one
    covers no loss of another."""
    return int(np.maximum(before - after, 0).sum())


def whole(shares: np.ndarray) -> np.ndarray:
    """Shares as int64 multiples of 1/2^32."""
    return np.rint(shares.astype(np.float64) * ONE).astype(np.int64)


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """float64 `above / below`, NaN where `below` is zero."""
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return out


def after_start(flow: np.ndarray) -> np.ndarray:
    """A monthly flow as float64 with none for month 0, which is a state and not a month."""
    flow = flow.astype(np.float64)
    flow[0] = np.nan
    return flow


def sums_by_group(tables: Sequence[np.ndarray], members: np.ndarray) -> list[np.ndarray]:
    """Each table (months x estates, whole numbers up to 2^32) times `members` (estates x groups,
    whole numbers): exact sums.

    float64 holds every such sum exactly while it stays under 2^53, in whatever order it is added, and adds
    them far faster than integers; larger cities are added as integers.
    """
    small = int(members.sum(axis=0).max()) * ONE < 2.0**53
    kind = np.float64 if small else np.int64
    stacked = np.stack(tables, dtype=kind, casting="unsafe")
    return list(stacked @ members.astype(kind))


def worst_tenth(level: np.ndarray, people: np.ndarray) -> float:
    """Mean of `level` (int64, one per estate) over the tenth of people who have least of it; one
    estate may count in part."""
    order = np.argsort(level, kind="stable")
    left = int(people.sum())  # in tenths of a person
    summed = 0
    for estate in order:
        taken = min(left, 10 * int(people[estate]))
        summed += taken * int(level[estate])
        left -= taken
        if left == 0:
            break
    return summed / int(people.sum())


def gini(level: np.ndarray) -> np.ndarray:
    """Gini coefficient of each row of non-negative integers (float64); NaN where the row sums to zero."""
    ordered = np.sort(level, axis=1)
    size = ordered.shape[1]
    # rounded to 1/2^20 first: ranks times levels of many estates must stay within 63 bits
    coarse = (ordered + 2**11) >> 12
    ranks = 2 * np.arange(1, size + 1, dtype=np.int64) - size - 1
    return ratio((coarse * ranks).sum(axis=1), size * coarse.sum(axis=1))


def companies_active(company: np.ndarray) -> np.ndarray:
    """How many different companies occur in each row (float64); -1 stands for none."""
    months = company.shape[0]
    most = int(company.max(initial=-1)) + 1
    if most == 0:
        return np.zeros(months)
    present = np.zeros((months, most), bool)
    row, column = np.nonzero(company >= 0)
    present[row, company[row, column]] = True
    return np.asarray(present.sum(axis=1).astype(np.float64))


def waiting_days(case_months: np.ndarray, cases: np.ndarray) -> np.ndarray:
    """Days that open complaints have waited on average (float64); NaN where none is open."""
    return ratio(case_months * DAYS_PER_MONTH, cases)


def percentiles(values: np.ndarray) -> np.ndarray:
    """PERCENTILES of each row (3 x rows, float64) over its entries that are not
    NaN, interpolated linearly."""
    ordered = np.sort(values.astype(np.float64), axis=1)  # NaN goes last
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    last = np.maximum(known - 1, 0)
    rows = np.arange(ordered.shape[0])
    found = []
    for percent in PERCENTILES:
        place = percent / 100 * last
        low = np.floor(place).astype(np.int64)
        below, above = ordered[rows, low], ordered[rows, np.minimum(low + 1, last)]
        found.append(below + (above - below) * (place - low))
    return np.array(found)
