"""Notebooks are in step with their texts, keep no outputs, and use the public API only.
`.ci/run` executes them."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import sim

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
TEXTS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))


def cells(text):
    return json.loads(text.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]


def test_notebooks_are_in_step_with_their_texts():
    done = subprocess.run(
        [sys.executable, str(FOLDER / "make_notebooks.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.stem)
def test_a_notebook_asks_and_answers_and_keeps_no_outputs(text):
    found = cells(text)
    first, headings = (
        "".join(found[0]["source"]),
        ["".join(cell["source"]) for cell in found if cell["cell_type"] == "markdown"],
    )
    assert "**Question:" in first and "?" in first
    assert any(heading.startswith("## What was learned") for heading in headings[-3:])
    assert all(
        not cell["outputs"] and cell["execution_count"] is None
        for cell in found
        if cell["cell_type"] == "code"
    )


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
