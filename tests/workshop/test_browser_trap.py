"""The page on the trap in a real browser: mouse, touch, keys and numbers all move the handle."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("selenium.webdriver")

from selenium.webdriver import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from tests.workshop.browser import PHONE, Browser  # noqa: E402


def at_and_start(browser: Browser) -> tuple[float, float]:
    """Where the address says that the handle is."""
    found = dict(re.findall(r"trap_(at|start)=([\d.e-]+)", browser.driver.current_url))
    return float(found["at"]), float(found["start"])


def seen(browser: Browser) -> bool:
    """Whether the small city has gone all its ten years."""
    return "after 120 months" in browser.one(".estate-trap-says").text


def test_the_handle_is_dragged_pushed_and_typed(local: str, browser: Browser) -> None:
    browser.open(f"{local}/trap?lang=en&trap_at=0.1&trap_start=0.5")
    browser.until(lambda: seen(browser))
    assert "Mean-field map" in browser.one(".estate-trap-says").text
    area = browser.one(".estate-trap-area").rect
    ActionChains(browser.driver).click_and_hold(browser.one(".estate-handle")).move_by_offset(
        0, -80
    ).move_by_offset(60, 0).release().perform()
    browser.until(lambda: at_and_start(browser)[0] != 0.1)
    at, start = at_and_start(browser)
    assert at == pytest.approx(0.1 + 0.5 * 60 / area["width"], abs=0.01)
    assert start == pytest.approx(0.5 + 80 / area["height"], abs=0.01)
    browser.until(lambda: seen(browser))
    browser.whole("trap_en")
    browser.one(".estate-handle").send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_LEFT)
    browser.until(lambda: at_and_start(browser)[1] == pytest.approx(start - 0.02, abs=0.002))
    assert at_and_start(browser)[0] == pytest.approx(at - 0.005, abs=0.001)
    field = browser.one(".estate-start")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("250", Keys.ENTER)
    browser.until(lambda: at_and_start(browser)[1] == 1)  # put back into its range
    assert field.get_attribute("value") == "100"
    browser.until(lambda: seen(browser))
    browser.driver.refresh()  # the address holds it
    browser.until(lambda: seen(browser))
    assert browser.one(".estate-start").get_attribute("value") == "100"
    assert browser.complaints() == []


def test_a_finger_drags_the_handle_and_a_tap_moves_it(local: str, browsers: Callable[..., Browser]) -> None:
    browser = browsers(PHONE)
    browser.open(f"{local}/trap?lang=zh&trap_at=0.2&trap_start=0.5")
    browser.until(lambda: "均值近似（平均场）：从" in browser.one(".estate-trap-says").text)
    browser.driver.execute_script("document.querySelector('.estate-trap svg').scrollIntoView()")
    box = browser.driver.execute_script(
        "const b = document.querySelector('.estate-handle circle + circle').getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]"
    )

    def touch(kind: str, x: float, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", *box)
    for step in range(1, 6):
        touch("touchMove", box[0], box[1] + 12 * step)
    touch("touchEnd", 0, 0)
    browser.until(lambda: at_and_start(browser)[1] < 0.4)
    assert at_and_start(browser)[0] == pytest.approx(0.2, abs=0.02)
    touch("touchStart", box[0] + 50, box[1] - 60)
    touch("touchEnd", 0, 0)
    browser.until(lambda: at_and_start(browser)[0] > 0.25 and at_and_start(browser)[1] > 0.6)
    assert browser.too_wide() <= 0
    browser.until(lambda: "小城运行120个月后" in browser.one(".estate-trap-says").text)
    browser.whole("trap_phone")
