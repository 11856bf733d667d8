"""From what the figures that a table of estates does not give are drawn, and which cell is given and which is
not.

Month 0 draws what is not given from the estate's type (`sim.model.start.estates`). So that it is drawn from
the city's own rows as well, the types of the city's scenario are those of its base, weighed with the rows
that have the figure: the distribution of a figure in a type is

    (rows x that of the rows + `BASE_ROWS` x that of the base) / (rows + `BASE_ROWS`)

which is what is expected of the next estate under a Dirichlet process around the base (Ferguson 1973, Annals
of Statistics 1, 209-230); of it the scenario states the mean and the spread, or the shares. A row whose type
is not given counts to each type by its chance. The result stands in the scenario, so that another row changes
nobody's figures until the table is imported again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import COLUMNS
from sim.scenario.tables import EstateType
from sim.text import Family
from sim.words import MODES

BASE_ROWS = 10.0  # as many estates the base's distribution counts as; assumed
DIGITS = 4  # significant digits of a figure that the scenario states
GIVEN, IMPUTED, DRAWN = MARKS = ("given", "imputed", "drawn")
MARK_WORDS = Family("city.mark", MARKS)


@dataclass(frozen=True)
class Topic:
    """What the columns of the canonical table together say of an estate.

    given: columns of which one states it. between: columns that state it only in part, as the ends of a
    range. settings: of the scenario's type, from which it is drawn where it is not given; empty where the
    model draws it otherwise.
    """

    given: tuple[str, ...]
    settings: tuple[str, ...] = ()
    between: tuple[str, ...] = ()


TOPICS: dict[str, Topic] = {
    "type": Topic(("type",), ("share",)),
    "old": Topic(("old",)),
    "built_year": Topic(("built_year",), ("built_low", "built_high"), ("built_low",)),
    "district": Topic(("district",)),
    "street": Topic(("street",)),
    "community": Topic(("community",)),
    "buildings": Topic(("buildings",), ("flats_per_building",)),
    "area": Topic(("area", "flat_area"), ("area_mean",)),
    "fee": Topic(("fee", "fee_household"), ("fee_price", "fee_price_spread"), ("fee_low",)),
    "standard_cost": Topic(
        ("standard_cost", "cost_fixed", "cost_per_area"), ("cost_fixed", "cost_per_area", "cost_spread")
    ),
    "public_revenue": Topic(("public_revenue",), ("public_revenue",)),
    "mode": Topic(("mode",), ("modes",)),
    "company": Topic(("company",)),
    "committee": Topic(("committee",), ("committee_share",)),
    "collection": Topic(("collection",), ("start_collection",)),
    "arrears": Topic(("arrears",)),
    "vacancy": Topic(("vacancy",), ("vacancy",)),
    "tenants": Topic(("tenants",), ("tenants",)),
    "satisfaction": Topic(("satisfaction",)),
    "condition": Topic(("condition",), ("condition_mean", "condition_sd")),
    "quality": Topic(("quality",)),
    "legacy": Topic(("legacy",), ("legacy_share", "legacy_mean"), ("legacy_problems",)),
}
"""What month 0 needs of an estate besides its number and households, by the name of its first column."""


@dataclass(frozen=True)
class Estimate:
    """A setting of a type as the city's scenario states it.

    rows: estates that have the figure, those without a type by their chance of this one. base: what the base
    has; given: what the rows have; used: both weighed. Of shares (`modes`) one estimate a mode, the setting
    being "modes.market".
    """

    type: str
    setting: str
    rows: float
    base: float
    given: float
    used: float


@dataclass
class _Rows:
    """Figures of the estates (NaN where there is none) and how much of a row each is of a type."""

    table: EstateRows
    weights: Mapping[str, np.ndarray]
    found: list[Estimate] = field(default_factory=list)

    def figures(self, name: str) -> np.ndarray:
        """A column in the units of the table."""
        return self.table.values(name) / float(COLUMNS[name].scale)

    def moments(self, kind: str, figures: np.ndarray) -> tuple[float, float, float]:
        """Rows of a type that have a figure, its mean and its variance among them."""
        there = np.isfinite(figures)
        weights = self.weights[kind][there]
        rows = float(weights.sum())
        if rows <= 0:
            return 0.0, math.nan, math.nan
        mean = float(np.average(figures[there], weights=weights))
        return rows, mean, float(np.average((figures[there] - mean) ** 2, weights=weights))


def weighed(rows: float, given: float, base: float) -> float:
    """The mean of the given rows and the base's, each with its weight."""
    return (rows * given + BASE_ROWS * base) / (rows + BASE_ROWS)


