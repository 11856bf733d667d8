"""Readers are told in their language what the figures of a scenario are of, and what they say in words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.evidence.register import uses_of
from sim.outputs.report.common import sources_of
from sim.scenario import Scenario, load, to_data
from sim.scenario.fields import Wording
from sim.text import in_language, languages

SHIPPED = sorted(path.stem for path in (Path(sim.__file__).parents[1] / "scenarios").glob("*.toml"))
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_*]+)+")
ID = re.compile(r"\b[SPNDI]\d+[a-z]?\b")  # of the register of evidence
FOREIGN = {"zh": re.compile("[A-Za-z]{2}"), "en": re.compile("[\u3400-\u9fff]")}


@cache
def shipped(name: str) -> Scenario:
    return load(name)


def of_a_setting(key: str, scenario: Scenario) -> bool:
    """Whether readers may be shown a key as it is: it begins with a table that the scenario has."""
    tables = to_data(scenario) | {"parameters": {}} | scenario.parameters
    return bool(KEY.fullmatch(key)) and key.split(".")[0] in tables


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_told_of_a_figure_is_in_the_language_of_the_reader(name: str, language: str) -> None:
    scenario, foreign = shipped(name), FOREIGN[language]
    with in_language(language):
        (told,) = sources_of([scenario])
        for item, value, *_, note in told.rows:
            assert of_a_setting(item, scenario) or not foreign.search(item), item
            assert not foreign.search(value), (item, value)
            assert not foreign.search(ID.sub("", note)), (item, note)
        assert len(told.rows) == len(scenario.figures), "none hides another"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_figure_in_words_and_one_of_no_setting_are_told_in_every_language(name: str) -> None:
    for figure in shipped(name).figures:
        for words in (figure.name, figure.value, figure.note):
            if isinstance(words, str):
                assert not re.search(r"\w", words), f"{figure.key}: {words!r} is of no language"
            elif isinstance(words, Wording):
                assert len({words.in_language(one) for one in languages()}) == len(languages()), figure.key


def test_describing_a_city_in_one_language_says_nothing_of_its_figures_in_the_other() -> None:
    told = {}
    for language in ("zh", "en"):
        shown = CliRunner().invoke(app, ["describe", "gaotang", "--lang", language], env={"COLUMNS": "400"})
        assert shown.exit_code == 0, shown.output
        told[language] = shown.output
    for figure in shipped("gaotang").figures:
        for words in (figure.name, figure.value):
            if isinstance(words, Wording):
                zh, en = words.in_language("zh"), words.in_language("en")
                assert zh in told["zh"] and en not in told["zh"]
                assert en in told["en"] and zh not in told["en"]


def test_what_rests_on_a_source_names_the_figure_in_the_language_of_the_reader() -> None:
    named = {}
    for language in ("zh", "en"):
        with in_language(language):
            named[language] = {use.place for use in uses_of("S041") if use.place.startswith("gaotang")}
    assert "gaotang: 分担责任的部门" in named["zh"]
    assert "gaotang: departments that share the duty" in named["en"]


def test_the_size_of_an_estate_type_stands_on_a_figure_of_that_type() -> None:
    """Pingdingshan's three-no courtyards have a size of their own: no national mean speaks of them."""
    sizes = {
        name: next(one for one in shipped(name).figures if one.key == "types.three_no.households_mean")
        for name in ("vicious_cycle", "pingdingshan")
    }
    assert (sizes["vicious_cycle"].value, sizes["vicious_cycle"].evidence) == (171, "P003")
    assert (sizes["pingdingshan"].value, sizes["pingdingshan"].evidence) == (100, "")
    national = [one.note for one in shipped("pingdingshan").figures if one.evidence == "P003"]
    assert national and not any("三无" in one.in_language("zh") for one in national)
