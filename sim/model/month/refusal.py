"""Refusal that owners agree on (mechanism `cases`): somebody calls on all to refuse together, and those who
are dissatisfied join."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import part
from sim.model.luck import Stream, block_of, philox, share_of
from sim.model.month.demands import CASE_BLOCK
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import company_run
from sim.model.state.owners import Owners

F, U32, U64 = np.float32, np.uint32, np.uint64
CALL_BLOCK = block_of(Stream.REFUSAL_CALLED)
REFUSED, QUALITY = int(Event.GROUP_REFUSAL), int(Cause.QUALITY)


@part
def calls_to_refuse(
    owners: Owners, estates: np.ndarray, world: np.ndarray, events: np.ndarray, q: Any
) -> None:
    """The more owners did not pay last month and are dissatisfied, the likelier one of them calls on all to
    refuse together; the dissatisfied whom the call reaches join, and are embittered."""
    month, k0, k1 = U64(world[0].month), U64(world[0].key_0), U64(world[0].key_1)
    content = q.payment_satisfaction_reference_32
    for e in range(estates.size):
        estate = estates[e]
        estate.cases_joined = 0
        if estate.refusal_wait > 0:
            estate.refusal_wait -= 1
            continue
        if estate.billed <= 0 or not company_run(estate.mode) or world[0].loop_grievance == 0:
            continue
        eager = estate.mean_activism / q.committee_attempt_activism
        luck, _, _, _ = philox(U64(estate.number), month, U64(CALL_BLOCK), U64(0), k0, k1)
        if share_of(luck) >= q.cases_call * eager:  # nor would it be less if nobody had paid
            continue
        refusers = 0
        for i in range(estate.first_owner, estate.first_owner + estate.households):
            refusers += 1 if owners.paid[i] == 0 and owners.satisfaction[i] < content else 0
        if share_of(luck) >= q.cases_call * (refusers / estate.households) * eager:
            continue
        estate.refusal_wait = int(q.cases_call_wait) - 1
        for n in range(estate.households):
            i = estate.first_owner + n
            if owners.satisfaction[i] >= content:
                continue
            address = U64(U32(estate.first_luck + n))
            _, _, _, joined = philox(address, month, U64(CASE_BLOCK), U64(0), k0, k1)
            if share_of(joined) < q.cases_call_reach:
                estate.cases_joined += 1
                owners.grievance[i] += q.cases_call_grievance_32 * (F(1) - owners.grievance[i])
        share = estate.cases_joined / estate.households
        write_event(events, world, e, estate.company, REFUSED, QUALITY, share)
