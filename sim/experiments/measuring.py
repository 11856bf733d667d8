"""Make the summary of a finished city: whole arrays at once, and every sum an exact sum of integers.

Shares are taken as whole numbers of 1/2^32 before they are weighted and added, so that a summary has the same bits whatever
order a machine adds in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.outcomes import GROUP_SERIES, OUTCOMES, PUBLIC_BEARERS, SERIES, STATE_OWNED
from sim.experiments.summary import ESTATE_COLUMNS, RunSummary
from sim.ledger import PURPOSES
from sim.month.observe import BREAK_EVEN, CHARGING, COMMITTEE, NOMINAL, PROFESSIONAL, Outcomes
from sim.month.record import COLLAPSED, SPIRALLING
from sim.state.events import Event
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    from sim.state_owned import WatchedCity

ONE = 2.0**32
FLAGS = {
    "nominal": NOMINAL,
    "charging": CHARGING,
    "professional": PROFESSIONAL,
    "break_even": BREAK_EVEN,
    "committees": COMMITTEE,
}
LEVELS = ("satisfaction", "quality", "condition", "trust", "grievance")


def summarise(city: WatchedCity) -> RunSummary:
    """The summary of a city at its present month. ValueError if it was built with `record=False` or never stepped.

    The city must be a WatchedCity: what its state-owned companies lose is part of what it costs the public.
    """
    if city.outcomes is None or city.month < 1:
        raise ValueError("a summary needs a city that records its outcomes and has simulated a month")
    if not hasattr(city, "state_owned_cash"):
        raise ValueError(
            "a summary needs a city that watches its state-owned companies (sim.state_owned.WatchedCity)"
        )
    return _Measuring(city, Outcomes(*(column[: city.month + 1] for column in city.outcomes))).summary()


def whole(shares: np.ndarray) -> np.ndarray:
    """Shares as int64 multiples of 1/2^32."""
    return np.rint(shares.astype(np.float64) * ONE).astype(np.int64)


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """float64 `above / below`, NaN where `below` is zero."""
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) != 0)
    return out


class _Measuring:
    """The pieces of one summary, sharing what several of them need."""

    def __init__(self, city: WatchedCity, out: Outcomes) -> None:
        self.city, self.out = city, out
        self.months = city.month
        estates = city.state.estates
        self.types = estates["type"].astype(np.int64)
        self.districts = estates["district"].astype(np.int64)
        self.households = estates["households"].astype(np.int64)
        self.last = slice(max(1, self.months - MONTHS_PER_YEAR + 1), self.months + 1)
        self.cycle = (out.stage == SPIRALLING) | (out.stage == COLLAPSED)
        self.levels = {name: whole(getattr(out, name)) for name in LEVELS}
        self.spending = _public_spending(city)
        self._group()

    def _group(self) -> None:
        """Columns of 0 and 1 that gather estates: first the whole city, then each type, then each district."""
        self.type_count = len(self.city.scenario.types)
        members = [np.ones((self.types.size, 1), np.int64)]
        for codes, count in (
            (self.types, self.type_count),
            (self.districts, self.city.scenario.city.districts),
        ):
            members.append((codes[:, None] == np.arange(count)).astype(np.int64))
        self.members = np.concatenate(members, axis=1)
        self.member_households = self.members * self.households[:, None]
        billed = self.out.billed > 0
        rate = whole(np.where(billed, self.out.collected, 0) / np.where(billed, self.out.billed, 1))
        people = self.member_households.sum(axis=0) * ONE
        paid, owing, *levels = sums_by_group([rate, billed, *self.levels.values()], self.member_households)
        grouped = {"collection_rate": ratio(paid, owing * ONE)}
        grouped |= {name: ratio(level, people) for name, level in zip(LEVELS, levels, strict=True)}
        grouped["cycle"] = ratio(sums_by_group([self.cycle], self.members)[0], self.members.sum(axis=0))
        self.grouped = grouped

    def summary(self) -> RunSummary:
        series = self._series()
        cut = 1 + self.type_count
        by_group = {name: self.grouped[name].T.astype(np.float32) for name in GROUP_SERIES}
        return RunSummary(
            seed=self.city.seed,
            months=self.months,
            types=tuple(self.city.scenario.types),
            scalars=self._scalars(series),
            series={name: series[name].astype(np.float32) for name in SERIES},
            by_type={name: array[1:cut] for name, array in by_group.items()},
            by_district={name: array[cut:] for name, array in by_group.items()},
            estates=self._estates(),
            spending=self.spending,
        )

    def _series(self) -> dict[str, np.ndarray]:
        out, estates = self.out, self.types.size
        series = {name: column[:, 0] for name, column in self.grouped.items()}
        series["arrears"] = out.arrears.sum(axis=1) / FEN_PER_YUAN
        for name, bit in FLAGS.items():
            series[name] = np.count_nonzero(out.flags & bit, axis=1) / estates
        for prefix, names, codes in (("stage", STAGES, out.stage), ("mode", MODES, out.mode)):
            counts = counts_by_month(codes, len(names))
            for code, name in enumerate(names):
                series[f"{prefix}_{name}"] = counts[:, code] / estates
        series["exits"], series["tenders"] = self._events(Event.COMPANY_LEFT, Event.TENDER_OPENED)
        series["complaints_filed"] = after_start(out.filed.sum(axis=1, dtype=np.int64))
        series["inequality"] = gini(self.levels["quality"])
        series["public_cost"] = after_start(self._public_fen() / FEN_PER_YUAN)
        return series

    def _events(self, *kinds: Event) -> list[np.ndarray]:
        """How many events of each kind there were in every month."""
        chunks = self.city.month_events
        month, kind = (
            np.concatenate([chunk[name] for chunk in chunks]) if chunks else np.zeros(0, np.int64)
            for name in ("month", "kind")
        )
        return [after_start(np.bincount(month[kind == int(one)], minlength=self.months + 1)) for one in kinds]

    def _public_fen(self) -> np.ndarray:
        return np.sum([np.zeros(self.months + 1, np.int64), *self.spending.values()], axis=0)

    def _last_year(self, name: str) -> np.ndarray:
        """Each estate's mean of a level over the last year, in units of 1/2^32 times months (int64)."""
        return np.asarray(self.levels[name][self.last].sum(axis=0))

    def _scalars(self, series: dict[str, np.ndarray]) -> dict[str, float]:
        out, people, estates = self.out, self.households, self.types.size
        year, total = self.last.stop - self.last.start, int(people.sum())
        billed = out.billed[self.last].sum(axis=0)
        rate = whole(np.where(billed > 0, out.collected[self.last].sum(axis=0) / np.maximum(billed, 1), 0.0))
        found: dict[str, float] = {
            "collection_rate_last_year": float(
                ratio((rate * people).sum(), (people * (billed > 0)).sum() * ONE)
            )
        }
        for name in ("satisfaction", "quality", "condition"):
            found[f"{name}_last_year"] = int((self._last_year(name) * people).sum()) / (ONE * year * total)
        found["worst_decile_satisfaction"] = worst_tenth(self._last_year("satisfaction"), people) / (
            ONE * year
        )
        found["cycle_estate_years"] = np.count_nonzero(self.cycle[1:]) / MONTHS_PER_YEAR
        found["cycle_share"] = np.count_nonzero(self.cycle[1:]) / (self.months * estates)
        found["cycle_share_last_year"] = np.count_nonzero(self.cycle[self.last]) / (year * estates)
        found["cycle_households_share"] = int((self.cycle[1:] @ people).sum()) / (self.months * total)
        found["ever_collapsed"] = np.count_nonzero((out.stage == COLLAPSED).any(axis=0)) / estates
        for code, name in enumerate(STAGES):
            found[f"stage_{name}_households_end"] = int(people[out.stage[-1] == code].sum()) / total
        at_end = (
            *(f"stage_{name}" for name in STAGES),
            *(f"mode_{name}" for name in MODES),
            *FLAGS,
            "arrears",
        )
        found |= {f"{name}_end": float(series[name][-1]) for name in at_end}
        found |= {name: float(series[name][1:].sum()) for name in ("exits", "tenders")}
        found["companies_active_end"] = np.unique(out.company[-1][out.company[-1] >= 0]).size
        found["complaints_last_year"] = int(out.filed[self.last].sum(dtype=np.int64))
        found["inequality_last_year"] = float(gini(self._last_year("quality")[None, :])[0])
        found |= self._money()
        return {name: float(found[name]) for name in OUTCOMES}

    def _money(self) -> dict[str, float]:
        companies, public = self.city.state.companies, self._public_fen()
        cash = self.city.state.books.balances[companies["account"][companies["state_owned"] == 1]]
        found = {"state_owned_cash_end": int(cash.sum()) / FEN_PER_YUAN}
        found["public_cost"] = int(public.sum()) / FEN_PER_YUAN
        found["public_cost_last_year"] = int(public[self.last].sum()) / FEN_PER_YUAN
        for bearer in (*PUBLIC_BEARERS, STATE_OWNED):
            fen = sum(int(paid.sum()) for (who, _), paid in self.spending.items() if who == bearer)
            found[f"public_cost_{bearer}"] = fen / FEN_PER_YUAN
        return found

    def _estates(self) -> dict[str, np.ndarray]:
        out, year = self.out, self.last.stop - self.last.start
        collapsed = out.stage == COLLAPSED
        columns = {
            "type": self.types,
            "district": self.districts,
            "households": self.households,
            "first_stage": out.stage[0],
            "final_stage": out.stage[-1],
            "final_mode": out.mode[-1],
            "cycle_months": self.cycle[1:].sum(axis=0),
            "first_collapse": np.where(collapsed.any(axis=0), collapsed.argmax(axis=0), -1),
            "collection_last_year": ratio(
                out.collected[self.last].sum(axis=0), out.billed[self.last].sum(axis=0)
            ),
            "satisfaction_last_year": self._last_year("satisfaction") / (ONE * year),
            "quality_last_year": self._last_year("quality") / (ONE * year),
            "condition_end": out.condition[-1],
        }
        return {name: columns[name].astype(kind) for name, kind in ESTATE_COLUMNS.items()}


