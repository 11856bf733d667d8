"""The workshop in a real headless Chromium, from the command to the downloaded file. Slow;
skipped where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("selenium.webdriver")

from selenium.webdriver import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from sim.charts import drawable  # noqa: E402
from tests.workshop.browser import PHONE, Browser, Served  # noqa: E402

SMALL = "months=60"


def test_play(local: str, browser: Browser) -> None:
    """Sixty months in about a second, with keys and mouse; an estate's life; a lever; the language."""
    browser.open(f"{local}/?{SMALL}")
    first = browser.loaded()
    speed = browser.one(".estate-controls select")
    browser.driver.execute_script(
        "arguments[0].value = 60; arguments[0].dispatchEvent(new Event('change'))", speed
    )
    begun = time.monotonic()
    browser.one(".estate-big").click()
    browser.until(lambda: browser.month() == 60)
    assert time.monotonic() - begun < 3  # 60 months a second, and a machine that does other things
    chart = "const c = getElement(%d).chart; return c.getOption().series[0].data.length"
    ids = browser.driver.execute_script(
        "return [...document.querySelectorAll('.estate-chart')].map(e => +e.id.replace(/\\D/g, ''))"
    )
    assert [browser.driver.execute_script(chart % one) for one in ids] == [61] * 4
    canvas = browser.one("canvas[role]")
    canvas.send_keys(Keys.HOME)
    assert browser.month() == 0
    canvas.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    browser.until(lambda: browser.month() == 1)
    # slowly: at 60 a second a busy machine has come to the end before the second key arrives
    browser.driver.execute_script(
        "arguments[0].value = 6; arguments[0].dispatchEvent(new Event('change'))", speed
    )
    canvas.send_keys(Keys.SPACE)
    browser.until(lambda: browser.month() > 3)
    canvas.send_keys(Keys.SPACE)
    browser.until(lambda: "Play" in browser.one(".estate-big").text)
    stopped = browser.month()
    assert stopped < 60
    time.sleep(0.3)
    assert browser.month() == stopped
    browser.picture("play")
    for name in ("collection_billing", "mode", "arrears"):
        layer = browser.one(".estate-layer")
        browser.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", layer, name
        )
        browser.picture(f"play_{name}")
    _tell_a_life(browser)
    measure = browser.one(".estate-measure .q-checkbox")
    measure.click()
    browser.loaded(first)
    assert "on=" in browser.driver.current_url
    browser.driver.refresh()
    browser.loaded()
    assert (
        browser.one(".estate-measure .q-checkbox").get_attribute("aria-checked") == "true"
    )  # the address held it
    browser.one("canvas[role]").send_keys(Keys.END)
    browser.button("中文").click()
    browser.until(lambda: "个月已模拟完毕" in browser.one(".estate-status").text and browser.button("播放"))
    browser.until(lambda: browser.month() == 60)  # where it stood
    browser.picture("play_zh")
    assert browser.complaints() == []


def test_every_chart_of_a_narrow_window_shows_its_draw_whole(
    local: str, browsers: Callable[..., Browser]
) -> None:
    browser = browsers((1400, 1000))
    browser.open(f"{local}/?{SMALL}&lang=en&seed=123")
    browser.loaded()
    script = """
        const pen = document.createElement("canvas").getContext("2d");
        return [...document.querySelectorAll(".estate-chart")].map((box) => {
            const chart = getElement(box.id.slice(1)).chart, title = chart.getOption().title[0];
            return [["text", "textStyle", "bold "], ["subtext", "subtextStyle", ""]].map(([key, look, weight]) => {
                pen.font = `${weight}${title[look].fontSize}px system-ui, 'Estate Sans', sans-serif`;
                return [title[key], title.left + pen.measureText(title[key]).width - chart.getWidth()];
            });
        });
    """
    charts = browser.until(
        lambda: (found := browser.driver.execute_script(script)) and all(one[1][0] for one in found) and found
    )
    browser.whole("play_narrow")
    assert len(charts) == 4
    for (name, beyond), (draw, draw_beyond) in charts:
        assert draw == "one draw, seed 123"
        assert beyond < 0 and draw_beyond < 0, name


def _tell_a_life(browser: Browser) -> None:
    canvas = browser.one("canvas[role]")
    box = canvas.size
    ActionChains(browser.driver).move_to_element_with_offset(
        canvas, 12 - box["width"] // 2, 32 - box["height"] // 2
    ).click().perform()
    browser.until(
        lambda: (
            "The life of estate" in browser.one(".estate-story").text
            and "Month 60" in browser.one(".estate-story").text
        )
    )
    browser.picture("story")
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    browser.until(lambda: not browser.driver.find_elements(By.CSS_SELECTOR, ".estate-story"))


