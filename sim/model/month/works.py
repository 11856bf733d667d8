"""What works (a retrofit, repairs that a programme or a complaint brought about) are to owners, and what
becomes of them.

With the mechanism `works` owners are delighted by what is new beyond what it is worth to them in the long
run, and get used to it; hardly any of that delight is to the credit of whoever manages. And what was built
stays good only where it is kept up: without maintenance it is lost faster than what had always been there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.kernel import kernel, part


@part
def lost_of_works(new: float, maintenance: float, neglect: float) -> float:
    """Condition lost this month of what works gave, beyond usual wear: all of the rate where nobody maintains
    them, nothing under full maintenance."""
    return neglect * (1.0 - maintenance) * new


@part
def delight_after(delight: float, gained: float, weight: float, size: float, fade: float) -> float:
    """Satisfaction beyond what facilities are worth to owners, a month later: it fades, and new works add to
    it in proportion to what their condition is worth (`weight`)."""
    return delight - fade * delight + size * weight * gained


@part
def remember_works(estate: Any, before: float, lost: float, world: np.ndarray, q: Any) -> None:
    """After the month's wear and works: `before` is the condition that there would be without works, `lost`
    what was lost of earlier ones. Where the loop of decay is off owners see none, and delight in none."""
    gained = max(0.0, estate.condition - min(1.0, max(0.0, before)))
    seen = gained if world[0].loop_decay != 0 else 0.0
    estate.new_works = min(estate.condition, estate.new_works - lost + gained)
    estate.delight = delight_after(
        estate.delight, seen, q.satisfaction_condition_weight, q.works_delight, q.works_fade
    )
    # satisfaction follows what owners get with its own speed
    estate.delight_felt += q.satisfaction_speed * (estate.delight - estate.delight_felt)


@kernel
def credit_works(estates: np.ndarray, p: np.ndarray) -> None:
    """Phase 2, before owners pay: their delight in works speaks for paying only as far as works are to the
    manager's credit."""
    q = p[0]
    taken = (1.0 - q.works_credited) * q.payment_satisfaction_weight
    for e in range(estates.size):
        estates[e].lever_norm -= taken * estates[e].delight_felt
