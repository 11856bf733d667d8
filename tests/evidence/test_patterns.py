"""Pattern files: the shipped one is in order, and a wrong one is refused by key, as scenarios are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pattern_files import file_of

from sim.errors import ScenarioError
from sim.evidence.patterns import CALIBRATION, HELD_OUT, Target, check_patterns, load_patterns
from sim.evidence.statistics import STATISTICS


def test_the_shipped_patterns_are_in_order_and_cover_what_was_reported() -> None:
    patterns, _ = load_patterns()
    names = {pattern.name for pattern in patterns}
    assert {
        "collection_poor",
        "collection_mixed",
        "collection_lowest",
        "collection_highest",
        "satisfaction_mean",
        "satisfaction_best",
        "committees_spontaneous",
        "committees_mobilised",
        "service_cut_below_80",
        "exits_active",
        "months_to_exit",
        "disputes_settled",
        "pingdingshan_nominal",
        "gaotang_fallback",
        "hanyang_professional",
        "jiangan_charging",
    } <= names
    fitted = {one for pattern in patterns if pattern.use == CALIBRATION for one in pattern.sources}
    assert not fitted & {one for pattern in patterns if pattern.use == HELD_OUT for one in pattern.sources}


def test_every_statistic_is_documented() -> None:
    assert all(one.compute.__doc__ and one.label.zh and one.label.en for one in STATISTICS.values())


def test_a_good_file_is_read() -> None:
    (pattern,) = check_patterns(file_of(), "mine.toml")
    assert pattern.target.bounds == (0.5, 0.7) and pattern.measure.choice(60).months == (1, 6)


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"measure__statistic": "colection"}, "patterns.0.measure.statistic", "did you mean 'collection'"),
        ({"measure__months": [6, 1]}, "patterns.0.measure.months", "two months"),
        ({"measure__months": [1, 9999]}, "patterns.0.measure.months", "at most"),
        ({"measure__types": ["comodity"]}, "patterns.0.measure.types", "the types of"),
        ({"measure__collection": [0.8, 0.2]}, "patterns.0.measure.collection", "two shares"),
        ({"target": {"value": 0.5}}, "patterns.0.target.tolerance", "both"),
        ({"target": {"low": 0.5, "sign": "positive"}}, "patterns.0.target", "one of"),
        ({"target": {}}, "patterns.0.target", "one of"),
        ({"target": {"low": 0.7, "high": 0.5}}, "patterns.0.target.high", "at least low"),
        ({"sources": ["P999"]}, "patterns.0.sources", "an id of evidence.csv"),
        ({"sources": []}, "patterns.0.sources", "a list"),
        ({"use": "both"}, "patterns.0.use", "held_out"),
        ({"scenario": "smal_city"}, "small_city", "did you mean"),
        ({"settings": {"payment.nrm_weight": 1.0}}, "payment.nrm_weight", "did you mean"),
        ({"colour": "red"}, "patterns.0.colour", "an unknown key"),
    ],
)
def test_wrong_files_are_refused_by_key(changes: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        check_patterns(file_of(**changes), "mine.toml")
    text = str(caught.value)
    assert text.startswith("mine.toml") and key in text and said in text


def test_an_empty_list_in_a_file_is_not_taken_for_everything(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(tomli_w.dumps(file_of(measure__types=[])), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.toml: patterns\.0\.measure\.types: found an empty list"):
        load_patterns(file)


def test_a_figure_is_not_fitted_to_and_held_out() -> None:
    data = file_of()
    data["patterns"].append(data["patterns"][0] | {"name": "other", "use": "held_out"})
    with pytest.raises(ScenarioError, match="no calibration pattern uses"):
        check_patterns(data, "mine.toml")


def test_targets_as_bounds() -> None:
    assert Target(value=1.0, tolerance=0.25).bounds == (0.75, 1.25)
    assert Target(low=1.0).bounds == (1.0, float("inf"))
    assert Target(sign="negative").bounds == (float("-inf"), 0.0)


def test_a_missing_file_is_one_clear_error(tmp_path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_patterns(tmp_path / "nothing.toml")


def test_the_documentation_lists_every_statistic() -> None:
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    for name, one in STATISTICS.items():
        assert f"| `{name}` | {one.unit} | {(one.compute.__doc__ or '').strip().splitlines()[0]} |" in text
