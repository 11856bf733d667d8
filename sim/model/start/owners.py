"""The starting population of owners, drawn once: each trait from its own stream, so owners are the same in
every scenario that shares seed, estates and types."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from sim.model.exact import normal_quantile
from sim.model.kernel import kernel, part
from sim.model.luck import block_of, lognormal_at, philox, share_of
from sim.model.month.decisions import grievance_raised
from sim.model.state.modes import billed_part
from sim.model.state.owners import (
    CONDITIONAL,
    FREE_RIDER,
    MEMORY,
    OCCUPIER,
    STEADY,
    TENANT,
    VACANT,
    Buildings,
    Owners,
)
from sim.scenario import Scenario
from sim.units import FEN_PER_YUAN

F = np.float32
I32 = np.int32
I64 = np.int64
U8 = np.uint8
U16 = np.uint16
U64 = np.uint64


class OwnerStream(IntEnum):
    """What each trait is drawn from: the streams 8 to 19 of `sim.model.luck`, named here so that a trait of
    owners is one file's matter. Never renumber: it would change published runs."""

    PAYER = 8
    OCCUPANCY = 9
    AREA = 10
    INCOME = 11
    DUTY = 12
    THRESHOLD = 13
    ACTIVISM = 14
    PAID = 15
    MOOD = 16
    ARREARS = 17


TRAITS = block_of(OwnerStream.PAYER, OwnerStream.OCCUPANCY, OwnerStream.AREA, OwnerStream.INCOME)
TRAITS_2 = block_of(OwnerStream.DUTY, OwnerStream.THRESHOLD, OwnerStream.ACTIVISM, OwnerStream.PAID)
START = block_of(OwnerStream.MOOD, OwnerStream.ARREARS)

# What the owners of an estate are drawn from, one row an estate: those of its type but where a table says
# otherwise.
ESTATE_TRAITS = np.dtype(
    [
        (name, np.float64)
        for name in (
            "area_mean",
            "area_spread",
            "area_scale",  # what brings the flats that are drawn to a floor area that is known
            "income_mean",
            "income_spread",
            "vacant_below",  # flats whose luck is below it stand empty
            "let_below",  # those between the two are let
            "duty_shift",
            "paid_below",  # owners whose luck is below it paid last
            "expected_collection",  # on which the spending of the start is planned
        )
    ]
)


def type_traits(scenario: Scenario, estates: np.ndarray) -> np.ndarray:
    """What the owners of every estate are drawn from by its type."""
    kinds = list(scenario.types.values())
    traits = np.zeros(len(kinds), ESTATE_TRAITS)
    for name in ("area_mean", "area_spread", "income_spread", "duty_shift"):
        traits[name] = [getattr(kind, name) for kind in kinds]
    traits["area_scale"] = 1.0
    traits["income_mean"] = [kind.income_mean * FEN_PER_YUAN for kind in kinds]
    traits["vacant_below"] = [kind.vacancy for kind in kinds]
    traits["let_below"] = [kind.vacancy + kind.tenants for kind in kinds]
    traits["paid_below"] = traits["expected_collection"] = [kind.start_collection for kind in kinds]
    return np.asarray(traits[estates["type"]])


@part
def draw_payer(luck: float, q: Any) -> int:
    """Payer type from one uniform draw."""
    if luck < q.payment_share_steady:
        return STEADY
    if luck < q.payment_share_steady + q.payment_share_free_rider:
        return FREE_RIDER
    return CONDITIONAL


@part
def payer_traits(payer: int, q: Any) -> tuple[Any, Any, Any]:
    """What sets a payer type apart: (shift of duty, weight of satisfaction, weight
    of neighbours' payment)."""
    service, norm = q.payment_satisfaction_weight, q.payment_norm_weight
    if payer == STEADY:
        return (
            q.payment_steady_shift,
            service * q.payment_steady_satisfaction_factor,
            norm * q.payment_steady_norm_factor,
        )
    if payer == FREE_RIDER:
        return (
            q.payment_free_rider_shift,
            service * q.payment_free_rider_satisfaction_factor,
            norm * q.payment_free_rider_norm_factor,
        )
    return 0.0, service, norm


@part
def occupancy_shift(occupancy: int, q: Any) -> Any:
    """What duty to pay loses where the owner does not live in the flat."""
    if occupancy == VACANT:
        return q.payment_vacant_shift
    if occupancy == TENANT:
        return q.payment_tenant_shift
    return 0.0


@part
def flat_of(traits: Any, word: Any) -> Any:
    """Floor area (m2) of one flat, before it is brought to a sum that is known."""
    return lognormal_at(traits.area_mean, traits.area_spread, normal_quantile(share_of(word)))


@kernel
def sum_flats(
    rows: np.ndarray, traits: np.ndarray, estates: np.ndarray, world: np.ndarray, sums: np.ndarray
) -> None:
    """Fill `sums` with the floor area (m2) that the flats of these estates have as they are drawn."""
    zero = U64(0)
    for k in range(rows.size):
        e = rows[k]
        area = I64(0)
        for i in range(estates[e].households):
            _, _, word, _ = philox(
                U64(estates[e].first_luck + i),
                zero,
                U64(TRAITS),
                zero,
                U64(world[0].key_0),
                U64(world[0].key_1),
            )
            area += I64(F(flat_of(traits[e], word)) * F(100))
        sums[k] = area / 100.0


