"""The starting estates: drawn from their types, with exact counts of types, modes and households, or those of
a table, with what it leaves open drawn estate by estate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.model.luck import Stream, lognormals, lognormals_at, normals, quantiles, uniforms
from sim.model.state.estates import ESTATE_TYPE
from sim.scenario import EstateType, Scenario
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import OWNERS_APART
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR
from sim.words import MODES


def in_random_order(seed: int, stream: Stream, rows: np.ndarray) -> np.ndarray:
    """`rows` in the order of their addressed draws: a shuffle that adding or dropping a row leaves alone."""
    return rows[np.argsort(uniforms(seed, stream, 0, rows), kind="stable")]


def spread_exactly(numbers: dict[str, int], rows: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Cut `rows` into consecutive pieces of the given sizes."""
    pieces = []
    start = 0
    for name, number in numbers.items():
        pieces.append((name, rows[start : start + number]))
        start += number
    return pieces


def draw_estates(scenario: Scenario, seed: int, q: np.void) -> np.ndarray:
    """The estates' table with everything that does not need owners or companies: type,
    place, size, price, cost, mode.

    `q` is the one row of parameters.
    """
    if scenario.estates is not None:
        return listed_estates(scenario, scenario.estates.rows, seed, q)
    count = scenario.city.estates
    estates = np.zeros(count, ESTATE_TYPE)
    rows = np.arange(count)
    estates["number"] = rows
    by_type = spread_exactly(scenario.estates_by_type(), in_random_order(seed, Stream.ESTATE_TYPE, rows))
    sizes = np.zeros(count)
    least = np.ones(count, np.int64)
    for code, (name, members) in enumerate(by_type):
        kind = scenario.types[name]
        members = np.sort(members)
        estates["type"][members] = code
        estates["old"][members] = int(kind.old)
        sizes[members] = lognormals(
            kind.households_mean, kind.households_spread, seed, Stream.ESTATE_HOUSEHOLDS, members
        )
        least[members] = kind.households_min
        _draw_traits(estates, members, kind, seed, q)
    estates["households"] = whole_sizes(sizes, least, scenario.city.households)
    for name, members in by_type:
        _assign_modes(estates, np.sort(members), scenario.types[name], seed, q)
    estates["public_revenue"] *= estates["households"]
    _place(estates, scenario, _spread_evenly(scenario, seed, rows))
    estates["buildings"] = _buildings(estates, scenario)
    _lay_out(estates)
    estates["first_luck"] = estates["first_owner"]
    _as_new(estates, q)
    return estates


def _as_new(estates: np.ndarray, q: np.void) -> None:
    estates["company"] = -1
    estates["former_company"] = -1
    estates["trust"] = q["start_trust"]
    estates["condition_start"] = estates["condition"]


def _draw_traits(
    estates: np.ndarray, members: np.ndarray, kind: EstateType, seed: int, q: np.void
) -> np.ndarray:
    """Fill in what estates of a type are like; returns how much each is worth, by these draws alone, to who
    manages it: the standard normal place of the price over the cost at its condition."""
    numbers = estates["number"][members]
    age_luck = uniforms(seed, Stream.ESTATE_AGE, 0, numbers)
    estates["built_year"][members] = np.floor(
        kind.built_low + age_luck * (kind.built_high - kind.built_low + 1)
    )
    dear = normals(seed, Stream.ESTATE_PRICE, 0, numbers)
    costly = normals(seed, Stream.ESTATE_COST, 0, numbers)
    follows = q["start_price_follows_cost"]
    # the price was set by somebody who knew what serving the estate costs, to this degree
    dear = follows * costly + np.sqrt(1.0 - follows * follows) * dear
    estates["price"][members] = FEN_PER_YUAN * lognormals_at(kind.fee_price, kind.fee_price_spread, dear)
    cost = lognormals_at(1.0, kind.cost_spread, costly)
    estates["cost_fixed"][members] = FEN_PER_YUAN * kind.cost_fixed * cost
    # per m2 until the owners' areas are known
    estates["cost_area"][members] = FEN_PER_YUAN * kind.cost_per_area * cost
    kept = normals(seed, Stream.ESTATE_CONDITION, 0, numbers)
    condition = kind.condition_mean + kind.condition_sd * kept
    estates["condition"][members] = np.clip(condition, q["start_condition_least"], q["start_condition_most"])
    luck = uniforms(seed, Stream.ESTATE_LEGACY, 0, numbers)
    if kind.legacy_share > 0:
        # those with defects: level uniform around the mean, by where in the lucky share the draw fell
        level = legacy_level(kind, luck / kind.legacy_share, q)
        estates["legacy"][members] = np.where(luck < kind.legacy_share, level, 0.0)
    revenue = lognormals(
        kind.public_revenue, q["start_public_revenue_spread"], seed, Stream.ESTATE_PUBLIC_REVENUE, numbers
    )
    # per household until the number of households is known
    estates["public_revenue"][members] = FEN_PER_YUAN * revenue / MONTHS_PER_YEAR
    worn = q["service_condition_cost"] * kind.condition_sd
    by_price, by_cost = kind.fee_price_spread, kind.cost_spread
    spread = by_price * by_price + by_cost * by_cost - 2.0 * follows * by_price * by_cost + worn * worn
    if spread <= 0.0:
        return np.zeros(members.size)
    return np.asarray((by_price * dear - by_cost * costly + worn * kept) / np.sqrt(spread))


