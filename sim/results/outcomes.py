"""The registry of outcomes: what each figure of a run means, once, for summaries, comparisons,
studies, charts and documents.

`SERIES` holds what a city, and most of them a group of estates, is like month by month; `OUTCOMES` what a
whole run came to: one number each. Adding an outcome is one entry here; its words stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import fsum
from typing import TypeVar

import numpy as np

from sim.model.month.observe import CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL
from sim.model.month.record import COLLAPSED
from sim.model.state.events import Event
from sim.results.reading import (
    PUBLIC_BEARERS,
    STATE_OWNED,
    Level,
    Reading,
    after_start,
    companies_active,
    gini,
    ratio,
    waiting_days,
    whole,
    worst_tenth,
)
from sim.text import Family, in_language, say
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import MODES, STAGES

# Over whom a figure is taken.
HOUSEHOLDS, BILLED, ESTATES, CITY = "households", "billed", "estates", "city"
MANAGED, OLD, MARKET = "managed", "old", "market"
POPULATIONS = (HOUSEHOLDS, BILLED, ESTATES, CITY, MANAGED, OLD, MARKET)
POPULATION_WORDS = Family("population", POPULATIONS)
BEARERS = (*PUBLIC_BEARERS, STATE_OWNED)
BEARER_WORDS = Family("public_bearer", BEARERS)
END, LAST_YEAR, RUN = "end", "last_year", "run"
YEARLY = MONTHS_PER_YEAR


@dataclass(frozen=True)
class Figure:
    """What every figure says of itself: unit, over whom, and 1 if more is better,
    -1 if less is, 0 if neither.

    Its words stand in the catalogs, as "series" or "outcome" and its id.
    """

    unit: str
    better: int = 0
    population: str = CITY
    id: str = field(default="", kw_only=True)

    @property
    def name(self) -> str:
        """What it is called in the current language."""
        raise NotImplementedError

    @property
    def of_a_year(self) -> bool:
        """Whether it is of the last twelve months of a run."""
        raise NotImplementedError

    def of_run(self, months: int) -> str:
        """What it is called in a run of so many months: of a shorter one than a year it
        says of which months it is."""
        said = self.window(months)
        if not self.of_a_year or said == window(YEARLY):
            return self.name
        return say("outcome.first_months", name=self.name, window=said)

    def window(self, months: int) -> str:
        """What the last twelve months of a run of so many are called, of which it is one that it has
        a value in."""
        return window(months)

    def __str__(self) -> str:
        return self.name

    def in_language(self, name: str) -> str:
        """What it is called in a language."""
        with in_language(name):
            return self.name


@dataclass(frozen=True)
class Series(Figure):
    """A monthly figure (month 0 to the last): `level` for an estate, a group and the city, or
    `city` for the city alone.

    `since`: the first month in which it means what it says (see `first_month`): 0, 1 for what is of a month
    (month 0 is a state), YEARLY for what is of the last twelve months. `later`: it was added after runs had
    been saved with these definitions; in those it is empty.
    """

    level: Callable[[Reading], Level] | None = None
    city: Callable[[Reading], np.ndarray] | None = None
    since: int = 0
    later: bool = False

    @property
    def name(self) -> str:
        """What it is called in the current language."""
        return say(f"series.{self.id}")

    @property
    def of_a_year(self) -> bool:
        """Whether it is of the last twelve months of a run."""
        return self.since == YEARLY


@dataclass(frozen=True)
class Outcome(Figure):
    """One number of a whole run: `compute`, or the value of a series over a
    `horizon` (END, LAST_YEAR or RUN).

    One that is computed says a horizon where that is the last year, and in `within` the series in whose known
    months alone it is computed.
    NaN where it does not exist, such as the collection rate over billing estates of a city that bills nobody.
    """

    compute: Callable[[Reading], float] | None = None
    series: str = ""
    horizon: str = ""
    within: str = ""

    @property
    def name(self) -> str:
        """What it is called in the current language."""
        return say(f"outcome.{self.id}")

    def window(self, months: int) -> str:
        """What those of the last twelve months of a run of so many are called that it is of: of a run
        of a year or more not all of them, where its series begins in month 12."""
        series = self.series or self.within
        first = first_month(series, months) if series else 0
        if self.horizon != LAST_YEAR or months < YEARLY or first <= months - YEARLY + 1:
            return window(months)
        if first == months:
            return say("outcome.window.one", month=months)
        return say("outcome.window.since", first=first, months=months)

    @property
    def of_a_year(self) -> bool:
        """Whether it is of the last twelve months of a run."""
        return self.horizon == LAST_YEAR or (bool(self.series) and SERIES[self.series].of_a_year)


Kind = TypeVar("Kind", bound=Figure)


def _named(table: dict[str, Kind]) -> dict[str, Kind]:
    return {name: replace(figure, id=name) for name, figure in table.items()}


def _share(flag: int) -> Callable[[Reading], Level]:
    return lambda r: Level(whole((r.out.flags & flag) > 0), households=False)


def _is(mask: Callable[[Reading], np.ndarray], households: bool = False) -> Callable[[Reading], Level]:
    return lambda r: Level(whole(mask(r)), households=households)


def _known(shares: np.ndarray) -> Level:
    """Shares that are NaN where an estate does not count."""
    return Level(whole(np.nan_to_num(shares)), ~np.isnan(shares))


def _monthly() -> dict[str, Series]:
    share = "share"
    table = {
        "collection": Series(
            share,
            1,
            HOUSEHOLDS,
            lambda r: Level(whole(r.collection)),
            since=YEARLY,
        ),
        "collection_billing": Series(
            share,
            1,
            BILLED,
            lambda r: Level(whole(np.nan_to_num(r.collection_billing)), r.billed_year > 0),
            since=YEARLY,
        ),
        "collected_per_household": Series(
            "yuan/year",
            1,
            HOUSEHOLDS,
            city=lambda r: (
                r.paid_year.sum(axis=1)
                / (FEN_PER_YUAN * int(r.households.sum()))
                * (MONTHS_PER_YEAR / np.maximum(r.window[:, 0], 1))
            ),
            since=YEARLY,
        ),
        "old_debt_repaid": Series(
            "yuan",
            0,
            city=lambda r: r.old_debt_repaid.sum(axis=1) / FEN_PER_YUAN,
            since=YEARLY,
        ),
        "collection_rate": Series(
            share,
            1,
            BILLED,
            lambda r: Level(
                whole(
                    np.where(r.out.billed > 0, r.out.collected, 0)
                    / np.where(r.out.billed > 0, r.out.billed, 1)
                ),
                r.out.billed > 0,
            ),
            since=1,
        ),
        "served_without_fee": Series(
            share,
            0,
            ESTATES,
            _is(lambda r: r.unbilled),
            since=1,
        ),
        "satisfaction": Series(share, 1, HOUSEHOLDS, _plain("satisfaction")),
        "quality": Series(share, 1, HOUSEHOLDS, _plain("quality")),
        "condition": Series(share, 1, HOUSEHOLDS, _plain("condition")),
        "trust": Series(share, 1, HOUSEHOLDS, _plain("trust")),
        "grievance": Series(share, -1, HOUSEHOLDS, _plain("grievance")),
        "cycle": Series(
            share,
            -1,
            ESTATES,
            _is(lambda r: r.cycle),
        ),
        "self_sustaining": Series(
            share,
            1,
            ESTATES,
            _is(lambda r: r.self_sustaining),
            since=YEARLY,
        ),
        "on_support": Series(
            share,
            0,
            ESTATES,
            _is(lambda r: ~r.cycle & ~r.covers_cost),
            since=YEARLY,
        ),
        "arrears": Series("yuan", -1, city=lambda r: r.out.arrears.sum(axis=1) / FEN_PER_YUAN),
        "arrears_lapsed": Series(
            "yuan/month",
            -1,
            city=lambda r: after_start(r.out.lapsed.sum(axis=1) / FEN_PER_YUAN),
            later=True,
        ),
        "nominal": Series(share, 1, ESTATES, _share(NOMINAL)),
        "charging": Series(share, 1, ESTATES, _share(CHARGING)),
        "charging_managed": Series(
            share,
            1,
            MANAGED,
            lambda r: Level(whole(r.charging & r.managed), r.managed, households=False),
            later=True,
        ),
        "charging_old": Series(
            share,
            1,
            OLD,
            lambda r: Level(whole(r.charging & r.managed & r.old), r.old, households=False),
            later=True,
        ),
        "remuneration": Series(
            share,
            0,
            MARKET,
            lambda r: Level(whole(r.remunerated), r.market_run, households=False),
            later=True,
        ),
        "skimmed": Series(
            "yuan/household/month",
            -1,
            MARKET,
            city=lambda r: after_start(
                ratio(r.out.skimmed.sum(axis=1) / FEN_PER_YUAN, r.market_run @ r.households)
            ),
            since=1,
            later=True,
        ),
        "professional": Series(share, 1, ESTATES, _share(PROFESSIONAL)),
        "break_even": Series(share, 1, ESTATES, _is(lambda r: r.breaks_even), since=YEARLY),
        "committees": Series(share, 1, ESTATES, _share(COMMITTEE)),
        "exits": Series("estates/month", -1, city=lambda r: r.events(Event.COMPANY_LEFT)),
        "tenders": Series("tenders/month", 0, city=lambda r: r.events(Event.TENDER_OPENED)),
        "suits": Series("owners/month", 0, city=lambda r: r.event_sizes(Event.SUIT), later=True),
        "group_refusals": Series("calls/month", -1, city=lambda r: r.events(Event.GROUP_REFUSAL), later=True),
        "companies_active": Series(
            "companies",
            0,
            city=lambda r: companies_active(r.out.company),
        ),
        "inequality": Series(
            "",
            -1,
            city=lambda r: gini(whole(r.out.quality)),
        ),
        "complaints_filed": Series(
            "complaints/month",
            -1,
            city=lambda r: after_start(r.out.filed.sum(axis=1, dtype=np.int64)),
        ),
        "complaints_solved": Series(
            "complaints/month",
            1,
            city=lambda r: after_start(r.out.solved.sum(axis=1, dtype=np.int64)),
        ),
        "complaints_open": Series(
            "complaints",
            -1,
            city=lambda r: r.out.open.sum(axis=1, dtype=np.int64).astype(np.float64),
        ),
        "waiting_days": Series(
            "day",
            -1,
            city=lambda r: waiting_days(
                r.out.waiting.sum(axis=1, dtype=np.int64), r.out.open.sum(axis=1, dtype=np.int64)
            ),
        ),
        "reported_collection": Series(
            share,
            0,
            BILLED,
            lambda r: _known(r.reported_collection),
            since=YEARLY,
            later=True,
        ),
        "reported_collection_gap": Series(
            share,
            0,
            BILLED,
            lambda r: _known(r.reported_collection - r.collection_billing),
            since=YEARLY,
            later=True,
        ),
        "reported_satisfaction": Series(share, 0, HOUSEHOLDS, _plain("reported_satisfaction"), later=True),
        "reported_satisfaction_gap": Series(
            share,
            0,
            HOUSEHOLDS,
            lambda r: Level(whole(r.out.reported_satisfaction) - whole(r.out.satisfaction)),
            later=True,
        ),
        "reported_nominal": Series(share, 0, ESTATES, _is(lambda r: r.reported_nominal), later=True),
        "reported_cycle": Series(share, 0, ESTATES, _is(lambda r: r.reported_cycle), later=True),
        "reported_complaints_open": Series(
            "complaints",
            0,
            city=lambda r: r.out.reported_open.sum(axis=1, dtype=np.int64).astype(np.float64),
            later=True,
        ),
        "fiscal_spending": Series(
            "yuan/month",
            -1,
            city=lambda r: after_start(r.fiscal_fen / FEN_PER_YUAN),
        ),
        "public_cost": Series(
            "yuan/month",
            -1,
            city=lambda r: after_start((r.fiscal_fen + r.state_owned_losses) / FEN_PER_YUAN),
        ),
    }
    for code, stage in enumerate(STAGES):
        table[f"stage_{stage}"] = Series(share, 0, ESTATES, _code("stage", code))
    for code, mode in enumerate(MODES):
        table[f"mode_{mode}"] = Series(share, 0, ESTATES, _code("mode", code))
    return table


def _plain(name: str) -> Callable[[Reading], Level]:
    return lambda r: Level(whole(getattr(r.out, name)))


def _code(column: str, code: int) -> Callable[[Reading], Level]:
    return lambda r: Level(whole(getattr(r.out, column) == code), households=False)


SERIES: dict[str, Series] = _named(_monthly())
Family("series", SERIES)
# Monthly series that are also kept by estate type and by district.
GROUP_SERIES = (
    "collection",
    "collection_rate",
    "satisfaction",
    "quality",
    "condition",
    "cycle",
    "self_sustaining",
)


def first_month(name: str, months: int) -> int:
    """The first month of a run of so many in which a series means what it says.

    One of the last twelve months begins in month 12, the first that has twelve simulated months behind it:
    before, collection would take in month by month what is paid late and rise for that alone, and whether an
    estate covers its cost would rest on months that nobody simulated. In a shorter run its last
    month tells of all of them.
    """
    return min(SERIES[name].since, months)


def known_months(name: str, reading: Reading) -> slice:
    """Of the last twelve months of a run, those in which a series means what it says."""
    return slice(max(reading.last.start, first_month(name, reading.months)), reading.last.stop)


def where_known(name: str, values: np.ndarray) -> np.ndarray:
    """Values of a series, month 0 to the last along the first axis, as floats that
    are NaN before its first month."""
    known = np.array(values, np.result_type(values, np.float32))
    known[: first_month(name, len(known) - 1)] = np.nan
    return known


def window(months: int) -> str:
    """What the last twelve months of a run of so many are called: "the last year", or in a
    shorter run those that it has."""
    if months >= YEARLY:
        return say("outcome.window.year")
    return say("outcome.window.months", months=months) if months > 1 else say("outcome.window.month")


def note_on_months(months: int, outcomes: Iterable[str]) -> list[str]:
    """What those of these outcomes that are of the last twelve months are of in runs that do not have
    so many, or not so many in which they are known; nothing for others."""
    if months < YEARLY:
        return [say("outcome.of_fewer_months", window=window(months))]
    own = {OUTCOMES[name].window(months) for name in outcomes if OUTCOMES[name].of_a_year}
    return [say("outcome.of_known_months", window=one) for one in sorted(own - {window(months)})]


def monthly_series(reading: Reading, names: tuple[str, ...] = tuple(SERIES)) -> dict[str, np.ndarray]:
    """Series of the whole city by name: float64, one value for month 0 to the last, NaN
    where one does not exist."""
    groups = group_series(reading, tuple(name for name in names if SERIES[name].level is not None))
    found = {}
    for name in names:
        compute = SERIES[name].city
        values = groups[name][:, 0] if compute is None else np.asarray(compute(reading), np.float64)
        found[name] = where_known(name, values)
    return found


def group_series(reading: Reading, names: tuple[str, ...] = GROUP_SERIES) -> dict[str, np.ndarray]:
    """Series by name for the city, each estate type and each district: float64, (months + 1, groups).

    Shares of estates by stage and mode are counted; everything else is a mean of levels.
    """
    levels = []
    for name in names:
        make = SERIES[name].level
        if make is None:
            raise ValueError(f"{name} exists for the whole city alone")
        levels.append(make(reading))
    means = reading.group_means(levels)
    return {name: where_known(name, mean) for name, mean in zip(names, means, strict=True)}


def estate_figures(reading: Reading) -> dict[str, np.ndarray]:
    """Each estate's own figures of the run (one entry an estate), shares as float64, months as whole numbers.

    collection_last_year, collection_billing_last_year (NaN where nobody billed), satisfaction_last_year,
    quality_last_year, condition_end; cycle_months and cycle_months_last_year: months 1..T, and of the last
    twelve, spiralling or collapsed;
    self_sustaining_months_last_year: of the last twelve, those from month 12 on; first_collapse: first month
    0..T in which it was collapsed, -1 if never; first_stage, final_stage, final_mode: codes.
    """
    out, last = reading.out, reading.last
    collapsed = out.stage == COLLAPSED
    year = last.stop - last.start
    return {
        "type": reading.types,
        "district": reading.districts,
        "households": reading.households,
        "first_stage": out.stage[0],
        "final_stage": out.stage[-1],
        "final_mode": out.mode[-1],
        "cycle_months": reading.cycle[1:].sum(axis=0),
        "cycle_months_last_year": reading.cycle[last].sum(axis=0),
        "self_sustaining_months_last_year": reading.self_sustaining[
            known_months("self_sustaining", reading)
        ].sum(axis=0),
        "first_collapse": np.where(collapsed.any(axis=0), collapsed.argmax(axis=0), -1),
        "collection_last_year": reading.collection[-1],
        "collection_billing_last_year": reading.collection_billing[-1],
        "satisfaction_last_year": whole(out.satisfaction)[last].sum(axis=0) / (2.0**32 * year),
        "quality_last_year": whole(out.quality)[last].sum(axis=0) / (2.0**32 * year),
        "condition_end": out.condition[-1],
    }


def _over(name: str, horizon: str) -> Outcome:
    """The value of a series at the end, over the last twelve months, or over the whole run."""
    series = SERIES[name]
    return Outcome(series.unit, series.better, series.population, series=name, horizon=horizon)


def _run() -> dict[str, Outcome]:
    yuan = "yuan"
    table = {
        "collection_last_year": _over("collection", END),
        "collection_billing_last_year": _over("collection_billing", END),
        "collected_per_household_last_year": _over("collected_per_household", END),
        "old_debt_repaid_last_year": _over("old_debt_repaid", END),
        "served_without_fee_last_year": _over("served_without_fee", LAST_YEAR),
        "satisfaction_last_year": _over("satisfaction", LAST_YEAR),
        "quality_last_year": _over("quality", LAST_YEAR),
        "condition_last_year": _over("condition", LAST_YEAR),
        "worst_decile_satisfaction": Outcome(
            "share", 1, HOUSEHOLDS, compute=_worst_decile, horizon=LAST_YEAR
        ),
        "cycle_share_last_year": _over("cycle", LAST_YEAR),
        "cycle_households_share_last_year": Outcome(
            "share",
            -1,
            HOUSEHOLDS,
            compute=lambda r: _household_share(r, r.cycle[r.last]),
            horizon=LAST_YEAR,
        ),
        "self_sustaining_last_year": _over("self_sustaining", LAST_YEAR),
        "self_sustaining_households_last_year": Outcome(
            "share",
            1,
            HOUSEHOLDS,
            compute=lambda r: _household_share(r, r.self_sustaining[known_months("self_sustaining", r)]),
            horizon=LAST_YEAR,
            within="self_sustaining",
        ),
        "on_support_last_year": _over("on_support", LAST_YEAR),
        "cycle_share": _over("cycle", RUN),
        "cycle_households_share": Outcome(
            "share",
            -1,
            HOUSEHOLDS,
            compute=lambda r: _household_share(r, r.cycle[1:]),
        ),
        "cycle_estate_years": Outcome(
            "estate-years",
            -1,
            ESTATES,
            compute=lambda r: np.count_nonzero(r.cycle[1:]) / MONTHS_PER_YEAR,
        ),
        "ever_collapsed": Outcome(
            "share",
            -1,
            ESTATES,
            compute=lambda r: np.count_nonzero((r.out.stage == COLLAPSED).any(axis=0)) / r.estates,
        ),
    }
    for code, stage in enumerate(STAGES):
        table[f"stage_{stage}_end"] = _over(f"stage_{stage}", END)
        table[f"stage_{stage}_households_end"] = Outcome(
            "share",
            0,
            HOUSEHOLDS,
            compute=lambda r, code=code: _household_share(r, (r.out.stage[-1] == code)[None, :]),  # type: ignore[misc]
        )
    table |= {f"mode_{mode}_end": _over(f"mode_{mode}", END) for mode in MODES}
    table |= {f"{name}_end": _over(name, END) for name in _AT_END}
    table |= {
        "exits": Outcome("exits", -1, compute=_total(Event.COMPANY_LEFT)),
        "tenders": Outcome("tenders", compute=_total(Event.TENDER_OPENED)),
        "suits": Outcome("owners", compute=lambda r: float(r.event_sizes(Event.SUIT)[1:].sum())),
        "group_refusals": Outcome("calls", -1, compute=_total(Event.GROUP_REFUSAL)),
        "companies_active_end": _over("companies_active", END),
        "complaints_last_year": Outcome(
            "complaints",
            -1,
            compute=lambda r: int(r.out.filed[r.last].sum(dtype=np.int64)),
            horizon=LAST_YEAR,
        ),
        "inequality_last_year": Outcome(
            "",
            -1,
            ESTATES,
            compute=lambda r: float(gini(_last_year(r, "quality")[None, :])[0]),
            horizon=LAST_YEAR,
        ),
        "skimmed_last_year": _over("skimmed", LAST_YEAR),
        "reported_collection_last_year": _over("reported_collection", END),
        "reported_collection_gap_last_year": _over("reported_collection_gap", END),
        "reported_satisfaction_last_year": _over("reported_satisfaction", LAST_YEAR),
        "reported_satisfaction_gap_last_year": _over("reported_satisfaction_gap", LAST_YEAR),
        "reported_cycle_share_last_year": _over("reported_cycle", LAST_YEAR),
        "arrears_end": _over("arrears", END),
        "arrears_lapsed_last_year": Outcome(
            yuan,
            -1,
            compute=lambda r: int(r.out.lapsed[r.last].sum()) / FEN_PER_YUAN,
            horizon=LAST_YEAR,
        ),
        "state_owned_cash_end": Outcome(
            yuan,
            compute=lambda r: int(r.record.state_owned_cash[-1].sum()) / FEN_PER_YUAN,
        ),
        "fiscal_spending": Outcome(
            yuan,
            -1,
            compute=lambda r: r.real_yuan(r.fiscal_fen),
        ),
        "fiscal_spending_last_year": Outcome(
            yuan,
            -1,
            compute=lambda r: r.real_yuan(r.fiscal_fen, r.last),
            horizon=LAST_YEAR,
        ),
    }
    for bearer in PUBLIC_BEARERS:
        table[f"fiscal_spending_{bearer}"] = Outcome(
            yuan,
            -1,
            compute=lambda r, bearer=bearer: r.real_yuan(_borne(r, bearer)),  # type: ignore[misc]
        )
    table |= {
        "state_owned_losses": Outcome(
            yuan,
            -1,
            compute=lambda r: r.real_yuan(r.state_owned_losses),
        ),
        "state_owned_losses_last_year": Outcome(
            yuan,
            -1,
            compute=lambda r: float(r.state_owned_lost_last_year * r.deflator[-1]) / FEN_PER_YUAN,
            horizon=LAST_YEAR,
        ),
        "public_cost": Outcome(
            yuan,
            -1,
            compute=lambda r: r.real_yuan(r.fiscal_fen + r.state_owned_losses),
        ),
        "public_cost_last_year": Outcome(
            yuan,
            -1,
            compute=lambda r: (
                r.real_yuan(r.fiscal_fen, r.last)
                + float(r.state_owned_lost_last_year * r.deflator[-1]) / FEN_PER_YUAN
            ),
            horizon=LAST_YEAR,
        ),
        "public_cost_discounted": Outcome(
            yuan,
            -1,
            compute=lambda r: r.real_yuan(r.fiscal_fen + r.state_owned_losses, discounted=True),
        ),
    }
    return table


_AT_END = (
    "nominal",
    "charging",
    "charging_managed",
    "charging_old",
    "remuneration",
    "professional",
    "break_even",
    "committees",
    "reported_nominal",
)


def _last_year(reading: Reading, name: str) -> np.ndarray:
    """Each estate's sum of a level over the last year, in units of 1/2^32 (int64)."""
    return np.asarray(whole(getattr(reading.out, name)[reading.last]).sum(axis=0))


