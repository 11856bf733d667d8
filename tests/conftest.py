"""What all tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from sim.text import use_language

# Where the tests are started in the background of a script, SIGINT is ignored and every child inherits that: the tests
# that press Ctrl-C would press it in vain.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """A command sets the language of its process; here many run in one."""
    yield
    use_language("en")
