"""What a variant may leave out of the scenario it extends, and whose figures count."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load
from sim.scenario.merging import leave_out

NOTE = 'note = { zh = "注", en = "note" }\n'


def figure(table: str, key: str, value: str, about: str = "") -> str:
    said = f'about = ["{about}"]\n' if about else ""
    return f'[[{table}]]\nkey = "{key}"\nvalue = {value}\nstatus = "assumed"\n{said}{NOTE}'


def variant(folder: Path, text: str, figures: str = "") -> Scenario:
    """A variant with `text` of the base scenario of these tests, to which `figures` are added."""
    base = (Path(__file__).parent / "base.toml").read_text(encoding="utf-8")
    (folder / "first.toml").write_text(base + figures, encoding="utf-8")
    (folder / "second.toml").write_text(
        'extends = "first.toml"\ninterventions = []\n' + text, encoding="utf-8"
    )
    return load(folder / "second.toml")


def test_a_type_left_out_is_gone_with_its_figures(tmp_path: Path) -> None:
    figures = figure("figures", "types.old_town.vacancy", "0.1") + figure(
        "figures",
        "types.old_towns",
        "1",
        "city",  # a label that begins as the key does, and is about what stays
    )
    made = variant(tmp_path, 'without = ["types.old_town"]\n[types.commodity]\nshare = 1.0\n', figures)
    assert list(made.types) == ["commodity"]
    assert [entry.key for entry in made.figures] == ["types.old_towns"]


def test_an_added_figure_takes_the_place_of_the_inherited_one_for_the_same_key(tmp_path: Path) -> None:
    before = figure("figures", "pilots", "20", "city") + figure("figures", "anything", "1", "city")
    added = (
        figure("add_figures", "new", "2")
        + figure("add_figures", "pilots", "40", "city")
        + figure("add_figures", "new", "3")
    )
    made = variant(tmp_path, added, before)
    assert [(entry.key, entry.value) for entry in made.figures] == [
        ("pilots", 40),
        ("anything", 1),
        ("new", 2),
        ("new", 3),
    ]


def test_leaving_out_changes_neither_the_base_nor_what_stands_beside(tmp_path: Path) -> None:
    base = {"types": {"a": {"x": 1, "y": 2}, "b": 3}, "months": 5}
    assert leave_out(base, ["types.a.x", "months"], "file") == {"types": {"a": {"y": 2}, "b": 3}}
    assert base == {"types": {"a": {"x": 1, "y": 2}, "b": 3}, "months": 5}


BASE = """
extends = "small_city"
[[interventions]]
kind = "operating_subsidy"
name = "subsidy"
start = 5
targets = { types = ["three_no"] }
[[interventions]]
kind = "retrofit"
start = 9
"""


def varied(folder: Path, text: str) -> Scenario:
    (folder / "first.toml").write_text(BASE, encoding="utf-8")
    (folder / "second.toml").write_text(f'extends = "first.toml"\n{text}', encoding="utf-8")
    return load(folder / "second.toml")


def test_a_variant_drops_one_programme_by_its_name_or_its_kind(tmp_path: Path) -> None:
    first = load((varied(tmp_path, ""), tmp_path / "first.toml")[1])
    assert varied(tmp_path, 'without = ["interventions.subsidy"]').interventions == first.interventions[1:]
    assert varied(tmp_path, 'without = ["interventions.retrofit"]').interventions == first.interventions[:1]
    both = varied(tmp_path, 'without = ["interventions.subsidy", "interventions.retrofit"]')
    assert both.interventions == ()
    assert first.title != both.title, "the title of a variant is not that of its base"


def test_a_variant_changes_settings_of_one_programme(tmp_path: Path) -> None:
    made = varied(
        tmp_path,
        "[change_interventions.subsidy]\nstart = 13\n[change_interventions.subsidy.targets]\nold = true\n",
    )
    subsidy, retrofit = made.interventions
    assert (subsidy.start, retrofit.start) == (13, 9)
    assert subsidy.targets.old is True
    assert subsidy.targets.types == ("three_no",), "what is not mentioned stays"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'without = ["interventions.subsidies"]',
            r"without: found 'interventions.subsidies'; allowed: one of .*interventions.subsidy, interventions.retrofit; did you mean interventions.subsidy|did you mean 'interventions.subsidy'",
        ),
        (
            "[change_interventions.retrofits]\nstart = 3",
            "change_interventions: found 'retrofits'.*did you mean 'retrofit'",
        ),
        (
            "change_interventions = 3",
            "change_interventions: found 3; allowed: a table of settings for each name",
        ),
        (
            "[change_interventions.retrofit]\nstrat = 3",
            r"second\.toml: interventions\.retrofit\.strat: found an unknown key",
        ),
    ],
)
def test_what_cannot_be_dropped_or_changed_is_said(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        varied(tmp_path, text)


def test_changes_need_something_that_is_extended(tmp_path: Path) -> None:
    file = tmp_path / "alone.toml"
    file.write_text("[change_interventions.subsidy]\nstart = 3\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="change_interventions: .*nothing is extended"):
        load(file)


def test_a_file_may_name_its_schema(tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text('"$schema" = "scenario.schema.json"\nextends = "small_city"\n', encoding="utf-8")
    assert load(file).interventions == load("small_city").interventions
    file.write_text('"$schema" = 3\nextends = "small_city"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"\$schema: found an unknown key"):
        load(file)
