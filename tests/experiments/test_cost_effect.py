"""The price of an estate-year out of the cycle: each case in which it has a number, and
each in which it has not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.errors import StudyError
from sim.studies.comparison import cost_effect as verdicts
from sim.studies.comparison.cost_effect import acceptability, cost_effect, price_range

SEEDS = 20


def around(mean: float, spread: float, seed: int) -> np.ndarray:
    """Twenty numbers of exactly this mean."""
    drawn = np.random.default_rng(seed).normal(0, spread, SEEDS)
    return drawn - drawn.mean() + mean


NOTHING = np.zeros(SEEDS)
CASES = {
    verdicts.COSTS: (around(1e6, 1e5, 1), around(50, 5, 2)),
    verdicts.COST_UNCERTAIN: (around(1e4, 1e5, 1), around(50, 5, 2)),
    verdicts.DOMINANT: (around(-1e6, 1e5, 1), around(50, 5, 2)),
    verdicts.FREE: (NOTHING, around(50, 5, 2)),
    verdicts.DOMINATED: (around(1e6, 1e5, 1), around(-50, 5, 2)),
    verdicts.SAVES_AND_HARMS: (around(-1e6, 1e5, 1), around(-50, 5, 2)),
    verdicts.HARM_COST_UNCERTAIN: (around(1e4, 1e5, 1), around(-50, 5, 2)),
    verdicts.EFFECT_UNCERTAIN: (around(1e6, 1e5, 1), around(1, 5, 2)),
    verdicts.NO_EFFECT: (around(1e6, 1e5, 1), NOTHING),
    verdicts.IDENTICAL: (NOTHING, NOTHING),
    verdicts.TOO_FEW: (around(1e6, 1e5, 1)[:3], around(50, 5, 2)[:3]),
}


@pytest.mark.parametrize("verdict", CASES)
def test_every_verdict(verdict):
    found = cost_effect(*CASES[verdict])
    assert found.verdict == verdict
    has_price = verdict in (
        verdicts.COSTS,
        verdicts.COST_UNCERTAIN,
        verdicts.SAVES_AND_HARMS,
        verdicts.EFFECT_UNCERTAIN,
    )
    assert math.isnan(found.ratio) != has_price
    if has_price:
        assert (
            found.ratio == pytest.approx(found.cost / found.effect) and found.low <= found.ratio <= found.high
        )


def test_every_verdict_is_listed():
    assert set(CASES) == set(verdicts.VERDICTS)


def test_dominated_without_extra_cost_has_no_price():
    found = cost_effect(NOTHING, around(-50, 5, 2))
    assert found.verdict == verdicts.DOMINATED and math.isnan(found.ratio)


def test_a_few_pairs_that_change_decide_nothing():
    """Resamples of forty pairs of which three change hold mostly those that do not: no firm verdict."""
    cost, effect = np.full(40, 1000.0), np.zeros(40)
    effect[:3] = -1.0
    assert cost_effect(cost, effect).verdict == verdicts.EFFECT_UNCERTAIN
    effect[:8] = -1.0
    assert cost_effect(cost, effect).verdict == verdicts.DOMINATED


@pytest.mark.parametrize(
    ("gain", "uncertain", "firm"),
    [
        (50, verdicts.COST_UNCERTAIN, verdicts.COSTS),
        (-50, verdicts.HARM_COST_UNCERTAIN, verdicts.DOMINATED),
    ],
)
def test_a_cost_in_a_few_pairs_is_no_firm_cost(gain: float, uncertain: str, firm: str) -> None:
    """A district pays in three of forty pairs: whether it costs anything on average is not known yet.
    A cost that is the same in every pair is known."""
    effect, cost = np.tile(around(gain, 5, 2), 2), np.zeros(40)
    cost[:3] = [1000.0, 1100.0, 900.0]
    assert cost_effect(cost, effect).verdict == uncertain
    cost[:12] = 1000.0
    assert cost_effect(cost, effect).verdict == firm
    assert cost_effect(np.full(40, 1000.0), effect).verdict == firm


def test_no_upper_bound_where_no_effect_cannot_be_ruled_out():
    found = cost_effect(*CASES[verdicts.EFFECT_UNCERTAIN])
    assert found.high == math.inf and 0 < found.low < found.ratio
    assert 0 < found.helps < 1 and found.costs == 1


def test_no_price_where_saving_and_harm_is_likely():
    found = cost_effect(around(1e3, 1e6, 1), around(0.5, 5, 2))
    assert found.verdict == verdicts.EFFECT_UNCERTAIN and math.isnan(found.low) and math.isnan(found.high)


def test_what_cost_and_effect_share_stays_shared():
    effect = around(50, 20, 1)
    exact = cost_effect(1000 * effect, effect)
    assert (exact.low, exact.ratio, exact.high) == pytest.approx((1000, 1000, 1000))


def test_the_interval_of_the_price_covers_the_true_price():
    generator, hits = np.random.default_rng(6), 0
    for _ in range(300):
        effect = generator.normal(40, 15, SEEDS)
        found = cost_effect(generator.normal(2e5, 1e5, SEEDS) + 1000 * effect, effect, resamples=999)
        hits += found.low <= (2e5 + 40_000) / 40 <= found.high
    assert 0.91 <= hits / 300 <= 0.99


def test_a_missing_value_is_refused():
    broken = NOTHING.copy()
    broken[0] = np.nan
    with pytest.raises(StudyError, match="missing"):
        cost_effect(broken, NOTHING)


def test_acceptability_rises_with_the_price_and_adds_to_one():
    found = cost_effect(*CASES[verdicts.COSTS])
    nothing = np.zeros_like(found.cost_draws)
    prices = price_range([found]).tolist()
    shares = acceptability(
        {"base": (nothing, nothing), "arm": (found.cost_draws, found.effect_draws)}, prices
    )
    assert np.allclose(shares["base"] + shares["arm"], 1)
    assert (np.diff(shares["arm"]) >= 0).all() and shares["arm"][0] == 0 and shares["arm"][-1] == 1
    # half of the draws say that it is worth it where an estate-year is worth its price
    at_price = acceptability(
        {"base": (nothing, nothing), "arm": (found.cost_draws, found.effect_draws)}, [found.ratio]
    )
    assert at_price["arm"][0] == pytest.approx(0.5, abs=0.1)


def test_a_price_has_a_range_over_pairs_only_where_every_pair_helps():
    costs, effects = np.array([100.0, 300.0, 200.0]), np.array([1.0, 2.0, 1.0])
    held = cost_effect(costs, effects).price_range
    assert (held.low, held.high, held.pairs) == (100.0, 200.0, 3)
    assert not cost_effect(costs, np.array([1.0, 2.0, 0.0])).price_range.exists
    assert not cost_effect(costs, np.array([1.0, 2.0, -1.0])).price_range.exists


def test_the_chance_on_average_sharpens_with_replications_and_the_share_of_pairs_does_not():
    generator = np.random.default_rng(9)
    few, many = (
        cost_effect(generator.normal(1e5, 2e4, pairs), generator.normal(0.5, 1.0, pairs))
        for pairs in (10, 400)
    )
    helps = 0.69146  # the chance that one normal number of mean 0.5 and spread 1 is above zero
    assert many.helps > 0.999 and many.pairs_helped == pytest.approx(helps, abs=0.07)
    assert few.pairs_helped == pytest.approx(helps, abs=0.4) and few.pairs_costing == many.pairs_costing == 1
    three = cost_effect(np.array([1.0, 2.0, 3.0]), np.array([1.0, -1.0, 1.0]))
    assert np.isnan(three.helps) and np.isnan(three.costs) and three.pairs_helped == pytest.approx(2 / 3)


def test_ties_are_split():
    nothing = np.zeros(10)
    assert acceptability({"a": (nothing, nothing), "b": (nothing, nothing)}, [0.0, 1e5])["b"].tolist() == [
        0.5,
        0.5,
    ]
