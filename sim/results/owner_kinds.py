"""What a run came to for kinds of owners: who lives in their flat, and how they decide whether to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.results.reading import ONE, whole
from sim.units import FEN_PER_YUAN
from sim.words import OCCUPANCY, PAYER_TYPES

if TYPE_CHECKING:
    from sim.model.engine import Engine

OCCUPIED, PAYER = "occupancy", "payer"  # what owners are told apart by
KINDS = {OCCUPIED: OCCUPANCY, PAYER: PAYER_TYPES}
# What is summed over the households of a cell: their number, satisfaction in the last month (shares) and
# what they owe then (yuan).
HOUSEHOLDS, SATISFACTION, ARREARS = OWNER_SUMS = ("households", "satisfaction", "arrears")


def households_of(kind: str) -> str:
    """The column of estates that says how many of their households are of a kind of owner."""
    return f"{kind}_households"


OWNER_COLUMNS = tuple(households_of(kind) for kinds in KINDS.values() for kind in kinds)


class OwnersByKind(NamedTuple):
    """by_estate: OWNER_COLUMNS, households (int64, one entry an estate). sums: OWNER_SUMS, float64, (types,
    OCCUPANCY, PAYER_TYPES)."""

    by_estate: dict[str, np.ndarray]
    sums: dict[str, np.ndarray]


def owners_by_kind(city: Engine) -> OwnersByKind:
    """Owners of a city by kind at its present month.

    Kinds never change. Satisfaction and arrears are NaN for a city that was stepped on beyond its last month,
    since a summary is of that one and owners are not recorded.
    """
    owners, estates = city.state.owners, city.state.estates
    estate = np.repeat(np.arange(estates.size), estates["households"])
    codes = {OCCUPIED: owners.occupancy.astype(np.int64), PAYER: owners.payer_type.astype(np.int64)}
    by_estate = {}
    for by, kinds in KINDS.items():
        found = np.bincount(estate * len(kinds) + codes[by], minlength=estates.size * len(kinds))
        for code, kind in enumerate(kinds):
            by_estate[households_of(kind)] = found.reshape(estates.size, -1)[:, code]
    shape = (len(city.scenario.types), len(OCCUPANCY), len(PAYER_TYPES))
    cell = np.ravel_multi_index(
        (estates["type"].astype(np.int64)[estate], codes[OCCUPIED], codes[PAYER]), shape
    )

    def summed(values: np.ndarray | None, unit: float) -> np.ndarray:
        # whole numbers, of which sums are exact in whatever order a machine adds
        return np.bincount(cell, values, int(np.prod(shape))).reshape(shape) / unit

    sums = {
        HOUSEHOLDS: summed(None, 1.0),
        SATISFACTION: summed(whole(owners.satisfaction), ONE),
        ARREARS: summed(owners.arrears, FEN_PER_YUAN),
    }
    if city.month > city.months:
        sums |= {name: np.full(shape, np.nan) for name in (SATISFACTION, ARREARS)}
    return OwnersByKind(by_estate, sums)
