"""The command as a process of its own: what it imports, its exit codes, and being
interrupted in the middle of a run."""

from __future__ import annotations

import os
import platform
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


# What takes long to import, and nothing of this package.
HEAVY = (
    "numpy",
    "pydantic",
    "pyarrow",
    "pandas",
    "llvmlite",
    "numba",
    "mesa",
    "scipy",
    "matplotlib",
    "matplotlib.pyplot",
    "pebble",
    "dask",
    "solara",
)
CARRIED = sys.platform == "linux" and platform.machine() == "x86_64"  # else Numba compiles
COMMAND = "import sys; sys.argv = ['estate', {words}]\nfrom sim.cli import main\ntry:\n    main()\n"
COMMAND += "except SystemExit as end:\n    assert not end.code, end.code\n"
# What a process does that carries out runs of a study, under any engine.
WORKER = """
import os
from sim.results.processes import start_worker
start_worker(os.getppid(), False)
from sim import load
from sim.results.engines import execute_packed, planned_runs_of
execute_packed(planned_runs_of(load("small_city").model_copy(update={"months": 2, "spin_up": 0}), [1])[0])
"""


def imported(code: str, folder: Path) -> set[str]:
    """What of HEAVY a fresh process has imported when it has carried out this code."""
    told = f"{code}\nimport sys\nprint('HEAVY', *(name for name in {HEAVY!r} if name in sys.modules))\n"
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rstrip().rpartition("HEAVY")[2].split())


def test_help_imports_nothing_heavy(tmp_path):
    asked = ("'--help'", "'run', '--help'", "'--version'")  # one after the other in one process
    # Typer itself may import pydantic to read values
    assert imported("\n".join(COMMAND.format(words=words) for words in asked), tmp_path) <= {"pydantic"}


def test_a_city_is_simulated_without_mesa_and_without_tables(tmp_path):
    """`City` is a Mesa model for who touches it; what is simulated and kept needs neither it nor pandas."""
    used = imported("import sim\nsim.run('small_city', months=2, overrides={'spin_up': 0})", tmp_path)
    assert used - (set() if CARRIED else {"numba"}) == {"numpy", "pydantic", "pyarrow", "llvmlite"}
    assert "mesa" in imported("import sim\nsim.City", tmp_path)


@pytest.mark.skipif(not CARRIED, reason="Numba compiles, and brings what it likes")
def test_a_command_imports_no_library_of_charts_or_statistics(tmp_path):
    """Charts are drawn by another process; the summary needs pandas."""
    words = "'run', 'small_city', '--months', '2', '--set', 'spin_up=0', '--out', 'here'"
    used = {"numpy", "pydantic", "pyarrow", "llvmlite", "pandas"}
    assert imported(COMMAND.format(words=words), tmp_path) - {"pebble"} == used
    assert (tmp_path / "here" / "charts" / "ladder.png").is_file()


@pytest.mark.skipif(not CARRIED, reason="Numba compiles, and brings what it likes")
def test_a_worker_imports_what_a_run_needs(tmp_path):
    """Arrow imports pandas when it first sees an array."""
    assert imported(WORKER, tmp_path) == {"numpy", "pydantic", "pyarrow", "llvmlite", "pandas"}


def test_a_run_as_a_process(tmp_path):
    done = estate(
        "run",
        "vicious_cycle",
        "--months",
        "3",
        "--no-charts",
        "--set",
        "spin_up=0",
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
