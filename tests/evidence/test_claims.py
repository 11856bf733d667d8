"""No pattern claims more than its figures allow: each rule is tried on a file that breaks
it and on one that just keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pattern_files import file_of

from sim.errors import ScenarioError
from sim.evidence.patterns import CONSISTENCY, HELD_OUT, check_patterns, load_patterns
from sim.evidence.register import DOCUMENT, PAGE, declared, priors, register
from sim.evidence.statistics import STATISTICS
from sim.scenario import content_hash, load


def refused(*files: dict[str, Any]) -> str:
    """What is said of a file that holds the patterns of these."""
    with pytest.raises(ScenarioError) as caught:
        check_patterns({"patterns": [one for file in files for one in file["patterns"]]}, "mine.toml")
    return str(caught.value)


def accepted(*files: dict[str, Any]) -> None:
    check_patterns({"patterns": [one for file in files for one in file["patterns"]]}, "mine.toml")


def test_no_figure_is_both_what_a_number_leans_on_and_what_the_model_is_tested_on() -> None:
    """Read off the parameters, settings, defaults and scenarios themselves, and off the shipped patterns."""
    leaned = {use.source for use in declared() if use.kind != "mechanism"} | set(priors())
    tested = {
        one: pattern.name
        for pattern in load_patterns()[0]
        if pattern.use != CONSISTENCY
        for one in pattern.sources
    }
    assert {one: name for one, name in tested.items() if one in leaned} == {}


def test_a_figure_that_a_parameter_leans_on_is_refused_as_a_pattern() -> None:
    assert "P006" in priors() and "P066" in priors() and "S035" in priors()
    said = refused(file_of(sources=["P006"], target={"low": 0.5}))
    assert "mine.toml: patterns.0.sources: found P006, which" in said and "consistency" in said
    accepted(
        file_of(sources=["P006"], target={"low": 0.5}, use="consistency", note={"en": "the mean went in"})
    )


def test_what_a_scenario_tells_as_reported_or_aimed_at_is_no_input() -> None:
    assert "S066" not in priors(), "Jiang'an's outcome is told by its scenario, and goes in nowhere"
    assert priors()["S064"].startswith("wuhan_hanyang")
    roles = {figure.evidence: figure.role for figure in load("wuhan_jiangan").figures}
    assert roles["S066"] == "outcome", "the field says so, not the words of its key"


def test_a_consistency_check_says_what_went_in() -> None:
    said = refused(file_of(sources=["P006"], target={"low": 0.5}, use="consistency"))
    assert "patterns.0" in said and "a note that says what went in" in said


def test_a_relayed_figure_is_a_sign_or_one_bound() -> None:
    """N006b is graded aggregator."""
    closed = {"sources": ["N006b"], "measured__years": [2025, 2025]}
    assert "graded aggregator; allowed: a sign or one bound" in refused(
        file_of(**closed, target={"low": 0.2, "high": 0.4})
    )
    assert "graded aggregator" in refused(file_of(**closed, target={"value": 0.32, "tolerance": 0.1}))
    accepted(file_of(**closed, target={"high": 0.32}))
    accepted(file_of(**closed, target={"sign": "positive"}))


def test_an_excerpt_that_does_not_say_of_whom_is_no_target() -> None:
    """N017: Harbin, about 60, of whom is not stated."""
    open_ = {"sources": ["N017"], "measured__years": [2013, 2013]}
    assert "N017, which does not state place, year and of whom" in refused(
        file_of(**open_, target={"low": 0.5, "high": 0.7})
    )
    accepted(file_of(**open_, target={"high": 0.63}))


@pytest.mark.parametrize(("counts", "least"), [("estates", 0.06), ("unstated", 0.10)])
def test_the_window_around_an_excerpt_is_wide_enough(counts: str, least: float) -> None:
    pattern = {"measure__statistic": "yearly_collection_of_estates", "measured__counts": counts}
    assert "points wide" in refused(file_of(**pattern, target={"value": 0.7, "tolerance": least / 2 - 0.001}))
    accepted(file_of(**pattern, target={"value": 0.7, "tolerance": least / 2}))


def test_the_years_of_a_pattern_hold_those_of_its_figures() -> None:
    assert "P007 (2021)" in refused(file_of(measured__years=[2011, 2011]))


def test_the_statistic_counts_what_was_counted() -> None:
    assert "'money'; allowed: households, which the statistic collection counts" in refused(
        file_of(measured__counts="money")
    )
    accepted(file_of(measured__counts="money", measure__statistic="yearly_collection"))


def test_the_statistic_looks_at_companies_where_only_they_were_asked() -> None:
    assert "company_run: found true" in refused(file_of(measured__company_run=True))
    assert "company_run: found false" in refused(file_of(measure__modes=["market", "soe"]))
    accepted(file_of(measured__company_run=True, measure__modes=["market"]))
    accepted(file_of(measure__statistic="under_modes", measure__modes=["soe"], target={"low": 0.1}))


def test_a_level_of_collection_holds_for_its_region_only() -> None:
    """The ordinary city is an inland one."""
    assert "found 'north_east'; allowed: one of china, centre, west" in refused(
        file_of(measured__region="north_east")
    )
    accepted(file_of(measured__region="west"))
    accepted(file_of(measured__region="east", measure__statistic="committees"))


def test_a_variant_lies_where_its_base_does_unless_it_is_another_city(tmp_path: Path) -> None:
    """Whatever its file is called: the region is the city's, and of another city that
    states none nobody knows it."""
    variant = 'extends = "gaotang"\nmonths = 24\n'
    named = '[city]\nname = { zh = "某市", en = "Some city" }\n'
    for name, text in (
        ("variant", variant),
        ("other", variant + named),
        ("told", variant + named + 'regions = ["west"]\n'),
    ):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    inland = {"measured__region": "centre"}
    assert "found 'centre'; allowed: one of east" in refused(
        file_of(scenario=str(tmp_path / "variant.toml"), **inland)
    )
    accepted(file_of(scenario=str(tmp_path / "variant.toml"), measured__region="east"))
    accepted(file_of(scenario=str(tmp_path / "other.toml"), **inland))
    assert "allowed: one of west" in refused(file_of(scenario=str(tmp_path / "told.toml"), **inland))


def test_where_a_city_lies_is_no_part_of_a_run() -> None:
    scenario = load("gaotang")
    elsewhere = scenario.model_copy(update={"city": scenario.city.model_copy(update={"regions": ("west",)})})
    assert scenario.city.regions == ("east",) and content_hash(elsewhere) == content_hash(scenario)


def test_what_cannot_be_measured_says_which_mechanism_it_needs() -> None:
    absent = {"measure__statistic": "not_represented", "measure__months": [1, 1]}
    assert "needs" in refused(file_of(**absent))
    assert "needs" in refused(file_of(needs={"en": "a mechanism"}))
    accepted(file_of(**absent, needs={"en": "a mechanism"}))


def held(**changes: Any) -> dict[str, Any]:
    return file_of(
        **(
            {"name": "unseen", "use": "held_out", "sources": ["N020a"], "measured__years": [2016, 2016]}
            | changes
        )
    )


def test_a_city_is_held_out_whole() -> None:
    """N020a-c and N075a are of Yangzhou: none of them may be fitted to while another is held out."""
    accepted(held(), file_of())
    fitted = {"measured__years": [2012, 2016], "target": {"high": 0.9}}
    for one in ("N020a", "N020b", "N075a"):
        said = refused(held(), file_of(sources=[one], **fitted))
        assert "mine.toml: patterns.0.sources: found N020a" in said and "yangzhou" in said
    accepted(held(), held(name="other", sources=["N020b"]))


def test_a_document_is_held_out_whole() -> None:
    """N034a and N036b were read in one document, of two cities."""
    said = refused(
        held(sources=["N034a"], target={"low": 0.1}), file_of(sources=["N036b"], target={"low": 0.1})
    )
    assert register().figures["N034a"].source.id in said


def test_a_document_that_a_parameter_leans_on_is_not_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a parameter leaned on the one of its two cities that is not held out."""
    monkeypatch.setattr("sim.evidence.patterns.priors", lambda: {"N036b": "a parameter"})
    said = refused(held(sources=["N034a"], target={"low": 0.1}))
    assert f"of {register().figures['N034a'].source.id} a parameter (N036b) makes use" in said


