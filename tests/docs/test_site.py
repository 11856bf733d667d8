"""The documentation site is built without a broken link, needs no network, and says what the code says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("latex2mathml")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_loops  # noqa: E402
import make_score_card  # noqa: E402

from sim import PARAMETERS  # noqa: E402
from sim.evidence.patterns import load_patterns  # noqa: E402
from sim.model.programmes.describe import kinds  # noqa: E402
from sim.studies.score_card.score_card import Loops, Score, ScoreCard  # noqa: E402

LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?(?:https?:)?//|<link[^>]*rel=\"?(?:stylesheet|preload)[^>]*href=\"?(?:https?:)?//"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site(folder):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]  # --strict: a broken link or anchor is an error
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in folder.rglob("*.html")
    }


def test_nothing_is_loaded_from_elsewhere(site):
    assert {name for name, text in site.items() if LOADED.search(text)} == set()


def test_a_page_says_its_language_and_the_way_to_the_same_page_in_the_other(site):
    pages = {name for name in site if name not in ("404.html",)}
    for name in pages:
        chinese = name.startswith("zh/")
        assert f'<html lang="{"zh" if chinese else "en"}"' in site[name], name
        bare = name.removeprefix("zh/")
        other = bare if chinese else f"zh/{bare}"
        wanted = other if other in pages else "index.html" if chinese else "zh/index.html"
        up = "../" if chinese else ""
        lang = "en" if chinese else "zh"
        link = wanted.removeprefix("zh/") if chinese and wanted.startswith("zh/") else up + wanted
        assert re.search(rf'href="?{re.escape(link)}"? hreflang="?{lang}"?', site[name]), (name, link)
    assert len([name for name in pages if name.startswith("zh/")]) > 28


def test_a_menu_has_the_pages_of_its_own_language(site):
    menus = {
        name: re.findall(r'<a href="?([^" >]+)"? class="?md-nav__link', site[name])
        for name in ("studies.html", "zh/robust.html")
    }
    assert "robust.html" in menus["studies.html"] and "pathways.html" in menus["zh/robust.html"]
    assert not [link for link in menus["studies.html"] if link.startswith("zh/")]
    assert not [link for link in menus["zh/robust.html"] if link.startswith("../")]


def test_the_search_parts_chinese_and_is_there_without_a_server(site, folder):
    """Characters are parted, so that 兜底 is found inside 国企兜底; the index is in a script, which a page
    that was opened as a file may read, and what lets a search run there is on every page."""
    index = (folder / "search" / "search_index.js").read_text(encoding="utf-8")
    data = json.loads(index.removeprefix("var __index = "))
    assert r"\u200b" in data["config"]["separator"]
    found = [
        entry["location"]
        for entry in data["docs"]
        if "国\u200b企\u200b兜\u200b底" in entry["title"] + entry["text"]
    ]
    assert any(place.startswith("zh/interventions.html") for place in found)
    assert not re.search(r"[\u4e00-\u9fff]{2}", " ".join(entry["text"] for entry in data["docs"]))
    for name, text in site.items():
        if name != "404.html":
            assert "assets/iframe-worker.js" in text, name


@pytest.mark.slow
def test_a_browser_finds_chinese_words_in_pages_opened_as_files(site, folder):
    pytest.importorskip("selenium.webdriver")
    from tests.workshop.browser import CHROMIUM, DRIVER, Browser

    if not (CHROMIUM and DRIVER):
        pytest.skip("needs Chromium with chromedriver")
    browser = Browser(folder)
    try:
        browser.driver.get((folder / "zh" / "index.html").as_uri())
        field = browser.driver.find_element("css selector", "input.md-search__input")
        browser.driver.execute_script("arguments[0].focus()", field)
        field.send_keys("兜底")
        rows = browser.until(
            lambda: browser.driver.find_elements("css selector", ".md-search-result__item"), 20
        )
        assert any("soe_fallback" in row.text for row in rows)
    finally:
        browser.driver.quit()


def test_formulas_need_no_script(site):
    for name in ("model.html", "zh/model.html"):
        assert "<math" in site[name] and 'class="arithmatex"' not in site[name]


def test_pages_from_code_have_everything(site):
    for name in ("parameters.html", "zh/parameters.html"):
        assert [key for key in PARAMETERS if f"<code>{key}</code>" not in site[name]] == []
    for name in ("intervention-reference.html", "zh/intervention-reference.html"):
        assert [kind for kind in kinds() if f"<code>{kind}</code>" not in site[name]] == []


def test_the_picture_of_the_loops_is_what_its_script_draws():
    for lang, name in (("en", "loops.svg"), ("zh", "loops.zh.svg")):
        assert (make_loops.IMAGES / name).read_text(encoding="utf-8") == make_loops.drawing(lang)


def test_the_score_card_page_says_what_a_card_says():
    values = {"high": np.full(6, 0.66), "low": np.full(6, 0.2)}
    patterns = [
        one
        for one in load_patterns()[0]
        if one.name in ("collection_hubei_2015", "jinan_committees", "disputes_settled")
    ]
    scores = {
        name: tuple(Score(one, found + 0.001 * np.arange(6), 0.95) for one in patterns)
        for name, found in values.items()
    }
    card = ScoreCard(scores["high"], tuple(range(1, 7)), 0.95, None, Loops({"norm": scores["low"]}))
    for lang, said in (
        (
            "en",
            (
                "mean collection in Hubei, 2015",
                "**MISS**",
                "**breaks**",
                "held out",
                "disputes as cases",
                "luck only",
            ),
        ),
        ("zh", ("湖北省平均收缴率（2015年）", "**不符**", "**不再成立**", "留作检验", "纠纷案件")),
    ):
        text = make_score_card.page(card, None, lang)
        assert [one for one in said if one not in text] == []