def legacy_level(kind: EstateType, place: np.ndarray, q: np.void) -> np.ndarray:
    """How bad defects are where there are some, by a place in (0, 1)."""
    spread = q["start_legacy_spread"]
    return np.asarray(np.minimum(kind.legacy_mean * (1.0 - spread + 2.0 * spread * place), 1.0))


def _worth(rows: np.ndarray, area: np.ndarray, q: np.void) -> np.ndarray:
    """Full billing over the cost of full service, of estates whose costs are per m2 as yet and whose flats
    have so much floor area (m2) in all."""
    worn = 1.0 + q["service_condition_cost"] * (1.0 - rows["condition"])
    return np.asarray(rows["price"] * area / ((rows["cost_fixed"] + rows["cost_area"] * area) * worn))


def _place_in_order(seed: int, numbers: np.ndarray, worth: np.ndarray, q: np.void) -> np.ndarray:
    """Standard normal places of estates in the order of modes, the companies' first: luck, and how little an
    estate is worth to who manages it (standard normal), as far as `start.modes_follow_worth` says."""
    follows = q["start_modes_follow_worth"]
    luck = quantiles(uniforms(seed, Stream.ESTATE_MODE, 0, numbers))
    return np.asarray(np.sqrt(1.0 - follows * follows) * luck - follows * worth)


def _assign_modes(estates: np.ndarray, members: np.ndarray, kind: EstateType, seed: int, q: np.void) -> None:
    """Exactly so many estates of each mode as the type has; companies run those that are worth most to
    them."""
    rows = estates[members]
    rank = np.empty(members.size)
    worth = _worth(rows, kind.area_mean * rows["households"], q)
    rank[np.argsort(worth, kind="stable")] = np.arange(members.size)
    place = _place_in_order(seed, members, quantiles((rank + 0.5) / members.size), q)
    numbers = kind.estates_by_mode(members.size)
    ordered = {mode: numbers[mode] for mode in MODES if mode in numbers}
    for mode, chosen in spread_exactly(ordered, members[np.argsort(place, kind="stable")]):
        estates["mode"][chosen] = MODES.index(mode)


def whole_sizes(sizes: np.ndarray, least: np.ndarray, total: int | None) -> np.ndarray:
    """Whole household numbers (int64) at or above `least`; with `total`, scaled to sum to exactly
    that (largest remainder)."""
    if total is None:
        return np.asarray(np.maximum(np.rint(sizes).astype(np.int64), least))
    room = total - int(least.sum())
    extra = np.maximum(sizes - least, 0.0) + 1e-9
    exact = extra * (room / math.fsum(extra))
    whole = np.floor(exact).astype(np.int64)
    missing = room - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return np.asarray(least + whole)


def _spread_evenly(scenario: Scenario, seed: int, rows: np.ndarray) -> np.ndarray:
    """The community of every estate, counted over the whole city: as many in each, by addressed draw."""
    city = scenario.city
    communities = city.districts * city.streets_per_district * city.communities_per_street
    community = np.empty(rows.size, np.int64)
    community[in_random_order(seed, Stream.ESTATE_PLACE, rows)] = rows * communities // rows.size
    return community


def _place(estates: np.ndarray, scenario: Scenario, community: np.ndarray) -> None:
    """Write what follows from the communities (counted over the whole city) that estates lie in."""
    city = scenario.city
    streets = city.districts * city.streets_per_district
    street = community // city.communities_per_street
    district = street // city.streets_per_district
    estates["district"] = district
    # rows of the government table: the city, then districts, streets, communities
    estates["district_body"] = 1 + district
    estates["street"] = 1 + city.districts + street
    estates["community"] = 1 + city.districts + streets + community


