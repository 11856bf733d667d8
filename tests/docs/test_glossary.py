"""The glossary has the words that an expert looks for, and what it says of the model is there."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import kinds
from sim.scenario import load

DOCS = Path(__file__).parents[2] / "docs"


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_glossary", DOCS / "make_glossary.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "word, there",
    [
        ("包干制", True),
        ("酬金制", True),
        ("前期物业", True),
        ("物管会", True),
        ("住宅专项维修资金", False),
        ("承接查验", False),
    ],
)
def test_each_word_of_law_and_trade_says_whether_the_model_has_it(word: str, there: bool) -> None:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith("| ") and word in line.split("|")[1]]
    status, english, chinese = (cell.strip() for cell in row.split("|")[3:6])
    assert status == ("modelled as 建模为" if there else "not modelled 未建模")
    assert re.search("[a-z]{4}", english) and re.search("[\u4e00-\u9fff]{4}", chinese)


def test_what_the_words_point_to_is_in_the_model() -> None:
    mechanisms = {f"mechanisms.{name}" for name in type(load("small_city").mechanisms).model_fields}
    known = set(PARAMETERS) | mechanisms | set(kinds())
    for term in maker().EXPECTED_TERMS:
        named = [set(re.findall("`([^`]+)`", words)) for words in term[3:]]
        assert named[0] == named[1], f"{term[0]}: other names in Chinese than in English"
        assert named[0] <= known, named[0] - known


def test_the_page_is_what_its_maker_writes() -> None:
    assert (DOCS / "glossary.md").read_text(encoding="utf-8") == maker().glossary()
