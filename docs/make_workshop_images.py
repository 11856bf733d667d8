"""Make the pictures of the workshop's pages with a real browser, in Chinese and English: python
docs/make_workshop_images.py

Needs Chromium with chromedriver and selenium, as the slow tests of the workshop do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from tests.workshop.browser import Browser, Served  # noqa: E402

IMAGES = Path(__file__).with_name("images")
SIZE = (1400, 1000)
YEARS = 3
WORDS = {
    "en": {
        "open": "Open the game",
        "begin": "Begin the first year",
        "submit": "Submit this year",
        "next": "Next year",
        "year": "Year {n} of",
        "end": "End now",
        "yes": "Yes",
        "compare": "Compare",
        "compared": "pairs of runs compared",
        "teams": ("North team", "South team"),
        "searched": "The search has tried",
    },
    "zh": {
        "open": "开放加入",
        "begin": "开始第一年",
        "submit": "提交这一年",
        "next": "下一年",
        "year": "第{n}年",
        "end": "现在结束",
        "yes": "确定",
        "compare": "开始对比",
        "compared": "对运行",
        "teams": ("城北队", "城南队"),
        "searched": "搜索程序已试",
    },
}


def main() -> None:
    """Open every page in both languages and keep its picture."""
    served = Served()
    try:
        for lang in WORDS:
            with tempfile.TemporaryDirectory() as folder:
                browsers = [Browser(Path(folder), SIZE) for _ in range(3)]
                try:
                    _pages(served, browsers[0], lang)
                    _game(served, browsers, lang)
                finally:
                    for one in browsers:
                        one.driver.quit()
    finally:
        served.stop()


def take(browser: Browser, name: str, lang: str) -> None:
    """Keep what is in the window."""
    time.sleep(1.0)
    browser.driver.save_screenshot(str(IMAGES / f"workshop_{name}{'.zh' if lang == 'zh' else ''}.png"))


def _pages(served: Served, browser: Browser, lang: str) -> None:
    browser.open(f"{served.address}/?lang={lang}&on=soe_fallback,committee_drive")
    browser.loaded()
    browser.one("canvas[role]").send_keys(Keys.END)
    take(browser, "play", lang)
    browser.open(f"{served.address}/trap?lang={lang}&trap_at=0.1&trap_start=0.5")
    browser.until(lambda: "9 / 9" in browser.text() or "9 of 9" in browser.text(), 240)
    browser.until(lambda: "120" in browser.one(".estate-trap-says").text)
    take(browser, "trap", lang)
    browser.open(f"{served.address}/compare?lang={lang}&on=soe_fallback")
    browser.press(WORDS[lang]["compare"] if lang == "zh" else "balance")
    browser.until(lambda: WORDS[lang]["compared"] in browser.one(".estate-card").text, 240)
    take(browser, "compare", lang)


def _game(served: Served, browsers: list[Browser], lang: str) -> None:
    teacher, *teams = browsers
    words = WORDS[lang]
    key = served.found(r"key=(\S+)")
    teacher.open(f"{served.address}/teacher?key={key}&lang={lang}")
    teacher.press(words["open"])
    for team, name in zip(teams, words["teams"], strict=True):
        team.open(f"{served.address}/game?lang={lang}")
        team.until(lambda team=team: team.one("input")).send_keys(name, Keys.ENTER)
        team.until(lambda team=team, name=name: name in team.text())
    teacher.press(words["begin"])
    for year in range(1, YEARS + 1):
        for team, measures in zip(teams, ((0, 1), (5,)), strict=True):
            team.until(
                lambda team=team, year=year: (
                    words["year"].format(n=year) in team.text() and team.button(words["submit"])
                ),
                120,
            )
            if year == 1:
                for measure in measures:
                    team.driver.find_elements(By.CSS_SELECTOR, ".estate-measure .q-checkbox")[measure].click()
                    time.sleep(0.5)
            team.press(words["submit"])
        time.sleep(2)
        if year == YEARS:
            take(teacher, "teacher", lang)
            take(teams[0], "team", lang)
        teacher.press(words["next"])
    teacher.until(lambda: words["year"].format(n=YEARS + 1) in teacher.text(), 120)
    teacher.press(words["end"])
    teacher.press(words["yes"])
    teams[0].open(f"{served.address}/debrief?lang={lang}")
    teams[0].until(lambda: words["searched"] in teams[0].text(), 240)
    take(teams[0], "debrief", lang)
    teacher.press("收起" if lang == "zh" else "Put this game away")
    teacher.press(words["yes"])


if __name__ == "__main__":
    main()