def _buildings(estates: np.ndarray, scenario: Scenario) -> np.ndarray:
    kinds = list(scenario.types.values())
    flats = np.array([kind.flats_per_building for kind in kinds])[estates["type"]]
    return np.asarray(np.maximum(1, np.rint(estates["households"] / flats)).astype(np.int64))


def _lay_out(estates: np.ndarray) -> None:
    """Give owners and buildings their rows."""
    estates["first_owner"] = np.cumsum(estates["households"]) - estates["households"]
    estates["first_building"] = np.cumsum(estates["buildings"]) - estates["buildings"]


# estates of a table


def listed_estates(scenario: Scenario, table: EstateRows, seed: int, q: np.void) -> np.ndarray:
    """The estates of a table, each with its own figures, with everything that does not need owners or
    companies.

    What a table leaves open is drawn from the estate's type by luck of the estate's own, whatever other
    estates there are: of type, mode and place each has its share as its chance.
    """
    estates = np.zeros(table.size, ESTATE_TYPE)
    numbers = table.numbers
    estates["number"] = numbers
    estates["households"] = table.households
    estates["first_luck"] = given_in(table, "luck", numbers * OWNERS_APART)
    kinds = list(scenario.types.values())
    weights = scenario.type_weights()
    drawn = _chosen(uniforms(seed, Stream.ESTATE_TYPE, 0, numbers), list(weights.values()))
    estates["type"] = _codes(table.words("type"), list(weights), drawn)
    mode = np.zeros(table.size, np.int64)
    for code, kind in enumerate(kinds):
        members = np.flatnonzero(estates["type"] == code)
        estates["old"][members] = int(kind.old)
        worth = _draw_traits(estates, members, kind, seed, q)
        mode[members] = _chosen_at(_place_in_order(seed, numbers[members], worth, q), _mode_weights(kind))
    estates["mode"] = _codes(table.words("mode"), MODES, mode)
    estates["public_revenue"] *= estates["households"]
    for name in ("old", "built_year", "condition", "legacy", "public_revenue"):
        estates[name] = given_in(table, name, estates[name])
    _between_ends(estates, table, seed)
    _known_defects(estates, table, kinds, seed, q)
    _known_fees(estates, table, scenario, seed)
    _known_costs(estates, table, scenario)
    _place(estates, scenario, _known_places(table, scenario, seed))
    estates["buildings"] = given_in(
        table, "buildings", np.minimum(_buildings(estates, scenario), table.households)
    )
    _lay_out(estates)
    _as_new(estates, q)
    return estates


def given_in(table: EstateRows, name: str, otherwise: np.ndarray) -> np.ndarray:
    """The figures of a column of the table, and others where it has none."""
    values = table.values(name)
    return np.where(np.isnan(values), otherwise, values)


def _codes(words: Sequence[str], names: Sequence[str], otherwise: np.ndarray) -> np.ndarray:
    return np.array(
        [names.index(word) if word else code for word, code in zip(words, otherwise, strict=True)], np.int64
    )


def _mode_weights(kind: EstateType) -> list[float]:
    shares: dict[str, float] = {str(name): float(share) for name, share in kind.modes.items()}
    shares |= {str(name): float(count) for name, count in kind.mode_counts.items()}
    shares = shares if any(shares.values()) else {"market": 1.0}  # counts of a type that had no estate
    return [shares.get(name, 0.0) for name in MODES]


