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
BEYOND_LUCK = re.compile(r"\b(more than|beyond|above)\s+(mere\s+)?luck\b|超出(偶然|运气|随机)", re.IGNORECASE)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_text_says_that_a_mean_is_beyond_luck(lang: str) -> None:
    wrong = {key: forms for key, forms in catalog(lang).items() if BEYOND_LUCK.search(" ".join(forms))}
    assert not wrong


def test_no_page_or_notebook_says_so() -> None:
    texts = {page: re.sub(r"\n#? *", " ", page.read_text(encoding="utf-8")) for page in PAGES}
    assert len(texts) > 30
    assert [page.name for page, text in texts.items() if BEYOND_LUCK.search(text)] == []
