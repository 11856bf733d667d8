"""What is said about interventions, and the example of the how-to."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from small_city import events_of, paid_by, ran

from sim.errors import ScenarioError
from sim.model.programmes.describe import as_text, describe, kinds, range_of, scenarios_by_kind, shown
from sim.scenario import PROGRAMMES, Targets, list_scenarios, load
from sim.text import in_language

ROOT = Path(__file__).resolve().parents[2]
SIX = {
    "operating_subsidy",
    "performance_award",
    "soe_fallback",
    "red_black_list",
    "committee_drive",
    "retrofit",
}


@cache
def users() -> dict[str, list[str]]:
    """The shipped scenarios that use each kind, read once for all tests here."""
    return scenarios_by_kind()


def test_all_kinds_are_known() -> None:
    assert set(kinds()) >= SIX


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", kinds())
def test_the_text_says_everything(kind: str, lang: str) -> None:
    made = describe(kind, users())
    with in_language(lang):
        text = as_text(made)
    for part in (made.label, made.mechanism, made.risk, *(setting.label for setting in made.settings)):
        assert part.in_language(lang) in text
    assert all(f"`{name}`" in text for name in (*made.levers, *(setting.key for setting in made.settings)))
    assert all(row.id in text for row in made.evidence)
    assert all(name in text for name in made.scenarios)


def test_money_settings_carry_their_unit_and_range() -> None:
    made = {setting.key: setting for setting in describe("operating_subsidy").settings}
    assert made["first_year"].unit == "yuan/m2/month" and made["first_year"].source == "P029"
    assert range_of(made["first_year"]) == "0 – 5" and shown(made["first_year"].default) == "0.3"
    common = {setting.key: setting for setting in describe("operating_subsidy").common}
    assert range_of(common["order"]) == "worst_first, easiest_first, random"
    assert shown(Targets()) == "all estates"
    with in_language("zh"):
        assert shown(Targets(old=True)) == "old = 是"


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'retrofit'"):
        describe("retrofitt")


def test_the_scenarios_that_use_a_kind_are_found() -> None:
    assert {"package", "package_reordered"} <= set(describe("retrofit").scenarios)
    assert "subsidy_withdrawn" in users()["operating_subsidy"]


@pytest.mark.parametrize("name", list_scenarios())
def test_figures_about_interventions_equal_their_settings(name: str) -> None:
    scenario = load(name)
    programmes = {programme.name: programme for programme in scenario.interventions}
    for figure in scenario.figures:
        parts = figure.key.split(".")
        if parts[0] == "interventions" and len(parts) == 3 and isinstance(figure.value, float | int):
            assert getattr(programmes[parts[1]], parts[2]) == figure.value, figure.key


def test_the_orders_of_the_two_packages_are_the_reverse_of_each_other() -> None:
    one, other = load("package"), load("package_reordered")
    assert [p.kind for p in one.interventions] == [p.kind for p in reversed(other.interventions)]
    assert sorted(p.start for p in one.interventions) == sorted(p.start for p in other.interventions)
    starts = {p.kind: p.start for p in other.interventions}
    assert all(p.start + starts[p.kind] == 74 for p in one.interventions)


def test_the_example_of_the_how_to_works(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "how-to-add-an-intervention.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    module = ModuleType("clean_up_week")
    monkeypatch.setitem(sys.modules, "clean_up_week", module)
    monkeypatch.setattr("sim.scenario.programme.PROGRAMMES", PROGRAMMES)
    try:
        exec(
            compile(code.group(1), "clean_up_week.py", "exec"), module.__dict__
        )  # our own page, nobody's input
        city = ran({"kind": "clean_up_week", "start": 3}, months=20)
        assert paid_by(city).keys() == {("street", "suppliers")} and events_of(city, "programme_started")
        months = sorted({line[0] for line in city.ledger_lines if line[4]})
        assert months == [9, 15]
    finally:
        PROGRAMMES.pop("clean_up_week", None)
