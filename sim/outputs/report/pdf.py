"""A page printed to PDF by a browser of the Chromium family, where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.errors import ResultError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
SECONDS = 180.0


def browser() -> str | None:
    """The program of an installed browser that can print a page, or None."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None and sys.platform == "darwin":
        found = next((path for path in MAC_BROWSERS if Path(path).is_file()), None)
    return found


def run_browser(program: str, *arguments: str, seconds: float = SECONDS) -> subprocess.CompletedProcess[str]:
    """Run a browser without window, network or the user's profile; ResultError if it fails or hangs."""
    with tempfile.TemporaryDirectory(prefix="estate-browser-", ignore_cleanup_errors=True) as profile:
        options = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # its sandbox refuses to start as root, as in a container
        try:
            done = subprocess.run(
                [program, *options, *arguments],
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=seconds,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ResultError(f"{program}: could not be run ({type(error).__name__}: {error})") from None
    if done.returncode != 0:
        raise ResultError(f"{program}: ended with code {done.returncode}: {done.stderr.strip()[-300:]}")
    return done


def write_pdf(page: Path, target: Path, program: str) -> Path:
    """Print the HTML file `page` to `target`; returns it. ResultError if the browser makes none."""
    with tempfile.TemporaryDirectory(prefix="estate-pdf-") as folder:
        part = Path(folder) / "report.pdf"
        run_browser(program, "--no-pdf-header-footer", f"--print-to-pdf={part}", page.resolve().as_uri())
        if not part.is_file() or not part.read_bytes().startswith(b"%PDF"):
            raise ResultError(f"{program}: printed no PDF of {page}")
        shutil.move(part, target)
    return target
