"""Chinese words that would mislead an expert are not used, in catalogs, scenarios and pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.text import in_language
from sim.words import MODE_WORDS, STAGE_WORDS

HERE = Path(__file__).parents[2]
CATALOGS = [*(HERE / "sim/text/catalogs/zh").glob("*.po"), *(HERE / "sim/studies").glob("*/zh.po")]
PLACES = [*CATALOGS, *(HERE / "docs/zh").glob("*.md"), HERE / "docs/glossary.md", HERE / "README.md"]
UNITS = HERE / "sim/text/catalogs/zh/unit.po"


@pytest.mark.parametrize(
    "word, why",
    [
        ("受害", "said of crimes and disasters; an estate that does worse is 受损 or 转差"),
        (
            "公共支出",
            "one name for two sums: 财政支出 leaves losses of state-owned companies out, 公共成本 does not",
        ),
        ("公共维修资金", "the maintenance fund that owners pay in, which the model does not have"),
        ("信托制（酬金制）", "a way of calculating the fee is not a relation of trust"),
        ("怨气", "积怨 everywhere"),
        ("红名单", "of the system of social credit; 红榜"),
    ],
)
def test_words_that_mislead_are_not_used(word: str, why: str) -> None:
    found = [place.name for place in PLACES if word in place.read_text(encoding="utf-8")]
    assert len(CATALOGS) > 40 and not found, f"{word} in {found}: {why}"


def test_a_collapsed_estate_may_still_be_managed_and_only_an_unmanaged_one_is_called_so() -> None:
    with in_language("zh"):
        assert "失管" in str(MODE_WORDS["none"]) and "失管" not in str(STAGE_WORDS["collapsed"])
        assert all("失管" not in str(MODE_WORDS[mode]) for mode in ("cleaning", "self", "soe", "market"))


def test_units_are_written_in_chinese() -> None:
    texts = re.findall(r'msgid "([^"]+)"\nmsgstr "(.*)"', UNITS.read_text(encoding="utf-8"))
    assert len(texts) > 50
    for key, text in texts:
        assert not re.search("[A-Za-z]{3,}", text), f"{key}: {text}"