def test_a_city_that_a_parameter_leans_on_is_not_held_out() -> None:
    """Another figure of Beijing, where P066 was found, is no test of what leans on P066."""
    said = refused(held(sources=["N049b"], target={"low": 0.1}))
    assert "beijing" in said and "held out as a whole" in said


def test_shipped_held_out_cities_surveys_and_documents_are_used_for_nothing_else() -> None:
    figures = register().figures
    patterns = load_patterns()[0]
    apart = {use: set[str]() for use in ("held out", "other")}
    for pattern in patterns:
        for one in pattern.sources:
            apart["held out" if pattern.use == HELD_OUT else "other"] |= {
                figures[one].group,
                figures[one].source.id,
            }
    apart["other"] |= {key for one in priors() for key in (figures[one].group, figures[one].source.id)}
    assert apart["held out"] & apart["other"] == set()


def test_shipped_targets_rest_on_what_was_read() -> None:
    """The same rules, stated a second time: closed targets are strong, complete,
    and wide where read second hand."""
    figures = register().figures
    for pattern in load_patterns()[0]:
        low, high = pattern.target.bounds
        if pattern.use == CONSISTENCY or abs(low) == float("inf") or abs(high) == float("inf"):
            continue
        for one in pattern.sources:
            figure = figures[one]
            assert figure.source.grade in ("official", "peer_reviewed", "press"), (pattern.name, one)
            assert figure.place and figure.year and figure.of_whom, (pattern.name, one)
            if figure.read not in (DOCUMENT, PAGE) and STATISTICS[pattern.measure.statistic].unit == "share":
                assert high - low >= 0.06 - 1e-9, pattern.name
