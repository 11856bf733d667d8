"""The two owner passes in pure NumPy: whole columns at once, with the formulas of
formulas.py, to the same bits."""

from __future__ import annotations

import numpy as np

from sim.model.luck import philox
from sim.model.state.owners import Buildings, Owners

from . import formulas

F, U64 = np.float32, np.uint64
SHARE_UNIT = 2.0**15  # means of moods are sums of whole multiples of its inverse


def estate_of(estates: np.ndarray) -> np.ndarray:
    """Row of the estate of every owner."""
    return np.repeat(np.arange(estates.size), estates["households"])


def building_of(buildings: Buildings) -> np.ndarray:
    """Row of the building of every owner."""
    return np.repeat(np.arange(buildings.paid_share.size), np.diff(buildings.start))


def per_estate(values: np.ndarray, estates: np.ndarray) -> np.ndarray:
    """int64 sums over the owners of each estate."""
    return np.add.reduceat(values.astype(np.int64), estates["first_owner"])


def share_per_building(flags: np.ndarray, buildings: Buildings) -> np.ndarray:
    """float32 share of owners of each building whose flag is 1."""
    return np.add.reduceat(flags.astype(np.int64), buildings.start[:-1]).astype(F) / np.diff(
        buildings.start
    ).astype(F)


def bills_of(bill_share: np.ndarray, owners: Owners, estates: np.ndarray, q: np.void) -> np.ndarray:
    """This month's bills (int32 fen)."""
    price = (estates["price"] * bill_share).astype(F)[estate_of(estates)]
    return np.asarray(formulas.bill(owners.area, price, owners.occupancy, q["payment_vacant_bill_share_32"]))


def payment_twin(
    bill_share: np.ndarray,
    prices: np.ndarray,
    owners: Owners,
    buildings: Buildings,
    estates: np.ndarray,
    world: np.ndarray,
    q: np.void,
) -> None:
    """What `sim.model.month.owner_passes.payment_pass` does to all estates; `q` is
    the one row of parameters."""
    e, b, w = estate_of(estates), building_of(buildings), world[0]
    words = philox(
        np.arange(e.size, dtype=U64), U64(w["month"]), U64(0), U64(0), U64(w["key_0"]), U64(w["key_1"])
    )
    pay, repay, owners.luck_complaint[:], owners.luck_persuasion[:] = (
        word.astype(np.uint32) for word in words
    )
    if w["mechanism_persistence"] and w["month"] % 12 == 1:
        owners.luck_year[:] = philox(
            np.arange(e.size, dtype=U64), U64(w["month"]), U64(22), U64(0), U64(w["key_0"]), U64(w["key_1"])
        )[0].astype(np.uint32)
    bill = bills_of(bill_share, owners, estates, q)
    billed = bill_share > 0.0
    reference = q["payment_satisfaction_reference_32"]
    logit = formulas.log_odds(
        owners.duty,
        owners.service_sensitivity,
        owners.satisfaction,
        reference,
        owners.norm_sensitivity,
        payers_seen(buildings, estates, world, q)[b],
        owners.threshold,
        standing_of(estates, q)[e],
        q["payment_grievance_weight_32"],
        owners.grievance,
        q["payment_burden_weight_32"],
        bill.astype(F) / owners.income,
        q["payment_habit_weight_32"] if w["mechanism_persistence"] else F(0),
        formulas.record_of(owners.missed),
        q["payment_habit_reference_32"],
    )
    persistence = q["payment_persistence"] if w["mechanism_persistence"] else 0.0
    paid = formulas.pays(logit, formulas.lot(pay, owners.luck_year, persistence)) & billed[e]
    chance = formulas.chance_to_repay(
        q["arrears_repay_base_32"],
        q["arrears_repay_satisfied_32"],
        owners.satisfaction,
        reference,
        estates["lever_recovery"].astype(F)[e],
        q["arrears_ageing_32"],
        owners.arrears_age.astype(np.int32),
    )
    repays = (formulas.draw(repay) < chance) & billed[e]
    repaid = formulas.repaid(repays, owners.arrears, bill, np.int32(q["arrears_instalments"]))
    row = int(w["month"]) % 12
    a_year_ago = formulas.bill(
        owners.area, prices[row][e], owners.occupancy, q["payment_vacant_bill_share_32"]
    )
    kept = owners.unpaid_12 - np.where(owners.late >= 2**11, a_year_ago, 0)
    payment = np.where(paid, bill, 0)
    alone = np.where(estates["former_arrears"] == 0, 255, estates["claim_months"])
    alone = alone if w["mechanism_debt_age"] else np.full(estates.size, -1)
    turned = formulas.to_older_bills(payment, owners.arrears - repaid, owners.arrears_age, alone[e])
    estates["claim_months"] += 1
    left = owners.arrears - repaid - turned
    months = formulas.oldest_bill(owners.arrears, left, owners.arrears_age)
    reminded = q["arrears_reminded"] if w["mechanism_debt_age"] else 1.0
    gone = formulas.lapsed(left, months, q["arrears_limitation"], repay, reminded)
    gone = np.minimum(gone, np.maximum(left - kept, 0))
    unpaid = bill - payment + turned
    arrears = (left - gone + unpaid).astype(np.int32)
    owners.unpaid_12[:] = kept + np.where(unpaid > 0, bill, 0)
    owners.late[:] = owners.late * 2 % 2**12 + (unpaid > 0)
    owners.missed[:] = owners.missed * 2 % 2**12 + (bill > payment)
    prices[row] = (estates["price"] * bill_share).astype(F)
    age = formulas.months_in_arrears(arrears, owners.arrears_age)
    if w["mechanism_debt_age"]:
        oldest = np.where(left > gone, months - (gone > 0), 1)
        age = np.where(arrears > 0, oldest, 0).astype(np.uint8)
    owners.paid[:] = paid
    owners.arrears[:] = arrears
    ages = billed[e] | bool(w["mechanism_debt_age"])
    owners.arrears_age[:] = np.where(ages, age, owners.arrears_age)
    estates["billed"] = per_estate(bill, estates) * billed
    estates["collected"] = per_estate(np.where(paid, bill, 0), estates)
    estates["recovered"] = per_estate(repaid, estates)
    estates["lapsed"] = per_estate(gone, estates)
    estates["open_12"] = per_estate(np.minimum(owners.arrears, owners.unpaid_12), estates)
    estates["payers"] = per_estate(paid, estates)
    estates["debtors"] = per_estate(owners.arrears > 0, estates)
    estates["arrears"] = per_estate(owners.arrears, estates)
    of_building = e[buildings.start[:-1]]
    unbilled_share = estates["paid_share"].astype(F)[of_building]
    buildings.paid_share[:] = np.where(
        billed[of_building], share_per_building(paid, buildings), unbilled_share
    )


