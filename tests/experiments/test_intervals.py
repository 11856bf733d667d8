"""Intervals and numbers of replications, against known answers and brute force."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from sim.errors import StudyError
from sim.experiments import intervals
from sim.experiments.intervals import (
    CONSTANT,
    FEW,
    NO_VALUE,
    RARE,
    design_effect,
    mean_interval,
    mean_intervals,
    paired_exact,
    power_of,
    replications_for_difference,
    replications_for_width,
    wilson,
)


@pytest.mark.parametrize("pairs", [10, 30])
@pytest.mark.parametrize("skewed", [False, True])
def test_intervals_cover_the_true_mean_as_often_as_they_say(pairs, skewed):
    generator = np.random.default_rng(1)
    shape = (pairs, 600)
    drawn = generator.exponential(2.0, shape) if skewed else generator.normal(2.0, 1.0, shape)
    found = mean_intervals(drawn, resamples=999)
    covered = np.mean([one.low <= 2.0 <= one.high for one in found])
    # two and a half standard errors of a share of 600; ten skewed pairs are known to fall somewhat short
    assert (0.87 if skewed and pairs == 10 else 0.925) <= covered <= 0.975


def test_an_interval_is_the_same_every_time_and_narrows_with_the_level():
    values = np.random.default_rng(2).normal(size=20)
    first, again, narrow = mean_interval(values), mean_interval(values), mean_interval(values, 0.8)
    assert first == again
    assert first.low < narrow.low < values.mean() < narrow.high < first.high
    assert first.width == first.high - first.low and not first.excludes_zero


def test_no_interval_where_there_is_nothing_to_go_by_and_a_note_that_says_so():
    lost = np.arange(10.0)
    lost[3] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cases = {NO_VALUE: lost, CONSTANT: np.full(10, 0.3), FEW: np.array([1.0, 2.0, 4.0])}
        for note, values in cases.items():
            found = mean_interval(values)
            assert (found.note, found.exists, found.excludes_zero) == (note, False, False)
            assert math.isnan(found.low) and math.isnan(found.high)
    # one column without a value leaves the others alone
    both = mean_intervals(np.stack([lost, np.arange(10.0)], axis=1))
    assert [one.exists for one in both] == [False, True]


def test_a_difference_that_few_seeds_have_is_marked():
    values = np.zeros(20)
    values[:2] = 1.0
    assert mean_interval(values).note == RARE
    assert mean_interval(np.random.default_rng(1).normal(size=20)).note == ""


def test_level_must_be_a_level():
    with pytest.raises(ValueError, match="level"):
        mean_interval(np.arange(10.0), 95)


def test_wilson_and_exact_agree_with_scipy():
    found, expected = wilson(3, 40), stats.binomtest(3, 40).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert wilson(3, 40, design_effect=2.0).width > found.width
    assert wilson(0, 30).low == 0 and 0 < wilson(0, 30).high < 0.15
    assert not wilson(0, 0).exists
    exact = paired_exact(8, 2, 100)
    share = stats.binomtest(8, 10).proportion_ci(0.95, method="exact")
    assert (exact.low, exact.high) == pytest.approx(((2 * share.low - 1) * 0.1, (2 * share.high - 1) * 0.1))
    assert paired_exact(10, 0, 100).high == pytest.approx(0.1)
    assert paired_exact(0, 0, 100).note == CONSTANT


def test_design_effect_is_one_for_independent_members_and_more_for_clusters():
    generator = np.random.default_rng(3)
    totals = np.full(400, 50)
    assert design_effect(generator.binomial(50, 0.3, 400), totals) == pytest.approx(1.0, abs=0.2)
    clustered = np.where(np.arange(400) % 2, 30, 0)
    assert design_effect(clustered, totals) > 10
    assert design_effect(np.array([3]), np.array([5])) == 1.0


def test_power_agrees_with_brute_force():
    generator = np.random.default_rng(4)
    for pairs, difference in ((5, 1.5), (12, 0.8), (40, 0.4)):
        drawn = generator.normal(difference, 1.0, (20_000, pairs))
        seen = (stats.ttest_1samp(drawn, 0.0, axis=1).pvalue < 0.05).mean()
        assert power_of(pairs, 1.0, difference) == pytest.approx(seen, abs=0.012)


@pytest.mark.parametrize(
    "difference, expected", [(0.5, 34), (1.0, 10), (0.2, 199)]
)  # G*Power 3.1, paired t, 0.05, 0.8
def test_replications_for_a_difference(difference, expected):
    assert replications_for_difference(1.0, difference) == expected
    assert replications_for_difference(10.0, -10 * difference) == expected


def test_replications_at_the_ends():
    assert replications_for_difference(1.0, 0.0) is None
    assert replications_for_difference(math.nan, 1.0) is None
    assert replications_for_difference(0.0, 1.0) == 2
    assert replications_for_difference(1.0, 1e-6) is None
    # large against its spread, where scipy's noncentral t goes astray
    assert replications_for_difference(0.01, 0.05) == 3


def test_replications_for_a_width_is_the_least_that_is_enough():
    found = replications_for_width(1.0, 0.5)
    assert found is not None

    def width(pairs: int) -> float:
        return 2 * stats.t.ppf(0.975, pairs - 1) / math.sqrt(pairs)

    assert width(found) <= 0.5 < width(found - 1)
    with pytest.raises(StudyError, match="width"):
        replications_for_width(1.0, 0.0)


def test_many_columns_fit_into_memory(monkeypatch):
    monkeypatch.setattr(intervals, "_BATCH", 1000)
    values = np.random.default_rng(5).normal(size=(12, 30))
    found = mean_intervals(values, resamples=200)
    assert len(found) == 30 and all(one.exists for one in found)