def weighed_variance(
    rows: float, given: tuple[float, float], base: tuple[float, float]
) -> tuple[float, float]:
    """Mean and variance of the two distributions laid together, each (mean, variance)."""
    mean = weighed(rows, given[0], base[0])
    within = weighed(rows, given[1], base[1])
    return mean, within + weighed(rows, (given[0] - mean) ** 2, (base[0] - mean) ** 2)


def estimates(table: EstateRows, base: Scenario) -> list[Estimate]:
    """What the types of a city's scenario are to state, for every figure that some row gives."""
    shares = list(_type_shares(table, base))
    chances = {one.type: one.used for one in shares} or base.type_weights()
    words = table.words("type")
    unknown = np.array([not word for word in words], float)
    weights = {
        name: np.array([word == name for word in words], float) + unknown * chance
        for name, chance in chances.items()
    }
    rows = _Rows(table, weights)
    found = shares
    for name, kind in base.types.items():
        found += _of_type(name, kind, rows)
    return found


def _type_shares(table: EstateRows, base: Scenario) -> Iterator[Estimate]:
    words = [word for word in table.words("type") if word]
    if not words:
        return
    for name, share in base.type_weights().items():
        given = words.count(name) / len(words)
        yield Estimate(name, "share", len(words), share, given, weighed(len(words), given, share))


def _of_type(name: str, kind: EstateType, rows: _Rows) -> Iterator[Estimate]:
    table = rows.table
    households = table.households
    area = np.where(
        np.isnan(table.values("flat_area")), table.values("area") / households, table.values("flat_area")
    )
    yield from _built(name, kind, rows)
    yield from _mean(name, kind, rows, "flats_per_building", households / rows.figures("buildings"))
    yield from _mean(name, kind, rows, "area_mean", area)
    yield from _lognormal(name, kind, rows, _fees(rows, area))
    yield from _costs(name, kind, rows, area * households)
    yield from _mean(name, kind, rows, "public_revenue", rows.figures("public_revenue") / households)
    yield from _shares(name, kind, rows)
    yield from _mean(name, kind, rows, "committee_share", rows.figures("committee"))
    yield from _mean(name, kind, rows, "start_collection", rows.figures("collection"))
    yield from _mean(name, kind, rows, "vacancy", rows.figures("vacancy"))
    yield from _mean(name, kind, rows, "tenants", rows.figures("tenants"))
    yield from _normal(name, kind, rows, rows.figures("condition"))
    degree = rows.figures("legacy")
    some = np.where(np.isnan(degree), rows.figures("legacy_problems"), degree > 0)
    yield from _mean(name, kind, rows, "legacy_share", some)
    yield from _mean(name, kind, rows, "legacy_mean", np.where(degree > 0, degree, np.nan))


def _mean(name: str, kind: EstateType, rows: _Rows, setting: str, figures: np.ndarray) -> Iterator[Estimate]:
    number, mean, _ = rows.moments(name, figures)
    if number > 0:
        base = float(getattr(kind, setting))
        yield Estimate(name, setting, number, base, mean, weighed(number, mean, base))


def _normal(name: str, kind: EstateType, rows: _Rows, figures: np.ndarray) -> Iterator[Estimate]:
    number, mean, variance = rows.moments(name, figures)
    if number > 0:
        base = (kind.condition_mean, kind.condition_sd**2)
        used = weighed_variance(number, (mean, variance), base)
        yield Estimate(name, "condition_mean", number, base[0], mean, used[0])
        yield Estimate(name, "condition_sd", number, kind.condition_sd, variance**0.5, used[1] ** 0.5)