def payers_seen(buildings: Buildings, estates: np.ndarray, world: np.ndarray, q: np.void) -> np.ndarray:
    """Share of payers that owners of each building see (float32)."""
    of_building = estate_of(estates)[buildings.start[:-1]]
    frozen = world[0]["loop_norm"] == 0
    whole = estates["paid_share_start" if frozen else "paid_share"]
    disclosed = estates["lever_disclosure"]
    dim = np.where(disclosed >= 1.0, 0.0, q["payment_dimness"] * (1.0 - disclosed))
    seen = ((1.0 - dim) * whole + dim * q["payment_dim_prior"]).astype(F)[of_building]
    own = whole.astype(F)[of_building] if frozen else buildings.paid_share
    weight = q["payment_own_building_weight_32"]
    return np.asarray(weight * own + (F(1) - weight) * seen)


def standing_of(estates: np.ndarray, q: np.void) -> np.ndarray:
    """What speaks for paying in the whole estate (float32 logit)."""
    sanction = q["payment_sanction_weight"] * estates["lever_sanction"]
    trust = q["payment_trust_weight"] * (estates["trust"] - 0.5)
    return np.asarray((sanction + trust + estates["lever_norm"]).astype(F))


def owners_twin(
    bill_share: np.ndarray,
    solved_share: np.ndarray,
    owners: Owners,
    buildings: Buildings,
    estates: np.ndarray,
    world: np.ndarray,
    q: np.void,
) -> None:
    """What `sim.model.month.owner_passes.owners_pass` does to all estates."""
    e, w = estate_of(estates), world[0]
    quality = estates["quality" if w["loop_service"] else "quality_start"]
    condition = estates["condition" if w["loop_decay"] else "condition_start"]
    level = (
        q["satisfaction_quality_weight"] * quality
        + q["satisfaction_condition_weight"] * condition
        - q["satisfaction_legacy_weight"] * estates["legacy"]
    ) + estates["delight"]
    burden = bills_of(bill_share, owners, estates, q).astype(F) / owners.income
    value = formulas.worth(quality.astype(F)[e], burden, q["satisfaction_burden_norm_32"])
    received = level.astype(F)[e] + q["satisfaction_value_weight_32"] * value
    satisfaction = formulas.mood(
        owners.satisfaction,
        received,
        owners.expectation,
        q["satisfaction_relative_weight_32"],
        q["satisfaction_speed_32"],
    )
    owners.expectation[:] = formulas.adapted(
        owners.expectation,
        received,
        q["satisfaction_expectation_up_32"],
        q["satisfaction_expectation_down_32"],
    )
    owners.satisfaction[:] = satisfaction
    before = owners.waiting.copy()
    chance = formulas.chance_to_complain(
        q["complaints_base_32"],
        estates["lever_complaint_channel"].astype(F)[e],
        q["complaints_tolerance_32"],
        satisfaction,
        q["complaints_activism_32"],
        owners.activism,
    )
    if w["mechanism_repairs"]:
        solved = owners.answered == 1
        files = formulas.draw(owners.luck_complaint) < chance
        open_cases = complaints_twin(files, owners, estates, quality, condition, q)
        owners.waiting[:] = np.where(
            open_cases.any(1), open_cases.shape[1] - open_cases[:, ::-1].argmax(1), 0
        )
    else:
        solved = formulas.is_solved(before, owners.luck_complaint, solved_share.astype(F)[e])
        owners.waiting[:] = formulas.complaint_after(
            before, owners.luck_complaint, solved, chance, np.uint8(q["complaints_patience"])
        )
        files = (before == 0) & (owners.waiting == 1)
        open_cases = owners.waiting[:, None] == np.arange(1, 251)
        estates["complaints_solved"] = per_estate(solved, estates)
    if w["loop_grievance"]:
        owners.grievance[:] = grievance_twin(solved, owners, buildings, estates, q)
    resents = (owners.grievance > q["grievance_aggrieved_32"]) & (owners.paid == 0) & (bill_share > 0.0)[e]
    buildings.refuser_share[:] = share_per_building(resents, buildings)
    for mood in ("satisfaction", "grievance"):
        units = (getattr(owners, mood) * F(SHARE_UNIT)).astype(np.int32)
        estates[mood] = per_estate(units, estates) / (estates["households"] * SHARE_UNIT)
    estates["complaints_filed"] = per_estate(files, estates)
    estates["complaints_open"] = per_estate(open_cases.sum(1), estates)
    estates["waiting_months"] = per_estate(open_cases @ np.arange(open_cases.shape[1]), estates)


