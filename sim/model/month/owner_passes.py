"""The two monthly passes over owners, compiled: payment, then satisfaction and grievance.

Each estate is handled by one thread from first owner to last, and all sums are integers: the result is the
same for any number of threads. Loops run from zero over slices of the columns, so that they vectorise.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.kernel import inlined, kernel, part
from sim.model.luck import Stream, block_of, philox
from sim.model.month.complaints import about, count_open, months_below, months_from
from sim.model.month.condition import felt_condition
from sim.model.month.decisions import (
    bill_of,
    complaint_chance,
    complaint_solved,
    debt_age,
    grievance_raised,
    lapsed_amount,
    logistic_draw,
    luck_of,
    matter_of,
    next_arrears_age,
    next_expectation,
    next_grievance,
    next_open,
    next_satisfaction,
    next_waiting,
    paid_of_twelve,
    paid_to_older,
    payment_logit,
    repaid_amount,
    repayment_chance,
    share_seen,
    uniform,
    value_for_money,
)
from sim.model.month.satisfaction import level_of
from sim.model.state.owners import MEMORY, Buildings, Owners
from sim.scenario.estate_table import MOST_HOUSEHOLDS

F = np.float32
I32 = np.int32
I64 = np.int64
U8 = np.uint8
U16 = np.uint16
U32 = np.uint32
U64 = np.uint64
BLOCK = block_of(Stream.PAY, Stream.REPAY, Stream.COMPLAINT, Stream.PERSUASION)
BLOCK_YEAR = block_of(Stream.PAY_YEAR)

# Shares are summed as whole multiples of 2^-15 in int32 (up to 65,535 owners an estate): exact in any order.
SHARE_UNIT = 32768.0
_SHARE_UNIT_32 = F(32768.0)
MOST_OWNERS = MOST_HOUSEHOLDS  # of one estate, so that no sum of a pass can overflow
_LOW_HALF = U32(0xFFFF)
_HALF = U32(16)
_WINDOW = U32(0xFFF)  # bills of the last twelve months, one bit each
_ANY_AGE = I32(255)  # no debt is older
_NO_AGE = I32(-1)  # no debt is as young
_NO_MONTH = U32(0)
_YEAR_AGO = U16(0x800)  # the one that leaves the window this month


@part
def draw_words(
    first: int,
    month: Any,
    key_0: Any,
    key_1: Any,
    word_0: np.ndarray,
    word_1: np.ndarray,
    word_2: np.ndarray,
    word_3: np.ndarray,
) -> None:
    """Fill four arrays with the four streams of the owners' monthly block for owners at the
    addresses first, first + 1, …"""
    for i in range(word_0.size):
        a, b, c, d = philox(U64(U32(first + i)), month, U64(BLOCK), U64(0), key_0, key_1)
        word_0[i] = U32(a)
        word_1[i] = U32(b)
        word_2[i] = U32(c)
        word_3[i] = U32(d)


@part
def draw_year(first: int, month: Any, key_0: Any, key_1: Any, luck_year: np.ndarray) -> None:
    """What lasts a year of the luck in paying, for owners at the addresses first, first + 1, …;
    `month` is the first of the year."""
    for i in range(luck_year.size):
        luck_year[i] = U32(philox(U64(U32(first + i)), month, U64(BLOCK_YEAR), U64(0), key_0, key_1)[0])


class Payers(NamedTuple):
    """What billing and payment look at of the owners of one estate: views of their columns (every view
    costs, so no more of them)."""

    area: np.ndarray
    income: np.ndarray
    duty: np.ndarray
    threshold: np.ndarray
    service_sensitivity: np.ndarray
    norm_sensitivity: np.ndarray
    satisfaction: np.ndarray
    grievance: np.ndarray
    occupancy: np.ndarray
    paid: np.ndarray
    arrears: np.ndarray
    arrears_age: np.ndarray
    unpaid_12: np.ndarray
    late: np.ndarray
    missed: np.ndarray
    luck_year: np.ndarray


@part
def payers_of(owners: Owners, first: int, last: int) -> Payers:
    """The columns of owners first..last-1 that payment looks at."""
    return Payers(
        owners.area[first:last],
        owners.income[first:last],
        owners.duty[first:last],
        owners.threshold[first:last],
        owners.service_sensitivity[first:last],
        owners.norm_sensitivity[first:last],
        owners.satisfaction[first:last],
        owners.grievance[first:last],
        owners.occupancy[first:last],
        owners.paid[first:last],
        owners.arrears[first:last],
        owners.arrears_age[first:last],
        owners.unpaid_12[first:last],
        owners.late[first:last],
        owners.missed[first:last],
        owners.luck_year[first:last],
    )


class Residents(NamedTuple):
    """What satisfaction, complaints and grievance look at of the owners of one
    estate: views of their columns."""

    area: np.ndarray
    income: np.ndarray
    activism: np.ndarray
    occupancy: np.ndarray
    paid: np.ndarray
    luck_complaint: np.ndarray
    luck_persuasion: np.ndarray
    satisfaction: np.ndarray
    expectation: np.ndarray
    grievance: np.ndarray
    waiting: np.ndarray
    open_service: np.ndarray
    open_condition: np.ndarray
    open_legacy: np.ndarray
    answered: np.ndarray


@part
def residents_of(owners: Owners, first: int, last: int) -> Residents:
    """The columns of owners first..last-1 that their month looks at."""
    return Residents(
        owners.area[first:last],
        owners.income[first:last],
        owners.activism[first:last],
        owners.occupancy[first:last],
        owners.paid[first:last],
        owners.luck_complaint[first:last],
        owners.luck_persuasion[first:last],
        owners.satisfaction[first:last],
        owners.expectation[first:last],
        owners.grievance[first:last],
        owners.waiting[first:last],
        owners.open_service[first:last],
        owners.open_condition[first:last],
        owners.open_legacy[first:last],
        owners.answered[first:last],
    )


@inlined
def decide_payment(
    words: np.ndarray,
    norm_seen: np.ndarray,
    price: Any,
    term: Any,
    persistent: Any,
    own: Payers,
    bills: np.ndarray,
    q: Any,
) -> None:
    """Bill every owner of one estate and let them decide; `term` is what speaks for paying in the
    whole estate (log-odds).

    `persistent`: luck lasts the year, and habit counts.
    """
    # read before the loop: a record in it could be what the loop writes, for all that the compiler knows
    vacant_share = q.payment_vacant_bill_share_32
    reference = q.payment_satisfaction_reference_32
    grievance_weight = q.payment_grievance_weight_32
    burden_weight = q.payment_burden_weight_32
    lasting = U32(0)
    habit_weight, habit_reference = F(0), q.payment_habit_reference_32
    if persistent:
        lasting = U32(q.payment_persistence * 256.0 + 0.5)
        habit_weight = q.payment_habit_weight_32
    missed, luck_year = own.missed, own.luck_year
    area, occupancy, duty, service_sensitivity = own.area, own.occupancy, own.duty, own.service_sensitivity
    satisfaction, norm_sensitivity, threshold, grievance = (
        own.satisfaction,
        own.norm_sensitivity,
        own.threshold,
        own.grievance,
    )
    income, paid = own.income, own.paid
    for i in range(bills.size):
        bill = bill_of(area[i], price, occupancy[i], vacant_share)
        logit = payment_logit(
            duty[i],
            service_sensitivity[i],
            satisfaction[i],
            reference,
            norm_sensitivity[i],
            norm_seen[i],
            threshold[i],
            term,
            grievance_weight,
            grievance[i],
            burden_weight,
            F(bill) / income[i],
            habit_weight,
            paid_of_twelve(missed[i]) if persistent else habit_reference,
            habit_reference,
        )
        bills[i] = bill
        word = luck_of(words[i], luck_year[i], lasting)
        paid[i] = U8(1) if logistic_draw(logit, word) else U8(0)


@part
def whole(low: Any, high: Any) -> Any:
    """The int64 sum whose low and high 16-bit halves were summed apart."""
    return I64(high) * I64(65536) + I64(low)


@inlined
def settle_arrears(
    words: np.ndarray,
    bills: np.ndarray,
    price_year_ago: Any,
    pressure: Any,
    billing: Any,
    ageing_on: Any,
    forgotten: Any,
    own_months: Any,
    own: Payers,
    q: Any,
) -> tuple[Any, ...]:
    """Add unpaid bills to arrears and let owners repay, the oldest debt first (Civil Code art. 560).

    `price_year_ago` is what the bill that leaves the window of twelve months was charged at, `pressure` what
    policy adds to the chance of repaying. `ageing_on`: debts age by what was repaid, and lapse, also where
    nobody bills (all `bills` are 0 then, so that nothing is repaid); without it they age only where
    `billing`. `forgotten`: the chance that a debt past the limitation was not demanded. What is paid of a
    month's bill goes to older debts that are at most `own_months` old (see `paid_to_older`). Returns fen:
    billed, collected, recovered, lapsed, arrears, of these on the bills of the last twelve months; then
    numbers of owners: payers, debtors.
    """
    base, satisfied = q.arrears_repay_base_32, q.arrears_repay_satisfied_32
    reference, ageing = q.payment_satisfaction_reference_32, q.arrears_ageing_32
    vacant_share, instalments = q.payment_vacant_bill_share_32, I32(q.arrears_instalments)
    limitation, lapsing = I32(q.arrears_limitation), U32(0)
    if ageing_on:
        lapsing = U32(forgotten * 256.0 + 0.5)
    arrears, arrears_age, satisfaction, paid = own.arrears, own.arrears_age, own.satisfaction, own.paid
    area, occupancy, unpaid_12, late, missed = own.area, own.occupancy, own.unpaid_12, own.late, own.missed
    # int64 sums would quarter the vector width: low and high halves are summed apart, exact up to 65,535
    # owners
    billed_low = billed_high = collected_low = collected_high = U32(0)
    recovered_low = recovered_high = owed_low = owed_high = U32(0)
    open_low = open_high = lapsed_low = lapsed_high = U32(0)
    payers = debtors = I32(0)
    for i in range(bills.size):
        bill = bills[i]
        before = arrears[i]
        chance = repayment_chance(
            base, satisfied, satisfaction[i], reference, pressure, ageing, I32(arrears_age[i])
        )
        back = repaid_amount(uniform(words[i]) < chance, before, bill, instalments)
        paid_now = bill if paid[i] == U8(1) else I32(0)
        gone = bill_of(area[i], price_year_ago, occupancy[i], vacant_share)
        window = unpaid_12[i] - (gone if late[i] & _YEAR_AGO else I32(0))
        turned = paid_to_older(paid_now, I32(before - back), arrears_age[i], own_months)
        left = I32(I32(before - back) - turned)
        age = debt_age(before, left, arrears_age[i])
        lapsed = lapsed_amount(left, age, limitation, words[i], lapsing)
        older = I32(left - window) if left > window else I32(0)
        lapsed = lapsed if lapsed < older else older
        unpaid = I32(I32(bill - paid_now) + turned)
        after = I32(I32(left - lapsed) + unpaid)
        arrears[i] = after
        counted = next_arrears_age(after, arrears_age[i]) if billing else arrears_age[i]
        aged = I32(age - (I32(1) if lapsed > I32(0) else I32(0)))
        aged = (aged if left > lapsed else I32(1)) if after > I32(0) else I32(0)
        arrears_age[i] = U8(aged) if ageing_on else counted
        window = I32(window + (bill if unpaid > I32(0) else I32(0)))
        unpaid_12[i] = window
        late[i] = shifted(late[i], unpaid)
        missed[i] = shifted(missed[i], I32(bill - paid_now))
        still_open = after if after < window else window
        lapsed_low = U32(lapsed_low + (U32(lapsed) & _LOW_HALF))
        lapsed_high = U32(lapsed_high + (U32(lapsed) >> _HALF))
        open_low = U32(open_low + (U32(still_open) & _LOW_HALF))
        open_high = U32(open_high + (U32(still_open) >> _HALF))
        billed_low = U32(billed_low + (U32(bill) & _LOW_HALF))
        billed_high = U32(billed_high + (U32(bill) >> _HALF))
        collected_low = U32(collected_low + (U32(paid_now) & _LOW_HALF))
        collected_high = U32(collected_high + (U32(paid_now) >> _HALF))
        recovered_low = U32(recovered_low + (U32(back) & _LOW_HALF))
        recovered_high = U32(recovered_high + (U32(back) >> _HALF))
        owed_low = U32(owed_low + (U32(after) & _LOW_HALF))
        owed_high = U32(owed_high + (U32(after) >> _HALF))
        payers = I32(payers + I32(paid[i]))
        debtors = I32(debtors + (I32(1) if after > I32(0) else I32(0)))
    return (
        whole(billed_low, billed_high),
        whole(collected_low, collected_high),
        whole(recovered_low, recovered_high),
        whole(lapsed_low, lapsed_high),
        whole(owed_low, owed_high),
        whole(open_low, open_high),
        I64(payers),
        I64(debtors),
    )


@part
def shifted(missed: Any, fen: Any) -> Any:
    """The bits of late or missed bills a month later; the newest is set where `fen` of this
    month's bill are left unpaid."""
    return U16(((U32(missed) << U32(1)) & _WINDOW) | (U32(1) if fen > I32(0) else U32(0)))


