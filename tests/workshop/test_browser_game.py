"""The budget game in real browsers: a teacher, two teams, a team's second browser, a lost
connection, the debrief."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("selenium.webdriver")

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from tests.workshop.browser import PHONE, Browser, Served  # noqa: E402


def join(browser: Browser, address: str, name: str, lang: str = "en") -> None:
    browser.open(f"{address}/game?lang={lang}")
    browser.until(lambda: browser.one("input")).send_keys(name, Keys.ENTER)
    browser.until(lambda: name in browser.text())


def buy(browser: Browser, measure: int) -> None:
    box = browser.until(
        lambda: browser.driver.find_elements(By.CSS_SELECTOR, ".estate-measure .q-checkbox")[measure]
    )
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.click()
    browser.until(lambda: box.get_attribute("aria-checked") == "true")


def test_a_game_from_opening_to_debrief(
    server: Callable[..., Served], browsers: Callable[..., Browser]
) -> None:
    served = server()
    key = served.found(r"key=(\S+)")
    teacher, reds, second, blues = browsers(), browsers(), browsers(), browsers(PHONE)
    teacher.open(f"{served.address}/teacher?key={key}&lang=en")
    teacher.until(lambda: "Set up a game" in teacher.text())
    teacher.whole("game_set_up")
    teacher.until(
        lambda: "key=" not in teacher.driver.current_url
    )  # the room may see the address on the wall
    teacher.driver.refresh()  # the browser remembers the key
    teacher.press("Open the game")
    join(reds, served.address, "<b>Reds</b>")
    join(blues, served.address, "蓝队", "zh")
    code = reds.until(lambda: reds.text().split("team code ")[1][:4])
    second.open(f"{served.address}/game?lang=en")
    second.until(lambda: second.driver.find_elements(By.CSS_SELECTOR, "input")[1]).send_keys(code, Keys.ENTER)
    second.until(lambda: "<b>Reds</b>" in second.text())
    teacher.until(
        lambda: "蓝队" in teacher.text() and teacher.text().count("<b>Reds</b>") == 1
    )  # two browsers, one team
    teacher.press("Begin the first year")
    for one in (reds, second):
        one.until(lambda one=one: "Year 1 of 6" in one.text())
    _decide(reds, second, blues)
    teacher.until(lambda: "2 of 2 teams have submitted" in teacher.text())
    teacher.whole("game_teacher")
    # the Reds' connection drops while the year goes by; their page finds itself again
    reds.driver.execute_script("window.socket.disconnect()")
    teacher.press("Next year")
    blues.until(lambda: "第2年" in blues.text(), 120)
    reds.driver.execute_script("window.socket.connect()")
    reds.until(lambda: "Year 2 of 6" in reds.text())
    reds.loaded()
    reds.whole("game_team")
    blues.whole("game_team_phone")
    assert blues.too_wide() <= 0
    reds.open(f"{served.address}/game?lang=en")  # without the token: the browser remembers its team
    reds.until(lambda: "<b>Reds</b>" in reds.text() and "Year 2 of 6" in reds.text())
    teacher.press("End now")
    teacher.press("Yes")
    _debrief(served.address, reds, blues)
    assert all(one.complaints() == [] for one in (teacher, reds, second, blues))


def _decide(reds: Browser, second: Browser, blues: Browser) -> None:
    """The Reds ask for too much and are told; then submit once, and their second browser
    shows it. The Blues submit, too."""
    buy(reds, 0)
    field = reds.one(".estate-amount input")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("999")
    reds.until(lambda: "left over" in reds.text() and "−7.99 million yuan" in reds.text())
    reds.press("Submit this year")
    reds.until(lambda: "Not enough money: this asks for 9.99 million yuan" in reds.text())
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("60")
    reds.until(lambda: "Asked for 600,000 yuan" in reds.text())
    reds.whole("game_decide")
    reds.press("Submit this year")
    second.until(lambda: "Asked for 600,000 yuan" in second.text() and "Submitted." in second.text())
    buy(blues, 1)
    blues.press("提交这一年")
    blues.until(lambda: "已提交。" in blues.text())


def _debrief(address: str, reds: Browser, blues: Browser) -> None:
    for one, lang in ((reds, "en"), (blues, "zh")):
        one.open(f"{address}/debrief?lang={lang}")
        one.until(
            lambda one=one: (
                "蓝队" in one.text()
                and len(one.driver.find_elements(By.CSS_SELECTOR, ".estate-chart canvas")) == 2
            )
        )
        assert one.too_wide() <= 0
    reds.until(lambda: "The search has tried" in reds.text(), 180)
    time.sleep(1)
    reds.whole("game_debrief")
    blues.whole("game_debrief_phone")
    reds.press("CSV")
    text = reds.downloaded(".csv").decode("utf-8-sig")
    assert text.splitlines()[1].split(",")[:4] == ["<b>Reds</b>", "1", "soe_fallback", "600000"]
