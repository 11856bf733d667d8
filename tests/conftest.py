"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sim.text import use_language

# Where the tests are started in the background of a script, SIGINT is ignored and every child inherits that:
# the tests that press Ctrl-C would press it in vain.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tables are as wide in every process of tests as where no terminal is: workers of pytest-xdist are told the
# width of theirs.
os.environ.pop("COLUMNS", None)

# The order of files, which two workers draw from. On a clean machine the first test that simulates compiles
# the model for most of a minute, and two that begin at once would both compile it: one worker begins with the
# first file, the other has meanwhile those that do not simulate. Then come the longest, so that no worker is
# left with one of them when all others are done.
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
    "report/test_analysis_reports.py",
    "experiments/test_engines.py",
    "reference/test_reference.py",
    "report/test_report.py",
    "experiments/test_trap.py",
    "experiments/test_slurm.py",
    "outputs/test_charts.py",
)
FIRST = {Path(__file__).parent / file: place for place, file in enumerate((SIMULATES, *MEANWHILE, *LONGEST))}

# How long an example takes says how busy the machine is, not whether the property holds.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of `FIRST` before all others; the order within a file stays."""
    gone = [str(file) for file in FIRST if not file.is_file()]
    assert not gone, f"tests/conftest.py orders files that are not there: {gone}"
    items.sort(key=lambda item: FIRST.get(item.path, len(FIRST)))


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """A command sets the language of its process; here many run in one."""
    yield
    use_language("en")


@pytest.fixture
def words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and folders carry a dot for each picture: charts are made and told, and not painted,
    where a test reads words."""
    from matplotlib.figure import Figure
    from PIL import Image

    def dot(figure: Figure, target: Path | BytesIO, **options: object) -> None:
        if isinstance(target, Path) and target.suffix == ".svg":
            target.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
        else:
            Image.new("P", (1, 1)).save(target, "PNG")

    monkeypatch.setattr(Figure, "savefig", dot)
