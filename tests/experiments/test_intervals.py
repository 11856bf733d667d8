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
    EXTREMES,
    FEW,
    NO_VALUE,
    PERCENTILES,
    RARE,
    Range,
    design_effect,
    estimate_of,
    mean_interval,
    mean_intervals,
    paired_exact,
    power_of,
    range_of,
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
        cases = [(NO_VALUE, lost), (CONSTANT, np.full(5, 0.3)), (FEW, np.array([1.0, 2.0, 4.0]))]
        # that four agree, or one does with itself, says nothing of the next
        for note, values in [*cases, (FEW, np.full(4, 0.3)), (FEW, np.array([0.3]))]:
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
    tied = np.array([-0.025, -0.0175, -0.0175, -0.025, -0.035])
    assert mean_interval(tied).note == "", "shares of a hundred estates tie easily, and all of these differ"
    assert mean_interval(np.array([0.0, 0.0, 0.0, 0.1, 0.2])).note == RARE
    assert mean_interval(np.random.default_rng(1).normal(size=20)).note == ""


def test_level_must_be_a_level():
    with pytest.raises(ValueError, match="level"):
        mean_interval(np.arange(10.0), 95)


def test_wilson_and_exact_agree_with_scipy():
    found, expected = wilson(3, 40), stats.binomtest(3, 40).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert wilson(3, 40, design_effect=2.0).width > found.width
    assert all(wilson(0, n).low == 0 and wilson(n, n).high == 1 for n in range(1, 400))
    assert wilson(0, 30).low == 0 and 0 < wilson(0, 30).high < 0.15
    assert not wilson(0, 0).exists
    exact = paired_exact(8, 2, 100)
    won, harm = (stats.binomtest(count, 100).proportion_ci(0.975, method="exact") for count in (8, 2))
    assert (exact.low, exact.high) == pytest.approx((won.low - harm.high, won.high - harm.low))
    assert paired_exact(0, 0, 100).note == CONSTANT
    assert paired_exact(100, 0, 100).high == 1.0 and paired_exact(0, 100, 100).low == -1.0
    assert paired_exact(8, 2, 100, design_effects=(2.0, 1.0)).width > exact.width


@pytest.mark.parametrize(
    ("estates", "seeds", "rescued", "harmed"),
    [
        (30, 12, 0.01, 0.0),
        (100, 10, 0.01, 0.0),
        (30, 12, 0.012, 0.002),
        (16, 10, 0.17, 0.0),
        (30, 12, 0.05, 0.05),
    ],
)
def test_the_interval_of_rare_changes_contains_the_true_net_share(estates, seeds, rescued, harmed):
    total = estates * seeds
    gained, lost, _ = (
        np.random.default_rng(9).multinomial(total, (rescued, harmed, 1 - rescued - harmed), 4000).T
    )
    told = {
        pair: paired_exact(*pair, total) for pair in set(zip(gained.tolist(), lost.tolist(), strict=True))
    }
    found = [told[pair] for pair in zip(gained.tolist(), lost.tolist(), strict=True) if sum(pair)]
    assert np.mean([one.low <= rescued - harmed <= one.high for one in found]) >= 0.95


def test_the_interval_of_rare_changes_contains_the_truth_where_estates_of_a_city_go_together():
    luck = np.random.default_rng(10)
    # each city has a chance of its own, 4 % on average
    counts = luck.binomial(50, luck.beta(1.0, 24.0, (1000, 20)))
    total = np.full(20, 50)
    found = [
        paired_exact(int(one.sum()), 0, 1000, design_effects=(design_effect(one, total), 1.0), clusters=20)
        for one in counts
    ]
    assert np.mean([one.low <= 0.04 <= one.high for one in found]) >= 0.95
    alone = [paired_exact(int(one.sum()), 0, 1000) for one in counts]
    assert np.mean([one.low <= 0.04 <= one.high for one in alone]) < 0.9, "else clusters would not matter"


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


# A world with known truth: a pair (member, seed) differs by its member and by luck, both normal, so that the
# mean and the 5th and 95th percentile of pairs are known.
MEAN, OF_MEMBERS, OF_LUCK = 0.06, 0.03, 0.04
SPREAD = math.hypot(OF_MEMBERS, OF_LUCK)
REPEATS = 400


def _pairs(count: int, repeats: int = REPEATS, seed: int = 6) -> np.ndarray:
    """Differences (repeats x count) of as many repeats of an experiment with `count` pairs, each
    with a member of its own."""
    generator = np.random.default_rng(seed)
    members = generator.normal(MEAN, OF_MEMBERS, (repeats, count))
    return members + generator.normal(0.0, OF_LUCK, (repeats, count))


