"""The page of the second version's world: what it prints is a scenario, the same in both languages, and its
numbers are within what may be set and count up to what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.model.parameters import PARAMETERS
from sim.scenario import load

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {"en": DOCS / "second-version.md", "zh": DOCS / "zh" / "second-version.md"}


def printed(lang: str) -> str:
    found = re.search(r"```toml\n(.*?)```", PAGES[lang].read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_what_the_page_prints_runs_as_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "second_version.toml"
    file.write_text(printed("en"), encoding="utf-8")
    scenario = load(file)
    on = {name for name, held in scenario.mechanisms.model_dump().items() if held}
    assert len(on) == 13 and "fund" not in on
    values = scenario.parameter_values()
    assert len(values) == 34 and all(PARAMETERS[key].default != value for key, value in values.items())


def test_both_languages_print_the_same_scenario() -> None:
    assert printed("en") == printed("zh")


@pytest.mark.parametrize(
    ("lang", "yes", "said"),
    [("en", "yes", r"(\d+) of 40 calibration"), ("zh", "是", r"40项校准模式中有(\d+)项的中位数")],
)
def test_the_page_counts_what_its_table_says(lang: str, yes: str, said: str) -> None:
    text = PAGES[lang].read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| pattern")]
    found = re.search(said, text)
    assert found is not None and sum(row.endswith(f"| {yes} |") for row in rows) == int(found.group(1))
