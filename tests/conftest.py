"""What all tests share."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
import typer.testing
from dots import in_dots
from hypothesis import HealthCheck, settings

from sim.cli.app import spared
from sim.text import use_language

# Where the tests are started in the background of a script, SIGINT is ignored and every child inherits that:
# the tests that press Ctrl-C would press it in vain.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tables are as wide in every process of tests as where no terminal is: workers of pytest-xdist are told the
# width of theirs.
os.environ.pop("COLUMNS", None)

# What Python has translated is kept, whatever the shell says: else each worker translates all tests anew, and
# every process that a test starts the whole package.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The order of files, which two workers draw from. On a clean machine the first test that simulates compiles
# the model for most of a minute, and two that begin at once would both compile it: one worker begins with the
# first file, the other has meanwhile those that do not simulate. Then come the longest, so that no worker is
# left with one of them when all others are done. Pages of the workshop stay behind all others (see its
# conftest.py), the longest before the rest.
SIMULATES = "report/test_few_replications.py"
MEANWHILE = (
    "machine/test_bundle.py",
    "text/test_catalogs.py",
    "model/test_imports.py",
    "text/test_say.py",
    "docs/test_site.py",
    "machine/test_schemas.py",
)
LONGEST = (
    "assistants/test_mcp.py",
    "reference/test_reference.py",
    "experiments/test_engines.py",
    "report/test_report.py",
    "report/test_analysis_reports.py",
    "experiments/test_trap.py",
    "report/test_reproduce_many.py",
    "city/test_privacy.py",
    "report/test_archive.py",
    "experiments/test_slurm.py",
)
WORKSHOP = ("test_game_pages.py", "test_pages.py", "test_trap_page.py", "test_work.py")
FIRST = {Path(__file__).parent / file: place for place, file in enumerate((SIMULATES, *MEANWHILE, *LONGEST))}
WORKSHOP_FOLDER = Path(__file__).parent / "workshop"
IN_WORKSHOP = {WORKSHOP_FOLDER / file: place for place, file in enumerate(WORKSHOP)}

# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of `FIRST` before all others, and of the workshop's those that take long before the
    rest; the order within a file stays."""
    gone = [str(file) for file in (*FIRST, *IN_WORKSHOP) if not file.is_file()]
    assert not gone, f"tests/conftest.py orders files that are not there: {gone}"
    items.sort(key=place_of)


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector need not go through it again whenever it is called."""
    gc.collect()
    gc.freeze()


def place_of(item: pytest.Item) -> tuple[int, int]:
    """Where the file of a test stands among all: which part of the order, and where in it."""
    if item.path in FIRST:
        return 0, FIRST[item.path]
    if item.path.parent != WORKSHOP_FOLDER:
        return 1, 0
    return 2, IN_WORKSHOP.get(item.path, len(WORKSHOP))


@pytest.fixture(scope="session", autouse=True)
def _as_called() -> Iterator[None]:
    """A command that a test calls is built as `estate` builds it for the same arguments."""
    invoke = typer.testing.CliRunner.invoke

    def called(self: Any, group: Any, args: Any = None, **options: Any) -> Any:
        with spared(group, args if isinstance(args, Sequence) and not isinstance(args, str) else ()):
            return invoke(self, group, args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing.CliRunner, "invoke", called)
        yield


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """A command sets the language of its process; here many run in one."""
    yield
    use_language("en")


@pytest.fixture
def words_only() -> Iterator[None]:
    """Pages and folders carry a dot for each picture, where a test reads words."""
    with in_dots():
        yield


@pytest.fixture(scope="session")
def dots() -> Callable[[], AbstractContextManager[None]]:
    """As `words_only`, for what is made once for many tests: `with dots():`."""
    return in_dots


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder by its name, once for all workers of pytest-xdist; tests read it, or copy it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], object]) -> Path:
        around, finished = shared / name, shared / f"{name}.finished"
        # One at a time: a lock of SQLite waits for the other worker, and ends with the process that holds it.
        with closing(sqlite3.connect(shared / f"{name}.lock", timeout=600, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            if not finished.exists():  # else another worker has made it
                shutil.rmtree(around, ignore_errors=True)  # as a worker left it that failed
                around.mkdir()
                make(around / name)
                finished.touch()
        return around / name

    return made