def complaints_twin(
    files: np.ndarray,
    owners: Owners,
    estates: np.ndarray,
    quality: np.ndarray,
    condition: np.ndarray,
    q: np.void,
) -> np.ndarray:
    """Write every owner's open complaints at the end of the month; returns whether one of each age in months
    is open (owners x ages)."""
    e = estate_of(estates)
    lacks = np.stack(
        [
            q["satisfaction_quality_weight"] * (1.0 - quality),
            q["satisfaction_condition_weight"] * (1.0 - condition),
            q["satisfaction_legacy_weight"] * estates["legacy"],
        ]
    )
    parts = np.cumsum(lacks, 0)[:2] / np.where(parts_of(lacks) > 0.0, parts_of(lacks), 1.0)
    ends = np.where(parts_of(lacks) > 0.0, np.floor(parts * 256.0 + 0.5), 256.0)[:, e]
    low = owners.luck_complaint % 256
    matter = (low >= ends[0]).astype(int) + (low >= ends[1])
    ages = np.arange(32)
    found = np.zeros((files.size, 32), bool)
    for code, column in enumerate((owners.open_service, owners.open_condition, owners.open_legacy)):
        had = (column[:, None] >> ages.astype(np.uint32)) % 2 == 1
        has = np.column_stack((files & (matter == code), had[:, :-1])) & (
            ages < int(q["complaints_patience"])
        )
        column[:] = (has * 2**ages).sum(1)
        found |= has
    return found


def parts_of(lacks: np.ndarray) -> np.ndarray:
    """What is lacking in each estate, summed in the order of the matters."""
    return lacks[0] + lacks[1] + lacks[2]


def grievance_twin(
    solved: np.ndarray, owners: Owners, buildings: Buildings, estates: np.ndarray, q: np.void
) -> np.ndarray:
    """Every owner's grievance at the end of the month."""
    e, b = estate_of(estates), building_of(buildings)
    reference = q["payment_satisfaction_reference_32"]
    missing = np.where(owners.satisfaction < reference, reference - owners.satisfaction, F(0))
    raised = (q["grievance_legacy"] * estates["legacy"] + estates["lever_hostility"]).astype(F)[e] + q[
        "grievance_dissatisfaction_32"
    ] * missing
    asked_share = q["grievance_persuasion_32"] * buildings.refuser_share
    asked = formulas.draw(owners.luck_persuasion) < asked_share[b]
    deadline = (np.maximum(0.0, q["complaints_deadline"] - estates["lever_deadline"]) + 1.0).astype(np.uint8)
    relief = np.minimum(1.0, q["grievance_decay"] + estates["lever_grievance"]).astype(F)
    grievance = formulas.bitterness(
        owners.grievance,
        raised,
        asked,
        q["grievance_asked_32"],
        owners.waiting > deadline[e],
        q["grievance_ignored_32"],
        relief[e],
        solved,
        q["grievance_solved_32"],
    )
    return np.asarray(grievance)
