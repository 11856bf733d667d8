"""What a variant may leave out of the scenario it extends, and whose figures count."""

from __future__ import annotations

from pathlib import Path

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
    before = figure("figures", "city.estates", "20") + figure("figures", "anything", "1", "city")
    added = (
        figure("add_figures", "new", "2")
        + figure("add_figures", "city.estates", "40")
        + figure("add_figures", "new", "3")
    )
    made = variant(tmp_path, added, before)
    assert [(entry.key, entry.value) for entry in made.figures] == [
        ("city.estates", 40),
        ("anything", 1),
        ("new", 2),
        ("new", 3),
    ]


def test_leaving_out_changes_neither_the_base_nor_what_stands_beside(tmp_path: Path) -> None:
    base = {"types": {"a": {"x": 1, "y": 2}, "b": 3}, "months": 5}
    assert leave_out(base, ["types.a.x", "months"], "file") == {"types": {"a": {"y": 2}, "b": 3}}
    assert base == {"types": {"a": {"x": 1, "y": 2}, "b": 3}, "months": 5}
