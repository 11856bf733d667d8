"""Which draw of a scenario is simulated, and for how long: a seed and a number of
months, as somebody gives them."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from sim.errors import ScenarioError
from sim.problems import Problem, kind_of
from sim.scenario.schema import Scenario
from sim.text import message

MOST_SEED = 2**63 - 1
MOST_MONTHS_OF_CITY = 12_000  # more than a scenario has: who steps a city by hand may go on for long


def seed_of(scenario: Scenario, seed: Any, rng: Any = None) -> int:
    """The seed of a city: `seed`, or Mesa's `rng` (a whole number, or what NumPy draws one
    from), else the scenario's.

    ScenarioError for both at once, or for what is no seed.
    """
    if seed is not None and rng is not None:
        raise ScenarioError(
            [Problem(scenario.name, "seed", message("handle.two_seeds"), message("handle.one_seed"))]
        )
    given = rng if seed is None else seed
    if given is None:
        return scenario.seed
    key = "rng" if seed is None else "seed"
    if isinstance(given, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence):
        return int(np.random.default_rng(given).integers(MOST_SEED))
    try:
        number = operator.index(given)
    except TypeError:
        number = -1
    if isinstance(given, bool) or not 0 <= number <= MOST_SEED:
        allowed = message("allowed.range", what=message("allowed.integer"), low=0, high=MOST_SEED)
        raise ScenarioError([Problem(scenario.name, key, kind_of(given), allowed)])
    return number


def months_of(scenario: Scenario, months: Any) -> int:
    """The months of a city. ScenarioError for what is no whole number from 0 to MOST_MONTHS_OF_CITY."""
    whole = isinstance(months, int | np.integer) and not isinstance(months, bool)
    if not (whole and 0 <= months <= MOST_MONTHS_OF_CITY):
        allowed = message("allowed.range", what=message("allowed.integer"), low=0, high=MOST_MONTHS_OF_CITY)
        raise ScenarioError([Problem(scenario.name, "months", kind_of(months), allowed)])
    return int(months)