def _public_spending(city: WatchedCity) -> dict[tuple[str, str], np.ndarray]:
    """Fen by month of each public bearer and programme, net of what came back, and what state-owned companies lost; sorted by name."""
    found: dict[tuple[str, str], np.ndarray] = {}

    def at(bearer: str, programme: str) -> np.ndarray:
        return found.setdefault((bearer, programme), np.zeros(city.month + 1, np.int64))

    for (payer, payee), column in zip(
        PURPOSES.values(), np.stack([page.flows for page in city.pages]).T, strict=True
    ):
        if "taxpayers" in (payer, payee):
            continue  # a body's yearly budget coming and going, not yet spent on anything
        for bearer, amounts in ((payer, column), (payee, -column)):
            if bearer in PUBLIC_BEARERS and column.any():
                at(bearer, "")[:] += amounts
    for month, page in enumerate(city.pages):
        for (programme, payer, payee), fen in page.programme_flows.items():
            for bearer, amount in ((payer, fen), (payee, -fen)):
                if bearer in PUBLIC_BEARERS and fen and "taxpayers" not in (payer, payee):
                    at(bearer, programme)[month] += amount
    if city.state.companies["state_owned"].any():
        found[STATE_OWNED, ""] = city.state_owned_losses()
    return dict(sorted(found.items()))


