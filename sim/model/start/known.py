"""What a table of estates says of their companies, owners and service, put into the state of month 0.

Luck decides which owners a figure holds for, and the figure how many: whoever would be the first to pay where
few pay pays where the table says that few do. A figure that the draw would give anyway changes nothing, so
that the table of a city that was drawn is that city again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sim.errors import ScenarioError
from sim.model.luck import Stream, normals, uniforms
from sim.model.start.estates import given_in
from sim.model.start.owners import OwnerStream, sum_flats
from sim.model.state.modes import MARKET, SOE
from sim.model.state.owners import MEMORY, VACANT, Owners
from sim.problems import Problem
from sim.scenario.estate_rows import EstateRows
from sim.text import message
from sim.units import FEN_PER_YUAN

ALL = 2.0  # above every draw in (0, 1)
MOST_OWED = 2**31 - 1  # fen, of one owner
OLDEST = 250  # months of the age of a debt that a column of bytes tells apart
NEAR = 1e-7  # of a mean of single-precision figures
TRIES = 100
AT_ONCE = 500_000  # owners whose draws are held at the same time


def assign_listed(estates: np.ndarray, companies: np.ndarray, table: EstateRows, seed: int) -> None:
    """Give every company-run estate the company that its table says, else one of the right kind by its own
    draw."""
    given = table.values("company")
    luck = uniforms(seed, Stream.ESTATE_COMPANY, 0, table.numbers)
    for mode, owned in ((MARKET, 0), (SOE, 1)):
        rows = np.flatnonzero(estates["mode"] == mode)
        firms = np.flatnonzero(companies["state_owned"] == owned)
        if rows.size:
            drawn = np.floor(luck[rows] * firms.size)
            place = np.where(np.isnan(given[rows]), drawn, given[rows]).astype(np.int64)
            estates["company"][rows] = firms[place]
    companies["estates"] = np.bincount(estates["company"][estates["company"] >= 0], minlength=companies.size)


def know_owners(
    traits: np.ndarray, table: EstateRows, estates: np.ndarray, world: np.ndarray, seed: int
) -> None:
    """Write over what owners are drawn from where the table says what it must come to."""
    area, flat = table.values("area"), table.values("flat_area")
    usual = np.where(np.isnan(area), traits["area_mean"], area / table.households)
    traits["area_mean"] = np.where(np.isnan(flat), usual, flat)
    traits["duty_shift"] = given_in(table, "duty_shift", traits["duty_shift"])
    paid = table.values("collection")
    expected = np.where(np.isnan(paid), traits["expected_collection"], paid)
    traits["expected_collection"] = given_in(table, "collection_expected", expected)
    known = np.flatnonzero(~np.isnan(paid))
    for e, luck in _by_estate(known, estates, partial(uniforms, seed, OwnerStream.PAID, 0)):
        traits["paid_below"][e] = _below_which(luck, _whole(paid[e] * luck.size))
    _know_occupancy(traits, table, estates, seed)
    rows = np.flatnonzero(~np.isnan(area))
    sums = np.empty(rows.size)
    sum_flats(rows, traits, estates, world, sums)
    traits["area_scale"][rows] = area[rows] / sums


def _know_occupancy(traits: np.ndarray, table: EstateRows, estates: np.ndarray, seed: int) -> None:
    vacancy, tenants = table.values("vacancy"), table.values("tenants")
    vacant_below, let_below = traits["vacant_below"], traits["let_below"]
    known_vacant, known_let = ~np.isnan(vacancy), ~np.isnan(tenants)
    known = np.flatnonzero(known_vacant | known_let)
    for e, luck in _by_estate(known, estates, partial(uniforms, seed, OwnerStream.OCCUPANCY, 0)):
        let = let_below[e] - vacant_below[e]
        if known_vacant[e]:
            vacant_below[e] = _below_which(luck, _whole(vacancy[e] * luck.size))
            let_below[e] = max(vacant_below[e], vacancy[e] + let)
        if known_let[e]:
            empty = int(np.count_nonzero(luck < vacant_below[e]))
            let_below[e] = _below_which(luck, empty + _whole(tenants[e] * luck.size))


def _by_estate(
    rows: np.ndarray, estates: np.ndarray, draw: Callable[[np.ndarray], np.ndarray]
) -> Iterator[tuple[int, np.ndarray]]:
    """Some estates, each with the draws of its owners: of many estates in one call, since calls cost more
    than numbers do."""
    owners = int(estates["households"][rows].sum())
    for some in np.array_split(rows, -(-owners // AT_ONCE)) if owners else ():
        sizes = estates["households"][some]
        ends = np.cumsum(sizes)
        addresses = np.repeat(estates["first_luck"][some] - (ends - sizes), sizes) + np.arange(sizes.sum())
        yield from zip(some.tolist(), np.split(draw(addresses), ends[:-1]), strict=True)


def _whole(number: float) -> int:
    return math.floor(float(number) + 0.5)


def _below_which(luck: np.ndarray, number: int) -> float:
    """What exactly this number of draws are below; all of them where there are no more."""
    return ALL if number >= luck.size else float(np.partition(luck, number)[number])


def know_service(table: EstateRows, estates: np.ndarray) -> None:
    """Write the quality of service that the table knows."""
    estates["quality"] = given_in(table, "quality", estates["quality"])
    estates["quality_start"] = estates["quality"]


def known_contents(
    table: EstateRows, estates: np.ndarray, levels: np.ndarray, seed: int, q: np.void
) -> np.ndarray:
    """What satisfaction is spread around: the level of service, or where the table knows the mean
    satisfaction, what brings it about."""
    contents = levels.copy()
    wanted = table.values("satisfaction")
    known = np.flatnonzero(~np.isnan(wanted))
    for e, luck in _by_estate(known, estates, partial(normals, seed, OwnerStream.MOOD, 0)):
        contents[e] = _center(q["satisfaction_spread"] * luck, levels[e], wanted[e])
    return contents


def _center(moods: np.ndarray, start: float, mean: float) -> float:
    """Around what moods have this mean once each is kept between 0 and 1, looked for from `start` on."""
    center = start
    for _ in range(TRIES):
        contents = np.clip(center + moods, 0.0, 1.0).astype(np.float32).astype(np.float64)
        found = float(np.cumsum(contents)[-1] / contents.size)  # in order, as an estate sums it
        if found == mean or abs(found - mean) < NEAR * (center != start):
            break
        inside = np.mean((contents > 0.0) & (contents < 1.0))
        center += (mean - found) / max(float(inside), 0.1)
    return center


def know_arrears(
    name: str, table: EstateRows, owners: Owners, estates: np.ndarray, seed: int, q: np.void
) -> None:
    """Bring owners' arrears to the sum that the table knows; ScenarioError where one would owe more than can
    be."""
    wanted = table.values("arrears")
    for e in np.flatnonzero(~np.isnan(wanted)):
        total = _whole(wanted[e])
        first = int(estates["first_owner"][e])
        span = slice(first, first + int(estates["households"][e]))
        drawn = owners.arrears[span].astype(np.int64)
        if int(drawn.sum()) == total:
            continue
        months = owners.arrears_age[span].astype(np.float64)
        weights = drawn.astype(np.float64)
        if not drawn.any() and total:
            weights, months = _debtors(owners, span, total, estates[e], seed, q)
        else:
            months *= total / max(1.0, weights.sum())
        owed = _shared(total, weights)
        if owed.max(initial=0) > MOST_OWED:
            found = f"{wanted[e] / FEN_PER_YUAN:.15g}"
            allowed = message("bad_table.owed", most=MOST_OWED // FEN_PER_YUAN)
            raise ScenarioError([Problem(name, f"estates.{table.numbers[e]}.arrears", found, allowed)])
        age = np.where(owed > 0, np.clip(np.rint(months), 1, OLDEST), 0).astype(np.int64)
        owners.arrears[span] = owed
        owners.arrears_age[span] = age
        owners.missed[span] = (1 << np.minimum(age, MEMORY)) - 1


def _debtors(
    owners: Owners, span: slice, total: int, estate: np.void, seed: int, q: np.void
) -> tuple[np.ndarray, np.ndarray]:
    """Who owes, in what proportion and for how many months, where nobody was drawn to owe anything: those
    who did not pay last; where all did, as few of the next not to pay as can owe it."""
    addresses = estate["first_luck"] + np.arange(estate["households"])
    part = np.where(owners.occupancy[span] == VACANT, q["payment_vacant_bill_share"], 1.0)
    flats = owners.area[span].astype(np.float64) * part
    most = q["start_arrears_months"]
    unpaid = owners.paid[span] == 0
    if unpaid.any():
        months = 1 + np.floor(uniforms(seed, OwnerStream.ARREARS, 0, addresses) * most)
        return np.where(unpaid, months * flats, 0.0), months
    by_luck = np.argsort(-uniforms(seed, OwnerStream.PAID, 0, addresses), kind="stable")
    reach = np.cumsum((most * estate["price"] * flats)[by_luck])
    number = int(np.searchsorted(reach, total)) + 1
    chosen = np.zeros(flats.size, bool)
    chosen[by_luck[:number]] = True
    return np.where(chosen, flats, 0.0), np.full(flats.size, most)


def _shared(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in proportion to weights (alike where they are all 0) that sum to exactly `total`
    (largest remainder)."""
    weights = weights if weights.any() else np.ones(weights.size)
    exact = weights * (total / float(weights.sum()))
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: max(0, missing)]] += 1
    return whole


def know_sums(table: EstateRows, estates: np.ndarray) -> None:
    """Write what the table knows of estates as it knows it, where owners come to it but for rounding."""
    for name in ("area", "satisfaction"):
        estates[name] = given_in(table, name, estates[name])
