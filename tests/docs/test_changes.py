"""docs/make_changes.py: the first version's world is stated once, every step goes back by one cause, and
the page holds what the runs came to."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import describe

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def changes() -> Any:
    spec = importlib.util.spec_from_file_location("make_changes", DOCS / "make_changes.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_the_page_says_of_before_is_no_longer_so(changes: Any) -> None:
    for key, before in (changes.PUBLISHED | changes.CALIBRATED).items():
        assert PARAMETERS[key].default != before and PARAMETERS[key].low <= before <= PARAMETERS[key].high, (
            key
        )
    for kind, settings in changes.PROGRAMMES.items():
        known = {one.key: one for one in describe(kind).settings}
        assert all(known[key].default != before for key, before in settings.items()), kind


def test_each_step_goes_back_by_one_cause(changes: Any) -> None:
    first, published, rules, start, now = (changes.world("vicious_cycle", step) for step in changes.STEPS)
    assert not any(first.mechanisms.model_dump().values()) and first.mechanisms == published.mechanisms
    assert all(getattr(now.mechanisms, rule) for rule in changes.RULES) and rules.mechanisms == now.mechanisms
    assert [one.spin_up for one in (first, published, rules, start, now)] == [0, 0, 0, 60, 60]
    defaults = {key: one.default for key, one in PARAMETERS.items()}
    values = [defaults | one.parameter_values() for one in (first, published, rules, start, now)]
    differ = [{key for key in a if a[key] != b[key]} for a, b in zip(values, values[1:], strict=False)]
    assert differ == [set(changes.PUBLISHED), set(), {"start.modes_follow_worth"}, set(changes.CALIBRATED)]


def test_what_a_scenario_sets_itself_is_not_taken_back(changes: Any) -> None:
    award = {one.kind: one for one in changes.world("package", "first").interventions}["performance_award"]
    assert award.high_award == 0.06, "the city's own fund, before and after"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_holds_means_and_what_lies_between(changes: Any, lang: str) -> None:
    found = {
        (city, step): {name: np.arange(21.0) + place for name in changes.OUTCOMES}
        for city in changes.CITIES
        for place, step in enumerate(changes.STEPS)
    }
    text = changes.page(found, 21, lang)
    between = " to " if lang == "en" else "至"
    rows = [line for line in text.splitlines() if f"10.0 (1.0{between}19.0)" in line]
    assert len(rows) == len(changes.CITIES) * len(changes.OUTCOMES)
    assert all(line.count(f"14.0 (5.0{between}23.0)") == 1 for line in rows), "the last column is today"
    assert all(f"`{key}`" in text for key in changes.PUBLISHED)