def _within(hits: int, tries: int, chance: float) -> bool:
    """Whether so many hits are no surprise (99.9 in a hundred) for independent tries of this chance."""
    low, high = stats.binom.interval(0.999, tries, chance)
    return bool(low <= hits <= high)


@pytest.mark.parametrize("count", [5, 9, 20, 39, 40, 80, 200])
def test_a_further_pair_lies_in_the_range_as_often_as_the_range_says(count):
    repeats = _pairs(count + 1, 2000)
    found = [range_of(row[:-1]) for row in repeats]
    hits = sum(one.low <= row[-1] <= one.high for one, row in zip(found, repeats, strict=True))
    # between the lowest and the highest of n lie n - 1 of the n + 1 gaps that a further pair may fall into
    assert _within(hits, 2000, 0.9 if count >= 40 else (count - 1) / (count + 1))
    # and a wrong claim would be seen
    assert not _within(hits, 2000, 0.8 if count >= 40 else (count - 1) / (count + 1) - 0.1)


def test_the_interval_covers_the_known_mean_and_is_no_range_of_pairs():
    repeats = _pairs(40)
    found = mean_intervals(repeats.T, resamples=999)
    assert _within(sum(one.low <= MEAN <= one.high for one in found), REPEATS, 0.95)
    # of pairs it contains far fewer than the 95 in a hundred that it is about
    inside = [np.mean((one.low <= row) & (row <= one.high)) for one, row in zip(found, repeats, strict=True)]
    assert np.mean(inside) < 0.4


def test_more_replications_narrow_the_interval_and_leave_the_range_at_the_true_percentiles():
    low, high = stats.norm.ppf([0.05, 0.95], MEAN, SPREAD)
    small, large = (_pairs(count, 60, seed=7) for count in (40, 640))
    widths = [
        np.mean([one.width for one in mean_intervals(part.T, resamples=499)]) for part in (small, large)
    ]
    assert widths[1] < widths[0] / 3
    ends = [np.array([(one.low, one.high) for one in map(range_of, part)]) for part in (small, large)]
    for found in ends:  # nine tenths of all pairs that there could be, with few as with many
        held = stats.norm.cdf(found[:, 1], MEAN, SPREAD) - stats.norm.cdf(found[:, 0], MEAN, SPREAD)
        assert held.mean() == pytest.approx(0.9, abs=0.015)
    assert ends[1].mean(axis=0) == pytest.approx([low, high], abs=0.003)


def test_a_range_names_what_its_ends_are():
    values = np.arange(1.0, 40.0)
    few, many = range_of(values), range_of([*values, 40.0])
    assert (few.low, few.high, few.kind, few.pairs) == (1.0, 39.0, EXTREMES, 39)
    assert (many.kind, many.pairs) == (PERCENTILES, 40)
    assert (many.low, many.high) == pytest.approx((0.05 * 41, 0.95 * 41))
    assert few.exists and many.exists
    assert Range.of_row(many.columns()) == many


def test_no_range_hides_a_pair_without_value_and_one_pair_has_none():
    for values, note in (([1.0, math.nan, 2.0], NO_VALUE), ([], NO_VALUE), ([1.0], FEW)):
        found = range_of(values)
        assert not found.exists and found.note == note
    assert range_of([0.3] * 6) == Range(0.3, 0.3, EXTREMES, 6, "")
    assert not Range.of_row({"low": 1.0}).exists  # a table of before there were ranges


@pytest.mark.parametrize("count", [2, 5, 8, 12])
def test_neither_interval_nor_range_of_shares_leaves_what_shares_can_be(count):
    generator = np.random.default_rng(8)
    for _ in range(40):
        found = estimate_of(generator.beta(0.15, 0.15, count))  # nearly all of it at 0 and at 1
        assert found.interval.exists == (count >= 5 and found.interval.note == "")
        for one in (found.interval, found.range):
            assert not one.exists or 0 <= one.low <= found.mean <= one.high <= 1


def test_an_estimate_leaves_out_runs_without_a_value_and_says_of_how_many_it_is():
    found = estimate_of([0.1, math.nan, 0.3, 0.5])
    assert found.mean == pytest.approx(0.3) and found.range.pairs == 3
    assert not found.interval.exists and found.interval.note == FEW
    assert math.isnan(estimate_of([math.nan]).mean) and not estimate_of([]).range.exists
