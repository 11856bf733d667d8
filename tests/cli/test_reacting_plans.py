"""What a reader is told of plans that react: before a run, after it, and of the single estate."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from first_version import first_version
from rich.console import Console
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.model.programmes.condition_words import sentences_of
from sim.no_effect import without_effect
from sim.outputs.odd import odd_of
from sim.results import Run
from sim.scenario import load, with_overrides
from sim.studies.run.explain import explain_text
from sim.studies.run.reactions import reaction_sentences, rows_of
from sim.studies.run.work import show_summary
from sim.text import in_language

AID = "interventions.operating_subsidy"
SMALL = {"city.estates": 60, "months": 40, f"{AID}.when.start.at_least": 0.1, f"{AID}.yearly_budget": 2e4}


@pytest.fixture(scope="module")
def run() -> Run:
    # of a world in which owners of some estates pay so well again that the subsidy leaves them
    return sim.run(with_overrides(first_version(load("subsidy_reacting")), SMALL), seed=2)


def test_describe_says_every_condition_and_how_government_sees_it() -> None:
    for lang, words in (
        (
            "en",
            (
                "starts when",
                "30% for 3 months in a row",
                "rests when",
                "ends in an estate where",
                "1 month later",
            ),
        ),
        ("zh", ("启动条件", "不低于30%，连续3个月", "暂停条件", "在某小区终止的条件", "1个月后到达")),
    ):
        done = CliRunner().invoke(app, ["describe", "subsidy_reacting", "--lang", lang])
        told = done.output.replace("\n", "" if lang == "zh" else " ")
        assert done.exit_code == 0 and all(one in told for one in words), told
    plain = CliRunner().invoke(app, ["describe", "subsidy_only", "--lang", "en"])
    assert "on conditions" not in plain.output


def test_a_changed_level_is_told_as_changed() -> None:
    changed = with_overrides(load("subsidy_reacting"), {f"{AID}.where.start.below": 0.45})
    with in_language("en"):
        assert any("below 45% for 6 months" in one for one in sentences_of(changed.interventions[0]))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_run_says_what_each_programme_did_as_its_events_have_it(run: Run, lang: str) -> None:
    events = run.events[(run.events["programme"] == "operating_subsidy").to_numpy()]
    whole = events[events["estate"].isna().to_numpy()]
    counts = Counter(events[events["estate"].notna().to_numpy()]["kind"].astype(str))
    with in_language(lang):
        (sentence,) = reaction_sentences(run)
        assert sentence in run.sentences()
        ((_, conditions, did),) = rows_of(run)
    assert did in sentence and conditions
    paused = whole["month"][(whole["kind"] == "programme_paused").to_numpy()].tolist()
    assert paused and all(str(month) in sentence for month in paused)
    assert counts["programme_left"] and str(counts["programme_left"]) in sentence


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_that_runs_says_it_too(run: Run, lang: str) -> None:
    screen = Console(width=400, file=io.StringIO(), record=True)
    with in_language(lang):
        show_summary(screen, run)
        (sentence,) = reaction_sentences(run)
    assert sentence in screen.export_text()


def test_the_life_of_an_estate_names_the_programme_that_left_it_and_what_was_seen(run: Run) -> None:
    left = run.events[(run.events["kind"] == "programme_left").to_numpy()].iloc[0]
    told = explain_text(run, int(left["estate"]), "en")
    (line,) = [one for one in told if "a programme ended in the estate" in one]
    assert f"month {left['month']}: operating_subsidy" in line
    assert f"seen: {100 * left['size']:.0f}%" in line and left["size"] >= 0.75


def test_the_protocol_has_the_conditions_in_words() -> None:
    with in_language("en"):
        text = odd_of(load("subsidy_reacting"))
    assert "takes an estate in only where" in text and "when=" not in text


def test_a_condition_that_can_never_be_met_is_said_before_anything_is_run() -> None:
    never = with_overrides(load("subsidy_reacting"), {f"{AID}.where.start.below": 0.0})
    with in_language("en"):
        assert any("where.start can never be met" in str(one) for one in without_effect(never))
    assert not without_effect(load("subsidy_reacting"))
