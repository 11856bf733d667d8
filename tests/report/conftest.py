"""A run, a comparison, a study and a batch of a tiny city, carried out once by the commands themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_commands import SMALL, estate

@pytest.fixture(scope="session")
def run_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "run"
    done = estate("run", "subsidy_only", "--months", "24", "--no-charts", "--out", str(folder), *SMALL)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def comparison_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "comparison"
    done = estate("compare", "vicious_cycle", "subsidy_only", "--months", "24", "--replications", "6", "--no-charts", "--in-process",
                  "--store", str(folder.parent / "store"), "--out", str(folder), *SMALL)  # fmt: skip
    assert done.exit_code == 0, done.output
    return folder