def test_share(local: str, browser: Browser) -> None:
    browser.open(f"{local}/?{SMALL}&on=performance_award&interventions.performance_award.start=7")
    browser.loaded()
    browser.button("Share").click()
    link = browser.until(lambda: browser.one("input[readonly]").get_attribute("value"))
    assert "interventions.performance_award.start=7" in link
    browser.picture("share")
    browser.button("TOML").click()
    assert b'kind = "performance_award"' in browser.downloaded(".toml")
    browser.button("CSV").click()
    assert browser.downloaded(".zip").startswith(b"PK")
    browser.button("Who manages").click()
    assert browser.downloaded(".png").startswith(b"\x89PNG")
    browser.button("Report").click()
    report = browser.downloaded(".html")
    assert report.count(b"data:image/png") == len(drawable("run"))
    page = browser.folder / "shown.html"
    page.write_bytes(report)
    browser.open(page.as_uri())
    browser.picture("report")
    browser.open(link)
    browser.loaded()
    assert browser.one(".estate-measure .q-checkbox").get_attribute("aria-checked") == "true"


def test_a_dropped_connection_loses_nothing(local: str, browser: Browser) -> None:
    browser.open(f"{local}/?{SMALL}")
    first = browser.loaded()
    browser.driver.execute_script("window.mark = 1; window.socket.disconnect()")
    browser.one(".estate-big").click()
    browser.until(lambda: browser.month() > 5)  # playing needs no server
    time.sleep(1)
    browser.driver.execute_script("window.socket.connect()")
    time.sleep(1)
    browser.one(".estate-measure .q-checkbox").click()
    browser.loaded(first)
    assert browser.driver.execute_script("return window.mark") == 1  # the same page, not a reload


def test_a_hostile_address_does_nothing(local: str, browser: Browser) -> None:
    evil = "%3Cscript%3Ewindow.evil%3D1%3C/script%3E%3Cimg src=x onerror=window.evil=1%3E"
    browser.open(
        f"{local}/?{SMALL}&{evil}=1&scenario={evil}&on={evil}&lang={evil}&seed={evil}&city.estates=1e308"
    )
    browser.loaded()
    assert "were left out" in browser.one("[role=alert]").text
    assert browser.driver.execute_script("return window.evil") is None
    browser.picture("hostile")


def test_a_phone(local: str, browsers: Callable[..., Browser]) -> None:
    browser = browsers(PHONE)
    for path in ("/", "/share", "/trap", "/compare", "/game", "/teacher", "/debrief"):
        browser.open(f"{local}{path}?{SMALL}&lang=zh")
        browser.until(lambda: browser.one(".estate-head"))
        time.sleep(1)
        assert browser.too_wide() <= 0, path
        browser.picture("phone" + path.replace("/", "_"))


def test_a_room_asks_for_its_code(server: Callable[..., Served], browser: Browser) -> None:
    room = server("--host", "0.0.0.0")
    address, code = room.address, room.found(r"\b(\d{6})\b")
    browser.open(f"{address}/?{SMALL}&seed=5")
    browser.until(lambda: "/join" in browser.driver.current_url)
    browser.picture("join")
    browser.one("input[name=code]").send_keys("12", Keys.ENTER)
    browser.until(lambda: "That is not the code" in browser.one("[role=alert]").text)
    browser.one("input[name=code]").send_keys(code, Keys.ENTER)
    browser.loaded()
    assert "seed=5" in browser.driver.current_url


def test_compare(local: str, browser: Browser) -> None:
    """Two policies and a third, replicated in the background; charts with bands; both lives
    of an estate that differs."""
    browser.open(f"{local}/compare?months=24&on=performance_award")
    browser.until(lambda: browser.one(".estate-card"))
    browser.driver.find_elements(By.CSS_SELECTOR, ".estate-measure .q-checkbox")[1].click()
    browser.until(lambda: "," in browser.driver.current_url)
    browser.button("Add the present setting").click()
    browser.until(lambda: "C:" in browser.one(".estate-card").text)
    browser.one(".estate-card").find_elements(By.CSS_SELECTOR, "button")[-1].click()
    browser.until(lambda: "10 pairs of runs compared" in browser.one(".estate-card").text, 180)
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, ".estate-chart")) == 4
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "table")) == 2
    browser.picture("compare")
    browser.driver.execute_script("document.querySelector('.estate-chart').scrollIntoView()")
    browser.picture("compare_charts")
    estates = [
        one
        for one in browser.driver.find_elements(By.CSS_SELECTOR, ".estate-main button")
        if "months in the cycle" in one.text
    ]
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", estates[0])
    estates[0].click()
    browser.until(lambda: browser.one(".estate-story").text.count("Month 24:") == 2)
    browser.picture("compare_story")
    browser.driver.refresh()  # the address holds all three
    browser.until(lambda: "C:" in browser.one(".estate-card").text)
    assert browser.complaints() == []