def _logs(rows: _Rows, name: str, figures: np.ndarray) -> tuple[float, float, float]:
    """As `moments`, of the logarithms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return rows.moments(name, np.where(figures > 0, np.log(figures), np.nan))


def _level(mean: float, variance: float) -> float:
    """The arithmetic mean of a lognormal distribution."""
    return math.exp(mean + variance / 2)


def _lognormal(name: str, kind: EstateType, rows: _Rows, figures: np.ndarray) -> Iterator[Estimate]:
    number, mean, variance = _logs(rows, name, figures)
    if number > 0 and kind.fee_price > 0:
        spread = kind.fee_price_spread
        base = (math.log(kind.fee_price) - spread**2 / 2, spread**2)
        used = weighed_variance(number, (mean, variance), base)
        yield Estimate(name, "fee_price", number, kind.fee_price, _level(mean, variance), _level(*used))
        yield Estimate(name, "fee_price_spread", number, spread, variance**0.5, used[1] ** 0.5)


def _fees(rows: _Rows, area: np.ndarray) -> np.ndarray:
    """Fees a m2: as given, by the household over its area, or the geometric middle of two ends."""
    fee, each = rows.figures("fee"), rows.figures("fee_household")
    fee = np.where(np.isnan(fee), each / area, fee)
    low, high = rows.figures("fee_low"), rows.figures("fee_high")
    return np.where(np.isnan(fee), np.sqrt(low * high), fee)


def _costs(name: str, kind: EstateType, rows: _Rows, area: np.ndarray) -> Iterator[Estimate]:
    """Costs, as how many times the type's mean estate of their area costs."""
    stated = rows.figures("standard_cost") * area
    parts = rows.figures("cost_fixed") + rows.figures("cost_per_area") * area
    usual = kind.cost_fixed + kind.cost_per_area * area
    number, mean, variance = _logs(rows, name, np.where(np.isnan(stated), parts, stated) / usual)
    if number > 0:
        spread = kind.cost_spread
        used = weighed_variance(number, (mean, variance), (-(spread**2) / 2, spread**2))
        given, level = _level(mean, variance), _level(*used)
        for setting in ("cost_fixed", "cost_per_area"):
            base = float(getattr(kind, setting))
            yield Estimate(name, setting, number, base, base * given, base * level)
        yield Estimate(name, "cost_spread", number, spread, variance**0.5, used[1] ** 0.5)


def _built(name: str, kind: EstateType, rows: _Rows) -> Iterator[Estimate]:
    """Years of completion: the even range that has the mean and the spread of both, within the years of
    either."""
    year, low, high = (rows.figures(one) for one in ("built_year", "built_low", "built_high"))
    year = np.where(np.isnan(year), (low + high) / 2, year)
    number, mean, variance = rows.moments(name, year)
    if number <= 0:
        return
    middle, years = (kind.built_low + kind.built_high) / 2, kind.built_high - kind.built_low + 1
    used = weighed_variance(number, (mean, variance), (middle, (years**2 - 1) / 12))
    half = (math.sqrt(12 * used[1] + 1) - 1) / 2
    own = year[np.isfinite(year) & (rows.weights[name] > 0)]
    first, last = min(kind.built_low, own.min()), max(kind.built_high, own.max())
    begun, done = max(first, round(used[0] - half)), min(last, round(used[0] + half))
    yield Estimate(name, "built_low", number, kind.built_low, float(own.min()), math.floor(begun))
    yield Estimate(name, "built_high", number, kind.built_high, float(own.max()), math.floor(done))


def _shares(name: str, kind: EstateType, rows: _Rows) -> Iterator[Estimate]:
    words = np.array(rows.table.words("mode"))
    known = words != ""
    number = float(rows.weights[name][known].sum())
    if number <= 0:
        return
    base: dict[str, float] = {str(mode): float(share) for mode, share in kind.modes.items()}
    base |= {str(mode): float(count) for mode, count in kind.mode_counts.items()}
    total = math.fsum(base.values())
    for mode in MODES:
        share = base.get(mode, 0.0) / total if total else float(mode == "market")
        given = float(rows.weights[name][words == mode].sum()) / number
        if share or given:
            yield Estimate(name, f"modes.{mode}", number, share, given, weighed(number, given, share))


