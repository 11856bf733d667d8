"""What the page on other tools shows does what it says, and both languages show the same."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest
from mesa.batchrunner import batch_run

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (DOCS / "other-tools.md", DOCS / "zh" / "other-tools.md")


def examples(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def test_both_languages_show_the_same_code() -> None:
    one, other = (examples(page) for page in PAGES)
    assert [ast.unparse(ast.parse(code)) for code in one] == [ast.unparse(ast.parse(code)) for code in other]
    assert one


def test_the_example_of_mesa_runs() -> None:
    code = examples(PAGES[0])[0]
    if "rng" not in inspect.signature(batch_run).parameters:  # Mesa 3.3
        code = re.sub(r"\},\s*rng=\[1, 2, 3\]\s*\)", ', "seed": [1, 2, 3]})', code)
    found: dict[str, object] = {}
    exec(code, found)
    assert found["city"].month == 24  # type: ignore[attr-defined]


def run_example(number: int) -> dict[str, object]:
    found: dict[str, object] = {}
    exec(examples(PAGES[0])[number], found)
    return found


@pytest.mark.slow
def test_the_recipe_for_ema_gives_an_outcome_for_every_scenario() -> None:
    pytest.importorskip("ema_workbench")
    found = run_example(1)
    experiments, outcomes = found["experiments"], found["outcomes"]
    assert len(experiments) == 8
    assert all(0 <= share <= 1 for share in outcomes["cycle_share_last_year"])
    first = experiments.iloc[0]
    again = found["city"](first["norm_weight"], first["tolerance"])
    assert again["cycle_share_last_year"] == outcomes["cycle_share_last_year"][0]


@pytest.mark.slow
def test_the_recipe_for_salib_gives_indices_of_both_parameters() -> None:
    found = run_example(2)
    assert len(found["values"]) == 4 * (2 + 2)
    assert len(set(found["values"])) > 1
    assert len(found["indices"]["ST"]) == 2


@pytest.mark.slow
def test_the_recipe_for_optuna_keeps_the_best_of_its_trials() -> None:
    pytest.importorskip("optuna")
    study = run_example(3)["study"]
    assert study.best_value == min(trial.value for trial in study.trials)
    assert len(study.trials) == 5
