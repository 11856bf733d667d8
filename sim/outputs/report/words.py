"""The fixed words of a report."""

from __future__ import annotations

from typing import Any

from sim.text import message


def say(key: str, **values: Any) -> str:
    """The text "report.KEY" in a language, with `values` put into its gaps."""
    return str(message(f"report.{key}", **values))
