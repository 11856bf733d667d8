"""A language is its catalogs: no code asks which one it is, so that a third one needs no change of code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from catalogs import PACKAGE

import sim
from sim.outputs import style
from sim.outputs.report.write import part_of
from sim.scenario import PROGRAMMES, Programme, setting, with_overrides
from sim.scenario.fields import Wording
from sim.text import catalog, figures, in_language, languages
from sim.text.catalog import CATALOGS, DEFAULT_LANGUAGE, KINDS, next_language
from sim.words import Word
from tests.sources import nodes_of

# The default language has a name: what is spoken where nobody asks. Nothing else may be decided by one.
ALLOWED = [("text/catalog.py", f'DEFAULT_LANGUAGE = "{DEFAULT_LANGUAGE}"')]
# As a word of its own within a name or a text: "zh", label_zh, zh-CN, title.en, toLocaleString('en').
NAMED = re.compile(r"(?<![A-Za-z0-9])(en|zh)(?![a-z0-9])")


def languages_named(source: str) -> list[str]:
    """Statements that name a language: in a text that is no docstring, an
    attribute, an argument or a name."""
    if not NAMED.search(source):
        return []
    nodes = nodes_of(source)
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    lines = source.splitlines()
    return [
        lines[node.lineno - 1].strip()
        for node in nodes
        if id(node) not in docstrings and any(NAMED.search(word) for word in written_in(node))
    ]


def written_in(node: ast.AST) -> Iterator[str]:
    """The texts and names of one node."""
    for _, value in ast.iter_fields(node):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield one


def test_no_code_names_a_language() -> None:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        place = file.relative_to(PACKAGE).as_posix()
        found += [(place, line) for line in languages_named(file.read_text(encoding="utf-8"))]
    assert found == ALLOWED


@pytest.mark.parametrize(
    "line",
    [
        'if language() == "en": pass',
        'lang = "zh-CN"',
        "title = made.title.zh",
        "title = title_en",
        'word = Word(zh="a")',
        "def setting(en=''): pass",
        "f\"value.toLocaleString('en', {size})\"",
        "class A:\n    label_zh: str = ''",
    ],
)
def test_a_language_that_is_named_is_found(line: str) -> None:
    assert languages_named(line)


@pytest.mark.parametrize("line", ['"""In "en"."""', "seen = given", 'x = "open"', 'say("zhong.open")'])
def test_nothing_else_is_taken_for_one(line: str) -> None:
    assert languages_named(line) == []


def test_scripts_of_pages_name_no_language() -> None:
    for file in [*PACKAGE.rglob("*.js"), *PACKAGE.rglob("*.j2")]:
        assert not re.search(r"""["'`](en|zh)(-[A-Z]+)?["'`]""", file.read_text(encoding="utf-8")), file


MARK = "à"


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A third language by catalogs alone: the English ones under another name, with a mark before every
    text that begins with a letter."""
    for root in (CATALOGS, KINDS):
        for file in root.rglob("*.po"):
            told = file.read_text(encoding="utf-8")
            (tmp_path / file.relative_to(PACKAGE)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file.relative_to(PACKAGE)).write_text(told, encoding="utf-8")
            if DEFAULT_LANGUAGE not in (file.parent.name, file.stem):
                continue
            as_third = (
                file.with_name("qq.po")
                if file.stem == DEFAULT_LANGUAGE
                else file.parent.with_name("qq") / file.name
            )
            copy = tmp_path / as_third.relative_to(PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            marked = re.sub(r'^(msgstr(?:\[.\])? ")(?=[A-Za-z])', rf"\1{MARK}", told, flags=re.M)
            copy.write_text(told if file.name == "language.po" else marked, encoding="utf-8")
    monkeypatch.setattr(catalog, "CATALOGS", tmp_path / CATALOGS.relative_to(PACKAGE))
    monkeypatch.setattr(catalog, "KINDS", tmp_path / KINDS.relative_to(PACKAGE))
    monkeypatch.setattr(catalog, "cache_root", lambda: tmp_path / "cache")
    languages.cache_clear()
    yield "qq"
    monkeypatch.undo()
    for kept in (languages, catalog._texts, catalog._marks, figures._money_steps):
        kept.cache_clear()


def test_charts_and_reports_speak_it(third: str) -> None:
    run = sim.run("small_city", months=2, overrides={"spin_up": 0})
    told = part_of(run, third)
    assert all(MARK in line for line in (told.kind, *told.finding)) and told.finding
    assert all(one.title.startswith(MARK) for one in told.pictures) and told.pictures
    assert sim.charts.cycle(run, lang=third).get_title(loc="left").lower().startswith(MARK)
    with in_language(third):
        assert style.file_name("score_card") == "score_card.qq.png"
    with in_language(DEFAULT_LANGUAGE):
        assert style.file_name("score_card") == "score_card.png"


def test_the_button_of_the_app_leads_through_all_languages(third: str) -> None:
    seen = [third]
    while len(seen) <= len(languages()):
        with in_language(seen[-1]):
            seen.append(next_language())
    assert seen[0] == seen[-1] and set(seen) == set(languages()) >= {"en", "qq", "zh"}


def test_scenarios_are_written_in_it(third: str) -> None:
    city = with_overrides(sim.load("small_city"), {"title.qq": "ville"})
    assert city.title.in_language(third) == "ville"
    assert Wording.model_validate({third: "ville"}).in_language(DEFAULT_LANGUAGE) == "ville"


def test_classes_of_users_carry_words_in_it(third: str) -> None:
    class Festival(Programme, kind="festival"):
        label_qq: ClassVar[str] = "fête"

        cost: float = setting(1, 0, 10, "yuan", qq="coût")

    PROGRAMMES.pop("festival")
    cost = Festival.label_of("cost")
    assert str(Festival.label()) == "fête" and cost is not None
    assert {cost.in_language(name) for name in languages()} == {
        "coût"
    }  # one language stands in for the others
    with pytest.raises(ValueError, match=rf"\['xx'\].*{', '.join(languages())}"):
        setting(1, 0, 10, "yuan", xx="x")
    with pytest.raises(ValueError, match="no language"):
        Word()
