"""Phase 5, the estate side: how many complaints get solved, and trust."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.exact import where
from sim.model.kernel import part
from sim.model.state.modes import managed


@part
def level_of(
    quality: Any,
    condition: Any,
    legacy: Any,
    quality_weight: float,
    condition_weight: float,
    legacy_weight: float,
) -> Any:
    """What every resident of an estate gets from service and facilities, before
    value for money; for arrays too."""
    return quality_weight * quality + condition_weight * condition - legacy_weight * legacy


@part
def usual_cases(mode: Any, households: Any, effort: Any, capacity: float, public_capacity: float) -> Any:
    """Cases a month that an estate can have solved without any programme: by its manager, else by the
    community; for arrays too."""
    return where(managed(mode), capacity * households * effort, public_capacity * households)


@part
def solving_capacity(estates: np.ndarray, p: np.ndarray, solved_share: np.ndarray) -> None:
    """Fill `solved_share` with the part of each estate's open complaints that is solved this month."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        solved_share[e] = 0.0
        if estate.complaints_open <= 0:
            continue
        capacity, public_capacity = q.complaints_capacity, q.complaints_public_capacity
        cases = usual_cases(estate.mode, estate.households, estate.effort, capacity, public_capacity)
        cases += estate.lever_complaint_capacity
        solved_share[e] = min(1.0, cases / estate.complaints_open)


@part
def build_trust(estates: np.ndarray, committees: np.ndarray, p: np.ndarray) -> None:
    """Trust moves toward what committee, disclosure, leaks and handled complaints deserve."""
    q = p[0]
    for e in range(estates.size):
        estate = estates[e]
        leak = estate.leaked / max(1.0, estate.public_revenue)
        handled = 1.0
        if estate.complaints_open + estate.complaints_solved > 0:
            handled = estate.complaints_solved / (estate.complaints_open + estate.complaints_solved)
        deserved = (
            q.trust_base
            + q.trust_committee * committees[e].strength
            + q.trust_disclosure * estate.lever_disclosure
            - q.trust_leak * leak
            + q.trust_complaints * (handled - 0.5)
            + estate.lever_trust
        )
        deserved = min(1.0, max(0.0, deserved))
        estate.trust += q.trust_speed * (deserved - estate.trust)
