"""Reading, extending and laying one file over another; and the scenarios that ship with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, list_scenarios, load, load_programmes
from sim.scenario.merging import merge

pytestmark = pytest.mark.usefixtures("small_world")


def variant(folder: Path, base: Path, text: str) -> Scenario:
    file = folder / "variant.toml"
    file.write_text(f"extends = '{base}'\n{text}", encoding="utf-8")
    return load(file)


def test_defaults_fill_what_a_file_leaves_out(base: Path) -> None:
    scenario = load(base)
    assert (scenario.name, scenario.months, scenario.seed) == ("base", 120, 1)
    assert scenario.types["commodity"].households_min == 20
    assert scenario.companies.tolerance_months_mean == 24 and scenario.loops.exit
    assert (
        scenario.interventions[0].name == "example_award" and scenario.interventions[0].targets.share_max == 1
    )


def test_whole_numbers_become_floats(base: Path) -> None:
    amount = load(base).interventions[0].amount  # type: ignore[attr-defined]
    assert isinstance(amount, float)
    assert isinstance(load(base).companies.cash_months, float)


def test_scenarios_cannot_be_changed(base: Path) -> None:
    with pytest.raises(ScenarioError, match=r"Scenario: months: found .*with_overrides"):
        load(base).months = 3  # type: ignore[misc]


def test_tables_merge_and_lists_replace(tmp_path: Path, base: Path) -> None:
    scenario = variant(
        tmp_path, base, "months = 6\n[types.commodity]\nfee_price = 2\n[city]\ndistricts = 4\n"
    )
    assert (scenario.name, scenario.months) == ("variant", 6)
    assert scenario.types["commodity"].fee_price == 2 and scenario.types["commodity"].area_mean == 90
    assert scenario.city.districts == 4 and scenario.city.estates == 20
    assert list(scenario.types) == ["commodity", "old_town"]
    assert variant(tmp_path, base, "interventions = []\n").interventions == ()


def test_interventions_can_be_added(tmp_path: Path, base: Path) -> None:
    added = '[[add_interventions]]\nkind = "example_award"\nname = "second"\n'
    names = [programme.name for programme in variant(tmp_path, base, added).interventions]
    assert names == ["example_award", "second"]
    alone = variant(tmp_path, base, f"interventions = []\n{added}").interventions
    assert [programme.name for programme in alone] == ["second"]


def test_a_distribution_is_replaced_whole_and_its_alternative_forgotten(tmp_path: Path, base: Path) -> None:
    scenario = variant(
        tmp_path,
        base,
        "[types.commodity]\ncount = 12\nmode_counts = { soe = 12 }\n[types.old_town]\ncount = 8\nmodes = { unit = 1 }\n",
    )
    commodity, old = scenario.types["commodity"], scenario.types["old_town"]
    assert (commodity.share, commodity.modes, commodity.mode_counts) == (None, {}, {"soe": 12})
    assert old.modes == {"unit": 1}
    assert scenario.estates_by_type() == {"commodity": 12, "old_town": 8}


def test_extending_is_relative_to_the_file_and_may_go_on(tmp_path: Path, base: Path) -> None:
    (tmp_path / "first.toml").write_text(f"extends = '{base}'\nmonths = 5\n", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "second.toml").write_text('extends = "../first.toml"\nseed = 9\n', encoding="utf-8")
    (tmp_path / "inner" / "third.toml").write_text('extends = "second"\n', encoding="utf-8")
    scenario = load(tmp_path / "inner" / "third.toml")
    assert (scenario.name, scenario.months, scenario.seed) == ("third", 5, 9)


def test_merging_changes_neither_side() -> None:
    base: dict[str, Any] = {"a": {"b": 1, "c": [1]}, "share": 1}
    change: dict[str, Any] = {"a": {"b": 2}, "count": 3}
    assert merge(base, change) == {"a": {"b": 2, "c": [1]}, "count": 3}
    assert base == {"a": {"b": 1, "c": [1]}, "share": 1} and change == {"a": {"b": 2}, "count": 3}


def test_a_byte_order_mark_is_accepted(tmp_path: Path, base: Path) -> None:
    marked = tmp_path / "base.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + base.read_bytes())
    assert load(marked) == load(base)


def test_a_name_is_looked_up_in_the_current_folder_first(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load("vicious_cycle").city.estates == 300
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "vicious_cycle.toml").write_bytes(base.read_bytes())
    assert load("vicious_cycle").city.estates == 20


def test_the_registry_survives_a_package_without_interventions() -> None:
    assert "example_award" in load_programmes()


def test_shares_of_estates_become_whole_numbers(base: Path) -> None:
    scenario = load(base)
    assert scenario.estates_by_type() == {"commodity": 12, "old_town": 8}
    assert scenario.types["commodity"].estates_by_mode(12) == {"market": 11, "none": 1}
    assert scenario.types["commodity"].estates_by_mode(0) == {"market": 0, "none": 0}


def test_both_generic_scenarios_are_shipped() -> None:
    assert {"vicious_cycle", "wuhan"} <= set(list_scenarios())


def test_a_title_in_one_language_serves_every_language(tmp_path: Path, base: Path) -> None:
    text = base.read_text(encoding="utf-8")
    (tmp_path / "whole.toml").write_text(text, encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "whole"\ntitle.zh = "我的城市"\n', encoding="utf-8")
    scenario = load(tmp_path / "mine.toml")
    assert (
        scenario.title.in_language("en")
        == scenario.title.in_language("zh")
        == str(scenario.title)
        == "我的城市"
    )
    assert load(tmp_path / "whole.toml").title.in_language("en") != "我的城市"
