"""The page on budgets gives a menu that works, the same in both languages, and names the
files that a search writes."""

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.results.engines import PlannedRun
from sim.scenario import load, with_overrides
from sim.studies.budget.menu import check_menu, load_menu
from sim.studies.budget.package_value import LOSSES, OBJECTIVES
from sim.studies.budget.search import Search

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "budget.md", DOCS / "zh" / "budget.md"]


def menus_of(page: Path) -> list[str]:
    found = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 2
    return found


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_menu_of_the_page_can_be_bought(page, tmp_path):
    file = tmp_path / "menu.toml"
    file.write_text(menus_of(page)[0], encoding="utf-8")
    menu = load_menu(file).menu
    assert {"settings", "search"} <= {key for item in menu for key in item.model_fields_set}
    city = load("small_city")
    check_menu(city, menu, str(file))


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_menu_with_order_timing_targets_and_conditions_is_searched(page, tmp_path):
    """All that it leaves open is chosen one way and another, and nothing that it rules out."""
    optuna = pytest.importorskip("optuna")
    file = tmp_path / "menu.toml"
    file.write_text(menus_of(page)[1], encoding="utf-8")
    menu = load_menu(file)
    city = with_overrides(load("small_city"), {"months": 36})
    check_menu(city, menu.menu, str(file))
    search = Search(city, 1e6, menu, [1], optuna.storages.InMemoryStorage(), "random", 1, None)
    made = []
    search.go_on(24, lambda planned: [(one, pretend_run(one, made)) for one in planned])
    subsidies = [one for plan in made for one in plan if one.kind == "operating_subsidy"]
    assert {one.start for one in subsidies} == {1, 7, 13}
    assert {one.targets.stages for one in subsidies} == {(), ("strained", "spiralling")}
    assert {one.when is None for one in subsidies} == {True, False}
    assert {one.where.start.measure for one in subsidies} == {"collection", "quality"}
    assert all(0.3 <= one.where.start.below <= 0.8 for one in subsidies)
    assert {tuple(one.kind for one in plan) for plan in made if len(plan) > 1} == {
        ("operating_subsidy", "committee_drive"),
        ("committee_drive", "operating_subsidy"),
    }


def pretend_run(planned_run: PlannedRun, made: list) -> SimpleNamespace:
    """What a search reads of a run, which this one was not; `made` takes its plan."""
    made.append(planned_run.scenario.interventions)
    scalars = dict.fromkeys(("cycle_share_last_year", "public_cost", *OBJECTIVES, LOSSES), 0.5)
    return SimpleNamespace(scalars=scalars, spending={}, months=36)


def test_both_languages_give_the_same_menu_and_name_the_same_things():
    english, chinese = PAGES
    for one, other in zip(menus_of(english), menus_of(chinese), strict=True):
        assert tomllib.loads(one) == tomllib.loads(other)
    english_names, chinese_names = (
        set(re.findall(r"`([a-z_.]+)`", page.read_text(encoding="utf-8"))) for page in PAGES
    )
    assert english_names == chinese_names
