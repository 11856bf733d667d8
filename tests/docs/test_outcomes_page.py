"""The pages of outcomes are those of the registry."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from sim.results.outcomes import OUTCOMES, SERIES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_outcomes_is_what_the_registry_says(language: str) -> None:
    spec = importlib.util.spec_from_file_location("make_outcomes", DOCS / "make_outcomes.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    text = made.PAGES[language].read_text(encoding="utf-8")
    assert text == made.page(language), "run python docs/make_outcomes.py"
    for name in (*OUTCOMES, *SERIES):
        assert f"`{name}`" in text
