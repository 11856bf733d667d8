"""The page of the model says the same in both languages: the same parameters and as many formulas."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
CONNECTING = {"if", "else"}  # words inside formulas


def names(text: str) -> set[str]:
    """Parameters, columns and modules that a page names, in text and in formulas."""
    spoken = re.findall(r"`([a-z_]+\.[a-z_…]+|[a-z_]+_[a-z_…]+)`", text)
    computed = [
        word for part in re.findall(r"\\texttt\{([^}]*)\}", text) for word in part.replace("\\_", "_").split()
    ]
    return {*spoken, *computed} - CONNECTING


@pytest.mark.parametrize("page", ["model.md"])
def test_pages_name_the_same_things(page):
    english, chinese = ((DOCS / folder / page).read_text(encoding="utf-8") for folder in (".", "zh"))
    assert names(english) == names(chinese)
    assert len(names(english)) > 60
    for mark in (r"(?m)^\$\$", r"(?m)^\| ", r"(?m)^### "):
        assert len(re.findall(mark, english)) == len(re.findall(mark, chinese))
