"""One small made-up run for all tests of outputs."""

from __future__ import annotations

import pytest
from fake_run import FakeRun, fake_run


@pytest.fixture(scope="session")
def run() -> FakeRun:
    """60 estates over 30 months."""
    return fake_run(60, 30)
