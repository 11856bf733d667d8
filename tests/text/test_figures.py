"""How figures are written: one way for each kind, in every language."""

from __future__ import annotations

import math

import pytest

from sim.text import figures, in_language
from sim.text.joins import bracketed, labelled, listed, sentences

NOTHING = float("nan")


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        (0, "0元", "0 yuan"),
        (-0.5, "−0.5元", "−0.5 yuan"),
        (1.85, "1.85元", "1.85 yuan"),
        (9_994, "9,990元", "9,990 yuan"),
        (9_996, "1万元", "10,000 yuan"),
        (184_321, "18.4万元", "184,000 yuan"),
        (999_600, "100万元", "1 million yuan"),
        (18_526_100, "1,850万元", "18.5 million yuan"),
        (99_996_000, "1亿元", "100 million yuan"),
        (334_000_000, "3.34亿元", "334 million yuan"),
        (-123_456_789_012, "−1,230亿元", "−123 billion yuan"),
        (NOTHING, "–", "–"),
    ],
)
def test_money_has_three_figures_in_the_steps_of_the_language(yuan: float, zh: str, en: str) -> None:
    assert figures.money(yuan) == en
    with in_language("zh"):
        assert figures.money(yuan) == zh


def test_exact_money_tells_apart_what_differs_by_one_yuan() -> None:
    with in_language("en"):
        assert [figures.exact_money(yuan) for yuan in (200_000, 200_001, 0.5)] == [
            "200,000 yuan",
            "200,001 yuan",
            "0.50 yuan",
        ]
    with in_language("zh"):
        assert figures.exact_money(200_001) == "200,001元"


def test_shares_are_per_cent_and_their_differences_are_points() -> None:
    assert [figures.share(x) for x in (0.763, 1, 0, -0.021, NOTHING)] == [
        "76.3%",
        "100.0%",
        "0.0%",
        "−2.1%",
        "–",
    ]
    assert [figures.share(x, 0) for x in (0.763, 0.004, 0, 1)] == ["76%", "<1%", "0%", "100%"]
    assert [figures.points(x) for x in (-0.072, 0.12, 0.0001, -0.0001, NOTHING)] == [
        "−7.2 points",
        "+12.0 points",
        "0.0 points",
        "0.0 points",
        "–",
    ]
    with in_language("zh"):
        assert figures.points(0.12, signed=False) == "12.0个百分点"


def test_intervals_say_the_unit_once() -> None:
    assert figures.interval(0.151, 0.184, "points") == "15.1 to 18.4 points"
    assert figures.interval(0.41, 0.56, "share") == "41.0 to 56.0%"
    assert figures.interval(159_000, 171_000, "yuan") == "159,000 to 171,000 yuan"
    assert figures.interval(0, 1_710_000, "yuan") == "0 yuan to 1.71 million yuan"
    assert figures.interval(-math.inf, 24, "month") == "at most 24 months"
    assert figures.interval(24, math.inf, "month") == "at least 24 months"
    assert figures.interval(NOTHING, 1, "share") == "–"
    with in_language("zh"):
        assert figures.interval(55.0, 67.0, "estates") == "55至67个小区"
        assert figures.interval(24.0, 84.0, "month") == "24至84个月"
        assert figures.interval(159_000, 171_000, "yuan") == "15.9至17.1万元"


def test_quantities_follow_the_plural_of_the_language() -> None:
    assert [figures.quantity(n, "estates") for n in (1, 2, 1852, 1.5)] == [
        "1 estate",
        "2 estates",
        "1,852 estates",
        "1.5 estates",
    ]
    assert (
        figures.quantity(0.312, "share") == "31.2%"
        and figures.quantity(-12, "month", signed=True) == "−12 months"
    )
    assert figures.quantity(1.8, "yuan/m2/month") == "1.8 yuan/m2/month"
    assert figures.quantity(0.6, "") == "0.6"
    with in_language("zh"):
        assert figures.quantity(1.8, "yuan/m2/month") == "1.8元/平方米·月"
        assert figures.quantity(1, "estates") == "1个小区"


def test_numbers_keep_three_figures_and_no_exponent() -> None:
    numbers = (1852.6, 18.44, 0.03116, 0.5, 100, 0, 2e-7, -3.0)
    assert [figures.significant(x) for x in numbers] == [
        "1,850",
        "18.4",
        "0.0312",
        "0.5",
        "100",
        "0",
        "0.0000002",
        "−3",
    ]
    assert [figures.level(x) for x in (0.95, 0.9875, 0.5)] == ["95%", "98.8%", "50%"]
    assert figures.count(1852.4) == "1,852"


def test_axes_of_money_keep_one_step_up_to_ten_thousand() -> None:
    assert [figures.money_scale(x) for x in (5e4, 1e5, 9e9, 1e10)] == [
        (1.0, "yuan"),
        (1e6, "million yuan"),
        (1e6, "million yuan"),
        (1e9, "billion yuan"),
    ]
    with in_language("zh"):
        assert [figures.money_scale(x) for x in (500, 1e3, 9e8, 1e9)] == [
            (1.0, "元"),
            (1e4, "万元"),
            (1e4, "万元"),
            (1e8, "亿元"),
        ]


def test_words_are_joined_as_the_language_does() -> None:
    assert listed(["a", "b", "c"]) == "a, b, c" and listed([]) == ""
    assert sentences(["One.", "", "Two."]) == "One. Two."
    assert (labelled("a", "b"), bracketed("a", "b"), bracketed("a", "")) == ("a: b", "a (b)", "a")
    with in_language("zh"):
        assert listed(["甲", "乙"]) == "甲、乙" and sentences(["一。", "二。"]) == "一。二。"
        assert (labelled("甲", "乙"), bracketed("甲", "乙")) == ("甲：乙", "甲（乙）")
