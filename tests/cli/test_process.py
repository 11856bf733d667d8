"""The command as a process of its own: what it imports, its exit codes, and being
interrupted in the middle of a run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.results import load_run

ESTATE = [sys.executable, "-m", "sim"]
LONG = [
    "run",
    "vicious_cycle",
    "--months",
    "1200",
    "--set",
    "city.estates=4000",
    "--set",
    "companies.private=300",
    "--set",
    "companies.state_owned=40",
]


def environment() -> dict[str, str]:
    return os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


def estate(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ESTATE, *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments, tmp_path):
    code = (
        f"import sys; sys.argv = ['estate', *{arguments!r}]\n"
        "from sim.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = ('numpy', 'pandas', 'pyarrow', 'numba', 'mesa', 'matplotlib', 'scipy')\n"
        "print('HEAVY', [name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    assert done.stdout.rstrip().endswith("HEAVY []")


def test_a_run_as_a_process(tmp_path):
    done = estate(
        "run",
        "vicious_cycle",
        "--months",
        "3",
        "--no-charts",
        "--set",
        "city.estates=20",
        "--set",
        "companies.private=4",
        "--out",
        "here",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "Results: here" in done.stdout and "\x1b" not in done.stdout
    assert load_run(tmp_path / "here").months == 3


def test_errors_go_to_stderr(tmp_path):
    done = estate("run", "vicious_cycle", "--set", "months=0", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "months: found 0" in done.stderr and "\x1b" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_in_the_middle_of_a_run(tmp_path, number, code):
    process = subprocess.Popen(
        [*ESTATE, *LONG],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        results = tmp_path / "results"
        deadline = time.monotonic() + 60
        while not (results.is_dir() and any(results.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [path.name for path in results.iterdir() if path.name.endswith(".part")], process.poll()
        time.sleep(2.5)  # past the imports, into the months
        assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == code, errors
    assert "Traceback" not in errors
    assert list(results.iterdir()) == []
