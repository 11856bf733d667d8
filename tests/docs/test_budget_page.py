"""The page on budgets gives a menu that works, the same in both languages, and names the
files that a search writes."""

import re
import tomllib
from pathlib import Path

import pytest

from sim.scenario import load
from sim.studies.budget.menu import check_menu, load_menu

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = [DOCS / "budget.md", DOCS / "zh" / "budget.md"]


def menu_of(page: Path) -> str:
    found = re.search(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_menu_of_the_page_can_be_bought(page, tmp_path):
    file = tmp_path / "menu.toml"
    file.write_text(menu_of(page), encoding="utf-8")
    menu = load_menu(file).menu
    assert {"settings", "search"} <= {key for item in menu for key in item.model_fields_set}
    city = load("small_city")
    check_menu(city, menu, str(file))


def test_both_languages_give_the_same_menu_and_name_the_same_things():
    english, chinese = PAGES
    assert tomllib.loads(menu_of(english)) == tomllib.loads(menu_of(chinese))
    english_names, chinese_names = (
        set(re.findall(r"`([a-z_.]+)`", page.read_text(encoding="utf-8"))) for page in PAGES
    )
    assert english_names == chinese_names
