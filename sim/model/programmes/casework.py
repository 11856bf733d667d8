"""Complaints, disputes and suits as cases: how many are handled as a rule, whose turn it is, and
how many a body can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.month import satisfaction

if TYPE_CHECKING:
    from sim.model.programmes.base import Rows
    from sim.model.programmes.policy import Policy


def usual_cases(policy: Policy, rows: Rows) -> np.ndarray:
    """Cases a month that each estate of `rows` can have solved without any programme."""
    mode, households, effort = (policy.estates[name][rows] for name in ("mode", "households", "effort"))
    capacity, public = (policy.parameters[f"complaints_{name}"] for name in ("capacity", "public_capacity"))
    return np.asarray(satisfaction.usual_cases(mode, households, effort, capacity, public))


def ranks_by_body(bodies: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Place of each entry among those of the same body (0 first), taking entries in `order`."""
    sequence = bodies[order]
    by_body = np.argsort(sequence, kind="stable")
    number = np.bincount(sequence)
    first = np.cumsum(number) - number
    place = np.empty(bodies.size, np.int64)
    place[order[by_body]] = np.arange(bodies.size) - first[sequence[by_body]]
    return place


def shared_out(bodies: np.ndarray, order: np.ndarray, wanted: np.ndarray, most: int) -> np.ndarray:
    """How many of the cases (int64) that each entry wants its body takes, at most `most` a
    body, entries in `order`."""
    by_body = order[np.argsort(bodies[order], kind="stable")]
    asked = wanted[by_body]
    before = np.cumsum(asked) - asked
    group = bodies[by_body]
    starts = (
        np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
        if group.size
        else np.zeros(0, np.int64)
    )
    before -= np.repeat(before[starts], np.diff(np.append(starts, group.size)))
    taken = np.empty_like(wanted)
    taken[by_body] = np.clip(most - before, 0, asked)
    return taken


def whole_cases(expected: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Whole numbers of cases (int64) with these means: rounded up with the chance of the fraction."""
    return np.asarray(np.floor(expected + luck).astype(np.int64))
