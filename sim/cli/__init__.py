"""The command `estate`: thin, and importing late so that it answers at once."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from sim.cache import cache_root
from sim.cli.nearest import NAME


def main() -> None:
    """Run the command on the arguments of this process; the exit code is 0, 2 for a bad
    input, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors=NAME
            )  # a terminal that lacks a letter gets the nearest, not a traceback
    signal.signal(signal.SIGTERM, _ended)
    _house_matplotlib()
    try:
        from sim.cli.app import app, spared

        with spared(app, sys.argv[1:]):
            app(prog_name="estate")
    except KeyboardInterrupt:
        sys.exit(130)


def _house_matplotlib() -> None:
    """Without a home that can be written, matplotlib keeps its files beside our caches, and need
    not say that it lacks a place."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~")
    if not os.environ.get("MPLCONFIGDIR") and not os.access(home, os.W_OK):
        os.environ["MPLCONFIGDIR"] = str(cache_root() / "matplotlib")


def _ended(number: int, frame: FrameType | None) -> None:
    """Leave through the usual way out when told to end, so that half-written files are taken away."""
    sys.exit(128 + number)
