"""Notebooks are in step with their texts, keep no outputs, and use the public API only.
`.ci/run` executes them."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
TEXTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
ENDINGS = {"en": ".ipynb", "zh": ".zh.ipynb"}
ASKS = {"en": "**Question: ", "zh": "**问题："}
ANSWERS = {"en": "## What was learned", "zh": "## 小结"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def cells(text, lang="en"):
    return json.loads(text.with_suffix(ENDINGS[lang]).read_text(encoding="utf-8"))["cells"]


def sources(text, lang, kind):
    return ["".join(cell["source"]) for cell in cells(text, lang) if cell["cell_type"] == kind]


def test_notebooks_are_in_step_with_their_texts():
    done = subprocess.run(
        [sys.executable, str(FOLDER / "make_notebooks.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("lang", ENDINGS)
@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_notebook_asks_and_answers_and_keeps_no_outputs(text, lang):
    headings = sources(text, lang, "markdown")
    assert ASKS[lang] in headings[0] and headings[0].count("?" if lang == "en" else "？")
    assert any(heading.startswith(ANSWERS[lang]) for heading in headings[-3:])
    assert all(
        not cell["outputs"] and cell["execution_count"] is None
        for cell in cells(text, lang)
        if cell["cell_type"] == "code"
    )


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_both_languages_run_the_same_code_and_say_the_same_in_the_same_places(text):
    english, chinese = (sources(text, lang, "code") for lang in ENDINGS)
    assert english[0].count('sim.use_language("en")') == 1
    assert chinese == [cell.replace('use_language("en")', 'use_language("zh")') for cell in english]
    kinds = [[cell["cell_type"] for cell in cells(text, lang)] for lang in ENDINGS]
    assert kinds[0] == kinds[1], "a cell of text stands in one language only"
    pairs = list(zip(*(sources(text, lang, "markdown") for lang in ENDINGS), strict=True))
    for one, other in pairs:
        assert CHINESE.search(other)
        for mark in ("## ", "\n* ", "](", "`estate "):
            assert one.count(mark) == other.count(mark), (mark, one)
    links = [re.findall(r"\]\(([^)]+)\)", other) for _, other in pairs]
    assert all((FOLDER / link).exists() for found in links for link in found)
    assert all(link.endswith((".zh.ipynb", ".md")) for found in links for link in found)


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_what_a_notebook_prints_of_its_own_is_in_both_languages(text):
    """A text that is printed or titles a table is told in two languages, or is what the package says."""
    tree = ast.parse(text.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "print",
            "set_caption",
            "to_frame",
        ):
            for one in node.args:
                assert not isinstance(one, ast.JoinedStr | ast.Constant), ast.unparse(node)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
            english, chinese = map(ast.unparse, node.args)
            assert english != chinese, english


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_notebook_uses_the_public_names_only(text):
    tree = ast.parse(text.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not [name.name for name in node.names if name.name.startswith("sim.")]
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] != "sim"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sim":
            assert node.attr in sim.__all__, node.attr


def lists_of_names(text):
    """The lists of a notebook's code that hold nothing but texts (columns, outcomes), as sets."""
    for node in ast.walk(ast.parse(text.read_text(encoding="utf-8"))):
        if isinstance(node, ast.List):
            names = {one.value for one in node.elts if isinstance(one, ast.Constant)}
            if names and len(names) == len(node.elts):
                yield names


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_table_with_the_interval_of_a_mean_has_what_may_happen_beside_it(text):
    for names in lists_of_names(text):
        for name in names:
            if name == "low" or (name.endswith("_low") and not name.endswith("range_low")):
                assert name.removesuffix("low") + "range_low" in names, names


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_the_cycle_is_asked_about_in_the_last_twelve_months(text):
    asked = set().union(*lists_of_names(text))
    assert not asked & {"cycle_share", "cycle_households_share"}