def _worst_decile(reading: Reading) -> float:
    year = reading.last.stop - reading.last.start
    return worst_tenth(_last_year(reading, "satisfaction"), reading.households) / (2.0**32 * year)


def _household_share(reading: Reading, mask: np.ndarray) -> float:
    """Household-months for which `mask` (months, estates) holds, of all."""
    months = int(mask.shape[0])
    return int((mask @ reading.households).sum()) / (months * int(reading.households.sum()))


def _total(kind: Event) -> Callable[[Reading], float]:
    return lambda r: float(r.events(kind)[1:].sum())


def _borne(reading: Reading, bearer: str) -> np.ndarray:
    parts = [fen for (who, _), fen in reading.fiscal.items() if who == bearer]
    return np.asarray(np.sum([np.zeros(reading.months + 1, np.int64), *parts], axis=0))


OUTCOMES: dict[str, Outcome] = _named(_run())
Family("outcome", OUTCOMES)
# What a comparison shows unless told otherwise; the first is the headline. Of the last twelve months, since a
# mean over the whole run makes what starts higher look worse.
DEFAULT_OUTCOMES = (
    "collection_last_year",
    "collection_billing_last_year",
    "collected_per_household_last_year",
    "cycle_share_last_year",
    "self_sustaining_last_year",
    "satisfaction_last_year",
    "worst_decile_satisfaction",
    "fiscal_spending",
    "state_owned_losses",
    "public_cost",
)


def run_outcomes(reading: Reading, series: Mapping[str, np.ndarray] | None = None) -> dict[str, float]:
    """Every outcome of OUTCOMES by name; NaN where one does not exist. `series`: of
    `monthly_series`, if they are there already."""
    monthly = monthly_series(reading) if series is None else series
    found = {}
    for name, outcome in OUTCOMES.items():
        if outcome.compute is not None:
            found[name] = float(outcome.compute(reading))
        else:
            found[name] = _horizon(monthly[outcome.series], outcome, reading)
    return found


def _horizon(values: np.ndarray, outcome: Outcome, reading: Reading) -> float:
    if outcome.horizon == END:
        return float(values[-1])
    last_year = outcome.horizon == LAST_YEAR
    chosen = values[known_months(outcome.series, reading) if last_year else slice(1, None)]
    return fsum(chosen) / chosen.size  # exact, in whatever order a machine adds
