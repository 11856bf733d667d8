"""What `estate evidence` and `estate reproduce` say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.text import figures, message


def say(key: str, lang: str, **values: Any) -> str:
    """The text "rests.KEY" in a language, with `values` put into its gaps."""
    return message(f"rests.{key}", **values).in_language(lang)


def assumed_line(manifest: Mapping[str, Any], lang: str) -> str:
    """What a run rests on, from its manifest; "" for one that an earlier version wrote without it."""
    held = manifest.get("evidence")
    if not held:
        return ""
    return say("assumed_line", lang, **held["parameters"], share=figures.share(held["share_assumed"], 0))
