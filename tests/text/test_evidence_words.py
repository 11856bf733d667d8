"""What the register's figures are and where they were found is said in every language; English is
the register's own wording."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from catalogs import catalog
from typer.testing import CliRunner

from sim.cli.app import app
from sim.evidence.register import register
from sim.text import figures, in_language, languages
from sim.text.catalog import has_text
from sim.text.evidence import found_in, note_of, place_of, quantity_of, weakness_of

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("lang", languages())
def test_every_figure_and_every_place_has_its_words(lang: str) -> None:
    found = register()
    with in_language(lang):
        assert [name for name in found.figures if not has_text(f"evidenced.{name}")] == []
        places = {one.place for one in (*found.figures.values(), *found.sources.values())} - {""}
        assert [place for place in places if not has_text(f"place.{place}")] == []


def test_english_is_what_the_register_writes_and_chinese_is_chinese() -> None:
    for name, figure in register().figures.items():
        with in_language("en"):
            assert quantity_of(name, "") == figure.quantity and place_of(figure.place) == figure.place
        with in_language("zh"):
            assert CHINESE.search(quantity_of(name, ""))
            assert not figure.place or CHINESE.search(place_of(figure.place))


@pytest.mark.parametrize(
    ("entries", "column", "words_of", "at_least", "needs_words"),
    [
        ("sources", "weakness", weakness_of, 100, "."),
        ("figures", "note", note_of, 200, "[A-Za-z]"),  # a note that only reckons (176/1115) needs no word
    ],
)
def test_every_remark_of_the_register_is_said_in_both_languages(
    entries: str, column: str, words_of: Callable[[str, str], str], at_least: int, needs_words: str
) -> None:
    rows = getattr(register(), entries).items()
    written = {name: getattr(entry, column) for name, entry in rows if getattr(entry, column)}
    assert len(written) > at_least
    with in_language("en"):
        assert {name: words_of(name, "") for name in written} == written
    with in_language("zh"):
        said = {name: words_of(name, "") for name in written}
    assert all(said.values())
    untold = [text for text in said.values() if re.search(needs_words, text) and not CHINESE.search(text)]
    assert untold == []
    # what stays in Latin letters is an id, a site or nothing
    assert [name for name, text in said.items() if re.search("[a-z]+ [a-z]+", text)] == []


def test_a_note_in_chinese_names_the_same_entries_of_the_register() -> None:
    entry = re.compile(r"(?<![A-Za-z0-9])[SPTNIQ]\d{3}[a-z]?")
    for name, figure in register().figures.items():
        if figure.note:
            with in_language("zh"):
                assert set(entry.findall(note_of(name, ""))) == set(entry.findall(figure.note)), name


def test_no_words_are_left_of_what_has_no_note_or_weakness() -> None:
    wanted = {f"weakness.{name}" for name, source in register().sources.items() if source.weakness}
    wanted |= {f"reading_note.{name}" for name, figure in register().figures.items() if figure.note}
    for lang in languages():
        assert {key for key in catalog(lang) if key.startswith(("weakness.", "reading_note."))} == wanted


def test_note_and_weakness_are_shown_in_chinese() -> None:
    told = CliRunner().invoke(app, ["evidence", "S015", "--lang", "zh"], env={"COLUMNS": "200"}).output
    assert "与同一文本的四个个数矛盾" in told and "讲话作于2010年初" in told


def test_what_has_no_words_is_as_it_was_written() -> None:
    with in_language("zh"):
        assert quantity_of("P9999", "a new figure") == "a new figure"
        assert found_in("Nowhere", "", "a title") == "Nowhere，a title"


def test_an_entry_is_shown_in_chinese() -> None:
    told = CliRunner().invoke(app, ["evidence", "P004", "--lang", "zh"], env={"COLUMNS": "200"}).output
    assert "每个专业物业小区的户数" in told and "个旧" in told
    used = CliRunner().invoke(app, ["evidence", "S020", "--lang", "zh"], env={"COLUMNS": "200"}).output
    assert "推算" in used and "报道" in used
    programme = CliRunner().invoke(app, ["interventions", "soe_fallback", "--lang", "zh"]).output
    assert "承担兜底的国有物业企业" in programme and "高唐县" in programme
    for english in ("Gejiu", "households per", " derived", " reported", "Gaotang", "SOE PMCs"):
        assert english not in told + used + programme


def test_a_year_of_the_calendar_has_no_mark_between_thousands() -> None:
    with in_language("zh"):
        assert figures.in_unit(2023, "year") == "2023" and figures.in_unit(3, "year") == "3年"
