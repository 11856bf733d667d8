"""Pattern files: the shipped one is in order, and a wrong one is refused by key, as scenarios are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pattern_files import file_of

from sim.errors import ScenarioError
from sim.evidence.patterns import (
    CALIBRATION,
    CONSISTENCY,
    HELD_OUT,
    KINDS,
    Target,
    check_patterns,
    load_patterns,
)
from sim.evidence.register import register
from sim.evidence.statistics import STATISTIC_WORDS, STATISTICS
from sim.evidence.statistics_of_runs import Readings
from sim.results import engines
from sim.results.engines import PlannedRun
from sim.scenario import Scenario, content_hash
from sim.text import in_language

LEAST = {CALIBRATION: 30, HELD_OUT: 12}  # issue 13, point 14


def measurable(use: str) -> list[Any]:
    return [one for one in load_patterns()[0] if one.use == use and one.measurable]


@pytest.mark.parametrize("use", LEAST)
def test_the_shipped_patterns_are_enough_and_of_every_class(use: str) -> None:
    """Only those count that the model can be measured on today."""
    counted = Counter(pattern.kind for pattern in measurable(use))
    assert sum(counted.values()) >= LEAST[use] and set(counted) == set(KINDS)


def test_cities_that_shaped_the_model_are_held_out_no_more() -> None:
    held = register().figures
    groups = {held[one].group for p in load_patterns()[0] if p.use == HELD_OUT for one in p.sources}
    assert not groups & {"gaotang", "wuhan", "pingdingshan"}
    checks = {pattern.name for pattern in measurable(CONSISTENCY)}
    assert {"gaotang_fallback", "hanyang_professional", "pingdingshan_nominal"} <= checks


def test_collection_is_dated_and_by_region() -> None:
    """The newer rows stand in the place of P009 and P010, which do not say of whom."""
    patterns = load_patterns()[0]
    sources = {one[:4] for pattern in patterns for one in pattern.sources}
    assert {"N002", "N003", "N010", "N011", "N016", "N017", "N019", "N020"} <= sources
    assert not {"P009", "P010"} & sources
    of_collection = [p for p in patterns if "collection" in p.name and p.kind == "level"]
    assert {p.measured.region for p in of_collection} >= {"china", "centre", "east", "north_east"}
    assert {p.measured.years[0] for p in of_collection} >= {2011, 2015, 2024, 2025}


def test_every_statistic_is_documented() -> None:
    assert all(one.compute.__doc__ for one in STATISTICS.values())
    for language in ("zh", "en"):
        with in_language(language):
            assert all(STATISTIC_WORDS[name] for name in STATISTICS)


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
        ({"kind": "mean"}, "patterns.0.kind", "transition"),
        ({"scenario": "smal_city"}, "small_city", "did you mean"),
        ({"settings": {"payment.nrm_weight": 1.0}}, "payment.nrm_weight", "did you mean"),
        ({"programmes": [{"kind": "retrofi"}]}, "patterns.0", "did you mean 'retrofit'"),
        ({"measure__statistic": "collection_gap"}, "patterns.0.measure.types", "2 different types"),
        (
            {"measure__statistic": "collection_gap", "measure__types": ["commodity", "commodity"]},
            "patterns.0.measure.types",
            "2 different types",
        ),
        ({"measure__unit": "months"}, "patterns.0.measure.unit", "the statistic has its own"),
        ({"compare": {}}, "patterns.0.compare", "settings or programmes that differ"),
        ({"measured__years": [2022, 2021]}, "patterns.0.measured.years", "two years"),
        ({"measured__counts": "heads"}, "patterns.0.measured.counts", "households"),
        ({"colour": "red"}, "patterns.0.colour", "an unknown key"),
    ],
)
def test_wrong_files_are_refused_by_key(changes: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        check_patterns(file_of(**changes), "mine.toml")
    text = str(caught.value)
    assert text.startswith("mine.toml") and key in text and said in text


def test_a_pattern_must_say_what_was_measured() -> None:
    data = file_of()
    del data["patterns"][0]["measured"]
    with pytest.raises(ScenarioError, match=r"patterns\.0\.measured"):
        check_patterns(data, "mine.toml")


def test_an_empty_list_in_a_file_is_not_taken_for_everything(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(tomli_w.dumps(file_of(measure__types=[])), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.toml: patterns\.0\.measure\.types: found an empty list"):
        load_patterns(file)


def test_targets_as_bounds() -> None:
    assert Target(value=1.0, tolerance=0.25).bounds == (0.75, 1.25)
    assert Target(low=1.0).bounds == (1.0, float("inf"))
    assert Target(sign="negative").bounds == (float("-inf"), 0.0)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_patterns(tmp_path / "nothing.toml")


def test_the_documentation_lists_every_statistic() -> None:
    text = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    for name, one in STATISTICS.items():
        summary = " ".join((one.compute.__doc__ or "").strip().split("\n\n")[0].split())
        assert f"| `{name}` | {one.unit} | {one.counts} | {summary} |" in text


def test_a_scenario_is_hashed_once_and_not_for_each_of_its_replications(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[str] = []

    def counted(scenario: Scenario) -> str:
        hashed.append(scenario.name)
        return content_hash(scenario)

    monkeypatch.setattr(engines, "content_hash", counted)
    pattern = load_patterns()[0][0]
    for replications in (2, 40):
        hashed.clear()
        readings = Readings(replications, 1)
        readings.ask_pattern("it", pattern)
        jobs = readings.jobs(readings.bases())
        assert len(jobs) == replications * len(pattern.arms()) and len(hashed) == len(pattern.arms())
    assert {job.planned_run.key for job in jobs} == {
        PlannedRun(job.planned_run.scenario, job.planned_run.seed).key for job in jobs
    }
