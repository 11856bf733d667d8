"""The workshop in a real headless Chromium, from the command to the downloaded file. Slow; skipped where there is none.

`ESTATE_SCREENSHOTS=folder` keeps a picture of every page for people to look at.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
webdriver = pytest.importorskip("selenium.webdriver")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    pytest.skip("no chromium with chromedriver", allow_module_level=True)

from selenium.webdriver import ActionChains  # noqa: E402
from selenium.webdriver.chrome.options import Options  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

from sim.outputs import CHARTS  # noqa: E402

SMALL = "months=60"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[..., tuple[str, str]]]:
    """Starts `estate app` with options and gives its address and what it printed."""
    running = []

    def start(*options: str) -> tuple[str, str]:
        port = free_port()
        # NiceGUI behaves differently where it finds that pytest runs
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI"))}
        process = subprocess.Popen([sys.executable, "-m", "sim", "app", "--no-show", "--lang", "en", "--port", str(port), *options],
                                   stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(address + "/join", timeout=5)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        return address, line

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def local(server: Callable[..., tuple[str, str]]) -> str:
    return server()[0]


class Browser:
    """A browser and the few things that the tests do in it."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1600, 1000)) -> None:
        options = Options()
        options.binary_location = CHROMIUM
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={size[0]},{size[1]}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
        self.folder = folder
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)

    def until(self, holds: Callable[[], Any], seconds: float = 60) -> Any:
        end, last = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                if found := holds():
                    return found
            except Exception as error:  # an element that is being replaced
                last = error
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s; page says: {self.driver.find_element(By.TAG_NAME, 'body').text[:600]}") from last

    def open(self, address: str) -> None:
        self.driver.get(address)

    def loaded(self, other_than: str = "") -> str:
        """The address of the message that the player shows, once it is another one than that."""
        script = "return document.querySelector('[data-loaded]')?.dataset.loaded"
        return str(self.until(lambda: (now := self.driver.execute_script(script)) != other_than and now))

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def button(self, text: str) -> Any:
        buttons = self.driver.find_elements(By.CSS_SELECTOR, "button")
        return next(button for button in buttons if text.lower() in button.text.lower())

    def downloaded(self, ending: str) -> bytes:
        def there() -> Path | None:
            return next((path for path in self.folder.glob(f"*{ending}") if path.stat().st_size), None)

        return Path(self.until(there)).read_bytes()

    def month(self) -> int:
        return int(re.findall(r"\d+", self.one(".estate-now").text)[0])

    def picture(self, name: str) -> None:
        if target := os.environ.get("ESTATE_SCREENSHOTS"):
            time.sleep(0.7)
            self.driver.save_screenshot(str(Path(target) / f"{name}.png"))

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE" and "favicon" not in entry["message"]]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    made = Browser(tmp_path)
    yield made
    made.driver.quit()


