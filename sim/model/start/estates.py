"""The starting estates: drawn from their types, with exact counts of types, modes and households."""

from __future__ import annotations

import math

import numpy as np

from sim.model.luck import Stream, lognormals, lognormals_at, normals, uniforms
from sim.model.state.estates import ESTATE_TYPE
from sim.scenario import EstateType, Scenario
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
    count = scenario.city.estates
    estates = np.zeros(count, ESTATE_TYPE)
    rows = np.arange(count)
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
        _assign_modes(estates, members, kind, seed)
    estates["households"] = whole_sizes(sizes, least, scenario.city.households)
    estates["public_revenue"] *= estates["households"]
    _place(estates, scenario, seed)
    estates["company"] = -1
    estates["former_company"] = -1
    estates["trust"] = q["start_trust"]
    estates["condition_start"] = estates["condition"]
    return estates


def _draw_traits(estates: np.ndarray, members: np.ndarray, kind: EstateType, seed: int, q: np.void) -> None:
    age_luck = uniforms(seed, Stream.ESTATE_AGE, 0, members)
    estates["built_year"][members] = np.floor(
        kind.built_low + age_luck * (kind.built_high - kind.built_low + 1)
    )
    dear = normals(seed, Stream.ESTATE_PRICE, 0, members)
    costly = normals(seed, Stream.ESTATE_COST, 0, members)
    follows = q["start_price_follows_cost"]
    # the price was set by somebody who knew what serving the estate costs, to this degree
    dear = follows * costly + np.sqrt(1.0 - follows * follows) * dear
    estates["price"][members] = FEN_PER_YUAN * lognormals_at(kind.fee_price, kind.fee_price_spread, dear)
    cost = lognormals_at(1.0, kind.cost_spread, costly)
    estates["cost_fixed"][members] = FEN_PER_YUAN * kind.cost_fixed * cost
    # per m2 until the owners' areas are known
    estates["cost_area"][members] = FEN_PER_YUAN * kind.cost_per_area * cost
    condition = kind.condition_mean + kind.condition_sd * normals(seed, Stream.ESTATE_CONDITION, 0, members)
    estates["condition"][members] = np.clip(condition, q["start_condition_least"], q["start_condition_most"])
    luck = uniforms(seed, Stream.ESTATE_LEGACY, 0, members)
    if kind.legacy_share > 0:
        # those with defects: level uniform around the mean, by where in the lucky share the draw fell
        spread = q["start_legacy_spread"]
        level = kind.legacy_mean * (1.0 - spread + 2.0 * spread * (luck / kind.legacy_share))
        estates["legacy"][members] = np.where(luck < kind.legacy_share, np.minimum(level, 1.0), 0.0)
    revenue = lognormals(
        kind.public_revenue, q["start_public_revenue_spread"], seed, Stream.ESTATE_PUBLIC_REVENUE, members
    )
    # per household until the number of households is known
    estates["public_revenue"][members] = FEN_PER_YUAN * revenue / MONTHS_PER_YEAR


def _assign_modes(estates: np.ndarray, members: np.ndarray, kind: EstateType, seed: int) -> None:
    shuffled = in_random_order(seed, Stream.ESTATE_MODE, members)
    for mode, rows in spread_exactly(kind.estates_by_mode(members.size), shuffled):
        estates["mode"][rows] = MODES.index(mode)


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


def _place(estates: np.ndarray, scenario: Scenario, seed: int) -> None:
    """Give every estate a community (evenly, by addressed draw), and owners and buildings their rows."""
    city = scenario.city
    streets = city.districts * city.streets_per_district
    communities = streets * city.communities_per_street
    rows = np.arange(estates.size)
    community = np.empty(estates.size, np.int64)
    community[in_random_order(seed, Stream.ESTATE_PLACE, rows)] = rows * communities // estates.size
    street = community // city.communities_per_street
    district = street // city.streets_per_district
    estates["district"] = district
    # rows of the government table: the city, then districts, streets, communities
    estates["district_body"] = 1 + district
    estates["street"] = 1 + city.districts + street
    estates["community"] = 1 + city.districts + streets + community
    kinds = list(scenario.types.values())
    flats = np.array([kind.flats_per_building for kind in kinds])[estates["type"]]
    estates["buildings"] = np.maximum(1, np.rint(estates["households"] / flats)).astype(np.int64)
    estates["first_owner"] = np.cumsum(estates["households"]) - estates["households"]
    estates["first_building"] = np.cumsum(estates["buildings"]) - estates["buildings"]


def building_starts(estates: np.ndarray) -> np.ndarray:
    """First owner of every building (int64), and one entry more for the end; flats are split evenly."""
    number = np.repeat(estates["buildings"], estates["buildings"])
    households = np.repeat(estates["households"], estates["buildings"])
    first = np.repeat(estates["first_owner"], estates["buildings"])
    within = np.arange(number.size) - np.repeat(estates["first_building"], estates["buildings"])
    return np.append(first + within * households // number, estates["households"].sum())
