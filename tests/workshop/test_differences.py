"""The comparison on the page says what the comparison of the package says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.app.core.runs import summarised
from sim.app.pages.compare import MONTHLY, Difference, difference, difference_options, how_sure_of
from sim.experiments.intervals import mean_interval
from sim.experiments.rescue import HARMED, RESCUED, count_rescues
from sim.runner import resolve
from sim.studies.comparison.words import rare_rescues
from sim.text import in_language

SEEDS = range(1, 7)


@pytest.fixture(scope="module")
def runs() -> dict[str, list]:
    size = {"city.estates": 15, "months": 14}
    return {
        name: [summarised(resolve(name, seed=seed, overrides=size)) for seed in SEEDS]
        for name in ("vicious_cycle", "package")
    }


@pytest.fixture(scope="module")
def found(runs: dict[str, list]) -> Difference:
    return difference(runs["vicious_cycle"], runs["package"])


def test_differences_are_paired_by_seed(runs: dict[str, list], found: Difference) -> None:
    assert [run.seed for run in runs["package"]] == list(SEEDS)
    paired = [
        b.scalars["public_cost"] - a.scalars["public_cost"] for a, b in zip(*runs.values(), strict=True)
    ]
    base, mean, interval = found.outcomes["public_cost"]
    assert mean == pytest.approx(np.mean(paired))
    assert base == pytest.approx(np.mean([run.scalars["public_cost"] for run in runs["vicious_cycle"]]))
    whole = mean_interval(np.array(paired))
    assert (interval.low, interval.high) == (whole.low, whole.high)
    held = found.ranges["public_cost"]
    assert (held.low, held.high, held.pairs) == (min(paired), max(paired), len(SEEDS))


def test_every_month_has_its_mean_and_none_is_made_up(found: Difference) -> None:
    for name in MONTHLY:
        monthly = found.monthly[name]
        assert monthly.mean.shape == (15,)
        known = np.isfinite(monthly.low)
        assert (monthly.low[known] <= monthly.mean[known]).all() and (
            monthly.mean[known] <= monthly.high[known]
        ).all()
        spread = (monthly.range_low[known] <= monthly.low[known]) & (
            monthly.high[known] <= monthly.range_high[known]
        )
        assert spread.all() and (monthly.range_low < monthly.range_high).any()
    collected = found.monthly["collection"].mean  # of a year's bills, so not before there was a year of them
    assert np.isnan(collected[:12]).all() and np.isfinite(collected[12:]).all()


def test_a_policy_does_not_differ_from_itself(runs: dict[str, list]) -> None:
    same = difference(runs["package"], runs["package"])
    assert same.estates == () and same.rescued.rescued == same.rescued.harmed == 0
    assert not same.outcomes["public_cost"][2].exists  # no variation is no interval, not a narrow one


def test_charts_hold_no_number_where_there_is_none(found: Difference) -> None:
    options = difference_options("collection", ["B"], [found])
    # the line, and lower edge and width of the light and of the dark band
    assert [line["data"][0] for line in options["series"]] == [[0, None]] * 5
    assert options["legend"]["data"] == ["B"]


def test_a_chart_of_short_runs_says_of_which_months_collection_is(found: Difference) -> None:
    with in_language("en"):
        told = [
            difference_options("collection", ["B"], [one])["title"]["text"].replace("\n", " ")
            for one in (replace(found, months=6), found)
        ]
    assert "here of months 1 to 6 only" in told[0] and "months 1 to" not in told[1]


@pytest.mark.parametrize(
    ("lang", "of_mean", "may_happen"),
    [
        ("en", "95% interval of the mean", "lowest to highest of 6 pairs"),
        ("zh", "均值的95%置信区间", "6对运行的最低至最高"),
    ],
)
def test_rescued_and_harmed_say_how_sure_they_are(lang: str, of_mean: str, may_happen: str) -> None:
    fates = np.zeros((6, 30), np.int8)
    for pair, rescued in enumerate((4, 7, 5, 9, 6, 8)):
        fates[pair, :rescued] = RESCUED
        fates[pair, 30 - rescued // 2 :] = HARMED
    counted = count_rescues(fates, fates == RESCUED)
    with in_language(lang):
        told = how_sure_of(counted)
    assert told.count(of_mean) == told.count(may_happen) == 2
    assert counted.rescued_range.high == 9 and "9" in told


def test_rescues_that_are_too_few_for_their_interval_are_warned_of() -> None:
    fates = np.zeros((6, 30), np.int8)
    fates[:4, 0] = RESCUED
    rare = count_rescues(fates, fates == RESCUED)
    fates[:, :20] = RESCUED
    often = count_rescues(fates, fates == RESCUED)
    with in_language("en"):
        (told,) = rare_rescues(rare, "B", 6)
        assert "only 4 estates changed fate in all 6 replications" in told and "B" in told
        assert rare_rescues(often, "B", 6) == []
        assert rare_rescues(rare, "B", 4) == [], "with four no interval is printed that could be warned of"


def test_a_long_title_of_a_chart_goes_over_lines_and_keeps_off_the_legend(found: Difference) -> None:
    with in_language("zh"):
        options = difference_options("collection", ["B"], [found])
    lines = options["title"]["text"].split("\n")
    places = [sum(1 if character.isascii() else 2 for character in line) for line in lines]
    assert len(lines) > 1 and max(places) <= 44
    height = options["title"]["textStyle"]["lineHeight"]  # without one, lines lie on each other
    assert height > options["title"]["textStyle"]["fontSize"]
    assert options["legend"]["top"] >= options["title"]["top"] + height * len(lines)
