"""What the command says, by their ids."""

from __future__ import annotations

from typing import Any

from sim.text import message


def say(key: str, lang: str, **values: Any) -> str:
    """The text "shown.KEY" in a language, with `values` put into its gaps."""
    return message(f"shown.{key}", **values).in_language(lang)