# what the scenario states


def settings_of(found: list[Estimate]) -> dict[str, dict[str, Any]]:
    """Estimates as a scenario file states them: settings by type."""
    types: dict[str, dict[str, Any]] = {}
    for one in found:
        kind = types.setdefault(one.type, {})
        if one.setting.startswith("modes."):
            kind.setdefault("modes", {})[one.setting.removeprefix("modes.")] = one.used
        else:
            kind[one.setting] = _stated(one)
    for kind in types.values():
        if "modes" in kind:
            kind["modes"] = _whole(kind["modes"])
        if "tenants" in kind and "vacancy" in kind:
            kind["tenants"] = min(kind["tenants"], round(1 - kind["vacancy"], 6))
    if any("share" in kind for kind in types.values()):
        shares = _whole({name: kind["share"] for name, kind in types.items()})
        for name, share in shares.items():
            types[name]["share"] = share
    return types


def _stated(one: Estimate) -> float | int:
    """A figure in few digits and within what the setting allows."""
    if one.setting in ("built_low", "built_high"):
        return int(one.used)
    bounds = {type(mark).__name__: mark for mark in EstateType.model_fields[one.setting].metadata}
    low, high = getattr(bounds.get("Ge"), "ge", -math.inf), getattr(bounds.get("Le"), "le", math.inf)
    return min(max(float(f"{one.used:.{DIGITS}g}"), float(low)), float(high))


def _whole(shares: Mapping[str, float]) -> dict[str, float]:
    """Shares in few digits that still sum to one: the largest takes what rounding leaves."""
    rounded = {name: round(share, DIGITS) for name, share in shares.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rest = math.fsum(share for name, share in rounded.items() if name != largest)
    return rounded | {largest: round(1 - rest, DIGITS)}


# which cell is what


def marks(table: EstateRows, scenario: Scenario, base: Scenario) -> dict[str, tuple[str, ...]]:
    """Of every topic one mark an estate: given, imputed (the rows that have it speak, or a part of it is
    given), drawn (from the base alone); "" where there is nothing to be known, as the company of an estate
    that has none.

    A setting that differs from the base's is what rows, or the user, put into the scenario.
    """
    types = table.words("type")
    modes = table.words("mode")
    found: dict[str, tuple[str, ...]] = {}
    for name, topic in TOPICS.items():
        given = _any(table, topic.given)
        partly = _any(table, topic.between) if topic.between else np.zeros(table.size, bool)
        if name == "legacy":  # that there are no problems says how bad they are
            given |= table.values("legacy_problems") == 0
        own = {kind: _own(scenario, base, kind, topic) for kind in scenario.types}
        some = any(own.values())
        line = [
            GIVEN
            if given[row]
            else IMPUTED
            if partly[row] or (own[types[row]] if types[row] else some)
            else DRAWN
            for row in range(table.size)
        ]
        if name == "company":
            line = [
                mark if mark == GIVEN or modes[row] in ("", "market", "soe") else ""
                for row, mark in enumerate(line)
            ]
        found[name] = tuple(line)
    return found


def _any(table: EstateRows, names: tuple[str, ...]) -> np.ndarray:
    nothing = (None,) * table.size
    return np.array(
        [
            any(cells)
            for cells in zip(
                *([cell is not None for cell in table.cells.get(name, nothing)] for name in names),
                strict=True,
            )
        ]
    )


def _own(scenario: Scenario, base: Scenario, kind: str, topic: Topic) -> bool:
    """Whether a type of the city's scenario has other settings than the base's for a topic."""
    mine, theirs = scenario.types[kind], base.types.get(kind)
    return theirs is None or any(
        getattr(mine, setting) != getattr(theirs, setting) for setting in topic.settings
    )