@kernel
def draw_owners(
    first: int,
    last: int,
    moods: np.ndarray,
    levels: np.ndarray,
    contents: np.ndarray,
    traits: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Fill the owners of estates first..last-1. `moods`: mean activism; `levels`: service
    level each estate starts at; `contents`: what satisfaction is spread around."""
    q = p[0]
    key_0 = U64(world[0].key_0)
    key_1 = U64(world[0].key_1)
    zero = U64(0)
    for e in range(first, last):
        estate = estates[e]
        kind = traits[e]
        price = estate.price * billed_part(estate, q)
        for i in range(estate.first_owner, estate.first_owner + estate.households):
            address = U64(estate.first_luck + (i - estate.first_owner))
            payer_word, place_word, area_word, income_word = philox(
                address, zero, U64(TRAITS), zero, key_0, key_1
            )
            duty_word, threshold_word, active_word, start_word = philox(
                address, zero, U64(TRAITS_2), zero, key_0, key_1
            )
            mood_word, arrears_word, _, _ = philox(address, zero, U64(START), zero, key_0, key_1)
            payer = draw_payer(share_of(payer_word), q)
            place = share_of(place_word)
            occupancy = (
                VACANT if place < kind.vacant_below else (TENANT if place < kind.let_below else OCCUPIER)
            )
            area = flat_of(kind, area_word) * kind.area_scale
            income = lognormal_at(
                kind.income_mean, kind.income_spread, normal_quantile(share_of(income_word))
            )
            duty = (
                q.payment_base
                + kind.duty_shift
                + q.payment_duty_spread * normal_quantile(share_of(duty_word))
            )
            shift, service, norm = payer_traits(payer, q)
            duty += shift
            duty += occupancy_shift(occupancy, q)
            threshold = q.payment_threshold_mean + q.payment_threshold_spread * normal_quantile(
                share_of(threshold_word)
            )
            owners.area[i] = F(area)
            owners.income[i] = F(income)
            owners.duty[i] = F(duty)
            owners.threshold[i] = F(min(1.0 - q.start_threshold_edge, max(q.start_threshold_edge, threshold)))
            owners.service_sensitivity[i] = F(service)
            owners.norm_sensitivity[i] = F(norm)
            activism = moods[e] + q.start_activism_within * normal_quantile(share_of(active_word))
            owners.activism[i] = F(min(1.0, max(0.0, activism)))
            content = contents[e] + q.satisfaction_spread * normal_quantile(share_of(mood_word))
            owners.satisfaction[i] = F(min(1.0, max(0.0, content)))
            owners.expectation[i] = F(min(1.0, max(0.0, levels[e])))
            owners.grievance[i] = F(
                min(
                    1.0,
                    grievance_raised(
                        q.start_grievance_legacy * estate.legacy,
                        q.start_grievance_dissatisfaction,
                        content,
                        q.payment_satisfaction_reference,
                    ),
                )
            )
            paid = share_of(start_word) < kind.paid_below
            owners.paid[i] = U8(1) if paid else U8(0)
            owners.payer_type[i] = U8(payer)
            owners.occupancy[i] = U8(occupancy)
            if not paid and price > 0.0:
                months = 1 + int(share_of(arrears_word) * q.start_arrears_months)
                part = q.payment_vacant_bill_share if occupancy == VACANT else 1.0
                owners.arrears[i] = I32(months * area * price * part)
                owners.arrears_age[i] = U8(months)
                owners.missed[i] = U16((1 << min(months, MEMORY)) - 1)


@kernel
def sum_up_estates(owners: Owners, buildings: Buildings, estates: np.ndarray, p: np.ndarray) -> None:
    """Fill the estates' sums over their owners: area, arrears, means of activism, income,
    satisfaction and grievance."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        area = I64(0)
        billable = 0.0
        owed = I64(0)
        debtors = I64(0)
        payers = I64(0)
        active = income = content = anger = 0.0
        for i in range(estate.first_owner, estate.first_owner + estate.households):
            part = q.payment_vacant_bill_share if owners.occupancy[i] == U8(VACANT) else 1.0
            area += I64(owners.area[i] * F(100))
            billable += float(owners.area[i]) * part
            owed += I64(owners.arrears[i])
            debtors += I64(1) if owners.arrears[i] > 0 else I64(0)
            payers += I64(owners.paid[i])
            active += float(owners.activism[i])
            income += float(owners.income[i])
            content += float(owners.satisfaction[i])
            anger += float(owners.grievance[i])
        n = estate.households
        estate.area = area / 100.0
        estate.billable_area = billable
        estate.arrears = owed
        estate.debtors = debtors
        estate.paid_share = payers / n
        estate.paid_share_start = payers / n
        estate.mean_activism = active / n
        estate.mean_income = income / n
        estate.satisfaction = content / n
        estate.grievance = anger / n
        for b in range(estate.first_building, estate.first_building + estate.buildings):
            count = I64(0)
            for i in range(buildings.start[b], buildings.start[b + 1]):
                count += I64(owners.paid[i])
            buildings.paid_share[b] = F(count) / F(buildings.start[b + 1] - buildings.start[b])