def _chosen(luck: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Which of several each draw in (0, 1) falls on, by their weights."""
    ends = np.cumsum(weights)
    last = int(np.flatnonzero(np.asarray(weights) > 0)[-1])
    return np.asarray(np.minimum(np.searchsorted(ends, luck * ends[-1], side="right"), last))


def _chosen_at(places: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """`_chosen` by standard normal places."""
    ends = np.cumsum(weights) / np.sum(weights)
    inner = (ends > 0.0) & (ends < 1.0)
    edges = np.where(ends <= 0.0, -np.inf, np.inf)
    edges[inner] = quantiles(ends[inner])
    last = int(np.flatnonzero(np.asarray(weights) > 0)[-1])
    return np.asarray(np.minimum(np.searchsorted(edges, places, side="right"), last))


def _between_ends(estates: np.ndarray, table: EstateRows, seed: int) -> None:
    """Years of completion within the ranges that a table gives."""
    low, high = table.values("built_low"), table.values("built_high")
    luck = uniforms(seed, Stream.ESTATE_AGE, 0, table.numbers)
    estates["built_year"] = np.where(
        np.isnan(low), estates["built_year"], np.floor(low + luck * (high - low + 1))
    )


def _known_defects(
    estates: np.ndarray, table: EstateRows, kinds: Sequence[EstateType], seed: int, q: np.void
) -> None:
    """Of defects that a table says there are, or are not, without their degree."""
    some = np.where(np.isnan(table.values("legacy")), table.values("legacy_problems"), np.nan)
    luck = uniforms(seed, Stream.ESTATE_LEGACY, 0, table.numbers)
    for code, kind in enumerate(kinds):
        bad = (some == 1) & (estates["type"] == code)
        estates["legacy"][bad] = legacy_level(kind, luck[bad], q)
    estates["legacy"][some == 0] = 0.0


def floor_area(scenario: Scenario, table: EstateRows, types: np.ndarray) -> np.ndarray:
    """Floor area (m2) that a table gives each estate, else what its flats have on the mean."""
    return given_in(table, "area", mean_flats(scenario, table, types) * table.households)


def mean_flats(scenario: Scenario, table: EstateRows, types: np.ndarray) -> np.ndarray:
    """Mean floor area (m2) from which the flats of each estate are drawn."""
    usual = np.array([kind.area_mean for kind in scenario.types.values()])[types]
    area = table.values("area") / table.households
    return given_in(table, "flat_area", np.where(np.isnan(area), usual, area))


def _known_fees(estates: np.ndarray, table: EstateRows, scenario: Scenario, seed: int) -> None:
    """Fees that a table states by area or by household, or between two ends."""
    estates["price"] = given_in(table, "fee", estates["price"])
    low, high = table.values("fee_low"), table.values("fee_high")
    luck = uniforms(seed, Stream.ESTATE_PRICE, 0, table.numbers)
    estates["price"] = np.where(np.isnan(low), estates["price"], low + luck * (high - low))
    a_household = table.values("fee_household") * table.households
    area = floor_area(scenario, table, estates["type"])
    estates["price"] = np.where(np.isnan(a_household), estates["price"], a_household / area)


def _known_costs(estates: np.ndarray, table: EstateRows, scenario: Scenario) -> None:
    """Costs of full service that a table states in their two parts, or all in all."""
    estates["cost_fixed"] = given_in(table, "cost_fixed", estates["cost_fixed"])
    estates["cost_area"] = given_in(table, "cost_per_area", estates["cost_area"])  # per m2 as yet
    area = floor_area(scenario, table, estates["type"])
    whole = table.values("standard_cost") * area
    # in the proportion that the type's mean estate of this area has
    kinds = scenario.types.values()
    fixed = np.array([kind.cost_fixed for kind in kinds])[estates["type"]]
    by_area = np.array([kind.cost_per_area for kind in kinds])[estates["type"]]
    level = whole / (fixed + by_area * area)
    estates["cost_fixed"] = np.where(np.isnan(whole), estates["cost_fixed"], fixed * level)
    estates["cost_area"] = np.where(np.isnan(whole), estates["cost_area"], by_area * level)


def _known_places(table: EstateRows, scenario: Scenario, seed: int) -> np.ndarray:
    """The community of every estate, counted over the whole city: anywhere within what a table says."""
    city = scenario.city
    luck = uniforms(seed, Stream.ESTATE_PLACE, 0, table.numbers)
    place = np.zeros(table.size, np.int64)
    for name, size in (
        ("district", city.districts),
        ("street", city.streets_per_district),
        ("community", city.communities_per_street),
    ):
        scaled = luck * size
        drawn = np.minimum(np.floor(scaled), size - 1)
        known = ~np.isnan(table.values(name))
        # the digits of one draw, so that it takes no other where a district or a street is known
        luck = np.where(known, luck, scaled - drawn)
        place = place * size + given_in(table, name, drawn).astype(np.int64)
    return place


def building_starts(estates: np.ndarray) -> np.ndarray:
    """First owner of every building (int64), and one entry more for the end; flats are split evenly."""
    number = np.repeat(estates["buildings"], estates["buildings"])
    households = np.repeat(estates["households"], estates["buildings"])
    first = np.repeat(estates["first_owner"], estates["buildings"])
    within = np.arange(number.size) - np.repeat(estates["first_building"], estates["buildings"])
    return np.append(first + within * households // number, estates["households"].sum())
