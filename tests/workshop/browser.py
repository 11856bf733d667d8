"""A real headless Chromium and a running workshop, for the tests that click through pages
and for pictures of them.

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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
PHONE = (412, 915)


class Served:
    """A workshop started by the command, and what it printed."""

    def __init__(self, *options: str) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
        # NiceGUI behaves differently where it finds that pytest runs
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "NICEGUI"))
        }
        command = [
            sys.executable,
            "-m",
            "sim",
            "app",
            "--no-show",
            "--lang",
            "en",
            "--port",
            str(port),
            *options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        self.printed = self.process.stdout.readline() + self.process.stdout.readline()
        self.address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(self.address + "/join", timeout=5)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)

    def found(self, pattern: str) -> str:
        """The first group of a pattern in what was printed."""
        match = re.search(pattern, self.printed)
        assert match is not None, self.printed
        return match[1]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)


class Browser:
    """A browser and the few things that the tests do in it."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1600, 1000)) -> None:
        options = Options()
        options.binary_location = CHROMIUM
        for flag in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--window-size={size[0]},{size[1]}",
        ):
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
        raise AssertionError(
            f"waited {seconds} s; page says: {self.driver.find_element(By.TAG_NAME, 'body').text[:600]}"
        ) from last

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
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] == "SEVERE" and "favicon" not in entry["message"]
        ]

    def text(self) -> str:
        return str(self.driver.find_element(By.TAG_NAME, "body").text)

    def press(self, text: str) -> None:
        """Click a button by its text, wherever on the page it is, once it is there."""

        def clicked() -> bool:
            button = self.button(text)
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            return True

        self.until(clicked)

    def whole(self, name: str) -> None:
        """A picture of the whole page, not only of what fits into the window."""
        size = self.driver.get_window_size()
        height = int(self.driver.execute_script("return document.documentElement.scrollHeight"))
        self.driver.set_window_size(size["width"], min(height + 160, 4500))
        self.picture(name)
        self.driver.set_window_size(size["width"], size["height"])

    def too_wide(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.driver.execute_script(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )
