"""Money, shares and months for readers; words for every public name."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import units, words
from sim.results import columns
from sim.text import Message


@given(st.integers(-(10**15), 10**15))
def test_an_amount_in_yuan_is_the_fen_that_it_was_written_from(fen: int) -> None:
    assert units.yuan_to_fen(fen / units.FEN_PER_YUAN) == fen


def test_half_a_fen_counts_as_one_whatever_binary_fractions_make_of_it() -> None:
    amounts = (1.005, 1.015, -1.005, 0.1 + 0.2, 1.15, 0.15 * 6.7, 1.0049)
    assert [units.yuan_to_fen(yuan) for yuan in amounts] == [101, 102, -101, 30, 115, 101, 100]


@given(st.lists(st.integers(-(10**9), 10**9), max_size=6), st.sampled_from((0.0, 0.25, 0.49)))
def test_arrays_become_fen_as_single_amounts_do(fen: list[int], more: float) -> None:
    amounts = [(part + (more if part >= 0 else -more)) / 100 for part in fen]
    found = units.yuan_to_fen(np.array(amounts))
    assert found.dtype == np.int64 and found.tolist() == [units.yuan_to_fen(one) for one in amounts] == fen


@pytest.mark.parametrize("amount", [float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        units.yuan_to_fen(amount)
    with pytest.raises(ValueError, match="not an amount"):
        units.yuan_to_fen(np.array([1.0, amount]))


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (words.MODES, words.MODE_WORDS),
        (words.STAGES, words.STAGE_WORDS),
        (words.PAYER_TYPES, words.PAYER_WORDS),
        (words.OCCUPANCY, words.OCCUPANCY_WORDS),
        (words.TIERS, words.TIER_WORDS),
    ],
)
def test_every_name_of_an_enumeration_has_words(names: tuple[str, ...], table: dict[str, Message]) -> None:
    assert tuple(table) == names


def test_every_word_is_in_both_languages() -> None:
    for column, word in columns.COLUMN_WORDS.items():
        assert re.search("[\u4e00-\u9fff]", word.in_language("zh")), column
        assert str(word) == word.in_language("en") and not re.search("[\u4e00-\u9fff]", str(word)), column


def test_columns_of_the_city_repeat_for_stages_modes_and_percentiles() -> None:
    for column in ("stage_spiralling", "mode_none", "collection_p10", "quality_p50", "condition_p90"):
        assert columns.CITY_COLUMN_WORDS[column].unit == "share"
    assert columns.units_of(["arrears", "month", "nonsense"]) == {"arrears": "yuan", "month": "month"}
