"""Public cost per estate-year out of the cycle: the ratio where it has a meaning,
and words for where it has none.

Public cost is what public bodies spend and what state-owned companies lose (see `sim.results.outcomes`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import StudyError
from sim.experiments.intervals import (
    LEAST_PAIRS,
    LEVEL,
    RARE,
    RESAMPLES,
    Range,
    expanded,
    note_of,
    range_of,
    too_rare,
)
from sim.text import message

_CHUNK = 2_000_000  # numbers gathered at a time

# Verdicts. "Helps" means that estates spend less time in the cycle, "costs" that more public money is spent.
COSTS = "costs"  # helps and costs: the ratio is the price of an estate-year out of the cycle
COST_UNCERTAIN = "cost uncertain"  # helps, and may cost more or less
DOMINANT = "dominant"  # helps and saves money
FREE = "free"  # helps, and costs the same in every replication
DOMINATED = "dominated"  # harms and does not save money
SAVES_AND_HARMS = "saves and harms"  # the ratio is what is saved for an estate-year in the cycle
HARM_COST_UNCERTAIN = "harms, cost uncertain"
EFFECT_UNCERTAIN = "effect uncertain"  # help and harm are both possible
NO_EFFECT = "no effect"  # exactly none, in every replication
IDENTICAL = "identical"  # the same cost and the same effect in every replication
TOO_FEW = "too few replications"
VERDICTS = (
    COSTS,
    COST_UNCERTAIN,
    DOMINANT,
    FREE,
    DOMINATED,
    SAVES_AND_HARMS,
    HARM_COST_UNCERTAIN,
    EFFECT_UNCERTAIN,
    NO_EFFECT,
    IDENTICAL,
    TOO_FEW,
)
# Verdicts under which the ratio is the price of an estate-year.
PRICED = (COSTS, COST_UNCERTAIN, EFFECT_UNCERTAIN)


@dataclass(frozen=True, eq=False)
class CostEffect:
    """Cost and effect of an arm against the baseline.

    cost: mean difference of public cost (yuan). effect: mean estate-years out of the cycle. ratio: yuan per
    estate-year, NaN where the verdict gives it no meaning; low and high bound it (high is infinite where no
    effect at all cannot be ruled out). cost_draws, effect_draws: the bootstrap's means, seed by seed the same
    draw (float64): how precisely the means are known. cost_pairs, effect_pairs: what may happen, one
    number for each pair of member and seed (float64).
    """

    cost: float
    effect: float
    ratio: float
    low: float
    high: float
    verdict: str
    cost_draws: np.ndarray
    effect_draws: np.ndarray
    cost_pairs: np.ndarray
    effect_pairs: np.ndarray

    @property
    def helps(self) -> float:
        """Share of bootstrap draws in which estates on average spend less time in
        the cycle than in the baseline.

        It goes to 0 or 1 with replications; NaN under five pairs.
        """
        return float((self.effect_draws > 0).mean()) if self.effect_pairs.size >= LEAST_PAIRS else math.nan

    @property
    def costs(self) -> float:
        """Share of bootstrap draws in which on average more public money is spent than in the
        baseline; NaN under five pairs."""
        return float((self.cost_draws > 0).mean()) if self.cost_pairs.size >= LEAST_PAIRS else math.nan

    @property
    def price_range(self) -> Range:
        """What the price of an estate-year may be in a single pair (yuan); no ends
        where it has none in some pair.

        A pair that does not help has no price, and one that saves and helps has a negative one.
        """
        helps = self.effect_pairs > 0
        return range_of(
            np.divide(self.cost_pairs, self.effect_pairs, out=np.full(helps.shape, np.nan), where=helps)
        )

    @property
    def pairs_helped(self) -> float:
        """Share of pairs of member and seed in which estates spend less time in the
        cycle than in the baseline."""
        return float((self.effect_pairs > 0).mean())

    @property
    def pairs_costing(self) -> float:
        """Share of pairs of member and seed in which more public money is spent than in the baseline."""
        return float((self.cost_pairs > 0).mean())


def cost_effect(
    costs: np.ndarray, effects: np.ndarray, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> CostEffect:
    """Judge paired differences of cost (yuan) and effect (estate-years out of the cycle),
    one of each for every seed.

    Both are drawn together, so that what they share stays shared. StudyError if a value is missing.
    """
    costs, effects = np.asarray(costs, np.float64), np.asarray(effects, np.float64)
    if costs.shape != effects.shape or not (np.isfinite(costs).all() and np.isfinite(effects).all()):
        raise StudyError(message("comparison.error.missing_value"))
    cost_draws, effect_draws = draws([costs, effects], resamples, seed)
    taken = expanded(level, costs.size)
    verdict = _verdict(costs, effects, cost_draws, effect_draws, taken)
    cost, effect = float(costs.mean()), float(effects.mean())
    ratio, low, high = math.nan, math.nan, math.nan
    if verdict in PRICED and effect > 0 and (cost > 0 or verdict != EFFECT_UNCERTAIN):
        ratio, (low, high) = cost / effect, _bounds(cost_draws, effect_draws, taken)
    elif verdict == SAVES_AND_HARMS:
        ratio, (low, high) = (
            cost / effect,
            _quantiles(cost_draws / np.where(effect_draws < 0, effect_draws, np.nan), taken),
        )
    return CostEffect(cost, effect, ratio, low, high, verdict, cost_draws, effect_draws, costs, effects)


def draws(columns: Sequence[np.ndarray], resamples: int = RESAMPLES, seed: int = 0) -> list[np.ndarray]:
    """Bootstrap means of several columns of paired differences, the same seeds drawn for all of them."""
    size = columns[0].size
    generator = np.random.default_rng(seed)
    drawn: list[list[np.ndarray]] = [[] for _ in columns]
    step = max(1, _CHUNK // max(size, 1))
    for first in range(0, resamples, step):
        chosen = generator.integers(size, size=(min(step, resamples - first), size))
        for number, column in enumerate(columns):
            drawn[number].append(column[chosen].mean(axis=1))
    return [np.concatenate(parts) for parts in drawn]


def _verdict(
    costs: np.ndarray, effects: np.ndarray, cost_draws: np.ndarray, effect_draws: np.ndarray, level: float
) -> str:
    if not costs.any() and not effects.any():
        return IDENTICAL
    if not effects.any():
        return NO_EFFECT
    if costs.size < LEAST_PAIRS:
        return TOO_FEW
    effect_low, effect_high = _quantiles(effect_draws, level)
    if too_rare(effects):  # most draws hold nothing but the pairs that do not change
        return EFFECT_UNCERTAIN
    cost_low, cost_high = _quantiles(cost_draws, level)
    if effect_low <= 0 <= effect_high:
        return EFFECT_UNCERTAIN
    rare_cost = note_of(costs) == RARE
    if effect_low > 0:
        if not costs.any():
            return FREE
        if rare_cost:
            return COST_UNCERTAIN
        return COSTS if cost_low > 0 else DOMINANT if cost_high < 0 else COST_UNCERTAIN
    if rare_cost:
        return HARM_COST_UNCERTAIN
    if cost_low >= 0:
        return DOMINATED
    return SAVES_AND_HARMS if cost_high < 0 else HARM_COST_UNCERTAIN


def _bounds(cost_draws: np.ndarray, effect_draws: np.ndarray, level: float) -> tuple[float, float]:
    """Percentile bounds of the price of an estate-year; a draw that costs and does not help
    has a price without bound.

    A draw that saves and does not help has no price at all; where there are more of them than the level
    leaves out, neither has the interval.
    """
    helps = effect_draws > 0
    priceless = ~helps & (cost_draws <= 0)
    if priceless.mean() > (1 - level) / 2:
        return math.nan, math.nan
    price = np.full(cost_draws.shape, np.inf)
    np.divide(cost_draws, effect_draws, out=price, where=helps)
    return _quantiles(price, level)


def _quantiles(values: np.ndarray, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    # a draw that occurred, not a mean of two, which would be NaN between a number and infinity
    low, high = np.nanquantile(values, [tail, 1 - tail], method="inverted_cdf")
    return float(low), float(high)


def acceptability(
    options: Mapping[str, tuple[np.ndarray, np.ndarray]], prices: Sequence[float]
) -> dict[str, np.ndarray]:
    """For each price of an estate-year: the share of draws (or pairs) in which each option is worth
    most, ties split evenly.

    `options`: costs and effects against the baseline by name, of the same draws or pairs; the
    baseline itself has zeros.
    """
    names = list(options)
    cost, effect = (np.stack([options[name][which] for name in names]) for which in (0, 1))
    shares = {name: np.empty(len(prices)) for name in names}
    for row, price in enumerate(prices):
        worth = price * effect - cost
        best = worth == worth.max(axis=0)
        won = (best / best.sum(axis=0)).mean(axis=1)
        for name, share in zip(names, won.tolist(), strict=True):
            shares[name][row] = share
    return shares


def price_range(cost_effects: Sequence[CostEffect], points: int = 61) -> np.ndarray:
    """Prices of an estate-year (yuan) from zero to well over the largest ratio there is; to
    100,000 where there is none."""
    largest = [
        bound
        for one in cost_effects
        for bound in (one.ratio * 2, one.high * 1.2)
        if math.isfinite(bound) and bound > 0
    ]
    top = max(largest, default=100_000.0)
    size = 10.0 ** math.floor(math.log10(top))
    return np.linspace(0.0, math.ceil(top / size) * size, points)