def test_play(local: str, browser: Browser) -> None:
    """Sixty months in about a second, with keys and mouse; an estate's life; a lever; the language."""
    browser.open(f"{local}/?{SMALL}")
    first = browser.loaded()
    speed = browser.one(".estate-controls select")
    browser.driver.execute_script("arguments[0].value = 60; arguments[0].dispatchEvent(new Event('change'))", speed)
    begun = time.monotonic()
    browser.one(".estate-big").click()
    browser.until(lambda: browser.month() == 60)
    assert time.monotonic() - begun < 3  # 60 months a second, and a machine that does other things
    chart = "const c = getElement(%d).chart; return c.getOption().series[0].data.length"
    ids = browser.driver.execute_script("return [...document.querySelectorAll('.estate-chart')].map(e => +e.id.replace(/\\D/g, ''))")
    assert [browser.driver.execute_script(chart % one) for one in ids] == [61] * 4
    canvas = browser.one("canvas[role]")
    canvas.send_keys(Keys.HOME)
    assert browser.month() == 0
    canvas.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT)
    browser.until(lambda: browser.month() == 1)
    # slowly: at 60 a second a busy machine has come to the end before the second key arrives
    browser.driver.execute_script("arguments[0].value = 6; arguments[0].dispatchEvent(new Event('change'))", speed)
    canvas.send_keys(Keys.SPACE)
    browser.until(lambda: browser.month() > 3)
    canvas.send_keys(Keys.SPACE)
    browser.until(lambda: "Play" in browser.one(".estate-big").text)
    stopped = browser.month()
    assert stopped < 60
    time.sleep(0.3)
    assert browser.month() == stopped
    browser.picture("play")
    for name in ("collection_rate_12", "mode", "arrears"):
        layer = browser.one(".estate-layer")
        browser.driver.execute_script("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", layer, name)
        browser.picture(f"play_{name}")
    _tell_a_life(browser)
    measure = browser.one(".estate-measure .q-checkbox")
    measure.click()
    browser.loaded(first)
    assert "on=" in browser.driver.current_url
    browser.driver.refresh()
    browser.loaded()
    assert browser.one(".estate-measure .q-checkbox").get_attribute("aria-checked") == "true"  # the address held it
    browser.one("canvas[role]").send_keys(Keys.END)
    browser.button("中文").click()
    browser.until(lambda: "个月已模拟完毕" in browser.one(".estate-status").text and browser.button("播放"))
    browser.until(lambda: browser.month() == 60)  # where it stood
    browser.picture("play_zh")
    assert browser.complaints() == []


def _tell_a_life(browser: Browser) -> None:
    canvas = browser.one("canvas[role]")
    box = canvas.size
    ActionChains(browser.driver).move_to_element_with_offset(canvas, 12 - box["width"] // 2, 32 - box["height"] // 2).click().perform()
    browser.until(lambda: "The life of estate" in browser.one(".estate-story").text and "Month 60" in browser.one(".estate-story").text)
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
    assert report.count(b"data:image/png") == len(CHARTS)
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
    browser.open(f"{local}/?{SMALL}&{evil}=1&scenario={evil}&on={evil}&lang={evil}&seed={evil}&city.estates=1e308")
    browser.loaded()
    assert "were left out" in browser.one("[role=alert]").text
    assert browser.driver.execute_script("return window.evil") is None
    browser.picture("hostile")


def test_a_phone(local: str, tmp_path: Path) -> None:
    browser = Browser(tmp_path, (412, 915))
    try:
        for path in ("/", "/share"):
            browser.open(f"{local}{path}?{SMALL}&lang=zh")
            browser.until(lambda: browser.one(".estate-head"))
            time.sleep(1)
            wide = browser.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, path
            browser.picture("phone" + path.replace("/", "_"))
    finally:
        browser.driver.quit()


def test_a_room_asks_for_its_code(server: Callable[..., tuple[str, str]], browser: Browser) -> None:
    address, printed = server("--host", "0.0.0.0")
    code = re.search(r"\b(\d{6})\b", printed)
    assert code is not None, printed
    browser.open(f"{address}/?{SMALL}&seed=5")
    browser.until(lambda: "/join" in browser.driver.current_url)
    browser.picture("join")
    browser.one("input[name=code]").send_keys("12", Keys.ENTER)
    browser.until(lambda: "That is not the code" in browser.one("[role=alert]").text)
    browser.one("input[name=code]").send_keys(code[1], Keys.ENTER)
    browser.loaded()
    assert "seed=5" in browser.driver.current_url


def test_compare(local: str, browser: Browser) -> None:
    """Two policies and a third, replicated in the background; charts with bands; both lives of an estate that differs."""
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
    estates = [one for one in browser.driver.find_elements(By.CSS_SELECTOR, ".estate-main button") if "months in the cycle" in one.text]
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", estates[0])
    estates[0].click()
    browser.until(lambda: browser.one(".estate-story").text.count("Month 24:") == 2)
    browser.picture("compare_story")
    browser.driver.refresh()  # the address holds all three
    browser.until(lambda: "C:" in browser.one(".estate-card").text)
    assert browser.complaints() == []
