"""The pages of patterns are those of the shipped file, and say when the choice was made."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sim.evidence.patterns import load_patterns

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("language", "day"), [("en", "2026-11-26"), ("zh", "2026年11月26日")])
def test_the_page_of_patterns_is_what_the_file_says(language: str, day: str) -> None:
    spec = importlib.util.spec_from_file_location("make_patterns", DOCS / "make_patterns.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    text = made.PAGES[language].read_text(encoding="utf-8")
    assert text == made.page(language), "run python docs/make_patterns.py"
    assert day in text
    for pattern in load_patterns()[0]:
        assert pattern.title.in_language(language) in text and " ".join(pattern.sources) in text
