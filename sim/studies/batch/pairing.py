"""Which runs of a batch are pairs: scenarios of one city, run with the same seeds, owners and luck, each
against the first of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.experiments.intervals import Estimate, mean_interval, range_of
from sim.experiments.selection import Standing, standing_of
from sim.results.outcomes import OUTCOMES
from sim.scenario import Scenario

HELD = ("type", "district", "households")  # columns in which the estates of a pair of runs are the same
LETTERS = 16


class Runs(NamedTuple):
    """The runs of a scenario, as far as it can be said of them what they are pairs with; one value a run.

    estates: which estates each had (see `digest_of`), "" where nobody kept it. ensemble: digest of the one
    that it was run over, "" without one; run r has its member r.
    """

    scenario: Scenario
    seeds: Sequence[int]
    estates: Sequence[str]
    outcomes: Mapping[str, Sequence[float]]
    ensemble: str = ""


@dataclass(frozen=True, eq=False)
class Paired:
    """A scenario against the first one of its city: places of both in the batch, seeds of
    their pairs, and of each outcome the values of both (pairs,)."""

    place: int
    against: int
    seeds: tuple[int, ...]
    own: Mapping[str, np.ndarray]
    base: Mapping[str, np.ndarray]

    def differences(self, outcome: str) -> np.ndarray:
        """The scenario less the one it is compared with, one a pair."""
        return np.asarray(self.own[outcome] - self.base[outcome])

    def estimate(self, outcome: str) -> Estimate:
        """The mean difference, how precisely it is known, and what may happen in a single pair; nothing of
        it where some pair has no value."""
        paired = self.differences(outcome)
        return Estimate(float(paired.mean()), mean_interval(paired), range_of(paired))


def digest_of(estates: Mapping[str, np.ndarray]) -> str:
    """Sixteen hex digits of the estates of a run: what must be the same in a pair."""
    digest = hashlib.sha256()
    for column in HELD:
        digest.update(np.ascontiguousarray(estates[column]).data)
    return digest.hexdigest()[:LETTERS]


def shared(one: Runs, other: Runs) -> list[tuple[int, int]]:
    """Places of the runs that are pairs: of one city and length, with the same seed, estates and, over an
    ensemble, member."""
    of_one_city = (
        one.scenario.months == other.scenario.months
        and one.scenario.city == other.scenario.city
        and one.scenario.types == other.scenario.types
        and one.ensemble == other.ensemble
        and (not one.ensemble or one.seeds[0] == other.seeds[0])  # run r has member r
    )
    if not of_one_city:
        return []
    places = {seed: place for place, seed in enumerate(other.seeds)}
    return [
        (place, places[seed])
        for place, seed in enumerate(one.seeds)
        if seed in places and one.estates[place] and one.estates[place] == other.estates[places[seed]]
    ]


def pairs_of(every: Sequence[Runs]) -> list[Paired]:
    """Each scenario that has pairs with an earlier one which is itself the first of its city, in their
    order."""
    first: list[int] = []
    found: list[Paired] = []
    for place, one in enumerate(every):
        for base in first:
            places = shared(one, every[base])
            if places:
                found.append(_paired(place, base, one, every[base], places))
                break
        else:
            first.append(place)
    return found


def _paired(place: int, base: int, one: Runs, other: Runs, places: list[tuple[int, int]]) -> Paired:
    mine, others = (list(side) for side in zip(*places, strict=True))
    names = [name for name in one.outcomes if name in other.outcomes and name in OUTCOMES]
    return Paired(
        place,
        base,
        tuple(one.seeds[number] for number in mine),
        {name: np.asarray(one.outcomes[name], np.float64)[mine] for name in names},
        {name: np.asarray(other.outcomes[name], np.float64)[others] for name in names},
    )


def standing_among(pairs: Sequence[Paired], base: int, outcome: str) -> tuple[list[int], Standing] | None:
    """How the scenarios that are paired with one, and this one, stand in an outcome, over the seeds that all
    of them have: their places, and the standing; None where they have none in common."""
    own = [pair for pair in pairs if pair.against == base]
    seeds = [seed for seed in own[0].seeds if all(seed in pair.seeds for pair in own)] if own else []
    if not seeds:
        return None
    better = OUTCOMES[outcome].better

    def taken(pair: Paired, values: Mapping[str, np.ndarray]) -> np.ndarray:
        return better * values[outcome][[pair.seeds.index(seed) for seed in seeds]]

    values = [taken(own[0], own[0].base), *(taken(pair, pair.own) for pair in own)]
    return [base, *(pair.place for pair in own)], standing_of(values)
