"""How precisely a mean is known is not called luck: an interval of a mean shrinks with replications,
luck does not (docs/intervals.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from catalogs import catalog

ROOT = Path(__file__).resolve().parents[2]
COUNTED_AGAINST_CHANCE = "calibration.md"  # there a share of known sets is judged against chance itself
PAGES = [
    page
    for where in ("README.md", "docs/*.md", "docs/zh/*.md", "notebooks/*.py")
    for page in sorted(ROOT.glob(where))
    if page.name != COUNTED_AGAINST_CHANCE
]
OF_A_MEAN = {"en": re.compile(r"of (the|that) mean|of this average"), "zh": re.compile(r"(均值|平均)的")}
INTERVALS_OF_MEANS = (
    "score_card.simulated",
    "ablation.change_interval",
    "ablation.beyond",
    "sensitivity.bars.morris",
    "withdrawal.remains",
    "withdrawal.gone",
)
BEYOND_LUCK = re.compile(r"\b(more than|beyond|above)\s+(mere\s+)?luck\b|超出(偶然|运气|随机)", re.IGNORECASE)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_text_says_that_a_mean_is_beyond_luck(lang: str) -> None:
    wrong = {key: forms for key, forms in catalog(lang).items() if BEYOND_LUCK.search(" ".join(forms))}
    assert not wrong


def test_no_page_or_notebook_says_so() -> None:
    texts = {page: re.sub(r"\n#? *", " ", page.read_text(encoding="utf-8")) for page in PAGES}
    assert len(texts) > 30
    assert [page.name for page, text in texts.items() if BEYOND_LUCK.search(text)] == []


@pytest.mark.parametrize("key", INTERVALS_OF_MEANS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_interval_of_a_mean_is_called_one(lang: str, key: str) -> None:
    (text,) = catalog(lang)[key]
    assert OF_A_MEAN[lang].search(text)


@pytest.mark.parametrize(
    ("lang", "precise", "luck"),
    [("en", "how precisely the mean change is known", "luck"), ("zh", "说明平均变化有多准", "运气")],
)
def test_intervals_over_trajectories_are_of_the_mean_change(lang: str, precise: str, luck: str) -> None:
    (text,) = catalog(lang)["sensitivity.sure.morris"]
    assert precise in text and luck not in text


@pytest.mark.parametrize(("lang", "alone"), [("en", "its interval only"), ("zh", "只附其置信区间")])
def test_the_share_that_has_no_range_says_so_beside_columns_that_have_one(lang: str, alone: str) -> None:
    (text,) = catalog(lang)["comparison.share_rescued"]
    assert alone in text