def sums_by_group(tables: Sequence[np.ndarray], members: np.ndarray) -> list[np.ndarray]:
    """Each table (months x estates, whole numbers up to 2^32) times `members` (estates x groups, whole numbers): exact sums.

    float64 holds every such sum exactly while it stays under 2^53, in whatever order it is added, and adds them far faster
    than integers; larger cities are added as integers.
    """
    small = int(members.sum(axis=0).max()) * ONE < 2.0**53
    kind = np.float64 if small else np.int64
    stacked = np.stack(tables, dtype=kind, casting="unsafe")
    return list(stacked @ members.astype(kind))


def counts_by_month(codes: np.ndarray, kinds: int) -> np.ndarray:
    """How many estates have each code in each month (months x kinds, int64); `codes` is months x estates."""
    months = codes.shape[0]
    flat = (codes + (np.arange(months) * kinds)[:, None]).ravel()
    return np.bincount(flat, minlength=months * kinds).reshape(months, kinds)


def worst_tenth(level: np.ndarray, people: np.ndarray) -> float:
    """Mean of `level` (int64, one per estate) over the tenth of people who have least of it; one estate may count in part."""
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


def after_start(flow: np.ndarray) -> np.ndarray:
    """A monthly flow as float64 with none for month 0, which is a state and not a month."""
    flow = flow.astype(np.float64)
    flow[0] = np.nan
    return flow