@part
def seen_of_estate(paid_share: Any, disclosure: Any, q: Any) -> Any:
    """The share of payers in the whole estate that owners take it to be: dim, and near a prior,
    where nothing is disclosed."""
    dim = 0.0 if disclosure >= 1.0 else q.payment_dimness * (1.0 - disclosure)
    return (1.0 - dim) * paid_share + dim * q.payment_dim_prior


@part
def estate_term(sanction: Any, trust: Any, norm: Any, q: Any) -> Any:
    """What speaks for paying in a whole estate (log-odds): expected sanction, trust
    and the salience of the norm."""
    return q.payment_sanction_weight * sanction + q.payment_trust_weight * (trust - 0.5) + norm


@part
def count_flags(flags: np.ndarray) -> Any:
    """Number of ones in an array of 0 and 1."""
    total = I64(0)
    for i in range(flags.size):
        total += I64(flags[i])
    return total


@kernel
def payment_pass(
    first: int,
    last: int,
    bill_share: np.ndarray,
    prices: np.ndarray,
    owners: Owners,
    buildings: Buildings,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Billing and payment of estates first..last-1; `bill_share` is the part of the full fee that
    each estate bills (0: none).

    `prices` (float32, 12 x estates) holds what was billed per m2 in each of the last twelve months. Writes
    owners' payment columns, buildings' paid share, and the estates' billed, collected, recovered, lapsed,
    arrears, open_12, payers and debtors, and counts the months since a former manager's claim arose.
    """
    q = p[0]
    month = U64(world[0].month)
    key_0 = U64(world[0].key_0)
    key_1 = U64(world[0].key_1)
    own_weight = q.payment_own_building_weight_32
    longest = I64(0)
    for e in range(first, last):
        longest = max(longest, estates[e].households)
    word_0 = np.empty(longest, np.uint32)
    word_1 = np.empty(longest, np.uint32)
    bills = np.empty(longest, np.int32)
    seen = np.empty(longest, np.float32)
    now = world[0].month % MEMORY
    persistent = world[0].mechanism_persistence != 0
    new_year = persistent and now == 1
    ageing_on = world[0].mechanism_debt_age != 0
    # with cases it is known of each debt whether it was demanded: there it lapses (sim.model.month.cases)
    forgotten = 0.0 if world[0].mechanism_cases != 0 else 1.0 - q.arrears_reminded
    for e in range(first, last):
        estate = estates[e]
        n = estate.households
        a = estate.first_owner
        z = a + n
        own = payers_of(owners, a, z)
        price = F(estate.price * bill_share[e])
        price_year_ago = prices[now, e]
        prices[now, e] = price
        draw_words(
            estate.first_luck,
            month,
            key_0,
            key_1,
            word_0[:n],
            word_1[:n],
            owners.luck_complaint[a:z],
            owners.luck_persuasion[a:z],
        )
        if new_year:
            draw_year(estate.first_luck, month, key_0, key_1, owners.luck_year[a:z])
        billing = bill_share[e] > 0.0
        if billing:
            paid_share = estate.paid_share
            if world[0].loop_norm == 0:
                paid_share = estate.paid_share_start
            elsewhere = F(seen_of_estate(paid_share, estate.lever_disclosure, q))
            for b in range(estate.first_building, estate.first_building + estate.buildings):
                next_door = buildings.paid_share[b]
                if world[0].loop_norm == 0:
                    next_door = F(paid_share)
                view = share_seen(own_weight, next_door, elsewhere)
                seen[buildings.start[b] - a : buildings.start[b + 1] - a] = view
            term = F(estate_term(estate.lever_sanction, estate.trust, estate.lever_norm, q))
            # told literally, each way is compiled by itself: a city without a mechanism does not pay for it
            if persistent:
                decide_payment(word_0[:n], seen[:n], price, term, True, own, bills[:n], q)
            else:
                decide_payment(word_0[:n], seen[:n], price, term, False, own, bills[:n], q)
        else:
            owners.paid[a:z] = U8(0)
            bills[:n] = I32(0)
        pressure = F(estate.lever_recovery)
        # as above; and where cases are known nothing lapses here
        if ageing_on:
            own_months = _ANY_AGE if estate.former_arrears == 0 else I32(estate.claim_months)
            if forgotten > 0.0:
                sums = settle_arrears(
                    word_1[:n],
                    bills[:n],
                    price_year_ago,
                    pressure,
                    billing,
                    True,
                    forgotten,
                    own_months,
                    own,
                    q,
                )
            else:
                sums = settle_arrears(
                    word_1[:n], bills[:n], price_year_ago, pressure, billing, True, 0.0, own_months, own, q
                )
        else:
            sums = settle_arrears(
                word_1[:n], bills[:n], price_year_ago, pressure, billing, False, 0.0, _NO_AGE, own, q
            )
        billed, collected, recovered, lapsed, owed, open_12, payers, debtors = sums
        estate.claim_months += 1
        estate.billed = billed
        estate.collected = collected
        estate.recovered = recovered
        estate.lapsed = lapsed
        estate.arrears = owed
        estate.open_12 = open_12
        estate.payers = payers
        estate.debtors = debtors
        for b in range(estate.first_building, estate.first_building + estate.buildings):
            lo = buildings.start[b]
            hi = buildings.start[b + 1]
            paid = F(count_flags(owners.paid[lo:hi])) / F(hi - lo)
            buildings.paid_share[b] = paid if billing else F(estate.paid_share)


class Shared(NamedTuple):
    """What all owners of one estate share in a month: float32 but for the deadline (uint8, months
    plus one), the flags, and what counts complaints by matter (uint32)."""

    price: Any  # what is billed, fen per m2
    quality: Any
    level: Any  # of service, condition and defects, before value for money
    channel: Any  # complaint channels added
    solved_share: Any
    deadline: Any
    raised: Any  # grievance that defects and hostility raise
    relief: Any  # share of grievance that time and talks relieve
    billing: Any
    grievance_on: Any  # the loop's switch
    kept: Any  # months in which a complaint was filed that is not given up
    overdue: Any  # months in which one was filed that is past the deadline
    service_end: Any  # of 256 complaints those about service
    condition_end: Any  # of 256 complaints those about service or facilities


@inlined
def feel(
    asked_share: np.ndarray, here: Shared, own: Residents, refuser: np.ndarray, repairs: Any, q: Any
) -> tuple[Any, ...]:
    """Satisfaction, complaints and grievance of one estate's owners; `asked_share`:
    who may be asked to refuse.

    Fills `refuser`. `repairs`: owners have as many complaints as they file, about three matters, and this
    month's were solved before. Returns sums over owners: satisfaction and grievance (in SHARE_UNIT),
    complaints filed, solved, open, months waited; the last three are 0 with `repairs` (see `count_open`).
    """
    # read before the loop: a record in it could be what the loop writes, for all that the compiler knows
    vacant_share, reference = q.payment_vacant_bill_share_32, q.payment_satisfaction_reference_32
    value_weight, burden_norm = q.satisfaction_value_weight_32, q.satisfaction_burden_norm_32
    relative, speed = q.satisfaction_relative_weight_32, q.satisfaction_speed_32
    up, down = q.satisfaction_expectation_up_32, q.satisfaction_expectation_down_32
    complaint_base, tolerance = q.complaints_base_32, q.complaints_tolerance_32
    activism_weight, patience = q.complaints_activism_32, U8(q.complaints_patience)
    dissatisfaction_size, asked_size = q.grievance_dissatisfaction_32, q.grievance_asked_32
    ignored_size, solved_size = q.grievance_ignored_32, q.grievance_solved_32
    aggrieved = q.grievance_aggrieved_32
    (
        area,
        income,
        activism,
        occupancy,
        paid,
        luck_complaint,
        luck_persuasion,
        satisfaction,
        expectation,
        grievance,
        waiting,
        open_service,
        open_condition,
        open_legacy,
        answered,
    ) = own
    price, quality, level, channel, solved_share, deadline, raised, relief, billing, grievance_on = here[:10]
    kept, overdue, service_end, condition_end = here[10:]
    happy = I32(0)
    bitter = I32(0)
    filed = I32(0)
    closed = I32(0)
    still_open = I32(0)
    waited = I32(0)
    for i in range(satisfaction.size):
        bill = bill_of(area[i], price, occupancy[i], vacant_share)
        received = level + value_weight * value_for_money(quality, F(bill) / income[i], burden_norm)
        expected = expectation[i]
        content = next_satisfaction(satisfaction[i], received, expected, relative, speed)
        expectation[i] = next_expectation(expected, received, up, down)
        satisfaction[i] = content
        chance = complaint_chance(complaint_base, channel, tolerance, content, activism_weight, activism[i])
        if repairs:
            solved = answered[i] == U8(1)
            files = uniform(luck_complaint[i]) < chance
            matter = matter_of(luck_complaint[i], service_end, condition_end)
            about_service = next_open(open_service[i], kept, files & (matter == I32(0)))
            about_condition = next_open(open_condition[i], kept, files & (matter == I32(1)))
            about_legacy = next_open(open_legacy[i], kept, files & (matter == I32(2)))
            open_service[i] = about_service
            open_condition[i] = about_condition
            open_legacy[i] = about_legacy
            some = about_service | about_condition | about_legacy
            waiting[i] = U8(1) if some != _NO_MONTH else U8(0)  # how long is counted where there are any
            late = (some & overdue) != _NO_MONTH
            filed = I32(filed + (I32(1) if files else I32(0)))
        else:
            before = waiting[i]
            solved = complaint_solved(before, luck_complaint[i], solved_share)
            after = next_waiting(before, luck_complaint[i], solved, chance, patience)
            waiting[i] = after
            late = after > deadline
            filed = I32(filed + (I32(1) if (before == U8(0)) & (after == U8(1)) else I32(0)))
            closed = I32(closed + (I32(1) if solved else I32(0)))
            still_open = I32(still_open + (I32(1) if after > U8(0) else I32(0)))
            waited = I32(waited + (I32(after) - I32(1) if after > U8(0) else I32(0)))
        anger = next_grievance(
            grievance[i],
            grievance_raised(raised, dissatisfaction_size, content, reference),
            uniform(luck_persuasion[i]) < asked_share[i],
            asked_size,
            late,
            ignored_size,
            relief,
            solved,
            solved_size,
        )
        anger = anger if grievance_on else grievance[i]
        grievance[i] = anger
        refuser[i] = U8(1) if billing & (anger > aggrieved) & (paid[i] == U8(0)) else U8(0)
        happy = I32(happy + I32(content * _SHARE_UNIT_32))
        bitter = I32(bitter + I32(anger * _SHARE_UNIT_32))
    return happy, bitter, filed, closed, still_open, waited


@kernel
def owners_pass(
    first: int,
    last: int,
    bill_share: np.ndarray,
    solved_share: np.ndarray,
    owners: Owners,
    buildings: Buildings,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Owners' month in estates first..last-1; `solved_share` is the part of each estate's open
    complaints solved this month.

    Writes owners' satisfaction, expectation, grievance and complaint columns, buildings' refuser share, and
    the estates' mean satisfaction, mean grievance and complaint counts.
    """
    q = p[0]
    longest = I64(0)
    for e in range(first, last):
        longest = max(longest, estates[e].households)
    asked = np.empty(longest, np.float32)
    refuser = np.empty(longest, np.uint8)
    rows = np.empty(longest, np.int32)
    persuasion = q.grievance_persuasion_32
    grievance_on = world[0].loop_grievance != 0
    repairs = world[0].mechanism_repairs != 0
    kept = months_below(int(q.complaints_patience))
    for e in range(first, last):
        estate = estates[e]
        n = estate.households
        a = estate.first_owner
        z = a + n
        quality = estate.quality if world[0].loop_service != 0 else estate.quality_start
        condition = felt_condition(estate, world)
        level = level_of(
            quality,
            condition,
            estate.legacy,
            q.satisfaction_quality_weight,
            q.satisfaction_condition_weight,
            q.satisfaction_legacy_weight,
        )
        level += estate.delight
        for b in range(estate.first_building, estate.first_building + estate.buildings):
            asked[buildings.start[b] - a : buildings.start[b + 1] - a] = (
                persuasion * buildings.refuser_share[b]
            )
        deadline = U8(max(0.0, q.complaints_deadline - estate.lever_deadline) + 1.0)
        relief = q.grievance_decay + estate.lever_grievance
        service_end, condition_end = about(quality, condition, estate.legacy, q)
        here = Shared(
            F(estate.price * bill_share[e]),
            F(quality),
            F(level),
            F(estate.lever_complaint_channel),
            F(solved_share[e]),
            deadline,
            F(q.grievance_legacy * estate.legacy + estate.lever_hostility),
            F(min(1.0, relief)),
            bill_share[e] > 0.0,
            grievance_on,
            kept,
            months_from(int(deadline)),
            service_end,
            condition_end,
        )
        own = residents_of(owners, a, z)
        if repairs:  # each way is compiled by itself, as above
            happy, bitter, filed, _, _, _ = feel(asked[:n], here, own, refuser[:n], True, q)
            closed = estate.complaints_solved
            still_open, waited = count_open(
                own.waiting, own.open_service, own.open_condition, own.open_legacy, rows
            )
        else:
            happy, bitter, filed, closed, still_open, waited = feel(
                asked[:n], here, own, refuser[:n], False, q
            )
        estate.satisfaction = happy / (n * SHARE_UNIT)
        estate.grievance = bitter / (n * SHARE_UNIT)
        estate.complaints_filed = filed
        estate.complaints_solved = closed
        estate.complaints_open = still_open
        estate.waiting_months = waited
        for b in range(estate.first_building, estate.first_building + estate.buildings):
            lo = buildings.start[b]
            hi = buildings.start[b + 1]
            buildings.refuser_share[b] = F(count_flags(refuser[lo - a : hi - a])) / F(hi - lo)
